"""What was read from a paper beside what is stored: lines to take, to correct, or to leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from perfflow.papers.paper import Paper, PaperKind

Taken = Mapping[str, Mapping[str, Any]]
"""The lines that were ticked, by their id: the values of their cells by name. Of an amount and of a score also, as
"<name>_filed", the text they were read from."""
EMPTY = (None, "", ())


class Control(StrEnum):
    """How a value is typed."""

    LINE = "line"
    PROSE = "prose"
    MONEY = "money"
    POINTS = "points"
    DAY = "day"
    WHOLE = "whole"
    CHOICE = "choice"
    MANY = "many"


FILED = (Control.MONEY, Control.POINTS)
"""Of these the text they were read from is kept beside the number."""


SHEET_ROW = "row-"
TABLES = (SHEET_ROW, "sub_projects-", "milestones-", "targets-")
"""How the ids of rows begin that stand in a table."""


class Mark(StrEnum):
    """What a line is: not on file yet, on file in another wording, alike, on file and not in the paper, or only
    shown because this person does not write it."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value of a line. `typed`: what stands in its field where the value could not be read, or is written in the
    manner of the paper; `known`: the same value on file, `known_text` and `text` are both in words;
    `guessed`: proposed by words alone; `pieces`: how the wordings differ, sentence by sentence."""

    name: str
    label: str
    control: Control
    value: Any = None
    typed: str = ""
    known: Any = None
    known_text: str = ""
    text: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    limit: int = 0
    guessed: bool = False
    required: bool = False
    pieces: tuple[Any, ...] = ()

    @property
    def read_from_file(self) -> bool:
        """Whether the file says it: not what is proposed by its words alone, nor how it is numbered here."""
        return not self.guessed and self.name not in ("number", "category", "severity", "codes", "answers")

    @property
    def same(self) -> bool:
        return not self.typed_only and (self.value == self.known or (self.blank and self.known in EMPTY))

    @property
    def typed_only(self) -> bool:
        """There is a text, and no value could be made of it."""
        return bool(self.typed) and self.value is None

    @property
    def blank(self) -> bool:
        return not self.typed and self.value in EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value or one row. `key`: its path in the paper; `question`: what must be answered, by correcting the value
    or by saying that it is right, before it is taken; `closed`: why it cannot be taken now; `fixed`: always taken
    along, there is no box to tick; `row_id`: of the row on file; `writes`: it is not only asked about."""

    id: str
    key: str
    part: str
    label: str
    mark: Mark
    cells: tuple[Cell, ...]
    place: str = ""
    problems: tuple[str, ...] = ()
    question: str = ""
    note: str = ""
    closed: str = ""
    fixed: bool = False
    row_id: int | None = None
    writes: bool = True

    @property
    def group(self) -> str:
        """The table it is a row of; "" for a value by itself, and for a whole entry."""
        return self.id.split("-")[0] if self.id.startswith(TABLES) else ""

    @property
    def open(self) -> bool:
        """Whether it can be taken, or, being gone, removed."""
        return not self.closed and self.mark in (Mark.NEW, Mark.CHANGED, Mark.GONE)

    @property
    def ticked(self) -> bool:
        """As proposed: everything the paper says is taken. Nothing is removed but rows of a score sheet: a newer
        sheet takes the place of the older one whole, or its weights would not add up."""
        return self.open and not self.asks and (self.mark is not Mark.GONE or self.id.startswith(SHEET_ROW))

    @property
    def asks(self) -> bool:
        """Nothing could be read, and what is chosen here is taken: there is no box to tick."""
        return self.open and self.mark is Mark.NEW and not self.fixed and all(cell.blank for cell in self.cells)

    @property
    def values(self) -> Mapping[str, Any]:
        """As read."""
        filed = {f"{cell.name}_filed": cell.typed for cell in self.cells if cell.control in FILED}
        return {cell.name: cell.value for cell in self.cells} | filed

    @property
    def doubtful(self) -> bool:
        """Whether nobody but a person can decide it."""
        return bool(self.question) or any(cell.typed_only for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A problem as the list on top has it. `line`: the id of the line it stands beside."""

    message: str
    place: str
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One paper of a file and what would become of it. `project_id`: the project it is about, None for a new one;
    `version`: of what is on file; `attached`: the attachment that has these very bytes; `closed`: why none of it can
    be taken; `items`: of each line that is about an item its project, its number there, and its id."""

    number: int
    kind: PaperKind
    paper: Paper
    name: str
    parts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    told: tuple[Told, ...] = ()
    project_id: int | None = None
    project_name: str = ""
    project_state: str = ""
    version: int | None = None
    attached: int | None = None
    attaches: bool = True
    closed: str = ""
    notes: tuple[str, ...] = ()
    items: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    def of(self, part: str) -> list[Line]:
        return [line for line in self.lines if line.part == part]

    @property
    def open_lines(self) -> list[Line]:
        return [] if self.closed else [line for line in self.lines if line.open]

    @property
    def is_new(self) -> bool:
        return self.project_id is None

    @property
    def idle(self) -> bool:
        """Whether taking it in would change nothing."""
        if self.closed:
            return True
        return not any(line.writes for line in self.open_lines) and (not self.attaches or self.attached is not None)

    @property
    def brings(self) -> bool:
        """Whether something of it is taken when nobody looks."""
        return not self.idle and (bool(self.as_read) or (self.attaches and self.attached is None))

    @property
    def as_read(self) -> Taken:
        """What is taken when nobody looks: all that is proposed and not in doubt."""
        return {line.id: line.values for line in self.lines if line.fixed or (line.ticked and not line.doubtful)}

    @property
    def left(self) -> list[Line]:
        """What is proposed, and waits for a person."""
        return [line for line in self.open_lines if line.ticked and line.doubtful]
