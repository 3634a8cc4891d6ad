"""Every page there is, once for each kind of reader: found by following links, as a person finds them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from demo import papers
from perfflow.core import files, uploads
from perfflow.db import db, unit_of_work
from perfflow.models.file import Upload
from perfflow.pages.imports.queries import UPLOAD
from perfflow.papers.paper import PaperKind
from perfflow.process import I, P
from tests.make import WAY, Make, context
from tests.screen import Client, Screen

READERS = ("unit", "lead", "supervisor", "admin", "auditor")
ENDS = (".docx", ".xlsx", ".csv", ".zip", "/logout")
NUMBER = re.compile(r"/\d+")


@dataclass(frozen=True)
class Page:
    """One address, as one reader."""

    reader: str
    endpoint: str
    address: str
    screen: Screen


def furnish(make: Make) -> dict[int, str]:
    """A project in every state, with everything written that may be written there. Returns the state of each."""
    plays = [make.project(state, ready=True) for state in WAY]
    plays += [make.project(state) for state in (P.VOIDED, P.REJECTED, P.TERMINATED)]
    several = make.project(P.RECTIFYING, items=("phased",) * 4)
    for number, state in enumerate((I.PLAN_REVIEW, I.IN_PROGRESS, I.VERIFYING, I.CANCELLED), 1):
        several.carry_item(number, state)
    _bring_papers(make, next(play.id for play in plays if play.state == P.EVALUATING))
    return {play.id: str(play.state) for play in [*plays, several]}


def _bring_papers(make: Make, evaluated: int) -> None:
    """A paper of each who brings one, uploaded and not yet confirmed."""
    with TemporaryDirectory() as folder:
        built = papers.build(Path(folder))
        for who, kind, words, project_id in (
            ("lead", PaperKind.REPORT, "智能化平台建设经费绩效评价报告", evaluated),
            ("unit", PaperKind.DECLARATION, "老干部", None),
            ("supervisor", PaperKind.RESULT_TABLE, "机关事务管理局", None),
        ):
            path = next(path for path in built if words in path.name)
            with context(make.app), unit_of_work():
                received = files.receive(path.name, BytesIO(path.read_bytes()))
                uploads.keep(received, f"{UPLOAD}{kind}", actor=make[who], project_id=project_id)


def pages(
    app: Flask, make: Make, states: dict[int, str], reader: str, client: Client | None = None
) -> Iterator[Page]:
    """Breadth first from where he begins; of addresses that differ in their numbers alone, one for each state."""
    client = client or Client(app, make[reader])
    # what is typed is on no link
    typed = [] if reader == "admin" else ["/search?q=Kn"]
    with context(app):
        mine = select(Upload.id).where(Upload.user_id == make[reader].id, Upload.kind.startswith(UPLOAD))
        typed += [f"/imports/{id_}" for id_ in db.session.scalars(mine)]
    waiting, seen = deque(["/", *typed]), {("inbox.index", "", "")}
    router = app.url_map.bind("")
    while waiting:
        address = waiting.popleft()
        screen = client.get(address)
        endpoint, _values = router.match(urlsplit(address).path, method="GET")
        if screen.status == 303:
            _add(router, screen.location, states, seen, waiting)
            continue
        if "html" not in str(screen.answer.mimetype):
            continue
        yield Page(reader, endpoint, address, screen)
        for link in screen.links:
            _add(router, link, states, seen, waiting)


def _add(
    router: object, link: str, states: dict[int, str], seen: set[tuple[str, str, str]], waiting: deque[str]
) -> None:
    parts = urlsplit(link)
    if parts.netloc or not parts.path.startswith("/") or parts.path.startswith("/static") or parts.path.endswith(ENDS):
        return
    endpoint, values = router.match(parts.path, method="GET")  # type: ignore[attr-defined]
    about = states.get(values.get("project_id", 0), "") + str(values.get("action", "")) + str(values.get("section", ""))
    key = (endpoint, about, ",".join(sorted(part.partition("=")[0] for part in parts.query.split("&"))))
    if key not in seen:
        seen.add(key)
        waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
