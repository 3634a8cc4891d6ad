"""绩效目标申报表, the declaration of targets: the only place where its labels are spelled."""

from dataclasses import dataclass
from datetime import date

from perfflow.papers.kinds import Choice, Day, Money, Text
from perfflow.papers.spec import Field, Form
from perfflow.rules.declaration import FUND_USES, PROJECT_TYPES

_YUAN = Money(unit="元", bare="元")

DECLARATION_FORM = Form(
    "上海市财政支出项目绩效目标申报表",
    (
        Field("project_name", "项目名称", Text(), required=True),
        Field(
            "project_type", "项目类型", Choice(PROJECT_TYPES), required=True,
            aliases=("项目类别",),
        ),
        Field(
            "fund_use", "资金用途", Choice(FUND_USES), required=True,
            aliases=("资金用途类别",),
        ),
        Field(
            "start_date", "开始时间", Day(), required=True,
            aliases=("开始日期", "计划开始日期", "计划开始时间", "起始时间", "项目开始时间", "项目开始日期"),
        ),
        Field(
            "end_date", "结束时间", Day(), required=True,
            aliases=("结束日期", "计划完成日期", "计划结束时间", "完成时间", "项目结束时间", "项目结束日期"),
        ),
        Field(
            "overview", "项目概况", required=True, long=True,
            aliases=("项目概述", "项目简介", "项目基本情况", "项目内容", "项目主要内容"),
        ),
        Field(
            "basis", "立项依据", required=True, long=True,
            aliases=("项目立项依据", "项目依据"),
        ),
        Field(
            "necessity", "项目设立的必要性", required=True, long=True,
            aliases=("项目设立必要性", "立项必要性", "项目必要性", "项目立项的必要性", "项目立项必要性"),
        ),
        Field(
            "safeguards", "保证项目实施的制度、措施", required=True, long=True,
            aliases=("保证项目实施的制度和措施", "保证项目实施的制度与措施", "项目实施的制度、措施"),
        ),
        Field(
            "total_budget_fen", "项目总预算（元）", _YUAN, required=True,
            aliases=("项目总投资", "项目资金总额", "总预算"),
        ),
        Field(
            "year_budget_fen", "项目当年预算（元）", _YUAN, required=True,
            aliases=("当年预算", "年度资金申请总额", "年度资金总额", "项目年度预算", "本年预算", "年度预算"),
        ),
        Field(
            "prior_budget_fen", "同名项目上年预算额（元）", _YUAN,
            aliases=("上年预算额", "上年预算", "上年预算数"),
        ),
        Field(
            "prior_paid_fen", "同名项目上年预算执行数（元）", _YUAN,
            aliases=("上年预算执行数", "上年执行数"),
        ),
        Field("sub_projects", "项目当年投入资金构成", required=True, rows=True),
        Field(
            "milestones", "项目实施计划", required=True, long=True,
            aliases=("实施计划", "项目实施进度计划", "项目进度计划", "实施进度计划"),
        ),
        Field(
            "overall_goal", "项目总目标", required=True, long=True,
            aliases=(
                "总目标", "项目绩效总目标", "总体目标", "项目总体目标", "实施期总目标", "实施期目标", "中长期目标",
            ),
        ),
        Field(
            "annual_goal", "年度绩效目标", required=True, long=True,
            aliases=("年度目标", "年度总体目标", "项目年度绩效目标", "当年绩效目标"),
        ),
        Field("targets", "分解目标", required=True, rows=True, aliases=("绩效指标", "年度绩效指标")),
        Field("remarks", "备注", long=True),
    ),
    optional_rows=True,
)
UNIT_LABEL = "申报单位名称"
SUB_PROJECT_LABELS = ("子项目名称", "预算金额（元）")
TARGET_LABELS = ("一级指标", "二级指标", "三级指标", "指标目标值")


@dataclass(frozen=True, slots=True)
class SubProject:
    name: str
    amount_fen: int | None


@dataclass(frozen=True, slots=True)
class Milestone:
    """`filed` as it was written; `date` when that was a date, None for a phase in words."""

    label: str
    date: date | None
    filed: str


@dataclass(frozen=True, slots=True)
class Target:
    """A leaf of the target tree; operator, number and unit are empty when the value is a word."""

    level1: str
    level2: str
    name: str
    filed: str
    operator: str
    number: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One form as read. Amounts in fen; None where nothing stood or it could not be read."""

    project_name: str = ""
    unit_name: str = ""
    form_year: int | None = None
    project_type: str = ""
    fund_use: str = ""
    start_date: date | None = None
    end_date: date | None = None
    overview: str = ""
    basis: str = ""
    necessity: str = ""
    safeguards: str = ""
    total_budget_fen: int | None = None
    year_budget_fen: int | None = None
    prior_budget_fen: int | None = None
    prior_paid_fen: int | None = None
    sub_projects: tuple[SubProject, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    overall_goal: str = ""
    annual_goal: str = ""
    targets: tuple[Target, ...] = ()
    remarks: str = ""
