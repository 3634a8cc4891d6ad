"""The time. Instants are aware UTC; deadlines are dates in the office's zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_set: ContextVar[datetime | None] = ContextVar("perfflow_clock", default=None)


def now() -> datetime:
    return _set.get() or datetime.now(UTC)


def today() -> date:
    return local_day(now())


def local_day(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let the clock stand at an instant, for the demo's story and for tests."""
    token = _set.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
