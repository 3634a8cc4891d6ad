"""What was handed in, word for word, each time it was."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Prose


class Filing(Base):
    """A declaration or the findings as submitted: JSON of [key, label, number, text]. Never changed but for
    `sent_at`: findings are shown to the unit in the versions that were sent to it."""

    __tablename__ = "filing"
    __table_args__ = (UniqueConstraint("project_id", "datum", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    datum: Mapped[Code]
    number: Mapped[int]
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime | None]
    content: Mapped[Prose]
