"""催办, 转办, 抄送, 常用意见: who may, once a day, to whom, and what nobody else is told."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from perfflow.core import clock, cooperation
from perfflow.core.access import Actor, project_for
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from perfflow.db import db, unit_of_work
from perfflow.models.cooperation import ShareReader, Urge
from perfflow.models.journal import JournalEntry
from perfflow.models.people import User
from perfflow.models.project import Message, Project
from perfflow.process import P
from tests.make import NOW, Make, Play, context


def urge(make: Make, play: Play, who: str, number: int | None = None) -> None:
    with context(make.app), unit_of_work():
        cooperation.urge(play.id, number, actor=make[who])


def hand_over(
    make: Make, play: Play, who: Actor, to: Actor | None, reason: str = "他更熟悉", number: int | None = None
) -> None:
    with context(make.app), unit_of_work():
        cooperation.hand_over(play.id, number, to.id if to else None, reason, actor=who)


def messages(make: Make, who: Actor, code: str) -> int:
    with context(make.app):
        mine = select(Message.id).where(Message.user_id == who.id, Message.code == code)
        return len(db.session.scalars(mine).all())


def entries(make: Make, play: Play, action: str) -> list[JournalEntry]:
    with context(make.app):
        mine = select(JournalEntry).where(JournalEntry.project_id == play.id, JournalEntry.action == action)
        return list(db.session.scalars(mine.order_by(JournalEntry.id)))


def declare(make: Make, play: Play, who: str, independent: bool = True) -> None:
    from perfflow.stages.evaluation import commands

    play.save(commands.declare_independence, independent, "" if independent else "亲属任职", who=who)


# ---------------------------------------------------------------- 催办


@pytest.mark.parametrize(
    ("state", "who", "told"),
    [
        (P.DECLARATION_REVIEW, "unit", {"supervisor", "supervisor2"}),
        (P.EVALUATING, "unit", {"lead"}),
        (P.EVALUATING, "supervisor", {"lead"}),
        (P.EVALUATION_REVIEW, "lead", {"supervisor", "supervisor2"}),
        (P.COMMENTING, "supervisor2", {"unit", "head"}),
        (P.COMMENTING, "lead", {"unit", "head"}),
    ],
)
def test_urging_tells_whoever_must_act_and_nobody_else(make, state, who, told):
    play = make.project(state)

    urge(make, play, who)

    assert {name for name in make.people if messages(make, make[name], "urge")} == told
    assert [entry.user_id for entry in entries(make, play, "urge")] == [make[who].id]


def test_the_holder_alone_is_urged_while_somebody_holds_it(make):
    play = make.project(P.DECLARATION_REVIEW)
    hand_over(make, play, make["supervisor"], make["supervisor2"])

    urge(make, play, "unit")

    assert messages(make, make["supervisor2"], "urge") == 1
    assert messages(make, make["supervisor"], "urge") == 0


def test_a_second_urging_on_the_same_day_is_refused_with_the_time_of_the_first(make):
    play = make.project(P.DECLARATION_REVIEW)
    with clock.at(NOW - timedelta(minutes=45)):
        urge(make, play, "unit")

    with pytest.raises(Refused) as refused:
        urge(make, play, "unit")
    urge(make, play, "head")
    with clock.at(NOW + timedelta(days=1)):
        urge(make, play, "unit")

    assert refused.value.reasons[0].params == {"time": "09:15"}
    assert len(entries(make, play, "urge")) == 3


def test_the_day_is_the_offices(make):
    play = make.project(P.DECLARATION_REVIEW)
    with clock.at(NOW.replace(hour=15, minute=50)):  # 23:50 in Shanghai
        urge(make, play, "unit")

    with clock.at(NOW.replace(hour=16, minute=5)):
        urge(make, play, "unit")

    assert len(entries(make, play, "urge")) == 2


def test_each_item_is_urged_by_itself(make):
    play = make.project(P.RECTIFYING)

    urge(make, play, "supervisor", 1)
    urge(make, play, "supervisor", 2)
    with pytest.raises(Refused):
        urge(make, play, "supervisor", 1)

    with context(make.app):
        found = cooperation.urged(make["unit"], [(play.id, 1), (play.id, 2), (play.id, 3), (play.id, 0)])
    assert found == {(play.id, 1): 1, (play.id, 2): 1}
    assert messages(make, make["unit"], "urge_item") == 2


@pytest.mark.parametrize(
    ("state", "who", "sentence"),
    [
        (P.DECLARATION_REVIEW, "supervisor", cooperation.OURS_TO_DO),
        (P.COMMENTING, "head", cooperation.OURS_TO_DO),
        (P.APPROVED, "unit", cooperation.NOBODY_MUST),
        (P.CLOSED, "supervisor", cooperation.NOBODY_MUST),
        (P.RECTIFYING, "supervisor", cooperation.ITEM_BY_ITEM),
    ],
)
def test_where_there_is_nothing_to_urge_a_sentence_says_so(make, state, who, sentence):
    play = make.project(state, items=("immediate",))

    with pytest.raises(Refused) as refused:
        urge(make, play, who)

    assert refused.value.reasons[0].message == sentence


def test_only_who_takes_part_urges_and_nobody_beyond_his_sight(make):
    play = make.project(P.RECTIFYING)
    early = make.project(P.EVALUATING)

    for who, error in (("auditor", Forbidden), ("unit2", NotFound), ("stranger", NotFound), ("lead2", NotFound)):
        with pytest.raises(error):
            urge(make, play, who)
    with pytest.raises(NotFound):  # items are not shown to the firm
        urge(make, play, "lead", 1)
    with pytest.raises(Forbidden):  # not before he declared himself independent
        urge(make, early, "lead")
    with pytest.raises(NotFound):
        urge(make, play, "supervisor", 99)


def test_the_count_begins_anew_with_every_step(make):
    play = make.project(P.DECLARATION_REVIEW)
    urge(make, play, "unit")

    with clock.at(NOW + timedelta(hours=1)):
        play.act("supervisor", "return_declaration", reason="请补充")
    with context(make.app):
        found = cooperation.urged(make["unit"], [(play.id, 0)])

    assert found == {}


def test_what_was_urged_is_told_only_of_projects_in_reach_and_sight(make):
    play = make.project(P.EVALUATING)
    urge(make, play, "supervisor")

    with context(make.app):
        counts = {
            who: cooperation.urged(make[who], [(play.id, 0)]).get((play.id, 0), 0)
            for who in ("unit", "supervisor2", "lead", "lead2", "unit2")
        }

    assert counts == {"unit": 1, "supervisor2": 1, "lead": 0, "lead2": 0, "unit2": 0}


def test_the_key_of_the_table_guards_the_race(make, monkeypatch):
    play = make.project(P.DECLARATION_REVIEW)
    urge(make, play, "unit")
    # as two transactions see it that both looked before either wrote
    looks = iter([None])
    real = cooperation.urged_today
    monkeypatch.setattr(cooperation, "urged_today", lambda task, actor: next(looks, real(task, actor)))

    with pytest.raises(Refused) as refused:
        urge(make, play, "unit")

    assert refused.value.reasons[0].params == {"time": "10:00"}
    with context(make.app):
        assert len(db.session.scalars(select(Urge.id)).all()) == 1
    assert len(entries(make, play, "urge")) == 1


def test_urging_hinders_no_withdrawal(make):
    play = make.project(P.DECLARING, ready=True)
    play.act("unit", "submit_declaration")
    urge(make, play, "unit")

    play.act("unit", "withdraw", reason="补材料")

    assert play.state == P.DECLARING


# ---------------------------------------------------------------- 转办


def test_what_is_handed_over_has_both_names_and_the_reason_in_the_record(make):
    play = make.project(P.DECLARATION_REVIEW)

    hand_over(make, play, make["supervisor"], make["supervisor2"], "出差一周")

    entry = entries(make, play, "hand_over")[0]
    assert entry.reason == "出差一周"
    assert json.loads(entry.body)["changes"] == [["办理人", "预算处 经办", "预算处 复核"]]
    assert messages(make, make["supervisor2"], "hand_over") == 1
    with context(make.app):
        assert play.project().holder_id == make["supervisor2"].id


def test_every_change_of_state_ends_the_hold_and_other_acts_do_not(make):
    play = make.project(P.DECLARATION_REVIEW)
    hand_over(make, play, make["supervisor"], make["supervisor2"])

    play.act("supervisor2", "extend", due_on=NOW.date() + timedelta(days=20), reason="材料多")
    with context(make.app):
        kept = play.project().holder_id
    play.act("supervisor", "return_declaration", reason="请补充")

    assert kept == make["supervisor2"].id
    with context(make.app):
        assert play.project().holder_id is None


def test_the_right_to_act_stays_with_everybody_of_the_organisation(make):
    play = make.project(P.DECLARATION_REVIEW)
    hand_over(make, play, make["supervisor"], make["supervisor2"])

    play.act("supervisor", "approve_declaration", verdict="优")

    assert play.state == P.APPROVED


def test_an_items_hold_ends_with_its_step_too(make):
    play = make.project(P.RECTIFYING)
    hand_over(make, play, make["unit"], make["head"], number=2)
    with context(make.app):
        held = [play.item(number).holder_id for number in (1, 2, 3)]

    play.carry_item(2, "plan_review")

    assert held == [None, make["head"].id, None]
    with context(make.app):
        assert play.item(2).holder_id is None


def test_only_the_holder_who_gave_it_to_him_or_a_head_may_pass_it_on(make):
    play = make.project(P.DECLARATION_REVIEW)
    third, fourth = make.colleague("supervisor", "third"), make.colleague("supervisor", "fourth")
    hand_over(make, play, make["supervisor"], make["supervisor2"])

    with pytest.raises(Refused) as refused:
        hand_over(make, play, third, fourth)
    hand_over(make, play, make["supervisor"], third)
    hand_over(make, play, third, fourth)

    assert refused.value.reasons[0].params == {"name": "预算处 复核"}
    assert messages(make, make["supervisor2"], "handed_on") == 1
    with context(make.app):
        assert play.project().holder_id == fourth.id


def test_the_head_of_a_unit_may_always_pass_it_on(make):
    play = make.project(P.COMMENTING)
    second, third = make.colleague("unit", "second"), make.colleague("unit", "third")
    hand_over(make, play, second, third)

    with pytest.raises(Refused):
        hand_over(make, play, make["unit"], second)
    hand_over(make, play, make["head"], second)

    with context(make.app):
        assert play.project().holder_id == second.id


def test_it_can_be_given_back_to_all(make):
    play = make.project(P.DECLARATION_REVIEW)
    hand_over(make, play, make["supervisor"], make["supervisor2"])

    hand_over(make, play, make["supervisor2"], None, "不在本人分工内")

    with context(make.app):
        assert play.project().holder_id is None
    with pytest.raises(Invalid):
        hand_over(make, play, make["supervisor2"], None)


@pytest.mark.parametrize("to", ["supervisor", "unit", "stranger", "auditor", "admin"])
def test_nobody_but_a_colleague_can_be_given_it(make, to):
    play = make.project(P.DECLARATION_REVIEW)

    with pytest.raises(Invalid) as invalid:
        hand_over(make, play, make["supervisor"], make[to])

    assert invalid.value.field == "to"


def test_a_closed_account_is_given_nothing(make):
    play = make.project(P.DECLARATION_REVIEW)
    close(make, "supervisor2")

    with pytest.raises(Invalid):
        hand_over(make, play, make["supervisor"], make["supervisor2"])


def test_a_reason_is_needed(make):
    play = make.project(P.DECLARATION_REVIEW)

    for text in ("", "  ", "长" * 501):
        with pytest.raises(Invalid) as invalid:
            hand_over(make, play, make["supervisor"], make["supervisor2"], text)
        assert invalid.value.field == "reason"


def test_what_is_not_ours_to_do_cannot_be_handed_over(make):
    play = make.project(P.COMMENTING)

    for who, to in (("supervisor", "supervisor2"), ("lead", "evaluator")):
        with pytest.raises(Refused) as refused:
            hand_over(make, play, make[who], make[to])
        assert refused.value.reasons[0].message == cooperation.NOT_OURS


def test_a_firm_hands_over_only_to_who_declared_himself_independent(make):
    play = make.project(P.EVALUATING)
    declare(make, play, "lead")

    with pytest.raises(Invalid) as silent:
        hand_over(make, play, make["lead"], make["evaluator"])
    declare(make, play, "evaluator")
    hand_over(make, play, make["lead"], make["evaluator"])
    hand_over(make, play, make["evaluator"], make["lead"], "已写好，请提交")

    assert "还没有作出独立性" in str(silent.value)
    with context(make.app):
        assert play.project().holder_id == make["lead"].id


def test_who_declared_himself_not_independent_is_given_nothing(make):
    play = make.project(P.EVALUATING)
    declare(make, play, "lead")
    declare(make, play, "evaluator", False)

    with pytest.raises(Invalid) as invalid:
        hand_over(make, play, make["lead"], make["evaluator"])

    assert "不能独立评价" in str(invalid.value)


def test_a_decision_is_not_handed_to_who_submitted(make):
    """He came over from the unit meanwhile: four eyes would keep him from deciding."""
    play = make.project(P.DECLARATION_REVIEW)
    with context(make.app), unit_of_work():
        db.session.execute(update(Project).values(submitted_by=make["supervisor2"].id))

    with pytest.raises(Invalid) as invalid:
        hand_over(make, play, make["supervisor"], make["supervisor2"])

    assert "不能审核自己提交的内容" in str(invalid.value)


def close(make: Make, who: str) -> None:
    with context(make.app), unit_of_work():
        db.session.execute(update(User).where(User.id == make[who].id).values(active=False))


def test_a_holder_whose_account_is_closed_strands_nothing(make):
    play = make.project(P.DECLARATION_REVIEW)
    third = make.colleague("supervisor", "third")
    hand_over(make, play, make["supervisor"], make["supervisor2"])

    close(make, "supervisor2")

    with context(make.app):
        task = cooperation.task_of(project_for(third, play.id))
        assert cooperation.against_handing_over(task, third) is None
        assert cooperation.holder_of(task) == ""
        waiting = db.session.scalars(select(Project.id).where(cooperation.open_to(third, Project))).all()
    assert waiting == [play.id]
    hand_over(make, play, third, make["supervisor"])


def test_of_two_who_hand_it_over_at_once_the_second_is_told(make, monkeypatch):
    play = make.project(P.DECLARATION_REVIEW)
    third = make.colleague("supervisor", "third")
    real = cooperation._taker

    def meanwhile(task, *rest):
        db.session.execute(update(Project).values(holder_id=third.id))
        return real(task, *rest)

    monkeypatch.setattr(cooperation, "_taker", meanwhile)

    with pytest.raises(Conflict):
        hand_over(make, play, make["supervisor"], make["supervisor2"])


def test_handing_over_hinders_no_withdrawal(make):
    play = make.project(P.DECLARING, ready=True)
    play.act("unit", "submit_declaration")
    hand_over(make, play, make["supervisor"], make["supervisor2"])

    play.act("unit", "withdraw", reason="补材料")

    assert play.state == P.DECLARING


# ---------------------------------------------------------------- 抄送


def share(make: Make, play: Play, who: str, *to: str, note: str = "请阅") -> int:
    with context(make.app), unit_of_work():
        return cooperation.share(play.id, [make[name].id for name in to], note, actor=make[who])


def test_a_project_is_shared_with_people_who_see_it_already(make):
    play = make.project(P.FINDINGS_WRITING)

    share(make, play, "unit", "head", "supervisor", "lead", "auditor")

    for name in ("head", "supervisor", "lead", "auditor"):
        assert messages(make, make[name], "share") == 1
        with context(make.app):
            assert cooperation.unread_shares(make[name]) == 1
    assert "KnLead主评人" in json.loads(entries(make, play, "share")[0].body)["changes"][0][2]


@pytest.mark.parametrize("to", ["unit2", "lead2", "stranger", "admin", "evaluator", "unit"])
def test_nobody_is_shown_a_project_by_sharing_it(make, to):
    play = make.project(P.FINDINGS_WRITING)

    with pytest.raises(Invalid):
        share(make, play, "unit", "head", to)

    assert messages(make, make["head"], "share") == 0


def test_a_draft_is_shared_within_the_unit_only(make):
    play = make.project(P.DECLARING)

    share(make, play, "unit", "head")
    for to in ("supervisor", "auditor"):
        with pytest.raises(Invalid):
            share(make, play, "unit", to)


def test_readers_share_nothing_and_somebody_must_be_chosen(make):
    play = make.project(P.FINDINGS_WRITING)

    with pytest.raises(Forbidden):
        share(make, play, "auditor", "unit")
    with pytest.raises(NotFound):
        share(make, play, "unit2", "unit")
    with pytest.raises(Invalid):
        share(make, play, "unit")


def test_the_first_reading_is_kept(make):
    play = make.project(P.DECLARATION_REVIEW)
    share(make, play, "unit", "head")

    for hours in (0, 5):
        with clock.at(NOW + timedelta(hours=hours)), context(make.app), unit_of_work():
            cooperation.mark_read(project_id=play.id, actor=make["head"])

    with context(make.app):
        assert db.session.scalars(select(ShareReader.read_at)).all() == [NOW]
        assert cooperation.unread_shares(make["head"]) == 0


def test_what_goes_out_of_reach_is_neither_counted_nor_listed(make):
    play = make.project(P.FINDINGS_WRITING)
    share(make, play, "supervisor", "lead")

    play.act("supervisor", "replace_firm", reason="人员变动")

    with context(make.app):
        assert cooperation.unread_shares(make["lead"]) == 0
        with pytest.raises(NotFound):
            cooperation.check_received(1, actor=make["lead"])


def test_people_are_found_by_a_part_of_their_name_and_the_chosen_stay(make):
    play = make.project(P.DECLARATION_REVIEW)
    crowd = [make.colleague("unit", f"同事{number:02d}") for number in range(40)]

    with context(make.app):
        reach = project_for(make["unit"], play.id)
        some, more = cooperation.find_readers(reach, make["unit"])
        found, rest = cooperation.find_readers(reach, make["unit"], words="同事03", chosen=[crowd[7].id])

    assert (len(some), more) == (30, True)
    assert ([one.name for one in found], rest) == (["同事07", "同事03"], False)


# ---------------------------------------------------------------- 常用意见


def save(make: Make, who: str, *texts: str) -> None:
    with context(make.app), unit_of_work():
        cooperation.save_phrases(texts, actor=make[who])


def phrases(make: Make, who: str) -> list[str]:
    with context(make.app):
        return cooperation.phrases_of(make[who])


def test_phrases_are_kept_in_order_and_are_ones_own(make):
    save(make, "unit", "同意", " 请补充材料 ", "", "同意")

    assert phrases(make, "unit") == ["同意", "请补充材料"]
    assert phrases(make, "head") == []
    save(make, "unit", "请补充材料", "同意", "已阅")
    assert phrases(make, "unit") == ["请补充材料", "同意", "已阅"]


def test_there_are_twenty_of_them_and_each_is_short(make):
    save(make, "unit", *(f"意见{number}" for number in range(20)))

    with pytest.raises(Invalid):
        save(make, "unit", *(f"意见{number}" for number in range(21)))
    with pytest.raises(Invalid):
        save(make, "unit", "长" * 201)
    with pytest.raises(Invalid), context(make.app), unit_of_work():
        cooperation.keep_phrase("再来一条", actor=make["unit"])

    assert len(phrases(make, "unit")) == 20


def test_a_kept_opinion_stands_behind_the_others_once(make):
    save(make, "unit", "同意")

    for text in ("情况属实", "同意", "情况属实"):
        with context(make.app), unit_of_work():
            cooperation.keep_phrase(text, actor=make["unit"])

    assert phrases(make, "unit") == ["同意", "情况属实"]
