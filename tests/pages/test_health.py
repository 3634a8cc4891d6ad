import pytest
from sqlalchemy import text

from perfflow import create_app
from perfflow.core import files
from perfflow.db import db
from tests.people import open_app


@pytest.fixture
def app(tmp_path):
    return open_app(tmp_path)


def health(app):
    answer = app.test_client().get("/healthz")
    return answer.status_code, answer.text


def test_all_is_well(app):
    assert health(app) == (200, "ok\n")


def test_a_missing_trigger_is_named(app):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER journal_no_delete"))

    assert health(app) == (503, "triggers: journal_no_delete is missing\n")


def test_a_database_that_was_not_migrated_is_told(tmp_path):
    app = create_app(instance=tmp_path, config={"TESTING": True})

    status, told = health(app)
    assert status == 503 and "migrations: the database is not at the newest one" in told


def test_a_broken_database_is_told_without_its_address(app, tmp_path):
    with app.app_context():
        db.engine.dispose()
    for path in tmp_path.glob("perfflow.db*"):
        path.unlink()
    (tmp_path / "perfflow.db").write_bytes(b"not a database" * 1000)

    assert health(app) == (503, "database: cannot be used\n")


def test_a_database_removed_under_the_server_is_told(app, tmp_path):
    assert health(app) == (200, "ok\n")
    for path in tmp_path.glob("perfflow.db*"):
        path.unlink()

    assert health(app) == (503, "database: cannot be used\n")


def test_a_folder_that_cannot_be_written_is_told(app, tmp_path):
    (tmp_path / "file").write_text("")
    files.configure(tmp_path / "file" / "below")

    assert health(app) == (503, "files: the folder is not writable\n")
