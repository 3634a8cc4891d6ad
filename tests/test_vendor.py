"""Vendor files are the published bytes; our style, script and templates suit the browsers of the house."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
ENTRIES = tomllib.loads((VENDOR / "VENDOR.toml").read_text("utf-8"))["file"]
OWN_STYLES = sorted((ROOT / "static").glob("*.css"))
OWN_SCRIPTS = sorted((ROOT / "static").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

NEWER_THAN_CHROMIUM_90 = re.compile(
    r":has\(|light-dark\(|oklch\(|oklab\(|color-mix\(|@layer|@container|@scope|\d(?:d|s|l)vh\b|^\s*&",
    re.M,
)
NEWER_THAN_ES2019 = re.compile(
    r"\?\.[a-zA-Z(\[]|\?\?|\|\|=|&&=|\.at\(|\.replaceAll\(|structuredClone|#[a-z]+\s*[=(;]"
)
UNSAFE_MARKUP = re.compile(
    r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<style|<script(?![^>]*\ssrc=)|\|\s*safe\b|hx-on|hx-boost|["']js:""",
    re.I,
)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_vendor_file_is_the_one_that_was_published(entry: dict[str, str]) -> None:
    found = hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest()

    assert found == entry["sha256"]
    assert entry["version"] in entry["file"]
    assert (VENDOR / entry["licence_file"]).read_text("utf-8").strip()


def test_every_file_in_the_vendor_folder_is_accounted_for() -> None:
    listed = {name for entry in ENTRIES for name in (entry["file"], entry["licence_file"])}

    # a .gz is made from the file beside it
    present = {path.name for path in VENDOR.iterdir() if path.name[0] != "." and path.suffix != ".gz"}

    assert present == listed | {"VENDOR.toml"}


def test_no_style_needs_a_browser_newer_than_chromium_90() -> None:
    for path in [*OWN_STYLES, *VENDOR.glob("*.css")]:
        assert NEWER_THAN_CHROMIUM_90.findall(path.read_text("utf-8")) == [], path.name


@pytest.mark.parametrize("path", OWN_STYLES, ids=lambda path: path.name)
def test_our_style_loads_no_picture_the_security_policy_refuses(path: Path) -> None:
    assert "data:" not in re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)


@pytest.mark.parametrize("path", OWN_SCRIPTS, ids=lambda path: path.name)
def test_our_script_keeps_to_es2019_and_evaluates_nothing(path: Path) -> None:
    text = path.read_text("utf-8")

    assert NEWER_THAN_ES2019.findall(text) == []
    assert re.findall(r"\beval\(|new Function|innerHTML|\.style\b", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_inline_style_or_script(path: Path) -> None:
    assert UNSAFE_MARKUP.findall(path.read_text("utf-8")) == []
