"""Where the values of a project came from: kept when a paper is taken in, told beside the values that stayed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from perfflow.core import clock, files
from perfflow.core.access import Actor, Reach
from perfflow.db import db
from perfflow.models.file import Attachment
from perfflow.models.source import FieldSource
from perfflow.process import Datum

PLACE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that was taken from a file. `value` as it is stored now; `corrected`: not as the file has it."""

    key: str
    value: Any
    place: str
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """`attachment_id` is None once the file was withdrawn: its name stays."""

    name: str
    place: str
    corrected: bool
    attachment_id: int | None


def keep(reach: Reach, datum: Datum, taken: Iterable[Taken], *, attachment_id: int, actor: Actor) -> None:
    """Remember from which file these values are, in the caller's unit of work; what was known of them before goes."""
    wanted = {one.key: one for one in taken}
    known = select(FieldSource).where(FieldSource.project_id == reach.id, FieldSource.key.in_(wanted))
    rows = {row.key: row for row in db.session.scalars(known)}
    for key, one in wanted.items():
        row = rows.get(key)
        if row is None:
            row = FieldSource(project_id=reach.id, key=key)
            db.session.add(row)
        row.datum, row.digest, row.attachment_id = datum, digest(one.value), attachment_id
        row.place, row.corrected = one.place[:PLACE_LIMIT], one.corrected
        row.at, row.by = clock.now(), actor.id
    db.session.flush()


def told(reach: Reach, values: Mapping[str, Any]) -> dict[str, Source]:
    """The sources of these values, by key: of those that are still as they were taken in, and whose file is shown
    to this person."""
    if not values:
        return {}
    rows = db.session.execute(
        select(FieldSource.key, FieldSource.digest, FieldSource.place, FieldSource.corrected, Attachment)
        .join(Attachment, Attachment.id == FieldSource.attachment_id)
        .where(FieldSource.project_id == reach.id)
    ).all()
    seen = {file.id: files.shown(file, reach) for *_rest, file in rows}
    return {
        key: Source(file.name, place, corrected, None if file.withdrawn_at else file.id)
        for key, kept, place, corrected, file in rows
        if key in values and seen[file.id] and kept == digest(values[key])
    }


def digest(value: Any) -> str:
    """Of a value as it is stored: a text, a number, a day, or several of them."""
    text = json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
