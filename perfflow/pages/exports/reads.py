"""What the exports read alike, whatever the number of rows: groups, answered findings, plans that stand."""

from typing import Any

from sqlalchemy import and_, func, or_, select

from perfflow.db import db
from perfflow.models.finding import Finding, Suggestion, SuggestionFinding
from perfflow.models.item import Plan
from perfflow.models.journal import JournalEntry
from perfflow.papers.numbering import Manner, format_name
from perfflow.process import I

BATCH = 200
"""So many projects are read at a time: a thousand then need no more memory than a few."""


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
