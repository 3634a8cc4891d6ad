"""Where a value came from: the file it was taken in from, and its place there."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Name


class FieldSource(Base):
    """A value that was taken in from a file. `digest` is of the value as it was stored then: it is told only while
    the value is still that one. `corrected`: it was changed before it was taken."""

    __tablename__ = "field_source"
    __table_args__ = (UniqueConstraint("project_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    datum: Mapped[Code]
    key: Mapped[Code]
    digest: Mapped[str] = mapped_column(String(64))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), index=True)
    place: Mapped[Name]
    corrected: Mapped[bool]
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
