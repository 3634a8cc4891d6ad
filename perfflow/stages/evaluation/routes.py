"""HTTP of the stage 评价: the declaration of independence, sheet and result, and their reading page."""

import re
from dataclasses import asdict
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import advance, grades
from perfflow.core.access import Permission, Reach
from perfflow.core.errors import NotFound
from perfflow.process import AttachmentPurpose, Datum, P
from perfflow.rules import score
from perfflow.rules.money import slipped
from perfflow.stages.evaluation import commands, forms, queries
from perfflow.web import downloads, filters
from perfflow.web.acts import OfferView, choices, offer_views
from perfflow.web.attachments import file_views
from perfflow.web.forms import errors_of, perform
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.origins import Origin, origins
from perfflow.web.places import act_url
from perfflow.web.problems import say
from perfflow.web.rendering import page
from perfflow.web.rows import rows_changed

bp = GuardedBlueprint("evaluation", __name__)
BLANK_ROWS = 12
SHOWN_FILES = (AttachmentPurpose.REPORT, AttachmentPurpose.WORKING_PAPER, AttachmentPurpose.PAPER)


@choices("leads")
def leads(reach: Reach) -> list[tuple[str, str]]:
    return [(str(id_), f"{firm} — {person}") for id_, firm, person in queries.leads(reach.unit_id)]


# ---------------------------------------------------------------- independence


@bp.get("/projects/<int:project_id>/independence", needs=Permission.EVALUATE, before_declaring=True)
def independence(project_id: int) -> ResponseReturnValue:
    return _independence_page(forms.IndependenceForm())


@bp.post("/projects/<int:project_id>/independence", needs=Permission.EVALUATE, before_declaring=True)
def declare(project_id: int) -> ResponseReturnValue:
    form = forms.IndependenceForm()
    valid = form.validate()
    independent = request.form.get("answer") != "no"
    for field in (form.independent, form.confidential) if independent else ():
        if not field.data:
            field.errors = [*field.errors, _("请确认此项声明。")]
            valid = False
    if not valid:
        return _independence_page(form, 422)

    def work() -> str:
        # what was begun to be typed about a conflict does not belong to a declaration of none
        explanation = "" if independent else form.explanation.data
        commands.declare_independence(project_id, independent, explanation, actor=actor())
        if not independent:
            return url_for("evaluation.independence", project_id=project_id)
        working = reach().state == P.EVALUATING
        return url_for("evaluation.edit" if working else "projects.show", project_id=project_id)

    return perform(form, work, again=lambda status: _independence_page(form, status))


def _open_before_declaring() -> list[OfferView]:
    """What a lead may do before he declares himself: decline."""
    found = reach()
    if found.declared:
        return []
    return offer_views(advance.project_offers(found, actor()), found, lambda action: act_url(found.id, action))


def _independence_page(form: Any, status: int = 200) -> Response:
    # no `project`: its frame shows more than may be seen before the declaration
    return page(
        "evaluation/independence.html",
        status=status,
        form=form,
        errors=errors_of(form),
        about=queries.independence(reach(), actor()),
        offers=_open_before_declaring(),
        project=None,
        project_id=reach().id,
    )


# ---------------------------------------------------------------- sheet and result


@bp.get("/projects/<int:project_id>/evaluation", needs=Permission.EVALUATE)
def edit(project_id: int) -> ResponseReturnValue:
    if reach().state != P.EVALUATING:
        return redirect(url_for("evaluation.show", project_id=project_id), 303)
    evaluation = _evaluation()
    return _edit_page(_filled_form(evaluation), evaluation)


@bp.post("/projects/<int:project_id>/evaluation", needs=Permission.EVALUATE)
def save(project_id: int) -> ResponseReturnValue:
    evaluation = _evaluation()
    form = forms.TableOnlyForm() if evaluation.table_only else forms.EvaluationForm()
    if rows_changed(form):
        return _edit_page(form, evaluation)
    if "sort_rows" in request.form and not evaluation.table_only:
        _sort(form.rows)
        return _edit_page(form, evaluation)
    valid = form.validate()
    if not evaluation.table_only:
        valid = _rows_in_order(form) and valid
    if not valid:
        return _edit_page(form, evaluation, 422)

    def work() -> str:
        version = form.version.data or 0
        if not evaluation.table_only:
            rows = [row for _at, row in _typed(form)]
            version = commands.save_sheet(project_id, rows, version=version, actor=actor())
        commands.save_result(project_id, _result(form), version=version, actor=actor())
        commands.attach_files(project_id, form.files.received, actor=actor())
        return url_for("evaluation.edit", project_id=project_id)

    answer = perform(form, work, again=lambda status: _again(form, status))
    if answer.status_code == 303:
        flash(_("评价内容已保存。"))
        if doubt := _doubt(form.paid.data, evaluation.budget_fen):
            flash(_("%(label)s：%(error)s", label=form.paid.label.text, error=doubt), "warning")
    return answer


def _doubt(paid_fen: int | None, budget_fen: int | None) -> str:
    """What is said about an amount whose unit is in doubt; it keeps nobody from saving it."""
    if budget_fen is None or not slipped(paid_fen, budget_fen):
        return ""
    return _(
        "与“%(label)s” %(yuan)s 元相差约一万倍，请核对单位。", label=_("预算金额"), yuan=filters.yuan(budget_fen)
    )


@bp.get("/projects/<int:project_id>/evaluation/view", needs=Permission.PROJECTS_READ)
def show(project_id: int) -> ResponseReturnValue:
    evaluation = _evaluation()
    return page(
        "evaluation/show.html",
        evaluation=evaluation,
        origin=_origins(evaluation),
        shows_firm=reach().sees(Datum.PROJECT),
        files=_files(),
        downloads=downloads.of_page(reach(), actor(), Datum.EVALUATION),
    )


def _origins(evaluation: queries.EvaluationPage) -> dict[str, Origin]:
    """By field, and by the code of an indicator ("rows.A11")."""
    found = origins(reach(), queries.source_values(evaluation))
    return {key.partition(".")[2]: one for key, one in found.items()}


def _evaluation() -> queries.EvaluationPage:
    found = queries.evaluation(reach()) if reach().sees(Datum.EVALUATION) else None
    if found is None:
        raise NotFound
    return found


def _files() -> list[Any]:
    return file_views(reach(), actor(), *SHOWN_FILES)


def _filled_form(evaluation: queries.EvaluationPage) -> Any:
    """The form as it stands; amounts and totals are shown as they were filed."""
    given: dict[str, Any] = {
        "version": evaluation.version,
        "paid": evaluation.paid_fen,
        "main_performance": evaluation.main_performance,
    }
    if evaluation.table_only:
        form = forms.TableOnlyForm(data={**given, "total": evaluation.total, "grade": evaluation.grade})
        if evaluation.total_filed:
            form.total.raw_data = [evaluation.total_filed]
    else:
        rows = [asdict(row) for row in evaluation.rows] or [{} for _row in range(BLANK_ROWS)]
        form = forms.EvaluationForm(data={**given, "rows": rows})
    if evaluation.paid_filed:
        form.paid.raw_data = [evaluation.paid_filed]
    return form


def _typed(form: Any) -> list[tuple[int, score.Row]]:
    """The rows of the form that are not empty, each with its position."""
    found = []
    for at, entry in enumerate(form.rows.entries):
        data = entry.form.data
        words = {name: data[name] or "" for name in ("code", "name", "rate_filed")}
        row = score.Row(weight=data["weight"], score=data["score"], **words)
        if row != score.Row("", "", None, None):
            found.append((at, row))
    return found


def _rows_in_order(form: Any) -> bool:
    """Put what keeps the sheet from being saved beside its cell."""
    typed = _typed(form)
    found = commands.row_problems([row for _at, row in typed])
    for number, field_name, reason in found:
        field = form.rows.entries[typed[number][0]].form[field_name]
        field.errors = [*field.errors, say(reason)]
    return not found


def _sort(rows: Any) -> None:
    """By code, numbers in it by their value; empty rows last."""

    def key(entry: Any) -> tuple[bool, list[tuple[int, str]]]:
        code = entry.form.code.data or ""
        parts = re.findall(r"\d+|\D", code)
        return not code, [(int(part), "") if part.isdigit() else (0, part) for part in parts]

    rows.entries.sort(key=key)
    rows._compact_indices()


def _result(form: Any) -> commands.ResultValues:
    # only an amount in 万元 is written as the papers write it; any other is shown in the unit's own manner
    paid_filed = form.paid.filed if "万" in form.paid.filed else ""
    values: dict[str, Any] = {
        "paid_fen": form.paid.data,
        "paid_filed": paid_filed,
        "main_performance": form.main_performance.data,
    }
    if "total" in form:
        values |= {"total": form.total.data, "total_filed": form.total.filed, "grade": form.grade.data}
    return commands.ResultValues(**values)


def _again(form: Any, status: int) -> Response:
    evaluation = _evaluation()
    if status == 409:
        # he was told who was faster, and what he typed is kept: saving once more is his decision
        form.version.data = evaluation.version
    return _edit_page(form, evaluation, status)


def _edit_page(form: Any, evaluation: queries.EvaluationPage, status: int = 200) -> Response:
    offers = advance.project_offers(reach(), actor())
    submit = tuple(offer for offer in offers if offer.transition.action == "submit_evaluation")
    rows = [] if evaluation.table_only else [row for _at, row in _typed(form) if row.code]
    nodes = score.tree(rows)
    leaves = [node for node in nodes if node.leaf]
    bands = queries.scale(reach().id)
    total = form.total.data if evaluation.table_only else score.outcome(rows)
    if evaluation.budget_fen is not None:
        form.paid.render_kw = {"data_known": evaluation.budget_fen, "data_label": _("预算金额")}
        form.paid.doubt = _doubt(form.paid.data, evaluation.budget_fen)
    return page(
        "evaluation/edit.html",
        fragments=("form",),
        status=status,
        form=form,
        errors=errors_of(form),
        stale=status == 409,
        evaluation=evaluation,
        nodes={node.code: node for node in nodes},
        weight_sum=sum(node.weight for node in leaves),
        score_sum=sum(node.score or 0 for node in leaves),
        full=score.FULL,
        total=total,
        rate=None if total is None or not leaves else score.rate(total, sum(node.weight for node in leaves)),
        grade="" if total is None else grades.grade_in(bands, total),
        bands=[[band.lower, band.label] for band in bands],
        offers=offer_views(submit, reach(), lambda action: act_url(reach().id, action)),
        files=_files(),
    )
