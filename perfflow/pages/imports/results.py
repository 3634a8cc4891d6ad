"""绩效评价结果信息表 of a supervisor: an object of an earlier year to register, or a comparison with what is stored."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from perfflow.core import clock
from perfflow.core.access import Actor, Reach
from perfflow.core.grades import LAST_YEAR
from perfflow.pages.imports.lines import Sheet, choice_cell, line_cell, money_cell, points_cell, prose_cell, whole_cell
from perfflow.pages.imports.paper import Line, Mark, Proposal
from perfflow.papers.numbering import Manner, join_numbered
from perfflow.papers.numbering import Numbered as Entry
from perfflow.papers.paper import Paper
from perfflow.papers.result_paper import ResultPaper
from perfflow.papers.result_table import RESULT_FORM
from perfflow.papers.text import folded
from perfflow.process import OBJECT_KINDS, Datum, ObjectKind
from perfflow.stages.declaration import queries as declarations
from perfflow.stages.evaluation import queries as evaluations
from perfflow.stages.findings import queries as findings
from perfflow.stages.rectification import queries as rectification
from perfflow.stages.suggestions import queries as suggestions

REGISTER, TABLE = "register", "table"


def new_object(number: int, paper: Paper, actor: Actor) -> Proposal:
    """What 登记 asks for, filled from the paper; the eight rows below, as they come with the original."""
    sheet, values = Sheet(paper), paper.values
    assert isinstance(values, ResultPaper)
    lines = [*_opening(sheet, values, actor), *_rows(sheet, values)]
    return Proposal(
        number=number,
        kind=paper.kind,
        paper=paper,
        name=values.values.project_name,
        parts=((REGISTER, _("登记评价对象")), (TABLE, _("结果信息表"))),
        lines=tuple(lines),
        told=sheet.told(lines),
        notes=(_("登记后，分值、结论和文字随原件保存，由评价机构从原件读入并核对。"),),
    )


def comparison(number: int, paper: Paper, reach: Reach) -> Proposal:
    """The eight rows beside those on file, as far as they are shown to this person; nothing of it is taken in."""
    sheet, values = Sheet(paper), paper.values
    assert isinstance(values, ResultPaper)
    lines = list(_compared(sheet, values, reach))
    return Proposal(
        number=number,
        kind=paper.kind,
        paper=paper,
        name=values.values.project_name,
        parts=((TABLE, _("结果信息表")),),
        lines=tuple(lines),
        told=sheet.told(lines),
        project_id=reach.id,
        attaches=False,
        closed=_("系统中已有此项目，这里逐行对照，不改动系统中的内容。"),
    )


def _opening(sheet: Sheet, values: ResultPaper, actor: Actor) -> Iterator[Line]:
    read, filed = values.values, values.table.project_name.strip()
    units = [(str(id_), name) for id_, name in declarations.supervised_units(actor)]
    named = folded(values.cover.unit_name) if values.cover else ""
    unit = next((id_ for id_, name in units if folded(name) == named), "")
    year = year_of(values.cover.title if values.cover else "")
    kind = ObjectKind.DEPARTMENT if OBJECT_KINDS[ObjectKind.DEPARTMENT] in read.project_name else ObjectKind.PROJECT
    kinds = [(one.value, _(label)) for one, label in OBJECT_KINDS.items()]
    options = [("", _("请选择")), *units]
    cells = (
        choice_cell("unit_id", _("预算单位"), unit, "", options, required=True),
        line_cell("name", _("项目名称"), read.project_name, "", required=True),
        line_cell("name_filed", _("原件上的项目名称写法"), filed, "", limit=220),
        choice_cell("object_kind", _("对象类型"), kind, "", kinds, guessed=True),
        whole_cell("budget_year", _("预算年度"), year, None, required=True),
        whole_cell("evaluation_year", _("评价年度"), year, None, required=True),
    )
    for cell in cells:
        key = "project_name" if cell.name == "name" else ""
        yield sheet.line(cell.name, key, REGISTER, cell.label, cell, fixed=True)


def year_of(title: str) -> int | None:
    found = re.search(r"(\d{4})\s*年", title)
    year = int(found[1]) if found else 0
    return year if 1990 <= year <= min(LAST_YEAR, clock.today().year + 1) else None


def _rows(sheet: Sheet, values: ResultPaper) -> Iterator[Line]:
    """As filed, to be looked at."""
    for field in RESULT_FORM.fields:
        if field.key != "project_name":
            text, label = getattr(values.table, field.key), _(field.label)
            cell = prose_cell("value", label, text)
            yield sheet.line(f"table-{field.key}", field.key, TABLE, label, cell, mark=Mark.SHOWN)


def _compared(sheet: Sheet, values: ResultPaper, reach: Reach) -> Iterator[Line]:
    table, read = values.table, values.values
    page = evaluations.evaluation(reach) if reach.sees(Datum.EVALUATION) else None
    yield _line(sheet, "project_name", line_cell("value", "", read.project_name, reach.name))
    if page is not None:
        paid = money_cell("value", "", read.final_amount_fen, page.paid_fen, typed=table.final_amount.strip())
        yield _line(sheet, "final_amount", replace(paid, known_text=page.paid_filed or paid.known_text))
        total = points_cell("value", "", read.score, page.total, typed=table.score.strip())
        yield _line(sheet, "score", replace(total, known_text=page.total_filed or total.known_text))
        yield _line(sheet, "grade", line_cell("value", "", read.grade, page.grade))
        yield _line(sheet, "main_performance", prose_cell("value", "", table.main_performance, page.main_performance))
    if reach.sees(Datum.FINDINGS):
        there = [Entry(one.number, one.title or None, one.text) for one in findings.kept(reach)]
        yield _line(sheet, "findings", prose_cell("value", "", _joined(read.findings), _joined(there)))
    if reach.sees(Datum.SUGGESTIONS):
        said = [Entry(one.number, one.title or None, one.text) for one in suggestions.suggestions(reach)]
        yield _line(sheet, "suggestions", prose_cell("value", "", _joined(read.suggestions), _joined(said)))
    if reach.sees(Datum.ITEMS):
        summary = rectification.summary(reach)
        known = rectification.compose(reach) if summary.composed else summary.text
        yield _line(sheet, "rectification", prose_cell("value", "", table.rectification, known))


def _line(sheet: Sheet, name: str, cell: Any) -> Line:
    label = _(RESULT_FORM[name].label)
    return sheet.line(f"table-{name}", name, TABLE, label, replace(cell, label=label))


def _joined(entries: Any) -> str:
    """In one manner on both sides: how a number is written makes no difference."""
    return join_numbered([replace(one, glued=False) for one in entries], Manner())
