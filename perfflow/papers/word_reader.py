"""A Word file as paragraphs and tables, as Word, WPS and LibreOffice write them.

Walks the XML itself: table.cell(i, j) of python-docx rebuilds the grid on every call (400 rows took 95 s).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from perfflow.papers.blocks import Block, Cell, Document, Grid, Paragraph
from perfflow.papers.package import Package, RefusedFile, open_checked
from perfflow.papers.spec import Problem
from perfflow.papers.text import N_, TICKED, UNTICKED, trimmed, without_remnants
from perfflow.papers.word_lists import Lists, W

# about 1,800 result tables; a tree of it takes some 250 MiB
MAX_BODY = 16 * 1024 * 1024
WHOLE = "整个文件"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

# Tracked insertions are read as accepted, deletions are not read.
_WRAPPERS = frozenset(
    f"{W}{name}"
    for name in (
        "ins", "moveTo", "customXml", "smartTag", "sdtContent", "r", "hyperlink", "fldSimple", "dir", "bdo",
        "ruby", "rubyBase",
    )
)  # fmt: skip
_CHARACTERS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}


def read_word(data: bytes) -> Document:
    """The body of a .docx file, tables inside tables after the one they stand in.

    Tracked changes are read as accepted. Raises RefusedFile for a file not fit to open.
    """
    package = open_checked(data)
    if "word/document.xml" not in package:
        raise RefusedFile(N_("这不是 Word 文件。请另存为 .docx 后再上传。"))
    if package.size("word/document.xml") > MAX_BODY:
        raise RefusedFile(N_("Word 正文过长，无法读取。请拆成几份文件再上传。"))
    root = package.xml("word/document.xml")
    body = root.find(f"{W}body")
    blocks = _Body(Lists(package), _Headings(package)).blocks(body if body is not None else [])
    return Document(tuple(_numbered(blocks)), tuple(_notes(package, root)))


def _numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    tables = paragraphs = 0
    for block in blocks:
        if isinstance(block, Grid):
            tables += 1
            yield replace(block, name=f"表{tables}")
        else:
            paragraphs += bool(block.text.strip())
            yield replace(block, number=paragraphs)


def _notes(package: Package, root: Any) -> Iterator[Problem]:
    """What is to be said about the file as a whole."""
    if any(next(root.iter(f"{W}{name}"), None) is not None for name in ("ins", "del", "moveFrom", "moveTo")):
        yield Problem(WHOLE, N_("文件有修订痕迹，已按接受全部修订后的文字读取。请核对。"))
    if any(name.startswith("word/embeddings/") for name in package.names):
        yield Problem(WHOLE, N_("文件内嵌了其他文件，没有打开，其中的内容没有读入。"))
    if "word/comments.xml" in package:
        yield Problem(WHOLE, N_("文件有批注，批注没有读入。"))
    if next(root.iter(f"{W}footnoteReference"), None) is not None:
        yield Problem(WHOLE, N_("文件有脚注，脚注没有读入。"))


class _Headings:
    """The level of a heading by its style or its own outline level."""

    def __init__(self, package: Package) -> None:
        self._levels: dict[str, int] = {}
        if "word/styles.xml" in package:
            for style in package.xml("word/styles.xml").findall(f"{W}style"):
                name = style.find(f"{W}name")
                called = re.fullmatch(r"(?:heading|标题) ?([1-9])", name.get(f"{W}val", "") if name is not None else "")
                level = int(called[1]) if called else _outline(style.find(f"{W}pPr"))
                if level:
                    self._levels[style.get(f"{W}styleId", "")] = level

    def level(self, paragraph: Any) -> int:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return 0
        style = properties.find(f"{W}pStyle")
        own = _outline(properties)
        return own or self._levels.get(style.get(f"{W}val", "") if style is not None else "", 0)


def _outline(properties: Any) -> int:
    level = properties.find(f"{W}outlineLvl") if properties is not None else None
    number = _number(level, 9)
    return number + 1 if number < 9 else 0


class _Body:
    """Turns the XML of a body into blocks."""

    def __init__(self, lists: Lists, headings: _Headings) -> None:
        self._lists = lists
        self._headings = headings

    def blocks(self, container: Iterable[Any]) -> Iterator[Block]:
        joined, level = "", 0
        for element in container:
            tag = element.tag
            if tag == f"{W}p":
                level = self._headings.level(element) if not joined else level
                joined += "".join(_pieces(element))
                if not _mark_deleted(element):
                    yield Paragraph(self._lists.number(element) + joined, level=level)
                    joined = ""
                for box in _text_boxes(element):
                    yield from self.blocks(box)
            elif tag == f"{W}tbl" and (frame := _frame(element)) is not None:
                yield from self.blocks(frame)
            elif tag == f"{W}tbl":
                nested: list[Grid] = []
                yield Grid(tuple(self._rows(element, nested)))
                yield from (replace(one, nested=True) for one in nested)
            else:
                yield from self.blocks(_opened(element))
        if joined:
            yield Paragraph(joined, level=level)

    def _rows(self, table: Any, nested: list[Grid]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        for number, row in enumerate(_children(table, f"{W}tr"), 1):
            if row.find(f"{W}trPr/{W}del") is None:
                yield number, tuple(self._cells(row, nested))

    def _cells(self, row: Any, nested: list[Grid]) -> Iterator[Cell]:
        column = _number(row.find(f"{W}trPr/{W}gridBefore"), 0)
        if column:
            yield Cell(0, "", column)
        for cell in _children(row, f"{W}tc"):
            properties = cell.find(f"{W}tcPr")
            width = 1
            merged = False
            if properties is not None:
                width = _number(properties.find(f"{W}gridSpan"), 1)
                merged = _merged(properties, "vMerge") or _merged(properties, "hMerge")
                if properties.find(f"{W}cellDel") is not None:
                    continue
            # text of a merged cell is not shown by Word, yet some programs put it there
            yield Cell(column, "" if merged else self._cell_text(cell, nested), width, merged)
            column += width

    def _cell_text(self, cell: Any, nested: list[Grid]) -> str:
        paragraphs = []
        for block in self.blocks(cell):
            if isinstance(block, Paragraph):
                paragraphs.append(block.text)
            elif all(len(cells) == 1 for _number, cells in block.rows):
                # lines in a frame
                paragraphs += [cells[0].text for _number, cells in block.rows]
            else:
                nested.append(block)
        return trimmed(without_remnants("\n".join(paragraphs)))


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag == f"{W}t":
            yield child.text or ""
        elif tag in _CHARACTERS:
            yield _CHARACTERS[tag]
        elif tag == f"{W}br":
            # page breaks are about the paper, not the text
            yield "\n" if child.get(f"{W}type", "textWrapping") == "textWrapping" else ""
        elif tag == f"{W}sym":
            yield _symbol(child.get(f"{W}font", ""), child.get(f"{W}char", ""))
        elif tag == f"{W}fldChar":
            yield _form_field(child)
        elif tag == f"{W}instrText":
            yield _overprinted(child.text or "")
        elif tag in {f"{_M}oMath", f"{_M}oMathPara"}:
            yield from (part.text or "" for part in child.iter(f"{_M}t"))
        elif tag in _WRAPPERS:
            # hidden text is text that Word does not show
            yield from () if child.find(f"{W}rPr/{W}vanish") is not None else _pieces(child)
        elif tag in {f"{W}sdt", f"{_MC}AlternateContent"}:
            yield from _pieces(_opened(child))


def _opened(element: Any) -> Iterable[Any]:
    """What a wrapper holds; nothing for deletions, placeholders and everything unknown."""
    if element.tag == f"{W}sdt":
        content: Iterable[Any] | None = element.find(f"{W}sdtContent")
        placeholder = element.find(f"{W}sdtPr/{W}showingPlcHdr")
        return content if content is not None and placeholder is None else ()
    if element.tag == f"{_MC}AlternateContent":
        for name in ("Choice", "Fallback"):
            branch: Iterable[Any] | None = element.find(f"{_MC}{name}")
            if branch is not None:
                return branch
    return element if element.tag in _WRAPPERS else ()


def _children(element: Any, tag: str) -> Iterator[Any]:
    for child in element:
        if child.tag == tag:
            yield child
        else:
            yield from _children(_opened(child), tag)


def _text_boxes(element: Any) -> Iterator[Any]:
    """The outermost text boxes, each once: a fallback repeats them for old programs."""
    for child in element:
        if child.tag == f"{W}txbxContent":
            yield child
        elif child.tag != f"{_MC}Fallback":
            yield from _text_boxes(child)


def _mark_deleted(paragraph: Any) -> bool:
    """Whether the end of this paragraph is deleted or moved away: the next one then continues it, with its number."""
    marks = paragraph.find(f"{W}pPr/{W}rPr")
    return marks is not None and any(marks.find(f"{W}{name}") is not None for name in ("del", "moveFrom"))


def _frame(table: Any) -> Any:
    """The only cell of a table of one cell: a frame around text and tables, and no table itself."""
    rows = list(islice(_children(table, f"{W}tr"), 2))
    cells = list(islice(_children(rows[0], f"{W}tc"), 2)) if len(rows) == 1 else []
    return cells[0] if len(cells) == 1 and rows[0].find(f"{W}trPr/{W}del") is None else None


def _merged(properties: Any, name: str) -> bool:
    merge = properties.find(f"{W}{name}")
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _number(element: Any, default: int) -> int:
    value = element.get(f"{W}val", "") if element is not None else ""
    return min(int(value), 1000) if value.isdecimal() and len(value) < 10 else default


_SYMBOLS = {
    "Wingdings": {0xA8: UNTICKED, 0x6F: UNTICKED, 0xFE: TICKED, 0xFD: TICKED, 0xFC: "✓", 0xFB: "✗", 0x78: TICKED},
    "Wingdings 2": {0xA3: UNTICKED, 0x52: TICKED, 0x53: TICKED, 0x54: TICKED, 0x50: "✓"},
}
"""Pictures of boxes that people insert as symbols, by their font and number."""


def _symbol(font: str, code: str) -> str:
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    # fonts of pictures stand in a private area, from F000 on
    picture = _SYMBOLS.get(font, {}).get(number & 0xFF)
    return picture or (chr(number) if 0x20 <= number < 0xD800 or 0xE000 <= number <= 0xFFFD else "")


def _form_field(field: Any) -> str:
    """A box or a choice of the old form fields, which have no text of their own."""
    box = field.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        state = box.find(f"{W}checked")
        state = box.find(f"{W}default") if state is None else state
        on = state is not None and state.get(f"{W}val", "1") not in ("0", "false", "off")
        return TICKED if on else UNTICKED
    choice = field.find(f"{W}ffData/{W}ddList")
    if choice is None:
        return ""
    chosen = choice.find(f"{W}result")
    entries = choice.findall(f"{W}listEntry")
    number = _number(chosen if chosen is not None else choice.find(f"{W}default"), 0)
    return str(entries[number].get(f"{W}val", "")) if number < len(entries) else ""


def _overprinted(instruction: str) -> str:
    """A tick in a box made with Word's 带圈字符: EQ \\o\\ac(□,√). No other field shows its instruction."""
    plain = instruction.replace(" ", "").upper()
    return TICKED if re.match(r"EQ\\O\\?A?C?\([□○口〇],[√✓✔X×]\)", plain) else ""
