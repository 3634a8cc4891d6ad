"""What may go wrong in a command; web/problems.py turns each into a status, a sentence and a place."""

from collections.abc import Mapping
from datetime import datetime

from perfflow.workflow.definition import Reason


class PerfflowError(Exception):
    """Base of all errors that are told to a person."""


class NotFound(PerfflowError):
    """Out of reach, or not there: the same answer for both (404)."""


class UploadGone(NotFound):
    """An upload that was confirmed, or waited too long, or is another person's: the same answer for all (404)."""


class Forbidden(PerfflowError):
    """In reach, but not this person's act (403)."""


class Refused(PerfflowError):
    """A guard stands against it (409); carries every reason."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(reason.message for reason in reasons))
        self.reasons = reasons


class Invalid(PerfflowError):
    """A field does not hold what it must (422)."""

    def __init__(self, field: str, message: str, **params: object) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.reason = Reason(message, params, field)


class Conflict(PerfflowError):
    """Somebody was faster (409)."""

    def __init__(self, who: str, at: datetime | None) -> None:
        super().__init__(f"{who} was faster")
        self.who = who
        self.at = at


class RefusedUpload(PerfflowError):
    """A file that is not taken (422). str() is the whole sentence, message and params its parts."""

    def __init__(self, name: str, message: str, params: Mapping[str, object] | None = None) -> None:
        super().__init__(message % params if params else message)
        self.name = name
        self.message = message
        self.params = dict(params or {})
