"""绩效目标申报表 beside the draft it belongs to, or as a new one."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from perfflow.core import clock
from perfflow.core.access import Reach
from perfflow.pages.imports.lines import (
    Sheet,
    choice_cell,
    day_cell,
    keyed,
    line_cell,
    money_cell,
    prose_cell,
    whole_cell,
)
from perfflow.pages.imports.paper import Cell, Line, Mark, Proposal
from perfflow.papers.declaration import DECLARATION_FORM, SUB_PROJECT_LABELS, TARGET_LABELS, Milestone
from perfflow.papers.kinds import Money
from perfflow.papers.paper import Paper, PaperKind
from perfflow.papers.text import folded
from perfflow.process import OBJECT_KINDS, ObjectKind
from perfflow.rules.declaration import FIELDS, FUND_USES, PROJECT_TYPES, SECTION_LABELS, Section, section_of
from perfflow.rules.money import slipped
from perfflow.stages.declaration import queries as stage
from perfflow.stages.declaration.commands import LABELS
from perfflow.stages.declaration.queries import DeclarationRow

CHOICES = {"project_type": PROJECT_TYPES, "fund_use": FUND_USES}
DAYS = ("start_date", "end_date")
AMOUNTS = ("total_budget_fen", "year_budget_fen", "prior_budget_fen", "prior_paid_fen")
PHASE_LIMIT = 2000
ROWS = ("sub_projects", "milestones", "targets")
NEW = "new"
"""The part of what only a new declaration asks for."""


def proposal(number: int, paper: Paper, reach: Reach | None, closed: str, attached: int | None) -> Proposal:
    """`reach`: the draft it is compared with; None for a new one."""
    known = stage.declaration(reach.id) if reach is not None else None
    sheet = Sheet(paper)
    lines = [*(_opening(sheet) if known is None else ()), *_fields(sheet, known), *_rows(sheet, known)]
    return Proposal(
        number=number,
        kind=PaperKind.DECLARATION,
        paper=paper,
        name=sheet.paper.values.project_name,  # type: ignore[union-attr]
        parts=_parts(known),
        lines=tuple(lines),
        told=sheet.told(lines),
        project_id=reach.id if reach is not None else None,
        version=known.version if known is not None else None,
        attached=attached,
        closed=closed,
    )


def _parts(known: DeclarationRow | None) -> tuple[tuple[str, str], ...]:
    sections = tuple((one.value, _(SECTION_LABELS[one])) for one in Section if FIELDS[one])
    return sections if known is not None else ((NEW, _("新建申报")), *sections)


def _opening(sheet: Sheet) -> Iterator[Line]:
    """What a new declaration cannot be without, beside its name."""
    values: Any = sheet.paper.values
    kinds = [(kind.value, _(label)) for kind, label in OBJECT_KINDS.items()]
    year = whole_cell(
        "budget_year", _("预算年度"), values.form_year or clock.today().year, None, required=True,
        guessed=values.form_year is None,
    )  # fmt: skip
    kind = choice_cell("object_kind", _("对象类型"), ObjectKind.PROJECT, "", kinds, required=True, guessed=True)
    yield sheet.line("year", "form_year", NEW, _("预算年度"), year, fixed=True)
    yield sheet.line("kind", "object_kind", NEW, _("对象类型"), kind, fixed=True)


def _fields(sheet: Sheet, known: DeclarationRow | None) -> Iterator[Line]:
    for field in DECLARATION_FORM.fields:
        if field.key in ROWS:
            continue
        name = "name" if field.key == "project_name" else field.key
        label = _(LABELS[name])
        cell = _cell(sheet, field.key, name, label, known)
        unread = name in CHOICES and cell.blank and bool(sheet.against(field.key))
        if cell.blank and cell.same and not unread:
            continue
        fixed = known is None and name == "name"
        section = section_of(name) or Section.BASIC
        question = _doubt(sheet, name, known)
        # which of the choices was meant is asked, unless it is known
        more = {"mark": Mark.NEW if cell.same else Mark.SHOWN} if unread else {}
        yield sheet.line(name, field.key, section, label, cell, fixed=fixed, question=question, **more)


def _cell(sheet: Sheet, key: str, name: str, label: str, known: DeclarationRow | None) -> Cell:
    value, there = getattr(sheet.paper.values, key), getattr(known, name, None)
    filed = sheet.filed(key)
    if name in CHOICES:
        options = [("", _("请选择")), *((one, one) for one in CHOICES[name])]
        return choice_cell(name, label, value, there, options)
    if name in DAYS:
        return day_cell(name, label, value, there, typed="" if value else filed)
    if name in AMOUNTS:
        return money_cell(name, label, value, there, typed=filed if value is None or _names_unit(filed) else "")
    if name == "name":
        return line_cell(name, label, value, there, required=True)
    return prose_cell(name, label, value, there)


def _names_unit(filed: str) -> bool:
    return "元" in filed or "万" in filed


def _doubt(sheet: Sheet, name: str, known: DeclarationRow | None) -> str:
    """What is asked about an amount whose unit may be wrong."""
    values: Any = sheet.paper.values
    if name not in AMOUNTS:
        return ""
    against = sheet.against(name)
    there = getattr(known, name, None)
    if slipped(getattr(values, name), there):
        return _("与系统中的 %(amount)s 相差约一万倍，单位是否有误？", amount=Money(unit="元").write(there or 0))
    return against[0] if against and getattr(values, name) is not None else ""


def _rows(sheet: Sheet, known: DeclarationRow | None) -> Iterator[Line]:
    values: Any = sheet.paper.values
    yield from _listed(
        sheet, "sub_projects", Section.BUDGET, [_(label) for label in SUB_PROJECT_LABELS],
        [(one.name, one.amount_fen) for one in values.sub_projects],
        [(one.name, one.amount_fen) for one in known.sub_projects] if known else [],
    )  # fmt: skip
    yield from _listed(
        sheet, "milestones", Section.PLAN, (_("步骤"), _("日期或时段")),
        [(one.label, filed_day(one)) for one in values.milestones],
        [(one.label, one.filed) for one in known.milestones] if known else [],
    )  # fmt: skip
    yield from _listed(
        sheet, "targets", Section.TARGETS, [_(label) for label in TARGET_LABELS],
        [(one.level1, one.level2, one.name, one.filed) for one in values.targets],
        [(one.level1, one.level2, one.name, one.filed) for one in known.targets] if known else [],
    )  # fmt: skip


COLUMNS = {
    "sub_projects": ("name", "amount_fen"),
    "milestones": ("label", "filed"),
    "targets": ("level1", "level2", "name", "filed"),
}
NAMED_BY = {"sub_projects": 1, "milestones": 1, "targets": 3}
"""How many of the columns name a row; the others are its value."""


def _listed(
    sheet: Sheet, name: str, part: str, labels: Sequence[str], read: list[Any], there: list[Any]
) -> Iterator[Line]:
    olds = keyed(there, [_named(name, row) for row in there])
    news = keyed(read, [_named(name, row) for row in read])
    for at, (key, row) in enumerate(news.items(), 1):
        yield _row_line(sheet, name, part, labels, f"{name}-{at}", f"{name}.{at}", row, olds.get(key))
    for at, (key, row) in enumerate(olds.items(), 1):
        if key not in news:
            empty = tuple("" if isinstance(one, str) else None for one in row)
            yield _row_line(sheet, name, part, labels, f"{name}-gone-{at}", "", empty, row)


def _named(name: str, row: Sequence[Any]) -> tuple[str, ...]:
    return tuple(folded(str(one)) for one in row[: NAMED_BY[name]])


def _row_line(
    sheet: Sheet, name: str, part: str, labels: Sequence[str], id: str, key: str, row: Sequence[Any],
    there: Sequence[Any] | None,
) -> Line:  # fmt: skip
    cells = []
    for column, label, value, old in zip(
        COLUMNS[name], labels, row, there or (None,) * len(row), strict=True
    ):
        if column == "amount_fen":
            cells.append(money_cell(column, label, value, old, typed=sheet.filed(key) if value is None else ""))
        elif name == "milestones" and column == "filed":
            cells.append(prose_cell(column, label, value, old, limit=PHASE_LIMIT))
        else:
            cells.append(line_cell(column, label, value, old))
    known_text = " ".join(cell.known_text for cell in cells if cell.known_text)
    text = " ".join(cell.text for cell in cells if cell.text) or known_text
    return sheet.line(id, key, part, text, *cells)


def filed_day(one: Milestone) -> str:
    return one.filed or (one.date.isoformat() if one.date else "")


def known_rows(proposal: Proposal) -> dict[str, tuple[Any, ...]]:
    """The rows on file by the id of the line they stand in."""
    return {
        line.id: tuple(cell.known for cell in line.cells)
        for line in proposal.lines
        if line.id.split("-")[0] in ROWS and line.mark is not Mark.NEW
    }
