"""The eight finished strings of a result table: from the snapshot once published, composed from the record before."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, true

from perfflow.core import access, paging
from perfflow.core.access import EIGHT, Actor, Reach, scoped, seen, visible
from perfflow.core.listing import SORTS, Filter, filtered, units_query
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import RectItem
from perfflow.models.people import Organisation
from perfflow.models.project import Project, Publication
from perfflow.papers.numbering import Manner, Numbered
from perfflow.papers.result_paper import Cover
from perfflow.papers.result_table import Record, ResultTable, written
from perfflow.process import FROM_NOTICE, P
from perfflow.stages.rectification.queries import compose

BATCH = 200


class TamperedSnapshot(Exception):
    """A stored publication does not fit its SHA-256."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A result table ready for page or paper. `number` and `sha256` of the snapshot, None while unpublished;
    `withdrawn`: it was public once, and is no more.
    """

    project_id: int
    table: ResultTable
    manner: Manner
    cover: Cover
    number: int | None = None
    sha256: str = ""
    withdrawn: bool = False

    @property
    def published(self) -> bool:
        return self.number is not None


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    sha256: str
    published_at: datetime
    withdrawn_at: datetime | None


def finished(project_id: int, actor: Actor) -> Finished | None:
    """The table as it stands: the snapshot in force, or composed now. The caller has checked who may see it."""
    return next(finished_many([project_id], actor), None)


def composed(project_id: int, actor: Actor) -> Finished | None:
    """The table composed from the record, whatever was published."""
    return next(_compose_all([project_id], actor), None)


def finished_many(project_ids: Iterable[int], actor: Actor) -> Iterator[Finished]:
    """Tables in the order of the ids, fetched in batches so that a thousand need no more memory than a few."""
    ids = list(project_ids)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        ready = {one.project_id: one for one in _snapshots(batch)}
        ready |= {one.project_id: one for one in _compose_all([id_ for id_ in batch if id_ not in ready], actor)}
        yield from (ready[id_] for id_ in batch if id_ in ready)


def _snapshots(project_ids: list[int]) -> Iterator[Finished]:
    rows = db.session.execute(
        select(Publication.project_id, Publication.number, Publication.content, Publication.sha256)
        .join(Project, Project.id == Publication.project_id)
        .where(
            Publication.project_id.in_(project_ids),
            Publication.withdrawn_at.is_(None),
            Project.state == P.PUBLISHED.value,
        )
        .order_by(Publication.number)
    )
    for project_id, number, content, sha256 in rows:
        yield from_snapshot(project_id, number, content, sha256)


def from_snapshot(project_id: int, number: int, content: str, sha256: str) -> Finished:
    """The stored table. Raises TamperedSnapshot when text and SHA-256 disagree."""
    if hashlib.sha256(content.encode()).hexdigest() != sha256:
        raise TamperedSnapshot(f"publication {number} of project {project_id}")
    stored = json.loads(content)
    return Finished(
        project_id, ResultTable(**stored["table"]), Manner(**stored["manner"]), Cover(**stored["cover"]),
        number, sha256,
    )  # fmt: skip


def _compose_all(project_ids: list[int], actor: Actor) -> Iterator[Finished]:
    rows = db.session.execute(
        select(
            Project.id, Project.name, Project.name_filed, Project.budget_year, Project.evaluation_year,
            Project.rectification, Project.rectification_composed, Assignment.id.label("assignment_id"),
            Assignment.paid_fen, Assignment.paid_filed, Assignment.total, Assignment.total_filed, Assignment.grade,
            Assignment.main_performance, Organisation.name.label("unit"), Organisation.quote_names,
            Organisation.score_suffix, Organisation.trim_decimals, Organisation.number_style,
            Organisation.title_own_line,
        )
        .join(Assignment, Assignment.id == Project.assignment_id)
        .join(Organisation, Organisation.id == Project.unit_id)
        .where(Project.id.in_(project_ids))
    ).all()  # fmt: skip
    findings = _numbered(Finding, [row.assignment_id for row in rows], Finding.withdrawn.is_(False))
    suggestions = _numbered(Suggestion, [row.assignment_id for row in rows])
    with_items = set(
        db.session.scalars(select(RectItem.project_id).where(RectItem.project_id.in_(project_ids)).distinct())
    )
    for row in rows:
        manner = Manner(
            row.quote_names, row.score_suffix, row.trim_decimals, row.number_style, row.title_own_line
        )
        rectification = row.rectification.strip()
        if row.rectification_composed:
            rectification = compose(access.project_for(actor, row.id), row.number_style)
        year = row.evaluation_year or row.budget_year
        record = Record(
            name=row.name,
            name_filed=row.name_filed or "",
            paid_fen=row.paid_fen,
            paid_filed=row.paid_filed,
            total=row.total,
            total_filed=row.total_filed,
            grade=row.grade,
            main_performance=row.main_performance,
            findings=findings.get(row.assignment_id, []),
            suggestions=suggestions.get(row.assignment_id, []),
            rectification=rectification,
            has_items=row.id in with_items,
        )
        yield Finished(
            row.id,
            written(record, manner),
            manner,
            Cover(row.unit, f"{year}年度财政支出项目绩效评价结果"),
        )


def _numbered(
    table: Any, assignment_ids: list[int], *conditions: Any
) -> dict[int, list[Numbered]]:
    """By assignment, numbered in a row: where one was withdrawn the next moves up."""
    rows = db.session.execute(
        select(table.assignment_id, table.title, table.text, table.glued)
        .where(table.assignment_id.in_(assignment_ids), *conditions)
        .order_by(table.assignment_id, table.number)
    )
    found: dict[int, list[Numbered]] = {}
    for assignment_id, title, text, glued in rows:
        mine = found.setdefault(assignment_id, [])
        mine.append(Numbered(len(mine) + 1, title or None, text, glued))
    return found


def versions(reach: Reach) -> list[VersionRow]:
    """Every publication of the project, newest first."""
    rows = db.session.execute(
        select(Publication.number, Publication.sha256, Publication.published_at, Publication.withdrawn_at)
        .where(Publication.project_id == reach.id)
        .order_by(Publication.number.desc())
    )
    return [VersionRow(*row) for row in rows]


def version_of(reach: Reach, number: int) -> Finished | None:
    """One stored version, withdrawn or not."""
    row = db.session.execute(
        select(Publication.content, Publication.sha256, Publication.withdrawn_at).where(
            Publication.project_id == reach.id, Publication.number == number
        )
    ).one_or_none()
    if row is None:
        return None
    stored = from_snapshot(reach.id, number, row.content, row.sha256)
    return replace(stored, withdrawn=row.withdrawn_at is not None)


# ---------------------------------------------------------------- many


def with_result(actor: Actor, *columns: Any) -> Any:
    """The projects in reach whose whole table is shown to this person."""
    return scoped(actor, *columns).where(
        Project.assignment_id.is_not(None), access.all_of(*(seen(actor, datum) for datum in EIGHT))
    )


@dataclass(frozen=True, slots=True)
class YearRow:
    unit_id: int
    unit_name: str
    year: int
    count: str


MOST_ROWS, COUNT_CAP = 500, 99


def unit_years(actor: Actor) -> list[YearRow]:
    """Unit and evaluation year of the results in reach, with how many there are, newest year first.

    Each unit and year is looked up in an index by itself: grouping would read every result there is. Behind the
    notice all of the table is shown (see access.sees), and whoever is evaluated has an evaluation year.
    """
    if not access.may_ever_see_result(actor):
        return []
    units = units_query(actor).order_by(None).subquery("units")
    first, last = db.session.execute(select(_year_of(units, func.min), _year_of(units, func.max))).one()
    if first is None:
        return []
    years = select(literal(first).label("year")).cte("years", recursive=True)
    years = years.union_all(select(years.c.year + 1).where(years.c.year < last))
    results = select(Project.id).where(
        visible(actor), Project.unit_id == units.c.id, Project.evaluation_year == years.c.year,
        Project.assignment_id.is_not(None), Project.seen_as.in_(sorted(FROM_NOTICE)),
    ).correlate(units, years)  # fmt: skip
    counts = select(units.c.id, units.c.name, years.c.year, paging.counting(results, COUNT_CAP).label("found"))
    counted = counts.join_from(units, years, true()).subquery()
    rows = select(counted).where(counted.c.found > 0).order_by(counted.c.year.desc(), counted.c.name).limit(MOST_ROWS)
    return [
        YearRow(row.id, row.name, row.year, paging.capped(row.found, COUNT_CAP)) for row in db.session.execute(rows)
    ]


def _year_of(units: Any, extreme: Any) -> Any:
    """The first or last evaluation year of the units: one probe of the index for each."""
    of_unit = select(extreme(Project.evaluation_year)).where(Project.unit_id == units.c.id).correlate(units)
    return select(extreme(of_unit.scalar_subquery())).select_from(units).scalar_subquery()


def of_unit_and_year(actor: Actor, unit_id: int, year: int) -> list[int]:
    """Ids of the results of a unit's year, in the order the projects were made."""
    of_year = func.coalesce(Project.evaluation_year, Project.budget_year) == year
    query = with_result(actor, Project.id).where(Project.unit_id == unit_id, of_year).order_by(Project.id)
    return list(db.session.scalars(query))


def of_filter(actor: Actor, wanted: Filter, limit: int) -> list[int]:
    """Ids of the results that fit the list's filter, in the list's order."""
    sort = SORTS.get(wanted.sort, SORTS["updated"])
    order = [column.desc() if sort.descending else column.asc() for column in sort.columns]
    query = filtered(actor, wanted, Project.id).where(
        Project.assignment_id.is_not(None), access.all_of(*(seen(actor, datum) for datum in EIGHT))
    )
    return list(db.session.scalars(query.order_by(*order).limit(limit)))


def any_open(project_ids: list[int]) -> bool:
    """Whether any of them is not published."""
    query = select(Project.id).where(Project.id.in_(project_ids), Project.state != P.PUBLISHED.value).limit(1)
    return db.session.scalar(query) is not None


def unit_named(name: str) -> int | None:
    return db.session.scalar(select(Organisation.id).where(Organisation.name == name))


def unit_called(unit_id: int) -> str:
    """Asked only when something of that unit is in reach."""
    return db.session.scalar(select(Organisation.name).where(Organisation.id == unit_id)) or ""


def unit_names() -> list[str]:
    query = select(Organisation.name).where(Organisation.kind == "unit").order_by(Organisation.name)
    return list(db.session.scalars(query))
