"""Files: bytes by SHA-256 on disk, their labels here."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Name, Prose, one_of
from perfflow.process import AttachmentPurpose


class Attachment(Base):
    """A file somebody attached. After 撤下 the bytes may go; name and SHA-256 stay."""

    __tablename__ = "attachment"
    __table_args__ = (one_of("purpose", AttachmentPurpose), Index("ix_attachment_sha256", "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    purpose: Mapped[Code]
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("comment_round.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("rect_item.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("item_report.id"))
    name: Mapped[Name]
    kind: Mapped[Code]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_reason: Mapped[Prose] = mapped_column(default="")


class Upload(Base):
    """A list or paper its owner looks at before he confirms it. The bytes are in the file store; kept for a day.

    `project_id`: the project it was uploaded for; `attachment_id`: the attachment whose bytes these are.
    """

    __tablename__ = "upload"
    # its pages are known by the number, and so are the drafts of them: it is never given twice
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[Code]
    name: Mapped[Name]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
