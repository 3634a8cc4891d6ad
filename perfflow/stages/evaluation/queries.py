"""What there is to show of an evaluation. Callers have found the project in reach and checked the datum."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from perfflow.core import clock, facts, grades
from perfflow.core.access import Actor, Reach
from perfflow.db import db
from perfflow.models.evaluation import Assignment, Independence
from perfflow.models.people import Avoidance, Organisation, User
from perfflow.models.project import Project
from perfflow.process import Datum, OrganisationKind, Role
from perfflow.rules import score


@dataclass(frozen=True, slots=True)
class IndependencePage:
    """All that an evaluator sees before he has declared himself independent."""

    name: str
    unit_name: str
    budget_year: int
    evaluation_year: int | None
    due_on: date | None
    declared: bool | None  # what this person declared, or None
    explanation: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPage:
    """The evaluation of the current assignment."""

    assignment_id: int
    version: int
    firm_name: str
    lead_name: str
    table_only: bool
    rows: tuple[score.Row, ...]
    nodes: tuple[score.Node, ...]
    budget_fen: int | None
    paid_fen: int | None
    paid_filed: str
    main_performance: str
    total: int | None
    total_filed: str
    grade: str

    @property
    def total_weight(self) -> int:
        return sum(node.weight for node in self.nodes if node.leaf)

    @property
    def total_score(self) -> int:
        """Of the leaves that are scored so far."""
        return sum(node.score or 0 for node in self.nodes if node.leaf)


def independence(reach: Reach, actor: Actor) -> IndependencePage:
    """The page of one evaluator, of the current assignment."""
    row = db.session.execute(
        select(
            Project.name, Organisation.name, Project.budget_year, Project.evaluation_year, Project.due_on,
            Independence.independent, Independence.explanation, Independence.at,
        )
        .select_from(Project)
        .join(Organisation, Organisation.id == Project.unit_id)
        .outerjoin(
            Independence,
            (Independence.assignment_id == Project.assignment_id) & (Independence.user_id == actor.id),
        )
        .where(Project.id == reach.id)
    ).one()  # fmt: skip
    return IndependencePage(*row)


def evaluation(reach: Reach) -> EvaluationPage | None:
    """The evaluation as it stands; None while no firm is assigned."""
    if reach.assignment_id is None:
        return None
    lead = aliased(User)
    row = db.session.execute(
        select(
            Assignment.version, Organisation.name.label("firm_name"), lead.display_name.label("lead_name"),
            Assignment.paid_fen, Assignment.paid_filed, Assignment.main_performance, Assignment.total,
            Assignment.total_filed, Assignment.grade, Project.budget_fen,
        )
        .join(Project, Project.id == Assignment.project_id)
        .join(Organisation, Organisation.id == Assignment.firm_id)
        .join(lead, lead.id == Assignment.lead_id)
        .where(Assignment.id == reach.assignment_id)
    ).one()  # fmt: skip
    rows = facts.sheet_rows(reach.assignment_id)
    shown = dict(row._mapping) | ({} if reach.sees(Datum.PROJECT) else {"budget_fen": None})
    return EvaluationPage(
        assignment_id=reach.assignment_id,
        table_only=reach.table_only,
        rows=rows,
        nodes=score.tree(rows),
        **shown,
    )


def source_values(page: EvaluationPage) -> dict[str, Any]:
    """Each value under the key by which its source is remembered."""
    kept = {
        "paid": [page.paid_fen, page.paid_filed],
        "main_performance": page.main_performance,
        "total": [page.total, page.total_filed],
        "grade": page.grade,
        "budget": page.budget_fen,  # the project's: what a report said of it was compared, and not taken
    }
    kept |= {f"rows.{row.code}": [row.name, row.weight, row.score, row.rate_filed] for row in page.rows}
    return {source_key(page, name): value for name, value in kept.items()}


def source_key(page: EvaluationPage, name: str) -> str:
    """Another firm's evaluation of the same project has other sources."""
    return f"evaluation-{page.assignment_id}.{name}"


def scale(project_id: int) -> Sequence[grades.Band]:
    """The grades by which this project is judged, best first."""
    jurisdiction, year = db.session.execute(
        select(Organisation.jurisdiction, func.coalesce(Project.evaluation_year, Project.budget_year))
        .join(Project, Project.unit_id == Organisation.id)
        .where(Project.id == project_id)
    ).one()
    return grades.bands_for(jurisdiction, year)


def leads(unit_id: int) -> list[tuple[int, str, str]]:
    """Whom a supervisor may assign today: (user, firm, person), those on the unit's 回避名单 left out."""
    rows = db.session.execute(
        select(User.id, Organisation.name, User.display_name)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            User.role == Role.FIRM_USER,
            User.active.is_(True),
            Organisation.kind == OrganisationKind.FIRM,
            Organisation.active.is_(True),
            Organisation.id != unit_id,
            ~_avoids(unit_id),
        )
        .order_by(Organisation.name, User.display_name, User.id)
    )
    return [(id_, firm, person) for id_, firm, person in rows]


def avoided(firm_id: int, unit_id: int) -> bool:
    """Whether the firm may not evaluate the unit today."""
    found = select(Organisation.id).where(Organisation.id == firm_id, _avoids(unit_id))
    return db.session.scalar(found) is not None


def _avoids(unit_id: int) -> ColumnElement[bool]:
    today = clock.today()
    return exists().where(
        Avoidance.firm_id == Organisation.id,
        Avoidance.unit_id == unit_id,
        Avoidance.first_day <= today,
        or_(Avoidance.last_day.is_(None), Avoidance.last_day >= today),
        Avoidance.ended_at.is_(None),
    )
