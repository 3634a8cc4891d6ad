"""Which projects go into an export: those of a unit's year, or those that fit the list's filter."""

from typing import Any, Protocol

from sqlalchemy import ColumnElement, select

from perfflow.core.access import Actor, scoped
from perfflow.core.listing import Filter, filtered, sort_for
from perfflow.core.outgoing import Outgoing, of_year
from perfflow.db import db
from perfflow.models.people import Organisation
from perfflow.models.project import Project


class Export(Protocol):
    """`fits`: the projects that have something for this person to go into it."""

    def fits(self, actor: Actor, /) -> ColumnElement[bool]: ...


def of_project(one: Export, actor: Actor, project_id: int) -> list[int]:
    """The project itself, where it has something to show."""
    return list(db.session.scalars(scoped(actor, Project.id).where(Project.id == project_id, one.fits(actor))))


def of_unit_and_year(one: Export, actor: Actor, unit_id: int, year: int, most: int) -> list[int]:
    """In the order the projects were made; one more than may be exported, when there are more."""
    query = scoped(actor, Project.id).where(*of_year(unit_id, year), one.fits(actor))
    return list(db.session.scalars(query.order_by(Project.id).limit(most + 1)))


def any_shown(paper: Outgoing, actor: Actor, unit_id: int, year: int) -> bool:
    """Whether this person would be shown such a paper of the unit's year, were there one."""
    query = scoped(actor, Project.id).where(*of_year(unit_id, year), paper.shown(actor)).limit(1)
    return db.session.scalar(query) is not None


def of_filter(one: Export, actor: Actor, wanted: Filter, most: int) -> list[int]:
    """Those that fit the list's filter, in the list's order; one more than may be exported, when there are more."""
    sort = sort_for(actor, wanted)
    order = [column.desc() if sort.descending else column.asc() for column in sort.columns]
    query: Any = filtered(actor, wanted, Project.id).where(one.fits(actor))
    return list(db.session.scalars(query.order_by(*order).limit(most + 1)))


def unit_name(unit_id: int) -> str:
    """For the name of a file; asked only when something of that unit is in reach."""
    return db.session.scalar(select(Organisation.name).where(Organisation.id == unit_id)) or ""
