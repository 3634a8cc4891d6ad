"""Text to typed values. What can be chosen from the project is passed in by the routes."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, HiddenField, RadioField, SelectField

from perfflow.process import CATEGORIES, REPLIES, RULINGS, SEVERITIES, STANCES
from perfflow.web.forms import (
    ROW_LIMIT,
    ActForm,
    FilesField,
    Line,
    ManyField,
    MoneyField,
    Prose,
    RowForm,
    RowId,
    WholeField,
)

REASON_LIMIT = 2_000


def words(labels: Any) -> list[tuple[str, Any]]:
    return [(code.value, lazy_gettext(label)) for code, label in labels.items()]


class FindingForm(RowForm):
    id = RowId()
    number = WholeField(_("序号"), lowest=1, highest=ROW_LIMIT)
    title = Line(_("标题（可不填）"))
    text = Prose(_("内容"))
    category = SelectField(_("类别"), choices=words(CATEGORIES))
    severity = SelectField(_("严重程度"), choices=words(SEVERITIES))
    amount_fen = MoneyField(_("涉及金额（没有的不填）"))
    codes = ManyField(
        _("对应的指标"),
        choices=[],
    )

    @property
    def blank(self) -> bool:
        """A new row nobody wrote into."""
        given = (self.id.data, self.title.data, self.text.data, self.codes.data, self.amount_fen.filed)
        return not any(given)


class ExplanationForm(RowForm):
    code = HiddenField()
    text = Prose(_("说明"), limit=REASON_LIMIT)


class FindingsForm(ActForm):
    findings = FieldList(FormField(FindingForm), _("问题"), max_entries=ROW_LIMIT)
    explanations = FieldList(FormField(ExplanationForm), _("指标说明"), max_entries=ROW_LIMIT)
    no_findings = Prose(_("未发现问题的书面说明"), limit=REASON_LIMIT)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        rows = [entry.form for entry in self.findings.entries if not entry.form.blank]
        return _rows_in_order(rows) and valid


def _rows_in_order(rows: list[Any]) -> bool:
    """Each row has a number of its own and a text; what is missing is said beside its field."""
    seen: set[int] = set()
    valid = True
    for row in rows:
        if row.number.data is None and not row.number.errors:
            row.number.errors = [gettext("请填写序号。")]
        elif row.number.data in seen:
            row.number.errors = [*row.number.errors, gettext("序号与前面的重复。")]
        if not row.text.data:
            row.text.errors = [*row.text.errors, gettext("内容还没有填写。")]
        seen.add(row.number.data)
        valid = valid and not row.number.errors and not row.text.errors
    return valid


class AnswerForm(RowForm):
    finding_id = RowId()
    stance = RadioField(_("意见"), choices=words(STANCES), validate_choice=False)
    reason = Prose(_("理由（有异议的必填）"), limit=REASON_LIMIT)
    files = FilesField(_("依据材料"))


class CommentsForm(ActForm):
    answers = FieldList(FormField(AnswerForm), _("逐项反馈"), max_entries=ROW_LIMIT)
    general_comment = Prose(_("总体意见（可不填）"))


class ReplyForm(RowForm):
    finding_id = RowId()
    reply = RadioField(_("答复"), choices=words(REPLIES), validate_choice=False)
    title = Line(_("修改后的标题"))
    text = Prose(_("修改后的内容"))
    reason = Prose(_("理由"), limit=REASON_LIMIT)


class RepliesForm(ActForm):
    replies = FieldList(FormField(ReplyForm), _("异议"), max_entries=ROW_LIMIT)


class RulingForm(RowForm):
    finding_id = RowId()
    ruling = RadioField(_("裁定"), choices=words(RULINGS), validate_choice=False)
    reason = Prose(_("理由"), limit=REASON_LIMIT)


class RulingsForm(ActForm):
    rulings = FieldList(FormField(RulingForm), _("异议"), max_entries=ROW_LIMIT)
