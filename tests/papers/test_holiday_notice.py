"""The yearly notice as it is published, and plain lines."""

from datetime import date

import pytest

from perfflow.papers.holiday_notice import Notice, read_notice

NOTICE = """关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
"""


def told(notice: Notice) -> list[str]:
    return [f"{doubt.line} {doubt.message % doubt.params}" for doubt in notice.doubts]


def test_a_notice_is_read_as_it_was_published():
    notice = read_notice(NOTICE, 2026)

    off = [day for day, is_off in notice.days.items() if is_off]
    worked = [day for day, is_off in notice.days.items() if not is_off]
    assert off[:4] == [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3), date(2026, 2, 15)]
    assert len(off) == 12 and off[-1] == date(2026, 2, 23)
    assert worked == [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)]
    assert (told(notice), notice.passed_over) == ([], 1)


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("2026-10-01 休", {"2026-10-01": True}),
        ("2026-10-10 班", {"2026-10-10": False}),
        ("10-01 至 10-03 休", {"2026-10-01": True, "2026-10-02": True, "2026-10-03": True}),
        ("2026/10/1~2026/10/2 放假", {"2026-10-01": True, "2026-10-02": True}),
        ("10月1日—2日 休，10月10日 上班", {"2026-10-01": True, "2026-10-02": True, "2026-10-10": False}),
        ("9月20日、10月10日上班", {"2026-09-20": False, "2026-10-10": False}),
    ],
)
def test_lines_in_the_usual_ways_of_writing(line, days):
    notice = read_notice(line, 2026)

    assert {day.isoformat(): off for day, off in notice.days.items()} == days
    assert told(notice) == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2027-01-01 休", "1 “2027-01-01”不在 2026 年内。"),
        ("2月30日 休", "1 “2月30日”不是日期。"),
        ("3日 休", "1 “3日”前面没有月份。"),
        ("5月1日（周一）放假", "1 “5月1日”应为周五，请核对日期。"),
        ("5月1日至3日放假，共5天", "1 写明共 5 天，列出的是 3 天。"),
        ("5月4日", "1 “2026-05-04”没有写明是休还是班。"),
        ("10月7日至10月1日 休", "1 “2026-10-07 — 2026-10-01”：结束日期早于开始日期，或相隔超过 31 天。"),
        ("2026-10-01 至 07 休", "1 “2026-10-01”后面的“至”没有接日期。"),
        ("10-01 休\n10-01 班", "2 2026-10-01 写了两次，一次为休，一次为班。"),
    ],
)
def test_what_cannot_be_right_is_told_with_its_line(line, sentence):
    assert told(read_notice(line, 2026)) == [sentence]


def test_a_day_written_twice_alike_is_counted():
    notice = read_notice("10-01 休\n2026-10-01 休", 2026)

    assert (len(notice.days), notice.repeated, told(notice)) == (1, 1, [])


@pytest.mark.parametrize("text", ["", "休" * 5000, "1月" * 3000, "-" * 9000, "9" * 9000, "（周" * 3000])
def test_nonsense_is_read_quickly_as_nothing(text):
    assert read_notice(text, 2026).days == {}
