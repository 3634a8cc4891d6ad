"""项目库: the rows of the list and their number. Columns, never entities; everything starts from what is in reach."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from perfflow.core import calendar, clock, cooperation, paging
from perfflow.core.access import Actor, masked, scoped
from perfflow.core.listing import SORTS, Filter, conditions, sort_for
from perfflow.core.prepared import anybody, parameters
from perfflow.db import db
from perfflow.models.cooperation import THE_PROJECT
from perfflow.models.evaluation import Assignment
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.papers.numbering import Manner, format_name
from perfflow.process import PROJECT_STATES, Datum, Role
from perfflow.web import filters, words
from perfflow.web.translate import gettext as _

NEAR = 3
"""Working days within which a due date is near, as in 待办."""


@dataclass(frozen=True, slots=True)
class ListRow:
    id: int
    name: str
    unit_name: str
    year: int
    evaluation_year: int | None  # where it is another
    stage: str
    since_text: str
    state_kind: str
    state_label: str
    urged: int
    total: int | None
    grade: str | None
    amount: filters.Amount
    due_on: date | None
    due_kind: str
    due_text: str


def project_list(actor: Actor, wanted: Filter, *, after: str, before: str) -> paging.Page[ListRow]:
    query, sort = _statement(actor.role, wanted.sort if wanted.sort in SORTS else "updated")
    query = query.where(*conditions(actor, wanted))
    page = paging.fetch(query, sort, after=after, before=before, given=parameters(actor))
    urged = cooperation.urged(actor, [(row.id_, THE_PROJECT) for row in page.rows])
    soon = calendar.add_working_days(clock.today(), NEAR)
    rows = [_list_row(row, urged.get((row.id_, THE_PROJECT), 0), soon) for row in page.rows]
    return paging.Page(rows, page.before, page.after)


@lru_cache(maxsize=64)
def _statement(role: Role, sort_name: str) -> tuple[Any, paging.Sort]:
    """Without filter and cursor: what is the same for everybody of a role; and the sort that goes with it."""
    actor = anybody(role)
    sort = sort_for(actor, Filter(sort=sort_name))
    query = scoped(
        actor, *sort.columns,
        Project.id.label("id_"), Project.name, Project.name_filed, Organisation.name.label("unit"),
        Organisation.quote_names, Project.budget_year.label("year"), Project.evaluation_year,
        masked(actor, Datum.PROJECT, Project.state).label("state"),
        masked(actor, Datum.PROJECT, Project.entered_at).label("entered"),
        masked(actor, Datum.EVALUATION, Assignment.total).label("total"),
        masked(actor, Datum.EVALUATION, Assignment.grade).label("grade"),
        masked(actor, Datum.PROJECT, Project.budget_fen).label("budget"),
        masked(actor, Datum.EVALUATION, Assignment.paid_fen).label("paid"),
        Project.due_on,
    ).join(Organisation, Organisation.id == Project.unit_id)  # fmt: skip
    return query, sort


def _list_row(row: Any, urged: int, soon: date) -> ListRow:
    waits = row.state is not None and bool(PROJECT_STATES[row.state].actors)
    due = row.due_on if row.state is None or waits else None
    return ListRow(
        id=row.id_,
        name=row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names)),
        unit_name=row.unit,
        year=row.year,
        evaluation_year=row.evaluation_year if row.evaluation_year != row.year else None,
        stage=words.stage(row.state) if row.state else "—",
        since_text=words.stayed(row.entered) if waits else "",
        state_kind="todo" if row.state is None else words.project_tag(row.state, row.due_on),
        state_label=_("待声明") if row.state is None else words.project_state(row.state),
        urged=urged,
        total=row.total,
        grade=row.grade,
        amount=filters.amount(row.budget, row.paid),
        due_on=due,
        due_kind=filters.due_kind(due, soon) if due else "normal",
        due_text=filters.due_words(due) if due else "",
    )


def list_count(actor: Actor, wanted: Filter) -> str:
    """How many fit the filter, "1000+" at most."""
    # counted in whatever order finds them soonest
    fits = conditions(actor, replace(wanted, sort="due"), counts=True)
    if fits:
        return paging.capped_count(scoped(actor, Project.id).where(*fits))
    return paging.capped(db.session.scalar(_count(actor.role), parameters(actor)) or 0)


@lru_cache(maxsize=8)
def _count(role: Role) -> Any:
    return select(paging.counting(scoped(anybody(role), Project.id)))
