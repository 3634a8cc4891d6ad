"""The filter of the project list: one for the page, its count and every export."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select

from perfflow.core import access, clock, paging
from perfflow.core.access import Actor, scoped, seen
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.process import PROJECT_STATES, STAGES, Datum, Viewer


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
    """The sort asked for. Cursors stand in addresses, so a firm's list is sorted by the codes that are shown only."""
    if wanted.sort == "code" and access.VIEWERS.get(actor.role) is Viewer.FIRM:
        shown = func.coalesce(access.masked(actor, Datum.PROJECT, Project.code), "")
        return paging.Sort((shown, Project.id), SORTS["code"].read)
    return SORTS.get(wanted.sort, SORTS["updated"])


def filtered(actor: Actor, wanted: Filter, *columns: Any) -> Any:
    """The projects in reach that fit the filter. A masked column filters only where it is shown."""
    query = scoped(actor, *columns)
    if wanted.year is not None:
        query = query.where(Project.budget_year == wanted.year)
    if wanted.unit_id is not None:
        query = query.where(Project.unit_id == wanted.unit_id)
    states = _states_of(wanted)
    if states is not None:
        query = query.where(Project.state.in_(states), seen(actor, Datum.PROJECT))
    if wanted.grade:
        query = query.where(Assignment.grade == wanted.grade, seen(actor, Datum.EVALUATION))
    if wanted.overdue:
        waiting = [code for code, state in PROJECT_STATES.items() if state.actors]
        query = query.where(
            Project.due_sort < clock.today(), Project.state.in_(waiting), seen(actor, Datum.PROJECT)
        )
    if wanted.words:
        pattern = wanted.words
        units = select(Organisation.id).where(Organisation.name.contains(pattern, autoescape=True))
        code = access.all_of(
            Project.code.contains(pattern, autoescape=True), seen(actor, Datum.PROJECT)
        )
        query = query.where(
            access.any_of(Project.name.contains(pattern, autoescape=True), code, Project.unit_id.in_(units))
        )
    return query


def _states_of(wanted: Filter) -> list[str] | None:
    if wanted.state in PROJECT_STATES:
        return [wanted.state]
    if wanted.stage in dict(STAGES):
        return [code for code, state in PROJECT_STATES.items() if state.stage == wanted.stage]
    return None


def units_in_reach(actor: Actor) -> list[tuple[int, str]]:
    """The units whose projects somebody may see, for the filter."""
    query = select(Organisation.id, Organisation.name).where(Organisation.kind == "unit")
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
    return [(id_, name) for id_, name in db.session.execute(query.order_by(Organisation.name).limit(1000))]
