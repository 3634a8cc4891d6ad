"""待办: what waits for somebody, most urgent first; projects and items together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, null, or_, select, tuple_

from perfflow.core import cooperation, paging
from perfflow.core.access import VIEWERS, Actor, masked, scoped, seen
from perfflow.core.listing import Filter, conditions
from perfflow.core.prepared import SOON, TODAY, anybody, parameters
from perfflow.db import db
from perfflow.models.cooperation import THE_PROJECT
from perfflow.models.evaluation import Assignment
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.pages.inbox import waiting
from perfflow.pages.inbox.lists import ITS_PROJECT, shown_name
from perfflow.process import ITEM_STATES, PROJECT_STATES, Datum, Role, Viewer
from perfflow.web import filters, words
from perfflow.web.places import Addresses
from perfflow.web.translate import gettext as _

Cursor = tuple[date, int, int]
REASON_SHOWN = 24
"""Letters of a reason that fit into the row; the project page has all of it."""


@dataclass(frozen=True, slots=True)
class TodoRow:
    """One thing to do: a project, or an item of one. `said`: why it came back, as far as that may be read."""

    project_name: str
    unit_name: str
    what: str
    since_text: str
    state_kind: str
    state_label: str
    said: str
    urged: int  # how often, since it stands where it stands
    handed: bool  # to the reader, by a colleague
    total: int | None
    grade: str | None
    amount: filters.Amount
    due_on: date | None
    due_kind: str
    due_text: str
    verb: str
    url: str
    project_url: str
    choice: str


def todo(
    actor: Actor, wanted: Filter, view: str = "", *, soon: date, after: str = "", before: str = ""
) -> paging.Page[TodoRow]:
    """What waits for the actor, most urgent first, as far as it fits filter and view; 20 rows. `soon`: the last day
    that is near."""
    given = {**parameters(actor), "soon": soon}
    back = bool(before) and _cursor(before) is not None
    cursor = _cursor(before if back else after)
    found: list[tuple[Cursor, Any]] = []
    for index, kind in enumerate(_KINDS):
        query = _statement(kind, actor.role, view)
        if query is None or (kind is _ITEMS and wanted.stage not in ("", "rectification")):
            continue
        query = query.where(*conditions(actor, _without_stage(wanted) if kind is _ITEMS else wanted))
        if cursor is not None:
            query = query.where(_beyond(kind.key, index, cursor, back))
        query = query.order_by(*(column.desc() if back else column for column in kind.key)).limit(paging.SIZE + 1)
        found += [((row.due_sort, index, row.id_), row) for row in db.session.execute(query, given)]
    found.sort(key=lambda pair: pair[0], reverse=back)
    shown, more = found[: paging.SIZE], len(found) > paging.SIZE
    if back:
        shown.reverse()
    rows = _rows(actor, [row for _key, row in shown], soon)
    first, last = (shown[0][0], shown[-1][0]) if shown else (None, None)
    return paging.Page(
        rows,
        _write(first) if first and (more if back else cursor is not None) else None,
        _write(last) if last and (back or more) else None,
    )


# ---------------------------------------------------------------- the two tables, merged by due date


@dataclass(frozen=True, slots=True)
class _Kind:
    waits: Callable[..., Select[Any] | None]
    key: tuple[Any, Any]
    columns: Callable[[Actor], tuple[Any, ...]]


def _of_project(actor: Actor) -> tuple[Any, ...]:
    newest = _newest_move(JournalEntry.project_id == Project.id, JournalEntry.item_id.is_(None), table=Project)
    return (
        Project.id.label("id_"), Project.due_sort, Project.id.label("project_id"), null().label("number"),
        (Project.holder_id == actor.id).label("handed"),
        Project.state, Project.entered_at, Project.due_on,
        masked(actor, Datum.EVALUATION, Assignment.total).label("total"),
        masked(actor, Datum.EVALUATION, Assignment.grade).label("grade"),
        masked(actor, Datum.PROJECT, Project.budget_fen).label("budget"),
        masked(actor, Datum.EVALUATION, Assignment.paid_fen).label("paid"),
        seen(actor, Datum.PROJECT).label("declared"), newest.label("newest"),
    )  # fmt: skip


def _of_item(actor: Actor) -> tuple[Any, ...]:
    newest = _newest_move(JournalEntry.item_id == RectItem.id, table=RectItem)
    return (
        RectItem.id.label("id_"), RectItem.due_sort, RectItem.project_id, RectItem.number,
        (RectItem.holder_id == actor.id).label("handed"),
        RectItem.state, RectItem.entered_at, RectItem.due_on,
        Assignment.total.label("total"), Assignment.grade.label("grade"), Project.budget_fen.label("budget"),
        Assignment.paid_fen.label("paid"), newest.label("newest"),
    )  # fmt: skip


def _newest_move(*of: Any, table: type[Any]) -> Any:
    """The entry by which a row came to stand where it stands: one walk of the index for each row of the page."""
    return (
        select(JournalEntry.id)
        .where(*of, JournalEntry.from_state != JournalEntry.to_state)
        .order_by(JournalEntry.id.desc())
        .limit(1)
        .correlate(table)
        .scalar_subquery()
    )


_PROJECTS = _Kind(waiting.projects, (Project.due_sort, Project.id), _of_project)
_ITEMS = _Kind(waiting.items, (RectItem.due_sort, RectItem.id), _of_item)
_KINDS = (_PROJECTS, _ITEMS)


@lru_cache(maxsize=64)
def _statement(kind: _Kind, role: Role, view: str) -> Select[Any] | None:
    """Without filter, cursor and order: what is the same for everybody of a role."""
    actor = anybody(role)
    query = kind.waits(
        actor, *kind.columns(actor), Project.name, Project.name_filed, Organisation.name.label("unit"),
        Organisation.quote_names,
    )  # fmt: skip
    if query is None:
        return None
    return query.join(Organisation, Organisation.id == Project.unit_id).where(
        waiting.due_in(view, kind.key[0], today=TODAY, soon=SOON)
    )


def _without_stage(wanted: Filter) -> Filter:
    """For items, which are all of one stage; their project's state is another matter."""
    return Filter(wanted.year, wanted.unit_id, grade=wanted.grade, words=wanted.words)


def _beyond(key: tuple[Any, Any], index: int, cursor: Cursor, back: bool) -> Any:
    """The rows behind the cursor (before it, when going back), of the table with that place in the order."""
    day, at, id_ = cursor
    if index == at:
        return tuple_(*key) < tuple_(day, id_) if back else tuple_(*key) > tuple_(day, id_)
    if back:
        return key[0] <= day if index < at else key[0] < day
    return key[0] > day if index < at else key[0] >= day


def _cursor(text: str) -> Cursor | None:
    parts = text.split("_")
    try:
        day, index, id_ = date.fromisoformat(parts[0]), int(parts[1]), paging.bounded(parts[2])
    except (ValueError, IndexError):
        return None
    return (day, index, id_) if index in (0, 1) else None


def _write(key: Cursor) -> str:
    return f"{key[0].isoformat()}_{key[1]}_{key[2]}"


# ---------------------------------------------------------------- the rows


def _rows(actor: Actor, found: Sequence[Any], soon: date) -> list[TodoRow]:
    things = [(row.project_id, row.number or THE_PROJECT) for row in found]
    urged = cooperation.urged(actor, things)
    back = _sent_back(actor, [row.newest for row in found if row.newest])
    addresses = Addresses()
    return [
        (_item_row if row.number else _project_row)(
            row, addresses, back.get(row.newest), urged=urged.get(thing, 0), soon=soon
        )
        for row, thing in zip(found, things, strict=True)
    ]


def _sent_back(actor: Actor, entry_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Entry → act and reason, for those that were a step back; the reason only where its datum is shown."""
    rows = db.session.execute(_entries(actor.role), {**parameters(actor), "entries": list(entry_ids)})
    return {id_: (act, why) for id_, act, why in rows if words.is_step_back(act)}


@lru_cache(maxsize=8)
def _entries(role: Role) -> Any:
    actor = anybody(role)
    readable = or_(*(and_(JournalEntry.datum == datum.value, seen(actor, datum)) for datum in Datum))
    if VIEWERS.get(role) is Viewer.FIRM:
        readable = and_(readable, JournalEntry.assignment_id == Project.assignment_id)
    return (
        scoped(actor, JournalEntry.id, JournalEntry.action, case((readable, JournalEntry.reason), else_=""))
        .join(JournalEntry, ITS_PROJECT)
        .where(JournalEntry.id.in_(bindparam("entries", expanding=True)))
    )


def _project_row(
    row: Any, addresses: Addresses, back: tuple[str, str] | None, *, urged: int, soon: date
) -> TodoRow:
    if not row.declared:
        return _undeclared(row, addresses, soon)
    return _row(
        row, soon,
        what=words.stage(row.state), since_text=words.stayed(row.entered_at),
        state_kind=words.project_tag(row.state, row.due_on, back[0] if back else ""),
        state_label=words.project_state(row.state), said=_said(back), urged=urged,
        verb=_(PROJECT_STATES[row.state].verb), url=addresses.of_work(row.state, row.project_id),
        project_url=addresses.of("projects.show", row.project_id), choice=str(row.project_id),
    )  # fmt: skip


def _undeclared(row: Any, addresses: Addresses, soon: date) -> TodoRow:
    """Where it stands, and since when, is not told before the declaration: nor by the address."""
    return _row(
        row, soon, what="—", since_text="", state_kind="todo", state_label=_("待声明"), said="", urged=0,
        verb=_("声明"), url=addresses.of("evaluation.independence", row.project_id),
        project_url=addresses.of("projects.show", row.project_id), choice="",
    )  # fmt: skip


def _item_row(
    row: Any, addresses: Addresses, back: tuple[str, str] | None, *, urged: int, soon: date
) -> TodoRow:
    kind = words.item_tag(row.state, row.due_on)
    return _row(
        row, soon,
        what=_("整改事项 %(n)d", n=row.number), since_text=words.stayed(row.entered_at),
        state_kind="back" if back and kind != "late" else kind,
        state_label=words.item_state(row.state), said=_said(back), urged=urged,
        verb=_(ITEM_STATES[row.state].verb), url=addresses.of("rectification.item", row.project_id, row.number),
        project_url=addresses.of("projects.show", row.project_id), choice=f"{row.project_id}-{row.number}",
    )  # fmt: skip


def _row(row: Any, soon: date, **told: Any) -> TodoRow:
    """What is told of every row alike, with what was found out about this one."""
    return TodoRow(
        project_name=shown_name(row),
        unit_name=row.unit,
        handed=bool(row.handed),
        total=row.total,
        grade=row.grade,
        amount=filters.amount(row.budget, row.paid),
        due_on=row.due_on,
        due_kind=filters.due_kind(row.due_on, soon) if row.due_on else "normal",
        due_text=filters.due_words(row.due_on) if row.due_on else "",
        **told,
    )


def _said(back: tuple[str, str] | None) -> str:
    """退回：缺考核标准…"""
    if back is None:
        return ""
    reason = " ".join(back[1].split())
    if not reason:
        return _("已退回")
    return _("退回：%(why)s", why=reason if len(reason) <= REASON_SHOWN else f"{reason[:REASON_SHOWN]}…")
