"""What an act leaves behind: what it concerns, what it changed, and who may read of it."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from perfflow.core.errors import Invalid, Refused
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.process import P
from perfflow.stages.findings import commands as findings
from perfflow.stages.suggestions import commands as suggestions
from tests.make import TODAY, Make, Play

NOTHING_FOUND = findings.FindingsValues(
    no_findings="本次评价未发现问题。", explanations=(("A1", "数据偏低。"), ("A2", "数据偏低。"))
)


def newest(play: Play, action: str) -> dict[str, Any]:
    with play.app.app_context():
        mine = select(JournalEntry.body).where(JournalEntry.project_id == play.id, JournalEntry.action == action)
        body = db.session.scalars(mine.order_by(JournalEntry.id.desc()).limit(1)).one()
        db.session.remove()
    return dict(json.loads(body))


def history(client_for: Any, play: Play, who: str) -> str:
    return str(client_for(play.people[who]).get(f"/projects/{play.id}/history").text)


def test_the_verdict_on_a_declaration_stays_in_its_entry(make: Make) -> None:
    play = make.project(P.DECLARATION_REVIEW)
    play.act("supervisor", "approve_declaration", verdict="良")

    assert newest(play, "approve_declaration")["changes"] == [["审核结论", "", "良"]]


def test_a_declaration_is_approved_with_no_other_verdict(make: Make) -> None:
    play = make.project(P.DECLARATION_REVIEW)

    with pytest.raises(Invalid):
        play.act("supervisor", "approve_declaration", verdict="中")

    assert play.state == P.DECLARATION_REVIEW


@pytest.mark.parametrize(
    ("state", "datum"),
    [
        (P.EVALUATION_REVIEW, "evaluation"),
        (P.AWAITING_COMMENTS, "findings"),
        (P.SUGGESTIONS_REVIEW, "suggestions"),
    ],
)
def test_the_reason_of_a_withdrawal_is_read_by_whom_the_withdrawn_data_are_shown(
    make: Make, client_for: Any, state: P, datum: str
) -> None:
    play = make.project(state)
    play.act("lead", "withdraw", reason="A22的得分写错了")

    assert newest(play, "withdraw")["datum"] == datum
    assert "A22的得分写错了" in history(client_for, play, "lead")
    assert "A22的得分写错了" not in history(client_for, play, "unit")


def test_a_firm_is_told_why_a_result_without_findings_came_back(make: Make, client_for: Any) -> None:
    play = make.project(P.FINDINGS_WRITING)
    play.save(findings.save_findings, NOTHING_FOUND, who="lead")
    play.act("lead", "submit_findings")
    play.act("supervisor", "approve_findings")
    play.act("supervisor", "return_rectification", reason="请补查合同管理")

    assert play.state == P.FINDINGS_WRITING
    assert "请补查合同管理" in history(client_for, play, "lead")
    assert "请补查合同管理" in history(client_for, play, "supervisor")
    assert "请补查合同管理" not in history(client_for, play, "unit")


def test_a_firm_reads_how_its_finding_was_corrected(make: Make, client_for: Any) -> None:
    play = make.project(P.RECTIFYING)
    target = f"finding-{play._ids(findings.Finding)[0]}-text"
    play.act("supervisor", "correct", target=target, text="更正后的文字", reason="笔误")

    assert newest(play, "correct")["datum"] == "findings"
    assert "更正后的文字" in history(client_for, play, "lead")


def test_the_end_of_an_assignment_names_whose_it_was(make: Make) -> None:
    play = make.project(P.EVALUATING)
    play.act("supervisor", "replace_firm", reason="进度滞后")

    changes = [["评价机构", "KnFirmOne评价事务所", ""], ["主评人", "KnLead主评人", ""]]
    assert newest(play, "replace_firm")["changes"] == changes


def test_a_project_is_not_extended_to_a_day_before_its_items_are_due(make: Make) -> None:
    play = make.project(P.RECTIFYING)
    with make.app.app_context():
        last = max(db.session.scalars(select(RectItem.deadline).where(RectItem.project_id == play.id)))
        db.session.remove()

    with pytest.raises(Invalid):
        play.act("supervisor", "extend", due_on=last - timedelta(days=1), reason="延期")

    play.act("supervisor", "extend", due_on=last + timedelta(days=9), reason="延期")
    with make.app.app_context():
        assert play.project().due_on == last + timedelta(days=9)


def test_a_lead_who_has_not_declared_himself_is_told_that_and_nothing_of_the_project(
    make: Make, client_for: Any
) -> None:
    play = make.project(P.EVALUATING)
    client = client_for(make["lead"])

    for action in ("submit_evaluation", "submit_findings", "withdraw"):
        with pytest.raises(Refused) as told:
            play.act("lead", action, reason="因为如此")
        assert [reason.place for reason in told.value.reasons] == ["independence"]
        shown = client.get(f"/projects/{play.id}/act/{action}")
        assert shown.status == 409
        assert "决算金额" not in shown.text

    assert "谢绝委托" in client.get(f"/projects/{play.id}/independence").text
    play.act("lead", "decline", reason="人手不足")
    assert play.state == P.AWAITING_FIRM


def test_who_saves_without_a_change_is_faster_than_nobody(make: Make) -> None:
    play = make.project(P.SUGGESTIONS_REVIEW)
    with make.app.app_context():
        version = db.session.scalars(select(Assignment.version).where(Assignment.project_id == play.id)).one()
        db.session.remove()
    row = suggestions.NoticeValues(suggestion_id=play._ids(suggestions.Suggestion)[0])
    play.save(suggestions.save_notice, [row], who="supervisor2", version=version)

    changed = suggestions.NoticeValues(
        suggestion_id=row.suggestion_id, rect_class="phased", due_on=TODAY + timedelta(days=60)
    )
    play.save(suggestions.save_notice, [changed], who="supervisor", version=version)

    assert newest(play, "save_notice")["name"] == make["supervisor"].display_name


def test_an_evaluator_is_not_told_where_the_project_stands_before_he_declares(make: Make, client_for: Any) -> None:
    play = make.project(P.FINDINGS_WRITING)
    screen = client_for(make["evaluator"]).get("/")

    links = [link for link in screen.links if link.startswith(f"/projects/{play.id}")]
    assert set(links) == {f"/projects/{play.id}", f"/projects/{play.id}/independence"}
    assert "停留" not in screen.text


def test_the_next_firm_counts_its_rounds_from_one(make: Make, client_for: Any) -> None:
    play = make.project(P.FINDINGS_WRITING)
    play.act("supervisor", "replace_firm", reason="更换")
    play.lead = "lead2"
    play.carry(P.EVALUATION_REVIEW)

    assert "第 2 次" not in history(client_for, play, "lead2")
    assert "提交评价（第 2 次）" in history(client_for, play, "supervisor")

    play.act("supervisor", "return_evaluation", reason="请补充")
    play.prepared = True
    play.act("lead2", "submit_evaluation")
    assert "提交评价（第 2 次）" in history(client_for, play, "lead2")
    assert "提交评价（第 3 次）" not in history(client_for, play, "lead2")


def test_a_firms_cursor_holds_no_code_before_it_declares(make: Make, client_for: Any) -> None:
    for _project in range(21):
        make.project(P.EVALUATING)
    screen = client_for(make["evaluator"]).get("/projects/?sort=code")

    cursors = [link.partition("after=")[2].partition("&")[0] for link in screen.links if "after=" in link]
    assert cursors
    for cursor in cursors:
        assert "XM-" not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    following = client_for(make["evaluator"]).get(f"/projects/?sort=code&after={cursors[0]}")
    assert len([row for row in following.rows if row and "待声明" in " ".join(row)]) == 1
