"""The evaluation: what hangs on the assignment of one firm to one project."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Fen, Hundredths, Name, Prose, one_of
from perfflow.process import AssignmentEnd


class Assignment(Base):
    """`reached`: how far this firm's work was ever submitted (process.REACHED_…). A declined or replaced
    assignment has `end`; one that ran to its project's end has not, and stays readable for its firm."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        one_of("\"end\"", AssignmentEnd),
        CheckConstraint("total BETWEEN 0 AND 10000", name="total_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    number: Mapped[int]
    firm_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    due_on: Mapped[date]
    assigned_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end: Mapped[Code | None]
    version: Mapped[int] = mapped_column(default=1)
    reached: Mapped[int] = mapped_column(default=0)
    paid_fen: Mapped[Fen | None]
    paid_filed: Mapped[Name] = mapped_column(default="")
    main_performance: Mapped[Prose] = mapped_column(default="")
    total: Mapped[Hundredths | None]
    total_filed: Mapped[Name] = mapped_column(default="")
    grade: Mapped[Code] = mapped_column(default="")
    no_findings_statement: Mapped[Prose] = mapped_column(default="")


class Independence(Base):
    """An evaluator's declaration, made before he sees anything of the project."""

    __tablename__ = "independence"
    __table_args__ = (UniqueConstraint("assignment_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    independent: Mapped[bool]
    explanation: Mapped[Prose]
    at: Mapped[datetime]


class ScoreItem(Base):
    """A row of the score sheet. Groups carry neither weight nor score; the rate as filed is kept for leaves."""

    __tablename__ = "score_item"
    __table_args__ = (
        UniqueConstraint("assignment_id", "code"),
        CheckConstraint("weight BETWEEN 0 AND 10000", name="weight_in_range"),
        CheckConstraint("score BETWEEN 0 AND 10000", name="score_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    position: Mapped[int]
    code: Mapped[Code]
    name: Mapped[Name]
    weight: Mapped[Hundredths | None]
    score: Mapped[Hundredths | None]
    rate_filed: Mapped[Code] = mapped_column(default="")
