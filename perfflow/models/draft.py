"""What somebody is writing and has not sent: one row for each user and form, and no part of the record."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Prose


class Draft(Base):
    """`action`: where its form is sent. `version`: what the form was drawn from, `form_key` its key there.
    `fields`: JSON, [[name, text], …].
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "action"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    action: Mapped[str] = mapped_column(String(300))
    form_name: Mapped[str] = mapped_column(String(100))
    form_key: Mapped[Code]
    version: Mapped[int | None]
    fields: Mapped[Prose]
    saved_at: Mapped[datetime] = mapped_column(index=True)
