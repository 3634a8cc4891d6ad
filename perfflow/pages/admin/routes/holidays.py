"""Holidays: one year on a page; days are typed, or pasted from the yearly notice and looked at first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from perfflow.core import calendar, clock
from perfflow.core.errors import Invalid, NotFound
from perfflow.pages.admin.forms import NoticeForm
from perfflow.pages.admin.log import changes_about
from perfflow.pages.admin.routes.blueprint import ADMINISTER, bp
from perfflow.papers.holiday_notice import Notice, read_notice
from perfflow.process import N_
from perfflow.web import filters
from perfflow.web.forms import ActForm, errors_of, perform
from perfflow.web.guard import actor
from perfflow.web.rendering import page

WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


@dataclass(frozen=True, slots=True)
class DayView:
    day: date
    weekday: str
    off: bool


@bp.get("/holidays", needs=ADMINISTER, endpoint="holidays")
def index() -> Response:
    return year_of_holidays(clock.today().year)


@bp.get("/holidays/<int:year>", needs=ADMINISTER)
def year_of_holidays(year: int) -> Response:
    _known(year)
    form = NoticeForm()
    form.version.data = calendar.version(year)
    return _page(form, 200, year)


@bp.post("/holidays/<int:year>", needs=ADMINISTER)
def set_holidays(year: int) -> ResponseReturnValue:
    _known(year)
    form = NoticeForm()
    if not form.validate():
        return _page(form, 422, year)
    notice = read_notice(form.text.data, year)
    if "preview" in request.form:
        return _page(form, 200, year, notice)
    if notice.doubts or not notice.days:
        told = [_doubt(line, message, params) for line, message, params in _doubts(notice)]
        form.text.errors = [*form.text.errors, *(told or [_("没有读到日期。请写成“2026-10-01 休”这样的行。")])]
        return _page(form, 422, year, notice)

    def work() -> str:
        count = calendar.set_days(year, notice.days, version=form.version.data, actor=actor())
        told = ngettext("已录入 %(num)d 天。", "已录入 %(num)d 天。", count)
        flash(told if count else _("所列日期都已在册，没有更改。"), "ok")
        return url_for(".year_of_holidays", year=year)

    return perform(form, work, again=lambda status: _page(form, status, year, notice))


@bp.post("/holidays/<int:year>/remove", needs=ADMINISTER)
def remove_holiday(year: int) -> ResponseReturnValue:
    _known(year)
    form = ActForm()
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise Invalid("day", N_("请选择要移出的日期。")) from None
    if day.year != year:
        raise Invalid("day", N_("日期不在 %(year)d 年内。"), year=year)

    def work() -> str:
        calendar.remove_day(day, version=form.version.data, actor=actor())
        flash(_("%(day)s 已移出节假日表。", day=filters.day(day)), "ok")
        return url_for(".year_of_holidays", year=year)

    return perform(form, work)


def _known(year: int) -> None:
    if not calendar.FIRST_YEAR <= year <= calendar.LAST_YEAR:
        raise NotFound


def _view(day: date, off: bool) -> DayView:
    return DayView(day, _(WEEKDAYS[day.weekday()]), off)


def _doubts(notice: Notice) -> list[tuple[int, str, Any]]:
    return [(doubt.line, doubt.message, doubt.params) for doubt in notice.doubts]


def _doubt(line: int, message: str, params: Any) -> str:
    return _("第 %(line)d 行：%(why)s", line=line, why=_(message, **params))


def _page(form: Any, status: int, year: int, notice: Notice | None = None) -> Response:
    days = calendar.days_of(year)
    remove = ActForm(formdata=None)
    remove.version.data = calendar.version(year)
    this = clock.today().year
    return page(
        "admin/holidays.html",
        status=status,
        form=form,
        errors=errors_of(form),
        year=year,
        months=[(month, [_view(*one) for one in days.items() if one[0].month == month]) for month in range(1, 13)],
        off_count=sum(days.values()),
        worked_count=len(days) - sum(days.values()),
        missing=calendar.years_without_holidays(this, this + 1),
        remove_form=remove,
        read=_read(notice, days) if notice else None,
        history=changes_about(("holidays", year)),
    )


def _read(notice: Notice, days: dict[date, bool]) -> dict[str, Any]:
    """What the text says, told before it is taken."""
    differing = {day: off for day, off in notice.days.items() if calendar.differs(day, off)}
    return {
        "new": [_view(day, off) for day, off in differing.items() if days.get(day) is not off],
        "there": sum(days.get(day) is off for day, off in differing.items()),
        "usual": len(notice.days) - len(differing),
        "doubts": [_doubt(*one) for one in _doubts(notice)],
        "repeated": notice.repeated,
        "passed_over": notice.passed_over,
    }
