"""A firm is assigned, declares, scores, submits, takes back, declines or is replaced."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from perfflow.core import access, facts, files
from perfflow.core.access import Actor
from perfflow.core.advance import advance_project
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from perfflow.db import db, unit_of_work
from perfflow.models.evaluation import Assignment, Independence
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Avoidance, GradeBand, Organisation, User
from perfflow.models.project import Message
from perfflow.process import Datum, ObjectKind, OrganisationKind, P, Role
from perfflow.rules.score import Row
from perfflow.stages.declaration import commands as declaration
from perfflow.stages.evaluation import commands, queries
from perfflow.stages.findings import commands as replies
from perfflow.stages.findings import queries as findings
from tests.stages.standing import NOW, TODAY, Standing, standing

DUE = date(2026, 7, 31)
SHEET = [
    Row("A", "项目决策", None, None),
    Row("A1", "项目立项", 4000, 4000, "100%"),
    Row("B", "项目绩效", None, None),
    Row("B1", "产出", None, None),
    Row("B11", "完成率", 6000, 5104, "85%"),
]
RESULT = commands.ResultValues(paid_fen=1_374_740_000, paid_filed="1,374.74万元", main_performance="完成了。")


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Standing]:
    """A registered object waits for a firm; one.project_id is that object."""
    with standing(tmp_path) as people:
        with unit_of_work():
            for label, lower in (("优", 9000), ("良", 7500), ("合格", 6000), ("不合格", 0)):
                band = {"label": label, "lower": lower, "source": "22号"}
                db.session.add(GradeBand(jurisdiction="shanghai", first_year=2014, **band))
            people.project_id = register(people)
        yield people


def register(people: Standing, **more: Any) -> int:
    values = declaration.RegisterValues(
        unit_id=people.unit.organisation_id, object_kind=ObjectKind.PROJECT, name="热线经费",
        budget_year=2025, evaluation_year=2026, reason="线下申报", **more,
    )  # fmt: skip
    return declaration.register(values, None, actor=people.supervisor).id


def somebody(one: Standing, username: str, organisation_id: int, role: Role = Role.FIRM_USER) -> Actor:
    user = User(
        username=username, display_name=f"{username} 乙", organisation_id=organisation_id, role=role,
        password_hash="x", created_at=NOW,
    )  # fmt: skip
    with unit_of_work():
        db.session.add(user)
        db.session.flush()
        name = db.session.get_one(Organisation, organisation_id).name
        return Actor(user.id, username, user.display_name, role, organisation_id, name)


def other_firm(one: Standing) -> Actor:
    with unit_of_work():
        firm = Organisation(name="第二评价公司", kind=OrganisationKind.FIRM)
        db.session.add(firm)
        db.session.flush()
        firm_id = firm.id
    return somebody(one, "firm2", firm_id)


def assign(one: Standing, lead: Actor | None = None, due_on: date = DUE) -> None:
    one.act(one.supervisor, "assign", lead_id=(lead or one.lead).id, due_on=due_on)


def declare(one: Standing, actor: Actor | None = None, independent: bool = True, why: str = "") -> None:
    with unit_of_work():
        commands.declare_independence(one.project_id, independent, why, actor=actor or one.lead)


def assignment(one: Standing) -> Assignment:
    found = db.session.scalars(
        db.select(Assignment)
        .where(Assignment.project_id == one.project_id)
        .order_by(Assignment.number.desc())
        .execution_options(populate_existing=True)
    ).first()
    assert found is not None
    return found


def save_sheet(one: Standing, rows: list[Row] = SHEET, version: int | None = None) -> None:
    with unit_of_work():
        commands.save_sheet(one.project_id, rows, version=version, actor=one.lead)


def save_result(one: Standing, values: commands.ResultValues = RESULT, version: int | None = None) -> None:
    with unit_of_work():
        commands.save_result(one.project_id, values, version=version, actor=one.lead)


def evaluated(one: Standing) -> None:
    """Everything is there that submitting asks for."""
    assign(one)
    declare(one)
    save_sheet(one)
    save_result(one)
    with unit_of_work():
        commands.attach_files(one.project_id, [one.received("报告.pdf")], actor=one.lead)


def newest(one: Standing) -> dict[str, Any]:
    body = db.session.scalar(
        db.select(JournalEntry.body)
        .where(JournalEntry.project_id == one.project_id)
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )
    return dict(json.loads(body or "{}"))


# ---------------------------------------------------------------- assigning


def test_a_firm_is_assigned_with_its_lead_and_the_due_date_given(one: Standing) -> None:
    assign(one)

    project, made = one.project(), assignment(one)
    assert (project.state, project.waiting_for, project.due_on) == (P.EVALUATING, "evaluator", DUE)
    assert (project.assignment_id, project.firm_id) == (made.id, one.lead.organisation_id)
    assert (made.number, made.lead_id, made.due_on, made.reached) == (1, one.lead.id, DUE, 0)
    assert newest(one)["changes"] == [
        ["评价机构", "", "评价公司"], ["主评人", "", "firm 甲"], ["期限", "", "2026-07-31"],
    ]  # fmt: skip


def test_only_an_active_firm_user_is_a_lead(one: Standing) -> None:
    gone = somebody(one, "gone", one.lead.organisation_id)
    with unit_of_work():
        db.session.get_one(User, gone.id).active = False
    for user_id in (one.unit.id, one.supervisor.id, gone.id, 10**6):
        with pytest.raises(Invalid) as told:
            one.act(one.supervisor, "assign", lead_id=user_id, due_on=DUE)
        assert told.value.field == "lead_id"
    assert one.project().state == P.AWAITING_FIRM


def test_the_due_date_is_not_in_the_past(one: Standing) -> None:
    with pytest.raises(Invalid) as told:
        assign(one, due_on=TODAY - timedelta(days=1))
    assert told.value.field == "due_on"

    assign(one, due_on=TODAY)


@pytest.mark.parametrize(
    ("first_day", "last_day", "ended", "refused"),
    [
        (TODAY, None, False, True),
        (TODAY - timedelta(days=9), TODAY, False, True),
        (TODAY + timedelta(days=1), None, False, False),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), False, False),
        (TODAY, None, True, False),
    ],
)
def test_the_avoidance_list_holds_between_its_days(
    one: Standing, first_day: date, last_day: date | None, ended: bool, refused: bool
) -> None:
    with unit_of_work():
        db.session.add(
            Avoidance(
                firm_id=one.lead.organisation_id, unit_id=one.unit.organisation_id, first_day=first_day,
                last_day=last_day, reason="利害关系", created_by=one.supervisor.id, created_at=NOW,
                ended_at=NOW if ended else None,
            )
        )  # fmt: skip

    offered = [id_ for id_, _firm, _person in queries.leads(one.unit.organisation_id)]

    assert (one.lead.id in offered) is not refused
    if refused:
        with pytest.raises(Refused) as told:
            assign(one)
        assert told.value.reasons[0].params == {"firm": "评价公司", "unit": "办公厅"}
        assert one.project().state == P.AWAITING_FIRM
    else:
        assign(one)


# ---------------------------------------------------------------- independence


def test_before_he_declares_an_evaluator_is_shown_name_unit_years_and_due_date(one: Standing) -> None:
    assign(one)
    reach = one.reach(one.lead)

    about = queries.independence(reach, one.lead)

    assert (about.name, about.unit_name, about.budget_year, about.evaluation_year, about.due_on) == (
        "热线经费", "办公厅", 2025, 2026, DUE,
    )  # fmt: skip
    assert about.declared is None
    assert not any(reach.sees(datum) for datum in Datum)


def test_who_declares_sees_the_project_and_may_write(one: Standing) -> None:
    assign(one)
    with pytest.raises(Forbidden):
        save_sheet(one)

    declare(one)

    assert one.reach(one.lead).sees(Datum.EVALUATION)
    assert newest(one)["action"] == "declare_independence"
    save_sheet(one)


def test_a_declaration_is_made_once_for_each_user_and_assignment(one: Standing) -> None:
    colleague = somebody(one, "colleague", one.lead.organisation_id)
    assign(one)
    declare(one)
    declare(one, colleague)

    with pytest.raises(Refused):
        declare(one)


def test_who_is_not_independent_says_why_and_lead_and_office_are_told(one: Standing) -> None:
    colleague = somebody(one, "colleague", one.lead.organisation_id)
    assign(one)
    with pytest.raises(Invalid):
        declare(one, colleague, independent=False, why="  ")

    declare(one, colleague, independent=False, why="曾在该单位任职")

    told = db.session.scalars(db.select(Message.user_id).where(Message.code == "not_independent"))
    assert set(told) == {one.lead.id, one.supervisor.id, one.second.id}
    assert not one.reach(colleague).parties
    assert not one.reach(colleague).sees(Datum.PROJECT)
    with pytest.raises(Refused):
        declare(one, colleague)


def test_nobody_but_the_firm_declares(one: Standing) -> None:
    assign(one)
    for actor in (one.supervisor, one.unit):
        with pytest.raises(Forbidden):
            declare(one, actor)
    with pytest.raises(NotFound):
        declare(one, other_firm(one))


# ---------------------------------------------------------------- the sheet


def test_total_and_grade_follow_from_the_leaves(one: Standing) -> None:
    assign(one)
    declare(one)

    save_sheet(one)

    made = assignment(one)
    assert (made.total, made.grade, made.version) == (9104, "优", 2)
    assert facts.sheet_rows(made.id) == tuple(SHEET)
    page = queries.evaluation(one.reach(one.lead))
    assert page is not None
    assert [(n.code, n.weight, n.score, n.rate) for n in page.nodes if not n.leaf] == [
        ("A", 4000, 4000, 100), ("B", 6000, 5104, 85), ("B1", 6000, 5104, 85),
    ]  # fmt: skip
    assert (page.total_weight, page.total_score) == (10_000, 9104)


def test_a_sheet_may_have_gaps_and_has_no_total_then(one: Standing) -> None:
    assign(one)
    declare(one)
    save_sheet(one)

    save_sheet(one, [*SHEET[:-1], replace(SHEET[-1], score=None)])

    assert (assignment(one).total, assignment(one).grade) == (None, "")


def test_scores_of_more_than_a_hundred_give_no_total(one: Standing) -> None:
    assign(one)
    declare(one)

    save_sheet(one, [Row("A1", "甲", 10_000, 9000), Row("A2", "乙", 10_000, 9000)])

    assert assignment(one).total is None


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([Row("A", "组", 100, None), Row("A1", "叶", 100, 100)], "rows-0-weight"),
        ([Row("A", "组", None, 100), Row("A1", "叶", 100, 100)], "rows-0-score"),
        ([Row("A1", "叶", 100, 100), Row("A1", "叶", 100, 100)], "rows-1-code"),
        ([Row("A1", "叶", 100, 100), Row("", "叶", 100, 100)], "rows-1-code"),
        ([Row("A1", "叶", 10_001, None)], "rows"),
        ([Row(f"A{n}", "叶", None, None) for n in range(1000, 1201)], "rows"),
    ],
)
def test_a_sheet_that_is_no_tree_is_refused_at_its_cell(one: Standing, rows: list[Row], field: str) -> None:
    assign(one)
    declare(one)

    with pytest.raises(Invalid) as told:
        save_sheet(one, rows)

    assert told.value.field == field


def test_the_entry_of_a_saved_sheet_holds_the_rows_that_changed_beside_the_changes(one: Standing) -> None:
    assign(one)
    declare(one)
    save_sheet(one)
    save_sheet(one, [*SHEET[:-1], replace(SHEET[-1], score=4500)])

    entry = newest(one)

    assert entry["changes"] == []
    assert entry["draft"] == [
        ["指标评分表", "B11 完成率 60 / 51.04 85%", "B11 完成率 60 / 45 85%"],
        ["评价分值", "91.04", "85"],
        ["评价结论", "优", "良"],
    ]


def test_a_stale_sheet_is_told_who_was_faster(one: Standing) -> None:
    assign(one)
    declare(one)
    save_sheet(one, version=1)

    with pytest.raises(Conflict) as told:
        save_result(one, version=1)

    assert told.value.who == one.lead.display_name
    save_result(one, version=2)


def test_evaluators_write_while_evaluating_and_only_they(one: Standing) -> None:
    evaluated(one)
    for actor in (one.unit, one.supervisor):
        with pytest.raises(Forbidden), unit_of_work():
            commands.save_sheet(one.project_id, SHEET, version=None, actor=actor)
    one.act(one.lead, "submit_evaluation")

    with pytest.raises(Refused):
        save_sheet(one)
    with pytest.raises(Refused):
        save_result(one)
    with pytest.raises(Refused), unit_of_work():
        commands.attach_files(one.project_id, [one.received()], actor=one.lead)


# ---------------------------------------------------------------- the result


def test_the_paid_amount_is_kept_as_filed_beside_its_number(one: Standing) -> None:
    assign(one)
    declare(one)

    save_result(one)

    made = assignment(one)
    assert (made.paid_fen, made.paid_filed, made.main_performance) == (
        1_374_740_000, "1,374.74万元", "完成了。",
    )  # fmt: skip
    assert newest(one)["draft"][0] == ["决算金额", "", "1,374.74万元（13,747,400.00元）"]


@pytest.mark.parametrize(
    "values",
    [
        replace(RESULT, paid_fen=None),
        replace(RESULT, paid_fen=13_747_400_000_000),
        replace(RESULT, paid_fen=-1, paid_filed=""),
    ],
)
def test_a_paid_amount_that_does_not_fit_its_words_is_refused(
    one: Standing, values: commands.ResultValues
) -> None:
    assign(one)
    declare(one)

    with pytest.raises(Invalid) as told:
        save_result(one, values)

    assert told.value.field == "paid"


def test_with_a_sheet_total_and_grade_are_never_typed(one: Standing) -> None:
    assign(one)
    declare(one)
    save_sheet(one)

    save_result(one, replace(RESULT, total=10_000, total_filed="100分", grade="优秀"))

    made = assignment(one)
    assert (made.total, made.total_filed, made.grade) == (9104, "", "优")


def test_with_a_result_table_alone_total_and_grade_are_kept_as_filed(one: Standing) -> None:
    with unit_of_work():
        one.project_id = register(one, table_only=True)
    assign(one)
    declare(one)

    save_result(one, replace(RESULT, total=9180, total_filed="91.8分", grade="优"))

    made = assignment(one)
    assert (made.total, made.total_filed, made.grade) == (9180, "91.8分", "优")
    with pytest.raises(Refused):
        save_sheet(one)
    page = queries.evaluation(one.reach(one.lead))
    assert page is not None
    assert page.table_only


# ---------------------------------------------------------------- submitting, taking back, ending


def test_the_office_sees_the_evaluation_from_its_submission_and_not_before(one: Standing) -> None:
    evaluated(one)
    assert not one.reach(one.supervisor).sees(Datum.EVALUATION)

    one.act(one.lead, "submit_evaluation")

    assert one.reach(one.supervisor).sees(Datum.EVALUATION)
    assert [f.name for f in files.attachments(one.reach(one.supervisor))] == ["报告.pdf"]
    assert (assignment(one).reached, newest(one)["reached_before"]) == (1, 0)


def test_only_the_lead_submits(one: Standing) -> None:
    colleague = somebody(one, "colleague", one.lead.organisation_id)
    evaluated(one)
    declare(one, colleague)

    with pytest.raises(Forbidden):
        one.act(colleague, "submit_evaluation")


def test_an_evaluation_taken_back_is_hidden_again(one: Standing) -> None:
    evaluated(one)
    one.act(one.lead, "submit_evaluation")

    one.act(one.lead, "withdraw", reason="漏了一处")

    assert (one.project().state, one.project().due_on) == (P.EVALUATING, DUE)
    assert assignment(one).reached == 0
    assert not one.reach(one.supervisor).sees(Datum.EVALUATION)


def test_an_evaluation_once_seen_stays_seen_when_its_second_submission_is_taken_back(one: Standing) -> None:
    evaluated(one)
    one.act(one.lead, "submit_evaluation")
    one.act(one.supervisor, "return_evaluation", reason="请补充")
    one.act(one.lead, "submit_evaluation")

    one.act(one.lead, "withdraw", reason="漏了一处")

    assert assignment(one).reached == 1


@pytest.mark.parametrize(("action", "end"), [("decline", "declined"), ("replace_firm", "replaced")])
def test_a_firm_that_ended_has_the_project_out_of_reach_and_the_next_one_starts_empty(
    one: Standing, action: str, end: str
) -> None:
    evaluated(one)

    one.act(one.lead if action == "decline" else one.supervisor, action, reason="人手不足")

    project, former = one.project(), assignment(one)
    assert (project.state, project.assignment_id, project.firm_id) == (P.AWAITING_FIRM, None, None)
    assert (former.end, former.ended_at) == (end, NOW)
    assert access.reach_of(one.lead, one.project_id) is None

    second = other_firm(one)
    assign(one, second)
    declare(one, second)
    page = queries.evaluation(one.reach(second))
    assert page is not None
    assert (page.rows, page.paid_fen, page.main_performance, page.total) == ((), None, "", None)
    assert files.attachments(one.reach(second)) == []
    assert assignment(one).number == 2


def test_the_same_firm_declares_again_for_a_second_assignment(one: Standing) -> None:
    assign(one)
    declare(one)
    one.act(one.supervisor, "replace_firm", reason="改由他人")
    told = db.session.scalars(db.select(Message.user_id).where(Message.code == "project.replace_firm"))
    assert set(told) == {one.lead.id}
    assign(one)

    assert not one.reach(one.lead).declared
    declare(one)
    assert db.session.scalar(db.select(db.func.count()).select_from(Independence)) == 3


def test_taking_back_answers_or_replies_opens_them_again(tmp_path: Path) -> None:
    with standing(tmp_path) as one:
        one.send_out("中期验收不够规范")
        one.answer(f1="不是中期")
        one.act(one.unit, "submit_comments")
        one.act(one.unit, "withdraw", reason="漏写")
        round_ = facts.current_round(one.project().assignment_id or 0)
        assert round_ is not None
        assert (one.project().state, round_.submitted_at) == (P.COMMENTING, None)

        one.act(one.unit, "submit_comments")
        finding = findings.disputes(one.reach(one.lead))[0].finding
        with unit_of_work():
            kept = replies.ReplyValues(finding_id=finding.id, reply="keep", reason="属实")
            replies.save_replies(one.project_id, [kept], actor=one.lead)
        one.act(one.lead, "submit_replies")
        one.act(one.lead, "withdraw", reason="措辞")
        round_ = facts.current_round(one.project().assignment_id or 0)
        assert round_ is not None
        assert (one.project().state, round_.replied_at) == (P.DISPUTE_REPLY, None)


def test_advance_refuses_to_submit_with_every_reason_once_the_lead_has_declared_himself(one: Standing) -> None:
    assign(one)

    def places() -> list[str | None]:
        with pytest.raises(Refused) as told, unit_of_work():
            advance_project(one.project_id, "submit_evaluation", actor=one.lead)
        return [reason.place for reason in told.value.reasons]

    assert places() == ["independence"]
    with unit_of_work():
        commands.declare_independence(one.project_id, True, "", actor=one.lead)

    assert places() == [
        "evaluation#sheet", "evaluation#paid", "evaluation#main_performance", "evaluation#report",
    ]  # fmt: skip
