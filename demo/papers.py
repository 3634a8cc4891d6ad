"""Builds the seed documents as Word files in official layout, for the story to upload."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from demo.seeds import (
    SeedDeclaration,
    SeedSheet,
    SeedTarget,
    declarations,
    result_tables,
    score_sheets,
)
from perfflow.papers.declaration import Declaration, Milestone, SubProject, Target
from perfflow.papers.declaration_writer import declaration_pages
from perfflow.papers.numbering import Manner, Numbered, join_numbered
from perfflow.papers.result_paper import Cover, write_result_tables
from perfflow.papers.score_sheet import ScoreLine, ScoreSheet
from perfflow.papers.score_sheet_writer import score_table
from perfflow.papers.word_writer import paragraph, write_word

FOOTER = "文书为公开文件，按提取的文本重新排版，供演示使用"


def build(directory: Path) -> list[Path]:
    """Write two result papers, two reports and five declarations; gives their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    return [*_result_papers(directory), *_report_papers(directory), *_declaration_papers(directory)]


def _result_papers(directory: Path) -> Iterator[Path]:
    for (unit_name, title), results in groupby(result_tables(), lambda one: (one.unit_name, one.cover_title)):
        path = directory / f"{unit_name}{title}.docx"
        with path.open("wb") as out:
            tables = (result.table for result in results)
            write_result_tables(tables, out, cover=Cover(unit_name, title), footer=FOOTER)
        yield path


def _report_papers(directory: Path) -> Iterator[Path]:
    for sheet in score_sheets().values():
        path = directory / f"{sheet.project_name}绩效评价报告.docx"
        with path.open("wb") as out:
            write_word(_report(sheet), out, footer=FOOTER)
        yield path


def _declaration_papers(directory: Path) -> Iterator[Path]:
    for declaration in declarations():
        path = directory / f"{declaration.project_name}绩效目标申报表.docx"
        with path.open("wb") as out:
            write_word(declaration_pages([declaration_of(declaration)]), out, footer=FOOTER)
        yield path


# --- reports


def _report(sheet: SeedSheet) -> Iterator[str]:
    yield paragraph(f"{sheet.heading}\n概述", "Heading1")
    yield paragraph(sheet.intro)
    yield paragraph("一、评价结论和绩效分析\n（一）评价结论", "Heading2")
    yield paragraph(sheet.conclusion)
    yield paragraph("表 1 项目绩效评价指标评分", "Short")
    yield score_table(sheet_of(sheet))
    yield paragraph("（二）项目实施情况", "Heading2") + paragraph(sheet.implementation)
    yield paragraph("（三）项目绩效", "Heading2") + paragraph(sheet.performance)
    yield paragraph("二、项目的问题和建议\n（一）存在的问题", "Heading2")
    yield _entries(sheet.findings)
    yield paragraph("（二）建议", "Heading2")
    yield _entries(sheet.suggestions)


def _entries(entries: tuple[Numbered, ...]) -> str:
    return paragraph(join_numbered(entries, Manner()))


def sheet_of(sheet: SeedSheet) -> ScoreSheet:
    """The score table as a paper has it."""
    lines = (
        ScoreLine(one.code, one.name, len(one.code), one.weight, one.rate_filed or "", one.score)
        for one in sheet.items
    )
    return ScoreSheet(tuple(lines), sheet.total)


# --- declarations


def declaration_of(form: SeedDeclaration) -> Declaration:
    """The form as a paper has it; ticks the extraction lost stay empty."""
    return Declaration(
        project_name=form.project_name,
        unit_name=form.unit_name,
        form_year=form.form_year,
        project_type=form.project_type or "",
        fund_use=form.fund_use or "",
        start_date=form.start_date,
        end_date=form.end_date,
        overview=form.overview,
        basis=form.basis,
        necessity=form.necessity,
        safeguards=form.safeguards,
        total_budget_fen=form.total_budget_fen,
        year_budget_fen=form.year_budget_fen,
        prior_budget_fen=form.prior_budget_fen,
        prior_paid_fen=form.prior_paid_fen,
        sub_projects=tuple(SubProject(name, fen) for name, fen in form.sub_projects),
        milestones=tuple(Milestone(one.label, one.day, one.filed) for one in form.milestones),
        overall_goal=form.overall_goal,
        annual_goal=form.annual_goal,
        targets=tuple(_target(one) for one in form.targets),
        remarks=form.remarks,
    )


def _target(one: SeedTarget) -> Target:
    number = "" if one.number is None else str(one.number)
    return Target(one.level1, one.level2, one.name, one.filed, one.operator or "", number, one.unit)
