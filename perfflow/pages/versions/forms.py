"""Which two versions; stands in the address."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField


class VersionsForm(FlaskForm):
    class Meta:
        csrf = False

    of = SelectField(_l("内容"))
    old = SelectField(_l("旧版本"))
    new = SelectField(_l("新版本"))
