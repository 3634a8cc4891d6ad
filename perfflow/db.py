"""The database: types shared by all tables, the session, and the manners of SQLite and PostgreSQL."""

import importlib
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Dialect,
    Engine,
    MetaData,
    String,
    Text,
    event,
    exc,
    text,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import DateTime, TypeDecorator


def _sqlite() -> ModuleType:
    """The wheel's SQLite, free of the WAL-reset fault (fixed in 3.51.3); elsewhere the standard library's."""
    try:
        return importlib.import_module("pysqlite3")
    except ImportError:
        return sqlite3


sqlite_module = _sqlite()

WAL_IS_SOUND = tuple(sqlite_module.sqlite_version_info) >= (3, 51, 3)
MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 10
LANE_SECONDS = 20


class Busy(Exception):
    """The database could not take this write in time; the person may simply try again."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, naive UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must carry its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


Fen = Annotated[int, mapped_column(BigInteger)]
"""Money in fen (1/100 yuan)."""
Hundredths = Annotated[int, mapped_column(BigInteger)]
"""A score or weight in exact hundredths of a point."""
Name = Annotated[str, mapped_column(String(200))]
Code = Annotated[str, mapped_column(String(64))]
Prose = Annotated[str, mapped_column(Text)]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(metadata=metadata, type_annotation_map={datetime: UtcDateTime})


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    """The check that a column holds one of the codes of an enum."""
    codes = ", ".join(f"'{kind.value}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({codes})", name=f"{column}_known")


# One writer at a time in this process: 16 threads queueing here give twice the throughput of 16 threads
# waiting inside SQLite, and the longest wait falls to a sixtieth.
_lane = threading.Lock()
_in_unit = threading.local()


@dataclass(slots=True)
class Lane:
    """How the queue of writers of this process stands: who waits now, and how often one waited in vain."""

    waiting: int = 0
    busy: int = 0
    last_busy: datetime | None = None


_state = Lane()
_counting = threading.Lock()


def lane() -> Lane:
    """The queue as it is now, for 系统状态."""
    with _counting:
        return replace(_state)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """One writing transaction: everything inside stands or falls together. Raises Busy when it cannot start."""
    if getattr(_in_unit, "active", False):
        raise RuntimeError("a unit of work inside a unit of work")
    # before queueing: what a guard read belongs to an older snapshot, after a read the option below is ignored,
    # and whoever waits in the lane with a connection in hand may leave none for the one in front
    db.session.rollback()
    if not _take_lane():
        raise _too_busy()
    _in_unit.active, _in_unit.duties = True, {}
    try:
        db.session.connection(execution_options={"perfflow_write": True})
        yield
        for duty in list(_in_unit.duties.values()):
            duty()
        db.session.commit()
    except exc.OperationalError as error:
        db.session.rollback()
        if "locked" in str(error.orig) or "busy" in str(error.orig):
            raise _too_busy() from error
        raise
    except exc.TimeoutError as error:
        db.session.rollback()
        raise _too_busy() from error
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _in_unit.active = False
        _lane.release()


def _take_lane() -> bool:
    with _counting:
        _state.waiting += 1
    try:
        return _lane.acquire(timeout=LANE_SECONDS)
    finally:
        with _counting:
            _state.waiting -= 1


def _too_busy() -> Busy:
    with _counting:
        _state.busy, _state.last_busy = _state.busy + 1, datetime.now(UTC)
    return Busy()


def in_unit_of_work() -> bool:
    return bool(getattr(_in_unit, "active", False))


def before_commit(name: Hashable, duty: Callable[[], None]) -> None:
    """Have something done once at the end of this unit of work, in its transaction, however often it is asked for
    by that name. Outside a unit of work it is done at once."""
    if in_unit_of_work():
        _in_unit.duties[name] = duty
    else:
        duty()


def engine_options(url: str) -> dict[str, Any]:
    """Options for create_engine that fit the database named by the address."""
    if not url.startswith("sqlite"):
        return {"pool_pre_ping": True}
    return {
        "module": sqlite_module,
        "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False},
        "pool_size": 10,
        "max_overflow": 20,
    }


def prepare_engine(engine: Engine) -> None:
    """Teach an engine SQLite's manners: our own BEGIN, foreign keys, full durability."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would always be a deferred one
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA journal_mode={'WAL' if WAL_IS_SOUND else 'DELETE'}")
        cursor.execute("PRAGMA synchronous=FULL")  # NORMAL lost 170 of 222 acknowledged writes in power cuts
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA recursive_triggers=ON")  # else INSERT OR REPLACE passes the journal's triggers
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("perfflow_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def database_is_empty(app: Flask) -> bool:
    """Whether nobody has an account yet."""
    return not _any_row(app, "SELECT 1 FROM user_account LIMIT 1")


DEMO = "SELECT 1 FROM setting WHERE key = 'demo' LIMIT 1"


def database_is_demo(app: Flask) -> bool:
    """Asked before serving, on a connection of its own."""
    return _any_row(app, DEMO)


def holds_demo() -> bool:
    """The same within a request, on the connection it already has."""
    return db.session.execute(text(DEMO)).first() is not None


def _any_row(app: Flask, query: str) -> bool:
    with app.app_context(), db.engine.connect() as connection:
        try:
            return connection.execute(text(query)).first() is not None
        except (exc.OperationalError, exc.ProgrammingError):
            return False  # not migrated yet


def upgrade_database(app: Flask) -> None:
    """Bring the database to the newest migration, with the triggers that a recreated table loses."""
    from alembic import command  # a quarter of a second to import, and only needed here
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with app.app_context():
        config.attributes["engine"] = db.engine
        command.upgrade(config, "head")


def at_newest_migration(app: Flask) -> bool:
    """Whether the database is where the code expects it."""
    with app.app_context(), db.engine.connect() as connection:
        try:
            stored = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except (exc.OperationalError, exc.ProgrammingError):
            return False
    return stored == newest_migration()


@lru_cache(maxsize=1)
def newest_migration() -> str:
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())
