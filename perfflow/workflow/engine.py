"""The pure engine: what may be done now, by whom, and where it leads. Knows definitions and facts, nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from perfflow.workflow.definition import Definition, Lead, Reason, Transition


@dataclass(frozen=True, slots=True)
class Offer:
    """An act offered to somebody, with every reason why it cannot be done yet; none means it can."""

    transition: Transition
    reasons: tuple[Reason, ...]

    @property
    def possible(self) -> bool:
        return not self.reasons


def offers(definition: Definition, state: str, facts: Any, parties: Iterable[str]) -> tuple[Offer, ...]:
    """Everything these parties may do in this state, in the order of the definition."""
    mine = frozenset(parties)
    return tuple(
        Offer(transition, against(transition, facts))
        for transition in definition.transitions
        if not transition.internal
        and state in transition.sources
        and mine.intersection(transition.parties)
        and not _reasons(transition.shown, facts)
    )


def offer(definition: Definition, state: str, action: str, facts: Any, parties: Iterable[str]) -> Offer | None:
    """The one offer of that name, or None when it is not theirs to take here."""
    return next((o for o in offers(definition, state, facts, parties) if o.transition.action == action), None)


def against(transition: Transition, facts: Any) -> tuple[Reason, ...]:
    """Every reason against the act; the same for the page before and for the engine after the click."""
    four_eyes = (SAME_PERSON,) if transition.decides and facts.actor_submitted else ()
    return four_eyes + _reasons(transition.guards, facts)


def target(transition: Transition, state: str, facts: Any) -> str:
    """The state the act leads to from here."""
    if transition.leads is Lead.STAY:
        return state
    if transition.leads is Lead.BACK:
        return str(facts.newest_from)
    assert not isinstance(transition.leads, Lead)
    return next(to.state for to in transition.leads if to.when is None or getattr(facts, to.when))


def _reasons(guards: Iterable[Any], facts: Any) -> tuple[Reason, ...]:
    return tuple(reason for guard in guards for reason in guard.check(facts))


SAME_PERSON = Reason("提交人不能自己审核，请由本单位其他人员办理。")
