"""What a stranger meets in the first minute. Nothing here builds a real environment."""

from __future__ import annotations

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from tests import tools

ROOT = Path(app.__file__).parent
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def start(
    *arguments: str, program: Path = ROOT / "app.py", **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(program), *arguments]
    environment = {**os.environ, **environment}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, cwd=ROOT)


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every command that app.py would have run; all succeed, and making an environment leaves its python."""
    seen: list[list[str]] = []

    def succeed(command: list[str], **_: object) -> bool:
        seen.append(command)
        if "venv" in command:
            make_python()
        return True

    monkeypatch.setattr(app, "succeeds", succeed)
    return seen


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """app.py works on a folder of the test instead of the real environment."""
    venv = tmp_path / ".venv"
    for name, path in {"VENV": venv, "VENV_PYTHON": venv / "bin/python", "STAMP": venv / "stamp"}.items():
        monkeypatch.setattr(app, name, path)
    return venv


def make_python() -> None:
    app.VENV_PYTHON.parent.mkdir(parents=True, exist_ok=True)
    app.VENV_PYTHON.touch()


@pytest.fixture
def bare_machine(tmp_path: Path) -> Iterator[dict[str, str]]:
    """No uv, no apt, no sudo, and a python3 without ensurepip."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None")
    yield {"PATH": str(tmp_path / "bin"), "PYTHONPATH": str(tmp_path / "site")}


# --- one clear sentence, exit 1 --------------------------------------------------------------------------


def test_a_taken_port_is_named_with_the_command_that_helps():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        answer = start("run", "--port", str(port))

    assert answer.returncode == 1
    assert answer.stderr == f"端口 {port} 已被占用，请换一个：python3 app.py run --port {port + 1}\n"


def test_a_folder_that_cannot_be_written_is_named_before_anything_is_installed(tmp_path, free_port):
    # below a regular file: permission bits would not stop root
    file = tmp_path / "file"
    file.write_text("")

    answer = start("run", "--port", str(free_port), PERFFLOW_INSTANCE=str(file / "data"))

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith(f"数据文件夹 {file / 'data'} 不能写入（")
    assert answer.stderr.count("\n") == 1
    assert "PERFFLOW_INSTANCE=" in answer.stderr


def test_without_the_venv_module_the_package_to_install_is_named(tmp_path, free_port, bare_machine):
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("app.py", "requirements.txt", "requirements-test.txt"):
        shutil.copy(ROOT / name, clone)

    answer = start("run", "--port", str(free_port), program=clone / "app.py", **bare_machine)

    assert answer.returncode == 1
    assert answer.stderr == app.NO_VENV + "\n"
    assert not (clone / ".venv").exists()


def test_an_unknown_command_shows_the_three_that_exist():
    answer = start("start")

    assert answer.returncode == 2
    assert "run | test | check" in answer.stderr


def test_an_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(app, "OLDEST_PYTHON", (99, 0))

    with pytest.raises(app.CannotStart, match=r"Python 3\.11"):
        app.main(["check"])


# --- the environment -------------------------------------------------------------------------------------


def test_the_test_environment_also_serves_run_but_not_the_other_way_round(elsewhere, commands, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/uv")

    app.build_environment(app.RUN_LOCK)
    assert app.is_ready(app.RUN_LOCK)
    assert not app.is_ready(app.TEST_LOCK)

    app.build_environment(app.TEST_LOCK)
    assert app.is_ready(app.RUN_LOCK)
    assert app.is_ready(app.TEST_LOCK)


def test_a_changed_lock_file_or_another_python_is_not_ready(elsewhere, tmp_path, monkeypatch):
    lock = tmp_path / "requirements.txt"
    lock.write_text("flask==3.1.3\n")
    make_python()
    app.STAMP.write_text(app.fingerprint(lock) + "\n")
    assert app.is_ready(lock)

    with monkeypatch.context() as patch:
        patch.setattr(sys, "version_info", (3, 99, 0, "final", 0))
        assert not app.is_ready(lock)

    lock.write_text("flask==3.1.4\n")
    assert not app.is_ready(lock)


def test_a_failed_installation_leaves_no_stamp_and_the_next_start_begins_anew(elsewhere, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(app, "succeeds", lambda command, **_: "install" not in command)
    make_python()
    app.STAMP.write_text("of a former lock file\n")
    half_made = elsewhere / "half-made"
    half_made.touch()

    with pytest.raises(app.CannotStart, match="依赖包安装失败"):
        app.build_environment(app.RUN_LOCK)

    assert not app.STAMP.exists()
    assert not half_made.exists()


def test_more_is_installed_into_an_environment_that_a_server_may_be_using(elsewhere, commands, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    make_python()
    app.STAMP.write_text(app.fingerprint(app.RUN_LOCK) + "\n")
    in_use = elsewhere / "in-use"
    in_use.touch()

    app.build_environment(app.TEST_LOCK)

    assert in_use.exists()


def test_pip_steps_in_where_uv_fails_and_also_checks_hashes(elsewhere, commands, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/uv")
    monkeypatch.setattr(app, "install_with_uv", lambda uv, python, lock: False)

    app.build_environment(app.RUN_LOCK)

    assert [command[1:3] for command in commands] == [["-m", "venv"], ["-m", "pip"]]
    assert {"--require-hashes", "--only-binary"} <= set(commands[-1])


def test_uv_installs_with_hashes_and_wheels_only(elsewhere, commands, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/uv")

    app.build_environment(app.RUN_LOCK)

    assert [command[:2] for command in commands] == [["/usr/bin/uv", "venv"], ["/usr/bin/uv", "pip"]]
    assert {"--require-hashes", "--only-binary"} <= set(commands[-1])


def test_apt_is_not_asked_where_it_would_ask_for_a_password(commands, monkeypatch):
    monkeypatch.setattr(app, "administrator_rights", lambda: None)

    assert not app.apt_install("chromium")
    assert commands == []


def test_importing_app_py_needs_nothing_but_the_standard_library():
    tree = ast.parse((ROOT / "app.py").read_text())
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in top if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


# --- lock files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", [app.RUN_LOCK, app.TEST_LOCK], ids=lambda lock: lock.name)
def test_every_locked_package_has_hashes_and_no_address_of_an_index(lock):
    text = lock.read_text()
    entries = re.split(r"^(?=[a-z])", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)

    packages = [entry for entry in entries if entry.strip()]
    assert len(packages) >= 25
    assert [entry for entry in packages if "--hash=sha256:" not in entry or "==" not in entry] == []
    assert "://" not in text
    assert "index-url" not in text


def test_the_test_lock_holds_the_very_versions_that_run():
    run, everything = (set(PINNED.findall(lock.read_text())) for lock in (app.RUN_LOCK, app.TEST_LOCK))

    assert run < everything


@pytest.mark.parametrize("name", ["requirements", "requirements-test"])
def test_what_was_chosen_is_what_is_locked_and_says_why(name):
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    locked = dict(PINNED.findall((ROOT / f"{name}.txt").read_text()))

    for number, line in enumerate(lines):
        if not line or line.startswith(("#", "-r")):
            continue
        package, operator, version = re.split(r"(==|>=)", line.partition(" ;")[0])
        assert lines[number - 1].startswith("# "), line
        name_locked = package.partition("[")[0]
        assert name_locked in locked
        assert operator == ">=" or locked[name_locked] == version


# --- the three commands ----------------------------------------------------------------------------------


def test_make_and_app_py_know_the_same_commands():
    targets = re.findall(r"^(\w+):\n\tpython3 app\.py (\w+)", (ROOT / "Makefile").read_text(), re.MULTILINE)

    offered = re.search(r"\n *(run \| test \| check)\n", app.parser().format_help())
    assert offered
    assert targets == [(word, word) for word in offered[1].split(" | ")]


def test_the_check_of_every_change_runs_check_and_test():
    script = ROOT / ".ci/run"

    assert os.access(script, os.X_OK)
    assert "python3 app.py check\npython3 app.py test\n" in script.read_text()


def test_in_ci_a_missing_browser_fails_the_run(monkeypatch):
    monkeypatch.setattr(app, "enter_environment", lambda lock: None)
    monkeypatch.setattr(tools, "install_missing", lambda install: None)
    monkeypatch.setattr(tools, "missing", lambda: [tools.NO_CHROMIUM])
    monkeypatch.setenv("CI", "1")

    with pytest.raises(app.CannotStart, match=r"no Chromium .* in CI these tests must run"):
        app.main(["test"])


def test_without_ci_a_missing_browser_is_said_and_the_rest_runs(monkeypatch, capsys):
    started: list[list[str]] = []
    monkeypatch.setattr(app, "enter_environment", lambda lock: None)
    monkeypatch.setattr(os, "execv", lambda program, command: started.append(command))
    monkeypatch.setattr(tools, "install_missing", lambda install: None)
    monkeypatch.setattr(tools, "missing", lambda: [tools.NO_CHROMIUM])
    monkeypatch.delenv("CI", raising=False)

    app.test(["-k", "journal"])

    assert capsys.readouterr().out == f"{tools.NO_CHROMIUM}: those tests are skipped\n"
    assert started[0][1:3] == ["-m", "pytest"]
    assert started[0][-2:] == ["-k", "journal"]


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_test_without_its_program_skips_or_in_ci_fails(monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)

    with pytest.raises(outcome, match="no Chromium"):
        tools.cannot_run(tools.NO_CHROMIUM)


def test_only_what_is_missing_is_installed(monkeypatch):
    wanted: list[tuple[str, ...]] = []
    monkeypatch.setattr(tools, "find_chromium", lambda: None)
    monkeypatch.setattr(tools, "has_chinese_font", lambda: True)
    monkeypatch.setattr(tools.ctypes.util, "find_library", lambda name: "libatomic.so.1")
    monkeypatch.setattr(tools, "find_soffice", lambda: "/usr/bin/soffice")
    monkeypatch.setattr(tools, "has_poppler", lambda: True)
    monkeypatch.setattr(tools, "find_postgres", lambda: tools.Path("/usr/bin"))

    tools.install_missing(lambda *packages: not wanted.append(packages))

    assert wanted == [("chromium",)]


def test_the_browser_named_by_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv("PERFFLOW_CHROMIUM", sys.executable)

    assert tools.find_chromium() == sys.executable
