"""Append-only, each entry chained by hash to the one before. Two chains: acts (journal) and events.

The hashed text itself is stored and the columns beside it repeat it, so an entry that was changed in either
place is found. The head of each chain is updated last, in the transaction of the entry.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from perfflow.core import clock, search
from perfflow.core.access import Actor
from perfflow.db import db
from perfflow.models.journal import ChainHead, EventEntry, JournalEntry
from perfflow.process import Datum

GENESIS = "0" * 64
PROTECTED = ("journal", "event")
ASIDE = frozenset({"urge", "hand_over", "share"})
"""Acts that touch nothing of the project: they hinder no withdrawal, and nobody was "faster" by them."""
INTERNAL = frozenset({"hand_over", "share"})
"""Told within the organisation only: their words were meant for colleagues, whatever the datum."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an act changed: a label (message id), the old and the new value in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An act about to be recorded."""

    action: str
    datum: Datum
    project_id: int | None = None
    project_code: str = ""
    item_id: int | None = None
    assignment_id: int | None = None
    from_state: str | None = None
    to_state: str | None = None
    round: int = 1
    reason: str = ""
    changes: tuple[Change, ...] = ()
    extra: tuple[tuple[str, Any], ...] = ()


def record(entry: Entry, *, actor: Actor) -> int:
    """Append an act to the journal, inside the caller's unit of work. Returns its number."""
    at = clock.now()
    body = {
        "at": at.isoformat(timespec="microseconds"),
        "user": actor.id,
        "name": actor.display_name,
        "role": actor.role.value,
        "organisation": actor.organisation_name,
        "action": entry.action,
        "datum": entry.datum.value,
        "project": entry.project_id,
        "code": entry.project_code,
        "item": entry.item_id,
        "assignment": entry.assignment_id,
        "from": entry.from_state,
        "to": entry.to_state,
        "round": entry.round,
        "reason": entry.reason,
        "changes": [[c.label, c.old, c.new] for c in entry.changes],
        **dict(entry.extra),
    }

    def row(number: int, digest: str, text_: str) -> dict[str, Any]:
        return {
            "id": number,
            "hash": digest,
            "body": text_,
            "project_id": entry.project_id,
            "item_id": entry.item_id,
            "assignment_id": entry.assignment_id,
            "user_id": actor.id,
            "role": actor.role.value,
            "at": at,
            "action": entry.action,
            "from_state": entry.from_state,
            "to_state": entry.to_state,
            "round": entry.round,
            "datum": entry.datum.value,
            "reason": entry.reason,
        }

    if entry.project_id is not None:
        search.touched(entry.project_id)  # whoever writes a text records it here
    return _append("journal", JournalEntry, body, row)


def record_event(kind: str, *, user_id: int | None, details: dict[str, Any]) -> int:
    """Append an event (log-in, download, refusal …), inside the caller's unit of work."""
    at = clock.now()
    body = {"at": at.isoformat(timespec="microseconds"), "kind": kind, "user": user_id, **details}

    def row(number: int, digest: str, text_: str) -> dict[str, Any]:
        return {"id": number, "hash": digest, "body": text_, "kind": kind, "user_id": user_id, "at": at}

    return _append("event", EventEntry, body, row)


def _append(
    chain: str,
    table: type[JournalEntry] | type[EventEntry],
    body: dict[str, Any],
    row: Callable[[int, str, str], dict[str, Any]],
) -> int:
    head = select(ChainHead.length, ChainHead.hash).where(ChainHead.chain == chain).with_for_update()
    length, previous = db.session.execute(head).one()
    text_ = json.dumps({"chain": chain, "number": length + 1, "previous": previous, **body},
                       ensure_ascii=False, sort_keys=True, separators=(",", ":"))  # fmt: skip
    digest = hashlib.sha256(text_.encode()).hexdigest()
    db.session.execute(insert(table).values(**row(length + 1, digest, text_)))
    db.session.execute(
        update(ChainHead).where(ChainHead.chain == chain).values(length=length + 1, hash=digest)
    )
    return int(length) + 1


# ---------------------------------------------------------------- protection and verification


def install_triggers(connection: Connection) -> None:
    """Refuse change and deletion in both chains. Called after every migration: a batch recreate drops triggers."""
    for statement in _trigger_statements(connection.dialect.name):
        connection.execute(text(statement))


def missing_triggers(connection: Connection) -> tuple[str, ...]:
    """Names of the protecting triggers that are not there."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    there = set(connection.execute(text(query)).scalars())
    return tuple(name for name in _trigger_names() if name not in there)


@dataclass(frozen=True, slots=True)
class Verified:
    """`broken`: what was found first, with its entry; None when the chain holds."""

    chain: str
    length: int
    head: str
    broken: str | None


def verify(chain: str, *, last: int | None = None) -> Verified:
    """Walk a chain from its first entry: text against hash, columns against text, hash against the next, head.

    `last`: only the newest so many entries; what stands before them is taken for granted.
    """
    head = db.session.execute(select(ChainHead.length, ChainHead.hash).where(ChainHead.chain == chain)).one_or_none()
    if head is None:
        return Verified(chain, 0, GENESIS, f"{chain}: the head row is missing")
    length, digest = head
    count = 0 if last is None else max(0, length - last)
    previous = _hash_of(chain, count)
    for number, stored, fault, body in _walk(chain, count):
        if fault is None and (body["number"] != count + 1 or number != count + 1):
            fault = "an entry is missing or was inserted before it"
        if fault is None and body["previous"] != previous:
            fault = "its link to the entry before does not fit"
        if fault is not None:
            return Verified(chain, length, digest, f"{chain} entry {number}: {fault}")
        previous, count = stored, count + 1
    if (count, previous) != (length, digest):
        return Verified(chain, length, digest, f"{chain} entry {count + 1}: the tail was cut")
    return Verified(chain, length, digest, None)


def _hash_of(chain: str, number: int) -> str:
    if number == 0:
        return GENESIS
    table: Any = _table(chain)
    return db.session.scalar(select(table.hash).where(table.id == number)) or ""


def _table(chain: str) -> Any:
    return JournalEntry if chain == "journal" else EventEntry


def _walk(chain: str, behind: int) -> Iterator[tuple[int, str, str | None, dict[str, Any]]]:
    table = _table(chain)
    query = select(table.__table__).where(table.id > behind).order_by(table.id)
    rows = db.session.execute(query.execution_options(yield_per=500))
    for row in rows.mappings():
        body_text, stored = row["body"], row["hash"]
        if hashlib.sha256(body_text.encode()).hexdigest() != stored:
            yield row["id"], stored, "its text does not fit its hash", {}
            return
        body = json.loads(body_text)
        yield row["id"], stored, _column_fault(chain, row, body), body


_COLUMNS = {
    "journal": {
        "project_id": "project", "item_id": "item", "assignment_id": "assignment", "user_id": "user",
        "role": "role", "action": "action", "from_state": "from", "to_state": "to", "round": "round",
        "datum": "datum", "reason": "reason",
    },
    "event": {"kind": "kind", "user_id": "user"},
}  # fmt: skip


def _column_fault(chain: str, row: Any, body: dict[str, Any]) -> str | None:
    if body["chain"] != chain:
        return "it belongs to the other chain"
    for column, key in _COLUMNS[chain].items():
        if row[column] != body[key]:
            return f"its column {column} does not fit its text"
    if _utc(row["at"]) != datetime.fromisoformat(body["at"]):
        return "its time does not fit its text"
    return None


def _utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _trigger_names() -> tuple[str, ...]:
    return tuple(f"{table}_no_{verb}" for table in PROTECTED for verb in ("update", "delete"))


def _trigger_statements(dialect: str) -> Iterator[str]:
    if dialect == "sqlite":
        for table in PROTECTED:
            for verb in ("update", "delete"):
                yield (
                    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    yield (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in PROTECTED:
        for verb in ("update", "delete"):
            yield (
                f"CREATE OR REPLACE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
