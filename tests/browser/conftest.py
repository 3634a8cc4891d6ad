"""Debian's Chromium, driven by Playwright; its own browser download is never used. And a served product."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from perfflow.core import clock
from tests.browser.person import Person
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, Make
from tests.tools import NO_CHROMIUM, cannot_run, find_chromium

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

Somebody = Callable[..., Person]


@dataclass(frozen=True)
class House:
    """Where the product is served, and from which folder."""

    address: str
    folder: Path


@pytest.fixture(scope="session")
def chromium() -> str:
    return find_chromium() or cannot_run(NO_CHROMIUM)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    # Chromium refuses its sandbox to root, and only to root
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *as_root])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def house(chromium: str, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A process of its own, because an application sets some things for its whole process."""
    folder = copy_of(template, tmp_path_factory.mktemp("house") / "instance")
    log = folder / "log"
    command = [sys.executable, "-m", "tests.browser.house", str(folder)]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout
    address = process.stdout.readline().strip()
    assert address, log.read_text()
    yield House(address, folder)
    process.kill()
    process.communicate()


@pytest.fixture
def standing(house: House) -> Iterator[Make]:
    """Projects that stand somewhere already, put into the served database."""
    app = open_app(house.folder)
    with clock.at(NOW):
        yield Make(app)
    close(app)


@pytest.fixture
def somebody(browser: Browser, house: House) -> Iterator[Somebody]:
    """`somebody("unit")` sits at a browser of his own, logged in; nothing may go wrong behind his pages."""
    everybody: list[Person] = []

    def make(username: str, *, script: bool = True, log_in: bool = True) -> Person:
        person = Person(browser, house.address, username, script=script)
        everybody.append(person)
        return person.log_in() if log_in else person

    yield make
    troubles = [f"{person.username}: {trouble}" for person in everybody for trouble in person.troubles]
    for person in everybody:
        person.close()
    assert troubles == []


@pytest.fixture
def pdf(tmp_path: Path) -> Callable[[str], Path]:
    """A small file that is what its name says."""

    def make(name: str) -> Path:
        file = tmp_path / name
        file.write_bytes(PDF)
        return file

    return make
