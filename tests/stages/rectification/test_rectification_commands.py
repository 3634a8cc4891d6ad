"""Items from plan to verdict, the summary, and how a project and its items pull each other."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from perfflow.core import clock, journal
from perfflow.core.errors import Forbidden, Invalid, NotFound, Refused
from perfflow.db import db, unit_of_work
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import Notice
from perfflow.process import I, P
from perfflow.stages.rectification import commands, queries
from tests.stages.standing import NOW, Standing, standing

PLAN = {
    "measure": "修订制度",
    "responsible": "办公室",
    "first_day": date(2026, 6, 2),
    "last_day": date(2026, 8, 1),
}


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path) as project:
        project.issue("immediate", "phased")
        yield project


def view(one: Standing, number: int) -> queries.ItemView:
    return queries.item(one.reach(one.unit), number, one.unit)


def settle(one: Standing, *numbers: int) -> None:
    for number in numbers:
        if one.item(number).state == I.ISSUED and one.item(number).rect_class != "immediate":
            one.act_item(one.unit, number, "plan", **PLAN)
            one.act_item(one.supervisor, number, "accept_plan")
        one.report(number)
        one.act_item(one.supervisor, number, "verify_done")


def to_closing(one: Standing) -> None:
    settle(one, 1, 2)
    with unit_of_work():
        commands.save_summary(one.project_id, "", True, actor=one.unit)
    one.act(one.unit, "submit_rectification")


def test_the_notice_is_acknowledged_once_for_all(one: Standing) -> None:
    one.act(one.unit, "acknowledge")

    notice = queries.notice(one.reach(one.supervisor))
    assert notice is not None and notice.acknowledged_by == one.unit.display_name
    with pytest.raises(Refused):
        one.act(one.unit, "acknowledge")
    assert db.session.scalars(db.select(Notice)).one().acknowledged_by == one.unit.id


def test_a_plan_stays_within_the_deadline_and_its_fate_is_told(one: Standing) -> None:
    for wrong in ({"last_day": date(2027, 1, 1)}, {"last_day": date(2026, 6, 1)}, {"measure": " "}):
        with pytest.raises(Invalid):
            one.act_item(one.unit, 2, "plan", **{**PLAN, **wrong})

    one.act_item(one.unit, 2, "plan", **PLAN)
    one.act_item(one.unit, 2, "withdraw", reason="写错了")
    one.act_item(one.unit, 2, "plan", **PLAN)
    one.act_item(one.supervisor, 2, "return_plan", reason="太空泛")
    one.act_item(one.unit, 2, "plan", **PLAN)
    one.act_item(one.supervisor, 2, "accept_plan")

    assert [(p.round, p.fate, p.reason) for p in view(one, 2).plans] == [
        (1, "withdrawn", "写错了"),
        (2, "returned", "太空泛"),
        (3, "accepted", ""),
    ]
    assert one.item(2).due_on == one.item(2).deadline


def test_a_report_needs_evidence_and_takes_what_was_uploaded_before(one: Standing) -> None:
    with pytest.raises(Invalid):
        one.act_item(one.unit, 1, "report", text="改了", files=[])
    with unit_of_work():
        commands.upload_evidence(one.project_id, 1, [one.received("先传.pdf")], actor=one.unit)
    assert [f.detachable for f in view(one, 1).unreported] == [True]

    one.act_item(one.unit, 1, "report", text="改了", files=[one.received("同报.pdf", b"2")])

    report = view(one, 1).reports[0]
    assert [f.name for f in report.files] == ["先传.pdf", "同报.pdf"]
    assert not any(f.detachable for f in report.files)
    assert view(one, 1).unreported == ()


def test_a_report_taken_back_stays_on_file_and_frees_its_evidence(one: Standing) -> None:
    one.report(1, "第一稿")
    one.act_item(one.unit, 1, "withdraw", reason="漏了一句")

    assert one.item(1).state == I.ISSUED
    assert [(r.text, r.withdrawn) for r in view(one, 1).reports] == [("第一稿", True)]
    assert [f.name for f in view(one, 1).unreported] == ["佐证.pdf"]

    one.act_item(one.unit, 1, "report", text="第二稿", files=[])
    one.act_item(one.supervisor, 1, "verify_done")
    assert [(r.round, r.verdict) for r in view(one, 1).reports] == [(1, None), (2, "done")]


def test_other_classes_plan_first(one: Standing) -> None:
    with pytest.raises(Refused):
        one.report(2)


def test_not_done_goes_back_with_its_reason_and_continuing_gets_a_new_deadline(one: Standing) -> None:
    one.report(1)
    one.act_item(one.supervisor, 1, "verify_not_done", reason="没有佐证")
    assert one.item(1).state == I.IN_PROGRESS
    one.report(1)
    with pytest.raises(Invalid):
        one.act_item(one.supervisor, 1, "verify_continuing", due_on=date(2026, 6, 1))

    one.act_item(one.supervisor, 1, "verify_continuing", due_on=date(2027, 3, 1))

    item = one.item(1)
    assert (item.state, item.deadline, item.continuing) == (I.CONTINUING, date(2027, 3, 1), True)
    assert [r.verdict for r in view(one, 1).reports] == ["not_done", "continuing"]
    assert view(one, 1).reports[0].verdict_reason == "没有佐证"


def test_an_extension_moves_the_deadline_but_never_shortens_it_through_a_plan(one: Standing) -> None:
    with pytest.raises(Invalid):
        one.act_item(one.supervisor, 2, "extend", reason="来得及", due_on=date(2026, 6, 1))
    one.act_item(one.supervisor, 2, "extend", reason="方案稍晚", due_on=date(2026, 7, 15))
    assert (one.item(2).due_on, one.item(2).deadline) == (date(2026, 7, 15), date(2026, 12, 31))

    one.act_item(one.unit, 2, "plan", **PLAN)
    one.act_item(one.supervisor, 2, "accept_plan")
    one.act_item(one.supervisor, 2, "extend", reason="汛期", due_on=date(2027, 2, 1))

    assert (one.item(2).due_on, one.item(2).deadline) == (date(2027, 2, 1), date(2027, 2, 1))
    assert one.project().due_on == date(2027, 2, 1)


def test_notes_are_appended_and_dated(one: Standing) -> None:
    with unit_of_work():
        commands.add_note(one.project_id, 2, "开了会", actor=one.unit)
    with pytest.raises(Forbidden), unit_of_work():
        commands.add_note(one.project_id, 2, "不是我写的", actor=one.supervisor)
    with pytest.raises(Invalid), unit_of_work():
        commands.add_note(one.project_id, 2, " ", actor=one.unit)

    assert [(n.text, n.by) for n in view(one, 2).notes] == [("开了会", one.unit.display_name)]


def test_the_firm_sees_the_states_only(one: Standing) -> None:
    one.report(1, "整改内容保密")
    reach = one.reach(one.lead)

    row = queries.items(reach)[0]

    assert row.state_label == "待核实"
    assert (row.report, row.deadline, row.due_on, row.rect_class_label) == ("", None, None, "")
    for read in (lambda: queries.item(reach, 1, one.lead), lambda: queries.summary(reach)):
        with pytest.raises(NotFound):
            read()
    assert queries.notice(reach) is None and queries.correctables(reach) == []


def test_the_summary_is_composed_from_the_items(one: Standing) -> None:
    settle(one, 1)
    one.act_item(one.supervisor, 2, "cancel_item", reason="不适用")

    assert commands.compose(one.reach(one.unit)) == "1、建议1：已经改好（已整改）\n2、建议2：已撤销。"


def test_the_project_is_submitted_once_all_items_are_settled_and_the_summary_stands(one: Standing) -> None:
    settle(one, 1)
    with pytest.raises(Refused) as refused:
        one.act(one.unit, "submit_rectification")
    assert len(refused.value.reasons) == 2

    to_closing_rest = (2,)
    settle(one, *to_closing_rest)
    with unit_of_work():
        commands.save_summary(one.project_id, "全部完成", False, actor=one.head)
    one.act(one.unit, "submit_rectification")

    assert one.project().state == P.CLOSING
    assert queries.summary(one.reach(one.supervisor)).text == "全部完成"


def test_a_return_names_the_items_to_open_again(one: Standing) -> None:
    to_closing(one)
    with pytest.raises(Invalid):
        one.act(one.supervisor, "return_rectification", reason="不够", items=[])
    with pytest.raises(Invalid):
        one.act(one.supervisor, "return_rectification", reason="不够", items=[9])

    one.act(one.supervisor, "return_rectification", reason="不够", items=[2])

    assert one.project().state == P.RECTIFYING
    assert (one.item(1).state, one.item(2).state) == (I.SETTLED, I.IN_PROGRESS)
    assert one.item(2).waiting_for == "unit"


def test_a_cancelled_item_is_never_reopened(one: Standing) -> None:
    settle(one, 1)
    one.act_item(one.supervisor, 2, "cancel_item", reason="不适用")
    with unit_of_work():
        commands.save_summary(one.project_id, "完成", False, actor=one.unit)
    one.act(one.unit, "submit_rectification")

    assert [r.number for r in queries.reopenable(one.reach(one.supervisor))] == [1]
    with pytest.raises(Invalid):
        one.act(one.supervisor, "return_rectification", reason="不够", items=[2])


@pytest.mark.parametrize("closed", [False, True])
def test_reopening_an_item_takes_the_project_along(one: Standing, closed: bool) -> None:
    to_closing(one)
    if closed:
        one.act(one.supervisor, "close")

    one.act_item(one.supervisor, 1, "reopen_item", reason="回头看发现反复")

    assert one.project().state == P.RECTIFYING
    assert one.item(1).state == I.IN_PROGRESS
    assert journal.verify("journal").broken is None


def test_a_continuing_item_moves_behind_closure(one: Standing) -> None:
    settle(one, 2)
    one.report(1)
    one.act_item(one.supervisor, 1, "verify_continuing", due_on=date(2026, 9, 1))
    with unit_of_work():
        commands.save_summary(one.project_id, "完成", False, actor=one.unit)
    one.act(one.unit, "submit_rectification")
    one.act(one.supervisor, "close")

    with clock.at(NOW + timedelta(days=30)):
        one.report(1, "后续进展")
        one.act_item(one.supervisor, 1, "verify_done")

    assert (one.project().state, one.item(1).state) == (P.CLOSED, I.SETTLED)
    with pytest.raises(Refused), unit_of_work():
        commands.add_note(one.project_id, 2, "还能写吗", actor=one.unit)


def test_a_wrong_word_is_corrected_old_to_new(one: Standing) -> None:
    found = {c.code: c.value for c in queries.correctables(one.reach(one.supervisor))}
    finding = db.session.scalars(db.select(Finding).order_by(Finding.number)).first()
    suggestion = db.session.scalars(db.select(Suggestion).order_by(Suggestion.number)).first()
    assert finding is not None and suggestion is not None
    assert found[f"finding-{finding.id}-text"] == "问题之0"

    def correct(target: str, text: str) -> None:
        one.act(one.supervisor, "correct", reason="笔误", target=target, text=text)

    correct(f"finding-{finding.id}-text", "终期验收")
    correct(f"suggestion-{suggestion.id}-title", "")
    correct("paid", "288.62万元")
    correct("name", "会务智能化平台")

    assert db.session.get_one(Finding, finding.id, populate_existing=True).text == "终期验收"
    assert db.session.get_one(Suggestion, suggestion.id, populate_existing=True).title == ""
    now = {c.code: c.value for c in queries.correctables(one.reach(one.supervisor))}
    assert (now["paid"], now["name"]) == ("288.62万元", "会务智能化平台")
    for target, text in (
        (f"finding-{finding.id}-text", ""),
        ("finding-999-text", "别人的"),
        ("paid", "288.62"),
        ("name", ""),
        ("name", "会务智能化平台"),
        ("state", "closed"),
    ):
        with pytest.raises(Invalid):
            correct(target, text)
