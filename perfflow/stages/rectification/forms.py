"""Text to typed values."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField

from perfflow.web.forms import ActForm, FilesField, Prose, must

NOTE_LIMIT = 2_000
TYPED, COMPOSED = "typed", "composed"


class EvidenceForm(ActForm):
    files = FilesField(_("佐证材料"), [must("请选择文件。")])


class NoteForm(ActForm):
    text = Prose(_("整改进展"), [must()], limit=NOTE_LIMIT)


class SummaryForm(ActForm):
    source = RadioField(
        _("整改情况"), choices=[(TYPED, _("按下面填写的文字")), (COMPOSED, _("由各事项组成"))]
    )
    text = Prose(_("整改情况文字"))
