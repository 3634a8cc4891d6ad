"""Evidence, notes and summary; and what the acts on items and projects bring with them."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select

from perfflow.core import clock, editing, facts, files
from perfflow.core.access import Actor, Reach, project_for
from perfflow.core.advance import Step, advance_internally, effect
from perfflow.core.errors import Forbidden, Invalid, NotFound, Refused
from perfflow.core.files import Received
from perfflow.core.journal import Change
from perfflow.db import db, in_unit_of_work
from perfflow.models.evaluation import Assignment
from perfflow.models.file import Attachment
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import ItemReport, Notice, Plan, ProgressNote, RectItem
from perfflow.models.project import Project
from perfflow.papers import kinds
from perfflow.process import (
    ITEM,
    ITEM_MOVABLE,
    N_,
    OPEN_ITEMS,
    AttachmentPurpose,
    Datum,
    I,
    P,
    Party,
    Verdict,
)
from perfflow.stages.rectification import queries
from perfflow.stages.rectification.queries import compose as compose
from perfflow.workflow.definition import Reason

NAME_LIMIT = 200
TEXT_LIMIT = 20_000
NOTE_LIMIT = 2_000
LAST_DAY = date(2100, 12, 31)
EVIDENCE_STATES = (I.ISSUED, I.PLAN_REVIEW, I.IN_PROGRESS, I.CONTINUING)
_NOT_IN_THIS_STATE = N_("事项现为“%(state)s”，此时不能办理。")


# ---------------------------------------------------------------- between the acts


def upload_evidence(project_id: int, number: int, received: Iterable[Received], *, actor: Actor) -> None:
    """Keep evidence with the item; the next report takes it along."""
    reach, item = _item_to_work_on(project_id, number, EVIDENCE_STATES, actor)
    given = tuple(received)
    if not given:
        raise Invalid("files", N_("请选择要上传的文件。"))
    for one in given:
        files.attach(one, AttachmentPurpose.EVIDENCE, reach=reach, actor=actor, item_id=item.id)


def add_note(project_id: int, number: int, text: str, *, actor: Actor) -> None:
    """Append a dated progress note; notes are never changed."""
    reach, item = _item_to_work_on(project_id, number, OPEN_ITEMS, actor)
    _check_text("text", text, NOTE_LIMIT)
    db.session.add(ProgressNote(item_id=item.id, text=text.strip(), by=actor.id, at=clock.now()))
    db.session.flush()
    change = Change(N_("整改进展"), "", text.strip())
    editing.record(reach, "note_progress", Datum.ITEMS, (change,), actor=actor, item_id=item.id)


def save_summary(
    project_id: int, text: str, composed: bool, *, actor: Actor, version: int | None = None
) -> None:
    """整改情况: written by the unit, or by its choice composed from the items."""
    reach = editing.to_edit(project_id, Party.UNIT, (P.RECTIFYING,), actor=actor)
    if len(text) > TEXT_LIMIT:
        raise Invalid("text", N_("文字过长，请控制在 %(limit)d 字以内。"), limit=TEXT_LIMIT)
    editing.claim(Project, project_id, version, reach)
    project = db.session.get_one(Project, project_id, populate_existing=True)
    old = _summary_words(project)
    project.rectification, project.rectification_composed = text.strip(), composed
    new = _summary_words(project)
    db.session.flush()
    changes = [Change(N_("整改情况"), old, new)] if old != new else []
    editing.record(reach, "save_summary", Datum.ITEMS, changes, actor=actor, claimed=(Project, project_id))


def _summary_words(project: Project) -> str:
    return N_("由各事项组成") if project.rectification_composed else project.rectification


def _item_to_work_on(
    project_id: int, number: int, states: Iterable[str], actor: Actor
) -> tuple[Reach, RectItem]:
    if not in_unit_of_work():
        raise RuntimeError("what is written belongs to a unit of work")
    reach = project_for(actor, project_id)
    item = queries.rect_item(reach, number)
    if Party.UNIT not in reach.parties:
        raise Forbidden
    against = ITEM_MOVABLE.check(facts.item_facts(item, reach.state, actor))
    if against:
        raise Refused(*against)
    if item.state not in states:
        raise Refused(Reason(_NOT_IN_THIS_STATE, {"state": ITEM.states[item.state].label}))
    return reach, item


def takes_evidence(reach: Reach, item: queries.ItemView) -> bool:
    """Whether this person may upload evidence to the item now."""
    return item.state in EVIDENCE_STATES and takes_notes(reach, item)


def takes_notes(reach: Reach, item: queries.ItemView) -> bool:
    movable = facts.item_movable(reach.state, item.continuing)
    return Party.UNIT in reach.parties and movable and item.state in OPEN_ITEMS


def _check_text(field: str, text: str, limit: int) -> None:
    if not text.strip():
        raise Invalid(field, N_("此项还没有填写。"))
    if len(text) > limit:
        raise Invalid(field, N_("文字过长，请控制在 %(limit)d 字以内。"), limit=limit)


# ---------------------------------------------------------------- acts on an item


def _item_of(step: Step) -> RectItem:
    assert step.item is not None
    return step.item


@effect("file_plan")
def file_plan(step: Step) -> None:
    """The unit's plan; it must end by the item's deadline."""
    item, values = _item_of(step), step.values
    first, last = values["first_day"], values["last_day"]
    _check_text("measure", values["measure"], TEXT_LIMIT)
    _check_text("responsible", values["responsible"], NAME_LIMIT)
    if last < first:
        raise Invalid("last_day", N_("完成日期早于开始日期。"))
    if last > item.deadline:
        raise Invalid(
            "last_day", N_("完成日期晚于整改期限 %(deadline)s。"), deadline=item.deadline.isoformat()
        )
    rounds = db.session.scalar(select(func.count()).where(Plan.item_id == item.id)) or 0
    plan = Plan(
        item_id=item.id,
        round=rounds + 1,
        measure=values["measure"].strip(),
        responsible=values["responsible"].strip(),
        first_day=first,
        last_day=last,
        by=step.actor.id,
        at=step.at,
    )
    db.session.add(plan)
    step.changes.append(Change(N_("整改措施"), "", plan.measure))
    step.changes.append(Change(N_("责任人"), "", plan.responsible))
    step.changes.append(Change(N_("起止日期"), "", f"{first.isoformat()} — {last.isoformat()}"))


@effect("file_report")
def file_report(step: Step) -> None:
    """What was done, with the files sent along and those uploaded before; one file at least."""
    item, values = _item_of(step), step.values
    _check_text("text", values["text"], TEXT_LIMIT)
    waiting = db.session.scalars(_unreported(item.id)).all()
    received: list[Received] = list(values.get("files") or ())
    if not waiting and not received:
        raise Invalid("files", N_("请至少附一份佐证材料。"))
    report = ItemReport(
        item_id=item.id,
        round=queries.report_rounds(item.id) + 1,
        text=values["text"].strip(),
        by=step.actor.id,
        at=step.at,
    )
    db.session.add(report)
    db.session.flush()
    for attachment in waiting:
        attachment.report_id = report.id
    for one in received:
        files.attach(
            one,
            AttachmentPurpose.EVIDENCE,
            reach=step.reach,
            actor=step.actor,
            item_id=item.id,
            report_id=report.id,
        )
    names = [attachment.name for attachment in waiting] + [one.name for one in received]
    step.changes.append(Change(N_("整改结果"), "", report.text))
    step.changes.append(Change(N_("佐证材料"), "", "、".join(names)))


def _unreported(item_id: int) -> Any:
    return select(Attachment).where(
        Attachment.item_id == item_id,
        Attachment.purpose == AttachmentPurpose.EVIDENCE,
        Attachment.report_id.is_(None),
        Attachment.withdrawn_at.is_(None),
    )


def _latest_report(item_id: int) -> ItemReport:
    found = db.session.scalars(
        select(ItemReport)
        .where(ItemReport.item_id == item_id, ItemReport.withdrawn.is_(False))
        .order_by(ItemReport.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _judge(step: Step, verdict: Verdict) -> None:
    report = _latest_report(_item_of(step).id)
    report.verdict, report.verdict_reason = verdict, step.values["reason"]


@effect("verdict_done")
def verdict_done(step: Step) -> None:
    _judge(step, Verdict.DONE)


@effect("verdict_continuing")
def verdict_continuing(step: Step) -> None:
    """The work goes on, with a new deadline; from now on the item may move behind 已办结 too."""
    item, due_on = _item_of(step), step.values["due_on"]
    _check_future(due_on)
    _judge(step, Verdict.CONTINUING)
    step.changes.append(Change(N_("整改期限"), item.deadline.isoformat(), due_on.isoformat()))
    item.continuing, item.deadline = True, due_on


@effect("verdict_not_done")
def verdict_not_done(step: Step) -> None:
    _judge(step, Verdict.NOT_DONE)


@effect("undo_item_submission")
def undo_item_submission(step: Step) -> None:
    """A report taken back stays on file as withdrawn, its evidence waits for the next one.

    A plan taken back needs no mark: the journal says what became of it.
    """
    if step.source != I.VERIFYING:
        return
    report = _latest_report(_item_of(step).id)
    report.withdrawn = True
    for attachment in db.session.scalars(select(Attachment).where(Attachment.report_id == report.id)):
        attachment.report_id = None


@effect("extend_item")
def extend_item(step: Step) -> None:
    """延期. Where the unit works the deadline moves along; a plan's date never shortens it."""
    item, due_on = _item_of(step), step.values["due_on"]
    _check_future(due_on)
    step.changes.append(Change(N_("期限"), step.extra["due_before"] or "", due_on.isoformat()))
    deadline = item.deadline
    if item.state in (I.IN_PROGRESS, I.CONTINUING):
        deadline = due_on
    elif item.state == I.ISSUED:
        deadline = max(deadline, due_on)
    if deadline != item.deadline:
        step.changes.append(Change(N_("整改期限"), item.deadline.isoformat(), deadline.isoformat()))
        item.deadline = deadline


def _check_future(due_on: date) -> None:
    if not clock.today() < due_on <= LAST_DAY:
        raise Invalid("due_on", N_("新的期限应晚于今天。"))


@effect("reopen_project")
def reopen_project(step: Step) -> None:
    """An item that is open again puts a project that was about to be closed, or was, back to 整改中."""
    if step.project.state in (P.CLOSING, P.CLOSED):
        advance_internally(step, "reopen_for_item")


# ---------------------------------------------------------------- acts on the project


@effect("acknowledge")
def acknowledge(step: Step) -> None:
    """签收, once for the whole notice."""
    of_project = select(Notice).where(Notice.project_id == step.project.id)
    for notice in db.session.scalars(of_project.where(Notice.acknowledged_at.is_(None))):
        notice.acknowledged_at = step.at
        notice.acknowledged_by = step.actor.id


@effect("reopen_named_items")
def reopen_named_items(step: Step) -> None:
    """Open the named items again. A return with nothing to reopen would leave the unit without work."""
    if step.target == P.FINDINGS_WRITING:
        step.datum = Datum.FINDINGS  # without items the findings are returned, and their firm must know why
    items = {
        item.number: item
        for item in db.session.scalars(select(RectItem).where(RectItem.project_id == step.project.id))
    }
    wanted = sorted(set(step.values.get("items") or ()))
    can_reopen = any(item.state in queries.REOPENABLE for item in items.values())
    if not wanted and can_reopen and step.transition.action == "return_rectification":
        raise Invalid("items", N_("请选择需要重新整改的事项。"))
    for number in wanted:
        if number not in items:
            raise Invalid("items", N_("没有第 %(number)d 号整改事项。"), number=number)
        if items[number].state not in queries.REOPENABLE:
            raise Invalid(
                "items",
                N_("第 %(number)d 号事项现为“%(state)s”，不能重新打开。"),
                number=number,
                state=ITEM.states[items[number].state].label,
            )
        advance_internally(step, "reopen_by_return", item=items[number])


_TARGET = re.compile(r"(finding|suggestion)-(\d{1,15})-(title|text)", re.ASCII)


@effect("correct")
def correct(step: Step) -> None:
    """更正 one wrong word, old → new on record."""
    target, text = str(step.values["target"]), str(step.values.get("text") or "").strip()
    found = _TARGET.fullmatch(target)
    if found is not None:
        change = _corrected_words(step, found[1], int(found[2]), found[3], text)
    elif target == "paid":
        change = _corrected_paid(step, text)
    elif target == "name":
        change = _corrected_name(step, text)
    else:
        raise Invalid("target", N_("请选择要更正的内容。"))
    step.datum = _CORRECTED_DATA[found[1] if found else target]
    if change.old == change.new:
        raise Invalid("text", N_("更正后的内容与原来相同。"))
    step.changes.append(change)


_CORRECTED_DATA = {
    "finding": Datum.FINDINGS,
    "suggestion": Datum.SUGGESTIONS,
    "paid": Datum.EVALUATION,
    "name": Datum.PROJECT,
}
_CORRECTED_LABELS = {
    ("finding", "title"): N_("问题标题"),
    ("finding", "text"): N_("问题内容"),
    ("suggestion", "title"): N_("建议标题"),
    ("suggestion", "text"): N_("建议内容"),
}


def _corrected_words(step: Step, kind: str, id_: int, part: str, text: str) -> Change:
    row: Any = db.session.get(Finding if kind == "finding" else Suggestion, id_, populate_existing=True)
    if row is None or row.assignment_id != step.project.assignment_id or getattr(row, "withdrawn", False):
        raise Invalid("target", N_("请选择要更正的内容。"))
    if part == "title":
        text = " ".join(text.split())
        if len(text) > NAME_LIMIT:
            raise Invalid("text", N_("文字过长，请控制在 %(limit)d 字以内。"), limit=NAME_LIMIT)
    else:
        _check_text("text", text, TEXT_LIMIT)
    change = Change(_CORRECTED_LABELS[kind, part], getattr(row, part), text)
    setattr(row, part, text)
    return change


def _corrected_paid(step: Step, text: str) -> Change:
    filed = " ".join(text.split())
    _check_text("text", filed, NAME_LIMIT)
    try:
        fen = kinds.Money().read(filed)
    except kinds.Unreadable as error:
        raise Invalid("text", error.msgid, **error.params) from error
    assignment = db.session.get(Assignment, step.project.assignment_id, populate_existing=True)
    if assignment is None:
        raise Invalid("target", N_("请选择要更正的内容。"))
    old = assignment.paid_filed
    if not old and assignment.paid_fen is not None:
        old = kinds.Money().write(assignment.paid_fen)
    assignment.paid_fen, assignment.paid_filed = fen, filed
    return Change(N_("决算金额"), old, filed)


def _corrected_name(step: Step, text: str) -> Change:
    name = " ".join(text.split())
    _check_text("text", name, NAME_LIMIT)
    change = Change(N_("项目名称"), step.project.name_filed or step.project.name, name)
    step.project.name, step.project.name_filed = name, None
    return change
