"""Pages of people and settings. The auditor's log and the supervisor's 回避名单 stand here too."""

from dataclasses import replace
from typing import Any

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import avoidance, people
from perfflow.core.access import Permission
from perfflow.core.avoidance import AvoidanceValues
from perfflow.core.paging import Page
from perfflow.core.people import OneTime, OrganisationValues, UserValues
from perfflow.pages.admin import log, queries
from perfflow.pages.admin import rights as tables
from perfflow.pages.admin.forms import (
    AvoidanceForm,
    EventSearch,
    NewOrganisationForm,
    NewUserForm,
    OrganisationForm,
    OrganisationSearch,
    UserForm,
    UserSearch,
)
from perfflow.process import ROLES, OrganisationKind, Role
from perfflow.web.events import KINDS
from perfflow.web.filter import kept_url
from perfflow.web.forms import ActForm, errors_of, perform
from perfflow.web.guard import GuardedBlueprint, actor
from perfflow.web.rendering import page

bp = GuardedBlueprint("admin", __name__, url_prefix="/admin")
ADMINISTER = Permission.ADMINISTER
UNITS_ONLY = tuple(name for name in people.ORGANISATION_LABELS if name not in ("name", "active"))
"""What is asked of budget units and of no other organisation."""

# ---------------------------------------------------------------- organisations


@bp.get("/organisations", needs=ADMINISTER)
def organisations() -> Response:
    form = OrganisationSearch(request.args)
    form.kind.choices = _or_all(people.ORGANISATION_KINDS)
    kind = _known(form.kind)
    found = queries.organisation_list(form.words.data or "", kind, **_cursors())
    return page("admin/organisations.html", form=form, **_listed(".organisations", found))


@bp.get("/organisations/new", needs=ADMINISTER)
def new_organisation() -> Response:
    return _organisation_page(_organisation_form(NewOrganisationForm()), 200)


@bp.post("/organisations/new", needs=ADMINISTER)
def create_organisation() -> ResponseReturnValue:
    form = _organisation_form(NewOrganisationForm())
    if not form.validate():
        return _organisation_page(form, 422)

    def work() -> str:
        kind, values = OrganisationKind(form.kind.data), _organisation_values(form)
        made = people.create_organisation(kind, values, actor=actor())
        flash(_("单位已建立。"), "ok")
        return url_for(".edit_organisation", organisation_id=made)

    return perform(form, work, again=lambda status: _organisation_page(form, status))


@bp.get("/organisations/<int:organisation_id>", needs=ADMINISTER)
def edit_organisation(organisation_id: int) -> Response:
    card = queries.organisation_card(organisation_id)
    form = _organisation_form(OrganisationForm(obj=card.values), card)
    if "supervised_by" in form:
        form.supervised_by.data = str(card.values.supervised_by or "")
    form.version.data = card.version
    return _organisation_page(form, 200, card)


@bp.post("/organisations/<int:organisation_id>", needs=ADMINISTER)
def update_organisation(organisation_id: int) -> ResponseReturnValue:
    card = queries.organisation_card(organisation_id)
    form = _organisation_form(OrganisationForm(), card)
    if not form.validate():
        return _organisation_page(form, 422, card)

    def work() -> str:
        people.update_organisation(
            organisation_id, _organisation_values(form, card), version=form.version.data, actor=actor()
        )
        flash(_("单位已保存。"), "ok")
        return url_for(".edit_organisation", organisation_id=organisation_id)

    return perform(form, work, again=lambda status: _organisation_page(form, status, card))


def _organisation_form(form: Any, card: queries.OrganisationCard | None = None) -> Any:
    if card is not None and card.kind is not OrganisationKind.UNIT:
        for name in UNITS_ONLY:
            del form[name]
        return form
    offices = queries.organisations(OrganisationKind.OFFICE)
    form.supervised_by.choices = [("", _("无")), *offices]
    form.jurisdiction.choices = _said(people.JURISDICTIONS)
    form.number_style.choices = _said(people.NUMBER_STYLES)
    if "kind" in form:
        form.kind.choices = [("", _("请选择")), *_said(people.ORGANISATION_KINDS)]
    return form


def _organisation_values(form: Any, card: queries.OrganisationCard | None = None) -> OrganisationValues:
    if "supervised_by" not in form and card is not None:
        return replace(card.values, name=form.name.data, active=form.active.data)
    values = {name: value for name, value in form.values().items() if name != "kind"}
    values["supervised_by"] = int(values["supervised_by"]) if values["supervised_by"] else None
    return OrganisationValues(**values)


def _organisation_page(form: Any, status: int, card: queries.OrganisationCard | None = None) -> Response:
    return page(
        "admin/organisation.html",
        status=status,
        form=form,
        errors=errors_of(form),
        card=card,
        kind_label=_(people.ORGANISATION_KINDS[card.kind]) if card else "",
        is_unit="supervised_by" in form,
    )


# ---------------------------------------------------------------- users


@bp.get("/users", needs=ADMINISTER)
def users() -> Response:
    form = UserSearch(request.args)
    form.role.choices = _or_all(ROLES)
    found = queries.user_list(form.words.data or "", _known(form.role), **_cursors())
    return page("admin/users.html", form=form, **_listed(".users", found))


@bp.get("/users/new", needs=ADMINISTER)
def new_user() -> Response:
    return _new_user_page(_new_user_form(), 200)


@bp.post("/users/new", needs=ADMINISTER)
def create_user() -> ResponseReturnValue:
    form = _new_user_form()
    if not form.validate():
        return _new_user_page(form, 422)
    one_time = people.one_time_password()
    made: list[int] = []

    def work() -> str:
        organisation_id, values = int(form.organisation_id.data), _user_values(form)
        made.append(people.create_user(form.username.data, organisation_id, values, one_time, actor=actor()))
        return url_for(".edit_user", user_id=made[0])

    answer = perform(form, work, again=lambda status: _new_user_page(form, status))
    return _shown_once(made[0], one_time) if made and answer.status_code == 303 else answer


@bp.get("/users/<int:user_id>", needs=ADMINISTER)
def edit_user(user_id: int) -> Response:
    card = queries.user_card(user_id)
    form = _user_form(UserForm(obj=card.values), card)
    form.role.data = card.values.role.value
    form.version.data = card.version
    return _user_page(form, 200, card)


@bp.post("/users/<int:user_id>", needs=ADMINISTER)
def update_user(user_id: int) -> ResponseReturnValue:
    card = queries.user_card(user_id)
    form = _user_form(UserForm(), card)
    if not form.validate():
        return _user_page(form, 422, card)

    def work() -> str:
        people.update_user(user_id, _user_values(form), version=form.version.data, actor=actor())
        flash(_("用户已保存。"), "ok")
        return url_for(".edit_user", user_id=user_id)

    return perform(form, work, again=lambda status: _user_page(form, status, card))


@bp.post("/users/<int:user_id>/unlock", needs=ADMINISTER)
def unlock(user_id: int) -> ResponseReturnValue:
    def work() -> str:
        people.unlock(user_id, actor=actor())
        flash(_("账号已解锁。"), "ok")
        return url_for(".edit_user", user_id=user_id)

    return perform(ActForm(), work)


@bp.post("/users/<int:user_id>/reset", needs=ADMINISTER)
def reset_password(user_id: int) -> ResponseReturnValue:
    one_time = people.one_time_password()
    done: list[int] = []

    def work() -> str:
        people.reset_password(user_id, one_time, actor=actor())
        done.append(user_id)
        return url_for(".edit_user", user_id=user_id)

    answer = perform(ActForm(), work)
    return _shown_once(user_id, one_time) if done and answer.status_code == 303 else answer


def _shown_once(user_id: int, one_time: OneTime) -> Response:
    """The password stands in this answer only, in no address or cookie; the form sent again shows none."""
    return page("admin/one_time.html", card=queries.user_card(user_id), password=one_time.password)


def _new_user_form() -> Any:
    form = NewUserForm()
    form.role.choices = [("", _("请选择")), *_said(ROLES)]
    form.organisation_id.choices = [("", _("请选择")), *queries.organisations()]
    return form


def _user_form(form: Any, card: queries.UserCard) -> Any:
    form.role.choices = [(role.value, _(ROLES[role])) for role in people.roles_for(card.kind)]
    return form


def _user_values(form: Any) -> UserValues:
    return UserValues(display_name=form.display_name.data, role=Role(form.role.data), active=form.active.data)


def _new_user_page(form: Any, status: int) -> Response:
    return page("admin/new_user.html", status=status, form=form, errors=errors_of(form))


def _user_page(form: Any, status: int, card: queries.UserCard) -> Response:
    # each button acts under a key of its own
    return page(
        "admin/user.html",
        status=status,
        form=form,
        errors=errors_of(form),
        card=card,
        unlock_form=ActForm(formdata=None),
        reset_form=ActForm(formdata=None),
    )


# ---------------------------------------------------------------- rights


@bp.get("/rights", needs=ADMINISTER)
def rights() -> Response:
    return page(
        "admin/rights.html",
        grants=tables.grants(),
        sights=tables.sights(),
        project_acts=tables.acts(item=False),
        item_acts=tables.acts(item=True),
    )


# ---------------------------------------------------------------- 回避名单


@bp.get("/avoidances", needs=Permission.AVOIDANCE)
def avoidances() -> Response:
    return _avoidance_page(_avoidance_form(), 200)


@bp.post("/avoidances", needs=Permission.AVOIDANCE)
def add_avoidance() -> ResponseReturnValue:
    form = _avoidance_form()
    if not form.validate():
        return _avoidance_page(form, 422)

    def work() -> str:
        values = form.values()
        values["firm_id"], values["unit_id"] = int(values["firm_id"]), int(values["unit_id"])
        avoidance.add_avoidance(AvoidanceValues(**values), actor=actor())
        flash(_("已加入回避名单。"), "ok")
        return url_for(".avoidances")

    return perform(form, work, again=lambda status: _avoidance_page(form, status))


@bp.post("/avoidances/<int:avoidance_id>/end", needs=Permission.AVOIDANCE)
def end_avoidance(avoidance_id: int) -> ResponseReturnValue:
    def work() -> str:
        avoidance.end_avoidance(avoidance_id, actor=actor())
        flash(_("此条回避已结束。"), "ok")
        return url_for(".avoidances")

    return perform(ActForm(), work)


def _avoidance_form() -> Any:
    form = AvoidanceForm()
    form.firm_id.choices = [("", _("请选择")), *queries.organisations(OrganisationKind.FIRM)]
    form.unit_id.choices = [("", _("请选择")), *queries.own_units(actor())]
    return form


def _avoidance_page(form: Any, status: int) -> Response:
    found = queries.avoidance_list(actor(), **_cursors())
    return page(
        "admin/avoidances.html",
        status=status,
        form=form,
        errors=errors_of(form),
        end_forms={row.id: ActForm(formdata=None) for row in found.rows if row.ended_at is None},
        **_listed(".avoidances", found),
    )


# ---------------------------------------------------------------- the log


@bp.get("/events", needs=Permission.EVENTS_READ)
def events() -> Response:
    form = EventSearch(request.args)
    form.kind.choices = _or_all(KINDS)
    found = log.event_list(_known(form.kind), (form.username.data or "").strip(), **_cursors())
    return page("admin/events.html", form=form, **_listed(".events", found))


@bp.get("/changes", needs=Permission.EVENTS_READ)
def changes() -> Response:
    return page("admin/changes.html", **_listed(".changes", log.change_list(**_cursors())))


# ---------------------------------------------------------------- shared by the lists


def _cursors() -> dict[str, str]:
    return {"after": request.args.get("after", ""), "before": request.args.get("before", "")}


def _listed(endpoint: str, found: Page[Any]) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "prev_url": kept_url(endpoint, before=found.before) if found.before else None,
        "next_url": kept_url(endpoint, after=found.after) if found.after else None,
    }


def _said(labels: Any) -> list[tuple[str, str]]:
    return [(str(code), _(label)) for code, label in labels.items()]


def _or_all(labels: Any) -> list[tuple[str, str]]:
    return [("", _("全部")), *_said(labels)]


def _known(field: Any) -> str:
    """What was chosen, when it is one of the choices: addresses are typed by hand too."""
    return field.data if field.data in dict(field.choices) else ""
