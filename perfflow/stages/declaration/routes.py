"""HTTP of the stage 申报: a new declaration, its parts and their check, its reading page, and 登记."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import advance, clock
from perfflow.core.access import Permission
from perfflow.core.errors import NotFound
from perfflow.process import N_, OBJECT_KINDS, AttachmentPurpose, Datum, ObjectKind, P
from perfflow.rules.declaration import (
    FIELDS,
    FUND_USES,
    PROJECT_TYPES,
    SECTION_LABELS,
    Progress,
    Section,
    section_of,
)
from perfflow.rules.outcome import Problem
from perfflow.stages.declaration import commands, forms, queries
from perfflow.web import downloads
from perfflow.web.acts import OfferView, offer_views
from perfflow.web.attachments import file_views
from perfflow.web.forms import errors_of, perform, uploads
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.origins import Origin, origins
from perfflow.web.places import act_url
from perfflow.web.problems import ReasonView, place, say
from perfflow.web.rendering import page
from perfflow.web.rows import Rows, rows_changed
from perfflow.workflow.definition import Reason

bp = GuardedBlueprint("declaration", __name__)
BLANK_TARGETS = 5
CHECK = "check"
"""The one page a part may be told to go back to; anything else is not listened to."""
TAGS = {
    Progress.EMPTY: ("todo", N_("未填")),
    Progress.BEGUN: ("doing", N_("填写中")),
    Progress.DONE: ("done", N_("已完成")),
    Progress.TROUBLED: ("late", N_("有问题")),
}


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


# ---------------------------------------------------------------- the declaration, part by part


@dataclass(frozen=True, slots=True)
class PartView:
    """A line of the task list."""

    section: Section
    label: str
    url: str
    tag: str
    word: str
    gaps: int
    problems: list[ReasonView]
    objections: list[ReasonView]
    hints: list[ReasonView]


@bp.get("/projects/<int:project_id>/declaration", needs=Permission.DECLARE)
def edit(project_id: int) -> ResponseReturnValue:
    """The task list."""
    if reach().state != P.DECLARING:
        return redirect(url_for("declaration.show", project_id=project_id), 303)
    parts = _part_views(project_id)
    return page(
        "declaration/tasks.html",
        declaration=_declaration(project_id),
        parts=parts,
        done=sum(part.tag == "done" for part in parts),
        check_url=url_for("declaration.check", project_id=project_id),
    )


@bp.get("/projects/<int:project_id>/declaration/<section>", needs=Permission.DECLARE)
def section(project_id: int, section: str) -> ResponseReturnValue:
    part = _section(section)
    if reach().state != P.DECLARING:
        return redirect(url_for("declaration.show", project_id=project_id), 303)
    declaration = _declaration(project_id)
    given = asdict(declaration)
    given["targets"] = given["targets"] or [{} for _row in range(BLANK_TARGETS)]
    form = _form(part, data=given)
    _put_hints(form, project_id, part)
    return _section_page(form, part, declaration)


@bp.post("/projects/<int:project_id>/declaration/<section>", needs=Permission.DECLARE)
def save(project_id: int, section: str) -> ResponseReturnValue:
    part = _section(section)
    declaration = _declaration(project_id)
    form = _form(part)
    if rows_changed(form):
        return _section_page(form, part, declaration)
    if not form.validate():
        return _section_page(form, part, declaration, 422)

    def work() -> str:
        if FIELDS[part]:
            version = form.version.data or 0
            commands.save_section(project_id, part, _values(form, part), version=version, actor=actor())
        if "files" in form:
            commands.attach_files(project_id, form.files.received, actor=actor())
        return _after(project_id, part)

    answer = perform(form, work, again=lambda status: _again(form, part, status))
    if answer.status_code == 303:
        flash(_("申报表已保存：%(part)s。", part=_(SECTION_LABELS[part])))
        if request.form.get("go") == "next":
            _flash_hints(project_id, part)
    return answer


@bp.get("/projects/<int:project_id>/declaration/check", needs=Permission.DECLARE)
def check(project_id: int) -> ResponseReturnValue:
    """提交前核对: every answer as filed, what stands against it at its place, and the act at the end."""
    if reach().state != P.DECLARING:
        return redirect(url_for("declaration.show", project_id=project_id), 303)
    parts = _part_views(project_id, back=CHECK)
    return page("declaration/check.html", **_answers(project_id), parts=parts, offers=_offers(parts))


@bp.get("/projects/<int:project_id>/declaration/view", needs=Permission.PROJECTS_READ)
def show(project_id: int) -> ResponseReturnValue:
    if not reach().sees(Datum.DECLARATION):
        raise NotFound
    return page(
        "declaration/show.html",
        **_answers(project_id),
        labels=_labels(),
        downloads=downloads.of_page(reach(), actor(), Datum.DECLARATION),
    )


@place("declaration")
def place_of(project_id: int, anchor: str) -> str:
    """Where a field or a row is filled in."""
    return _address(project_id, section_of(anchor) or Section.BASIC, anchor)


def _address(project_id: int, section: Section, anchor: str = "", back: str = "") -> str:
    return url_for(
        "declaration.section",
        project_id=project_id,
        section=section.value,
        back=back or None,
        _anchor=anchor or None,
    )


def _section(name: str) -> Section:
    try:
        return Section(name)
    except ValueError:
        raise NotFound from None


def _declaration(project_id: int) -> queries.DeclarationRow:
    found = queries.declaration(project_id)
    if found is None:
        raise NotFound
    return found


def _labels() -> dict[str, str]:
    return {section.value: _(label) for section, label in SECTION_LABELS.items()}


def _part_views(project_id: int, back: str = "") -> list[PartView]:
    return [_part_view(project_id, part, back) for part in queries.parts(project_id)]


def _part_view(project_id: int, part: queries.Part, back: str) -> PartView:
    def views(problems: Iterable[Problem]) -> list[ReasonView]:
        return [
            ReasonView(_say(problem), _address(project_id, part.section, problem.place, back))
            for problem in problems
        ]

    tag, word = TAGS[part.progress]
    return PartView(
        section=part.section,
        label=_(SECTION_LABELS[part.section]),
        url=_address(project_id, part.section, back=back),
        tag=tag,
        word=_(word),
        gaps=sum(problem.gap for problem in part.problems),
        problems=views(part.problems),
        objections=views(problem for problem in part.problems if not problem.gap),
        hints=views(part.hints),
    )


def _say(problem: Problem) -> str:
    return say(Reason(problem.message, problem.params))


def _answers(project_id: int) -> dict[str, Any]:
    """What the reading page and the check page show alike."""
    declaration = _declaration(project_id)
    return {
        "declaration": declaration,
        "tree": queries.tree(declaration.targets),
        "kind_label": _(OBJECT_KINDS[ObjectKind(declaration.object_kind)]),
        "files": file_views(reach(), actor(), AttachmentPurpose.DECLARATION),
        "origin": _origins(declaration),
    }


def _origins(declaration: queries.DeclarationRow) -> dict[str, Origin]:
    """By field; of a row by its list and its number there."""
    found = origins(reach(), queries.source_values(declaration))
    for name in queries.ROWS:
        for number, row in enumerate(getattr(declaration, name), 1):
            key = queries.row_key(name, queries.filed(name, row))
            if key in found:
                found[f"{name}.{number}"] = found[key]
    return found


def _offers(parts: list[PartView]) -> list[OfferView]:
    """The act of submitting; what stands against it leads to its field and from there back to the check page."""
    offers = advance.project_offers(reach(), actor())
    submit = tuple(offer for offer in offers if offer.transition.action == "submit_declaration")
    hrefs = [problem.href or "" for part in parts for problem in part.problems]
    ways = {href.replace(f"?back={CHECK}", ""): href for href in hrefs}
    return [
        replace(view, reasons=[replace(one, href=ways.get(one.href or "", one.href)) for one in view.reasons])
        for view in offer_views(submit, reach(), lambda action: act_url(reach().id, action))
    ]


# ---------------------------------------------------------------- the form of one part


def _form(part: Section, data: dict[str, Any] | None = None) -> Any:
    form: Any = forms.FORMS[part](data=data)
    if part == Section.BASIC:
        form.project_type.choices = [("", _("请选择")), *((one, one) for one in PROJECT_TYPES)]
        form.fund_use.choices = [("", _("请选择")), *((one, one) for one in FUND_USES)]
    return form


def _values(form: Any, part: Section) -> dict[str, Any]:
    """The fields of a part, its rows as tuples in the order of their columns."""
    values = {name: form[name].data for name in FIELDS[part]}
    for name in FIELDS[part]:
        if isinstance(form[name], Rows):
            values[name] = [tuple(row.values()) for row in values[name]]
    return values


def _back() -> str:
    wanted = request.form.get("back", request.args.get("back", ""))
    return CHECK if wanted == CHECK else ""


def _after(project_id: int, part: Section) -> str:
    """Where saving leads: back to the check page, on to the next part, or to this part again."""
    check = url_for("declaration.check", project_id=project_id)
    if _back():
        return f"{check}#{part.value}"
    if request.form.get("go") != "next":
        return _address(project_id, part)
    following = [*Section][[*Section].index(part) + 1 :]
    return _address(project_id, following[0]) if following else check


def _put_hints(form: Any, project_id: int, part: Section) -> None:
    """Beside each field what is doubtful about it; it keeps nobody from saving or submitting."""
    for hint in _hints(project_id, part):
        name, *row = hint.place.split("-")
        field = form[name].entries[int(row[0])].form[row[1]] if row else form[name]
        field.doubt = _say(hint)


def _flash_hints(project_id: int, part: Section) -> None:
    for hint in _hints(project_id, part):
        label = _(commands.LABELS[hint.field])
        flash(_("%(label)s：%(error)s", label=label, error=_say(hint)), "warning")


def _hints(project_id: int, part: Section) -> list[Problem]:
    return [hint for one in queries.parts(project_id) if one.section == part for hint in one.hints]


def _again(form: Any, part: Section, status: int) -> Response:
    declaration = _declaration(reach().id)
    if status == 409:
        # he was told who was faster, and what he typed is kept: saving once more is his decision
        form.version.data = declaration.version
    return _section_page(form, part, declaration, status)


def _section_page(
    form: Any, part: Section, declaration: queries.DeclarationRow, status: int = 200
) -> Response:
    project_id = reach().id
    parts = _part_views(project_id, back=_back())
    return page(
        "declaration/section.html",
        fragments=("form",),
        status=status,
        form=form,
        errors=errors_of(form),
        stale=status == 409,
        declaration=declaration,
        kind_label=_(OBJECT_KINDS[ObjectKind(declaration.object_kind)]),
        part=next(one for one in parts if one.section == part),
        parts=parts,
        last=part == [*Section][-1],
        back=_back(),
        save_url=url_for("declaration.save", project_id=project_id, section=part.value),
        check_url=url_for("declaration.check", project_id=project_id),
        files=file_views(reach(), actor(), AttachmentPurpose.DECLARATION),
    )
