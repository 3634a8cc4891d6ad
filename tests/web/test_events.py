import json
import logging
from io import BytesIO

import pytest
from flask import request
from sqlalchemy import select
from wtforms import Form

from perfflow.core import journal
from perfflow.core.errors import RefusedUpload
from perfflow.db import Busy, db
from perfflow.models.journal import EventEntry
from perfflow.web.forms import FilesField, received_files
from tests.people import PASSWORD, Browser, Town, open_app


@pytest.fixture
def app(tmp_path):
    app = open_app(tmp_path)
    Town(app)
    return app


def events(app):
    with app.app_context():
        rows = db.session.execute(select(EventEntry.kind, EventEntry.body).order_by(EventEntry.id)).all()
        return [(kind, json.loads(body)) for kind, body in rows]


def test_log_in_and_log_out_leave_who_and_from_where(app):
    Browser(app).log_in("clerk").open("/").send("/logout")

    (first, login), (second, logout) = events(app)
    assert (first, second) == ("login_ok", "logout")
    for body in (login, logout):
        assert (body["name"], body["organisation"], body["role"], body["address"]) == (
            "clerk 经办", "上海市机关事务管理局", "unit_clerk", "127.0.0.1",
        )  # fmt: skip
        assert len(body["request"]) == 12


def test_a_failed_log_in_keeps_neither_the_password_nor_an_unknown_name(app):
    browser = Browser(app)
    browser.log_in("clerk", "hunter2-hunter2")
    browser.log_in("My-Secret-Typed-As-Name", "x")

    kinds = [kind for kind, _ in events(app)]
    told = json.dumps([body for _, body in events(app)])
    assert kinds == ["login_failed", "login_failed"]
    assert "hunter2" not in told and "My-Secret" not in told.replace("my-secret", "My-Secret")


def test_the_failure_that_locks_is_told_apart(app):
    for _ in range(11):
        Browser(app).log_in("clerk", "wrong")

    assert [kind for kind, _ in events(app)] == ["login_failed"] * 9 + ["login_locked"] * 2


def test_refusals_of_a_person_are_kept_those_of_nobody_are_not(app):
    Browser(app).open("/admin/users")
    browser = Browser(app).log_in("clerk")
    browser.open("/admin/users")
    browser.open("/projects/12345")

    refusals = [(body["status"], body["path"]) for kind, body in events(app) if kind == "refused"]
    assert refusals == [(403, "/admin/users"), (404, "/projects/12345")]


def test_no_token_and_no_password_is_in_the_log(app):
    browser = Browser(app).log_in("clerk")
    with browser.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    browser.open("/password").send(
        "/password", old_password=PASSWORD, new_password="Green-Kettle-58", repeat_password="Green-Kettle-58"
    )

    told = json.dumps(events(app))
    assert token not in told and PASSWORD not in told and "Green-Kettle-58" not in told


def test_a_rejected_file_is_kept_by_name_and_reason(app):
    with app.test_request_context("/", method="POST", data={"files": (BytesIO(b"<html>"), "a.pdf")}):
        form = FilesForm(request.files)
        with pytest.raises(RefusedUpload):
            received_files(form.files)
        app.process_response(app.response_class())

    ((kind, body),) = events(app)
    assert (kind, body["name_given"]) == ("file_rejected", "a.pdf") and body["why"]


class FilesForm(Form):
    files = FilesField()


def test_an_ordinary_page_writes_nothing(app, monkeypatch):
    browser = Browser(app).log_in("clerk")
    monkeypatch.setattr("perfflow.web.events.unit_of_work", lambda: pytest.fail("a page opened a transaction"))

    assert browser.open("/").status == 200


def test_an_event_that_cannot_be_written_does_not_spoil_the_answer(app, monkeypatch, caplog):
    browser = Browser(app).log_in("clerk")

    def busy():
        raise Busy

    monkeypatch.setattr("perfflow.web.events.unit_of_work", busy)
    with caplog.at_level(logging.ERROR):
        assert browser.open("/admin/users").status == 403
    assert "events not written" in caplog.text


def test_the_chain_of_events_holds(app):
    Browser(app).log_in("clerk").open("/").send("/logout")

    with app.app_context():
        assert journal.verify("event").broken is None
