"""Writing between two acts: whose turn it is, that nobody was faster, and the entry that remains."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, update

from perfflow.core import clock, facts, journal
from perfflow.core.access import Actor, Reach, project_for
from perfflow.core.errors import Conflict, Forbidden, Refused
from perfflow.core.journal import Change
from perfflow.db import db, in_unit_of_work
from perfflow.models.project import Project
from perfflow.process import N_, PROJECT_STATES, Datum, Party
from perfflow.workflow.definition import Reason


def to_edit(project_id: int, party: Party, states: Iterable[str], *, actor: Actor) -> Reach:
    """The project as it is inside this unit of work, when this party may write there now.

    Raises NotFound, Forbidden (not this party's), Refused (not in this state).
    """
    if not in_unit_of_work():
        raise RuntimeError("what is written belongs to a unit of work")
    reach = project_for(actor, project_id)
    if party not in reach.parties:
        raise Forbidden
    if reach.state not in states:
        label = PROJECT_STATES[reach.state].label
        raise Refused(Reason(N_("项目现为“%(state)s”，此处不能修改。"), {"state": label}))
    return reach


def claim(table: Any, id_: int, version: int | None, reach: Reach) -> None:
    """Take the next version of a row; Conflict when it is no longer the one the form was drawn from."""
    same = () if version is None else (table.version == version,)
    statement = (
        update(table)
        .where(inspect(table).primary_key[0] == id_, *same)
        .values(version=table.version + 1)
        .execution_options(synchronize_session=False)
    )
    if db.session.execute(statement).rowcount == 1:  # type: ignore[attr-defined]
        return
    newest = facts.newest_entry(reach.id)
    raise Conflict("", None) if newest is None else Conflict(
        newest.user_name, datetime.fromisoformat(newest.body["at"])
    )


def record(
    reach: Reach,
    action: str,
    datum: Datum,
    changes: Iterable[Change],
    *,
    actor: Actor,
    item_id: int | None = None,
    draft: bool = False,
    claimed: tuple[Any, int] | None = None,
) -> None:
    """Journal what was written; nothing when nothing changed, and the row that was claimed keeps its version: the
    next writer is not refused in favour of somebody who changed nothing.

    A draft's words stand beside the entry's changes, not among them: who may read the datum later was not
    meant to read every wording before.
    """
    changed = tuple(changes)
    if not changed:
        if claimed is not None:
            db.session.get_one(*claimed, populate_existing=True).version -= 1
            db.session.flush()
        return
    touched = update(Project).where(Project.id == reach.id).values(updated_at=clock.now())
    db.session.execute(touched.execution_options(synchronize_session=False))
    journal.record(
        journal.Entry(
            action=action,
            datum=datum,
            project_id=reach.id,
            project_code=reach.code,
            item_id=item_id,
            assignment_id=reach.assignment_id,
            changes=() if draft else changed,
            extra=(("draft", [[c.label, c.old, c.new] for c in changed]),) if draft else (),
        ),
        actor=actor,
    )


def renumber(rows: Iterable[tuple[Any, int]]) -> None:
    """Give rows new numbers that are unique among them; two rows may exchange theirs."""
    moved = [(row, number) for row, number in rows if row.number != number]
    for row, _number in moved:
        row.number = -row.id  # out of the way: each UPDATE is checked by itself
    db.session.flush()
    for row, number in moved:
        row.number = number
    db.session.flush()
