"""The form of an act, made from the fields named in process.py; and one opinion for the acts that need no more."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import ValidationError

from perfflow.core.access import Reach
from perfflow.core.advance import OPINION_LIMIT
from perfflow.process import DUE_ON, ITEM_STATES, PROJECT_STATES
from perfflow.web import filters
from perfflow.web.drafts import ACT, OPINION
from perfflow.web.forms import DayField, FilesField, Line, ManyField, Prose, WholeField, must
from perfflow.web.language import is_english
from perfflow.web.opinions import WithPhrases
from perfflow.web.problems import ReasonView, reason_view
from perfflow.web.translate import sentences
from perfflow.workflow.definition import Field, FieldKind, Lead, Rest, Transition
from perfflow.workflow.engine import Offer

Choices = Callable[[Reach], list[tuple[str, str]]]
_choices: dict[str, Choices] = {}

STATES = {**PROJECT_STATES, **ITEM_STATES}
ASK = "ask"
"""The name of a button that opens the page of its act and takes along what was typed."""
CODE = "project_code"


def choices(name: str) -> Callable[[Choices], Choices]:
    """Register where the options of a field come from (Field.options)."""

    def register(function: Choices) -> Choices:
        _choices[name] = function
        return function

    return register


# ---------------------------------------------------------------- what is offered


@dataclass(frozen=True, slots=True)
class OfferView:
    """One button: without reasons it acts, or where it `asks` it leads to the form of the act; with reasons they
    stand beside it."""

    action: str
    label: str
    url: str
    tone: str
    reasons: list[ReasonView]
    asks: bool = False
    reason_needed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The acts of one project or item with one opinion for them all. `form` is None where none of them acts at
    once: each then leads to its page."""

    offers: list[OfferView]
    form: Any
    hint: str

    @property
    def ready(self) -> bool:
        """Whether it can go on now; else what is to be written comes first."""
        return any(offer.tone == "brand" and not offer.reasons for offer in self.offers)


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
            asks_first(offer.transition),
            offer.transition.reason,
        )
        for offer in sorted(offers, key=lambda offer: offer.transition.tone != "brand")
    ]


def decision(offers: list[OfferView], version: int, item_number: int | None = None) -> Decision:
    """What can be decided where the text stands that it concerns."""
    possible = [offer for offer in offers if not offer.reasons]
    at_once = [offer for offer in possible if not offer.asks]
    if not at_once:
        return Decision(offers, None, "")
    hints = []
    if reasoned := [offer.label for offer in at_once if offer.reason_needed]:
        hints.append(_("办理%(acts)s须写明理由。", acts=_quoted(reasoned)))
    if asking := [offer.label for offer in possible if offer.asks]:
        hints.append(_("%(acts)s还需填写或确认，将另开一页，意见一并带过去。", acts=_quoted(asking)))
    return Decision(offers, _opinion(version, item_number), sentences(hints))


def _quoted(labels: list[str]) -> str:
    # in Chinese quotation marks follow each other without anything between
    return (", " if is_english() else "").join(f"“{label}”" for label in labels)


def asks_first(transition: Transition) -> bool:
    """Whether the act has a page of its own before it: fields to fill in, a warning to read, a number to type."""
    return bool(transition.fields or transition.warning or ends(transition))


def ends(transition: Transition) -> bool:
    """Whether nothing leads on from where the act leads: such an act is confirmed by the number of the project."""
    leads = transition.leads
    return not isinstance(leads, Lead) and any(STATES[to.state].rest is Rest.FINAL for to in leads)


# ---------------------------------------------------------------- forms


class OpinionForm(WithPhrases):
    """办理意见 beside the text it concerns; each button sends it to its own act."""

    reason = Prose(_l("办理意见"), limit=OPINION_LIMIT)


def _opinion(version: int, item_number: int | None) -> OpinionForm:
    name = OPINION if item_number is None else f"{OPINION}-{item_number}"
    form = OpinionForm(formdata=None, form_name=name)  # another form of this page may be in hand
    form.version.data = version
    form.reason.id = "opinion" if item_number is None else f"opinion-{item_number}"
    form.reason.label.field_id = form.reason.id
    form.phrase.id = f"{form.reason.id}-phrase"
    if item_number is not None:
        form.reason.label.text = _("事项 %(n)d 办理意见", n=item_number)
    return form


def only_asked() -> bool:
    """Whether the button asked for the page of the act, and did not act."""
    return ASK in request.form


def act_form(transition: Transition, reach: Reach, version: int) -> Any:
    """The form of this act on this project or item, filled from the request when there is one."""
    members: dict[str, Any] = {field.name: _control(field, reach) for field in transition.fields}
    label = _("理由") if transition.reason else _("办理意见")
    checks = [must("请写明理由。")] if transition.reason else []
    members["reason"] = Prose(label, checks, limit=OPINION_LIMIT)
    if ends(transition):
        hint = _("办理后不能恢复，请输入 %(code)s 以确认。", code=reach.code)
        keep_out = {"autocomplete": "off"}
        members[CODE] = Line(_("项目编号"), [must(), _is_code(reach)], description=hint, render_kw=keep_out)
    members["form_name"] = f"{ACT}{transition.action}"
    form = type("TransitionForm", (WithPhrases,), members)()
    if not form.is_submitted():
        form.version.data = version
    return form


def shown_fields(form: Any, transition: Transition, due_on: date | None) -> list[Any]:
    """The fields of the act in their order; the number that confirms it comes last.

    `due_on` is the present deadline: told where the act moves it and nothing else.
    """
    if due_on is not None and transition.leads is Lead.STAY and DUE_ON in transition.fields:
        form[DUE_ON.name].description = _("现在的期限：%(day)s", day=filters.day(due_on))
    names = [*(field.name for field in transition.fields), "reason", *([CODE] if ends(transition) else [])]
    return [form[name] for name in names]


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


def _is_code(reach: Reach) -> Callable[[Any, Any], None]:
    """A validator: the number of this project, in small letters or full-width signs as well."""

    def check(form: Any, field: Any) -> None:
        typed = unicodedata.normalize("NFKC", field.data or "").upper().replace(" ", "")
        if typed and typed != reach.code.upper():
            sentence = _("“%(text)s”不是本项目的编号，本项目是 %(code)s。", text=field.data, code=reach.code)
            raise ValidationError(sentence)

    return check


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
