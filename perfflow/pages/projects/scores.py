"""指标评分 in short: the groups of the first level, and the indicators that need a word, each with its finding."""

from dataclasses import dataclass, field

from flask import url_for
from sqlalchemy import select

from perfflow.core import facts
from perfflow.core.access import Reach
from perfflow.db import db
from perfflow.models.finding import Finding, FindingIndicator, IndicatorExplanation
from perfflow.process import Datum
from perfflow.rules import score
from perfflow.rules.score import Node


@dataclass(frozen=True, slots=True)
class Explained:
    """What explains an indicator: a finding by its number, or (None) a written explanation."""

    number: int | None
    url: str


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """Weight and score in hundredths. `depth` 1 for a group, 2 for an indicator under it."""

    label: str
    depth: int
    weight: int
    score: int | None
    weak: bool
    explained: list[Explained] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ScoresView:
    lines: list[ScoreLine]
    leaves: int
    url: str


def view(reach: Reach, shown_here: frozenset[int]) -> ScoresView | None:
    """None without a score sheet, or before it is shown to this person. `shown_here`: findings on the same page."""
    if reach.assignment_id is None or not reach.sees(Datum.EVALUATION):
        return None
    nodes = score.tree(facts.sheet_rows(reach.assignment_id))
    if not nodes:
        return None
    explained = _explained(reach, shown_here)
    remarkable = [node for node in nodes if node.weak or any(one.number for one in explained.get(node.code, ()))]
    tops = _tops(nodes)
    lines = []
    for group in (node for node in nodes if node.depth == 1):
        lines.append(_line(group, 1, explained))
        lines += [_line(one, 2, explained) for one in remarkable if one is not group and tops[one.code] == group.code]
    url = url_for("evaluation.show", project_id=reach.id)
    return ScoresView(lines, sum(node.leaf for node in nodes), url)


def _line(node: Node, depth: int, explained: dict[str, list[Explained]]) -> ScoreLine:
    why = explained.get(node.code, [])
    return ScoreLine(f"{node.code} {node.name}", depth, node.weight, node.score, node.weak, why)


def _tops(nodes: tuple[Node, ...]) -> dict[str, str]:
    """The group of the first level each row is under."""
    parents = {node.code: node.parent for node in nodes}
    tops = {}
    for code in parents:
        at = code
        while (parent := parents[at]) is not None:
            at = parent
        tops[code] = at
    return tops


def _explained(reach: Reach, shown_here: frozenset[int]) -> dict[str, list[Explained]]:
    """By indicator: the standing findings that name it, and the written explanations."""
    if not reach.sees(Datum.FINDINGS):
        return {}
    issues = url_for("projects.issues", project_id=reach.id)
    found: dict[str, list[Explained]] = {}
    named = db.session.execute(
        select(FindingIndicator.code, Finding.number)
        .join(Finding, Finding.id == FindingIndicator.finding_id)
        .where(Finding.assignment_id == reach.assignment_id, Finding.withdrawn.is_(False))
        .order_by(Finding.number)
    )
    for code, number in named:
        anchor = f"#finding-{number}"
        url = anchor if number in shown_here else f"{issues}{anchor}"
        found.setdefault(code, []).append(Explained(number, url))
    written = db.session.execute(
        select(IndicatorExplanation.code, IndicatorExplanation.text).where(
            IndicatorExplanation.assignment_id == reach.assignment_id
        )
    )
    for code, text in written:
        if text.strip():
            found.setdefault(code, []).append(Explained(None, f"{issues}#remarks"))
    return found
