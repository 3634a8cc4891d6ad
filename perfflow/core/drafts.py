"""Drafts: kept aside while somebody writes. They never touch the record, and nothing of them is journaled."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from perfflow.core import clock, form_keys
from perfflow.core.access import Actor, project_for, scoped
from perfflow.core.errors import Invalid, NotFound
from perfflow.db import db
from perfflow.models.draft import Draft
from perfflow.models.item import RectItem
from perfflow.models.project import Project
from perfflow.process import N_

KEPT_FOR = timedelta(days=30)
LONGEST = 1_000_000  # characters; the longest declaration of the official papers has 9,000
MOST = 100  # forms of one user; the oldest gives way

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A form as it stands on somebody's screen. `key` is its form key, `version` what it was drawn from."""

    form_name: str
    version: int | None
    pairs: Pairs
    key: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A draft without its texts."""

    id: int
    project_id: int | None
    action: str
    form_name: str
    version: int | None
    saved_at: datetime


_HEAD = (Draft.id, Draft.project_id, Draft.action, Draft.form_name, Draft.version, Draft.saved_at)


def keep(action: str, written: Written, *, project_id: int | None, actor: Actor) -> Head | None:
    """Write the draft of this form over the one before, inside a unit of work; that the form may be sent there is
    the caller's to know. None when the form was sent already: what comes late must not bring its text back.
    Raises Invalid when it is too long.
    """
    if written.key and form_keys.result(written.key, actor=actor) is not None:
        return None
    fields = json.dumps(written.pairs, ensure_ascii=False)
    if len(fields) > LONGEST:
        raise Invalid("draft", N_("内容过长，不能自动保存为草稿，请直接保存。"))
    values = {
        "project_id": project_id,
        "form_name": written.form_name[:100],
        "form_key": written.key,
        "version": written.version,
        "fields": fields,
        "saved_at": clock.now(),
    }
    if not _write_over(action, values, actor):
        try:
            with db.session.begin_nested():
                db.session.add(Draft(user_id=actor.id, action=action, **values))
        except IntegrityError:  # another process was faster with the first draft of this form
            _write_over(action, values, actor)
        _make_room(actor)
    query = select(*_HEAD).where(Draft.user_id == actor.id, Draft.action == action)
    return Head(*db.session.execute(query).one())


def _write_over(action: str, values: dict[str, Any], actor: Actor) -> bool:
    statement = update(Draft).where(Draft.user_id == actor.id, Draft.action == action).values(**values)
    statement = statement.execution_options(synchronize_session=False)
    return bool(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _make_room(actor: Actor) -> None:
    count = db.session.scalar(select(func.count()).select_from(Draft).where(Draft.user_id == actor.id)) or 0
    if count > MOST:
        oldest = select(Draft.id).where(Draft.user_id == actor.id).order_by(Draft.saved_at, Draft.id)
        _delete(Draft.id.in_(oldest.limit(count - MOST)))


def of(actor: Actor) -> list[Head]:
    """Every draft of this person, newest first."""
    query = select(*_HEAD).where(Draft.user_id == actor.id).order_by(Draft.saved_at.desc(), Draft.id.desc())
    return [Head(*row) for row in db.session.execute(query)]


def find(draft_id: int, *, actor: Actor) -> tuple[Head, Pairs]:
    """A draft with its texts. Raises NotFound, also when its project is out of this person's reach by now."""
    query = select(*_HEAD, Draft.fields).where(Draft.id == draft_id, Draft.user_id == actor.id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    found = Head(row.id, row.project_id, row.action, row.form_name, row.version, row.saved_at)
    if found.project_id is not None:
        project_for(actor, found.project_id)
    return found, _pairs(json.loads(row.fields))


def project_names(heads: Iterable[Head], *, actor: Actor) -> dict[int, str]:
    """The projects of these drafts that are in this person's reach by now, as they are named."""
    wanted = {head.project_id for head in heads if head.project_id is not None}
    query = scoped(actor, Project.id, Project.name, Project.name_filed).where(Project.id.in_(wanted))
    return {id_: filed or name for id_, name, filed in db.session.execute(query)} if wanted else {}


def item_version(project_id: int, number: int) -> int | None:
    """Of an item as it stands now, to be compared with the one its act was drawn from."""
    return db.session.scalar(
        select(RectItem.version).where(RectItem.project_id == project_id, RectItem.number == number)
    )


def _pairs(rows: Iterable[Iterable[str]]) -> Pairs:
    return tuple((name, text) for name, text in rows)


def forget(action: str, *, key: str, draft_id: int | None, actor: Actor) -> None:
    """A form was sent: its draft has served, in the same unit of work.

    Where several buttons send one form to different acts it is found by its key, or as the draft that was offered.
    """
    same = [Draft.action == action]
    if key:
        same.append(Draft.form_key == key)
    if draft_id is not None:
        same.append(Draft.id == draft_id)
    _delete(Draft.user_id == actor.id, or_(*same))


def discard(draft_id: int, *, actor: Actor) -> None:
    _delete(Draft.user_id == actor.id, Draft.id == draft_id)


def drop_old() -> None:
    """Drafts that nobody came back to, whosever they are."""
    _delete(Draft.saved_at < clock.now() - KEPT_FOR)


def _delete(*which: Any) -> None:
    db.session.execute(delete(Draft).where(*which).execution_options(synchronize_session=False))
