"""Two append-only chains: the journal of acts, and the events around them. Triggers refuse change and deletion."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Prose


class JournalEntry(Base):
    """One act. `body` is the very text that was hashed; the other columns repeat it for queries."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_project", "project_id", "id"),
        Index("ix_journal_item", "item_id", "id"),
        Index("ix_journal_user", "user_id", "id"),
        Index("ix_journal_user_at", "user_id", "at", "id"),
        # what somebody settled: the acts that moved something on
        Index(
            "ix_journal_user_moved", "user_id", "at", "id",
            sqlite_where=text("from_state != to_state"), postgresql_where=text("from_state != to_state"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[Prose]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("rect_item.id"))
    assignment_id: Mapped[int | None]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Code]
    at: Mapped[datetime]
    action: Mapped[Code]
    from_state: Mapped[Code | None]
    to_state: Mapped[Code | None]
    round: Mapped[int]
    datum: Mapped[Code]
    reason: Mapped[Prose]


class EventEntry(Base):
    """A log-in, download, export, refusal or rejected file: written after the answer."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_kind", "kind", "id"), Index("ix_event_user", "user_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[Prose]
    kind: Mapped[Code]
    user_id: Mapped[int | None]
    at: Mapped[datetime]


class ChainHead(Base):
    """The newest entry of each chain; updated last in the transaction that wrote it."""

    __tablename__ = "chain_head"

    chain: Mapped[Code] = mapped_column(primary_key=True)
    length: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
