"""HTTP of papers that come in: upload, look at beside what is stored, confirm. Until then only the bytes exist."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from perfflow.core import files, uploads
from perfflow.core.access import Permission
from perfflow.core.errors import Forbidden, NotFound, RefusedUpload
from perfflow.core.files import Received
from perfflow.db import unit_of_work
from perfflow.pages.imports import commands, forms, progress, queries
from perfflow.pages.imports.paper import Proposal
from perfflow.pages.imports.queries import Uploaded
from perfflow.papers.findings_list import write_findings
from perfflow.papers.package import RefusedFile
from perfflow.papers.paper import KIND_LABELS, Paper, PaperKind
from perfflow.papers.rectification_list import write_rectification
from perfflow.process import CATEGORIES, SEVERITIES, Party
from perfflow.web.forms import errors_of, perform
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.refused import refuse
from perfflow.web.rendering import page

bp = GuardedBlueprint("imports", __name__)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# ---------------------------------------------------------------- the upload


@bp.get("/imports", needs=Permission.PROJECTS_ACT)
def new() -> Response:
    return _upload_page(_upload_form(None), None)


@bp.post("/imports", needs=Permission.PROJECTS_ACT)
def keep() -> ResponseReturnValue:
    return _keep(None)


@bp.get("/projects/<int:project_id>/import", needs=Permission.PROJECTS_ACT)
def new_for(project_id: int) -> ResponseReturnValue:
    if not queries.kinds_for(actor(), reach()):
        return redirect(url_for("projects.show", project_id=project_id), 303)
    return _upload_page(_upload_form(project_id), project_id)


@bp.post("/projects/<int:project_id>/import", needs=Permission.PROJECTS_ACT)
def keep_for(project_id: int) -> ResponseReturnValue:
    return _keep(project_id)


@bp.post("/projects/<int:project_id>/files/<int:file_id>/import", needs=Permission.PROJECTS_ACT)
def from_file(project_id: int, file_id: int) -> ResponseReturnValue:
    """从已附的文件读入: the bytes are there, the way is the same."""
    row = files.find(file_id, reach())
    if row.withdrawn_at is not None:
        raise NotFound
    if not queries.kinds_for(actor(), reach()):
        raise Forbidden
    received = Received(row.name, row.kind, row.sha256, row.size)
    try:
        _looked_at(received, None, project_id)
    except RefusedFile as refused:
        raise RefusedUpload(row.name, refused.msgid, refused.params) from refused
    made: list[int] = []
    with unit_of_work():
        old = uploads.drop(0)
        kind = f"{queries.UPLOAD}{queries.ANY}"
        made.append(
            uploads.keep(received, kind, actor=actor(), project_id=project_id, attachment_id=file_id)
        )
    files.discard_all(old)
    return redirect(url_for(".show", upload_id=made[0]), 303)


def _upload_form(project_id: int | None) -> Any:
    form: Any = forms.UploadForm()
    kinds = _kinds(project_id)
    form.kind.choices = [(kind.value, _(KIND_LABELS[kind])) for kind in kinds]
    if form.kind.data not in kinds:
        wanted = request.args.get("kind", "")
        form.kind.data = wanted if wanted in kinds else kinds[0].value
    return form


def _kinds(project_id: int | None) -> tuple[PaperKind, ...]:
    kinds = queries.kinds_for(actor(), reach() if project_id is not None else None)
    if not kinds:
        raise Forbidden
    return kinds


def _keep(project_id: int | None) -> ResponseReturnValue:
    form = _upload_form(project_id)
    if not form.validate():
        return _upload_page(form, project_id, 422)
    if len(form.files.received) != 1:
        form.files.errors = [_("请选择一个文件。")]
        return _upload_page(form, project_id, 422)
    received, kind = form.files.received[0], PaperKind(form.kind.data)
    try:
        _looked_at(received, kind, project_id)
    except RefusedFile as refused:
        return _not_taken(form, received, refused, project_id)
    made: list[int] = []
    old: list[str] = []

    def work() -> str:
        old.extend(uploads.drop(0))
        made.append(uploads.keep(received, f"{queries.UPLOAD}{kind}", actor=actor(), project_id=project_id))
        return url_for(".show", upload_id=made[0])

    answer = perform(form, work)
    files.discard_all(old)
    return answer


def _looked_at(received: Received, kind: PaperKind | None, project_id: int | None) -> None:
    """Raises RefusedFile for what is no such paper, before anything is remembered."""
    papers = queries.read(files.path_of(received.sha256).read_bytes(), received.name, kind)
    queries.proposals(papers, received.sha256, project_id, actor())


def _not_taken(form: Any, received: Received, refused: RefusedFile, project_id: int | None) -> Response:
    """Said at the field; nothing of the file stays but the event."""
    refuse(form, received, RefusedUpload(received.name, refused.msgid, refused.params))
    return _upload_page(form, project_id, 422)


def _upload_page(form: Any, project_id: int | None, status: int = 200) -> Response:
    kinds = _kinds(project_id)
    return page(
        "imports/upload.html",
        status=status,
        form=form,
        errors=errors_of(form),
        about=project_id,
        kinds=kinds,
        templates=_templates(kinds, project_id),
        attached=queries.readable(reach()) if project_id is not None else [],
        back_url=_back(project_id),
        project=None,
    )


def _back(project_id: int | None) -> str:
    return url_for("projects.show", project_id=project_id) if project_id is not None else url_for("inbox.index")


# ---------------------------------------------------------------- templates


def _templates(kinds: Sequence[PaperKind], project_id: int | None) -> list[tuple[str, str]]:
    """What can be downloaded to be filled in: label and address."""
    found = []
    if PaperKind.FINDINGS in kinds and project_id is not None:
        found.append((_("问题与建议表模板（.xlsx）"), url_for(".findings_template", project_id=project_id)))
    if PaperKind.RECTIFICATION in kinds:
        found.append((_("整改情况表模板（.xlsx，已填入本单位的事项）"), url_for(".items_template")))
    return found


@bp.get("/projects/<int:project_id>/import/findings.xlsx", needs=Permission.EVALUATE)
def findings_template(project_id: int) -> Response:
    if Party.EVALUATOR not in reach().parties:
        raise Forbidden
    out = BytesIO()
    write_findings(
        out,
        indicators=[f"{code} {name}" for code, name in queries.leaves(reach())],
        categories=[*CATEGORIES.values()],
        severities=[*SEVERITIES.values()],
    )
    return _excel(out, _("问题与建议表"))


@bp.get("/imports/items.xlsx", needs=Permission.RECTIFY)
def items_template() -> Response:
    out = BytesIO()
    write_rectification(out, progress.open_items(actor()))
    return _excel(out, _("整改情况表"))


def _excel(out: BytesIO, title: str) -> Response:
    out.seek(0)
    return send_file(out, mimetype=EXCEL, as_attachment=True, download_name=f"{title}.xlsx")


# ---------------------------------------------------------------- the preview


@bp.get("/imports/<int:upload_id>", needs=Permission.PROJECTS_ACT)
def show(upload_id: int) -> Response:
    upload, papers = _papers(upload_id)
    found = _proposals(papers, upload)
    if len(found) == 1:
        return _preview_page(forms.form_for(found[0], sent=False), upload, found, found[0])
    return _list_page(_all_form(found, sent=False), upload, found)


@bp.post("/imports/<int:upload_id>", needs=Permission.PROJECTS_ACT)
def take_in(upload_id: int) -> ResponseReturnValue:
    upload, papers = _papers(upload_id)
    found = _proposals(papers, upload)
    if len(found) == 1:
        return _take_one(upload, papers, found, found[0])
    return _take_several(upload, papers, found)


@bp.get("/imports/<int:upload_id>/<int:number>", needs=Permission.PROJECTS_ACT)
def show_paper(upload_id: int, number: int) -> Response:
    upload, papers = _papers(upload_id)
    found = _proposals(papers, upload)
    one = _numbered(found, number)
    return _preview_page(forms.form_for(one, sent=False), upload, found, one)


@bp.post("/imports/<int:upload_id>/<int:number>", needs=Permission.PROJECTS_ACT)
def take_in_paper(upload_id: int, number: int) -> ResponseReturnValue:
    upload, papers = _papers(upload_id)
    found = _proposals(papers, upload)
    return _take_one(upload, papers, found, _numbered(found, number))


def _papers(upload_id: int) -> tuple[Uploaded, list[Paper]]:
    """The same bytes, read anew."""
    upload, data = queries.upload(upload_id, actor())
    try:
        return upload, queries.read(data, upload.name, upload.kind)
    except RefusedFile as refused:
        raise RefusedUpload(upload.name, refused.msgid, refused.params) from refused


def _proposals(papers: Sequence[Paper], upload: Uploaded) -> list[Proposal]:
    try:
        return queries.proposals(papers, upload.sha256, upload.project_id, actor())
    except RefusedFile as refused:
        raise RefusedUpload(upload.name, refused.msgid, refused.params) from refused


def _numbered(found: Sequence[Proposal], number: int) -> Proposal:
    if not 0 < number <= len(found):
        raise NotFound
    return found[number - 1]


def _preview_page(
    form: Any, upload: Uploaded, found: Sequence[Proposal], one: Proposal, status: int = 200
) -> Response:
    several = len(found) > 1
    return page(
        "imports/preview.html",
        status=status,
        form=form,
        errors=forms.errors_in(form, one),
        stale=status == 409,
        upload=upload,
        one=one,
        kind_label=_(KIND_LABELS[one.kind]),
        here_url=url_for(".show_paper", upload_id=upload.id, number=one.number)
        if several
        else url_for(".show", upload_id=upload.id),
        list_url=url_for(".show", upload_id=upload.id) if several else None,
        again_url=_again_url(upload),
        target_url=None if one.project_id is None else url_for("projects.show", project_id=one.project_id),
        take=forms.TAKE,
        sure=forms.SURE,
        project=None,
    )


def _again_url(upload: Uploaded) -> str:
    kind = upload.kind.value if upload.kind else None
    if upload.project_id is None:
        return url_for(".new", kind=kind)
    return url_for(".new_for", project_id=upload.project_id, kind=kind)


def _list_page(form: Any, upload: Uploaded, found: Sequence[Proposal], status: int = 200) -> Response:
    return page(
        "imports/papers.html",
        status=status,
        form=form,
        errors=errors_of(form),
        upload=upload,
        papers=found,
        kind_label=_(KIND_LABELS[found[0].kind]),
        ticked=set(form.papers.data or ()),
        again_url=_again_url(upload),
        project=None,
    )


def _all_form(found: Sequence[Proposal], *, sent: bool) -> Any:
    ready = [str(one.number) for one in found if is_ready(one)]
    form: Any = forms.AllForm() if sent else forms.AllForm(formdata=None, data={"papers": ready})
    form.papers.choices = [(number, number) for number in ready]
    return form


def is_ready(one: Proposal) -> bool:
    """Whether it can be taken in as it was read, without anybody's word on any of it."""
    wanting = any(cell.required and cell.blank for line in forms.asked(one) if line.fixed for cell in line.cells)
    return one.brings and not one.left and not wanting


# ---------------------------------------------------------------- confirmed


def _received(upload: Uploaded) -> Received:
    return Received(upload.name, upload.file_kind, upload.sha256, upload.size)


def _take_one(
    upload: Uploaded, papers: Sequence[Paper], found: Sequence[Proposal], one: Proposal
) -> ResponseReturnValue:
    form = forms.form_for(one, sent=True)

    def again(status: int) -> Response:
        now = _proposals(papers, upload)
        drawn = _numbered(now, one.number)
        fresh = forms.form_for(drawn, sent=True)
        fresh.form_errors = form.form_errors
        if status == 409:
            # he was told who was faster, and what he typed is kept: confirming once more is his decision
            fresh.version.data, fresh.about.data = drawn.version, forms.about(drawn)
        else:
            forms.in_order(fresh, drawn)
        return _preview_page(fresh, upload, now, drawn, status)

    if (form.about.data or "") != forms.about(one):
        form.form_errors = [_("系统中的项目在此期间有变化，请对照后再确认一次。")]
        return again(409)
    if not forms.in_order(form, one):
        return _preview_page(form, upload, found, one, 422)
    taken = forms.taken_of(form, one)
    if one.idle or (not taken and not one.attaches):
        form.form_errors = [_(commands.NOTHING)]
        return _preview_page(form, upload, found, one, 422)
    done: list[commands.Done] = []
    old: list[str] = []

    def work() -> str:
        version = None if one.is_new or one.version is None else form.version.data or 0
        done.append(commands.take_in(one, taken, _received(upload), version=version, actor=actor()))
        if len(found) == 1:
            old.extend(uploads.drop(upload.id))
        return _after(upload, found, done)

    answer = perform(form, work, again=again)
    files.discard_all(old)
    if done and answer.status_code == 303:
        flash(ngettext("已导入 %(num)d 项，原件已附在项目中。", "已导入 %(num)d 项，原件已附在项目中。", done[0].lines))
    return answer


def _take_several(upload: Uploaded, papers: Sequence[Paper], found: Sequence[Proposal]) -> ResponseReturnValue:
    form = _all_form(found, sent=True)
    chosen = set(form.papers.data or ())
    if not form.validate():
        return _list_page(form, upload, found, 422)
    if not chosen:
        form.papers.errors = [_(commands.NOTHING)]
        return _list_page(form, upload, found, 422)
    done: list[commands.Done] = []

    def work() -> str:
        for one in found:
            if str(one.number) in chosen:
                done.append(
                    commands.take_in(one, one.as_read, _received(upload), version=one.version, actor=actor())
                )
        return url_for(".show", upload_id=upload.id)

    def again(status: int) -> Response:
        return _list_page(form, upload, _proposals(papers, upload), status)

    answer = perform(form, work, again=again)
    if done and answer.status_code == 303:
        flash(ngettext("已导入 %(num)d 份。", "已导入 %(num)d 份。", len(done)))
    return answer


def _after(upload: Uploaded, found: Sequence[Proposal], done: Sequence[commands.Done]) -> str:
    """To the project; of several papers back to their list, of several projects to what waits."""
    if len(found) > 1:
        return url_for(".show", upload_id=upload.id)
    ids = done[-1].project_ids
    return url_for("projects.show", project_id=ids[0]) if len(ids) == 1 else url_for("inbox.index")
