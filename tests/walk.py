"""Every page there is, once for each kind of reader: found by following links, as a person finds them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask

from perfflow.process import I, P
from tests.make import WAY, Make
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
    return {play.id: str(play.state) for play in [*plays, several]}


def pages(
    app: Flask, make: Make, states: dict[int, str], reader: str, client: Client | None = None
) -> Iterator[Page]:
    """Breadth first from where he begins; of addresses that differ in their numbers alone, one for each state."""
    client = client or Client(app, make[reader])
    # what is typed is on no link
    typed = [] if reader == "admin" else ["/search?q=Kn"]
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
