"""The one blueprint of the administration, and what its lists share."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from perfflow.core.access import Permission
from perfflow.core.paging import Page
from perfflow.web.filter import Box, FilterRow, kept_url
from perfflow.web.guard import GuardedBlueprint

bp = GuardedBlueprint("admin", __name__, url_prefix="/admin")
ADMINISTER = Permission.ADMINISTER


def cursors() -> dict[str, str]:
    return {"after": request.args.get("after", ""), "before": request.args.get("before", "")}


def listed(endpoint: str, found: Page[Any], boxes: tuple[Box, ...], count: str = "") -> dict[str, Any]:
    """What a list's template is given: its rows, its filter, and the ways to the next pages."""
    return {
        "rows": found.rows,
        "filters": FilterRow(url_for(endpoint), boxes),
        "count": count,
        "beyond": not found.rows and any(cursors().values()),
        "prev_url": kept_url(endpoint, before=found.before) if found.before else None,
        "next_url": kept_url(endpoint, after=found.after) if found.after else None,
    }


def said(labels: Any) -> list[tuple[str, str]]:
    """Codes with their words, as choices."""
    return [(str(code), _(label)) for code, label in labels.items()]


def text_of(name: str, limit: int = 100) -> str:
    """What stands in the address; addresses are typed by hand too."""
    return request.args.get(name, "").strip()[:limit].replace("\x00", "")


def whole_of(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
