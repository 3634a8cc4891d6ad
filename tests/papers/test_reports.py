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
        ("四、项目实施过程中存在的主要问题及原因分析", "五、改进项目管理的意见和建议"),
        ("四、绩效评价中发现的主要问题", "五、改进建议及措施"),
        ("四、存在的困难和薄弱环节", "五、整改要求和建议"),
        ("四 存在问题（2个）", "五 建议（2条）"),
        ("IV. 存在问题", "V. 建议"),
        ("【存在问题】", "★建议"),
        ("4、存在问题", "5、建议"),
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


@pytest.mark.parametrize(
    "last",
    [("三、其他需要说明的问题", "无。"), ("三、工作情况", "略。"), ("附件1：评分表", "清单"), ("（三）结果应用", "略")],
)
def test_what_follows_the_suggestions_is_none(last: tuple[str, str]) -> None:
    assert entries(found(*BEFORE, "表", *AFTER, *last)) == WHOLE


def test_who_signed_the_report_and_when_is_shown_and_no_suggestion() -> None:
    one = found(*BEFORE, "表", *AFTER, "某会计师事务所", "2019年3月1日")

    assert entries(one) == WHOLE
    assert one.unplaced == (("第 17 段", "某会计师事务所"), ("第 18 段", "2019年3月1日"))


def test_an_entry_may_be_called_like_a_heading() -> None:
    after = (
        "四、存在的问题", "（一）项目管理存在不足", "甲。", "（二）预算编制方面的问题", "乙。",
        "五、改进建议", "（一）完善整改措施", "丙。", "（二）加强管理的建议", "丁。",
    )  # fmt: skip

    assert entries(found(*BEFORE, "表", *AFTER[:2], *after)) == [
        [(1, "项目管理存在不足", "甲。"), (2, "预算编制方面的问题", "乙。")],
        [(1, "完善整改措施", "丙。"), (2, "加强管理的建议", "丁。")],
    ]


def test_entries_may_be_numbered_by_sections_or_by_words() -> None:
    sections = ("4. 存在问题", "4.1 甲", "文。", "4.2 乙", "文。", "5. 建议", "一是丙。", "二是丁。")

    assert entries(found(*BEFORE, "表", *sections)) == [
        [(1, "甲", "文。"), (2, "乙", "文。")], [(1, None, "丙。"), (2, None, "丁。")],
    ]  # fmt: skip


def test_entries_may_have_headings_by_style_alone() -> None:
    def styled(text: str, level: int) -> str:
        return p(text, f'<w:pPr><w:outlineLvl w:val="{level}"/></w:pPr>')

    problems = styled("存在的问题", 0) + styled("甲", 1) + p("文。") + styled("乙", 1) + p("文。")
    body = "".join(map(p, BEFORE)) + SHEET + problems + styled("建议", 0) + p("1、丙。")
    one = report_of(read_word(word(body).getvalue()))

    assert one is not None
    assert entries(one) == [[(1, "甲", "文。"), (2, "乙", "文。")], [(1, None, "丙。")]]


def test_text_may_stand_behind_its_heading() -> None:
    one = found(*BEFORE, "表", "四、存在问题：1、甲。2、乙。", "五、建议：1、丙。2、丁。")

    assert entries(one) == [[(1, None, "甲。"), (2, None, "乙。")], [(1, None, "丙。"), (2, None, "丁。")]]


@pytest.mark.parametrize(
    "lines",
    [
        ("（一）甲", "问题：文。", "建议：丙。", "（二）乙", "问题：文。", "建议：丁。"),
        ("1、甲", "文。建议：丙。", "2、乙", "文。整改建议：丁。"),
    ],
)
def test_problems_and_suggestions_may_take_turns(lines: tuple[str, ...]) -> None:
    one = found(*BEFORE, "表", *AFTER[:2], "四、存在的问题及建议", *lines)

    assert entries(one) == [[(1, "甲", "文。"), (2, "乙", "文。")], [(1, None, "丙。"), (2, None, "丁。")]]
    assert one.problems == ()


def test_problems_and_suggestions_may_stand_in_a_table_of_the_report() -> None:
    table = tbl(tr("序号", "存在问题", "整改建议"), tr("1", "甲。", "丙。"), tr("2", "乙。", "丁。"))
    body = "".join(map(p, BEFORE)) + SHEET + "".join(map(p, (*AFTER[:2], "四、存在的问题和建议"))) + table
    one = report_of(read_word(word(body).getvalue()))

    assert one is not None
    assert entries(one) == [[(1, None, "甲。"), (2, None, "乙。")], [(1, None, "丙。"), (2, None, "丁。")]]
    assert one.places["findings.2"] == "表2 第3行"


def test_problems_inside_the_part_about_performance_are_no_part_of_it() -> None:
    one = found(*BEFORE, "表", *AFTER[:2], "4、存在问题", *AFTER[4:8], "5、建议", *AFTER[9:])

    assert (one.report.main_performance, entries(one)) == ("完成甲工作。", WHOLE)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("“甲”项目绩效评价报告", "甲"),
        ("2018年度甲工程绩效评价报告", "甲工程"),
        ("甲工程2018年度财政支出绩效评价报告", "甲工程"),
        ("关于《甲》工程的绩效评价报告", "《甲》工程"),
        ("甲工程\n绩效评价报告", "甲工程"),
        ("上海市市级财政支出绩效评价报告\n项目名称：甲工程", "甲工程"),
    ],
)
def test_the_project_is_known_by_the_title(title: str, name: str) -> None:
    assert found(*title.split("\n"), *BEFORE[1:], "表", *AFTER).report.project_name == name


def test_the_project_is_known_by_the_cover() -> None:
    cover = tbl(tr("项目名称", "甲工程"), tr("项目单位", "乙局"))
    one = report_of(read_word(word(cover + "".join(map(p, (*BEFORE[1:], *AFTER)))).getvalue()))

    assert one is not None and one.report.project_name == "甲工程"


@pytest.mark.parametrize(
    "line",
    [
        "综合评分为88.00分，绩效等级为“良”。",
        "满分100分，项目得分88分，属于“良”等级。",
        "经评价，该项目得88分，等级为“良”。",
        "得分90分以上为优，75-90分为良。本项目得分88分，评价结论为良。",
        "决策类得分10分，管理得分20分，绩效得分58分，项目总得分88分，评级为良。",
        "本次评价总分为100分，项目实际得分88分，等级为“良”。",
    ],
)
def test_the_score_of_the_whole_is_found_among_others(line: str) -> None:
    one = found(*BEFORE[:2], line, "表", *AFTER)

    assert (one.report.score, one.report.grade, one.problems) == (Decimal(88), "良", ())


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
        ("2018年至2020年总预算300万元，其中2018年当年预算100万元，支出96.6万元。", 100_000_000, 96_600_000),
        ("2017年预算90万元，支出80万元；2018年预算100万元，支出96.6万元。", 100_000_000, 96_600_000),
        ("年初预算数120万元，调整后预算数100万元，决算数96.6万元。", 100_000_000, 96_600_000),
        ("预算金额100万，实际支付96.6万。", 100_000_000, 96_600_000),
        ("预算资金为人民币100万元整，拨付资金96.6万元。", 100_000_000, 96_600_000),
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


def test_amounts_that_are_not_exact_are_said_and_not_taken() -> None:
    one = found(BEFORE[0], "项目预算约100万元，实际支付96.6万元左右。", BEFORE[2], "表", *AFTER)

    assert (one.report.budget_fen, one.report.paid_fen) == (None, None)
    assert [(problem.place, problem.message) for problem in one.problems] == [
        ("第 2 段", "“约100万元”不是确切的金额。请核对后补填。"),
        ("第 2 段", "“96.6万元左右”不是确切的金额。请核对后补填。"),
    ]


def test_several_amounts_of_the_same_kind_are_said() -> None:
    one = found(BEFORE[0], "项目预算100万元。市级预算60万元。实际支付96.6万元。", BEFORE[2], "表", *AFTER)

    assert one.report.budget_fen == 100_000_000
    assert [problem.message for problem in one.problems] == [
        "正文中有几个金额可能是预算金额（100万元、60万元），读入了第一个。请核对。"
    ]


def test_what_the_text_does_not_state_is_said() -> None:
    one = found(BEFORE[0], "表", *AFTER)

    assert [problem.message for problem in one.problems] == [
        "报告正文中没有找到预算金额。请在预览中补填。",
        "报告正文中没有找到支付金额。请在预览中补填。",
        "报告正文中没有找到评价结论。请在预览中补填。",
    ]
    assert one.report.score == 88


def test_a_score_that_stands_nowhere_is_said() -> None:
    one = found(*BEFORE[:2], "评级为“良”。", *AFTER)

    assert ("score", "报告正文中没有找到得分。请在预览中补填。") in [(p.key, p.message) for p in one.problems]


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
