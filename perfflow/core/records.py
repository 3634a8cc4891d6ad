"""What every table kept by hand shares: a row by its id, who was faster, and the entry of a change."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from perfflow.core import journal
from perfflow.core.access import Actor, Permission, may
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound
from perfflow.core.journal import Change
from perfflow.db import db
from perfflow.models.journal import JournalEntry
from perfflow.process import N_, Datum

LARGEST = 2**53
PICK = N_("请从列表中选择。")

Subject = tuple[str, int | str]
"""What a change is about: a kind and its number, such as ("user", 7) or ("holidays", 2026)."""


def get(table: Any, row_id: int) -> Any:
    """The row as it is now. Raises NotFound."""
    row = db.session.get(table, row_id, populate_existing=True) if 0 < row_id < LARGEST else None
    if row is None:
        raise NotFound
    return row


def administrators_only(actor: Actor) -> None:
    if not may(actor, Permission.ADMINISTER):
        raise Forbidden


def not_empty(field: str, text: str) -> None:
    if not text.strip():
        raise Invalid(field, N_("此项还没有填写。"))


def yes_or_no(value: bool) -> str:
    return N_("是") if value else N_("否")


def version_of(values: Any) -> int:
    """A number that changes with the values: these tables have few writers and no column for it."""
    plain = values if isinstance(values, (dict, list)) else asdict(values)
    text = json.dumps(plain, ensure_ascii=True, sort_keys=True, default=str)
    return zlib.crc32(text.encode()) % 1_000_000_000


def same_version(subject: Subject, now: int, seen: int | None) -> None:
    """Raises Conflict when a form was drawn from what is no longer there."""
    if seen is not None and seen != now:
        raise Conflict(*_last_change(subject))


def record_change(action: str, subject: Subject, changes: Iterable[Change], actor: Actor, reason: str = "") -> None:
    """Journal a change of people or settings."""
    journal.record(
        journal.Entry(
            action=action,
            datum=Datum.PROJECT,
            reason=reason,
            changes=tuple(changes),
            extra=(("subject", list(subject)),),
        ),
        actor=actor,
    )


def about(subject: Subject) -> Any:
    """The entries on one subject, as a condition on the journal: its text is canonical and quotes are escaped."""
    told = json.dumps(list(subject), ensure_ascii=False, separators=(",", ":"))
    return JournalEntry.project_id.is_(None) & JournalEntry.body.contains(f'"subject":{told}', autoescape=True)


def _last_change(subject: Subject) -> tuple[str, datetime | None]:
    newest = select(JournalEntry.body, JournalEntry.at).where(about(subject)).order_by(JournalEntry.id.desc())
    row = db.session.execute(newest.limit(1)).one_or_none()
    return ("", None) if row is None else (json.loads(row.body)["name"], row.at)
