"""How values are written on a page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date, get_month_names
from flask import Flask

from perfflow.core import clock
from perfflow.rules.score import points
from perfflow.web.language import is_english
from perfflow.web.translate import gettext as _
from perfflow.web.translate import joined, ngettext, sentences

WAN, MILLION = 6, 8
"""Fen in 10,000 and in 1,000,000 yuan, as powers of ten: Chinese readers count money in 万元, others in millions."""


def wan(fen: int | None) -> str:
    """Money for lists, to the hundred yuan: 1374740000 → "1,374.74" (万元), in English "13.7474" (million). Rounded
    half up; where that loses something, the exact amount stands beside it."""
    if fen is None:
        return "—"
    power = MILLION if is_english() else WAN
    return _decimal((abs(fen) + 5_000) // 10_000 * 10_000, power, power - 4, negative=fen < 0)


def wan_exact(fen: int | None) -> str:
    """The same with every digit it takes: 1374740050 → "1,374.74005"."""
    return "—" if fen is None else _decimal(abs(fen), MILLION if is_english() else WAN, 2, negative=fen < 0)


def _decimal(fen: int, power: int, least: int, *, negative: bool) -> str:
    """With at least so many decimals, and no zeros behind them."""
    whole, part = divmod(fen, 10**power)
    digits = f"{part:0{power}d}"
    return f"{'-' if negative and fen else ''}{whole:,}.{digits[:least]}{digits[least:].rstrip('0')}"


@dataclass(frozen=True, slots=True)
class Amount:
    """The amount of a project in a list: short in its cell, exact and named beside it."""

    shown: str
    exact: str


def amount(budget_fen: int | None, paid_fen: int | None) -> Amount:
    """What was paid in the end; until that is known, what was budgeted."""
    if paid_fen is not None:
        return Amount(wan(paid_fen), _("决算 %(yuan)s 元", yuan=yuan(paid_fen)))
    if budget_fen is not None:
        return Amount(wan(budget_fen), _("预算 %(yuan)s 元", yuan=yuan(budget_fen)))
    return Amount("—", "")


def yuan(fen: int | None) -> str:
    return "—" if fen is None else f"{fen // 100:,}.{fen % 100:02d}"


def score(hundredths: int | None) -> str:
    return "—" if hundredths is None else points(hundredths)


def day(value: date | None) -> str:
    """2019-06-30, in English 30 Jun 2019."""
    if value is None:
        return "—"
    return format_date(value, "d MMM yyyy", locale="en") if is_english() else value.isoformat()


def month_name(month: int) -> str:
    """3 月, in English March."""
    return get_month_names("wide", locale="en")[month] if is_english() else _("%(month)d 月", month=month)


def when(value: datetime | None) -> str:
    """An instant in the office's zone, to the minute: 2019-06-30 10:42, in English 30 Jun 2019, 10:42."""
    if value is None:
        return "—"
    local = value.astimezone(clock.ZONE)
    return f"{day(local.date())}, {local:%H:%M}" if is_english() else f"{local:%Y-%m-%d %H:%M}"


def clock_time(value: datetime) -> str:
    """Hour and minute of today."""
    return f"{value.astimezone(clock.ZONE):%H:%M}"


def size(count: int) -> str:
    if count < 1024:
        return f"{count} B"
    if count >= 1024**3:
        return f"{count / 1024**3:.1f} GB"
    return f"{count / 1024:.0f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


def due_words(due_on: date) -> str:
    """还剩 2 天, 今天到期, 逾期 12 天."""
    left = (due_on - clock.today()).days
    if left == 0:
        return _("今天到期")
    if left > 0:
        return ngettext("还剩 %(num)d 天", "还剩 %(num)d 天", left)
    return ngettext("逾期 %(num)d 天", "逾期 %(num)d 天", -left)


def due_kind(due_on: date, soon: date | None = None) -> str:
    """late, soon or normal. `soon`: the last day that is near by the holiday table; without it three days are."""
    today = clock.today()
    if due_on < today:
        return "late"
    return "soon" if due_on <= (soon or today + timedelta(days=3)) else "normal"


def init_app(app: Flask) -> None:
    for filter_ in (wan, wan_exact, yuan, score, day, when, size, month_name, joined, sentences):
        app.jinja_env.filters[filter_.__name__] = filter_
