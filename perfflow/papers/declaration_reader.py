"""Reads 绩效目标申报表: labelled rows, and among them the table of sub-projects and the tree of targets."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import pairwise
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
_GOALS = ("实施期总目标", "实施期目标", "实施期绩效目标", "中期目标", "长期目标", "中长期目标")
_TO = r"[至到\-~—–－]{1,2}"
_MONTHS = re.compile(rf"自?(\d{{4}})[年./-](\d{{1,2}})月?{_TO}(?:(\d{{4}})[年./-])?(\d{{1,2}})月?(?:底|止)?", re.ASCII)
_SAME_YEAR = re.compile(
    rf"[自从]?(\d{{4}})年(\d{{1,2}})月(\d{{1,2}})日起?{_TO}(\d{{1,2}})月(\d{{1,2}})日止?", re.ASCII
)
_WHOLE_YEAR = re.compile(r"(\d{4})年(?:度|全年|全年度)?", re.ASCII)
_EIGHT = re.compile(rf"(\d{{8}}){_TO}(\d{{8}})", re.ASCII)
_DATED = re.compile(r"\d{4}[年./-]\d{1,2}.{0,20}|\d{1,2}月.{0,12}|第[一二三四]季度", re.ASCII)
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
_SIGN = ("符号", "指标符号", "运算符号")
_MEASURE = ("单位", "计量单位", "度量单位")
_WHAT, _WHEN = re.compile("内容|阶段|步骤|任务|事项|名称|安排"), re.compile("时间|日期|期限|进度")
_FIGURE = re.compile(r"[\d.,]+", re.ASCII)


@dataclass(slots=True)
class _Reading(FormReading):
    sub_projects: list[tuple[str, str, str]] = field(default_factory=list)
    targets: list[tuple[str, list[str]]] = field(default_factory=list)
    amount_unit: Any = None
    sub_sum: tuple[str, str] = ("", "")
    units: list[tuple[int, str, str, str]] = field(default_factory=list)


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
        self._levels = ["", ""]

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
        cells = self._without_unit(reading, number, cells)
        columns = _head_of(cells)
        if columns:
            self._after_page = [cell.text for cell in cells] == self._head
            self._columns, self._head = columns, [cell.text for cell in cells]
            key = "targets" if "name" in columns else "milestones" if "what" in columns else "sub_projects"
            reading.texts.setdefault(key, "")
            reading.places.setdefault(key, self.grid.place(number, DECLARATION_FORM[key].label))
            if "amount" in columns:
                reading.amount_unit = next((unit for cell in cells if (unit := unit_named(cell.text))), None)
            self.end_row()
            return
        labels = [found for _place, found in self.labels_in(cells)]
        own = ("milestones",) if "what" in self._columns else ("sub_projects", "targets")
        inside = bool(self._columns) and not any(one.key not in own for one in labels)
        if inside and "name" in self._columns:
            self._target(reading, number, cells)
        elif inside and "what" in self._columns:
            self._step(reading, number, cells)
        elif inside:
            self._sub_project(reading, number, cells)
        elif not self._alone(labels, cells):
            self._columns = {}
            super().row(number, self._period(reading, number, _goals(cells)), repeated=repeated)
        self._after_page = False

    def _without_unit(self, reading: _Reading, number: int, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """The row without the unit that declares, when it stands in the table."""
        for at, (label, value) in enumerate(pairwise(cells)):
            called = label_of(label.text)
            if called in _UNIT and value.text and not self.labels_in((value,)):
                place = self.grid.place(number, label.text.strip())
                reading.units.append((_UNIT.index(called), place, label.text, value.text))
                rest = (*cells[:at], *cells[at + 2 :])
                return self._without_unit(reading, number, rest)
        return cells

    def _alone(self, labels: Sequence[Field], cells: Sequence[Cell]) -> bool:
        """The heading 分解目标 over its own table."""
        return [one.key for one in labels] == ["targets"] and sum(bool(cell.text) for cell in cells) == 1

    def _period(self, reading: _Reading, number: int, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """A row of both dates as two labelled cells."""
        found: list[Cell] = []
        for at, cell in enumerate(cells):
            if at and label_of(cells[at - 1].text) in _PERIOD and cell.text.strip() and not self.labels_in((cell,)):
                start, end, exact = _both_days(cell.text)
                if not exact:
                    message = N_("“%(text)s”没有写到日，已读作 %(start)s 至 %(end)s。请核对。")
                    params = {"text": cell.text.strip(), "start": start, "end": end}
                    reading.problems.append(Problem(self.grid.place(number), message, params, "start_date"))
                names = DECLARATION_FORM["start_date"].label, DECLARATION_FORM["end_date"].label
                found[-1:] = [Cell(cell.column, text) for text in (names[0], start, names[1], end)]
                continue
            found.append(cell)
        return tuple(found)

    def _step(self, reading: _Reading, number: int, cells: Sequence[Cell]) -> None:
        what, when, until = (self._cell(cells, key) for key in ("what", "when", "until"))
        if not what and not when and not until:
            return
        if what and not when and not until and self._after_page:
            reading.texts["milestones"] += what
            return
        filed = f"{when}至{until}" if when and until else when or until
        before = reading.texts["milestones"]
        reading.texts["milestones"] = f"{before}{before and chr(10)}{what}：{filed}"

    def _target(self, reading: _Reading, number: int, cells: Sequence[Cell]) -> None:
        texts = [self._cell(cells, key) for key in ("level1", "level2", "name", "value")]
        if not any(texts):
            return
        if not texts[2] and not texts[3]:
            if all(not text or text.endswith(("目标", "指标")) for text in texts[:2]):
                self._levels = texts[:2]  # a row of its own for the group
            else:
                self.leave_out(number, [cell for cell in cells if cell.text])
            return
        if not any(texts[:3]) and reading.targets:
            reading.targets[-1][1][3] += texts[3]  # a page break cut the value
            return
        sign, measure = self._cell(cells, "sign"), self._cell(cells, "measure")
        if (sign or measure) and _FIGURE.fullmatch(folded(texts[3]).lstrip("=≥≤><")):
            texts[3] = f"{sign}{texts[3]}{measure}"
        if self._levels != ["", ""]:
            texts[:2] = [own or above for own, above in zip(texts[:2], self._levels, strict=True)]
            self._levels = ["", ""]
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
        elif folded(name) in _SUM:
            reading.sub_sum = self.grid.place(number), amount
        else:
            reading.sub_projects.append((self.grid.place(number), name, amount))
            label = DECLARATION_FORM["sub_projects"].label
            for cell in cells:
                known = any(cell.column <= column < cell.column + cell.width for column in self._columns.values())
                if cell.text and not known and not cell.text.strip().isdecimal() and label_of(cell.text) != label:
                    reading.unplaced.append((self.grid.place(number), cell.text))

    def _cell(self, cells: Sequence[Cell], key: str) -> str:
        column = self._columns.get(key, -1)
        if column < 0:
            return ""
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
        columns = dict(zip(("level1", "level2", "name", "value"), levels, strict=True))
        more = {"sign": _SIGN, "measure": _MEASURE}
        return columns | {key: at for key, wanted in more.items() for at, label in labels.items() if label in wanted}
    if plan := _plan_head(labels):
        return plan
    name = next((column for column, label in labels.items() if label in _SUB_NAME), -1)
    amount = next((column for column, label in labels.items() if label in _AMOUNT), -1)
    return {"sub_name": name, "amount": amount} if name >= 0 and amount >= 0 else {}


def _plan_head(labels: Mapping[int, str]) -> dict[str, int]:
    """The columns of a plan that is a table of its own: what is done, and when."""
    names = [DECLARATION_FORM["milestones"].label, *DECLARATION_FORM["milestones"].aliases]
    if len(labels) < 3 or not any(label in map(label_of, names) for label in labels.values()):
        return {}
    rest = {column: label for column, label in labels.items() if label not in map(label_of, names)}
    when = [column for column, label in rest.items() if _WHEN.search(label) and len(label) <= 10]
    what = [column for column, label in rest.items() if _WHAT.search(label) and column not in when and len(label) <= 10]
    if not what or not when or len(what) + len(when) < len(rest):
        return {}
    return {"what": what[0], "when": when[0]} | ({"until": when[1]} if len(when) > 1 else {})


def _goals(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """A row "总体目标 | 实施期总目标 | 年度目标" without the word under which the first one stands."""
    goals = [DECLARATION_FORM["overall_goal"].label, *DECLARATION_FORM["overall_goal"].aliases]
    if not cells or label_of(cells[0].text) not in map(label_of, goals):
        return cells
    return (cells[0], *(replace(one, text="") if label_of(one.text) in _GOALS else one for one in cells[1:]))


def _both_days(text: str) -> tuple[str, str, bool]:
    """First and last day of a period, and whether they were written: months and years are whole ones.

    The text itself twice where it is no period.
    """
    plain = folded(text)
    days = re.findall(_DATE, text)
    if len(days) == 2:
        return days[0], days[1], True
    if found := _EIGHT.fullmatch(plain):
        return found[1], found[2], True
    if found := _SAME_YEAR.fullmatch(plain):
        return f"{found[1]}-{found[2]}-{found[3]}", f"{found[1]}-{found[4]}-{found[5]}", True
    if found := _WHOLE_YEAR.fullmatch(plain):
        return f"{found[1]}-01-01", f"{found[1]}-12-31", False
    found = _MONTHS.fullmatch(plain)
    if found and 1 <= int(found[4]) <= 12:
        year = int(found[3] or found[1])
        last = monthrange(year, int(found[4]))[1] if 1 <= year <= 9999 else 1
        return f"{found[1]}-{int(found[2]):02d}-01", f"{year}-{int(found[4]):02d}-{last}", False
    return text, text, True


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
    values |= _unit_in_table(reading, values, places)
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
        if colon and rest and _DATED.fullmatch(folded(label)) and not _DATED.fullmatch(folded(rest)):
            found.append(Milestone(rest, _day(label), label))  # "2019年1月：系统设计"
        elif colon and not (found and _PHASE.fullmatch(found[-1].label) and not _PHASE.fullmatch(label)):
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
            unit = re.split(r"[\n\t]| {2,}|\u3000{2,}|填[报表]日期|\d{4}\s*年", rest.strip())[0].strip()
        found = re.search(r"(\d{4})年(度?)(?!\d)", plain)
        if found and year is None and ("绩效" in plain or len(plain) <= 10 or found[2]):
            year = int(found[1])
    return {"unit_name": unit, "form_year": year}


def _unit_in_table(reading: _Reading, values: Mapping[str, Any], places: dict[str, str]) -> dict[str, str]:
    """The unit as a row of the table has it, when none stands above; further ones are shown."""
    rows = sorted(reading.units, key=lambda row: row[0])
    if not values["unit_name"] and rows:
        _rank, places["unit_name"], _label, name = rows.pop(0)
        found = {"unit_name": words(name)}
    else:
        found = {}
    reading.unplaced += [(place, f"{label} | {text}") for _rank, place, label, text in rows]
    return found


def _check(reading: _Reading, values: Mapping[str, Any]) -> None:
    for key in ("sub_projects", "targets"):
        row = DECLARATION_FORM[key]
        if key in reading.texts and not values[key]:
            reading.say(row, N_("“%(label)s”没有填写。请补填。"), {"label": row.label})
        if text := reading.texts.get(key, "").strip():
            reading.unplaced.append((reading.place(row), text))
    amounts = [one.amount_fen for one in values["sub_projects"]]
    year = values["year_budget_fen"]
    if year is not None and amounts and None not in amounts and sum(amounts) != year:
        message = N_("子项目金额合计 %(sum)s 与当年预算 %(budget)s 不符。请核对。")
        params = {"sum": _said(sum(amounts)), "budget": _said(year)}
        reading.say(DECLARATION_FORM["sub_projects"], message, params)
    place, filed = reading.sub_sum
    if filed and amounts and None not in amounts and _fen(filed, reading.amount_unit) not in (None, sum(amounts)):
        message = N_("子项目金额合计是 %(sum)s，表中合计写的是 %(filed)s。请核对。")
        params = {"sum": _said(sum(amounts)), "filed": filed}
        reading.problems.append(Problem(place, message, params, "sub_projects"))
    start, end = values["start_date"], values["end_date"]
    if start and end and end < start:
        reading.say(DECLARATION_FORM["end_date"], N_("结束时间早于开始时间。请核对。"))


def _fen(text: str, unit: Any) -> int | None:
    try:
        return Money(unit="元", bare=unit or "元").read(text)
    except Unreadable:
        return None


def _said(fen: int) -> str:
    return Money(unit="元").write(fen)
