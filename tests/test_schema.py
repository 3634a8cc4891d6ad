"""Tables as the models say, constraints that hold, triggers that refuse, and a migration that loses nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, Connection, Engine, create_engine, event, exc, inspect, text

from perfflow.config import StartupRefused
from perfflow.core import clock
from perfflow.core.journal import install_triggers, missing_triggers
from perfflow.db import MIGRATIONS, Base, at_newest_migration, db, engine_options, prepare_engine
from perfflow.models.project import Project
from perfflow.process import ITEM_STATES, PROJECT_STATES, P
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, Make, Play


@pytest.fixture(scope="module")
def filled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose database holds a project that went the whole way."""
    folder = copy_of(template, tmp_path_factory.mktemp("schema") / "instance")
    app = open_app(folder)
    with clock.at(NOW):
        Make(app).project(P.PUBLISHED)
    close(app)
    yield folder


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine of its own on a copy, with the product's manners."""
    shutil.copytree(filled, tmp_path / "copy")
    engine = open_engine(tmp_path / "copy" / "perfflow.db")
    yield engine
    engine.dispose()


def open_engine(path: Path) -> Engine:
    url = f"sqlite:///{path}"
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    return engine


def migrate(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    command.upgrade(config, revision)


# ---------------------------------------------------------------- migrations


def test_the_migrations_make_exactly_the_models_tables(store: Engine) -> None:
    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_a_table})

        assert compare_metadata(context, Base.metadata) == []


def is_a_table(name: str | None, kind: str, _parents: object) -> bool:
    """The index of the search is no table of a model: FTS5 keeps it in tables of its own."""
    return kind != "table" or not str(name).startswith("search_pair")


def test_the_checks_and_uniques_of_the_models_are_in_the_tables(store: Engine) -> None:
    # alembic does not compare check constraints
    there = inspect(store)
    for table in Base.metadata.tables.values():
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        found = {str(check["name"]).replace('""', '"') for check in there.get_check_constraints(table.name)}
        assert found == wanted, table.name
        models = {str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {check["sqltext"] for check in there.get_check_constraints(table.name)} == models, table.name


def test_a_database_of_every_former_version_comes_up_with_all_its_rows(tmp_path: Path) -> None:
    for revision in ("0001", "0002"):
        engine = open_engine(tmp_path / f"{revision}.db")
        migrate(engine, revision)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO organisation (name, kind, jurisdiction, active, quote_names, score_suffix,"
                    " trim_decimals, number_style, title_own_line)"
                    " VALUES ('甲局', 'unit', 'shanghai', 1, 1, 1, 1, '、', 1)"
                )
            )
        before = counts(engine)

        migrate(engine, "head")

        after = counts(engine)
        assert {name: after[name] for name, count in before.items() if count} == {n: c for n, c in before.items() if c}
        with engine.connect() as connection:
            assert missing_triggers(connection) == ()
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        engine.dispose()


def test_a_migration_that_recreates_a_table_keeps_its_children_and_triggers_come_back(store: Engine) -> None:
    """What a batch migration does: the old table is dropped, and with foreign keys on its child rows with it."""
    before = counts(store)

    with store.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        recreate(connection, "project")
        recreate(connection, "journal")
        connection.commit()
    migrate(store, "head")

    assert counts(store) == before
    with store.connect() as connection:
        assert missing_triggers(connection) == ()
        assert list(connection.exec_driver_sql("PRAGMA foreign_key_check")) == []


def recreate(connection: Connection, name: str) -> None:
    sql = str(connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}).scalar())
    connection.execute(text(sql.replace(f"CREATE TABLE {name}", f"CREATE TABLE {name}_new", 1)))
    connection.execute(text(f"INSERT INTO {name}_new SELECT * FROM {name}"))
    connection.execute(text(f"DROP TABLE {name}"))
    connection.execute(text(f"ALTER TABLE {name}_new RENAME TO {name}"))


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        there = inspect(connection).get_table_names()
        names = [n for n in there if n != "alembic_version" and is_a_table(n, "table", ())]
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}


def test_an_unmigrated_database_is_told_from_a_new_one(app: Flask, tmp_path: Path) -> None:
    assert at_newest_migration(app)

    bare = open_app(tmp_path / "bare")
    assert not at_newest_migration(bare)
    close(bare)


# ---------------------------------------------------------------- constraints

BROKEN = {
    "project": ["state = 'nowhere'", "seen_as = ''", "object_kind = 'thing'", "budget_year = 1", "budget_fen = -1",
                "unit_id = 99999", "code = NULL", "name = NULL"],
    "assignment": ["total = 10001", "total = -1", "\"end\" = 'lost'", "firm_id = 99999"],
    "score_item": ["weight = 10001", "score = -1"],
    "finding": ["category = 'weather'", "severity = 'mild'"],
    "comment": ["stance = 'maybe'", "reply = 'no'", "ruling = 'yes'"],
    "rect_item": ["state = 'nowhere'", "rect_class = 'soon'"],
    "item_report": ["verdict = 'perhaps'"],
    "organisation": ["kind = 'club'"],
    "user_account": ["role = 'king'", "username = 'unit'"],
    "attachment": ["purpose = 'fun'"],
}  # fmt: skip


@pytest.mark.parametrize(("table", "change"), [(table, change) for table, each in BROKEN.items() for change in each])
def test_a_value_that_cannot_be_is_refused_by_the_table(store: Engine, table: str, change: str) -> None:
    with pytest.raises(exc.IntegrityError), store.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {change}"))


def test_deleting_a_parent_is_refused_while_it_has_children(store: Engine) -> None:
    for table in ("organisation", "user_account", "project", "assignment", "notice"):
        with pytest.raises(exc.IntegrityError), store.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))


def test_every_state_of_the_process_may_be_stored(store: Engine) -> None:
    with store.begin() as connection:
        for state in PROJECT_STATES:
            connection.execute(text("UPDATE project SET state = :state"), {"state": state})
        for state in ITEM_STATES:
            connection.execute(text("UPDATE rect_item SET state = :state"), {"state": state})


# ---------------------------------------------------------------- triggers

TAMPERING = {
    "change": "UPDATE {table} SET body = '{{}}' WHERE id = 1",
    "change of nothing": "UPDATE {table} SET id = id WHERE id = 1",
    "deletion": "DELETE FROM {table} WHERE id = 1",
    "deletion of all": "DELETE FROM {table}",
    "replacement": "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1",
    "replacement by hash": "REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} WHERE id = 1 ON CONFLICT(id) DO UPDATE SET body = '{{}}'",
}


@pytest.fixture
def written(store: Engine) -> Engine:
    with store.begin() as connection:
        connection.execute(
            text("INSERT INTO event (id, hash, body, kind, at) VALUES (1, 'x', '{}', 'logout', '2026-03-02 02:00:00')")
        )
    return store


@pytest.mark.parametrize("table", ["journal", "event"])
@pytest.mark.parametrize("way", TAMPERING)
def test_an_entry_can_be_neither_changed_nor_removed(written: Engine, table: str, way: str) -> None:
    before = counts(written)[table]

    with pytest.raises(exc.IntegrityError, match=f"{table} is append-only"), written.begin() as connection:
        connection.execute(text(TAMPERING[way].format(table=table)))

    assert before and counts(written)[table] == before


def test_a_missing_trigger_is_named_and_can_be_put_back(store: Engine) -> None:
    with store.begin() as connection:
        connection.execute(text("DROP TRIGGER journal_no_delete"))
        assert missing_triggers(connection) == ("journal_no_delete",)

        install_triggers(connection)

        assert missing_triggers(connection) == ()


# ---------------------------------------------------------------- what create_app and the connection see to


def test_every_connection_has_the_manners_that_keep_the_data(app: Flask) -> None:
    wanted = {"foreign_keys": 1, "recursive_triggers": 1}
    with app.app_context(), db.engine.connect() as connection:
        for name, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() in ("wal", "delete")


def test_what_is_acknowledged_is_on_the_disk(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "own.db")

    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    engine.dispose()


def test_a_stored_state_that_the_process_lacks_is_refused_at_start(instance: Path) -> None:
    app = open_app(instance)
    Make(app).project(P.DECLARING)
    with app.app_context():
        raw = db.engine.raw_connection()
        raw.cursor().execute("PRAGMA ignore_check_constraints=ON")
        raw.cursor().execute("UPDATE project SET state = 'lost_in_time'")
        raw.close()
    close(app)

    with pytest.raises(StartupRefused, match="lost_in_time"):
        open_app(instance)


def test_relations_are_never_loaded_behind_ones_back() -> None:
    for mapper in Base.registry.mappers:
        for relation in mapper.relationships:
            assert relation.lazy in ("raise", "raise_on_sql", "noload"), f"{mapper.class_.__name__}.{relation.key}"


def test_the_state_of_a_project_cannot_be_written_through_a_session_twice(make: Make, app: Flask) -> None:
    """The version stands in the UPDATE itself: what was read before somebody was faster is not written over it."""
    play: Play = make.project(P.DECLARATION_REVIEW)
    with app.app_context():
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda c, cur, statement, *rest: seen.append(statement))
        play.act("supervisor", "approve_declaration", verdict="优")

        updates = [one for one in seen if one.startswith("UPDATE project SET") and "state=" in one]
        assert len(updates) == 1
        assert "WHERE project.id = ? AND project.state = ? AND project.version = ?" in updates[0]
        assert db.session.get_one(Project, play.id).version == 3
