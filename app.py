"""Starts everything on a machine that has only python3: run, test, check.

Only the standard library may be imported at the top: this file runs before anything is installed, and
`flask --app app` imports it for create_app().
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "perfflow.stamp"
RUN_LOCK = ROOT / "requirements.txt"
TEST_LOCK = ROOT / "requirements-test.txt"
HOST = "127.0.0.1"
OLDEST_PYTHON = (3, 11)

NO_VENV = (
    "perfflow needs Python's venv module. Run: sudo apt-get install -y python3-venv, then this command again."
)


def create_app() -> Flask:
    """The application, for `flask --app app …`."""
    import perfflow

    return perfflow.create_app()


class CannotStart(Exception):
    """One sentence for the person at the keyboard; the process then ends with 1."""


# --- the environment -------------------------------------------------------------------------------------


def fingerprint(lock: Path) -> str:
    """What the stamp holds for a lock file; another Python or another line in the lock changes it."""
    python = "{} {}.{}".format(platform.python_implementation(), *sys.version_info[:2])
    return f"{lock.name} {hashlib.sha256(lock.read_bytes() + python.encode()).hexdigest()}"


def is_ready(lock: Path) -> bool:
    """Whether .venv holds this lock. Installing the test lock stamps both, since it contains the other."""
    return VENV_PYTHON.exists() and STAMP.is_file() and fingerprint(lock) in STAMP.read_text().splitlines()


def enter_environment(lock: Path) -> None:
    """Go on inside .venv with this lock installed: build it if need be, then begin again in it."""
    fresh = not is_ready(lock)
    if fresh:
        build_environment(lock)
    if fresh or Path(sys.prefix).resolve() != VENV.resolve():
        arguments = [str(VENV_PYTHON), str(ROOT / "app.py"), *sys.argv[1:]]
        os.execv(arguments[0], arguments)


def build_environment(lock: Path) -> None:
    uv = shutil.which("uv")
    if uv is None:
        need_venv_module()
    say("正在准备运行环境 .venv（首次约半分钟，需要联网）……")
    # started by .venv's own python, that one must not build the folder it lives in
    python = getattr(sys, "_base_executable", sys.executable)
    if not (is_ready(RUN_LOCK) or is_ready(TEST_LOCK)):
        # no stamp: another Python's, or left half made. Otherwise kept, a server may be running from it
        shutil.rmtree(VENV, ignore_errors=True)
    STAMP.unlink(missing_ok=True)
    if not (uv and install_with_uv(uv, python, lock)):
        install_with_pip(python, lock)
    contained = [RUN_LOCK, TEST_LOCK] if lock == TEST_LOCK else [lock]
    STAMP.write_text("".join(fingerprint(one) + "\n" for one in contained))


def install_with_uv(uv: str, python: str, lock: Path) -> bool:
    """False when uv could not: it may be too old, or only pip knows this network's package mirror."""
    install = [uv, "pip", "install", "-q", "--python", str(VENV_PYTHON), "--require-hashes"]
    return succeeds([uv, "venv", "-q", "--allow-existing", "--python", python, str(VENV)]) and succeeds(
        [*install, "--only-binary", ":all:", "-r", str(lock)]
    )


def install_with_pip(python: str, lock: Path) -> None:
    need_venv_module()
    if not succeeds([python, "-m", "venv", str(VENV)]):
        raise CannotStart(f"无法在 {VENV} 建立运行环境，原因见上。请检查该文件夹的权限和剩余空间后重试。")
    install = [str(VENV_PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input"]
    if not succeeds([*install, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]):
        raise CannotStart(f"依赖包安装失败，原因见上。请检查网络（或 PIP_INDEX_URL）后重试：{command_line()}")


def need_venv_module() -> None:
    """Debian's python3 comes without ensurepip, and then `python3 -m venv` makes a folder without pip."""
    if has_venv_module():
        return
    if apt_install("python3-venv"):
        importlib.invalidate_caches()
    if not has_venv_module():
        raise CannotStart(NO_VENV)


def has_venv_module() -> bool:
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def apt_install(*packages: str) -> bool:
    """Install Debian packages when that asks no question: as root, or with a sudo that wants no password."""
    rights = administrator_rights()
    if rights is None or shutil.which("apt-get") is None:
        return False
    say(f"正在安装系统软件包：{' '.join(packages)} ……")
    apt_get = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    succeeds([*apt_get, "update"], silent=True)
    return succeeds([*apt_get, "install", "-y", "--no-install-recommends", *packages], silent=True)


def administrator_rights() -> list[str] | None:
    """The words before a command that needs root, or None when they would ask for a password."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def succeeds(command: Sequence[str], *, silent: bool = False) -> bool:
    """Run a command; a silent one is heard only when it fails."""
    try:
        done = subprocess.run(command, capture_output=silent, text=True)
    except OSError:
        return False
    if silent and done.returncode != 0:
        print(done.stderr, file=sys.stderr, flush=True)
    return done.returncode == 0


# --- run -------------------------------------------------------------------------------------------------


def run(port: int, *, demo: bool) -> int:
    # before the long work: nobody waits half a minute to read that the port is taken
    listen_on(port).close()
    need_writable(instance_folder())
    enter_environment(RUN_LOCK)
    from perfflow.serving import serve

    # held from here on: a second start is refused at once instead of loading the demo beside the first
    return serve(listen_on(port), instance=instance_folder(), demo=demo)


def instance_folder() -> Path:
    """Where all data lies: database, files, secret key."""
    return Path(os.environ.get("PERFFLOW_INSTANCE") or ROOT / "instance").resolve()


def listen_on(port: int) -> socket.socket:
    listener = socket.socket()
    if os.name == "posix":
        # a server stopped a second ago leaves its connections in TIME_WAIT; this is not "in use"
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except PermissionError:
        listener.close()
        raise CannotStart(f"端口 {port} 需要管理员权限，请换一个：{another_port(8000)}") from None
    except OSError:
        listener.close()
        raise CannotStart(f"端口 {port} 已被占用，请换一个：{another_port(port + 1)}") from None
    return listener


def another_port(port: int) -> str:
    return f"python3 app.py run --port {min(port, 65535)}"


def need_writable(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotStart(
            f"数据文件夹 {folder} 不能写入（{error.strerror}）。请修正权限，"
            "或另指定一个：PERFFLOW_INSTANCE=~/perfflow-data python3 app.py run"
        ) from None


# --- test and check --------------------------------------------------------------------------------------


def test(arguments: Sequence[str]) -> NoReturn:
    enter_environment(TEST_LOCK)
    from tests import tools

    tools.install_missing(apt_install)
    if (missing := tools.missing()) and tools.is_ci():
        raise CannotStart("\n".join(f"{reason}: in CI these tests must run" for reason in missing))
    for reason in missing:
        say(f"{reason}: those tests are skipped")
    if chromium := tools.find_chromium():
        os.environ["PERFFLOW_CHROMIUM"] = chromium
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", *arguments]
    os.chdir(ROOT)
    os.execv(command[0], command)


def check() -> int:
    """Style, types, and who may import whom; all three are run, so that one round shows everything."""
    enter_environment(TEST_LOCK)
    steps = (["ruff", "check", "."], ["mypy"], ["pytest", "-q", "tests/test_architecture.py"])
    passed = []
    for step in steps:
        say("$ " + " ".join(step))
        passed.append(subprocess.run([sys.executable, "-m", *step], cwd=ROOT).returncode == 0)
    return 0 if all(passed) else 1


# --- the command line ------------------------------------------------------------------------------------


def say(sentence: str) -> None:
    print(sentence, flush=True)


def command_line() -> str:
    return " ".join(["python3", "app.py", *sys.argv[1:]])


def port_number(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("1 – 65535")
    return port


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="perfflow：项目绩效评价全流程")
    commands = parser.add_subparsers(dest="command", required=True, metavar="run | test | check")
    run = commands.add_parser("run", help="启动（首次自动安装并载入演示数据）")
    run.add_argument("--port", type=port_number, default=8000, metavar="N", help="端口，默认 8000")
    run.add_argument("--no-demo", action="store_true", help="空库启动，不载入演示数据")
    commands.add_parser("test", help="全部测试；其后的参数交给 pytest", add_help=False)
    commands.add_parser("check", help="代码检查：ruff、mypy、架构")
    return parser


def main(arguments: Sequence[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        raise CannotStart(f"perfflow 需要 Python 3.11 或更新的版本，当前是 {platform.python_version()}。")
    if arguments[:1] == ["test"]:
        test(arguments[1:])
    chosen = parser().parse_args(arguments)
    return check() if chosen.command == "check" else run(chosen.port, demo=not chosen.no_demo)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a terminal without Chinese shows question marks instead of ending with an error
            stream.reconfigure(errors="replace")
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        sys.exit(130)
