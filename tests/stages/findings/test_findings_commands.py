"""Findings: written, sent out, answered, replied to, ruled on; and who sees what of it when."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from perfflow.core import clock
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from perfflow.db import db, unit_of_work
from perfflow.models.finding import CommentRound, Finding
from perfflow.models.journal import JournalEntry
from perfflow.process import P
from perfflow.stages.findings import commands, queries
from tests.stages.standing import NOW, Standing, standing


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path) as project:
        yield project


def rows(*findings: commands.FindingValues, **values: object) -> commands.FindingsValues:
    return commands.FindingsValues(findings=findings, **values)  # type: ignore[arg-type]


def row(number: int, text: str = "文字", **values: object) -> commands.FindingValues:
    given = {"category": "other", "severity": "minor", **values}
    return commands.FindingValues(number=number, text=text, **given)  # type: ignore[arg-type]


def save(one: Standing, values: commands.FindingsValues, version: int | None = None) -> None:
    with unit_of_work():
        commands.save_findings(one.project_id, values, actor=one.lead, version=version)


def reply(one: Standing, number: int, kind: str, **values: str) -> None:
    finding = next(d.finding for d in queries.disputes(one.reach(one.lead)) if d.finding.number == number)
    with unit_of_work():
        given = commands.ReplyValues(finding_id=finding.id, reply=kind, reason="因为", **values)
        commands.save_replies(one.project_id, [given], actor=one.lead)


def rule(one: Standing, number: int, ruling: str, reason: str = "理由") -> None:
    found = queries.disputes(one.reach(one.supervisor))
    finding = next(d.finding for d in found if d.finding.number == number)
    with unit_of_work():
        given = commands.RulingValues(finding_id=finding.id, ruling=ruling, reason=reason)
        commands.save_rulings(one.project_id, [given], actor=one.supervisor)


def dispute_first(one: Standing) -> None:
    one.send_out("中期验收不够规范", "第二个问题")
    one.answer(f1="不是中期", f2="agree")
    one.act(one.unit, "submit_comments")


def test_findings_are_written_in_place_and_two_may_exchange_their_numbers(one: Standing) -> None:
    save(one, rows(row(1, "甲", codes=("B1",), amount_fen=1200), row(2, "乙")))
    first, second = one.findings(one.lead)

    save(one, rows(row(2, "甲", id=first.id), row(1, "乙改", id=second.id)))

    assert [(f.id, f.number, f.text) for f in one.findings(one.lead)] == [
        (second.id, 1, "乙改"),
        (first.id, 2, "甲"),
    ]


@pytest.mark.parametrize(
    "values",
    [
        rows(row(1), row(1)),
        rows(row(0)),
        rows(row(1, "  ")),
        rows(row(1, category="nonsense")),
        rows(row(1, codes=("A",))),
        rows(row(1, title="长" * 201)),
        rows(explanations=(("Z9", "没有这个指标"),)),
    ],
)
def test_what_is_not_well_formed_is_refused_and_nothing_is_kept(
    one: Standing, values: commands.FindingsValues
) -> None:
    with pytest.raises(Invalid):
        save(one, values)

    assert one.findings(one.lead) == []


def test_the_id_of_another_finding_is_not_taken(one: Standing) -> None:
    with pytest.raises(NotFound):
        save(one, rows(row(1, id=99)))


def test_only_the_firm_writes_and_only_while_it_is_its_turn(one: Standing) -> None:
    with pytest.raises(Forbidden), unit_of_work():
        commands.save_findings(one.project_id, rows(row(1)), actor=one.supervisor)

    one.send_out("甲")

    with pytest.raises(Refused):
        save(one, rows(row(1)))


def test_a_stale_version_is_told_who_was_faster(one: Standing) -> None:
    version = queries.version(one.reach(one.lead))
    save(one, rows(row(1)), version)

    with pytest.raises(Conflict) as conflict:
        save(one, rows(row(1, "别的")), version)

    assert conflict.value.who == one.lead.display_name


def test_a_weak_indicator_must_be_named_or_explained(one: Standing) -> None:
    save(one, rows(row(1)))
    with pytest.raises(Refused) as refused:
        one.act(one.lead, "submit_findings")
    assert refused.value.reasons[0].params == {"numbers": ("B1",)}

    first = one.findings(one.lead)[0]
    save(one, rows(row(1, id=first.id), explanations=(("B1", "客观原因"),)))
    one.act(one.lead, "submit_findings")

    assert queries.explanations(one.reach(one.supervisor)) == {"B1": "客观原因"}
    assert [i.weak for i in queries.indicators(one.reach(one.supervisor))] == [False, True]


def test_without_findings_the_written_statement_leads_straight_to_review(one: Standing) -> None:
    save(one, rows(no_findings="未发现问题", explanations=(("B1", "客观原因"),)))

    one.act(one.lead, "submit_findings")
    one.act(one.supervisor, "approve_findings")

    assert one.project().state == P.CLOSING
    assert queries.statement(one.reach(one.supervisor)) == "未发现问题"


def test_what_the_firm_writes_is_hidden_until_it_is_submitted_or_sent_out(one: Standing) -> None:
    one.write_findings("甲")
    assert one.findings(one.supervisor) == one.findings(one.unit) == []

    one.act(one.lead, "submit_findings")
    assert [f.text for f in one.findings(one.supervisor)] == ["甲"]
    assert one.findings(one.unit) == []

    one.act(one.supervisor, "send_out")
    assert [f.text for f in one.findings(one.unit)] == ["甲"]


def test_a_draft_stands_in_the_journal_but_not_among_the_changes_others_read(one: Standing) -> None:
    one.write_findings("一时之语")

    body = json.loads(db.session.scalars(db.select(JournalEntry.body)).all()[-1])

    assert body["changes"] == []
    assert ["问题", "", "1.\n一时之语"] in body["draft"]


def test_answers_are_a_draft_until_submitted(one: Standing) -> None:
    one.send_out("甲", "乙")
    one.answer(f1="不对")

    assert [len(f.comments) for f in one.findings(one.unit)] == [1, 0]
    assert all(not f.comments for f in one.findings(one.supervisor) + one.findings(one.lead))
    with pytest.raises(Refused) as refused:
        one.act(one.unit, "submit_comments")
    assert refused.value.reasons[0].params == {"numbers": ("2",)}

    one.answer(f2="agree")
    one.act(one.unit, "submit_comments")

    assert one.project().state == P.DISPUTE_REPLY
    assert one.findings(one.lead)[0].comments[0].reason == "不对"


def test_an_answer_carries_its_files_and_needs_a_stance(one: Standing) -> None:
    one.send_out("甲")
    finding = one.findings(one.unit)[0]
    received = one.received("依据.pdf")

    with pytest.raises(Invalid), unit_of_work():
        answer = commands.AnswerValues(finding_id=finding.id, stance="", files=(received,))
        commands.save_comments(one.project_id, commands.CommentsValues(answers=(answer,)), actor=one.unit)
    with unit_of_work():
        answer = commands.AnswerValues(
            finding_id=finding.id, stance="dispute", reason="见附件", files=(received,)
        )
        values = commands.CommentsValues(answers=(answer,), general_comment="总的来说")
        commands.save_comments(one.project_id, values, actor=one.unit)

    assert [f.name for f in one.findings(one.unit)[0].comments[0].files] == ["依据.pdf"]
    assert queries.rounds(one.reach(one.unit))[0].general_comment == "总的来说"
    assert queries.rounds(one.reach(one.supervisor))[0].general_comment == ""
    bodies = db.session.scalars(db.select(JournalEntry.body).where(JournalEntry.action == "attach"))
    assert all("依据" not in json.dumps(json.loads(b)["changes"], ensure_ascii=False) for b in bodies)


def test_an_adopted_change_replaces_the_wording(one: Standing) -> None:
    dispute_first(one)
    reply(one, 1, "change", title="验收", text="终期验收不够规范")
    assert one.findings(one.supervisor)[0].comments[0].reply is None
    one.act(one.lead, "submit_replies")
    assert one.findings(one.unit)[0].comments[0].reply_text == "终期验收不够规范"

    rule(one, 1, "adopt")
    assert one.findings(one.unit)[0].comments[0].ruling is None
    one.act(one.supervisor, "approve_findings")

    first = one.findings(one.unit)[0]
    assert (first.title, first.text) == ("验收", "终期验收不够规范")
    assert first.comments[0].ruling_label == "采纳修改"
    body = json.loads(db.session.scalars(db.select(JournalEntry.body)).all()[-1])
    assert ["问题内容", "中期验收不够规范", "终期验收不够规范"] in body["changes"]


def test_nothing_can_be_adopted_where_the_firm_proposed_nothing(one: Standing) -> None:
    dispute_first(one)
    reply(one, 1, "keep")
    one.act(one.lead, "submit_replies")

    with pytest.raises(Invalid):
        rule(one, 1, "adopt")
    rule(one, 1, "uphold")
    one.act(one.supervisor, "approve_findings")

    assert one.project().state == P.SUGGESTIONS_WRITING
    assert not one.findings(one.unit)[0].withdrawn


@pytest.mark.parametrize("kind, ruling", [("withdraw", "adopt"), ("keep", "cancel")])
def test_when_no_finding_is_kept_the_project_goes_to_closing(one: Standing, kind: str, ruling: str) -> None:
    one.send_out("甲")
    one.answer(f1="完全不对")
    one.act(one.unit, "submit_comments")
    reply(one, 1, kind)
    one.act(one.lead, "submit_replies")

    rule(one, 1, ruling)
    one.act(one.supervisor, "approve_findings")

    assert one.project().state == P.CLOSING
    assert one.findings(one.unit)[0].withdrawn


def test_a_changed_reply_voids_the_ruling_made_on_the_former_one(one: Standing) -> None:
    dispute_first(one)
    reply(one, 1, "withdraw")
    one.act(one.lead, "submit_replies")
    rule(one, 1, "adopt")
    one.act(one.supervisor, "return_replies", reason="请再考虑")
    assert one.findings(one.unit)[0].comments[0].reply is None

    reply(one, 1, "keep")
    one.act(one.lead, "submit_replies")

    with pytest.raises(Refused):
        one.act(one.supervisor, "approve_findings")


def test_on_a_second_round_only_new_and_changed_findings_are_asked(one: Standing) -> None:
    one.send_out("甲", "乙")
    one.answer(f1="agree", f2="agree")
    one.act(one.unit, "submit_comments")
    one.act(one.supervisor, "return_findings", reason="乙不清楚")
    first, second = one.findings(one.lead)
    save(one, rows(row(1, "甲", id=first.id, codes=("B1",)), row(2, "乙改", id=second.id), row(3, "丙")))
    one.act(one.lead, "submit_findings")
    one.act(one.supervisor, "send_out")

    assert [f.number for f in queries.to_answer(one.reach(one.unit))] == [2, 3]
    with pytest.raises(NotFound):
        one.answer(f1="现在不同意了")


def test_a_dispute_never_ruled_on_comes_along_into_the_next_round(one: Standing) -> None:
    dispute_first(one)
    reply(one, 1, "keep")
    one.act(one.lead, "submit_replies")
    one.act(one.supervisor, "return_findings", reason="补一个问题")
    first, second = one.findings(one.lead)
    texts = (row(1, first.text, id=first.id, codes=("B1",)), row(2, second.text, id=second.id), row(3, "丙"))
    save(one, rows(*texts))
    one.act(one.lead, "submit_findings")
    one.act(one.supervisor, "send_out")
    one.answer(f3="agree")

    one.act(one.unit, "submit_comments")

    assert one.project().state == P.DISPUTE_REPLY
    assert [d.finding.number for d in queries.disputes(one.reach(one.lead))] == [1]


def test_a_finding_once_sent_out_is_withdrawn_not_deleted(one: Standing) -> None:
    one.send_out("甲", "乙")
    one.act(one.supervisor, "recall", reason="发早了")
    first = one.findings(one.lead)[0]
    save(one, rows(row(1, "甲", id=first.id, codes=("B1",)), row(3, "丙")))
    save(one, rows(row(1, "甲", id=first.id, codes=("B1",))))

    found = [(f.number, f.withdrawn) for f in one.findings(one.lead)]

    assert found == [(1, False), (2, True)]
    with pytest.raises(Invalid):
        save(one, rows(row(1, "甲", id=first.id), row(2, "占用旧号")))


def test_a_number_given_up_in_this_very_save_is_not_free_either(one: Standing) -> None:
    one.send_out("甲", "乙")
    one.act(one.supervisor, "recall", reason="发早了")

    with pytest.raises(Invalid):
        save(one, rows(row(1, "丙"), row(3, "丁")))


def test_the_day_after_the_due_date_silence_counts_as_no_comment(one: Standing) -> None:
    one.send_out("甲")
    with pytest.raises(Refused):
        one.act(one.supervisor, "deem_none")

    with clock.at(NOW + timedelta(days=20)):
        one.act(one.supervisor, "deem_none")
        one.act(one.supervisor, "approve_findings")

    round_ = db.session.scalars(db.select(CommentRound)).one()
    assert round_.deemed_none_at is not None and round_.submitted_at is None
    assert one.project().state == P.SUGGESTIONS_WRITING


def test_with_only_the_result_table_no_indicator_is_asked(tmp_path: Path) -> None:
    with standing(tmp_path, table_only=True) as one:
        save(one, rows(row(1)))
        one.act(one.lead, "submit_findings")
        assert queries.indicators(one.reach(one.lead)) == []
        assert db.session.scalars(db.select(Finding)).one().number == 1


def test_how_it_was_filed_stays_with_the_finding_through_the_form(one: Standing) -> None:
    save(one, rows(row(1, "甲", glued=True)))
    first = one.findings(one.lead)[0]

    save(one, rows(row(1, "甲改", id=first.id)))

    assert db.session.get_one(Finding, first.id, populate_existing=True).glued
