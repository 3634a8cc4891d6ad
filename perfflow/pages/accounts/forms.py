"""The form of a new password. A password is taken as typed: no trimming, no replaced characters."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import ValidationError

from perfflow.web.forms import must


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
