"""Organisations: list, card, and the manner of a unit's result table with its preview."""

from dataclasses import asdict, fields, replace
from typing import Any

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import grades, organisations
from perfflow.core.organisations import OrganisationValues
from perfflow.pages.admin import organisations as reads
from perfflow.pages.admin.forms import NewOrganisationForm, OrganisationForm
from perfflow.pages.admin.manner import sample
from perfflow.pages.admin.organisations import OrganisationCard, OrganisationFilter
from perfflow.pages.admin.routes.blueprint import ADMINISTER, bp, cursors, listed, said, text_of, whole_of
from perfflow.papers.numbering import Manner
from perfflow.process import OrganisationKind
from perfflow.web.filter import Box, choice
from perfflow.web.forms import errors_of, perform
from perfflow.web.guard import actor
from perfflow.web.rendering import page

UNITS_ONLY = tuple(name for name in organisations.ORGANISATION_LABELS if name not in ("name", "active"))
"""What is asked of budget units and of no other organisation."""
MANNER = tuple(field.name for field in fields(Manner))


@bp.get("/organisations", needs=ADMINISTER, endpoint="organisations")
def index() -> Response:
    offices = reads.choices(OrganisationKind.OFFICE)
    kinds, states = said(organisations.ORGANISATION_KINDS), said(reads.STATES)
    boxes = (
        Box("words", _("名称"), text_of("words"), hint=_("单位名称")),
        choice("kind", _("类别"), text_of("kind"), kinds, _("全部类别")),
        choice("office", _("主管部门"), whole_of("office"), offices, _("全部")),
        choice("state", _("状态"), text_of("state"), states, _("全部状态")),
    )
    words, kind, office, state = (box.value for box in boxes)
    wanted = OrganisationFilter(words, kind, int(office) if office else None, state)
    found, count = reads.organisation_list(wanted, **cursors())
    return page("admin/organisations.html", fragments=("results",), **listed(".organisations", found, boxes, count))


@bp.get("/organisations/new", needs=ADMINISTER)
def new_organisation() -> Response:
    return _page(_choices(NewOrganisationForm()), 200)


@bp.post("/organisations/new", needs=ADMINISTER)
def create_organisation() -> ResponseReturnValue:
    form = _choices(NewOrganisationForm())
    if "preview" in request.form:
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)

    def work() -> str:
        kind, values = OrganisationKind(form.kind.data), _values(form)
        made = organisations.create_organisation(kind, values, actor=actor())
        flash(_("单位已建立。"), "ok")
        return url_for(".edit_organisation", organisation_id=made)

    return perform(form, work, again=lambda status: _page(form, status))


@bp.get("/organisations/<int:organisation_id>", needs=ADMINISTER)
def edit_organisation(organisation_id: int) -> Response:
    card = reads.organisation_card(organisation_id)
    filled = {**asdict(card.values), "supervised_by": str(card.values.supervised_by or "")}
    form = _choices(OrganisationForm(data=filled), card)
    form.version.data = card.version
    return _page(form, 200, card)


@bp.post("/organisations/<int:organisation_id>", needs=ADMINISTER)
def update_organisation(organisation_id: int) -> ResponseReturnValue:
    card = reads.organisation_card(organisation_id)
    form = _choices(OrganisationForm(), card)
    if "preview" in request.form:
        return _page(form, 200, card)
    if not form.validate():
        return _page(form, 422, card)

    def work() -> str:
        organisations.update_organisation(
            organisation_id, _values(form, card), version=form.version.data, actor=actor()
        )
        flash(_("单位已保存。"), "ok")
        return url_for(".edit_organisation", organisation_id=organisation_id)

    return perform(form, work, again=lambda status: _page(form, status, card))


@bp.get("/manner", needs=ADMINISTER)
def manner() -> Response:
    """The sample table in the manner that stands in the address: what the form shows while it is filled in."""
    form = _choices(OrganisationForm(request.args, meta={"csrf": False}))
    return page("admin/manner.html", fragments=("preview",), sample=sample(_manner(form)))


def _choices(form: Any, card: OrganisationCard | None = None) -> Any:
    if card is not None and card.kind is not OrganisationKind.UNIT:
        for name in UNITS_ONLY:
            del form[name]
        return form
    offices = reads.choices(OrganisationKind.OFFICE)
    form.supervised_by.choices = [("", _("无")), *offices]
    form.jurisdiction.choices = said(grades.places())
    form.number_style.choices = said(organisations.NUMBER_STYLES)
    if "kind" in form:
        form.kind.choices = [("", _("请选择")), *said(organisations.ORGANISATION_KINDS)]
    return form


def _manner(form: Any) -> Manner:
    chosen = {name: form[name].data for name in MANNER}
    if chosen["number_style"] not in organisations.NUMBER_STYLES:
        chosen["number_style"] = Manner().number_style
    return Manner(**chosen)


def _values(form: Any, card: OrganisationCard | None = None) -> OrganisationValues:
    if "supervised_by" not in form and card is not None:
        return replace(card.values, name=form.name.data, active=form.active.data)
    values = {name: value for name, value in form.values().items() if name != "kind"}
    values["supervised_by"] = int(values["supervised_by"]) if values["supervised_by"] else None
    return OrganisationValues(**values)


def _page(form: Any, status: int, card: OrganisationCard | None = None) -> Response:
    is_unit = "supervised_by" in form
    return page(
        "admin/organisation.html",
        status=status,
        form=form,
        errors=errors_of(form),
        card=card,
        kind_label=_(organisations.ORGANISATION_KINDS[card.kind]) if card else "",
        is_unit=is_unit,
        sample=sample(_manner(form)) if is_unit else [],
        belongings=reads.belongings(card) if card else None,
        is_office=card is not None and card.kind is OrganisationKind.OFFICE,
        is_avoided=card is not None and card.kind in (OrganisationKind.UNIT, OrganisationKind.FIRM),
    )
