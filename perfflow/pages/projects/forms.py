"""The upload of a file, the withdrawal of one."""

from flask_babel import lazy_gettext as _l

from perfflow.core.advance import OPINION_LIMIT
from perfflow.web.forms import ActForm, FilesField, Prose, must
from perfflow.web.opinions import WithPhrases


class UploadForm(ActForm):
    files = FilesField(_l("选择文件"), [must("请选择文件。")])


class DetachForm(WithPhrases):
    reason = Prose(_l("撤下的理由"), [must("请写明撤下的理由。")], limit=OPINION_LIMIT)

