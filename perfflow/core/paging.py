"""Keyset paging: 上一页 and 下一页 in the address, 20 rows, a count capped at 1000+."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ScalarSelect, Select, func, literal, select, tuple_

from perfflow.db import db

SIZE = 20
CAP = 1000

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort: the columns of its key (the last one unique), all in one direction, and how cursors are read back."""

    columns: tuple[Any, ...]
    read: tuple[Callable[[Any], Any], ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    before: str | None  # cursor of the page before, when there is one
    after: str | None


def fetch(
    query: Any,
    sort: Sort,
    *,
    after: str = "",
    before: str = "",
    size: int = SIZE,
    given: Mapping[str, Any] | None = None,
) -> Page[Any]:
    """One page of rows; the key columns must be the first columns of the query, in the order of the sort.
    `given`: the parameters of a statement that was prepared.

    A cursor that cannot be read is ignored: the first page is shown.
    """
    back = bool(before) and _read(before, sort) is not None
    cursor = _read(before if back else after, sort)
    downwards = sort.descending != back
    if cursor is not None:
        key: Any = tuple_(*sort.columns)
        # a row value, not OR: the planner walks the index with it
        query = query.where(key < tuple_(*cursor) if downwards else key > tuple_(*cursor))
    order = [column.desc() if downwards else column.asc() for column in sort.columns]
    found = list(db.session.execute(query.order_by(*order).limit(size + 1), given))
    more, rows = len(found) > size, found[:size]
    if back:
        rows.reverse()
    width = len(sort.columns)
    has_before = more if back else cursor is not None
    has_after = bool(rows) and (True if back else more)
    return Page(
        rows,
        _write(rows[0][:width]) if rows and has_before else None,
        _write(rows[-1][:width]) if has_after else None,
    )


def counting(query: Select[Any], cap: int = CAP) -> ScalarSelect[int]:
    """The number of rows, counted up to one more than the cap: counting all of a large table makes lists slow."""
    inner = query.with_only_columns(literal(1).label("one")).order_by(None).limit(cap + 1).subquery()
    return select(func.count()).select_from(inner).scalar_subquery()


def capped(count: int, cap: int = CAP) -> str:
    return f"{cap}+" if count > cap else str(count)


def capped_count(query: Select[Any], cap: int = CAP) -> str:
    """How many rows, at most "1000+"."""
    return capped(db.session.scalar(select(counting(query, cap))) or 0, cap)


def _write(key: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, (date, datetime)) else value for value in key]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def _read(cursor: str, sort: Sort) -> tuple[Any, ...] | None:
    if not cursor or len(cursor) > 500:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(plain, list) or len(plain) != len(sort.read):
            return None
        return tuple(read(value) for read, value in zip(sort.read, plain, strict=True))
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        return None


def bounded(value: Any) -> int:
    """A whole number of a cursor, within the column's range."""
    number = int(value)
    if not 0 <= number < 2**53:
        raise ValueError(value)
    return number
