"""What is counted, written once: the counts sum a measure's condition, and the list behind a number filters by it.

A population is the rows that are counted, as far as this person is shown them; a measure is a condition on them; a
dimension is what they are grouped by, and with a key of it a condition too. What is masked is in no population.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from perfflow.core import clock, listing
from perfflow.core.access import VIEWERS, Actor, masked, scoped, seen
from perfflow.core.errors import NotFound
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.finding import Comment, CommentRound, Finding, SuggestionFinding
from perfflow.models.item import ItemReport, RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.project import Project
from perfflow.process import (
    CATEGORIES,
    FROM_NOTICE,
    ITEM_STATES,
    N_,
    PROJECT_STATES,
    SEEN,
    STAGES,
    Datum,
    I,
    P,
    Severity,
    Sight,
    Stance,
    Verdict,
    Viewer,
)

Key = int | str | None
"""A value of a dimension; None for the rows that have none (no grade yet, no firm yet)."""

Condition = Callable[[Actor], ColumnElement[bool]]

Given = aliased(Assignment, name="given")
"""Every assignment there was; scoped() joins the present one only."""


class Kind(StrEnum):
    """What is counted."""

    PROJECTS = "projects"
    FINDINGS = "findings"
    ITEMS = "items"
    ASSIGNMENTS = "assignments"
    RETURNS = "returns"


KINDS = {
    Kind.PROJECTS: N_("项目"),
    Kind.FINDINGS: N_("问题"),
    Kind.ITEMS: N_("整改事项"),
    Kind.ASSIGNMENTS: N_("委托"),
    Kind.RETURNS: N_("退回"),
}

RETURNS = ("return_evaluation", "return_findings", "return_replies", "return_suggestions")
"""The acts that send a firm's work back to it."""


def population(actor: Actor, kind: Kind, *columns: Any) -> Select[Any]:
    """A select over the rows of a kind that are shown to this person."""
    # an evaluator who has not declared himself independent reads name and unit of a project, and counts nothing
    query = scoped(actor, *columns).where(seen(actor, Datum.PROJECT))
    if kind is Kind.FINDINGS:
        joined = query.join(Finding, Finding.assignment_id == Project.assignment_id)
        return joined.where(seen(actor, Datum.FINDINGS))
    if kind is Kind.ITEMS:
        return query.join(RectItem, RectItem.project_id == Project.id).where(seen(actor, Datum.ITEM_STATES))
    if kind in (Kind.ASSIGNMENTS, Kind.RETURNS):
        query = query.join(Given, Given.project_id == Project.id).where(seen(actor, Datum.ASSIGNMENT))
        if VIEWERS.get(actor.role) is Viewer.FIRM:
            # what it did for this project in an earlier assignment is no longer its to read
            query = query.where(Given.id == Project.assignment_id)
    if kind is Kind.RETURNS:
        query = query.join(JournalEntry, _of_given()).where(JournalEntry.action.in_(RETURNS))
    return query


def _of_given() -> ColumnElement[bool]:
    # by project first: that is what the journal is indexed by
    return and_(
        JournalEntry.project_id == Given.project_id,
        JournalEntry.assignment_id == Given.id,
        JournalEntry.item_id.is_(None),
    )


def ever_shown(actor: Actor, datum: Datum) -> bool:
    """Whether there can be a project whose datum this person is shown."""
    viewer = VIEWERS.get(actor.role)
    return viewer is not None and SEEN[viewer][datum] is not Sight.NEVER


# ---------------------------------------------------------------- measures


@dataclass(frozen=True, slots=True)
class Measure:
    """`label` is a message id; `datum`: what the condition reads beyond its population's own."""

    kind: Kind
    code: str
    label: str
    fits: Condition
    datum: Datum | None = None


MEASURES: dict[tuple[Kind, str], Measure] = {}


def _measure(
    kind: Kind, code: str, label: str, fits: Condition, datum: Datum | None = None
) -> Measure:
    found = Measure(kind, code, label, fits, datum)
    MEASURES[kind, code] = found
    return found


def measure_named(kind: Kind, code: str) -> Measure:
    """Raises NotFound."""
    found = MEASURES.get((kind, code))
    if found is None:
        raise NotFound
    return found


def _where(condition: ColumnElement[bool]) -> Condition:
    """A condition that is the same for everybody and every day."""
    return lambda actor: condition


_EVERY = _where(true())

# ---- projects

GOOD = ("优", "良")
"""The grades of 优良率; every scale there is has both (domain d.1)."""

_waiting = Project.state.in_(listing.WAITING)


def _grade(actor: Actor) -> ColumnElement[Any]:
    return func.nullif(masked(actor, Datum.EVALUATION, Assignment.grade), "")


def _both_amounts(actor: Actor) -> ColumnElement[bool]:
    return and_(Project.budget_fen > 0, Assignment.paid_fen.is_not(None), seen(actor, Datum.EVALUATION))


PROJECTS = _measure(Kind.PROJECTS, "all", N_("项目数"), _EVERY)
WAITING = _measure(Kind.PROJECTS, "waiting", N_("在办"), _where(_waiting))
IN_TIME = _measure(
    Kind.PROJECTS, "in_time", N_("期限内"), lambda actor: and_(_waiting, Project.due_sort >= clock.today())
)
OVERDUE = _measure(Kind.PROJECTS, "overdue", N_("逾期"), lambda actor: listing.overdue())
RESTING = _measure(Kind.PROJECTS, "resting", N_("不在办"), _where(Project.state.not_in(listing.WAITING)))
NOTIFIED = _measure(
    Kind.PROJECTS, "notified", N_("已进入整改的项目"), _where(Project.state.in_(sorted(FROM_NOTICE)))
)
CLOSED = _measure(Kind.PROJECTS, "closed", N_("已办结"), _where(Project.state.in_((P.CLOSED, P.PUBLISHED))))
GRADED = _measure(Kind.PROJECTS, "graded", N_("有评价结论"), lambda actor: _grade(actor).is_not(None))
GOOD_ONES = _measure(Kind.PROJECTS, "good", N_("优良"), lambda actor: _grade(actor).in_(GOOD))
AMOUNTS = _measure(Kind.PROJECTS, "amounts", N_("预算、决算金额俱全的项目"), _both_amounts)

# ---- findings

_kept = Finding.withdrawn.is_(False)
# what was typed into a round that was never submitted, or recalled, was not said
_said = and_(
    CommentRound.id == Comment.round_id, CommentRound.submitted_at.is_not(None), CommentRound.recalled_at.is_(None)
)
_answered = exists().where(Comment.finding_id == Finding.id, _said)
_disputed = exists().where(Comment.finding_id == Finding.id, Comment.stance == Stance.DISPUTE.value, _said)
_taken_back = or_(Comment.ruling == "cancel", and_(Comment.ruling == "adopt", Comment.reply == "withdraw"))
_ruling = (
    select(case((_taken_back, "cancelled"), (Comment.ruling == "adopt", "adopted"), else_="upheld"))
    .join(CommentRound, CommentRound.id == Comment.round_id)
    .where(
        Comment.finding_id == Finding.id,
        Comment.stance == Stance.DISPUTE.value,
        Comment.ruling.is_not(None),
        CommentRound.ruled_at.is_not(None),
        CommentRound.recalled_at.is_(None),
    )
    .order_by(CommentRound.number.desc())
    .limit(1)
    .correlate(Finding)
    .scalar_subquery()
)
"""What the newest ruling made of a disputed finding; None while there is none."""


def _items_of_finding(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        SuggestionFinding.finding_id == Finding.id,
        RectItem.suggestion_id == SuggestionFinding.suggestion_id,
        RectItem.project_id == Finding.project_id,
        *conditions,
    )


def _ordered(actor: Actor) -> ColumnElement[bool]:
    return and_(_kept, seen(actor, Datum.ITEM_STATES), _items_of_finding(RectItem.state != I.CANCELLED.value))


def _rectified(actor: Actor) -> ColumnElement[bool]:
    unsettled = _items_of_finding(RectItem.state.not_in((I.SETTLED.value, I.CANCELLED.value)))
    return and_(_ordered(actor), ~unsettled)


FINDINGS = _measure(Kind.FINDINGS, "kept", N_("问题"), _where(_kept))
SEVERE = {
    severity: _measure(
        Kind.FINDINGS, severity.value, label, _where(and_(_kept, Finding.severity == severity.value))
    )
    for severity, label in (
        (Severity.MINOR, N_("一般问题")),
        (Severity.MAJOR, N_("较重问题")),
        (Severity.GRAVE, N_("严重问题")),
    )
}
ANSWERED = _measure(Kind.FINDINGS, "answered", N_("单位已反馈的问题（含已撤销）"), _where(_answered))
DISPUTED = _measure(Kind.FINDINGS, "disputed", N_("有异议"), _where(_disputed))
UPHELD = _measure(Kind.FINDINGS, "upheld", N_("异议后维持"), _where(and_(_disputed, _ruling == "upheld")))
ADOPTED = _measure(Kind.FINDINGS, "adopted", N_("异议后修改"), _where(and_(_disputed, _ruling == "adopted")))
CANCELLED = _measure(Kind.FINDINGS, "cancelled", N_("异议后撤销"), _where(and_(_disputed, _ruling == "cancelled")))
UNRULED = _measure(Kind.FINDINGS, "unruled", N_("异议待裁定"), _where(and_(_disputed, _ruling.is_(None))))
ORDERED = _measure(Kind.FINDINGS, "ordered", N_("已下达整改的问题"), _ordered)
RECTIFIED = _measure(Kind.FINDINGS, "rectified", N_("事项全部销号的问题"), _rectified)

# ---- items

_in_force = RectItem.state != I.CANCELLED.value


def _late_item(actor: Actor) -> ColumnElement[bool]:
    return and_(RectItem.waiting_for != "", RectItem.due_sort < clock.today(), seen(actor, Datum.ITEMS))


def _with_report(*conditions: ColumnElement[bool]) -> Condition:
    there = exists().where(ItemReport.item_id == RectItem.id, ItemReport.withdrawn.is_(False), *conditions)
    return lambda actor: and_(_in_force, there, seen(actor, Datum.ITEMS))


ITEMS = _measure(Kind.ITEMS, "all", N_("整改事项（含已撤销）"), _EVERY)
ISSUED = _measure(Kind.ITEMS, "issued", N_("已下达事项（不含已撤销）"), _where(_in_force))
SETTLED = _measure(Kind.ITEMS, "settled", N_("已销号事项"), _where(RectItem.state == I.SETTLED.value))
CONTINUING = _measure(Kind.ITEMS, "continuing", N_("持续整改事项"), _where(RectItem.state == I.CONTINUING.value))
LATE_ITEMS = _measure(Kind.ITEMS, "overdue", N_("逾期事项"), _late_item, Datum.ITEMS)
REPORTED = _measure(Kind.ITEMS, "reported", N_("报过整改结果的事项"), _with_report(), Datum.ITEMS)
SENT_BACK = _measure(
    Kind.ITEMS,
    "returned",
    N_("被退回过的事项"),
    _with_report(ItemReport.verdict == Verdict.NOT_DONE.value),
    Datum.ITEMS,
)

# ---- what a firm was given, and what came back to it


def _ever(*actions: str) -> ColumnElement[bool]:
    return exists().where(_of_given(), JournalEntry.action.in_(actions)).correlate(Given)


_accepted = _ever("approve_evaluation")
_returned = _ever(*RETURNS)

ASSIGNMENTS = _measure(Kind.ASSIGNMENTS, "all", N_("委托"), _EVERY)
PRESENT = _measure(Kind.ASSIGNMENTS, "present", N_("现任委托"), _where(Given.end.is_(None)))
ACCEPTED = _measure(Kind.ASSIGNMENTS, "accepted", N_("评价已获同意"), _where(_accepted))
FIRST_TIME = _measure(
    Kind.ASSIGNMENTS, "first_time", N_("获同意且从未退回"), _where(and_(_accepted, ~_returned))
)
RETURNED = _measure(Kind.ASSIGNMENTS, "returned", N_("被退回过的委托"), _where(_returned))
DECLINED = _measure(Kind.ASSIGNMENTS, "declined", N_("谢绝"), _where(Given.end == "declined"))
REPLACED = _measure(Kind.ASSIGNMENTS, "replaced", N_("被更换"), _where(Given.end == "replaced"))
ROUNDS = _measure(Kind.RETURNS, "all", N_("退回次数"), _EVERY)


# ---------------------------------------------------------------- dimensions


_STAGE_STATES = {
    stage: tuple(code for code, state in PROJECT_STATES.items() if state.stage == stage) for stage, _label in STAGES
}

LONGEST_KEY = 20
NOTHING = "none"


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    return int(text)


def _known(codes: Iterable[str]) -> Callable[[str], str]:
    there = frozenset(codes)

    def read(text: str) -> str:
        if text not in there:
            raise NotFound
        return text

    return read


def _short(text: str) -> str:
    if not 0 < len(text) <= LONGEST_KEY or "\x00" in text:
        raise NotFound
    return text


_READ: dict[str, Callable[[str], Key]] = {
    "year": _whole,
    "unit": _whole,
    "firm": _whole,
    "stage": _known(_STAGE_STATES),
    "state": _known(PROJECT_STATES),
    "grade": _short,
    "category": _known(CATEGORIES),
    "item": _known(ITEM_STATES),
}
"""The dimensions in the order of addresses, each with how its key is read."""

_MAY_LACK = frozenset({"firm", "grade"})


def column_of(name: str, kind: Kind, actor: Actor) -> ColumnElement[Any]:
    """What rows of a kind are grouped by. A masked value is none."""
    if name == "category" and kind is Kind.FINDINGS:
        return Finding.category.expression
    if name == "item" and kind is Kind.ITEMS:
        return RectItem.state.expression
    if name == "firm" and kind in (Kind.ASSIGNMENTS, Kind.RETURNS):
        return Given.firm_id.expression
    if name == "stage":
        return case(*((Project.state.in_(states), stage) for stage, states in _STAGE_STATES.items()))
    if name == "grade":
        return _grade(actor)
    plain = {"year": Project.budget_year, "unit": Project.unit_id, "firm": Project.firm_id, "state": Project.state}
    if name not in plain:
        raise NotFound
    return plain[name].expression


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a population that is looked at: a key for each of some dimensions."""

    keys: tuple[tuple[str, Key], ...] = ()

    def at(self, name: str, key: Key) -> "Cut":
        """Narrowed to one key of a dimension."""
        found = {**dict(self.keys), name: key}
        return replace(self, keys=tuple((known, found[known]) for known in _READ if known in found))

    def words(self) -> list[tuple[str, str]]:
        """As it stands in an address."""
        return [(name, NOTHING if key is None else str(key)) for name, key in self.keys]

    def conditions(self, kind: Kind, actor: Actor) -> list[ColumnElement[bool]]:
        return [_equal(column_of(name, kind, actor), key) for name, key in self.keys]


def _equal(column: ColumnElement[Any], key: Key) -> ColumnElement[bool]:
    return column.is_(None) if key is None else column == key


def cut_of(given: Mapping[str, str]) -> Cut:
    """The cut named in an address. Raises NotFound when a key is none."""
    cut = Cut()
    for name, read in _READ.items():
        text = given.get(name, "")
        if text:
            cut = cut.at(name, None if text == NOTHING and name in _MAY_LACK else read(text))
    return cut


# ---------------------------------------------------------------- counting


def rows_of(actor: Actor, measure: Measure, cut: Cut, *columns: Any) -> Select[Any]:
    """The rows a number counts."""
    query = population(actor, measure.kind, *columns).where(*cut.conditions(measure.kind, actor))
    shown = true() if measure.datum is None or ever_shown(actor, measure.datum) else false()
    return query.where(shown, measure.fits(actor))


Tally = dict[Key, dict[str, int]]
"""By key of the dimension: how many rows fit each measure, by its code."""

SUMS = {"budget": Project.budget_fen, "paid": Assignment.paid_fen}
"""The amounts that are added up over the projects of AMOUNTS."""


def tally(actor: Actor, measures: Iterable[Measure], by: str | None, cut: Cut) -> Tally:
    """Count the measures, all of one kind, in one statement: for each key of the dimension, or without one for all."""
    measures = list(measures)
    kind = measures[0].kind
    counts: dict[str, ColumnElement[Any]] = {m.code: _count(m, actor) for m in measures}
    if AMOUNTS in measures:
        fits = AMOUNTS.fits(actor)
        counts |= {name: func.sum(case((fits, column), else_=0)) for name, column in SUMS.items()}
    columns: list[Any] = [column.label(f"of_{name}") for name, column in counts.items()]
    if by is None:
        query = population(actor, kind, *columns)
    else:
        query = population(actor, kind, _grouping(by, kind, actor).label("the_key"), *columns).group_by("the_key")
    rows = db.session.execute(query.where(*cut.conditions(kind, actor)))
    if by is None:
        return {None: dict(zip(counts, (int(value or 0) for value in rows.one()), strict=True))}
    return {key: dict(zip(counts, (int(value or 0) for value in values), strict=True)) for key, *values in rows}


def _grouping(by: str, kind: Kind, actor: Actor) -> ColumnElement[Any]:
    column = column_of(by, kind, actor)
    # +0: grouping a plain column SQLite walks its index and looks each row up at random, four times slower than sorting
    return column + 0 if by in ("year", "unit", "firm") else column


def _count(measure: Measure, actor: Actor) -> ColumnElement[Any]:
    if measure.fits is _EVERY:
        return func.count()
    return func.sum(case((measure.fits(actor), 1), else_=0))


def amounts(actor: Actor, cut: Cut) -> tuple[int, int]:
    """Budget and paid amount of the projects that have both, in fen."""
    found = tally(actor, [AMOUNTS], None, cut)[None]
    return found["budget"], found["paid"]
