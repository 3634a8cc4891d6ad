"""Lists in Excel: written row by row with typed cells, and read from a form of known columns.

Text is never a formula, whatever it begins with. A list somebody uploads is measured before any library opens it:
a single cell in the last corner, or one long text named ten thousand times, would fill the memory.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, BinaryIO, Literal
from xml.parsers import expat

import xlsxwriter
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from perfflow.papers.package import DAMAGED, Package, RefusedFile, open_checked
from perfflow.papers.text import N_, folded

LONGEST_TEXT = 32_767  # what a cell of Excel holds
ROWS_FOR_CHOICES = 1000

MAX_LIST = 5 * 1024 * 1024
MAX_ROW, MAX_COLUMN, MAX_CELLS = 5_000, 100, 20_000
MAX_CELL_TEXT = 1_000
HEAD_WITHIN = 10  # a heading or a note may stand above the head

TOO_LARGE = N_("名单超过 5 MB，请只保留要导入的行和列，另存后再上传。")
TOO_WIDE = N_("表格超出 5,000 行、100 列或 20,000 格，请只保留要导入的行和列，另存后再上传。")
TOO_LONG = N_("表格中有超过 1,000 字的单元格，这不是账号名单。请使用下载的模板。")
NO_SHEET = N_("文件中没有可以读取的工作表。请使用下载的模板。")
NO_HEAD = N_("没有找到表头。前 10 行中应有一行依次写明：%(labels)s。请使用下载的模板。")
TOO_MANY_ROWS = N_("名单有 %(count)d 行，一次最多 %(most)d 行，请拆分后分别上传。")

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Kind = Literal["text", "number", "instant", "day"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be written; `width` in characters. `choices` become a drop-down list."""

    label: str
    width: int = 16
    kind: Kind = "text"
    choices: Sequence[str] = ()


def write_list(
    out: BinaryIO, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, note: str = ""
) -> None:
    """One sheet: head, rows as they come, a note below. Instants are written in the zone they carry."""
    with _workbook(out) as book:
        sheet, formats = _sheet(book, title, columns)
        at = 0
        for at, row in enumerate(rows, 1):
            for column, (spec, value) in enumerate(zip(columns, row, strict=True)):
                _write(sheet, at, column, spec.kind, value, formats)
        if at:
            sheet.autofilter(0, 0, at, len(columns) - 1)
        if note:
            sheet.write_string(at + 2, 0, note)


def write_template(out: BinaryIO, title: str, columns: Sequence[Column], *, choices_title: str) -> None:
    """An empty list to be filled in; what may be chosen stands on a sheet of its own."""
    with _workbook(out, streamed=False) as book:  # choices are written down a column, not row by row
        sheet, formats = _sheet(book, title, columns)
        for column, spec in enumerate(columns):
            sheet.set_column(column, column, spec.width, formats["text"])  # so that 007 stays 007
        other = book.add_worksheet(choices_title[:31])
        for column, spec in enumerate(columns):
            if not spec.choices:
                continue
            other.set_column(column, column, spec.width)
            other.write_string(0, column, spec.label, formats["head"])
            for row, choice in enumerate(spec.choices, 1):
                other.write_string(row, column, choice[:LONGEST_TEXT])
            place = f"='{choices_title[:31]}'!${_letter(column)}$2:${_letter(column)}${len(spec.choices) + 1}"
            sheet.data_validation(1, column, ROWS_FOR_CHOICES, column, {"validate": "list", "source": place})
        sheet.activate()


def _workbook(out: BinaryIO, *, streamed: bool = True) -> Any:
    options = {
        "constant_memory": streamed,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    return xlsxwriter.Workbook(out, options)


def _sheet(book: Any, title: str, columns: Sequence[Column]) -> tuple[Any, dict[str, Any]]:
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "text": book.add_format({"num_format": "@"}),
        "number": book.add_format({"num_format": "#,##0.######"}),
        "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "", title)[:31])
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.label, formats["head"])
    sheet.freeze_panes(1, 0)
    return sheet, formats


def _write(sheet: Any, row: int, column: int, kind: Kind, value: Any, formats: Mapping[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["instant"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["day"])
    elif kind == "number":
        sheet.write_number(row, column, value, formats["number"])
    else:
        sheet.write_string(row, column, str(value)[:LONGEST_TEXT])


def _letter(column: int) -> str:
    return chr(ord("A") + column)


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One filled row: its number as Excel shows it, and the text of each known column."""

    number: int
    texts: Mapping[str, str]


def read_list(data: bytes, columns: Mapping[str, Sequence[str]], *, most: int) -> list[ListedRow]:
    """The filled rows below the head. `columns`: key → the labels its head may carry.

    Raises RefusedFile with the reason, also for a file made to hurt.
    """
    if len(data) > MAX_LIST:
        raise RefusedFile(TOO_LARGE)
    _measure(open_checked(data))
    cells = _cells(data)
    head_row, places = _head(cells, columns)
    found = []
    for number, row in enumerate(cells[head_row + 1 :], head_row + 2):
        texts = {key: _text(row[place]) if place < len(row) else "" for key, place in places.items()}
        if any(texts.values()):
            found.append(ListedRow(number, texts))
    if len(found) > most:
        raise RefusedFile(TOO_MANY_ROWS, {"count": len(found), "most": most})
    return found


def _cells(data: bytes) -> list[list[Any]]:
    """The cells of the first sheet that can be seen, from A1 on."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not sheets:
            raise RefusedFile(NO_SHEET)
        return list(book.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False))
    except RefusedFile:
        raise
    except Exception:
        raise RefusedFile(DAMAGED) from None
    except BaseException as error:
        # the reader's own panics are no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise RefusedFile(DAMAGED) from None


def _head(cells: Sequence[Sequence[Any]], columns: Mapping[str, Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The row of the head, and where each column stands."""
    for at, row in enumerate(cells[:HEAD_WITHIN]):
        there = [folded(_text(cell)) for cell in row]
        places = {
            key: next((there.index(folded(label)) for label in labels if folded(label) in there), -1)
            for key, labels in columns.items()
        }
        if min(places.values()) >= 0:
            return at, places
    raise RefusedFile(NO_HEAD, {"labels": "、".join(labels[0] for labels in columns.values())})


def _text(cell: Any) -> str:
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(_CONTROL.sub("", str(cell)).split())


def _measure(package: Package) -> None:
    """How far the cells reach and how long the texts are, in constant memory."""
    for name in package.names:
        content = package.read(name)
        if not name.lower().endswith(".xml"):
            continue
        if b"\0" in content[:200]:
            raise RefusedFile(DAMAGED)  # UTF-16, which no office program writes
        if b"sheetData" not in content and b"sst" not in content:
            continue
        measure = _Measure()
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = measure.start
        parser.CharacterDataHandler = measure.text
        try:
            parser.Parse(content, True)
        except expat.ExpatError:
            raise RefusedFile(DAMAGED) from None


class _Measure:
    """Reads places as Excel does: what names none stands behind what came before."""

    def __init__(self) -> None:
        self._row = self._column = self._count = self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name in ("si", "c"):
            self._length = 0
        if name == "row":
            self._row, self._column = _whole(attributes.get("r"), self._row + 1), 0
        elif name == "c":
            self._count += 1
            self._column += 1
            if "r" in attributes:
                self._row, self._column = _place(attributes["r"])
            if self._row > MAX_ROW or self._column > MAX_COLUMN or self._count > MAX_CELLS:
                raise RefusedFile(TOO_WIDE)

    def text(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CELL_TEXT:
            raise RefusedFile(TOO_LONG)


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
