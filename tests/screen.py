"""A page as somebody without script sees it: headings, labels, tables, buttons. Tests speak of these, not of HTML."""

from typing import Any

from flask import Flask
from lxml import html

from perfflow.core import sessions
from perfflow.core.access import Actor
from perfflow.db import unit_of_work

ORIGIN = "http://localhost"


class Client:
    """Somebody's browser, logged in; every request gives a Screen."""

    def __init__(self, app: Flask, actor: Actor | None = None) -> None:
        self.app = app
        self.http = app.test_client()
        if actor is not None:
            self._log_in(actor)

    def _log_in(self, actor: Actor) -> None:
        """A log-in without the page, so that no test pays for hashing; the page has tests of its own."""
        with self.app.app_context(), unit_of_work():
            token = sessions.create(actor.id, "127.0.0.1")
        with self.http.session_transaction() as cookie:
            cookie["_user_id"] = token

    def get(self, address: str, *, htmx: bool = False, **headers: str) -> "Screen":
        return Screen(self, self.http.get(address, headers=_headers(htmx, headers)), address)

    def post(self, address: str, *, htmx: bool = False, **typed: Any) -> "Screen":
        """Send what is given with a valid token, without a page seen before."""
        data = {"csrf_token": self.token(), **typed}
        answer = self.http.post(address, data=data, headers=_headers(htmx, {"Origin": ORIGIN}))
        return Screen(self, answer, address)

    def token(self) -> str:
        """A CSRF token of this session."""
        page = self.get("/password")
        if page.status != 200:
            page = self.get("/login")
        return str(page.tree.xpath("//input[@name='csrf_token']/@value")[0])


def _headers(htmx: bool, headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "HX-Request": "true"} if htmx else headers


class Screen:
    """One answer."""

    def __init__(self, client: Client, answer: Any, address: str) -> None:
        self.client = client
        self.answer = answer
        self.address = address

    @property
    def status(self) -> int:
        return int(self.answer.status_code)

    @property
    def location(self) -> str:
        return str(self.answer.headers.get("Location", ""))

    @property
    def tree(self) -> Any:
        return html.fromstring(self.answer.get_data(as_text=True) or "<html></html>")

    @property
    def text(self) -> str:
        return " ".join(self.tree.text_content().split())

    @property
    def heading(self) -> str:
        return self._text("//h1")

    @property
    def alert(self) -> str:
        """What the page says went wrong."""
        return self._text("//*[@role='alert'][not(@hidden)]") or self._text("//*[@id='problem']")

    @property
    def labels(self) -> list[str]:
        return [" ".join(one.text_content().split()) for one in self.tree.xpath("//label | //legend")]

    @property
    def buttons(self) -> list[str]:
        """What can be pressed: buttons that are not shut, and links that look like them."""
        pressed = "//main//button[not(@aria-disabled)] | //main//a[contains(@class, 'btn')]"
        return [" ".join(one.text_content().split()) for one in self.tree.xpath(pressed)]

    @property
    def shut(self) -> dict[str, list[str]]:
        """Acts that are not possible, with every reason beside them."""
        return {
            " ".join(one.xpath("string(.//button)").split()): [
                " ".join(reason.text_content().split()) for reason in one.xpath(".//ul/li")
            ]
            for one in self.tree.xpath("//li[contains(@class, 'shut')]")
        }

    @property
    def rows(self) -> list[list[str]]:
        """The cells of every table."""
        return [
            [" ".join(cell.text_content().split()) for cell in row.xpath("./td | ./th")]
            for row in self.tree.xpath("//table//tr")
        ]

    @property
    def links(self) -> list[str]:
        return [str(href) for href in self.tree.xpath("//a/@href | //form[@method='get']/@action | //@hx-get")]

    def press(self, action: str | None = None, **typed: Any) -> "Screen":
        """Fill in the form that leads to `action` (or the only one in the main part) and send it."""
        forms = [form for form in self.tree.xpath("//main//form[@method='post']")]
        form = next(f for f in forms if action is None or f.action == action)
        fields: dict[str, Any] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        fields = {name: value for name, value in {**fields, **typed}.items() if value is not None}
        target = form.action or self.address
        answer = self.client.http.post(target, data=fields, headers={"Origin": ORIGIN})
        return Screen(self.client, answer, target)

    def follow(self) -> "Screen":
        return self.client.get(self.location)

    def _text(self, path: str) -> str:
        found = self.tree.xpath(path)
        return " ".join(found[0].text_content().split()) if found else ""
