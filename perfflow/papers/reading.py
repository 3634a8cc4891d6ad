"""Reads a file as the papers it holds, whatever they are called and wherever they stand in it."""

from collections.abc import Iterator
from dataclasses import replace

from perfflow.papers.blocks import Document
from perfflow.papers.declaration_reader import declarations_of
from perfflow.papers.excel_reader import read_excel
from perfflow.papers.findings_reader import findings_of
from perfflow.papers.package import FileKind, RefusedFile, identify
from perfflow.papers.paper import KIND_LABELS, Paper, PaperKind
from perfflow.papers.rectification_list import rectification_of
from perfflow.papers.report_reader import report_of
from perfflow.papers.result_paper import ReadResult, ResultPaper, result_tables_of
from perfflow.papers.result_table import RESULT_FORM
from perfflow.papers.score_reader import SheetReading, score_sheets_of
from perfflow.papers.spec import Problem
from perfflow.papers.text import N_
from perfflow.papers.word_reader import read_word

NO_PAPER = N_("文件中没有找到可以读入的表格或报告。请核对是否选对了文件。")
NOT_THIS = N_("文件中没有找到%(wanted)s。请核对是否选对了文件。")
ANOTHER = N_("这像是%(found)s，您正在上传%(wanted)s。请核对是否选对了文件。")
ONLY_OFFICE = N_("只能读入 .docx 和 .xlsx 文件。")


def read(data: bytes, name: str, kind: PaperKind | None = None) -> list[Paper]:
    """Every paper of a .docx or .xlsx file; of one kind where that is given.

    Raises RefusedFile for a file that is not fit to open, holds none, or holds another kind.
    """
    found = identify(name, data)
    if found is FileKind.DOCX:
        papers = papers_of(read_word(data), kind)
    elif found is FileKind.XLSX:
        papers = _of_excel(data, kind)
    else:
        raise RefusedFile(ONLY_OFFICE)
    wanted = [paper for paper in papers if kind is None or paper.kind is kind]
    if wanted:
        return wanted
    if kind is None:
        raise RefusedFile(NO_PAPER)
    if not papers:
        raise RefusedFile(NOT_THIS, {"wanted": KIND_LABELS[kind]})
    kinds = dict.fromkeys(KIND_LABELS[paper.kind] for paper in papers)
    raise RefusedFile(ANOTHER, {"found": "、".join(kinds), "wanted": KIND_LABELS[kind]})


def papers_of(document: Document, kind: PaperKind | None = None) -> list[Paper]:
    """The papers a document holds. A score sheet and lists inside a report are the report's, unless asked for."""
    found = _found(document, kind)
    said = {place.partition(" ")[0] for paper in found for place in _places(paper)}
    lost = [
        (f"{grid.place(number)}（单元格内的表）", " | ".join(cell.text for cell in cells if cell.text))
        for grid in document.grids
        if grid.nested and grid.name not in said
        for number, cells in grid.rows
        if any(cell.text for cell in cells)
    ]
    if not lost or not found:
        return found
    return [replace(found[0], unplaced=(*found[0].unplaced, *lost)), *found[1:]]


def _places(paper: Paper) -> Iterator[str]:
    """Every place from which something was read, or of which something was said."""
    yield from paper.places.values()
    yield from (problem.place for problem in paper.problems)
    yield from (place for place, _text in paper.unplaced)


def _found(document: Document, kind: PaperKind | None) -> list[Paper]:
    results = [_result(one, document) for one in result_tables_of(document)]
    declarations = [
        Paper(
            PaperKind.DECLARATION, one.declaration, (*one.problems, *document.notes), one.places, one.filed,
            one.unplaced,
        )
        for one in declarations_of(document)
    ]  # fmt: skip
    sheets = [_sheet(one, document) for one in score_sheets_of(document)]
    rectification = _rectification(document)
    if results or declarations or rectification:
        # tables beside these are rows of theirs
        return [*declarations, *results, *rectification, *(sheets if not results and not declarations else ())]
    report = _report(document)
    lists = _findings(document)
    if not report:
        return [*sheets, *lists]
    return report if kind in (None, PaperKind.REPORT) else [*report, *sheets, *lists]


def _of_excel(data: bytes, kind: PaperKind | None) -> list[Paper]:
    """A sheet whose weights add up to 100 only with its hidden rows is read with them."""
    papers = papers_of(read_excel(data), kind)
    if any(paper.kind is PaperKind.SCORE_SHEET and _short_of_100(paper) for paper in papers):
        with_hidden = papers_of(read_excel(data, hidden=True), kind)
        if with_hidden and not any(_short_of_100(paper) for paper in with_hidden):
            message = N_("表中有隐藏的行，权重要加上它们才合计 100，已一并读入。请核对。")
            return [
                replace(paper, problems=(*paper.problems, Problem("整个文件", message))) for paper in with_hidden
            ]
    return papers


def _short_of_100(paper: Paper) -> bool:
    return any(problem.msgid.startswith("末级指标的权重合计") for problem in paper.problems)


def _result(one: ReadResult, document: Document) -> Paper:
    reading = one.reading
    filed = {key: reading.texts[key] for key in RESULT_FORM.keys if reading.texts.get(key)}
    problems = (*one.problems, *document.notes)
    values = ResultPaper(one.table, one.values, one.cover)
    return Paper(PaperKind.RESULT_TABLE, values, problems, reading.places, filed, tuple(reading.unplaced))


def _sheet(one: SheetReading, document: Document) -> Paper:
    return Paper(
        PaperKind.SCORE_SHEET, one.sheet, (*one.problems, *document.notes), one.places, one.filed, one.unplaced
    )


def _report(document: Document) -> list[Paper]:
    one = report_of(document)
    if one is None:
        return []
    return [Paper(PaperKind.REPORT, one.report, one.problems, one.places, one.filed, one.unplaced)]


def _findings(document: Document) -> list[Paper]:
    one = findings_of(document)
    if one is None or not (one.listed.findings or one.listed.suggestions):
        return []
    problems = (*one.problems, *document.notes)
    return [Paper(PaperKind.FINDINGS, one.listed, problems, one.places, {}, one.unplaced)]


def _rectification(document: Document) -> list[Paper]:
    one = rectification_of(document)
    if one is None:
        return []
    problems = (*one.problems, *document.notes)
    return [Paper(PaperKind.RECTIFICATION, one.listed, problems, one.places, {}, one.unplaced)]

