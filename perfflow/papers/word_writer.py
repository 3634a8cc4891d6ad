"""Writes Word papers as a stream: the frame from the template, the body piece by piece as it comes.

The text of document.xml is written directly and compressed on the way; a thousand tables never stand
in memory together (built as a tree they took 113 MiB, streamed 7).
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, Literal

from perfflow.papers import word_template as frame
from perfflow.papers.spec import Form
from perfflow.papers.text import one_break, xml_text

_LABEL_WIDTH = 1700
_SHORT_ROW = 8
"""Lines up to which a row may be kept on one page."""
_MARGINS = 216


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell; newlines in the text separate paragraphs. `merge` joins it with the cells below or above."""

    text: str
    style: str = "Short"
    columns: int = 1
    merge: Literal["", "restart", "continue"] = ""


def write_word(body: Iterable[str], out: BinaryIO, *, footer: str = "", landscape: bool = False) -> None:
    """Write a .docx file of these pieces; the footer line stands on every page."""
    parts = dict(_frame())
    before, _, after = parts.pop(frame.DOCUMENT).partition(frame.BODY_HERE)
    if landscape:
        after = after.replace(frame.PORTRAIT, frame.LANDSCAPE)
    if footer:
        note = paragraph(footer, "Note") + frame.NOTE_HERE
        parts[frame.FOOTER] = parts[frame.FOOTER].replace(frame.NOTE_HERE, note)
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(frame.member(name), content)
        with archive.open(frame.member(frame.DOCUMENT), "w") as document:
            document.write(before.encode())
            for piece in body:
                document.write(piece.encode())
            # Word wants a paragraph after the last table; this one takes no room
            document.write((_paragraph("", "End") + after).encode())


def paragraph(text: str, style: str = "Text", *, new_page: bool = False, joined: bool = False) -> str:
    """One paragraph for each line of the text; only the first may begin a new page. `joined`: on one page with what
    follows."""
    first, *rest = one_break(text).split("\n")
    keep = "<w:keepNext/>" if joined else ""
    page = "<w:pageBreakBefore/>" if new_page else ""
    return _paragraph(first, style, keep + page) + "".join(_paragraph(line, style, keep) for line in rest)


def table(
    rows: Iterable[Sequence[TableCell]], widths: Sequence[int], *, heads: int = 0, whole: bool = False
) -> str:
    """A table with these column widths, in twentieths of a point."""
    return "".join(table_pieces(rows, widths, heads=heads, whole=whole))


def table_pieces(
    rows: Iterable[Sequence[TableCell]], widths: Sequence[int], *, heads: int = 0, whole: bool = False
) -> Iterator[str]:
    """The same row by row, for tables of any length. The first `heads` rows stand on every page the table reaches;
    `whole`: short rows are not cut between two pages."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    yield (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )
    for index, row in enumerate(rows):
        head = index < heads
        uncut = head or (whole and _lines(row, widths) <= _SHORT_ROW)
        yield _row(row, widths, ("<w:cantSplit/>" if uncut else "") + ("<w:tblHeader/>" if head else ""))
    yield "</w:tbl>"


def form_table(form: Form, texts: Mapping[str, str], *, new_page: bool) -> str:
    """The form's heading and its rows, labels on the left."""
    rows = (
        (
            TableCell(field.label, "Label"),
            TableCell(texts.get(field.key, ""), "Long" if field.long else "Short"),
        )
        for field in form.fields
    )
    widths = (_LABEL_WIDTH, frame.TEXT_WIDTH - _LABEL_WIDTH)
    return paragraph(form.title, "Heading1", new_page=new_page) + table(rows, widths)


def _lines(cells: Sequence[TableCell], widths: Sequence[int]) -> int:
    """About how many lines the longest cell takes; Chinese characters are as wide as they are high."""
    most = column = 0
    for cell in cells:
        room = sum(widths[column : column + cell.columns]) - _MARGINS
        column += cell.columns
        each = max(1, room // frame.SIZES.get(cell.style, frame.BODY_SIZE))
        most = max(most, sum(1 + (len(line) - 1) // each for line in one_break(cell.text).split("\n")))
    return most


@cache
def _frame() -> dict[str, str]:
    with zipfile.ZipFile(frame.TEMPLATE) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _row(cells: Sequence[TableCell], widths: Sequence[int], properties: str = "") -> str:
    text = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    column = 0
    for cell in cells:
        width = sum(widths[column : column + cell.columns])
        column += cell.columns
        span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
        merge = f'<w:vMerge w:val="{cell.merge}"/>' if cell.merge else ""
        text += (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/>'
            f"</w:tcPr>{paragraph(cell.text, cell.style)}</w:tc>"
        )
    return f"<w:tr>{text}</w:tr>"


def _paragraph(text: str, style: str, more: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>'
    if not text:
        return f"<w:p>{properties}</w:p>"
    # the hint gives “ ” and — their full width
    east = frame.FONTS.get(style, frame.BODY_FONT)
    look = f'<w:rPr><w:rFonts w:hint="eastAsia" w:eastAsia="{east}"/></w:rPr>'
    runs = f'<w:t xml:space="preserve">{xml_text(text)}</w:t>'.replace(
        "\t", '</w:t><w:tab/><w:t xml:space="preserve">'
    )
    return f"<w:p>{properties}<w:r>{look}{runs}</w:r></w:p>"
