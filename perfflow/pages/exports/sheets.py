"""绩效目标申报表 and 指标评分表, filled from the record, batch by batch."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from perfflow.core.access import Actor
from perfflow.core.outgoing import DECLARATION, SCORE_SHEET
from perfflow.models.evaluation import Assignment, ScoreItem
from perfflow.models.project import Declaration, Milestone, SubProject, TargetIndicator
from perfflow.pages.exports.reads import batches, grouped, shown_name
from perfflow.papers import declaration as paper
from perfflow.papers.score_sheet import ScoreLine, ScoreSheet
from perfflow.rules import score

_KEPT = (
    "form_year", "project_type", "fund_use", "start_date", "end_date", "overview", "basis", "necessity", "safeguards",
    "total_budget_fen", "year_budget_fen", "prior_budget_fen", "prior_paid_fen", "overall_goal", "annual_goal",
    "remarks",
)  # fmt: skip


def declarations(actor: Actor, ids: Sequence[int]) -> Iterator[paper.Declaration]:
    """Each as it stands, drafts with gaps included."""
    for batch in batches(DECLARATION, actor, ids):
        found = {row[0]: row for row in _flat(batch)}
        subs = _of(batch, SubProject, SubProject.name, SubProject.amount_fen)
        steps = _of(batch, Milestone, Milestone.label, Milestone.day, Milestone.filed)
        targets = _of(
            batch, TargetIndicator, TargetIndicator.level1, TargetIndicator.level2, TargetIndicator.name,
            TargetIndicator.filed, TargetIndicator.operator, TargetIndicator.number, TargetIndicator.unit,
        )  # fmt: skip
        for row in batch.values():
            kept = found.get(row.id)
            if kept is None:
                continue
            yield paper.Declaration(
                project_name=row.name,
                unit_name=row.unit,
                sub_projects=tuple(paper.SubProject(*one[1:]) for one in subs.get(row.id, [])),
                milestones=tuple(paper.Milestone(*one[1:]) for one in steps.get(row.id, [])),
                targets=tuple(paper.Target(*one[1:]) for one in targets.get(row.id, [])),
                **{name: getattr(kept, name) for name in _KEPT},
            )


def _flat(batch: dict[int, Any]) -> list[Any]:
    columns = (getattr(Declaration, name) for name in _KEPT)
    query = select(Declaration.project_id, *columns).where(Declaration.project_id.in_(list(batch)))
    return [row for rows in grouped(query).values() for row in rows]


def _of(batch: dict[int, Any], table: Any, *columns: Any) -> dict[int, list[Any]]:
    query = select(table.project_id, *columns).where(table.project_id.in_(list(batch)))
    return grouped(query.order_by(table.position))


def score_sheets(actor: Actor, ids: Sequence[int]) -> Iterator[tuple[str, ScoreSheet]]:
    """Each under the name of its project."""
    for batch in batches(SCORE_SHEET, actor, ids, Assignment.total):
        rows = grouped(
            select(
                ScoreItem.assignment_id, ScoreItem.code, ScoreItem.name, ScoreItem.weight, ScoreItem.score,
                ScoreItem.rate_filed,
            )
            .where(ScoreItem.assignment_id.in_([row.assignment_id for row in batch.values()]))
            .order_by(ScoreItem.position)
        )  # fmt: skip
        for row in batch.values():
            nodes = score.tree([score.Row(*one[1:]) for one in rows.get(row.assignment_id, [])])
            sheet = ScoreSheet(tuple(_line(node) for node in nodes), _points(row.total))
            yield f"{row.year}年度{shown_name(row)}", sheet


def _line(node: score.Node) -> ScoreLine:
    """The rate as filed, else the one that follows; groups have only their name."""
    if not node.leaf:
        return ScoreLine(node.code, node.name, node.depth)
    rate = node.rate_filed or ("" if node.rate is None else f"{node.rate}%")
    return ScoreLine(node.code, node.name, node.depth, _points(node.weight), rate, _points(node.score))


def _points(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths) / 100
