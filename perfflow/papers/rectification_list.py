"""整改情况表: what a unit did about many items, one row each, in Excel."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationRow:
    """One item: its project's code and its number identify it; the other known columns are there to be read."""

    project_code: str
    item_number: int | None
    project_name: str = ""
    suggestion: str = ""
    progress: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class RectificationList:
    rows: tuple[RectificationRow, ...] = ()
