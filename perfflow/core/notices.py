"""消息: who is told of an act. Kept as a code with parameters; words are made when it is read."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from perfflow.core import clock
from perfflow.core.access import ORGANISATION_OF, Actor
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.people import User
from perfflow.models.project import Message, Project
from perfflow.process import OrganisationKind, Party


def tell(
    project: Project,
    parties: Iterable[str],
    code: str,
    params: Mapping[str, Any],
    *,
    actor: Actor,
    item_id: int | None = None,
) -> None:
    """A message to every member of these parties but the actor, in the caller's unit of work."""
    tell_people(project.id, _members(project, parties), code, params, actor=actor, item_id=item_id)


def tell_people(
    project_id: int,
    user_ids: Iterable[int],
    code: str,
    params: Mapping[str, Any],
    *,
    actor: Actor,
    item_id: int | None = None,
) -> None:
    """A message to each of these people but the actor."""
    for user_id in sorted(set(user_ids) - {actor.id}):
        db.session.add(
            Message(
                user_id=user_id,
                project_id=project_id,
                item_id=item_id,
                code=code,
                params=json.dumps(dict(params), ensure_ascii=False, sort_keys=True),
                at=clock.now(),
            )
        )


def _members(project: Project, parties: Iterable[str]) -> set[int]:
    found: set[int] = set()
    for party in parties:
        if party == Party.LEAD:
            lead = db.session.scalar(select(Assignment.lead_id).where(Assignment.id == project.assignment_id))
            found |= {lead} if lead else set()
            continue
        organisation_id = project.unit_id if party == Party.UNIT else project.office_id
        wanted = OrganisationKind.UNIT if party == Party.UNIT else OrganisationKind.OFFICE
        roles = [role for role, kind in ORGANISATION_OF.items() if kind is wanted]
        found |= set(
            db.session.scalars(
                select(User.id).where(
                    User.organisation_id == organisation_id, User.role.in_(roles), User.active.is_(True)
                )
            )
        )
    return found
