"""Writes 绩效目标申报表 in official layout, as the pieces of a Word file."""

from collections.abc import Iterable, Iterator

from perfflow.papers.declaration import (
    DECLARATION_FORM,
    SUB_PROJECT_LABELS,
    TARGET_LABELS,
    UNIT_LABEL,
    Declaration,
    Milestone,
    Target,
)
from perfflow.papers.kinds import Choice, Money
from perfflow.papers.text import TICKED, UNTICKED
from perfflow.papers.word_writer import TableCell, paragraph, table

_WIDTHS = (2000, 2422, 2422, 2000)
_YUAN = Money(unit="元")
_PAIRS = (
    ("start_date", "end_date"),
    ("total_budget_fen", "year_budget_fen"),
    ("prior_budget_fen", "prior_paid_fen"),
)
_SECOND = frozenset(second for _first, second in _PAIRS)


def declaration_pages(forms: Iterable[Declaration]) -> Iterator[str]:
    """Each form under its heading, on a page of its own."""
    for at, form in enumerate(forms):
        year = f"\n（{form.form_year}年）" if form.form_year else ""
        yield paragraph(f"{DECLARATION_FORM.title}{year}", "Heading1", new_page=at > 0)
        yield paragraph(f"{UNIT_LABEL}：{form.unit_name}", "Small")
        yield table(_rows(form), _WIDTHS)


def _rows(form: Declaration) -> Iterator[list[TableCell]]:
    pairs = dict(_PAIRS)
    for field in DECLARATION_FORM.fields:
        if field.key in pairs:
            yield [
                TableCell(text, "Small")
                for key in (field.key, pairs[field.key])
                for text in (DECLARATION_FORM[key].label, _short(form, key))
            ]
        elif field.key == "sub_projects":
            yield from _sub_projects(form, field.label)
        elif field.key == "targets":
            yield from _targets(form, field.label)
        elif field.key not in _SECOND:
            text = plan_text(form.milestones) if field.key == "milestones" else _short(form, field.key)
            yield [TableCell(field.label, "Small"), TableCell(text, "Small", columns=3)]


def _short(form: Declaration, key: str) -> str:
    """A value as the form has it: amounts bare, since their label names the unit."""
    kind = DECLARATION_FORM[key].kind
    value = getattr(form, key)
    if isinstance(kind, Choice):
        return "　".join(f"{TICKED if option == value else UNTICKED} {option}" for option in kind.options)
    if value is None:
        return ""
    return bare_yuan(value) if isinstance(kind, Money) else kind.write(value)


def bare_yuan(fen: int | None) -> str:
    """Yuan with neither unit nor separators."""
    return "" if fen is None else _YUAN.write(fen).replace(",", "").removesuffix("元")


def plan_text(milestones: Iterable[Milestone]) -> str:
    """The steps, one a line."""
    return "\n".join(f"{one.label}：{one.filed}" if one.label else one.filed for one in milestones)


def _sub_projects(form: Declaration, label: str) -> Iterator[list[TableCell]]:
    yield _part(TableCell(label, "Small", merge="restart"), *SUB_PROJECT_LABELS)
    for one in form.sub_projects:
        yield _part(TableCell("", "Small", merge="continue"), one.name, bare_yuan(one.amount_fen))


def _part(label: TableCell, name: str, amount: str) -> list[TableCell]:
    return [label, TableCell(name, "Small", columns=2), TableCell(amount, "Small")]


def _targets(form: Declaration, label: str) -> Iterator[list[TableCell]]:
    yield [TableCell(label, "Small", columns=4)]
    yield [TableCell(text, "Small") for text in TARGET_LABELS]
    above: Target | None = None
    for target in form.targets:
        same1 = above is not None and above.level1 == target.level1
        same2 = same1 and above is not None and above.level2 == target.level2
        yield [
            _level(target.level1, same1), _level(target.level2, same2),
            TableCell(target.name, "Small"), TableCell(target.filed, "Small"),
        ]  # fmt: skip
        above = target


def _level(text: str, same: bool) -> TableCell:
    return TableCell("", "Small", merge="continue") if same else TableCell(text, "Small", merge="restart")
