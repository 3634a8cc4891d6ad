"""Organisations, users, their sessions, and who may not evaluate whom."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Name, Prose, one_of
from perfflow.process import OrganisationKind, Role


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("name"), one_of("kind", OrganisationKind))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Name]
    kind: Mapped[Code]
    supervised_by: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    jurisdiction: Mapped[Code] = mapped_column(default="shanghai")
    active: Mapped[bool] = mapped_column(default=True)
    # the manner in which this unit's result table is written
    quote_names: Mapped[bool] = mapped_column(default=True)
    score_suffix: Mapped[bool] = mapped_column(default=True)
    trim_decimals: Mapped[bool] = mapped_column(default=True)
    number_style: Mapped[Code] = mapped_column(default="、")
    title_own_line: Mapped[bool] = mapped_column(default=True)


class User(Base):
    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("username"), one_of("role", Role))

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[Code]
    display_name: Mapped[Name]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Code]
    password_hash: Mapped[str] = mapped_column(String(300))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    language: Mapped[Code] = mapped_column(default="zh_Hans_CN", server_default="zh_Hans_CN")


class LoginSession(Base):
    """One log-in. The cookie carries the token, this row only its SHA-256."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[Code]


class LoginFailure(Base):
    """A refused log-in, counted by address."""

    __tablename__ = "login_failure"
    __table_args__ = (Index("ix_login_failure_address_at", "address", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[Code]
    at: Mapped[datetime]


class Avoidance(Base):
    """回避名单: this firm may not evaluate this unit between two days, both included."""

    __tablename__ = "avoidance"

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    reason: Mapped[Prose]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Holiday(Base):
    """A day on which the calendar differs from Monday–Friday: a day off, or a weekend day that is worked."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    off: Mapped[bool]


class GradeBand(Base):
    """One grade of a scale: from `lower` hundredths (included) up to the next band."""

    __tablename__ = "grade_band"
    __table_args__ = (UniqueConstraint("jurisdiction", "first_year", "lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[Code]
    first_year: Mapped[int]
    label: Mapped[Code]
    lower: Mapped[int]
    source: Mapped[Name]


class Setting(Base):
    """A fact about this installation, such as that it holds the demo."""

    __tablename__ = "setting"

    key: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[Prose]
