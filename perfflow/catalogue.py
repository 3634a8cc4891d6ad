"""The English catalogue and its messages: found in the sources, written to the .po, compiled to the .mo.

    python -m perfflow.catalogue        bring the catalogue up to date: new messages are added empty, old ones go

Message ids are Chinese, so Chinese needs no catalogue of its own.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from perfflow.config import ROOT
from perfflow.process import ITEM_STATES, PROJECT_STATES

ENGLISH = ROOT / "perfflow" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
SOURCES = (ROOT / "perfflow", ROOT / "templates")
METHODS = [("**/translations/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None, "must": None,
    "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "Reason": (1,), "Invalid": (2,),
}  # fmt: skip
CHINESE = re.compile(r"[\u3400-\u9fff]")

Key = tuple[str, str]
"""Context (or empty) and id of a message."""


def messages() -> Catalog:
    """Every message of the sources, with the places where it stands."""
    found = Catalog()
    for folder in SOURCES:
        for name, line, message, _comments, context in extract_from_dir(
            folder, METHODS, OPTIONS, keywords=KEYWORDS, directory_filter=lambda path: "__pycache__" not in path
        ):
            place = (folder / name).relative_to(ROOT).as_posix()
            found.add(message, locations=[(place, line)], context=context)
    # a state's word depends on whose state it is, so its context is put together only when it is shown
    for context, states in (("project", PROJECT_STATES), ("item", ITEM_STATES)):
        for state in states.values():
            found.add(state.label, locations=[("perfflow/process.py", 1)], context=context)
    return found


def catalogue() -> Catalog:
    """The English catalogue as it is kept."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def compiled(one: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, one)
    return buffer.getvalue()


def keys(one: Catalog) -> Iterator[Key]:
    for message in one:
        if message.id:
            yield message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def update() -> list[str]:
    """Bring the catalogue up to date; returns the ids that still have no translation."""
    kept = catalogue() if ENGLISH.exists() else Catalog(locale="en")
    fresh = Catalog(locale="en", project="perfflow", fuzzy=False)
    for message in sorted(messages(), key=lambda one: str(one.id)):
        if message.id:
            before = kept.get(message.id, context=message.context)
            said = before.string if before is not None else None
            fresh.add(message.id, said, context=message.context)
    fresh.revision_date = fresh.creation_date = kept.creation_date
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(file, fresh, no_location=True, sort_output=True, width=120)
    ENGLISH.with_suffix(".mo").write_bytes(compiled(fresh))
    return [str(message.id) for message in fresh if message.id and not _said(message.string)]


def _said(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def main() -> None:
    missing = update()
    for one in missing:
        sys.stdout.write(f"{one}\n")
    sys.stdout.write(f"{len(missing)} without translation in {Path(ENGLISH).relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
