"""Text to typed values. Choices are passed in by the routes."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField

from perfflow.web.forms import (
    ActForm,
    DayField,
    FilesField,
    Line,
    MoneyField,
    Prose,
    RowForm,
    WholeField,
    must,
)
from perfflow.web.rows import Rows

YEARS = {"lowest": 1990, "highest": 2100}


class NewForm(ActForm):
    name = Line(_("项目名称"), [must("“项目名称”还没有填写。")])
    object_kind = SelectField(_("对象类型"))
    budget_year = WholeField(_("预算年度"), [must("“预算年度”还没有填写。")], **YEARS)


class SubProjectForm(RowForm):
    name = Line(_("子项目名称"))
    amount_fen = MoneyField(_("预算金额（元）"), render_kw={"data_above": "year_budget_fen"})


class MilestoneForm(RowForm):
    label = Line(_("步骤"))
    filed = Prose(_("日期或时段"), limit=2000)


class TargetForm(RowForm):
    level1 = Line(_("一级指标"), render_kw={"list": "level1-words"})
    level2 = Line(_("二级指标"), render_kw={"list": "level2-words"})
    name = Line(_("三级指标"))
    filed = Line(_("指标目标值"))


class BasicForm(ActForm):
    """A draft, like every part: only the name must be there, everything else may still be missing."""

    name = Line(_("项目名称"), [must("“项目名称”还没有填写。")])
    project_type = SelectField(_("项目类型"))
    fund_use = SelectField(_("资金用途"))
    start_date = DayField(_("开始时间"))
    end_date = DayField(_("结束时间"))


class BasisForm(ActForm):
    overview = Prose(_("项目概况"))
    basis = Prose(_("立项依据"))
    necessity = Prose(_("项目设立的必要性"))
    safeguards = Prose(_("保证项目实施的制度、措施"))


class BudgetForm(ActForm):
    total_budget_fen = MoneyField(_("项目总预算（元）"), render_kw={"data_beside": "year_budget_fen"})
    year_budget_fen = MoneyField(_("项目当年预算（元）"))
    prior_budget_fen = MoneyField(_("同名项目上年预算额（元）"), render_kw={"data_beside": "year_budget_fen"})
    prior_paid_fen = MoneyField(_("同名项目上年预算执行数（元）"), render_kw={"data_beside": "prior_budget_fen"})
    sub_projects = Rows(SubProjectForm, _("项目当年投入资金构成"))


class PlanForm(ActForm):
    milestones = Rows(MilestoneForm, _("项目实施计划"))


class GoalsForm(ActForm):
    overall_goal = Prose(_("项目总目标"))
    annual_goal = Prose(_("年度绩效目标"))


class TargetsForm(ActForm):
    targets = Rows(TargetForm, _("分解目标"), carries=("level1", "level2"))
    remarks = Prose(_("备注"))


class FilesForm(ActForm):
    files = FilesField(_("附件"))


FORMS: dict[str, type[ActForm]] = {
    "basic": BasicForm,
    "basis": BasisForm,
    "budget": BudgetForm,
    "plan": PlanForm,
    "goals": GoalsForm,
    "targets": TargetsForm,
    "files": FilesForm,
}
"""The form of each part of the declaration."""


class RegisterForm(ActForm):
    unit_id = SelectField(_("预算单位"), [must("“预算单位”还没有选择。")])
    object_kind = SelectField(_("对象类型"))
    name = Line(_("项目名称"), [must("“项目名称”还没有填写。")])
    name_filed = Line(_("原件上的项目名称写法"), limit=220)
    budget_year = WholeField(_("预算年度"), [must("“预算年度”还没有填写。")], **YEARS)
    evaluation_year = WholeField(_("评价年度"), [must("“评价年度”还没有填写。")], **YEARS)
    budget_fen = MoneyField(_("预算金额（元）"))
    table_only = BooleanField(_("仅有结果表（未附评分表）"))
    reason = Prose(_("登记理由"), limit=2000)
    paper = FilesField(_("原件"))
