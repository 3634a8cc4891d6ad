"""The one thing that is written here: that messages were read."""

from sqlalchemy import update

from perfflow.core import clock
from perfflow.core.access import Actor
from perfflow.db import db
from perfflow.models.project import Message


def read_all(*, actor: Actor) -> None:
    db.session.execute(
        update(Message).where(Message.user_id == actor.id, Message.read_at.is_(None)).values(read_at=clock.now())
    )
