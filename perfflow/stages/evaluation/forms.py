"""Text to typed values. Choices are passed in by the routes."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from perfflow.web.forms import ActForm, FilesField, Line, MoneyField, PointsField, Prose, RowForm
from perfflow.web.rows import Rows

CODE_LIMIT = 20


class IndependenceForm(ActForm):
    independent = BooleanField(
        _("本人与被评价单位、项目实施方没有利害关系，能够独立、客观、公正地评价。")
    )
    confidential = BooleanField(_("本人对评价中知悉的情况和资料保密，不用于评价以外的用途。"))
    explanation = Prose(_("不能保持独立的情形"), limit=2000)


class SheetRowForm(RowForm):
    code = Line(_("编码"), limit=CODE_LIMIT)
    name = Line(_("指标名称"))
    weight = PointsField(_("权重"))
    score = PointsField(_("得分"))
    rate_filed = Line(_("报告所列得分率"), limit=CODE_LIMIT)


class _ResultForm(ActForm):
    paid = MoneyField(_("决算金额"))
    main_performance = Prose(_("主要绩效"))
    files = FilesField(_("评价报告"))


class EvaluationForm(_ResultForm):
    """A sheet with its result; everything may still be missing."""

    rows = Rows(SheetRowForm, _("指标评分表"))


class TableOnlyForm(_ResultForm):
    """仅有结果表: total and grade as the paper has them."""

    total = PointsField(_("评价分值"))
    grade = Line(_("评价结论"), limit=CODE_LIMIT)
