"""催办 and 常用意见 at a real browser, with script and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Somebody
from tests.make import Make


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_urging_twice_on_a_day_is_refused_with_the_time_of_the_first(
    somebody: Somebody, standing: Make, script: bool
) -> None:
    play = standing.project("declaration_review")
    unit = somebody("unit", script=script)
    earlier = unit.context.new_page()
    earlier.goto(f"/projects/{play.id}")
    unit.open(f"/projects/{play.id}")

    unit.press("催办")
    expect(unit.page.locator("#notices")).to_contain_text("已催办，对方会收到消息")
    expect(unit.page.get_by_text(re.compile(r"今天 \d\d:\d\d 已催办"))).to_be_visible()
    expect(unit.page.get_by_role("button", name="催办")).to_have_count(0)

    unit.page = earlier
    with unit.answered(409):
        unit.press("催办")

    expect(unit.page.get_by_text(re.compile(r"您今天 \d\d:\d\d 已催办过"))).to_be_visible()
    unit.follow("返回")
    expect(unit.heading(re.compile(play.said[0].text))).to_be_visible()


def test_a_phrase_goes_into_the_opinion_at_the_cursor_and_an_opinion_becomes_a_phrase(
    somebody: Somebody, standing: Make
) -> None:
    play = standing.project("declaration_review")
    supervisor = somebody("supervisor")
    supervisor.open("/phrases")
    supervisor.fill(**{"第 1 条": "指标不够具体。"})
    supervisor.save("常用意见已保存")

    supervisor.open(f"/projects/{play.id}/act/return_declaration")
    form = supervisor.page.locator("#act")
    supervisor.fill(form, 理由="请修改。")
    supervisor.field("理由", form).press("Home")
    supervisor.choose(form, 常用意见="指标不够具体。")
    expect(supervisor.field("理由", form)).to_have_value("指标不够具体。请修改。")
    expect(supervisor.field("理由", form)).to_be_focused()
    supervisor.press("存为常用意见", form)
    expect(form.get_by_text("已存为常用意见。")).to_be_visible()
    supervisor.press("退回修改（中）", form)

    supervisor.expect_state("填报中")
    supervisor.open("/phrases")
    expect(supervisor.field("第 2 条")).to_have_value("指标不够具体。请修改。")
