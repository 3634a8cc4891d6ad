"""Log-ins in a table of our own: the cookie holds a token, the table its SHA-256. So a log-out is one."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, update

from perfflow.core import clock
from perfflow.core.access import Actor
from perfflow.db import db
from perfflow.models.people import LoginSession, Organisation, User
from perfflow.process import Role

TOUCH = timedelta(minutes=1)
_idle = timedelta(minutes=30)
_longest = timedelta(hours=12)


def configure(*, idle: timedelta, longest: timedelta) -> None:
    """How long a log-in lasts without a request, and at all; called once by create_app()."""
    global _idle, _longest
    _idle, _longest = idle, longest


@dataclass(frozen=True, slots=True)
class Live:
    """A log-in that holds."""

    actor: Actor
    last_seen_at: datetime

    @property
    def is_stale(self) -> bool:
        """Whether its last sight is old enough to be written again."""
        return clock.now() - self.last_seen_at >= TOUCH


def create(user_id: int, address: str) -> str:
    """Begin a log-in, in the caller's unit of work. Returns the token; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        LoginSession(token_hash=_digest(token), user_id=user_id, created_at=now, last_seen_at=now, address=address[:64])
    )
    db.session.flush()
    return token


@lru_cache(maxsize=1)
def _live() -> Any:
    """Built once: it is asked with every request."""
    return (
        select(
            LoginSession.id, LoginSession.last_seen_at, User.id, User.username, User.display_name, User.role,
            User.must_change_password, User.language, Organisation.id, Organisation.name,
        )
        .join(User, User.id == LoginSession.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            LoginSession.token_hash == bindparam("digest"),
            LoginSession.ended_at.is_(None),
            LoginSession.last_seen_at > bindparam("seen_after"),
            LoginSession.created_at > bindparam("begun_after"),
            User.active.is_(True),
            Organisation.active.is_(True),
        )
    )  # fmt: skip


def live(token: str) -> Live | None:
    """The log-in of a token; None once it ended or grew too old, or its user or organisation is closed."""
    now = clock.now()
    given = {"digest": _digest(token), "seen_after": now - _idle, "begun_after": now - _longest}
    row = db.session.execute(_live(), given).one_or_none()
    if row is None:
        return None
    session_id, last_seen_at, user_id, username, display_name, role, must_change, language, house_id, house = row
    actor = Actor(user_id, username, display_name, Role(role), house_id, house, session_id, must_change, language)
    return Live(actor, last_seen_at)


def actor_for(token: str) -> Actor | None:
    found = live(token)
    return found.actor if found else None


def live_count() -> int:
    """How many log-ins hold now."""
    now = clock.now()
    query = select(func.count()).where(
        LoginSession.ended_at.is_(None),
        LoginSession.last_seen_at > now - _idle,
        LoginSession.created_at > now - _longest,
    )
    return db.session.scalar(query) or 0


def touch(session_id: int) -> None:
    """Remember that this log-in was seen, at most once a minute; after the answer, in a unit of work."""
    now = clock.now()
    db.session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.last_seen_at <= now - TOUCH)
        .values(last_seen_at=now)
    )


def end(token: str) -> None:
    _end(LoginSession.token_hash == _digest(token))


def end_all(user_id: int) -> None:
    """End every log-in of a user: his next request meets the log-in page."""
    _end(LoginSession.user_id == user_id)


def _end(which: ColumnElement[bool]) -> None:
    db.session.execute(update(LoginSession).where(which, LoginSession.ended_at.is_(None)).values(ended_at=clock.now()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
