"""Somebody at a real browser, who knows pages by their words: labels, buttons, links, rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Request, Response, expect

from tests.make import PASSWORD

PATIENCE = 15_000  # ms
SCREEN = {"width": 1366, "height": 768}
A_STATUS = "Failed to load resource"  # the console's word for an answer of 400 and above; we hear of it ourselves

NOTHING: Mapping[str, Any] = {}

expect.set_options(timeout=PATIENCE)


class Person:
    """One browser of its own, logged in as one user. What goes wrong behind the page is kept in `troubles`."""

    def __init__(self, browser: Browser, address: str, username: str, *, script: bool = True) -> None:
        self.address, self.username, self.script = address, username, script
        self.troubles: list[str] = []
        self.context = browser.new_context(
            base_url=address,
            java_script_enabled=script,
            locale="zh-CN",
            reduced_motion="reduce",  # every click waited for the page to scroll gently
            viewport=SCREEN,  # type: ignore[arg-type]
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", self._on_request)
        self.context.on("response", self._on_response)
        self.context.on("console", self._on_console)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))

    def close(self) -> None:
        self.context.close()

    # what must not happen

    def _on_request(self, request: Request) -> None:
        # the browser's own viewer of PDF asks for parts of itself, some of them without an address
        if request.url and not request.url.startswith((self.address, "data:", "blob:", "about:", "chrome")):
            self.troubles.append(f"asks a foreign host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            path = urlsplit(response.url).path
            self.troubles.append(f"{response.status} for {response.request.method} {path}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(A_STATUS):
            self.troubles.append(f"console: {message.text}")

    @contextmanager
    def answered(self, status: int) -> Iterator[None]:
        """What is done inside is answered with this status, once, and that is right; a draft on the way may be too."""
        before, self.troubles = self.troubles, []
        with self.page.expect_response(lambda one: one.status == status and urlsplit(one.url).path != "/drafts"):
            yield
        self.page.wait_for_load_state()
        others = [trouble for trouble in self.troubles if not trouble.startswith(f"{status} for ")]
        answered = [trouble for trouble in self.troubles if trouble not in (*others, f"{status} for POST /drafts")]
        assert len(answered) == 1, f"not answered with {status}: {self.troubles}"
        self.troubles = before + others

    # where somebody is

    def log_in(self) -> Person:
        self.page.goto("/login")
        self.fill(用户名=self.username, 口令=PASSWORD)
        self.press("登录")
        expect(self.page.get_by_role("button", name="退出")).to_be_visible()
        return self

    def open(self, path: str) -> None:
        self.page.goto(path)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def heading(self, words: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("heading", name=words).first

    def take(self, project: str, verb: str, about: str = "项目") -> None:
        """From 待办, press the button of the row of this project, which must carry this verb."""
        self.task(project, about).get_by_role("link", name=re.compile(f"^{verb} ")).click()

    def task(self, project: str, about: str = "项目") -> Locator:
        """The row of 待办, on whichever of its pages it is."""
        rows = self.page.get_by_role("table", name="待办事项").get_by_role("row")
        # the row of a project tells its stage; before the declaration of independence it does not
        stage = "申报|评价|问题|建议|整改|—" if about == "项目" else re.escape(about)
        matter = self.page.get_by_role("cell", name=re.compile(rf"^({stage})\s*(停留|$)"))
        row = rows.filter(has_text=project).filter(has=matter)
        self.open("/")
        while not row.count() and self.page.get_by_role("link", name="下一页").count():
            self.follow("下一页")
            self.page.wait_for_load_state()
        return row

    # what somebody does; `within` narrows it to a part of the page

    def press(self, label: str, within: Locator | None = None) -> None:
        self._in(within).get_by_role("button", name=label, exact=True).click()
        # a form sends its draft first: the click itself does not wait for what follows
        expect(self.page.locator("form[data-busy]")).to_have_count(0)

    def follow(self, label: str, within: Locator | None = None) -> None:
        self._in(within).get_by_role("link", name=label, exact=True).click()

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """By the words of its label, with or without the mark of a required field."""
        return self._in(within).get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$"))

    def fill(self, within: Locator | None = None, /, **texts: str) -> None:
        for label, text in texts.items():
            self.field(label, within).fill(text)

    def choose(self, within: Locator | None = None, /, **options: str) -> None:
        for label, option in options.items():
            self.field(label, within).select_option(label=option)

    def tick(self, label: str, within: Locator | None = None) -> None:
        self.field(label, within).check()

    def attach(self, label: str, file: Path, within: Locator | None = None) -> None:
        self._in(within).locator("input[type=file]").and_(self.field(label, within)).set_input_files(file)

    def part(self, legend: str | re.Pattern[str]) -> Locator:
        """A group of fields by its legend."""
        return self.page.get_by_role("group", name=legend)

    def save(self, said: str) -> None:
        self.press("保存")
        expect(self.page.locator("#notices")).to_contain_text(said)

    def act(self, label: str, reason: str = "", **form: Any) -> None:
        """On a page of a project or item: write the opinion and press the button of an act; where the act asks for
        more on a page of its own, fill that in and confirm."""
        card = self.page.locator("#acts")
        control = self._control(label, card)
        if not control.count():
            control = self._control(label, self.page.locator("main"))
        opinion = card.get_by_role("textbox", name=re.compile("办理意见$"))
        if reason and opinion.count():
            opinion.fill(reason)
        with self.page.expect_navigation():
            control.click()
        if self.page.locator("#act").count():
            self.confirm(label, reason, **form)
        else:
            assert not form, f"{label} asked for nothing, but was to be given {sorted(form)}"

    def _control(self, label: str, within: Locator) -> Locator:
        """A button that acts, or a link to the page of its act."""
        button = within.get_by_role("button", name=label, exact=True)
        return button.or_(within.get_by_role("link", name=label, exact=True))

    def confirm(
        self, label: str, reason: str = "", choose: Mapping[str, str] = NOTHING, files: Mapping[str, Path] = NOTHING,
        **texts: str,
    ) -> None:  # fmt: skip
        form = self.page.locator("#act")
        self.choose(form, **choose)
        self.fill(form, **texts)
        for name, file in files.items():
            self.attach(name, file, form)
        if reason:
            form.get_by_label(re.compile("^(办理意见|理由)")).fill(reason)
        with self.page.expect_navigation():
            self.press(label, form)

    def expect_state(self, state: str) -> None:
        """The tag beside the name of the project."""
        expect(self.page.locator(".pf-head .tag")).to_have_text(state)

    def _in(self, within: Locator | None) -> Any:
        return within if within is not None else self.page
