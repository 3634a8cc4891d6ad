"""The tables people download, fill in and upload: 问题与建议表 and 整改情况表."""

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfflow.papers.excel_reader import read_excel
from perfflow.papers.findings_list import FindingsList, ListedFinding, ListedSuggestion, write_findings
from perfflow.papers.findings_reader import FindingsReading, findings_of
from perfflow.papers.rectification_list import OpenItem, RectificationRow, rectification_of, write_rectification
from perfflow.papers.word_reader import read_word
from tests.papers.word import p, tbl, tc, tr, word

CATEGORIES, SEVERITIES = ("绩效目标", "项目管理"), ("一般", "较重")
INDICATORS = ("A11 项目立项", "A22 绩效指标的明确性")


def in_word(*rows: str) -> FindingsReading:
    found = findings_of(read_word(word(tbl(*rows)).getvalue()))
    assert found is not None
    return found


def test_findings_and_suggestions_may_stand_side_by_side() -> None:
    found = in_word(
        tr("序号", "存在问题", "整改建议"),
        tr("1", tc(p("目标不够细化") + p("没有量化。")), "细化目标。"),
        tr("2", "合同滞后", "及时签订。"),
    )

    assert found.listed == FindingsList(
        (ListedFinding(number=1, text="目标不够细化\n没有量化。"), ListedFinding(number=2, text="合同滞后")),
        (
            ListedSuggestion(number=1, text="细化目标。", answers=(1,)),
            ListedSuggestion(number=2, text="及时签订。", answers=(2,)),
        ),
    )
    assert found.problems == ()
    assert found.places["findings.2"] == "表1 第3行"


def test_one_finding_may_have_several_suggestions_beside_it() -> None:
    found = in_word(
        tr("序号", "存在问题", "整改建议"),
        tr(tc("1", '<w:vMerge w:val="restart"/>'), tc("甲", '<w:vMerge w:val="restart"/>'), "乙"),
        tr(tc("", "<w:vMerge/>"), tc("", "<w:vMerge/>"), "丙"),
    )

    assert [(one.number, one.text, one.answers) for one in found.listed.suggestions] == [
        (1, "乙", (1,)),
        (2, "丙", (1,)),
    ]


def test_a_cell_that_numbers_its_own_entries_holds_several() -> None:
    found = in_word(
        tr("存在问题", "整改建议"), tr(tc(p("1、甲") + p("甲文") + p("2、乙")), tc(p("1、丙") + p("2、丁")))
    )

    assert [(one.number, one.title, one.text) for one in found.listed.findings] == [(1, "甲", "甲文"), (2, "", "乙")]
    assert [one.text for one in found.listed.suggestions] == ["丙", "丁"]


@pytest.mark.parametrize("numbers", [("一", "二"), ("（1）", "(2)"), ("问题1", "问题2"), ("1、", "2.")])
def test_numbers_may_be_written_in_any_dress(numbers: tuple[str, str]) -> None:
    found = in_word(tr("序号", "存在问题"), tr(numbers[0], "甲"), tr(numbers[1], "乙"))

    assert [(one.number, one.text) for one in found.listed.findings] == [(1, "甲"), (2, "乙")]
    assert found.problems == ()


def test_an_amount_has_the_unit_its_head_names() -> None:
    found = in_word(tr("序号", "存在问题", "涉及金额（万元）"), tr("1", "甲", "12.5"), tr("2", "乙", "12.5元"))

    assert [one.amount_fen for one in found.listed.findings] == [12_500_000, 1_250]


def test_one_suggestion_may_stand_beside_several_findings() -> None:
    found = in_word(
        tr("序号", "存在问题", "整改建议"),
        tr("1", "甲", tc("丙", '<w:vMerge w:val="restart"/>')),
        tr("2", "乙", tc("", "<w:vMerge/>")),
    )

    assert found.listed.suggestions == (ListedSuggestion(number=1, text="丙", answers=(1, 2)),)


def test_a_numbered_cell_beside_a_number_is_one_entry_and_said() -> None:
    found = in_word(tr("序号", "存在问题"), tr("1", tc(p("1、甲。") + p("2、乙。"))))

    assert [problem.message for problem in found.problems] == ["一格中编了 2 个号，已作为一条读入。请核对。"]


def test_titles_above_the_head_and_sums_below_are_no_part_of_the_list() -> None:
    found = in_word(
        tr("某项目问题与建议清单"), tr("单位：某局"),
        tr("序号", "存在问题", "整改建议"), tr("1", "甲", "丙"), tr("合计", "共1条", ""),
    )  # fmt: skip

    assert [one.text for one in found.listed.findings] == ["甲"]
    assert found.unplaced == (("表1 第5行", "合计 | 共1条"),)


def test_codes_are_taken_from_names_chosen_or_typed() -> None:
    found = in_word(
        tr("序号", "问题内容", "对应指标", "涉及金额（元）", "备注"),
        tr("1", "甲", "A22 绩效指标的明确性、B321", "12,500", "口头"),
    )

    (one,) = found.listed.findings
    assert one.codes == ("A22", "B321")
    assert one.amount_fen == 1_250_000
    assert found.unplaced == (("表1 第2行 备注", "口头"),)


def test_every_cell_that_cannot_be_right_is_named_with_its_place() -> None:
    found = in_word(
        tr("序号", "问题内容", "涉及金额（元）"),
        tr("一点五", "甲", "约一万"),
        tr("1", "乙", ""),
    ).problems

    assert [(one.place, one.message) for one in found] == [
        ("表1 第2行 序号", "“一点五”不是整数。请只写数字，例如 12。"),
        ("表1 第2行 涉及金额", "“约一万”不是金额。请写成例如 1,374.74万元。"),
        ("表1 第2行", "有两条问题都编为第 1 号。请改正序号。"),
    ]


def test_a_ledger_of_rectification_is_no_list_of_findings() -> None:
    body = tbl(tr("序号", "存在问题", "整改建议", "整改措施", "责任人"), tr("1", "甲", "乙", "丙", "丁"))

    assert findings_of(read_word(word(body).getvalue())) is None


def test_the_template_offers_words_to_choose_and_says_how_it_is_filled_in() -> None:
    out = io.BytesIO()
    write_findings(out, indicators=INDICATORS, categories=CATEGORIES, severities=SEVERITIES)

    book = openpyxl.load_workbook(out)

    assert book.sheetnames == ["存在问题", "整改建议", "选项", "填写说明"]
    rules = {rule.formula1 for rule in book["存在问题"].data_validations.dataValidation}
    assert rules == {"'选项'!$A$2:$A$3", "'选项'!$B$2:$B$3", "'选项'!$C$2:$C$3"}
    assert [book["选项"].cell(2, column).value for column in (1, 2, 3)] == ["绩效目标", "一般", "A11 项目立项"]
    assert "Alt+Enter" in str(book["填写说明"]["A4"].value)


TEXT = (
    st.text("甲乙=+-@\"'“”（）１２ab\n、", min_size=1, max_size=15)
    .map(str.strip)
    .filter(lambda text: text and "\n\n" not in text)
)
FINDINGS = st.builds(
    lambda title, text, category, severity, codes, amount: ListedFinding(
        number=1, title=" ".join(title.split()), text=text, category=category, severity=severity, codes=codes,
        amount_fen=amount,
    ),
    TEXT, TEXT, st.sampled_from(["", *CATEGORIES]), st.sampled_from(["", *SEVERITIES]),
    st.sampled_from([(), ("A11",), ("A22", "B321")]), st.none() | st.integers(0, 10**12),
)  # fmt: skip
SUGGESTIONS = st.builds(
    lambda title, text, answers: ListedSuggestion(number=1, title=" ".join(title.split()), text=text, answers=answers),
    TEXT, TEXT, st.sampled_from([(1,), (1, 2)]),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(FINDINGS, max_size=4), st.lists(SUGGESTIONS, max_size=4))
def test_what_is_written_reads_back_exactly(findings: list[ListedFinding], suggestions: list[ListedSuggestion]) -> None:
    listed = FindingsList(
        tuple(replace(one, number=number) for number, one in enumerate(findings, 1)),
        tuple(replace(one, number=number) for number, one in enumerate(suggestions, 1)),
    )
    out = io.BytesIO()
    write_findings(out, listed, indicators=INDICATORS)

    found = findings_of(read_excel(out.getvalue()))

    assert found is not None
    assert found.listed == listed


ITEMS = (
    OpenItem("XM-2026-0001", "甲项目", 1, "细化目标。", date(2026, 12, 31)),
    OpenItem("XM-2026-0001", "甲项目", 2, "=1+1", None),
)


def test_the_table_of_open_items_is_filled_in_but_for_two_columns() -> None:
    out = io.BytesIO()
    write_rectification(out, ITEMS)

    sheet = openpyxl.load_workbook(out)["整改情况"]

    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["项目编号", "项目名称", "事项序号", "整改建议", "整改期限", "整改进展", "整改结果"]
    assert rows[2][:4] == ["XM-2026-0001", "甲项目", "2", "=1+1"]
    assert sheet["D3"].data_type == "s"


def test_rows_that_were_not_filled_in_are_no_rows() -> None:
    out = io.BytesIO()
    write_rectification(out, ITEMS)

    found = rectification_of(read_excel(out.getvalue()))

    assert found is not None
    assert found.listed.rows == ()


@settings(deadline=None)
@given(TEXT, TEXT)
def test_what_is_filled_in_is_read_back(progress: str, result: str) -> None:
    out = io.BytesIO()
    write_rectification(out, [ITEMS[0], replace(ITEMS[1], progress=progress, result=result)])

    found = rectification_of(read_excel(out.getvalue()))

    assert found is not None
    assert found.listed.rows == (
        RectificationRow(
            project_code="XM-2026-0001", item_number=2, project_name="甲项目", suggestion="=1+1", progress=progress,
            result=result,
        ),
    )  # fmt: skip
    assert found.places == {"rows.1": "工作表“整改情况” 第3行"}


def test_a_project_merged_over_its_items_is_that_of_each_and_other_columns_are_shown() -> None:
    rows = (
        tr("项目编号", "事项序号", "整改进展情况", "备注"),
        tr(tc("P001", '<w:vMerge w:val="restart"/>'), "1", "甲", ""),
        tr(tc("", "<w:vMerge/>"), "2", "乙", "有困难"),
    )

    found = rectification_of(read_word(word(tbl(*rows)).getvalue()))

    assert found is not None
    assert [(one.project_code, one.item_number) for one in found.listed.rows] == [("P001", 1), ("P001", 2)]
    assert found.unplaced == (("表1 第3行 备注", "有困难"),)


@pytest.mark.parametrize("number", ["二", "1.5", ""])
def test_a_row_whose_item_cannot_be_told_is_named(number: str) -> None:
    body = tbl(tr("项目编号", "事项序号", "整改进展"), tr("XM-2026-0001", number, "正在办"))

    found = rectification_of(read_word(word(body).getvalue()))

    assert found is not None
    assert [(one.place, one.key) for one in found.problems] == [("表1 第2行 事项序号", "rows.1")]
    assert found.listed.rows[0].item_number is None
