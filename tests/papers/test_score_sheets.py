"""Score sheets: read in every shape people give them, and written so that they read back the same."""

import io
from decimal import Decimal
from string import ascii_uppercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfflow.papers.score_reader import SheetReading, score_sheets_of
from perfflow.papers.score_sheet import ScoreLine, ScoreSheet
from perfflow.papers.score_sheet_writer import score_sheet_pages
from perfflow.papers.table_heads import words
from perfflow.papers.word_reader import read_word
from perfflow.papers.word_writer import write_word
from tests.papers.word import p, tbl, tc, tr, word

HEAD = ("一级指标", "二级指标", "三级（及以上）指标", "权重", "得分率", "绩效分数")
DOWN, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def read(*rows: str) -> SheetReading:
    (sheet,) = score_sheets_of(read_word(word(tbl(*rows)).getvalue()))
    return sheet


def lines(reading: SheetReading) -> list[tuple[str, str, int, str, str, str]]:
    return [
        (one.code, one.name, one.level, str(one.weight or ""), one.rate_filed, str(one.score or ""))
        for one in reading.sheet.items
    ]


def messages(reading: SheetReading) -> list[tuple[str, str]]:
    return [(problem.place, problem.message) for problem in reading.problems]


SMALL = (
    tr(tc("A项目决策", DOWN), tc("A1立项", DOWN), "A11依据", "40", "100%", "40"),
    tr(tc("", ON), tc("", ON), "A12 目标", "60", "50%", "30"),
    tr(tc("合计", '<w:gridSpan w:val="3"/>'), "100", "——", "70"),
)
READ = [
    ("A", "项目决策", 1, "", "", ""),
    ("A1", "立项", 2, "", "", ""),
    ("A11", "依据", 3, "40", "100%", "40"),
    ("A12", "目标", 3, "60", "50%", "30"),
]


def test_a_sheet_is_read_with_its_groups_and_total() -> None:
    reading = read(tr(*HEAD), *SMALL)

    assert lines(reading) == READ
    assert reading.sheet.total == 70
    assert messages(reading) == []
    assert reading.places["items.A12"] == "表1 第3行"


@pytest.mark.parametrize(
    "head",
    [
        ("一级\n指标", "二级指标", "三级指标", "权\n重", "得 分 率", "绩效\n分值"),
        ("一级指标", "二级指标", "三级指标", "标准分", "得分率", "得分"),
        ("一级指标", "二级指标", "三级指标", "权重（分）", "得分率（%）", "评价得分"),
        ("一级指标", "二级指标", "三级指标", "权重", "得分率", "分值"),
    ],
)
def test_the_columns_are_known_by_their_words(head: tuple[str, ...]) -> None:
    assert lines(read(tr(*(tc("".join(map(p, text.split("\n")))) for text in head)), *SMALL)) == READ


def test_columns_may_stand_in_any_order_and_others_between_them() -> None:
    reading = read(
        tr("序号", "一级指标", "三级指标", "得分", "权重", "扣分原因"),
        tr("1", "A决策", "A1依据", "40", "40", ""),
        tr("2", "", "A2目标", "30", "60", "不够细化"),
        tr("合计", "", "", "70", "100", ""),
    )

    assert [(one.code, str(one.weight or ""), str(one.score or "")) for one in reading.sheet.items] == [
        ("A", "", ""), ("A1", "40", "40"), ("A2", "60", "30"),
    ]  # fmt: skip
    assert ("表1 第3行 扣分原因", "不够细化") in reading.unplaced
    assert reading.problems == ()


def test_a_head_may_stand_further_down_and_again_after_a_page() -> None:
    reading = read(tr(tc("项目评分表", '<w:gridSpan w:val="6"/>')), tr(*HEAD), SMALL[0], tr(*HEAD), *SMALL[1:])

    assert lines(reading) == READ
    assert messages(reading) == []


def test_a_head_may_be_cut_into_two_rows() -> None:
    first = tr(*(tc(text, DOWN) for text in HEAD[:3]), tc("评分", '<w:gridSpan w:val="3"/>'))
    second = tr(*(tc("", ON) for _ in range(3)), "权重", "得分率", "得分")

    assert lines(read(first.replace("评分", ""), second, *SMALL)) == READ


def test_the_rest_of_a_sheet_may_stand_in_a_table_of_its_own() -> None:
    body = tbl(tr(*HEAD), SMALL[0]) + p() + tbl(*SMALL[1:])

    (reading,) = score_sheets_of(read_word(word(body).getvalue()))

    assert lines(reading) == READ
    assert reading.places["items.A12"] == "表2 第1行"


def test_the_rest_of_a_sheet_may_have_lost_its_columns_of_groups() -> None:
    body = tbl(tr(*HEAD), SMALL[0]) + p() + tbl(tr("A12 目标", "60", "50%", "30"), tr("合计", "100", "——", "70"))

    (reading,) = score_sheets_of(read_word(word(body).getvalue()))

    assert lines(reading) == READ
    assert reading.sheet.total == 70


def test_another_table_after_a_sheet_without_a_total_is_no_part_of_it() -> None:
    body = (
        tbl(tr(*HEAD), *SMALL[:2])
        + p()
        + tbl(tr("序号", "姓名", "单位", "职务", "电话", "备注"), tr("1", *"甲乙丙丁戊"))
    )

    (reading,) = score_sheets_of(read_word(word(body).getvalue()))

    assert lines(reading) == READ


@pytest.mark.parametrize(
    "head",
    [
        ("一级指标", "二级指标", "三级指标", "指标权重（%）", "指标得分率", "绩效评价得分"),
        ("1级指标", "2级指标", "3级指标", "满分值", "得分比率", "实得分"),
        ("Ⅰ级指标", "Ⅱ级指标", "Ⅲ级指标", "权重/分值", "得分率", "综合评分"),
        ("评价维度", "评价内容", "评价指标", "参考分值", "得分率", "评定分数"),
        ("一级目标", "二级目标", "三级指标", "权重（100分）", "得分率", "专家评分"),
    ],
)
def test_the_words_of_a_head_may_be_any_of_their_kind(head: tuple[str, ...]) -> None:
    assert lines(read(tr(*head), *SMALL)) == READ


def test_a_head_may_be_a_group_over_the_names_of_its_columns() -> None:
    over = tr(tc("指标体系", '<w:gridSpan w:val="3"/>'), *(tc(text, DOWN) for text in HEAD[3:]))
    names = tr("一级指标", "二级指标", "三级指标", *(tc("", ON) for _ in range(3)))

    assert lines(read(over, names, *SMALL)) == READ


def test_a_title_above_the_head_does_not_hide_what_its_first_column_is() -> None:
    reading = read(
        tr("某项目评分表"), tr("编码", "指标", "权重", "得分"),
        tr("A", "决策", "", ""), tr("A1", "依据", "100", "90"), tr("合计", "", "100", "90"),
    )  # fmt: skip

    assert [one[:3] for one in lines(reading)] == [("A", "决策", 1), ("A1", "依据", 2)]


def test_a_row_of_a_group_right_under_the_head_is_no_part_of_it() -> None:
    reading = read(
        tr("编码", "一级指标", "二级指标", "三级指标", "权重", "得分"),
        tr("A", "项目决策", "", "", "", ""), tr("A1", "", "立项", "", "", ""),
        tr("A11", "", "", "依据", "40", "40"), tr("A12", "", "", "目标", "60", "30"),
        tr("合计", "", "", "", "100", "70"),
    )  # fmt: skip

    assert [one[:3] for one in lines(reading)] == [one[:3] for one in READ]
    assert messages(reading) == []


def test_codes_in_a_column_of_their_own_beside_a_single_column_of_names() -> None:
    reading = read(
        tr("指标编码", "指标名称", "权重", "得分"),
        tr("A", "项目决策", "", ""), tr("A1", "立项", "", ""), tr("A11", "依据", "40", "40"),
        tr("A12", "目标", "60", "30"), tr("合计", "", "100", "70"),
    )  # fmt: skip

    assert [one[:3] for one in lines(reading)] == [one[:3] for one in READ]


@pytest.mark.parametrize("marks", [("一、", "1."), ("（一）", "（1）"), ("一、", "（一）")])
def test_the_numbering_tells_the_depth_in_a_single_column(marks: tuple[str, str]) -> None:
    group, leaf = marks

    reading = read(
        tr("指标", "分值", "得分"),
        tr(f"{group}决策", "40", "40"), tr(f"{leaf}依据", "40", "40"),
        tr(f"{group.replace('一', '二')}产出", "60", "30"), tr(f"{leaf}完成率", "60", "30"),
        tr("合计", "100", "70"),
    )  # fmt: skip

    assert [one[:3] for one in lines(reading)] == [
        ("A", "决策", 1), ("A1", "依据", 2), ("B", "产出", 1), ("B1", "完成率", 2),
    ]  # fmt: skip


def test_sums_printed_in_the_rows_of_groups_are_theirs_and_compared() -> None:
    reading = read(
        tr(*HEAD),
        tr("A项目决策", "", "", "90", "", "70"), tr("", "A1立项", "", "100", "", "71"),
        tr("", "", "A11依据", "40", "100%", "40"), tr("", "", "A12目标", "60", "50%", "30"),
        SMALL[-1],
    )  # fmt: skip

    assert lines(reading) == READ
    assert messages(reading) == [
        ("表1 第2行 权重", "“项目决策”写的权重是 90，下级合计是 100。请核对。"),
        ("表1 第3行 得分", "“立项”写的得分是 71，下级合计是 70。请核对。"),
    ]


def test_sums_of_groups_in_rows_of_their_own_are_shown_and_no_indicators() -> None:
    reading = read(tr(*HEAD), *SMALL[:2], tr(tc("A决策小计", '<w:gridSpan w:val="3"/>'), "100", "", "70"), SMALL[-1])

    assert lines(reading) == READ
    assert reading.unplaced == (("表1 第4行", "A决策小计 100 70"),)


def test_weights_printed_behind_names_are_no_part_of_them() -> None:
    reading = read(
        tr(*HEAD),
        tr("决策（100分）", "立项（90分）", "依据（40分）", "40", "100%", "40"),
        tr("", "", "目标（2018）", "60", "50%", "30"),
        SMALL[-1],
    )

    assert [one[1] for one in lines(reading)] == ["决策", "立项（90分）", "依据", "目标（2018）"]
    assert ("表1 第2行 权重", "“立项”写的权重是 90，下级合计是 100。请核对。") in messages(reading)


def test_two_rows_of_head_with_weights_beside_each_name() -> None:
    reading = read(
        tr(*(tc(text, '<w:gridSpan w:val="2"/>') for text in ("一级指标", "二级指标", "三级指标")), "得分"),
        tr("名称", "权重", "名称", "权重", "名称", "权重", tc("", ON)),
        tr("决策", "40", "立项", "40", "依据", "40", "40"), tr("产出", "60", "数量", "60", "完成率", "60", "30"),
        tr(tc("合计", '<w:gridSpan w:val="5"/>'), "100", "70"),
    )  # fmt: skip

    assert [one[:4] for one in lines(reading)] == [
        ("A", "决策", 1, ""), ("A1", "立项", 2, ""), ("A11", "依据", 3, "40"),
        ("B", "产出", 1, ""), ("B1", "数量", 2, ""), ("B11", "完成率", 3, "60"),
    ]  # fmt: skip


def test_codes_may_be_numbers_with_points() -> None:
    reading = read(
        tr(*HEAD),
        tr("1 决策", "1.1 立项", "1.1.1 依据", "40", "100%", "40"),
        tr("2、产出", "2.1 数量", "2.1.1 完成率", "60", "50%", "30"),
        SMALL[-1],
    )

    assert [one[:3] for one in lines(reading)] == [
        ("1", "决策", 1), ("1.1", "立项", 2), ("1.1.1", "依据", 3),
        ("2", "产出", 1), ("2.1", "数量", 2), ("2.1.1", "完成率", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("across", [True, False])
def test_codes_may_stand_in_cells_before_their_names(across: bool) -> None:
    wide = '<w:gridSpan w:val="2"/>'
    names = [tc(text, wide) for text in HEAD[:3]] if across else [cell for text in HEAD[:3] for cell in (text, "")]
    reading = read(
        tr(*names, "权重", "得分"),
        tr("A", "项目决策", "A1", "立项", "A11", "依据", "40", "40"), tr("", "", "", "", "A12", "目标", "60", "30"),
        tr("合计", "", "", "", "", "", "100", "70"),
    )  # fmt: skip

    assert [one[:3] for one in lines(reading)] == [one[:3] for one in READ]
    assert messages(reading) == []


def test_a_code_without_a_name_is_said() -> None:
    reading = read(tr(*HEAD), SMALL[0], tr("", "", "A12", "60", "50%", "30"), SMALL[-1])

    assert messages(reading) == [("表1 第3行", "指标 A12 没有名称。请补填。")]


def test_groups_without_codes_get_those_of_their_leaves() -> None:
    reading = read(
        tr(*HEAD),
        tr("决策", "立项", "A11依据", "40", "100%", "40"),
        tr("产出", "数量", "B11完成率", "60", "50%", "30"), SMALL[-1],
    )  # fmt: skip

    assert [one[:3] for one in lines(reading)] == [
        ("A", "决策", 1), ("A1", "立项", 2), ("A11", "依据", 3),
        ("B", "产出", 1), ("B1", "数量", 2), ("B11", "完成率", 3),
    ]  # fmt: skip
    assert ("表1 第3行", "“产出”没有指标编码，已编为 B。请核对。") in messages(reading)


def test_an_indicator_without_code_among_others_is_not_joined_to_the_one_above() -> None:
    reading = read(tr(*HEAD), *SMALL[:2], tr("加分项", "", "获奖", "2", "100%", "2"), SMALL[-1])

    assert lines(reading)[4:] == [("B", "加分项", 1, "", "", ""), ("B1", "获奖", 2, "2", "100%", "2")]
    assert ("表1 第4行", "“获奖”没有指标编码，已编为 B1。请核对。") in messages(reading)


def test_the_tenth_indicator_is_no_part_of_the_first() -> None:
    names = "甲乙丙丁戊己庚辛壬癸"
    body = [tr("C产出" if not at else "", f"C{at + 1}指标{name}", "10", "100%", "10") for at, name in enumerate(names)]

    reading = read(tr("一级指标", "二级指标", "权重", "得分率", "得分"), *body, tr("合计", "", "100", "", "100"))

    assert lines(reading)[1][:5] == ("C1", "指标甲", 2, "10", "100%")
    assert lines(reading)[-1][:3] == ("C10", "指标癸", 2)
    assert messages(reading) == [("表1 第11行", "编码 C10 会被看作 C1 的下级。请改成位数相同的编码，例如 C01。")]


def test_a_code_or_figures_cut_by_a_page_are_joined() -> None:
    code = read(
        tr(*HEAD), tr("A项目决策", "A1立项", "A1", "", "", ""), tr("", "", "1依据", "40", "100%", "40"), *SMALL[1:]
    )
    figures = read(
        tr(*HEAD), tr("A项目决策", "A1立项", "A11依据", "4", "100", "40"), tr("", "", "", "0", "%", ""), *SMALL[1:]
    )

    assert lines(code) == lines(figures) == READ
    assert messages(code) == messages(figures) == []


def test_a_name_may_begin_with_a_letter() -> None:
    reading = read(
        tr(*HEAD),
        tr("决策", "立项", "A股上市", "40", "100%", "40"),
        tr("", "", "B超设备", "60", "50%", "30"),
        SMALL[-1],
    )

    assert [one[:2] for one in lines(reading)][2:] == [("A11", "A股上市"), ("A12", "B超设备")]


def test_a_total_may_stand_in_a_sentence() -> None:
    reading = read(tr(*HEAD), *SMALL[:2], tr(tc("总得分：70分", '<w:gridSpan w:val="6"/>')))

    assert reading.sheet.total == 70


def test_a_name_cut_by_a_page_is_joined() -> None:
    reading = read(
        tr(*HEAD),
        tr("A项目决策", "A1立项", "A11依据与市人大常委会办", "", "", ""),
        tr("", "", "公厅战略的适应性", "40", "100%", "40"),
        *SMALL[1:],
    )

    assert reading.sheet.items[2].name == "依据与市人大常委会办公厅战略的适应性"
    assert messages(reading) == []


def test_a_name_cut_by_a_page_below_its_figures_is_joined() -> None:
    reading = read(tr(*HEAD), SMALL[0], tr("", "", "的充分性", "", "", ""), *SMALL[1:])

    assert reading.sheet.items[2].name == "依据的充分性"


def test_vertical_cells_come_one_character_a_line() -> None:
    vertical = tc("".join(map(p, ("A", "项", "目", "决", "策"))), DOWN)
    upright = tc(p("A1") + p("立") + p("项"), DOWN)

    assert lines(read(tr(*HEAD), tr(vertical, upright, "A11依据", "40", "100%", "40"), *SMALL[1:])) == READ


def test_full_width_codes_and_figures_are_read() -> None:
    reading = read(
        tr(*HEAD),
        tr("Ａ项目决策", "Ａ１立项", "Ａ１１　依据", "４０", "１００％", "４０．０分"),
        *SMALL[1:],
    )

    assert [one[:2] for one in lines(reading)[:3]] == [("A", "项目决策"), ("A1", "立项"), ("A11", "依据")]
    assert (reading.sheet.items[2].weight, reading.sheet.items[2].score) == (40, 40)
    assert reading.filed["items.A11"] == "４０ | １００％ | ４０．０分"


def test_a_code_may_touch_a_name_that_begins_with_digits() -> None:
    reading = read(
        tr(*HEAD),
        tr("A项目绩效", "A1产出", "A11及时性", "40", "100%", "40"),
        tr("", "", "A1212345热线接通率", "60", "50%", "30"),
        SMALL[-1],
    )

    assert reading.sheet.items[-1].code == "A12"
    assert reading.sheet.items[-1].name == "12345热线接通率"


def test_a_sum_printed_in_the_cell_of_a_group_is_no_part_of_its_name() -> None:
    group = tc("".join(map(p, ("A", "项目", "决策", "100"))))

    reading = read(tr(*HEAD), tr(group, "A1立项", "A11依据", "40", "100%", "40"), *SMALL[1:])

    assert reading.sheet.items[0].name == "项目决策"


def test_weights_of_groups_beside_them_are_compared_with_their_leaves() -> None:
    reading = read(
        tr("一级指标", "分值", "二级指标", "分值", "三级指标", "分值", "得分"),
        tr("决策", "90", "立项", "100", "依据", "40", "40"),
        tr("", "", "", "", "目标", "60", "30"),
        tr("合计", "", "", "", "", "100", "70"),
    )

    assert [(one.code, one.name, one.level) for one in reading.sheet.items] == [
        ("A", "决策", 1), ("A1", "立项", 2), ("A11", "依据", 3), ("A12", "目标", 3),
    ]  # fmt: skip
    assert messages(reading) == [
        ("表1 第2行", "表中没有指标编码，已按次序编为 A、A1、A11……。请核对。"),
        ("表1 第2行 权重", "“决策”写的权重是 90，下级合计是 100。请核对。"),
    ]


def test_every_figure_that_cannot_be_right_is_named_with_its_place() -> None:
    reading = read(
        tr(*HEAD),
        tr("A决策", "A1立项", "A11依据", "40", "9Z%", "40"),
        tr("", "", "A12目标", "50", "50%", "30"),
        tr("", "", "A13管理", "约10", "100%", "10"),
        tr(tc("合计", '<w:gridSpan w:val="3"/>'), "100", "——", "90"),
    )

    assert messages(reading) == [
        ("表1 第4行 权重", "“约10”不是权重。请写成数字，例如 5.5。"),
        ("表1 第2行 得分率", "“9Z%”不是百分数。请写成例如 92%。"),
        ("表1 第3行 得分率", "权重 50 × 得分率 50% 与得分 30 不符。请核对。"),
        ("表1 第5行 合计", "末级指标的权重合计是 90，应为 100。请核对。"),
        ("表1 第5行 合计", "各指标得分合计是 80，表中合计写的是 90。请核对。"),
    ]


def test_a_list_of_amounts_is_no_score_sheet() -> None:
    assert score_sheets_of(read_word(word(tbl(tr("项目名称", "金额"), tr("甲", "100万元"))).getvalue())) == []


# --- written and read back

NAME = (
    st.text("项目管理制度健全性“”《》（）、AB12.- ", min_size=1, max_size=12)
    .map(str.strip)
    .filter(
        lambda text: (
            text
            and text[0] not in "、.-"
            and not text.rstrip("）)")[-1:].isdigit()
            and "指标" not in text
            and words(text) == text
        )
    )
)
HALVES = st.integers(0, 20).map(lambda n: Decimal(n) / 2)


@st.composite
def sheets(draw: st.DrawFn) -> ScoreSheet:
    """Trees of one to four levels, leaves on any of them."""
    items: list[ScoreLine] = []

    def grow(code: str, level: int) -> None:
        children = draw(st.integers(1, 3)) if level < 4 and draw(st.booleans()) else 0
        name = draw(NAME)
        if not children:
            weight = draw(HALVES)
            score = draw(st.none() | HALVES.map(lambda value: min(value, weight)))
            rate = draw(st.sampled_from(["", "100%", "92%", "约九成"]))
            items.append(ScoreLine(code, name, level, weight, rate, score))
            return
        items.append(ScoreLine(code, name, level))
        for child in range(1, children + 1):
            grow(f"{code}{child}", level + 1)

    for letter in ascii_uppercase[: draw(st.integers(1, 3))]:
        grow(letter, 1)
    return ScoreSheet(tuple(items), draw(st.none() | HALVES))


@settings(deadline=None)
@given(sheets())
def test_what_is_written_reads_back_exactly(sheet: ScoreSheet) -> None:
    out = io.BytesIO()
    write_word(score_sheet_pages([("“代表工作”项目", sheet)]), out)

    (reading,) = score_sheets_of(read_word(out.getvalue()))

    assert reading.sheet == sheet
