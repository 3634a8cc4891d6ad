"""A log-in that ends while somebody writes: he logs in, and the text is there. Nothing of a stranger is stored."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from perfflow.core import drafts, sessions
from perfflow.db import db, unit_of_work
from perfflow.models.draft import Draft
from perfflow.models.people import LoginSession
from perfflow.process import P
from tests.make import PASSWORD, PDF, Make, Play
from tests.screen import ORIGIN, Client, Screen

ClientFor = Callable[[Any], Client]
TEXT = "写了两个小时的整改进展：\n第一，…；\n第二，“引号”与<尖括号>。"


@pytest.fixture
def play(make: Make) -> Play:
    play = make.project(P.RECTIFYING)
    play.carry_item(1, "in_progress")
    return play


def item(play: Play) -> str:
    return f"/projects/{play.id}/items/1"


def interrupted(client: Client, play: Play, *, how: str = "ended", text: str = TEXT) -> Screen:
    """Somebody fills in his note; his log-in ends; he sends it."""
    page = client.get(item(play))
    end(client, how)
    return page.press(f"{item(play)}/notes", text=text)


def end(client: Client, how: str) -> None:
    if how == "logged out in another tab":
        client.post("/logout")
        return
    with client.app.app_context(), unit_of_work():
        if how == "ended":
            for user_id in db.session.scalars(select(LoginSession.user_id)).all():
                sessions.end_all(user_id)
        else:
            db.session.execute(LoginSession.__table__.delete())  # type: ignore[attr-defined]


def log_in(page: Screen, username: str = "unit", password: str = PASSWORD) -> Screen:
    return page.press("/login", username=username, password=password)


def value(page: Screen, name: str) -> str:
    return str(page.tree.xpath("//main//form//*[@name=$name]", name=name)[0].value).removeprefix("\n")


@pytest.mark.parametrize("how", ["ended", "its row is deleted", "logged out in another tab"])
def test_after_log_in_the_form_stands_there_as_it_was_written(
    make: Make, client_for: ClientFor, play: Play, how: str
) -> None:
    page = interrupted(client_for(make["unit"]), play, how=how)

    assert (page.status, page.heading) == (401, "请重新登录")
    assert "您填写的内容没有丢失" in page.text
    restored = log_in(page).follow()
    assert value(restored, "text") == TEXT
    assert restored.address.startswith(f"{item(play)}?draft=")
    assert restored.press(f"{item(play)}/notes").status == 303


def test_nothing_is_stored_before_somebody_has_logged_in(
    make: Make, client_for: ClientFor, play: Play, app: Flask
) -> None:
    page = interrupted(client_for(make["unit"]), play)
    wrong = log_in(page, password="not the one")

    with app.app_context():
        assert db.session.scalars(select(Draft.id)).all() == []
    assert wrong.status == 422
    assert value(log_in(wrong).follow(), "text") == TEXT


def test_what_was_typed_stands_below_the_log_in_under_its_label(
    make: Make, client_for: ClientFor, play: Play
) -> None:
    page = interrupted(client_for(make["unit"]), play)

    labels = [one.text_content() for one in page.tree.xpath("//dt")]
    assert labels == ["整改进展"]
    assert "第二，“引号”与<尖括号>。" in page.text


def test_a_password_is_never_carried_along(make: Make, client_for: ClientFor) -> None:
    client = client_for(make["unit"])
    page = client.get("/password")
    end(client, "ended")

    sent = page.press("/password", old_password=PASSWORD, new_password="Green-Kettle-58")

    assert sent.status == 401
    everything = sent.answer.get_data(as_text=True)
    assert PASSWORD not in everything and "Green-Kettle" not in everything
    assert log_in(sent).location == "/"


def test_files_are_not_carried_and_that_is_said(make: Make, client_for: ClientFor, play: Play) -> None:
    client = client_for(make["unit"])
    report = f"{item(play)}/act/report"
    page = client.get(report)
    end(client, "ended")

    sent = page.press(report, text="整改完成", files=(BytesIO(PDF % b"x"), "证据.pdf"))

    assert sent.status == 401
    assert "所选的文件没有保留" in sent.text
    assert value(log_in(sent).follow(), "text") == "整改完成"


def test_what_is_too_long_to_be_carried_is_shown(
    make: Make, client_for: ClientFor, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "LONGEST", 100)

    page = interrupted(client_for(make["unit"]), play, text="长" * 200)

    assert page.status == 401
    assert "长" * 200 in page.text
    assert not page.tree.xpath("//input[@name='kept']")
    assert log_in(page).status == 303


def test_another_account_gets_no_draft_where_it_may_not_write(make: Make, client_for: ClientFor, play: Play) -> None:
    page = interrupted(client_for(make["unit"]), play)

    other = log_in(page, username="unit2")

    assert other.status == 409
    assert "不属于此账号可以办理的事项" in other.text and "第二，“引号”与<尖括号>。" in other.text
    with other.client.app.app_context():
        assert db.session.scalars(select(Draft.id)).all() == []


def test_a_form_of_another_site_brings_nothing_along(make: Make, client_for: ClientFor, play: Play) -> None:
    client = client_for(make["unit"])
    token = client.token()
    end(client, "ended")
    fields = {"csrf_token": token, "text": TEXT}

    for headers in ({"Origin": "https://evil.example"}, {}):
        answer = client.http.post(f"{item(play)}/notes", data=fields, headers=headers)

        assert answer.status_code == 401
        assert "第二" not in answer.text and 'name="kept"' not in answer.text


def test_a_part_that_meets_it_is_replaced_by_the_whole_page(make: Make, client_for: ClientFor, play: Play) -> None:
    client = client_for(make["unit"])
    token = client.token()
    end(client, "ended")
    headers = {"Origin": ORIGIN, "HX-Request": "true", "HX-Target": "part"}

    answer = client.http.post(f"{item(play)}/notes", data={"csrf_token": token, "text": TEXT}, headers=headers)

    assert answer.status_code == 401
    where = [answer.headers[name] for name in ("HX-Retarget", "HX-Reselect", "HX-Reswap")]
    assert where == ["#page", "#page", "outerHTML"]
    page = Screen(client, answer, item(play))
    assert len(page.tree.xpath("//*[@id='page']")) == 1
    assert log_in(page).location.startswith("/")


def test_a_form_of_the_log_in_before_is_kept_for_the_present_one(
    make: Make, client_for: ClientFor, play: Play
) -> None:
    client = client_for(make["unit"])
    page = client.get(item(play))
    client.post("/logout")
    log_in(client.get("/login"))

    sent = page.press(f"{item(play)}/notes", text=TEXT)

    assert sent.status == 303
    assert value(sent.follow(), "text") == TEXT


def test_a_log_in_page_that_grew_old_keeps_what_it_carries(make: Make, client_for: ClientFor, play: Play) -> None:
    client = client_for(make["unit"])
    page = interrupted(client, play)
    log_in(client.get("/login"))
    client.post("/logout")

    stale = log_in(page)

    assert stale.status == 401
    assert value(log_in(stale).follow(), "text") == TEXT


def test_whoever_logged_in_in_another_tab_meanwhile_is_led_to_his_text(
    make: Make, client_for: ClientFor, play: Play
) -> None:
    client = client_for(make["unit"])
    page = interrupted(client, play)
    log_in(client.get("/login"))

    assert value(log_in(page).follow(), "text") == TEXT


@pytest.mark.parametrize(
    "kept", ["", "[", "{}", "[1]", '[["a"]]', '[["text", 1]]', '[["tëxt", "x"]]', "[" * 5000, '[["text", "x"]]' * 2]
)
def test_what_no_page_of_ours_carries_is_ignored(client_for: ClientFor, make: Make, play: Play, kept: str) -> None:
    page = client_for(None).get("/login")

    sent = page.press("/login", username="unit", password=PASSWORD, kept=kept, kept_for=f"{item(play)}/notes")

    assert (sent.status, sent.location) == (303, "/")


@pytest.mark.parametrize("address", ["//evil.example/x", "https://evil.example", "/logout", "/nowhere", "/password"])
def test_what_is_carried_leads_nowhere_else(client_for: ClientFor, make: Make, address: str) -> None:
    page = client_for(None).get("/login")

    sent = page.press("/login", username="unit", password=PASSWORD, kept='[["text", "x"]]', kept_for=address)

    assert sent.status == 409
    assert not sent.location


def test_log_out_leaves_nothing_with_the_browser(make: Make, client_for: ClientFor) -> None:
    answer = client_for(make["unit"]).post("/logout").answer

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
