"""Reads a file of somebody else's in a process of its own: bounded in memory, time and files, and without network where
the system lets an ordinary process cut itself off.

The child gets the bytes and gives back plain JSON; nothing it could send is ever executed here.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfflow.papers.package import RefusedFile
from perfflow.papers.paper import VALUES, Paper, PaperKind
from perfflow.papers.plain import load, plain
from perfflow.papers.spec import Problem
from perfflow.papers.text import N_

SECONDS = 8
"""With starting and ending, an answer comes within ten."""
MEMORY = 300 * 1024 * 1024
"""Bytes the child may have in use, its libraries included."""

TOO_HARD = N_("文件过大或过于复杂，在限定的时间和内存内无法读取。请拆成几份文件再上传。")
FAILED = N_("文件无法读取。请用原来的软件打开，另存后再上传。")
ANSWER = 64 * 1024 * 1024
"""Bytes an answer may have, and the most the child can write: its output may be led into a file."""
_ROOT = Path(__file__).resolve().parents[2]
# the child needs nothing of ours: no key, no address of a database
_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
CONFINED = "--confined"
"""In the place of a name: the child only says whether it has a network."""
OUT_OF_ROOM = 3
"""The child's exit status when its memory was used up."""


def read_apart(data: bytes, name: str, kind: PaperKind | None = None) -> list[Paper]:
    """Like reading.read(), in a child process. Raises RefusedFile, also when the limits were reached."""
    try:
        done = _run(data, name, kind.value if kind else "")
    except subprocess.TimeoutExpired:
        raise RefusedFile(TOO_HARD) from None
    if done.returncode != 0 or len(done.stdout) > ANSWER:
        raise RefusedFile(TOO_HARD if done.returncode < 0 or done.returncode == OUT_OF_ROOM else FAILED)
    try:
        return received(json.loads(done.stdout))
    except RefusedFile:
        raise
    except (ValueError, KeyError, TypeError, ArithmeticError):
        raise RefusedFile(FAILED) from None


def network_is_cut() -> bool:
    """Whether the child has no network on this system."""
    try:
        return _run(b"", CONFINED, "").stdout == b"cut"
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(data: bytes, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-s", "-E", "-B", "-m", "perfflow.papers", *arguments]
    return subprocess.run(
        command, input=data, capture_output=True, timeout=SECONDS, env=_ENVIRONMENT, cwd=_ROOT, check=False
    )


def answer(papers: list[Paper]) -> str:
    """What the child writes."""
    return json.dumps({"papers": [_wire(paper) for paper in papers]}, ensure_ascii=False)


def refusal(refused: RefusedFile) -> str:
    return json.dumps({"refused": refused.msgid, "params": refused.params}, ensure_ascii=False)


def received(wire: Mapping[str, Any]) -> list[Paper]:
    """The papers of an answer. Raises RefusedFile for a refusal, ValueError and the like for anything else."""
    if "refused" in wire:
        raise RefusedFile(str(wire["refused"]), {str(k): v for k, v in dict(wire["params"]).items()})
    return [_paper(one) for one in wire["papers"]]


def _wire(paper: Paper) -> dict[str, Any]:
    return {
        "kind": paper.kind.value,
        "values": plain(paper.values),
        "problems": plain(paper.problems),
        "places": plain(paper.places),
        "filed": plain(paper.filed),
        "unplaced": plain(paper.unplaced),
    }


def _paper(wire: Mapping[str, Any]) -> Paper:
    kind = PaperKind(wire["kind"])
    return Paper(
        kind,
        load(VALUES[kind], wire["values"]),
        load(tuple[Problem, ...], wire["problems"]),
        load(dict[str, str], wire["places"]),
        load(dict[str, str], wire["filed"]),
        load(tuple[tuple[str, str], ...], wire["unplaced"]),
    )
