"""A PostgreSQL of one's own: a cluster in a temporary folder, reached by a socket in it, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# nothing here has to survive a power cut
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


def find_postgres() -> Path | None:
    """The folder of its programs. Debian keeps them off the path, one folder for each version."""
    beside = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    return next(
        (one for one in [*([Path(beside).parent] if beside else []), *folders] if (one / "postgres").is_file()), None
    )


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())


@contextmanager
def cluster(programs: Path, settings: Sequence[str] = ()) -> Iterator[str]:
    """Start one; gives the address of its only database."""
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder, user = Path(name), _user()
        if user is not None:
            os.chown(folder, *user)
        data = folder / "data"
        # locale C: nothing may depend on what the database thinks a letter is
        manners = ("-U", "perfflow", "-E", "UTF8", "--locale=C", "--no-sync")
        _run([str(programs / "initdb"), "-D", str(data), *manners], user)
        options = " ".join(f"-c {one}" for one in (*SETTINGS, f"unix_socket_directories={folder}", *settings))
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
        _run([*control, "-o", options, "start"], user)
        try:
            yield f"postgresql+psycopg://perfflow@/postgres?host={folder}"
        finally:
            _run([*control, "-m", "immediate", "stop"], user)


def _user() -> tuple[int, int] | None:
    """User and group to run it as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    import pwd

    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
        except KeyError:
            continue
    raise OSError("no user to run PostgreSQL as")


def _run(command: Sequence[str], user: tuple[int, int] | None) -> None:
    as_whom: dict[str, Any] = {} if user is None else {"user": user[0], "group": user[1], "extra_groups": []}
    # no pipes: the server that pg_ctl leaves behind would keep them open
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **as_whom)
