"""Lists, search and project page at 1,000 and 1,000,000 projects against a hello-world route of the same process.

    .venv/bin/python -m bench.pages [SIZE …]

Prints CPU time in hellos (process time, so that another process on the machine does not count), statements a
page, and the ratio of the largest to the smallest database: a flat list is one whose ratio stays near 1.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench.generate import NOW, fill
from perfflow import create_app
from perfflow.core import clock, passwords
from perfflow.db import db, upgrade_database
from perfflow.web.guard import PUBLIC, GuardedBlueprint

ROUNDS, REPEATS = 7, 30
PROJECT = 501
PAGES = {
    "待办": "/",
    "已办": "/done",
    "我发起的": "/started",
    "消息": "/messages",
    "项目库": "/projects/",
    "项目库 按期限": "/projects/?sort=due",
    "项目库 按年度": "/projects/?sort=year",
    "项目库 按编号": "/projects/?sort=code",
    "项目库 整改中": "/projects/?state=rectifying",
    "项目库 逾期": "/projects/?overdue=y",
    "项目库 少见的字": f"/projects/?words=XM-{PROJECT:07d}",
    "项目库 常见的字": "/projects/?words=信息化",
    "结果": "/results",
    "搜索 少见的字": f"/search?q=XM-{PROJECT:07d}",
    "搜索 常见的字": "/search?q=信息化建设",
    "项目页": f"/projects/{PROJECT}",
}
PASSWORD = "Bench-2026-password"


def application(folder: Path) -> Flask:
    app = create_app(instance=folder)
    hello = GuardedBlueprint("hello", __name__)
    hello.get("/hello", needs=PUBLIC)(lambda: {"hello": "world"})
    app.register_blueprint(hello)
    return app


def cpu(call: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Median CPU seconds of one call."""
    samples = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(repeats):
            call()
        samples.append((time.process_time() - began) / repeats)
    return statistics.median(samples)


def statements(app: Flask, call: Callable[[], Any]) -> int:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    call()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def client_of(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    token = client.get("/login").get_data(as_text=True).split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    answer = client.post("/login", data={"csrf_token": token, "username": username, "password": PASSWORD})
    if answer.status_code != 303:
        raise SystemExit(f"log-in of {username} answered {answer.status_code}")
    return client


def measure(size: int) -> dict[str, tuple[float, int]]:
    with tempfile.TemporaryDirectory() as folder, clock.at(NOW):
        app = application(Path(folder))
        upgrade_database(app)
        fill(app, size, password_hash=passwords.hash_password(PASSWORD))
        with app.app_context(), db.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
        found = {}
        hello = app.test_client()
        base = cpu(lambda: hello.get("/hello"), REPEATS * 5)
        for who in ("unit", "firm", "supervisor", "auditor"):
            client = client_of(app, who)
            for name, path in PAGES.items():
                if client.get(path).status_code != 200:
                    continue  # out of this person's reach

                def call(client: FlaskClient = client, path: str = path) -> None:
                    client.get(path)

                found[f"{name} {who}"] = (cpu(call) / base, statements(app, call))
        return found


def main(sizes: list[int]) -> None:
    results = {size: measure(size) for size in sizes}
    print(f"{'page':<24}" + "".join(f"{size:>12,}" for size in sizes) + f"{'ratio':>8}  statements")
    for name in results[sizes[0]]:
        row = [results[size][name][0] for size in sizes if name in results[size]]
        counts = "/".join(str(results[size][name][1]) for size in sizes if name in results[size])
        print(f"{name:<24}" + "".join(f"{value:>12.1f}" for value in row) + f"{row[-1] / row[0]:>8.2f}  {counts}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 1_000_000])
