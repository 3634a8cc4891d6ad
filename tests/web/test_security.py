import gzip
import re

import pytest

from perfflow import create_app
from perfflow.db import upgrade_database
from tests.people import PASSWORD, Browser, Town, open_app


@pytest.fixture
def app(tmp_path):
    app = open_app(tmp_path)
    Town(app)
    return app


POLICY = {
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "object-src 'none'",
    "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/login", 200),
        ("GET", "/", 303),
        ("GET", "/nowhere", 404),
        ("POST", "/", 405),
        ("POST", "/messages", 400),
        ("PUT", "/login", 405),
        ("POST", "/logout", 400),
        ("GET", "/healthz", 200),
        ("GET", "/static/app.css", 200),
        ("GET", "/projects/99999999999999999999999999999999", 303),
    ],
)
def test_every_answer_carries_the_headers(app, method, address, status):
    answer = app.test_client().open(address, method=method)

    assert answer.status_code == status
    assert set(answer.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Strict-Transport-Security" not in answer.headers


def test_an_error_of_ours_carries_them_too_and_no_internals(app, monkeypatch):
    browser = Browser(app).log_in("clerk")
    broken.perfflow_rules = app.view_functions["inbox.index"].perfflow_rules
    monkeypatch.setitem(app.view_functions, "inbox.index", broken)

    browser.open("/")

    assert browser.status == 500
    assert "Content-Security-Policy" in browser.answer.headers
    assert "Traceback" not in browser.answer.text and "secret sentence" not in browser.answer.text


def broken(**arguments):
    raise RuntimeError("secret sentence")


def test_pages_are_not_kept_by_the_browser_but_files_with_a_digest_are(app):
    browser = Browser(app).log_in("clerk")
    browser.open("/")
    stylesheet = next(href for href in browser.tree.xpath("//link/@href") if "app.css" in href)

    assert browser.answer.headers["Cache-Control"] == "no-store"
    assert "immutable" in browser.open(stylesheet).answer.headers["Cache-Control"]


def cookie_of(answer):
    return next(value for name, value in answer.headers if name == "Set-Cookie")


def test_the_cookie_on_http(app):
    cookie = cookie_of(app.test_client().get("/login"))

    assert cookie.startswith("perfflow=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Secure" not in cookie
    assert "Expires" not in cookie and "Domain" not in cookie


def test_the_cookie_and_the_transport_on_https(app):
    answer = app.test_client().get("/login", base_url="https://localhost")

    assert cookie_of(answer).startswith("__Host-perfflow=")
    assert "; Secure" in cookie_of(answer) and "Path=/" in cookie_of(answer)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_forwarded_headers_count_only_behind_a_named_number_of_proxies(app, tmp_path, monkeypatch):
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.1.2.3", "X-Forwarded-Host": "localhost"}
    assert cookie_of(app.test_client().get("/login", headers=forwarded)).startswith("perfflow=")

    monkeypatch.setenv("PERFFLOW_PROXIES", "1")
    behind = create_app(instance=tmp_path)
    assert cookie_of(behind.test_client().get("/login", headers=forwarded)).startswith("__Host-perfflow=")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "a b"])
def test_a_foreign_host_is_refused_in_plain_words(app, host):
    answer = app.test_client().get("/login", headers={"Host": host})

    assert answer.status_code == 400
    assert answer.mimetype == "text/plain" and "Content-Security-Policy" in answer.headers
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8123"])
def test_our_own_hosts_are_served_at_any_port(app, host):
    assert app.test_client().get("/healthz", headers={"Host": host}).status_code == 200


def test_the_hosts_are_a_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("PERFFLOW_HOSTS", "jixiao.example.gov.cn")
    app = create_app(instance=tmp_path)
    upgrade_database(app)

    assert app.test_client().get("/healthz", headers={"Host": "jixiao.example.gov.cn"}).status_code == 200
    assert app.test_client().get("/healthz", headers={"Host": "localhost"}).status_code == 400


def test_a_form_without_its_token_shows_what_was_typed_to_our_own_page_only(app):
    browser = Browser(app).log_in("super")
    typed = {"reason": "持有该单位股权", "old_password": "do-not-show"}

    ours = browser.client.post("/admin/avoidances", data=typed, headers={"Origin": "http://localhost"})
    foreign = browser.client.post("/admin/avoidances", data=typed, headers={"Origin": "https://evil.example"})
    silent = browser.client.post("/admin/avoidances", data=typed)

    assert [a.status_code for a in (ours, foreign, silent)] == [400, 400, 400]
    assert "持有该单位股权" in ours.text and "do-not-show" not in ours.text
    assert foreign.mimetype == silent.mimetype == "text/plain"
    assert "持有该单位股权" not in foreign.text + silent.text


def test_the_token_of_one_session_is_worth_nothing_in_another(app):
    first, second = Browser(app).log_in("super"), Browser(app).log_in("super")
    token = first.open("/admin/avoidances").tree.xpath("//input[@name='csrf_token']/@value")[0]

    answer = second.client.post("/admin/avoidances", data={"csrf_token": token, "reason": "x"})

    assert answer.status_code == 400


def test_the_token_may_also_come_in_the_header_of_htmx(app):
    browser = Browser(app).log_in("super").open("/admin/avoidances")
    token = browser.tree.xpath("//input[@name='csrf_token']/@value")[0]

    answer = browser.client.post("/admin/avoidances", data={"reason": "x"}, headers={"X-CSRFToken": token})

    assert answer.status_code == 422


def test_the_password_is_asked_for_by_a_form_that_browsers_know(app):
    fields = Browser(app).open("/login").tree.xpath("//input[@type='password']")

    assert [field.get("autocomplete") for field in fields] == ["current-password"]
    assert PASSWORD not in Browser(app).log_in("clerk", PASSWORD + "x").answer.text


def test_style_and_script_go_compressed_to_whoever_takes_it(app):
    browser = app.test_client()
    address = re.search(r'href="(/static/app.css[^"]*)"', browser.get("/login").text)[1]

    small = browser.get(address, headers={"Accept-Encoding": "gzip"})
    plain = browser.get(address)

    assert gzip.decompress(small.data) == plain.data
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
    assert "immutable" in small.headers["Cache-Control"]
    assert "Content-Encoding" not in browser.get("/login", headers={"Accept-Encoding": "gzip"}).headers
