"""HTTP of the stage 建议: the firm's suggestions, and the supervisor's preparation of the notice."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import clock
from perfflow.core.access import Permission
from perfflow.process import SUGGESTIONS_WRITTEN_IN, Datum, P
from perfflow.stages.suggestions import commands, forms, queries
from perfflow.web.forms import errors_of, perform
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.rendering import page
from perfflow.web.rows import rows_changed

bp = GuardedBlueprint("suggestions", __name__)


def _elsewhere(project_id: int) -> ResponseReturnValue:
    """Not the time to write here: to where it can be read."""
    endpoint = "projects.issues" if reach().sees(Datum.FINDINGS) else "projects.show"
    return redirect(url_for(endpoint, project_id=project_id), 303)


def _saved(form: Any, work: Callable[[], str], again: Callable[[int], Response], message: str) -> Response:
    answer = perform(form, work, again=again)
    if answer.status_code == 303:
        flash(message)
    return answer


# ---------------------------------------------------------------- the firm's suggestions


@bp.get("/projects/<int:project_id>/suggestions", needs=Permission.EVALUATE)
def edit(project_id: int) -> ResponseReturnValue:
    if reach().state not in SUGGESTIONS_WRITTEN_IN:
        return _elsewhere(project_id)
    rows: list[dict[str, Any]] = [
        {
            "id": s.id,
            "number": s.number,
            "title": s.title,
            "text": s.text,
            "finding_ids": [finding.id for finding in s.findings],
        }
        for s in queries.suggestions(reach())
    ]
    data = {"version": queries.version(reach()), "suggestions": [*rows, *_rows_to_write(rows)]}
    return _edit_page(_offering_findings(forms.SuggestionsForm(data=data)))


def _rows_to_write(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An empty row for each finding that no suggestion answers yet."""
    answered = {id_ for row in rows for id_ in row["finding_ids"]}
    waiting = [f.id for f in queries.standing_findings(reach()) if f.id not in answered]
    first = max((row["number"] for row in rows), default=0) + 1
    return [{"number": number, "finding_ids": [id_]} for number, id_ in enumerate(waiting, first)]


@bp.post("/projects/<int:project_id>/suggestions", needs=Permission.EVALUATE)
def save(project_id: int) -> ResponseReturnValue:
    form = _offering_findings(forms.SuggestionsForm())
    if rows_changed(form):
        _offering_findings(form)
        if request.form.get("add_row") and form.suggestions.entries:
            _number_last(form)
        return _edit_page(form)
    if not form.validate():
        return _edit_page(form, 422)
    rows = [entry.form for entry in form.suggestions.entries if not entry.form.blank]
    values = [
        commands.SuggestionValues(**{**row.data, "finding_ids": tuple(row.finding_ids.data)}) for row in rows
    ]

    def work() -> str:
        commands.save_suggestions(project_id, values, actor=actor(), version=form.version.data or 0)
        return url_for(".edit", project_id=project_id)

    return _saved(form, work, lambda status: _edit_page(form, status), _("建议已保存。"))


def _offering_findings(form: Any) -> Any:
    offered = [
        (f.id, f"{f.number}. {f.title or _short(f.text)}") for f in queries.standing_findings(reach())
    ]
    for entry in form.suggestions.entries:
        entry.form.finding_ids.choices = offered
    return form


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"


def _number_last(form: Any) -> None:
    """A new row takes the next number."""
    *others, last = form.suggestions.entries
    last.form.number.data = max((entry.form.number.data or 0 for entry in others), default=0) + 1


def _edit_page(form: Any, status: int = 200) -> Response:
    if status == 409:
        # he was told who was faster, and what he typed is kept: saving once more is his decision
        form.version.data = queries.version(reach())
    return page(
        "suggestions/edit.html",
        fragments=("form",),
        status=status,
        form=form,
        errors=errors_of(form),
        stale=status == 409,
        findings=queries.standing_findings(reach()),
        added=request.form.get("add_row", ""),
    )


# ---------------------------------------------------------------- the notice


@bp.get("/projects/<int:project_id>/notice", needs=Permission.RULE)
def notice(project_id: int) -> ResponseReturnValue:
    if reach().state != P.SUGGESTIONS_REVIEW:
        return _elsewhere(project_id)
    rows = [
        {"suggestion_id": s.id, "rect_class": s.rect_class, "due_on": s.due_on}
        for s in queries.suggestions(reach())
    ]
    return _notice_page(forms.NoticeForm(data={"version": queries.version(reach()), "rows": rows}))


@bp.post("/projects/<int:project_id>/notice", needs=Permission.RULE)
def save_notice(project_id: int) -> ResponseReturnValue:
    form = forms.NoticeForm()
    valid = form.validate()
    for entry in form.rows.entries:
        field = entry.form.due_on
        if field.data is not None and field.data < clock.today():
            field.errors = [*field.errors, _("期限已经过去，请重新填写。")]
            valid = False
    if not valid:
        return _notice_page(form, 422)
    values = [
        commands.NoticeValues(
            suggestion_id=row.suggestion_id.data or 0,
            rect_class=row.rect_class.data or "",
            due_on=row.due_on.data,
        )
        for row in (entry.form for entry in form.rows.entries)
    ]

    def work() -> str:
        commands.save_notice(project_id, values, actor=actor(), version=form.version.data or 0)
        return url_for(".notice", project_id=project_id)

    message = _("整改类别与期限已保存，下达通知后生效。")
    return _saved(form, work, lambda status: _notice_page(form, status), message)


def _notice_page(form: Any, status: int = 200) -> Response:
    if status == 409:
        form.version.data = queries.version(reach())
    return page(
        "suggestions/notice.html",
        fragments=("form",),
        status=status,
        form=form,
        errors=errors_of(form),
        stale=status == 409,
        suggestions={s.id: s for s in queries.suggestions(reach())},
    )
