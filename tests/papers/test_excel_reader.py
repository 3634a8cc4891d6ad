"""Excel files as people keep their score sheets: merged cells, formulas, hidden rows, a head further down."""

import io
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from perfflow.papers.excel_reader import read_excel
from perfflow.papers.package import RefusedFile
from perfflow.papers.paper import Paper, PaperKind
from perfflow.papers.reading import read
from perfflow.papers.score_sheet import ScoreSheet
from tests.papers.word import p, word


def book(fill: Any) -> bytes:
    """A workbook as Excel saves it: formulas with the values they had."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        fill(made, made.add_worksheet("评分表"))
    return out.getvalue()


def score_sheet(made: Any, sheet: Any) -> None:
    percent = made.add_format({"num_format": "0%"})
    sheet.merge_range("A1:F1", "项目绩效评价指标评分表")
    sheet.write_row("A3", ["一级指标", "二级指标", "三级指标", "权重", "得分率", "得分"])
    sheet.merge_range("A4:A6", "A 项目决策")
    sheet.merge_range("B4:B5", "A1 立项")
    sheet.write_row("C4", ["A11 依据", 40, 1, 40])
    sheet.write_row("C5", ["A12 目标", 30, 0.92])
    sheet.write("E5", 0.92, percent)
    sheet.write_formula("F5", "=D5*E5", None, 27.599999999999998)
    sheet.write_row("B6", ["A2 管理", "A21 制度", 30, 1])
    sheet.write_formula("F6", "=D6*E6", None, 30)
    sheet.write("A7", "合计")
    sheet.write_formula("D7", "=SUM(D4:D6)", None, 100)
    sheet.write_formula("F7", "=SUM(F4:F6)", None, 97.6)


def paper(data: bytes) -> Paper:
    (found,) = read(data, "评分表.xlsx")
    assert found.kind is PaperKind.SCORE_SHEET
    return found


def lines(found: Paper) -> list[tuple[str, str, int, str, str]]:
    sheet = found.values
    assert isinstance(sheet, ScoreSheet)
    return [(one.code, one.name, one.level, one.rate_filed, str(one.score or "")) for one in sheet.items]


def test_merged_cells_and_the_values_of_formulas_are_read() -> None:
    found = paper(book(score_sheet))

    assert lines(found) == [
        ("A", "项目决策", 1, "", ""),
        ("A1", "立项", 2, "", ""),
        ("A11", "依据", 3, "100%", "40"),
        ("A12", "目标", 3, "92%", "27.6"),
        ("A2", "管理", 2, "", ""),
        ("A21", "制度", 3, "100%", "30"),
    ]
    assert found.problems == ()
    assert found.places["items.A12"] == "工作表“评分表” 第5行"


def test_hidden_rows_are_left_out_and_said() -> None:
    def fill(made: Any, sheet: Any) -> None:
        score_sheet(made, sheet)
        sheet.write_row("A9", ["旧稿", "", "A99 作废", 50, 1, 50])
        sheet.set_row(8, None, None, {"hidden": True})

    found = paper(book(fill))

    assert len(lines(found)) == 6
    assert [(one.place, one.message) for one in found.problems] == [
        ("工作表“评分表”", "第 9 行是隐藏的，没有读入。需要时请取消隐藏后再上传。")
    ]


def test_hidden_rows_that_the_sum_needs_are_read_and_said() -> None:
    def fill(made: Any, sheet: Any) -> None:
        score_sheet(made, sheet)
        sheet.set_row(4, None, None, {"hidden": True})

    found = paper(book(fill))

    assert [code for code, *_rest in lines(found)] == ["A", "A1", "A11", "A12", "A2", "A21"]
    assert [one.message for one in found.problems] == ["表中有隐藏的行，权重要加上它们才合计 100，已一并读入。请核对。"]


def test_sheets_that_are_hidden_are_not_read() -> None:
    def fill(made: Any, sheet: Any) -> None:
        score_sheet(made, sheet)
        other = made.add_worksheet("旧")
        other.write(0, 0, "旧稿")
        other.hide()

    assert [grid.name for grid in read_excel(book(fill)).grids] == ["工作表“评分表”"]


def test_a_book_that_another_library_wrote_is_read_alike() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "评分表"
    for row in (
        ["一级指标", "二级指标", "权重", "得分"], ["A 决策", "A1 立项", 100, 90.5], ["合计", None, 100, 90.5],
    ):  # fmt: skip
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)

    assert lines(paper(out.getvalue())) == [("A", "决策", 1, "", ""), ("A1", "立项", 2, "", "90.5")]


@pytest.mark.parametrize(("row", "column"), [(6_000, 0), (0, 300)])
def test_a_cell_far_out_is_refused_before_anything_is_opened(row: int, column: int) -> None:
    data = book(lambda _made, sheet: sheet.write(row, column, "x"))

    with pytest.raises(RefusedFile, match="超出 5,000 行、200 列"):
        read_excel(data)


def test_a_word_file_is_no_excel_file() -> None:
    with pytest.raises(RefusedFile, match="不是 Excel 文件"):
        read_excel(word(p("甲")).getvalue())
