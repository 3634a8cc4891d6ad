"""Reads for the project page and the list. Columns, never entities; everything starts from what is in reach."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from perfflow.core import access, advance, calendar, clock, paging
from perfflow.core.access import Actor, Reach, masked, scoped
from perfflow.core.listing import Filter, filtered, sort_for
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Organisation
from perfflow.models.project import Declaration, Project
from perfflow.papers.numbering import Manner, format_name
from perfflow.process import (
    OBJECT_KINDS,
    PROJECT_STATES,
    SETTLED_ITEMS,
    STAGES,
    Datum,
    ObjectKind,
    Party,
    Viewer,
)
from perfflow.web import filters, places, words
from perfflow.web.acts import OfferView, offer_views

LATEST = 6
"""Steps shown beside every page of a project; the full record has a page of its own."""

# ---------------------------------------------------------------- the frame of every project page


@dataclass(frozen=True, slots=True)
class StepView:
    label: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Caution:
    message: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Work:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the history. `kind`: ok, back or now."""

    kind: str
    at_text: str
    who: str
    what: str
    reason: str
    stay_text: str
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class ProjectView:
    id: int
    name_display: str
    code: str
    unit_name: str
    year_text: str
    state_kind: str
    state_label: str
    steps: list[StepView]
    figures: list[Figure]
    tabs: list[Tab]
    warnings: list[Caution]
    facts: list[Figure]
    offers: list[OfferView]
    works: list[Work]
    timeline: list[EntryView]
    declared: bool


def project_view(reach: Reach, actor: Actor) -> ProjectView:
    """Everything the frame of a project page shows to this person."""
    row = db.session.execute(
        scoped(
            actor,
            Project.name, Project.name_filed, Project.budget_year, Project.evaluation_year, Project.object_kind,
            Project.due_on, Project.entered_at, Project.registered, Project.registered_reason,
            masked(actor, Datum.PROJECT, Project.budget_fen),
            masked(actor, Datum.EVALUATION, Assignment.paid_fen),
            masked(actor, Datum.EVALUATION, Assignment.total),
            masked(actor, Datum.EVALUATION, Assignment.grade),
            Organisation.name, Organisation.quote_names, Assignment.firm_id, Assignment.due_on,
        )
        .join(Organisation, Organisation.id == Project.unit_id)
        .where(Project.id == reach.id)
    ).one()  # fmt: skip
    (name, name_filed, year, evaluation_year, kind, due_on, entered_at, registered, why_registered,
     budget, paid, total, grade, unit_name, quoted, firm_id, firm_due) = row  # fmt: skip
    shown = name_filed or format_name(name, Manner(quote_names=quoted))
    if reach.viewer is Viewer.FIRM and not reach.declared:
        return _before_declaring(reach, shown, unit_name, _years(year, evaluation_year), firm_due)
    entries = [entry for entry in _entries(reach, actor, limit=60) if entry.moved][:LATEST]
    newest_action = next((entry.action for entry in entries if entry.item_id is None), "")
    return ProjectView(
        id=reach.id,
        name_display=shown,
        code=reach.code,
        unit_name=unit_name,
        year_text=_years(year, evaluation_year),
        state_kind=words.project_tag(reach.state, due_on, newest_action),
        state_label=words.project_state(reach.state),
        steps=_steps(reach, actor),
        figures=_figures(budget, paid, total, grade),
        tabs=_tabs(reach),
        warnings=[*_warnings(reach, budget, paid), *_calendar_gap(due_on)],
        facts=_facts(reach, kind, registered, why_registered, firm_id),
        offers=offer_views(
            advance.project_offers(reach, actor), reach, lambda action: places.act_url(reach.id, action)
        ),
        works=_works(reach),
        timeline=[_holder(reach, entered_at, due_on), *(_in_short(entry) for entry in entries)],
        declared=True,
    )


def _before_declaring(reach: Reach, shown: str, unit: str, years: str, due_on: date | None) -> ProjectView:
    """Name, unit, years and due date; nothing else."""
    figure = Figure(_("期限"), filters.day(due_on), "")
    return ProjectView(
        reach.id, shown, "", unit, years, "todo", _("待声明"), [], [figure], [], [], [], [], [], [], False
    )


def _years(budget_year: int, evaluation_year: int | None) -> str:
    if evaluation_year and evaluation_year != budget_year:
        return _("预算年度 %(a)d · 评价年度 %(b)d", a=budget_year, b=evaluation_year)
    return _("%(year)d 年度", year=budget_year)


def _figures(budget: int | None, paid: int | None, total: int | None, grade: str | None) -> list[Figure]:
    rate = "—"
    if budget and paid is not None:
        thousandths = (paid * 2000 + budget) // (budget * 2)
        rate = f"{thousandths // 10}.{thousandths % 10}"
    return [
        Figure(_("预算金额"), filters.wan(budget), _("万元") if budget is not None else ""),
        Figure(_("决算金额"), filters.wan(paid), _("万元") if paid is not None else ""),
        Figure(_("预算执行率"), rate, "%" if rate != "—" else ""),
        Figure(_("评价分值"), filters.score(total), _("分") if total is not None else ""),
        Figure(_("评价结论"), grade or "—", ""),
    ]


def _warnings(reach: Reach, budget: int | None, paid: int | None) -> list[Caution]:
    """Data that cannot be right: amounts apart by the factor between 元 and 万元."""
    if not budget or not paid:
        return []
    ratio = paid / budget
    if 3_000 < ratio < 30_000 or 3_000 < 1 / ratio < 30_000:
        sentence = _(
            "金额单位待核对：预算 %(budget)s 万元与决算 %(paid)s 万元相差约一万倍。",
            budget=filters.wan(budget),
            paid=filters.wan(paid),
        )
        return [Caution(sentence, url_for("evaluation.show", project_id=reach.id))]
    return []


def _calendar_gap(due_on: date | None) -> list[Caution]:
    """A due date in a year without holidays on file counts Monday to Friday: said where the date is shown."""
    if due_on is None or not calendar.years_without_holidays(due_on.year, due_on.year):
        return []
    sentence = _("%(year)d 年的节假日尚未录入，期限按周一至周五计算。", year=due_on.year)
    return [Caution(sentence, None)]


def _facts(reach: Reach, kind: str, registered: bool, why: str | None, firm_id: int | None) -> list[Figure]:
    found = [Figure(_("对象类型"), _(OBJECT_KINDS[ObjectKind(kind)]), "")]
    if registered and reach.viewer in (Viewer.SUPERVISOR, Viewer.AUDITOR):
        found.append(Figure(_("登记说明"), why or _("见所附原件"), ""))
    if firm_id is not None and reach.sees(Datum.PROJECT):
        firm = db.session.scalar(select(Organisation.name).where(Organisation.id == firm_id))
        found.append(Figure(_("评价机构"), firm or "", ""))
    if reach.table_only:
        found.append(Figure(_("评分方式"), _("仅有结果表，未附评分表"), ""))
    return found


def overview(reach: Reach) -> str:
    """What the project is about, in the unit's own words; empty when the declaration is not shown."""
    if not reach.sees(Datum.DECLARATION):
        return ""
    return db.session.scalar(select(Declaration.overview).where(Declaration.project_id == reach.id)) or ""


def _steps(reach: Reach, actor: Actor) -> list[StepView]:
    """The stages with what may be told of each; a masked stage says nothing but its name."""
    current = PROJECT_STATES[reach.seen_as].stage
    order = [code for code, _label in STAGES]
    counts = _counts(reach)
    steps = []
    for index, (code, label) in enumerate(STAGES):
        at = order.index(current)
        done = index < at or (code == "closure" and current == "closure")
        status = "ok" if done else ("now" if index == at else "next")
        note = counts.get(code, "")
        if status == "now" and not note:
            note = words.project_state(reach.state)
        steps.append(StepView(_(label), "now" if code == current else status, note))
    return steps


def _counts(reach: Reach) -> dict[str, str]:
    found = {}
    if reach.registered:
        found["declaration"] = _("登记")
    if reach.sees(Datum.FINDINGS) and reach.assignment_id:
        count = db.session.scalar(
            select(func.count()).where(
                Finding.assignment_id == reach.assignment_id, Finding.withdrawn.is_(False)
            )
        )
        found["findings"] = _("%(n)d 项问题", n=count or 0) if count else ""
    if reach.sees(Datum.SUGGESTIONS) and reach.assignment_id:
        count = db.session.scalar(
            select(func.count()).where(Suggestion.assignment_id == reach.assignment_id)
        )
        found["suggestions"] = _("%(n)d 条建议", n=count or 0) if count else ""
    if reach.sees(Datum.ITEM_STATES):
        states = list(db.session.scalars(select(RectItem.state).where(RectItem.project_id == reach.id)))
        settled = sum(state in SETTLED_ITEMS for state in states)
        found["rectification"] = _("%(a)d / %(b)d 项", a=settled, b=len(states)) if states else ""
    return found


_UNDER = {
    "declaration.edit": "declaration.show", "declaration.save": "declaration.show",
    "evaluation.edit": "evaluation.show", "evaluation.save": "evaluation.show",
    "projects.detach": "projects.files", "projects.detach_now": "projects.files", "projects.upload": "projects.files",
    **dict.fromkeys(
        ("findings.edit", "findings.save", "findings.comments", "findings.save_comments", "findings.replies",
         "findings.save_replies", "findings.rulings", "findings.save_rulings", "suggestions.edit", "suggestions.save",
         "suggestions.notice", "suggestions.save_notice", "rectification.index", "rectification.item",
         "rectification.upload", "rectification.add_note", "rectification.summary", "rectification.save_summary"),
        "projects.issues",
    ),
}  # fmt: skip
"""Pages without a tab of their own, and the tab they belong to."""


def _tabs(reach: Reach) -> list[Tab]:
    wanted = [(_("概况"), "projects.show", True)]
    wanted.append((_("绩效目标"), "declaration.show", not reach.registered and reach.sees(Datum.DECLARATION)))
    wanted.append((_("指标评分"), "evaluation.show", bool(reach.assignment_id) and reach.sees(Datum.EVALUATION)))
    wanted.append((_("问题与整改"), "projects.issues", bool(reach.assignment_id) and reach.sees(Datum.FINDINGS)))
    wanted.append((_("结果信息表"), "results.show", access.shows_result(reach)))
    wanted.append((_("附件"), "projects.files", True))
    wanted.append((_("办理记录"), "projects.history", True))
    under = _UNDER.get(str(request.endpoint))
    return [
        Tab(label, url_for(endpoint, project_id=reach.id), endpoint in (request.endpoint, under))
        for label, endpoint, shown in wanted
        if shown
    ]


_WORKERS = {
    "declaring": Party.UNIT, "evaluating": Party.EVALUATOR, "findings_writing": Party.EVALUATOR,
    "commenting": Party.UNIT, "dispute_reply": Party.EVALUATOR, "findings_review": Party.SUPERVISOR,
    "suggestions_writing": Party.EVALUATOR, "suggestions_review": Party.SUPERVISOR, "rectifying": Party.UNIT,
}  # fmt: skip


def _works(reach: Reach) -> list[Work]:
    """The pages on which this person works now."""
    if _WORKERS.get(reach.state) not in reach.parties:
        return []
    labels = {
        "declaring": _("填写申报表"), "evaluating": _("填写评价结果"), "findings_writing": _("编写问题"),
        "commenting": _("填写反馈意见"), "dispute_reply": _("答复异议"), "findings_review": _("裁定异议"),
        "suggestions_writing": _("编写建议"), "suggestions_review": _("定整改类别与期限"),
        "rectifying": _("填写整改情况"),
    }  # fmt: skip
    works = [Work(labels[reach.state], places.work_url(reach.state, reach.id))]
    if reach.state == "rectifying":
        works.insert(0, Work(_("办理整改事项"), url_for("rectification.index", project_id=reach.id)))
    return works


# ---------------------------------------------------------------- history


@dataclass(frozen=True, slots=True)
class _Entry:
    at: datetime
    action: str
    item_id: int | None
    from_state: str | None
    to_state: str | None
    round: int
    reason: str
    changes: list[tuple[str, str, str]]
    name: str
    organisation: str
    number: int | None  # of the item

    @property
    def moved(self) -> bool:
        return self.from_state != self.to_state


def history(reach: Reach, actor: Actor, *, limit: int = 500) -> list[EntryView]:
    """What was done, newest first: reasons and changes only of data this person may read."""
    entries = _entries(reach, actor, limit=limit)
    return [_entry_view(entry, _stay(entries, index)) for index, entry in enumerate(entries)]


def _entries(reach: Reach, actor: Actor, *, limit: int) -> list[_Entry]:
    query = select(
        JournalEntry.at, JournalEntry.action, JournalEntry.item_id, JournalEntry.from_state, JournalEntry.to_state,
        JournalEntry.round, JournalEntry.datum, JournalEntry.reason, JournalEntry.body, JournalEntry.assignment_id,
        RectItem.number,
    ).outerjoin(RectItem, RectItem.id == JournalEntry.item_id).where(JournalEntry.project_id == reach.id)  # fmt: skip
    former: dict[str, int] = {}
    if reach.viewer is Viewer.FIRM:
        former = _acts_of_former_firms(reach)
        # its own assignment, and what was before any; never the former firm's
        of_assignment = JournalEntry.assignment_id == reach.assignment_id
        before = access.all_of(
            JournalEntry.assignment_id.is_(None), JournalEntry.datum == Datum.DECLARATION.value
        )
        query = query.where(access.any_of(of_assignment, before))
    found = []
    for row in db.session.execute(query.order_by(JournalEntry.id.desc()).limit(limit * 2)):
        moved = row.from_state != row.to_state
        open_ = reach.sees(Datum(row.datum))
        if not open_ and not moved:
            continue
        body = json.loads(row.body)
        changes = [(label, old, new) for label, old, new in body["changes"]] if open_ else []
        found.append(
            _Entry(
                row.at, row.action, row.item_id, row.from_state, row.to_state,
                row.round - (former.get(row.action, 0) if row.assignment_id and not row.item_id else 0),
                row.reason if open_ else "", changes, body["name"], body["organisation"],
                row.number,
            )
        )  # fmt: skip
    return found[:limit]


def _acts_of_former_firms(reach: Reach) -> dict[str, int]:
    """How often each act was taken under earlier assignments: a firm counts its rounds from one, and is not told
    by a second round that there was another firm before."""
    mine = reach.assignment_id or 0
    rows = db.session.execute(
        select(JournalEntry.action, func.count())
        .where(JournalEntry.project_id == reach.id, JournalEntry.item_id.is_(None), JournalEntry.assignment_id < mine)
        .group_by(JournalEntry.action)
    )
    return dict(rows.all())


def _stay(entries: list[_Entry], index: int) -> str:
    """How long the state had lasted that this act ended."""
    entry = entries[index]
    if entry.from_state == entry.to_state or entry.from_state is None:
        return ""
    began = next(
        (e.at for e in entries[index + 1 :] if e.item_id == entry.item_id and e.to_state == entry.from_state
         and e.from_state != e.to_state),
        None,
    )  # fmt: skip
    if began is None:
        return ""
    days = (clock.local_day(entry.at) - clock.local_day(began)).days
    return _("此前停留 %(days)d 天", days=days)


def _entry_view(entry: _Entry, stay: str = "") -> EntryView:
    what = words.act_label(entry.action, item=entry.item_id is not None)
    if entry.round > 1:
        what = _("%(act)s（第 %(round)d 次）", act=what, round=entry.round)
    if entry.to_state and entry.from_state != entry.to_state:
        state = words.item_state if entry.item_id else words.project_state
        what = _("%(act)s → %(state)s", act=what, state=state(entry.to_state))
    if entry.number is not None:
        what = _("事项 %(n)d：%(act)s", n=entry.number, act=what)
    kind = "back" if words.is_step_back(entry.action) else "ok"
    who = entry.name if not entry.organisation else f"{entry.name}（{entry.organisation}）"
    changes = [(_(label), old, new) for label, old, new in entry.changes]
    return EntryView(kind, filters.when(entry.at), who, what, entry.reason, stay, changes)


def _in_short(entry: _Entry) -> EntryView:
    """Beside a page: what and why; the changes stand in the full record."""
    return replace(_entry_view(entry), changes=[])


def _holder(reach: Reach, entered_at: datetime, due_on: date | None) -> EntryView:
    """Who holds it now, and since when."""
    days = (clock.today() - clock.local_day(entered_at)).days
    state = PROJECT_STATES[reach.state]
    holder = {
        Party.UNIT: _("预算单位"), Party.EVALUATOR: _("评价机构"), Party.SUPERVISOR: _("预算主管部门"),
    }.get(Party(state.actors[0])) if state.actors else None  # fmt: skip
    what = _("%(state)s，由%(holder)s办理", state=words.project_state(reach.state), holder=holder) if holder else (
        words.project_state(reach.state)
    )  # fmt: skip
    since = _("自 %(when)s，已停留 %(days)d 天", when=filters.when(entered_at), days=days)
    stay = filters.due_words(due_on) if due_on and holder else ""
    return EntryView("now", since, "", what, "", stay, [])


# ---------------------------------------------------------------- the list


@dataclass(frozen=True, slots=True)
class ListRow:
    id: int
    name: str
    unit_name: str
    year_text: str
    state_kind: str
    state_label: str
    total: int | None
    grade: str | None
    budget_fen: int | None
    due_on: date | None
    due_kind: str
    due_text: str


def project_list(actor: Actor, wanted: Filter, *, after: str, before: str) -> paging.Page[ListRow]:
    sort = sort_for(actor, wanted)
    query = filtered(
        actor, wanted, *sort.columns,
        Project.id.label("id_"), Project.name, Project.name_filed, Organisation.name.label("unit"),
        Organisation.quote_names, Project.budget_year.label("year"), Project.evaluation_year,
        masked(actor, Datum.PROJECT, Project.state).label("state"),
        masked(actor, Datum.EVALUATION, Assignment.total).label("total"),
        masked(actor, Datum.EVALUATION, Assignment.grade).label("grade"),
        masked(actor, Datum.PROJECT, Project.budget_fen).label("budget"),
        Project.due_on,
    ).join(Organisation, Organisation.id == Project.unit_id)  # fmt: skip
    page = paging.fetch(query, sort, after=after, before=before)
    return paging.Page([_list_row(row) for row in page.rows], page.before, page.after)


def _list_row(row: Any) -> ListRow:
    due = row.due_on if row.state is None or PROJECT_STATES[row.state].actors else None
    return ListRow(
        id=row.id_,
        name=row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names)),
        unit_name=row.unit,
        year_text=_years(row.year, row.evaluation_year),
        state_kind="todo" if row.state is None else words.project_tag(row.state, row.due_on),
        state_label=_("待声明") if row.state is None else words.project_state(row.state),
        total=row.total,
        grade=row.grade,
        budget_fen=row.budget,
        due_on=due,
        due_kind=filters.due_kind(due) if due else "normal",
        due_text=filters.due_words(due) if due else "",
    )


def list_count(actor: Actor, wanted: Filter) -> str:
    return paging.capped_count(filtered(actor, wanted, Project.id))


def item_of(reach: Reach, number: int) -> RectItem | None:
    """The item by its number, when items are shown to this person."""
    if not reach.sees(Datum.ITEMS):
        return None
    return db.session.scalars(
        select(RectItem).where(RectItem.project_id == reach.id, RectItem.number == number)
    ).one_or_none()
