"""The forms of log-in and password. A password is taken as typed: no trimming, no replaced characters."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField
from wtforms.validators import ValidationError

from perfflow.web.forms import Line, must


class LoginForm(FlaskForm):
    username = Line(_l("用户名"), [must("请填写用户名。")], limit=64, render_kw={"autocomplete": "username"})
    password = PasswordField(_l("口令"), [must("请填写口令。")], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


class PasswordForm(FlaskForm):
    old_password = PasswordField(
        _l("当前口令"), [must("请填写当前口令。")], render_kw={"autocomplete": "current-password"}
    )
    new_password = PasswordField(_l("新口令"), [must("请填写新口令。")], render_kw={"autocomplete": "new-password"})
    repeat_password = PasswordField(
        _l("再次输入新口令"), [must("请再次填写新口令。")], render_kw={"autocomplete": "new-password"}
    )

    def validate_repeat_password(self, field: Any) -> None:
        if field.data != self.new_password.data:
            raise ValidationError(_("两次输入的新口令不一致。"))
