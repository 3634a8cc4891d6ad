"""What somebody uploaded to look at before he confirms it: the bytes wait a day, and nothing read from them is kept."""

from datetime import timedelta

from sqlalchemy import delete, select

from perfflow.core import clock, files
from perfflow.core.access import Actor
from perfflow.core.errors import NotFound, RefusedUpload, UploadGone
from perfflow.core.files import Received
from perfflow.core.records import LARGEST
from perfflow.db import db
from perfflow.models.file import Upload
from perfflow.process import N_

KEPT = timedelta(hours=24)


def keep(
    received: Received,
    kind: str,
    *,
    actor: Actor,
    project_id: int | None = None,
    attachment_id: int | None = None,
) -> int:
    """Remember checked bytes as somebody's upload, in the caller's unit of work."""
    upload = Upload(
        user_id=actor.id,
        kind=kind,
        name=received.name,
        sha256=received.sha256,
        size=received.size,
        at=clock.now(),
        project_id=project_id,
        attachment_id=attachment_id,
    )
    db.session.add(upload)
    db.session.flush()
    return upload.id


def find(upload_id: int, *kinds: str, actor: Actor) -> Upload:
    """One's own upload of the last 24 hours, of one of the kinds. Raises NotFound, UploadGone among them."""
    if not 0 < upload_id < LARGEST:
        raise NotFound
    upload = db.session.scalars(
        select(Upload).where(
            Upload.id == upload_id,
            Upload.kind.in_(kinds),
            Upload.user_id == actor.id,
            Upload.at > clock.now() - KEPT,
        )
    ).one_or_none()
    if upload is None:
        raise UploadGone
    return upload


def content(upload: Upload) -> bytes:
    """The very bytes that were uploaded. Raises RefusedUpload when they are gone."""
    try:
        return files.path_of(upload.sha256).read_bytes()
    except FileNotFoundError:
        raise RefusedUpload(upload.name, N_("文件已被清理，请重新上传。")) from None


def drop(upload_id: int) -> list[str]:
    """Forget an upload that was used, and every old one. Returns the SHA-256 whose bytes may go after the commit."""
    old = (Upload.id == upload_id) | (Upload.at <= clock.now() - KEPT)
    digests = set(db.session.scalars(select(Upload.sha256).where(old)))
    db.session.execute(delete(Upload).where(old))
    return [digest for digest in sorted(digests) if not files.in_use(digest)]
