"""Attachments as ui.files shows them."""

from dataclasses import dataclass

from flask import url_for

from perfflow.core import files
from perfflow.core.access import Actor, Reach
from perfflow.process import AttachmentPurpose
from perfflow.web import filters

SHOWN_INLINE = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
"""Kinds of files that a browser shows itself."""


@dataclass(frozen=True, slots=True)
class FileView:
    name: str
    url: str
    size_text: str
    uploaded_by: str
    at_text: str
    withdrawn: bool
    reason: str
    withdraw_url: str | None
    preview_url: str | None = None


def file_views(reach: Reach, actor: Actor, *purposes: AttachmentPurpose) -> list[FileView]:
    """The attachments of these purposes, or of all, that are shown to this person; oldest first."""
    answered = files.answered_rounds(reach.id)
    rows = [row for row in files.attachments(reach, answered) if not purposes or row.purpose in purposes]
    names = files.uploaders(rows)
    return [
        FileView(
            name=row.name,
            url=url_for("projects.download", project_id=reach.id, file_id=row.id),
            size_text=filters.size(row.size),
            uploaded_by=names.get(row.uploaded_by, ""),
            at_text=filters.when(row.uploaded_at),
            withdrawn=row.withdrawn_at is not None,
            reason=row.withdrawn_reason,
            withdraw_url=url_for("projects.detach", project_id=reach.id, file_id=row.id)
            if row.withdrawn_at is None and files.may_detach(row, reach, actor, answered)
            else None,
            preview_url=url_for("previews.show", project_id=reach.id, file_id=row.id)
            if row.withdrawn_at is None and row.kind in SHOWN_INLINE
            else None,
        )
        for row in rows
    ]
