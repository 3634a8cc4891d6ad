"""`app.py run` from outside, as its own process, and the production entry beside it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import app
from perfflow import serving
from perfflow.db import sqlite_module

ROOT = Path(app.__file__).parent


@contextlib.contextmanager
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
        mode = (instance / "secret_key").stat().st_mode
    with running(instance) as (second, _):
        assert first_page(second) == 200

    assert first.count("一次性口令") == 1
    assert "演示账号" not in first
    assert "一次性口令" not in second
    assert (instance / "secret_key").read_text() == key
    assert re.fullmatch(r"[0-9a-f]{64}\n", key)
    assert mode & 0o777 == 0o600


def test_it_stops_cleanly_when_asked_to(tmp_path):
    with running(tmp_path / "data") as (_, process):
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()

        assert process.wait(timeout=10) == 0
        assert time.monotonic() - begun < 8


def import_wsgi(instance: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PERFFLOW_")}
    environment = {**inherited, **environment, "PERFFLOW_INSTANCE": str(instance)}
    command = [sys.executable, "-c", "import wsgi"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("key", ["", "short", "a" * 64])
def test_production_refuses_a_missing_short_or_trivial_key_with_one_sentence(tmp_path, key):
    answer = import_wsgi(tmp_path, PERFFLOW_SECRET_KEY=key)

    assert answer.returncode == 1
    assert "密钥" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_production_serves_demo_data_only_when_told_to(tmp_path):
    with running(tmp_path):
        pass
    with contextlib.closing(sqlite_module.connect(tmp_path / "perfflow.db")) as database, database:
        database.execute("INSERT INTO setting (key, value) VALUES ('demo', '1')")

    refused = import_wsgi(tmp_path)
    served = import_wsgi(tmp_path, PERFFLOW_DEMO="1")

    assert refused.returncode == 1
    assert "PERFFLOW_DEMO=1" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert served.returncode == 0, served.stderr


def test_a_damaged_database_is_told_in_one_sentence_with_the_way_out(tmp_path):
    (tmp_path / "perfflow.db").write_bytes(b"no database at all " * 500)

    answer = import_wsgi(tmp_path, PERFFLOW_SECRET_KEY="0123456789abcdef" * 4)

    assert answer.returncode == 1
    assert "数据库已损坏" in answer.stderr and "restore" in answer.stderr
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(("cut", "said"), [(True, False), (False, True)])
def test_a_system_that_lets_no_process_cut_its_network_is_named_at_start(cut, said, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(serving, "network_is_cut", lambda: cut)
    monkeypatch.setattr(serving, "database_is_demo", lambda _app: False)

    serving.say_where(Flask(__name__), tmp_path, port=8000)

    assert ("此系统不允许隔离网络" in capsys.readouterr().out) is said
