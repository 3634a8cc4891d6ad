"""Finds paper forms in a Word file by their labels, wherever they stand in it.

Walks the XML itself: table.cell(i, j) of python-docx rebuilds the grid on every call (400 rows took 95 s).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from perfflow.papers.package import RefusedFile, open_checked
from perfflow.papers.spec import Field, Form, Problem
from perfflow.papers.text import N_, folded, trimmed, without_remnants
from perfflow.papers.word_lists import Lists, W

# about 1,800 result tables; a tree of it takes some 250 MiB
MAX_BODY = 16 * 1024 * 1024
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


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its first grid column; a cell merged into the one above it is empty."""

    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its rows of cells, with the number each row has in the file."""

    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(slots=True)
class FormReading:
    """One form found in the file: the texts as filed by key, what stood above it, what is odd about it."""

    number: int
    above: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, field: Field) -> str:
        row = f"第 {self.rows[field.key]} 行" if field.key in self.rows else ""
        return f"第 {self.number} 份{row}“{field.label}”"


def read_forms(data: bytes, form: Form) -> list[FormReading]:
    """Every form of this kind in a .docx file, in order. Raises RefusedFile for a file not fit to open."""
    finder = _Finder(form)
    for block in word_blocks(data):
        if isinstance(block, Grid):
            finder.table(block)
        else:
            finder.paragraph(block)
    return finder.done()


def word_blocks(data: bytes) -> Iterator[str | Grid]:
    """Paragraphs and tables of the body, in order; tables inside tables after the one they stand in."""
    package = open_checked(data)
    if "word/document.xml" not in package:
        raise RefusedFile(N_("这不是 Word 文件。请另存为 .docx 后再上传。"))
    if package.size("word/document.xml") > MAX_BODY:
        raise RefusedFile(N_("Word 正文过长，无法读取。请拆成几份文件再上传。"))
    body = package.xml("word/document.xml").find(f"{W}body")
    yield from _Body(Lists(package)).blocks(body if body is not None else [])


class _Body:
    """Turns the XML of a body into blocks."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    def blocks(self, container: Iterable[Any]) -> Iterator[str | Grid]:
        joined = ""
        for element in container:
            tag = element.tag
            if tag == f"{W}p":
                joined += self._lists.number(element) + self._text(element)
                if not _mark_deleted(element):
                    yield joined
                    joined = ""
                for box in _text_boxes(element):
                    yield from self.blocks(box)
            elif tag == f"{W}tbl":
                nested: list[Grid] = []
                yield Grid(tuple(self._rows(element, nested)))
                yield from nested
            else:
                yield from self.blocks(_opened(element))
        if joined:
            yield joined

    def _rows(self, table: Any, nested: list[Grid]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        for number, row in enumerate(_children(table, f"{W}tr"), 1):
            if row.find(f"{W}trPr/{W}del") is None:
                yield number, tuple(self._cells(row, nested))

    def _cells(self, row: Any, nested: list[Grid]) -> Iterator[Cell]:
        column = _number(row.find(f"{W}trPr/{W}gridBefore"), 0)
        if column:
            yield Cell(0, "")
        for cell in _children(row, f"{W}tc"):
            properties = cell.find(f"{W}tcPr")
            width = 1
            merged = False
            if properties is not None:
                width = _number(properties.find(f"{W}gridSpan"), 1)
                merged = _merged(properties, "vMerge") or _merged(properties, "hMerge")
                if properties.find(f"{W}cellDel") is not None:
                    continue
            yield Cell(column, "" if merged else self._cell_text(cell, nested))
            column += width

    def _cell_text(self, cell: Any, nested: list[Grid]) -> str:
        paragraphs = []
        for block in self.blocks(cell):
            if isinstance(block, Grid):
                nested.append(block)
            else:
                paragraphs.append(block)
        return trimmed(without_remnants("\n".join(paragraphs)))

    def _text(self, element: Any) -> str:
        return "".join(_pieces(element))


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
            yield _symbol(child.get(f"{W}char", ""))
        elif tag in {f"{_M}oMath", f"{_M}oMathPara"}:
            yield from (part.text or "" for part in child.iter(f"{_M}t"))
        elif tag in _WRAPPERS:
            yield from _pieces(child)
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
    """Whether the end of this paragraph is a tracked deletion: the next one then continues it."""
    return paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None


def _merged(properties: Any, name: str) -> bool:
    merge = properties.find(f"{W}{name}")
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _number(element: Any, default: int) -> int:
    value = element.get(f"{W}val", "") if element is not None else ""
    return min(int(value), 1000) if value.isdecimal() and len(value) < 10 else default


def _symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except ValueError:
        return ""


class _Finder:
    """Follows the blocks of a document and fills forms by their labels."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._labels = {folded(field.label): field for field in form.fields}
        self._title = folded(form.title)
        self._found: list[FormReading] = []
        self._current = FormReading(1)
        self._above: list[str] = []
        # fields of the last labelled row by the column of their label: who a continued row belongs to
        self._owners: list[tuple[int, Field]] = []
        self._below: Field | None = None

    def done(self) -> list[FormReading]:
        self._close()
        return self._found

    def paragraph(self, text: str) -> None:
        if text.strip():
            self._above.append(text)
            if self._complete:
                self._owners = []

    def table(self, grid: Grid) -> None:
        heading = [cell.text for cell in grid.rows[0][1]] if grid.rows else []
        if self._complete and heading and heading[0]:
            self._owners = []
        for number, cells in grid.rows:
            if any(cell.text for cell in cells):
                self._row(number, cells, repeated=[cell.text for cell in cells] == heading)

    def _row(self, number: int, cells: tuple[Cell, ...], *, repeated: bool) -> None:
        labels = self._labels_in(cells)
        filled = [cell for cell in cells if cell.text]
        if labels:
            self._labelled(number, cells, labels)
        elif len(filled) == 1 and folded(filled[0].text) == self._title:
            self._above.append(filled[0].text)
        elif self._below and len(filled) == 1:
            self._put(self._below, filled[0].text, number)
        elif self._owners and not cells[0].text:
            self._continued(filled)
        elif self._owners and not repeated:
            self._unknown(number, filled[0].text)
        elif not self._current.texts:
            self._above += [cell.text for cell in filled]
        self._below = self._waiting(cells, labels)

    def _labels_in(self, cells: tuple[Cell, ...]) -> list[tuple[int, Field]]:
        found: list[tuple[int, Field]] = []
        for place, cell in enumerate(cells):
            field = self._labels.get(_label(cell.text))
            # the cell right after a label is its value, whatever it says
            if field and not (found and found[-1][0] == place - 1 and place == len(cells) - 1):
                found.append((place, field))
        return found

    def _labelled(self, number: int, cells: tuple[Cell, ...], labels: list[tuple[int, Field]]) -> None:
        ends = [place for place, _ in labels[1:]] + [len(cells)]
        texts = [
            "\n".join(cell.text for cell in cells[place + 1 : end] if cell.text)
            for (place, _), end in zip(labels, ends, strict=True)
        ]
        same = all(
            self._current.texts.get(found.key) == text for (_, found), text in zip(labels, texts, strict=True)
        )
        if same and not (self._complete and labels[0][1] == self._form.fields[0]):
            return  # a row repeated at the top of a page: what follows continues the row before it
        for (_, found), text in zip(labels, texts, strict=True):
            self._value(found, text, number)
        self._owners = [(cells[place].column, found) for place, found in labels]

    def _value(self, field: Field, text: str, row: int) -> None:
        if field.key not in self._current.texts:
            self._put(field, text, row)
        elif field != self._form.fields[0] and [owner for _, owner in self._owners] == [field]:
            self._current.texts[field.key] += text
        else:
            self._close()
            self._current = FormReading(len(self._found) + 1)
            self._put(field, text, row)

    def _put(self, field: Field, text: str, row: int) -> None:
        if not self._current.texts:
            self._current.above, self._above = tuple(self._above), []
        self._current.texts[field.key] = text
        self._current.rows[field.key] = row

    def _continued(self, filled: list[Cell]) -> None:
        """A page break cut the row: its rest joins without a paragraph break."""
        for cell in filled:
            before = [field for column, field in self._owners if column < cell.column]
            field = before[-1] if before else self._owners[-1][1]
            self._current.texts[field.key] += cell.text

    def _unknown(self, number: int, label: str) -> None:
        place = f"第 {self._current.number} 份第 {number} 行"
        shown = " ".join(label.split())[:20]
        message = N_("“%(label)s”不是“%(title)s”的项目，这一行没有读入。请核对。")
        self._current.problems.append(Problem(place, message % {"label": shown, "title": self._form.title}))
        self._owners = []

    def _waiting(self, cells: tuple[Cell, ...], labels: list[tuple[int, Field]]) -> Field | None:
        """The field of a row that holds its label alone: the value stands below it."""
        alone = len(labels) == 1 and labels[0][0] == len(cells) - 1
        return labels[0][1] if alone and not self._current.texts.get(labels[0][1].key) else None

    @property
    def _complete(self) -> bool:
        return len(self._current.texts) == len(self._form.fields)

    def _close(self) -> None:
        """Keep what was read if it is this form: another paper may share a label or two with it."""
        reading = self._current
        if len(reading.texts) * 2 < len(self._form.fields):
            self._above = [*reading.above, *self._above]
            return
        for row in self._form.fields:
            if row.key not in reading.texts:
                message = N_("没有找到“%(label)s”一行。请核对表格。") % {"label": row.label}
                reading.problems.append(Problem(reading.place(row), message))
            elif row.required and not reading.texts[row.key].strip():
                message = N_("“%(label)s”没有填写。请补填。") % {"label": row.label}
                reading.problems.append(Problem(reading.place(row), message))
        self._found.append(reading)


def _label(text: str) -> str:
    """A label for comparison: without blanks, colon and a unit in brackets."""
    label = folded(text).rstrip(":")
    return label.partition("(")[0] if label.endswith(")") else label
