"""`app.py run` from outside, as its own process, and the production entry beside it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import app

ROOT = Path(app.__file__).parent


@contextmanager
def running(instance: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`app.py run --no-demo` over this folder: what it printed until it was ready, and the process."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "run", "--no-demo", "--port", port],
        env={**os.environ, "PERFFLOW_INSTANCE": str(instance)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout
        printed = ""
        while "Ctrl+C" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        yield printed, process
    finally:
        process.kill()
        process.communicate()


def first_page(printed: str) -> int:
    address = re.search(r"http://127\.0\.0\.1:\d+", printed)
    assert address
    with urllib.request.urlopen(address[0], timeout=10) as answer:
        return int(answer.status)


def test_an_empty_database_prints_a_password_once_and_a_second_start_keeps_the_data(tmp_path):
    instance = tmp_path / "data"

    with running(instance) as (first, _):
        assert first_page(first) == 200
        key = (instance / "secret_key").read_text()
    with running(instance) as (second, _):
        assert first_page(second) == 200

    assert first.count("一次性口令") == 1
    assert "演示账号" not in first
    assert "一次性口令" not in second
    assert (instance / "secret_key").read_text() == key


def test_the_secret_key_is_long_and_readable_by_its_owner_only(tmp_path):
    with running(tmp_path / "data"):
        key = tmp_path / "data/secret_key"

    assert re.fullmatch(r"[0-9a-f]{64}\n", key.read_text())
    assert key.stat().st_mode & 0o777 == 0o600


def test_it_stops_cleanly_when_asked_to(tmp_path):
    with running(tmp_path / "data") as (_, process):
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()

        assert process.wait(timeout=10) == 0
        assert time.monotonic() - begun < 8


def test_production_without_a_secret_key_ends_with_one_sentence(tmp_path):
    environment = {**os.environ, "PERFFLOW_INSTANCE": str(tmp_path)}
    environment.pop("PERFFLOW_SECRET_KEY", None)

    answer = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "Traceback" not in answer.stderr
