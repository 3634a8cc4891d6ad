"""What waits for somebody, as conditions: projects, and items of them. Counts and rows of 待办 start here alike."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, between, or_, select, true

from perfflow.core import calendar, clock, cooperation
from perfflow.core.access import VIEWERS, Actor, scoped, visible
from perfflow.core.cooperation import PARTY_OF
from perfflow.models.evaluation import Assignment, Independence
from perfflow.models.item import RectItem
from perfflow.models.project import Project
from perfflow.process import Party, Role

NEAR = 3
"""Working days within which a due date is near."""


class View(StrEnum):
    """The four counted links above 待办, as they stand in the address."""

    LATE = "late"
    SOON = "soon"
    MINE = "mine"
    DONE = "done"


def party_of(role: Role) -> Party | None:
    """On whose side somebody acts; None for readers, for whom nothing ever waits."""
    viewer = VIEWERS.get(role)
    return PARTY_OF.get(viewer) if viewer else None


def projects(actor: Actor, *columns: Any) -> Select[Any] | None:
    """A select over the projects that wait for the actor."""
    waits = _waits(actor, Project)
    if waits is None:
        return None
    query = scoped(actor, *columns).where(waits)
    if party_of(actor.role) is not Party.EVALUATOR:
        return query
    # whoever declared himself not independent has nothing to do here
    return query.where(or_(Independence.independent.is_(None), Independence.independent.is_(True)))


def items(actor: Actor, *columns: Any) -> Select[Any] | None:
    """A select over the items that wait for the actor, with their projects and the assignments behind them."""
    waits = _waits(actor, RectItem)
    if waits is None:
        return None
    return (
        select(*columns)
        .select_from(RectItem)
        .join(Project, Project.id == RectItem.project_id)
        .outerjoin(Assignment, Assignment.id == Project.assignment_id)
        .where(waits, visible(actor))
    )


def _waits(actor: Actor, table: type[Project] | type[RectItem]) -> ColumnElement[bool] | None:
    party = party_of(actor.role)
    if party is None or (table is RectItem and party is Party.EVALUATOR):
        return None
    column: Any = table.unit_id if party is Party.UNIT else table.office_id
    if party is Party.EVALUATOR:
        column = Project.firm_id
    return and_(
        column == actor.organisation_id, table.waiting_for == party.value, cooperation.open_to(actor, table)
    )


def due_in(view: str, column: Any, *, today: Any, soon: Any) -> ColumnElement[bool]:
    """Whether the due date of a row belongs to one of the views; of all other names, any does."""
    if view == View.LATE:
        return and_(column < today)
    return between(column, today, soon) if view == View.SOON else true()


def soon_day() -> date:
    """The last day that is near, by the holiday table."""
    return calendar.add_working_days(clock.today(), NEAR)
