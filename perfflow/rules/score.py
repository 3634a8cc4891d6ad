"""The score sheet: a tree by codes, weights and scores in exact hundredths (domain b.3, rules G1, G3, G6, G8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from perfflow.rules.outcome import N_, Problem

FULL = 10_000
"""100 points, in hundredths."""
WEAK_PERCENT = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One row as typed. Weight and score in hundredths; groups have neither."""

    code: str
    name: str
    weight: int | None
    score: int | None
    rate_filed: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A row in its tree: weight and score of a group are those of its leaves; the rate is whole per cent, half up."""

    code: str
    name: str
    parent: str | None
    depth: int
    leaf: bool
    weight: int
    score: int | None
    rate: int | None
    rate_filed: str

    @property
    def weak(self) -> bool:
        return self.leaf and self.score is not None and self.score * 100 < self.weight * WEAK_PERCENT

    @property
    def over(self) -> bool:
        return self.leaf and self.score is not None and self.score > self.weight


def tree(rows: Sequence[Row]) -> tuple[Node, ...]:
    """The rows in their order, each with its parent: the longest other code that is its proper prefix."""
    codes = {row.code for row in rows}
    parents = {row.code: _parent(row.code, codes) for row in rows}
    groups = set(parents.values())
    nodes = []
    for row in rows:
        leaves = [r for r in rows if r.code not in groups and _under(r.code, row.code, parents)]
        weight = sum(leaf.weight or 0 for leaf in leaves)
        score = None if any(leaf.score is None for leaf in leaves) else sum(leaf.score or 0 for leaf in leaves)
        nodes.append(
            Node(
                row.code, row.name, parents[row.code], _depth(row.code, parents), row.code not in groups,
                weight, score, rate(score, weight), row.rate_filed,
            )
        )  # fmt: skip
    return tuple(nodes)


def rate(score: int | None, weight: int) -> int | None:
    """Score in per cent of the weight, whole, half up; None without either."""
    return None if score is None or weight <= 0 else (score * 200 + weight) // (weight * 2)


def total(rows: Sequence[Row]) -> int | None:
    """Sum of the leaves' scores; None while any is missing."""
    leaves = [node for node in tree(rows) if node.leaf]
    scores = [node.score for node in leaves]
    return None if not leaves or None in scores else sum(score or 0 for score in scores)


def outcome(rows: Sequence[Row]) -> int | None:
    """The total as a result; None also while weights add up to more than 100, which is told on submitting."""
    found = total(rows)
    return found if found is None or found <= FULL else None


def weak_codes(rows: Sequence[Row]) -> tuple[str, ...]:
    """Leaves strictly below 60 % of their weight."""
    return tuple(node.code for node in tree(rows) if node.weak)


def problems(rows: Sequence[Row]) -> tuple[Problem, ...]:
    """Everything that stands against submitting the sheet."""
    if not rows:
        return (Problem(N_("还没有填写指标评分表。"), "sheet"),)
    found = []
    codes = [row.code for row in rows]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        found.append(Problem(N_("指标编码 %(code)s 出现了两次。"), "sheet", {"code": code}))
    leaves = [node for node in tree(rows) if node.leaf]
    weights = sum(leaf.weight for leaf in leaves)
    if weights != FULL:
        found.append(Problem(N_("末级指标的权重合计是 %(sum)s，应为 100。"), "sheet", {"sum": points(weights)}))
    unscored = [leaf.code for leaf in leaves if leaf.score is None]
    if unscored:
        found.append(Problem(N_("指标 %(codes)s 还没有评分。"), "sheet", {"codes": tuple(unscored)}))
    over = [leaf.code for leaf in leaves if leaf.over]
    if over:
        found.append(Problem(N_("指标 %(codes)s 的得分高于权重。"), "sheet", {"codes": tuple(over)}))
    return tuple(found)


def points(hundredths: int) -> str:
    """Hundredths as people write them: 9104 → "91.04", 9100 → "91"."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") if part else str(whole)


def _parent(code: str, codes: Iterable[str]) -> str | None:
    prefixes = [other for other in codes if other != code and code.startswith(other)]
    return max(prefixes, key=len, default=None)


def _under(code: str, ancestor: str, parents: dict[str, str | None]) -> bool:
    at: str | None = code
    while at is not None and at != ancestor:
        at = parents[at]
    return at == ancestor


def _depth(code: str, parents: dict[str, str | None]) -> int:
    depth, at = 1, parents[code]
    while at is not None:
        depth, at = depth + 1, parents[at]
    return depth
