"""Single reads of the project page. What stands around it is in frame, what it shows in issues and scores."""

from datetime import date

from sqlalchemy import select

from perfflow.core.access import Reach
from perfflow.db import db
from perfflow.models.item import RectItem
from perfflow.models.project import Declaration, Project
from perfflow.process import Datum


def overview(reach: Reach) -> str:
    """What the project is about, in the unit's own words; empty when the declaration is not shown."""
    if not reach.sees(Datum.DECLARATION):
        return ""
    return db.session.scalar(select(Declaration.overview).where(Declaration.project_id == reach.id)) or ""


def due_on(reach: Reach) -> date | None:
    """Until when the present step of the project is to be done."""
    return db.session.scalar(select(Project.due_on).where(Project.id == reach.id))


def item_of(reach: Reach, number: int) -> RectItem | None:
    """The item by its number, when items are shown to this person."""
    if not reach.sees(Datum.ITEMS):
        return None
    return db.session.scalars(
        select(RectItem).where(RectItem.project_id == reach.id, RectItem.number == number)
    ).one_or_none()
