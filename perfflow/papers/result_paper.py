"""绩效评价结果信息表 in Word, there and back; its spec is papers/result_table.py."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import pairwise
from typing import BinaryIO

from perfflow.papers.blocks import Document
from perfflow.papers.form_reader import FormReading, read_forms
from perfflow.papers.numbering import Numbered, bare_name, lead_in, split_numbered, unnumbered
from perfflow.papers.result_table import RESULT_FORM, ResultTable
from perfflow.papers.spec import Problem
from perfflow.papers.text import N_, folded, shown, start_folded
from perfflow.papers.ticks import ticked
from perfflow.papers.word_reader import read_word
from perfflow.papers.word_writer import form_table, paragraph, write_word

GRADES = ("优秀", "良好", "合格", "不合格", "较差", "一般", "优", "良", "中", "差")
_GRADE = re.compile(
    rf"(?:(?:评价)?(?:等级|结论|评级)(?:为|:)?)?[\"“‘]?(?P<grade>{'|'.join(GRADES)})[\"”’]?等?级?(?:\([^()]*\))?。?"
)


@dataclass(frozen=True, slots=True)
class Cover:
    """The unit, and a title like 2018年度财政支出项目绩效评价结果; each on a line of its own."""

    unit_name: str
    title: str


@dataclass(frozen=True, slots=True)
class ResultValues:
    """What was read from the strings; None where a string could not be read."""

    project_name: str
    final_amount_fen: int | None
    score: Decimal | None
    grade: str
    findings: tuple[Numbered, ...]
    suggestions: tuple[Numbered, ...]


@dataclass(frozen=True, slots=True)
class ResultPaper:
    """One table of a file as filed and as read, with the cover it stands under."""

    table: ResultTable
    values: ResultValues
    cover: Cover | None


@dataclass(frozen=True, slots=True)
class ReadResult(ResultPaper):
    """One table with every problem met, and where its rows stood."""

    problems: tuple[Problem, ...]
    reading: FormReading


def write_result_tables(
    tables: Iterable[ResultTable], out: BinaryIO, *, cover: Cover | None = None, footer: str = ""
) -> None:
    """Write the tables as one Word file, each on a page of its own, as they come."""
    write_word(_pages(tables, cover), out, footer=footer)


def read_result_tables(source: BinaryIO) -> list[ReadResult]:
    """Every result table of a Word file. Raises RefusedFile for a file not fit to open."""
    return result_tables_of(read_word(source.read()))


def result_tables_of(document: Document) -> list[ReadResult]:
    """Every result table of a document, each with the cover above it."""
    results = []
    cover = None
    for reading in read_forms(document, RESULT_FORM):
        cover = _cover(reading.above) or cover
        results.append(_result(reading, cover))
    return results


def _pages(tables: Iterable[ResultTable], cover: Cover | None) -> Iterator[str]:
    if cover:
        yield paragraph(cover.unit_name, "Subtitle") + paragraph(cover.title, "Title")
    new_page = cover is not None
    for table in tables:
        yield form_table(RESULT_FORM, asdict(table), new_page=new_page)
        new_page = True


def _result(reading: FormReading, cover: Cover | None) -> ReadResult:
    filed = ResultTable(**{key: reading.texts.get(key, "") for key in RESULT_FORM.keys})
    values = ResultValues(
        project_name=bare_name("".join(filed.project_name.split("\n"))),
        final_amount_fen=reading.value(RESULT_FORM["final_amount"]),
        score=reading.value(RESULT_FORM["score"]),
        grade=_grade(reading),
        findings=_entries(reading, "findings"),
        suggestions=_entries(reading, "suggestions"),
    )
    return ReadResult(filed, values, cover, tuple(reading.problems), reading)


def _grade(reading: FormReading) -> str:
    """The grade by itself: it may be ticked, stand in quotation marks or beside the score."""
    text = reading.texts.get("grade", "").strip()
    found = _GRADE.fullmatch(folded(text))
    if found:
        return found["grade"]
    marked = ticked(text, GRADES)
    if len(marked) == 1:
        return marked[0]
    if len(marked) > 1 or len(set(re.findall("[优良中差]", text))) > 1:
        message = N_("“%(text)s”不是一个评价结论。请只写一个，例如 优。")
        reading.say(RESULT_FORM["grade"], message, {"text": shown(text)})
        return ""
    return text


def _entries(reading: FormReading, key: str) -> tuple[Numbered, ...]:
    text = reading.texts.get(key, "")
    entries = split_numbered(text)
    if unnumbered(text):
        reading.say(RESULT_FORM[key], N_("文字没有编号，已作为一条读入。请核对。"))
    if lead_in(text).strip():
        reading.say(RESULT_FORM[key], N_("第一个编号之前的文字没有归入任何一条。请核对。"))
    if [entry.number for entry in entries] != list(range(1, len(entries) + 1)):
        reading.say(RESULT_FORM[key], N_("编号不连续。请核对是否有遗漏。"))
    return entries


def _cover(above: tuple[str, ...]) -> Cover | None:
    """Unit and title from the paragraphs above a table; the unit stands over the title."""
    lines = [line.strip() for line in above if start_folded(line) != folded(RESULT_FORM.title)]
    for unit, title in pairwise(lines):
        if re.search("绩效评价结果$", start_folded(title)):
            return Cover(unit, title)
    return Cover(*lines) if len(lines) == 2 else None
