"""Hits ready to be shown: grouped by project, each with its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from perfflow.core import search
from perfflow.core.access import Actor
from perfflow.core.listing import units_named
from perfflow.core.search import Hit
from perfflow.core.search_texts import KINDS
from perfflow.papers.numbering import Manner, format_name

MOST_UNITS = 5


@dataclass(frozen=True, slots=True)
class HitView:
    label: str
    url: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class ProjectView:
    name: str
    url: str
    unit_name: str
    year_text: str
    hits: list[HitView]


@dataclass(frozen=True, slots=True)
class UnitView:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Results:
    """`count` is known on the first page only; `unfinished`: not everything was read yet."""

    projects: list[ProjectView]
    units: list[UnitView]
    count: str
    after: int | None
    unfinished: bool


def results(actor: Actor, words: Sequence[str], *, group: str, after: int | None) -> Results:
    found = search.find(actor, words, group=group, after=after)
    units = units_named(actor, words, MOST_UNITS) if after is None and not group else []
    return Results(
        [_project(list(hits)) for _id, hits in groupby(found.hits, lambda hit: hit.project_id)],
        [UnitView(name, url_for("projects.index", unit=id_)) for id_, name in units],
        found.count,
        found.after,
        found.unfinished,
    )


def _project(hits: list[Hit]) -> ProjectView:
    """Neighbouring hits of one project."""
    first = hits[0]
    return ProjectView(
        first.name_filed or format_name(first.name, Manner(quote_names=first.quote_names)),
        url_for("projects.show", project_id=first.project_id),
        first.unit_name,
        _("%(year)d 年度", year=first.year),
        [HitView(_(KINDS[hit.kind].label, n=hit.number or 0), _place(hit), hit.parts) for hit in hits],
    )


_PLACES = {
    **dict.fromkeys(("name", "code"), ("projects.show", "")),
    **dict.fromkeys(("overview", "basis", "necessity", "safeguards"), ("declaration.show", "part-basis")),
    "sub_projects": ("declaration.show", "part-budget"),
    "milestones": ("declaration.show", "part-plan"),
    **dict.fromkeys(("overall_goal", "annual_goal"), ("declaration.show", "part-goals")),
    **dict.fromkeys(("targets", "remarks"), ("declaration.show", "part-targets")),
    "main_performance": ("evaluation.show", ""),
    **dict.fromkeys(("statement", "explanations", "general_comment"), ("projects.issues", "remarks")),
    **dict.fromkeys(("finding", "suggestion", "comment", "reply", "ruling"), ("projects.issues", "finding")),
    "plan": ("rectification.item", "plans"),
    "note": ("rectification.item", "notes"),
    **dict.fromkeys(("report", "verdict"), ("rectification.item", "reports")),
    "summary": ("rectification.index", "summary"),
}
"""Where a kind of text is read: the page, and the part of it."""


def _place(hit: Hit) -> str:
    endpoint, anchor = _PLACES[hit.kind]
    given: dict[str, Any] = {"number": hit.number} if endpoint == "rectification.item" else {}
    if anchor == "finding":
        anchor = f"finding-{hit.finding_number}" if hit.finding_number else ""
    return url_for(endpoint, project_id=hit.project_id, _anchor=anchor or None, **given)
