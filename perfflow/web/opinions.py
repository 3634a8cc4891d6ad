"""常用意见 beside an opinion: inserted by static/phrases.js, or picked to stand in for an opinion left empty."""

from typing import Any

from flask import flash, g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from perfflow.core import cooperation
from perfflow.core.errors import Invalid
from perfflow.db import unit_of_work
from perfflow.web.forms import ActForm
from perfflow.web.guard import actor
from perfflow.web.problems import say

KEEP = "keep_phrase"
"""The button that keeps the present opinion as a phrase and leaves the form as it is."""


def phrases() -> list[str]:
    """Those of whoever is logged in; asked once a request."""
    if "phrases" not in g:
        g.phrases = cooperation.phrases_of(actor())
    return list(g.phrases)


def _choices() -> list[tuple[str, str]]:
    return [("", _("不选用")), *((text, text) for text in phrases())]


class WithPhrases(ActForm):
    """Base of a form with an opinion or a reason in the field `reason`."""

    # a phrase that was dropped in another window is still what its writer meant
    phrase = SelectField(_l("常用意见"), choices=_choices, validate_choice=False)

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        opinion, picked = self._fields["reason"], str(self.phrase.data or "")
        if self.is_submitted() and picked and not (opinion.data or "").strip():
            opinion.type_in(picked)
            self.phrase.data = ""

    def values(self) -> dict[str, Any]:
        found = super().values()
        found.pop("phrase", None)
        return found


def keep(text: str) -> str:
    """Keep an opinion as a phrase; what stands against it, or nothing. No form is sent by this: its key stays."""
    try:
        with unit_of_work():
            cooperation.keep_phrase(text, actor=actor())
    except Invalid as refused:
        return say(refused.reason)
    g.pop("phrases", None)
    return ""


def phrase_kept(form: Any) -> int | None:
    """Act on the button beside the opinion; the status to draw the form again with, None when it was not pressed."""
    if KEEP not in request.form:
        return None
    against = keep(form.reason.data or "")
    if against:
        form.reason.errors = [*form.reason.errors, against]
        return 422
    form.phrase.choices = _choices()
    flash(_("已存为常用意见，本页内容尚未提交。"))
    return 200
