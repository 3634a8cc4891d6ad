"""Fields: what people type, and what it is taken for."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from perfflow.web.forms import DayField, Line, MoneyField, PointsField, Prose, WholeField


class Every(Form):
    money = MoneyField("金额")
    points = PointsField("分数")
    day = DayField("日期")
    year = WholeField("年度", lowest=1990, highest=2100)
    line = Line("标题", limit=5)
    prose = Prose("正文", limit=10)


def filled(app: Flask, **typed: str) -> Every:
    with app.test_request_context():
        form = Every(MultiDict(typed))
        form.validate()
    return form


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("13747400", 1_374_740_000),
        ("13,747,400.00", 1_374_740_000),
        ("1,374.74万元", 1_374_740_000),
        ("１３７４．７４ 万元", 1_374_740_000),
        ("0.13亿元", 1_300_000_000),
        ("", None),
    ],
)
def test_money_is_read_as_people_write_it(app: Flask, typed: str, fen: int | None):
    form = filled(app, money=typed)

    assert (form.money.data, list(form.money.errors)) == (fen, [])


@pytest.mark.parametrize("typed", ["一百万", "-5", "12,5", "9" * 30, "1.234", "NaN", "1e5"])
def test_what_is_no_amount_is_told_and_kept(app: Flask, typed: str):
    form = filled(app, money=typed)

    assert form.money.errors
    assert form.money._value() == typed


@pytest.mark.parametrize(
    ("typed", "hundredths"), [("5.5", 550), ("91.04分", 9104), ("９１", 9100), ("100", 10_000), ("0", 0)]
)
def test_points_are_exact_hundredths(app: Flask, typed: str, hundredths: int):
    assert filled(app, points=typed).points.data == hundredths


@pytest.mark.parametrize("typed", ["100.01", "-1", "5.555", "abc", "Infinity"])
def test_points_out_of_range_or_too_fine_are_told(app: Flask, typed: str):
    assert filled(app, points=typed).points.errors


@pytest.mark.parametrize("typed", ["2026-02-30", "今天", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_is_told(app: Flask, typed: str):
    assert filled(app, day=typed).day.errors


def test_a_whole_number_beyond_its_bounds_is_told(app: Flask):
    assert filled(app, year="3" * 30).year.errors
    assert filled(app, year="2026").year.data == 2026


@pytest.mark.parametrize("typed", ["２０２６", " 2026　", "２０ 26"])
def test_a_whole_number_is_read_in_full_width_too(app: Flask, typed: str):
    form = filled(app, year=typed)

    assert (form.year.data, list(form.year.errors)) == (2026, [])


@pytest.mark.parametrize("typed", ["１９８９", "２１０１", "二〇二六", "2026年", "-2026"])
def test_full_width_digits_keep_to_the_bounds(app: Flask, typed: str):
    form = filled(app, year=typed)

    assert form.year.errors
    assert form.year._value() == typed


def test_a_line_is_one_line_and_prose_keeps_its_paragraphs(app: Flask):
    form = filled(app, line=" 一 \n 二 ", prose="甲\r\n乙\r丙 ")

    assert (form.line.data, form.prose.data) == ("一 二", "甲\n乙\n丙")


def test_too_long_and_control_characters_are_told(app: Flask):
    form = filled(app, line="一二三四五六", prose="甲\x00乙")

    assert "6 字" in str(form.line.errors[0])
    assert form.prose.errors
