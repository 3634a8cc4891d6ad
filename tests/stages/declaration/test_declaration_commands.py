"""A declaration from its first draft to 待委托评价, and objects that are registered without one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from perfflow.core import access, clock, facts, files
from perfflow.core.advance import advance_project
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from perfflow.db import db, unit_of_work
from perfflow.models.journal import JournalEntry
from perfflow.models.project import Message, Project
from perfflow.papers.target import target_value
from perfflow.process import AttachmentPurpose, ObjectKind, P
from perfflow.rules.declaration import Section
from perfflow.stages.declaration import commands, queries
from tests.stages.standing import NOW, TODAY, Standing, standing

WHOLE = commands.DeclarationValues(
    name="会务平台建设",
    project_type="其他一次性项目",
    fund_use="信息化建设类",
    start_date=date(2026, 1, 1),
    end_date=date(2026, 12, 31),
    overview="概况",
    basis="依据",
    necessity="必要",
    safeguards="措施",
    total_budget_fen=212_400_000,
    year_budget_fen=212_400_000,
    prior_budget_fen=0,
    prior_paid_fen=0,
    sub_projects=[("平台开发", 212_400_000)],
    milestones=[("启动", "2026-3-1"), ("试运行", "验收后三个月内"), ("交付", "2026年12月31日")],
    overall_goal="总目标",
    annual_goal="年度目标",
    targets=[
        ("产出目标", "数量目标", "建设完成率", "=100.00%"),
        ("", "质量目标", "验收合格率", "≥90%"),
        ("", "时效目标", "竣工及时性", "及时"),
        ("效果目标", "社会效益目标", "采集情况", "≥1000"),
        ("影响力目标", "满意度目标", "使用人员满意度", "≥90.00%"),
    ],
)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path) as people:
        yield people


@pytest.fixture
def draft(one: Standing) -> int:
    with unit_of_work():
        new = commands.NewDeclaration("会务平台", ObjectKind.PROJECT, 2026)
        return commands.create(new, actor=one.unit).id


def project(project_id: int) -> Project:
    return db.session.get_one(Project, project_id, populate_existing=True)


def save(one: Standing, draft: int, version: int = 1, **changed: Any) -> None:
    with unit_of_work():
        commands.save(draft, replace(WHOLE, **changed), version=version, actor=one.unit)


def act(actor: access.Actor, project_id: int, action: str, **values: Any) -> None:
    with unit_of_work():
        advance_project(project_id, action, actor=actor, values=values)


def entries(project_id: int) -> list[JournalEntry]:
    query = db.select(JournalEntry).where(JournalEntry.project_id == project_id).order_by(JournalEntry.id)
    return list(db.session.scalars(query))


def register_values(one: Standing, **changed: Any) -> commands.RegisterValues:
    given = commands.RegisterValues(
        unit_id=one.unit.organisation_id,
        object_kind=ObjectKind.PROJECT,
        name="服务外包经费",
        budget_year=2025,
        evaluation_year=2026,
        reason="本年计划内，线下申报",
    )
    return replace(given, **changed)


# ---------------------------------------------------------------- creating


def test_a_new_declaration_is_being_filled_in_and_has_no_due_date(one: Standing, draft: int) -> None:
    made = project(draft)

    assert (made.state, made.seen_as) == (P.DECLARING, P.DECLARING)
    assert (made.waiting_for, made.due_on) == ("unit", None)
    # the fixture's own project has number 1 of that year already
    assert made.code == "XM-2026-0002"
    assert made.office_id == one.supervisor.organisation_id
    assert [(e.action, e.from_state, e.to_state) for e in entries(draft)] == [("create", None, "declaring")]


def test_codes_count_within_their_year(one: Standing) -> None:
    def code(year: int) -> str:
        with unit_of_work():
            new = commands.NewDeclaration("甲", ObjectKind.POLICY, year)
            return commands.create(new, actor=one.unit).code

    assert [code(2027), code(2026), code(2027)] == ["XM-2027-0001", "XM-2026-0002", "XM-2027-0002"]


def test_only_a_unit_creates_and_only_in_a_sane_year_with_a_name(one: Standing) -> None:
    for actor in (one.lead, one.supervisor, one.auditor):
        with pytest.raises(Forbidden), unit_of_work():
            commands.create(commands.NewDeclaration("甲", ObjectKind.PROJECT, 2026), actor=actor)
    for name, year in ((" ", 2026), ("甲", 1989), ("甲", 2101)):
        with pytest.raises(Invalid), unit_of_work():
            commands.create(commands.NewDeclaration(name, ObjectKind.PROJECT, year), actor=one.unit)


def test_the_office_sees_nothing_of_a_draft(one: Standing, draft: int) -> None:
    assert access.reach_of(one.supervisor, draft) is None
    assert access.reach_of(one.auditor, draft) is None
    assert access.reach_of(one.head, draft) is not None


# ---------------------------------------------------------------- saving


def test_a_draft_may_have_gaps_and_comes_back_as_it_was_typed(one: Standing, draft: int) -> None:
    with unit_of_work():
        commands.save(draft, commands.DeclarationValues(name="只有名称"), version=1, actor=one.unit)

    kept = queries.declaration(draft)

    assert kept is not None
    assert (kept.name, kept.overview, kept.start_date, kept.sub_projects) == ("只有名称", "", None, ())
    assert kept.version == 2


def test_rows_are_kept_in_order_without_the_empty_ones_and_read(one: Standing, draft: int) -> None:
    save(one, draft, sub_projects=[("", None), ("平台开发", 212_400_000), (" ", None)])

    kept = queries.declaration(draft)

    assert kept is not None
    assert kept.sub_projects == (queries.SubProjectRow("平台开发", 212_400_000),)
    assert [step.day for step in kept.milestones] == [date(2026, 3, 1), None, date(2026, 12, 31)]
    assert kept.milestones[2].filed == "2026年12月31日"
    assert [(t.level1, t.level2) for t in kept.targets[:3]] == [
        ("产出目标", "数量目标"), ("产出目标", "质量目标"), ("产出目标", "时效目标"),
    ]  # fmt: skip
    assert [(t.operator, t.number, t.unit) for t in kept.targets] == [
        ("=", "100.00", "%"), ("≥", "90", "%"), ("", "", ""), ("≥", "1000", ""), ("≥", "90.00", "%"),
    ]  # fmt: skip


def test_an_empty_second_level_under_a_new_first_level_stays_empty(one: Standing, draft: int) -> None:
    rows = [("产出目标", "数量目标", "甲", "1"), ("效果目标", "", "乙", "2"), ("", "", "丙", "3")]
    save(one, draft, targets=rows)

    kept = queries.declaration(draft)

    assert kept is not None
    assert [(t.level1, t.level2) for t in kept.targets[1:]] == [("效果目标", ""), ("效果目标", "")]


@pytest.mark.parametrize(
    ("filed", "read"),
    [
        ("=100.00%", ("=", "100.00", "%")),
        (">=1,000 件", ("≥", "1000", "件")),
        ("≤3个工作日", ("≤", "3", "个工作日")),
        ("95%", ("", "95", "%")),
        ("健全", ("", "", "")),
        ("90%-95%", ("", "", "")),
        ("不低于95%", ("≥", "95", "%")),
        ("95%以上（含）", ("≥", "95", "%")),
        ("3天内", ("≤", "3", "天")),
        ("不超过３次", ("≤", "3", "次")),
        ("≧90", ("≥", "90", "")),
        ("不低于上年", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_target_values_are_read_from_what_was_filed(filed: str, read: tuple[str, str, str]) -> None:
    assert target_value(filed) == read


def test_name_and_budget_of_the_project_follow_the_declaration(one: Standing, draft: int) -> None:
    save(one, draft, name="改了名", year_budget_fen=100)

    assert (project(draft).name, project(draft).budget_fen) == ("改了名", 100)


def test_the_second_of_two_who_write_at_once_is_told_who_was_faster(one: Standing, draft: int) -> None:
    save(one, draft)

    with pytest.raises(Conflict) as told, unit_of_work():
        commands.save(draft, replace(WHOLE, overview="晚了"), version=1, actor=one.head)

    assert (told.value.who, told.value.at) == (one.unit.display_name, NOW)
    kept = queries.declaration(draft)
    assert kept is not None
    assert kept.overview == "概况"


def test_wordings_before_the_first_submission_are_kept_beside_the_changes_later_ones_among_them(
    one: Standing, draft: int
) -> None:
    save(one, draft)
    first = json.loads(entries(draft)[-1].body)
    act(one.unit, draft, "submit_declaration")
    act(one.supervisor, draft, "return_declaration", reason="请补充")
    save(one, draft, version=2, overview="新的概况")
    second = json.loads(entries(draft)[-1].body)

    assert first["changes"] == []
    assert ["项目概况", "", "概况"] in first["draft"]
    assert second["changes"] == [["项目概况", "概况", "新的概况"]]


def test_a_part_is_kept_by_itself_under_the_version_of_the_whole(one: Standing, draft: int) -> None:
    save(one, draft)
    before = queries.declaration(draft)
    assert before is not None

    with unit_of_work():
        changed = {"targets": WHOLE.targets[:2], "remarks": "备注"}
        commands.save_section(draft, Section.TARGETS, changed, version=2, actor=one.head)

    after = queries.declaration(draft)
    assert after == replace(before, version=3, targets=before.targets[:2], remarks="备注")
    assert {label for label, _old, _new in json.loads(entries(draft)[-1].body)["draft"]} == {"分解目标", "备注"}
    with pytest.raises(Conflict), unit_of_work():
        commands.save_section(draft, Section.GOALS, {"annual_goal": "晚了"}, version=2, actor=one.unit)


def test_a_part_takes_no_field_of_another(one: Standing, draft: int) -> None:
    with pytest.raises(ValueError, match="basis"), unit_of_work():
        commands.save_section(draft, Section.BASIS, {"name": "别的"}, version=1, actor=one.unit)


def test_saving_without_a_change_leaves_no_entry(one: Standing, draft: int) -> None:
    save(one, draft)
    before = len(entries(draft))

    save(one, draft, version=2)

    assert len(entries(draft)) == before


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("name", {"name": " "}),
        ("project_type", {"project_type": "没有这一类"}),
        ("fund_use", {"fund_use": "没有这一种"}),
        ("total_budget_fen", {"total_budget_fen": -1}),
        ("sub_projects", {"sub_projects": [("甲", 10**16)]}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    one: Standing, draft: int, field: str, changed: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as told:
        save(one, draft, **changed)

    assert told.value.field == field


def test_nobody_else_saves_and_nobody_behind_the_submission(one: Standing, draft: int) -> None:
    with pytest.raises(NotFound), unit_of_work():
        commands.save(draft, WHOLE, version=1, actor=one.supervisor)
    save(one, draft)
    act(one.unit, draft, "submit_declaration")
    with pytest.raises(Forbidden), unit_of_work():
        commands.save(draft, WHOLE, version=2, actor=one.supervisor)
    with pytest.raises(Refused):
        save(one, draft, version=2, overview="补写")
    with pytest.raises(Refused), unit_of_work():
        commands.attach_files(draft, [one.received()], actor=one.unit)


def test_files_of_the_declaration_are_the_units_until_it_is_submitted(one: Standing, draft: int) -> None:
    with unit_of_work():
        commands.attach_files(draft, [one.received("依据.pdf")], actor=one.unit)

    found = files.attachments(access.project_for(one.head, draft))

    assert [(f.name, f.purpose) for f in found] == [("依据.pdf", AttachmentPurpose.DECLARATION)]


# ---------------------------------------------------------------- submitting and deciding


def test_an_empty_draft_is_told_everything_that_is_missing_with_its_place(one: Standing, draft: int) -> None:
    reasons = facts.declaration_reasons(draft)

    places = {reason.place for reason in reasons}
    assert {"declaration#project_type", "declaration#overview", "declaration#targets"} <= places
    with pytest.raises(Refused) as told:
        act(one.unit, draft, "submit_declaration")
    assert told.value.reasons == reasons


def test_a_whole_declaration_is_submitted_approved_and_included(one: Standing, draft: int) -> None:
    save(one, draft)
    act(one.unit, draft, "submit_declaration")
    act(one.supervisor, draft, "approve_declaration", verdict="优")
    act(one.supervisor, draft, "include", evaluation_year=2027)

    made = project(draft)
    assert (made.state, made.evaluation_year) == (P.AWAITING_FIRM, 2027)
    assert json.loads(entries(draft)[-1].body)["changes"] == [["评价年度", "", "2027"]]

    act(one.supervisor, draft, "exclude", reason="今年不评")
    assert (project(draft).state, project(draft).evaluation_year) == (P.APPROVED, None)


@pytest.mark.parametrize("year", [2025, 1989, 2101])
def test_the_evaluation_year_is_not_before_the_budget_year(one: Standing, draft: int, year: int) -> None:
    save(one, draft)
    act(one.unit, draft, "submit_declaration")
    act(one.supervisor, draft, "approve_declaration", verdict="良")

    with pytest.raises(Invalid) as told:
        act(one.supervisor, draft, "include", evaluation_year=year)

    assert told.value.field == "evaluation_year"
    assert project(draft).state == P.APPROVED


def test_a_submission_is_taken_back_and_the_office_sees_it_no_more(one: Standing, draft: int) -> None:
    save(one, draft)
    act(one.unit, draft, "submit_declaration")

    act(one.unit, draft, "withdraw", reason="漏了一页")

    made = project(draft)
    assert (made.state, made.submitted_at, made.submitted_by, made.due_on) == (P.DECLARING, None, None, None)
    assert access.reach_of(one.supervisor, draft) is None


def test_an_extension_must_lie_ahead_and_is_told_from_old_to_new(one: Standing, draft: int) -> None:
    save(one, draft)
    act(one.unit, draft, "submit_declaration")
    old = project(draft).due_on
    assert old is not None

    with pytest.raises(Invalid):
        act(one.supervisor, draft, "extend", due_on=TODAY, reason="忙")
    act(one.supervisor, draft, "extend", due_on=date(2026, 9, 1), reason="忙")

    assert (project(draft).due_on, project(draft).state) == (date(2026, 9, 1), P.DECLARATION_REVIEW)
    assert json.loads(entries(draft)[-1].body)["changes"] == [["期限", old.isoformat(), "2026-09-01"]]


# ---------------------------------------------------------------- registering


def test_a_registered_object_waits_for_a_firm_with_a_due_date_and_its_unit_is_told(one: Standing) -> None:
    with unit_of_work():
        made = commands.register(register_values(one, table_only=True), None, actor=one.supervisor)

    assert (made.state, made.waiting_for, made.registered, made.table_only) == (
        P.AWAITING_FIRM, "supervisor", True, True,
    )  # fmt: skip
    assert made.submitted_at == NOW
    assert made.submitted_by is None
    assert made.due_on is not None
    assert made.due_on > TODAY
    assert made.due_sort == made.due_on
    (entry,) = entries(made.id)
    assert (entry.action, entry.from_state, entry.to_state) == ("register", None, "awaiting_firm")
    told = db.session.scalars(db.select(Message.user_id).where(Message.project_id == made.id))
    assert set(told) == {one.unit.id, one.head.id}


def test_the_paper_replaces_the_reason_and_is_attached(one: Standing) -> None:
    with unit_of_work():
        values = register_values(one, reason="", name_filed="“12345” 市民服务热线")
        made = commands.register(values, one.received("结果表.pdf"), actor=one.supervisor)

    found = files.attachments(access.project_for(one.supervisor, made.id))
    assert [(f.name, f.purpose) for f in found] == [("结果表.pdf", AttachmentPurpose.PAPER)]
    assert made.name_filed == "“12345” 市民服务热线"


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("reason", {"reason": " "}),
        ("evaluation_year", {"evaluation_year": 2024}),
        ("budget_year", {"budget_year": 1980}),
        ("name", {"name": ""}),
        ("unit_id", {"unit_id": 10**6}),
    ],
)
def test_what_is_registered_must_hold(one: Standing, field: str, changed: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as told, unit_of_work():
        commands.register(register_values(one, **changed), None, actor=one.supervisor)

    assert told.value.field == field


def test_only_units_of_ones_own_office_are_registered_and_only_by_a_supervisor(one: Standing) -> None:
    firm = register_values(one, unit_id=one.lead.organisation_id)
    with pytest.raises(Invalid), unit_of_work():
        commands.register(firm, None, actor=one.supervisor)
    for actor in (one.unit, one.lead, one.auditor):
        with pytest.raises(Forbidden), unit_of_work():
            commands.register(register_values(one), None, actor=actor)
    assert queries.supervised_units(one.supervisor) == [(one.unit.organisation_id, "办公厅")]
    assert queries.supervised_units(one.unit) == []


def test_a_registered_object_has_no_declaration_to_save(one: Standing) -> None:
    with unit_of_work():
        made = commands.register(register_values(one), None, actor=one.supervisor)

    assert queries.declaration(made.id) is None
    with pytest.raises(Refused), unit_of_work():
        commands.save(made.id, WHOLE, version=1, actor=one.unit)


def test_a_returned_declaration_has_its_days_again(one: Standing, draft: int) -> None:
    save(one, draft)
    act(one.unit, draft, "submit_declaration")
    with clock.at(NOW + timedelta(days=2)):
        act(one.supervisor, draft, "return_declaration", reason="请补充")

    assert project(draft).due_on is not None
