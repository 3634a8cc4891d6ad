"""Findings, what the unit says to them, and the suggestions that answer them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Fen, Name, Prose, one_of
from perfflow.process import FindingCategory, Reply, Ruling, Severity, Stance


class Finding(Base):
    """存在问题. `withdrawn` after a ruling 撤销: kept on file, no longer part of the result."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("assignment_id", "number"),
        one_of("category", FindingCategory),
        one_of("severity", Severity),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    number: Mapped[int]
    title: Mapped[Name] = mapped_column(default="")
    text: Mapped[Prose]
    glued: Mapped[bool] = mapped_column(default=False)  # as filed: no paragraph break before it
    category: Mapped[Code]
    severity: Mapped[Code]
    amount_fen: Mapped[Fen | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)


class FindingIndicator(Base):
    """The indicators a finding explains, by code of the score sheet."""

    __tablename__ = "finding_indicator"

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[Code] = mapped_column(primary_key=True)


class IndicatorExplanation(Base):
    """Why a weak indicator has no finding."""

    __tablename__ = "indicator_explanation"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    code: Mapped[Code] = mapped_column(primary_key=True)
    text: Mapped[Prose]


class CommentRound(Base):
    """One 征求意见: sent out, answered (or deemed answered, or recalled), replied to, ruled on."""

    __tablename__ = "comment_round"
    __table_args__ = (UniqueConstraint("assignment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    number: Mapped[int]
    sent_at: Mapped[datetime]
    general_comment: Mapped[Prose] = mapped_column(default="")
    submitted_at: Mapped[datetime | None]
    deemed_none_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    ruled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Comment(Base):
    """The unit's answer to one finding, the firm's reply to a dispute, and the supervisor's ruling.
    `digest` is the wording that was answered: a later round asks again only about another wording."""

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("round_id", "finding_id"),
        one_of("stance", Stance),
        one_of("reply", Reply),
        one_of("ruling", Ruling),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("comment_round.id"), index=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    stance: Mapped[Code]
    reason: Mapped[Prose] = mapped_column(default="")
    reply: Mapped[Code | None]
    reply_title: Mapped[Name] = mapped_column(default="")
    reply_text: Mapped[Prose] = mapped_column(default="")
    reply_reason: Mapped[Prose] = mapped_column(default="")
    ruling: Mapped[Code | None]
    ruling_reason: Mapped[Prose] = mapped_column(default="")


class Suggestion(Base):
    """整改建议. Class and due date are the supervisor's, set when the notice is prepared."""

    __tablename__ = "suggestion"
    __table_args__ = (UniqueConstraint("assignment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    number: Mapped[int]
    title: Mapped[Name] = mapped_column(default="")
    text: Mapped[Prose]
    glued: Mapped[bool] = mapped_column(default=False)  # as filed: no paragraph break before it
    rect_class: Mapped[Code | None]
    due_on: Mapped[date | None]


class SuggestionFinding(Base):
    __tablename__ = "suggestion_finding"

    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id", ondelete="CASCADE"), primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), primary_key=True)
