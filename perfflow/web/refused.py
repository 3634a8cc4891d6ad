"""An upload that was received, and then not taken: said at its field, and nothing of it stays but the event."""

from typing import Any

from perfflow.core import files
from perfflow.core.errors import RefusedUpload
from perfflow.core.files import Received
from perfflow.web import events
from perfflow.web.problems import not_taken


def refuse(form: Any, received: Received, told: RefusedUpload) -> None:
    """Outside any transaction. The form has its upload in a field `files`."""
    form.files.errors = [not_taken(told)]
    events.note("file_rejected", name_given=received.name, why=str(told))
    if not files.in_use(received.sha256):
        files.discard(received.sha256)
