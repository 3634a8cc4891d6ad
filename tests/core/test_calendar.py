"""Working days by the holiday table."""

from datetime import date

import pytest
from flask import Flask

from perfflow.core import calendar
from perfflow.workflow.definition import Days


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
