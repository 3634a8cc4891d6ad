"""Builds the seed documents as Word files in official layout, for the story to upload."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from demo.seeds import (
    FUND_USES,
    PROJECT_TYPES,
    SeedDeclaration,
    SeedItem,
    SeedSheet,
    SeedTarget,
    declarations,
    result_tables,
    score_sheets,
)
from perfflow.papers.kinds import Money
from perfflow.papers.numbering import Manner, Numbered, join_numbered
from perfflow.papers.result_paper import Cover, write_result_tables
from perfflow.papers.word_writer import TableCell, paragraph, table, write_word

FOOTER = "文书为公开文件，按提取的文本重新排版，供演示使用"

_DECLARATION_WIDTHS = (2000, 2422, 2422, 2000)
_SCORE_WIDTHS = (1000, 1150, 1500, 2594, 800, 900, 900)
_YUAN = Money(unit="元")


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
            write_word(_declaration(declaration), out, footer=FOOTER)
        yield path


# --- reports


def _report(sheet: SeedSheet) -> Iterator[str]:
    yield paragraph(f"{sheet.heading}\n概述", "Heading1")
    yield paragraph(sheet.intro)
    yield paragraph("一、评价结论和绩效分析\n（一）评价结论", "Heading2")
    yield paragraph(sheet.conclusion)
    yield paragraph("表 1 项目绩效评价指标评分", "Short")
    yield table(_score_rows(sheet), _SCORE_WIDTHS)
    yield paragraph("（二）项目实施情况", "Heading2") + paragraph(sheet.implementation)
    yield paragraph("（三）项目绩效", "Heading2") + paragraph(sheet.performance)
    yield paragraph("二、项目的问题和建议\n（一）存在的问题", "Heading2")
    yield _entries(sheet.findings)
    yield paragraph("（二）建议", "Heading2")
    yield _entries(sheet.suggestions)


def _entries(entries: tuple[Numbered, ...]) -> str:
    return paragraph(join_numbered(entries, Manner()))


def _score_rows(sheet: SeedSheet) -> Iterator[list[TableCell]]:
    names = {item.code: item.name for item in sheet.items}
    yield [
        *(TableCell(text, "Small") for text in ("一级指标", "二级指标")),
        TableCell("三级（及以上）指标", "Small", columns=2),
        *(TableCell(text, "Small") for text in ("权重", "得分率", "绩效分数")),
    ]
    above: SeedItem | None = None
    for item in sheet.leaves:
        yield [
            _group(item, above, 1, names),
            _group(item, above, 2, names),
            *_leaf(item, above, names),
            TableCell(f"{item.weight}", "Small"),
            TableCell(item.rate_filed or "", "Small"),
            TableCell(f"{item.score}", "Small"),
        ]
        above = item
    yield [
        TableCell("合计", "Small", columns=4),
        TableCell(f"{sheet.total_weight}", "Small"),
        TableCell("——", "Small"),
        TableCell(f"{sheet.total}", "Small"),
    ]


def _group(item: SeedItem, above: SeedItem | None, level: int, names: dict[str, str]) -> TableCell:
    """A group's cell, joined with the one above while the group lasts."""
    code = item.code[:level]
    if above and above.code[:level] == code:
        return TableCell("", "Small", merge="continue")
    return TableCell(f"{code}{names[code]}", "Small", merge="restart")


def _leaf(item: SeedItem, above: SeedItem | None, names: dict[str, str]) -> list[TableCell]:
    name = f"{item.code}{item.name}"
    if len(item.code) == 3:
        return [TableCell(name, "Small", columns=2)]
    return [_group(item, above, 3, names), TableCell(name, "Small")]


# --- declarations


def _declaration(form: SeedDeclaration) -> Iterator[str]:
    yield paragraph(f"上海市财政支出项目绩效目标申报表\n({form.form_year}年)", "Heading1")
    yield paragraph(f"申报单位名称：{form.unit_name}", "Small")
    yield table(_declaration_rows(form), _DECLARATION_WIDTHS)


def _declaration_rows(form: SeedDeclaration) -> Iterator[list[TableCell]]:
    yield _row("项目名称", form.project_name)
    yield _row("项目类型", _ticks(PROJECT_TYPES, form.project_type))
    yield _row("资金用途", _ticks(FUND_USES, form.fund_use))
    yield _pair("开始时间", form.start_date.isoformat(), "结束时间", form.end_date.isoformat())
    yield _row("项目概况", form.overview)
    yield _row("立项依据", form.basis)
    yield _row("项目设立的必要性", form.necessity)
    yield _row("保证项目实施的制度、措施", form.safeguards)
    yield _pair(
        "项目总预算（元）", _yuan(form.total_budget_fen), "项目当年预算（元）", _yuan(form.year_budget_fen)
    )
    yield _pair(
        "同名项目上年预算额（元）",
        _yuan(form.prior_budget_fen),
        "同名项目上年预算执行数（元）",
        _yuan(form.prior_paid_fen),
    )
    yield _part(TableCell("项目当年投入资金构成", "Small", merge="restart"), "子项目名称", "预算金额（元）")
    for name, fen in form.sub_projects:
        yield _part(TableCell("", "Small", merge="continue"), name, _yuan(fen))
    yield _row("项目实施计划", _plan(form))
    yield _row("项目总目标", form.overall_goal)
    yield _row("年度绩效目标", form.annual_goal)
    yield [TableCell("分解目标", "Small", columns=4)]
    yield [TableCell(text, "Small") for text in ("一级指标", "二级指标", "三级指标", "指标目标值")]
    above: SeedTarget | None = None
    for target in form.targets:
        same1 = above is not None and above.level1 == target.level1
        same2 = same1 and above is not None and above.level2 == target.level2
        yield [_level(target.level1, same1), _level(target.level2, same2), *_named(target)]
        above = target
    yield _row("备注", form.remarks)


def _row(label: str, text: str) -> list[TableCell]:
    return [TableCell(label, "Small"), TableCell(text, "Small", columns=3)]


def _pair(label: str, text: str, label2: str, text2: str) -> list[TableCell]:
    return [TableCell(cell, "Small") for cell in (label, text, label2, text2)]


def _part(label: TableCell, name: str, amount: str) -> list[TableCell]:
    return [label, TableCell(name, "Small", columns=2), TableCell(amount, "Small")]


def _level(text: str, same: bool) -> TableCell:
    return TableCell("", "Small", merge="continue") if same else TableCell(text, "Small", merge="restart")


def _named(target: SeedTarget) -> list[TableCell]:
    return [TableCell(target.name, "Small"), TableCell(target.filed, "Small")]


def _ticks(options: tuple[str, ...], ticked: str | None) -> str:
    return "　".join(f"{'☑' if option == ticked else '☐'} {option}" for option in options)


def _yuan(fen: int) -> str:
    """Yuan as the form has it: neither unit nor separators."""
    return _YUAN.write(fen).replace(",", "").removesuffix("元")


def _plan(form: SeedDeclaration) -> str:
    return "\n".join(f"{milestone.label}：{milestone.filed}" for milestone in form.milestones)
