"""Cells as tables have them: copied as text by Excel or WPS, and merged downwards. static/rows.js reads alike."""

import re
from collections.abc import Iterable, Iterator, Sequence

_BREAK = re.compile(r"\r\n|\r|\n")
# A quote ends a quoted cell where a tab, a line end or the end of the text follows; two of them stand for one.
_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=\t|\r|\n|\Z)')
_PLAIN = re.compile(r"[^\t\r\n]*")


def copied(text: str) -> list[list[str]]:
    """The rows of a copied block: tabs between cells, line ends between rows.

    Excel puts quotes around a cell only when it holds a tab or a line break: other quotes are the cell's own.
    Empty rows at the end are left out.
    """
    rows: list[list[str]] = [[]]
    at = 0
    while True:
        cell, at = _cell(text, at)
        rows[-1].append(cell)
        if at >= len(text):
            break
        if text[at] == "\t":
            at += 1
        else:
            at = _BREAK.match(text, at).end()  # type: ignore[union-attr]
            rows.append([])
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


def _cell(text: str, at: int) -> tuple[str, int]:
    quoted = _QUOTED.match(text, at)
    if quoted is not None and re.search(r"[\t\r\n]", quoted[1]):
        return _BREAK.sub("\n", quoted[1].replace('""', '"')), quoted.end()
    plain = _PLAIN.match(text, at)
    assert plain is not None
    return plain[0], plain.end()


def width(rows: Iterable[Sequence[str]]) -> int:
    """The number of columns that hold anything."""
    return max((at for row in rows for at, cell in enumerate(row, 1) if cell.strip()), default=0)


def filled_down(rows: Iterable[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """An empty cell means "as above", as merged cells do; a lower level only under the same upper one."""
    above: tuple[str, ...] = ()
    for row in rows:
        above = _under(above or ("",) * len(row), row)
        yield above


def _under(above: Sequence[str], row: Sequence[str]) -> tuple[str, ...]:
    same, found = True, []
    for one, cell in zip(above, row, strict=True):
        found.append(cell if cell.strip() else one if same else "")
        same = same and found[-1] == one
    return tuple(found)
