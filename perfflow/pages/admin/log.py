"""The two logs as the auditor reads them: events, and the acts that concern people and settings."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core import people
from perfflow.core.errors import NotFound
from perfflow.core.paging import Page, Sort, bounded, fetch
from perfflow.db import db
from perfflow.models.journal import EventEntry, JournalEntry
from perfflow.models.people import User
from perfflow.process import N_
from perfflow.web.events import KINDS


@dataclass(frozen=True, slots=True)
class EventRow:
    id: int
    at: datetime
    kind_label: str
    who: str
    details: str


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
    "name_given": N_("文件名"),
    "why": N_("原因"),
    "by": N_("办理方式"),
    "sha256": "SHA-256",
    "request": N_("请求编号"),
}
_SHOWN_APART = {"at", "chain", "kind", "name", "number", "organisation", "previous", "role", "user"}


def event_list(kind: str, username: str, *, after: str, before: str) -> Page[EventRow]:
    """Newest first. A user name that nobody has finds nothing."""
    query: Any = select(EventEntry.id, EventEntry.at, EventEntry.kind, EventEntry.user_id, EventEntry.body)
    if kind:
        query = query.where(EventEntry.kind == kind)
    if username:
        query = query.where(EventEntry.user_id == _user_id(username))
    found = fetch(query, Sort((EventEntry.id,), (bounded,), descending=True), after=after, before=before)
    names = _names({row.user_id for row in found.rows})
    return Page([_event_row(row, names) for row in found.rows], found.before, found.after)


def _user_id(username: str) -> int:
    try:
        return people.user_named(username)
    except NotFound:
        return 0


def _names(ids: set[int | None]) -> dict[int | None, str]:
    rows = db.session.execute(select(User.id, User.display_name).where(User.id.in_(ids - {None})))
    return {row.id: row.display_name for row in rows}


def _event_row(row: Any, names: dict[int | None, str]) -> EventRow:
    body = json.loads(row.body)
    who = f"{body.get('name') or names.get(row.user_id, '—')} {body.get('organisation', '')}".strip()
    details = "；".join(
        f"{_(DETAILS[key]) if key in DETAILS else key} {value}"
        for key, value in body.items()
        if key not in _SHOWN_APART and value not in (None, "")
    )
    return EventRow(row.id, row.at, _(KINDS[row.kind]) if row.kind in KINDS else row.kind, who, details)


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
    "avoidance_ended": N_("结束回避"),
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    id: int
    at: datetime
    what: str
    who: str
    changes: list[tuple[str, str, str]]
    reason: str


def change_list(*, after: str, before: str) -> Page[ChangeRow]:
    """The acts that concern people and settings, newest first."""
    query: Any = select(JournalEntry.id, JournalEntry.at, JournalEntry.body)
    query = query.where(JournalEntry.project_id.is_(None))
    found = fetch(query, Sort((JournalEntry.id,), (bounded,), descending=True), after=after, before=before)
    return Page([_change_row(row) for row in found.rows], found.before, found.after)


def _change_row(row: Any) -> ChangeRow:
    body = json.loads(row.body)
    action = body["action"]
    changes = [(_(label), _said(old), _said(new)) for label, old, new in body["changes"]]
    who = f"{body['name']} {body['organisation']}"
    return ChangeRow(row.id, row.at, _(PEOPLE_ACTS.get(action, action)), who, changes, body["reason"])


def _said(value: str) -> str:
    return _(value) if value else ""
