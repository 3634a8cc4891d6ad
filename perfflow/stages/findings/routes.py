"""HTTP of the stage 问题: findings, the unit's answers, the firm's replies, the supervisor's rulings."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core.access import Permission
from perfflow.core.errors import NotFound
from perfflow.process import FINDINGS_WRITTEN_IN, AttachmentPurpose, Datum, P, Ruling
from perfflow.stages.findings import commands, forms, queries
from perfflow.web.attachments import FileView, file_views
from perfflow.web.forms import errors_of, perform
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.rendering import page
from perfflow.web.rows import rows_changed

bp = GuardedBlueprint("findings", __name__)


def _elsewhere(project_id: int) -> ResponseReturnValue:
    """Not the time to write here: to where it can be read."""
    endpoint = "projects.issues" if reach().sees(Datum.FINDINGS) else "projects.show"
    return redirect(url_for(endpoint, project_id=project_id), 303)


def _saved(form: Any, work: Callable[[], str], again: Callable[[int], Response], message: str) -> Response:
    answer = perform(form, work, again=again)
    if answer.status_code == 303:
        flash(message)
    return answer


# ---------------------------------------------------------------- the firm's findings


@bp.get("/projects/<int:project_id>/findings", needs=Permission.EVALUATE)
def edit(project_id: int) -> ResponseReturnValue:
    if reach().state not in FINDINGS_WRITTEN_IN:
        return _elsewhere(project_id)
    return _edit_page(_filled_findings())


@bp.post("/projects/<int:project_id>/findings", needs=Permission.EVALUATE)
def save(project_id: int) -> ResponseReturnValue:
    form = _offering_codes(forms.FindingsForm())
    if rows_changed(form):
        _offering_codes(form)
        if request.form.get("add_row") and form.findings.entries:
            _number_last(form)
        return _edit_page(form)
    if not form.validate():
        return _edit_page(form, 422)

    def work() -> str:
        commands.save_findings(project_id, _findings_of(form), actor=actor(), version=form.version.data or 0)
        return url_for(".edit", project_id=project_id)

    return _saved(form, work, lambda status: _again(form, status), _("问题已保存。"))


def _filled_findings() -> Any:
    found = reach()
    rows: list[dict[str, Any]] = [
        {
            "id": f.id,
            "number": f.number,
            "title": f.title,
            "text": f.text,
            "category": f.category,
            "severity": f.severity,
            "amount_fen": f.amount_fen,
            "codes": list(f.codes),
        }
        for f in queries.kept(found)
    ]
    statement = queries.statement(found)
    if not rows and not statement:
        rows = [{"number": 1}]
    said = queries.explanations(found)
    weak = [one.code for one in queries.indicators(found) if one.weak]
    data = {
        "version": queries.version(found),
        "findings": rows,
        "explanations": [{"code": code, "text": said.get(code, "")} for code in weak],
        "no_findings": statement,
    }
    return _offering_codes(forms.FindingsForm(data=data))


def _offering_codes(form: Any) -> Any:
    offered = []
    for one in queries.indicators(reach()):
        label = f"{one.code} {one.name}"
        offered.append((one.code, _("%(indicator)s（低于 60%%）", indicator=label) if one.weak else label))
    for entry in form.findings.entries:
        entry.form.codes.choices = offered
    return form


def _number_last(form: Any) -> None:
    """A new row takes the next number."""
    *others, last = form.findings.entries
    last.form.number.data = max((entry.form.number.data or 0 for entry in others), default=0) + 1


def _findings_of(form: Any) -> commands.FindingsValues:
    rows = [entry.form for entry in form.findings.entries if not entry.form.blank]
    return commands.FindingsValues(
        findings=tuple(
            commands.FindingValues(**{**row.data, "codes": tuple(row.codes.data or ())}) for row in rows
        ),
        explanations=tuple(
            (entry.form.code.data or "", entry.form.text.data) for entry in form.explanations.entries
        ),
        no_findings=form.no_findings.data,
    )


def _again(form: Any, status: int) -> Response:
    if status == 409:
        # he was told who was faster, and what he typed is kept: saving once more is his decision
        form.version.data = queries.version(reach())
    return _edit_page(form, status)


def _edit_page(form: Any, status: int = 200) -> Response:
    return page(
        "findings/edit.html",
        fragments=("form",),
        status=status,
        form=form,
        errors=errors_of(form),
        stale=status == 409,
        weak={one.code: one for one in queries.indicators(reach()) if one.weak},
        table_only=reach().table_only,
        withdrawn=[f for f in queries.findings(reach()) if f.withdrawn],
        added=request.form.get("add_row", ""),
    )


# ---------------------------------------------------------------- the unit's answers


@bp.get("/projects/<int:project_id>/comments", needs=Permission.COMMENT)
def comments(project_id: int) -> ResponseReturnValue:
    if reach().state != P.COMMENTING:
        return _elsewhere(project_id)
    return _comments_page(_filled_answers())


@bp.post("/projects/<int:project_id>/comments", needs=Permission.COMMENT)
def save_comments(project_id: int) -> ResponseReturnValue:
    form = forms.CommentsForm()
    if not form.validate():
        return _comments_page(form, 422)
    answers = tuple(
        commands.AnswerValues(
            finding_id=entry.form.finding_id.data or 0,
            stance=entry.form.stance.data or "",
            reason=entry.form.reason.data,
            files=tuple(entry.form.files.received),
        )
        for entry in form.answers.entries
    )
    values = commands.CommentsValues(answers=answers, general_comment=form.general_comment.data)

    def work() -> str:
        commands.save_comments(project_id, values, actor=actor(), version=form.version.data or 0)
        return url_for(".comments", project_id=project_id)

    return _saved(form, work, lambda status: _comments_page(form, status), _("反馈意见已保存，提交后生效。"))


def _round() -> queries.RoundRow:
    found = queries.current_round(reach())
    if found is None:
        raise NotFound
    return found


def _filled_answers() -> Any:
    round_ = _round()
    rows: list[dict[str, Any]] = []
    for finding in queries.to_answer(reach()):
        mine = [c for c in finding.comments if c.round == round_.number]
        said = {"stance": mine[0].stance, "reason": mine[0].reason} if mine else {}
        rows.append({"finding_id": finding.id, **said})
    data = {"version": round_.version, "answers": rows, "general_comment": round_.general_comment}
    return forms.CommentsForm(data=data)


def _comments_page(form: Any, status: int = 200) -> Response:
    round_ = _round()
    if status == 409:
        form.version.data = round_.version
    asked = {finding.id: finding for finding in queries.to_answer(reach())}
    return page(
        "findings/comments.html",
        fragments=("form",),
        status=status,
        form=form,
        errors=errors_of(form),
        stale=status == 409,
        round=round_,
        asked=asked,
        before=[finding for finding in queries.kept(reach()) if finding.id not in asked],
        files=_files_by_finding(round_),
    )


def _files_by_finding(round_: queries.RoundRow) -> dict[int, list[FileView]]:
    """The files of this round, by finding."""
    views = {view.url: view for view in file_views(reach(), actor(), AttachmentPurpose.COMMENT)}
    found: dict[int, list[FileView]] = {}
    for finding in queries.kept(reach()):
        for comment in finding.comments:
            if comment.round != round_.number:
                continue
            urls = [url_for("projects.download", project_id=reach().id, file_id=f.id) for f in comment.files]
            found[finding.id] = [views[url] for url in urls if url in views]
    return found


# ---------------------------------------------------------------- the firm's replies


@bp.get("/projects/<int:project_id>/replies", needs=Permission.EVALUATE)
def replies(project_id: int) -> ResponseReturnValue:
    if reach().state != P.DISPUTE_REPLY:
        return _elsewhere(project_id)
    rows = [
        {
            "finding_id": d.finding.id,
            "reply": d.comment.reply,
            "title": d.comment.reply_title or d.finding.title,
            "text": d.comment.reply_text or d.finding.text,
            "reason": d.comment.reply_reason,
        }
        for d in queries.disputes(reach())
    ]
    return _replies_page(forms.RepliesForm(data={"version": _round().version, "replies": rows}))


@bp.post("/projects/<int:project_id>/replies", needs=Permission.EVALUATE)
def save_replies(project_id: int) -> ResponseReturnValue:
    form = forms.RepliesForm()
    if not form.validate():
        return _replies_page(form, 422)
    values = [
        commands.ReplyValues(
            finding_id=row.finding_id.data or 0,
            reply=row.reply.data or "",
            reason=row.reason.data,
            title=row.title.data,
            text=row.text.data,
        )
        for row in (entry.form for entry in form.replies.entries)
    ]

    def work() -> str:
        commands.save_replies(project_id, values, actor=actor(), version=form.version.data or 0)
        return url_for(".replies", project_id=project_id)

    return _saved(form, work, lambda status: _replies_page(form, status), _("异议答复已保存。"))


def _replies_page(form: Any, status: int = 200) -> Response:
    return _disputes_page("findings/replies.html", form, status)


def _disputes_page(template: str, form: Any, status: int) -> Response:
    round_ = _round()
    if status == 409:
        form.version.data = round_.version
    return page(
        template,
        fragments=("form",),
        status=status,
        form=form,
        errors=errors_of(form),
        stale=status == 409,
        round=round_,
        disputes={d.finding.id: d for d in queries.disputes(reach())},
        files=_files_by_finding(round_),
    )


# ---------------------------------------------------------------- the supervisor's rulings


@bp.get("/projects/<int:project_id>/rulings", needs=Permission.RULE)
def rulings(project_id: int) -> ResponseReturnValue:
    if reach().state != P.FINDINGS_REVIEW or queries.current_round(reach()) is None:
        return _elsewhere(project_id)
    rows = [
        {"finding_id": d.finding.id, "ruling": d.comment.ruling, "reason": d.comment.ruling_reason}
        for d in queries.disputes(reach())
    ]
    form = forms.RulingsForm(data={"version": _round().version, "rulings": rows})
    return _rulings_page(form)


@bp.post("/projects/<int:project_id>/rulings", needs=Permission.RULE)
def save_rulings(project_id: int) -> ResponseReturnValue:
    form = forms.RulingsForm()
    if not form.validate():
        return _rulings_page(form, 422)
    values = [
        commands.RulingValues(
            finding_id=row.finding_id.data or 0, ruling=row.ruling.data or "", reason=row.reason.data
        )
        for row in (entry.form for entry in form.rulings.entries)
    ]

    def work() -> str:
        commands.save_rulings(project_id, values, actor=actor(), version=form.version.data or 0)
        return url_for(".rulings", project_id=project_id)

    return _saved(form, work, lambda status: _rulings_page(form, status), _("裁定已保存，同意问题后生效。"))


def _rulings_page(form: Any, status: int = 200) -> Response:
    """采纳修改 is offered only where the firm proposed one."""
    found = {d.finding.id: d for d in queries.disputes(reach())}
    for entry in form.rulings.entries:
        dispute = found.get(entry.form.finding_id.data)
        if dispute is not None and not dispute.comment.proposes:
            offered = entry.form.ruling.choices
            entry.form.ruling.choices = [choice for choice in offered if choice[0] != Ruling.ADOPT]
    return _disputes_page("findings/rulings.html", form, status)
