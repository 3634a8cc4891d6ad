"""Numbered findings and suggestions in one cell, and the manner a unit writes its papers in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from perfflow.papers.kinds import Money, Score
from perfflow.papers.text import folded

_DIGITS = "零一二三四五六七八九十"
_NONE = frozenset({"", "无", "暂无", "没有", "无问题", "未发现问题", "不适用", "/", "-", "--", "—", "——"})
_OTHER_MARKS = frozenset({'""', "「」", "『』", "‘’", "＂＂"})
# the first of each row of numbers that are one character
_CIRCLED = "①⑴⒈❶㈠"

# Number and mark. A point before a digit is a decimal ("1.5万元"), unless a year follows ("1.2018年").
_MARK = (
    r"(?:(?P<arabic>\d{1,2})(?P<mark>、|[)）]|[.．](?:(?!\d)|(?=\d{4}年)) ?)"
    r"|(?P<chinese>[一二三四五六七八九十]{1,3})(?P<comma>、)"
    r"|(?P<circled>[①-⒛❶-❿㈠-㈩])"
    r"|[(（](?:(?P<inner>\d{1,2})|(?P<inner_chinese>[一二三四五六七八九十]{1,3}))[)）])"
)
_AT_START = re.compile(rf"[ \t\u3000]*{_MARK}")
# Where a page break fell exactly between two entries, the break between their paragraphs is lost:
# the next number then follows the end of a sentence.
_INSIDE = re.compile(rf"(?<=[。；！？;])(?P<gap>[ \t\u3000]*){_MARK}")
# Weaker signs: only a row of them from 1 on, each at the start of a paragraph, numbers anything.
_ANY_NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_WEAK = re.compile(
    rf"[ \t\u3000]*(?:(?P<word>问题|建议|意见)[ \u3000]?(?P<counted>{_ANY_NUMBER})[、.．:：,，]?"
    rf"|第(?P<ordinal>{_ANY_NUMBER})(?:[条点个][、.．:：,，]?|[、:：,，])"
    r"|(?P<one_is>[一二三四五六七八九十]{1,3})是[:：,，]?"
    r"|(?P<section>\d{1,2}\.)(?P<in_section>\d{1,2})(?![\d.%])[、.．]?"
    r"|(?P<bare>\d{1,2})(?:[,，:：]|[ \t\u3000]+)(?![\d年月日个项]))[ \t\u3000]*"
)
_ALONE = re.compile(r"(?:问题|建议|意见|事项|第)?[(]?(\d{1,9}|[一二三四五六七八九十]{1,3})[)、.]?[条项个号]?")
_SAID_INSIDE = re.compile("(?:^|[。；;：:，,])一是.*[。；;，,]二是", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Numbered:
    """One finding or suggestion. Paragraphs of the text are separated by newlines.

    `glued` says that it follows the entry before it without a paragraph break, as filed.
    """

    number: int
    title: str | None
    text: str
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """How a unit writes its result tables."""

    quote_names: bool = True
    score_suffix: bool = True
    trim_decimals: bool = True
    number_style: Literal["、", ". "] = "、"
    title_own_line: bool = True


def split_numbered(text: str) -> tuple[Numbered, ...]:
    """The numbered entries of a cell. Text without any number is one entry; "无" and nothing are none."""
    if text.strip().rstrip("。") in _NONE:
        return ()
    _, entries = _split(text)
    return entries or (Numbered(1, None, text),)


def lead_in(text: str) -> str:
    """What stands before the first number; it belongs to no entry."""
    before, entries = _split(text)
    return before if entries else ""


def unnumbered(text: str) -> bool:
    """Whether a text without numbers may hold more than the one entry it is read as."""
    if text.strip().rstrip("。") in _NONE or _split(text)[1]:
        return False
    return sum(bool(line.strip()) for line in text.split("\n")) > 1 or bool(_SAID_INSIDE.search(text))


def number_of(text: str) -> int | None:
    """The number a cell of numbers holds: "1", "（1）", "一", "问题1"; None where it is none."""
    found = _ALONE.fullmatch(folded(text))
    if found is None:
        return None
    return int(found[1]) if found[1].isdecimal() else _chinese(found[1])


def join_numbered(items: Iterable[Numbered], manner: Manner) -> str:
    """The entries as one text, in the unit's manner; the inverse of split_numbered()."""
    text = ""
    for item in items:
        between = "\n" if manner.title_own_line else ""
        body = item.text if item.title is None else f"{item.title}{between}{item.text}"
        text += ("" if not text or item.glued else "\n") + f"{item.number}{manner.number_style}{body}"
    return text


def format_amount(fen: int, manner: Manner) -> str:
    """1,374.74万元 or 9,459.70万元; more decimals when the amount needs them, never rounded."""
    return Money(trim=manner.trim_decimals).write(fen)


def format_score(hundredths: int, manner: Manner) -> str:
    """91.8分 or 88.74. Both kinds of papers trim scores, also those that keep decimals of amounts."""
    return Score(suffix=manner.score_suffix).write(Decimal(hundredths) / 100)


def format_name(name: str, manner: Manner) -> str:
    """The project's name, in quotation marks where the unit writes them."""
    return f"“{name}”" if manner.quote_names and bare_name(name) == name else name


def bare_name(name: str) -> str:
    """The name without quotation marks around the whole of it; marks around a part of it stay."""
    name = name.strip()
    if len(name) > 2 and name[0] + name[-1] in _OTHER_MARKS and not set(name[1:-1]) & {name[0], name[-1]}:
        return name[1:-1].strip()
    if not (name.startswith("“") and name.endswith("”")):
        return name
    depth = 0
    for place, character in enumerate(name):
        depth += (character == "“") - (character == "”")
        if depth == 0:
            return name[1:-1] if place == len(name) - 1 else name
    return name


def _split(text: str) -> tuple[str, tuple[Numbered, ...]]:
    """The text before the first number, and the entries."""
    before, entries = _marked(text)
    return (before, entries) if entries else _counted(text)


def _counted(text: str) -> tuple[str, tuple[Numbered, ...]]:
    """Entries by weaker signs ("一是", "问题1：", "4.1"), where they count from 1 without a gap, to 2 at least."""
    before: list[str] = []
    entries: list[list[str]] = []
    style = ""
    for paragraph in text.split("\n"):
        sign = _WEAK.match(paragraph)
        if sign and _weak_number(sign) == len(entries) + 1 and style in {"", _weak_style(sign)}:
            style = _weak_style(sign)
            entries.append([paragraph[sign.end() :]])
        else:
            (entries[-1] if entries else before).append(paragraph)
    if len(entries) < 2:
        return text, ()
    return "\n".join(before), tuple(_entry(at, False, lines) for at, lines in enumerate(entries, 1))


def _weak_number(sign: re.Match[str]) -> int:
    digits = sign["counted"] or sign["ordinal"] or sign["one_is"] or sign["in_section"] or sign["bare"]
    return int(digits) if digits.isdecimal() else _chinese(digits)


def _weak_style(sign: re.Match[str]) -> str:
    return sign["word"] or sign["section"] or next(name for name in ("ordinal", "one_is", "bare") if sign[name])


def _marked(text: str) -> tuple[str, tuple[Numbered, ...]]:
    before: list[str] = []
    entries: list[tuple[int, bool, list[str]]] = []
    style = ""
    for paragraph in text.split("\n"):
        last = entries[-1][0] if entries else 0
        start = 0
        marker = _AT_START.match(paragraph)
        if marker and _number(marker) > last and style in {"", _style(marker)}:
            style, last, start = _style(marker), _number(marker), marker.end()
            entries.append((last, False, []))
        for inside in _INSIDE.finditer(paragraph, start) if entries else ():
            if _style(inside) == style and _number(inside) == last + 1:
                entries[-1][2].append(paragraph[start : inside.end("gap")])
                last, start = _number(inside), inside.end()
                entries.append((last, True, []))
        (entries[-1][2] if entries else before).append(paragraph[start:])
    return "\n".join(before), tuple(_entry(*parts) for parts in entries)


def _style(marker: re.Match[str]) -> str:
    """What two numbers of one list have in common."""
    mark = marker["mark"]
    if mark:
        return {"．": ".", "）": ")"}.get(mark.strip(), mark.strip())
    if marker["comma"]:
        return "一、"
    if marker["circled"]:
        return _row_of(marker["circled"])
    return "(1)" if marker["inner"] else "(一)"


def _number(marker: re.Match[str]) -> int:
    if marker["circled"]:
        return ord(marker["circled"]) - ord(_row_of(marker["circled"])) + 1
    digits = marker["arabic"] or marker["inner"]
    return int(digits) if digits else _chinese(marker["chinese"] or marker["inner_chinese"])


def _row_of(circled: str) -> str:
    return max(first for first in _CIRCLED if first <= circled)


def _chinese(digits: str) -> int:
    tens, ten, ones = digits.rpartition("十")
    if not ten:
        return _DIGITS.index(ones[-1])
    return (_DIGITS.index(tens[-1]) if tens else 1) * 10 + (_DIGITS.index(ones[-1]) if ones else 0)


def _entry(number: int, glued: bool, paragraphs: list[str]) -> Numbered:
    if len(paragraphs) == 1:
        return Numbered(number, None, paragraphs[0], glued)
    return Numbered(number, paragraphs[0], "\n".join(paragraphs[1:]), glued)
