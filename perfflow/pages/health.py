"""GET /healthz: ok, or what is broken; no version, no address, no secret."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Response, current_app, make_response
from sqlalchemy import text

from perfflow.core import files, journal
from perfflow.db import at_newest_migration, db
from perfflow.web.guard import PUBLIC, GuardedBlueprint

bp = GuardedBlueprint("health", __name__)


@bp.get("/healthz", needs=PUBLIC)
def healthz() -> Response:
    broken = list(_broken())
    answer = make_response("\n".join(broken) + "\n" if broken else "ok\n", 503 if broken else 200)
    answer.mimetype = "text/plain"
    return answer


def _broken() -> Iterator[str]:
    yield from _database()
    try:
        folder = files.root()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        yield "files: the folder is not writable"


def _database() -> Iterator[str]:
    try:
        db.session.execute(text("SELECT 1"))
        if db.engine.dialect.name == "sqlite" and not Path(db.engine.url.database or "").exists():
            raise FileNotFoundError("removed under the open connections, which would go on without a word")
        if not at_newest_migration(current_app):
            yield "migrations: the database is not at the newest one"
        for name in journal.missing_triggers(db.session.connection()):
            yield f"triggers: {name} is missing"
    except Exception:
        current_app.logger.exception("healthz")
        yield "database: cannot be used"
