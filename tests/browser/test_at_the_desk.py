"""What people run into: reasons beside a button, somebody who was faster, a slip, a double click, a log-out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from perfflow.core import sessions
from perfflow.db import unit_of_work
from tests.browser.conftest import Somebody
from tests.make import Make

WITH_AND_WITHOUT_SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


@WITH_AND_WITHOUT_SCRIPT
def test_the_reasons_stand_beside_the_button_before_it_is_pressed_and_lead_to_their_place(
    somebody: Somebody, standing: Make, script: bool
) -> None:
    play = standing.project("declaring")
    unit = somebody("unit", script=script)

    unit.open(f"/projects/{play.id}/declaration/check")

    submit = unit.page.get_by_role("button", name="提交申报")
    expect(submit).to_have_attribute("aria-disabled", "true")
    expect(submit).to_have_accessible_description(re.compile("暂不能办理.*请选择一种项目类型。"))
    unit.follow("“项目概况”还没有填写。", unit.page.locator("#submit"))
    assert unit.page.url.endswith(f"/projects/{play.id}/declaration/basis?back=check#overview")
    if script:
        expect(unit.field("项目概况")).to_be_focused()


def test_whoever_was_faster_is_named_and_what_was_typed_is_kept(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaration_review")
    slow, fast = somebody("supervisor"), somebody("supervisor2")
    for one in (slow, fast):
        one.open(f"/projects/{play.id}")
    slow.page.get_by_role("textbox", name="办理意见").fill("指标不够具体。")

    fast.act("批复", choose={"审核结论": "优"})
    with slow.answered(409):
        slow.press("退回修改（中）")

    expect(slow.page.get_by_text("预算处 复核 已于 2026-03-02")).to_be_visible()
    expect(slow.page.get_by_text("指标不够具体。")).to_be_visible()


def test_an_act_that_is_still_possible_can_be_sent_again_with_what_was_typed(
    somebody: Somebody, standing: Make
) -> None:
    play = standing.project("declaration_review")
    slow, fast = somebody("supervisor"), somebody("supervisor2")
    for one in (slow, fast):
        one.open(f"/projects/{play.id}")
    slow.page.get_by_role("textbox", name="办理意见").fill("目标合理。")
    slow.press("批复")
    slow.choose(审核结论="良")

    fast.act("延期", 期限="2026-05-29", reason="材料待补。")
    with slow.answered(409):
        slow.press("批复", slow.page.locator("#act"))

    expect(slow.page.get_by_label("办理意见")).to_have_value("目标合理。")
    slow.press("批复", slow.page.locator("#act"))
    slow.expect_state("目标已批复")


def test_two_clerks_on_one_form_the_second_is_told_and_keeps_his_text(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    clerk, head = somebody("unit"), somebody("head")
    for one in (clerk, head):
        one.open(f"/projects/{play.id}/declaration/basis")

    head.fill(项目概况="负责人写的概况。")
    head.save("申报表已保存")
    clerk.fill(项目概况="经办写的概况。")
    with clerk.answered(409):
        clerk.press("保存")

    expect(clerk.page.get_by_role("alert").first).to_contain_text("甲局 负责人 已于 2026-03-02")
    expect(clerk.field("项目概况")).to_have_value("经办写的概况。")
    clerk.save("申报表已保存")
    head.open(head.path)
    expect(head.field("项目概况")).to_have_value("经办写的概况。")


@WITH_AND_WITHOUT_SCRIPT
def test_a_slip_keeps_what_was_typed_and_the_summary_leads_to_the_field(somebody: Somebody, script: bool) -> None:
    unit = somebody("unit", script=script)
    unit.open("/projects/new")

    unit.fill(项目名称="年度写错的项目", 预算年度="二〇一八")
    with unit.answered(422):
        unit.press("新建")

    expect(unit.field("项目名称")).to_have_value("年度写错的项目")
    expect(unit.field("预算年度")).to_have_value("二〇一八")
    expect(unit.field("预算年度")).to_have_attribute("aria-invalid", "true")
    assert unit.page.title().startswith("错误：")
    if script:
        expect(unit.page.get_by_role("alert", name="有 1 处需要修改")).to_be_focused()
        unit.page.keyboard.press("Tab")
        unit.page.keyboard.press("Enter")
        expect(unit.field("预算年度")).to_be_focused()


@WITH_AND_WITHOUT_SCRIPT
def test_a_double_click_makes_one_project(somebody: Somebody, script: bool) -> None:
    name = f"双击新建{'甲' if script else '乙'}"
    unit = somebody("unit", script=script)
    unit.open("/projects/new")
    unit.fill(项目名称=name, 预算年度="2026")

    unit.page.get_by_role("button", name="新建", exact=True).dblclick()

    expect(unit.heading(f"“{name}”")).to_be_visible()
    unit.open("/drafts")
    expect(unit.page.get_by_role("link", name=f"“{name}”", exact=True)).to_have_count(1)


def test_after_log_out_the_way_back_leads_to_the_log_in(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaration_review")
    supervisor = somebody("supervisor")
    supervisor.open(f"/projects/{play.id}")
    expect(supervisor.page.get_by_text(play.said[0].text)).not_to_have_count(0)

    supervisor.press("退出")
    expect(supervisor.heading("登录")).to_be_visible()
    supervisor.page.go_back()

    expect(supervisor.heading("登录")).to_be_visible()
    expect(supervisor.page.get_by_text(play.said[0].text)).to_have_count(0)


def test_a_log_in_that_ended_while_writing_loses_no_text(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    unit.open(f"/projects/{play.id}/declaration/basis")
    unit.fill(项目概况="写了两个小时的概况。")
    with standing.app.app_context(), unit_of_work():
        sessions.end_all(standing["unit"].id)

    with unit.answered(401):
        unit.press("保存")

    expect(unit.page.get_by_text("写了两个小时的概况。")).to_be_visible()
    expect(unit.page.get_by_role("button", name="登录")).to_be_visible()
