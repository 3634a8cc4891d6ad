"""Forms of 转办, 抄送 and 常用意见."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from perfflow.core.cooperation import NOTE_LIMIT, PHRASE_LIMIT, REASON_LIMIT
from perfflow.web.forms import ActForm, Line, ManyField, Prose, RowForm, must
from perfflow.web.opinions import WithPhrases
from perfflow.web.rows import Rows

BACK_TO_ALL = "all"


class HandOverForm(WithPhrases):
    to = SelectField(_l("转给"), [must("请选择一位同事。")], validate_choice=False)
    reason = Prose(_l("转办的理由"), [must("请写明理由。")], limit=REASON_LIMIT)


class ShareForm(WithPhrases):
    """`words`: a part of a name, where there are too many to list."""

    words = Line(_l("查找人员"), limit=50)
    to = ManyField(_l("抄送给"))
    reason = Prose(_l("附言"), limit=NOTE_LIMIT)


class KeepForm(ActForm):
    reason = Prose(_l("意见"), limit=PHRASE_LIMIT)


class PhraseRow(RowForm):
    text = Line(_l("常用意见"), limit=PHRASE_LIMIT)


class PhrasesForm(ActForm):
    rows = Rows(PhraseRow, _l("常用意见"))
