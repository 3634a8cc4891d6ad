"""回避名单 of a supervising office."""

from typing import Any

from flask import Response, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import avoidance
from perfflow.core.access import Permission
from perfflow.core.avoidance import AvoidanceValues, Validity
from perfflow.pages.admin import avoidances as reads
from perfflow.pages.admin import organisations as organisation_reads
from perfflow.pages.admin.avoidances import AvoidanceCard, AvoidanceFilter
from perfflow.pages.admin.forms import AvoidanceForm, ValidityForm
from perfflow.pages.admin.routes.blueprint import bp, cursors, listed, said, text_of
from perfflow.process import OrganisationKind
from perfflow.web.filter import Box, choice
from perfflow.web.forms import ActForm, errors_of, perform
from perfflow.web.guard import actor
from perfflow.web.rendering import page

AVOIDANCE = Permission.AVOIDANCE


@bp.get("/avoidances", needs=AVOIDANCE)
def avoidances() -> Response:
    return _list_page(_new_form(), 200)


@bp.post("/avoidances", needs=AVOIDANCE)
def add_avoidance() -> ResponseReturnValue:
    form = _new_form()
    if not form.validate():
        return _list_page(form, 422)

    def work() -> str:
        values = form.values()
        values["firm_id"], values["unit_id"] = int(values["firm_id"]), int(values["unit_id"])
        avoidance.add_avoidance(AvoidanceValues(**values), actor=actor())
        flash(_("已加入回避名单。"), "ok")
        return url_for(".avoidances")

    return perform(form, work, again=lambda status: _list_page(form, status))


@bp.get("/avoidances/<int:avoidance_id>", needs=AVOIDANCE)
def edit_avoidance(avoidance_id: int) -> Response:
    card = reads.avoidance_card(avoidance_id, actor())
    form = ValidityForm(obj=card.validity)
    form.version.data = card.version
    return _card_page(form, 200, card)


@bp.post("/avoidances/<int:avoidance_id>", needs=AVOIDANCE)
def update_avoidance(avoidance_id: int) -> ResponseReturnValue:
    card = reads.avoidance_card(avoidance_id, actor())
    form = ValidityForm()
    if not form.validate():
        return _card_page(form, 422, card)

    def work() -> str:
        values = Validity(**form.values())
        avoidance.update_avoidance(avoidance_id, values, version=form.version.data, actor=actor())
        flash(_("此条回避已保存。"), "ok")
        return url_for(".edit_avoidance", avoidance_id=avoidance_id)

    return perform(form, work, again=lambda status: _card_page(form, status, card))


@bp.post("/avoidances/<int:avoidance_id>/end", needs=AVOIDANCE)
def end_avoidance(avoidance_id: int) -> ResponseReturnValue:
    def work() -> str:
        avoidance.end_avoidance(avoidance_id, actor=actor())
        flash(_("此条回避已结束。"), "ok")
        return url_for(".avoidances")

    return perform(ActForm(), work)


def _new_form() -> Any:
    form = AvoidanceForm()
    form.firm_id.choices = [("", _("请选择")), *organisation_reads.choices(OrganisationKind.FIRM)]
    form.unit_id.choices = [("", _("请选择")), *reads.own_units(actor())]
    return form


def _list_page(form: Any, status: int) -> Response:
    boxes = (
        Box("words", _("机构、单位或理由"), text_of("words"), hint=_("机构、单位、理由")),
        choice("state", _("状态"), text_of("state"), said(reads.STATES), _("全部状态")),
    )
    wanted = AvoidanceFilter(*(box.value for box in boxes))
    found, count = reads.avoidance_list(actor(), wanted, **cursors())
    return page(
        "admin/avoidances.html",
        fragments=("results",) if status == 200 else (),
        status=status,
        form=form,
        errors=errors_of(form),
        end_forms={row.id: ActForm(formdata=None) for row in found.rows if row.ended_at is None},
        **listed(".avoidances", found, boxes, count),
    )


def _card_page(form: Any, status: int, card: AvoidanceCard) -> Response:
    return page(
        "admin/avoidance.html",
        status=status,
        form=form,
        errors=errors_of(form),
        card=card,
        end_form=ActForm(formdata=None),
    )
