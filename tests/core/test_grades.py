"""The grade by the scale of jurisdiction and evaluation year."""

import pytest
from flask import Flask

from perfflow.core import grades


@pytest.mark.parametrize(
    ("place", "year", "total", "grade"),
    [
        ("shanghai", 2018, 9000, "优"),
        ("shanghai", 2018, 8999, "良"),
        ("shanghai", 2018, 7500, "良"),
        ("shanghai", 2018, 7499, "合格"),
        ("shanghai", 2018, 0, "不合格"),
        ("elsewhere", 2021, 7999, "中"),
        ("elsewhere", 2021, 5999, "差"),
        ("elsewhere", 2001, 9500, ""),
    ],
)
def test_the_lower_bound_belongs_to_the_grade(app: Flask, place: str, year: int, total: int, grade: str):
    with app.app_context():
        assert grades.grade_for(place, year, total) == grade
