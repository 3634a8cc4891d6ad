"""The demo, served from a folder of its own by the product's own command, for whatever looks at it from outside."""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PORT = 8390
CHROMIUM = os.environ.get("PERFFLOW_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_PASSWORD = re.compile(r"口令均为 (\S+?)）")


@dataclass(frozen=True, slots=True)
class Served:
    """`password`: that of every demo account."""

    address: str
    password: str
    folder: Path


@contextmanager
def demo() -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "app.py", "run", "--port", str(PORT)]
        with log.open("w") as out:
            environment = {**os.environ, "PERFFLOW_INSTANCE": f"{folder}/instance"}
            server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            address = f"http://127.0.0.1:{PORT}"
            _wait(address)
            found = _PASSWORD.search(log.read_text())
            assert found, log.read_text()
            yield Served(address, found[1], Path(folder))
        finally:
            server.terminate()
            server.wait()


def _wait(address: str) -> None:
    for _second in range(180):
        try:
            urllib.request.urlopen(f"{address}/healthz")
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(1)
    raise SystemExit("the product did not start")
