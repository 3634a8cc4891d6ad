"""绩效评价报告: what is taken from it."""

from dataclasses import dataclass
from decimal import Decimal

from perfflow.papers.numbering import Numbered
from perfflow.papers.score_sheet import ScoreSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as read. Amounts in fen, exactly as the paper states them, doubtful units included."""

    project_name: str = ""
    score_sheet: ScoreSheet | None = None
    findings: tuple[Numbered, ...] = ()
    suggestions: tuple[Numbered, ...] = ()
    budget_fen: int | None = None
    paid_fen: int | None = None
    score: Decimal | None = None
    grade: str = ""
    main_performance: str = ""
