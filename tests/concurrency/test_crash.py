"""kill -9 during transitions: the journal holds, states follow it, and nothing acknowledged is lost."""

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from perfflow.core import journal, sessions
from perfflow.db import db, unit_of_work
from perfflow.models.journal import JournalEntry
from perfflow.models.project import Project
from perfflow.process import P
from tests.conftest import close, copy_of, open_app
from tests.make import Make

KILLS, PROJECTS = 20, 4
# imports once; each line on its input starts a fresh server in a process of its own
NURSERY = """
import importlib, os, sys
from pathlib import Path
from waitress import serve
import perfflow
for part in (*(f"stages.{name}" for name in perfflow.STAGES), *(f"pages.{name}" for name in perfflow.PAGES)):
    importlib.import_module(f"perfflow.{part}.routes")
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        serve(perfflow.create_app(instance=Path(sys.argv[1])), host="127.0.0.1", port=int(line), threads=4)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""
ROOT = Path(__file__).parents[2]


class Browser:
    """One logged-in person over HTTP; remembers which acts were acknowledged."""

    def __init__(self, cookie: str, port: int) -> None:
        self.cookie, self.port = cookie, port

    def act(self, project_id: int, action: str, reason: str) -> bool:
        """Draw the form, send it; True when the server acknowledged."""
        path = f"/projects/{project_id}/act/{action}"
        page = self._ask("GET", path)[1]
        fields = dict(re.findall(r'name="(csrf_token|version|form_key)" value="([^"]*)"', page))
        if "form_key" not in fields:
            return False
        return self._ask("POST", path, urlencode({**fields, "reason": reason}))[0] == 303

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Cookie": f"perfflow={self.cookie}", "Origin": f"http://127.0.0.1:{self.port}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()


def signed_in(app: Flask, user_id: int) -> str:
    """The cookie of a log-in made without the page."""
    with app.app_context(), unit_of_work():
        token = sessions.create(user_id, "127.0.0.1")
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(signer.dumps({"_user_id": token, "csrf_token": "c" * 40}))


@pytest.mark.timeout(300)
def test_twenty_kills_lose_nothing_that_was_acknowledged(template: Path, tmp_path: Path):
    folder = copy_of(template, tmp_path / "instance")
    app = open_app(folder)
    make = Make(app)
    ids = [make.project(P.DECLARATION_REVIEW).id for _ in range(PROJECTS)]
    cookies = {name: signed_in(app, make[name].id) for name in ("unit", "supervisor")}
    close(app)
    acknowledged: Counter[tuple[int, str]] = Counter()
    chance = random.Random(20)

    nursery = subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    for _ in range(KILLS):
        port = free_port()
        server = start(nursery, port)
        stop = threading.Event()
        people = {name: Browser(cookie, port) for name, cookie in cookies.items()}
        workers = [threading.Thread(target=work, args=(people, id_, acknowledged, stop)) for id_ in ids]
        for worker in workers:
            worker.start()
        wait_for(acknowledged, sum(acknowledged.values()) + chance.randint(2, 6))
        time.sleep(chance.uniform(0, 0.05))  # into the middle of whatever comes next
        os.kill(server, signal.SIGKILL)
        assert said(nursery) == "gone"
        stop.set()
        for worker in workers:
            worker.join(15)
    nursery.kill()

    app = open_app(folder)
    with app.app_context():
        assert journal.verify("journal").broken is None
        assert journal.verify("event").broken is None
        entries = db.session.execute(
            select(JournalEntry.project_id, JournalEntry.action, JournalEntry.to_state)
            .where(JournalEntry.item_id.is_(None), JournalEntry.to_state.is_not(None))
            .order_by(JournalEntry.id)
        ).all()
        written = Counter((project_id, action) for project_id, action, _ in entries)
        last = {project_id: to_state for project_id, _, to_state in entries}
        states = dict(db.session.execute(select(Project.id, Project.state)).all())
        assert states == last
        lost = {act: count - written[act] for act, count in acknowledged.items() if written[act] < count}
        assert not lost
        assert sum(acknowledged.values()) >= 2 * KILLS
    close(app)


def work(people: dict[str, Browser], id_: int, acknowledged: Counter[tuple[int, str]], stop: threading.Event) -> None:
    """Return and submit in turn, until the server is gone."""
    while not stop.is_set():
        for name, action in (("supervisor", "return_declaration"), ("unit", "submit_declaration")):
            try:
                if people[name].act(id_, action, "请修改"):
                    acknowledged[id_, action] += 1
            except (OSError, http.client.HTTPException):
                return


def wait_for(acknowledged: Counter[tuple[int, str]], count: int) -> None:
    until = time.monotonic() + 10
    while sum(acknowledged.values()) < count and time.monotonic() < until:
        time.sleep(0.005)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(nursery: subprocess.Popen[str], port: int) -> int:
    """A fresh server; its process number once it answers."""
    assert nursery.stdin is not None
    print(port, file=nursery.stdin, flush=True)
    server = int(said(nursery))
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return server
        except OSError:
            time.sleep(0.03)
    raise AssertionError("the server did not start")


def said(nursery: subprocess.Popen[str]) -> str:
    assert nursery.stdout is not None
    return nursery.stdout.readline().strip()
