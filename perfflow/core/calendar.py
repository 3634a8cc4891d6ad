"""Working days by the holiday table; a year without rows counts Monday to Friday, and says so."""

from datetime import date, timedelta

from sqlalchemy import select

from perfflow.db import db
from perfflow.models.people import Holiday
from perfflow.workflow.definition import Days


def due(entered: date, days: Days) -> date:
    """Last day on time. The day of entry is day 0."""
    return add_working_days(entered, days.count) if days.working else entered + timedelta(days=days.count)


def add_working_days(start: date, count: int) -> date:
    special = _special(start, start + timedelta(days=count * 3 + 20))
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_working(day, special)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when end is not later."""
    special = _special(start, end)
    return sum(is_working(start + timedelta(days=n), special) for n in range(1, (end - start).days + 1))


def is_working(day: date, special: dict[date, bool]) -> bool:
    return not special[day] if day in special else day.weekday() < 5


def years_without_holidays(first: int, last: int) -> tuple[int, ...]:
    """Years of the span for which no holiday is known: their due dates count Monday to Friday only."""
    known = {
        day.year
        for day in db.session.scalars(
            select(Holiday.day).where(Holiday.day.between(date(first, 1, 1), date(last, 12, 31)))
        )
    }
    return tuple(year for year in range(first, last + 1) if year not in known)


def _special(first: date, last: date) -> dict[date, bool]:
    rows = db.session.execute(select(Holiday.day, Holiday.off).where(Holiday.day.between(first, last)))
    return {day: off for day, off in rows}
