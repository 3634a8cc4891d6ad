"""The items of a project: the ledger, one item with all that was done, and the text composed of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select

from perfflow.core import files
from perfflow.core.access import Actor, Reach
from perfflow.core.cooperation import told_to
from perfflow.core.errors import NotFound
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.file import Attachment
from perfflow.models.finding import Finding, Suggestion, SuggestionFinding
from perfflow.models.item import ItemReport, Notice, Plan, ProgressNote, RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import User
from perfflow.models.project import Project
from perfflow.process import (
    ITEM,
    ITEM_STATES,
    N_,
    RECT_CLASSES,
    VERDICTS,
    AttachmentPurpose,
    Datum,
    I,
    RectClass,
    Verdict,
)

CUT = 30


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of the ledger. Whoever sees the states only, gets neither class nor dates nor verdict."""

    id: int
    number: int
    title: str
    text: str
    finding_numbers: tuple[int, ...]
    state: str
    state_label: str
    rect_class_label: str
    deadline: date | None
    due_on: date | None
    rounds: int
    report: str
    verdict: str | None
    verdict_label: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    number: int
    title: str
    text: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class FileRow:
    """A piece of evidence. `detachable`: this person may still take it back."""

    id: int
    name: str
    size: int
    by: str
    at: datetime
    withdrawn: bool
    withdrawn_reason: str
    detachable: bool


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan, and what became of it: "" while nobody decided, else accepted, returned or withdrawn."""

    round: int
    measure: str
    responsible: str
    first_day: date
    last_day: date
    by: str
    at: datetime
    fate: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    id: int
    round: int
    text: str
    by: str
    at: datetime
    withdrawn: bool
    verdict: str | None
    verdict_label: str
    verdict_reason: str
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class NoteRow:
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of an item's history."""

    at: datetime
    action: str
    round: int
    from_state: str | None
    to_state: str | None
    who: str
    organisation: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class NoticeRow:
    number: int
    issued_at: datetime
    issued_by: str
    acknowledged_at: datetime | None
    acknowledged_by: str


@dataclass(frozen=True, slots=True)
class Summary:
    """整改情况 of the project, and the version of the project it belongs to."""

    text: str
    composed: bool
    version: int


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item with everything that was done about it."""

    id: int
    number: int
    version: int
    state: str
    state_label: str
    rect_class: str
    rect_class_label: str
    deadline: date
    due_on: date | None
    continuing: bool
    suggestion_title: str
    suggestion_text: str
    findings: tuple[FindingLine, ...]
    plans: tuple[PlanRow, ...]
    reports: tuple[ReportRow, ...]
    notes: tuple[NoteRow, ...]
    unreported: tuple[FileRow, ...]
    entries: tuple[EntryRow, ...] = field(default=())


# ---------------------------------------------------------------- the ledger


def items(reach: Reach) -> list[ItemRow]:
    """The items of the project in their order."""
    if not reach.sees(Datum.ITEM_STATES):
        return []
    open_ = reach.sees(Datum.ITEMS)
    rows = db.session.execute(
        select(
            RectItem.id, RectItem.number, Suggestion.id, Suggestion.title, Suggestion.text, RectItem.state,
            RectItem.rect_class, RectItem.deadline, RectItem.due_on,
        )
        .join(Suggestion, Suggestion.id == RectItem.suggestion_id)
        .where(RectItem.project_id == reach.id)
        .order_by(RectItem.number)
    ).all()  # fmt: skip
    answered = _answered(reach.id)
    latest = _latest_reports(reach.id) if open_ else {}
    found = []
    for id_, number, suggestion_id, title, text, state, rect_class, deadline, due_on in rows:
        rounds, report, verdict = latest.get(id_, (0, "", None))
        found.append(
            ItemRow(
                id=id_,
                number=number,
                title=title,
                text=text,
                finding_numbers=tuple(finding.number for finding in answered.get(suggestion_id, ())),
                state=state,
                state_label=ITEM_STATES[state].label,
                rect_class_label=RECT_CLASSES[RectClass(rect_class)] if open_ else "",
                deadline=deadline if open_ else None,
                due_on=due_on if open_ else None,
                rounds=rounds,
                report=report,
                verdict=verdict,
                verdict_label=VERDICTS[Verdict(verdict)] if verdict else "",
            )
        )
    return found


def _answered(project_id: int) -> dict[int, list[FindingLine]]:
    """The findings each suggestion answers."""
    found: dict[int, list[FindingLine]] = {}
    rows = db.session.execute(
        select(
            SuggestionFinding.suggestion_id, Finding.number, Finding.title, Finding.text, Finding.withdrawn
        )
        .join(Finding, Finding.id == SuggestionFinding.finding_id)
        .where(Finding.project_id == project_id)
        .order_by(Finding.number)
    )
    for suggestion_id, number, title, text, withdrawn in rows:
        found.setdefault(suggestion_id, []).append(FindingLine(number, title, text, withdrawn))
    return found


def _latest_reports(project_id: int) -> dict[int, tuple[int, str, str | None]]:
    """By item: how many reports stand, the text of the latest, and its verdict."""
    found: dict[int, tuple[int, str, str | None]] = {}
    rows = db.session.execute(
        select(ItemReport.item_id, ItemReport.text, ItemReport.verdict)
        .join(RectItem, RectItem.id == ItemReport.item_id)
        .where(RectItem.project_id == project_id, ItemReport.withdrawn.is_(False))
        .order_by(ItemReport.item_id, ItemReport.id)
    )
    for item_id, text, verdict in rows:
        found[item_id] = (found.get(item_id, (0, "", None))[0] + 1, text, verdict)
    return found


def notice(reach: Reach) -> NoticeRow | None:
    """The newest notice, and whether the unit has acknowledged it."""
    if not reach.sees(Datum.ITEMS):
        return None
    row = db.session.execute(
        select(
            Notice.number, Notice.issued_at, Notice.issued_by, Notice.acknowledged_at, Notice.acknowledged_by
        )
        .where(Notice.project_id == reach.id)
        .order_by(Notice.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    number, issued_at, issued_by, acknowledged_at, acknowledged_by = row
    people = _names([issued_by, acknowledged_by])
    by = people.get(acknowledged_by, "") if acknowledged_by else ""
    return NoticeRow(number, issued_at, people.get(issued_by, ""), acknowledged_at, by)


def summary(reach: Reach) -> Summary:
    """整改情况 as it is written so far. Raises NotFound when it is not shown to this person."""
    if not reach.sees(Datum.ITEMS):
        raise NotFound
    row = db.session.execute(
        select(Project.rectification, Project.rectification_composed, Project.version).where(
            Project.id == reach.id
        )
    ).one()
    return Summary(*row)


NOTHING = N_("无")


def compose(reach: Reach, style: str = "、") -> str:
    """整改情况 composed from the items: number, title of the suggestion, what was last reported, the verdict.

    One line an item; `style` stands behind the number as the unit writes it ("、" or ". ").
    Raises NotFound when the items are not shown to this person.
    """
    if not reach.sees(Datum.ITEMS):
        raise NotFound
    lines = [f"{row.number}{style}{_told(row)}" for row in items(reach)]
    return "\n".join(lines) if lines else NOTHING


def _told(row: ItemRow) -> str:
    title = row.title or cut(row.text).rstrip("。；")
    if row.state == I.CANCELLED:
        return f"{title}：{row.state_label}。"
    report = " ".join(row.report.split())
    verdict = row.verdict_label or row.state_label
    return f"{title}：{report}（{verdict}）" if report else f"{title}：{verdict}。"


def cut(text: str) -> str:
    """The beginning of a text, in one line."""
    plain = " ".join(text.split())
    return plain if len(plain) <= CUT else f"{plain[: CUT - 1]}…"


# ---------------------------------------------------------------- one item


def rect_item(reach: Reach, number: int) -> RectItem:
    """The item of that number, for the engine and for commands. Raises NotFound when it is not shown."""
    if not reach.sees(Datum.ITEMS):
        raise NotFound
    found = db.session.scalars(
        select(RectItem)
        .where(RectItem.project_id == reach.id, RectItem.number == number)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def item(reach: Reach, number: int, actor: Actor) -> ItemView:
    """One item with its plans, reports, notes, files and history. Raises NotFound."""
    one = rect_item(reach, number)
    suggestion = db.session.execute(
        select(Suggestion.title, Suggestion.text).where(Suggestion.id == one.suggestion_id)
    ).one()
    entries = _entries(reach, one.id)
    evidence = _evidence(reach, one.id, actor)
    return ItemView(
        id=one.id,
        number=one.number,
        version=one.version,
        state=one.state,
        state_label=ITEM_STATES[one.state].label,
        rect_class=one.rect_class,
        rect_class_label=RECT_CLASSES[RectClass(one.rect_class)],
        deadline=one.deadline,
        due_on=one.due_on,
        continuing=one.continuing,
        suggestion_title=suggestion.title,
        suggestion_text=suggestion.text,
        findings=tuple(_answered(reach.id).get(one.suggestion_id, ())),
        plans=_plans(one.id, entries),
        reports=_reports(one.id, evidence),
        notes=_notes(one.id),
        unreported=tuple(evidence.get(None, ())),
        entries=tuple(entries),
    )


def _entries(reach: Reach, item_id: int) -> list[EntryRow]:
    """The history of the item, oldest first, as far as its data are shown."""
    rows = db.session.execute(
        select(
            JournalEntry.at, JournalEntry.action, JournalEntry.round, JournalEntry.from_state,
            JournalEntry.to_state, JournalEntry.reason, JournalEntry.datum, JournalEntry.body,
        )
        .where(JournalEntry.project_id == reach.id, JournalEntry.item_id == item_id, told_to(reach.viewer))
        .order_by(JournalEntry.id)
    )  # fmt: skip
    found = []
    for at, action, round_, from_state, to_state, reason, datum, text in rows:
        if not reach.sees(Datum(datum)):
            continue
        body = json.loads(text)
        changes = tuple((label, old, new) for label, old, new in body["changes"])
        found.append(
            EntryRow(
                at, action, round_, from_state, to_state, body["name"], body["organisation"], reason, changes
            )
        )
    return found


_FATES = {"accept_plan": "accepted", "return_plan": "returned"}


def _plans(item_id: int, entries: Iterable[EntryRow]) -> tuple[PlanRow, ...]:
    """What became of a plan stands in the journal; the row itself is never touched again."""
    fates: list[tuple[str, str]] = []
    for entry in entries:
        if entry.action == "plan":
            fates.append(("", ""))
        elif fates and entry.action in _FATES:
            fates[-1] = (_FATES[entry.action], entry.reason)
        elif fates and entry.action == "withdraw" and entry.from_state == I.PLAN_REVIEW:
            fates[-1] = ("withdrawn", entry.reason)
    rows = db.session.execute(
        select(
            Plan.round, Plan.measure, Plan.responsible, Plan.first_day, Plan.last_day, User.display_name,
            Plan.at,
        )
        .join(User, User.id == Plan.by)
        .where(Plan.item_id == item_id)
        .order_by(Plan.id)
    ).all()  # fmt: skip
    known = dict(enumerate(fates))
    return tuple(PlanRow(*row, *known.get(index, ("", ""))) for index, row in enumerate(rows))


def _reports(item_id: int, evidence: dict[int | None, list[FileRow]]) -> tuple[ReportRow, ...]:
    rows = db.session.execute(
        select(
            ItemReport.id, ItemReport.round, ItemReport.text, User.display_name, ItemReport.at,
            ItemReport.withdrawn, ItemReport.verdict, ItemReport.verdict_reason,
        )
        .join(User, User.id == ItemReport.by)
        .where(ItemReport.item_id == item_id)
        .order_by(ItemReport.id)
    )  # fmt: skip
    return tuple(
        ReportRow(
            id=id_,
            round=round_,
            text=text,
            by=by,
            at=at,
            withdrawn=withdrawn,
            verdict=verdict,
            verdict_label=VERDICTS[Verdict(verdict)] if verdict else "",
            verdict_reason=reason,
            files=tuple(evidence.get(id_, ())),
        )
        for id_, round_, text, by, at, withdrawn, verdict, reason in rows
    )


def _notes(item_id: int) -> tuple[NoteRow, ...]:
    rows = db.session.execute(
        select(ProgressNote.text, User.display_name, ProgressNote.at)
        .join(User, User.id == ProgressNote.by)
        .where(ProgressNote.item_id == item_id)
        .order_by(ProgressNote.id)
    )
    return tuple(NoteRow(*row) for row in rows)


def _evidence(reach: Reach, item_id: int, actor: Actor) -> dict[int | None, list[FileRow]]:
    """The evidence by report; under None what was not reported yet."""
    rows = db.session.scalars(
        select(Attachment)
        .where(
            Attachment.project_id == reach.id,
            Attachment.item_id == item_id,
            Attachment.purpose == AttachmentPurpose.EVIDENCE,
        )
        .order_by(Attachment.id)
    ).all()
    people = _names(row.uploaded_by for row in rows)
    found: dict[int | None, list[FileRow]] = {}
    for row in rows:
        gone = row.withdrawn_at is not None
        file = FileRow(
            id=row.id,
            name=row.name,
            size=row.size,
            by=people.get(row.uploaded_by, ""),
            at=row.uploaded_at,
            withdrawn=gone,
            withdrawn_reason=row.withdrawn_reason,
            detachable=not gone and files.may_detach(row, reach, actor),
        )
        found.setdefault(row.report_id, []).append(file)
    return found


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {id_ for id_ in ids if id_ is not None}
    return dict(db.session.execute(select(User.id, User.display_name).where(User.id.in_(wanted))).all())


# ---------------------------------------------------------------- what an act may choose from

REOPENABLE = frozenset(next(t.sources for t in ITEM.transitions if t.action == "reopen_by_return"))


def reopenable(reach: Reach) -> list[ItemRow]:
    """The items a return or a reopening may name."""
    return [row for row in items(reach) if row.state in REOPENABLE]


@dataclass(frozen=True, slots=True)
class Correctable:
    """Something 更正 may change: its code, its label (message id), its number, and how it reads now."""

    code: str
    label: str
    number: int | None
    value: str


def correctables(reach: Reach) -> list[Correctable]:
    """Titles and texts of standing findings and of suggestions, the paid amount, the project's name."""
    if reach.assignment_id is None or not reach.sees(Datum.ITEMS):
        return []
    found = []
    for kind, table, labels in (
        ("finding", Finding, (N_("问题 %(number)d 的标题"), N_("问题 %(number)d 的内容"))),
        ("suggestion", Suggestion, (N_("建议 %(number)d 的标题"), N_("建议 %(number)d 的内容"))),
    ):
        query = select(table.id, table.number, table.title, table.text).where(
            table.assignment_id == reach.assignment_id
        )
        if table is Finding:
            query = query.where(Finding.withdrawn.is_(False))
        for id_, number, title, text in db.session.execute(query.order_by(table.number)):
            found.append(Correctable(f"{kind}-{id_}-title", labels[0], number, title))
            found.append(Correctable(f"{kind}-{id_}-text", labels[1], number, text))
    paid, filed = db.session.execute(
        select(Assignment.paid_fen, Assignment.paid_filed).where(Assignment.id == reach.assignment_id)
    ).one()
    shown = filed or (f"{paid // 100}.{paid % 100:02d}元" if paid is not None else "")
    found.append(Correctable("paid", N_("决算金额"), None, shown))
    found.append(Correctable("name", N_("项目名称"), None, reach.name))
    return found


def report_rounds(item_id: int) -> int:
    """How many reports an item has had, withdrawn ones included."""
    return db.session.scalar(select(func.count()).where(ItemReport.item_id == item_id)) or 0
