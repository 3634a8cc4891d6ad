"""The choice of a year, in the address."""

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField

from perfflow.core import clock
from perfflow.web.filter import FIRST_YEAR, choices


class YearForm(FlaskForm):
    """Stands in the address, so that a link is a view."""

    class Meta:
        csrf = False

    year = SelectField(_l("预算年度"))


def year_form() -> tuple[int | None, YearForm]:
    """The year chosen, None for all; and the form to choose another."""
    form = YearForm(request.args)
    text = form.year.data or ""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None
    years = {*range(FIRST_YEAR, clock.today().year + 2), *([] if year is None else [year])}
    form.year.choices = choices([(one, one) for one in sorted(years, reverse=True)], _("全部年度"))
    if year is None:
        form.year.data = ""
    return year, form
