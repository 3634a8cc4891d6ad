"""The only writer of a state, for projects and items.

State, due date, journal entry and messages are one transaction. The UPDATE is conditional on state and version:
of fifty simultaneous decisions one wins, the others are told who was faster.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from perfflow.core import calendar, clock, facts, journal, notices
from perfflow.core.access import Actor, Reach, project_for
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from perfflow.core.journal import Change
from perfflow.db import db, in_unit_of_work
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.project import FAR_DAY, Project
from perfflow.process import (
    ITEM,
    ITEM_STATES,
    LEAD_INDEPENDENT,
    N_,
    PROJECT,
    PROJECT_STATES,
    SETTLED_ITEMS,
    Datum,
    I,
    P,
    ProjectFacts,
    Viewer,
)
from perfflow.workflow import engine
from perfflow.workflow.definition import Days, Definition, Due, Lead, Reason, Transition
from perfflow.workflow.engine import Offer

OPINION_LIMIT = 2000
NOT_NOW = N_("此时不能办理“%(act)s”。")


@dataclass(slots=True)
class Step:
    """An act under way, as its effect sees it: the state is already changed, nothing is committed.

    `datum`: what it concerns; an effect that knows better says so.
    """

    actor: Actor
    reach: Reach
    project: Project
    item: RectItem | None
    transition: Transition
    source: str
    target: str
    values: Mapping[str, Any]
    at: datetime
    newest: facts.Newest | None
    datum: Datum
    changes: list[Change] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


Effect = Callable[[Step], None]
_effects: dict[str, Effect] = {}


def effect(name: str) -> Callable[[Effect], Effect]:
    """Register a stage's effect under the name used in process.py."""

    def register(function: Effect) -> Effect:
        if _effects.setdefault(name, function) is not function:
            raise RuntimeError(f"effect {name} is registered twice")
        return function

    return register


def registered_effects() -> frozenset[str]:
    return frozenset(_effects)


def project_offers(reach: Reach, actor: Actor) -> tuple[Offer, ...]:
    """What this person may do with the project now, each with all reasons against it."""
    if not reach.parties:
        return ()
    offers = engine.offers(PROJECT, reach.state, facts.project_facts(reach, actor), reach.parties)
    return tuple(offer for offer in offers if _is_open_to(reach, offer.transition))


def item_offers(reach: Reach, item: RectItem, actor: Actor) -> tuple[Offer, ...]:
    if not reach.parties or not reach.sees(Datum.ITEMS):
        return ()
    return engine.offers(ITEM, item.state, facts.item_facts(item, reach.state, actor), reach.parties)


def items_offers(
    reach: Reach, items: Sequence[RectItem], actor: Actor, newest: Mapping[int, facts.Newest]
) -> dict[int, tuple[Offer, ...]]:
    """Like `item_offers` for several items of a project, by their ids, and without a statement of its own;
    `newest` as found by facts.newest_of_items."""
    if not reach.parties or not reach.sees(Datum.ITEMS):
        return {}
    found = facts.items_facts(items, reach.state, actor, newest)
    return {item.id: engine.offers(ITEM, item.state, found[item.id], reach.parties) for item in items}


def advance_project(
    project_id: int, action: str, *, actor: Actor, version: int | None = None, values: Mapping[str, Any] | None = None
) -> Project:
    """Take an act on a project. `version`: the one the form was drawn from; None where no form was shown.

    Raises NotFound, Forbidden, Refused (with every reason), Invalid (a field), Conflict (somebody was faster).
    """
    reach = project_for(actor, project_id)
    project = db.session.get_one(Project, project_id, populate_existing=True)
    project_facts = facts.project_facts(reach, actor)
    transition = _permitted(PROJECT, project.state, action, project_facts, reach, version, project.version)
    step = _step(actor, reach, project, None, transition, project_facts, values)
    _claim(Project, project, step, _project_columns(step))
    _finish(step)
    _refresh_items(project)
    return project


def advance_item(
    item_id: int, action: str, *, actor: Actor, version: int | None = None, values: Mapping[str, Any] | None = None
) -> RectItem:
    """Take an act on an item; raises like `advance_project`."""
    item = db.session.get(RectItem, item_id, populate_existing=True)
    if item is None:
        raise NotFound
    reach = project_for(actor, item.project_id)
    if not reach.sees(Datum.ITEMS):
        raise NotFound
    item_facts = facts.item_facts(item, reach.state, actor)
    transition = _permitted(ITEM, item.state, action, item_facts, reach, version, item.version, item)
    project = db.session.get_one(Project, item.project_id, populate_existing=True)
    step = _step(actor, reach, project, item, transition, item_facts, values)
    _claim(RectItem, item, step, _item_columns(step))
    _finish(step)
    _refresh_items(project)
    return item


def advance_internally(step: Step, action: str, *, item: RectItem | None = None) -> None:
    """Take an internal act as part of another one: the same actor, the same transaction, the same reason."""
    definition = PROJECT if item is None else ITEM
    transition = definition.named(action)
    subject: Project | RectItem = step.project if item is None else item
    db.session.refresh(subject)
    if transition is None or not transition.internal or subject.state not in transition.sources:
        raise Refused(Reason(NOT_NOW, {"act": transition.label if transition else action}))
    values = {"reason": step.values.get("reason", "")}
    target = engine.target(transition, subject.state, None)
    inner = Step(
        step.actor, step.reach, step.project, item, transition, subject.state, target, values, step.at, None,
        Datum(transition.datum),
    )  # fmt: skip
    if item is None:
        _claim(Project, subject, inner, _project_columns(inner))
    else:
        _claim(RectItem, subject, inner, _item_columns(inner))
    _finish(inner)


# ---------------------------------------------------------------- may it


def _permitted(
    definition: Definition,
    state: str,
    action: str,
    subject_facts: Any,
    reach: Reach,
    seen_version: int | None,
    version: int,
    item: RectItem | None = None,
) -> Transition:
    if not in_unit_of_work():
        raise RuntimeError("a state changes inside a unit of work only")
    transition = definition.named(action)
    if transition is None or transition.internal:
        raise NotFound
    check_party(reach, transition)
    if seen_version is not None and seen_version != version:
        raise _conflict(reach.id, item.id if item else None)
    offer = engine.offer(definition, state, action, subject_facts, reach.parties)
    if offer is None:
        raise Refused(Reason(NOT_NOW, {"act": transition.label}))
    if offer.reasons:
        raise Refused(*offer.reasons)
    return transition


def check_party(reach: Reach, transition: Transition) -> None:
    """Raise Forbidden for an act of another party. A lead who has not declared himself is told that and no more:
    the reasons against an act tell of the project."""
    if not reach.parties.intersection(transition.parties):
        raise Forbidden
    if not _is_open_to(reach, transition):
        raise Refused(*LEAD_INDEPENDENT.check(ProjectFacts(lead_independent=False)))


def _is_open_to(reach: Reach, transition: Transition) -> bool:
    return reach.viewer is not Viewer.FIRM or reach.declared or transition.before_declaring


def _conflict(project_id: int, item_id: int | None) -> Conflict:
    newest = facts.newest_entry(project_id, item_id)
    if newest is None:
        return Conflict("", None)
    return Conflict(newest.user_name, datetime.fromisoformat(newest.body["at"]))


def _step(
    actor: Actor,
    reach: Reach,
    project: Project,
    item: RectItem | None,
    transition: Transition,
    subject_facts: Any,
    values: Mapping[str, Any] | None,
) -> Step:
    given = dict(values or {})
    reason = str(given.get("reason") or "").strip()
    if transition.reason and not reason:
        raise Invalid("reason", "请写明理由。")
    if len(reason) > OPINION_LIMIT:
        raise Invalid("reason", "意见请控制在 %(limit)d 字以内。", limit=OPINION_LIMIT)
    for wanted in transition.fields:
        if wanted.required and given.get(wanted.name) in (None, "", []):
            raise Invalid(wanted.name, "“%(label)s”还没有填写。", label=wanted.label)
    given["reason"] = reason
    source = item.state if item else project.state
    target = engine.target(transition, source, subject_facts)
    newest = facts.newest_entry(project.id, item.id if item else None)
    datum = Datum(newest.body["datum"] if transition.leads is Lead.BACK and newest else transition.datum)
    return Step(actor, reach, project, item, transition, source, target, given, clock.now(), newest, datum)


# ---------------------------------------------------------------- do it


def _claim(table: type[Project] | type[RectItem], subject: Any, step: Step, columns: dict[str, Any]) -> None:
    step.extra.setdefault("due_before", subject.due_on.isoformat() if subject.due_on else None)
    step.extra.setdefault("submitter_before", subject.submitted_by)
    statement = (
        update(table)
        .where(table.id == subject.id, table.state == step.source, table.version == subject.version)
        .values(version=subject.version + 1, **columns)
        .execution_options(synchronize_session=False)
    )
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise _conflict(step.project.id, step.item.id if step.item else None)
    db.session.refresh(subject)


def _finish(step: Step) -> None:
    item = step.item
    if step.transition.effect is not None:
        _effects[step.transition.effect](step)
        db.session.flush()
    subject: Project | RectItem = item if item is not None else step.project
    step.extra["due"] = subject.due_on.isoformat() if subject.due_on else None
    journal.record(
        journal.Entry(
            action=step.transition.action,
            datum=step.datum,
            project_id=step.project.id,
            project_code=step.project.code,
            item_id=item.id if item else None,
            # an act that ends an assignment is that assignment's last; project.assignment_id is already empty then
            assignment_id=step.reach.assignment_id or step.project.assignment_id,
            from_state=step.source,
            to_state=step.target,
            round=_round(step),
            reason=step.values.get("reason", ""),
            changes=tuple(step.changes),
            extra=tuple(sorted(step.extra.items())),
        ),
        actor=step.actor,
    )
    params = {"name": step.project.name, "number": item.number if item else None}
    code = f"{'item' if item else 'project'}.{step.transition.action}"
    tells = list(step.transition.tells)
    notices.tell(step.project, tells, code, params, actor=step.actor, item_id=item.id if item else None)


def _round(step: Step) -> int:
    of = JournalEntry.item_id == step.item.id if step.item else JournalEntry.item_id.is_(None)
    earlier = db.session.scalar(
        select(func.count()).where(
            JournalEntry.project_id == step.project.id, of, JournalEntry.action == step.transition.action
        )
    )
    return (earlier or 0) + 1


def _project_columns(step: Step) -> dict[str, Any]:
    columns = _common(step, PROJECT, step.project.submitted_by, project_deadline(step.project.id))
    state = columns["state"]
    columns["updated_at"] = step.at
    columns["seen_as"] = step.source if state == P.TERMINATED else state
    columns["waiting_for"] = waiting_project(state, _all_settled(step.project.id))
    if step.transition.submits and step.project.submitted_at is None:
        columns["submitted_at"] = step.at
        step.extra["first_submission"] = True
    if step.transition.leads is Lead.BACK and step.newest and step.newest.body.get("first_submission"):
        columns["submitted_at"] = None
    return columns


def _item_columns(step: Step) -> dict[str, Any]:
    assert step.item is not None
    return _common(step, ITEM, step.item.submitted_by, step.item.deadline)


def _common(step: Step, definition: Definition, submitted_by: int | None, deadline: date | None) -> dict[str, Any]:
    columns: dict[str, Any] = {"state": step.target}
    subject: Project | RectItem = step.item if step.item is not None else step.project
    due = subject.due_on
    if step.transition.leads is not Lead.STAY:
        columns["entered_at"] = step.at
        columns["holder_id"] = None  # it was handed over for the step that ends here
        due = _due(definition, step.target, clock.local_day(step.at), deadline)
    if step.transition.leads is Lead.BACK and step.newest:
        before = step.newest.body.get("due_before")
        due = date.fromisoformat(before) if before else None
        columns["submitted_by"] = step.newest.body.get("submitter_before")
    elif step.transition.submits:
        columns["submitted_by"] = step.actor.id
    if step.values.get("due_on") is not None and any(f.name == "due_on" for f in step.transition.fields):
        due = step.values["due_on"]
    columns["due_on"] = due
    columns["due_sort"] = due or FAR_DAY
    return columns


def _due(definition: Definition, state: str, entered: date, deadline: date | None) -> date | None:
    rule = definition.states[state].due
    if rule is Due.DEADLINE:
        return deadline
    if isinstance(rule, Days):
        day = calendar.due(entered, rule)
        return min(day, deadline) if rule.capped and deadline else day
    return None


def first_item_due(deadline: date) -> date:
    """The due date of an item's first step on the day it is issued."""
    return _due(ITEM, ITEM.start, clock.today(), deadline) or deadline


def project_deadline(project_id: int) -> date | None:
    """The latest deadline of the project's items."""
    return db.session.scalar(
        select(func.max(RectItem.deadline)).where(RectItem.project_id == project_id, RectItem.state != I.CANCELLED)
    )


# ---------------------------------------------------------------- what follows from the states


def waiting_project(state: str, all_settled: bool) -> str:
    """The party in whose 待办 the project row stands; in 整改中 only once every item is settled."""
    actors = PROJECT_STATES[state].actors
    if not actors or (state == P.RECTIFYING and not all_settled):
        return ""
    return actors[0]


def waiting_item(state: str, project_state: str, continuing: bool) -> str:
    """The party in whose 待办 the item stands. A continuing item waits only near its day, so it is listed too."""
    actors = ITEM_STATES[state].actors
    return actors[0] if actors and facts.item_movable(project_state, continuing) else ""


def _all_settled(project_id: int) -> bool:
    open_ones = select(func.count()).where(
        RectItem.project_id == project_id, RectItem.state.not_in(sorted(SETTLED_ITEMS))
    )
    return not db.session.scalar(open_ones)


def _refresh_items(project: Project) -> None:
    """Bring the derived columns of a project and its items up to date after any act on either."""
    db.session.flush()
    db.session.refresh(project)
    items = db.session.scalars(select(RectItem).where(RectItem.project_id == project.id)).all()
    for item in items:
        waiting_for = waiting_item(item.state, project.state, item.continuing)
        if waiting_for != item.waiting_for:
            item.waiting_for, item.holder_id = waiting_for, None
        item.due_sort = item.due_on or FAR_DAY
    if project.state == P.RECTIFYING:
        waiting_for = waiting_project(project.state, all(i.state in SETTLED_ITEMS for i in items))
        if waiting_for != project.waiting_for:
            project.waiting_for, project.holder_id = waiting_for, None
        if items:
            deadlines = [i.deadline for i in items if i.state != I.CANCELLED]
            project.due_on = max([*deadlines, project.due_on or date.min], default=None)
            project.due_sort = project.due_on or FAR_DAY
    db.session.flush()
