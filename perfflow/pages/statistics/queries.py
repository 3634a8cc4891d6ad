"""The pages of 统计: the overview by one dimension, the page of a unit, the page of a firm."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core.access import VIEWERS, Actor
from perfflow.core.errors import NotFound
from perfflow.db import db
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.pages.statistics import measures as m
from perfflow.pages.statistics import tables
from perfflow.pages.statistics.measures import Cut, Kind
from perfflow.pages.statistics.tables import Cell, Column, Counts, TableView
from perfflow.process import OrganisationKind, Viewer


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool
    count: None = None


@dataclass(frozen=True, slots=True)
class Overview:
    tabs: list[Tab]
    figures: tuple[Cell, ...]
    bases: tuple[str, ...]
    tables: list[TableView]


COLUMNS: dict[str, tuple[Column, ...]] = {
    "stage": tables.STAGE,
    "unit": tables.UNIT,
    "year": tables.YEAR,
    "grade": tables.GRADE,
    "category": tables.CATEGORY,
    "firm": tables.FIRM,
}
"""The dimensions of the overview; the first one is where it opens."""

_ALONE = {Viewer.UNIT: "unit", Viewer.FIRM: "firm"}
"""A unit is the only unit it sees, and a firm the only firm."""


def own_page(actor: Actor) -> Tab | None:
    """Where a unit or a firm finds its own page."""
    viewer = VIEWERS[actor.role]
    if viewer is Viewer.UNIT:
        return Tab(_("本单位的统计"), url_for("statistics.unit", unit_id=actor.organisation_id), False)
    if viewer is Viewer.FIRM:
        return Tab(_("本机构的统计"), url_for("statistics.firm", firm_id=actor.organisation_id), False)
    return None


def hint(actor: Actor) -> str:
    """What this person's numbers leave out."""
    if VIEWERS[actor.role] is Viewer.FIRM:
        return _("您尚未作独立性与保密声明的项目不计在内。")
    return ""


def dimensions(actor: Actor) -> list[str]:
    alone = _ALONE.get(VIEWERS[actor.role])
    return [by for by in COLUMNS if by != alone]


def overview(actor: Actor, by: str, year: int | None, part: int) -> Overview:
    """All that is in reach, of one year or of all, by one dimension."""
    cut = Cut() if year is None else Cut().at("year", year)
    columns = COLUMNS[by]
    if by == "category":
        counts = Counts(actor, by, cut, columns)
        figures = Counts(actor, None, cut, tables.FIGURES)
    else:
        counts = figures = Counts(actor, by, cut, (*columns, *tables.FIGURES))
    found = [tables.table(counts, columns, part=part)]
    if by == "stage":
        found.append(tables.table(Counts(actor, "state", cut, tables.STATE), tables.STATE))
    # a year of None is left out of the address
    tabs = [
        Tab(_(tables.HEADINGS[one][0]), url_for("statistics.index", by=one, year=year), one == by)
        for one in dimensions(actor)
    ]
    return Overview(tabs, figures.total(tables.FIGURES).cells, tables.bases(tables.FIGURES), found)


# ---------------------------------------------------------------- one unit, one firm


@dataclass(frozen=True, slots=True)
class Portrait:
    name: str
    figures: tuple[Cell, ...]
    bases: tuple[str, ...]
    tables: list[TableView]


def unit(actor: Actor, unit_id: int) -> Portrait:
    """A unit's projects by year and state, its findings by category, its rectification. Raises NotFound."""
    viewer = VIEWERS[actor.role]
    mine = viewer is Viewer.UNIT and unit_id == actor.organisation_id
    if not mine and (viewer is Viewer.FIRM or not _any(actor, Kind.PROJECTS, Project.unit_id == unit_id)):
        raise NotFound
    cut = Cut().at("unit", unit_id)
    years = Counts(actor, "year", cut, (*tables.OF_UNIT, *tables.FIGURES))
    return Portrait(
        _named(unit_id, OrganisationKind.UNIT),
        years.total(tables.FIGURES).cells,
        tables.bases(tables.FIGURES),
        [
            tables.table(years, tables.OF_UNIT, title=_("项目与整改，按年度")),
            tables.table(Counts(actor, "state", cut, tables.STATE), tables.STATE, title=_("项目，按状态")),
            tables.table(Counts(actor, "category", cut, tables.CATEGORY), tables.CATEGORY, title=_("问题，按类别")),
            tables.table(Counts(actor, "item", cut, tables.ITEM), tables.ITEM, title=_("整改事项，按状态")),
        ],
    )


def firm(actor: Actor, firm_id: int) -> Portrait:
    """What a firm was given, what came back to it, what was disputed. Raises NotFound."""
    viewer = VIEWERS[actor.role]
    mine = viewer is Viewer.FIRM and firm_id == actor.organisation_id
    if not mine and (viewer is Viewer.UNIT or not _any(actor, Kind.ASSIGNMENTS, m.Given.firm_id == firm_id)):
        raise NotFound
    cut = Cut().at("firm", firm_id)
    # a firm reads nothing of what it declined or was relieved of, so it has nothing of it to count
    ended = (m.DECLINED, m.REPLACED) if viewer is Viewer.FIRM else ()
    given = tuple(column for column in tables.GIVEN if not set(column.needs) & set(ended))
    years = Counts(actor, "year", cut, (*tables.FIRM, *tables.FIGURES))
    return Portrait(
        _named(firm_id, OrganisationKind.FIRM),
        years.total(tables.FIGURES).cells,
        tables.bases(tables.FIGURES),
        [
            tables.table(Counts(actor, "year", cut, given), given, title=_("委托与退回，按年度"), id_="given"),
            tables.table(
                Counts(actor, "year", cut, tables.DISPUTES), tables.DISPUTES, title=_("异议，按年度"), id_="disputes"
            ),
            tables.table(years, tables.FIRM, title=_("现任项目，按年度")),
        ],
    )


def _any(actor: Actor, kind: Kind, condition: Any) -> bool:
    return db.session.scalar(m.population(actor, kind, Project.id).where(condition).limit(1)) is not None


def _named(id_: int, kind: OrganisationKind) -> str:
    query = select(Organisation.name).where(Organisation.id == id_, Organisation.kind == kind.value)
    name = db.session.scalar(query)
    if name is None:
        raise NotFound
    return name
