"""The eight finished strings of a result table: from the snapshot once published, composed from the record before."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from perfflow.core import access
from perfflow.core.access import EIGHT, Actor, Reach, scoped, seen
from perfflow.core.listing import SORTS, Filter, filtered
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import RectItem
from perfflow.models.people import Organisation
from perfflow.models.project import Project, Publication
from perfflow.pages.results.paper import Cover, ResultTable
from perfflow.papers.kinds import Money, Unreadable
from perfflow.papers.numbering import (
    Manner,
    Numbered,
    format_amount,
    format_name,
    format_score,
    join_numbered,
)
from perfflow.process import P
from perfflow.stages.rectification.queries import compose

NONE = "无"
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
        yield Finished(
            row.id,
            ResultTable(
                project_name=row.name_filed or format_name(row.name, manner),
                final_amount=_amount(row.paid_filed, row.paid_fen, manner),
                score=row.total_filed or ("" if row.total is None else format_score(row.total, manner)),
                grade=row.grade,
                main_performance=row.main_performance,
                findings=join_numbered(findings.get(row.assignment_id, []), manner) or NONE,
                suggestions=join_numbered(suggestions.get(row.assignment_id, []), manner) or NONE,
                rectification=rectification if row.id in with_items else rectification or NONE,
            ),
            manner,
            Cover(row.unit, f"{year}年度财政支出项目绩效评价结果"),
        )


def _amount(filed: str, fen: int | None, manner: Manner) -> str:
    """As filed when the paper can stand by it, that is when it names its unit."""
    try:
        if filed and Money().read(filed) == fen:
            return filed
    except Unreadable:
        pass
    return "" if fen is None else format_amount(fen, manner)


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
    count: int


def unit_years(actor: Actor) -> list[YearRow]:
    """Unit and evaluation year of the results in reach, with how many there are."""
    year = func.coalesce(Project.evaluation_year, Project.budget_year)
    query = (
        with_result(actor, Organisation.id, Organisation.name, year, func.count())
        .join(Organisation, Organisation.id == Project.unit_id)
        .group_by(Organisation.id, Organisation.name, year)
        .order_by(year.desc(), Organisation.name)
        .limit(500)
    )
    return [YearRow(*row) for row in db.session.execute(query)]


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


def unit_names() -> list[str]:
    query = select(Organisation.name).where(Organisation.kind == "unit").order_by(Organisation.name)
    return list(db.session.scalars(query))
