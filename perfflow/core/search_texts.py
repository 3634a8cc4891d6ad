"""What can be found: one query over every text of a project, each with the datum it is seen with.

Answers, replies and rulings are found once they were handed in, given or made; until then they are their writer's.
Only the present assignment counts: what a replaced firm wrote is on no page either.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Integer, Select, String, bindparam, cast, func, literal, null, select, union_all

from perfflow.models.evaluation import Assignment
from perfflow.models.finding import (
    Comment,
    CommentRound,
    Finding,
    IndicatorExplanation,
    Suggestion,
    SuggestionFinding,
)
from perfflow.models.item import ItemReport, Plan, ProgressNote, RectItem
from perfflow.models.project import Declaration, Milestone, Project, SubProject, TargetIndicator
from perfflow.process import N_, Datum


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of text. `datum`: with which it is seen; None for a name, which is told with the project itself.
    `group`: how the reader narrows a search. `label`: a message id, with the row's number."""

    datum: Datum | None
    group: str
    label: str


GROUPS = {
    "project": N_("项目名称与编号"),
    "declaration": N_("绩效目标申报"),
    "evaluation": N_("评价"),
    "findings": N_("问题与意见"),
    "suggestions": N_("建议"),
    "rectification": N_("整改"),
}

KINDS = {
    "name": Kind(None, "project", N_("项目名称")),
    "code": Kind(Datum.PROJECT, "project", N_("项目编号")),
    "overview": Kind(Datum.DECLARATION, "declaration", N_("项目概况")),
    "basis": Kind(Datum.DECLARATION, "declaration", N_("立项依据")),
    "necessity": Kind(Datum.DECLARATION, "declaration", N_("项目设立的必要性")),
    "safeguards": Kind(Datum.DECLARATION, "declaration", N_("保证项目实施的制度、措施")),
    "overall_goal": Kind(Datum.DECLARATION, "declaration", N_("项目总目标")),
    "annual_goal": Kind(Datum.DECLARATION, "declaration", N_("年度绩效目标")),
    "remarks": Kind(Datum.DECLARATION, "declaration", N_("备注")),
    "sub_projects": Kind(Datum.DECLARATION, "declaration", N_("项目当年投入资金构成")),
    "milestones": Kind(Datum.DECLARATION, "declaration", N_("项目实施计划")),
    "targets": Kind(Datum.DECLARATION, "declaration", N_("分解目标")),
    "main_performance": Kind(Datum.EVALUATION, "evaluation", N_("主要绩效")),
    "statement": Kind(Datum.FINDINGS, "findings", N_("未发现问题的说明")),
    "explanations": Kind(Datum.FINDINGS, "findings", N_("得分偏低而未列问题的说明")),
    "finding": Kind(Datum.FINDINGS, "findings", N_("问题 %(n)d")),
    "general_comment": Kind(Datum.FINDINGS, "findings", N_("单位总体意见，第 %(n)d 轮")),
    "comment": Kind(Datum.FINDINGS, "findings", N_("问题 %(n)d 的单位意见")),
    "reply": Kind(Datum.FINDINGS, "findings", N_("问题 %(n)d 的机构答复")),
    "ruling": Kind(Datum.FINDINGS, "findings", N_("问题 %(n)d 的裁定")),
    "suggestion": Kind(Datum.SUGGESTIONS, "suggestions", N_("建议 %(n)d")),
    "plan": Kind(Datum.ITEMS, "rectification", N_("事项 %(n)d 的整改方案")),
    "note": Kind(Datum.ITEMS, "rectification", N_("事项 %(n)d 的整改进展")),
    "report": Kind(Datum.ITEMS, "rectification", N_("事项 %(n)d 的整改结果")),
    "verdict": Kind(Datum.ITEMS, "rectification", N_("事项 %(n)d 的核实意见")),
    "summary": Kind(Datum.ITEMS, "rectification", N_("整改情况")),
}

PROJECT_IDS = "project_ids"
_OF_DECLARATION = ("overview", "basis", "necessity", "safeguards", "overall_goal", "annual_goal", "remarks")


def _branch(
    kind: str, project_id: Any, text: Any, *, source: Any = None, number: Any = None, finding: Any = None,
    position: Any = None, of: Any = Project,
) -> Select[Any]:  # fmt: skip
    """One part of the union. Texts of the same kind and source are lines of one text, by position."""
    return (
        select(
            project_id.label("project_id"),
            literal(kind).label("kind"),
            (literal(0) if source is None else source).label("source_id"),
            (cast(null(), Integer) if number is None else number).label("number"),
            (cast(null(), Integer) if finding is None else finding).label("finding_number"),
            (literal(0) if position is None else position).label("position"),
            text.label("text"),
        )
        .select_from(of)
        .where(project_id.in_(bindparam(PROJECT_IDS, expanding=True)), text != "")
    )


def _lines(*columns: Any) -> Any:
    """Several columns of a row as one text."""
    joined = columns[0]
    for column in columns[1:]:
        joined = joined + literal("\n") + column
    return cast(joined, String)


def _of_project() -> list[Select[Any]]:
    return [
        _branch("name", Project.id, func.coalesce(Project.name_filed, Project.name)),
        # a filed name may have quotes within
        _branch("name", Project.id, Project.name, position=literal(1)).where(Project.name_filed.is_not(None)),
        _branch("code", Project.id, Project.code),
        _branch("summary", Project.id, Project.rectification),
    ]


def _of_declaration() -> list[Select[Any]]:
    whole = [
        _branch(name, Declaration.project_id, getattr(Declaration, name), of=Declaration) for name in _OF_DECLARATION
    ]
    rows: list[tuple[str, Any, Any]] = [
        ("sub_projects", SubProject, SubProject.name),
        ("milestones", Milestone, Milestone.label + literal("：") + Milestone.filed),
        ("targets", TargetIndicator, TargetIndicator.name + literal(" ") + TargetIndicator.filed),
    ]
    return [
        *whole,
        *(_branch(kind, table.project_id, text, position=table.position, of=table) for kind, table, text in rows),
    ]


def _of_assignment() -> list[Select[Any]]:
    texts = (("main_performance", Assignment.main_performance), ("statement", Assignment.no_findings_statement))
    explained = _branch(
        "explanations", Project.id, IndicatorExplanation.code + literal(" ") + IndicatorExplanation.text
    ).join(IndicatorExplanation, IndicatorExplanation.assignment_id == Project.assignment_id)
    return [
        *(
            _branch(kind, Project.id, text).join(Assignment, Assignment.id == Project.assignment_id)
            for kind, text in texts
        ),
        explained,
    ]


def _of_findings() -> list[Select[Any]]:
    answered = (
        select(func.min(Finding.number))
        .join(SuggestionFinding, SuggestionFinding.finding_id == Finding.id)
        .where(SuggestionFinding.suggestion_id == Suggestion.id, Finding.withdrawn.is_(False))
        .correlate(Suggestion)
        .scalar_subquery()
    )
    return [
        _branch(
            "finding", Project.id, _lines(Finding.title, Finding.text), source=Finding.id, number=Finding.number,
            finding=Finding.number,
        ).join(Finding, Finding.assignment_id == Project.assignment_id),
        _branch(
            "suggestion", Project.id, _lines(Suggestion.title, Suggestion.text), source=Suggestion.id,
            number=Suggestion.number, finding=answered,
        ).join(Suggestion, Suggestion.assignment_id == Project.assignment_id),
    ]  # fmt: skip


def _of_rounds() -> list[Select[Any]]:
    handed_in, given, made = CommentRound.submitted_at, CommentRound.replied_at, CommentRound.ruled_at
    words = (
        ("comment", Comment.reason, handed_in),
        ("reply", _lines(Comment.reply_reason, Comment.reply_title, Comment.reply_text), given),
        ("ruling", Comment.ruling_reason, made),
    )
    general = _branch(
        "general_comment", Project.id, CommentRound.general_comment, source=CommentRound.id,
        number=CommentRound.number,
    ).join(CommentRound, CommentRound.assignment_id == Project.assignment_id)  # fmt: skip
    return [
        general.where(handed_in.is_not(None)),
        *(
            _branch(kind, Project.id, text, source=Comment.id, number=Finding.number, finding=Finding.number)
            .join(CommentRound, CommentRound.assignment_id == Project.assignment_id)
            .join(Comment, Comment.round_id == CommentRound.id)
            .join(Finding, Finding.id == Comment.finding_id)
            .where(since.is_not(None))
            for kind, text, since in words
        ),
    ]


def _of_items() -> list[Select[Any]]:
    words = (
        ("plan", Plan, _lines(Plan.measure, Plan.responsible)),
        ("note", ProgressNote, ProgressNote.text),
        ("report", ItemReport, ItemReport.text),
        ("verdict", ItemReport, ItemReport.verdict_reason),
    )
    return [
        _branch(
            kind, RectItem.project_id, text, source=table.id, number=RectItem.number, of=RectItem
        ).join(table, table.item_id == RectItem.id)
        for kind, table, text in words
    ]  # fmt: skip


TEXTS: CompoundSelect[Any] = union_all(
    *_of_project(), *_of_declaration(), *_of_assignment(), *_of_findings(), *_of_rounds(), *_of_items()
)
"""Every text of the projects given as PROJECT_IDS."""
