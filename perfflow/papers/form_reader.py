"""Finds forms of labelled rows in a document by their labels, wherever they stand in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from perfflow.papers.blocks import Cell, Document, Grid, Paragraph
from perfflow.papers.kinds import Money, Unreadable
from perfflow.papers.spec import Field, Form, Problem
from perfflow.papers.text import N_, folded, start_folded

# Enough for a cover and its date: a label repeated 50,000 times would carry a whole book along each time.
ABOVE = 500
_UNIT = re.compile(r"\((?:单位:?)?(?P<brackets>亿元|万元|元)\)|[/,:](?:单位:?)?(?P<bare>亿元|万元|元)$")
_UNIT_ABOVE = re.compile("单位[:：]?(?:人民币)?(亿元|万元|元)")
_NOTHING = frozenset({"无", "-", "--", "—", "——", "/"})
_ORNAMENT = re.compile(
    r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]{1,2}、|\((?:\d{1,2}|[一二三四五六七八九十]{1,2})\)|\*)|[、,，]"
)


@dataclass(slots=True)
class FormReading:
    """One form found in the file: the texts as filed by key, what stood above it, what is odd about it.

    `labels`: the labels as filed, which may name a unit; `unplaced`: place and text of rows that belong nowhere.
    """

    above: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)

    def place(self, row: Field) -> str:
        return self.places.get(row.key, row.label)

    def say(self, row: Field, msgid: str, params: Mapping[str, str] | None = None) -> None:
        self.problems.append(Problem(self.place(row), msgid, params or {}, row.key))

    def value(self, row: Field) -> Any:
        """The value of a short row; None when nothing stands there or it cannot be read, which is then said."""
        text = self.texts.get(row.key, "")
        if not text.strip():
            return None  # a missing required value is already named
        kind = row.kind
        if isinstance(kind, Money):
            if folded(text) in _NOTHING:
                if row.required:
                    self.say(row, N_("“%(label)s”没有填写。请补填。"), {"label": row.label})
                return None
            if unit := unit_named(self.labels.get(row.key, "")) or self._unit_above():
                kind = replace(kind, bare=unit)
        try:
            return kind.read(text)
        except Unreadable as unreadable:
            self.say(row, unreadable.msgid, unreadable.params)
            return None

    def _unit_above(self) -> Any:
        """The unit said over the whole table: "单位：万元"."""
        found = [match[1] for line in self.above for match in _UNIT_ABOVE.finditer(folded(line))]
        return found[-1] if found else None


def unit_named(label: str) -> Any:
    """The unit of money a label names, as in "预算金额（万元）" or "预算金额/万元"; None without one."""
    found = _UNIT.search(folded(label))
    return found["brackets"] or found["bare"] if found else None


def read_forms(document: Document, form: Form) -> list[FormReading]:
    """Every form of this kind, in order."""
    return FormFinder(form).follow(document)


class FormFinder:
    """Follows the blocks of a document and fills forms by their labels."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._labels = {
            label_of(label): field for field in form.fields for label in (field.label, *field.aliases)
        }
        self._title = folded(form.title)
        self._found: list[FormReading] = []
        self.current = self.new_reading()
        self.grid = Grid(())
        self._above: list[str] = []
        # fields of the last labelled row by the column of their label: who a continued row belongs to
        self._owners: list[tuple[int, Field]] = []
        self._stray = False  # the last row belonged nowhere, and so does what continues it
        self._below: Field | None = None

    def new_reading(self) -> FormReading:
        return FormReading()

    def belongs(self, reading: FormReading) -> bool:
        """Whether enough was found to be this form: another paper may share a label or two with it."""
        return len(reading.texts) * 2 >= len(self._form.fields)

    def end_row(self) -> None:
        """What follows continues none of the rows before."""
        self._owners, self._below = [], None

    def done(self) -> list[FormReading]:
        self._close()
        return self._found

    def follow(self, document: Document) -> list[FormReading]:
        """Every form of the document."""
        for block in document.blocks:
            if isinstance(block, Grid):
                self.table(block)
            else:
                self.paragraph(block)
        return self.done()

    def paragraph(self, paragraph: Paragraph) -> None:
        if paragraph.text.strip():
            self._above.append(paragraph.text)
            if self._complete:
                self._owners = []

    def table(self, grid: Grid) -> None:
        self.grid = grid
        heading = [cell.text for cell in grid.rows[0][1]] if grid.rows else []
        if self._complete and heading and heading[0]:
            self._owners = []
        for number, cells in grid.rows:
            if any(cell.text for cell in cells):
                self.row(number, cells, repeated=[cell.text for cell in cells] == heading)

    def row(self, number: int, cells: tuple[Cell, ...], *, repeated: bool) -> None:
        labels = self.labels_in(cells)
        filled = [cell for cell in cells if cell.text]
        self._stray = self._stray and not labels
        if labels:
            self._labelled(number, cells, labels)
        elif len(filled) == 1 and label_of(filled[0].text) == self._title:
            self._above.append(filled[0].text)
        elif self._below and len(filled) == 1:
            self._put(self._below, filled[0].text, number)
        elif self._owners and not cells[0].text and not self._stray and not self._another(filled):
            self._continued(filled)
        elif self._owners and not repeated:
            self.leave_out(number, filled)
            self._stray = True
        elif not self.current.texts:
            self._above += [cell.text for cell in filled]
        self._below = self._waiting(cells, labels)

    def labels_in(self, cells: tuple[Cell, ...]) -> list[tuple[int, Field]]:
        found: list[tuple[int, Field]] = []
        for place, cell in enumerate(cells):
            field = self._labels.get(label_of(cell.text))
            # the cell right after a label is its value, whatever it says
            is_value = bool(found) and found[-1][0] == place - 1 and place == len(cells) - 1
            if field and not is_value and field not in (other for _place, other in found):
                found.append((place, field))
        return found

    def _labelled(self, number: int, cells: tuple[Cell, ...], labels: list[tuple[int, Field]]) -> None:
        cells, labels = self._known(number, cells, labels)
        ends = [place for place, _ in labels[1:]] + [len(cells)]
        # a short value cut by a line of the table is one: "1,374.74 | 万元"
        texts = [
            ("\n" if field.long else "").join(cell.text for cell in cells[place + 1 : end] if cell.text)
            for (place, field), end in zip(labels, ends, strict=True)
        ]
        same = all(
            self.current.texts.get(found.key) == text for (_, found), text in zip(labels, texts, strict=True)
        )
        if same and not (self._complete and labels[0][1] == self._form.fields[0]):
            return  # a row repeated at the top of a page: what follows continues the row before it
        for (place, found), text in zip(labels, texts, strict=True):
            self._value(found, text, number)
            # the unit may stand in a heading on the left
            named = next((c.text for c in reversed(cells[: place + 1]) if unit_named(c.text)), cells[place].text)
            self.current.labels[found.key] = named
        self._owners = [(cells[place].column, found) for place, found in labels]

    def _known(
        self, number: int, cells: tuple[Cell, ...], labels: list[tuple[int, Field]]
    ) -> tuple[tuple[Cell, ...], list[tuple[int, Field]]]:
        """The row without labels of another layout and their values: "项目名称 | 甲 | 联系人 | 乙"."""
        new = [label for label in labels if label[1].key not in self.current.texts]
        if new and len(new) < len(labels) and labels[0] in new and self.current.texts:
            labels = new  # the words of a table inside the row
        strange: set[int] = set()
        if labels[0][0] == 2 and _like_label(cells[0].text) and cells[1].text:
            strange |= {0, 1}
        for (place, _field), end in zip(labels, [place for place, _ in labels[1:]] + [len(cells)], strict=True):
            rest = range(place + 2, end)
            if len(rest) > 1 and len(rest) % 2 == 0 and all(_like_label(cells[at].text) for at in rest[::2]):
                strange |= set(rest)
        for at in sorted(strange)[::2]:
            if cells[at].text or cells[at + 1].text:
                self._leave_out_pair(number, cells[at], cells[at + 1])
        kept = tuple(cell for at, cell in enumerate(cells) if at not in strange)
        moved = [(place - sum(at < place for at in strange), field) for place, field in labels]
        return kept, moved

    def _leave_out_pair(self, number: int, label: Cell, value: Cell) -> None:
        self.current.unplaced.append((self.grid.place(number), f"{label.text} | {value.text}"))
        message = N_("“%(label)s”不是“%(title)s”的项目，这一格没有读入。请核对。")
        params = {"label": " ".join(label.text.split())[:20], "title": self._form.title}
        self.current.problems.append(Problem(self.grid.place(number), message, params))

    def _value(self, field: Field, text: str, row: int) -> None:
        if field.key not in self.current.texts:
            self._put(field, text, row)
        elif field != self._form.fields[0] and [owner for _, owner in self._owners] == [field]:
            self.current.texts[field.key] += text
        else:
            self._close()
            self.current = self.new_reading()
            self._put(field, text, row)

    def _put(self, field: Field, text: str, row: int) -> None:
        if not self.current.texts:
            self.current.above, self._above = tuple(self._above[-ABOVE:]), []
        self.current.texts[field.key] = text
        self.current.places[field.key] = self.grid.place(row, field.label)

    def _another(self, filled: list[Cell]) -> bool:
        """Whether a row under a merged cell has a label of its own, of another layout."""
        return len(filled) > 1 and any(
            cell.column == column and self.current.texts.get(field.key) and _like_label(cell.text)
            for cell in filled
            for column, field in self._owners
        )

    def _continued(self, filled: list[Cell]) -> None:
        """A page break cut the row: its rest joins without a paragraph break."""
        for cell in filled:
            before = [field for column, field in self._owners if column <= cell.column]
            field = before[-1] if before else self._owners[-1][1]
            self.current.texts[field.key] = self.current.texts.get(field.key, "") + cell.text

    def leave_out(self, number: int, filled: list[Cell]) -> None:
        shown = " ".join(filled[0].text.split())[:20]
        self.current.unplaced.append((self.grid.place(number), " | ".join(cell.text for cell in filled)))
        message = N_("“%(label)s”不是“%(title)s”的项目，这一行没有读入。请核对。")
        params = {"label": shown, "title": self._form.title}
        self.current.problems.append(Problem(self.grid.place(number), message, params))

    def _waiting(self, cells: tuple[Cell, ...], labels: list[tuple[int, Field]]) -> Field | None:
        """The field of a row that holds its label alone: the value stands below it."""
        alone = len(labels) == 1 and labels[0][0] == len(cells) - 1
        return labels[0][1] if alone and not self.current.texts.get(labels[0][1].key) else None

    @property
    def _complete(self) -> bool:
        return len(self.current.texts) == len(self._form.fields)

    def _close(self) -> None:
        """Keep what was read if it is this form."""
        reading = self.current
        if not self.belongs(reading):
            self._above = [*reading.above, *self._above]
            return
        for row in self._form.fields:
            if row.key not in reading.texts and (row.required or not self._form.optional_rows):
                reading.say(row, N_("没有找到“%(label)s”一行。请核对表格。"), {"label": row.label})
            elif row.key not in reading.texts:
                continue
            elif row.required and not row.rows and not reading.texts[row.key].strip():
                reading.say(row, N_("“%(label)s”没有填写。请补填。"), {"label": row.label})
        self._found.append(reading)


def _like_label(text: str) -> bool:
    """Whether a cell may name a row: short words without figures or the end of a sentence."""
    plain = start_folded(text)
    return 2 <= len(plain) <= 20 and not re.search(r"[\d。；;,，%]", _UNIT.sub("", plain))


def label_of(text: str) -> str:
    """A label for comparison: without blanks, number, punctuation, and a unit in brackets."""
    label = _ORNAMENT.sub("", _UNIT.sub("", start_folded(text)).rstrip(":"))
    return label.partition("(")[0] if label.endswith(")") else label
