"""Working days by the holiday table."""

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from perfflow.core import calendar
from perfflow.core.errors import Conflict, Forbidden, Invalid
from perfflow.db import db, unit_of_work
from perfflow.models.journal import JournalEntry
from perfflow.models.project import Project
from perfflow.process import P
from perfflow.workflow.definition import Days
from tests.make import Make


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.app_context():
        yield


def test_the_day_of_entry_is_day_zero():
    assert calendar.due(date(2026, 3, 2), Days(5)) == date(2026, 3, 9)
    assert calendar.due(date(2026, 3, 2), Days(30, working=False)) == date(2026, 4, 1)


def test_october_s_holiday_week_is_passed_over_and_a_worked_weekend_day_counts():
    # 1–7 October 2026 are off, Saturday the 10th is worked
    assert calendar.due(date(2026, 9, 30), Days(1)) == date(2026, 10, 8)
    assert calendar.due(date(2026, 9, 30), Days(3)) == date(2026, 10, 10)


def test_a_year_without_holidays_counts_monday_to_friday_and_is_named():
    assert calendar.due(date(2031, 9, 30), Days(1)) == date(2031, 10, 1)
    assert calendar.years_without_holidays(2025, 2027) == (2027,)


def test_working_days_between_two_days():
    assert calendar.working_days_between(date(2026, 3, 2), date(2026, 3, 9)) == 5
    assert calendar.working_days_between(date(2026, 3, 9), date(2026, 3, 2)) == 0


# ---------------------------------------------------------------- keeping the table

NEW_YEAR = {date(2027, 1, 1): True, date(2027, 1, 2): True, date(2027, 1, 3): False}  # Friday to Sunday


def put(make: Make, year: int, days: dict[date, bool], **how: Any) -> int:
    with unit_of_work():
        return calendar.set_days(year, days, version=how.get("version"), actor=make[how.get("who", "admin")])


def test_only_days_that_differ_from_other_weeks_are_kept(make: Make):
    assert put(make, 2027, NEW_YEAR) == 2

    assert calendar.days_of(2027) == {date(2027, 1, 1): True, date(2027, 1, 3): False}
    assert calendar.years_without_holidays(2026, 2027) == ()
    newest = db.session.scalars(select(JournalEntry.body).order_by(JournalEntry.id.desc())).first()
    assert json.loads(newest)["changes"] == [["2027-01-01", "", "休"], ["2027-01-03", "", "班"]]


def test_the_same_again_changes_nothing(make: Make):
    put(make, 2027, NEW_YEAR)
    before = db.session.scalar(select(JournalEntry.id).order_by(JournalEntry.id.desc()).limit(1))

    assert put(make, 2027, NEW_YEAR) == 0
    assert db.session.scalar(select(JournalEntry.id).order_by(JournalEntry.id.desc()).limit(1)) == before


def test_a_day_that_is_like_any_other_again_leaves_the_table(make: Make):
    put(make, 2027, NEW_YEAR)
    put(make, 2027, {date(2027, 1, 1): False})

    assert calendar.days_of(2027) == {date(2027, 1, 3): False}
    assert calendar.due(date(2026, 12, 31), Days(1)) == date(2027, 1, 1)


def test_a_day_is_removed_and_the_next_due_date_counts_it(make: Make):
    put(make, 2027, NEW_YEAR)
    with unit_of_work():
        calendar.remove_day(date(2027, 1, 1), version=calendar.version(2027), actor=make["admin"])

    assert calendar.due(date(2026, 12, 31), Days(1)) == date(2027, 1, 1)


def test_due_dates_that_were_told_do_not_move(make: Make):
    play = make.project(P.DECLARATION_REVIEW)
    mine = select(Project.due_on).where(Project.id == play.id)
    told = db.session.scalar(mine)

    put(make, told.year, {told: True})

    assert db.session.scalar(mine) == told


def test_whoever_was_slower_with_a_year_is_told(make: Make):
    seen = calendar.version(2027)
    put(make, 2027, NEW_YEAR, version=seen)

    with pytest.raises(Conflict) as conflict:
        put(make, 2027, {date(2027, 5, 3): True}, version=seen)
    assert conflict.value.who == make["admin"].display_name


def test_a_day_of_another_year_and_another_role_are_refused(make: Make):
    with pytest.raises(Invalid):
        put(make, 2027, {date(2026, 1, 1): True})
    with pytest.raises(Forbidden):
        put(make, 2027, NEW_YEAR, who="supervisor")
