"""Long forms at a real browser: rows by keyboard and from Excel, sums and echoes while somebody types."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from perfflow.papers.cells import copied
from perfflow.papers.kinds import Money, Unreadable
from perfflow.web.forms import LARGEST_FEN
from tests.browser.conftest import Somebody
from tests.browser.person import Person
from tests.make import Make

PHONE = {"width": 390, "height": 844}
PASTE = """(field, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
BLOCKS = (
    "产出目标\t数量目标\t完成率\t=100%\r\n\t质量目标\t合格率\t≥90%\r\n",
    '产出目标\t数量目标\t"验收\n合格率"\t≥90%',
    '产出目标\t\t"会务"平台\t"""健全""\n并运行"\r\n\r\n效果目标\t社会效益目标\t"满意"\t满意',
)
AMOUNTS = (
    "13747400", "13,747,400.00", "1,374.74万元", "１３７４．７４ 万元", "0.13亿", "人民币 5 元整", "￥5", "¥0.01", "0",
    "007", "0.105元", "0.100元", "12,5", "一百万", "1e5", "-5", "9" * 16, "9" * 30, "100000亿", "1000亿元",
    "90071992547409.91", "5万元整", "1.2345678万", "1.234567万", "+3.5", "3 .5", "", "人民币：5元", "5（万元）",
    "5元整。", "1,000,000,000,000,000,000,000,000", "5（元", "5整",
)  # fmt: skip


def paste(field: Locator, text: str) -> None:
    field.focus()
    field.evaluate(PASTE, text)


def cells(person: Person, rows: int, names: tuple[str, ...] = ("level1", "level2", "name", "filed")) -> list[list[str]]:
    return [[person.page.locator(f"#targets-{at}-{name}").input_value() for name in names] for at in range(rows)]


def at_targets(somebody: Somebody, standing: Make, **how: bool) -> Person:
    play = standing.project("declaring")
    unit = somebody("unit", **how)
    unit.open(f"/projects/{play.id}/declaration/targets")
    return unit


def test_a_tree_of_indicators_is_written_by_keyboard_alone(somebody: Somebody, standing: Make) -> None:
    unit = at_targets(somebody, standing)
    keys = unit.page.keyboard
    unit.field("第 1 行 一级指标").focus()

    for text in ("产出目标", "数量目标", "完成率", "=100%"):
        keys.type(text)
        keys.press("Tab")
    unit.field("第 2 行 二级指标").focus()
    keys.type("质量目标")
    keys.press("Enter")
    expect(unit.field("第 3 行 二级指标")).to_be_focused()
    expect(unit.field("第 2 行 一级指标")).to_have_attribute("placeholder", "同上：产出目标")
    unit.field("第 2 行 三级指标").fill("合格率")
    keys.press("Alt+ArrowUp")

    expect(unit.field("第 1 行 三级指标")).to_be_focused()
    assert cells(unit, 2) == [["产出目标", "质量目标", "合格率", ""], ["产出目标", "数量目标", "完成率", "=100%"]]
    unit.field("第 5 行 指标目标值").fill("满意")
    keys.press("Enter")
    expect(unit.field("第 6 行 一级指标")).to_be_focused()
    unit.save("申报表已保存")
    expect(unit.field("第 1 行 二级指标")).to_have_value("质量目标")


def test_rows_added_removed_and_taken_back_lose_nothing_and_keep_the_focus(
    somebody: Somebody, standing: Make
) -> None:
    unit = at_targets(somebody, standing)
    unit.fill(**{"第 1 行 三级指标": "甲", "第 2 行 三级指标": "乙"})

    unit.press("增加指标")
    expect(unit.field("第 6 行 一级指标")).to_be_focused()
    unit.page.keyboard.type("打字不停")
    unit.press("删除 第 1 行")

    expect(unit.field("第 1 行 一级指标")).to_be_focused()
    expect(unit.page.get_by_role("status").filter(has_text="已删除第 1 行。")).to_be_visible()
    expect(unit.field("第 1 行 三级指标")).to_have_value("乙")
    expect(unit.field("第 5 行 一级指标")).to_have_value("打字不停")
    unit.press("撤销")
    expect(unit.field("第 1 行 三级指标")).to_have_value("甲")
    expect(unit.field("第 6 行 一级指标")).to_have_value("打字不停")
    unit.press("删除 第 1 行")
    unit.fill(**{"第 1 行 指标目标值": "删除之后写的"})
    expect(unit.page.get_by_role("button", name="撤销")).to_have_count(0)


def test_a_block_from_excel_is_read_by_script_as_by_the_server(somebody: Somebody, standing: Make) -> None:
    unit = at_targets(somebody, standing)
    for block in BLOCKS:
        unit.open(unit.path)
        read = [[" ".join(cell.split()) for cell in row] for row in copied(block)]

        paste(unit.field("第 1 行 一级指标"), block)

        expect(unit.page.get_by_role("status").filter(has_text=f"已粘贴 {len(read)} 行。")).to_be_visible()
        assert cells(unit, len(read)) == [row + [""] * (4 - len(row)) for row in read]


def test_a_long_block_makes_its_rows_and_a_wide_one_is_refused_whole(somebody: Somebody, standing: Make) -> None:
    unit = at_targets(somebody, standing)
    rows = "".join(f"产出目标\t数量目标\t指标{at}\t={at}%\r\n" for at in range(1, 41))

    paste(unit.field("第 2 行 一级指标"), rows)
    expect(unit.field("第 41 行 三级指标")).to_have_value("指标40")
    paste(unit.field("第 1 行 三级指标"), "甲\t乙\t丙\n丁\t戊\t己\n")

    expect(unit.page.get_by_text("粘贴的内容有 3 列，这里只放得下 2 列，没有粘贴。")).to_be_visible()
    expect(unit.field("第 1 行 三级指标")).to_have_value("")
    unit.field("第 1 行 三级指标").fill("留下")
    unit.save("申报表已保存")
    expect(unit.field("第 41 行 三级指标")).to_have_value("指标40")


def test_amounts_are_read_by_script_as_by_the_server(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    unit.open(f"/projects/{play.id}/declaration/budget")
    field, line = unit.field("项目总预算（元）"), unit.page.locator("#total_budget_fen-echo")

    for text in AMOUNTS:
        field.fill(text)
        expect(line).to_have_text(echoed(text))


def echoed(text: str) -> str:
    try:
        fen = Money(bare="元").read(text)
    except Unreadable:
        return ""
    return f"= {fen // 100:,}.{fen % 100:02d} 元" if fen <= LARGEST_FEN else ""


def test_amounts_are_echoed_added_up_and_doubted_while_they_are_typed(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    unit.open(f"/projects/{play.id}/declaration/budget")

    unit.fill(**{"项目当年预算（元）": "１，３７４．７４万元"})
    expect(unit.field("项目当年预算（元）")).to_have_accessible_description(re.compile("= 13,747,400.00 元"))
    unit.fill(**{"项目总预算（元）": "13,747,400 万"})
    expect(unit.page.get_by_text("与“项目当年预算（元）” 13,747,400.00 元相差约一万倍，请核对单位。")).to_be_visible()
    unit.fill(**{"项目总预算（元）": "0.1374740 亿元"})
    expect(unit.page.get_by_text("相差约一万倍")).to_have_count(0)
    unit.fill(**{"第 1 行 子项目名称": "平台", "第 1 行 预算金额（元）": "1300万元"})

    expect(unit.page.get_by_text("比项目当年预算少 747,400.00 元")).to_be_visible()
    unit.press("增加子项目")
    unit.fill(**{"第 2 行 预算金额（元）": "747400"})
    expect(unit.page.get_by_text("与项目当年预算一致")).to_be_visible()
    unit.fill(**{"第 2 行 子项目名称": "设备"})
    unit.save("申报表已保存")
    expect(unit.field("第 2 行 预算金额（元）")).to_have_accessible_description(re.compile("= 747,400.00 元"))


def test_a_score_sheet_adds_up_while_it_is_typed_and_the_server_says_the_same(
    somebody: Somebody, standing: Make
) -> None:
    play = standing.project("evaluating", ready=True)
    lead = somebody("lead")
    lead.open(f"/projects/{play.id}/evaluation")
    sheet = lead.page.get_by_role("table", name="指标评分表")

    lead.fill(**{"第 2 行 得分": "３３．３３分", "第 3 行 得分": "25.01"})

    row = sheet.get_by_role("row").nth(3)
    expect(row).to_contain_text("得分高于权重")
    lead.fill(**{"第 3 行 得分": "12.5"})
    expect(row).to_contain_text("50% 低于 60%")
    expect(sheet.get_by_role("row").nth(1)).to_contain_text("合计 83.33")
    lead.fill(**{"第 4 行 权重": "30"})
    expect(sheet).to_contain_text("应为 100，还差 7.5")
    lead.fill(**{"第 4 行 权重": "37.5"})
    live = sheet.get_by_role("row").last.inner_text().split()
    assert live[-4:] == ["100", "83.33", "83%", "良"]
    lead.fill(**{"第 1 行 编码": "A10", "第 2 行 编码": "A2", "第 3 行 编码": "", "第 4 行 编码": "A1"})
    lead.press("按编码排序")
    assert [lead.field(f"第 {at} 行 编码").input_value() for at in (1, 2, 3, 4)] == ["A1", "A2", "A10", ""]
    lead.press("撤销")
    lead.fill(**{"第 1 行 编码": "A", "第 2 行 编码": "A1", "第 3 行 编码": "A2", "第 4 行 编码": "A3"})
    lead.save("评价内容已保存")

    assert sheet.get_by_role("row").last.inner_text().split() == live


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_checked_before_submitting_with_a_way_back_from_each_part(
    somebody: Somebody, standing: Make, script: bool
) -> None:
    play = standing.project("declaring", ready=True)
    unit = somebody("unit", script=script)
    unit.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    unit.open(f"/projects/{play.id}/declaration")
    expect(unit.page.get_by_text("已完成 7 / 7 部分")).to_be_visible()

    unit.follow("提交前核对")
    unit.follow("修改 绩效目标")
    unit.fill(项目总目标="")
    unit.press("保存并返回核对")

    unit.page.wait_for_url(re.compile("/declaration/check#goals$"))
    part = unit.page.get_by_role("region", name=re.compile("^绩效目标.*填写中$"))
    unit.follow("“项目总目标”还没有填写。", part)
    if script:
        expect(unit.field("项目总目标")).to_be_focused()
    unit.fill(项目总目标="全年安全运行。")
    unit.press("保存并返回核对")
    unit.act("提交申报")
    unit.expect_state("申报待审")


def test_without_script_a_block_is_pasted_into_a_box_and_rows_change_places(
    somebody: Somebody, standing: Make
) -> None:
    unit = at_targets(somebody, standing, script=False)

    unit.page.get_by_text("从 Excel 粘贴").click()
    unit.fill(复制的内容=BLOCKS[0])
    unit.press("转成表格的行")
    unit.press("上移 第 2 行")

    assert cells(unit, 2) == [["产出目标", "质量目标", "合格率", "≥90%"], ["产出目标", "数量目标", "完成率", "=100%"]]
    unit.save("申报表已保存")


def test_findings_come_and_go_while_somebody_writes(somebody: Somebody, standing: Make) -> None:
    play = standing.project("findings_writing", ready=True)
    lead = somebody("lead")
    lead.open(f"/projects/{play.id}/findings")
    count = lead.page.locator("[data-row]").count()

    lead.press("增加一个问题")
    new = lead.part(f"第 {count + 1} 个问题")
    expect(new.get_by_label("序号")).to_be_focused()
    expect(new.get_by_label("序号")).to_have_value(str(count + 1))
    lead.fill(new, 内容="写到一半的问题。", **{"涉及金额（没有的不填）": "12.5万元"})
    expect(new).to_contain_text("= 125,000.00 元")
    lead.press("删除此问题 第 1 个问题")

    expect(lead.part("第 1 个问题").get_by_label("序号")).to_be_focused()
    expect(lead.part(f"第 {count} 个问题").get_by_label("内容")).to_have_value("写到一半的问题。")
    lead.press("撤销")
    lead.save("问题已保存")
    expect(lead.part(f"第 {count + 1} 个问题").get_by_label("内容")).to_have_value("写到一半的问题。")
