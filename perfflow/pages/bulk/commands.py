"""A confirmed selection: begun once, then row after row, each in a unit of work of its own."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update

from perfflow.core import advance, clock, cooperation
from perfflow.core.access import Actor
from perfflow.core.bulk import APPROVALS, BulkAct
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound, PerfflowError, Refused
from perfflow.db import Busy, db
from perfflow.models.bulk import BulkRow, BulkRun
from perfflow.models.item import RectItem
from perfflow.pages.bulk.queries import OUT_OF_REACH, Chosen, Judged
from perfflow.process import N_
from perfflow.workflow.definition import Reason

NOT_CHOSEN = N_("确认时不能办理，没有办。情况有变的，请重新勾选。")
FASTER = N_("%(who)s 已于 %(when)s 先行办理，这一项没有再办。")
CHANGED = N_("内容已被他人更新，这一项没有办。请看过最新内容再办。")
NOT_YOURS = N_("您的角色不能办理这一项。")
BUSY = N_("当时办理的人较多，没有轮到这一项，请稍后再办。")


def begin(act: BulkAct, rows: Sequence[Chosen], left: Sequence[Judged], *, actor: Actor) -> int:
    """Put a selection on file: the rows whose turn comes, and those that were left out, with what is against them.

    Returns the number of the run.
    """
    run = BulkRun(user_id=actor.id, act=act.value, at=clock.now())
    db.session.add(run)
    db.session.flush()
    kept: list[tuple[Chosen, bool | None, str]] = [(row, None, _written(())) for row in rows]
    kept += [(one.row, False, _written(one.reasons or (Reason(NOT_CHOSEN),))) for one in left]
    db.session.add_all(
        BulkRow(
            run_id=run.id, position=position, project_id=row.project_id, item_number=row.number,
            version=row.version, action=row.action, done=done, why=why,
        )
        for position, (row, done, why) in enumerate(kept, 1)
    )  # fmt: skip
    db.session.flush()
    return run.id


def waiting(run_id: int, *, actor: Actor) -> list[int]:
    """The positions whose turn has not come."""
    query = select(BulkRow.position).join(BulkRun, BulkRun.id == BulkRow.run_id).where(
        BulkRow.run_id == run_id, BulkRun.user_id == actor.id, BulkRow.done.is_(None)
    )
    return list(db.session.scalars(query.order_by(BulkRow.position)))


def take(run_id: int, position: int, opinion: str, *, actor: Actor) -> None:
    """Act on one row, once. Raises what the act raises; then the whole row's work is undone."""
    row = db.session.execute(
        select(BulkRun.act, BulkRow.project_id, BulkRow.item_number, BulkRow.version, BulkRow.action, BulkRow.done)
        .join(BulkRun, BulkRun.id == BulkRow.run_id)
        .where(BulkRow.run_id == run_id, BulkRow.position == position, BulkRun.user_id == actor.id)
    ).one_or_none()
    if row is None or row.done is not None:
        return
    if row.act == BulkAct.URGE:
        cooperation.urge(row.project_id, row.item_number or None, actor=actor)
    else:
        _approve(row, opinion, actor)
    _settle(run_id, position, done=True)


def _approve(row: Any, opinion: str, actor: Actor) -> None:
    """The act that was looked at, in the version that was looked at: what was changed since is a conflict."""
    if row.action not in APPROVALS:
        raise Forbidden
    values = {"reason": opinion}
    if not row.item_number:
        advance.advance_project(row.project_id, row.action, actor=actor, version=row.version, values=values)
        return
    item_id = db.session.scalar(
        select(RectItem.id).where(RectItem.project_id == row.project_id, RectItem.number == row.item_number)
    )
    if item_id is None:
        raise NotFound
    advance.advance_item(item_id, row.action, actor=actor, version=row.version, values=values)


def leave(run_id: int, position: int, error: PerfflowError | Busy) -> None:
    """Keep why a row was not done."""
    _settle(run_id, position, done=False, why=_written(_reasons(error)))


def _settle(run_id: int, position: int, *, done: bool, why: str = "[]") -> None:
    db.session.execute(
        update(BulkRow)
        .where(BulkRow.run_id == run_id, BulkRow.position == position, BulkRow.done.is_(None))
        .values(done=done, why=why)
        .execution_options(synchronize_session=False)
    )


def _reasons(error: PerfflowError | Busy) -> tuple[Reason, ...]:
    if isinstance(error, Refused):
        return error.reasons
    if isinstance(error, Invalid):
        return (error.reason,)
    if isinstance(error, Conflict):
        if error.at is None:
            return (Reason(CHANGED),)
        when = error.at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
        return (Reason(FASTER, {"who": error.who, "when": when}),)
    if isinstance(error, Forbidden):
        return (Reason(NOT_YOURS),)
    return (Reason(OUT_OF_REACH if isinstance(error, NotFound) else BUSY),)


def _written(reasons: Iterable[Reason]) -> str:
    return json.dumps([[one.message, dict(one.params)] for one in reasons], ensure_ascii=False)
