"""已办, 我发起的, 草稿: what somebody did, what he began, what his unit has not submitted yet."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_
from sqlalchemy.orm import aliased

from perfflow.core import clock, paging
from perfflow.core.access import Actor, masked, scoped
from perfflow.core.listing import Filter, conditions
from perfflow.models.evaluation import Assignment
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.papers.numbering import Manner, format_name
from perfflow.process import ITEM, PROJECT, PROJECT_STATES, Datum
from perfflow.web import filters, words
from perfflow.web.places import Addresses
from perfflow.web.translate import gettext as _

BEGINNINGS = ("create", "register", *(t.action for t in PROJECT.transitions if t.submits))
"""Acts by which somebody begins or hands in something."""
OF_ITSELF = (
    "issue_item",
    *(t.action for definition in (PROJECT, ITEM) for t in definition.transitions if t.internal),
)
"""Acts that followed from another one."""


ITS_PROJECT = Project.id == JournalEntry.project_id + 0
"""With a sum no index of the journal fits: so the entries come first, in the order of the list, and of their projects
only those are looked up that are shown. Left to itself the planner may begin with all projects in reach."""


def shown_name(row: Any) -> str:
    """The project's name as filed, or in its unit's manner."""
    return str(row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names)))


# ---------------------------------------------------------------- 已办


@dataclass(frozen=True, slots=True)
class DoneRow:
    project_name: str
    unit_name: str
    what: str
    at: datetime
    reason: str
    url: str


_ACTS = paging.Sort((JournalEntry.id,), (paging.bounded,), True)
_RECENT = paging.Sort((JournalEntry.at, JournalEntry.id), (datetime.fromisoformat, paging.bounded), True)
"""The same order by the other index: that of what was done since a day."""


def monday() -> datetime:
    """The beginning of this week in the office's zone."""
    return _midnight(clock.today() - timedelta(days=clock.today().weekday()))


def month() -> datetime:
    """The beginning of this month."""
    return _midnight(clock.today().replace(day=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.ZONE)


def done_since(actor: Actor, since: Any, *columns: Any) -> Select[Any]:
    """The acts by which somebody settled what waited for him: those that moved something on."""
    return _done(actor, *columns).where(
        JournalEntry.at >= since,
        JournalEntry.from_state != JournalEntry.to_state,
    )


def _done(actor: Actor, *columns: Any) -> Select[Any]:
    return (
        scoped(actor, *columns)
        .join(JournalEntry, ITS_PROJECT)
        .where(
            JournalEntry.user_id == actor.id,
            or_(JournalEntry.to_state.is_not(None), JournalEntry.action == "hand_over"),
            JournalEntry.action.not_in(OF_ITSELF),
        )
    )


_OF_AN_ACT = (
    JournalEntry.action, JournalEntry.reason, Project.id.label("project_id"),
    Project.name, Project.name_filed, Organisation.name.label("unit"), Organisation.quote_names, RectItem.number,
)  # fmt: skip


def done(actor: Actor, wanted: Filter, since: str = "", *, after: str, before: str) -> paging.Page[DoneRow]:
    """Every act of this person on projects still in reach, newest first; `since` is "", "week" or "month"."""
    if not since:
        query = _done(actor, *_ACTS.columns, JournalEntry.at, *_OF_AN_ACT)
        return _done_page(actor, query, _ACTS, wanted, after, before)
    begun = monday() if since == "week" else month()
    query = _done(actor, *_RECENT.columns, *_OF_AN_ACT).where(JournalEntry.at >= begun)
    return _done_page(actor, query, _RECENT, wanted, after, before)


def settled_this_week(actor: Actor, wanted: Filter, *, after: str, before: str) -> paging.Page[DoneRow]:
    """本周办结: what is counted by that name above 待办."""
    query = done_since(actor, monday(), *_RECENT.columns, *_OF_AN_ACT)
    return _done_page(actor, query, _RECENT, wanted, after, before)


def _done_page(
    actor: Actor, query: Select[Any], sort: paging.Sort, wanted: Filter, after: str, before: str
) -> paging.Page[DoneRow]:
    query = (
        query.outerjoin(RectItem, RectItem.id == JournalEntry.item_id)
        .join(Organisation, Organisation.id == Project.unit_id)
        .where(*conditions(actor, wanted))
    )
    page, addresses = paging.fetch(query, sort, after=after, before=before), Addresses()
    rows = [
        DoneRow(
            shown_name(row),
            row.unit,
            _done_what(row.action, row.number),
            row.at,
            row.reason,
            addresses.of("projects.show", row.project_id),
        )
        for row in page.rows
    ]
    return paging.Page(rows, page.before, page.after)


def _done_what(action: str, item: int | None) -> str:
    act = words.act_label(action, item=item is not None)
    return act if item is None else _("事项 %(n)d：%(act)s", n=item, act=act)


# ---------------------------------------------------------------- 我发起的, 草稿


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project. Masked for this person: no stage, no score, no amount."""

    project_name: str
    unit_name: str
    year: int
    stage: str
    since_text: str
    state_kind: str
    state_label: str
    total: int | None
    grade: str | None
    amount: filters.Amount
    due_on: date | None
    due_kind: str
    due_text: str
    at: datetime
    url: str
    work_url: str


_UPDATED = paging.Sort((Project.updated_at, Project.id), (datetime.fromisoformat, paging.bounded), True)


def started(actor: Actor, wanted: Filter, *, after: str, before: str) -> paging.Page[ProjectRow]:
    """Projects this person declared, registered or handed something in for, the newest of these acts first."""
    later = aliased(JournalEntry)
    again = exists().where(
        later.project_id == Project.id, later.user_id == actor.id, later.action.in_(BEGINNINGS),
        later.id > JournalEntry.id,
    )  # fmt: skip
    query = (
        _of_projects(actor, JournalEntry.id.label("entry_id"), JournalEntry.at.label("at"))
        .join(JournalEntry, ITS_PROJECT)
        .where(JournalEntry.user_id == actor.id, JournalEntry.action.in_(BEGINNINGS), ~again)
    )
    return _projects_page(actor, query, _ACTS, wanted, after, before)


def drafts(actor: Actor, wanted: Filter, *, after: str, before: str) -> paging.Page[ProjectRow]:
    """Declarations of the actor's unit that were never submitted, the one last worked on first."""
    mine = _of_projects(actor, Project.updated_at.label("at"), Project.id.label("key_id")).where(_is_draft(actor))
    return _projects_page(actor, mine, _UPDATED, wanted, after, before)


def _is_draft(actor: Actor) -> ColumnElement[bool]:
    return and_(
        Project.submitted_at.is_(None),
        Project.state == "declaring",
        Project.unit_id == actor.organisation_id,
    )


def _of_projects(actor: Actor, *key: Any) -> Select[Any]:
    """What the rows show, behind the columns of the sort; one of these is the time that is shown."""
    return scoped(
        actor, *key, Project.id, Project.name, Project.name_filed, Organisation.name.label("unit"),
        Organisation.quote_names, Project.budget_year.label("year"), Project.entered_at, Project.due_on,
        masked(actor, Datum.PROJECT, Project.state).label("state"),
        masked(actor, Datum.EVALUATION, Assignment.total).label("total"),
        masked(actor, Datum.EVALUATION, Assignment.grade).label("grade"),
        masked(actor, Datum.PROJECT, Project.budget_fen).label("budget"),
        masked(actor, Datum.EVALUATION, Assignment.paid_fen).label("paid"),
    ).join(Organisation, Organisation.id == Project.unit_id)  # fmt: skip


def _projects_page(
    actor: Actor, query: Select[Any], sort: paging.Sort, wanted: Filter, after: str, before: str
) -> paging.Page[ProjectRow]:
    query = query.where(*conditions(actor, wanted))
    page, addresses = paging.fetch(query, sort, after=after, before=before), Addresses()
    rows = [_project_row(row, addresses) for row in page.rows]
    return paging.Page(rows, page.before, page.after)


def _project_row(row: Any, addresses: Addresses) -> ProjectRow:
    due = row.due_on if row.state is None or PROJECT_STATES[row.state].actors else None
    return ProjectRow(
        project_name=shown_name(row),
        unit_name=row.unit,
        year=row.year,
        stage=words.stage(row.state) if row.state else "—",
        since_text=words.stayed(row.entered_at) if row.state and PROJECT_STATES[row.state].actors else "",
        state_kind=words.project_tag(row.state, row.due_on) if row.state else "todo",
        state_label=words.project_state(row.state) if row.state else _("待声明"),
        total=row.total,
        grade=row.grade,
        amount=filters.amount(row.budget, row.paid),
        due_on=due,
        due_kind=filters.due_kind(due) if due else "normal",
        due_text=filters.due_words(due) if due else "",
        at=row.at,
        url=addresses.of("projects.show", row.id),
        work_url=addresses.of("declaration.edit", row.id),
    )
