"""The form of an act, made from the fields named in process.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from wtforms import SelectField

from perfflow.core.access import Reach
from perfflow.core.advance import OPINION_LIMIT
from perfflow.web.forms import ActForm, DayField, FilesField, Line, ManyField, Prose, WholeField, must
from perfflow.web.problems import ReasonView, reason_view
from perfflow.workflow.definition import Field, FieldKind, Transition
from perfflow.workflow.engine import Offer

Choices = Callable[[Reach], list[tuple[str, str]]]
_choices: dict[str, Choices] = {}


def choices(name: str) -> Callable[[Choices], Choices]:
    """Register where the options of a field come from (Field.options)."""

    def register(function: Choices) -> Choices:
        _choices[name] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class OfferView:
    """One button: without reasons it leads to the form of the act, with reasons they stand beside it."""

    action: str
    label: str
    url: str
    tone: str
    reasons: list[ReasonView]


def offer_views(
    offers: tuple[Offer, ...], reach: Reach, address: Callable[[str], str]
) -> list[OfferView]:
    """Forward first; the others as the process lists them."""
    return [
        OfferView(
            offer.transition.action,
            _(offer.transition.label),
            address(offer.transition.action),
            offer.transition.tone,
            [reason_view(reason, reach.id) for reason in offer.reasons],
        )
        for offer in sorted(offers, key=lambda offer: offer.transition.tone != "brand")
    ]


def act_form(transition: Transition, reach: Reach, version: int) -> Any:
    """The form of this act on this project or item, filled from the request when there is one."""
    members: dict[str, Any] = {field.name: _control(field, reach) for field in transition.fields}
    label = _("理由") if transition.reason else _("办理意见")
    checks = [must("请写明理由。")] if transition.reason else []
    members["reason"] = Prose(label, checks, limit=OPINION_LIMIT)
    form = type("TransitionForm", (ActForm,), members)()
    if not form.is_submitted():
        form.version.data = version
    return form


def act_values(form: Any, transition: Transition) -> dict[str, Any]:
    """The typed values of the act, its files stored already."""
    values: dict[str, Any] = {"reason": form.reason.data or ""}
    for field in transition.fields:
        data = form[field.name].data
        if field.kind is FieldKind.FILES:
            data = form[field.name].received
        elif field.kind is FieldKind.CHOICES:
            data = [int(value) for value in data or []]
        elif field.kind is FieldKind.CHOICE and isinstance(data, str) and data.isdigit() and field.name.endswith("_id"):
            data = int(data)
        values[field.name] = data
    return values


def _control(field: Field, reach: Reach) -> Any:
    label = _(field.label)
    checks = [must(_("“%(label)s”还没有填写。", label=label))] if field.required else []
    hint = _(field.hint) if field.hint else ""
    if field.kind is FieldKind.LINE:
        return Line(label, checks, description=hint)
    if field.kind is FieldKind.TEXT:
        return Prose(label, checks, description=hint)
    if field.kind is FieldKind.DATE:
        return DayField(label, checks, description=hint)
    if field.kind is FieldKind.YEAR:
        return WholeField(label, checks, lowest=1990, highest=2100, description=hint)
    if field.kind is FieldKind.FILES:
        return FilesField(label, description=hint)
    options = _options(field, reach)
    if field.kind is FieldKind.CHOICES:
        return ManyField(label, choices=options, description=hint)
    return SelectField(label, checks, choices=[("", _("请选择")), *options], description=hint)


def _options(field: Field, reach: Reach) -> list[tuple[str, str]]:
    if isinstance(field.options, str):
        return _choices[field.options](reach)
    return [(value, _(label)) for value, label in field.options]
