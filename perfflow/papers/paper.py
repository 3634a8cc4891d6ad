"""What a file was read as: the kind of paper, its values, every problem met, and where each value stood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from perfflow.papers.declaration import Declaration
from perfflow.papers.findings_list import FindingsList
from perfflow.papers.plain import plain
from perfflow.papers.rectification_list import RectificationList
from perfflow.papers.report import Report
from perfflow.papers.result_paper import ResultPaper
from perfflow.papers.score_sheet import ScoreSheet
from perfflow.papers.spec import Problem
from perfflow.papers.text import N_


class PaperKind(StrEnum):
    RESULT_TABLE = "result_table"
    DECLARATION = "declaration"
    REPORT = "report"
    SCORE_SHEET = "score_sheet"
    FINDINGS = "findings"
    RECTIFICATION = "rectification"


KIND_LABELS = {
    PaperKind.RESULT_TABLE: N_("绩效评价结果信息表"),
    PaperKind.DECLARATION: N_("绩效目标申报表"),
    PaperKind.REPORT: N_("绩效评价报告"),
    PaperKind.SCORE_SHEET: N_("指标评分表"),
    PaperKind.FINDINGS: N_("问题与建议表"),
    PaperKind.RECTIFICATION: N_("整改情况表"),
}

Values = ResultPaper | Declaration | Report | ScoreSheet | FindingsList | RectificationList
VALUES: dict[PaperKind, type[Values]] = {
    PaperKind.RESULT_TABLE: ResultPaper,
    PaperKind.DECLARATION: Declaration,
    PaperKind.REPORT: Report,
    PaperKind.SCORE_SHEET: ScoreSheet,
    PaperKind.FINDINGS: FindingsList,
    PaperKind.RECTIFICATION: RectificationList,
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a file.

    `places` and `filed` are keyed by the path of a value ("project_name", "paid_fen", "targets.3",
    "score_sheet.items.A11", "findings.1"; in a score sheet by itself "items.A11"; rows counted from 1, findings by
    their number): where it stood ("表1 第18行"), and its text as filed where the value was read from one. `unplaced`
    is what stood in the file and belongs to no value: its place and text.
    """

    kind: PaperKind
    values: Values
    problems: tuple[Problem, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    filed: Mapping[str, str] = field(default_factory=dict)
    unplaced: tuple[tuple[str, str], ...] = ()


def published(paper: Paper) -> dict[str, Any]:
    """The paper as `import --json` prints it: scores and weights as decimal strings, dates ISO, amounts in fen."""
    return {
        "kind": paper.kind.value,
        "values": _PUBLISHED[paper.kind](paper.values),
        "problems": [{"place": one.place, "message": one.message} for one in paper.problems],
    }


def _result(values: Any) -> dict[str, Any]:
    table, read = values.table, values.values
    return {
        "project_name": read.project_name,
        "final_amount_fen": read.final_amount_fen,
        "final_amount_filed": table.final_amount,
        "score": plain(read.score),
        "score_filed": table.score,
        "grade": read.grade,
        "main_performance": table.main_performance,
        "findings": _entries(read.findings),
        "suggestions": _entries(read.suggestions),
        "rectification": table.rectification,
    }


def _report(values: Any) -> dict[str, Any]:
    return {
        **plain(values),
        "findings": _entries(values.findings),
        "suggestions": _entries(values.suggestions),
    }


def _findings(values: Any) -> dict[str, Any]:
    return {"findings": _entries(values.findings), "suggestions": _entries(values.suggestions)}


def _entries(entries: Any) -> list[dict[str, Any]]:
    return [{"number": one.number, "title": one.title or "", "text": one.text} for one in entries]


_PUBLISHED = {
    PaperKind.RESULT_TABLE: _result,
    PaperKind.DECLARATION: plain,
    PaperKind.REPORT: _report,
    PaperKind.SCORE_SHEET: plain,
    PaperKind.FINDINGS: _findings,
    PaperKind.RECTIFICATION: plain,
}
