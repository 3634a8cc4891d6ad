"""What the papers of an office have in common: days and numbers in words, headings by level, the signature."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from perfflow.papers.word_writer import paragraph

_DIGITS = "零一二三四五六七八九"
BLANK_DAY = "　　　　年　　月　　日"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Between whom a paper goes, about which project, and on what day; a paper without a day is dated by hand."""

    unit: str
    office: str
    project: str
    code: str
    year: int
    day: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding or a suggestion as a paper prints it."""

    number: int
    title: str
    text: str

    @property
    def whole(self) -> str:
        """In one cell: number and title above the text."""
        return f"{self.number}. {self.title}\n{self.text}" if self.title else f"{self.number}. {self.text}"


def day_words(day: date) -> str:
    """2026年6月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def counted(number: int) -> str:
    """1 → 一, 10 → 十, 21 → 二十一; what is more than 99 stays in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def sections(parts: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    """一、…, 二、… with what stands under each."""
    for number, (heading, pieces) in enumerate(parts, 1):
        yield paragraph(f"{counted(number)}、{heading}", "Heading2")
        yield from pieces


def entries(rows: Iterable[Entry], after: Iterable[str] = ()) -> Iterator[str]:
    """（一）title, and the text below it; of one without a title the text begins in the same line. Each may have one
    more paragraph behind it."""
    behind = iter(after)
    for row in rows:
        mark = f"（{counted(row.number)}）"
        yield paragraph(mark + row.title, "Heading3") + paragraph(row.text) if row.title else paragraph(mark + row.text)
        more = next(behind, "")
        if more:
            yield paragraph(more)


def signature(name: str, day: date | None) -> str:
    """Who signs, and when, at the right; never alone on a page."""
    lines = f"{name}\n{day_words(day) if day else BLANK_DAY}"
    return paragraph("", "Normal", joined=True) + paragraph(lines, "Sign")
