"""Writing findings, answering them, replying, ruling; and what the acts of this stage bring with them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from perfflow.core import editing, facts, files, filings
from perfflow.core.access import Actor, Reach
from perfflow.core.advance import Step, effect
from perfflow.core.errors import Invalid, NotFound
from perfflow.core.files import Received
from perfflow.core.journal import Change
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.finding import (
    Comment,
    CommentRound,
    Finding,
    FindingIndicator,
    IndicatorExplanation,
    Suggestion,
    SuggestionFinding,
)
from perfflow.models.journal import JournalEntry
from perfflow.process import (
    CATEGORIES,
    FINDINGS_WRITTEN_IN,
    N_,
    REACHED,
    REPLIES,
    RULINGS,
    SEVERITIES,
    STANCES,
    AttachmentPurpose,
    Datum,
    FindingCategory,
    P,
    Party,
    Reply,
    Ruling,
    Severity,
    Sight,
    Stance,
)
from perfflow.rules import score

HIGHEST_NUMBER = 200
TITLE_LIMIT = 200
TEXT_LIMIT = 20_000
REASON_LIMIT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingValues:
    """One finding as written. `id`: the finding this is the new wording of; None for a new one.

    `glued`: as filed, it follows the one before without a paragraph break; None leaves that as it was.
    """

    number: int
    text: str
    category: str
    severity: str
    title: str = ""
    glued: bool | None = None
    amount_fen: int | None = None
    codes: tuple[str, ...] = ()
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsValues:
    """Everything the firm says in this stage. `explanations`: code and text."""

    findings: tuple[FindingValues, ...] = ()
    explanations: tuple[tuple[str, str], ...] = ()
    no_findings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerValues:
    """The unit's answer to one finding; without a stance it is not answered yet."""

    finding_id: int
    stance: str
    reason: str = ""
    files: tuple[Received, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentsValues:
    answers: tuple[AnswerValues, ...] = ()
    general_comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyValues:
    """The firm's reply to one dispute; title and text are the new wording of a change."""

    finding_id: int
    reply: str
    reason: str = ""
    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingValues:
    """The supervisor's ruling on one dispute."""

    finding_id: int
    ruling: str
    reason: str = ""


# ---------------------------------------------------------------- the firm writes


def save_findings(
    project_id: int, values: FindingsValues, *, actor: Actor, version: int | None = None
) -> None:
    """Save findings, explanations and statement as they are now; what is no longer there is removed.

    A finding that was ever sent out is not deleted but marked withdrawn: its answers keep their subject.
    """
    reach = editing.to_edit(project_id, Party.EVALUATOR, FINDINGS_WRITTEN_IN, actor=actor)
    assignment = _assignment(reach, version)
    present = {f.id: f for f in _standing(assignment.id)}
    kept = {f.id for f in values.findings}
    # one that was sent out stays on file, and keeps its number, when it is taken out now
    leaving = {f.number for f in present.values() if f.id not in kept and f.id in _sent_out(assignment.id)}
    taken = _withdrawn_numbers(assignment.id) | leaving
    _check(values, present, _leaves(reach, assignment.id), taken)
    changes = [
        *_removed(assignment.id, present, {f.id for f in values.findings}),
        *_rewritten(present, values.findings),
        *_added(reach, assignment.id, values.findings),
        *_explained(assignment.id, values.explanations),
        *_stated(assignment, values.no_findings),
    ]
    db.session.flush()
    claimed = (Assignment, assignment.id)
    editing.record(reach, "save_findings", Datum.FINDINGS, changes, actor=actor, draft=True, claimed=claimed)


def _assignment(reach: Reach, version: int | None) -> Assignment:
    if reach.assignment_id is None:
        raise NotFound
    editing.claim(Assignment, reach.assignment_id, version, reach)
    return db.session.get_one(Assignment, reach.assignment_id, populate_existing=True)


def _standing(assignment_id: int) -> list[Finding]:
    return list(
        db.session.scalars(
            select(Finding)
            .where(Finding.assignment_id == assignment_id, Finding.withdrawn.is_(False))
            .order_by(Finding.number)
            .execution_options(populate_existing=True)
        )
    )


def _leaves(reach: Reach, assignment_id: int) -> frozenset[str]:
    if reach.table_only:
        return frozenset()
    return frozenset(node.code for node in score.tree(facts.sheet_rows(assignment_id)) if node.leaf)


def _withdrawn_numbers(assignment_id: int) -> frozenset[int]:
    return frozenset(
        db.session.scalars(
            select(Finding.number).where(Finding.assignment_id == assignment_id, Finding.withdrawn.is_(True))
        )
    )


def _check(
    values: FindingsValues, present: dict[int, Finding], leaves: frozenset[str], taken: frozenset[int]
) -> None:
    numbers: set[int] = set()
    for finding in values.findings:
        shown = {"number": finding.number}
        if not 1 <= finding.number <= HIGHEST_NUMBER:
            raise Invalid("findings", N_("问题序号应在 1 到 %(highest)d 之间。"), highest=HIGHEST_NUMBER)
        if finding.number in numbers:
            raise Invalid("findings", N_("有两个问题都编为第 %(number)d 号，请改正序号。"), **shown)
        if finding.number in taken:
            raise Invalid("findings", N_("第 %(number)d 号属于已撤销的问题，请换一个序号。"), **shown)
        numbers.add(finding.number)
        if finding.id is not None and finding.id not in present:
            raise NotFound
        if not finding.text.strip():
            raise Invalid("findings", N_("问题 %(number)d 的内容还没有填写。"), **shown)
        if len(finding.title) > TITLE_LIMIT or len(finding.text) > TEXT_LIMIT:
            raise Invalid("findings", N_("问题 %(number)d 的文字过长。"), **shown)
        if finding.category not in set(FindingCategory) or finding.severity not in set(Severity):
            raise Invalid("findings", N_("请选择问题 %(number)d 的类别和严重程度。"), **shown)
        if not set(finding.codes) <= leaves:
            raise Invalid("findings", N_("问题 %(number)d 所选的指标不在评分表的末级指标之内。"), **shown)
    ids = [f.id for f in values.findings if f.id is not None]
    if len(ids) != len(set(ids)):
        raise NotFound
    if not {code for code, _text in values.explanations} <= leaves:
        raise Invalid("explanations", N_("所说明的指标不在评分表的末级指标之内。"))


def _removed(assignment_id: int, present: dict[int, Finding], wanted: set[int | None]) -> list[Change]:
    gone = [finding for id_, finding in present.items() if id_ not in wanted]
    sent = _sent_out(assignment_id) if gone else set()
    for finding in gone:
        if finding.id in sent:
            finding.withdrawn = True
            continue
        db.session.execute(delete(SuggestionFinding).where(SuggestionFinding.finding_id == finding.id))
        db.session.delete(finding)
        del present[finding.id]
    db.session.flush()
    return [Change(N_("问题"), _whole(f.number, f.title, f.text), "") for f in gone]


def _sent_out(assignment_id: int) -> set[int]:
    """Findings the unit was ever asked about: the entries of 发出征求意见 name them."""
    bodies = db.session.scalars(
        select(JournalEntry.body).where(
            JournalEntry.assignment_id == assignment_id, JournalEntry.action == "send_out"
        )
    )
    sent = {id_ for body in bodies for id_ in json.loads(body).get("sent", ())}
    answered = db.session.scalars(
        select(Comment.finding_id)
        .join(CommentRound, CommentRound.id == Comment.round_id)
        .where(CommentRound.assignment_id == assignment_id)
    )
    return sent | set(answered)


def _rewritten(present: dict[int, Finding], wanted: Iterable[FindingValues]) -> list[Change]:
    changes: list[Change] = []
    rows = [(present[values.id], values) for values in wanted if values.id is not None]
    for finding, values in rows:
        old, new = _described(finding, _codes(finding.id)), _described(values, values.codes)
        changes += [Change(label, old[label], new[label]) for label in old if old[label] != new[label]]
        finding.title, finding.text = values.title, values.text
        finding.category, finding.severity = values.category, values.severity
        finding.amount_fen = values.amount_fen
        finding.glued = finding.glued if values.glued is None else values.glued
        _name_codes(finding.id, values.codes)
    editing.renumber((finding, values.number) for finding, values in rows)
    return changes


def _added(reach: Reach, assignment_id: int, wanted: Iterable[FindingValues]) -> list[Change]:
    changes: list[Change] = []
    for values in wanted:
        if values.id is not None:
            continue
        finding = Finding(
            project_id=reach.id,
            assignment_id=assignment_id,
            number=values.number,
            title=values.title,
            text=values.text,
            glued=bool(values.glued),
            category=values.category,
            severity=values.severity,
            amount_fen=values.amount_fen,
        )
        db.session.add(finding)
        db.session.flush()  # its id is wanted for the indicators
        _name_codes(finding.id, values.codes)
        changes.append(Change(N_("问题"), "", _whole(values.number, values.title, values.text)))
    return changes


def _name_codes(finding_id: int, codes: Iterable[str]) -> None:
    db.session.execute(delete(FindingIndicator).where(FindingIndicator.finding_id == finding_id))
    for code in sorted(set(codes)):
        db.session.add(FindingIndicator(finding_id=finding_id, code=code))


def _codes(finding_id: int) -> tuple[str, ...]:
    return tuple(
        db.session.scalars(select(FindingIndicator.code).where(FindingIndicator.finding_id == finding_id))
    )


def _explained(assignment_id: int, explanations: Iterable[tuple[str, str]]) -> list[Change]:
    old = dict(
        db.session.execute(
            select(IndicatorExplanation.code, IndicatorExplanation.text).where(
                IndicatorExplanation.assignment_id == assignment_id
            )
        ).all()
    )
    new = {code: text for code, text in explanations if text.strip()}
    if old == new:
        return []
    former = IndicatorExplanation.assignment_id == assignment_id
    db.session.execute(delete(IndicatorExplanation).where(former))
    for code, text in sorted(new.items()):
        db.session.add(IndicatorExplanation(assignment_id=assignment_id, code=code, text=text))
    return [
        Change(N_("指标说明"), _of(code, old), _of(code, new))
        for code in sorted(old.keys() | new.keys())
        if old.get(code) != new.get(code)
    ]


def _of(code: str, texts: dict[str, str]) -> str:
    return f"{code} {texts[code]}" if code in texts else ""


def _stated(assignment: Assignment, statement: str) -> list[Change]:
    old, new = assignment.no_findings_statement, statement.strip()
    assignment.no_findings_statement = new
    return [Change(N_("未发现问题的说明"), old, new)] if old != new else []


def _whole(number: int, title: str, text: str) -> str:
    return "\n".join(part for part in (f"{number}. {title}".rstrip(), text) if part)


def _described(finding: Finding | FindingValues, codes: Iterable[str]) -> dict[str, str]:
    fen = finding.amount_fen
    return {
        N_("问题序号"): str(finding.number),
        N_("问题标题"): finding.title,
        N_("问题内容"): finding.text,
        N_("问题类别"): CATEGORIES[FindingCategory(finding.category)],
        N_("严重程度"): SEVERITIES[Severity(finding.severity)],
        N_("涉及金额"): "" if fen is None else f"{fen // 100}.{fen % 100:02d}元",
        N_("对应指标"): "、".join(sorted(set(codes))),
    }


# ---------------------------------------------------------------- the unit answers


def save_comments(
    project_id: int, values: CommentsValues, *, actor: Actor, version: int | None = None
) -> None:
    """Save the unit's answers as a draft of the present round; others see them once they are submitted."""
    reach = editing.to_edit(project_id, Party.UNIT, (P.COMMENTING,), actor=actor)
    round_ = _round(reach, version)
    asked = {f.id: f for f in _standing(round_.assignment_id)}
    allowed = set(facts.findings_to_answer(round_.assignment_id))
    changes: list[Change] = []
    for answer in values.answers:
        if answer.finding_id not in allowed:
            raise NotFound
        changes += _answered(reach, round_.id, asked[answer.finding_id], answer, actor)
    general = values.general_comment.strip()
    if general != round_.general_comment:
        changes.append(Change(N_("总体意见"), round_.general_comment, general))
        round_.general_comment = general
    db.session.flush()
    claimed = (CommentRound, round_.id)
    editing.record(reach, "save_comments", Datum.FINDINGS, changes, actor=actor, draft=True, claimed=claimed)


def _round(reach: Reach, version: int | None) -> CommentRound:
    found = facts.current_round(reach.assignment_id) if reach.assignment_id is not None else None
    if found is None:
        raise NotFound
    editing.claim(CommentRound, found.id, version, reach)
    db.session.refresh(found)
    return found


def _answered(
    reach: Reach, round_id: int, finding: Finding, answer: AnswerValues, actor: Actor
) -> list[Change]:
    shown = {"number": finding.number}
    if len(answer.reason) > REASON_LIMIT:
        raise Invalid("answers", N_("对问题 %(number)d 的理由过长。"), **shown)
    comment = _comment(round_id, finding.id)
    old = _said(STANCES, comment.stance, comment.reason) if comment else ""
    if not answer.stance:
        if answer.reason.strip() or answer.files:
            raise Invalid("answers", N_("请先选择对问题 %(number)d 有无异议。"), **shown)
        if comment is not None:
            db.session.delete(comment)
        return _told(N_("反馈"), finding, old, "")
    if answer.stance not in set(Stance):
        raise Invalid("answers", N_("请先选择对问题 %(number)d 有无异议。"), **shown)
    if comment is None:
        comment = Comment(round_id=round_id, finding_id=finding.id, stance=answer.stance, digest="")
        db.session.add(comment)
    comment.stance, comment.reason = answer.stance, answer.reason.strip()
    comment.digest = facts.wording(finding.title, finding.text)
    db.session.flush()
    for received in answer.files:
        files.attach(
            received,
            AttachmentPurpose.COMMENT,
            reach=reach,
            actor=actor,
            assignment_id=finding.assignment_id,
            finding_id=finding.id,
            round_id=round_id,
        )
    return _told(N_("反馈"), finding, old, _said(STANCES, comment.stance, comment.reason))


def _comment(round_id: int, finding_id: int) -> Comment | None:
    return db.session.scalars(
        select(Comment)
        .where(Comment.round_id == round_id, Comment.finding_id == finding_id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _told(label: str, finding: Finding, old: str, new: str) -> list[Change]:
    if old == new:
        return []
    return [Change(label, *(f"{finding.number}. {text}" if text else "" for text in (old, new)))]


def _said(words: Mapping[Any, str], code: str, *texts: str) -> str:
    return "\n".join(text for text in (words[code], *texts) if text)


# ---------------------------------------------------------------- the firm replies


def save_replies(
    project_id: int, values: Iterable[ReplyValues], *, actor: Actor, version: int | None = None
) -> None:
    """Save the firm's replies to the disputes of the present round; a row without a reply is still open."""
    reach = editing.to_edit(project_id, Party.EVALUATOR, (P.DISPUTE_REPLY,), actor=actor)
    round_ = _round(reach, version)
    disputed = _disputed(round_)
    changes: list[Change] = []
    for row in values:
        if row.finding_id not in disputed:
            raise NotFound
        changes += _replied(*disputed[row.finding_id], row)
    db.session.flush()
    claimed = (CommentRound, round_.id)
    editing.record(reach, "save_replies", Datum.FINDINGS, changes, actor=actor, draft=True, claimed=claimed)


def _disputed(round_: CommentRound) -> dict[int, tuple[Finding, Comment]]:
    """The disputes of a round that count, by finding; those of withdrawn findings are settled."""
    counting = facts.counting(round_)
    rows = db.session.execute(
        select(Finding, Comment)
        .join(Comment, Comment.finding_id == Finding.id)
        .where(Comment.round_id == round_.id, Comment.stance == Stance.DISPUTE, Finding.withdrawn.is_(False))
        .order_by(Finding.number)
        .execution_options(populate_existing=True)
    ).all()
    return {finding.id: (finding, comment) for finding, comment in rows if comment.id in counting}


def _replied(finding: Finding, comment: Comment, row: ReplyValues) -> list[Change]:
    shown = {"number": finding.number}
    if row.reply and row.reply not in set(Reply):
        raise Invalid("replies", N_("请选择对问题 %(number)d 的答复。"), **shown)
    if len(row.reason) > REASON_LIMIT or len(row.title) > TITLE_LIMIT or len(row.text) > TEXT_LIMIT:
        raise Invalid("replies", N_("对问题 %(number)d 的答复过长。"), **shown)
    changing = row.reply == Reply.CHANGE
    same = (row.title.strip(), row.text.strip()) == (finding.title, finding.text)
    if changing and row.text.strip() and same:
        raise Invalid("replies", N_("问题 %(number)d 选择了修改，但文字没有变化。"), **shown)
    old = _reply_words(comment)
    comment.reply = row.reply or None
    comment.reply_reason = row.reason.strip()
    comment.reply_title = row.title.strip() if changing else ""
    comment.reply_text = row.text.strip() if changing else ""
    new = _reply_words(comment)
    if old != new:
        comment.ruling = None  # it was made on another reply
    return _told(N_("异议答复"), finding, old, new)


def _reply_words(comment: Comment) -> str:
    if comment.reply is None:
        return comment.reply_reason
    return _said(REPLIES, comment.reply, comment.reply_title, comment.reply_text, comment.reply_reason)


# ---------------------------------------------------------------- the supervisor rules


def save_rulings(
    project_id: int, values: Iterable[RulingValues], *, actor: Actor, version: int | None = None
) -> None:
    """Save the supervisor's rulings; they take effect, and are shown, when the findings are approved."""
    reach = editing.to_edit(project_id, Party.SUPERVISOR, (P.FINDINGS_REVIEW,), actor=actor)
    round_ = _round(reach, version)
    disputed = _disputed(round_)
    changes: list[Change] = []
    for row in values:
        if row.finding_id not in disputed:
            raise NotFound
        changes += _ruled(*disputed[row.finding_id], row)
    db.session.flush()
    claimed = (CommentRound, round_.id)
    editing.record(reach, "save_rulings", Datum.FINDINGS, changes, actor=actor, draft=True, claimed=claimed)


def _ruled(finding: Finding, comment: Comment, row: RulingValues) -> list[Change]:
    shown = {"number": finding.number}
    if row.ruling and row.ruling not in set(Ruling):
        raise Invalid("rulings", N_("请选择对问题 %(number)d 的裁定。"), **shown)
    if row.ruling == Ruling.ADOPT and comment.reply not in (Reply.CHANGE, Reply.WITHDRAW):
        raise Invalid("rulings", N_("评价机构没有提出修改问题 %(number)d，不能裁定“采纳修改”。"), **shown)
    if len(row.reason) > REASON_LIMIT:
        raise Invalid("rulings", N_("对问题 %(number)d 的裁定理由过长。"), **shown)
    old = _said(RULINGS, comment.ruling, comment.ruling_reason) if comment.ruling else ""
    comment.ruling = row.ruling or None
    comment.ruling_reason = row.reason.strip()
    new = _said(RULINGS, comment.ruling, comment.ruling_reason) if comment.ruling else ""
    return _told(N_("裁定"), finding, old, new)


# ---------------------------------------------------------------- what the acts bring with them


@effect("mark_findings")
def mark_findings(step: Step) -> None:
    """The findings are filed: from now on the office may read them."""
    assignment = db.session.get_one(Assignment, step.project.assignment_id, populate_existing=True)
    step.extra["reached_before"] = assignment.reached
    assignment.reached = max(assignment.reached, REACHED[Sight.FINDINGS_FILED])
    filings.keep(step, Datum.FINDINGS, as_filed(assignment.id))


def as_filed(assignment_id: int) -> list[filings.Part]:
    """The findings as they stand now, as a version keeps them."""
    return [
        filings.Part(f"finding-{one.id}", N_("问题 %(n)d"), one.number, f"{one.title}\n{one.text}".strip())
        for one in _standing(assignment_id)
    ]


@effect("open_round")
def open_round(step: Step) -> None:
    """A new round begins. Earlier disputes over the same wording that were never ruled on come along."""
    assignment_id = step.project.assignment_id
    assert assignment_id is not None
    last = db.session.scalar(
        select(func.max(CommentRound.number)).where(CommentRound.assignment_id == assignment_id)
    )
    standing = _standing(assignment_id)
    open_disputes = _never_ruled(assignment_id, standing)
    round_ = CommentRound(
        project_id=step.project.id, assignment_id=assignment_id, number=(last or 0) + 1, sent_at=step.at
    )
    db.session.add(round_)
    db.session.flush()
    for comment in open_disputes:
        db.session.add(
            Comment(
                round_id=round_.id,
                finding_id=comment.finding_id,
                digest=comment.digest,
                stance=comment.stance,
                reason=comment.reason,
                reply=comment.reply,
                reply_title=comment.reply_title,
                reply_text=comment.reply_text,
                reply_reason=comment.reply_reason,
            )
        )
    step.extra["comment_round"] = round_.number
    step.extra["sent"] = [finding.id for finding in standing]
    filings.mark_sent(step, Datum.FINDINGS)


def _never_ruled(assignment_id: int, standing: list[Finding]) -> list[Comment]:
    wordings = {f.id: facts.wording(f.title, f.text) for f in standing}
    rows = db.session.execute(
        select(Comment, CommentRound.ruled_at)
        .join(CommentRound, CommentRound.id == Comment.round_id)
        .where(CommentRound.assignment_id == assignment_id, CommentRound.submitted_at.is_not(None))
        .order_by(CommentRound.number)
    ).all()
    newest = {
        comment.finding_id: (comment, ruled_at)
        for comment, ruled_at in rows
        if wordings.get(comment.finding_id) == comment.digest
    }
    return [c for c, ruled_at in newest.values() if ruled_at is None and c.stance == Stance.DISPUTE]


def _present_round(step: Step) -> CommentRound | None:
    if step.project.assignment_id is None:
        return None
    return facts.current_round(step.project.assignment_id)


@effect("close_round")
def close_round(step: Step) -> None:
    """The unit has answered: from now on its answers are shown."""
    round_ = _present_round(step)
    assert round_ is not None
    round_.submitted_at = step.at
    round_.version += 1
    step.extra["comment_round"] = round_.number


@effect("deem_round")
def deem_round(step: Step) -> None:
    round_ = _present_round(step)
    assert round_ is not None
    round_.deemed_none_at = step.at
    if any(comment.reply for _finding, comment in _disputed(round_).values()):
        round_.replied_at = step.at  # disputes of an earlier round are ruled on with the reply they had
    round_.version += 1
    step.extra["comment_round"] = round_.number


@effect("recall_round")
def recall_round(step: Step) -> None:
    round_ = _present_round(step)
    assert round_ is not None
    round_.recalled_at = step.at
    round_.version += 1
    step.extra["comment_round"] = round_.number


@effect("mark_replied")
def mark_replied(step: Step) -> None:
    """The firm has replied: from now on its replies are shown."""
    round_ = _present_round(step)
    assert round_ is not None
    round_.replied_at = step.at
    round_.version += 1


@effect("reopen_replies")
def reopen_replies(step: Step) -> None:
    """The replies are the firm's to change again, and hidden until they are given anew."""
    round_ = _present_round(step)
    assert round_ is not None
    round_.replied_at = None
    round_.version += 1


@effect("apply_rulings")
def apply_rulings(step: Step) -> None:
    """The rulings take effect: adopted wordings replace the old, cancelled findings leave the result."""
    if step.target == P.CLOSING:
        # no finding stands: a suggestion that was drafted early would otherwise be shown now, never submitted
        db.session.execute(delete(Suggestion).where(Suggestion.assignment_id == step.project.assignment_id))
    round_ = _present_round(step)
    if round_ is None or round_.ruled_at is not None:
        return
    for finding, comment in _disputed(round_).values():
        ruled = (comment.ruling, comment.reply)
        if ruled == (Ruling.ADOPT, Reply.CHANGE):
            if finding.title != comment.reply_title:
                step.changes.append(Change(N_("问题标题"), finding.title, comment.reply_title))
            step.changes.append(Change(N_("问题内容"), finding.text, comment.reply_text))
            finding.title, finding.text = comment.reply_title, comment.reply_text
        elif comment.ruling == Ruling.CANCEL or ruled == (Ruling.ADOPT, Reply.WITHDRAW):
            finding.withdrawn = True
            step.changes.append(Change(N_("问题"), _whole(finding.number, finding.title, finding.text), ""))
    round_.ruled_at = step.at
    round_.version += 1
    db.session.flush()
    filings.keep(step, Datum.FINDINGS, as_filed(round_.assignment_id), sent=True)
