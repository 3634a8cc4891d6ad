"""The rows of the lists in Excel, batch by batch: every project is read through the scope of this person, and what is
masked for him stays an empty cell. As many statements for a batch whatever its number of rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from perfflow.core import clock
from perfflow.core.access import VIEWERS, Actor, masked, scoped, seen
from perfflow.db import db
from perfflow.models.evaluation import Assignment, ScoreItem
from perfflow.models.file import Attachment
from perfflow.models.finding import Finding, FindingIndicator, Suggestion
from perfflow.models.item import Notice, RectItem
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.pages.exports.reads import BATCH, answered, grouped, shown_name, standing_plans, standing_reports
from perfflow.process import (
    CATEGORIES,
    OBJECT_KINDS,
    PROJECT_STATES,
    RECT_CLASSES,
    SEVERITIES,
    VERDICTS,
    Datum,
    FindingCategory,
    ObjectKind,
    RectClass,
    Severity,
    Verdict,
    Viewer,
)
from perfflow.rules import score
from perfflow.web import words
from perfflow.web.translate import gettext as _
from perfflow.web.translate import joined

Cells = tuple[Any, ...]


def projects(actor: Actor, ids: Sequence[int]) -> Iterator[Cells]:
    """项目库, one row each, with more columns than the page has."""
    firm = aliased(Organisation)
    more = (
        masked(actor, Datum.PROJECT, Project.object_kind).label("kind"), Project.budget_year, Project.evaluation_year,
        masked(actor, Datum.PROJECT, Project.state).label("state"), Project.due_on,
        masked(actor, Datum.PROJECT, Project.budget_fen).label("budget"),
        masked(actor, Datum.EVALUATION, Assignment.paid_fen).label("paid"),
        masked(actor, Datum.EVALUATION, Assignment.total).label("total"),
        masked(actor, Datum.EVALUATION, Assignment.grade).label("grade"),
        masked(actor, Datum.PROJECT, firm.name).label("firm"),
    )  # fmt: skip
    for batch in _batches(actor, ids, *more, firm=firm):
        for row in batch:
            state = row.state
            waits = state is None or bool(PROJECT_STATES[state].actors)
            yield (
                row.code, shown_name(row), row.unit, _(OBJECT_KINDS[ObjectKind(row.kind)]) if row.kind else None,
                row.budget_year, row.evaluation_year,
                words.stage(state) if state else None, words.project_state(state) if state else _("待声明"),
                row.due_on if waits else None, row.budget, row.paid, row.total, row.grade, row.firm,
            )  # fmt: skip


# ---------------------------------------------------------------- findings and suggestions


def findings(actor: Actor, ids: Sequence[int]) -> Iterator[Cells]:
    """存在问题, those withdrawn too, which say so."""
    for batch in _batches(actor, ids):
        shown = _by_assignment(row for row in batch if row.sees_findings)
        of = Finding.assignment_id.in_(shown)
        codes = grouped(
            select(FindingIndicator.finding_id, FindingIndicator.code)
            .join(Finding, Finding.id == FindingIndicator.finding_id)
            .where(of)
            .order_by(FindingIndicator.code)
        )
        rows = grouped(
            select(
                Finding.assignment_id, Finding.id, Finding.number, Finding.title, Finding.text, Finding.category,
                Finding.severity, Finding.amount_fen, Finding.withdrawn,
            )
            .where(of)
            .order_by(Finding.number)
        )  # fmt: skip
        for project in shown.values():
            for row in rows.get(project.assignment_id, ()):
                yield (
                    *_head(project), row.number, row.title, row.text, _(CATEGORIES[FindingCategory(row.category)]),
                    _(SEVERITIES[Severity(row.severity)]), row.amount_fen,
                    joined(one.code for one in codes.get(row.id, ())), _("已撤销") if row.withdrawn else None,
                )  # fmt: skip


def suggestions(actor: Actor, ids: Sequence[int]) -> Iterator[Cells]:
    """整改建议; class and day are the supervisor's until the notice is issued."""
    for batch in _batches(actor, ids):
        shown = _by_assignment(row for row in batch if row.sees_suggestions)
        numbers = answered(Suggestion.assignment_id.in_(shown), standing=True)
        rows = grouped(
            select(
                Suggestion.assignment_id, Suggestion.id, Suggestion.number, Suggestion.title, Suggestion.text,
                Suggestion.rect_class, Suggestion.due_on,
            )
            .where(Suggestion.assignment_id.in_(shown))
            .order_by(Suggestion.number)
        )  # fmt: skip
        for project in shown.values():
            issued = project.sees_items or VIEWERS.get(actor.role) is Viewer.SUPERVISOR
            for row in rows.get(project.assignment_id, ()):
                yield (
                    *_head(project), row.number, row.title, row.text,
                    joined(one.number for one in numbers.get(row.id, ())),
                    _(RECT_CLASSES[RectClass(row.rect_class)]) if issued and row.rect_class else None,
                    row.due_on if issued else None,
                )  # fmt: skip


# ---------------------------------------------------------------- the ledger


@dataclass(slots=True)
class _Done:
    """What was done about the items of a batch, by the item's id; of the firm's, who sees states only, nothing."""

    plans: dict[int, Any] = field(default_factory=dict)
    reports: dict[int, list[Any]] = field(default_factory=dict)
    files: dict[int, int] = field(default_factory=dict)


def items(actor: Actor, ids: Sequence[int]) -> Iterator[Cells]:
    """整改台账: an item in a row, with the findings and the suggestion it was made of and what was done last."""
    for batch in _batches(actor, ids):
        shown = {row.id: row for row in batch if row.sees_item_states}
        done = _done([row.id for row in shown.values() if row.sees_items])
        of = RectItem.project_id.in_(shown)
        told_of = answered(Suggestion.id.in_(select(RectItem.suggestion_id).where(of)), standing=False)
        rows = grouped(
            select(
                RectItem.project_id, RectItem.id, RectItem.number, RectItem.suggestion_id, Suggestion.title,
                Suggestion.text, RectItem.state, RectItem.rect_class, RectItem.deadline, RectItem.due_on,
                Notice.issued_at,
            )
            .join(Suggestion, Suggestion.id == RectItem.suggestion_id)
            .join(Notice, Notice.id == RectItem.notice_id)
            .where(of)
            .order_by(RectItem.number)
        )  # fmt: skip
        for project in shown.values():
            for row in rows.get(project.id, ()):
                told = told_of.get(row.suggestion_id, ()) if project.sees_findings else ()
                yield (
                    *_head(project), row.number, "\n".join(f"{one.number}. {one.title or one.text}" for one in told),
                    "\n".join(text for text in (row.title, row.text) if text) if project.sees_suggestions else None,
                    words.item_state(row.state),
                    *(_item_cells(row, done) if project.sees_items else _NO_CELLS),
                )  # fmt: skip


_NO_CELLS = (None,) * 13


def _item_cells(row: Any, done: _Done) -> Cells:
    """All but the state of an item."""
    plan, reports = done.plans.get(row.id), done.reports.get(row.id, [])
    last = reports[-1] if reports else None
    return (
        _(RECT_CLASSES[RectClass(row.rect_class)]), clock.local_day(row.issued_at), row.deadline, row.due_on,
        *((plan.measure, plan.responsible, plan.last_day) if plan else (None, None, None)),
        *((last.text, clock.local_day(last.at), len(reports), done.files.get(last.id, 0)) if last else (None,) * 4),
        *((_(VERDICTS[Verdict(last.verdict)]), last.verdict_reason) if last and last.verdict else (None, None)),
    )  # fmt: skip


def _done(project_ids: list[int]) -> _Done:
    counts = db.session.execute(
        select(Attachment.report_id, func.count())
        .where(
            Attachment.project_id.in_(project_ids), Attachment.report_id.is_not(None), Attachment.withdrawn_at.is_(None)
        )
        .group_by(Attachment.report_id)
    )
    files = {id_: count for id_, count in counts if id_}
    return _Done(standing_plans(project_ids), standing_reports(project_ids), files)


# ---------------------------------------------------------------- score sheets


def scores(actor: Actor, ids: Sequence[int]) -> Iterator[Cells]:
    """指标评分表: every row of every sheet, groups with the sums of their leaves."""
    for batch in _batches(actor, ids):
        shown = _by_assignment(row for row in batch if row.sees_evaluation)
        rows = grouped(
            select(
                ScoreItem.assignment_id, ScoreItem.code, ScoreItem.name, ScoreItem.weight, ScoreItem.score,
                ScoreItem.rate_filed,
            )
            .where(ScoreItem.assignment_id.in_(shown))
            .order_by(ScoreItem.position)
        )  # fmt: skip
        for project in shown.values():
            for node in score.tree([score.Row(*row[1:]) for row in rows.get(project.assignment_id, ())]):
                yield (
                    *_head(project), node.code, node.name, node.depth, _("是") if node.leaf else None, node.weight,
                    node.score, node.rate, node.rate_filed, _("是") if node.weak else None,
                )  # fmt: skip


def results(actor: Actor, ids: Sequence[int]) -> Iterator[Cells]:
    """What a project's evaluation came to, as numbers and as filed."""
    more = (
        Assignment.total, Assignment.total_filed, Assignment.grade, Assignment.paid_fen, Assignment.paid_filed,
        Assignment.main_performance,
    )  # fmt: skip
    for batch in _batches(actor, ids, *more):
        for row in batch:
            if row.assignment_id is not None and row.sees_evaluation:
                yield (
                    *_head(row), row.total, row.total_filed, row.grade, row.paid_fen, row.paid_filed,
                    row.main_performance,
                )  # fmt: skip


# ---------------------------------------------------------------- reads


def _batches(
    actor: Actor, ids: Sequence[int], *more: Any, firm: Any = None
) -> Iterator[list[Any]]:
    """The projects in the order of the ids, those still in reach, with what of each is shown to this person."""
    query = scoped(
        actor, Project.id, Project.assignment_id, Project.name, Project.name_filed, Organisation.name.label("unit"),
        Organisation.quote_names, func.coalesce(Project.evaluation_year, Project.budget_year).label("year"),
        masked(actor, Datum.PROJECT, Project.code).label("code"),
        seen(actor, Datum.EVALUATION).label("sees_evaluation"), seen(actor, Datum.FINDINGS).label("sees_findings"),
        seen(actor, Datum.SUGGESTIONS).label("sees_suggestions"),
        seen(actor, Datum.ITEM_STATES).label("sees_item_states"), seen(actor, Datum.ITEMS).label("sees_items"), *more,
    ).join(Organisation, Organisation.id == Project.unit_id)  # fmt: skip
    if firm is not None:
        query = query.outerjoin(firm, firm.id == Assignment.firm_id)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        rows = {row.id: row for row in db.session.execute(query.where(Project.id.in_(batch)))}
        yield [rows[id_] for id_ in batch if id_ in rows]


def _by_assignment(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.assignment_id: row for row in rows if row.assignment_id is not None}


def _head(row: Any) -> Cells:
    """The columns every list of parts of projects begins with."""
    return row.code, shown_name(row), row.unit, row.year
