"""The papers of the demo as other programs write them: with python-docx, by LibreOffice from HTML, and as WPS users
leave them, with merged, split and continued rows, blanks in labels and full-width digits.

A paper is a list of lines and tables; a table is rows of cells that may span columns and rows.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

import docx
from docx.oxml.ns import qn

from demo.papers import declaration_of, sheet_of
from demo.seeds import SeedDeclaration, SeedResult, SeedSheet
from perfflow.papers.declaration import DECLARATION_FORM, Declaration
from perfflow.papers.declaration_writer import bare_yuan, plan_text
from perfflow.papers.numbering import Manner, join_numbered
from perfflow.papers.result_table import RESULT_FORM
from perfflow.papers.score_sheet import ScoreLine, ScoreSheet
from perfflow.rules.declaration import FUND_USES, PROJECT_TYPES
from tests.papers.word import p, tbl, tc, tr, word


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell: newlines separate paragraphs. `kind`: "label", "short" or "long", which is how WPS users treat it."""

    text: str
    across: int = 1
    down: int = 1
    kind: str = "short"


@dataclass(frozen=True, slots=True)
class Line:
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    columns: int
    rows: list[list[Spot]] = field(default_factory=list)


Paper = Sequence[Line | Table]


def _label(text: str, **spans: int) -> Spot:
    return Spot(text, kind="label", **spans)


# ---------------------------------------------------------------- the papers


def results(tables: Sequence[SeedResult]) -> Paper:
    """A cover and its tables."""
    blocks: list[Line | Table] = [Line(tables[0].unit_name), Line(tables[0].cover_title)]
    for one in tables:
        rows = [
            [_label(row.label), Spot(getattr(one.table, row.key), kind="long" if row.long else "short")]
            for row in RESULT_FORM.fields
        ]
        blocks += [Line(RESULT_FORM.title), Table(2, rows)]
    return blocks


def report(sheet: SeedSheet) -> Paper:
    """A whole report."""
    lines = [
        sheet.heading, "概述", *sheet.intro.split("\n"), "一、评价结论和绩效分析", "（一）评价结论",
        *sheet.conclusion.split("\n"), "表 1 项目绩效评价指标评分",
    ]  # fmt: skip
    after = [
        "（二）项目实施情况", *sheet.implementation.split("\n"), "（三）项目绩效", *sheet.performance.split("\n"),
        "二、项目的问题和建议", "（一）存在的问题", *join_numbered(sheet.findings, Manner()).split("\n"),
        "（二）建议", *join_numbered(sheet.suggestions, Manner()).split("\n"),
    ]  # fmt: skip
    return [*map(Line, lines), score_table(sheet_of(sheet)), *map(Line, after)]


def score_table(sheet: ScoreSheet) -> Table:
    """Groups span their leaves, as the published reports have it; C prints the sum of its weights in its cell."""
    heads = [
        _label("一级\n指标"), _label("二级指标"), _label("三级（及以上）指标", across=2), _label("权\n重"),
        _label("得分率"), _label("绩效\n分数"),
    ]  # fmt: skip
    rows = [heads]
    groups: list[ScoreLine] = []
    for line in sheet.items:
        if any(_under(other, line) for other in sheet.items):
            groups.append(line)
            continue
        row = [
            Spot(f"{one.code}\n{one.name}{'65' if one.code == 'C' else ''}", down=_leaves(sheet, one), kind="group")
            for one in groups
        ]
        groups.clear()
        row.append(Spot(f"{line.code}{line.name}", across=5 - line.level))
        rows.append([*row, *(Spot(text) for text in (f"{line.weight}", line.rate_filed, f"{line.score}"))])
    rows.append([Spot("合计", across=4), Spot("100"), Spot("——"), Spot(f"{sheet.total}")])
    return Table(7, rows)


def _under(one: ScoreLine, group: ScoreLine) -> bool:
    return one.code != group.code and one.code.startswith(group.code)


def _leaves(sheet: ScoreSheet, group: ScoreLine) -> int:
    return sum(_under(one, group) for one in sheet.items if one.weight is not None)


def declarations(forms: Sequence[SeedDeclaration]) -> Paper:
    """Several forms in one file."""
    blocks: list[Line | Table] = []
    for form in map(declaration_of, forms):
        blocks += [
            Line(DECLARATION_FORM.title), Line(f"({form.form_year}年)"), Line(f"申报单位名称：{form.unit_name}"),
            Table(4, list(_form_rows(form))),
        ]  # fmt: skip
    return blocks


def _form_rows(form: Declaration) -> Iterator[list[Spot]]:
    def short(key: str, text: str) -> list[Spot]:
        return [_label(DECLARATION_FORM[key].label), Spot(text, across=3)]

    def pair(one: str, text: str, two: str, text2: str) -> list[Spot]:
        return [_label(DECLARATION_FORM[one].label), Spot(text), _label(DECLARATION_FORM[two].label), Spot(text2)]

    def long(key: str, text: str) -> list[Spot]:
        return [_label(DECLARATION_FORM[key].label), Spot(text, across=3, kind="long")]

    yield short("project_name", form.project_name)
    # the form of the office: the box behind the words
    yield short("project_type", _boxes(PROJECT_TYPES, form.project_type))
    yield short("fund_use", _boxes(FUND_USES, form.fund_use))
    yield pair("start_date", str(form.start_date), "end_date", str(form.end_date))
    for key in ("overview", "basis", "necessity", "safeguards"):
        yield long(key, getattr(form, key))
    yield pair("total_budget_fen", bare_yuan(form.total_budget_fen), "year_budget_fen", bare_yuan(form.year_budget_fen))
    yield pair("prior_budget_fen", bare_yuan(form.prior_budget_fen), "prior_paid_fen", bare_yuan(form.prior_paid_fen))
    yield [Spot(""), _label("子项目名称", across=2), _label("预算金额（元）")]
    for one in form.sub_projects:
        yield [_label("项目当年投入资金构成"), Spot(one.name, across=2), Spot(bare_yuan(one.amount_fen))]
    yield [_label("项目实施计划"), Spot(plan_text(form.milestones), across=3)]
    yield long("overall_goal", form.overall_goal)
    yield long("annual_goal", form.annual_goal)
    yield [_label("分解目标", across=4)]
    yield [_label(text) for text in ("一级指标", "二级指标", "三级指标", "指标目标值")]
    above = ("", "")
    for at, one in enumerate(form.targets):
        rest = form.targets[at:]
        first = _run([(t.level1,) for t in rest]) if one.level1 != above[0] else 0
        second = _run([(t.level1, t.level2) for t in rest]) if (one.level1, one.level2) != above else 0
        levels = [Spot(one.level1, down=first, kind="group")] if first else []
        levels += [Spot(one.level2, down=second, kind="group")] if second else []
        yield [*levels, Spot(one.name), Spot(one.filed)]
        above = (one.level1, one.level2)
    yield [_label("备注"), Spot(form.remarks, across=3, kind="long")]


def _run(keys: Sequence[tuple[str, ...]]) -> int:
    return next((at for at, key in enumerate(keys) if key != keys[0]), len(keys))


def _boxes(options: Sequence[str], ticked: str) -> str:
    return " ".join(f"{option} {'☑' if option == ticked else '□'}" for option in options)


# ---------------------------------------------------------------- with python-docx


def by_python_docx(paper: Paper) -> bytes:
    document = docx.Document()
    for block in paper:
        if isinstance(block, Line):
            document.add_paragraph(block.text)
        else:
            _docx_table(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_table(document: docx.document.Document, table: Table) -> None:
    made = document.add_table(len(table.rows), table.columns)
    grid = [list(row.cells) for row in made.rows]
    for at, column, spot in placed(table):
        cell = grid[at][column]
        if spot.across > 1 or spot.down > 1:
            cell = cell.merge(grid[at + spot.down - 1][column + spot.across - 1])
        for number, text in enumerate(spot.text.split("\n")):
            paragraph = cell.paragraphs[0] if not number else cell.add_paragraph()
            paragraph.text = text
        # what merging left behind
        for paragraph in cell.paragraphs[len(spot.text.split("\n")) :]:
            paragraph._p.getparent().remove(paragraph._p)
    assert made._tbl.find(qn("w:tblGrid")) is not None


def placed(table: Table) -> Iterator[tuple[int, int, Spot]]:
    """Every cell with the row and column it begins in."""
    taken: set[tuple[int, int]] = set()
    for at, row in enumerate(table.rows):
        column = 0
        for spot in row:
            while (at, column) in taken:
                column += 1
            yield at, column, spot
            taken |= {(at + down, column + across) for down in range(spot.down) for across in range(spot.across)}
            column += spot.across


# ---------------------------------------------------------------- as HTML, for LibreOffice


def as_html(paper: Paper) -> str:
    body = "".join(f"<p>{escape(block.text)}</p>" if isinstance(block, Line) else _html_table(block) for block in paper)
    return f'<html><head><meta charset="utf-8"></head><body>{body}</body></html>'


def _html_table(table: Table) -> str:
    def cell(spot: Spot) -> str:
        spans = f' colspan="{spot.across}"' * (spot.across > 1) + f' rowspan="{spot.down}"' * (spot.down > 1)
        return f"<td{spans}>" + "".join(f"<p>{escape(line)}</p>" for line in spot.text.split("\n")) + "</td>"

    rows = "".join("<tr>" + "".join(map(cell, row)) + "</tr>" for row in table.rows)
    return f'<table border="1">{rows}</table>'


# ---------------------------------------------------------------- as WPS users leave it


def as_wps(paper: Paper) -> bytes:
    """Labels with blanks, digits in full width, long cells cut by pages, vertical cells, heads repeated."""
    return word("".join(p(b.text) if isinstance(b, Line) else _wps_table(b) for b in paper)).getvalue()


def _wps_table(table: Table) -> str:
    rows: list[str] = []
    open_: dict[int, tuple[int, int]] = {}  # column → rows still to come, width
    by_row: dict[int, list[tuple[int, Spot]]] = {}
    for at, column, spot in placed(table):
        by_row.setdefault(at, []).append((column, spot))
    heads = [at for at, row in enumerate(table.rows) if len(row) > 2 and all(s.kind == "label" for s in row)]
    for at in range(len(table.rows)):
        cells = {column: tc(p(), f'<w:gridSpan w:val="{wide}"/><w:vMerge/>') for column, (_left, wide) in open_.items()}
        open_ = {column: (left - 1, wide) for column, (left, wide) in open_.items() if left > 1}
        rest: dict[int, str] = {}
        for column, spot in by_row.get(at, []):
            first, second = _wps_text(spot)
            merge = '<w:vMerge w:val="restart"/>' if spot.down > 1 else ""
            cells[column] = tc("".join(map(p, first)), f'<w:gridSpan w:val="{spot.across}"/>{merge}')
            if second:
                rest[column] = second
            if spot.down > 1:
                open_[column] = (spot.down - 1, spot.across)
        rows.append(tr(*(cells[column] for column in sorted(cells))))
        if rest:
            # the page ends inside the cell: its rest stands in a row of its own under an empty label
            wide = {column: spot.across for column, spot in by_row[at]}
            rows.append(
                tr(*(tc(p(rest.get(column, "")), f'<w:gridSpan w:val="{wide[column]}"/>') for column in sorted(wide)))
            )
        if heads and at > heads[0] and at % 7 == 0 and at + 1 < len(table.rows) and not open_ and at not in heads:
            head = table.rows[heads[-1]] if at > heads[-1] else None
            if head and len(by_row.get(at, [])) > 2:
                rows.append(tr(*map(_again, head)))
    return tbl(*rows)


def _again(spot: Spot) -> str:
    return tc("".join(map(p, spot.text.split("\n"))), f'<w:gridSpan w:val="{spot.across}"/>')


def _wps_text(spot: Spot) -> tuple[list[str], str]:
    """The paragraphs of a cell, and what the next page holds of its last one."""
    if spot.kind == "label" and "\n" not in spot.text:
        return ["　".join(spot.text) if len(spot.text) <= 4 else f" {spot.text} "], ""
    if spot.kind == "group":
        code, _, name = spot.text.rpartition("\n")
        return ([code] if code else []) + list(name), ""
    if spot.kind == "long" and len(spot.text.split("\n")[-1]) > 30:
        *lines, last = spot.text.split("\n")
        # a page ends between two characters, never before a number that could begin an entry
        half = range(len(last) // 2, len(last))
        cut = next(n for n in half if not re.match(r"[\d\s]", last[n]) and last[n - 1] not in "。；！？ ")
        return [*lines, last[:cut]], last[cut:]
    if spot.kind == "short":
        return [_wide(line) for line in spot.text.split("\n")], ""
    return spot.text.split("\n"), ""


def _wide(text: str) -> str:
    """Figures in full width where the whole cell is a figure."""
    if not re.fullmatch(r"[=≥]?[\d.,%-]+(?:分|万元|元)?", text) or text in ("-", "——"):
        return text
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c != " " else c for c in text)
