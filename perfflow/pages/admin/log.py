"""The two logs as the auditor reads them: events, and the acts that concern people and settings."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import false, or_, select

from perfflow.core import clock, records
from perfflow.core.access import Actor, scoped
from perfflow.core.paging import Page, Sort, bounded, fetch
from perfflow.db import db
from perfflow.models.journal import ChainHead, EventEntry, JournalEntry
from perfflow.models.people import User
from perfflow.models.project import Project
from perfflow.process import N_, ROLES
from perfflow.web import words
from perfflow.web.events import KINDS
from perfflow.web.translate import CLAUSES

MOST_EXPORTED = 50_000
BATCH = 1_000
DAYS_SEARCHED = 90
"""How far back addresses and projects are looked for when no first day is given: they stand in the texts."""
PROJECTS_SEARCHED = 20
HISTORY_SHOWN = 50
_SLACK = timedelta(days=1)  # a clock that was set back; entries are ordered by number, not by time
NEWEST_FIRST = True


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What stands in the address of a log."""

    kind: str = ""
    username: str = ""
    first_day: date | None = None
    last_day: date | None = None
    address: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    id: int
    at: datetime
    kind_label: str
    name: str
    role_label: str
    organisation: str
    details: str
    address: str

    @property
    def who(self) -> str:
        return f"{self.name} {self.organisation}".strip()


DETAILS = {
    "address": N_("地址"),
    "method": N_("方式"),
    "path": N_("页面"),
    "status": N_("状态码"),
    "outcome": N_("结果"),
    "username": N_("用户名"),
    "project": N_("项目编号"),
    "paper": N_("文书"),
    "count": N_("份数"),
    "version": N_("版本"),
    "unit": N_("单位编号"),
    "year": N_("年度"),
    "file": N_("文件编号"),
    "files": N_("附件数"),
    "size": N_("字节数"),
    "folder": N_("文件夹"),
    "verified": N_("已核对"),
    "name_given": N_("文件名"),
    "why": N_("原因"),
    "by": N_("办理方式"),
    "sha256": "SHA-256",
    "request": N_("请求编号"),
}
_SHOWN_APART = {"at", "chain", "kind", "name", "number", "organisation", "previous", "role", "user"}


# ---------------------------------------------------------------- events


def event_list(actor: Actor, wanted: LogFilter, *, after: str, before: str) -> Page[EventRow]:
    """Newest first. A user name that nobody has finds nothing."""
    sort = Sort((EventEntry.id,), (bounded,), NEWEST_FIRST)
    found = fetch(_events(actor, wanted), sort, after=after, before=before)
    return Page(_event_rows(found.rows), found.before, found.after)


def all_events(actor: Actor, wanted: LogFilter) -> Iterator[EventRow]:
    """The same from the newest on, at most as many as are exported, in batches."""
    for rows in _batches(_events(actor, wanted), EventEntry.id):
        yield from _event_rows(rows)


def _events(actor: Actor, wanted: LogFilter) -> Any:
    query: Any = select(EventEntry.id, EventEntry.at, EventEntry.kind, EventEntry.user_id, EventEntry.body)
    if wanted.kind:
        query = query.where(EventEntry.kind == wanted.kind)
    if wanted.username:
        query = query.where(EventEntry.user_id == _user_id(wanted.username))
    if wanted.address:
        query = query.where(_holds("address", wanted.address, closed=False))
    if wanted.project:
        query = query.where(_names_project(actor, wanted.project))
    first_day = first_day_searched(wanted)
    if first_day is not None:
        start = _midnight(first_day)
        query = query.where(EventEntry.id >= _first_since(start - _SLACK), EventEntry.at >= start)
    if wanted.last_day is not None:
        end = _midnight(wanted.last_day + timedelta(days=1))
        query = query.where(EventEntry.id <= _first_since(end + _SLACK), EventEntry.at < end)
    return query


def first_day_searched(wanted: LogFilter) -> date | None:
    """The day asked for; without one, texts are looked through for the last ninety days only."""
    if wanted.first_day is None and (wanted.address or wanted.project):
        return (wanted.last_day or clock.today()) - timedelta(days=DAYS_SEARCHED)
    return wanted.first_day


def _holds(key: str, value: str | int, *, closed: bool = True) -> Any:
    """Whether the hashed text holds this pair; it is canonical, so its spelling is known."""
    told = f'"{key}":{json.dumps(value, ensure_ascii=False)}'
    return EventEntry.body.contains(told if closed else told.removesuffix('"'), autoescape=True)


def _names_project(actor: Actor, code: str) -> Any:
    """Events of projects whose code holds these characters, as far as this person may see the projects."""
    mine = scoped(actor, Project.id).where(Project.code.contains(code[:64], autoescape=True))
    ids = list(db.session.scalars(mine.order_by(Project.id.desc()).limit(PROJECTS_SEARCHED)))
    told = [EventEntry.body.contains(f'"project":{id_}{end}') for id_ in ids for end in (",", "}")]
    told += [EventEntry.body.contains(f'"path":"/projects/{id_}{end}') for id_ in ids for end in ('"', "/")]
    return or_(false(), *told)


def _first_since(instant: datetime) -> int:
    """The number of the first entry from an instant on: numbers follow time, and have no gaps."""
    low, high = 1, (db.session.scalar(select(ChainHead.length).where(ChainHead.chain == "event")) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        at = db.session.scalar(select(EventEntry.at).where(EventEntry.id == middle))
        low, high = (middle + 1, high) if at is not None and at < instant else (low, middle)
    return low


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.ZONE)


def _user_id(username: str) -> int:
    name = username.strip().casefold()
    return db.session.scalar(select(User.id).where(User.username == name)) or 0


def _event_rows(rows: list[Any]) -> list[EventRow]:
    ids = {row.user_id for row in rows} - {None}
    people = db.session.execute(select(User.id, User.display_name).where(User.id.in_(ids)))
    names = {id_: name for id_, name in people}
    said = _Words()
    return [_event_row(row, names, said) for row in rows]


class _Words:
    """The words of a batch, looked up once: an export needs each of them fifty thousand times."""

    def __init__(self) -> None:
        self.kinds = {kind: _(label) for kind, label in KINDS.items()}
        self.details = {key: _(label) for key, label in DETAILS.items()}
        self.roles = {role.value: _(label) for role, label in ROLES.items()}
        self.yes, self.no = _("是"), _("否")
        self.between = _(CLAUSES)

    def told(self, value: Any) -> str:
        return (self.yes if value else self.no) if isinstance(value, bool) else str(value)


def _event_row(row: Any, names: dict[int, str], said: _Words) -> EventRow:
    body = json.loads(row.body)
    details = said.between.join(
        f"{said.details.get(key, key)} {said.told(value)}"
        for key, value in body.items()
        if key not in _SHOWN_APART and value not in (None, "")
    )
    role = body.get("role", "")
    return EventRow(
        row.id,
        row.at,
        said.kinds.get(row.kind, row.kind),
        body.get("name") or names.get(row.user_id, "—"),
        said.roles.get(role, role),
        body.get("organisation", ""),
        details,
        body.get("address", ""),
    )


def _role(code: str) -> str:
    return _(ROLES[code]) if code in ROLES else code  # type: ignore[index]


# ---------------------------------------------------------------- people and settings

PEOPLE_ACTS = {
    "organisation_created": N_("新建单位"),
    "organisation_updated": N_("修改单位"),
    "user_created": N_("新建用户"),
    "user_updated": N_("修改用户"),
    "user_activated": N_("启用用户"),
    "user_deactivated": N_("停用用户"),
    "user_unlocked": N_("解锁用户"),
    "password_reset": N_("重置口令"),
    "password_changed": N_("修改本人口令"),
    "avoidance_added": N_("加入回避名单"),
    "avoidance_updated": N_("修改回避条目"),
    "avoidance_ended": N_("结束回避"),
    "grade_scale_added": N_("新增等级标准"),
    "grade_scale_updated": N_("修改等级标准"),
    "grade_scale_removed": N_("删除等级标准"),
    "holidays_updated": N_("修改节假日"),
    "letter_updated": N_("修改文书用语"),
    "letter_restored": N_("恢复文书用语的默认"),
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    id: int
    at: datetime
    what: str
    name: str
    role_label: str
    organisation: str
    subject: str
    changes: list[tuple[str, str, str]]
    reason: str

    @property
    def who(self) -> str:
        return f"{self.name} {self.organisation}"


def change_list(wanted: LogFilter, *, after: str, before: str) -> Page[ChangeRow]:
    """The acts that concern people and settings, newest first."""
    sort = Sort((JournalEntry.id,), (bounded,), NEWEST_FIRST)
    found = fetch(_acts(wanted), sort, after=after, before=before)
    return Page([_change_row(row) for row in found.rows], found.before, found.after)


def all_changes(wanted: LogFilter) -> Iterator[ChangeRow]:
    for rows in _batches(_acts(wanted), JournalEntry.id):
        yield from (_change_row(row) for row in rows)


def changes_about(subject: records.Subject) -> list[ChangeRow]:
    """What was done to one row, newest first."""
    query = select(JournalEntry.id, JournalEntry.at, JournalEntry.body).where(records.about(subject))
    rows = db.session.execute(query.order_by(JournalEntry.id.desc()).limit(HISTORY_SHOWN))
    return [_change_row(row) for row in rows]


def _acts(wanted: LogFilter) -> Any:
    query: Any = select(JournalEntry.id, JournalEntry.at, JournalEntry.body)
    query = query.where(JournalEntry.project_id.is_(None))
    if wanted.kind:
        query = query.where(JournalEntry.action == wanted.kind)
    if wanted.username:
        query = query.where(JournalEntry.user_id == _user_id(wanted.username))
    if wanted.first_day is not None:
        query = query.where(JournalEntry.at >= _midnight(wanted.first_day))
    if wanted.last_day is not None:
        query = query.where(JournalEntry.at < _midnight(wanted.last_day + timedelta(days=1)))
    return query


def _change_row(row: Any) -> ChangeRow:
    body = json.loads(row.body)
    action, subject = body["action"], body.get("subject") or ["", ""]
    return ChangeRow(
        row.id,
        row.at,
        _(PEOPLE_ACTS[action]) if action in PEOPLE_ACTS else action,
        body["name"],
        _role(body["role"]),
        body["organisation"],
        str(subject[1]) if isinstance(subject[1], str) else "",
        [words.change(label, old, new) for label, old, new in body["changes"]],
        body["reason"],
    )


def _batches(query: Any, id_: Any) -> Iterator[list[Any]]:
    """A long answer a thousand rows at a time: what is written away need not be kept."""
    left, below = MOST_EXPORTED, None
    while left > 0:
        here = query if below is None else query.where(id_ < below)
        rows = list(db.session.execute(here.order_by(id_.desc()).limit(min(BATCH, left))))
        if not rows:
            return
        yield rows
        left, below = left - len(rows), rows[-1].id
