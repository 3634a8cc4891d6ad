"""Both machines against the issue's table, which is written out here a second time: state × act × party."""

import importlib
import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from perfflow.core.advance import registered_effects
from perfflow.process import ITEM, N_, PROJECT, I, ItemFacts, Party, ProjectFacts
from perfflow.workflow import engine
from perfflow.workflow.checks import faults
from perfflow.workflow.definition import Days, Definition, Due, Guard, Reason, Rest, State, To, Transition
from perfflow.workflow.diagram import mermaid

for owner in ("declaration", "evaluation", "findings", "suggestions", "rectification"):
    importlib.import_module(f"perfflow.stages.{owner}.commands")  # registers its effects
importlib.import_module("perfflow.pages.results.commands")

# ---------------------------------------------------------------- the table of the issue
#
# state | who acts
#     party: act → where it leads (| between several ways); "!" needs a reason, "=" stays

PROJECT_TABLE = """
填报中 | unit
    unit: submit_declaration → 申报待审
    unit: void → 已作废
    supervisor: extend! =
    supervisor: terminate! → 已终止
申报待审 | supervisor
    supervisor: approve_declaration → 目标已批复
    supervisor: return_declaration! → 填报中
    supervisor: reject_declaration! → 不予通过
    unit lead: withdraw! → 填报中
    supervisor: extend! =
    supervisor: terminate! → 已终止
目标已批复 | resting
    supervisor: include → 待委托评价
    supervisor: terminate! → 已终止
不予通过 | final
已作废 | final
待委托评价 | supervisor
    supervisor: assign → 评价中
    supervisor: exclude! → 目标已批复
    supervisor: extend! =
    supervisor: terminate! → 已终止
评价中 | evaluator
    lead: submit_evaluation → 评价待审
    lead: decline! → 待委托评价
    supervisor: replace_firm! → 待委托评价
    supervisor: extend! =
    supervisor: terminate! → 已终止
评价待审 | supervisor
    supervisor: approve_evaluation → 问题编写中
    supervisor: return_evaluation! → 评价中
    unit lead: withdraw! → 评价中
    supervisor: extend! =
    supervisor: terminate! → 已终止
问题编写中 | evaluator
    lead: submit_findings → 待发征求意见 | 问题待审
    supervisor: replace_firm! → 待委托评价
    supervisor: extend! =
    supervisor: terminate! → 已终止
待发征求意见 | supervisor
    supervisor: send_out → 征求意见
    supervisor: return_findings! → 问题编写中
    supervisor: return_evaluation! → 评价中
    unit lead: withdraw! → 问题编写中
    supervisor: extend! =
    supervisor: terminate! → 已终止
征求意见 | unit
    unit: submit_comments → 异议答复 | 问题待审
    supervisor: deem_none → 问题待审
    supervisor: recall! → 问题编写中
    supervisor: extend! =
    supervisor: terminate! → 已终止
异议答复 | evaluator
    lead: submit_replies → 问题待审
    supervisor: replace_firm! → 待委托评价
    unit lead: withdraw! → 征求意见
    supervisor: extend! =
    supervisor: terminate! → 已终止
问题待审 | supervisor
    supervisor: approve_findings → 建议编写中 | 整改待办结
    supervisor: return_replies! → 异议答复
    supervisor: return_findings! → 问题编写中
    supervisor: return_evaluation! → 评价中
    unit lead: withdraw! → 问题编写中 | 征求意见 | 异议答复
    supervisor: extend! =
    supervisor: terminate! → 已终止
建议编写中 | evaluator
    lead: submit_suggestions → 建议待审
    supervisor: replace_firm! → 待委托评价
    supervisor: extend! =
    supervisor: terminate! → 已终止
建议待审 | supervisor
    supervisor: issue_notice → 整改中
    supervisor: return_suggestions! → 建议编写中
    supervisor: return_findings! → 问题编写中
    unit lead: withdraw! → 建议编写中
    supervisor: extend! =
    supervisor: terminate! → 已终止
整改中 | unit
    unit: acknowledge =
    unit: submit_rectification → 整改待办结
    supervisor: correct! =
    supervisor: extend! =
    supervisor: terminate! → 已终止
整改待办结 | supervisor
    supervisor: close → 已办结
    supervisor: return_rectification! → 整改中 | 问题编写中
    supervisor: correct! =
    unit lead: withdraw! → 整改中
    supervisor: extend! =
    supervisor: terminate! → 已终止
已办结 | resting
    supervisor: publish → 已公开
    supervisor: reopen! → 整改中
    supervisor: correct! =
已公开 | resting
    supervisor: unpublish! → 已办结
已终止 | final
"""

ITEM_TABLE = """
已下达 | unit
    unit: plan → 方案待审
    unit: report → 待核实
    supervisor: cancel_item! → 已撤销
    supervisor: extend! =
方案待审 | supervisor
    supervisor: accept_plan → 整改中
    supervisor: return_plan! → 已下达
    supervisor: cancel_item! → 已撤销
    supervisor: extend! =
    unit: withdraw! → 已下达
整改中 | unit
    unit: report → 待核实
    supervisor: cancel_item! → 已撤销
    supervisor: extend! =
待核实 | supervisor
    supervisor: verify_done → 已销号
    supervisor: verify_continuing → 持续整改
    supervisor: verify_not_done! → 整改中
    supervisor: cancel_item! → 已撤销
    supervisor: extend! =
    unit: withdraw! → 已下达 | 整改中 | 持续整改
已销号 | resting
    supervisor: reopen_item! → 整改中
持续整改 | unit
    unit: report → 待核实
    supervisor: cancel_item! → 已撤销
    supervisor: extend! =
已撤销 | final
"""

FOUR_EYES = {
    "approve_declaration", "return_declaration", "reject_declaration", "approve_evaluation", "return_evaluation",
    "send_out", "return_findings", "approve_findings", "return_replies", "issue_notice", "return_suggestions",
    "close", "return_rectification",
    "accept_plan", "return_plan", "verify_done", "verify_continuing", "verify_not_done",
}  # fmt: skip
"""Decisions on what somebody submitted; never by that person."""

INTERNAL = {"reopen_for_item", "reopen_by_return"}


@dataclass(frozen=True)
class Act:
    parties: frozenset[str]
    targets: frozenset[str]
    reason: bool


@dataclass(frozen=True)
class Row:
    holder: str
    acts: dict[str, Act]


def read(table: str, machine: Definition) -> dict[str, Row]:
    """State code → row; the states are named as the issue names them."""
    codes = {state.label: code for code, state in machine.states.items()}
    rows: dict[str, Row] = {}
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            label, holder = line.split(" | ")
            state = codes[label]
            rows[state] = Row(holder, {})
            continue
        parties, _, rest = line.strip().partition(": ")
        act, _, leads = rest.partition(" → ")
        stays = act.endswith("=")
        act = act.removesuffix("=").strip()
        targets = {state} if stays else {codes[label] for label in leads.split(" | ")}
        known = Act(frozenset(parties.split()), frozenset(targets), act.endswith("!"))
        rows[state].acts[act.removesuffix("!")] = known
    return rows


TABLES = {"project": read(PROJECT_TABLE, PROJECT), "item": read(ITEM_TABLE, ITEM)}
MACHINES = {"project": PROJECT, "item": ITEM}
DAY = date(2026, 3, 2)

# worlds in which every act that is shown under a condition is shown in at least one
WORLDS: dict[str, tuple[Any, ...]] = {
    "project": (
        ProjectFacts(ever_submitted=False),
        ProjectFacts(due_on=DAY, overdue=True, newest_is_mine=True, notice_open=True, has_items=True, any_dispute=True),
    ),
    "item": (ItemFacts(due_on=DAY, newest_is_mine=True),),
}

STATES = [(name, state) for name, machine in MACHINES.items() for state in machine.states]


@pytest.mark.parametrize(("name", "state"), STATES)
def test_an_act_is_offered_exactly_to_whom_the_table_says(name: str, state: str) -> None:
    machine, row = MACHINES[name], TABLES[name][state]

    offered = {
        (t.action, party)
        for t, party, facts in product(machine.transitions, [*machine.parties, "nobody"], WORLDS[name])
        if engine.offer(machine, state, t.action, facts, {party})
    }

    assert offered == {(action, party) for action, act in row.acts.items() for party in act.parties}


def test_the_table_knows_every_state_and_every_act() -> None:
    for name, machine in MACHINES.items():
        assert set(TABLES[name]) == set(machine.states)
        acts = {action for row in TABLES[name].values() for action in row.acts}
        assert acts == {t.action for t in machine.transitions} - INTERNAL


@pytest.mark.parametrize("name", MACHINES)
def test_every_act_leads_where_the_table_says(name: str) -> None:
    machine = MACHINES[name]
    leads = {
        (state, t.action): machine.targets(t, state)
        for t in machine.transitions
        if not t.internal
        for state in t.sources
    }

    assert leads == {(s, a): act.targets for s, row in TABLES[name].items() for a, act in row.acts.items()}


@pytest.mark.parametrize("name", MACHINES)
def test_an_act_that_undoes_or_refuses_needs_a_reason(name: str) -> None:
    needed = {t.action for t in MACHINES[name].transitions if t.reason}

    assert needed == {a for row in TABLES[name].values() for a, act in row.acts.items() if act.reason}


@pytest.mark.parametrize("name", MACHINES)
def test_a_state_is_held_by_whom_the_table_says(name: str) -> None:
    def holder(state: State) -> str:
        return " ".join(state.actors) if state.rest is Rest.WAITING else state.rest.name.lower()

    held = {code: holder(state) for code, state in MACHINES[name].states.items()}

    assert held == {code: row.holder for code, row in TABLES[name].items()}


def test_whoever_submitted_never_decides_on_it() -> None:
    for name, machine in MACHINES.items():
        for t in machine.transitions:
            facts = replace(WORLDS[name][-1], actor_submitted=True)
            said = any(reason == engine.SAME_PERSON for reason in engine.against(t, facts))
            assert said is (t.action in FOUR_EYES), t.action


def test_internal_acts_are_nobodys_to_take() -> None:
    for name, machine in MACHINES.items():
        for state, facts in product(machine.states, WORLDS[name]):
            offered = {o.transition.action for o in engine.offers(machine, state, facts, machine.parties)}
            assert not offered & INTERNAL


def test_the_unit_has_five_working_days_to_comment_and_other_days_stand_in_the_file() -> None:
    assert PROJECT.states["commenting"].due == Days(5, working=True)
    for machine in MACHINES.values():
        for state in machine.states.values():
            waits = state.rest is Rest.WAITING
            assert waits is (state.due is not Due.NONE), state.code


# ---------------------------------------------------------------- where an act leads, case by case

LEADS = [
    ("findings_writing", "submit_findings", {}, "awaiting_comments"),
    ("findings_writing", "submit_findings", {"no_findings": True, "findings": 0}, "findings_review"),
    ("commenting", "submit_comments", {}, "findings_review"),
    ("commenting", "submit_comments", {"any_dispute": True}, "dispute_reply"),
    ("findings_review", "approve_findings", {}, "suggestions_writing"),
    ("findings_review", "approve_findings", {"none_kept": True}, "closing"),
    ("closing", "return_rectification", {"has_items": True}, "rectifying"),
    ("closing", "return_rectification", {"has_items": False}, "findings_writing"),
    ("findings_review", "withdraw", {"newest_from": "commenting"}, "commenting"),
    ("findings_review", "withdraw", {"newest_from": "dispute_reply"}, "dispute_reply"),
    ("evaluating", "extend", {}, "evaluating"),
]


@pytest.mark.parametrize(("state", "action", "facts", "target"), LEADS)
def test_the_way_taken_follows_the_facts(state: str, action: str, facts: dict[str, Any], target: str) -> None:
    transition = PROJECT.named(action)
    assert transition is not None

    assert engine.target(transition, state, ProjectFacts(**facts)) == target


# ---------------------------------------------------------------- facts → guards

A_REASON = (Reason("此项还没有填写。", {}, "declaration#overview"),)

BROKEN: list[tuple[str, str, str, str, dict[str, Any], dict[str, Any]]] = [
    # machine, state, act, party, what is otherwise so, what breaks it
    ("project", "declaring", "submit_declaration", "unit", {}, {"declaration_reasons": A_REASON}),
    ("project", "evaluating", "submit_evaluation", "lead", {}, {"lead_independent": False}),
    ("project", "evaluating", "submit_evaluation", "lead", {}, {"sheet_reasons": A_REASON}),
    ("project", "evaluating", "submit_evaluation", "lead", {}, {"has_paid": False}),
    ("project", "evaluating", "submit_evaluation", "lead", {}, {"has_performance": False}),
    ("project", "evaluating", "submit_evaluation", "lead", {}, {"has_report": False}),
    ("project", "evaluating", "submit_evaluation", "lead", {"table_only": True}, {"has_report": False}),
    ("project", "findings_writing", "submit_findings", "lead", {}, {"findings": 0}),
    ("project", "findings_writing", "submit_findings", "lead", {}, {"no_findings": True}),
    ("project", "findings_writing", "submit_findings", "lead", {}, {"weak_unexplained": ("B1",)}),
    ("project", "commenting", "submit_comments", "unit", {}, {"unanswered": (2,)}),
    ("project", "commenting", "submit_comments", "unit", {"any_dispute": True}, {"undisputed_reasons": (1,)}),
    ("project", "commenting", "deem_none", "supervisor", {"due_on": DAY, "overdue": True}, {"overdue": False}),
    ("project", "dispute_reply", "submit_replies", "lead", {"any_dispute": True}, {"unreplied": (1, 2)}),
    ("project", "findings_review", "approve_findings", "supervisor", {}, {"unruled": (3,)}),
    ("project", "findings_review", "return_replies", "supervisor", {"any_dispute": True}, {"any_dispute": False}),
    ("project", "suggestions_writing", "submit_suggestions", "lead", {}, {"unanswered_findings": (1,)}),
    ("project", "suggestions_writing", "submit_suggestions", "lead", {}, {"unlinked_suggestions": (1,)}),
    ("project", "suggestions_review", "issue_notice", "supervisor", {}, {"unclassified": (1,)}),
    ("project", "rectifying", "submit_rectification", "unit", {}, {"unsettled": (1, 3)}),
    ("project", "rectifying", "submit_rectification", "unit", {}, {"has_summary": False}),
    ("project", "closing", "close", "supervisor", {}, {"unsettled": (2,)}),
    *(
        ("item", state, action, party, {"due_on": DAY, "newest_is_mine": True, "immediate": True}, {"movable": False})
        for state, action, party in (
            ("issued", "plan", "unit"), ("plan_review", "accept_plan", "supervisor"),
            ("plan_review", "return_plan", "supervisor"), ("in_progress", "report", "unit"),
            ("verifying", "verify_done", "supervisor"), ("verifying", "verify_continuing", "supervisor"),
            ("verifying", "verify_not_done", "supervisor"), ("issued", "cancel_item", "supervisor"),
            ("plan_review", "withdraw", "unit"), ("issued", "extend", "supervisor"),
        )
    ),
    ("item", "issued", "report", "unit", {"state": I.ISSUED, "immediate": True}, {"immediate": False}),
    ("item", "settled", "reopen_item", "supervisor", {}, {"project_published": True}),
    ("item", "settled", "reopen_item", "supervisor", {}, {"project_reopenable": False}),
]  # fmt: skip

HIDDEN: list[tuple[str, str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("project", "declaring", "void", "unit", {"ever_submitted": False}, {"ever_submitted": True}),
    ("project", "awaiting_firm", "exclude", "supervisor", {}, {"registered": True}),
    ("project", "rectifying", "acknowledge", "unit", {"notice_open": True}, {"notice_open": False}),
    ("project", "closed", "reopen", "supervisor", {"has_items": True}, {"has_items": False}),
    ("project", "closing", "withdraw", "unit", {"newest_is_mine": True}, {"newest_is_mine": False}),
    ("project", "evaluating", "extend", "supervisor", {"due_on": DAY}, {"due_on": None}),
    ("project", "declaring", "extend", "supervisor", {"due_on": DAY}, {"ever_submitted": False}),
    ("project", "declaring", "terminate", "supervisor", {}, {"ever_submitted": False}),
    ("item", "verifying", "withdraw", "unit", {"newest_is_mine": True}, {"newest_is_mine": False}),
    ("item", "issued", "extend", "supervisor", {"due_on": DAY}, {"due_on": None}),
]
"""Acts that are not offered at all while a fact stands against them."""

FACTS = {"project": ProjectFacts, "item": ItemFacts}


@pytest.mark.parametrize(("name", "state", "action", "party", "so", "broken"), BROKEN)
def test_a_broken_fact_is_told_beside_the_button(
    name: str, state: str, action: str, party: str, so: dict[str, Any], broken: dict[str, Any]
) -> None:
    in_order = engine.offer(MACHINES[name], state, action, FACTS[name](**so), {party})
    refused = engine.offer(MACHINES[name], state, action, FACTS[name](**{**so, **broken}), {party})

    assert in_order is not None and in_order.possible
    assert refused is not None and not refused.possible
    assert all(reason.message for reason in refused.reasons)


@pytest.mark.parametrize(("name", "state", "action", "party", "so", "broken"), HIDDEN)
def test_an_act_is_not_even_shown_while_its_condition_fails(
    name: str, state: str, action: str, party: str, so: dict[str, Any], broken: dict[str, Any]
) -> None:
    assert engine.offer(MACHINES[name], state, action, FACTS[name](**so), {party}) is not None
    assert engine.offer(MACHINES[name], state, action, FACTS[name](**{**so, **broken}), {party}) is None


def test_every_guard_of_every_act_is_broken_above() -> None:
    tried: set[tuple[str, str, str]] = set()
    for name, _state, action, _party, so, broken in BROKEN + HIDDEN:
        t = MACHINES[name].named(action)
        assert t is not None
        facts = FACTS[name](**{**so, **broken})
        tried |= {(name, action, guard.name) for guard in (*t.guards, *t.shown) if guard.check(facts)}

    assert tried == {
        (name, t.action, guard.name)
        for name, machine in MACHINES.items()
        for t in machine.transitions
        for guard in (*t.guards, *t.shown)
    }


def test_all_reasons_are_told_together() -> None:
    facts = ProjectFacts(lead_independent=False, has_paid=False, has_performance=False, has_report=False)

    offer = engine.offer(PROJECT, "evaluating", "submit_evaluation", facts, {Party.LEAD})

    assert offer is not None
    assert [reason.place for reason in offer.reasons] == [
        "independence", "evaluation#paid", "evaluation#main_performance", "evaluation#report",
    ]  # fmt: skip


def test_the_weak_indicators_do_not_count_where_there_is_no_score_sheet() -> None:
    facts = ProjectFacts(table_only=True, weak_unexplained=("B1",))

    offer = engine.offer(PROJECT, "findings_writing", "submit_findings", facts, {Party.LEAD})

    assert offer is not None and offer.possible


# ---------------------------------------------------------------- faults of a definition


def with_states(*states: State) -> Definition:
    return replace(PROJECT, states={**PROJECT.states, **{state.code: state for state in states}})


def with_acts(*acts: Transition) -> Definition:
    return replace(PROJECT, transitions=(*PROJECT.transitions, *acts))


def act(**changes: Any) -> Transition:
    return replace(Transition("new_act", "新办理", ("declaring",), (To("voided"),), ("unit",), "project"), **changes)


LOST = State("lost", "无人区", "closure", rest=Rest.FINAL)
STUCK = State("stuck", "卡住", "closure", ("unit",), "办理")

FAULTY: dict[str, tuple[Definition, str]] = {
    "unreachable": (with_states(LOST), "lost: no act leads there"),
    "dead end": (
        replace(with_states(STUCK), transitions=(*PROJECT.transitions, act(leads=(To("stuck"),)))),
        "stuck: nothing leads out",
    ),
    "dead end that only leads to itself": (
        replace(
            with_states(STUCK),
            transitions=(
                *PROJECT.transitions,
                act(leads=(To("stuck"),)),
                act(action="round", sources=("stuck",), leads=(To("stuck"),)),
            ),
        ),
        "stuck: nothing leads out",
    ),
    "no role": (with_acts(act(parties=())), "new_act: nobody may do it"),
    "unknown role": (with_acts(act(parties=("mayor",))), "unknown party mayor"),
    "unknown fact in a guard": (
        with_acts(act(guards=(Guard("weather", ("sunny",), lambda facts: ()),))), "unknown fact sunny",
    ),
    "unknown fact in a condition": (
        with_acts(act(shown=(Guard("weather", ("sunny",), lambda facts: ()),))), "unknown fact sunny",
    ),
    "unknown fact on a way": (with_acts(act(leads=(To("voided", when="sunny"), To("voided")))), "unknown fact sunny"),
    "unknown effect": (with_acts(act(effect="fireworks")), "effect fireworks is not registered"),
    "unknown target": (with_acts(act(leads=(To("nowhere"),))), "unknown state nowhere"),
    "unknown source": (with_acts(act(sources=("nowhere",))), "unknown state nowhere"),
    "no way left": (with_acts(act(leads=(To("voided", when="registered"),))), "no way is left"),
    "leads from nowhere": (with_acts(act(sources=())), "leads from nowhere"),
    "named twice": (with_acts(PROJECT.transitions[0]), "named twice"),
    "waits for nobody": (with_states(replace(PROJECT.states["closing"], actors=())), "closing: waits for nobody"),
    "final, yet left": (with_states(replace(PROJECT.states["closed"], rest=Rest.FINAL)), "closed: final, yet"),
    "unknown start": (replace(PROJECT, start="nowhere"), "the first state nowhere is unknown"),
}  # fmt: skip


def test_the_definitions_have_no_faults() -> None:
    for machine in MACHINES.values():
        assert faults(machine, registered_effects()) == ()


@pytest.mark.parametrize("fault", FAULTY)
def test_a_faulty_definition_is_refused(fault: str) -> None:
    definition, told = FAULTY[fault]

    found = faults(definition, registered_effects())

    assert any(told in sentence for sentence in found), found


@pytest.mark.parametrize("missing", sorted(t.effect for m in MACHINES.values() for t in m.transitions if t.effect))
def test_a_missing_effect_is_refused(missing: str) -> None:
    there = registered_effects() - {missing}

    assert any(missing in sentence for machine in MACHINES.values() for sentence in faults(machine, there))


def test_every_label_can_be_put_into_words() -> None:
    for machine in MACHINES.values():
        labels = [state.label for state in machine.states.values()]
        assert all(labels) and len(labels) == len(set(labels))
        assert all(N_(t.label) for t in machine.transitions)


# ---------------------------------------------------------------- the picture

README = Path(__file__).parent.parent / "README.md"


@pytest.mark.parametrize("name", MACHINES)
def test_the_readme_draws_the_process_as_it_is(name: str) -> None:
    text = README.read_text(encoding="utf-8")

    between = re.search(f"<!-- process:{name} -->(.*?)<!-- /process:{name} -->", text, re.DOTALL)

    assert between, f"README.md has no <!-- process:{name} --> … <!-- /process:{name} -->"
    drawn = between[1].strip().removeprefix("```mermaid\n").removesuffix("```")
    assert drawn.strip() == mermaid(MACHINES[name]).strip()
