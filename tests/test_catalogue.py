"""Two languages, neither with a gap: every sentence is marked, every marked one is translated, none is stale."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from flask import Flask

from perfflow import catalogue
from perfflow.catalogue import CHINESE, ENGLISH, KEYWORDS, compiled, keys, messages
from perfflow.config import ROOT
from perfflow.core import clock
from perfflow.rules.declaration import FUND_USES, PROJECT_TYPES
from tests import walk
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, Make
from tests.screen import Client

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")
NOT_FOR_READERS = (
    # the command line speaks Chinese to whoever runs the system
    "perfflow/__init__.py", "perfflow/cli.py", "perfflow/config.py", "perfflow/serving.py", "perfflow/core/backup.py",
    "perfflow/pages/results/cli.py", "perfflow/pages/imports/cli.py",
    # official papers keep their wording, and a sample of one is one
    "perfflow/papers/", "perfflow/pages/results/", "perfflow/pages/admin/manner.py", "perfflow/migrations/",
    # the words by which papers are understood
    "perfflow/rules/wording.py",
    # languages by their own names; words no password may contain; the first account
    "perfflow/core/language.py", "perfflow/core/passwords.py",
)  # fmt: skip


@pytest.fixture(scope="module")
def english() -> list[Message]:
    return [message for message in catalogue.catalogue() if message.id]


def test_every_message_is_in_the_catalogue_and_none_is_stale() -> None:
    found, kept = set(keys(messages())), set(keys(catalogue.catalogue()))

    assert (found - kept, kept - found) == (set(), set()), "python -m perfflow.catalogue brings it up to date"


def test_every_message_is_said_in_english(english: list[Message]) -> None:
    assert [message.id for message in english if not all(_strings(message)) or message.fuzzy] == []
    assert [said for message in english for said in _strings(message) if CHINESE.search(QUOTED.sub("", said))] == []


QUOTED = re.compile("“[^”]*”|\\([^)]*\\)|[\\d,.]+(万?元|分)|such as [^“\\s]\\S*|万?元\\b|万元 for 元|in 万元| 分")
"""What a form is filled in with stays as the office writes it."""


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_every_message_id_is_chinese(english: list[Message]) -> None:
    ids = [message.id if isinstance(message.id, str) else message.id[0] for message in english]

    assert [one for one in ids if re.search("[A-Za-z]{3}", PLACES.sub("", one)) and not CHINESE.search(one)] == []


def test_what_is_put_into_a_sentence_is_put_into_its_translation(english: list[Message]) -> None:
    differing = []
    for message in english:
        one = message.id if isinstance(message.id, str) else message.id[0]
        for said in _strings(message):
            more = set(PLACES.findall(said)) - set(PLACES.findall(one))
            less = set(PLACES.findall(one)) - set(PLACES.findall(said)) - {"%(num)d"}  # "Urged once"
            if more or less:
                differing.append((one, said))

    assert differing == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert ENGLISH.with_suffix(".mo").read_bytes() == compiled(catalogue.catalogue())


# ---------------------------------------------------------------- nothing unmarked


def test_every_sentence_of_the_code_is_marked_for_translation() -> None:
    unmarked = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sorted((ROOT / "perfflow").rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(NOT_FOR_READERS)
        for line, text in _unmarked(path)
    ]

    assert unmarked == []


PROPER = frozenset(
    # kinds, uses and levels as the official form prints them; names of the first account
    {*PROJECT_TYPES, *FUND_USES, "系统运行单位", "系统管理员", "影响力", "满意度"}
)


def _unmarked(path: Path) -> Iterator[tuple[int, str]]:
    tree = ast.parse(path.read_text("utf-8"))
    said: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in KEYWORDS:
            said.update(ast.walk(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            said.add(node.value)  # a docstring
    for node in set(ast.walk(tree)) - said:
        said_in_chinese = isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_chinese(node.value)
        if said_in_chinese and node.value not in PROPER:
            yield node.lineno, node.value


def _is_chinese(text: str) -> bool:
    return len(CHINESE.findall(text)) > 2


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_every_sentence_of_a_template_is_marked_for_translation(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", path.read_text("utf-8"), flags=re.S)

    assert CHINESE.findall(text) == []


# ---------------------------------------------------------------- what an English reader meets


@pytest.fixture(scope="module")
def world(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Make, dict[int, str]]]:
    app = open_app(copy_of(template, tmp_path_factory.mktemp("english") / "instance"))
    with clock.at(NOW):
        make = Make(app)
        yield app, make, walk.furnish(make)
    close(app)


@pytest.mark.parametrize("reader", walk.READERS)
def test_no_page_in_english_shows_a_chinese_sentence_of_ours(
    reader: str, world: tuple[Flask, Make, dict[int, str]], english: list[Message]
) -> None:
    app, make, states = world
    ids = {message.id if isinstance(message.id, str) else message.id[0] for message in english}
    ours = {one for one in ids if len(CHINESE.findall(one)) > 3 and not PLACES.search(one)} - OFFICIAL
    client = Client(app, make[reader])
    client.post("/language", language="en")

    left = {
        (page.endpoint, one)
        for page in walk.pages(app, make, states, reader, client)
        if page.endpoint not in AS_WRITTEN
        for text in [page.screen.text]
        for one in ours
        if one in text
    }

    assert left == set()


AS_WRITTEN = {
    "results.show", "projects.history", "versions.show", "rectification.item", "rectification.summary", "admin.manner",
    "admin.new_organisation", "admin.letters", "admin.edit_letter", "imports.show", "imports.show_paper",
}  # fmt: skip
"""Pages that show a paper as it is printed, or changes in the words in which they were recorded."""
OFFICIAL = {"效果目标"}
"""What the projects of these tests were filled in with."""


def test_the_language_is_switched_in_the_top_bar_and_stays(client_for: object, make: Make) -> None:
    client = client_for(make["unit"])  # type: ignore[operator]
    assert client.get("/").heading == "待办"

    there = client.post("/language", language="en", next="/done")
    assert (there.status, there.location) == (303, "/done")

    page = client.get("/done")
    assert page.heading == "Done"
    assert page.tree.get("lang") == "en"
    client.post("/language", language="zh_Hans_CN")
    assert client.get("/done").heading == "已办"


def test_an_unknown_language_changes_nothing(client_for: object, make: Make) -> None:
    client = client_for(make["unit"])  # type: ignore[operator]

    client.post("/language", language="tlh", next="//elsewhere.example/")

    assert client.get("/").heading == "待办"
