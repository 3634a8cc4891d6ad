"""What was found, and what was said about it, as far as this person is shown it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from perfflow.core import facts
from perfflow.core.access import Reach
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.file import Attachment
from perfflow.models.finding import Comment, CommentRound, Finding, FindingIndicator, IndicatorExplanation
from perfflow.process import (
    CATEGORIES,
    REPLIES,
    RULINGS,
    SEVERITIES,
    STANCES,
    AttachmentPurpose,
    Datum,
    FindingCategory,
    Reply,
    Ruling,
    Severity,
    Stance,
    Viewer,
)
from perfflow.rules import score


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that came with an answer."""

    id: int
    name: str
    size: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One round's word on one finding. What is not yet shown to this person is empty or None."""

    id: int
    finding_id: int
    round: int
    stance: str
    stance_label: str
    reason: str
    submitted_at: datetime | None
    files: tuple[FileRow, ...]
    reply: str | None
    reply_label: str
    reply_title: str
    reply_text: str
    reply_reason: str
    replied_at: datetime | None
    ruling: str | None
    ruling_label: str
    ruling_reason: str
    ruled_at: datetime | None

    @property
    def proposes(self) -> bool:
        """The firm proposed another wording, or to drop the finding."""
        return self.reply in (Reply.CHANGE, Reply.WITHDRAW)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding. Labels are message ids."""

    id: int
    number: int
    title: str
    text: str
    category: str
    category_label: str
    severity: str
    severity_label: str
    amount_fen: int | None
    codes: tuple[str, ...]
    withdrawn: bool
    comments: tuple[CommentRow, ...]


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One 征求意见. The general comment is empty until it is shown to this person."""

    id: int
    number: int
    version: int
    sent_at: datetime
    general_comment: str
    submitted_at: datetime | None
    deemed_none_at: datetime | None
    recalled_at: datetime | None
    replied_at: datetime | None
    ruled_at: datetime | None

    @property
    def live(self) -> bool:
        """Its answers count; of one deemed empty those that were brought along."""
        return self.recalled_at is None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A leaf of the score sheet, to be named by a finding."""

    code: str
    name: str
    weight: int
    score: int | None
    weak: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disputed finding of the live round."""

    finding: FindingRow
    comment: CommentRow


def findings(reach: Reach) -> list[FindingRow]:
    """The findings of the present assignment, in their order, withdrawn ones included."""
    if reach.assignment_id is None or not reach.sees(Datum.FINDINGS):
        return []
    codes: dict[int, list[str]] = {}
    for finding_id, code in db.session.execute(
        select(FindingIndicator.finding_id, FindingIndicator.code)
        .join(Finding, Finding.id == FindingIndicator.finding_id)
        .where(Finding.assignment_id == reach.assignment_id)
        .order_by(FindingIndicator.code)
    ):
        codes.setdefault(finding_id, []).append(code)
    comments: dict[int, list[CommentRow]] = {}
    for comment in _comments(reach):
        comments.setdefault(comment.finding_id, []).append(comment)
    rows = db.session.execute(
        select(
            Finding.id, Finding.number, Finding.title, Finding.text, Finding.category, Finding.severity,
            Finding.amount_fen, Finding.withdrawn,
        )
        .where(Finding.assignment_id == reach.assignment_id)
        .order_by(Finding.number)
    )  # fmt: skip
    return [
        FindingRow(
            id=id_,
            number=number,
            title=title,
            text=text,
            category=category,
            category_label=CATEGORIES[FindingCategory(category)],
            severity=severity,
            severity_label=SEVERITIES[Severity(severity)],
            amount_fen=amount_fen,
            codes=tuple(codes.get(id_, ())),
            withdrawn=withdrawn,
            comments=tuple(comments.get(id_, ())),
        )
        for id_, number, title, text, category, severity, amount_fen, withdrawn in rows
    ]


def kept(reach: Reach) -> list[FindingRow]:
    """The findings that stand."""
    return [finding for finding in findings(reach) if not finding.withdrawn]


def rounds(reach: Reach) -> list[RoundRow]:
    """Every 征求意见 of the present assignment, oldest first."""
    if reach.assignment_id is None or not reach.sees(Datum.FINDINGS):
        return []
    rows = db.session.execute(
        select(
            CommentRound.id, CommentRound.number, CommentRound.version, CommentRound.sent_at,
            CommentRound.general_comment, CommentRound.submitted_at, CommentRound.deemed_none_at,
            CommentRound.recalled_at, CommentRound.replied_at, CommentRound.ruled_at,
        )
        .where(CommentRound.assignment_id == reach.assignment_id)
        .order_by(CommentRound.number)
    )  # fmt: skip
    return [
        RoundRow(
            id_, number, version, sent_at,
            general if submitted_at or reach.viewer is Viewer.UNIT else "",
            submitted_at, deemed, recalled, replied, ruled,
        )
        for id_, number, version, sent_at, general, submitted_at, deemed, recalled, replied, ruled in rows
    ]  # fmt: skip


def current_round(reach: Reach) -> RoundRow | None:
    found = rounds(reach)
    return found[-1] if found else None


def statement(reach: Reach) -> str:
    """The firm's written statement that it found nothing; "" otherwise."""
    if reach.assignment_id is None or not reach.sees(Datum.FINDINGS):
        return ""
    return db.session.scalar(
        select(Assignment.no_findings_statement).where(Assignment.id == reach.assignment_id)
    ) or ""


def explanations(reach: Reach) -> dict[str, str]:
    """Why a weak indicator has no finding, by code."""
    if reach.assignment_id is None or not reach.sees(Datum.FINDINGS):
        return {}
    return dict(
        db.session.execute(
            select(IndicatorExplanation.code, IndicatorExplanation.text)
            .where(IndicatorExplanation.assignment_id == reach.assignment_id)
            .order_by(IndicatorExplanation.code)
        ).all()
    )


def indicators(reach: Reach) -> list[Indicator]:
    """The leaves of the score sheet, the weak ones marked."""
    if reach.assignment_id is None or reach.table_only or not reach.sees(Datum.EVALUATION):
        return []
    nodes = score.tree(facts.sheet_rows(reach.assignment_id))
    return [Indicator(n.code, n.name, n.weight, n.score, n.weak) for n in nodes if n.leaf]


def version(reach: Reach) -> int:
    """The version of what the firm writes."""
    return db.session.scalar(select(Assignment.version).where(Assignment.id == reach.assignment_id)) or 1


def to_answer(reach: Reach) -> list[FindingRow]:
    """The findings the unit is asked about in this round: new ones, and those with another wording."""
    if reach.assignment_id is None:
        return []
    asked = set(facts.findings_to_answer(reach.assignment_id))
    return [finding for finding in kept(reach) if finding.id in asked]


def disputes(reach: Reach) -> list[Dispute]:
    """The disputed findings of the live round, as far as this person is shown them."""
    round_ = current_round(reach)
    if round_ is None or not round_.live:
        return []
    deemed = round_.deemed_none_at is not None
    brought = facts.brought_along(reach.assignment_id or 0) if deemed else frozenset()
    return [
        Dispute(finding, comment)
        for finding in kept(reach)
        for comment in finding.comments
        if comment.round == round_.number and comment.stance == Stance.DISPUTE
        if not deemed or comment.id in brought
    ]


def _comments(reach: Reach) -> list[CommentRow]:
    """Answers are shown to others once submitted, replies once given, rulings once made."""
    rows = db.session.execute(
        select(
            Comment.id, Comment.finding_id, Comment.round_id, CommentRound.number, Comment.stance,
            Comment.reason, Comment.reply, Comment.reply_title, Comment.reply_text, Comment.reply_reason,
            Comment.ruling, Comment.ruling_reason,
            CommentRound.submitted_at, CommentRound.replied_at, CommentRound.ruled_at,
        )
        .join(CommentRound, CommentRound.id == Comment.round_id)
        .where(CommentRound.assignment_id == reach.assignment_id)
        .order_by(CommentRound.number, Comment.id)
    )  # fmt: skip
    files = _files(reach)
    brought = facts.brought_along(reach.assignment_id or 0)
    shown = []
    for (
        id_, finding_id, round_id, number, stance, reason, reply, reply_title, reply_text, reply_reason,
        ruling, ruling_reason, submitted_at, replied_at, ruled_at,
    ) in rows:  # fmt: skip
        if submitted_at is None and reach.viewer is not Viewer.UNIT and id_ not in brought:
            continue
        if replied_at is None and reach.viewer is not Viewer.FIRM:
            reply, reply_title, reply_text, reply_reason = None, "", "", ""
        if ruled_at is None and reach.viewer is not Viewer.SUPERVISOR:
            ruling, ruling_reason = None, ""
        shown.append(
            CommentRow(
                id=id_,
                finding_id=finding_id,
                round=number,
                stance=stance,
                stance_label=STANCES[Stance(stance)],
                reason=reason,
                submitted_at=submitted_at,
                files=tuple(files.get((round_id, finding_id), ())),
                reply=reply,
                reply_label=REPLIES[Reply(reply)] if reply else "",
                reply_title=reply_title,
                reply_text=reply_text,
                reply_reason=reply_reason,
                replied_at=replied_at,
                ruling=ruling,
                ruling_label=RULINGS[Ruling(ruling)] if ruling else "",
                ruling_reason=ruling_reason,
                ruled_at=ruled_at,
            )
        )
    return shown


def _files(reach: Reach) -> dict[tuple[int | None, int | None], list[FileRow]]:
    found: dict[tuple[int | None, int | None], list[FileRow]] = {}
    rows = db.session.execute(
        select(
            Attachment.round_id, Attachment.finding_id, Attachment.id, Attachment.name, Attachment.size,
            Attachment.withdrawn_at,
        )
        .where(
            Attachment.project_id == reach.id,
            Attachment.assignment_id == reach.assignment_id,
            Attachment.purpose == AttachmentPurpose.COMMENT,
        )
        .order_by(Attachment.id)
    )  # fmt: skip
    for round_id, finding_id, id_, name, size, withdrawn_at in rows:
        file = FileRow(id_, name, size, withdrawn_at is not None)
        found.setdefault((round_id, finding_id), []).append(file)
    return found


def source(row: FindingRow) -> tuple[str, list[str]]:
    """The key by which the source of a finding is remembered, and the wording that is from it."""
    return f"finding-{row.id}", [row.title, row.text]
