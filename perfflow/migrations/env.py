"""Alembic's environment: online only, on the application's own engine, tables recreated in batches on SQLite."""

from typing import Any

from alembic import context

import perfflow.models  # noqa: F401 — registers every table
from perfflow.core import search
from perfflow.core.journal import install_triggers
from perfflow.db import Base


def run() -> None:
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        # a batch recreate drops the old table, and with foreign keys on that deletes its child rows without a
        # word; the pragma only works on the driver's own connection, outside any transaction
        raw: Any = connection.connection.dbapi_connection
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
            # a recreated table has lost them
            install_triggers(connection)
            search.fill_if_empty(connection)
        connection.commit()
        if sqlite:
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            raw.execute("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(f"a migration left rows without their parent: {broken[:3]}")


run()
