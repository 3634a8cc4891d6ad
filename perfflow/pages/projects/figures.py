"""The five figures of a project, and what cannot be right in them. `row` is the masked row of frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from perfflow.core import calendar, grades
from perfflow.core.access import Reach
from perfflow.core.grades import Band
from perfflow.process import PROJECT, P, Party
from perfflow.rules.score import points
from perfflow.web import filters, places
from perfflow.web.filters import Amount


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    unit: str
    exact: str = ""


@dataclass(frozen=True, slots=True)
class Caution:
    """`link`: where it can be mended, or looked at."""

    message: str
    href: str | None = None
    link: str = ""


def bands_of(row: Any) -> Sequence[Band]:
    """The grade scale in force for this project; empty while there is no grade to explain."""
    if not row.grade:
        return ()
    return grades.bands_for(row.jurisdiction, row.evaluation_year or row.budget_year)


def figures(row: Any, bands: Sequence[Band]) -> list[Figure]:
    rate = "—"
    if row.budget and row.paid is not None:
        thousandths = (row.paid * 2000 + row.budget) // (row.budget * 2)
        rate = f"{thousandths // 10}.{thousandths % 10}"
    return [
        _money(_("预算金额"), filters.amount(row.budget, None)),
        _money(_("决算金额"), filters.amount(None, row.paid)),
        Figure(_("预算执行率"), rate, "%" if rate != "—" else ""),
        Figure(_("评价分值"), filters.score(row.total), _("分") if row.total is not None else ""),
        Figure(_("评价结论"), row.grade or "—", _span(row.grade, bands)),
    ]


def _money(label: str, amount: Amount) -> Figure:
    """As in the lists: short, and exact beside it."""
    return Figure(label, amount.shown, _("万元") if amount.exact else "", amount.exact)


def _span(grade: str | None, bands: Sequence[Band]) -> str:
    """From which total to which a grade is given."""
    for index, band in enumerate(bands):
        if band.label == grade:
            below = points(bands[index - 1].lower) if index else ""
            if band.lower == 0:
                return _("不满 %(points)s 分", points=below) if below else ""
            if not below:
                return _("%(points)s 分及以上", points=points(band.lower))
            return _("%(low)s 分及以上，不满 %(high)s 分", low=points(band.lower), high=below)
    return ""


def cautions(reach: Reach, row: Any, bands: Sequence[Band]) -> list[Caution]:
    """What cannot be right, each with its place."""
    return [*_wrong_unit(reach, row), *_wrong_grade(reach, row, bands), *_calendar_gap(row.due_on)]


def _wrong_unit(reach: Reach, row: Any) -> list[Caution]:
    """Amounts apart by the factor between 元 and 万元."""
    if not row.budget or not row.paid:
        return []
    ratio = row.paid / row.budget
    if not (3_000 < ratio < 30_000 or 3_000 < 1 / ratio < 30_000):
        return []
    sentence = _(
        "金额单位待核对：预算 %(budget)s 万元与决算 %(paid)s 万元相差约一万倍，其中一个可能把“元”写成了“万元”。",
        budget=filters.wan_exact(row.budget),
        paid=filters.wan_exact(row.paid),
    )
    return [_to_mend(reach, sentence, "paid")]


def _wrong_grade(reach: Reach, row: Any, bands: Sequence[Band]) -> list[Caution]:
    """The grade as filed is shown, never changed; that it does not fit the total is said."""
    fitting = grades.grade_in(bands, row.total) if row.total is not None else ""
    if not fitting or fitting == row.grade:
        return []
    sentence = _(
        "评价结论待核对：%(total)s 分按当年等级标准应为“%(fitting)s”，所列结论为“%(grade)s”。",
        total=points(row.total),
        fitting=fitting,
        grade=row.grade,
    )
    return [_to_mend(reach, sentence, "grade")]


def _to_mend(reach: Reach, sentence: str, field: str) -> Caution:
    """Leads whoever may mend it to its field, everybody else to where it is written."""
    if reach.state == P.EVALUATING and Party.EVALUATOR in reach.parties:
        return Caution(sentence, f"{url_for('evaluation.edit', project_id=reach.id)}#{field}", _("查看并更正"))
    correct = PROJECT.named("correct")
    if correct and field == "paid" and reach.state in correct.sources and reach.parties.intersection(correct.parties):
        return Caution(sentence, places.act_url(reach.id, correct.action), _("查看并更正"))
    return Caution(sentence, url_for("evaluation.show", project_id=reach.id), _("查看原文"))


def _calendar_gap(due_on: date | None) -> list[Caution]:
    """A due date in a year without holidays on file counts Monday to Friday: said where the date is shown."""
    if due_on is None or not calendar.years_without_holidays(due_on.year, due_on.year):
        return []
    return [Caution(_("%(year)d 年的节假日尚未录入，期限按周一至周五计算。", year=due_on.year))]
