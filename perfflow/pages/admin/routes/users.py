"""Users: list, card, one-time passwords."""

from typing import Any

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import people
from perfflow.core.people import OneTime, UserValues
from perfflow.pages.admin import organisations as organisation_reads
from perfflow.pages.admin import users as reads
from perfflow.pages.admin.forms import NewUserForm, UserForm
from perfflow.pages.admin.routes.blueprint import ADMINISTER, bp, cursors, listed, said, text_of, whole_of
from perfflow.pages.admin.users import UserCard, UserFilter
from perfflow.process import ROLES, Role
from perfflow.web.filter import Box, choice
from perfflow.web.forms import ActForm, errors_of, perform
from perfflow.web.guard import actor
from perfflow.web.rendering import page

SURE = "sure"
"""The button of somebody who was asked whether he means his own account."""


@bp.get("/users", needs=ADMINISTER)
def users() -> Response:
    boxes = (
        Box("words", _("用户名或姓名"), text_of("words"), hint=_("用户名、姓名")),
        choice("role", _("角色"), text_of("role"), said(ROLES), _("全部角色")),
        choice("organisation", _("单位"), whole_of("organisation"), organisation_reads.choices(), _("全部单位")),
        choice("state", _("状态"), text_of("state"), said(reads.STATES), _("全部状态")),
    )
    words, role, organisation, state = (box.value for box in boxes)
    wanted = UserFilter(words, role, int(organisation) if organisation else None, state)
    found, count = reads.user_list(wanted, **cursors())
    return page("admin/users.html", fragments=("results",), **listed(".users", found, boxes, count))


@bp.get("/users/new", needs=ADMINISTER)
def new_user() -> Response:
    found = organisation_reads.name_and_kind(whole_of("organisation") or 0)
    form = _new_form(organisation_id=str(whole_of("organisation")) if found else "")
    if found is not None:
        roles = [(role.value, _(ROLES[role])) for role in people.roles_for(found[1])]
        form.role.choices = roles if len(roles) == 1 else [("", _("请选择")), *roles]
    return _new_page(form, 200)


@bp.post("/users/new", needs=ADMINISTER)
def create_user() -> ResponseReturnValue:
    form = _new_form()
    if not form.validate():
        return _new_page(form, 422)
    one_time = people.one_time_password()
    made: list[int] = []

    def work() -> str:
        organisation_id, values = int(form.organisation_id.data), _values(form)
        made.append(people.create_user(form.username.data, organisation_id, values, one_time, actor=actor()))
        return url_for(".edit_user", user_id=made[0])

    answer = perform(form, work, again=lambda status: _new_page(form, status))
    return _shown_once(made[0], one_time) if made and answer.status_code == 303 else answer


@bp.get("/users/<int:user_id>", needs=ADMINISTER)
def edit_user(user_id: int) -> Response:
    card = reads.user_card(user_id)
    form = _choices(UserForm(obj=card.values), card)
    form.version.data = card.version
    return _page(form, 200, card)


@bp.post("/users/<int:user_id>", needs=ADMINISTER)
def update_user(user_id: int) -> ResponseReturnValue:
    card = reads.user_card(user_id)
    form = _choices(UserForm(), card)
    if not form.validate():
        return _page(form, 422, card)
    if card.values.active and not form.active.data and not form.all_the_same.data and people.burden_of(user_id).is_held:
        told = _("此人手中还有未办的事。请先安排交接；仍要停用的，请勾选“已知上述情况，仍然停用”。")
        form.active.errors = [*form.active.errors, told]
        return _page(form, 422, card)

    def work() -> str:
        people.update_user(user_id, _values(form), version=form.version.data, actor=actor())
        flash(_("用户已保存。"), "ok")
        return url_for(".edit_user", user_id=user_id)

    return perform(form, work, again=lambda status: _page(form, status, card))


@bp.post("/users/<int:user_id>/unlock", needs=ADMINISTER)
def unlock(user_id: int) -> ResponseReturnValue:
    def work() -> str:
        people.unlock(user_id, actor=actor())
        flash(_("账号已解锁。"), "ok")
        return url_for(".edit_user", user_id=user_id)

    return perform(ActForm(), work)


@bp.post("/users/<int:user_id>/reset", needs=ADMINISTER)
def reset_password(user_id: int) -> ResponseReturnValue:
    if user_id == actor().id and SURE not in request.form:
        # he would be out at once, and whoever then presses "back" has no password any more
        return page("admin/reset_own.html", card=reads.user_card(user_id), form=ActForm(formdata=None), sure=SURE)
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
    own = user_id == actor().id
    return page("admin/one_time.html", card=reads.user_card(user_id), password=one_time.password, own=own)


def _new_form(**filled: str) -> Any:
    form = NewUserForm(data=filled)
    form.role.choices = [("", _("请选择")), *said(ROLES)]
    form.organisation_id.choices = [("", _("请选择")), *organisation_reads.choices()]
    return form


def _choices(form: Any, card: UserCard) -> Any:
    form.role.choices = [(role.value, _(ROLES[role])) for role in people.roles_for(card.kind)]
    return form


def _values(form: Any) -> UserValues:
    return UserValues(display_name=form.display_name.data, role=Role(form.role.data), active=form.active.data)


def _new_page(form: Any, status: int) -> Response:
    return page("admin/new_user.html", status=status, form=form, errors=errors_of(form))


def _page(form: Any, status: int, card: UserCard) -> Response:
    # each button acts under a key of its own
    return page(
        "admin/user.html",
        status=status,
        form=form,
        errors=errors_of(form),
        card=card,
        burden=reads.burden_lines(card) if card.values.active else [],
        asks_again=card.values.active and people.burden_of(card.id).is_held,
        unlock_form=ActForm(formdata=None),
        reset_form=ActForm(formdata=None),
    )
