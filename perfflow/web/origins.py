"""The file a value was taken in from, as a page tells it beside the value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from perfflow.core import sources
from perfflow.core.access import Reach
from perfflow.web.translate import gettext as _
from perfflow.web.translate import noted


@dataclass(frozen=True, slots=True)
class Origin:
    """`text` with the name of the file, `place` without it. No `url` once the file was withdrawn."""

    text: str
    place: str
    url: str | None


def origins(reach: Reach, values: Mapping[str, Any]) -> dict[str, Origin]:
    """Of the values that are still as they were taken in, and whose file is shown to this person; by key."""
    return {key: _origin(reach, one) for key, one in sources.told(reach, values).items()}


def _origin(reach: Reach, one: sources.Source) -> Origin:
    place = noted(one.place, _("导入时改正")) if one.corrected else one.place
    url = None
    if one.attachment_id is not None:
        url = url_for("projects.download", project_id=reach.id, file_id=one.attachment_id)
    return Origin(f"{one.name} {place}".strip(), place or one.name, url)
