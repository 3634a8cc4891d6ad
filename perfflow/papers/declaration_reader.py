"""Reads 绩效目标申报表: labelled rows, and among them the table of sub-projects and the tree of targets."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from perfflow.papers.blocks import Cell, Document, Grid
from perfflow.papers.cells import filled_down
from perfflow.papers.declaration import (
    DECLARATION_FORM,
    UNIT_LABEL,
    Declaration,
    Milestone,
    SubProject,
    Target,
)
from perfflow.papers.form_reader import FormFinder, FormReading, label_of, unit_named
from perfflow.papers.kinds import Choice, Day, Money, Unreadable
from perfflow.papers.spec import Field, Problem
from perfflow.papers.table_heads import words
from perfflow.papers.target import target_value
from perfflow.papers.text import N_, folded
from perfflow.papers.ticks import ticked

# labels that result tables and lists of projects have too do not make a declaration
_OWN = frozenset({
    "project_type", "fund_use", "overview", "basis", "necessity", "safeguards", "milestones", "overall_goal",
    "annual_goal", "targets", "year_budget_fen", "total_budget_fen", "sub_projects",
})  # fmt: skip
_LEAST = 4
_PERIOD = ("起止时间", "项目起止时间", "项目期限", "起止日期", "项目实施期限", "实施期限", "项目起止日期")
_UNIT = (UNIT_LABEL, "申报单位", "项目单位", "实施单位", "项目实施单位", "预算单位", "填报单位")
_DATE = r"\d{4}\s*(?:年|[-./－．])\s*\d{1,2}\s*(?:月|[-./－．])\s*\d{1,2}\s*日?"
_STEP = re.compile(rf"(?P<label>[^:：\n]{{1,200}})[:：]\s*(?P<filed>{_DATE})[\s;；,，、。]*")
_PHASE = re.compile(r"第.{1,3}(?:阶段|步|季度|期)|阶段.{1,2}")
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("一级指标", "一级目标", "一级"), ("二级指标", "二级目标", "二级"), ("三级指标", "三级目标", "三级", "指标名称"),
    ("指标目标值", "目标值", "指标值", "年度指标值", "年度目标值", "绩效指标值", "指标值目标值"),
)  # fmt: skip
_SUB_NAME = ("子项目名称", "子项目", "明细项目", "支出内容")
_AMOUNT = ("预算金额", "金额", "预算数", "预算额")
_SUM = ("合计", "小计", "总计")


@dataclass(slots=True)
class _Reading(FormReading):
    sub_projects: list[tuple[str, str, str]] = field(default_factory=list)
    targets: list[tuple[str, list[str]]] = field(default_factory=list)
    amount_unit: Any = None


@dataclass(frozen=True, slots=True)
class ReadDeclaration:
    declaration: Declaration
    problems: tuple[Problem, ...]
    places: Mapping[str, str]
    filed: Mapping[str, str]
    unplaced: tuple[tuple[str, str], ...]


def declarations_of(document: Document) -> list[ReadDeclaration]:
    """Every declaration of a document."""
    return [_declaration(reading) for reading in _Finder().follow(document) if isinstance(reading, _Reading)]


class _Finder(FormFinder):
    """Labelled rows as in every form; under two heads rows of several columns."""

    def __init__(self) -> None:
        super().__init__(DECLARATION_FORM)
        self._columns: dict[str, int] = {}
        self._head: list[str] = []
        self._after_page = False

    def new_reading(self) -> FormReading:
        return _Reading()

    def belongs(self, reading: FormReading) -> bool:
        titled = any("申报" in line or "绩效目标表" in line for line in map(folded, reading.above))
        few = titled and {"project_name", "targets"} <= reading.texts.keys()
        return few or len(_OWN & reading.texts.keys()) >= _LEAST

    def table(self, grid: Grid) -> None:
        self._after_page = bool(self._columns)
        super().table(grid)

    def row(self, number: int, cells: tuple[Cell, ...], *, repeated: bool) -> None:
        reading = self.current
        assert isinstance(reading, _Reading)
        columns = _head_of(cells)
        if columns:
            self._after_page = [cell.text for cell in cells] == self._head
            self._columns, self._head = columns, [cell.text for cell in cells]
            key = "targets" if "name" in columns else "sub_projects"
            reading.texts.setdefault(key, "")
            reading.places.setdefault(key, self.grid.place(number, DECLARATION_FORM[key].label))
            if "amount" in columns:
                reading.amount_unit = next((unit for cell in cells if (unit := unit_named(cell.text))), None)
            self.end_row()
            return
        labels = [found for _place, found in self.labels_in(cells)]
        inside = bool(self._columns) and not any(one.key not in ("sub_projects", "targets") for one in labels)
        if inside and "name" in self._columns:
            self._target(reading, number, cells)
        elif inside:
            self._sub_project(reading, number, cells)
        elif not self._alone(labels, cells):
            self._columns = {}
            super().row(number, self._period(cells), repeated=repeated)
        self._after_page = False

    def _alone(self, labels: Sequence[Field], cells: Sequence[Cell]) -> bool:
        """The heading 分解目标 over its own table."""
        return [one.key for one in labels] == ["targets"] and sum(bool(cell.text) for cell in cells) == 1

    def _period(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """A row of both dates as two labelled cells."""
        found: list[Cell] = []
        for at, cell in enumerate(cells):
            if at and label_of(cells[at - 1].text) in _PERIOD:
                days = re.findall(_DATE, cell.text)
                if len(days) == 2:
                    start, end = DECLARATION_FORM["start_date"].label, DECLARATION_FORM["end_date"].label
                    found[-1:] = [
                        Cell(cell.column, text) for text in (start, days[0], end, days[1])
                    ]
                    continue
            found.append(cell)
        return tuple(found)

    def _target(self, reading: _Reading, number: int, cells: Sequence[Cell]) -> None:
        texts = [self._cell(cells, key) for key in ("level1", "level2", "name", "value")]
        if not any(texts):
            return
        if not texts[2] and not texts[3]:
            self.leave_out(number, [cell for cell in cells if cell.text])
            return
        name_alone = bool(texts[2]) and not (texts[0] or texts[1] or texts[3])
        if name_alone and self._after_page and reading.targets:
            reading.targets[-1][1][2] += texts[2]  # a page break cut the name
            return
        reading.targets.append((self.grid.place(number), texts))
        known = set(self._columns.values())
        for cell in cells:
            if cell.text and not any(cell.column <= column < cell.column + cell.width for column in known):
                reading.unplaced.append((self.grid.place(number), cell.text))

    def _sub_project(self, reading: _Reading, number: int, cells: Sequence[Cell]) -> None:
        name, amount = self._cell(cells, "sub_name"), self._cell(cells, "amount")
        if not name and not amount:
            return
        if name and not amount and self._after_page and reading.sub_projects:
            place, before, money = reading.sub_projects[-1]
            reading.sub_projects[-1] = (place, before + name, money)
        elif folded(name) not in _SUM:
            reading.sub_projects.append((self.grid.place(number), name, amount))

    def _cell(self, cells: Sequence[Cell], key: str) -> str:
        column = self._columns.get(key, -1)
        text = next((cell.text for cell in cells if cell.column <= column < cell.column + cell.width), "")
        # names are cut by lines on the page; a value keeps its own
        return words(text) if key != "value" else " ".join(text.split())


def _head_of(cells: Sequence[Cell]) -> dict[str, int]:
    """The columns of a row that heads the targets or the sub-projects; none for any other row."""
    labels = {cell.column: label_of(cell.text) for cell in cells if cell.text}
    levels = [
        next((column for column, label in labels.items() if label in wanted), -1) for wanted in _LEVELS
    ]
    if levels[1] >= 0 and levels[2] >= 0 and levels[3] >= 0:
        return dict(zip(("level1", "level2", "name", "value"), levels, strict=True))
    name = next((column for column, label in labels.items() if label in _SUB_NAME), -1)
    amount = next((column for column, label in labels.items() if label in _AMOUNT), -1)
    return {"sub_name": name, "amount": amount} if name >= 0 and amount >= 0 else {}


# ---------------------------------------------------------------- from texts to values


def _declaration(reading: _Reading) -> ReadDeclaration:
    values: dict[str, Any] = {}
    filed = {}
    for row in DECLARATION_FORM.fields:
        if row.key in ("sub_projects", "targets", "milestones"):
            continue
        text = reading.texts.get(row.key, "")
        if isinstance(row.kind, Choice):
            values[row.key] = _choice(reading, row, row.kind.options)
        elif isinstance(row.kind, (Day, Money)):
            values[row.key] = reading.value(row)
        else:
            values[row.key] = words(text) if row.key == "project_name" else text
        if text and not row.long:
            filed[row.key] = text
    places = dict(reading.places)
    values["milestones"] = _milestones(reading.texts.get("milestones", ""))
    values["sub_projects"] = tuple(_sub_projects(reading, places, filed))
    values["targets"] = tuple(_targets(reading, places))
    values |= _above(reading)
    _check(reading, values)
    declaration = Declaration(**{one.name: values[one.name] for one in fields(Declaration)})
    return ReadDeclaration(declaration, tuple(reading.problems), places, filed, tuple(reading.unplaced))


def _choice(reading: _Reading, row: Field, options: Sequence[str]) -> str:
    text = reading.texts.get(row.key, "")
    if not text.strip():
        return ""
    found = ticked(text, options)
    if len(found) == 1:
        return found[0]
    params = {"label": row.label, "found": "、".join(found)}
    if found:
        reading.say(row, N_("“%(label)s”勾选了不止一项（%(found)s）。请只选一项。"), params)
    else:
        reading.say(row, N_("“%(label)s”没有读到勾选。请选择一项。"), params)
    return ""


def _milestones(text: str) -> tuple[Milestone, ...]:
    """Steps "label：date", one a line or in a chain; a line without a date is a phase in words."""
    found: list[Milestone] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        at, chain = 0, []
        for step in _STEP.finditer(line):
            if step.start() != at:
                break
            chain.append(Milestone(step["label"].strip(), _day(step["filed"]), step["filed"].strip()))
            at = step.end()
        if chain and at == len(line):
            found += chain
            continue
        label, colon, rest = _labelled(line)
        if colon and not (found and _PHASE.fullmatch(found[-1].label) and not _PHASE.fullmatch(label)):
            found.append(Milestone(label, _day(rest), rest))
        elif found and found[-1].date is None:
            last = found.pop()
            found.append(Milestone(last.label, None, f"{last.filed}\n{line}"))
        else:
            found.append(Milestone("", _day(line), line))
    return tuple(found)


def _labelled(line: str) -> tuple[str, str, str]:
    """Label and rest of a line; what stands before a colon far inside a sentence is no label."""
    label, colon, rest = re.match(r"([^:：]*)([:：]?)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
    if colon and len(label) <= 60:
        return label.strip(), colon, rest.strip()
    return "", "", line


def _day(text: str) -> date | None:
    try:
        return Day().read(text)
    except Unreadable:
        return None


def _sub_projects(reading: _Reading, places: dict[str, str], filed: dict[str, str]) -> Iterator[SubProject]:
    money = Money(unit="元", bare=reading.amount_unit or "元")
    for number, (place, name, amount) in enumerate(reading.sub_projects, 1):
        key = f"sub_projects.{number}"
        places[key] = place
        fen = None
        if amount.strip():
            filed[key] = amount
            try:
                fen = money.read(amount)
            except Unreadable as unreadable:
                reading.problems.append(Problem(f"{place} 预算金额", unreadable.msgid, unreadable.params, key))
        yield SubProject(name, fen)


def _targets(reading: _Reading, places: dict[str, str]) -> Iterator[Target]:
    rows = [texts for _place, texts in reading.targets]
    levels = filled_down((level1, level2) for level1, level2, _name, _value in rows)
    for number, ((place, (_one, _two, name, value)), (level1, level2)) in enumerate(
        zip(reading.targets, levels, strict=True), 1
    ):
        key = f"targets.{number}"
        places[key] = place
        if not name:
            reading.problems.append(Problem(f"{place} 三级指标", N_("这一行没有指标名称。请补填。"), {}, key))
        if not value:
            message = N_("“%(name)s”没有填写目标值。请补填。")
            reading.problems.append(Problem(f"{place} 指标目标值", message, {"name": name}, key))
        yield Target(level1, level2, name, value, *target_value(value))


def _above(reading: _Reading) -> dict[str, Any]:
    """Year and unit, which stand over the table or in rows of their own."""
    unit, year = "", None
    for line in reading.above:
        plain = folded(line)
        label, colon, rest = re.match(r"([^:：]*)([:：]?)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
        if colon and label_of(label) in _UNIT:
            unit = rest.split("\n")[0].strip()
        found = re.search(r"(\d{4})年", plain)
        if found and year is None and ("绩效" in plain or len(plain) <= 10):
            year = int(found[1])
    return {"unit_name": unit or reading.texts.get("unit_name", ""), "form_year": year}


def _check(reading: _Reading, values: Mapping[str, Any]) -> None:
    for key in ("sub_projects", "targets"):
        row = DECLARATION_FORM[key]
        if key in reading.texts and not values[key]:
            reading.say(row, N_("“%(label)s”没有填写。请补填。"), {"label": row.label})
    amounts = [one.amount_fen for one in values["sub_projects"]]
    year = values["year_budget_fen"]
    if year is not None and amounts and None not in amounts and sum(amounts) != year:
        message = N_("子项目金额合计 %(sum)s 与当年预算 %(budget)s 不符。请核对。")
        params = {"sum": _said(sum(amounts)), "budget": _said(year)}
        reading.say(DECLARATION_FORM["sub_projects"], message, params)
    start, end = values["start_date"], values["end_date"]
    if start and end and end < start:
        reading.say(DECLARATION_FORM["end_date"], N_("结束时间早于开始时间。请核对。"))


def _said(fen: int) -> str:
    return Money(unit="元").write(fen)
