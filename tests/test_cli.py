import hashlib
import json
import shutil
import sqlite3
import threading
import time

import pytest
from sqlalchemy import select, text

from perfflow import create_app
from perfflow.core import backup, files, journal, logins, people
from perfflow.db import db, sqlite_module, unit_of_work, upgrade_database
from perfflow.models.people import LoginSession
from tests.people import PASSWORD, Browser, Town, open_app


@pytest.fixture
def town(tmp_path):
    folder = tmp_path / "instance"
    folder.mkdir()
    return Town(open_app(folder))


@pytest.fixture
def app(town):
    return town.app


def run(app, *arguments):
    answer = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
    return answer.exit_code, answer.output


def store(content):
    digest = hashlib.sha256(content).hexdigest()
    path = files.path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest


def another_app(tmp_path, name="other"):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "secret_key").write_text("fedcba9876543210" * 4)
    return create_app(instance=folder, config={"TESTING": True, "CHEAP_PASSWORDS": True})


# backup and restore


def test_a_backup_is_restored_into_another_folder(app, tmp_path):
    digest = store(b"a report")
    assert run(app, "backup", tmp_path / "saved")[0] == 0

    other = another_app(tmp_path)
    code, told = run(other, "restore", tmp_path / "saved")

    assert code == 0, told
    assert files.path_of(digest).read_bytes() == b"a report" and "other" in str(files.path_of(digest))
    assert Browser(other).log_in("clerk").location == "/"
    assert not list((tmp_path / "other").glob("*restor*")) and "已移到" not in told


def test_the_manifest_holds_every_file_and_the_heads_of_the_chains(app, tmp_path):
    digest = store(b"a report")
    run(app, "backup", tmp_path / "saved")

    manifest = json.loads((tmp_path / "saved" / "manifest.json").read_text())
    assert set(manifest["files"]) == {"perfflow.db", f"files/{digest[:2]}/{digest}"}
    assert manifest["files"][f"files/{digest[:2]}/{digest}"] == {"sha256": digest, "size": 8}
    with app.app_context():
        assert manifest["chains"]["journal"]["hash"] == journal.verify("journal").head
    assert not list((tmp_path / "saved").rglob("secret_key"))


def test_a_backup_while_people_write_is_whole(app, tmp_path):
    stop = threading.Event()

    def write():
        while not stop.is_set():
            with app.app_context(), unit_of_work():
                people.unlock(people.user_named("clerk"), actor=None)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            time.sleep(0.05)
            assert run(app, "backup", tmp_path / f"saved{number}")[0] == 0
    finally:
        stop.set()
        writer.join()

    lengths = []
    for number in range(5):
        other = another_app(tmp_path, f"other{number}")
        code, told = run(other, "restore", tmp_path / f"saved{number}")
        assert code == 0, told
        with other.app_context():
            lengths.append(journal.verify("event").length)
    assert lengths == sorted(lengths) and lengths[-1] > lengths[0]


def test_a_backup_is_never_written_over_something(app, tmp_path):
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "letter.txt").write_text("dear")

    code, told = run(app, "backup", tmp_path / "saved")

    assert code == 1 and "已存在且不是空文件夹" in told
    assert not (tmp_path / "saved.part").exists()


def test_a_backup_without_a_file_that_is_named_is_refused(app, tmp_path):
    with app.app_context():
        sqlite = sqlite_module.connect(db.engine.url.database)
        sqlite.execute("PRAGMA foreign_keys=OFF")
        sqlite.execute(
            "INSERT INTO attachment (project_id, purpose, name, kind, sha256, size, uploaded_by, uploaded_at,"
            " withdrawn_reason) VALUES (1, 'report', 'x.pdf', 'pdf', ?, 1, 1, '2026-01-01', '')",
            ("ab" * 32,),
        )
        sqlite.commit()
        sqlite.close()

    code, told = run(app, "backup", tmp_path / "saved")

    assert code == 1 and "缺少 1 个附件" in told
    assert not (tmp_path / "saved").exists()


def damaged(folder, how):
    manifest = json.loads((folder / "manifest.json").read_text())
    stored = next(name for name in manifest["files"] if name.startswith("files/"))
    if how == "changed":
        (folder / stored).write_bytes(b"b report")
    elif how == "missing":
        (folder / stored).unlink()
    elif how == "added":
        (folder / "files" / "extra").write_bytes(b"x")
    elif how == "database":
        with (folder / "perfflow.db").open("r+b") as database:
            database.seek(5000)
            database.write(b"\xff" * 100)
    elif how == "climbing":
        manifest["files"]["../outside"] = manifest["files"].pop(stored)
        shutil.move(folder / stored, folder.parent / "outside")
        (folder / "manifest.json").write_text(json.dumps(manifest))
    else:
        (folder / "manifest.json").unlink()


@pytest.mark.parametrize("how", ["changed", "missing", "added", "database", "climbing", "no manifest"])
def test_a_damaged_backup_replaces_nothing(app, tmp_path, how):
    store(b"a report")
    run(app, "backup", tmp_path / "saved")
    damaged(tmp_path / "saved", how)

    other = another_app(tmp_path)
    upgrade_database(other)
    before = sorted(p.name for p in (tmp_path / "other").iterdir())
    code, told = run(other, "restore", tmp_path / "saved")

    assert code == 1 and told.startswith("Error: ")
    assert sorted(p.name for p in (tmp_path / "other").iterdir()) == before


def test_data_is_replaced_only_when_told_to_and_kept_aside(town, app, tmp_path):
    run(app, "backup", tmp_path / "saved")
    with app.app_context(), unit_of_work():
        people.deactivate_user(people.user_named("clerk"), actor=town.admin)

    code, told = run(app, "restore", tmp_path / "saved")
    assert code == 1 and "--force" in told
    code, told = run(app, "restore", "--force", tmp_path / "saved")

    assert code == 0, told
    assert Browser(app).log_in("clerk").location == "/"
    aside = next((tmp_path / "instance").glob("before-restore-*"))
    assert (aside / "perfflow.db").exists()


@pytest.mark.parametrize("damage", [b"no database at all " * 500, None])
def test_a_damaged_database_does_not_stand_in_the_way_of_its_backup(app, tmp_path, damage):
    run(app, "backup", tmp_path / "saved")
    with app.app_context():
        db.engine.dispose()
    path = tmp_path / "instance" / "perfflow.db"
    path.write_bytes(damage or path.read_bytes()[:4096] + b"\x55" * 65_536)

    # as a new process finds it
    damaged_app = create_app(instance=tmp_path / "instance", config={"TESTING": True, "CHEAP_PASSWORDS": True})
    code, told = run(damaged_app, "verify-journal")
    assert code == 1 and told.startswith("Error: 数据库不能读取")
    code, told = run(damaged_app, "restore", "--force", tmp_path / "saved")

    assert code == 0, told
    assert Browser(damaged_app).log_in("clerk").location == "/"


def test_no_log_in_comes_back_with_a_backup(app, tmp_path):
    browser = Browser(app).log_in("clerk")
    run(app, "backup", tmp_path / "saved")

    run(app, "restore", "--force", tmp_path / "saved")

    assert browser.open("/").status == 303
    with app.app_context():
        assert not db.session.scalars(select(LoginSession.id).where(LoginSession.ended_at.is_(None))).all()


def test_nothing_is_replaced_under_a_running_server(app, tmp_path):
    run(app, "backup", tmp_path / "saved")
    with app.app_context():
        path = db.engine.url.database
    server = sqlite_module.connect(path)
    server.execute("SELECT count(*) FROM user_account").fetchone()
    try:
        code, told = run(app, "restore", "--force", tmp_path / "saved")
    finally:
        server.close()

    assert code == 1 and "系统还在运行" in told
    assert not list((tmp_path / "instance").glob("before-restore-*"))


def test_a_backup_and_a_restore_leave_events(app, tmp_path):
    run(app, "backup", tmp_path / "saved")
    run(app, "restore", "--force", tmp_path / "saved")

    with app.app_context():
        kinds = db.session.execute(text("SELECT kind FROM event ORDER BY id")).scalars().all()
    # the backup itself was noted after it was made, so it is not in it
    assert kinds == ["restore"]


def test_another_database_has_its_own_tools(app, monkeypatch):
    with app.app_context():
        monkeypatch.setattr(type(db.engine.dialect), "name", "postgresql")
        with pytest.raises(backup.BackupRefused, match="pg_dump"):
            backup._database_path()


# verify-journal


def tamper(app, *statements):
    """What somebody with the file in his hands can do: drop the triggers, change, put them back."""
    with app.app_context():
        path = db.engine.url.database
        db.session.remove()
    connection = sqlite3.connect(path)
    triggers = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
    for table in journal.PROTECTED:
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER {table}_no_{verb}")
    for statement in statements:
        connection.execute(statement)
    for sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.close()


def test_an_intact_journal_prints_both_heads(app):
    Browser(app).log_in("clerk")

    code, told = run(app, "verify-journal")

    assert code == 0
    with app.app_context():
        for chain in ("journal", "event"):
            found = journal.verify(chain)
            assert f"{chain} {found.length} {found.head}\n" in told


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE journal SET body = replace(body, 'journal', 'Journal') WHERE id = 3", "journal entry 3"),
        ("UPDATE journal SET reason = 'x' WHERE id = 3", "journal entry 3"),
        ("UPDATE journal SET at = '2020-01-01 00:00:00.000000' WHERE id = 3", "journal entry 3"),
        ("DELETE FROM journal WHERE id = 3", "journal entry 4"),
        ("DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)", "the tail was cut"),
        (
            "INSERT INTO journal SELECT 999, 'x', body, project_id, item_id, assignment_id, user_id, role, at,"
            " action, from_state, to_state, round, datum, reason FROM journal WHERE id = 2",
            "journal entry 999",
        ),
        ("UPDATE event SET kind = 'logout' WHERE id = 1", "event entry 1"),
        ("DELETE FROM chain_head WHERE chain = 'event'", "event: the head row is missing"),
    ],
)
def test_what_was_tampered_with_is_named_first(app, statement, fault):
    Browser(app).log_in("clerk")
    tamper(app, statement)

    code, told = run(app, "verify-journal")

    assert code == 1
    assert fault in told


def test_a_missing_trigger_is_named(app):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER event_no_update"))

    code, told = run(app, "verify-journal")

    assert code == 1 and "trigger event_no_update is missing" in told


def test_a_head_written_down_must_still_be_in_the_chain(town, app):
    with app.app_context():
        noted = journal.verify("journal").head
    with app.app_context(), unit_of_work():
        people.unlock(people.user_named("clerk"), actor=town.admin)

    assert run(app, "verify-journal", "--expect", noted)[0] == 0
    code, told = run(app, "verify-journal", "--expect", "0f" * 32)
    assert code == 1 and "is in neither chain" in told


def test_a_tail_cut_together_with_its_head_is_found_by_the_head_written_down(app):
    with app.app_context():
        noted, length = journal.verify("journal").head, journal.verify("journal").length
    tamper(
        app,
        f"DELETE FROM journal WHERE id = {length}",
        f"UPDATE chain_head SET length = {length - 1}, hash = (SELECT hash FROM journal WHERE id = {length - 1})"
        " WHERE chain = 'journal'",
    )

    assert run(app, "verify-journal")[0] == 0
    assert run(app, "verify-journal", "--expect", noted)[0] == 1


# users


def test_a_user_is_unlocked_and_given_a_password_on_the_command_line(app):
    with app.app_context():
        for _ in range(10):
            logins.log_in("clerk", "wrong", "10.0.0.7")
    assert run(app, "user", "unlock", "clerk")[0] == 0
    assert Browser(app).log_in("clerk").location == "/"

    code, told = run(app, "user", "reset-password", "clerk")
    password = told.split("：")[1].split("（")[0]

    assert code == 0
    assert Browser(app).log_in("clerk", PASSWORD).status == 422
    assert Browser(app).log_in("clerk", password).open("/").location == "/password"


def test_an_unknown_user_is_a_sentence(app):
    assert run(app, "user", "unlock", "nobody") == (1, "Error: 没有用户 nobody。\n")


def test_the_demo_is_not_loaded_over_data(app):
    code, told = run(app, "demo")

    assert code == 1 and "只能载入空数据库" in told
