"""A project in one budget year, and the declaration it may have begun with."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Fen, Name, Prose, one_of
from perfflow.process import ObjectKind, P

FAR_DAY = date(9999, 12, 31)
"""Sorts behind every due date; a real value, so that one index serves the whole order."""


class Project(Base):
    """`state` is a cache of the journal, written by core.advance alone, and with it what follows from it:
    `seen_as`, the state whose rules of visibility hold (for a terminated project the one it was in);
    `waiting_for`, the party that must act, or empty; `due_sort`, the due date or, without one, FAR_DAY;
    `holder_id`, the one member of that party it was handed to (转办), until the state changes."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("code"),
        one_of("state", P),
        one_of("seen_as", P),
        one_of("object_kind", ObjectKind),
        CheckConstraint("budget_year BETWEEN 1990 AND 2100", name="budget_year_sane"),
        CheckConstraint("budget_fen >= 0", name="budget_not_negative"),
        # lists: one index per kind of reach, in the order of the default sort
        Index("ix_project_unit_updated", "unit_id", "updated_at", "id"),
        Index("ix_project_office_updated", "office_id", "updated_at", "id"),
        Index("ix_project_firm_updated", "firm_id", "updated_at", "id"),
        Index("ix_project_firm_unit", "firm_id", "unit_id"),
        Index("ix_project_updated", "updated_at", "id"),
        # counts of whole lists, answered from the index alone
        Index("ix_project_office_submitted", "office_id", "submitted_at"),
        Index("ix_project_submitted", "submitted_at"),
        # the other sorts of the same lists
        Index("ix_project_office_due", "office_id", "due_sort", "id"),
        Index("ix_project_office_year", "office_id", "budget_year", "id"),
        Index("ix_project_office_code", "office_id", "code", "id"),
        Index("ix_project_unit_due", "unit_id", "due_sort", "id"),
        Index("ix_project_unit_year", "unit_id", "budget_year", "id"),
        Index("ix_project_unit_code", "unit_id", "code", "id"),
        Index("ix_project_firm_due", "firm_id", "due_sort", "id"),
        Index("ix_project_firm_year", "firm_id", "budget_year", "id"),
        Index("ix_project_due", "due_sort", "id"),
        Index("ix_project_year", "budget_year", "id"),
        # the filter most used: a state that few projects are in would else be looked for through all
        Index("ix_project_office_state", "office_id", "state", "updated_at", "id", "submitted_at"),
        Index("ix_project_unit_state", "unit_id", "state", "updated_at", "id", "submitted_at"),
        Index("ix_project_firm_state", "firm_id", "state", "updated_at", "id"),
        Index("ix_project_state", "state", "updated_at", "id", "submitted_at"),
        # results by unit and year
        Index("ix_project_unit_evaluated", "unit_id", "evaluation_year", "seen_as", "office_id", "submitted_at",
              "assignment_id"),
        # 待办: what waits for a party, most urgent first
        Index("ix_project_unit_waiting", "unit_id", "waiting_for", "due_sort", "id"),
        Index("ix_project_office_waiting", "office_id", "waiting_for", "due_sort", "id"),
        Index("ix_project_firm_waiting", "firm_id", "waiting_for", "due_sort", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code]
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    object_kind: Mapped[Code]
    name: Mapped[Name]
    name_filed: Mapped[str | None] = mapped_column(String(220))
    budget_year: Mapped[int]
    evaluation_year: Mapped[int | None]
    budget_fen: Mapped[Fen | None]
    registered: Mapped[bool] = mapped_column(default=False)
    registered_reason: Mapped[Prose | None]
    table_only: Mapped[bool] = mapped_column(default=False)
    state: Mapped[Code]
    seen_as: Mapped[Code]
    version: Mapped[int] = mapped_column(default=1)
    entered_at: Mapped[datetime]
    due_on: Mapped[date | None]
    due_sort: Mapped[date] = mapped_column(default=FAR_DAY)
    waiting_for: Mapped[Code] = mapped_column(default="")
    submitted_at: Mapped[datetime | None]  # first submission: from then on the office may see it
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # latest submission
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # of the current assignment
    assignment_id: Mapped[int | None]  # the current one; no foreign key, the two tables name each other
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    rectification: Mapped[Prose] = mapped_column(default="")
    rectification_composed: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Declaration(Base):
    __tablename__ = "declaration"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    form_year: Mapped[int]
    project_type: Mapped[Code] = mapped_column(default="")
    fund_use: Mapped[Code] = mapped_column(default="")
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    overview: Mapped[Prose] = mapped_column(default="")
    basis: Mapped[Prose] = mapped_column(default="")
    necessity: Mapped[Prose] = mapped_column(default="")
    safeguards: Mapped[Prose] = mapped_column(default="")
    total_budget_fen: Mapped[Fen | None]
    year_budget_fen: Mapped[Fen | None]
    prior_budget_fen: Mapped[Fen | None]
    prior_paid_fen: Mapped[Fen | None]
    overall_goal: Mapped[Prose] = mapped_column(default="")
    annual_goal: Mapped[Prose] = mapped_column(default="")
    remarks: Mapped[Prose] = mapped_column(default="")


class SubProject(Base):
    __tablename__ = "sub_project"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    position: Mapped[int]
    name: Mapped[Name]
    amount_fen: Mapped[Fen | None]


class Milestone(Base):
    """`filed` is the step as it was written; `day` what could be read from it, or none (relative phases)."""

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    position: Mapped[int]
    label: Mapped[Prose]
    day: Mapped[date | None]
    filed: Mapped[Prose]


class TargetIndicator(Base):
    """A leaf of the declared tree: value as filed ("≥90.00%"), and what was read from it."""

    __tablename__ = "target_indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    position: Mapped[int]
    level1: Mapped[Name]
    level2: Mapped[Name]
    name: Mapped[Name]
    filed: Mapped[Name]
    operator: Mapped[Code]
    number: Mapped[Code]  # exact decimal as text, empty when the target is a word
    unit: Mapped[Code]


class Publication(Base):
    """A numbered snapshot: canonical JSON of the eight strings, the manner and the cover, with its SHA-256."""

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    number: Mapped[int]
    content: Mapped[Prose]
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    published_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]


class Message(Base):
    """消息: a code and its parameters, put into words when it is read."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_user_id_read", "user_id", "read_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("rect_item.id"))
    code: Mapped[Code]
    params: Mapped[Prose]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class FormKey(Base):
    """The key of a form that was acted on, and where its sender was led: a replay is led there again."""

    __tablename__ = "form_key"

    key: Mapped[Code] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    location: Mapped[Prose]
    at: Mapped[datetime]
