"""A declaration becomes a published result table, by pages alone, with script and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.browser.conftest import Somebody
from tests.browser.person import Person
from tests.make import ORGANISATIONS, TODAY, USERS

LEAD = f"{ORGANISATIONS['firm'][0]} — {USERS['lead'][0]}"
SHEET = (
    # code, name, weight, score: four levels; groups have neither
    ("A", "项目决策", "", ""),
    ("A1", "立项", "", ""),
    ("A11", "立项依据的充分性", "20", "20"),
    ("B", "项目管理", "", ""),
    ("B1", "业务管理", "", ""),
    ("B11", "合同管理", "", ""),
    ("B111", "合同完备性", "10", "5"),
    ("B112", "合同执行有效性", "20", "18"),
    ("C", "项目绩效", "", ""),
    ("C1", "产出", "50", "48.04"),
)
SUB_PROJECTS = (("平台开发", "120万元"), ("设备购置", "80万元"))
MILESTONES = (("签订合同", "2018-03-01"), ("上线验收", "2018-11-30"), ("运行总结", "年底前"))
TARGETS = (
    ("投入和管理目标", "财务管理", "预算执行率", "≥95.00%"),
    ("产出目标", "数量目标", "上线系统数", "=2套"),
    ("", "质量目标", "验收合格率", "=100.00%"),
    ("", "时效目标", "按期完成率", "=100.00%"),
    ("效果目标", "社会效益目标", "服务满意率", "≥90.00%"),
    ("影响力目标", "满意度目标", "使用者满意度", "≥85.00%"),
)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_new_declaration_is_carried_to_publication(
    somebody: Somebody, pdf: Callable[[str], Path], tmp_path: Path, script: bool
) -> None:
    name = f"智能平台建设{'甲' if script else '乙'}"
    unit, firm, supervisor = (somebody(who, script=script) for who in ("unit", "lead", "supervisor"))

    declare(unit, name, pdf("立项批复.pdf"))
    approve_and_assign(supervisor, name)
    evaluate(firm, name, pdf("评价报告.pdf"))
    settle_findings(unit, firm, supervisor, name)
    suggest_and_issue(firm, supervisor, name)
    rectify(unit, supervisor, name, pdf("合同台账.pdf"))
    close_and_publish(supervisor, name)

    expect(supervisor.page.get_by_text("已公开，第 1 版")).to_be_visible()
    file = tmp_path / "result.docx"
    with supervisor.page.expect_download() as download:
        supervisor.follow("导出 Word")
    download.value.save_as(file)
    assert table_of(file) == expected_table(name)


def declare(unit: Person, name: str, basis: Path) -> None:
    unit.open("/")
    unit.follow("新建申报")
    unit.fill(项目名称=name, 预算年度="2018")
    unit.choose(对象类型="项目")
    unit.press("新建")
    unit.follow("基本信息")
    unit.choose(项目类型="其他一次性项目", 资金用途="信息化建设类")
    unit.fill(开始时间="2018-01-01", 结束时间="2018-12-31")
    go_on(unit, "基本信息")
    write(unit, "项目概况", "立项依据", "项目设立的必要性", "保证项目实施的制度、措施")
    go_on(unit, "立项依据")
    unit.fill(**{"项目总预算（元）": "200万元", "项目当年预算（元）": "2000000"})
    unit.fill(**{"同名项目上年预算额（元）": "0", "同名项目上年预算执行数（元）": "0"})
    fill_rows(unit, "增加子项目", ("子项目名称", "预算金额（元）"), SUB_PROJECTS)
    go_on(unit, "预算构成")
    fill_rows(unit, "增加步骤", ("步骤", "日期或时段"), MILESTONES)
    go_on(unit, "实施计划")
    write(unit, "项目总目标", "年度绩效目标")
    go_on(unit, "绩效目标")
    fill_rows(unit, "增加指标", ("一级指标", "二级指标", "三级指标", "指标目标值"), TARGETS)
    go_on(unit, "分解指标")
    unit.attach("附件", basis)
    unit.press("保存并去核对")
    expect(unit.heading("提交前核对")).to_be_visible()
    unit.act("提交申报")
    unit.expect_state("申报待审")


def write(unit: Person, *labels: str) -> None:
    for label in labels:
        unit.fill(**{label: f"{label}：见说明。\n第二段。"})


def go_on(unit: Person, part: str) -> None:
    """Save a part of the declaration and go to the next."""
    unit.press("保存并继续下一部分")
    expect(unit.page.locator("#notices")).to_contain_text(f"申报表已保存：{part}。")


def fill_rows(person: Person, add: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    """Fill a table of fields, adding a row whenever one is missing."""
    for number, row in enumerate(rows, 1):
        label = f"第 {number} 行 {columns[0]}"
        if not person.field(label).count():
            person.press(add)
            expect(person.field(label)).to_be_visible()
        person.fill(**{f"第 {number} 行 {column}": text for column, text in zip(columns, row, strict=True)})


def approve_and_assign(supervisor: Person, name: str) -> None:
    supervisor.take(name, "审核")
    supervisor.act("批复", choose={"审核结论": "良"}, reason="目标合理。")
    supervisor.expect_state("目标已批复")
    supervisor.act("纳入评价", 评价年度="2018")
    supervisor.take(name, "委托")
    supervisor.act("委托机构", choose={"评价机构与主评人": LEAD}, 期限=in_days(40))
    supervisor.expect_state("评价中")


def evaluate(firm: Person, name: str, report: Path) -> None:
    firm.take(name, "声明")
    firm.page.get_by_label("本人与被评价单位").check()
    firm.page.get_by_label("本人对评价中知悉的情况").check()
    firm.press("作出声明")
    fill_rows(firm, "增加一行", ("编码", "指标名称", "权重", "得分"), SHEET)
    firm.fill(决算金额="198.5万元", 主要绩效="平台按期上线。\n使用者满意。")
    firm.attach("评价报告", report)
    firm.save("评价内容已保存")
    total = firm.page.get_by_role("table", name="指标评分表").get_by_role("row").last
    expect(total).to_contain_text("91.04")
    expect(total).to_contain_text("优")
    firm.act("提交评价")
    firm.expect_state("评价待审")


def settle_findings(unit: Person, firm: Person, supervisor: Person, name: str) -> None:
    supervisor.take(name, "审核")
    supervisor.act("同意评价")
    firm.take(name, "编写问题")
    first = firm.part("第 1 个问题")
    firm.fill(first, **{"标题（可不填）": "合同管理不够规范", "内容": "部分合同缺少验收条款。\n履约资料不全。"})
    firm.choose(first, 类别="采购与合同", 严重程度="较重")
    firm.fill(first, **{"涉及金额（没有的不填）": "12.5万元"})
    firm.page.get_by_role("checkbox", name="B111 合同完备性（低于 60%）").check()
    firm.press("增加一个问题")
    firm.fill(firm.part("第 2 个问题"), 内容="运维机制尚未明确。")
    firm.save("问题已保存")
    firm.act("提交问题")
    supervisor.take(name, "发出")
    supervisor.act("发出征求意见")
    unit.take(name, "反馈")
    for number in (1, 2):
        unit.tick("无异议", unit.part(f"问题 {number}"))
    unit.fill(**{"总体意见（可不填）": "同意。"})
    unit.save("反馈意见已保存")
    unit.act("提交反馈")
    supervisor.take(name, "审核")
    supervisor.act("同意问题")
    supervisor.expect_state("建议编写中")


def suggest_and_issue(firm: Person, supervisor: Person, name: str) -> None:
    firm.take(name, "编写建议")
    for number, text in enumerate(("补充验收条款，建立合同台账。", "明确运维责任和经费。"), 1):
        one = firm.part(f"第 {number} 条建议")  # offered already, one for each finding
        firm.fill(one, 内容=text)
        expect(one.get_by_role("checkbox").nth(number - 1)).to_be_checked()
    firm.save("建议已保存")
    firm.act("提交建议")
    supervisor.take(name, "下达")
    for number, rect_class in ((1, "立行立改"), (2, "分阶段整改")):
        one = supervisor.part(f"建议 {number}")
        supervisor.tick(rect_class, one)
        supervisor.fill(one, 整改期限=in_days(60))
    supervisor.save("已保存")
    supervisor.act("下达整改通知")
    supervisor.expect_state("整改中")


def rectify(unit: Person, supervisor: Person, name: str, evidence: Path) -> None:
    unit.take(name, "报方案", about="整改事项 2")
    unit.follow("整改事项一览")
    unit.act("签收整改通知")
    unit.take(name, "报方案", about="整改事项 2")
    unit.act("报整改方案", 整改措施="修订运维办法。", 责任人="信息中心", 开始日期=in_days(1), 完成日期=in_days(30))
    supervisor.take(name, "审方案", about="整改事项 2")
    supervisor.act("同意方案")
    for number in (1, 2):
        unit.take(name, "报方案" if number == 1 else "报结果", about=f"整改事项 {number}")
        unit.act("报送整改结果", 整改结果=f"第 {number} 项已按建议落实。", files={"佐证材料": evidence})
        supervisor.take(name, "核实", about=f"整改事项 {number}")
        supervisor.act("已整改，销号", reason="属实。")
    unit.take(name, "报送")
    unit.fill(整改情况文字="已按建议落实整改。")
    unit.save("整改情况已保存")
    unit.act("报送整改情况")
    unit.expect_state("整改待办结")


def close_and_publish(supervisor: Person, name: str) -> None:
    supervisor.take(name, "办结")
    supervisor.act("办结", reason="同意办结。")
    supervisor.expect_state("已办结")
    supervisor.act("公开")
    supervisor.expect_state("已公开")
    supervisor.follow("结果信息表")


def in_days(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def table_of(file: Path) -> dict[str, str]:
    table = Document(str(file)).tables[0]
    return {row.cells[0].text: row.cells[-1].text for row in table.rows}


def expected_table(name: str) -> dict[str, str]:
    return {
        "项目名称": f"“{name}”",
        "决算金额": "198.5万元",
        "评价分值": "91.04分",
        "评价结论": "优",
        "主要绩效": "平台按期上线。\n使用者满意。",
        "存在问题": "1、合同管理不够规范\n部分合同缺少验收条款。\n履约资料不全。\n2、运维机制尚未明确。",
        "整改建议": "1、补充验收条款，建立合同台账。\n2、明确运维责任和经费。",
        "整改情况": "已按建议落实整改。",
    }
