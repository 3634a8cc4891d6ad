"""Working days by the holiday table; a year without rows counts Monday to Friday, and says so."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy import delete, select

from perfflow.core.access import Actor
from perfflow.core.errors import Invalid
from perfflow.core.journal import Change
from perfflow.core.records import administrators_only, record_change, same_version, version_of
from perfflow.db import db
from perfflow.models.people import Holiday
from perfflow.process import N_
from perfflow.workflow.definition import Days

FIRST_YEAR, LAST_YEAR = 1990, 2100
OFF, WORKED = N_("休"), N_("班")


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


# ---------------------------------------------------------------- keeping the table


def days_of(year: int) -> dict[date, bool]:
    """What is on file for a year, in its order: day → whether it is off."""
    return dict(sorted(_special(date(year, 1, 1), date(year, 12, 31)).items()))


def version(year: int) -> int:
    """A number that changes with the year's days."""
    return version_of({day.isoformat(): off for day, off in days_of(year).items()})


def differs(day: date, off: bool) -> bool:
    """Whether a day has to be on file at all: a Sunday off is one without saying so."""
    return off == (day.weekday() < 5)


def set_days(year: int, days: Mapping[date, bool], *, version: int | None, actor: Actor) -> int:
    """Put days off and worked weekend days on file; returns how many were new or other than before.

    Due dates that are set already stay where they are: they were told to people.
    """
    before = _to_change(year, version, actor)
    if any(day.year != year for day in days):
        raise Invalid("day", N_("日期不在 %(year)d 年内。"), year=year)
    wanted = {day: off for day, off in sorted(days.items()) if differs(day, off) and before.get(day) is not off}
    # said to be like any other Wednesday or Saturday: then it is not on file
    gone = [day for day, off in sorted(days.items()) if not differs(day, off) and day in before]
    _delete([*wanted, *gone])
    db.session.add_all(Holiday(day=day, off=off) for day, off in wanted.items())
    db.session.flush()
    _record(year, before, {**dict.fromkeys(gone), **wanted}, actor)
    return len(wanted) + len(gone)


def remove_day(day: date, *, version: int | None, actor: Actor) -> None:
    before = _to_change(day.year, version, actor)
    if day not in before:
        raise Invalid("day", N_("这一天不在节假日表中。"))
    _delete([day])
    _record(day.year, before, {day: None}, actor)


def _to_change(year: int, seen: int | None, actor: Actor) -> dict[date, bool]:
    administrators_only(actor)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("day", N_("年份应在 1990 到 2100 之间。"))
    same_version(("holidays", year), version(year), seen)
    return days_of(year)


def _delete(days: Iterable[date]) -> None:
    db.session.execute(delete(Holiday).where(Holiday.day.in_(list(days))))


def _record(year: int, before: Mapping[date, bool], after: Mapping[date, bool | None], actor: Actor) -> None:
    changes = [Change(day.isoformat(), _word(before.get(day)), _word(off)) for day, off in sorted(after.items())]
    if changes:
        record_change("holidays_updated", ("holidays", year), changes, actor)


def _word(off: bool | None) -> str:
    return "" if off is None else OFF if off else WORKED


def _special(first: date, last: date) -> dict[date, bool]:
    rows = db.session.execute(select(Holiday.day, Holiday.off).where(Holiday.day.between(first, last)))
    return {day: off for day, off in rows}
