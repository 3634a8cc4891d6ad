"""消息: stored as a code with parameters, put into words when it is read."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core import paging
from perfflow.core.access import Actor, scoped
from perfflow.core.listing import Filter, filtered
from perfflow.db import db
from perfflow.models.project import Message, Project
from perfflow.pages.inbox import counts
from perfflow.process import N_
from perfflow.web import words
from perfflow.web.places import Addresses


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: int
    text: str
    at: datetime
    unread: bool
    url: str | None


_MESSAGES = paging.Sort((Message.id,), (paging.bounded,), True)

MESSAGE_WORDS = {
    "not_independent": N_("评价人员 %(who)s 声明不能独立评价“%(name)s”。"),
    "urge": N_("%(who)s 催办“%(name)s”，请尽快办理。"),
    "urge_item": N_("%(who)s 催办“%(name)s”的整改事项 %(number)s，请尽快办理。"),
    "hand_over": N_("%(who)s 将“%(name)s”转给您办理。"),
    "hand_over_item": N_("%(who)s 将“%(name)s”的整改事项 %(number)s 转给您办理。"),
    "handed_on": N_("%(who)s 已将原由您办理的“%(name)s”改由他人办理。"),
    "handed_on_item": N_("%(who)s 已将原由您办理的“%(name)s”整改事项 %(number)s 改由他人办理。"),
    "share": N_("%(who)s 请您阅看“%(name)s”。"),
}
"""Sentences of messages that are no plain act."""


def messages(
    actor: Actor, wanted: Filter, read: str = "", *, after: str, before: str
) -> paging.Page[MessageRow]:
    """What somebody was told, newest first; `read` is "", "unread" or "read"."""
    query = select(
        Message.id, Message.code, Message.params, Message.at, Message.read_at, Message.project_id
    ).where(Message.user_id == actor.id)
    if read:
        query = query.where(Message.read_at.is_(None) if read == "unread" else Message.read_at.is_not(None))
    if wanted.words:
        query = query.where(Message.project_id.in_(filtered(actor, Filter(words=wanted.words), Project.id)))
    page, addresses = paging.fetch(query, _MESSAGES, after=after, before=before), Addresses()
    told_of = {row.project_id for row in page.rows if row.project_id}
    # without a number to look for SQLite would read every project in reach
    reachable = set(db.session.scalars(scoped(actor, Project.id).where(Project.id.in_(told_of)))) if told_of else set()
    rows = [
        MessageRow(
            row.id,
            _sentence(row.code, json.loads(row.params)),
            row.at,
            row.read_at is None,
            addresses.of("projects.show", row.project_id) if row.project_id in reachable else None,
        )
        for row in page.rows
    ]
    return paging.Page(rows, page.before, page.after)


def _sentence(code: str, params: dict[str, Any]) -> str:
    if code in MESSAGE_WORDS:
        return _(MESSAGE_WORDS[code], **params)
    kind, _dot, action = code.partition(".")
    act = words.act_label(action, item=kind == "item")
    if kind == "item" and params.get("number"):
        return _("“%(name)s”整改事项 %(number)s：%(act)s", name=params["name"], number=params["number"], act=act)
    return _("“%(name)s”：%(act)s", name=params.get("name", ""), act=act)


def unread(actor: Actor) -> str:
    """Unread messages, "99+" at most; nothing when there are none."""
    count = counts.of_menu(actor).messages
    return counts.capped(count) if count else ""
