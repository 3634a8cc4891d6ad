"""What waits, as numbers: beside the menu on every page, and above 待办. Each is a query, none is stored."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import g
from sqlalchemy import literal, select

from perfflow.core import cooperation, paging
from perfflow.core.access import Actor
from perfflow.core.prepared import SINCE, SOON, TODAY, anybody, parameters
from perfflow.db import db
from perfflow.models.cooperation import ShareReader
from perfflow.models.item import RectItem
from perfflow.models.project import Message, Project
from perfflow.pages.inbox import lists, waiting
from perfflow.pages.inbox.waiting import View
from perfflow.process import Role

COUNT_CAP = 99


@dataclass(frozen=True, slots=True)
class Counts:
    """Each counted up to one more than the cap; `soon` and `done` only above 待办."""

    mine: int
    late: int
    messages: int
    shares: int
    soon: int = 0
    done: int = 0


def of_menu(actor: Actor) -> Counts:
    """Those of the menu, asked once for a page."""
    kept: Counts | None = g.get("inbox_counts")
    return kept or _ask(actor, parameters(actor), whole=False)


def of_inbox(actor: Actor, soon: date) -> Counts:
    """Those above 待办 together with those of the menu. `soon`: the last day that is near."""
    return _ask(actor, {**parameters(actor), "soon": soon, "since": lists.monday()}, whole=True)


def capped(count: int) -> str:
    return paging.capped(count, COUNT_CAP)


def _ask(actor: Actor, given: dict[str, Any], *, whole: bool) -> Counts:
    row = db.session.execute(_statement(actor.role, whole), given).one()._mapping
    g.inbox_counts = Counts(**{
        name: sum(count for label, count in row.items() if label.partition("_")[0] == name)
        for name in dict.fromkeys(label.partition("_")[0] for label in row)
    })  # fmt: skip
    counts: Counts = g.inbox_counts
    return counts


@lru_cache(maxsize=32)
def _statement(role: Role, whole: bool) -> Any:
    """One row with every number; those of projects and of items stand apart."""
    actor = anybody(role)
    tables = {
        "projects": (waiting.projects(actor, Project.id), Project.due_sort),
        "items": (waiting.items(actor, RectItem.id), RectItem.due_sort),
    }
    views = (View.MINE, View.LATE, View.SOON) if whole else (View.MINE, View.LATE)
    numbers = [
        literal(0).label(f"{view}_{name}")
        if query is None
        else paging.counting(
            query.where(waiting.due_in(view, column, today=TODAY, soon=SOON)), COUNT_CAP
        ).label(f"{view}_{name}")
        for view in views
        for name, (query, column) in tables.items()
    ]
    unread = select(Message.id).where(Message.user_id == actor.id, Message.read_at.is_(None))
    shares = cooperation.received(actor, ShareReader.id).where(cooperation.unread_condition(actor))
    numbers += [
        paging.counting(unread, COUNT_CAP).label("messages"),
        paging.counting(shares, COUNT_CAP).label("shares"),
    ]
    if whole:
        numbers.append(paging.counting(lists.done_since(actor, SINCE), COUNT_CAP).label(View.DONE.value))
    return select(*numbers)
