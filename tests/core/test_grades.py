"""The grade by the scale of jurisdiction and evaluation year."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from perfflow.core import grades
from perfflow.core.access import Actor
from perfflow.core.errors import Conflict, Forbidden, Invalid, Refused
from perfflow.core.grades import Band
from perfflow.db import db, unit_of_work
from perfflow.models.evaluation import Assignment
from perfflow.models.journal import JournalEntry
from perfflow.process import P
from tests.make import Make


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


# ---------------------------------------------------------------- changing


GOOD = (Band("优", 9000), Band("良", 8000), Band("差", 0))


@pytest.fixture
def admin(make: Make) -> Iterator[Actor]:
    with make.app.app_context():
        yield make["admin"]


def act(command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with unit_of_work():
        return command(*arguments, **named)


def newest() -> JournalEntry:
    return db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()


def test_a_new_scale_holds_from_its_year_and_ends_the_one_before(admin: Actor):
    act(grades.add_scale, "shanghai", 2027, "沪财绩〔2026〕1号", GOOD, actor=admin)

    assert [grades.grade_for("shanghai", year, 7900) for year in (2026, 2027)] == ["良", "差"]
    spans = [(one.first_year, one.last_year) for one in grades.scales() if one.place == "shanghai"]
    assert spans == [(2027, None), (2014, 2026)]
    assert newest().action == "grade_scale_added"
    assert json.loads(newest().body)["changes"][0] == ["等级标准", "", "优 ≥ 90、良 ≥ 80、差 ≥ 0"]


def test_a_place_gets_a_scale_of_its_own(admin: Actor):
    act(grades.add_scale, "苏州市", 2020, "苏财绩〔2020〕3号", GOOD, actor=admin)

    assert grades.places() == {"shanghai": "上海市", "national": "全国通用", "苏州市": "苏州市"}
    assert grades.grade_for("苏州市", 2020, 7999) == "差"
    assert grades.grade_for("苏州市", 2019, 7999) == "中"  # by the national one, as before


def test_a_scale_turns_between_two_hundredths():
    assert grades.edges(GOOD) == [(8999, "良", 9000, "优"), (7999, "差", 8000, "良")]


@pytest.mark.parametrize(
    ("bands", "sentence"),
    [
        ([Band("优", 0)], "至少要有两个等级。"),
        ([Band("优", 9000), Band("良", 6000)], "第 2 行：最后一个等级的最低分应为 0，否则更低的分值没有等级。"),
        ([Band("优", 9000), Band("良", 9000), Band("差", 0)], "第 2 行：最低分应低于上一行；等级由高到低填写。"),
        ([Band("良", 8000), Band("优", 9000), Band("差", 0)], "第 2 行：最低分应低于上一行；等级由高到低填写。"),
        ([Band("优", 9000), Band("优 ", 0)], "第 2 行：等级名称不能重复。"),
        ([Band(" ", 9000), Band("差", 0)], "第 1 行：等级名称应为 1 到 20 个字。"),
        ([Band("优", 10_001), Band("差", 0)], "第 1 行：最低分应在 0 到 100 之间。"),
        ([Band("优", 9000), Band("差", -1)], "第 2 行：最低分应在 0 到 100 之间。"),
    ],
)
def test_a_scale_with_a_gap_or_a_doubt_is_refused(bands: list[Band], sentence: str):
    with pytest.raises(Invalid) as refused:
        grades.check("依据", bands)

    assert refused.value.reason.message % refused.value.reason.params == sentence


def test_every_fault_is_found_at_once():
    found = grades.faults([Band("优", 9000), Band("良", -1), Band("优", 9500), Band("", 500)])

    assert [(fault.row, fault.name) for fault in found] == [
        (1, "lower"), (2, "label"), (2, "lower"), (3, "label"), (3, "lower"),
    ]  # fmt: skip


def test_every_total_has_exactly_one_grade_by_any_scale_that_is_taken():
    bands = grades.check("依据", GOOD)

    assert [grades.grade_in(bands, total) for total in (0, 7999, 8000, 8999, 9000, 10_000)] == [
        "差", "差", "良", "良", "优", "优",
    ]  # fmt: skip


def test_what_is_graded_keeps_its_grade_when_the_scale_is_mended(make: Make):
    play = make.project(P.EVALUATION_REVIEW)
    with make.app.app_context():
        mine = select(Assignment.total, Assignment.grade).where(Assignment.project_id == play.id)
        before = db.session.execute(mine).one()
        year = play.project().evaluation_year or 0
        scale = grades.scale("shanghai", 2014)
        bands = (Band("特优", before.total), Band("其他", 0))
        act(
            grades.update_scale, "shanghai", 2014, scale.source, bands, "更正", version=scale.version,
            actor=make["admin"],
        )  # fmt: skip

        assert db.session.execute(mine).one() == before
        assert grades.grade_for("shanghai", year, before.total) == "特优"
        assert (newest().action, newest().reason) == ("grade_scale_updated", "更正")


def test_the_second_of_two_who_mend_a_scale_is_told_who_was_faster(admin: Actor):
    seen = grades.scale("shanghai", 2014)
    act(grades.update_scale, "shanghai", 2014, "甲", GOOD, "更正", version=seen.version, actor=admin)

    with pytest.raises(Conflict) as conflict:
        act(grades.update_scale, "shanghai", 2014, "乙", GOOD, "更正", version=seen.version, actor=admin)

    assert conflict.value.who == admin.display_name


def test_only_a_scale_whose_time_has_not_come_can_be_taken_back(admin: Actor):
    act(grades.add_scale, "shanghai", 2027, "依据", GOOD, actor=admin)
    act(grades.remove_scale, "shanghai", 2027, version=None, actor=admin)

    assert grades.grade_for("shanghai", 2027, 7900) == "良"
    with pytest.raises(Refused):
        act(grades.remove_scale, "shanghai", 2014, version=None, actor=admin)


def test_scales_are_kept_by_the_administrator_alone(make: Make):
    with make.app.app_context(), pytest.raises(Forbidden):
        act(grades.add_scale, "shanghai", 2027, "依据", GOOD, actor=make["supervisor"])


def test_one_year_has_one_scale(admin: Actor):
    with pytest.raises(Invalid) as refused:
        act(grades.add_scale, "shanghai", 2014, "依据", GOOD, actor=admin)

    assert refused.value.field == "first_year"
