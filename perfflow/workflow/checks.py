"""Faults of a definition, found before the first request: closed unless opened, nothing unreachable, no dead end."""

from collections.abc import Collection, Iterator
from dataclasses import fields

from perfflow.workflow.definition import Definition, Lead, Rest, Transition


def faults(definition: Definition, effects: Collection[str]) -> tuple[str, ...]:
    """Every fault in words; an empty tuple means the definition may be used. `effects` are those registered."""
    return (
        *_unknown_states(definition),
        *_bad_acts(definition, effects),
        *_unreachable(definition),
        *_dead_ends(definition),
    )


def _unknown_states(definition: Definition) -> Iterator[str]:
    known = set(definition.states)
    for code in (definition.start, *definition.entries):
        if code not in known:
            yield f"{definition.name}: the first state {code} is unknown"
    for code, state in definition.states.items():
        if code != state.code:
            yield f"{definition.name}: {code} holds the state {state.code}"
        if state.rest is Rest.WAITING and not state.actors:
            yield f"{definition.name}.{code}: waits for nobody"
        for party in state.actors:
            if party not in definition.parties:
                yield f"{definition.name}.{code}: unknown party {party}"
    for transition in definition.transitions:
        for code in _ends(transition) - known:
            yield f"{definition.name}.{transition.action}: unknown state {code}"


def _bad_acts(definition: Definition, effects: Collection[str]) -> Iterator[str]:
    fact_names = {f.name for f in fields(definition.facts)}
    seen: set[str] = set()
    for t in definition.transitions:
        where = f"{definition.name}.{t.action}"
        if t.action in seen:
            yield f"{where}: named twice"
        seen.add(t.action)
        if not t.parties and not t.internal:
            yield f"{where}: nobody may do it"
        if not t.sources:
            yield f"{where}: leads from nowhere"
        if not isinstance(t.leads, Lead) and (not t.leads or t.leads[-1].when is not None):
            yield f"{where}: no way is left when every condition fails"
        for party in t.parties:
            if party not in definition.parties:
                yield f"{where}: unknown party {party}"
        for name in _facts_of(t) - fact_names:
            yield f"{where}: unknown fact {name}"
        if t.effect is not None and t.effect not in effects:
            yield f"{where}: effect {t.effect} is not registered"


def _unreachable(definition: Definition) -> Iterator[str]:
    reached = {definition.start, *definition.entries}
    frontier = list(reached)
    while frontier:
        source = frontier.pop()
        for t in definition.transitions:
            if source in t.sources:
                for code in definition.targets(t, source) - reached:
                    reached.add(code)
                    frontier.append(code)
    for code in definition.states:
        if code not in reached:
            yield f"{definition.name}.{code}: no act leads there"


def _dead_ends(definition: Definition) -> Iterator[str]:
    for code, state in definition.states.items():
        leaves = any(
            code in t.sources and definition.targets(t, code) - {code}
            for t in definition.transitions
        )
        if not leaves and state.rest is not Rest.FINAL:
            yield f"{definition.name}.{code}: nothing leads out, and it is not final"
        if leaves and state.rest is Rest.FINAL:
            yield f"{definition.name}.{code}: final, yet something leads out"


def _ends(transition: Transition) -> set[str]:
    leads = transition.leads
    targets = set() if isinstance(leads, Lead) else {to.state for to in leads}
    return targets | set(transition.sources)


def _facts_of(transition: Transition) -> set[str]:
    names = {name for guard in (*transition.guards, *transition.shown) for name in guard.needs}
    if not isinstance(transition.leads, Lead):
        names |= {to.when for to in transition.leads if to.when}
    if transition.decides:
        names.add("actor_submitted")
    if transition.leads is Lead.BACK:
        names.add("newest_from")
    return names
