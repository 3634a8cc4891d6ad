"""Every page and every fragment is valid HTML, by the Nu checker."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfflow.core import clock
from tests import walk
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, Make
from tests.screen import Client

OURS = re.compile(r"Attribute “hx-[a-z-]+” not allowed")
"""htmx's attributes: the checker knows them by their longer name data-hx-… only."""
FRAME = '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>部分</title></head><body>{}</body></html>'
ALIKE = re.compile(r"[A-Za-z0-9]*x\d+[a-z]+z|\d+")


@pytest.fixture(scope="module")
def written(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with every page and, where a page has one, its fragment as htmx receives it."""
    app = open_app(copy_of(template, tmp_path_factory.mktemp("html") / "instance"))
    folder = tmp_path_factory.mktemp("pages")
    with clock.at(NOW):
        make = Make(app)
        states = walk.furnish(make)
        for reader in walk.READERS:
            client = Client(app, make[reader])
            for number, page in enumerate(walk.pages(app, make, states, reader)):
                name = f"{page.endpoint}-{reader}-{number}"
                (folder / f"{name}.html").write_text(page.screen.answer.get_data(as_text=True))
                part = client.get(page.address, htmx=True).answer.get_data(as_text=True)
                if not part.lstrip().startswith("<!doctype"):
                    (folder / f"{name}-part.html").write_text(FRAME.format(part))
                refused = _sent_empty(client, page)
                if refused:
                    (folder / f"{name}-refused.html").write_text(refused)
        stranger = Client(app)
        (folder / "login.html").write_text(stranger.get("/login").answer.get_data(as_text=True))
        (folder / "missing.html").write_text(stranger.get("/nothing").answer.get_data(as_text=True))
    yield folder
    close(app)


def _sent_empty(client: Client, page: walk.Page) -> str:
    """The page that comes back when its form is sent with nothing in it; empty when it was no such page."""
    for form in page.screen.tree.xpath("//main//form[@method='post']"):
        answer = client.post(form.action or page.address)
        if answer.status == 422:
            return str(answer.answer.get_data(as_text=True))
    return ""


@pytest.mark.timeout(600)  # some 1,500 pages
def test_every_page_and_fragment_is_valid_html(written: Path, html_checker: Path) -> None:
    command = ["java", "-jar", str(html_checker), "--format", "json", "--exit-zero-always", str(written)]

    answer = subprocess.run(command, capture_output=True, text=True, timeout=150)

    wrong = Counter(
        f"{ALIKE.sub('', Path(one['url']).stem)}: {ALIKE.sub('…', one['message'])}"
        for one in json.loads(answer.stderr)["messages"]
        if one["type"] != "info" and not OURS.match(one["message"])
    )
    assert wrong == {}
    assert len(list(written.glob("*.html"))) > 400
    assert list(written.glob("*-part.html")) and list(written.glob("*-refused.html"))


def test_the_checker_sees_what_is_wrong(html_checker: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(FRAME.format('<p id="a"><div id="a"></div></p>'))
    command = ["java", "-jar", str(html_checker), "--format", "json", "--exit-zero-always", str(tmp_path)]

    answer = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert any("Duplicate ID" in one["message"] for one in json.loads(answer.stderr)["messages"])
