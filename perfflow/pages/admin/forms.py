"""The forms of people and settings."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from perfflow.core.advance import OPINION_LIMIT
from perfflow.core.grades import FIRST_YEAR, LABEL_LIMIT, LAST_YEAR
from perfflow.web.forms import (
    ActForm,
    DayField,
    FilesField,
    Line,
    ManyField,
    PointsField,
    Prose,
    RowForm,
    WholeField,
    must,
)
from perfflow.web.rows import Rows

PICK = must("请从列表中选择。")
NOTICE_LIMIT = 10_000
LETTER_LIMIT = 2_000

# ---------------------------------------------------------------- organisations and users


class OrganisationForm(ActForm):
    name = Line(_l("名称"), [must("请填写名称。")])
    supervised_by = SelectField(_l("主管部门"))
    jurisdiction = SelectField(_l("适用等级标准"), [PICK])
    active = BooleanField(_l("启用"), default=True)
    quote_names = BooleanField(_l("项目名称加“ ”"), default=True)
    score_suffix = BooleanField(_l("分值后写“分”"), default=True)
    trim_decimals = BooleanField(_l("金额去掉末尾的零"), default=True)
    number_style = SelectField(_l("条目编号"), [PICK])
    title_own_line = BooleanField(_l("标题单独成行"), default=True)


class NewOrganisationForm(OrganisationForm):
    kind = SelectField(_l("类别"), [PICK])


class UserForm(ActForm):
    display_name = Line(_l("姓名或岗位"), [must("请填写姓名或岗位。")])
    role = SelectField(_l("角色"), [PICK])
    active = BooleanField(_l("启用"), default=True)
    all_the_same = BooleanField(_l("已知上述情况，仍然停用"))


class NewUserForm(ActForm):
    username = Line(_l("用户名"), [must("请填写用户名。")], limit=40)
    display_name = Line(_l("姓名或岗位"), [must("请填写姓名或岗位。")])
    organisation_id = SelectField(_l("单位"), [PICK])
    role = SelectField(_l("角色"), [PICK])
    active = BooleanField(_l("启用"), default=True)


class ListForm(ActForm):
    """An Excel list to be looked at."""

    files = FilesField(_l("账号名单"))


class ConfirmListForm(ActForm):
    lines = ManyField(_l("要建立的账号"))


# ---------------------------------------------------------------- 回避名单


class ValidityForm(ActForm):
    first_day = DayField(_l("开始日期"), [must("请填写开始日期。")])
    last_day = DayField(_l("结束日期（不填为长期）"))
    reason = Prose(_l("理由"), [must("请写明理由。")], limit=OPINION_LIMIT)


class AvoidanceForm(ActForm):
    firm_id = SelectField(_l("评价机构"), [PICK])
    unit_id = SelectField(_l("预算单位"), [PICK])
    first_day = DayField(_l("开始日期"), [must("请填写开始日期。")])
    last_day = DayField(_l("结束日期（不填为长期）"))
    reason = Prose(_l("理由"), [must("请写明理由。")], limit=OPINION_LIMIT)


# ---------------------------------------------------------------- grade scales and holidays


class BandForm(RowForm):
    label = Line(_l("等级"), limit=LABEL_LIMIT)
    lower = PointsField(_l("最低分（含）"))


class ScaleForm(ActForm):
    source = Line(_l("依据"), [must("请写明依据的文件。")])
    bands = Rows(BandForm, _l("等级"))
    reason = Prose(_l("修改理由"), [must("请写明理由。")], limit=OPINION_LIMIT)


class NewScaleForm(ActForm):
    place = SelectField(_l("适用地区"))
    other_place = Line(_l("另一地区的名称"), limit=20)
    first_year = WholeField(_l("从哪一评价年度起"), [must("请填写年度。")], lowest=FIRST_YEAR, highest=LAST_YEAR)
    source = Line(_l("依据"), [must("请写明依据的文件。")])
    bands = Rows(BandForm, _l("等级"))


class NoticeForm(ActForm):
    """Days of one year as text: typed line by line, or pasted from the yearly notice."""

    text = Prose(_l("节假日"), [must("请填写或粘贴日期。")], limit=NOTICE_LIMIT)


class LetterForm(ActForm):
    """The texts of one letter. What may stand in them depends on the letter (papers.letter_texts)."""

    opening = Prose(_l("开头"), limit=LETTER_LIMIT)
    answering = Prose(_l("办理要求"), limit=LETTER_LIMIT)
    closing = Prose(_l("结尾"), limit=LETTER_LIMIT)
    reason = Prose(_l("修改理由"), [must("请写明理由。")], limit=OPINION_LIMIT)
