"""Which acts are taken at once, which ask first, and which are confirmed by the number of the project."""

import pytest

from perfflow.process import ITEM, PROJECT, P
from perfflow.web.acts import OfferView, asks_first, decision, ends
from perfflow.web.problems import ReasonView

ALL = [transition for machine in (PROJECT, ITEM) for transition in machine.transitions if not transition.internal]


def offer(label: str, *, asks: bool = False, reason: bool = False, shut: bool = False) -> OfferView:
    against = [ReasonView("还不行。", None)] if shut else []
    return OfferView(label, label, f"/act/{label}", "line", against, asks, reason)


def test_what_cannot_be_undone_is_confirmed_by_the_number_of_the_project():
    assert {one.action for one in ALL if ends(one)} == {"void", "reject_declaration", "terminate", "cancel_item"}


def test_whatever_warns_or_wants_more_than_an_opinion_asks_first():
    at_once = [one for one in ALL if not asks_first(one)]

    assert {"approve_evaluation", "return_evaluation", "withdraw", "accept_plan", "verify_not_done"} <= {
        one.action for one in at_once
    }
    assert not [one.action for one in at_once if one.fields or one.warning]


def test_one_opinion_serves_the_acts_that_need_no_more(app):
    with app.test_request_context():
        found = decision([offer("同意"), offer("退回", reason=True), offer("延期", asks=True, reason=True)], 3)

        assert found.form.version.data == 3
        assert "“退回”须写明理由" in found.hint and "“延期”还需填写" in found.hint


@pytest.mark.parametrize("offers", [[], [offer("延期", asks=True)], [offer("同意", shut=True)]])
def test_without_an_act_that_is_taken_at_once_there_is_no_opinion_to_write(app, offers):
    with app.test_request_context():
        assert decision(offers, 3).form is None


def test_opinions_of_several_items_are_told_apart(app):
    with app.test_request_context():
        labels = {decision([offer("同意")], 1, number).form.reason.label.text for number in (1, 2)}
        ids = {decision([offer("同意")], 1, number).form.reason.id for number in (None, 1, 2)}

    assert len(labels) == 2 and len(ids) == 3


def test_an_opinion_is_empty_whatever_else_was_sent_to_its_page(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)

    answer = client_for(make["supervisor"]).post(f"/projects/{play.id}/files", reason="别处的字")

    assert "别处的字" not in answer.text
