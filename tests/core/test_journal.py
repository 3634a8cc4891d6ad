"""The two chains: what is in an entry, and that no tampering with a file on disk goes unseen."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from perfflow.core import clock, journal
from perfflow.core.journal import Change, Entry
from perfflow.db import db, sqlite_module, unit_of_work
from perfflow.models.journal import JournalEntry
from perfflow.process import Datum, P
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, Make

CHAINS = ("journal", "event")


@pytest.fixture(scope="module")
def written(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with some forty entries in the journal and three events."""
    folder = copy_of(template, tmp_path_factory.mktemp("journal") / "instance")
    app = open_app(folder)
    with clock.at(NOW):
        Make(app).project(P.COMMENTING, ready=True)
        with app.app_context(), unit_of_work():
            for kind in ("login_ok", "download", "logout"):
                journal.record_event(kind, user_id=1, details={"address": "127.0.0.1"})
    close(app)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return copy_of(written, tmp_path / "copy")


@contextmanager
def tampering(folder: Path) -> Iterator[Any]:
    """A connection past the product: without its triggers, which are put back so that nobody misses them."""
    with closing(sqlite_module.connect(str(folder / "perfflow.db"))) as raw:
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("PRAGMA foreign_keys=OFF")
        yield raw
        for _name, sql in triggers:
            raw.execute(sql)
        raw.commit()


def broken(folder: Path, chain: str = "journal") -> str | None:
    app = open_app(folder)
    try:
        with app.app_context():
            return journal.verify(chain).broken
    finally:
        close(app)


def length(folder: Path, chain: str = "journal") -> int:
    with closing(sqlite3.connect(folder / "perfflow.db")) as raw:
        return int(raw.execute(f"SELECT count(*) FROM {chain}").fetchone()[0])


@pytest.mark.parametrize("chain", CHAINS)
def test_an_untouched_chain_holds(folder: Path, chain: str) -> None:
    assert broken(folder, chain) is None


COLUMNS = {
    "journal": {
        "body": "body || ' '", "hash": "'z' || substr(hash, 2)", "project_id": "NULL", "item_id": "77",
        "assignment_id": "77", "user_id": "user_id + 1", "role": "'admin'", "at": "'2020-01-01 00:00:00.000000'",
        "action": "'approve'", "from_state": "'closed'", "to_state": "'closed'", "round": "round + 1",
        "datum": "'item'", "reason": "reason || '。'",
    },
    "event": {
        "body": "body || ' '", "hash": "'z' || substr(hash, 2)", "kind": "'backup'", "user_id": "NULL",
        "at": "'2020-01-01 00:00:00.000000'",
    },
}  # fmt: skip


@pytest.mark.parametrize(("chain", "column"), [(chain, column) for chain in CHAINS for column in COLUMNS[chain]])
def test_a_change_of_any_column_is_found_and_its_entry_named(folder: Path, chain: str, column: str) -> None:
    with tampering(folder) as raw:
        raw.execute(f"UPDATE {chain} SET {column} = {COLUMNS[chain][column]} WHERE id = 2")

    assert (broken(folder, chain) or "").startswith(f"{chain} entry 2: ")


def test_every_column_is_tried() -> None:
    assert {c.name for c in db.metadata.tables["journal"].columns} == {*COLUMNS["journal"], "id"}
    assert {c.name for c in db.metadata.tables["event"].columns} == {*COLUMNS["event"], "id"}


@pytest.mark.parametrize("number", [1, 2, 10])
def test_a_deleted_entry_is_found(folder: Path, number: int) -> None:
    with tampering(folder) as raw:
        raw.execute("DELETE FROM journal WHERE id = ?", (number,))

    assert (broken(folder) or "").startswith(f"journal entry {number + 1}: ")


def test_a_deleted_entry_is_found_even_when_the_others_close_ranks(folder: Path) -> None:
    with tampering(folder) as raw:
        raw.execute("DELETE FROM journal WHERE id = 5")
        raw.execute("UPDATE journal SET id = id - 1 WHERE id > 5")
        raw.execute("UPDATE chain_head SET length = length - 1 WHERE chain = 'journal'")

    assert (broken(folder) or "").startswith("journal entry 5: ")


def test_an_inserted_entry_is_found(folder: Path) -> None:
    with tampering(folder) as raw:
        forge(raw, after=4, number=1000)
        raw.execute("UPDATE journal SET id = -id WHERE id > 4 AND id < 1000")
        raw.execute("UPDATE journal SET id = 1 - id WHERE id < 0")
        raw.execute("UPDATE journal SET id = 5 WHERE id = 1000")

    assert (broken(folder) or "").startswith("journal entry 5: ")


def test_an_entry_put_behind_the_last_is_found(folder: Path) -> None:
    count = length(folder)
    with tampering(folder) as raw:
        forge(raw, after=count, number=count + 1)

    assert broken(folder) is not None


def forge(raw: Any, *, after: int, number: int) -> None:
    """An entry that fits its own hash and the entry before it."""
    body, previous = raw.execute("SELECT body, hash FROM journal WHERE id = ?", (after,)).fetchone()
    forged = {**json.loads(body), "number": number, "previous": previous, "reason": "从未说过"}
    text = json.dumps(forged, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    names = [row[1] for row in raw.execute("PRAGMA table_info(journal)")]
    values = dict(zip(names, raw.execute("SELECT * FROM journal WHERE id = ?", (after,)).fetchone(), strict=True))
    values |= {"id": number, "body": text, "hash": hashlib.sha256(text.encode()).hexdigest(), "reason": "从未说过"}
    marks = ", ".join("?" for _ in names)
    raw.execute(f"INSERT INTO journal VALUES ({marks})", [values[name] for name in names])


@pytest.mark.parametrize("cut", [1, 3])
@pytest.mark.parametrize("chain", CHAINS)
def test_a_cut_tail_is_found(folder: Path, chain: str, cut: int) -> None:
    count = length(folder, chain)
    with tampering(folder) as raw:
        raw.execute(f"DELETE FROM {chain} WHERE id > ?", (count - cut,))

    assert f"{chain} entry {count - cut + 1}: the tail was cut" == broken(folder, chain)


def test_two_entries_that_changed_places_are_found(folder: Path) -> None:
    with tampering(folder) as raw:
        for old, new in ((3, -1), (4, 3), (-1, 4)):
            raw.execute("UPDATE journal SET id = ? WHERE id = ?", (new, old))

    assert (broken(folder) or "").startswith("journal entry 3: ")


def test_a_head_set_back_and_a_missing_head_are_found(folder: Path) -> None:
    with tampering(folder) as raw:
        raw.execute("UPDATE chain_head SET length = length - 1 WHERE chain = 'journal'")
    assert broken(folder) is not None

    with tampering(folder) as raw:
        raw.execute("DELETE FROM chain_head WHERE chain = 'journal'")
    assert broken(folder) == "journal: the head row is missing"


def test_an_event_passed_off_as_an_act_is_found(folder: Path) -> None:
    with tampering(folder) as raw:
        body = raw.execute("SELECT body FROM event WHERE id = 1").fetchone()[0]
        digest = hashlib.sha256((body + " ").encode()).hexdigest()
        raw.execute("UPDATE journal SET body = ?, hash = ? WHERE id = 1", (body + " ", digest))

    assert (broken(folder) or "").startswith("journal entry 1: ")


def test_a_chain_rewritten_from_end_to_end_has_another_head(folder: Path) -> None:
    """Nothing inside the file can show this; the head written down elsewhere does (verify-journal --expect)."""
    app = open_app(folder)
    with app.app_context():
        before = journal.verify("journal").head
    close(app)
    with tampering(folder) as raw:
        raw.execute("UPDATE journal SET reason = '改过' WHERE id = 2")
        rehash(raw)

    app = open_app(folder)
    with app.app_context():
        assert journal.verify("journal").broken is None
        assert journal.verify("journal").head != before
    answer = app.test_cli_runner().invoke(args=["verify-journal", "--expect", before])
    assert answer.exit_code == 1 and before in answer.output
    close(app)


def rehash(raw: Any) -> None:
    previous = journal.GENESIS
    for number, reason, body in raw.execute("SELECT id, reason, body FROM journal ORDER BY id").fetchall():
        whole = {**json.loads(body), "previous": previous, "reason": reason}
        text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        raw.execute("UPDATE journal SET body = ?, hash = ? WHERE id = ?", (text, previous, number))
    raw.execute("UPDATE chain_head SET hash = ? WHERE chain = 'journal'", (previous,))


@pytest.mark.parametrize("name", ["journal_no_update", "journal_no_delete", "event_no_update", "event_no_delete"])
def test_a_missing_trigger_makes_the_command_fail_and_the_health_page_too(folder: Path, name: str) -> None:
    with closing(sqlite_module.connect(str(folder / "perfflow.db"))) as raw:
        raw.execute(f"DROP TRIGGER {name}")
        raw.commit()

    app = open_app(folder)
    answer = app.test_cli_runner().invoke(args=["verify-journal"])
    health = app.test_client().get("/healthz")
    close(app)

    assert answer.exit_code == 1 and name in answer.output
    assert health.status_code == 503 and name in health.text


# ---------------------------------------------------------------- what is written


def test_an_entry_says_who_did_what_when_and_what_changed(make: Make, app: Flask) -> None:
    play = make.project(P.DECLARING)
    entry = Entry(
        "correct", Datum.ITEMS, project_id=play.id, project_code="XM-1", from_state="a", to_state="a", round=3,
        reason="笔误", changes=(Change("项目名称", "旧", "新"),), extra=(("due", None),),
    )  # fmt: skip

    with app.app_context():
        with unit_of_work():
            number = journal.record(entry, actor=make["supervisor"])
        body = json.loads(db.session.get_one(JournalEntry, number).body)

    actor = make["supervisor"]
    assert body["at"] == "2026-03-02T02:00:00.000000+00:00"
    assert (body["user"], body["name"], body["role"]) == (actor.id, actor.display_name, actor.role)
    assert body["organisation"] == actor.organisation_name
    assert (body["from"], body["to"], body["round"], body["reason"]) == ("a", "a", 3, "笔误")
    assert body["changes"] == [["项目名称", "旧", "新"]]
    assert body["number"] == number and len(body["previous"]) == 64


def test_what_fails_later_in_the_same_unit_leaves_no_entry(make: Make, app: Flask) -> None:
    play = make.project(P.DECLARING)
    with app.app_context():
        before = journal.verify("journal")
        with pytest.raises(ZeroDivisionError), unit_of_work():
            journal.record(Entry("x", Datum.PROJECT, project_id=play.id), actor=make["unit"])
            raise ZeroDivisionError

        assert journal.verify("journal") == before
        assert before.broken is None


def test_every_act_of_a_whole_life_stands_in_the_journal_and_the_newest_is_the_state(make: Make, app: Flask) -> None:
    play = make.project(P.PUBLISHED)

    with app.app_context():
        of_project = JournalEntry.item_id.is_(None), JournalEntry.to_state.is_not(None)
        columns = JournalEntry.from_state, JournalEntry.to_state
        rows = db.session.execute(db.select(*columns).where(*of_project).order_by(JournalEntry.id)).all()
        assert journal.verify("journal").broken is None

    states = [to for _from, to in rows]
    assert states[0] == P.DECLARING and states[-1] == P.PUBLISHED == play.state
    assert all(before is None or before == last for (before, _to), last in zip(rows, [None, *states], strict=False))
