"""A file of somebody else's is read in a process of its own."""

import io
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from perfflow.papers import child
from perfflow.papers.package import RefusedFile
from perfflow.papers.paper import PaperKind
from perfflow.papers.reading import read
from tests.papers.word import p, rows, tbl, word

TABLE = word(p("绩效评价结果信息表") + tbl(*rows())).getvalue()


def test_the_child_reads_what_is_read_here() -> None:
    assert child.read_apart(TABLE, "结果.docx") == read(TABLE, "结果.docx")


def test_what_the_child_refuses_is_refused_here_with_the_same_sentence() -> None:
    with pytest.raises(RefusedFile) as apart:
        child.read_apart(TABLE, "结果.docx", PaperKind.REPORT)
    with pytest.raises(RefusedFile) as here:
        read(TABLE, "结果.docx", PaperKind.REPORT)

    assert str(apart.value) == str(here.value)
    assert str(apart.value) == "这像是绩效评价结果信息表，您正在上传绩效评价报告。请核对是否选对了文件。"


def test_the_child_knows_neither_the_web_nor_the_database() -> None:
    code = "import sys, perfflow.papers.reading; print([m for m in ('flask', 'sqlalchemy') if m in sys.modules])"
    root = Path(child.__file__).parents[2]

    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_child_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SECONDS", 0.01)

    with pytest.raises(RefusedFile, match="限定的时间和内存"):
        child.read_apart(TABLE, "结果.docx")


@pytest.mark.parametrize(
    "said",
    ["", "[]", "{}", '{"papers": [{"kind": "no such"}]}', '{"papers": [{"kind": "report", "values": {}}]}', "x" * 10],
)
def test_an_answer_that_makes_no_sense_is_a_refusal(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(*_arguments: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], 0, said.encode(), b"")

    monkeypatch.setattr(child, "_run", answered)

    with pytest.raises(RefusedFile, match="文件无法读取"):
        child.read_apart(TABLE, "结果.docx")


def run_child(code: str) -> str:
    """The code inside a process that has confined itself."""
    start = "from perfflow.papers.__main__ import confine; confine()\n"
    root = Path(child.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", start + code], cwd=root, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_the_child_can_write_no_more_than_an_answer(tmp_path: Path) -> None:
    target = tmp_path / "x"

    said = run_child(f"f = open({str(target)!r}, 'wb')\nfor _ in range(66): f.write(bytes(1024 * 1024)); f.flush()")

    assert "File too large" in said
    assert target.stat().st_size == child.ANSWER


def test_the_answer_may_be_led_into_a_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "perfflow.papers", "结果.docx"]
    target = tmp_path / "answer.json"

    with target.open("wb") as out:
        subprocess.run(command, input=TABLE, stdout=out, cwd=Path(child.__file__).parents[2], check=True)

    assert child.received(json.loads(target.read_bytes())) == read(TABLE, "结果.docx")


def test_the_child_is_bounded_in_memory() -> None:
    assert "MemoryError" in run_child("bytearray(400 * 1024 * 1024)")


def test_what_is_said_of_the_childs_network_is_true() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        said = run_child(f"import socket; socket.create_connection({listener.getsockname()!r}, timeout=5); print('in')")

    assert ("Network is unreachable" if child.network_is_cut() else "in") in said


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(RefusedFile, match=r"。$"):
        child.read_apart(io.BytesIO().getvalue(), "空.docx")
