"""The papers that go out of a project: what each shows, and when there is one. Pages link to them and exports write
them by the same list."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select

from perfflow.core import access
from perfflow.core.access import Actor, Reach, scoped, seen
from perfflow.db import db
from perfflow.models.evaluation import Assignment, ScoreItem
from perfflow.models.finding import CommentRound
from perfflow.models.item import Notice, RectItem
from perfflow.models.project import Project
from perfflow.process import FROM_NOTICE, N_, Datum


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`code` stands in its address and in the log. `data`: all that must be shown to whoever takes it."""

    code: str
    title: str
    data: tuple[Datum, ...]
    there: Callable[[], ColumnElement[bool]]

    def shown(self, actor: Actor) -> ColumnElement[bool]:
        """Whether all that stands in it is shown to that person, for a select made by `scoped()`."""
        return access.all_of(*(seen(actor, datum) for datum in self.data))

    def fits(self, actor: Actor) -> ColumnElement[bool]:
        """Whether a project has this paper for that person, for a select made by `scoped()`."""
        return access.all_of(self.shown(actor), self.there())


def _has_items() -> ColumnElement[bool]:
    return exists().where(RectItem.project_id == Project.id)


_RESULT = (Datum.EVALUATION, Datum.FINDINGS, Datum.SUGGESTIONS)
_ITEMS = (Datum.FINDINGS, Datum.SUGGESTIONS, Datum.ITEMS)

DECLARATION = Outgoing(
    "declaration", N_("绩效目标申报表"), (Datum.DECLARATION,), lambda: Project.registered.is_(False)
)
SCORE_SHEET = Outgoing(
    "score_sheet", N_("指标评分表"), (Datum.EVALUATION,),
    lambda: exists().where(ScoreItem.assignment_id == Project.assignment_id),
)  # fmt: skip
COMMENT_LETTER = Outgoing(
    "comment_letter", N_("征求意见稿"), (Datum.EVALUATION, Datum.FINDINGS),
    lambda: exists().where(
        CommentRound.assignment_id == Project.assignment_id, CommentRound.recalled_at.is_(None)
    ),
)  # fmt: skip
FEEDBACK = Outgoing(
    "feedback", N_("评价结果反馈书"), _RESULT,
    lambda: access.all_of(Assignment.total.is_not(None), Project.seen_as.in_(sorted(FROM_NOTICE))),
)  # fmt: skip
NOTICE = Outgoing(
    "notice", N_("整改通知书"), _ITEMS, lambda: exists().where(Notice.project_id == Project.id)
)
LEDGER = Outgoing("ledger", N_("整改台账"), _ITEMS, _has_items)
REPORT = Outgoing("rectification", N_("整改报告"), _ITEMS, _has_items)

PAPERS = (DECLARATION, SCORE_SHEET, COMMENT_LETTER, FEEDBACK, NOTICE, LEDGER, REPORT)
"""In the order in which they come about. 绩效评价结果信息表 is a page of its own."""


def papers_of(reach: Reach, actor: Actor) -> tuple[Outgoing, ...]:
    """The papers of a project that are shown to this person."""
    row = db.session.execute(
        scoped(actor, *(paper.fits(actor).label(paper.code) for paper in PAPERS)).where(Project.id == reach.id)
    ).one()
    return tuple(paper for paper, fits in zip(PAPERS, row, strict=True) if fits)


def papers_of_year(actor: Actor, unit_id: int, year: int) -> tuple[Outgoing, ...]:
    """The papers that some project of the unit's year has for this person."""
    found = (scoped(actor, Project.id).where(*of_year(unit_id, year), paper.fits(actor)).exists() for paper in PAPERS)
    row = db.session.execute(select(*(one.label(paper.code) for one, paper in zip(found, PAPERS, strict=True)))).one()
    return tuple(paper for paper, there in zip(PAPERS, row, strict=True) if there)


def of_year(unit_id: int, year: int) -> tuple[ColumnElement[bool], ...]:
    """The projects of a unit's year; of those not evaluated yet the budget year counts."""
    return Project.unit_id == unit_id, func.coalesce(Project.evaluation_year, Project.budget_year) == year
