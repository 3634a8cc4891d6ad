"""The page with the frame, and what stands in the frame: alone in a sandbox, whatever it contains."""

from typing import Any

from flask import Response, make_response, send_file, url_for

from perfflow.core import files
from perfflow.core.access import Permission
from perfflow.core.errors import NotFound
from perfflow.web import events
from perfflow.web.attachments import SHOWN_INLINE
from perfflow.web.guard import GuardedBlueprint, reach
from perfflow.web.rendering import page

bp = GuardedBlueprint("previews", __name__)
READ = Permission.PROJECTS_READ
SANDBOX = "sandbox; default-src 'none'; img-src 'self'; frame-ancestors 'self'"
"""Nothing in the file may run, load or be loaded by others."""


@bp.get("/projects/<int:project_id>/files/<int:file_id>/preview", needs=READ)
def show(project_id: int, file_id: int) -> Response:
    attachment = _previewable(file_id)
    return page(
        "previews/show.html",
        name=attachment.name,
        content_url=url_for(".content", project_id=project_id, file_id=file_id),
        download_url=url_for("projects.download", project_id=project_id, file_id=file_id),
    )


@bp.get("/projects/<int:project_id>/files/<int:file_id>/content", needs=READ)
def content(project_id: int, file_id: int) -> Response:
    attachment = _previewable(file_id)
    events.note("preview", project=project_id, file=file_id, sha256=attachment.sha256)
    path = files.path_of(attachment.sha256)
    response = make_response(send_file(path, mimetype=SHOWN_INLINE[attachment.kind], download_name=attachment.name))
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _previewable(file_id: int) -> Any:
    attachment = files.find(file_id, reach())
    gone = attachment.withdrawn_at is not None or not files.path_of(attachment.sha256).is_file()
    if gone or attachment.kind not in SHOWN_INLINE:
        raise NotFound
    return attachment
