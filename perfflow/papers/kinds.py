"""The kinds of values papers hold: each one read() and one write().

read() takes the text as filed and raises Unreadable with a sentence when it is no such value;
write() gives the text for the paper. read(write(value)) is always value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from perfflow.papers.text import N_, folded, shown

FEN = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}
# Far above any budget, far below what a 64-bit column holds.
MAX_FEN = 10**16
MAX_WHOLE = 2**31 - 1

_NUMBER = r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3}){1,6}|\d{1,20})(?:\.\d{1,10})?)"
_UNIT = "亿元?|万元?|元"
_MONEY = re.compile(rf"(?:人民币|¥)?:?{_NUMBER}(?:(?P<unit>{_UNIT})整?|\((?P<in_brackets>{_UNIT})\))?。?", re.ASCII)
_SCORE = re.compile(rf"{_NUMBER}(?:分|\(分\))?(?:/100分?|\(满分为?100分?\))?。?", re.ASCII)
_DAY = re.compile(
    r"(?:(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})日?|(\d{4})(\d\d)(\d\d))"
    r"(?:\((?:星期|周).\))?(?:00:00(?::00)?)?",
    re.ASCII,
)
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_IN_WORDS = re.compile("([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日")


class Unreadable(ValueError):
    """The text is not a value of this kind. str() is the whole sentence, msgid and params its parts."""

    def __init__(self, msgid: str, params: Mapping[str, str]) -> None:
        super().__init__(msgid % params)
        self.msgid = msgid
        self.params = params


@dataclass(frozen=True, slots=True)
class Text:
    """Any text, exactly as filed."""

    def read(self, text: str) -> str:
        return text

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number that is not negative."""

    def read(self, text: str) -> int:
        found = re.fullmatch(_NUMBER, folded(text), re.ASCII)
        number = _decimal(found) if found else None
        if number is None or number != int(number) or not 0 <= number <= MAX_WHOLE:
            raise Unreadable(N_("“%(text)s”不是整数。请只写数字，例如 12。"), {"text": shown(text)})
        return int(number)

    def write(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, in whole fen. `bare` is the unit of a number that names none; without it that is refused.

    `trim` drops zeros at the end; otherwise two decimals stand at least. More are written when the
    amount needs them: the paper never says less than the amount.
    """

    unit: Literal["元", "万元", "亿元"] = "万元"
    trim: bool = True
    bare: Literal["元", "万元", "亿元"] | None = None

    def read(self, text: str) -> int:
        named = {"text": shown(text)}
        found = _MONEY.fullmatch(folded(text))
        if found is None:
            raise Unreadable(N_("“%(text)s”不是金额。请写成例如 1,374.74万元。"), named)
        unit = found["unit"] or found["in_brackets"] or self.bare
        if unit is None and not _decimal(found):
            return 0  # in every unit
        if unit is None:
            raise Unreadable(N_("“%(text)s”没有写明单位。请写成例如 1,374.74万元 或 13,747,400元。"), named)
        fen = _decimal(found) * FEN[unit if unit.endswith("元") else unit + "元"]
        if fen != int(fen):
            raise Unreadable(N_("“%(text)s”有不足一分的零头。请核对金额和单位。"), named)
        if not 0 <= fen <= MAX_FEN:
            raise Unreadable(N_("“%(text)s”超出可以办理的金额范围。请核对金额和单位。"), named)
        return int(fen)

    def write(self, value: int) -> str:
        amount = f"{(Decimal(value) / FEN[self.unit]).normalize():,f}"
        if not self.trim:
            whole, _, decimals = amount.partition(".")
            amount = f"{whole}.{decimals:0<2}"
        return f"{amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, written 2019-1-1, 2019年1月1日, 2019.1.1, 2019/1/1, 20190101 or 二〇一九年一月一日."""

    def read(self, text: str) -> date:
        plain = folded(text)
        words = _IN_WORDS.fullmatch(plain)
        found = _DAY.fullmatch(plain)
        try:
            if words is not None:
                return date(int(words[1].translate(_DIGITS)), _to_31(words[2]), _to_31(words[3]))
            if found is None:
                raise ValueError
            year, month, day = (int(part) for part in found.groups() if part)
            return date(year, month, day)
        except ValueError:
            raise Unreadable(
                N_("“%(text)s”不是日期。请写成例如 2019-12-31。"), {"text": shown(text)}
            ) from None

    def write(self, value: date) -> str:
        return value.isoformat()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the given words."""

    options: tuple[str, ...]

    def read(self, text: str) -> str:
        for option in self.options:
            if folded(option) == folded(text):
                return option
        raise Unreadable(
            N_("“%(text)s”不在可选的“%(options)s”之内。"),
            {"text": shown(text), "options": "、".join(self.options)},
        )

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Score:
    """A score between 0 and 100, exact to hundredths. Zeros at the end are never written."""

    suffix: bool = True

    def read(self, text: str) -> Decimal:
        found = _SCORE.fullmatch(folded(text))
        score = _decimal(found) if found else None
        if score is None or not 0 <= score <= 100 or score != score.quantize(Decimal("0.01")):
            raise Unreadable(
                N_("“%(text)s”不是分值。请写 0 到 100 之间、至多两位小数的数，例如 91.8分。"),
                {"text": shown(text)},
            )
        return score

    def write(self, value: Decimal) -> str:
        return f"{value.normalize():f}{'分' if self.suffix else ''}"


def _to_31(words: str) -> int:
    """十二 → 12, 二十 → 20, 三十一 → 31."""
    tens, ten, ones = words.rpartition("十")
    whole = int(tens.translate(_DIGITS) or 1) * 10 if ten else 0
    return whole + int(ones.translate(_DIGITS) or 0)


def _decimal(found: re.Match[str]) -> Decimal:
    return Decimal(found["number"].replace(",", ""))
