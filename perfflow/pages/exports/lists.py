"""The lists there are in Excel: which projects go into each, and its sheets with their columns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, or_, true

from perfflow.core import access
from perfflow.core.access import Actor, Reach, seen
from perfflow.models.evaluation import Assignment, ScoreItem
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import RectItem
from perfflow.models.project import Project
from perfflow.pages.exports import excel_rows as rows
from perfflow.papers.excel_lists import Column, Sheet
from perfflow.process import N_, Datum


@dataclass(frozen=True, slots=True)
class ExcelList:
    """`code` names it in the log. `datum`: whoever is shown it, may have the list of one project; `fits`: the
    projects that have something for this person to go into it; `most` of them at a time."""

    code: str
    title: str
    datum: Datum
    most: int
    fits: Callable[[Actor], ColumnElement[bool]]
    sheets: Callable[[Actor, Sequence[int]], Iterator[Sheet]]


def _head() -> tuple[Column, ...]:
    return (
        Column(_("项目编号"), 15), Column(_("项目名称"), 26, "long"), Column(_("预算单位"), 20, "long"),
        Column(_("评价年度"), 9, "number"),
    )  # fmt: skip


def _projects(actor: Actor, ids: Sequence[int]) -> Iterator[Sheet]:
    columns = (
        Column(_("项目编号"), 15), Column(_("项目名称"), 32, "long"), Column(_("预算单位"), 22, "long"),
        Column(_("对象类型"), 10, "long"), Column(_("预算年度"), 9, "number"), Column(_("评价年度"), 9, "number"),
        Column(_("环节"), 8), Column(_("状态"), 14), Column(_("办理期限"), 11, "day"),
        Column(_("预算金额（元）"), 17, "money"), Column(_("决算金额（元）"), 17, "money"),
        Column(_("评价分值"), 9, "score"), Column(_("评价结论"), 9), Column(_("评价机构"), 22, "long"),
    )  # fmt: skip
    yield Sheet(_("项目清单"), columns, rows.projects(actor, ids))


def _findings(actor: Actor, ids: Sequence[int]) -> Iterator[Sheet]:
    columns = (
        *_head(), Column(_("问题序号"), 9, "number"), Column(_("问题标题"), 24, "long"),
        Column(_("问题内容"), 54, "long"), Column(_("问题类别"), 14, "long"), Column(_("严重程度"), 9),
        Column(_("涉及金额（元）"), 17, "money"), Column(_("涉及指标"), 10, "long"), Column(_("备注"), 9),
    )  # fmt: skip
    yield Sheet(_("存在问题"), columns, rows.findings(actor, ids))
    columns = (
        *_head(), Column(_("建议序号"), 9, "number"), Column(_("建议标题"), 24, "long"),
        Column(_("建议内容"), 54, "long"), Column(_("针对问题"), 10, "long"), Column(_("整改类别"), 12),
        Column(_("整改期限"), 11, "day"),
    )  # fmt: skip
    yield Sheet(_("整改建议"), columns, rows.suggestions(actor, ids))


def _ledger(actor: Actor, ids: Sequence[int]) -> Iterator[Sheet]:
    columns = (
        *_head(), Column(_("事项"), 6, "number"), Column(_("存在问题"), 24, "long"),
        Column(_("整改建议"), 40, "long"), Column(_("状态"), 10), Column(_("整改类别"), 12),
        Column(_("下达日期"), 11, "day"), Column(_("整改期限"), 11, "day"), Column(_("办理期限"), 11, "day"),
        Column(_("整改措施"), 30, "long"), Column(_("责任人"), 10, "long"), Column(_("计划完成"), 11, "day"),
        Column(_("整改情况"), 40, "long"), Column(_("报送日期"), 11, "day"), Column(_("报送次数"), 6, "number"),
        Column(_("佐证份数"), 6, "number"), Column(_("核实结论"), 10, "long"), Column(_("核实意见"), 24, "long"),
    )  # fmt: skip
    yield Sheet(_("整改台账"), columns, rows.items(actor, ids))


def _scores(actor: Actor, ids: Sequence[int]) -> Iterator[Sheet]:
    columns = (
        *_head(), Column(_("指标编码"), 10), Column(_("指标名称"), 34, "long"), Column(_("层级"), 6, "number"),
        Column(_("末级指标"), 6), Column(_("权重"), 9, "score"), Column(_("得分"), 9, "score"),
        Column(_("得分率"), 8, "percent"), Column(_("报告所列得分率"), 11), Column(_("低分指标"), 6),
    )  # fmt: skip
    yield Sheet(_("指标评分"), columns, rows.scores(actor, ids))
    columns = (
        *_head(), Column(_("评价分值"), 9, "score"), Column(_("报告所列分值"), 12), Column(_("评价结论"), 9),
        Column(_("决算金额（元）"), 17, "money"), Column(_("报告所列决算金额"), 17, "long"),
        Column(_("主要绩效"), 54, "long"),
    )  # fmt: skip
    yield Sheet(_("评价结果"), columns, rows.results(actor, ids))


PROJECTS = ExcelList("project_list", N_("项目清单"), Datum.PROJECT, 5000, lambda actor: true(), _projects)
FINDINGS = ExcelList(
    "findings_list", N_("问题与建议"), Datum.FINDINGS, 1000,
    lambda actor: access.all_of(
        seen(actor, Datum.FINDINGS),
        or_(
            exists().where(Finding.assignment_id == Project.assignment_id),
            exists().where(Suggestion.assignment_id == Project.assignment_id),
        ),
    ),
    _findings,
)  # fmt: skip
LEDGER = ExcelList(
    "ledger", N_("整改台账"), Datum.ITEM_STATES, 1000,
    lambda actor: access.all_of(
        seen(actor, Datum.ITEM_STATES), exists().where(RectItem.project_id == Project.id)
    ),
    _ledger,
)  # fmt: skip
SCORES = ExcelList(
    "score_sheets", N_("指标评分表"), Datum.EVALUATION, 1000,
    lambda actor: access.all_of(
        seen(actor, Datum.EVALUATION), Project.assignment_id.is_not(None),
        or_(Assignment.total.is_not(None), exists().where(ScoreItem.assignment_id == Project.assignment_id)),
    ),
    _scores,
)  # fmt: skip
LISTS = (PROJECTS, SCORES, FINDINGS, LEDGER)


def of_project(one: ExcelList, reach: Reach) -> list[int]:
    """The project itself where its datum is shown, whether or not anything is written yet."""
    there = reach.assignment_id is not None and reach.sees(one.datum)
    return [reach.id] if there else []
