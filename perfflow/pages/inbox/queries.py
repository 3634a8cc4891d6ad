"""What waits for somebody, what he did, what he began. Every count is a query, never a stored number."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_

from perfflow.core import clock, paging
from perfflow.core.access import (
    VIEWERS,
    Actor,
    Permission,
    masked,
    may,
    may_ever_see_result,
    scoped,
    seen,
    visible,
)
from perfflow.db import db
from perfflow.models.evaluation import Assignment, Independence
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Organisation
from perfflow.models.project import Message, Project
from perfflow.papers.numbering import Manner, format_name
from perfflow.process import ITEM_STATES, PROJECT, PROJECT_STATES, Datum, Party, Viewer
from perfflow.web import filters, places, words
from perfflow.web.rendering import MenuEntry, MenuGroup

PARTY_OF = {
    Viewer.UNIT: Party.UNIT,
    Viewer.FIRM: Party.EVALUATOR,
    Viewer.SUPERVISOR: Party.SUPERVISOR,
}
COUNT_CAP = 99
BEGINNINGS = ("create", "register", *(t.action for t in PROJECT.transitions if t.submits))
"""Acts by which somebody begins or hands in something."""


@dataclass(frozen=True, slots=True)
class TodoRow:
    """One thing to do: a project, or an item of one."""

    project_name: str
    unit_name: str
    what: str
    since_text: str
    state_kind: str
    state_label: str
    total: int | None
    grade: str | None
    budget_fen: int | None
    due_on: date | None
    due_kind: str
    due_text: str
    verb: str
    url: str
    project_url: str


@dataclass(frozen=True, slots=True)
class TodoPage:
    rows: list[TodoRow]
    after: str | None


# ---------------------------------------------------------------- 待办


def _waits(actor: Actor, table: type[Project] | type[RectItem]) -> ColumnElement[bool] | None:
    viewer = VIEWERS.get(actor.role)
    party = PARTY_OF.get(viewer) if viewer else None
    if party is None or (table is RectItem and party is Party.EVALUATOR):
        return None
    column: Any = table.unit_id if party is Party.UNIT else table.office_id
    if party is Party.EVALUATOR:
        column = Project.firm_id
    return and_(column == actor.organisation_id, table.waiting_for == party.value)


def _projects(actor: Actor, *columns: Any) -> Select[Any] | None:
    waits = _waits(actor, Project)
    if waits is None:
        return None
    # whoever declared himself not independent has nothing to do here
    return scoped(actor, *columns).where(
        waits, or_(Independence.independent.is_(None), Independence.independent.is_(True))
    )


def _items(actor: Actor, *columns: Any) -> Select[Any] | None:
    waits = _waits(actor, RectItem)
    if waits is None:
        return None
    return select(*columns).select_from(RectItem).join(Project, Project.id == RectItem.project_id).where(
        waits, visible(actor)
    )


KINDS = ("project", "item")


def todo(actor: Actor, *, after: str = "") -> TodoPage:
    """What waits for the actor's organisation, most urgent first; 20 rows, projects and items together."""
    cursor = _todo_cursor(after)
    found: list[tuple[tuple[date, int, int], Any]] = []
    for index, (kind, rows) in enumerate(zip(KINDS, (_todo_projects, _todo_items), strict=True)):
        query, key = rows(actor)
        if query is None:
            continue
        if cursor is not None:
            day, at, id_ = cursor
            if index == at:
                query = query.where(tuple_(*key) > tuple_(day, id_))
            else:
                query = query.where(key[0] > day if index < at else key[0] >= day)
        query = query.order_by(*key).limit(paging.SIZE + 1)
        found += [((row.due_sort, index, row.id_), (kind, row)) for row in db.session.execute(query)]
    found.sort(key=lambda pair: pair[0])
    shown = found[: paging.SIZE]
    more = len(found) > paging.SIZE
    last = shown[-1][0] if shown and more else None
    return TodoPage([_todo_row(*pair) for _key, pair in shown], _todo_write(last) if last else None)


def _todo_projects(actor: Actor) -> tuple[Select[Any] | None, tuple[Any, Any]]:
    query = _projects(
        actor, Project.id.label("id_"), Project.due_sort, Project.id.label("project_id"), Project.name,
        Project.name_filed, Organisation.name.label("unit"), Organisation.quote_names, Project.state,
        Project.entered_at, Project.due_on,
        masked(actor, Datum.EVALUATION, Assignment.total).label("total"),
        masked(actor, Datum.EVALUATION, Assignment.grade).label("grade"),
        masked(actor, Datum.PROJECT, Project.budget_fen).label("budget"),
        seen(actor, Datum.PROJECT).label("declared"),
    )  # fmt: skip
    if query is not None:
        query = query.join(Organisation, Organisation.id == Project.unit_id)
    return query, (Project.due_sort, Project.id)


def _todo_items(actor: Actor) -> tuple[Select[Any] | None, tuple[Any, Any]]:
    query = _items(
        actor, RectItem.id.label("id_"), RectItem.due_sort, RectItem.project_id, Project.name, Project.name_filed,
        Organisation.name.label("unit"), Organisation.quote_names, RectItem.state, RectItem.entered_at,
        RectItem.due_on, RectItem.number, Assignment.total.label("total"), Assignment.grade.label("grade"),
        Project.budget_fen.label("budget"),
    )  # fmt: skip
    if query is not None:
        query = query.join(Organisation, Organisation.id == Project.unit_id).outerjoin(
            Assignment, Assignment.id == Project.assignment_id
        )
    return query, (RectItem.due_sort, RectItem.id)


def _todo_row(kind: str, row: Any) -> TodoRow:
    states = PROJECT_STATES if kind == "project" else ITEM_STATES
    days = (clock.today() - clock.local_day(row.entered_at)).days
    since = _("停留 %(days)d 天", days=days)
    verb = _(states[row.state].verb)
    project_url = url_for("projects.show", project_id=row.project_id)
    if kind == "project":
        label, tag = words.project_state(row.state), words.project_tag(row.state, row.due_on)
        what, url = _("项目"), places.work_url(row.state, row.project_id)
        if not row.declared:
            # where it stands, and since when, is not told before the declaration: nor by the address
            verb, label, tag, since = _("声明"), _("待声明"), "todo", ""
            url = url_for("evaluation.independence", project_id=row.project_id)
    else:
        label, tag = words.item_state(row.state), words.item_tag(row.state, row.due_on)
        what, url = _("整改事项 %(n)d", n=row.number), places.item_url(row.project_id, row.number)
    return TodoRow(
        project_name=row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names)),
        unit_name=row.unit,
        what=what,
        since_text=since,
        state_kind=tag,
        state_label=label,
        total=row.total,
        grade=row.grade,
        budget_fen=row.budget,
        due_on=row.due_on,
        due_kind=filters.due_kind(row.due_on) if row.due_on else "normal",
        due_text=filters.due_words(row.due_on) if row.due_on else "",
        verb=verb,
        url=url,
        project_url=project_url,
    )


def _todo_cursor(text: str) -> tuple[date, int, int] | None:
    parts = text.split("_")
    try:
        day, index, id_ = date.fromisoformat(parts[0]), int(parts[1]), paging.bounded(parts[2])
    except (ValueError, IndexError):
        return None
    return (day, index, id_) if index in (0, 1) else None


def _todo_write(key: tuple[date, int, int]) -> str:
    return f"{key[0].isoformat()}_{key[1]}_{key[2]}"


def todo_count(actor: Actor) -> tuple[int, bool]:
    """How many wait, counted up to one more than the cap, and whether any is overdue."""
    count, late = 0, False
    for query, key in ((_projects(actor, Project.due_sort), Project.due_sort),
                       (_items(actor, RectItem.due_sort), RectItem.due_sort)):  # fmt: skip
        if query is None:
            continue
        inner = query.order_by(key).limit(COUNT_CAP + 1).subquery()
        number, first = db.session.execute(
            select(func.count(), func.min(inner.c.due_sort)).select_from(inner)
        ).one()
        count += number
        late = late or (first is not None and first < clock.today())
    return count, late


# ---------------------------------------------------------------- 已办, 我发起的, 草稿


@dataclass(frozen=True, slots=True)
class DoneRow:
    project_name: str
    unit_name: str
    what: str
    at: datetime
    reason: str
    url: str


_ACTS = paging.Sort((JournalEntry.id,), (paging.bounded,), True)


def done(actor: Actor, *, after: str, before: str) -> paging.Page[DoneRow]:
    """Every act of this person on projects still in reach, newest first."""
    query = (
        scoped(
            actor, JournalEntry.id, JournalEntry.action, JournalEntry.item_id, JournalEntry.to_state, JournalEntry.at,
            JournalEntry.reason, Project.id.label("project_id"), Project.name, Project.name_filed,
            Organisation.name.label("unit"), Organisation.quote_names, RectItem.number,
        )
        .join(JournalEntry, JournalEntry.project_id == Project.id)
        .outerjoin(RectItem, RectItem.id == JournalEntry.item_id)
        .join(Organisation, Organisation.id == Project.unit_id)
        .where(JournalEntry.user_id == actor.id, JournalEntry.to_state.is_not(None))
    )  # fmt: skip
    page = paging.fetch(query, _ACTS, after=after, before=before)
    rows = [
        DoneRow(
            row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names)),
            row.unit,
            _done_what(row.action, row.number),
            row.at,
            row.reason,
            url_for("projects.show", project_id=row.project_id),
        )
        for row in page.rows
    ]
    return paging.Page(rows, page.before, page.after)


def _done_what(action: str, item: int | None) -> str:
    act = words.act_label(action, item=item is not None)
    return act if item is None else _("事项 %(n)d：%(act)s", n=item, act=act)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    project_name: str
    unit_name: str
    state_kind: str
    state_label: str
    updated_at: datetime
    url: str


_UPDATED = paging.Sort((Project.updated_at, Project.id), (datetime.fromisoformat, paging.bounded), True)


def started(actor: Actor, *, after: str, before: str) -> paging.Page[ProjectRow]:
    """Projects this person declared, registered or handed something in for."""
    mine = select(JournalEntry.project_id).where(
        JournalEntry.user_id == actor.id, JournalEntry.action.in_(BEGINNINGS)
    )
    return _projects_page(actor, Project.id.in_(mine), after, before)


def drafts(actor: Actor, *, after: str, before: str) -> paging.Page[ProjectRow]:
    """Declarations of the actor's unit that were never submitted."""
    return _projects_page(actor, _is_draft(actor), after, before)


def _is_draft(actor: Actor) -> ColumnElement[bool]:
    return and_(
        Project.submitted_at.is_(None),
        Project.state == "declaring",
        Project.unit_id == actor.organisation_id,
    )


def _projects_page(
    actor: Actor, condition: ColumnElement[bool], after: str, before: str
) -> paging.Page[ProjectRow]:
    query = (
        scoped(
            actor, *_UPDATED.columns, Project.name, Project.name_filed, Organisation.name.label("unit"),
            Organisation.quote_names, masked(actor, Datum.PROJECT, Project.state).label("state"), Project.due_on,
        )
        .join(Organisation, Organisation.id == Project.unit_id)
        .where(condition)
    )  # fmt: skip
    page = paging.fetch(query, _UPDATED, after=after, before=before)
    rows = [
        ProjectRow(
            row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names)),
            row.unit,
            words.project_tag(row.state, row.due_on) if row.state else "todo",
            words.project_state(row.state) if row.state else _("待声明"),
            row.updated_at,
            url_for("projects.show", project_id=row.id),
        )
        for row in page.rows
    ]
    return paging.Page(rows, page.before, page.after)


# ---------------------------------------------------------------- 消息


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: int
    text: str
    at: datetime
    unread: bool
    url: str | None


_MESSAGES = paging.Sort((Message.id,), (paging.bounded,), True)

MESSAGE_WORDS = {
    "not_independent": "评价人员 %(who)s 声明不能独立评价“%(name)s”。",
}
"""Sentences of messages that are no plain act."""


def messages(actor: Actor, *, after: str, before: str) -> paging.Page[MessageRow]:
    query = select(
        Message.id, Message.code, Message.params, Message.at, Message.read_at, Message.project_id
    ).where(Message.user_id == actor.id)
    page = paging.fetch(query, _MESSAGES, after=after, before=before)
    reachable = set(
        db.session.scalars(
            scoped(actor, Project.id).where(Project.id.in_({row.project_id for row in page.rows if row.project_id}))
        )
    )
    rows = [
        MessageRow(
            row.id,
            _sentence(row.code, json.loads(row.params)),
            row.at,
            row.read_at is None,
            url_for("projects.show", project_id=row.project_id) if row.project_id in reachable else None,
        )
        for row in page.rows
    ]
    return paging.Page(rows, page.before, page.after)


def _sentence(code: str, params: dict[str, Any]) -> str:
    if code in MESSAGE_WORDS:
        return _(MESSAGE_WORDS[code], **params)
    kind, _dot, action = code.partition(".")
    act = words.act_label(action, item=kind == "item")
    if kind == "item" and params.get("number"):
        return _("“%(name)s”整改事项 %(number)s：%(act)s", name=params["name"], number=params["number"], act=act)
    return _("“%(name)s”：%(act)s", name=params.get("name", ""), act=act)


def unread(actor: Actor) -> str:
    """Unread messages, "99+" at most; nothing when there are none."""
    inner = (
        select(literal(1).label("one"))
        .where(Message.user_id == actor.id, Message.read_at.is_(None))
        .limit(COUNT_CAP + 1)
        .subquery()
    )
    count = db.session.scalar(select(func.count()).select_from(inner)) or 0
    return "" if not count else (f"{COUNT_CAP}+" if count > COUNT_CAP else str(count))


# ---------------------------------------------------------------- the menu


def menu(actor: Actor) -> list[MenuGroup]:
    """The left menu: what this role may open, with the count of what waits."""
    groups = []
    if may(actor, Permission.INBOX):
        count, late = todo_count(actor)
        shown = f"{COUNT_CAP}+" if count > COUNT_CAP else count
        entries = [
            _entry(_("待办"), "inbox.index", shown if count else None, late),
            _entry(_("已办"), "inbox.done"),
            _entry(_("我发起的"), "inbox.started"),
        ]
        if may(actor, Permission.DECLARE):
            entries.append(_entry(_("草稿"), "inbox.drafts"))
        entries.append(_entry(_("消息"), "inbox.messages"))
        groups.append(MenuGroup(_("我的工作"), entries))
    if may(actor, Permission.PROJECTS_READ):
        entries = [_entry(_("项目库"), "projects.index")]
        if may_ever_see_result(actor):
            entries.append(_entry(_("绩效评价结果"), "results.index"))
        if may(actor, Permission.AVOIDANCE):
            entries.append(_entry(_("回避名单"), "admin.avoidances"))
        groups.append(MenuGroup(_("项目"), entries))
    if may(actor, Permission.EVENTS_READ):
        groups.append(MenuGroup(_("查阅"), [_entry(_("操作日志"), "admin.events")]))
    if may(actor, Permission.ADMINISTER):
        entries = [
            _entry(_("单位与机构"), "admin.organisations"),
            _entry(_("用户"), "admin.users"),
            _entry(_("权限一览"), "admin.rights"),
        ]
        groups.append(MenuGroup(_("管理"), entries))
    return groups


def _entry(label: str, endpoint: str, count: int | str | None = None, urgent: bool = False) -> MenuEntry:
    return MenuEntry(label, url_for(endpoint), count, urgent, request.endpoint == endpoint)


