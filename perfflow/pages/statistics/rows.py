"""The rows behind a number of 统计: the same population, the same measure, the same cut as the count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, case, null
from sqlalchemy.orm import aliased

from perfflow.core import paging
from perfflow.core.access import Actor, masked, seen
from perfflow.models.evaluation import Assignment
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.pages.statistics import measures as m
from perfflow.pages.statistics import tables
from perfflow.pages.statistics.measures import Cut, Given, Kind, Measure
from perfflow.papers.numbering import Manner, format_name
from perfflow.process import CATEGORIES, N_, SEVERITIES, Datum, FindingCategory, Severity
from perfflow.web import filters, places, words

Firm = aliased(Organisation, name="firm")
CUT = 40


@dataclass(frozen=True, slots=True)
class Tag:
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """`kind`: text, num, or tag."""

    label: str
    text: str
    numeric: bool = False
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    url: str
    under: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """`conditions`: what was chosen, in words; `sums`: what the amounts of the rows add up to."""

    title: str
    conditions: list[tuple[str, str]]
    back_url: str
    count_text: str
    sums: str
    headings: tuple[Cell, ...]
    rows: list[Row]
    before: str | None
    after: str | None


_COMMON = (
    Project.id.label("id_"), Project.name, Project.name_filed, Organisation.name.label("unit"),
    Organisation.quote_names, Project.budget_year.label("year"), Project.evaluation_year,
)  # fmt: skip
_STATE = (Project.state, Project.due_on)


def rows(actor: Actor, measure: Measure, cut: Cut, *, after: str, before: str) -> Found:
    """One page of the rows a number counts, and that number."""
    shape = _SHAPES[measure.kind]
    sort = _sort(shape)
    columns = (*sort.columns, *_COMMON, *shape.columns(actor))
    query = m.rows_of(actor, measure, cut, *columns).join(Organisation, Organisation.id == Project.unit_id)
    for target, condition in shape.joins:
        query = query.outerjoin(target, condition)
    page = paging.fetch(query, sort, after=after, before=before)
    found = [shape.row(one) for one in page.rows]
    count = m.tally(actor, [measure], None, cut)[None][measure.code]
    sums = ""
    if measure is m.AMOUNTS:
        budget, paid = m.amounts(actor, cut)
        sums = _(
            "合计：预算 %(budget)s 万元，决算 %(paid)s 万元，预算执行率 %(rate)s",
            budget=filters.wan_exact(budget), paid=filters.wan_exact(paid), rate=tables.percent(paid, budget),
        )  # fmt: skip
    return Found(
        title=_title(measure),
        conditions=_in_words(cut),
        back_url=_back(cut),
        count_text=ngettext("共 %(num)d 项，每页 20 项", "共 %(num)d 项，每页 20 项", count),
        sums=sums,
        headings=found[0].cells if found else (),
        rows=found,
        before=page.before,
        after=page.after,
    )


def _title(measure: Measure) -> str:
    kind, label = _(m.KINDS[measure.kind]), _(measure.label)
    return label if kind in label else _("%(kind)s：%(measure)s", kind=kind, measure=label)


def _in_words(cut: Cut) -> list[tuple[str, str]]:
    return [(_(tables.HEADINGS[name][1]), tables.label_keys(name, [key])[key]) for name, key in cut.keys]


def _back(cut: Cut) -> str:
    """The overview the number may have stood on."""
    keys = dict(cut.keys)
    by = next((name for name in ("category", "grade", "firm", "unit", "stage") if name in keys), "stage")
    kept = [("by", by), *([("year", str(keys["year"]))] if "year" in keys else [])]
    return f"{url_for('statistics.index')}?{urlencode(kept)}"


# ---------------------------------------------------------------- how each kind is listed


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a kind is listed: what it is sorted by behind the project, what is selected, how a row is shown."""

    behind: tuple[Any, ...]
    columns: Callable[[Actor], tuple[Any, ...]]
    joins: tuple[tuple[Any, Any], ...]
    row: Callable[[Any], Row]


def _sort(shape: _Shape) -> paging.Sort:
    # by code: the one order that is an index for an office, for a unit few rows, and natural for a reader
    behind = tuple(paging.bounded for _column in shape.behind)
    return paging.Sort((Project.code, Project.id, *shape.behind), (str, paging.bounded, *behind))


def _name(row: Any) -> str:
    return row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names))


def _project_url(row: Any, endpoint: str = "projects.show") -> str:
    return url_for(endpoint, project_id=row.id_)


def _project_columns(actor: Actor) -> tuple[Any, ...]:
    return (
        *_STATE,
        masked(actor, Datum.EVALUATION, Assignment.total).label("total"),
        masked(actor, Datum.EVALUATION, Assignment.grade).label("grade"),
        masked(actor, Datum.EVALUATION, Assignment.paid_fen).label("paid"),
        masked(actor, Datum.PROJECT, Project.budget_fen).label("budget"),
        Firm.name.label("firm"),
    )


def _project_row(row: Any) -> Row:
    return Row(
        _name(row),
        _project_url(row),
        row.unit,
        (
            Cell(_("年度"), words.years(row.year, row.evaluation_year)),
            _state(row),
            Cell(_("评价机构"), row.firm or "—"),
            Cell(_("分值"), filters.score(row.total), numeric=True),
            Cell(_("结论"), row.grade or "—"),
            Cell(_("预算（万元）"), filters.wan_exact(row.budget), numeric=True),
            Cell(_("决算（万元）"), filters.wan_exact(row.paid), numeric=True),
        ),
    )


def _state(row: Any) -> Cell:
    label = words.project_state(row.state)
    return Cell(_("状态"), label, tag=Tag(words.project_tag(row.state, row.due_on), label))


def _finding_columns(actor: Actor) -> tuple[Any, ...]:
    return (
        *_STATE, Finding.number, Finding.title, Finding.text, Finding.category, Finding.severity, Finding.withdrawn,
    )  # fmt: skip


def _finding_row(row: Any) -> Row:
    standing = _("已撤销") if row.withdrawn else _(SEVERITIES[Severity(row.severity)])
    return Row(
        f"{row.number}. {row.title or _cut(row.text)}",
        f"{_project_url(row, 'projects.issues')}#finding-{row.number}",
        f"{_name(row)} · {row.unit}",
        (
            Cell(_("年度"), words.years(row.year, row.evaluation_year)),
            Cell(_("问题类别"), _(CATEGORIES[FindingCategory(row.category)])),
            Cell(_("严重程度"), standing),
            _state(row),
        ),
    )


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= CUT else f"{plain[: CUT - 1]}…"


def _item_columns(actor: Actor) -> tuple[Any, ...]:
    return (
        RectItem.number, RectItem.state.label("item_state"), Suggestion.title, Suggestion.text,
        masked(actor, Datum.ITEMS, RectItem.due_on).label("due"),
        masked(actor, Datum.ITEMS, RectItem.deadline).label("deadline"),
        masked(actor, Datum.ITEMS, RectItem.waiting_for).label("waiting"),
    )  # fmt: skip


def _item_row(row: Any) -> Row:
    open_ = row.deadline is not None
    due: date | None = row.due if row.waiting else None
    label = words.item_state(row.item_state)
    cells = [
        Cell(_("年度"), words.years(row.year, row.evaluation_year)),
        Cell(_("状态"), label, tag=Tag(words.item_tag(row.item_state, due), label)),
    ]
    if open_:
        cells += [Cell(_("整改期限"), filters.day(row.deadline)), Cell(_("办理期限"), filters.day(due))]
    return Row(
        f"{row.number}. {row.title or _cut(row.text)}",
        places.item_url(row.id_, row.number) if open_ else _project_url(row, "rectification.index"),
        f"{_name(row)} · {row.unit}",
        tuple(cells),
    )


_ENDS = {"declined": N_("谢绝"), "replaced": N_("被更换")}


def _assignment_columns(actor: Actor) -> tuple[Any, ...]:
    return (*_STATE, Firm.name.label("firm"), Given.created_at.label("given_at"), Given.end, Given.ended_at)


def _assignment_row(row: Any) -> Row:
    return Row(
        _name(row),
        _project_url(row),
        row.unit,
        (
            Cell(_("年度"), words.years(row.year, row.evaluation_year)),
            Cell(_("评价机构"), row.firm),
            Cell(_("委托时间"), filters.when(row.given_at)),
            Cell(_("委托情况"), _(_ENDS[row.end]) if row.end else _("现任")),
            Cell(_("结束时间"), filters.when(row.ended_at)),
            _state(row),
        ),
    )


def _return_columns(actor: Actor) -> tuple[Any, ...]:
    # a reason is read where its datum is shown, and of the present assignment only
    open_ = [
        (and_(JournalEntry.datum == datum.value, JournalEntry.assignment_id == Project.assignment_id,
              seen(actor, datum)), JournalEntry.reason)
        for datum in (Datum.EVALUATION, Datum.FINDINGS, Datum.SUGGESTIONS)
    ]  # fmt: skip
    return (Firm.name.label("firm"), JournalEntry.at, JournalEntry.action, case(*open_, else_=null()).label("reason"))


def _return_row(row: Any) -> Row:
    return Row(
        _name(row),
        _project_url(row, "projects.history"),
        row.unit,
        (
            Cell(_("评价机构"), row.firm),
            Cell(_("退回时间"), filters.when(row.at)),
            Cell(_("办理"), words.act_label(row.action)),
            Cell(_("原因"), _cut(row.reason) if row.reason else "—"),
        ),
    )


_SHAPES = {
    Kind.PROJECTS: _Shape((), _project_columns, ((Firm, Firm.id == Project.firm_id),), _project_row),
    Kind.FINDINGS: _Shape((Finding.number, Finding.id), _finding_columns, (), _finding_row),
    Kind.ITEMS: _Shape(
        (RectItem.number, RectItem.id), _item_columns, ((Suggestion, Suggestion.id == RectItem.suggestion_id),),
        _item_row,
    ),
    Kind.ASSIGNMENTS: _Shape((Given.id,), _assignment_columns, ((Firm, Firm.id == Given.firm_id),), _assignment_row),
    Kind.RETURNS: _Shape((JournalEntry.id,), _return_columns, ((Firm, Firm.id == Given.firm_id),), _return_row),
}  # fmt: skip
