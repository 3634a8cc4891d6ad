"""On a telephone: what can be done is one tap away, and so is the rest of a filter."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from perfflow.process import P
from tests.browser.conftest import Somebody
from tests.make import Make

TELEPHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_acts_are_one_tap_from_the_head_of_the_project(
    somebody: Somebody, standing: Make, *, script: bool
) -> None:
    play = standing.project(P.DECLARATION_REVIEW)
    supervisor = somebody("supervisor", script=script)
    supervisor.page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]
    supervisor.open(f"/projects/{play.id}")
    approve = supervisor.page.get_by_role("button", name="批复", exact=True)
    expect(approve).not_to_be_in_viewport()

    supervisor.follow("去办理")

    expect(approve).to_be_in_viewport()
    supervisor.act("批复", choose={"审核结论": "优"})
    supervisor.expect_state("目标已批复")


def test_a_desk_shows_the_acts_without_a_link_to_them(somebody: Somebody, standing: Make) -> None:
    play = standing.project(P.DECLARATION_REVIEW)
    supervisor = somebody("supervisor")

    supervisor.open(f"/projects/{play.id}")

    expect(supervisor.page.get_by_role("link", name="去办理")).to_have_count(0)
    expect(supervisor.page.get_by_role("button", name="批复", exact=True)).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_rest_of_a_filter_opens_and_filters(somebody: Somebody, standing: Make, *, script: bool) -> None:
    play = standing.project(P.DECLARATION_REVIEW)
    supervisor = somebody("supervisor", script=script)
    supervisor.page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]
    supervisor.open("/projects/")
    state = supervisor.field("状态")
    expect(state).to_be_hidden()

    supervisor.page.get_by_text("更多条件").click()

    state.select_option(label="申报待审")
    supervisor.press("查询")
    expect(supervisor.page.get_by_role("link", name=play.said[0].text).first).to_be_visible()
    expect(supervisor.page).to_have_url(re.compile("state=declaration_review"))
