"""What a page offers is what the engine accepts: on random facts, and on random walks through the application."""

import tempfile
from dataclasses import fields
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from perfflow.core import advance, clock, journal
from perfflow.core.access import reach_of
from perfflow.core.errors import Conflict, Forbidden, NotFound, Refused
from perfflow.db import db
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.project import Project
from perfflow.process import ITEM, PROJECT, I, P
from perfflow.web.acts import ends
from perfflow.workflow import engine
from perfflow.workflow.definition import Definition, FieldKind, Reason
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, PDF, TODAY, WAY, Make
from tests.screen import Client, Screen

# ---------------------------------------------------------------- random facts

NUMBERS = st.lists(st.integers(1, 9), max_size=2).map(tuple)
SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "newest_from": st.sampled_from([str(state) for state in P]),
    "due_on": st.none() | st.just(date(2026, 3, 2)),
    "declaration_reasons": st.sampled_from([(), (Reason("甲"), Reason("乙"))]),
    "sheet_reasons": st.sampled_from([(), (Reason("丙"),)]),
    "weak_unexplained": st.sampled_from([(), ("B1",)]),
    "findings": st.integers(0, 3),
    "state": st.sampled_from([str(state) for state in I]),
}


def facts(kind: type) -> st.SearchStrategy[Any]:
    def one(name: str, type_: Any) -> st.SearchStrategy[Any]:
        return SPECIAL.get(name, st.booleans() if type_ in (bool, "bool") else NUMBERS)

    return st.fixed_dictionaries({f.name: one(f.name, f.type) for f in fields(kind)}).map(lambda drawn: kind(**drawn))


MACHINES = st.sampled_from([PROJECT, ITEM])


@st.composite
def situations(draw: st.DrawFn) -> tuple[Definition, str, Any, frozenset[str]]:
    machine = draw(MACHINES)
    state = draw(st.sampled_from(list(machine.states)))
    parties = draw(st.frozensets(st.sampled_from([str(party) for party in machine.parties])))
    return machine, state, draw(facts(machine.facts)), parties


def accepted(machine: Definition, state: str, action: str, found: Any, parties: frozenset[str]) -> bool:
    """Whether the only writer of a state would go on to write."""
    reach: Any = SimpleNamespace(id=1, parties=parties, viewer="firm", declared=True)
    try:
        advance._permitted(machine, state, action, found, reach, 1, 1)
    except (Refused, Forbidden, NotFound, Conflict):
        return False
    return True


@settings(max_examples=300, deadline=None)
@given(situations())
def test_an_act_is_accepted_when_and_only_when_it_is_offered_without_a_reason(
    situation: tuple[Definition, str, Any, frozenset[str]],
) -> None:
    machine, state, found, parties = situation
    offered = {o.transition.action: o for o in engine.offers(machine, state, found, parties)}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(advance, "in_unit_of_work", lambda: True)
        for transition in machine.transitions:
            offer = offered.get(transition.action)
            possible = offer is not None and offer.possible
            assert accepted(machine, state, transition.action, found, parties) is possible, transition.action
            if possible and str(getattr(found, "newest_from", state)) in machine.states:
                assert engine.target(transition, state, found) in machine.states


@settings(max_examples=100, deadline=None)
@given(situations())
def test_nobody_is_offered_another_partys_act(situation: tuple[Definition, str, Any, frozenset[str]]) -> None:
    machine, state, found, parties = situation

    for offer in engine.offers(machine, state, found, parties):
        assert parties & set(offer.transition.parties) and state in offer.transition.sources


# ---------------------------------------------------------------- a random walk

ACTING = ("unit", "head", "lead", "evaluator", "supervisor", "supervisor2", "auditor", "unit2", "lead2", "stranger")
HOLDERS = ("unit", "lead", "supervisor")
REFUSALS = {403, 404, 409, 422}
LATER = (TODAY + timedelta(days=20)).isoformat()


class Walk(RuleBasedStateMachine):
    """Everybody presses what his page offers and, now and then, what it does not."""

    make: Make

    @initialize(state=st.sampled_from([*WAY, P.COMMENTING, P.RECTIFYING, P.CLOSING]), ready=st.booleans())
    def begin(self, state: str, ready: bool) -> None:
        self.play = self.make.project(state, ready=ready, items=("immediate", "phased"))
        self.clients = {name: Client(self.make.app, self.make[name]) for name in ACTING}

    @rule(name=st.sampled_from(ACTING), data=st.data())
    def somebody_presses_an_offered_button(self, name: str, data: st.DataObject) -> None:
        found = sorted(self.offered(name), key=str)
        if not found:
            return
        item, action = data.draw(st.sampled_from(found))

        answer = self.press(name, item, action)

        assert answer.status == 303, (name, item, action, answer.alert)

    @rule(data=st.data())
    def the_holder_presses_an_offered_button(self, data: st.DataObject) -> None:
        """Whoever holds it acts more often than the others, or no walk would go far."""
        name = data.draw(st.sampled_from(HOLDERS))
        found = sorted(self.offered(name, items=False), key=str)
        forward = [one for one in found if one[1] not in ("terminate", "decline", "replace_firm", "extend", "correct")]
        if not forward:
            return
        item, action = data.draw(st.sampled_from(forward))

        answer = self.press(name, item, action)

        assert answer.status == 303, (name, item, action, answer.alert)

    @rule(name=st.sampled_from(ACTING), data=st.data())
    def somebody_sends_what_his_page_does_not_offer(self, name: str, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from([None, *self.numbers()]))
        machine = PROJECT if item is None else ITEM
        action = data.draw(st.sampled_from([t.action for t in machine.transitions]))
        if (item, action) in self.offered(name) or (self.play.id, action) in self.before_declaring(name):
            return
        before = self.states()

        answer = self.press(name, item, action)

        assert answer.status in REFUSALS, (name, item, action)
        assert self.states() == before

    @rule()
    def what_the_next_act_needs_is_written(self) -> None:
        if self.states()[0] not in (P.EVALUATING, P.RECTIFYING):
            self.play.prepared = False
            self.play.prepare()

    @rule(name=st.sampled_from(HOLDERS))
    def a_page_offers_what_the_engine_says(self, name: str) -> None:
        assert self.offered(name, items=False) == self.by_the_engine(name)

    @invariant()
    def every_state_is_the_newest_of_its_journal(self) -> None:
        with self.make.app.app_context():
            mine = JournalEntry.project_id == self.play.id, JournalEntry.to_state.is_not(None)
            entries = select(JournalEntry.item_id, JournalEntry.to_state).where(*mine).order_by(JournalEntry.id)
            newest = dict(db.session.execute(entries).all())
            items = select(RectItem.id, RectItem.state).where(RectItem.project_id == self.play.id)
            standing = dict(db.session.execute(items).all())
        assert newest == {None: self.states()[0], **standing}

    def teardown(self) -> None:
        if not hasattr(self, "play"):
            return
        with self.make.app.app_context():
            for chain in ("journal", "event"):
                assert journal.verify(chain).broken is None

    # ---- how it is done

    def at(self, rest: str = "") -> str:
        return f"/projects/{self.play.id}{rest}"

    def state(self) -> str:
        return self.states()[0]

    def states(self) -> list[str]:
        with self.make.app.app_context():
            project = db.session.scalar(select(Project.state).where(Project.id == self.play.id))
            items = select(RectItem.state).where(RectItem.project_id == self.play.id).order_by(RectItem.number)
            return [str(project), *db.session.scalars(items)]

    def numbers(self) -> list[int]:
        with self.make.app.app_context():
            return list(db.session.scalars(select(RectItem.number).where(RectItem.project_id == self.play.id)))

    def offered(self, name: str, *, items: bool = True) -> set[tuple[int | None, str]]:
        """The acts whose buttons lead somewhere, on the page of the project and of each item."""
        places = {None: self.at()} | (
            {number: self.at(f"/items/{number}") for number in self.numbers()} if items else {}
        )
        found = set()
        for number, place in places.items():
            screen = self.clients[name].get(place)
            assert screen.status < 500
            buttons = [str(where) for where in screen.tree.xpath("//button[not(@aria-disabled)]/@formaction")]
            links = (link.partition("?")[0].partition("/act/") for link in [*screen.links, *buttons])
            found |= {(number, action) for at, _act, action in links if action and at == place}
        return found

    def before_declaring(self, name: str) -> set[tuple[int, str]]:
        """A lead may decline before he declares himself independent; that button stands on another page."""
        return {(self.play.id, "decline")} if name == "lead" else set()

    def by_the_engine(self, name: str) -> set[tuple[int | None, str]]:
        with self.make.app.app_context():
            reach = reach_of(self.make[name], self.play.id)
            if reach is None or (reach.viewer == "firm" and not reach.declared):
                return set()
            offers = advance.project_offers(reach, self.make[name])
            db.session.remove()
        return {(None, o.transition.action) for o in offers if o.possible}

    def press(self, name: str, item: int | None, action: str) -> Screen:
        transition = (PROJECT if item is None else ITEM).named(action)
        assert transition is not None
        address = self.at(f"/act/{transition.action}" if item is None else f"/items/{item}/act/{transition.action}")
        form = self.clients[name].get(address)
        assert form.status < 500
        drawn = form.tree.xpath("//input[@name='version']/@value") if form.status == 200 else []
        typed: dict[str, Any] = {"reason": "因为如此", "version": drawn[0] if drawn else "1"}
        typed |= {field.name: self.value(field.name, field.kind) for field in transition.fields}
        if ends(transition):
            with self.make.app.app_context():
                typed["project_code"] = db.session.scalar(select(Project.code).where(Project.id == self.play.id))
        answer = self.clients[name].post(address, **typed)
        assert answer.status < 500
        self.play.prepared = False
        return answer

    def value(self, name: str, kind: FieldKind) -> Any:
        if name == "lead_id":
            return str(self.make["lead"].id)
        if name == "items":
            with self.make.app.app_context():
                able = RectItem.state.in_([I.SETTLED, I.CONTINUING])
                mine = select(RectItem.number).where(RectItem.project_id == self.play.id, able)
                return [str(number) for number in db.session.scalars(mine)]
        if name == "target":
            return "name"
        if kind is FieldKind.FILES:
            return (BytesIO(PDF % b"walk"), "佐证.pdf")
        if name == "text":
            return self.play.word("walk")
        return {"verdict": "优", "evaluation_year": "2027", "due_on": LATER, "first_day": LATER, "last_day": LATER}.get(
            name, "内容"
        )


def test_a_random_walk_never_meets_an_offer_that_is_refused_nor_a_refusal_that_is_done(template: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, clock.at(NOW):
        app = open_app(copy_of(template, Path(folder) / "instance"))
        Walk.make = Make(app)
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            Walk,
            settings=settings(
                max_examples=12,
                stateful_step_count=12,
                phases=[Phase.generate],  # a walk takes too long to be shortened
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
            ),
        )
        close(app)
