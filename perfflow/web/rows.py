"""Rows of a form: they come, go, change places and are pasted, by buttons that need no script. See static/rows.js."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import FieldList, FormField

from perfflow.papers.cells import copied, filled_down, width
from perfflow.web.forms import ROW_LIMIT, Typed

PASTE_LIMIT = 400_000
"""Characters of a pasted block; 200 rows of the longest texts of the seeds need a tenth of it."""


class Rows(FieldList):
    """A list of rows, each a form; there is always one to type into.

    `carries`: the columns in which an empty cell means "as above", from the widest to the narrowest.
    """

    def __init__(self, form: Any, label: Any, *, carries: Sequence[str] = (), **more: Any) -> None:
        super().__init__(FormField(form), label, min_entries=1, max_entries=ROW_LIMIT, **more)
        self.carries = tuple(carries)
        self.paste_text = self.paste_error = self.said = ""

    def add(self) -> None:
        if len(self.entries) < ROW_LIMIT:
            self.append_entry()
            self._go_to(len(self.entries) - 1)

    def remove(self, at: int) -> None:
        if 0 <= at < len(self.entries):
            self.fill_down()
            self.pop_entry(at)
        if not self.entries:
            self.append_entry()
        self._go_to(min(at, len(self.entries) - 1))

    def move(self, at: int, step: int) -> None:
        """Let a row change places with its neighbour."""
        to = at + step
        if 0 <= at < len(self.entries) and 0 <= to < len(self.entries):
            self.fill_down()
            self.entries[at], self.entries[to] = self.entries[to], self.entries[at]
            self._compact_indices()
            self._go_to(to)

    def _go_to(self, at: int) -> None:
        """The page that is drawn anew begins in this row."""
        first = _cells(self.entries[at])[0]
        first.render_kw = {**(first.render_kw or {}), "autofocus": True}

    def paste(self, text: str) -> bool:
        """Append the rows of a copied block; all of them or, with a sentence in `paste_error`, none."""
        rows = copied(text)
        columns = len(_cells(self.entries[0] if self.entries else self.append_entry()))
        used = len(self.entries) - self._empty_at_the_end()
        if len(text) > PASTE_LIMIT:
            self.paste_error = _("粘贴的内容过长，请分几次粘贴。")
        elif width(rows) > columns:
            self.paste_error = _(
                "粘贴的内容有 %(wide)d 列，表格只有 %(columns)d 列，没有粘贴。请删去多余的列后再试。",
                wide=width(rows), columns=columns,
            )  # fmt: skip
        elif used + len(rows) > ROW_LIMIT:
            self.paste_error = _(
                "粘贴后共 %(rows)d 行，至多 %(limit)d 行，没有粘贴。请删去一些行后再试。",
                rows=used + len(rows), limit=ROW_LIMIT,
            )  # fmt: skip
        if self.paste_error:
            self.paste_text = text
            return False
        self._append(rows, used, columns)
        self.said = ngettext("已粘贴 %(num)d 行，请核对后保存。", "已粘贴 %(num)d 行，请核对后保存。", len(rows))
        return True

    def _append(self, rows: list[list[str]], used: int, columns: int) -> None:
        while len(self.entries) > used:
            self.pop_entry()
        for row in rows:
            cells = _cells(self.append_entry())
            for cell, text in zip(cells, row[:columns], strict=False):
                cell.type_in(text)

    def fill_down(self) -> None:
        """Write out what empty cells mean, before rows change places."""
        rows = [entry.form for entry in self.entries if not _is_empty(entry)] if self.carries else []
        levels = [[form[name].data or "" for name in self.carries] for form in rows]
        for form, filled in zip(rows, filled_down(levels), strict=True):
            for name, text in zip(self.carries, filled, strict=True):
                form[name].data = text

    def _empty_at_the_end(self) -> int:
        count = 0
        for entry in reversed(self.entries):
            if not _is_empty(entry):
                break
            count += 1
        return count


def _cells(entry: Any) -> list[Typed]:
    """What is typed in a row, in the order of its columns."""
    return [field for field in entry.form if isinstance(field, Typed)]


def _is_empty(entry: Any) -> bool:
    return not any(str(cell._value() or "").strip() for cell in _cells(entry))


def rows_changed(form: Any) -> bool:
    """Act on the buttons of the rows of a form; True when one was pressed, or a block waits to become rows."""
    button = next((name for name in ("add_row", "remove_row", "move_row") if request.form.get(name)), "")
    name, *rest = request.form.get(button, "").split("-")
    found = form._fields.get(name)
    if isinstance(found, FieldList):
        _press(found, button, rest)
    # a block that was not turned into rows yet is not lost with whatever other button was pressed
    pasted = [rows.paste(text) for rows, text in _blocks(form)]
    return bool(button or pasted)


def _press(rows: FieldList, button: str, rest: list[str]) -> None:
    at = int(rest[0]) if rest and rest[0].isdigit() else -1
    if button == "add_row" and isinstance(rows, Rows):
        rows.add()
    elif button == "add_row" and len(rows.entries) < ROW_LIMIT:
        rows.append_entry()
    elif button == "remove_row" and isinstance(rows, Rows):
        rows.remove(at)
    elif button == "remove_row" and 0 <= at < len(rows.entries):
        rows.pop_entry(at)
    elif button == "move_row" and isinstance(rows, Rows) and rest[1:] in (["up"], ["down"]):
        rows.move(at, -1 if rest[1] == "up" else 1)


def _blocks(form: Any) -> Iterator[tuple[Rows, str]]:
    for field in form:
        text = request.form.get(f"paste-{field.name}", "") if isinstance(field, Rows) else ""
        if text.strip():
            yield field, text
