"""What was shared with somebody, and what he shared."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from perfflow.core import cooperation, paging
from perfflow.core.access import Actor, scoped
from perfflow.db import db
from perfflow.models.cooperation import Share, ShareReader
from perfflow.models.people import Organisation, User
from perfflow.models.project import Project
from perfflow.papers.numbering import Manner, format_name
from perfflow.web.translate import noted

Found = paging.Page[Any]
_RECEIVED = paging.Sort((ShareReader.id,), (paging.bounded,), True)
_SENT = paging.Sort((Share.id,), (paging.bounded,), True)


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    share_id: int
    project_name: str
    unit_name: str
    by: str
    note: str
    at: datetime
    read_at: datetime | None
    url: str


def received(actor: Actor, *, after: str, before: str) -> paging.Page[ReceivedRow]:
    """What others laid before somebody to read, newest first."""
    sharer = select(User.display_name).where(User.id == Share.user_id).scalar_subquery()
    of = (
        select(Organisation.name)
        .join(User, User.organisation_id == Organisation.id)
        .where(User.id == Share.user_id)
        .scalar_subquery()
    )
    query = cooperation.received(
        actor, ShareReader.id, Share.id.label("share_id"), Share.note, Share.at, ShareReader.read_at,
        Project.id.label("project_id"), Project.name, Project.name_filed, Organisation.name.label("unit"),
        Organisation.quote_names, sharer.label("sharer"), of.label("sharer_of"),
    ).join(Organisation, Organisation.id == Project.unit_id)  # fmt: skip
    found = paging.fetch(query, _RECEIVED, after=after, before=before)
    rows = [
        ReceivedRow(
            share_id=row.share_id,
            project_name=_shown(row),
            unit_name=row.unit,
            by=noted(row.sharer, row.sharer_of),
            note=row.note,
            at=row.at,
            read_at=row.read_at,
            url=url_for("projects.show", project_id=row.project_id),
        )
        for row in found.rows
    ]
    return paging.Page(rows, found.before, found.after)


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class SentRow:
    project_name: str
    unit_name: str
    note: str
    at: datetime
    url: str
    readers: list[Reader]
    read: int


def sent(actor: Actor, *, after: str, before: str) -> paging.Page[SentRow]:
    """What somebody laid before others, with who read it when."""
    query = (
        scoped(
            actor, Share.id, Share.note, Share.at, Project.id.label("project_id"), Project.name, Project.name_filed,
            Organisation.name.label("unit"), Organisation.quote_names,
        )
        .join(Share, Share.project_id == Project.id)
        .join(Organisation, Organisation.id == Project.unit_id)
        .where(Share.user_id == actor.id)
    )  # fmt: skip
    found = paging.fetch(query, _SENT, after=after, before=before)
    readers = _readers([row.id for row in found.rows])
    rows = [
        SentRow(
            project_name=_shown(row),
            unit_name=row.unit,
            note=row.note,
            at=row.at,
            url=url_for("projects.show", project_id=row.project_id),
            readers=readers.get(row.id, []),
            read=sum(one.read_at is not None for one in readers.get(row.id, [])),
        )
        for row in found.rows
    ]
    return paging.Page(rows, found.before, found.after)


def _readers(share_ids: list[int]) -> dict[int, list[Reader]]:
    query = (
        select(ShareReader.share_id, User.display_name, Organisation.name, ShareReader.read_at)
        .join(User, User.id == ShareReader.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(ShareReader.share_id.in_(share_ids))
        .order_by(ShareReader.share_id, Organisation.name, User.display_name)
    )
    found: dict[int, list[Reader]] = {}
    for share_id, name, organisation, read_at in db.session.execute(query):
        found.setdefault(share_id, []).append(Reader(noted(name, organisation), read_at))
    return found


def _shown(row: Any) -> str:
    return str(row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names)))
