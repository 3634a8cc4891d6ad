"""整改情况表: what a unit did about many items, one row each, in Excel."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from perfflow.papers.blocks import Document
from perfflow.papers.excel_lists import Column, Sheet, write_form
from perfflow.papers.kinds import Unreadable, Whole
from perfflow.papers.spec import Problem
from perfflow.papers.table_heads import Rows, heads, later_heads, under
from perfflow.papers.text import folded

TITLE = "整改情况"
HEADS: dict[str, tuple[str, ...]] = {
    "project_code": ("项目编号",),
    "project_name": ("项目名称",),
    "item_number": ("事项序号", "序号", "建议序号"),
    "suggestion": ("整改建议", "建议"),
    "due_on": ("整改期限", "期限"),
    "progress": ("整改进展", "进展", "进展情况", "整改进展情况"),
    "result": ("整改结果", "整改情况", "完成情况", "整改完成情况", "整改落实情况", "落实情况"),
}
_ROLE = {folded(label): key for key, labels in HEADS.items() for label in labels}
_NEEDED = ("project_code", "item_number")
_GUIDE = (
    "一、每行一项待整改的事项。前五列由系统填好，请勿改动；不办理的行可以删去，或留空不填。",
    "二、“整改进展”写正在做的事，读入后记为一条进展；“整改结果”写已经做完的事，读入后作为整改结果报送。",
    "三、报送整改结果须有佐证材料：请先在事项页面上传，再读入本表。",
    "四、填好后在“从文件读入”页面上传，先核对，确认后才导入系统。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationRow:
    """One item: its project's code and its number identify it; name and suggestion are there to be read."""

    project_code: str
    item_number: int | None
    project_name: str = ""
    suggestion: str = ""
    progress: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class RectificationList:
    rows: tuple[RectificationRow, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A row as the system fills it in."""

    project_code: str
    project_name: str
    item_number: int
    suggestion: str
    due_on: date | None
    progress: str = ""
    result: str = ""


def write_rectification(out: BinaryIO, items: Iterable[OpenItem]) -> None:
    """The table of these items, with two columns to be filled in."""
    kinds = {"due_on": "day", "suggestion": "long", "progress": "long", "result": "long", "project_name": "long"}
    widths = {"project_code": 16, "project_name": 30, "item_number": 10, "due_on": 12}
    columns = tuple(
        Column(labels[0], widths.get(key, 50), kinds.get(key, "text"))  # type: ignore[arg-type]
        for key, labels in HEADS.items()
    )
    rows = (
        (one.project_code, one.project_name, str(one.item_number), one.suggestion, one.due_on, one.progress, one.result)
        for one in items
    )
    write_form(out, (Sheet(TITLE, columns, rows),), choices_title="", guide=("填写说明", _GUIDE))


@dataclass(frozen=True, slots=True)
class RectificationReading:
    listed: RectificationList
    problems: tuple[Problem, ...]
    places: dict[str, str] = field(default_factory=dict)
    unplaced: tuple[tuple[str, str], ...] = ()


def rectification_of(document: Document) -> RectificationReading | None:
    """The filled rows of every such table of a document; None without any such table."""
    rows: list[RectificationRow] = []
    problems: list[Problem] = []
    places: dict[str, str] = {}
    unplaced: list[tuple[str, str]] = []
    found = False
    for grid in document.grids:
        columns: dict[str, int] | None = None
        others: list[tuple[int, str]] = []
        project = {"project_code": "", "project_name": ""}
        at = 0
        while at < len(grid.rows):
            head = _head_at(grid.rows, at)
            if head is not None:
                columns, others, at = head
                found = True
                continue
            if columns is not None:
                number, cells = grid.rows[at]
                texts = {key: under(cells, column).strip() for key, column in columns.items()}
                if texts["project_code"]:
                    project = {key: texts.get(key, "") for key in project}
                else:
                    texts |= project  # merged down over the items of a project
                if texts.get("progress") or texts.get("result"):
                    key = f"rows.{len(rows) + 1}"
                    places[key] = grid.place(number)
                    rows.append(_row(texts, places[key], key, problems))
                for column, label in others:
                    if text := under(cells, column).strip():
                        unplaced.append((f"{grid.place(number)} {label}", text))
            at += 1
    if not found:
        return None
    return RectificationReading(RectificationList(tuple(rows)), tuple(problems), places, tuple(unplaced))


_Head = tuple[dict[str, int], list[tuple[int, str]], int]


def _head_at(rows: Rows, at: int) -> _Head | None:
    found = _head(rows, at)
    if found is not None and later_heads(found[2], at, lambda row: below[2] if (below := _head(rows, row)) else None):
        return None
    return found


def _head(rows: Rows, at: int) -> _Head | None:
    for head in heads(rows, at):
        columns: dict[str, int] = {}
        for column, label in head.labels.items():
            if label in _ROLE:
                columns.setdefault(_ROLE[label], column)
        if all(key in columns for key in _NEEDED) and ("progress" in columns or "result" in columns):
            others = [(column, label) for column, label in head.labels.items() if column not in columns.values()]
            return columns, others, head.after
    return None


def _row(texts: dict[str, str], place: str, key: str, problems: list[Problem]) -> RectificationRow:
    number = None
    try:
        number = Whole().read(texts["item_number"])
    except Unreadable as unreadable:
        problems.append(Problem(f"{place} 事项序号", unreadable.msgid, unreadable.params, key))
    return RectificationRow(
        project_code=re.sub(r"\s", "", folded(texts["project_code"])).upper(),
        item_number=number,
        **{name: texts.get(name, "") for name in ("project_name", "suggestion", "progress", "result")},
    )
