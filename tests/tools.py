"""The programs outside Python that tests drive: Chromium, LibreOffice, poppler.

Without CI a missing one is a skip that says why; with any non-empty CI it is a failure, because a green run
that skipped the browser hides a missing install step. Also a pytest plugin, loaded by tests/conftest.py.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.postgres import cluster, find_postgres

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
NO_CHROMIUM = "no Chromium (apt-get install chromium fonts-noto-cjk libatomic1, or set PERFFLOW_CHROMIUM)"
NO_SOFFICE = "no LibreOffice (apt-get install libreoffice-writer-nogui)"
NO_POPPLER = "no poppler (apt-get install poppler-utils)"
NO_POSTGRES = "no PostgreSQL (apt-get install postgresql)"


NO_CHECKER = "no HTML checker (apt-get install default-jre-headless npm; the checker itself then comes by npm)"
CHECKER = Path(__file__).resolve().parent.parent / ".venv" / "vnu.jar"
CHECKER_PACKAGE = "vnu-jar@26.9.27"
CHECKER_SHA256 = "22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47"


def is_ci() -> bool:
    return bool(os.environ.get("CI"))


def find_chromium() -> str | None:
    if chosen := os.environ.get("PERFFLOW_CHROMIUM"):
        return shutil.which(chosen)
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def find_soffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def has_poppler() -> bool:
    return bool(shutil.which("pdftotext") and shutil.which("pdftoppm"))


def find_checker() -> Path | None:
    """The Nu HTML checker, when there is Java to run it."""
    return CHECKER if shutil.which("java") and CHECKER.is_file() else None


def fetch_checker(target: Path = CHECKER) -> bool:
    """Bring the checker's jar from its npm package; False when that cannot be done here."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(["npm", "pack", "--silent", CHECKER_PACKAGE], cwd=folder, capture_output=True)
        except OSError:
            return False
        packed = next(Path(folder).glob("*.tgz"), None)
        if done.returncode or packed is None:
            return False
        with tarfile.open(packed) as archive:
            found = archive.extractfile("package/build/dist/vnu.jar")
            jar = found.read() if found else b""
    if hashlib.sha256(jar).hexdigest() != CHECKER_SHA256:
        return False
    target.write_bytes(jar)
    return True


def missing() -> list[str]:
    """One reason for each family of tests that cannot run here."""
    found = {
        NO_CHROMIUM: find_chromium(),
        NO_SOFFICE: find_soffice(),
        NO_POPPLER: has_poppler(),
        NO_POSTGRES: find_postgres(),
        NO_CHECKER: find_checker(),
    }
    return [reason for reason, program in found.items() if not program]


def install_missing(install: Callable[..., bool]) -> None:
    """Hand the Debian packages that are missing to `install`; what it cannot do is seen by missing()."""
    browser = {
        "chromium": find_chromium(),
        "fonts-noto-cjk": has_chinese_font(),
        # Playwright's own Node is linked against it, and a minimal Debian has none
        "libatomic1": ctypes.util.find_library("atomic"),
    }
    if packages := [package for package, found in browser.items() if not found]:
        install(*packages)
    # two calls: where the first names an unknown package, the second still runs
    if not find_soffice():
        install("libreoffice-writer-nogui") or install("libreoffice-writer")
    if not has_poppler():
        install("poppler-utils")
    if not find_postgres():
        install("postgresql")
    if not shutil.which("java"):
        install("default-jre-headless")
    if not CHECKER.is_file():
        if not shutil.which("npm"):
            install("npm")
        fetch_checker()


def has_chinese_font() -> bool:
    try:
        fonts = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True)
    except OSError:
        return False
    return bool(fonts.stdout.strip())


def cannot_run(reason: str) -> NoReturn:
    """Skip, or in CI fail."""
    if is_ci():
        pytest.fail(f"{reason}: in CI these tests must run", pytrace=False)
    pytest.skip(reason)


def pytest_report_header() -> list[str]:
    return [f"chromium: {find_chromium()}", *(f"SKIPPING: {reason}" for reason in missing())]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """So that `-m "not browser"` needs no mark in each file."""
    for item in items:
        if "browser" in item.path.parent.relative_to(item.config.rootpath).parts:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def soffice() -> str:
    return find_soffice() or cannot_run(NO_SOFFICE)


@pytest.fixture(scope="session")
def html_checker() -> Path:
    return find_checker() or cannot_run(NO_CHECKER)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    programs = find_postgres() or cannot_run(NO_POSTGRES)
    with cluster(programs) as address:
        yield address


@pytest.fixture(scope="session")
def poppler() -> None:
    if not has_poppler():
        cannot_run(NO_POPPLER)


@pytest.fixture(scope="session")
def as_pdf(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Renders a Word file as LibreOffice shows it: `as_pdf(file)` gives the PDF's path."""
    # a profile of its own: two processes on the same one wait for each other, or give nothing
    profile = tmp_path_factory.mktemp("soffice")

    def render(document: Path) -> Path:
        folder = tmp_path_factory.mktemp("pdf")
        command = [soffice, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", folder, document], check=True, capture_output=True, timeout=120)
        return folder / f"{document.stem}.pdf"

    return render


@pytest.fixture(scope="session")
def pdf_text(poppler: None) -> Callable[[Path], str]:
    """What a reader sees, in the order of the page; pages are divided by form feeds."""

    def read(pdf: Path) -> str:
        shown = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True)
        return shown.stdout.decode()

    return read


@pytest.fixture(scope="session")
def pdf_pictures(poppler: None) -> Callable[[Path], list[Path]]:
    """One PNG for each page, beside the PDF."""

    def draw(pdf: Path) -> list[Path]:
        subprocess.run(["pdftoppm", "-png", "-r", "80", pdf, pdf.with_suffix("")], check=True)
        return sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))

    return draw
