"""No page breaks a rule of WCAG 2.2 A or AA, at the width of a desk and of a telephone, with script running."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from perfflow.core import clock
from perfflow.process import P
from tests import walk
from tests.browser.conftest import Somebody
from tests.browser.person import Person
from tests.make import NOW, Make

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
WIDTHS = {"desk": (1366, 768), "telephone": (390, 844)}

axe = Axe()


@pytest.fixture(scope="session")
def states() -> dict[int, str]:
    """The projects of the walk; made once for all readers of this process."""
    return {}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("reader", walk.READERS)
def test_every_page_can_be_used_by_everybody(
    reader: str, somebody: Somebody, standing: Make, states: dict[int, str]
) -> None:
    if not states:
        states.update(walk.furnish(standing))
    with clock.at(NOW):
        pages = {page.endpoint: page.address for page in walk.pages(standing.app, standing, states, reader)}
    person = somebody(reader)

    wrong = [found for address in pages.values() for found in violations(person, address)]

    assert wrong == []
    assert len(pages) > 5


def test_a_page_that_came_back_and_a_page_after_an_act_can_be_used_by_everybody(
    somebody: Somebody, standing: Make
) -> None:
    play = standing.project(P.DECLARATION_REVIEW)
    supervisor = somebody("supervisor")
    supervisor.open(f"/projects/{play.id}/act/return_declaration")
    with supervisor.answered(422):
        supervisor.press("退回修改（中）", supervisor.page.locator("#act"))
    supervisor.page.locator(".pf-errors").wait_for()
    wrong = violations(supervisor)

    supervisor.confirm("退回修改（中）", reason="缺少考核标准。")
    supervisor.expect_state("填报中")

    assert wrong + violations(supervisor) == []


def test_axe_sees_what_is_wrong(somebody: Somebody) -> None:
    stranger = somebody("unit", log_in=False)
    stranger.open("/login")
    stranger.page.evaluate("document.querySelector('label').remove()")

    assert any("label" in found for found in violations(stranger))


def violations(person: Person, address: str | None = None) -> list[str]:
    """What axe finds at both widths: page, width, rule, and the first place."""
    # what a file shows is its own; the browser's viewer of PDF takes the focus when it likes, and scrolls to itself
    person.page.route("**/files/*/content", lambda route: route.fulfill(content_type="text/html", body=""))
    if address is not None:
        person.open(address)
    found = []
    for name, (width, height) in WIDTHS.items():
        person.page.set_viewport_size({"width": width, "height": height})
        person.page.evaluate("scrollTo(0, 0)")
        answer: dict[str, Any] = axe.run(person.page, options=RULES).response
        for one in answer["violations"]:
            place = one["nodes"][0]["html"][:160]
            found.append(f"{person.username} {person.path} {name}: {one['id']}: {place}")
        wide = person.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if wide:
            found.append(f"{person.username} {person.path} {name}: scrolls sideways")
    return found
