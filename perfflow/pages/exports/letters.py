"""The letters that go out, filled from the record, batch by batch: every project is read through the scope of this
person. As many statements for a batch whatever its number of rows."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from perfflow.core import calendar, clock
from perfflow.core.access import Actor
from perfflow.core.outgoing import COMMENT_LETTER, FEEDBACK, NOTICE
from perfflow.db import db
from perfflow.models.evaluation import Assignment, ScoreItem
from perfflow.models.filing import Filing
from perfflow.models.finding import CommentRound, Finding, FindingIndicator, Suggestion
from perfflow.models.item import Notice, RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Organisation
from perfflow.pages.exports.reads import answered, batches, entry, grouped, heads
from perfflow.papers.letters import AskedFinding, CommentLetter, FeedbackLetter, NoticeItem, NoticeLetter
from perfflow.papers.numbering import Manner
from perfflow.papers.official import Entry
from perfflow.papers.result_table import Record, written
from perfflow.process import ITEM_STATES, RECT_CLASSES, Datum, I, P, RectClass
from perfflow.workflow.definition import Days

# ---------------------------------------------------------------- 征求意见稿


def comment_letters(actor: Actor, ids: Sequence[int]) -> Iterator[CommentLetter]:
    """Of the newest round that was not recalled: the findings as they were sent out in it."""
    for batch in batches(COMMENT_LETTER, actor, ids):
        assignments = [row.assignment_id for row in batch.values()]
        rounds = _rounds(assignments)
        sent = _sent(assignments)
        until = _until(list(batch))
        findings = _findings(assignments)
        codes = _indicators(assignments)
        for row in batch.values():
            round_, next_sent = rounds[row.assignment_id]
            there = findings.get(row.assignment_id, [])
            asked = _as_sent(sent.get(row.assignment_id, []), round_.sent_at, there)
            yield CommentLetter(
                heads(row, clock.local_day(round_.sent_at)),
                row.due_on if row.state == P.COMMENTING else _last_until(until.get(row.id, []), next_sent),
                tuple(AskedFinding(one, codes.get(id_, ())) for id_, one in asked),
            )


def _rounds(assignments: list[int]) -> dict[int, tuple[Any, datetime | None]]:
    """By assignment the newest round that was not recalled, and when the one after it was sent."""
    found: dict[int, tuple[Any, datetime | None]] = {}
    rows = grouped(
        select(CommentRound.assignment_id, CommentRound.sent_at, CommentRound.recalled_at)
        .where(CommentRound.assignment_id.in_(assignments))
        .order_by(CommentRound.number)
    )
    for assignment_id, mine in rows.items():
        at = max(index for index, one in enumerate(mine) if one.recalled_at is None)
        found[assignment_id] = mine[at], mine[at + 1].sent_at if at + 1 < len(mine) else None
    return found


def _sent(assignments: list[int]) -> dict[int, list[Any]]:
    """The versions of the findings that were sent out, oldest first."""
    return grouped(
        select(Filing.assignment_id, Filing.sent_at, Filing.content)
        .where(
            Filing.assignment_id.in_(assignments), Filing.datum == Datum.FINDINGS.value, Filing.sent_at.is_not(None)
        )
        .order_by(Filing.number)
    )


def _findings(assignments: list[int]) -> dict[int, list[Any]]:
    return grouped(
        select(
            Finding.assignment_id, Finding.id, Finding.number, Finding.title, Finding.text, Finding.withdrawn
        )
        .where(Finding.assignment_id.in_(assignments))
        .order_by(Finding.number)
    )  # fmt: skip


def _as_sent(versions: list[Any], sent_at: datetime, there: list[Any]) -> list[tuple[int, Entry]]:
    """The findings by their id in the wording of the version that went out then; as they stand now, where no
    version was kept."""
    now = [one.content for one in versions if one.sent_at == sent_at]
    before = [one.content for one in versions if one.sent_at < sent_at]
    content = now[0] if now else before[-1] if before else None
    if content is None:
        return [(row.id, entry(row)) for row in there if not row.withdrawn]
    titled = {row.id: bool(row.title) for row in there}
    found = []
    for key, _label, number, text in json.loads(content):
        id_ = int(key.rpartition("-")[2])
        title, _break, rest = text.partition("\n") if titled.get(id_) else ("", "", text)
        found.append((id_, Entry(number, title, rest)))
    return found


def _indicators(assignments: list[int]) -> dict[int, tuple[str, ...]]:
    """By finding the indicators it explains, "A22 绩效指标明确性"."""
    rows = grouped(
        select(FindingIndicator.finding_id, FindingIndicator.code, ScoreItem.name)
        .join(Finding, Finding.id == FindingIndicator.finding_id)
        .outerjoin(
            ScoreItem,
            (ScoreItem.assignment_id == Finding.assignment_id) & (ScoreItem.code == FindingIndicator.code),
        )
        .where(Finding.assignment_id.in_(assignments))
        .order_by(FindingIndicator.code)
    )
    return {
        id_: tuple(f"{code} {name}" if name else code for _id, code, name in codes) for id_, codes in rows.items()
    }


def _until(project_ids: list[int]) -> dict[int, list[Any]]:
    """The acts that left a project in 征求意见, each with the last day it set."""
    return grouped(
        select(JournalEntry.project_id, JournalEntry.at, JournalEntry.body)
        .where(
            JournalEntry.project_id.in_(project_ids), JournalEntry.item_id.is_(None),
            JournalEntry.to_state == P.COMMENTING.value,
        )
        .order_by(JournalEntry.id)
    )  # fmt: skip


def _last_until(acts: list[Any], before: datetime | None) -> date | None:
    told = [json.loads(act.body).get("due") for act in acts if before is None or act.at < before]
    return date.fromisoformat(told[-1]) if told and told[-1] else None


# ---------------------------------------------------------------- 评价结果反馈书


def feedback_letters(actor: Actor, ids: Sequence[int]) -> Iterator[FeedbackLetter]:
    """Dated when the notice was issued; without suggestions there is none, and the findings' approval counts."""
    more = (
        Assignment.paid_fen, Assignment.paid_filed, Assignment.total, Assignment.total_filed, Assignment.grade,
        Assignment.main_performance, Organisation.score_suffix, Organisation.trim_decimals,
        Organisation.number_style, Organisation.title_own_line,
    )  # fmt: skip
    for batch in batches(FEEDBACK, actor, ids, *more):
        assignments = [row.assignment_id for row in batch.values()]
        findings, suggestions = _findings(assignments), _suggestions(assignments)
        days = _approved(list(batch)) | {id_: one.issued_at for id_, one in _notices(list(batch)).items()}
        for row in batch.values():
            standing = [one for one in findings.get(row.assignment_id, []) if not one.withdrawn]
            table = written(_record(row), _manner(row))
            day = days.get(row.id)
            yield FeedbackLetter(
                heads(row, clock.local_day(day) if day else None),
                table.final_amount,
                table.score,
                row.grade,
                row.main_performance,
                tuple(Entry(at, one.title, one.text) for at, one in enumerate(standing, 1)),
                tuple(entry(one) for one in suggestions.get(row.assignment_id, [])),
            )


def _record(row: Any) -> Record:
    """As much of the result as its short cells are made of."""
    return Record(
        name=row.name, name_filed=row.name_filed or "", paid_fen=row.paid_fen, paid_filed=row.paid_filed,
        total=row.total, total_filed=row.total_filed, grade=row.grade, main_performance=row.main_performance,
        rectification="",
    )  # fmt: skip


def _manner(row: Any) -> Manner:
    return Manner(row.quote_names, row.score_suffix, row.trim_decimals, row.number_style, row.title_own_line)


def _suggestions(assignments: list[int]) -> dict[int, list[Any]]:
    return grouped(
        select(Suggestion.assignment_id, Suggestion.number, Suggestion.title, Suggestion.text)
        .where(Suggestion.assignment_id.in_(assignments))
        .order_by(Suggestion.number)
    )


def _approved(project_ids: list[int]) -> dict[int, datetime]:
    rows = db.session.execute(
        select(JournalEntry.project_id, func.max(JournalEntry.at))
        .where(JournalEntry.project_id.in_(project_ids), JournalEntry.action == "approve_findings")
        .group_by(JournalEntry.project_id)
    )
    return {project_id: at for project_id, at in rows if project_id is not None}


# ---------------------------------------------------------------- 整改通知书


def notice_letters(actor: Actor, ids: Sequence[int]) -> Iterator[NoticeLetter]:
    """The newest notice of each, with the class and day it set."""
    for batch in batches(NOTICE, actor, ids):
        notices = _notices(list(batch))
        of = RectItem.notice_id.in_([one.id for one in notices.values()])
        items = grouped(
            select(
                RectItem.project_id, RectItem.rect_class, RectItem.deadline, Suggestion.id, Suggestion.number,
                Suggestion.title, Suggestion.text, Suggestion.due_on,
            )
            .join(Suggestion, Suggestion.id == RectItem.suggestion_id)
            .where(of)
            .order_by(RectItem.number)
        )  # fmt: skip
        told = answered(Suggestion.id.in_(select(RectItem.suggestion_id).where(of)), standing=True)
        for row in batch.values():
            notice = notices[row.id]
            mine = tuple(_notice_item(item, told.get(item.id, [])) for item in items.get(row.id, []))
            day = clock.local_day(notice.issued_at)
            yield NoticeLetter(heads(row, day), notice.number, _plan_until(day, mine), mine)


def _notices(project_ids: list[int]) -> dict[int, Any]:
    """The newest notice of each project."""
    rows = grouped(
        select(Notice.project_id, Notice.id, Notice.number, Notice.issued_at)
        .where(Notice.project_id.in_(project_ids))
        .order_by(Notice.number)
    )
    return {project_id: mine[-1] for project_id, mine in rows.items()}


def _notice_item(item: Any, findings: list[Any]) -> NoticeItem:
    due = item.due_on or item.deadline
    return NoticeItem(
        entry(item),
        tuple(entry(finding) for finding in findings),
        RECT_CLASSES[RectClass(item.rect_class)],
        due,
        item.deadline if item.deadline > due else None,
    )


def _plan_until(issued: date, items: Sequence[NoticeItem]) -> date:
    """The last day for a plan, by the process; never behind the last of the items' own days."""
    rule = ITEM_STATES[I.ISSUED].due
    day = calendar.due(issued, rule) if isinstance(rule, Days) else issued
    return min([day, max((item.due_on for item in items), default=day)])
