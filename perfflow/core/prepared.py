"""Statements that are built once for each role: building one takes longer than running it, and counts are on every
page. They are built for `anybody` of a role, by the same conditions as all others, and run with `parameters`."""

from typing import Any, cast

from sqlalchemy import Date, Integer, bindparam

from perfflow.core import clock
from perfflow.core.access import Actor
from perfflow.db import UtcDateTime
from perfflow.process import Role

TODAY: Any = bindparam("today", type_=Date)
SOON: Any = bindparam("soon", type_=Date)
SINCE: Any = bindparam("since", type_=UtcDateTime)
"""A last day and a first instant, given when the statement is run."""


def anybody(role: Role) -> Actor:
    """Stands for every actor of a role while a statement is built: his ids are named, not known."""
    return Actor(
        cast("int", bindparam("actor_id", type_=Integer)), "", "", role,
        cast("int", bindparam("organisation_id", type_=Integer)), "",
    )  # fmt: skip


def parameters(actor: Actor) -> dict[str, Any]:
    return {"actor_id": actor.id, "organisation_id": actor.organisation_id, "today": clock.today()}
