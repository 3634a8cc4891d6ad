"""Days off and worked weekend days, read from a notice as it was published, or from plain lines.

Understood are "2026-10-01 休", "2026-10-01 至 10-07 休", and sentences of the yearly notice such as
"10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from perfflow.papers.text import N_, one_break

LONGEST_RANGE = 31

_TOKEN = re.compile(
    r"(?P<day>"
    r"(?:(?P<year>\d{4})\s*[-./年]\s*)?(?P<month>\d{1,2})\s*[-./月]\s*(?P<dom>\d{1,2})(?!\d)\s*日?"
    r"|(?P<only>\d{1,2})\s*日)"
    r"(?:\s*[（(][^（()）]{0,20}?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])[^（()）]{0,10}[)）])?"
    r"|(?P<to>至|到|—+|–|~|～|\s-\s)"
    r"|共\s*(?P<count>\d{1,2})\s*天"
    r"|(?P<neutral>调休)"
    r"|(?P<worked>上班|补班|工作日|班)"
    r"|(?P<off>放假|休息|休假|公休|休)"
)
_WEEKDAYS = "一二三四五六日"

NO_SUCH_DAY = N_("“%(text)s”不是日期。")
NO_MONTH = N_("“%(text)s”前面没有月份。")
NO_END = N_("“%(text)s”后面的“至”没有接日期。")
OUTSIDE = N_("“%(text)s”不在 %(year)d 年内。")
BACKWARDS = N_("“%(text)s”：结束日期早于开始日期，或相隔超过 31 天。")
WEEKDAY_DIFFERS = N_("“%(text)s”应为周%(weekday)s，请核对日期。")
NO_KIND = N_("“%(text)s”没有写明是休还是班。")
TWICE = N_("%(day)s 写了两次，一次为休，一次为班。")
COUNT_DIFFERS = N_("写明共 %(told)d 天，列出的是 %(listed)d 天。")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in the text that cannot be right, or cannot be read: its line, and why."""

    line: int
    message: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Notice:
    """What was read: day → whether it is off; every doubt; and how many lines name no day at all."""

    days: Mapping[date, bool]
    doubts: tuple[Doubt, ...]
    repeated: int
    passed_over: int


def read_notice(text: str, year: int) -> Notice:
    """The days of one year that a text names; days of other years are doubts."""
    reader = _Reader(year)
    for number, line in enumerate(one_break(text).split("\n"), 1):
        if line.strip():
            reader.read(number, line)
    return Notice(dict(sorted(reader.days.items())), tuple(reader.doubts), reader.repeated, reader.passed_over)


class _Unclear(Exception):
    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message, self.params = message, params


class _Reader:
    """Days wait until a word says whether they are off or worked."""

    def __init__(self, year: int) -> None:
        self.days: dict[date, bool] = {}
        self.doubts: list[Doubt] = []
        self.repeated = self.passed_over = 0
        self._year = year
        self._line = 0
        self._waiting: list[date] = []
        self._last: date | None = None
        self._joining = False
        self._given = 0  # how many days the last word was said of

    def read(self, number: int, line: str) -> None:
        self._line, self._waiting, self._last, self._joining, self._given = number, [], None, False, 0
        tokens = list(_TOKEN.finditer(line))
        if not any(token["day"] for token in tokens):
            self.passed_over += 1
            return
        try:
            for token in tokens:
                self._take(token)
            if self._waiting:
                raise _Unclear(NO_KIND, text=self._waiting[-1].isoformat())
        except _Unclear as unclear:
            self._doubt(unclear.message, **unclear.params)

    def _take(self, token: re.Match[str]) -> None:
        if token["day"]:
            day = self._day(token)
            self._waiting += self._up_to(day) if self._joining else [day]
            self._last, self._joining = day, False
        elif token["to"]:
            self._joining = self._last is not None
        elif token["off"] or token["worked"]:
            self._give(off=bool(token["off"]))
        elif token["count"] and self._given and self._given != int(token["count"]):
            raise _Unclear(COUNT_DIFFERS, told=int(token["count"]), listed=self._given)

    def _day(self, token: re.Match[str]) -> date:
        text = token["day"].strip()
        before = self._last
        if token["only"] and before is None:
            raise _Unclear(NO_MONTH, text=text)
        year = int(token["year"]) if token["year"] else before.year if before else self._year
        month = before.month if token["only"] and before else int(token["month"])
        try:
            day = date(year, month, int(token["only"] or token["dom"]))
        except ValueError:
            raise _Unclear(NO_SUCH_DAY, text=text) from None
        weekday = _WEEKDAYS[day.weekday()]
        if token["weekday"] and token["weekday"].replace("天", "日") != weekday:
            raise _Unclear(WEEKDAY_DIFFERS, text=text, weekday=weekday)
        return day

    def _up_to(self, day: date) -> list[date]:
        """The days behind the last one, up to this one."""
        assert self._last is not None
        span = (day - self._last).days
        if not 0 < span < LONGEST_RANGE:
            raise _Unclear(BACKWARDS, text=f"{self._last} — {day}")
        return [self._last + timedelta(days=n) for n in range(1, span + 1)]

    def _give(self, *, off: bool) -> None:
        if self._joining and self._last:
            raise _Unclear(NO_END, text=self._last.isoformat())
        if not self._waiting:
            return
        self._given = len(self._waiting)
        for day in self._waiting:
            if day.year != self._year:
                self._doubt(OUTSIDE, text=day.isoformat(), year=self._year)
            elif day not in self.days:
                self.days[day] = off
            elif self.days[day] is off:
                self.repeated += 1
            else:
                self._doubt(TWICE, day=day.isoformat())
        self._waiting = []

    def _doubt(self, message: str, **params: object) -> None:
        self.doubts.append(Doubt(self._line, message, params))
