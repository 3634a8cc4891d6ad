"""The forms of people and settings."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField

from perfflow.core.advance import OPINION_LIMIT
from perfflow.web.forms import ActForm, DayField, Line, Prose, must

PICK = must("请从列表中选择。")


class _Search(FlaskForm):
    """Stands in the address; asks for nothing, changes nothing."""

    class Meta:
        csrf = False


class OrganisationSearch(_Search):
    words = StringField(_l("名称"))
    kind = SelectField(_l("类别"))


class UserSearch(_Search):
    words = StringField(_l("用户名或姓名"))
    role = SelectField(_l("角色"))


class EventSearch(_Search):
    kind = SelectField(_l("种类"))
    username = StringField(_l("用户名"))


class OrganisationForm(ActForm):
    name = Line(_l("名称"), [must("请填写名称。")])
    supervised_by = SelectField(_l("主管部门"))
    jurisdiction = SelectField(_l("适用等级标准"), [PICK])
    active = BooleanField(_l("启用"), default=True)
    quote_names = BooleanField(_l("项目名称加“ ”"), default=True)
    score_suffix = BooleanField(_l("分值后写“分”"), default=True)
    trim_decimals = BooleanField(_l("分值去掉末尾的零"), default=True)
    number_style = SelectField(_l("条目编号"), [PICK])
    title_own_line = BooleanField(_l("标题单独成行"), default=True)


class NewOrganisationForm(OrganisationForm):
    kind = SelectField(_l("类别"), [PICK])


class UserForm(ActForm):
    display_name = Line(_l("姓名或岗位"), [must("请填写姓名或岗位。")])
    role = SelectField(_l("角色"), [PICK])
    active = BooleanField(_l("启用"), default=True)


class NewUserForm(UserForm):
    username = Line(_l("用户名"), [must("请填写用户名。")], limit=40)
    organisation_id = SelectField(_l("单位"), [PICK])


class AvoidanceForm(ActForm):
    firm_id = SelectField(_l("评价机构"), [PICK])
    unit_id = SelectField(_l("预算单位"), [PICK])
    first_day = DayField(_l("开始日期"), [must("请填写开始日期。")])
    last_day = DayField(_l("结束日期（不填为长期）"))
    reason = Prose(_l("理由"), [must("请写明理由。")], limit=OPINION_LIMIT)
