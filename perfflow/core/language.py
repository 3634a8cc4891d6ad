"""The languages there are, and which of them a user reads in."""

from sqlalchemy import update

from perfflow.core.access import Actor
from perfflow.db import db
from perfflow.models.people import User

CHINESE, ENGLISH = "zh_Hans_CN", "en"
LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
"""Each by its own name: whoever looks for his language may not read the present one."""


def keep(language: str, *, actor: Actor) -> None:
    """Remember it for the next log-in; in the caller's unit of work."""
    db.session.execute(update(User).where(User.id == actor.id).values(language=language))
