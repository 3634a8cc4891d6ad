"""Reads score sheets: any table whose head names indicators, weights and scores.

Codes give the tree where there are any ("B321" stands under "B32"), columns where there are none. What the paper
states twice is compared: sums, rates, codes; whatever differs is said and left as filed.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from perfflow.papers.blocks import Cell, Document, Grid
from perfflow.papers.score_heads import Columns, head_at
from perfflow.papers.score_sheet import ScoreLine, ScoreSheet
from perfflow.papers.score_tree import NOTHING, Line, Node, Tree, decimal
from perfflow.papers.spec import Problem
from perfflow.papers.table_heads import under
from perfflow.papers.text import N_, folded

TOTAL = ("合计", "总计", "总分", "总得分", "合计得分", "综合得分")
SUBTOTAL = re.compile(".*(?:小计|合计)")
_TOTAL_INSIDE = re.compile(r".*[:：](\d[\d.]*分?)。?")
_PRINTED = re.compile(r"(?P<name>.*?)[(（](?P<number>\d{1,3}(?:\.\d+)?)(?P<unit>分|%|％)?[)）]")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class SheetReading:
    """A sheet with what was met on the way; keys as papers.paper.Paper has them, without a prefix."""

    sheet: ScoreSheet
    problems: tuple[Problem, ...]
    places: dict[str, str]
    filed: dict[str, str]
    unplaced: tuple[tuple[str, str], ...]
    at: int
    """The number of the first block of the sheet in its document."""


def score_sheets_of(document: Document) -> list[SheetReading]:
    """Every score sheet of a document."""
    found: list[SheetReading] = []
    open_: _Sheet | None = None
    for at, block in enumerate(document.blocks):
        if not isinstance(block, Grid):
            continue
        open_, done = _follow(open_, block, at)
        found += [sheet.done() for sheet in done]
    return found + ([open_.done()] if open_ else [])


def _follow(open_: "_Sheet | None", grid: Grid, at: int) -> "tuple[_Sheet | None, list[_Sheet]]":
    """Take a table in: as a new sheet, as the rest of the open one after a page break, or not at all."""
    done: list[_Sheet] = []
    rest = open_.rest(grid) if open_ is not None else None
    at_row = 0
    while at_row < len(grid.rows):
        head = head_at(grid.rows, at_row)
        if head is not None:
            columns, at_row = head
            if open_ is None or open_.complete:
                done += [open_] if open_ else []
                open_ = _Sheet(columns, at)
            open_.columns = columns
            rest = list(grid.rows)
            continue
        if open_ is not None and rest is not None:
            open_.row(grid, *rest[at_row])
        at_row += 1
    return open_, done


@dataclass(slots=True)
class _Sheet:
    """A sheet being read row by row: its lines are kept, and understood together in the end."""

    columns: Columns
    at: int
    lines: list[Line] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    total: str | None = None
    total_place: str = ""
    problems: list[Problem] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return self.total is not None

    def rest(self, grid: Grid) -> list[tuple[int, tuple[Cell, ...]]] | None:
        """The rows of a table without a head, moved under the columns of this sheet; None if it is no rest of it.

        Its rows end in the column of the last figure; columns of groups may be missing on their left.
        """
        if self.complete:
            return None
        last, room = max(self.columns.figures), max(self.columns.indicators)
        rows = []
        for number, cells in grid.rows:
            by = last - max((cell.column + cell.width - 1 for cell in cells), default=last)
            if not 0 <= by <= room:
                return None
            rows.append((number, tuple(replace(cell, column=cell.column + by) for cell in cells) if by else cells))
        return rows if any(decimal(under(cells, self.columns.score)) is not None for _number, cells in rows) else None

    def row(self, grid: Grid, number: int, cells: tuple[Cell, ...]) -> None:
        filled = [cell for cell in cells if cell.text.strip()]
        if not filled:
            return
        first = folded(filled[0].text)
        if any(first.startswith(word) for word in TOTAL) and (len(first) <= 8 or _TOTAL_INSIDE.fullmatch(first)):
            self._total(grid, number, cells)
        elif self.complete or (len(filled) == 1 and len(cells) == 1) or SUBTOTAL.fullmatch(first):
            # a note under the sheet, a heading across it, a sum of a group
            self.unplaced.append((grid.place(number), " ".join(cell.text for cell in filled)))
        elif any(SUBTOTAL.fullmatch(folded(cell.text)) for cell in filled if cell.column in self.columns.names):
            self.unplaced.append((grid.place(number), " ".join(cell.text for cell in filled)))
        else:
            self.lines.append((grid.place(number), cells, self.columns))

    def _total(self, grid: Grid, number: int, cells: Sequence[Cell]) -> None:
        text = under(cells, self.columns.score)
        inside = _TOTAL_INSIDE.fullmatch(folded(text))
        self.total = inside[1] if inside else text
        self.total_place = grid.place(number, "合计")

    # ------------------------------------------------------------ the tree

    def done(self) -> SheetReading:
        tree = Tree(self.lines)
        self.nodes, self.problems = tree.nodes, [*tree.problems, *self.problems]
        self.unplaced += tree.unplaced
        percent = self._fractions()
        sums = self._sums(percent)
        places, filed, items = {}, {}, []
        levels = tree.levels()
        for node in self.nodes:
            weight = self._value(node, "权重", node.weight, percent)
            score = self._value(node, "得分", node.score, False)
            line = ScoreLine(
                node.code, node.name, levels[node],
                weight if node.leaf else None, _rate(node, weight, score) if node.leaf else "",
                score if node.leaf else None,
            )  # fmt: skip
            line = self._printed(line, node, weight if node.leaf else sums[node][0])
            if not node.leaf:
                self._check_group(line, node, (weight, score), sums[node])
            items.append(line)
            places[f"items.{node.code}"] = node.place
            if node.leaf:
                filed[f"items.{node.code}"] = " | ".join((node.weight, node.rate, node.score))
        total = self._value_of_total()
        if self.total_place:
            places["total"], filed["total"] = self.total_place, self.total or ""
        sheet = ScoreSheet(tuple(items), total)
        self._check(sheet)
        return SheetReading(sheet, tuple(self.problems), places, filed, tuple(self.unplaced), self.at)

    def _sums(self, percent: bool) -> dict[Node, tuple[Decimal, Decimal]]:
        """Weight and score of the leaves under each group."""
        sums = {node: (Decimal(0), Decimal(0)) for node in self.nodes}
        for leaf in self.nodes:
            if not leaf.leaf:
                continue
            weight = (decimal(leaf.weight) or Decimal(0)) * (100 if percent else 1)
            score = decimal(leaf.score) or Decimal(0)
            group = leaf.parent
            while group is not None:
                sums[group] = sums[group][0] + weight, sums[group][1] + score
                group = group.parent
        return sums

    def _fractions(self) -> bool:
        """Whether weights are written as parts of one, as a cell of per cents is kept, and scores are not."""
        pairs = [(decimal(node.weight), decimal(node.score)) for node in self.nodes if node.leaf]
        weights = [weight for weight, _score in pairs if weight is not None]
        parts = bool(weights) and max(weights) <= 1 and abs(sum(weights, Decimal(-1))) < Decimal("0.001")
        if not parts or not any(None not in pair and pair[1] > pair[0] for pair in pairs):  # type: ignore[operator]
            return False
        self.problems.append(Problem(self.nodes[0].place, N_("权重写作小数，已按百分数读入。请核对。")))
        return True

    def _value(self, node: Node, label: str, text: str, fraction: bool) -> Decimal | None:
        plain = folded(text)
        if plain in NOTHING:
            if node.leaf:
                message = N_("“%(name)s”没有填写%(label)s。请补填。")
                self._say(f"{node.place} {label}", message, node, name=node.name, label=label)
            return None
        value = decimal(text)
        if value is None:
            message = N_("“%(text)s”不是%(label)s。请写成数字，例如 5.5。")
            self._say(f"{node.place} {label}", message, node, text=text.strip(), label=label)
            return None
        value = value * 100 if fraction else value
        if value > HUNDRED:
            message = N_("%(label)s“%(text)s”超过 100。请核对。")
            self._say(f"{node.place} {label}", message, node, text=text.strip(), label=label)
        return value

    def _value_of_total(self) -> Decimal | None:
        if self.total is None or folded(self.total) in NOTHING:
            return None
        value = decimal(self.total)
        if value is None:
            message = N_("“%(text)s”不是%(label)s。请写成数字，例如 5.5。")
            self.problems.append(
                Problem(self.total_place, message, {"text": self.total.strip(), "label": "得分"}, "total")
            )
        return value

    def _printed(self, line: ScoreLine, node: Node, weight: Decimal | None) -> ScoreLine:
        """A weight printed with the name is no part of it: "决策（20分）", or below the name of a group."""
        found = _PRINTED.fullmatch(line.name)
        stray = re.fullmatch(r"(.*[^\d.])(\d{1,3}(?:\.\d+)?)(?:分|%)?", line.name) if not node.leaf else None
        if found and Decimal(found["number"]) == weight and (found["unit"] or not node.leaf):
            return replace(line, name=found["name"])
        if found and found["unit"] and weight:
            message = N_("“%(name)s”写的权重是 %(printed)s，下级合计是 %(sum)s。请核对。")
            if node.leaf:
                message = N_("“%(name)s”写的权重是 %(printed)s，权重一栏是 %(sum)s。请核对。")
            params = {"name": found["name"], "printed": found["number"], "sum": _said(weight)}
            self._say(f"{node.place} 权重", message, node, **params)
        if stray and Decimal(stray[2]) == weight:
            return replace(line, name=stray[1].rstrip("(（"))
        return line

    def _check_group(
        self,
        line: ScoreLine,
        node: Node,
        printed: tuple[Decimal | None, Decimal | None],
        known: tuple[Decimal, Decimal],
    ) -> None:
        """A group has neither weight nor score of its own; those printed are the sums of its leaves."""
        messages = (
            N_("“%(name)s”写的权重是 %(printed)s，下级合计是 %(sum)s。请核对。"),
            N_("“%(name)s”写的得分是 %(printed)s，下级合计是 %(sum)s。请核对。"),
        )
        for label, message, value, sum_ in zip(("权重", "得分"), messages, printed, known, strict=True):
            if value is not None and sum_ and value != sum_:
                params = {"name": line.name, "printed": _said(value), "sum": _said(sum_)}
                self._say(f"{node.place} {label}", message, node, **params)

    def _check(self, sheet: ScoreSheet) -> None:
        codes = Counter(node.code for node in self.nodes)
        twice = {node.code: node for node in self.nodes if codes[node.code] > 1}
        for code, node in sorted(twice.items()):
            self._say(node.place, N_("指标编码 %(code)s 出现了两次。请核对。"), node, code=code)
        pairs = [(line, node) for line, node in zip(sheet.items, self.nodes, strict=True) if node.leaf]
        for line, node in pairs:
            self._check_leaf(line, node)
        leaves = [line for line, _node in pairs]
        where = self.total_place or (self.nodes[-1].place if self.nodes else "")
        weights = sum((line.weight for line in leaves if line.weight is not None), Decimal(0))
        if leaves and weights != HUNDRED:
            message = N_("末级指标的权重合计是 %(sum)s，应为 100。请核对。")
            self.problems.append(Problem(where, message, {"sum": _said(weights)}, "total"))
        if sheet.total is not None and all(line.score is not None for line in leaves):
            scores = sum((line.score for line in leaves if line.score is not None), Decimal(0))
            if scores != sheet.total:
                message = N_("各指标得分合计是 %(sum)s，表中合计写的是 %(total)s。请核对。")
                self.problems.append(
                    Problem(where, message, {"sum": _said(scores), "total": _said(sheet.total)}, "total")
                )

    def _check_leaf(self, line: ScoreLine, node: Node) -> None:
        if line.score is not None and line.score != round(line.score, 2):
            message = N_("得分“%(text)s”的小数超过两位。请核对。")
            self._say(f"{node.place} 得分", message, node, text=_said(line.score))
        if line.weight is None or line.score is None:
            self._read_rate(line, node)
            return
        if line.score > line.weight:
            message = N_("“%(name)s”的得分 %(score)s 高于权重 %(weight)s。请核对。")
            self._say(
                f"{node.place} 得分", message, node,
                name=line.name, score=_said(line.score), weight=_said(line.weight),
            )  # fmt: skip
        rate = self._read_rate(line, node)
        if rate is None:
            return
        # the printed rate is rounded to whole per cent, the score to a tenth
        if abs(line.score - line.weight * rate / 100) > line.weight * Decimal("0.005") + Decimal("0.05"):
            message = N_("权重 %(weight)s × 得分率 %(rate)s 与得分 %(score)s 不符。请核对。")
            self._say(
                f"{node.place} 得分率", message, node,
                weight=_said(line.weight), rate=line.rate_filed, score=_said(line.score),
            )  # fmt: skip

    def _read_rate(self, line: ScoreLine, node: Node) -> Decimal | None:
        plain = folded(line.rate_filed)
        if plain in NOTHING:
            return None
        found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)%?", plain, re.ASCII)
        if found is None or Decimal(found[1]) > HUNDRED:
            message = N_("“%(text)s”不是百分数。请写成例如 92%%。")
            self._say(f"{node.place} 得分率", message, node, text=line.rate_filed.strip())
            return None
        return Decimal(found[1])

    def _say(self, place: str, message: str, node: Node, **params: str) -> None:
        self.problems.append(Problem(place, message, params, f"items.{node.code}"))


def _rate(node: Node, weight: Decimal | None, score: Decimal | None) -> str:
    """The rate as filed; a bare part of one, as Excel keeps a cell of per cents, is written as it was shown."""
    text = node.rate.strip()
    if folded(text) in NOTHING:
        return ""
    number = decimal(text)
    if number is None or "%" in folded(text) or weight is None or score is None or not 0 <= number <= 1:
        return text
    near = abs(weight * number - score) <= weight * Decimal("0.005") + Decimal("0.05")
    return f"{_said(round(number * 100, 2))}%" if near and (number != 1 or score == weight) else text


def _said(number: Decimal) -> str:
    return f"{number.normalize():f}"
