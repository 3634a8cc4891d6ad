"""How values are written on a page."""

from datetime import date, datetime

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from perfflow.core import clock
from perfflow.rules.score import points


def wan(fen: int | None) -> str:
    """Money in 万元 with two decimals and thousands: 1374740000 → "1,374.74"; finer amounts keep their digits."""
    if fen is None:
        return "—"
    digits = 2 if fen % 10_000 == 0 else 6
    text = f"{fen / 1_000_000:,.{digits}f}" if fen < 10**15 else f"{fen // 1_000_000:,}"
    whole, _dot, part = text.partition(".")
    return f"{whole}.{part[:2]}{part[2:].rstrip('0')}"


def yuan(fen: int | None) -> str:
    return "—" if fen is None else f"{fen // 100:,}.{fen % 100:02d}"


def score(hundredths: int | None) -> str:
    return "—" if hundredths is None else points(hundredths)


def day(value: date | None) -> str:
    return "—" if value is None else value.isoformat()


def when(value: datetime | None) -> str:
    """An instant in the office's zone, to the minute."""
    return "—" if value is None else value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")


def size(count: int) -> str:
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.0f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


def due_words(due_on: date) -> str:
    """还剩 2 天, 今天到期, 逾期 12 天."""
    left = (due_on - clock.today()).days
    if left == 0:
        return _("今天到期")
    if left > 0:
        return ngettext("还剩 %(num)d 天", "还剩 %(num)d 天", left)
    return ngettext("逾期 %(num)d 天", "逾期 %(num)d 天", -left)


def due_kind(due_on: date) -> str:
    """late, soon (within three days) or normal."""
    left = (due_on - clock.today()).days
    if left < 0:
        return "late"
    return "soon" if left <= 3 else "normal"


def init_app(app: Flask) -> None:
    for filter_ in (wan, yuan, score, day, when, size):
        app.jinja_env.filters[filter_.__name__] = filter_
