"""The confirmation of a selection."""

from flask_babel import lazy_gettext as _l

from perfflow.core.advance import OPINION_LIMIT
from perfflow.web.forms import Prose
from perfflow.web.opinions import WithPhrases


class BulkForm(WithPhrases):
    """One opinion for all rows; the rows themselves stand beside the form's fields, each with its version."""

    reason = Prose(_l("办理意见"), limit=OPINION_LIMIT)
