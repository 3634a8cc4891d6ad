"""One urging a day and one holder, however many press at the same moment."""

from collections import Counter

from sqlalchemy import select

from perfflow.db import db
from perfflow.models.cooperation import Urge
from perfflow.models.project import Message
from perfflow.process import P
from tests.concurrency.test_approvals import at_once
from tests.make import context

CLICKS = 12


def test_of_many_urgings_at_once_one_is_sent(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    # each window has drawn the page: its own form key
    pages = [client_for(make["unit"]).get(f"/projects/{play.id}") for _ in range(CLICKS)]
    answers = []

    at_once([lambda page=page: answers.append(page.press(f"/projects/{play.id}/urge")) for page in pages])

    assert Counter(answer.status for answer in answers) == {303: 1, 409: CLICKS - 1}
    assert all("已催办过" in answer.text for answer in answers if answer.status == 409)
    with context(make.app):
        assert len(db.session.scalars(select(Urge.id)).all()) == 1
        told = select(Message.id).where(Message.user_id == make["supervisor"].id, Message.code == "urge")
        assert len(db.session.scalars(told).all()) == 1


def test_of_two_who_hand_it_over_at_once_one_is_told_that_it_is_held(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    third, fourth = make.colleague("supervisor", "third"), make.colleague("supervisor", "fourth")
    forms = [
        (client_for(make[giver]).get(f"/projects/{play.id}/hand-over"), taker)
        for giver, taker in (("supervisor", third), ("supervisor2", fourth))
    ]
    answers = []

    at_once([lambda f=f, t=t: answers.append(f.press(None, to=str(t.id), reason="他更熟悉")) for f, t in forms])

    assert Counter(answer.status for answer in answers) == {303: 1, 409: 1}
    with context(make.app):
        assert play.project().holder_id in (third.id, fourth.id)
