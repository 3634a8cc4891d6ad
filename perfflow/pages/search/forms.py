"""The search as it stands in the address."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from perfflow.core.search_texts import GROUPS
from perfflow.rules.pairs import LONGEST_QUERY


class SearchForm(FlaskForm):
    """Asks for nothing, changes nothing: a link is a search."""

    class Meta:
        csrf = False

    q = StringField(_l("搜索"), render_kw={"type": "search", "autocomplete": "off", "maxlength": LONGEST_QUERY})
    kind = SelectField(_l("范围"))


def search_form(args: object) -> SearchForm:
    form = SearchForm(args)
    form.kind.choices = [("", _("全部内容")), *((code, _(label)) for code, label in GROUPS.items())]
    return form
