"""Reports: findings, suggestions, amounts and result, under whatever headings."""

from decimal import Decimal

import pytest

from perfflow.papers.report_reader import ReadReport, report_of
from perfflow.papers.word_reader import read_word
from tests.papers.word import p, tbl, tr, word

SHEET = tbl(
    tr("一级指标", "二级指标", "三级指标", "权重", "得分率", "得分"),
    tr("A决策", "A1立项", "A11依据", "40", "100%", "40"),
    tr("", "", "A12目标", "60", "80%", "48"),
    tr("合计", "", "", "100", "", "88"),
)
BEFORE = ("2018年“甲”项目", "项目预算金额为100万元，实际支付为96.6万元。", "项目总得分值为88分，绩效评级为“良”。")
AFTER = (
    "（三）项目绩效", "完成甲工作。",
    "二、项目的问题和建议", "（一）存在的问题",
    "1、目标不够细化", "目标没有量化。", "2、2018年度合同滞后", "合同签订晚。",
    "（二）建议", "1、细化目标", "按年度量化。", "2、及时签订合同", "年初签订。",
)  # fmt: skip


def read(*lines: str) -> ReadReport | None:
    body = "".join(SHEET if line == "表" else p(line) for line in lines)
    return report_of(read_word(word(body).getvalue()))


def found(*lines: str) -> ReadReport:
    report = read(*lines)
    assert report is not None
    return report


def entries(report: ReadReport) -> list[list[tuple[int, str | None, str]]]:
    return [
        [(one.number, one.title, one.text) for one in part]
        for part in (report.report.findings, report.report.suggestions)
    ]


WHOLE = [
    [(1, "目标不够细化", "目标没有量化。"), (2, "2018年度合同滞后", "合同签订晚。")],
    [(1, "细化目标", "按年度量化。"), (2, "及时签订合同", "年初签订。")],
]


def test_a_report_is_read_whole() -> None:
    one = found(*BEFORE, "表", *AFTER)

    assert entries(one) == WHOLE
    assert (one.report.budget_fen, one.report.paid_fen) == (100_000_000, 96_600_000)
    assert (one.report.score, one.report.grade) == (Decimal(88), "良")
    assert one.report.project_name == "甲"
    assert one.report.main_performance == "完成甲工作。"
    assert one.report.score_sheet is not None and one.report.score_sheet.total == 88
    assert one.problems == ()
    assert one.places["findings.2"] == "第 10 段"
    assert one.places["score_sheet.items.A12"] == "表1 第3行"


@pytest.mark.parametrize(
    ("problems", "proposals"),
    [
        ("四、存在问题", "五、整改建议"),
        ("三、主要问题及原因分析", "四、有关建议"),
        ("（四）评价发现的问题", "（五）改进意见和建议"),
        ("五、存在的主要问题", "六、下一步改进建议"),
        ("存在的问题", "相关建议"),
        ("第四部分 存在问题", "第五部分 意见建议"),
        ("三、项目存在的不足", "四、对策建议"),
    ],
)
def test_the_headings_are_known_by_their_words(problems: str, proposals: str) -> None:
    lines = [{"（一）存在的问题": problems, "（二）建议": proposals}.get(line, line) for line in AFTER]
    lines.remove("二、项目的问题和建议")

    assert entries(found(*BEFORE, "表", *lines)) == WHOLE


@pytest.mark.parametrize(
    "marks", [("1. ", "2. "), ("（1）", "（2）"), ("①", "②"), ("（一）", "（二）"), ("1．", "2．")]
)
def test_entries_may_be_numbered_in_any_style(marks: tuple[str, str]) -> None:
    lines = [line.replace("1、", marks[0]).replace("2、", marks[1]) for line in AFTER]
    lines = [{"（一）存在的问题": "四、存在问题", "（二）建议": "五、建议"}.get(line, line) for line in lines]

    assert entries(found(*BEFORE, "表", *lines)) == WHOLE


def test_what_follows_the_suggestions_is_none() -> None:
    one = found(*BEFORE, "表", *AFTER, "三、其他需要说明的问题", "无。")

    assert entries(one) == WHOLE


def test_a_summary_before_does_not_count() -> None:
    summary = ("摘要", "（一）存在的问题", "1、略。", "（二）建议", "1、略。", "正文")

    assert entries(found(*summary, *BEFORE, "表", *AFTER)) == WHOLE


@pytest.mark.parametrize(
    ("line", "budget", "paid"),
    [
        ("年初预算批复１，０００元，全年实际支出 966.00 元。", 100_000, 96_600),
        ("2018年安排预算资金0.13亿元，决算数1,290万元。", 1_300_000_000, 1_290_000_000),
        ("本项目预算298.80万元，执行数288.62万元，预算执行率为96.6%。", 298_800_000, 288_620_000),
        ("预算执行率为96.6%。", None, None),
    ],
)
def test_amounts_are_found_by_their_words(line: str, budget: int | None, paid: int | None) -> None:
    one = found(BEFORE[0], line, BEFORE[2], "表", *AFTER)

    assert (one.report.budget_fen, one.report.paid_fen) == (budget, paid)


def test_a_unit_that_cannot_be_right_is_asked_about_and_not_mended() -> None:
    one = found(BEFORE[0], "项目预算金额为 2,988,000.00万元，实际支付为2886200元。", BEFORE[2], "表", *AFTER)

    (problem,) = one.problems
    assert one.report.budget_fen == 2_988_000_000_000
    assert problem.key == "budget_fen"
    assert problem.message == ("“2,988,000.00万元”是 298.8亿元，单位可能应为“元”（298.8万元）。请核对后改正或确认。")
    assert one.filed["budget_fen"] == "2,988,000.00万元"


def test_what_the_report_says_twice_is_compared() -> None:
    wrong = BEFORE[2].replace("88", "89")

    one = found(BEFORE[0], "项目预算金额为100万元，实际支付为101万元。", wrong, "表", *AFTER[:-2])

    assert [(problem.key, problem.message) for problem in one.problems] == [
        ("score", "正文写的得分是 89，评分表合计是 88。请核对。"),
        ("paid_fen", "支付金额 101万元 高于预算金额 100万元。请核对。"),
        ("suggestions", "问题有 2 条，建议有 1 条。请核对对应关系。"),
    ]


def test_what_is_missing_is_said() -> None:
    one = found(*BEFORE, *AFTER[2:9])

    assert [problem.message for problem in one.problems] == [
        "报告中没有找到指标评分表。表头应写明各级指标、权重和得分。",
        "报告中没有找到“建议”一节。请核对标题。",
        "报告中没有找到“主要绩效”一节。请在预览中补填。",
    ]


def test_text_before_the_first_number_is_shown() -> None:
    lines = [*AFTER[:4], "评价中发现以下问题：", *AFTER[4:]]

    assert ("第 8 段 存在问题", "评价中发现以下问题：") in found(*BEFORE, "表", *lines).unplaced


def test_a_letter_is_no_report() -> None:
    assert read("关于报送材料的函", "现将材料报上。") is None
