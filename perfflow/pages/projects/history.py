"""办理进度 and 办理记录: what was done, by whom and why, how long each step had lasted. Read from the journal alone."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select

from perfflow.core import access, clock, cooperation
from perfflow.core.access import Reach
from perfflow.db import db
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.process import PROJECT_STATES, Datum, Party, Viewer
from perfflow.web import filters, words
from perfflow.web.translate import noted
from perfflow.web.words import EntryView

LATEST = 6
"""Steps shown beside every page of a project; the full record has a page of its own."""
PAGE = 100
WITH_THE_NOTICE = "issue_item"
"""Recorded once for each item when the notice is issued: told by the notice already."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`before`: where the next page of older entries begins; None at the end."""

    entries: list[EntryView]
    count: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Steps:
    """The newest steps, and when each act on the project itself was last taken. `returned`: the step back by which the
    project came to stand where it stands, if it is among the newest."""

    latest: list[EntryView]
    newest_action: str
    returned: EntryView | None
    taken: dict[str, datetime]
    count: int


def steps(reach: Reach) -> Steps:
    """What the frame of every page of a project tells of its history."""
    moves = _entries(reach).where(moved(), JournalEntry.action != WITH_THE_NOTICE)
    rows = db.session.execute(moves.order_by(JournalEntry.id.desc()).limit(LATEST)).all()
    former = _acts_of_former_firms(reach)
    taken = {action: at for action, at in _taken(reach)}
    views = [_view(row, reach, former, in_short=True) for row in rows]
    newest = next((view for row, view in zip(rows, views, strict=True) if row.item_id is None), None)
    return Steps(
        latest=views,
        newest_action=next(iter(taken), ""),
        returned=newest if newest and newest.kind == "back" and newest.reason else None,
        taken=taken,
        count=count(reach),
    )


def page(reach: Reach, before: int | None) -> HistoryPage:
    """Newest first: reasons and changes only of data this person may read."""
    query = _entries(reach)
    if before is not None:
        query = query.where(JournalEntry.id < before)
    rows = db.session.execute(query.order_by(JournalEntry.id.desc()).limit(PAGE + 1)).all()
    former = _acts_of_former_firms(reach)
    shown = rows[:PAGE]
    return HistoryPage(
        [_view(row, reach, former) for row in shown], count(reach), shown[-1].id if len(rows) > PAGE else None
    )


def count(reach: Reach) -> int:
    """How many entries the full record shows to this person."""
    return db.session.scalar(select(func.count()).where(*_shown(reach))) or 0


def last_steps_of_items(reach: Reach) -> dict[int, str]:
    """The act that brought each item of the project where it stands, by the item's id."""
    latest = (
        select(func.max(JournalEntry.id))
        .where(JournalEntry.project_id == reach.id, JournalEntry.item_id.is_not(None), moved())
        .group_by(JournalEntry.item_id)
    )
    rows = db.session.execute(
        select(JournalEntry.item_id, JournalEntry.action).where(JournalEntry.id.in_(latest))
    )
    return {item_id: action for item_id, action in rows if item_id is not None}


def holder(reach: Reach, entered_at: datetime, due_on: Any) -> EntryView:
    """Who holds it now, and since when."""
    days = (clock.today() - clock.local_day(entered_at)).days
    state = PROJECT_STATES[reach.state]
    who = {
        Party.UNIT: _("预算单位"), Party.EVALUATOR: _("评价机构"), Party.SUPERVISOR: _("预算主管部门"),
    }.get(Party(state.actors[0])) if state.actors else None  # fmt: skip
    label = words.project_state(reach.state)
    what = _("%(state)s，由%(holder)s办理", state=label, holder=who) if who else label
    since = _("现在 · %(stay)s", stay=ngettext("已停留 %(num)d 天", "已停留 %(num)d 天", days))
    return EntryView("now", since, "", what, "", filters.due_words(due_on) if due_on and who else "", [])


def moved() -> ColumnElement[bool]:
    """Whether an entry changed a state; a condition on JournalEntry."""
    return access.all_of(
        JournalEntry.to_state.is_not(None), JournalEntry.to_state.is_distinct_from(JournalEntry.from_state)
    )


# ---------------------------------------------------------------- what this person is shown


def _shown(reach: Reach) -> list[ColumnElement[bool]]:
    """The entries of this project: that it moved is told to all, the rest by the datum."""
    seen = [datum.value for datum in Datum if reach.sees(datum)]
    conditions = [
        JournalEntry.project_id == reach.id,
        access.any_of(JournalEntry.datum.in_(seen), moved()),
        cooperation.told_to(reach.viewer),
    ]
    if reach.viewer is Viewer.FIRM:
        # its own assignment, and what was before any; never the former firm's
        before = access.all_of(JournalEntry.assignment_id.is_(None), JournalEntry.datum == Datum.DECLARATION.value)
        conditions.append(access.any_of(JournalEntry.assignment_id == reach.assignment_id, before))
    return conditions


def _entries(reach: Reach) -> Any:
    """Entries with their item's number, and since when the state had lasted that they ended."""
    began = (
        select(
            JournalEntry.id.label("id"),
            _previous(JournalEntry.at).label("at"),
            _previous(JournalEntry.to_state).label("state"),
        )
        .where(*_shown(reach), moved())
        .subquery()
    )
    return (
        select(
            JournalEntry.id, JournalEntry.at, JournalEntry.action, JournalEntry.item_id, JournalEntry.from_state,
            JournalEntry.to_state, JournalEntry.round, JournalEntry.datum, JournalEntry.reason, JournalEntry.body,
            JournalEntry.assignment_id, RectItem.number, began.c.at.label("began"), began.c.state.label("began_as"),
        )
        .outerjoin(RectItem, RectItem.id == JournalEntry.item_id)
        .outerjoin(began, began.c.id == JournalEntry.id)
        .where(*_shown(reach))
    )  # fmt: skip


def _previous(column: Any) -> Any:
    """The column of the step before, of the same item or of the project itself."""
    return func.lag(column, type_=column.type).over(
        partition_by=func.coalesce(JournalEntry.item_id, 0), order_by=JournalEntry.id
    )


def _taken(reach: Reach) -> list[Any]:
    """Each act on the project itself with its last time, the newest first."""
    newest = func.max(JournalEntry.id)
    return list(
        db.session.execute(
            select(JournalEntry.action, func.max(JournalEntry.at))
            .where(*_shown(reach), moved(), JournalEntry.item_id.is_(None))
            .group_by(JournalEntry.action)
            .order_by(newest.desc())
        )
    )


def _acts_of_former_firms(reach: Reach) -> dict[str, int]:
    """How often each act was taken under earlier assignments: a firm counts its rounds from one, and is not told
    by a second round that there was another firm before."""
    if reach.viewer is not Viewer.FIRM:
        return {}
    mine = reach.assignment_id or 0
    rows = db.session.execute(
        select(JournalEntry.action, func.count())
        .where(JournalEntry.project_id == reach.id, JournalEntry.item_id.is_(None), JournalEntry.assignment_id < mine)
        .group_by(JournalEntry.action)
    )
    return dict(rows.all())


# ---------------------------------------------------------------- in words


def _view(row: Any, reach: Reach, former: dict[str, int], *, in_short: bool = False) -> EntryView:
    """`in_short`: what and why; the changes stand in the full record."""
    open_ = reach.sees(Datum(row.datum))
    body = json.loads(row.body)
    changes = body["changes"] if open_ and not in_short else []
    who = body["name"] if not body["organisation"] else noted(body["name"], body["organisation"])
    return EntryView(
        kind="back" if words.is_step_back(row.action) else "ok",
        at_text=filters.when(row.at),
        who=who,
        what=_what(row, former),
        reason=row.reason if open_ else "",
        stay_text=_stay(row),
        changes=[words.change(label, old, new) for label, old, new in changes],
    )


def _what(row: Any, former: dict[str, int]) -> str:
    what = words.act_label(row.action, item=row.item_id is not None)
    of_former = former.get(row.action, 0) if row.assignment_id and not row.item_id else 0
    if row.round - of_former > 1:
        what = _("%(act)s（第 %(round)d 次）", act=what, round=row.round - of_former)
    if row.to_state and row.from_state != row.to_state:
        state = words.item_state if row.item_id else words.project_state
        what = _("%(act)s → %(state)s", act=what, state=state(row.to_state))
    return _("事项 %(n)d：%(act)s", n=row.number, act=what) if row.number is not None else what


def _stay(row: Any) -> str:
    """How long the state had lasted that this act ended."""
    if row.began is None or row.from_state is None or row.began_as != row.from_state:
        return ""
    days = (clock.local_day(row.at) - clock.local_day(row.began)).days
    return ngettext("此前停留 %(num)d 天", "此前停留 %(num)d 天", days)
