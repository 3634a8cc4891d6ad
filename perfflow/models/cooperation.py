"""催办, 传阅 and 常用意见. 转办 needs no table of its own: the holder stands in the row, the rest in the journal."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Prose

THE_PROJECT = 0
"""The item number under which the row of the project itself is urged."""


class Urge(Base):
    """One 催办. The key lets one person urge one thing once a day, however many clicks race."""

    __tablename__ = "urge"
    __table_args__ = (UniqueConstraint("project_id", "item_number", "user_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    item_number: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    day: Mapped[date]  # the office's
    at: Mapped[datetime]


class Share(Base):
    """One 抄送: a project laid before some people to read, with a word why."""

    __tablename__ = "share"
    __table_args__ = (Index("ix_share_user_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[Prose]
    at: Mapped[datetime]


class ShareReader(Base):
    """One person of a 抄送, and when he first read it."""

    __tablename__ = "share_reader"
    __table_args__ = (
        UniqueConstraint("share_id", "user_id"),
        Index("ix_share_reader_user_read", "user_id", "read_at", "id"),
        Index("ix_share_reader_user", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("share.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    read_at: Mapped[datetime | None]


class Phrase(Base):
    """常用意见: words somebody writes often."""

    __tablename__ = "phrase"
    __table_args__ = (UniqueConstraint("user_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    position: Mapped[int]
    text: Mapped[Prose]
