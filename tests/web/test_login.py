import pytest
from sqlalchemy import select

from perfflow.core import people, sessions
from perfflow.db import db, unit_of_work
from perfflow.models.people import LoginSession
from perfflow.web.login import own_address
from tests.people import PASSWORD, Browser, Town, open_app


@pytest.fixture
def app(tmp_path):
    app = open_app(tmp_path)
    Town(app)
    return app


@pytest.fixture
def browser(app):
    return Browser(app)


def test_a_page_without_log_in_leads_to_it_and_back(app, browser):
    assert browser.open("/projects/?state=closed&words=会务").status == 303
    browser.open(browser.location)
    browser.send("/login", username="clerk", password=PASSWORD)

    assert (browser.status, browser.location) == (303, "/projects/?state=closed&words=%E4%BC%9A%E5%8A%A1")


FOREIGN = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example",
    "/%5Cevil.example", "http:evil", "javascript:alert(1)", "///evil.example", "/ /evil.example",
    "evil.example", "/nowhere", "/logout", "/login", "/static/app.css", "/projects/x", "",
    "/\n/evil.example", "/..//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN)
def test_nowhere_else_is_gone_to_after_log_in(browser, target):
    browser.open("/login")
    browser.answer = browser.client.get("/login", query_string={"next": target})
    browser.send("/login", username="clerk", password=PASSWORD)

    assert (browser.status, browser.location) == (303, "/")


@pytest.mark.parametrize("target", FOREIGN)
def test_somebody_logged_in_is_not_led_away_either(browser, target):
    browser.log_in("clerk")

    answer = browser.client.get("/login", query_string={"next": target})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_an_own_address_is_rebuilt_from_the_route(app):
    with app.test_request_context("/"):
        assert own_address("/projects/7?tab=files") == "/projects/7?tab=files"
        assert own_address("/projects/?state=a&state=b") == "/projects/?state=a&state=b"


def test_a_fragment_without_log_in_is_a_sentence_with_a_link(browser):
    browser.open("/projects/", **{"HX-Request": "true", "HX-Current-URL": "http://localhost/projects/?year=2026"})

    assert browser.status == 401
    assert "<html" not in browser.answer.text
    assert browser.tree.xpath("//a/@href") == ["/login?next=/projects/?year%3D2026"]


def test_a_form_sent_after_the_log_in_ended_shows_what_was_typed(app, browser):
    browser.log_in("super").open("/admin/avoidances")
    with app.app_context(), unit_of_work():
        sessions.end_all(people.user_named("super"))

    browser.send("/admin/avoidances", reason="持有该单位股权")

    assert browser.status == 401
    assert "持有该单位股权" in browser.text and "登录已结束" in browser.text


def test_a_copied_cookie_is_worth_nothing_after_log_out(app, browser):
    browser.log_in("clerk").open("/")
    copied = browser.client.get_cookie("perfflow").value
    browser.send("/logout")

    thief = Browser(app)
    thief.client.set_cookie("perfflow", copied)

    assert thief.open("/").status == 303
    assert thief.location.startswith("/login")


def test_the_cookie_holds_a_token_and_nothing_personal(app, browser):
    browser.log_in("clerk")
    with browser.client.session_transaction() as cookie:
        token, kept = cookie["_user_id"], dict(cookie)

    assert set(kept) <= {"_user_id", "_fresh", "_id", "csrf_token", "language"}
    with app.app_context():
        assert token not in db.session.scalars(select(LoginSession.token_hash)).all()


def test_log_in_takes_nothing_over_from_before(browser):
    browser.open("/login")
    with browser.client.session_transaction() as cookie:
        before = cookie["csrf_token"]
    browser.send("/login", username="clerk", password=PASSWORD)
    browser.open("/")

    with browser.client.session_transaction() as cookie:
        assert cookie["csrf_token"] != before


def test_an_administrator_begins_at_his_own_pages(browser):
    assert browser.log_in("boss").open("/").location == "/admin/organisations"


def test_whoever_must_change_his_password_gets_no_further(app, browser):
    town_user = people.one_time_password()
    with app.app_context(), unit_of_work():
        people.set_password(people.user_named("clerk"), town_user.digest, must_change=True)
    browser.log_in("clerk", town_user.password)

    assert browser.open("/").location == "/password"
    assert "当前口令由管理员设置" in browser.open("/password").text
