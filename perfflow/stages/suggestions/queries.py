"""Suggestions with the findings they answer, as far as this person is shown them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from perfflow.core.access import Reach
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.finding import Finding, Suggestion, SuggestionFinding
from perfflow.process import RECT_CLASSES, Datum, RectClass, Viewer


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as far as a suggestion names it."""

    id: int
    number: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A suggestion. `rect_class` and `due_on` are the supervisor's; others see them from the notice on."""

    id: int
    number: int
    title: str
    text: str
    rect_class: str | None
    rect_class_label: str
    due_on: date | None
    findings: tuple[FindingLine, ...]


def suggestions(reach: Reach) -> list[SuggestionRow]:
    """The suggestions of the present assignment, in their order; only findings that stand are named."""
    if reach.assignment_id is None or not reach.sees(Datum.SUGGESTIONS):
        return []
    answered: dict[int, list[FindingLine]] = {}
    links = db.session.execute(
        select(SuggestionFinding.suggestion_id, Finding.id, Finding.number, Finding.title, Finding.text)
        .join(Finding, Finding.id == SuggestionFinding.finding_id)
        .where(Finding.assignment_id == reach.assignment_id, Finding.withdrawn.is_(False))
        .order_by(Finding.number)
    )
    for suggestion_id, id_, number, title, text in links:
        answered.setdefault(suggestion_id, []).append(FindingLine(id_, number, title, text))
    rows = db.session.execute(
        select(
            Suggestion.id, Suggestion.number, Suggestion.title, Suggestion.text,
            Suggestion.rect_class, Suggestion.due_on,
        )
        .where(Suggestion.assignment_id == reach.assignment_id)
        .order_by(Suggestion.number)
    )  # fmt: skip
    issued = reach.viewer is Viewer.SUPERVISOR or reach.sees(Datum.ITEMS)
    return [
        SuggestionRow(
            id=id_,
            number=number,
            title=title,
            text=text,
            rect_class=rect_class if issued else None,
            rect_class_label=RECT_CLASSES[RectClass(rect_class)] if issued and rect_class else "",
            due_on=due_on if issued else None,
            findings=tuple(answered.get(id_, ())),
        )
        for id_, number, title, text, rect_class, due_on in rows
    ]


def standing_findings(reach: Reach) -> list[FindingLine]:
    """The findings a suggestion may answer."""
    if reach.assignment_id is None or not reach.sees(Datum.FINDINGS):
        return []
    rows = db.session.execute(
        select(Finding.id, Finding.number, Finding.title, Finding.text)
        .where(Finding.assignment_id == reach.assignment_id, Finding.withdrawn.is_(False))
        .order_by(Finding.number)
    )
    return [FindingLine(*row) for row in rows]


def version(reach: Reach) -> int:
    """The version of what is written here."""
    return db.session.scalar(select(Assignment.version).where(Assignment.id == reach.assignment_id)) or 1


def source(row: SuggestionRow) -> tuple[str, list[str]]:
    """The key by which the source of a suggestion is remembered, and the wording that is from it."""
    return f"suggestion-{row.id}", [row.title, row.text]
