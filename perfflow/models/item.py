"""The notice, and the items it makes: one per suggestion."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Name, Prose, one_of
from perfflow.models.project import FAR_DAY
from perfflow.process import I, RectClass, Verdict


class Notice(Base):
    """整改通知书. 签收 is one act for the whole notice."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    number: Mapped[int]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class RectItem(Base):
    """`deadline` is the notice's (or the later one granted); `due_on` that of the present step.
    `continuing` once a verdict 持续整改 was given: such an item may move behind 已办结."""

    __tablename__ = "rect_item"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        one_of("state", I),
        one_of("rect_class", RectClass),
        Index("ix_rect_item_unit_waiting", "unit_id", "waiting_for", "due_sort", "id"),
        Index("ix_rect_item_office_waiting", "office_id", "waiting_for", "due_sort", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    number: Mapped[int]
    rect_class: Mapped[Code]
    deadline: Mapped[date]
    state: Mapped[Code]
    version: Mapped[int] = mapped_column(default=1)
    entered_at: Mapped[datetime]
    due_on: Mapped[date | None]
    due_sort: Mapped[date] = mapped_column(default=FAR_DAY)
    waiting_for: Mapped[Code] = mapped_column(default="")
    continuing: Mapped[bool] = mapped_column(default=False)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # as project.holder_id


class Plan(Base):
    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rect_item.id"), index=True)
    round: Mapped[int]
    measure: Mapped[Prose]
    responsible: Mapped[Name]
    first_day: Mapped[date]
    last_day: Mapped[date]
    by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class ItemReport(Base):
    """What the unit says it did, with at least one file; and the verdict on it."""

    __tablename__ = "item_report"
    __table_args__ = (one_of("verdict", Verdict),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rect_item.id"), index=True)
    round: Mapped[int]
    text: Mapped[Prose]
    by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    verdict: Mapped[Code | None]
    verdict_reason: Mapped[Prose] = mapped_column(default="")


class ProgressNote(Base):
    __tablename__ = "progress_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rect_item.id"), index=True)
    text: Mapped[Prose]
    by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
