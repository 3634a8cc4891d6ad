"""An Excel file as tables, with the values its formulas had when it was saved.

A file somebody uploads is measured before any library opens it: a single cell in the last corner, or one long text
named ten thousand times, would fill the memory.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from perfflow.papers.blocks import Cell, Document, Grid
from perfflow.papers.package import DAMAGED, Package, RefusedFile, open_checked
from perfflow.papers.spec import Problem
from perfflow.papers.text import N_

NO_SHEET = N_("文件中没有可以读取的工作表。请使用下载的模板。")
NOT_EXCEL = N_("这不是 Excel 文件。请另存为 .xlsx 后再上传。")

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the cells may reach, and what is said of a file beyond."""

    row: int
    column: int
    cells: int
    text: int
    too_wide: str
    too_long: str


PAPER = Limits(
    row=5_000, column=200, cells=100_000, text=32_767,
    too_wide=N_("表格超出 5,000 行、200 列或 100,000 格，请只保留要读入的行和列，另存后再上传。"),
    too_long=N_("表格中有超过 32,767 字的单元格，无法读取。请拆开后再上传。"),
)  # fmt: skip


def read_excel(data: bytes, *, hidden: bool = False) -> Document:
    """The sheets that can be seen, as tables. Hidden rows are left out and said, unless they are asked for.

    Raises RefusedFile for a file not fit to open.
    """
    package = open_checked(data)
    if "xl/workbook.xml" not in package:
        raise RefusedFile(NOT_EXCEL)
    hidden_rows = measure(package, PAPER)
    parts = _parts(package)
    grids: list[Grid] = []
    notes: list[Problem] = []
    for name, cells, merged in sheets(data):
        rows = hidden_rows.get(parts.get(name, ""), frozenset())
        called = f"工作表“{name}”"
        grids.append(Grid(tuple(_rows(cells, merged, frozenset() if hidden else rows)), called))
        shown = [number for number in sorted(rows) if number <= len(cells) and any(map(text_of, cells[number - 1]))]
        if shown and not hidden:
            message = N_("第 %(rows)s 行是隐藏的，没有读入。需要时请取消隐藏后再上传。")
            notes.append(Problem(called, message, {"rows": "、".join(map(str, shown[:20]))}))
    if any(name.startswith("xl/embeddings/") for name in package.names):
        notes.append(Problem("整个文件", N_("文件内嵌了其他文件，没有打开，其中的内容没有读入。")))
    return Document(tuple(grids), tuple(notes))


def _rows(
    cells: Sequence[Sequence[Any]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], left_out: frozenset[int]
) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    areas = {(row, column): area for area in merged for row, column in _places(area)}
    for number, row in enumerate(cells, 1):
        if number not in left_out:
            yield number, tuple(_cells(row, number - 1, areas))


def _places(area: tuple[tuple[int, int], tuple[int, int]]) -> Iterator[tuple[int, int]]:
    (top, left), (bottom, right) = area
    # as far as the limits of a paper reach
    for row in range(top, min(bottom, PAPER.row) + 1):
        for column in range(left, min(right, PAPER.column) + 1):
            yield row, column


def _cells(row: Sequence[Any], at: int, areas: Mapping[tuple[int, int], Any]) -> Iterator[Cell]:
    column = 0
    while column < len(row):
        area = areas.get((at, column))
        if area is None:
            yield Cell(column, text_of(row[column]))
            column += 1
            continue
        (top, _left), (_bottom, right) = area
        width = right - column + 1
        yield Cell(column, text_of(row[column]) if at == top else "", width, merged=at > top)
        column += width


def text_of(value: Any) -> str:
    """A cell's value as people read it; line breaks stay."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # 5.5200000000000005 is how a computer keeps 5.52
        return f"{Decimal(repr(round(value, 10))).normalize():f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return _CONTROL.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n").strip()


def sheets(data: bytes) -> list[tuple[str, list[list[Any]], list[Any]]]:
    """Name, cells from A1 on and merged areas of each sheet that can be seen; measure() first."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not names:
            raise RefusedFile(NO_SHEET)
        opened = [(name, book.get_sheet_by_name(name)) for name in names]
        return [
            (name, list(sheet.to_python(skip_empty_area=False)), list(sheet.merged_cell_ranges or ()))
            for name, sheet in opened
        ]
    except RefusedFile:
        raise
    except Exception:
        raise RefusedFile(DAMAGED) from None
    except BaseException as error:
        # the reader's own panics are no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise RefusedFile(DAMAGED) from None


def _parts(package: Package) -> dict[str, str]:
    """The part of each sheet, by the sheet's name."""
    relations = {}
    if "xl/_rels/workbook.xml.rels" in package:
        for relation in package.xml("xl/_rels/workbook.xml.rels"):
            target = str(relation.get("Target", ""))
            relations[relation.get("Id")] = target.removeprefix("/") if target[:1] == "/" else f"xl/{target}"
    found = {}
    for sheet in package.xml("xl/workbook.xml").iter("{*}sheet"):
        key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        found[str(sheet.get("name", ""))] = relations.get(key, "")
    return found


# ---------------------------------------------------------------- measuring


def measure(package: Package, limits: Limits) -> dict[str, frozenset[int]]:
    """How far the cells reach and how long the texts are, in constant memory; the hidden rows of each part."""
    hidden = {}
    for name in package.names:
        content = package.read(name)
        if not name.lower().endswith(".xml"):
            continue
        if b"\0" in content[:200]:
            raise RefusedFile(DAMAGED)  # UTF-16, which no office program writes
        if b"sheetData" not in content and b"sst" not in content:
            continue
        found = _Measure(limits)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = found.start
        parser.CharacterDataHandler = found.text
        try:
            parser.Parse(content, True)
        except expat.ExpatError:
            raise RefusedFile(DAMAGED) from None
        hidden[name] = frozenset(found.hidden)
    return hidden


@dataclass(slots=True)
class _Measure:
    """Reads places as Excel does: what names none stands behind what came before."""

    limits: Limits
    hidden: set[int] = field(default_factory=set)
    row: int = 0
    column: int = 0
    count: int = 0
    length: int = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name in ("si", "c"):
            self.length = 0
        if name == "row":
            self.row, self.column = _whole(attributes.get("r"), self.row + 1), 0
            if attributes.get("hidden") in ("1", "true") and self.row <= self.limits.row:
                self.hidden.add(self.row)
        elif name == "c":
            self.count += 1
            self.column += 1
            if "r" in attributes:
                self.row, self.column = _place(attributes["r"])
            if self.row > self.limits.row or self.column > self.limits.column or self.count > self.limits.cells:
                raise RefusedFile(self.limits.too_wide)
        elif name == "mergeCell":
            self.count += 1
            if self.count > self.limits.cells:
                raise RefusedFile(self.limits.too_wide)

    def text(self, text: str) -> None:
        self.length += len(text)
        if self.length > self.limits.text:
            raise RefusedFile(self.limits.too_long)


def _whole(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise RefusedFile(DAMAGED)
    return int(text)


def _place(text: str) -> tuple[int, int]:
    found = _CELL.fullmatch(text)
    if found is None:
        raise RefusedFile(DAMAGED)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column
