"""Files: checked by content, kept by SHA-256, never changed after writing. Names are labels only."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import exists, select

from perfflow.core import clock, journal
from perfflow.core.access import Actor, Reach
from perfflow.core.errors import Forbidden, Invalid, NotFound, RefusedUpload
from perfflow.db import db
from perfflow.models.file import Attachment, Upload
from perfflow.models.finding import CommentRound
from perfflow.models.people import User
from perfflow.papers.package import RefusedFile, identify, open_checked
from perfflow.process import N_, SUGGESTIONS_WRITTEN_IN, AttachmentPurpose, Datum, P

LIMIT = 50 * 1024 * 1024
NAME_LIMIT = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]")

DATUM_OF = {
    AttachmentPurpose.DECLARATION: Datum.DECLARATION,
    AttachmentPurpose.PAPER: Datum.PAPER,
    AttachmentPurpose.REPORT: Datum.EVALUATION,
    # it may hold suggestions, which are shown last
    AttachmentPurpose.WORKING_PAPER: Datum.SUGGESTIONS,
    AttachmentPurpose.COMMENT: Datum.FINDINGS,
    AttachmentPurpose.EVIDENCE: Datum.ITEMS,
    AttachmentPurpose.PROGRESS: Datum.ITEMS,
}
"""The datum a file belongs to: it is seen by whom that datum is seen."""

_root = Path("instance/files")


def configure(root: Path) -> None:
    """Where the bytes are; called once by create_app()."""
    global _root
    _root = root


def root() -> Path:
    return _root


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that were checked and stored; nothing refers to them yet."""

    name: str
    kind: str
    sha256: str
    size: int


def receive(name: str, stream: IO[bytes]) -> Received:
    """Check a file and store its bytes, outside any transaction. Raises RefusedUpload and leaves nothing behind."""
    label = clean_name(name)
    data = stream.read(LIMIT + 1)
    if not data:
        raise RefusedUpload(label, N_("文件是空的，请确认后重新选择。"))
    if len(data) > LIMIT:
        raise RefusedUpload(label, N_("文件超过 50 MB，请压缩或拆分后上传。"))
    try:
        kind = identify(label, data)
        if kind.value in ("docx", "xlsx"):
            open_checked(data)
    except RefusedFile as refused:
        raise RefusedUpload(label, refused.msgid, refused.params) from refused
    digest = hashlib.sha256(data).hexdigest()
    _store(digest, data)
    return Received(label, kind.value, digest, len(data))


def clean_name(name: str) -> str:
    """A label without path, control or direction characters, cut before its extension."""
    plain = _CONTROL.sub("", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .") or "文件"
    stem, dot, extension = plain.rpartition(".")
    if not dot:
        return plain[:NAME_LIMIT]
    return f"{stem[: NAME_LIMIT - len(extension) - 1]}.{extension[:10]}"


def path_of(sha256: str) -> Path:
    return _root / sha256[:2] / sha256


def _store(sha256: str, data: bytes) -> None:
    target = path_of(sha256)
    if target.exists() and target.stat().st_size == len(data):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{sha256}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)  # disk full, most likely: no half file stays
        raise


def attach(
    received: Received,
    purpose: AttachmentPurpose,
    *,
    reach: Reach,
    actor: Actor,
    assignment_id: int | None = None,
    finding_id: int | None = None,
    round_id: int | None = None,
    item_id: int | None = None,
    report_id: int | None = None,
) -> Attachment:
    """Name stored bytes as an attachment of a project, with a journal entry; in the caller's unit of work."""
    attachment = Attachment(
        project_id=reach.id,
        purpose=purpose,
        assignment_id=assignment_id,
        finding_id=finding_id,
        round_id=round_id,
        item_id=item_id,
        report_id=report_id,
        name=received.name,
        kind=received.kind,
        sha256=received.sha256,
        size=received.size,
        uploaded_by=actor.id,
        uploaded_at=clock.now(),
    )
    db.session.add(attachment)
    db.session.flush()
    _record("attach", attachment, reach, actor, "")
    return attachment


def detach(attachment_id: int, reason: str, *, reach: Reach, actor: Actor) -> str | None:
    """撤下: the name and SHA-256 stay. Returns the SHA-256 whose bytes may go once this is committed, if any."""
    attachment = find(attachment_id, reach)
    if not reason.strip():
        raise Invalid("reason", "请写明撤下的理由。")
    if attachment.withdrawn_at is not None or not may_detach(attachment, reach, actor):
        raise Forbidden
    attachment.withdrawn_at = clock.now()
    attachment.withdrawn_by = actor.id
    attachment.withdrawn_reason = reason.strip()
    db.session.flush()
    _record("detach", attachment, reach, actor, reason.strip())
    return None if in_use(attachment.sha256) else attachment.sha256


def in_use(sha256: str) -> bool:
    """Whether an attachment or a list that waits to be confirmed names these bytes."""
    attached = exists().where(Attachment.sha256 == sha256, Attachment.withdrawn_at.is_(None))
    uploaded = exists().where(Upload.sha256 == sha256)
    return bool(db.session.scalar(select(attached | uploaded)))


def discard(sha256: str) -> None:
    """Remove bytes that no attachment names any more; after the commit of `detach`."""
    path_of(sha256).unlink(missing_ok=True)


def discard_all(digests: Iterable[str]) -> None:
    """Like `discard`, after the commit of `uploads.drop`, which names them."""
    for sha256 in digests:
        discard(sha256)


_DETACHABLE = {
    AttachmentPurpose.DECLARATION: frozenset({P.DECLARING}),
    AttachmentPurpose.PAPER: frozenset({P.AWAITING_FIRM}),
    AttachmentPurpose.REPORT: frozenset({P.EVALUATING}),
    AttachmentPurpose.WORKING_PAPER: frozenset(SUGGESTIONS_WRITTEN_IN),
    AttachmentPurpose.COMMENT: frozenset({P.COMMENTING}),
    AttachmentPurpose.EVIDENCE: frozenset({P.RECTIFYING, P.CLOSED, P.PUBLISHED}),
    AttachmentPurpose.PROGRESS: frozenset({P.RECTIFYING, P.CLOSED, P.PUBLISHED}),
}


def may_detach(
    attachment: Attachment, reach: Reach, actor: Actor, answered: frozenset[int] | None = None
) -> bool:
    """The uploader, while that part of the work is still his to change: evidence only before it is reported, an
    answer's file only before its round is answered (`answered`: such rounds, where several files are looked at)."""
    if attachment.uploaded_by != actor.id or attachment.report_id is not None or not reach.parties:
        return False
    if attachment.purpose == AttachmentPurpose.COMMENT and _answered(attachment, answered):
        return False
    return reach.state in _DETACHABLE[AttachmentPurpose(attachment.purpose)]


def find(attachment_id: int, reach: Reach) -> Attachment:
    """The attachment, when it is of this project and its datum is shown to this person; else NotFound."""
    attachment = db.session.get(Attachment, attachment_id, populate_existing=True)
    if attachment is None or attachment.project_id != reach.id or not shown(attachment, reach):
        raise NotFound
    return attachment


def shown(attachment: Attachment, reach: Reach, answered: frozenset[int] | None = None) -> bool:
    """Seen like its datum; a firm sees no file of another assignment, and nobody an answer not yet submitted."""
    purpose = AttachmentPurpose(attachment.purpose)
    if not reach.sees(DATUM_OF[purpose]):
        return False
    if attachment.assignment_id is not None and attachment.assignment_id != reach.assignment_id:
        return reach.viewer != "firm"
    if purpose is AttachmentPurpose.COMMENT and reach.viewer != "unit":
        return _answered(attachment, answered)
    return True


def answered_rounds(project_id: int) -> frozenset[int]:
    """Ids of the rounds of a project whose answers were handed in."""
    handed_in = select(CommentRound.id).where(
        CommentRound.project_id == project_id, CommentRound.submitted_at.is_not(None)
    )
    return frozenset(db.session.scalars(handed_in))


def _answered(attachment: Attachment, answered: frozenset[int] | None) -> bool:
    """Whether the round this answer's file belongs to was handed in."""
    if answered is not None:
        return attachment.round_id in answered
    handed_in = select(CommentRound.submitted_at.is_not(None)).where(CommentRound.id == attachment.round_id)
    return bool(db.session.scalar(handed_in))


def attachments(reach: Reach, answered: frozenset[int] | None = None) -> list[Attachment]:
    """Every attachment of the project that is shown to this person, newest last."""
    answered = answered_rounds(reach.id) if answered is None else answered
    rows = db.session.scalars(
        select(Attachment).where(Attachment.project_id == reach.id).order_by(Attachment.id)
    )
    return [row for row in rows if shown(row, reach, answered)]


def uploaders(rows: Iterable[Attachment]) -> dict[int, str]:
    """Who uploaded them: names by user id."""
    ids = {row.uploaded_by for row in rows}
    return dict(db.session.execute(select(User.id, User.display_name).where(User.id.in_(ids))).all())


def _record(action: str, attachment: Attachment, reach: Reach, actor: Actor, reason: str) -> None:
    label, told = N_("附件"), f"{attachment.name} SHA-256 {attachment.sha256}"
    change = journal.Change(label, "", told) if action == "attach" else journal.Change(label, told, "")
    # an answer is the unit's own until it is submitted: its files' names stand beside the changes, unshown
    draft = attachment.purpose == AttachmentPurpose.COMMENT
    journal.record(
        journal.Entry(
            action=action,
            datum=DATUM_OF[AttachmentPurpose(attachment.purpose)],
            project_id=reach.id,
            project_code=reach.code,
            item_id=attachment.item_id,
            assignment_id=attachment.assignment_id or reach.assignment_id,
            from_state=None,
            to_state=None,
            reason=reason,
            changes=() if draft else (change,),
            extra=(("draft", [[change.label, change.old, change.new]]),) if draft else (),
        ),
        actor=actor,
    )
