"""The filter of the project list as it stands in the address: the page and every export read the same."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField

from perfflow.core import clock, grades
from perfflow.core.access import Actor
from perfflow.core.listing import Filter, units_in_reach
from perfflow.process import PROJECT_STATES, STAGES
from perfflow.web import words

FIRST_YEAR = 2015


def kept_url(endpoint: str, **cursor: str) -> str:
    """A route with the present filter, and a cursor in place of the present one.

    Not url_for(**request.args): a `_scheme` or `endpoint` typed into the address would steer it.
    """
    kept = [(name, text) for name, text in request.args.items(multi=True) if name not in ("after", "before")]
    query = urlencode([*kept, *cursor.items()])
    return url_for(endpoint) + (f"?{query}" if query else "")


class FilterForm(FlaskForm):
    """Stands in the address, so that a link is a view; asks for nothing, changes nothing."""

    class Meta:
        csrf = False

    words = StringField(_l("关键字"))
    year = SelectField(_l("预算年度"))
    unit = SelectField(_l("单位"))
    stage = SelectField(_l("环节"))
    state = SelectField(_l("状态"))
    grade = SelectField(_l("评价结论"))
    sort = SelectField(_l("排序"))
    overdue = BooleanField(_l("只看逾期"))


def project_filter(actor: Actor) -> tuple[Filter, FilterForm]:
    """The filter named in the address, and its form with the choices this person has."""
    form = FilterForm(request.args)
    years = [(year, year) for year in range(clock.today().year + 1, FIRST_YEAR - 1, -1)]
    form.year.choices = choices(years, _("全部年度"))
    form.unit.choices = choices(units_in_reach(actor), _("全部单位"))
    form.stage.choices = choices([(code, _(label)) for code, label in STAGES], _("全部环节"))
    form.state.choices = choices([(c, words.project_state(c)) for c in PROJECT_STATES], _("全部状态"))
    form.grade.choices = choices([(label, label) for label in grades.labels()], _("全部"))
    form.sort.choices = [
        ("updated", _("最近更新")), ("due", _("期限先后")), ("year", _("预算年度")), ("code", _("项目编号")),
    ]  # fmt: skip
    return (
        Filter(
            year=_whole(form.year.data),
            unit_id=_whole(form.unit.data),
            stage=form.stage.data or "",
            state=form.state.data or "",
            grade=(form.grade.data or "")[:20],
            overdue=bool(form.overdue.data),
            words=(form.words.data or "").strip()[:100].replace("\x00", ""),
            sort=form.sort.data or "updated",
        ),
        form,
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def choices(rows: Any, everything: str) -> list[tuple[str, str]]:
    return [("", everything), *((str(value), str(label)) for value, label in rows)]
