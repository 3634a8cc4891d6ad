"""A form sent twice, a form of somebody else, a form that chooses what is no choice; and an upload that came late."""

from io import BytesIO
from typing import Any

from perfflow.process import P
from tests.make import PDF, Make, Play, fresh_key


def version(play: Play) -> int:
    with play.app.app_context():
        return play.project().version


def test_a_second_press_of_decline_is_led_where_the_first_one_was(make: Make, client_for: Any) -> None:
    play = make.project(P.EVALUATING)
    client = client_for(make["lead"])
    typed = {"reason": "人手不足", "version": version(play), "form_key": fresh_key()}

    first = client.post(f"/projects/{play.id}/act/decline", **typed)
    again = client.post(f"/projects/{play.id}/act/decline", **typed)

    assert (first.status, again.status) == (303, 303)
    assert again.location == first.location
    assert client.get(f"/projects/{play.id}").status == 404


def test_a_second_press_is_led_to_the_first_result_though_its_choice_is_none_any_more(
    make: Make, client_for: Any
) -> None:
    play = make.project(P.CLOSING)
    client = client_for(make["supervisor"])
    typed = {"reason": "证据不足", "items": "1", "version": version(play), "form_key": fresh_key()}

    first = client.post(f"/projects/{play.id}/act/return_rectification", **typed)
    again = client.post(f"/projects/{play.id}/act/return_rectification", **typed)

    assert (again.status, again.location) == (303, first.location)
    assert play.state == P.RECTIFYING


def test_a_row_is_added_to_a_form_that_was_sent_before(make: Make, client_for: Any) -> None:
    play = make.project(P.FINDINGS_WRITING)
    screen = client_for(make["lead"]).get(f"/projects/{play.id}/findings")
    key = screen.tree.xpath("//input[@name='form_key']/@value")[0]
    first = {"findings-0-number": "1", "findings-0-text": "第一个问题", "findings-0-category": "other"}
    assert screen.press(**{**first, "findings-0-severity": "minor"}).status == 303

    added = screen.press(add_row="findings", form_key=key)

    assert added.status == 200


def test_a_key_of_somebody_else_does_nothing_and_keeps_what_was_typed(make: Make, client_for: Any) -> None:
    plays = [make.project(P.EVALUATION_REVIEW) for _project in range(2)]
    key = fresh_key()
    answers = [
        client_for(make[who]).post(
            f"/projects/{play.id}/act/return_evaluation", reason="写好的理由", version=version(play), form_key=key
        )
        for who, play in zip(("supervisor", "supervisor2"), plays, strict=True)
    ]

    assert [answer.status for answer in answers] == [303, 409]
    assert "写好的理由" in answers[1].text
    assert [play.state for play in plays] == [P.EVALUATING, P.EVALUATION_REVIEW]


def test_what_is_no_choice_is_refused_in_chinese(make: Make, client_for: Any) -> None:
    closing, writing = make.project(P.CLOSING), make.project(P.FINDINGS_WRITING)

    many = client_for(make["supervisor"]).post(
        f"/projects/{closing.id}/act/return_rectification", reason="r", items="abc", version=version(closing)
    )
    row = {"findings-0-number": "1", "findings-0-text": "t", "findings-0-category": "evil"}
    one = client_for(make["lead"]).post(f"/projects/{writing.id}/findings", **row)

    assert (many.status, one.status) == (422, 422)
    assert "valid choice" not in many.text + one.text


def test_a_file_that_arrives_after_the_submission_is_not_taken(
    make: Make, client_for: Any, monkeypatch: Any
) -> None:
    play = make.project(P.EVALUATING, ready=True)
    client = client_for(make["lead"])
    token = client.token()
    receive = play.file("evaluation")

    def slow(*_args: Any) -> Any:
        play.act("lead", "submit_evaluation")  # the colleague presses while the bytes are still coming
        return receive

    monkeypatch.setattr("perfflow.core.files.receive", slow)
    data = {"csrf_token": token, "form_key": fresh_key(), "files": (BytesIO(PDF % b"late"), "late.pdf")}
    answer = client.http.post(f"/projects/{play.id}/files", data=data, headers={"Origin": "http://localhost"})

    assert answer.status_code == 403
    assert play.state == P.EVALUATION_REVIEW
