"""Each form has a key of its own: acting twice with the same key gives the first result."""

import secrets

from sqlalchemy import select

from perfflow.core import clock
from perfflow.core.access import Actor
from perfflow.db import db
from perfflow.models.project import FormKey


def new() -> str:
    return secrets.token_urlsafe(18)


def result(key: str, *, actor: Actor) -> str | None:
    """Where an earlier act with this key of this actor led; None when it is fresh."""
    query = select(FormKey.location).where(FormKey.key == key, FormKey.user_id == actor.id)
    return db.session.scalar(query)


def keep(key: str, location: str, *, actor: Actor) -> None:
    """Remember the result, inside the unit of work that made it; a second one with this key fails as a whole."""
    db.session.add(FormKey(key=key, user_id=actor.id, location=location, at=clock.now()))
    db.session.flush()  # a duplicate must fail before the caller believes it is done
