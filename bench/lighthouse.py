"""Lighthouse on 待办 and the project page of the demo: accessibility, best practices, performance.

    .venv/bin/python -m bench.lighthouse

Needs Chromium and npm, which brings Lighthouse itself. Beside it: what the pages weigh without the vendor files.
"""

import json
import os
import subprocess
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from bench.served import CHROMIUM, FLAGS, Served, demo

PACKAGE = "lighthouse@13.5.0"
CATEGORIES = ("accessibility", "best-practices", "performance")
MEASURED = (("supervisor", "/"), ("unit", "/"), ("supervisor", "/projects/1"), ("unit", "/projects/1"))


def main() -> None:
    with demo() as served:
        for who, path in MEASURED:
            report = _report(served, path, _log_in(served, who))
            scores = {name: report["categories"][name]["score"] * 100 for name in CATEGORIES}
            print(f"{who:<12}{path:<14}" + "  ".join(f"{name} {value:.0f}" for name, value in scores.items()), end="")
            print(f"  own weight {_own_weight(report):.1f} KB on the line")
            for audit in report["audits"].values():
                if audit.get("score") == 0 and audit["scoreDisplayMode"] == "binary":
                    print(f"    not passed: {audit['id']}: {audit['title']}")


def _log_in(served: Served, who: str) -> str:
    """The cookie of a fresh log-in."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{served.address}/login").read().decode()
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    typed = {"csrf_token": token, "username": who, "password": served.password}
    browser.open(f"{served.address}/login", urllib.parse.urlencode(typed).encode())
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def _report(served: Served, path: str, cookie: str) -> dict[str, Any]:
    written = Path(served.folder) / "report.json"
    command = [
        "npx", "--yes", PACKAGE, served.address + path, "--quiet", f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
        "--output=json", f"--output-path={written}", f"--only-categories={','.join(CATEGORIES)}",
        "--extra-headers=" + json.dumps({"Cookie": cookie}),
    ]  # fmt: skip
    for last in (False, False, True):  # Chromium is not always there in the time that Lighthouse waits for it
        if subprocess.run(
            command, check=last, env={**os.environ, "CHROME_PATH": CHROMIUM}, stderr=subprocess.DEVNULL
        ).returncode == 0:  # fmt: skip
            break
    report: dict[str, Any] = json.loads(written.read_text())
    return report


def _own_weight(report: dict[str, Any]) -> float:
    """Kilobytes of page, own style and own script as they go over the line."""
    items = report["audits"]["network-requests"]["details"]["items"]
    own: int = sum(item["transferSize"] for item in items if "/vendor/" not in item["url"])
    return own / 1024


if __name__ == "__main__":
    main()
