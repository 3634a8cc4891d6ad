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
            text and text[0] not in "、.-" and not text[-1].isdigit() and "指标" not in text and words(text) == text
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
