"""The queries that feed the guards. Only what the present state's guards can ask for is looked up."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select

from perfflow.core import clock
from perfflow.core.access import Actor, Reach
from perfflow.core.journal import ASIDE
from perfflow.db import db
from perfflow.models.evaluation import Assignment, Independence, ScoreItem
from perfflow.models.file import Attachment
from perfflow.models.finding import (
    Comment,
    CommentRound,
    Finding,
    FindingIndicator,
    IndicatorExplanation,
    Suggestion,
    SuggestionFinding,
)
from perfflow.models.item import Notice, RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.project import Declaration, Milestone, Project, SubProject, TargetIndicator
from perfflow.process import (
    ITEM,
    N_,
    PROJECT,
    SETTLED_ITEMS,
    AttachmentPurpose,
    I,
    ItemFacts,
    P,
    ProjectFacts,
    RectClass,
    Reply,
    Ruling,
    Stance,
)
from perfflow.rules import declaration, score
from perfflow.workflow.definition import Definition, Reason


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest entry of a project or item."""

    user_id: int
    action: str
    from_state: str
    user_name: str = ""
    body: dict[str, Any] = field(default_factory=dict)


def newest_entry(project_id: int, item_id: int | None = None) -> Newest | None:
    """The newest act on the project itself, or on one of its items."""
    of = JournalEntry.item_id.is_(None) if item_id is None else JournalEntry.item_id == item_id
    row = db.session.execute(
        select(JournalEntry.user_id, JournalEntry.action, JournalEntry.from_state, JournalEntry.body)
        .where(JournalEntry.project_id == project_id, of, JournalEntry.action.not_in(sorted(ASIDE)))
        .order_by(JournalEntry.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return _newest_of(row)


def newest_of_items(project_id: int) -> dict[int, Newest]:
    """The newest act on each item of a project, by the item's id."""
    latest = (
        select(func.max(JournalEntry.id))
        .where(
            JournalEntry.project_id == project_id, JournalEntry.item_id.is_not(None),
            JournalEntry.action.not_in(sorted(ASIDE)),
        )
        .group_by(JournalEntry.item_id)
    )  # fmt: skip
    rows = db.session.execute(
        select(
            JournalEntry.user_id, JournalEntry.action, JournalEntry.from_state, JournalEntry.body,
            JournalEntry.item_id,
        ).where(JournalEntry.id.in_(latest))
    )  # fmt: skip
    return {row.item_id: _newest_of(row) for row in rows}


def _newest_of(row: Any) -> Newest:
    body = json.loads(row.body)
    return Newest(row.user_id, row.action, row.from_state or "", body["name"], body)


def project_facts(reach: Reach, actor: Actor) -> ProjectFacts:
    """What the guards of this project's present state read."""
    row = db.session.execute(
        select(Project.due_on, Project.submitted_by, Project.rectification, Project.rectification_composed)
        .where(Project.id == reach.id)
    ).one()  # fmt: skip
    newest = newest_entry(reach.id)
    found: dict[str, Any] = {
        "actor_submitted": row.submitted_by == actor.id,
        **_newest(newest, PROJECT, actor),
        "ever_submitted": reach.submitted_at is not None,
        "registered": reach.registered,
        "due_on": row.due_on,
        "overdue": row.due_on is not None and row.due_on < clock.today(),
        "table_only": reach.table_only,
    }
    if reach.state == P.DECLARING:
        found["declaration_reasons"] = declaration_reasons(reach.id)
    if reach.assignment_id is not None:
        found.update(_evaluation_facts(reach.state, reach.assignment_id, reach))
    if reach.state in _WITH_ITEMS:
        found.update(_item_totals(reach.id))
        found["has_summary"] = bool(row.rectification.strip()) or row.rectification_composed
    return ProjectFacts(**found)


_WITH_ITEMS = frozenset({P.RECTIFYING, P.CLOSING, P.CLOSED, P.PUBLISHED})


def _evaluation_facts(state: str, assignment_id: int, reach: Reach) -> dict[str, Any]:
    if state == P.EVALUATING:
        return _sheet_facts(assignment_id, reach)
    if state == P.FINDINGS_WRITING:
        return _finding_facts(assignment_id)
    if state in (P.COMMENTING, P.DISPUTE_REPLY, P.FINDINGS_REVIEW):
        return _round_facts(assignment_id)
    if state in (P.SUGGESTIONS_WRITING, P.SUGGESTIONS_REVIEW):
        return _suggestion_facts(assignment_id)
    return {}


def _newest(newest: Newest | None, definition: Definition, actor: Actor) -> dict[str, Any]:
    if newest is None:
        return {}
    transition = definition.named(newest.action)
    mine = newest.user_id == actor.id and transition is not None and transition.submits
    return {"newest_is_mine": mine, "newest_from": newest.from_state}


# ---------------------------------------------------------------- declaration


DECLARATION_TEXTS = (
    ("overview", N_("项目概况")),
    ("basis", N_("立项依据")),
    ("necessity", N_("项目设立的必要性")),
    ("safeguards", N_("保证项目实施的制度、措施")),
    ("overall_goal", N_("项目总目标")),
    ("annual_goal", N_("年度绩效目标")),
)


def declaration_reasons(project_id: int) -> tuple[Reason, ...]:
    """What stands against submitting the declaration, each with its field."""
    paper = declaration_paper(project_id)
    if paper is None:
        return (Reason("还没有申报表。", {}, "declaration"),)
    return tuple(
        Reason(problem.message, problem.params, f"declaration#{problem.place}")
        for problem in declaration.problems(paper)
    )


def declaration_paper(project_id: int) -> declaration.Paper | None:
    one = db.session.get(Declaration, project_id, populate_existing=True)
    if one is None:
        return None
    subs = db.session.execute(
        select(SubProject.name, SubProject.amount_fen)
        .where(SubProject.project_id == project_id)
        .order_by(SubProject.position)
    )
    steps = db.session.execute(
        select(Milestone.label, Milestone.day).where(Milestone.project_id == project_id).order_by(Milestone.position)
    )
    leaves = db.session.execute(
        select(TargetIndicator.level1, TargetIndicator.level2, TargetIndicator.name, TargetIndicator.filed)
        .where(TargetIndicator.project_id == project_id)
        .order_by(TargetIndicator.position)
    )
    return declaration.Paper(
        project_type=one.project_type,
        fund_use=one.fund_use,
        start_date=one.start_date,
        end_date=one.end_date,
        texts=tuple((name, label, getattr(one, name)) for name, label in DECLARATION_TEXTS),
        total_budget_fen=one.total_budget_fen,
        year_budget_fen=one.year_budget_fen,
        prior_budget_fen=one.prior_budget_fen,
        prior_paid_fen=one.prior_paid_fen,
        sub_projects=tuple((name, amount) for name, amount in subs),
        milestones=tuple((label, day) for label, day in steps),
        targets=tuple((a, b, c, d) for a, b, c, d in leaves),
    )


# ---------------------------------------------------------------- evaluation and findings


def sheet_rows(assignment_id: int) -> tuple[score.Row, ...]:
    rows = db.session.execute(
        select(ScoreItem.code, ScoreItem.name, ScoreItem.weight, ScoreItem.score, ScoreItem.rate_filed)
        .where(ScoreItem.assignment_id == assignment_id)
        .order_by(ScoreItem.position)
    )
    return tuple(score.Row(*row) for row in rows)


def _sheet_facts(assignment_id: int, reach: Reach) -> dict[str, Any]:
    one = db.session.execute(
        select(Assignment.paid_fen, Assignment.main_performance, Assignment.total, Assignment.grade, Assignment.lead_id)
        .where(Assignment.id == assignment_id)
    ).one()  # fmt: skip
    if reach.table_only:
        missing = [Reason("还没有填写评价分值。", {}, "evaluation#total")] if one.total is None else []
        missing += [Reason("还没有填写评价结论。", {}, "evaluation#grade")] if not one.grade else []
        sheet = tuple(missing)
    else:
        found = score.problems(sheet_rows(assignment_id))
        sheet = tuple(Reason(p.message, p.params, f"evaluation#{p.field}") for p in found)
    return {
        "sheet_reasons": sheet,
        "has_paid": one.paid_fen is not None,
        "has_performance": bool(one.main_performance.strip()),
        "has_report": _has_report(reach, assignment_id),
        "lead_independent": bool(
            db.session.scalar(
                select(Independence.independent).where(
                    Independence.assignment_id == assignment_id, Independence.user_id == one.lead_id
                )
            )
        ),
    }


def _has_report(reach: Reach, assignment_id: int) -> bool:
    report = exists().where(
        Attachment.assignment_id == assignment_id,
        Attachment.purpose == AttachmentPurpose.REPORT,
        Attachment.withdrawn_at.is_(None),
    )
    paper = exists().where(
        Attachment.project_id == reach.id,
        Attachment.purpose == AttachmentPurpose.PAPER,
        Attachment.withdrawn_at.is_(None),
    )
    # with only the result table, the paper it was registered with is the report
    return bool(db.session.scalar(select(report | paper if reach.table_only else report)))


def weak_unexplained(assignment_id: int) -> tuple[str, ...]:
    """Weak indicators that no finding names and nobody explained."""
    named = set(
        db.session.scalars(
            select(FindingIndicator.code)
            .join(Finding, Finding.id == FindingIndicator.finding_id)
            .where(Finding.assignment_id == assignment_id, Finding.withdrawn.is_(False))
        )
    )
    explained = db.session.execute(
        select(IndicatorExplanation.code, IndicatorExplanation.text).where(
            IndicatorExplanation.assignment_id == assignment_id
        )
    )
    named |= {code for code, text in explained if text.strip()}
    return tuple(code for code in score.weak_codes(sheet_rows(assignment_id)) if code not in named)


def _finding_facts(assignment_id: int) -> dict[str, Any]:
    statement = db.session.scalar(select(Assignment.no_findings_statement).where(Assignment.id == assignment_id))
    count = db.session.scalar(
        select(func.count()).where(Finding.assignment_id == assignment_id, Finding.withdrawn.is_(False))
    )
    return {
        "no_findings": bool(statement and statement.strip()),
        "findings": count or 0,
        "weak_unexplained": weak_unexplained(assignment_id),
    }


def wording(title: str, text: str) -> str:
    """The digest of a finding's wording; an answer holds for this wording only."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


def current_round(assignment_id: int) -> CommentRound | None:
    return db.session.scalars(
        select(CommentRound)
        .where(CommentRound.assignment_id == assignment_id)
        .order_by(CommentRound.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()


def brought_along(assignment_id: int) -> frozenset[int]:
    """Ids of the comments that repeat an answer of an earlier submitted round: disputes that were still open."""
    rows = db.session.execute(
        select(Comment.id, Comment.finding_id, Comment.digest, CommentRound.number, CommentRound.submitted_at)
        .join(CommentRound, CommentRound.id == Comment.round_id)
        .where(CommentRound.assignment_id == assignment_id)
    ).all()
    first: dict[tuple[int, str], int] = {}
    for _id, finding_id, digest, number, submitted_at in rows:
        if submitted_at is not None:
            first[finding_id, digest] = min(number, first.get((finding_id, digest), number))
    return frozenset(
        id_ for id_, finding_id, digest, number, _at in rows if first.get((finding_id, digest), number) < number
    )


def counting(round_: CommentRound) -> frozenset[int]:
    """Ids of a round's comments that count: of one deemed unanswered only those brought along from before."""
    if round_.recalled_at is not None:
        return frozenset()
    if round_.deemed_none_at is not None:
        return brought_along(round_.assignment_id)
    return frozenset(db.session.scalars(select(Comment.id).where(Comment.round_id == round_.id)))


def findings_to_answer(assignment_id: int) -> tuple[int, ...]:
    """Ids of the findings whose wording no earlier submitted round has answered, in their order."""
    answered = set(
        db.session.execute(
            select(Comment.finding_id, Comment.digest)
            .join(CommentRound, CommentRound.id == Comment.round_id)
            .where(CommentRound.assignment_id == assignment_id, CommentRound.submitted_at.is_not(None))
        ).all()
    )
    rows = db.session.execute(
        select(Finding.id, Finding.title, Finding.text)
        .where(Finding.assignment_id == assignment_id, Finding.withdrawn.is_(False))
        .order_by(Finding.number)
    )
    return tuple(id_ for id_, title, text in rows if (id_, wording(title, text)) not in answered)


def _round_facts(assignment_id: int) -> dict[str, Any]:
    round_ = current_round(assignment_id)
    statement = db.session.scalar(select(Assignment.no_findings_statement).where(Assignment.id == assignment_id))
    kept = db.session.execute(
        select(Finding.id, Finding.number).where(Finding.assignment_id == assignment_id, Finding.withdrawn.is_(False))
    ).all()
    if round_ is None or (statement and statement.strip()):
        return {"none_kept": not kept}
    comments = {
        c.finding_id: c
        for c in db.session.scalars(
            select(Comment).where(Comment.round_id == round_.id).execution_options(populate_existing=True)
        )
    }
    numbers = {id_: number for id_, number in kept}
    asked = () if round_.submitted_at or round_.deemed_none_at else findings_to_answer(assignment_id)
    # what an open round holds counts once it is submitted; of a round deemed empty only what was said before it
    live = {id_: c for id_, c in comments.items() if c.id in counting(round_)}
    disputed = [c for c in live.values() if c.stance == Stance.DISPUTE and c.finding_id in numbers]
    adopted = (Ruling.ADOPT, Reply.WITHDRAW)  # the firm took the finding back, and that was adopted
    cancelled = {
        c.finding_id for c in disputed if c.ruling == Ruling.CANCEL or (c.ruling, c.reply) == adopted
    }
    return {
        "unanswered": tuple(numbers[id_] for id_ in asked if id_ not in comments),
        "undisputed_reasons": _sorted(numbers, (c for c in disputed if not c.reason.strip())),
        "any_dispute": bool(disputed),
        "unreplied": _sorted(numbers, (c for c in disputed if not _replied(c))),
        "unruled": _sorted(numbers, (c for c in disputed if c.ruling is None or not c.ruling_reason.strip())),
        "none_kept": not set(numbers) - cancelled,
    }


def _sorted(numbers: dict[int, int], comments: Any) -> tuple[int, ...]:
    return tuple(sorted(numbers[c.finding_id] for c in comments))


def _replied(comment: Comment) -> bool:
    if comment.reply is None or not comment.reply_reason.strip():
        return False
    return comment.reply != Reply.CHANGE or bool(comment.reply_text.strip())


def _suggestion_facts(assignment_id: int) -> dict[str, Any]:
    findings = db.session.execute(
        select(Finding.id, Finding.number)
        .where(Finding.assignment_id == assignment_id, Finding.withdrawn.is_(False))
        .order_by(Finding.number)
    ).all()
    suggestions = db.session.execute(
        select(Suggestion.id, Suggestion.number, Suggestion.rect_class, Suggestion.due_on)
        .where(Suggestion.assignment_id == assignment_id)
        .order_by(Suggestion.number)
    ).all()
    kept = {id_ for id_, _ in findings}
    links = db.session.execute(
        select(SuggestionFinding.suggestion_id, SuggestionFinding.finding_id)
        .join(Suggestion, Suggestion.id == SuggestionFinding.suggestion_id)
        .where(Suggestion.assignment_id == assignment_id)
    ).all()
    linked = {s for s, f in links if f in kept}
    answered = {f for _, f in links}
    return {
        "unanswered_findings": tuple(number for id_, number in findings if id_ not in answered),
        "unlinked_suggestions": tuple(number for id_, number, _, _ in suggestions if id_ not in linked),
        "unclassified": tuple(
            number for _, number, rect_class, due_on in suggestions if not rect_class or not _future(due_on)
        ),
    }


def _future(day: date | None) -> bool:
    return day is not None and day >= clock.today()


# ---------------------------------------------------------------- items


def _item_totals(project_id: int) -> dict[str, Any]:
    rows = db.session.execute(
        select(RectItem.number, RectItem.state).where(RectItem.project_id == project_id).order_by(RectItem.number)
    ).all()
    notice_open = db.session.scalar(
        select(exists().where(Notice.project_id == project_id, Notice.acknowledged_at.is_(None)))
    )
    return {
        "has_items": bool(rows),
        "unsettled": tuple(number for number, state in rows if state not in SETTLED_ITEMS),
        "notice_open": bool(notice_open),
    }


def item_movable(project_state: str, continuing: bool) -> bool:
    """Items move while the project is 整改中; a continuing one also behind 已办结 and 已公开."""
    return project_state == P.RECTIFYING or (continuing and project_state in (P.CLOSED, P.PUBLISHED))


def item_facts(item: RectItem, project_state: str, actor: Actor) -> ItemFacts:
    return _item_facts(item, project_state, actor, newest_entry(item.project_id, item.id))


def items_facts(
    items: Iterable[RectItem], project_state: str, actor: Actor, newest: Mapping[int, Newest]
) -> dict[int, ItemFacts]:
    """What the guards of several items read, by their ids; `newest` as found by `newest_of_items`."""
    return {item.id: _item_facts(item, project_state, actor, newest.get(item.id)) for item in items}


def _item_facts(item: RectItem, project_state: str, actor: Actor, newest: Newest | None) -> ItemFacts:
    return ItemFacts(
        actor_submitted=item.submitted_by == actor.id,
        **_newest(newest, ITEM, actor),
        state=I(item.state),
        due_on=item.due_on,
        movable=item_movable(project_state, item.continuing),
        project_published=project_state == P.PUBLISHED,
        project_reopenable=project_state in (P.RECTIFYING, P.CLOSING, P.CLOSED, P.PUBLISHED),
        immediate=item.rect_class == RectClass.IMMEDIATE,
    )
