"""指标评分表: its columns in every wording seen, and a sheet as it stands on paper."""

from dataclasses import dataclass
from decimal import Decimal

TITLE = "项目绩效评价指标评分"


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One row. `level`: depth in the tree, from 1. Groups have neither weight nor score, and no rate."""

    code: str
    name: str
    level: int
    weight: Decimal | None = None
    rate_filed: str = ""
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The rows from the root down, each group before what it holds; `total` as the paper states it."""

    items: tuple[ScoreLine, ...]
    total: Decimal | None = None
