"""What stands around every page of a project: head, stages, figures, cautions, tabs, acts, progress."""

from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import aliased

from perfflow.core import access, advance
from perfflow.core.access import Actor, Reach, masked, scoped
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.pages.projects import history, stages, tabs
from perfflow.pages.projects.figures import Caution, Figure, bands_of, cautions, figures
from perfflow.pages.projects.stages import StepView
from perfflow.pages.projects.tabs import Tab, Work
from perfflow.papers.numbering import Manner, format_name
from perfflow.process import OBJECT_KINDS, Datum, ObjectKind, Viewer
from perfflow.web import filters, places, words
from perfflow.web.acts import Decision, decision, offer_views
from perfflow.web.beside import Beside, beside
from perfflow.web.words import EntryView


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectView:
    """`brief`: what is said beside the number. `declared`: whether more than this is shown to an evaluator."""

    id: int
    name_display: str
    code: str
    unit_name: str
    year_text: str
    state_kind: str
    state_label: str
    figures: list[Figure]
    brief: str = ""
    steps: list[StepView]
    tabs: list[Tab]
    warnings: list[Caution]
    facts: list[Figure]
    decision: Decision
    works: list[Work]
    timeline: list[EntryView]
    returned: EntryView | None = None
    entries: int
    export_url: str | None
    declared: bool
    beside: Beside = field(default_factory=Beside)


def project_view(reach: Reach, actor: Actor) -> ProjectView:
    """Everything the frame of a project page shows to this person."""
    row = _row(reach, actor)
    shown = row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names))
    years = words.years(row.budget_year, row.evaluation_year)
    if reach.viewer is Viewer.FIRM and not reach.declared:
        return _before_declaring(reach, row, shown, years)
    past = history.steps(reach)
    there = stages.counts(reach)
    shown_tabs = tabs.tabs(reach, there.findings)
    bands = bands_of(row)
    return ProjectView(
        id=reach.id,
        name_display=shown,
        code=reach.code,
        unit_name=row.unit_name,
        year_text=years,
        state_kind=words.project_tag(reach.state, row.due_on, past.newest_action),
        state_label=words.project_state(reach.state),
        brief=_brief(row),
        steps=stages.steps(reach, there, past.taken),
        figures=figures(row, bands),
        tabs=shown_tabs,
        warnings=cautions(reach, row, bands),
        facts=_facts(reach, row, years),
        decision=_decision(reach, actor, reading=tabs.is_reading(shown_tabs)),
        works=tabs.works(reach),
        timeline=[history.holder(reach, row.entered_at, row.due_on), *past.latest],
        returned=past.returned,
        entries=past.count,
        export_url=url_for("results.one", project_id=reach.id) if access.shows_result(reach) else None,
        declared=True,
        beside=beside(reach, actor),
    )


def _row(reach: Reach, actor: Actor) -> Any:
    firm = aliased(Organisation)
    return db.session.execute(
        scoped(
            actor,
            Project.name, Project.name_filed, Project.budget_year, Project.evaluation_year, Project.object_kind,
            Project.due_on, Project.entered_at, Project.registered, Project.registered_reason,
            masked(actor, Datum.PROJECT, Project.budget_fen).label("budget"),
            masked(actor, Datum.EVALUATION, Assignment.paid_fen).label("paid"),
            masked(actor, Datum.EVALUATION, Assignment.total).label("total"),
            masked(actor, Datum.EVALUATION, Assignment.grade).label("grade"),
            masked(actor, Datum.PROJECT, firm.name).label("firm_name"),
            Organisation.name.label("unit_name"), Organisation.quote_names, Organisation.jurisdiction,
            Assignment.due_on.label("firm_due"),
        )
        .join(Organisation, Organisation.id == Project.unit_id)
        .outerjoin(firm, firm.id == Assignment.firm_id)
        .where(Project.id == reach.id)
    ).one()  # fmt: skip


def _before_declaring(reach: Reach, row: Any, shown: str, years: str) -> ProjectView:
    """Name, unit, years and due date; nothing else."""
    return ProjectView(
        id=reach.id, name_display=shown, code="", unit_name=row.unit_name, year_text=years, state_kind="todo",
        state_label=_("待声明"), steps=[], figures=[Figure(_("期限"), filters.day(row.firm_due), "")], tabs=[],
        warnings=[], facts=[], decision=Decision([], None, ""), works=[], timeline=[], entries=0, export_url=None,
        declared=False,
    )  # fmt: skip


# ---------------------------------------------------------------- what it is, and what can be done


def _brief(row: Any) -> str:
    """What stands beside the number of the project: its kind, and who evaluates."""
    found = [_(OBJECT_KINDS[ObjectKind(row.object_kind)])]
    if row.firm_name:
        found.append(_("评价机构：%(name)s", name=row.firm_name))
    return " · ".join(found)


def _facts(reach: Reach, row: Any, years: str) -> list[Figure]:
    found = [
        Figure(_("预算单位"), row.unit_name, ""),
        Figure(_("年度"), years, ""),
        Figure(_("对象类型"), _(OBJECT_KINDS[ObjectKind(row.object_kind)]), ""),
    ]
    if row.registered and reach.viewer in (Viewer.SUPERVISOR, Viewer.AUDITOR):
        found.append(Figure(_("登记说明"), row.registered_reason or _("见所附原件"), ""))
    if row.firm_name:
        found.append(Figure(_("评价机构"), row.firm_name, ""))
    if reach.table_only:
        found.append(Figure(_("评分方式"), _("仅有结果表，未附评分表"), ""))
    return found


def _decision(reach: Reach, actor: Actor, *, reading: bool) -> Decision:
    """The acts, with an opinion beside what is read; where something is filled in, each leads to its own page."""
    offers = offer_views(
        advance.project_offers(reach, actor), reach, lambda action: places.act_url(reach.id, action)
    )
    return decision(offers, reach.version) if reading else Decision(offers, None, "")
