"""How a value of a paper becomes a line of the page: read, known, and what is wrong with it."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from perfflow.pages.imports.paper import EMPTY, Cell, Control, Line, Mark, Told
from perfflow.papers.paper import Paper
from perfflow.papers.spec import Problem
from perfflow.rules.score import points
from perfflow.rules.sentences import compare
from perfflow.web import filters
from perfflow.web.translate import gettext as _
from perfflow.web.translate import joined

NAME_LIMIT = 200
Row = TypeVar("Row")


# ---------------------------------------------------------------- cells


def line_cell(name: str, label: str, value: str | None, known: str | None = "", **more: Any) -> Cell:
    """One line of text, its blanks as typing would leave them."""
    text = " ".join((value or "").split())
    return _worded(Cell(
        name=name, label=label, control=Control.LINE, value=text, known=known or "",
        **{"limit": NAME_LIMIT, **more},
    ))  # fmt: skip


def prose_cell(name: str, label: str, value: str | None, known: str | None = "", **more: Any) -> Cell:
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    cell = Cell(name=name, label=label, control=Control.PROSE, value=text, known=known or "", **more)
    pieces = tuple(compare(cell.known, text)) if cell.known and text and not cell.same else ()
    return _worded(replace(cell, pieces=pieces))


def money_cell(
    name: str, label: str, value: int | None, known: int | None = None, *, typed: str = "", known_text: str = "",
    **more: Any,
) -> Cell:  # fmt: skip
    """`typed`: as filed, where it names its unit; the amount beside it is in fen."""
    cell = Cell(name=name, label=label, control=Control.MONEY, value=value, typed=typed, known=known, **more)
    return _worded(cell, known_text=known_text)


def points_cell(name: str, label: str, value: Decimal | int | None, known: int | None = None, **more: Any) -> Cell:
    """A score. A decimal comes from a paper; one that hundredths cannot hold is shown to be corrected."""
    typed = ""
    if isinstance(value, Decimal):
        hundredths = value * 100
        exact = hundredths == hundredths.to_integral_value() and 0 <= hundredths <= 10_000
        typed, value = ("", int(hundredths)) if exact else (f"{value.normalize():f}", None)
    return _worded(Cell(
        name=name, label=label, control=Control.POINTS, value=value, known=known, **{"typed": typed, **more}
    ))  # fmt: skip


def day_cell(name: str, label: str, value: date | None, known: date | None = None, **more: Any) -> Cell:
    return _worded(Cell(name=name, label=label, control=Control.DAY, value=value, known=known, **more))


def whole_cell(name: str, label: str, value: int | None, known: int | None = None, **more: Any) -> Cell:
    return _worded(Cell(name=name, label=label, control=Control.WHOLE, value=value, known=known, **more))


def choice_cell(
    name: str, label: str, value: str | None, known: str | None, choices: Iterable[tuple[str, str]], **more: Any
) -> Cell:  # fmt: skip
    return _worded(Cell(
        name=name, label=label, control=Control.CHOICE, value=value or "", known=known or "",
        choices=tuple(choices), **more,
    ))  # fmt: skip


def many_cell(
    name: str, label: str, value: Iterable[str], known: Iterable[str], choices: Iterable[tuple[str, str]], **more: Any
) -> Cell:  # fmt: skip
    return _worded(Cell(
        name=name, label=label, control=Control.MANY, value=tuple(sorted(value)), known=tuple(sorted(known)),
        choices=tuple(choices), **more,
    ))  # fmt: skip


def _worded(cell: Cell, known_text: str = "") -> Cell:
    return replace(cell, text=cell.typed or said(cell, cell.value), known_text=known_text or said(cell, cell.known))


def said(cell: Cell, value: Any) -> str:
    """A value as the page writes it."""
    if value in EMPTY:
        return ""
    labels = dict(cell.choices)
    if cell.control is Control.MONEY:
        return _("%(yuan)s 元", yuan=filters.yuan(value))
    if cell.control is Control.POINTS:
        return points(value)
    if cell.control is Control.DAY:
        return filters.day(value)
    if cell.control is Control.MANY:
        return joined(labels.get(one, one) for one in value)
    return str(labels.get(value, value)) if cell.control is Control.CHOICE else str(value)


# ---------------------------------------------------------------- lines


class Sheet:
    """What a page knows of a paper: where each value stood, and what is wrong with it."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self._problems: list[Problem] = []
        self._of: dict[str, list[Problem]] = {}
        for problem in paper.problems:
            self._add(problem)

    def _add(self, problem: Problem) -> None:
        self._problems.append(problem)
        if problem.key:
            self._of.setdefault(problem.key, []).append(problem)

    def doubt(self, key: str, msgid: str, text: str) -> None:
        """Something that is wrong only beside what is stored; told before its line is made."""
        self._add(Problem(self.place(key), msgid, {"text": text}, key))

    def place(self, key: str) -> str:
        """Where a value stood; of a row that has no place of its own, where its table did."""
        while key:
            if key in self.paper.places:
                return self.paper.places[key]
            key = key.rpartition(".")[0]
        return ""

    def filed(self, key: str) -> str:
        return self.paper.filed.get(key, "").strip()

    def against(self, key: str) -> tuple[str, ...]:
        return tuple(say(problem) for problem in self._of.get(key, ()))

    def unread(self, key: str) -> str:
        """What stood where a reader could make nothing of it."""
        return next((str(one.params["text"]) for one in self._of.get(key, ()) if "text" in one.params), "")

    def line(self, id: str, key: str, part: str, label: str, *cells: Cell, **more: Any) -> Line:
        """A line of the page, its mark found by comparing."""
        values = {"place": self.place(key), "problems": self.against(key), "mark": mark_of(cells), **more}
        return Line(id=id, key=key, part=part, label=label, cells=cells, **values)

    def told(self, lines: Iterable[Line]) -> tuple[Told, ...]:
        """Every problem of the paper in its order, each with the line it stands beside."""
        ids = {line.key: line.id for line in lines if line.key}
        return tuple(
            Told(message=say(problem), place=problem.place, line=ids.get(problem.key, ""))
            for problem in self._problems
        )


def say(problem: Problem) -> str:
    return _(problem.msgid, **problem.params)


def mark_of(cells: Sequence[Cell]) -> Mark:
    if all(cell.same for cell in cells):
        return Mark.SAME
    if all(cell.blank for cell in cells):
        return Mark.GONE
    return Mark.NEW if all(cell.known in EMPTY for cell in cells) else Mark.CHANGED


def shown(line: Line, closed: str) -> Line:
    """A line that is compared and cannot be taken."""
    return replace(line, closed=closed)


# ---------------------------------------------------------------- rows without an id


def keyed(rows: Iterable[Row], keys: Iterable[Hashable]) -> dict[Hashable, Row]:
    """Rows by what names them; of several alike the second is another one than the first."""
    found: dict[Hashable, Row] = {}
    count: dict[Hashable, int] = {}
    for key, row in zip(keys, rows, strict=True):
        count[key] = count.get(key, 0) + 1
        found[key, count[key]] = row
    return found


def merged(
    lines: Iterable[Line], taken: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[tuple[Line, Any, bool]]:
    """Each row that stays: its line, its values or the row on file, and whether it is the paper's.

    `known`: the rows on file by the id of their line.
    """
    for line in lines:
        if line.mark is Mark.GONE:
            if line.id not in taken:
                yield line, known[line.id], False
        elif line.id in taken:
            yield line, taken[line.id], True
        elif line.id in known:
            yield line, known[line.id], False
