import pytest

from perfflow.core import logins, people
from perfflow.db import unit_of_work
from tests.people import PASSWORD, Browser, Town, open_app

SAME = "用户名或口令不正确，或账号已锁定。请核对后重试，或联系管理员。"


@pytest.fixture
def app(tmp_path):
    app = open_app(tmp_path)
    Town(app)
    return app


def test_the_log_in_page_says_what_may_not_be_uploaded(app):
    assert "本系统为非涉密系统，严禁上传涉密信息" in Browser(app).open("/login").text


def test_log_in_leads_to_the_work_that_waits(app):
    browser = Browser(app).log_in("clerk")

    assert (browser.status, browser.location) == (303, "/")
    assert "clerk 经办 · 上海市机关事务管理局" in browser.open("/").text


def test_whoever_is_logged_in_needs_no_log_in_page(app):
    assert Browser(app).log_in("clerk").open("/login").location == "/"


def test_unknown_wrong_and_locked_read_the_same(app):
    def refused(username, password):
        browser = Browser(app).log_in(username, password)
        assert browser.status == 422
        return browser.tree.xpath("string(//div[@class='pf-errors'])")

    wrong, unknown = refused("clerk", "wrong"), refused("nobody", "wrong")
    for _ in range(10):
        refused("clerk", "wrong")
    locked = refused("clerk", PASSWORD)

    assert SAME in wrong
    assert wrong == unknown == locked


def test_an_empty_form_names_its_fields(app):
    browser = Browser(app).log_in("", "")

    assert browser.status == 422
    assert "请填写用户名。" in browser.text and "请填写口令。" in browser.text
    assert browser.tree.xpath("//title")[0].text.startswith("错误：")


def test_a_name_with_a_control_character_is_a_field_error(app):
    assert Browser(app).log_in("cle\x00rk").status == 422


def test_too_many_failures_of_an_address_are_429_with_a_time(app, monkeypatch):
    monkeypatch.setattr(logins, "FAILURES_PER_ADDRESS", 3)
    for _ in range(3):
        Browser(app).log_in("nobody", "wrong")

    browser = Browser(app).log_in("clerk")

    assert browser.status == 429
    assert browser.answer.headers["Retry-After"] == "600"
    assert "请 10 分钟后再试" in browser.text


def test_log_out_is_a_post_and_ends_the_session(app):
    browser = Browser(app).log_in("clerk")

    assert browser.open("/logout").status == 405
    assert browser.open("/").send("/logout").location == "/login"
    assert browser.open("/").status == 303


def change(browser, old=PASSWORD, new="Green-Kettle-58", repeat=None):
    browser.open("/password")
    return browser.send("/password", old_password=old, new_password=new, repeat_password=repeat or new)


def test_a_changed_password_keeps_this_browser_and_ends_the_others(app):
    here, there = Browser(app).log_in("clerk"), Browser(app).log_in("clerk")

    assert change(here).location == "/"
    assert "其他地方的登录已全部退出" in here.open("/").text
    assert there.open("/").location.startswith("/login")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": "wrong"}, "当前口令不正确。"),
        ({"new": "short"}, "口令至少 10 个字符。"),
        ({"repeat": "Green-Kettle-59"}, "两次输入的新口令不一致。"),
        ({"new": "P@ssw0rd2026!"}, "这是常见口令"),
    ],
)
def test_a_password_that_is_refused_stands_at_its_field(app, typed, sentence):
    browser = change(Browser(app).log_in("clerk"), **typed)

    assert browser.status == 422
    assert sentence in browser.text
    assert not any(field.get("value") for field in browser.tree.xpath("//input[@type='password']"))


def test_the_rules_are_told_beforehand(app):
    assert "长度 10 到 200 个字符。" in Browser(app).log_in("clerk").open("/password").text


def test_a_password_from_an_administrator_must_be_changed_first(app):
    one_time = people.OneTime("x", "")
    with app.app_context(), unit_of_work():
        one_time = people.one_time_password()
        people.reset_password(people.user_named("clerk"), one_time, actor=None)
    browser = Browser(app).log_in("clerk", one_time.password)
    assert browser.open("/projects/").location == "/password"

    change(browser, old=one_time.password)

    assert browser.open("/projects/").status == 200
