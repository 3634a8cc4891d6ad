"""批量同意, 批量催办: each row is judged by its own rules, and nothing is ever sent back in bulk."""

from enum import StrEnum

from perfflow.core.access import GRANTS, VIEWERS, Actor, Permission
from perfflow.core.cooperation import PARTY_OF
from perfflow.process import ITEM, PROJECT
from perfflow.workflow.definition import Definition, Lead, Transition

MOST = 50
"""Rows at once."""


class BulkAct(StrEnum):
    APPROVE = "approve"
    URGE = "urge"


def approving(definition: Definition, state: str) -> Transition | None:
    """The one act by which a row in this state is approved and goes on; None where nothing, or no one thing, is."""
    found = [
        t
        for t in definition.transitions
        if state in t.sources and t.decides and t.tone == "brand" and not t.internal and not t.reason
        and not isinstance(t.leads, Lead)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


_APPROVING = tuple(
    transition
    for definition in (PROJECT, ITEM)
    for state in definition.states
    if (transition := approving(definition, state)) is not None
)
APPROVERS = frozenset(party for transition in _APPROVING for party in transition.parties)
APPROVALS = frozenset(t.action for t in _APPROVING if not any(field.required for field in t.fields))
"""The acts that may be taken on many rows at once: nothing has to be filled in."""


def acts_for(actor: Actor, *, waiting_for_him: bool = False) -> tuple[BulkAct, ...]:
    """What this person may do with many rows at once. What waits for himself needs no urging by him."""
    party = PARTY_OF.get(VIEWERS[actor.role]) if actor.role in VIEWERS else None
    if party is None or Permission.PROJECTS_ACT not in GRANTS[actor.role]:
        return ()
    approves = (BulkAct.APPROVE,) if party in APPROVERS else ()
    return approves if waiting_for_him else (*approves, BulkAct.URGE)
