"""HTTP of the stage 申报: a new declaration, its draft, its reading page, and 登记."""

from dataclasses import asdict
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import advance, clock
from perfflow.core.access import Permission
from perfflow.core.errors import NotFound
from perfflow.process import OBJECT_KINDS, AttachmentPurpose, Datum, ObjectKind, P
from perfflow.rules.declaration import FUND_USES, PROJECT_TYPES
from perfflow.stages.declaration import commands, forms, queries
from perfflow.web.acts import offer_views
from perfflow.web.attachments import file_views
from perfflow.web.forms import errors_of, perform, rows_changed, uploads
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.places import act_url
from perfflow.web.rendering import page

bp = GuardedBlueprint("declaration", __name__)
BLANK_TARGETS = 5


# ---------------------------------------------------------------- start acts


@bp.get("/projects/new", needs=Permission.DECLARE)
def new() -> ResponseReturnValue:
    return _new_page(_new_form(budget_year=clock.today().year))


@bp.post("/projects/new", needs=Permission.DECLARE)
def create() -> ResponseReturnValue:
    form = _new_form()
    if not form.validate():
        return _new_page(form, 422)

    def work() -> str:
        values = commands.NewDeclaration(
            form.name.data, ObjectKind(form.object_kind.data), form.budget_year.data
        )
        project = commands.create(values, actor=actor())
        return url_for("declaration.edit", project_id=project.id)

    return perform(form, work, again=lambda status: _new_page(form, status))


def _new_form(**given: Any) -> Any:
    form = forms.NewForm(data=given)
    form.object_kind.choices = _kinds()
    return form


def _new_page(form: Any, status: int = 200) -> Response:
    return page("declaration/new.html", status=status, form=form, errors=errors_of(form))


@bp.get("/projects/register", needs=Permission.REGISTER)
def register() -> ResponseReturnValue:
    year = clock.today().year
    return _register_page(_register_form(budget_year=year - 1, evaluation_year=year))


@bp.post("/projects/register", needs=Permission.REGISTER)
def register_object() -> ResponseReturnValue:
    form = _register_form()
    valid = form.validate()
    if len(uploads(form.paper)) > 1:
        form.paper.errors = [*form.paper.errors, _("原件只能上传一份。")]
        valid = False
    if not valid:
        return _register_page(form, 422)
    received = next(iter(form.paper.received), None)

    def work() -> str:
        project = commands.register(_register_values(form), received, actor=actor())
        return url_for("projects.show", project_id=project.id)

    return perform(form, work, again=lambda status: _register_page(form, status))


def _register_form(**given: Any) -> Any:
    form = forms.RegisterForm(data=given)
    form.object_kind.choices = _kinds()
    units = [(str(id_), name) for id_, name in queries.supervised_units(actor())]
    form.unit_id.choices = [("", _("请选择")), *units]
    return form


def _register_values(form: Any) -> commands.RegisterValues:
    values = form.values()
    del values["paper"]
    values["unit_id"] = int(values["unit_id"])
    values["object_kind"] = ObjectKind(values["object_kind"])
    return commands.RegisterValues(**values)


def _register_page(form: Any, status: int = 200) -> Response:
    return page("declaration/register.html", status=status, form=form, errors=errors_of(form))


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, _(label)) for kind, label in OBJECT_KINDS.items()]


# ---------------------------------------------------------------- the declaration


@bp.get("/projects/<int:project_id>/declaration", needs=Permission.DECLARE)
def edit(project_id: int) -> ResponseReturnValue:
    if reach().state != P.DECLARING:
        return redirect(url_for("declaration.show", project_id=project_id), 303)
    declaration = _declaration(project_id)
    given = asdict(declaration)
    given["targets"] = given["targets"] or [{} for _row in range(BLANK_TARGETS)]
    return _edit_page(_edit_form(data=given), declaration)


@bp.post("/projects/<int:project_id>/declaration", needs=Permission.DECLARE)
def save(project_id: int) -> ResponseReturnValue:
    declaration = _declaration(project_id)
    form = _edit_form()
    if rows_changed(form):
        return _edit_page(form, declaration)
    if not form.validate():
        return _edit_page(form, declaration, 422)

    def work() -> str:
        commands.save(project_id, _values(form), version=form.version.data or 0, actor=actor())
        commands.attach_files(project_id, form.files.received, actor=actor())
        return url_for("declaration.edit", project_id=project_id)

    answer = perform(form, work, again=lambda status: _again(form, project_id, status))
    if answer.status_code == 303:
        flash(_("申报表已保存。"))
    return answer


@bp.get("/projects/<int:project_id>/declaration/view", needs=Permission.PROJECTS_READ)
def show(project_id: int) -> ResponseReturnValue:
    if not reach().sees(Datum.DECLARATION):
        raise NotFound
    declaration = _declaration(project_id)
    return page(
        "declaration/show.html",
        declaration=declaration,
        kind_label=_(OBJECT_KINDS[ObjectKind(declaration.object_kind)]),
        files=file_views(reach(), actor(), AttachmentPurpose.DECLARATION),
    )


def _declaration(project_id: int) -> queries.DeclarationRow:
    found = queries.declaration(project_id)
    if found is None:
        raise NotFound
    return found


def _edit_form(data: dict[str, Any] | None = None) -> Any:
    form = forms.DeclarationForm(data=data)
    form.project_type.choices = [("", _("请选择")), *((one, one) for one in PROJECT_TYPES)]
    form.fund_use.choices = [("", _("请选择")), *((one, one) for one in FUND_USES)]
    return form


def _values(form: Any) -> commands.DeclarationValues:
    values = form.values()
    del values["files"]
    values["sub_projects"] = [(row["name"], row["amount_fen"]) for row in values["sub_projects"]]
    values["milestones"] = [(row["label"], row["filed"]) for row in values["milestones"]]
    values["targets"] = [
        (row["level1"], row["level2"], row["name"], row["filed"]) for row in values["targets"]
    ]
    return commands.DeclarationValues(**values)


def _again(form: Any, project_id: int, status: int) -> Response:
    declaration = _declaration(project_id)
    if status == 409:
        # he was told who was faster, and what he typed is kept: saving once more is his decision
        form.version.data = declaration.version
    return _edit_page(form, declaration, status)


def _edit_page(form: Any, declaration: queries.DeclarationRow, status: int = 200) -> Response:
    offers = advance.project_offers(reach(), actor())
    submit = tuple(offer for offer in offers if offer.transition.action == "submit_declaration")
    return page(
        "declaration/edit.html",
        fragments=("form",),
        status=status,
        form=form,
        errors=errors_of(form),
        stale=status == 409,
        declaration=declaration,
        kind_label=_(OBJECT_KINDS[ObjectKind(declaration.object_kind)]),
        added=request.form.get("add_row", ""),
        offers=offer_views(submit, reach(), lambda action: act_url(reach().id, action)),
        files=file_views(reach(), actor(), AttachmentPurpose.DECLARATION),
    )
