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
_ORNAMENT = re.compile(r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]{1,2}、|\*)|[、,，]")


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
        if isinstance(kind, Money) and (unit := unit_named(self.labels.get(row.key, ""))):
            kind = replace(kind, bare=unit)
        try:
            return kind.read(text)
        except Unreadable as unreadable:
            self.say(row, unreadable.msgid, unreadable.params)
            return None


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
        elif self._owners and not cells[0].text and not self._stray:
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
            if field and not (found and found[-1][0] == place - 1 and place == len(cells) - 1):
                found.append((place, field))
        return found

    def _labelled(self, number: int, cells: tuple[Cell, ...], labels: list[tuple[int, Field]]) -> None:
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
            self.current.labels[found.key] = cells[place].text
        self._owners = [(cells[place].column, found) for place, found in labels]

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

    def _continued(self, filled: list[Cell]) -> None:
        """A page break cut the row: its rest joins without a paragraph break."""
        for cell in filled:
            before = [field for column, field in self._owners if column < cell.column]
            field = before[-1] if before else self._owners[-1][1]
            self.current.texts[field.key] += cell.text

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


def label_of(text: str) -> str:
    """A label for comparison: without blanks, number, punctuation, and a unit in brackets."""
    label = _ORNAMENT.sub("", _UNIT.sub("", start_folded(text)).rstrip(":"))
    return label.partition("(")[0] if label.endswith(")") else label
