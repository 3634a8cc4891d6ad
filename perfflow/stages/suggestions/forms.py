"""Text to typed values. The findings that can be answered are passed in by the routes."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, RadioField

from perfflow.process import RECT_CLASSES
from perfflow.web.forms import ROW_LIMIT, ActForm, DayField, Line, ManyField, Prose, RowForm, RowId, WholeField


def _whole(text: Any) -> int:
    """An id among the choices; 0 is none of them."""
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 16 else 0


class SuggestionForm(RowForm):
    id = RowId()
    number = WholeField(_("序号"), lowest=1, highest=ROW_LIMIT)
    title = Line(_("标题（可不填）"))
    text = Prose(_("内容"))
    finding_ids = ManyField(
        _("针对的问题"),
        coerce=_whole,
        choices=[],
    )

    @property
    def blank(self) -> bool:
        """A new row nobody wrote into; the finding it was drawn for is not yet a suggestion."""
        return not any((self.id.data, self.title.data, self.text.data))


class SuggestionsForm(ActForm):
    suggestions = FieldList(FormField(SuggestionForm), _("建议"), max_entries=ROW_LIMIT)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        rows = [entry.form for entry in self.suggestions.entries if not entry.form.blank]
        return _rows_in_order(rows) and valid


def _rows_in_order(rows: list[Any]) -> bool:
    """Each row has a number of its own, a text and a finding; what is missing is said beside its field."""
    seen: set[int] = set()
    for row in rows:
        if row.number.data is None and not row.number.errors:
            row.number.errors = [gettext("请填写序号。")]
        elif row.number.data in seen:
            row.number.errors = [*row.number.errors, gettext("序号与前面的重复。")]
        if not row.text.data:
            row.text.errors = [*row.text.errors, gettext("内容还没有填写。")]
        if not row.finding_ids.data:
            row.finding_ids.errors = [*row.finding_ids.errors, gettext("请至少选择一个问题。")]
        seen.add(row.number.data)
    return not any(row.number.errors or row.text.errors or row.finding_ids.errors for row in rows)


class TermsForm(RowForm):
    suggestion_id = RowId()
    rect_class = RadioField(
        _("整改类别"),
        choices=[(code.value, lazy_gettext(label)) for code, label in RECT_CLASSES.items()],
        validate_choice=False,
    )
    due_on = DayField(_("整改期限"))


class NoticeForm(ActForm):
    rows = FieldList(FormField(TermsForm), _("整改类别与期限"), max_entries=ROW_LIMIT)
