"""Returned, disputed, not done, reopened: the ways back, by pages alone, with script and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Somebody
from tests.browser.person import Person
from tests.make import TODAY, Make

LATER = (TODAY + timedelta(days=60)).isoformat()
SOON = (TODAY + timedelta(days=1)).isoformat()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_project_goes_back_and_forth_until_it_is_reopened(
    somebody: Somebody, standing: Make, pdf: Callable[[str], Path], script: bool
) -> None:
    name = standing.project("evaluation_review").said[0].text
    unit, lead, supervisor = (somebody(who, script=script) for who in ("unit", "lead", "supervisor"))

    the_evaluation_is_withdrawn_and_returned(lead, supervisor, name)
    a_dispute_changes_the_finding(unit, lead, supervisor, name, pdf("会议纪要.pdf"))
    the_notice_is_issued(lead, supervisor, name)
    the_plan_is_returned(unit, supervisor, name)
    the_result_is_not_accepted_at_first(unit, supervisor, name, pdf("整改佐证.pdf"))
    the_item_is_reopened(unit, supervisor, name, pdf("复查佐证.pdf"))


def the_evaluation_is_withdrawn_and_returned(lead: Person, supervisor: Person, name: str) -> None:
    lead.open("/started")
    lead.follow(f"“{name}”")
    lead.act("撤回", reason="报告附件有误。")
    lead.take(name, "评价")
    lead.act("提交评价")

    supervisor.take(name, "审核")
    with supervisor.answered(422):
        supervisor.press("退回评价")
    expect(supervisor.page.get_by_role("alert").first).to_contain_text("请写明理由")
    supervisor.confirm("退回评价", reason="主要绩效过于简略。")

    expect(lead.task(name)).to_contain_text("评价中")
    lead.open(supervisor.path)
    expect(lead.page.get_by_text("主要绩效过于简略。")).to_be_visible()
    lead.act("提交评价")
    supervisor.take(name, "审核")
    supervisor.act("同意评价")


def a_dispute_changes_the_finding(unit: Person, lead: Person, supervisor: Person, name: str, evidence: Path) -> None:
    lead.take(name, "编写问题")
    finding = lead.part("第 1 个问题")
    lead.fill(finding, **{"标题（可不填）": "项目中期验收措施不够规范", "内容": "缺少中期验收。"})
    finding.get_by_role("checkbox", name=re.compile("^A2 ")).check()
    lead.save("问题已保存")
    lead.act("提交问题")
    supervisor.take(name, "发出")
    supervisor.act("发出征求意见")

    unit.take(name, "反馈")
    one = unit.part("问题 1")
    unit.tick("有异议", one)
    unit.save("反馈意见已保存")
    expect(unit.page.get_by_text("有异议，但没有写明理由。")).to_be_visible()
    expect(unit.page.get_by_role("link", name="提交反馈", exact=True)).to_have_count(0)
    unit.fill(one, **{"理由（有异议的必填）": "中期验收已做，缺的是终期验收。"})
    unit.attach("依据材料", evidence, one)
    unit.save("反馈意见已保存")
    unit.act("提交反馈")

    lead.take(name, "答复")
    one = lead.part("问题 1")
    expect(one).to_contain_text("中期验收已做，缺的是终期验收。")
    lead.tick("修改", one)
    lead.fill(one, 修改后的标题="项目终期验收措施不够规范", 修改后的内容="缺少终期验收。", 理由="采纳单位说明。")
    lead.save("异议答复已保存")
    lead.act("提交异议答复")

    supervisor.take(name, "审核")
    one = supervisor.part("问题 1")
    expect(one).to_contain_text("缺少终期验收。")
    supervisor.tick("采纳修改", one)
    supervisor.fill(one, 理由="情况属实。")
    supervisor.save("已保存")
    supervisor.act("同意问题")
    supervisor.follow("问题与整改（1）")
    expect(supervisor.heading("1. 项目终期验收措施不够规范")).to_be_visible()


def the_notice_is_issued(lead: Person, supervisor: Person, name: str) -> None:
    lead.take(name, "编写建议")
    lead.fill(lead.part("第 1 条建议"), 内容="补做终期验收。")
    lead.save("建议已保存")
    lead.act("提交建议")
    supervisor.take(name, "下达")
    one = supervisor.part("建议 1")
    supervisor.tick("分阶段整改", one)
    supervisor.fill(one, 整改期限=LATER)
    supervisor.save("已保存")
    supervisor.act("下达整改通知")


def the_plan_is_returned(unit: Person, supervisor: Person, name: str) -> None:
    plan = {"整改措施": "组织终期验收。", "责任人": "项目科", "开始日期": SOON, "完成日期": LATER}
    unit.take(name, "报方案", about="整改事项 1")
    unit.act("报整改方案", **plan)
    supervisor.take(name, "审方案", about="整改事项 1")
    supervisor.act("退回方案", reason="请写明验收方式。")
    unit.take(name, "报方案", about="整改事项 1")
    expect(unit.page.locator("#plans").get_by_text("请写明验收方式。")).to_be_visible()
    unit.act("报整改方案", **plan | {"整改措施": "聘请第三方终期验收。"})
    supervisor.take(name, "审方案", about="整改事项 1")
    supervisor.act("同意方案")


def the_result_is_not_accepted_at_first(unit: Person, supervisor: Person, name: str, evidence: Path) -> None:
    report(unit, name, "验收已安排。", evidence)
    supervisor.take(name, "核实", about="整改事项 1")
    supervisor.act("未整改，退回", reason="尚无验收报告。")
    report(unit, name, "验收已完成。", evidence)
    supervisor.take(name, "核实", about="整改事项 1")
    supervisor.act("已整改，销号")


def report(unit: Person, name: str, text: str, evidence: Path) -> None:
    unit.take(name, "报结果", about="整改事项 1")
    unit.act("报送整改结果", 整改结果=text, files={"佐证材料": evidence})


def the_item_is_reopened(unit: Person, supervisor: Person, name: str, evidence: Path) -> None:
    unit.take(name, "报送")
    unit.fill(整改情况文字="已完成终期验收。")
    unit.save("整改情况已保存")
    unit.act("报送整改情况")
    supervisor.take(name, "办结")
    supervisor.follow("问题与整改（1）")
    supervisor.follow("事项 1")
    supervisor.act("重新打开", reason="验收报告缺页。")
    supervisor.follow("概况")
    supervisor.expect_state("整改中")
    report(unit, name, "报告已补全。", evidence)
    supervisor.take(name, "核实", about="整改事项 1")
    supervisor.act("已整改，销号")
    unit.take(name, "报送")
    unit.act("报送整改情况")
    supervisor.take(name, "办结")
    supervisor.act("办结")
    supervisor.expect_state("已办结")
