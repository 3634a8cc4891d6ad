"""HTTP of the stage 整改: the ledger, one item, its evidence and notes, and the summary."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from perfflow.core import advance, clock
from perfflow.core.access import Permission, Reach
from perfflow.core.errors import NotFound
from perfflow.process import Datum, P, Party
from perfflow.stages.rectification import commands, forms, queries
from perfflow.web import downloads, filters, words
from perfflow.web.acts import choices, decision, offer_views
from perfflow.web.attachments import FileView
from perfflow.web.beside import beside
from perfflow.web.forms import errors_of, perform
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.places import act_url, item_url
from perfflow.web.rendering import page
from perfflow.web.translate import joined, labelled, noted
from perfflow.web.words import EntryView

bp = GuardedBlueprint("rectification", __name__)


@dataclass(frozen=True, slots=True)
class DueView:
    kind: str
    text: str
    date_text: str


@dataclass(frozen=True, slots=True)
class LedgerLine:
    number: int
    title: str
    findings: str
    url: str | None
    tag: str
    state: str
    rect_class: str
    deadline: str
    due: DueView | None
    verdict: str


# ---------------------------------------------------------------- what acts may choose from


@choices("reopenable_items")
def reopenable_items(reach: Reach) -> list[tuple[str, str]]:
    found = []
    for row in queries.reopenable(reach):
        title = row.title or queries.cut(row.text)
        found.append((str(row.number), noted(f"{row.number}. {title}", words.item_state(row.state))))
    return found


@choices("correctables")
def correctables(reach: Reach) -> list[tuple[str, str]]:
    found = []
    for one in queries.correctables(reach):
        label = _(one.label, number=one.number) if one.number is not None else _(one.label)
        found.append((one.code, labelled(label, queries.cut(one.value) or _("（空）"))))
    return found


# ---------------------------------------------------------------- the ledger


@bp.get("/projects/<int:project_id>/items", needs=Permission.PROJECTS_READ)
def index(project_id: int) -> ResponseReturnValue:
    found = reach()
    open_ = found.sees(Datum.ITEMS)
    summary = queries.summary(found) if open_ else None
    return page(
        "rectification/index.html",
        lines=[_line(row, found) for row in queries.items(found)],
        open=open_,
        notice=queries.notice(found),
        summary=_summary_text(found, summary) if summary else "",
        may_write=found.state == P.RECTIFYING and Party.UNIT in found.parties,
        downloads=downloads.of_page(found, actor(), Datum.ITEM_STATES),
    )


def _line(row: queries.ItemRow, found: Reach) -> LedgerLine:
    open_ = found.sees(Datum.ITEMS)
    return LedgerLine(
        number=row.number,
        title=row.title or queries.cut(row.text),
        findings=joined(row.finding_numbers),
        url=item_url(found.id, row.number) if open_ else None,
        tag=words.item_tag(row.state, row.due_on),
        state=words.item_state(row.state),
        rect_class=_(row.rect_class_label) if row.rect_class_label else "",
        deadline=filters.day(row.deadline),
        due=_due(row.state, row.due_on),
        verdict=_(row.verdict_label) if row.verdict_label else "",
    )


def _due(state: str, due_on: date | None) -> DueView | None:
    """Only a step somebody has to take has a due date."""
    if due_on is None or state in ("settled", "cancelled"):
        return None
    return DueView(filters.due_kind(due_on), filters.due_words(due_on), filters.day(due_on))


def _summary_text(found: Reach, summary: queries.Summary) -> str:
    return commands.compose(found) if summary.composed else summary.text


# ---------------------------------------------------------------- one item


@bp.get("/projects/<int:project_id>/items/<int:number>", needs=Permission.PROJECTS_READ)
def item(project_id: int, number: int) -> ResponseReturnValue:
    return _item_page(number, forms.EvidenceForm(), forms.NoteForm())


@bp.post("/projects/<int:project_id>/items/<int:number>/evidence", needs=Permission.RECTIFY)
def upload(project_id: int, number: int) -> ResponseReturnValue:
    form = forms.EvidenceForm()

    def again(status: int) -> Response:
        return _item_page(number, form, forms.NoteForm(formdata=None), form, status)

    if not form.validate():
        return again(422)

    def work() -> str:
        commands.upload_evidence(project_id, number, form.files.received, actor=actor())
        return item_url(project_id, number)

    return _told(perform(form, work, again=again), _("佐证材料已上传，报送整改结果时一并报送。"))


@bp.post("/projects/<int:project_id>/items/<int:number>/notes", needs=Permission.RECTIFY)
def add_note(project_id: int, number: int) -> ResponseReturnValue:
    form = forms.NoteForm()

    def again(status: int) -> Response:
        return _item_page(number, forms.EvidenceForm(formdata=None), form, form, status)

    if not form.validate():
        return again(422)

    def work() -> str:
        commands.add_note(project_id, number, form.text.data, actor=actor())
        return item_url(project_id, number)

    return _told(perform(form, work, again=again), _("整改进展已记录。"))


def _told(answer: Response, message: str) -> Response:
    if answer.status_code == 303:
        flash(message)
    return answer


def _item_page(number: int, evidence: Any, note: Any, refused: Any = None, status: int = 200) -> Response:
    found = reach()
    view = queries.item(found, number, actor())
    offers = advance.item_offers(found, queries.rect_item(found, number), actor())
    return page(
        "rectification/item.html",
        status=status,
        item=view,
        tag=words.item_tag(view.state, view.due_on),
        state=words.item_state(view.state),
        due=_due(view.state, view.due_on),
        fates={"accepted": _("已同意"), "returned": _("已退回"), "withdrawn": _("已撤回"), "": _("待审")},
        report_files={report.id: _files(report.files, found) for report in view.reports},
        unreported=_files(view.unreported, found),
        decision=decision(
            offer_views(offers, found, lambda action: act_url(found.id, action, number)), view.version, number
        ),
        timeline=_timeline(view.entries),
        evidence=evidence if commands.takes_evidence(found, view) else None,
        note=note if commands.takes_notes(found, view) else None,
        errors=errors_of(refused) if refused is not None else [],
        beside=beside(found, actor(), number),
    )


def _files(rows: Iterable[queries.FileRow], found: Reach) -> list[FileView]:
    return [
        FileView(
            name=row.name,
            url=url_for("projects.download", project_id=found.id, file_id=row.id),
            size_text=filters.size(row.size),
            uploaded_by=row.by,
            at_text=filters.when(row.at),
            withdrawn=row.withdrawn,
            reason=row.withdrawn_reason,
            withdraw_url=url_for("projects.detach", project_id=found.id, file_id=row.id)
            if row.detachable
            else None,
        )
        for row in rows
    ]


def _timeline(entries: Sequence[queries.EntryRow]) -> list[EntryView]:
    """Newest first, each step with how long the state had lasted that it ended."""
    found, began = [], None
    for entry in entries:
        moved = entry.to_state is not None and entry.to_state != entry.from_state
        found.append(_entry(entry, began if moved else None))
        began = entry.at if moved else began
    return found[::-1]


def _entry(entry: queries.EntryRow, began: datetime | None) -> EntryView:
    what = words.act_label(entry.action, item=True)
    if entry.round > 1:
        what = _("%(act)s（第 %(round)d 次）", act=what, round=entry.round)
    if entry.to_state and entry.from_state != entry.to_state:
        what = _("%(act)s → %(state)s", act=what, state=words.item_state(entry.to_state))
    return EntryView(
        kind="back" if words.is_step_back(entry.action) else "ok",
        at_text=filters.when(entry.at),
        who=noted(entry.who, entry.organisation) if entry.organisation else entry.who,
        what=what,
        reason=entry.reason,
        stay_text=_stay(began, entry.at) if began else "",
        changes=[words.change(label, old, new) for label, old, new in entry.changes],
    )


def _stay(began: datetime, ended: datetime) -> str:
    days = (clock.local_day(ended) - clock.local_day(began)).days
    return ngettext("此前停留 %(num)d 天", "此前停留 %(num)d 天", days)


# ---------------------------------------------------------------- the summary


@bp.get("/projects/<int:project_id>/summary", needs=Permission.RECTIFY)
def summary(project_id: int) -> ResponseReturnValue:
    if reach().state != P.RECTIFYING:
        return redirect(url_for(".index", project_id=project_id), 303)
    written = queries.summary(reach())
    source = forms.COMPOSED if written.composed else forms.TYPED
    form = forms.SummaryForm(data={"version": written.version, "source": source, "text": written.text})
    return _summary_page(form)


@bp.post("/projects/<int:project_id>/summary", needs=Permission.RECTIFY)
def save_summary(project_id: int) -> ResponseReturnValue:
    form = forms.SummaryForm()
    if not form.validate():
        return _summary_page(form, 422)
    composed = form.source.data == forms.COMPOSED

    def work() -> str:
        version = form.version.data or 0
        commands.save_summary(project_id, form.text.data, composed, actor=actor(), version=version)
        return url_for(".summary", project_id=project_id)

    answer = perform(form, work, again=lambda status: _summary_page(form, status))
    return _told(answer, _("整改情况已保存。"))


def _summary_page(form: Any, status: int = 200) -> Response:
    found = reach()
    if not found.sees(Datum.ITEMS):
        raise NotFound
    if status == 409:
        # he was told who was faster, and what he typed is kept: saving once more is his decision
        form.version.data = queries.summary(found).version
    return page(
        "rectification/summary.html",
        fragments=("form",),
        status=status,
        form=form,
        errors=errors_of(form),
        stale=status == 409,
        composed=commands.compose(found),
        lines=[_line(row, found) for row in queries.items(found)],
    )
