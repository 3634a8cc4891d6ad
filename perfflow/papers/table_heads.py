"""Tables with a head: which column means what, by the words of the head, wherever the head stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from perfflow.papers.blocks import Cell
from perfflow.papers.text import start_folded

Rows = Sequence[tuple[int, tuple[Cell, ...]]]
HIGHEST_HEAD = 3
"""Rows a head may be cut into."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a head ends, and the label above each grid column, folded."""

    after: int
    labels: Mapping[int, str] = field(default_factory=dict)


def heads(rows: Rows, at: int) -> Iterator[Head]:
    """The heads that may begin at a row: of one row, and of several whose words add up."""
    labels: dict[int, str] = {}
    last: dict[int, str] = {}
    for depth in range(HIGHEST_HEAD):
        if at + depth >= len(rows):
            return
        for cell in rows[at + depth][1]:
            text = start_folded(cell.text)
            for column in range(cell.column, cell.column + min(cell.width, 64)):
                # the same word again is a cell merged downwards that a program filled in
                if text and text != last.get(column):
                    labels[column] = labels.get(column, "") + text
                    last[column] = text
        if not labels:
            return  # no head begins with an empty row
        yield Head(at + depth + 1, dict(labels))


def later_heads(after: int, at: int, found: Callable[[int], int | None]) -> bool:
    """Whether the same head is found without its first rows: those are a title, which is no part of it.

    `found` gives the row after the head that begins at a row.
    """
    return any(found(row) == after for row in range(at + 1, after))


def under(cells: Sequence[Cell], column: int) -> str:
    """The text of the cell that covers a grid column."""
    return next((cell.text for cell in cells if cell.column <= column < cell.column + cell.width), "")


def words(text: str) -> str:
    """A name as people mean it: cut by lines or blanks on the page, in one piece here.

    Between two Latin words the blank stays: it is theirs.
    """
    pieces = text.split()
    whole = ""
    for piece in pieces:
        latin = whole[-1:].isascii() and whole[-1:].isalpha() and piece[0].isascii() and piece[0].isalpha()
        whole += (" " if latin else "") + piece
    return whole
