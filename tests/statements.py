"""What a page asks of the database."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import event

from perfflow.db import db


def statements(app: Flask, call: Callable[[], object]) -> int:
    """How many a call takes, without the beginning of its transactions and the note of when somebody was last seen."""
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def listener(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", listener)
    call()
    event.remove(engine, "before_cursor_execute", listener)
    return len([one for one in seen if not one.startswith(("BEGIN", "UPDATE login"))])
