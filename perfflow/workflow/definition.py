"""What a process is made of. Only data: no state is changed here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot be done: a message id with its parameters, and the place where it can be mended.

    `place` is "page" or "page#anchor"; the web layer knows the addresses.
    """

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the facts. `needs` names the facts it reads; `check` returns every reason against."""

    name: str
    needs: tuple[str, ...]
    check: Callable[[Any], tuple[Reason, ...]]


@dataclass(frozen=True, slots=True)
class Days:
    """How long a state may last; the day of entry is day 0, and the last day is still on time.
    `capped`: never beyond the subject's deadline."""

    count: int
    working: bool = True
    capped: bool = False


class Due(Enum):
    """Where the due date comes from when it is not a number of days. A transition's own field `due_on` beats all."""

    NONE = "none"
    DEADLINE = "deadline"  # the subject's deadline


class Rest(Enum):
    WAITING = "waiting"  # somebody must act
    RESTING = "resting"  # may stay for ever, and may go on
    FINAL = "final"


class FieldKind(StrEnum):
    REASON = "reason"
    LINE = "line"
    TEXT = "text"
    DATE = "date"
    YEAR = "year"
    CHOICE = "choice"
    CHOICES = "choices"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Field:
    """What the actor fills in. `options` names a source of choices, or holds (value, message id) pairs."""

    name: str
    label: str
    kind: FieldKind
    required: bool = True
    options: str | tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """`actors` see the row in their 待办 with `verb` on its button."""

    code: str
    label: str
    stage: str
    actors: tuple[str, ...] = ()
    verb: str = ""
    due: Days | Due = Due.NONE
    rest: Rest = Rest.WAITING


@dataclass(frozen=True, slots=True)
class To:
    """One way a transition may lead. The first whose `when` (the name of a fact) is true is taken."""

    state: str
    when: str | None = None


class Lead(Enum):
    STAY = "stay"  # an act that changes no state
    BACK = "back"  # to the state the newest entry came from


@dataclass(frozen=True, slots=True)
class Transition:
    """One act.

    `shown` must hold for the act to be offered at all; `guards` are explained beside its button.
    `submits`: the actor becomes the submitter, and may take it back while nobody acted since.
    `decides`: never by the person who submitted. `internal`: taken by an effect, never by a person.
    `datum` names what the act concerns; who may read that, reads the entry's reason. An act that leads back
    concerns what it takes back. `before_declaring`: open to a lead who has not declared his independence.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    leads: tuple[To, ...] | Lead
    parties: tuple[str, ...]
    datum: str
    guards: tuple[Guard, ...] = ()
    shown: tuple[Guard, ...] = ()
    fields: tuple[Field, ...] = ()
    reason: bool = False
    effect: str | None = None
    submits: bool = False
    decides: bool = False
    internal: bool = False
    before_declaring: bool = False
    tells: tuple[str, ...] = ()
    tone: str = "line"
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A machine: its states, its acts, the first state, and the type of the facts its guards read."""

    name: str
    start: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    facts: type
    parties: tuple[str, ...]
    entries: tuple[str, ...] = ()  # further states in which an object may be created

    def named(self, action: str) -> Transition | None:
        return next((t for t in self.transitions if t.action == action), None)

    def targets(self, transition: Transition, source: str) -> frozenset[str]:
        """Every state the act may lead to from there."""
        if transition.leads is Lead.STAY:
            return frozenset({source})
        if transition.leads is Lead.BACK:
            return frozenset(
                origin
                for t in self.transitions
                if t.submits and not isinstance(t.leads, Lead) and any(to.state == source for to in t.leads)
                for origin in t.sources
            )
        assert not isinstance(transition.leads, Lead)
        return frozenset(to.state for to in transition.leads)
