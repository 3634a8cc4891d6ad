"""What an earlier round of 征求意见 said stays said in the next one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from perfflow.core import clock
from perfflow.core.access import project_for
from perfflow.core.errors import NotFound, Refused
from perfflow.db import db
from perfflow.models.file import Attachment
from perfflow.models.finding import Finding
from perfflow.process import AttachmentPurpose, P
from perfflow.stages.findings import commands, queries
from tests.make import NOW, Make, Play


def reworded(play: Play, number: int) -> None:
    """The firm gives one finding another wording; the others stay word for word."""
    with play.app.app_context():
        standing = select(Finding).where(Finding.project_id == play.id).order_by(Finding.number)
        rows = tuple(
            commands.FindingValues(
                id=f.id,
                number=f.number,
                title=f.title,
                text=f"{f.text}（改）" if f.number == number else f.text,
                category=f.category,
                severity=f.severity,
                codes=("A2",) if f.number == 1 else (),
            )
            for f in db.session.scalars(standing)
        )
        db.session.remove()
    values = commands.FindingsValues(findings=rows, explanations=(("A1", "数据偏低。"),))
    play.save(commands.save_findings, values, who="lead")


def second_round(make: Make) -> Play:
    """Finding 1 was disputed and never ruled on; finding 2 has a new wording and is asked about again."""
    play = make.project(P.FINDINGS_REVIEW)
    play.act("supervisor", "return_findings", reason="请改写问题 2")
    reworded(play, 2)
    play.act("lead", "submit_findings")
    play.act("supervisor", "send_out")
    return play


def test_a_second_round_asks_about_the_new_wording_only(make: Make) -> None:
    play = second_round(make)
    with play.app.app_context():
        asked = [finding.number for finding in queries.to_answer(project_for(make["unit"], play.id))]
        db.session.remove()

    assert asked == [2]
    with pytest.raises(NotFound):
        answer = commands.AnswerValues(finding_id=play._ids(Finding)[0], stance="agree")
        play.save(commands.save_comments, commands.CommentsValues(answers=(answer,)), who="unit")


def test_a_dispute_is_still_ruled_on_when_a_later_round_is_deemed_unanswered(make: Make, client_for: Any) -> None:
    play = second_round(make)
    with clock.at(NOW + timedelta(days=20)):
        play.act("supervisor", "deem_none")
    disputed = play._ids(Finding)[0]

    with pytest.raises(Refused):
        play.act("supervisor", "approve_findings")
    page = client_for(make["supervisor"]).get(f"/projects/{play.id}/rulings")
    assert [label for label in page.labels if label.startswith("问题 ")] == [f"问题 1：{_title(play, 1)}"]

    ruling = commands.RulingValues(finding_id=disputed, ruling="adopt", reason="采纳机构的修改")
    play.save(commands.save_rulings, [ruling], who="supervisor")
    play.act("supervisor", "approve_findings")

    assert play.state == P.SUGGESTIONS_WRITING
    assert "采纳机构的修改" in client_for(make["unit"]).get(f"/projects/{play.id}/issues").text


def test_an_unsent_answer_of_a_round_deemed_unanswered_counts_for_nothing(make: Make, client_for: Any) -> None:
    play = second_round(make)
    answer = commands.AnswerValues(finding_id=play._ids(Finding)[1], stance="dispute", reason="没有来得及提交")
    play.save(commands.save_comments, commands.CommentsValues(answers=(answer,)), who="unit")
    with clock.at(NOW + timedelta(days=20)):
        play.act("supervisor", "deem_none")

    with pytest.raises(NotFound):
        ruling = commands.RulingValues(finding_id=answer.finding_id, ruling="cancel", reason="采纳")
        play.save(commands.save_rulings, [ruling], who="supervisor")
    for page in ("rulings", "issues"):
        assert "没有来得及提交" not in client_for(make["supervisor"]).get(f"/projects/{play.id}/{page}").text


def test_the_file_of_an_answer_that_was_handed_in_stays(make: Make, client_for: Any) -> None:
    play = second_round(make)
    with play.app.app_context():
        of_answers = select(Attachment.id).where(Attachment.purpose == AttachmentPurpose.COMMENT)
        file_id = db.session.scalars(of_answers.where(Attachment.project_id == play.id)).one()
        db.session.remove()

    answer = client_for(make["unit"]).post(f"/projects/{play.id}/files/{file_id}/withdraw", reason="不要了")

    assert answer.status == 403
    assert client_for(make["supervisor"]).get(f"/projects/{play.id}/files/{file_id}").status == 200


def _title(play: Play, number: int) -> str:
    with play.app.app_context():
        mine = select(Finding.title).where(Finding.project_id == play.id, Finding.number == number)
        title = db.session.scalars(mine).one()
        db.session.remove()
    return title
