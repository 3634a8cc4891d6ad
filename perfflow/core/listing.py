"""The filter of the project list: one for the page, its count and every export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select

from perfflow.core import access, clock, paging, search
from perfflow.core.access import Actor, scoped, seen
from perfflow.core.prepared import anybody, parameters
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.people import Organisation
from perfflow.models.project import FAR_DAY, Project
from perfflow.process import PROJECT_STATES, STAGES, Datum, Role, Viewer


@dataclass(frozen=True, slots=True)
class Filter:
    """What stands in the address of the list."""

    year: int | None = None
    unit_id: int | None = None
    stage: str = ""
    state: str = ""
    grade: str = ""
    overdue: bool = False
    words: str = ""
    sort: str = "updated"


SORTS = {
    "updated": paging.Sort((Project.updated_at, Project.id), (datetime.fromisoformat, paging.bounded), True),
    "due": paging.Sort((Project.due_sort, Project.id), (date.fromisoformat, paging.bounded)),
    "year": paging.Sort((Project.budget_year, Project.id), (paging.bounded, paging.bounded), True),
    "code": paging.Sort((Project.code, Project.id), (str, paging.bounded)),
}


def sort_for(actor: Actor, wanted: Filter) -> paging.Sort:
    """The sort asked for. Cursors stand in addresses, and some codes are not shown to a firm: its list is sorted by
    what codes are made of, the year and the order within it."""
    if wanted.sort == "code" and access.VIEWERS.get(actor.role) is Viewer.FIRM:
        return paging.Sort(SORTS["year"].columns, SORTS["year"].read)
    return SORTS.get(wanted.sort, SORTS["updated"])


def filtered(actor: Actor, wanted: Filter, *columns: Any) -> Any:
    """The projects in reach that fit the filter."""
    return scoped(actor, *columns).where(*conditions(actor, wanted))


def conditions(actor: Actor, wanted: Filter, *, counts: bool = False) -> list[ColumnElement[bool]]:
    """The filter, for a select made by `scoped()`. A masked column filters only where it is shown. `counts`: the rows
    are counted, not shown a page at a time."""
    found: list[ColumnElement[bool]] = []
    if wanted.year is not None:
        found.append(Project.budget_year == wanted.year)
    if wanted.unit_id is not None:
        found.append(Project.unit_id == wanted.unit_id)
    states = _states_of(wanted)
    if states is not None:
        found += [Project.state.in_(states), seen(actor, Datum.PROJECT)]
    if wanted.grade:
        found += [Assignment.grade == wanted.grade, seen(actor, Datum.EVALUATION)]
    if wanted.overdue:
        found += [overdue(walked=wanted.sort != "due"), seen(actor, Datum.PROJECT)]
    if wanted.words:
        found.append(_holds(actor, wanted.words, MOST_COUNTED if counts else MOST_SORTED))
    return found


MOST_SORTED, MOST_COUNTED = 500, 5000
"""So many found by the index are fetched and sorted for a page; of more, walking the list soon finds one. To count up
to the cap that way may be to read all of a million."""


def _holds(actor: Actor, words: str, most: int) -> ColumnElement[bool]:
    """The words stand in the project's name, its unit's name, or, where that is shown, its code."""
    code = access.all_of(Project.code.contains(words, autoescape=True), seen(actor, Datum.PROJECT))
    named = access.any_of(Project.name.contains(words, autoescape=True), code)
    found = search.named(actor, words, most)
    if found is not None:
        # the few rows are fetched instead of looked for through all
        ids: Any = bindparam("named", found, unique=True, expanding=True, literal_execute=True)
        named = access.all_of(Project.id.in_(ids), named)
    units = list(db.session.scalars(units_query(actor, [words]).with_only_columns(Organisation.id).limit(1000)))
    return access.any_of(named, Project.unit_id.in_(units)) if units else named


WAITING = tuple(code for code, state in PROJECT_STATES.items() if state.actors)
"""States in which somebody must act; only there a due date can be missed."""


def overdue(*, walked: bool = False) -> ColumnElement[bool]:
    """Whether a project waits past its due date; only where Datum.PROJECT is shown. `walked`: the rows are read in
    another order than that of the due date; SQLite would else fetch all that are late and sort them. Nor may it begin
    with the states, which are most of all there are."""
    day = func.coalesce(Project.due_sort, FAR_DAY) if walked else Project.due_sort
    return and_(day < clock.today(), func.coalesce(Project.state, "").in_(WAITING))


def _states_of(wanted: Filter) -> list[str] | None:
    if wanted.state in PROJECT_STATES:
        return [wanted.state]
    if wanted.stage in dict(STAGES):
        return [code for code, state in PROJECT_STATES.items() if state.stage == wanted.stage]
    return None


def units_in_reach(actor: Actor) -> list[tuple[int, str]]:
    """The units whose projects somebody may see, for the filter."""
    rows = db.session.execute(_every_unit(actor.role), parameters(actor))
    return [(id_, name) for id_, name in rows]


@lru_cache(maxsize=8)
def _every_unit(role: Role) -> Select[Any]:
    return units_query(anybody(role)).limit(1000)


def units_named(actor: Actor, words: Sequence[str], most: int) -> list[tuple[int, str]]:
    """The units in reach whose name holds all the words."""
    return [(id_, name) for id_, name in db.session.execute(units_query(actor, words).limit(most))]


def units_query(actor: Actor, words: Sequence[str] = ()) -> Select[Any]:
    """Id and name of the units in reach, by name."""
    query: Any = select(Organisation.id, Organisation.name).where(Organisation.kind == "unit")
    for word in words:
        query = query.where(func.lower(Organisation.name).contains(word.lower(), autoescape=True))
    viewer = access.VIEWERS.get(actor.role)
    if viewer is Viewer.SUPERVISOR:
        query = query.where(Organisation.supervised_by == actor.organisation_id)
    elif viewer is Viewer.UNIT:
        query = query.where(Organisation.id == actor.organisation_id)
    elif viewer is Viewer.FIRM:
        # one probe of the index for each unit; the list of its projects would grow with them
        query = query.where(
            exists().where(Project.firm_id == actor.organisation_id, Project.unit_id == Organisation.id)
        )
    found: Select[Any] = query.order_by(Organisation.name)
    return found
