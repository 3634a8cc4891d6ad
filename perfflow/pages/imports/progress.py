"""整改情况表: what a unit did about many items, each beside what is on file of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core import advance
from perfflow.core.access import Actor, Reach, reach_of, scoped
from perfflow.db import db
from perfflow.models.file import Attachment
from perfflow.models.item import ProgressNote, RectItem
from perfflow.models.project import Project
from perfflow.pages.imports.lines import Sheet, prose_cell
from perfflow.pages.imports.paper import Line, Proposal, Told
from perfflow.papers.paper import Paper
from perfflow.papers.rectification_list import OpenItem, RectificationList, RectificationRow
from perfflow.papers.text import folded
from perfflow.process import OPEN_ITEMS, Datum
from perfflow.stages.rectification import commands as stage
from perfflow.stages.rectification import queries
from perfflow.web.translate import joined

ITEMS = "items"
NOTE, REPORT = "note", "report"


@dataclass(frozen=True, slots=True)
class Known:
    """An item as it stands."""

    reach: Reach
    item: RectItem
    title: str
    notes: frozenset[str]
    report: str
    against_note: str
    against_report: str


def proposal(number: int, paper: Paper, actor: Actor, attached: Mapping[int, int]) -> Proposal:
    """`attached`: by project, the attachment that has these very bytes."""
    sheet, values = Sheet(paper), paper.values
    assert isinstance(values, RectificationList)
    known = _known(values, actor)
    lines: list[Line] = []
    lost: list[Told] = []
    for at, row in enumerate(values.rows, 1):
        one = known.get((folded(row.project_code), row.item_number))
        if one is None:
            lost.append(_unknown(sheet, at, row))
        else:
            lines += _lines(sheet, at, row, one)
    projects = {one.reach.id for one in known.values()}
    return Proposal(
        number=number,
        kind=paper.kind,
        paper=paper,
        name=_("整改情况表"),
        parts=((ITEMS, _("整改事项")),),
        lines=tuple(lines),
        told=(*sheet.told(lines), *lost),
        project_id=next(iter(projects)) if len(projects) == 1 else None,
        attaches=bool(projects - set(attached)),
        attached=next(iter(attached.values()), None) if projects <= set(attached) else None,
        items={line.id: _place(known[_of(values, line)]) for line in lines},
    )


def _place(one: Known) -> tuple[int, int, int]:
    return one.reach.id, one.item.number, one.item.id


def _of(values: RectificationList, line: Line) -> tuple[str, int | None]:
    row = values.rows[int(line.id.split("-")[1]) - 1]
    return folded(row.project_code), row.item_number


def _unknown(sheet: Sheet, at: int, row: RectificationRow) -> Told:
    message = _(
        "项目编号“%(code)s”的第 %(number)s 号事项不在您的整改事项之内，未导入。",
        code=row.project_code, number="—" if row.item_number is None else row.item_number,
    )  # fmt: skip
    return Told(message=message, place=sheet.place(f"rows.{at}"))


def _lines(sheet: Sheet, at: int, row: RectificationRow, one: Known) -> Iterator[Line]:
    label = f"{one.reach.name} · {one.item.number}. {one.title}"
    if row.progress.strip():
        there = row.progress.strip() if row.progress.strip() in one.notes else ""
        cell = prose_cell("value", _("整改进展"), row.progress, there, limit=stage.NOTE_LIMIT)
        yield sheet.line(f"{NOTE}-{at}", f"rows.{at}", ITEMS, label, cell, closed=one.against_note, row_id=one.item.id)
    if row.result.strip():
        same = one.report.strip() == row.result.strip()
        cell = prose_cell("value", _("整改结果"), row.result, one.report, limit=stage.TEXT_LIMIT)
        closed = "" if same else one.against_report
        yield sheet.line(f"{REPORT}-{at}", f"rows.{at}", ITEMS, label, cell, closed=closed, row_id=one.item.id)


def _known(values: RectificationList, actor: Actor) -> dict[tuple[str, int | None], Known]:
    """The named items that are in reach, by code and number."""
    codes = {folded(row.project_code) for row in values.rows}
    ids = db.session.scalars(scoped(actor, Project.id).where(Project.code.in_(codes))).all()
    found: dict[tuple[str, int | None], Known] = {}
    for id_ in ids:
        reach = reach_of(actor, id_)
        if reach is not None and reach.sees(Datum.ITEMS):
            found |= {(reach.code, one.item.number): one for one in _of_project(reach, actor)}
    return found


def _of_project(reach: Reach, actor: Actor) -> Iterator[Known]:
    rows = {row.number: row for row in queries.items(reach)}
    for number, row in rows.items():
        item = queries.rect_item(reach, number)
        notes = db.session.scalars(select(ProgressNote.text).where(ProgressNote.item_id == item.id))
        takes = stage.takes_notes(reach, queries.item(reach, number, actor))
        state = _(row.state_label)
        closed = "" if takes else _("事项现为“%(state)s”，此时不能办理。", state=state)
        yield Known(
            reach, item, row.title or queries.cut(row.text), frozenset(notes), row.report, closed,
            _against_report(reach, item, actor, closed or _("事项现为“%(state)s”，此时不能办理。", state=state)),
        )  # fmt: skip


def _against_report(reach: Reach, item: RectItem, actor: Actor, not_now: str) -> str:
    """Why no result can be reported now: the guards of the act, and evidence, without which there is none."""
    offers = {offer.transition.action: offer for offer in advance.item_offers(reach, item, actor)}
    offer = offers.get("report")
    if offer is None:
        return not_now
    if offer.reasons:
        return " ".join(_(reason.message, **_said(reason.params)) for reason in offer.reasons)
    waiting = select(Attachment.id).where(
        Attachment.item_id == item.id, Attachment.report_id.is_(None), Attachment.withdrawn_at.is_(None)
    )
    if db.session.scalar(waiting.limit(1)) is None:
        return _("此事项还没有佐证材料，请先在事项页上传，再报送结果。")
    return ""


def _said(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: joined(value) if isinstance(value, tuple) else value for name, value in params.items()}


def open_items(actor: Actor) -> list[OpenItem]:
    """The unit's open items as the template has them, in the order of projects and items."""
    ids = db.session.scalars(
        scoped(actor, Project.id)
        .where(RectItem.state.in_(OPEN_ITEMS), RectItem.project_id == Project.id)
        .distinct()
        .order_by(Project.id)
    ).all()
    rows: list[OpenItem] = []
    for id_ in ids:
        reach = reach_of(actor, id_)
        if reach is None or not reach.sees(Datum.ITEMS):
            continue
        rows += [
            OpenItem(reach.code, reach.name, row.number, f"{row.title}\n{row.text}".strip(), row.deadline)
            for row in queries.items(reach)
            if row.state in OPEN_ITEMS
        ]
    return rows
