"""What there is to show of a declaration. Callers have found the project in reach and checked the datum."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from perfflow.core import facts, sources
from perfflow.core.access import Actor
from perfflow.db import db
from perfflow.models.file import Attachment
from perfflow.models.people import Organisation
from perfflow.models.project import Declaration, Milestone, Project, SubProject, TargetIndicator
from perfflow.process import AttachmentPurpose, OrganisationKind
from perfflow.rules import declaration as rules
from perfflow.rules.outcome import Problem


@dataclass(frozen=True, slots=True)
class SubProjectRow:
    name: str
    amount_fen: int | None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """`filed` as written; `day` when that was a date."""

    label: str
    filed: str
    day: date | None


@dataclass(frozen=True, slots=True)
class TargetRow:
    level1: str
    level2: str
    name: str
    filed: str
    operator: str
    number: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationRow:
    """One declaration as it stands, drafts with gaps included."""

    version: int
    unit_name: str
    object_kind: str
    budget_year: int
    form_year: int
    name: str
    project_type: str
    fund_use: str
    start_date: date | None
    end_date: date | None
    overview: str
    basis: str
    necessity: str
    safeguards: str
    total_budget_fen: int | None
    year_budget_fen: int | None
    prior_budget_fen: int | None
    prior_paid_fen: int | None
    sub_projects: tuple[SubProjectRow, ...]
    milestones: tuple[MilestoneRow, ...]
    overall_goal: str
    annual_goal: str
    targets: tuple[TargetRow, ...]
    remarks: str


def declaration(project_id: int) -> DeclarationRow | None:
    """The declaration of a project; None for a registered object, which has none."""
    row = db.session.execute(
        select(
            Declaration.version, Organisation.name.label("unit_name"), Project.object_kind,
            Project.budget_year, Declaration.form_year, Project.name,
            Declaration.project_type, Declaration.fund_use, Declaration.start_date,
            Declaration.end_date, Declaration.overview, Declaration.basis,
            Declaration.necessity, Declaration.safeguards, Declaration.total_budget_fen,
            Declaration.year_budget_fen, Declaration.prior_budget_fen, Declaration.prior_paid_fen,
            Declaration.overall_goal, Declaration.annual_goal, Declaration.remarks,
        )
        .join(Project, Project.id == Declaration.project_id)
        .join(Organisation, Organisation.id == Project.unit_id)
        .where(Declaration.project_id == project_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    return DeclarationRow(
        **row._mapping,
        sub_projects=_sub_projects(project_id),
        milestones=_milestones(project_id),
        targets=_targets(project_id),
    )


def _sub_projects(project_id: int) -> tuple[SubProjectRow, ...]:
    rows = db.session.execute(
        select(SubProject.name, SubProject.amount_fen)
        .where(SubProject.project_id == project_id)
        .order_by(SubProject.position)
    )
    return tuple(SubProjectRow(*row) for row in rows)


def _milestones(project_id: int) -> tuple[MilestoneRow, ...]:
    rows = db.session.execute(
        select(Milestone.label, Milestone.filed, Milestone.day)
        .where(Milestone.project_id == project_id)
        .order_by(Milestone.position)
    )
    return tuple(MilestoneRow(*row) for row in rows)


def _targets(project_id: int) -> tuple[TargetRow, ...]:
    target = TargetIndicator
    rows = db.session.execute(
        select(
            target.level1, target.level2, target.name, target.filed,
            target.operator, target.number, target.unit,
        )
        .where(target.project_id == project_id)
        .order_by(target.position)
    )  # fmt: skip
    return tuple(TargetRow(*row) for row in rows)


def supervised_units(actor: Actor) -> list[tuple[int, str]]:
    """The units an office may register objects for, by name."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(
            Organisation.supervised_by == actor.organisation_id,
            Organisation.kind == OrganisationKind.UNIT,
            Organisation.active.is_(True),
        )
        .order_by(Organisation.name)
    )
    return [(id_, name) for id_, name in rows]


# ---------------------------------------------------------------- where it came from

ROWS = ("sub_projects", "milestones", "targets")
"""What is a list of rows; everything else is one value."""


def source_values(row: DeclarationRow) -> dict[str, Any]:
    """Each value under the key by which its source is remembered."""
    kept = {field.name: getattr(row, field.name) for field in fields(row) if field.name not in ROWS}
    for name in ROWS:
        for one in getattr(row, name):
            cells = filed(name, one)
            kept[row_key(name, cells)] = cells
    return kept


def row_key(name: str, cells: Sequence[Any]) -> str:
    """A row has no name of its own and may move: it is remembered by what stands in it."""
    return f"{name}.{sources.digest(list(cells))[:16]}"


def filed(name: str, one: Any) -> list[Any]:
    """A row as it is typed."""
    if name == "sub_projects":
        return [one.name, one.amount_fen]
    if name == "milestones":
        return [one.label, one.filed]
    return [one.level1, one.level2, one.name, one.filed]


# ---------------------------------------------------------------- how far it is


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the form: how far it is, what stands against submitting it, and what should be looked at."""

    section: rules.Section
    progress: rules.Progress
    problems: Sequence[Problem]
    hints: Sequence[Problem]


def parts(project_id: int) -> list[Part]:
    """The parts of a declaration in their order, judged as it is on file."""
    paper = facts.declaration_paper(project_id)
    if paper is None:
        return []
    progress = rules.progress(paper, files=_file_count(project_id))
    problems, hints = rules.by_section(rules.problems(paper)), rules.by_section(rules.hints(paper))
    return [Part(one, progress[one], problems[one], hints[one]) for one in rules.Section]


def _file_count(project_id: int) -> int:
    count = select(func.count()).where(
        Attachment.project_id == project_id,
        Attachment.purpose == AttachmentPurpose.DECLARATION,
        Attachment.withdrawn_at.is_(None),
    )
    return db.session.scalar(count) or 0


# ---------------------------------------------------------------- the tree


@dataclass(frozen=True, slots=True)
class Leaf:
    """A row of the tree as a table shows it: how many rows each level's cell spans, none where it began above."""

    target: TargetRow
    span1: int
    span2: int


def tree(targets: Sequence[TargetRow]) -> list[Leaf]:
    """Neighbours of the same level in one cell, as the paper has them."""
    spans1 = _spans(targets, lambda row: row.level1)
    spans2 = _spans(targets, lambda row: (row.level1, row.level2))
    return [Leaf(*each) for each in zip(targets, spans1, spans2, strict=True)]


def _spans(rows: Sequence[TargetRow], level: Callable[[TargetRow], object]) -> list[int]:
    found = []
    for _same, group in groupby(rows, level):
        count = len(list(group))
        found += [count, *[0] * (count - 1)]
    return found
