"""统计 in a real browser: charts drawn from their tables, and the tables alone without script."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Somebody
from tests.make import Make

INKED = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.some((value) => value > 0);
}"""


def test_a_chart_is_drawn_from_its_table_and_fits_a_phone(somebody: Somebody, standing: Make) -> None:
    standing.project("rectifying")
    supervisor = somebody("supervisor")
    supervisor.page.set_viewport_size({"width": 390, "height": 844})
    supervisor.open("/statistics/?by=category")

    canvas = supervisor.page.locator("figure canvas")
    expect(canvas).to_be_visible()
    assert canvas.evaluate(INKED)
    assert supervisor.page.locator("[style]").count() == 0
    assert supervisor.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_script_there_is_the_table_and_every_number_leads_on(somebody: Somebody, standing: Make) -> None:
    standing.project("rectifying")
    supervisor = somebody("supervisor", script=False)
    supervisor.open("/statistics/")

    expect(supervisor.page.locator("figure")).to_be_hidden()
    supervisor.page.get_by_role("row", name="合计").first.get_by_role("link").first.click()
    expect(supervisor.page.get_by_role("table", name="项目")).to_be_visible()
    supervisor.follow("统计", supervisor.page.get_by_role("navigation", name="所在位置"))
    expect(supervisor.heading("统计")).to_be_visible()
