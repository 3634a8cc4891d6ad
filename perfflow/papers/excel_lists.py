"""Lists in Excel: written row by row with typed cells, and read from a form of known columns.

Text is never a formula, whatever it begins with. A list somebody uploads is measured before any library opens it:
a single cell in the last corner, or one long text named ten thousand times, would fill the memory.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Literal

import xlsxwriter

from perfflow.papers.excel_reader import Limits, measure, sheets
from perfflow.papers.package import RefusedFile, open_checked
from perfflow.papers.text import N_, folded, one_break

LONGEST_TEXT = 32_767  # what a cell of Excel holds
ROWS_FOR_CHOICES = 1000
LINE_HEIGHT, HEAD_HEIGHT, HIGHEST_ROW = 15, 20, 405  # in points; Excel takes 409
A3, A4, WIDEST_ON_A4 = 8, 9, 170

MAX_LIST = 5 * 1024 * 1024
HEAD_WITHIN = 10  # a heading or a note may stand above the head

TOO_LARGE = N_("名单超过 5 MB，请只保留要导入的行和列，另存后再上传。")
TOO_WIDE = N_("表格超出 5,000 行、100 列或 20,000 格，请只保留要导入的行和列，另存后再上传。")
TOO_LONG = N_("表格中有超过 1,000 字的单元格，这不是账号名单。请使用下载的模板。")
NO_HEAD = N_("没有找到表头。前 10 行中应有一行依次写明：%(labels)s。请使用下载的模板。")
LIST = Limits(row=5_000, column=100, cells=20_000, text=1_000, too_wide=TOO_WIDE, too_long=TOO_LONG)
TOO_MANY_ROWS = N_("名单有 %(count)d 行，一次最多 %(most)d 行，请拆分后分别上传。")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LIKE_A_FORMULA = tuple("=+-@\t\r")

Kind = Literal["text", "long", "number", "money", "score", "percent", "instant", "day"]
_HUNDREDTHS = frozenset({"money", "score", "percent"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be written; `width` in characters. `choices` become a drop-down list, which a `free` one only offers.

    Money is given in fen, a score in hundredths, a share in whole per cent; they are written as yuan, points and a
    fraction. A long text is wrapped.
    """

    label: str
    width: int = 16
    kind: Kind = "text"
    choices: Sequence[str] = ()
    free: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list on a sheet of its own: head, rows as they come, a note below."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    note: str = ""


def write_list(
    out: BinaryIO, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, note: str = ""
) -> None:
    """One sheet: head, rows as they come, a note below. Instants are written in the zone they carry."""
    write_book(out, [Sheet(title, columns, rows, note)])


def write_book(out: BinaryIO, sheets: Iterable[Sheet]) -> None:
    """Several lists, one after the other; of each only the present row is in memory."""
    with _workbook(out) as book:
        formats = _formats(book)
        for one in sheets:
            sheet = _sheet(book, one.title, one.columns, formats)
            _for_print(sheet, sum(column.width for column in one.columns))
            last = _write_rows(sheet, one, formats)
            if last:
                sheet.autofilter(0, 0, last, len(one.columns) - 1)
            if one.note:
                sheet.write_string(last + 2, 0, _safe(one.note))


def write_template(out: BinaryIO, title: str, columns: Sequence[Column], *, choices_title: str) -> None:
    """An empty list to be filled in; what may be chosen stands on a sheet of its own."""
    write_form(out, (Sheet(title, columns, ()),), choices_title=choices_title)


def write_form(
    out: BinaryIO, sheets: Sequence[Sheet], *, choices_title: str, guide: tuple[str, Sequence[str]] | None = None
) -> None:
    """Lists to be filled in or gone on with: their rows, what may be chosen, and how it is done, each on a sheet."""
    with _workbook(out, streamed=False) as book:  # choices are written down a column, not row by row
        formats = _formats(book)
        opened = [(one, _sheet(book, one.title, one.columns, formats)) for one in sheets]
        for one, sheet in opened:
            for column, spec in enumerate(one.columns):
                # so that 007 stays 007
                look = "typed long" if spec.kind == "long" else "typed"
                sheet.set_column(column, column, spec.width, formats[look])
            _write_rows(sheet, one, formats)
        if any(spec.choices for one in sheets for spec in one.columns):
            _choices(book, choices_title[:31], opened, formats)
        if guide:
            _guide(book, *guide, formats)
        opened[0][1].activate()


def _choices(book: Any, title: str, opened: Sequence[tuple[Sheet, Any]], formats: Mapping[str, Any]) -> None:
    other = book.add_worksheet(title)
    at = 0
    for one, sheet in opened:
        for column, spec in enumerate(one.columns):
            if not spec.choices:
                continue
            other.set_column(at, at, spec.width)
            other.write_string(0, at, spec.label, formats["head"])
            for row, choice in enumerate(spec.choices, 1):
                other.write_string(row, at, _safe(choice))
            place = f"='{title}'!${_letter(at)}$2:${_letter(at)}${len(spec.choices) + 1}"
            rule = {"validate": "list", "source": place, "show_error": not spec.free}
            sheet.data_validation(1, column, ROWS_FOR_CHOICES, column, rule)
            at += 1


def _guide(book: Any, title: str, lines: Sequence[str], formats: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(title)
    sheet.set_column(0, 0, 100)
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, _safe(line), formats["long"])


def _workbook(out: BinaryIO, *, streamed: bool = True) -> Any:
    options = {
        "constant_memory": streamed,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    return xlsxwriter.Workbook(out, options)


def _formats(book: Any) -> dict[str, Any]:
    """By kind of column, and the looks of other cells. A guarded text stays text when somebody edits its cell."""
    text = {"align": "left", "indent": 1}  # else it touches the number before it
    looks: dict[str, dict[str, Any]] = {
        "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"},
        "typed": {"num_format": "@"},
        "typed long": {"num_format": "@", "text_wrap": True},
        "text": text,
        "long": {**text, "text_wrap": True},
        "guarded text": {**text, "quote_prefix": True},
        "guarded long": {**text, "quote_prefix": True, "text_wrap": True},
        "number": {},
        "money": {"num_format": "#,##0.00"},
        "score": {"num_format": "0.00"},
        "percent": {"num_format": "0%"},
        "instant": {"num_format": "yyyy-mm-dd hh:mm:ss"},
        "day": {"num_format": "yyyy-mm-dd"},
    }
    return {name: book.add_format({"valign": "top", **look}) for name, look in looks.items()}


def _sheet(book: Any, title: str, columns: Sequence[Column], formats: Mapping[str, Any]) -> Any:
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "", title)[:31])
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
    sheet.set_row(0, max(HEAD_HEIGHT, *(_height(column.label, column.width) for column in columns)))
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.label, formats["head"])
    sheet.freeze_panes(1, 0)
    return sheet


def _for_print(sheet: Any, width: int) -> None:
    """Landscape, as wide as the list, on A3 what would be too small on A4; its head on every page."""
    sheet.set_landscape()
    sheet.set_paper(A4 if width <= WIDEST_ON_A4 else A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&P / &N")


def _write_rows(sheet: Any, one: Sheet, formats: Mapping[str, Any]) -> int:
    """The number of the last row, 0 without any."""
    at = 0
    wrapped = [(column, spec.width) for column, spec in enumerate(one.columns) if spec.kind == "long"]
    for at, row in enumerate(one.rows, 1):
        # LibreOffice and WPS show one line of a wrapped text unless the height is said
        height = max((_height(str(row[column] or ""), width) for column, width in wrapped), default=0)
        if height > LINE_HEIGHT:
            sheet.set_row(at, height)
        for column, (spec, value) in enumerate(zip(one.columns, row, strict=True)):
            _write(sheet, at, column, spec.kind, value, formats)
    return at


def _height(text: str, width: int) -> float:
    """Of a row, for a text wrapped in so many characters; a Chinese one is as wide as two."""
    room = max(width - 4, 1)  # the indent, and what a line gives away at its end
    lines = sum(max(1, -(-len(line.encode("gb18030", "replace")) // room)) for line in text.split("\n"))
    return min(lines * LINE_HEIGHT, HIGHEST_ROW)


def _write(sheet: Any, row: int, column: int, kind: Kind, value: Any, formats: Mapping[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["instant"])
    elif isinstance(value, date) and value.year >= 1900:  # earlier days are no dates to Excel
        sheet.write_datetime(row, column, value, formats["day"])
    elif kind in _HUNDREDTHS:
        # a float of 88.74 would be spelled 88.73999999999999
        sheet.write_number(row, column, Decimal(value).scaleb(-2), formats[kind])
    elif kind == "number":
        sheet.write_number(row, column, value, formats["number"])
    else:
        text = _safe(str(value))
        look = ("guarded " if text.startswith(_LIKE_A_FORMULA) else "") + ("long" if kind == "long" else "text")
        sheet.write_string(row, column, text, formats[look])


def _safe(text: str) -> str:
    """The text as a cell can hold it. The library lets text that looks like its own markup through as it stands; with
    a blank behind it, that is no markup."""
    plain = _NO_CHARACTER.sub("", one_break(text))[: LONGEST_TEXT - 1]
    return f"{plain} " if plain.startswith("<r>") and plain.endswith("</r>") else plain


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
    measure(open_checked(data), LIST)
    _name, cells, _merged = sheets(data)[0]
    head_row, places = _head(cells, columns)
    found = []
    for number, row in enumerate(cells[head_row + 1 :], head_row + 2):
        texts = {key: _text(row[place]) if place < len(row) else "" for key, place in places.items()}
        if any(texts.values()):
            found.append(ListedRow(number, texts))
    if len(found) > most:
        raise RefusedFile(TOO_MANY_ROWS, {"count": len(found), "most": most})
    return found


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
