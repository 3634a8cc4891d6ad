"""The versions of what was handed in: kept at each submission, read back for comparison."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from perfflow.core.access import Reach
from perfflow.core.advance import Step
from perfflow.db import db
from perfflow.models.filing import Filing
from perfflow.models.people import User
from perfflow.process import Datum, Viewer


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a version. `key` is the same in every version; `number` goes into the label (msgid) when not 0."""

    key: str
    label: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    at: datetime
    who: str
    parts: tuple[Part, ...]


def keep(step: Step, datum: Datum, parts: Sequence[Part], *, sent: bool = False) -> None:
    """Keep what an act hands in, in its unit of work; the same text as before is no new version."""
    content = json.dumps([[p.key, p.label, p.number, p.text] for p in parts], ensure_ascii=False)
    of_project = (Filing.project_id == step.project.id, Filing.datum == datum.value)
    last = db.session.scalars(select(Filing).where(*of_project).order_by(Filing.number.desc()).limit(1)).first()
    assignment_id = None if datum is Datum.DECLARATION else step.project.assignment_id
    if last is not None and last.content == content and last.assignment_id == assignment_id:
        return
    db.session.add(
        Filing(
            project_id=step.project.id,
            datum=datum.value,
            number=(last.number if last else 0) + 1,
            assignment_id=assignment_id,
            at=step.at,
            by=step.actor.id,
            sent_at=step.at if sent else None,
            content=content,
        )
    )
    db.session.flush()


def mark_sent(step: Step, datum: Datum) -> None:
    """The newest version of this assignment goes out to the unit."""
    newest = (
        select(Filing.id)
        .where(
            Filing.project_id == step.project.id,
            Filing.datum == datum.value,
            Filing.assignment_id == step.project.assignment_id,
        )
        .order_by(Filing.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    db.session.execute(
        update(Filing).where(Filing.id == newest).values(sent_at=step.at).execution_options(synchronize_session=False)
    )


def versions(reach: Reach, datum: Datum) -> list[Version]:
    """The versions shown to this person, oldest first: of the present assignment, to the unit only what was sent."""
    if not reach.sees(datum):
        return []
    query = select(Filing.number, Filing.at, User.display_name, Filing.content).join(User, User.id == Filing.by)
    query = query.where(Filing.project_id == reach.id, Filing.datum == datum.value)
    if datum is not Datum.DECLARATION:
        query = query.where(Filing.assignment_id == reach.assignment_id)
        if reach.viewer is Viewer.UNIT:
            query = query.where(Filing.sent_at.is_not(None))
    return [
        Version(number, at, who, tuple(Part(*part) for part in json.loads(content)))
        for number, at, who, content in db.session.execute(query.order_by(Filing.number))
    ]
