"""One consistent copy of database and files while serving, and the way back, which verifies first."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from perfflow.core import clock, files, journal
from perfflow.db import db, sqlite_module, unit_of_work

MANIFEST = "manifest.json"
DATABASE = "perfflow.db"
FORMAT = 1
ATTEMPTS = 3
_STORED = re.compile(r"files/[0-9a-f]{2}/([0-9a-f]{64})")


class BackupRefused(Exception):
    """Not done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Copied:
    folder: Path
    files: int
    size: int


# ---------------------------------------------------------------- backup


def make(target: Path) -> Copied:
    """Copy database, then files, into a new folder, with a manifest of SHA-256; then read it all again. Never over
    anything. What was made, and that it was verified, is remembered in the log of events."""
    database = _database_path()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupRefused(f"{target} 已存在且不是空文件夹，请另选一个。")
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        _copy_consistently(database, part)
        entries = {name: _entry(part / name) for name in sorted(_names(part))}
        _write_manifest(part, entries)
        verify(part)
        part.replace(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    copied = Copied(target, len(entries) - 1, sum(entry["size"] for entry in entries.values()))
    with unit_of_work():
        # the name alone: where folders lie is nobody's business who reads the log
        told = {"files": copied.files, "size": copied.size, "folder": target.name, "verified": True}
        journal.record_event("backup", user_id=None, details=told)
    return copied


def _copy_consistently(database: Path, folder: Path) -> None:
    """The database first: its files are stored before it names them, and never change. Only bytes that are
    removed (撤下附件) between the two copies would be missing; then both are made again."""
    for _ in range(ATTEMPTS):
        copy = folder / DATABASE
        copy.unlink(missing_ok=True)
        connection = sqlite_module.connect(database, isolation_level=None, timeout=30)
        try:
            connection.execute("VACUUM INTO ?", (str(copy),))
        finally:
            connection.close()
        _copy_files(folder)
        if not (missing := _missing_files(copy, folder)):
            return
    raise BackupRefused(f"存储中缺少 {len(missing)} 个附件（如 {missing[0]}），备份没有完成。")


def _copy_files(folder: Path) -> None:
    store = files.root()
    for path in sorted(store.glob("??/*")):
        name = f"files/{path.relative_to(store).as_posix()}"
        target = folder / name
        if _STORED.fullmatch(name) and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(path, target)
            except FileNotFoundError:  # removed since it was listed
                target.unlink(missing_ok=True)


def _missing_files(database: Path, folder: Path) -> list[str]:
    query = "SELECT DISTINCT sha256 FROM attachment WHERE withdrawn_at IS NULL"
    return [d for (d,) in _rows(database, query) if not (folder / "files" / d[:2] / d).is_file()]


def _names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != MANIFEST:
            yield path.relative_to(folder).as_posix()


def _entry(path: Path) -> dict[str, Any]:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        os.fsync(content.fileno())
    return {"sha256": digest, "size": path.stat().st_size}


def _write_manifest(folder: Path, entries: dict[str, dict[str, Any]]) -> None:
    chains = _rows(folder / DATABASE, "SELECT chain, length, hash FROM chain_head ORDER BY chain")
    content = {
        "format": FORMAT,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "chains": {chain: {"length": length, "hash": head} for chain, length, head in chains},
        "files": entries,
    }
    with (folder / MANIFEST).open("w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=1, sort_keys=True)
        out.flush()
        os.fsync(out.fileno())


# ---------------------------------------------------------------- restore


def verify(folder: Path) -> dict[str, dict[str, Any]]:
    """The files of a backup, each compared with the manifest. Raises BackupRefused with the first fault."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        entries: dict[str, dict[str, Any]] = manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupRefused(f"{folder} 中没有可读的 {MANIFEST}，不是备份。") from None
    if manifest.get("format") != FORMAT or DATABASE not in entries:
        raise BackupRefused(f"{MANIFEST} 的格式不是本版本的。")
    if unlisted := sorted(set(_names(folder)) - set(entries)):
        raise BackupRefused(f"{unlisted[0]} 不在 {MANIFEST} 之列，备份被改动过。")
    for name, expected in entries.items():
        stored = _STORED.fullmatch(name)
        if name != DATABASE and (stored is None or stored[1] != expected.get("sha256")):
            raise BackupRefused(f"{MANIFEST} 中的 {name} 不是本系统的文件。")
        path = folder / name
        if not path.is_file() or _entry(path) != expected:
            raise BackupRefused(f"{name} 缺失或与 {MANIFEST} 不符，备份已损坏。")
    if _rows(folder / DATABASE, "PRAGMA integrity_check") != [("ok",)]:
        raise BackupRefused("备份中的数据库没有通过完整性检查。")
    return entries


def restore(folder: Path, *, force: bool) -> Path | None:
    """Put a backup in the place of the data. What was there is moved aside; returns where to, if anything."""
    entries = verify(folder)
    database, store = _database_path(), files.root()
    db.session.rollback()
    db.engine.dispose()
    held = _holds_data(database, store)
    if held and not force:
        raise BackupRefused("目标中已有数据。确认要替换的，请加 --force；原有数据会移到一旁，不会删除。")
    _need_stopped(database)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    new = database.with_name(f"restoring-{stamp}")
    for name in entries:
        target = new / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target)
        if _entry(target) != entries[name]:
            raise BackupRefused(f"{name} 没有完整写入 {new}，请检查磁盘空间。")
    (new / "files").mkdir(exist_ok=True)
    _end_sessions(new / DATABASE)
    aside = _move_aside(database, store, stamp)
    if not held:  # an empty database that this very command may have made: not worth keeping
        shutil.rmtree(aside, ignore_errors=True)
    store.parent.mkdir(parents=True, exist_ok=True)
    (new / "files").replace(store)
    (new / DATABASE).replace(database)
    new.rmdir()
    return aside if held else None


def _end_sessions(database: Path) -> None:
    """A log-in that was ended after the backup must not come back with it."""
    connection = sqlite_module.connect(database)
    ended = clock.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    connection.execute("UPDATE login_session SET ended_at = ? WHERE ended_at IS NULL", (ended,))
    connection.commit()
    connection.close()


def _holds_data(database: Path, store: Path) -> bool:
    if any(store.glob("??/*")):
        return True
    if not database.exists():
        return False
    try:
        return bool(_rows(database, "SELECT 1 FROM user_account LIMIT 1"))
    except sqlite_module.OperationalError:
        return False  # no tables yet
    except sqlite_module.DatabaseError:
        return True  # not readable as a database; somebody's data all the same


def _need_stopped(database: Path) -> None:
    """Leaving WAL needs the file for oneself: it fails while a server has it open."""
    if not database.exists():
        return
    connection = sqlite_module.connect(database, isolation_level=None, timeout=0.5)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite_module.OperationalError:
        raise BackupRefused("系统还在运行，请先停止服务，再恢复。") from None
    except sqlite_module.DatabaseError:
        pass  # damaged: nothing can be using it
    finally:
        connection.close()


def _move_aside(database: Path, store: Path, stamp: str) -> Path:
    aside = database.with_name(f"before-restore-{stamp}")
    there = [Path(f"{database}{ending}") for ending in ("", "-wal", "-shm", "-journal")] + [store]
    for path in there:
        if path.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            path.replace(aside / path.name)
    return aside


# ---------------------------------------------------------------- shared by both


def _database_path() -> Path:
    if db.engine.dialect.name != "sqlite" or not db.engine.url.database:
        raise BackupRefused("此命令用于 SQLite；PostgreSQL 请用 pg_dump 与 pg_restore，并另行复制附件文件夹。")
    return Path(db.engine.url.database)


def _rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite_module.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return list(connection.execute(query))
    finally:
        connection.close()
