"""What the exports read alike: projects batch by batch, groups of rows, answered findings, plans that stand."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from perfflow.core.access import Actor, scoped
from perfflow.core.outgoing import Outgoing
from perfflow.db import db
from perfflow.models.finding import Finding, Suggestion, SuggestionFinding
from perfflow.models.item import ItemReport, Plan, RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.papers.numbering import Manner, format_name
from perfflow.papers.official import Entry, Heads
from perfflow.process import I

BATCH = 200
"""So many projects are read at a time: a thousand then need no more memory than a few."""


def batches(paper: Outgoing, actor: Actor, ids: Sequence[int], *more: Any) -> Iterator[dict[int, Any]]:
    """The projects in the order of the ids, those that still have this paper for that person."""
    office = aliased(Organisation)
    query = scoped(
        actor, Project.id, Project.assignment_id, Project.code, Project.name, Project.name_filed, Project.state,
        Project.due_on, func.coalesce(Project.evaluation_year, Project.budget_year).label("year"),
        Organisation.name.label("unit"), Organisation.quote_names, office.name.label("office"), *more,
    )  # fmt: skip
    query = query.join(Organisation, Organisation.id == Project.unit_id)
    query = query.outerjoin(office, office.id == Project.office_id).where(paper.fits(actor))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        rows = {row.id: row for row in db.session.execute(query.where(Project.id.in_(batch)))}
        yield {id_: rows[id_] for id_ in batch if id_ in rows}


def heads(row: Any, day: date | None) -> Heads:
    return Heads(
        unit=row.unit, office=row.office or "", project=shown_name(row), code=row.code, year=row.year, day=day
    )


def entry(row: Any) -> Entry:
    """A finding or a suggestion under its own number."""
    return Entry(row.number, row.title, row.text)


def grouped(query: Any) -> dict[int, list[Any]]:
    """The rows by their first column, in their order."""
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query):
        found.setdefault(row[0], []).append(row)
    return found


def answered(of: Any, *, standing: bool) -> dict[int, list[Any]]:
    """By suggestion, the findings it answers; `standing`: without those withdrawn."""
    query = (
        select(SuggestionFinding.suggestion_id, Finding.number, Finding.title, Finding.text)
        .join(Finding, Finding.id == SuggestionFinding.finding_id)
        .join(Suggestion, Suggestion.id == SuggestionFinding.suggestion_id)
        .where(of)
        .order_by(Finding.number)
    )
    return grouped(query.where(Finding.withdrawn.is_(False)) if standing else query)


def standing_reports(project_ids: list[int]) -> dict[int, list[Any]]:
    """The reports of each item that were not taken back, oldest first."""
    return grouped(
        select(
            ItemReport.item_id, ItemReport.id, ItemReport.text, ItemReport.at, ItemReport.verdict,
            ItemReport.verdict_reason,
        )
        .join(RectItem, RectItem.id == ItemReport.item_id)
        .where(RectItem.project_id.in_(project_ids), ItemReport.withdrawn.is_(False))
        .order_by(ItemReport.id)
    )  # fmt: skip


def standing_plans(project_ids: list[int]) -> dict[int, Any]:
    """The latest plan of each item where it stands: it waits, or was agreed to. The journal tells which."""
    withdrawn = and_(JournalEntry.action == "withdraw", JournalEntry.from_state == I.PLAN_REVIEW)
    latest = (
        select(func.max(JournalEntry.id))
        .where(
            JournalEntry.project_id.in_(project_ids), JournalEntry.item_id.is_not(None),
            or_(JournalEntry.action.in_(("plan", "accept_plan", "return_plan")), withdrawn),
        )
        .group_by(JournalEntry.item_id)
    )  # fmt: skip
    standing = select(JournalEntry.item_id).where(
        JournalEntry.id.in_(latest), JournalEntry.action.in_(("plan", "accept_plan"))
    )
    rows = db.session.execute(
        select(Plan.item_id, Plan.measure, Plan.responsible, Plan.last_day)
        .where(Plan.item_id.in_(standing))
        .order_by(Plan.id)
    )
    return {row.item_id: row for row in rows}


def shown_name(row: Any) -> str:
    return row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names))
