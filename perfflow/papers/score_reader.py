"""Reads score sheets: any table whose head names indicators, weights and scores.

Codes give the tree where there are any ("B321" stands under "B32"), columns where there are none. What the paper
states twice is compared: sums, rates, codes; whatever differs is said and left as filed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from perfflow.papers.blocks import Cell, Document, Grid
from perfflow.papers.score_sheet import ScoreLine, ScoreSheet
from perfflow.papers.spec import Problem
from perfflow.papers.table_heads import Head, heads, words
from perfflow.papers.text import N_, folded

WEIGHT = (
    "权重", "分值", "标准分", "标准分值", "满分", "指标权重", "权重分", "权重分值", "指标分值", "分数", "权重值",
    "权数",
)  # fmt: skip
SCORE = (
    "得分", "绩效分数", "绩效分值", "绩效得分", "评价得分", "评价分值", "评价分数", "实际得分", "评分", "考核得分",
    "最终得分", "指标得分", "自评得分",
)  # fmt: skip
RATE = ("得分率", "得分比率", "得分比例", "评分率")
CODE = ("编码", "代码", "指标编码", "指标代码", "编号", "指标编号")
TOTAL = ("合计", "总计", "总分", "总得分", "合计得分", "综合得分")
COUNT = ("序号", "行次")
SUBTOTAL = ("小计",)
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "－", "无", "–"})

_INDICATOR = re.compile(
    r"[一二三四五六末][级層层].*指标.*|(?:评价|绩效|考核|具体)?指标(?:名称|内容|体系)?|[一二三四五六]级"
)
_CODE = re.compile(r"([A-Z])[-.]?(\d{0,4})(?:[-.](\d{1,3}))?(?:[-.](\d{1,3}))?")
_DOTTED = re.compile(r"(\d{1,2}(?:\.\d{1,2})+)")
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_UNIT = re.compile(r"[(（].*[)）]$")
HUNDRED = Decimal(100)


@dataclass(slots=True)
class _Node:
    """A row of the sheet while it is read."""

    code: str
    name: str
    column: int
    place: str
    weight: str = ""
    rate: str = ""
    score: str = ""
    leaf: bool = False


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


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the columns of a table mean."""

    indicators: tuple[int, ...]
    weights: tuple[int, ...]
    score: int
    rate: int = -1
    code: int = -1
    others: tuple[tuple[int, str], ...] = ()

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset({*self.weights, self.score, self.rate} - {-1})


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
    row = 0
    while row < len(grid.rows):
        head = _head(grid, row)
        if head is not None:
            columns, row = head
            if open_ is None or open_.complete:
                done += [open_] if open_ else []
                open_ = _Sheet(columns, at)
            open_.columns = columns
            continue
        if open_ is not None and (open_.at == at or open_.fits(grid)):
            open_.row(grid, *grid.rows[row])
        row += 1
    return open_, done


def _head(grid: Grid, at: int) -> tuple[_Columns, int] | None:
    """The meaning of the columns when a head begins at this row, and the row after it; the longest head counts."""
    found = None
    for head in heads(grid.rows, at):
        columns = _columns(head)
        if columns is not None:
            found = columns, head.after
        elif found is not None:
            break
    return found


def _columns(head: Head) -> _Columns | None:
    labels = {column: _UNIT.sub("", label) for column, label in head.labels.items()}
    if any(len(label) > 20 or re.search(r"\d", label) for label in labels.values()):
        return None  # a row of values
    indicators = tuple(column for column, label in labels.items() if _INDICATOR.fullmatch(label))
    scores = [column for column, label in labels.items() if label in SCORE]
    weights = [column for column, label in labels.items() if label in WEIGHT]
    if not scores and len(weights) > 1 and any(labels[column] == "权重" for column in weights):
        # "权重 | 得分率 | 分值": the points that were given
        scores = [column for column in weights if labels[column] != "权重"][-1:]
        weights = [column for column in weights if column not in scores]
    if not indicators or not weights or not scores:
        return None
    rate = next((column for column, label in labels.items() if label in RATE), -1)
    code = next((column for column, label in labels.items() if label in CODE), -1)
    known = {*indicators, *weights, *scores, rate, code}
    others = tuple((c, label) for c, label in sorted(labels.items()) if c not in known and label not in COUNT)
    return _Columns(indicators, tuple(weights), scores[-1], rate, code, others)


@dataclass(slots=True)
class _Sheet:
    """A sheet being read row by row."""

    columns: _Columns
    at: int
    nodes: list[_Node] = field(default_factory=list)
    total: str | None = None
    total_place: str = ""
    weight_total: str = ""
    problems: list[Problem] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return self.total is not None

    def fits(self, grid: Grid) -> bool:
        """Whether a table without a head is the rest of this sheet."""
        if self.complete or not grid.rows:
            return False
        mine = max(self.columns.numbers)
        return all(max((cell.column + cell.width - 1 for cell in cells), default=0) == mine for _n, cells in grid.rows)

    def row(self, grid: Grid, number: int, cells: tuple[Cell, ...]) -> None:
        filled = [cell for cell in cells if cell.text.strip()]
        if not filled:
            return
        first = folded(filled[0].text)
        if any(first.startswith(word) for word in TOTAL) and len(first) <= 8:
            self._total(grid, number, cells)
        elif self.complete or (len(filled) == 1 and len(cells) == 1):
            # a note under the sheet, or a heading across it
            self.unplaced.append((grid.place(number), " ".join(cell.text for cell in filled)))
        elif not any(first.startswith(word) for word in SUBTOTAL):
            self._line(grid, number, cells)

    def _total(self, grid: Grid, number: int, cells: Sequence[Cell]) -> None:
        self.total = _under(cells, self.columns.score)
        self.weight_total = _under(cells, self.columns.weights[-1])
        self.total_place = grid.place(number, "合计")

    def _line(self, grid: Grid, number: int, cells: Sequence[Cell]) -> None:
        place = grid.place(number)
        new = self._indicators(cells, place)
        weight, rate, score = (
            _under(cells, column) for column in (self.columns.weights[-1], self.columns.rate, self.columns.score)
        )
        if any(folded(text) not in NOTHING for text in (weight, rate, score)):
            leaf = new[-1] if new else self._waiting()
            if leaf is None:
                self.unplaced.append((place, " ".join(cell.text for cell in cells if cell.text.strip())))
                return
            leaf.weight, leaf.rate, leaf.score = weight, rate, score
            leaf.leaf, leaf.place = True, place
            new = [one for one in new if one is not leaf]
        self._group_weights(new, cells)
        for column, label in self.columns.others:
            if text := _under(cells, column).strip():
                self.unplaced.append((f"{place} {label}", text))

    def _waiting(self) -> _Node | None:
        """A leaf whose name began on the page before: its figures stand beside the rest of its name."""
        last = self.nodes[-1] if self.nodes else None
        return last if last is not None and not last.leaf else None

    def _indicators(self, cells: Sequence[Cell], place: str) -> list[_Node]:
        """The nodes that begin in this row; a name without code in a sheet with codes is the rest of one above."""
        first, last = min(self.columns.indicators), max(self.columns.indicators)
        numbers = self.columns.numbers | {self.columns.code} | {column for column, _label in self.columns.others}
        new: list[_Node] = []
        for cell in cells:
            taken = any(cell.column <= column < cell.column + cell.width for column in numbers)
            if taken or not first <= cell.column <= last or folded(cell.text) in NOTHING:
                continue
            code, name = self._cut(cell.text, cell.column, new)
            above = next((node for node in reversed(self.nodes) if node.column == cell.column), None)
            if not code and above is not None and self._coded:
                above.name += name
            elif not code and not self._coded and above is not None and not above.leaf and above.name == name:
                continue  # the group's name again, at the top of a page
            else:
                node = _Node(code, name, cell.column, place)
                if self._again(node):
                    continue
                self.nodes.append(node)
                new.append(node)
        if new and self.columns.code >= 0 and (own := _under(cells, self.columns.code).strip()):
            new[-1].code = folded(own).upper()
        return new

    def _again(self, node: _Node) -> bool:
        """Whether a group is named again at the top of a page."""
        return bool(node.code) and any(
            not one.leaf and (one.code, one.name) == (node.code, node.name) for one in self.nodes
        )

    @property
    def _coded(self) -> bool:
        return any(node.code for node in self.nodes)

    def _cut(self, text: str, column: int, new: Sequence[_Node]) -> tuple[str, str]:
        """Code and name of a cell as filed. A code may touch a name that itself begins with digits
        ("C1112345热线接通率"): of the codes it could be, the next one under its group is taken."""
        first, *rest = unicodedata.normalize("NFKC", text).upper().split() or [""]
        alone = _CODE.fullmatch(first) or _DOTTED.fullmatch(first)
        if alone and rest and not rest[0].isdecimal():
            return first, words(text.split(maxsplit=1)[1])
        name = words(text)
        plain = folded(name).upper()
        dotted = _DOTTED.match(plain)
        if dotted:
            return dotted[1], _rest(name, dotted[1])
        found = _CODE.match(plain)
        if not found or (not found[2] and plain[1:2].isascii() and plain[1:2].isalpha()):
            return "", name
        code = plain[: found.end()].rstrip("-.")
        if found[2] and not found[3]:
            code = self._likely(found[1], found[2], column, new)
        return code, _rest(name, code)

    def _likely(self, letter: str, digits: str, column: int, new: Sequence[_Node]) -> str:
        whole = letter + digits
        if len(digits) == 1:
            return whole
        parents = [node for node in (*self.nodes, *new) if node.column < column and node.code]
        parent = parents[-1].code if parents else ""
        siblings = [n.code for n in self.nodes if n.code.startswith(parent) and len(n.code) == len(parent) + 1]
        following = f"{parent}{len(siblings) + 1}"
        if parent and whole.startswith(following) and len(whole) - len(following) > 1:
            return following
        return whole

    def _group_weights(self, groups: Iterable[_Node], cells: Sequence[Cell]) -> None:
        """Weights of groups in columns of their own, each to the right of its group."""
        for node in groups:
            later = [column for column in self.columns.weights[:-1] if column > node.column]
            node.weight = _under(cells, min(later)) if later else ""

    # ------------------------------------------------------------ the sheet

    def done(self) -> SheetReading:
        self._number()
        nodes = self.nodes
        children = {id(node): self._leaves_under(node) for node in nodes}
        levels = self._levels()
        percent = self._fractions()
        places, filed, items = {}, {}, []
        for node in nodes:
            group = not node.leaf
            weight = self._value(node, "权重", node.weight, percent and not group)
            score = self._value(node, "得分", node.score, False)
            line = ScoreLine(
                node.code, node.name, levels[id(node)],
                None if group else weight, "" if group else _rate(node, weight, score), None if group else score,
            )  # fmt: skip
            if group:
                line = self._checked_group(line, node, weight, children[id(node)])
            items.append(line)
            places[f"items.{node.code}"] = node.place
            if node.leaf:
                filed[f"items.{node.code}"] = " | ".join((node.weight, node.rate, node.score))
        total = self._value_of_total()
        if self.total_place:
            places["total"], filed["total"] = self.total_place, self.total or ""
        sheet = ScoreSheet(tuple(items), total)
        self._check(sheet, places)
        return SheetReading(sheet, tuple(self.problems), places, filed, tuple(self.unplaced), self.at)

    def _number(self) -> None:
        """Codes for a sheet that has none, in the order of its rows; a name at the end of a group without leaves is
        a leaf whose figures are missing."""
        for at, node in enumerate(self.nodes):
            following = self.nodes[at + 1] if at + 1 < len(self.nodes) else None
            ends = following is None or (
                not following.code.startswith(node.code) if self._coded else following.column <= node.column
            )
            if ends and not node.leaf:
                node.leaf = True
        if self._coded or not self.nodes:
            return
        for node, code in zip(self.nodes, _made_codes([node.column for node in self.nodes]), strict=True):
            node.code = code
        self.problems.append(
            Problem(self.nodes[0].place, N_("表中没有指标编码，已按次序编为 A、A1、A11……。请核对。"))
        )

    def _levels(self) -> dict[int, int]:
        codes = {node.code for node in self.nodes}
        return {
            id(node): 1 + sum(other != node.code and node.code.startswith(other) for other in codes if other)
            for node in self.nodes
        }

    def _leaves_under(self, group: _Node) -> list[_Node]:
        return [node for node in self.nodes if node.leaf and node is not group and node.code.startswith(group.code)]

    def _fractions(self) -> bool:
        """Whether weights are written as parts of one, as a cell of per cents is kept, and scores are not."""
        pairs = [(_decimal(node.weight), _decimal(node.score)) for node in self.nodes if node.leaf]
        weights = [weight for weight, _score in pairs if weight is not None]
        parts = bool(weights) and max(weights) <= 1 and abs(sum(weights, Decimal(-1))) < Decimal("0.001")
        if not parts or not any(None not in pair and pair[1] > pair[0] for pair in pairs):  # type: ignore[operator]
            return False
        self.problems.append(Problem(self.nodes[0].place, N_("权重写作小数，已按百分数读入。请核对。")))
        return True

    def _value(self, node: _Node, label: str, text: str, fraction: bool) -> Decimal | None:
        plain = folded(text)
        if plain in NOTHING:
            if node.leaf:
                message = N_("“%(name)s”没有填写%(label)s。请补填。")
                self._say(f"{node.place} {label}", message, node, name=node.name, label=label)
            return None
        value = _decimal(text)
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
        value = _decimal(self.total)
        if value is None:
            message = N_("“%(text)s”不是%(label)s。请写成数字，例如 5.5。")
            self.problems.append(
                Problem(self.total_place, message, {"text": self.total.strip(), "label": "得分"}, "total")
            )
        return value

    def _checked_group(
        self, line: ScoreLine, node: _Node, weight: Decimal | None, leaves: Sequence[_Node]
    ) -> ScoreLine:
        """A group has no weight of its own; one that is printed, in its cell or in its name, is that of its leaves."""
        known = sum((_decimal(leaf.weight) or Decimal(0) for leaf in leaves), Decimal(0))
        stray = re.fullmatch(r"(.*[^\d.])(\d{1,3}(?:\.\d+)?)(?:分|%)?", line.name)
        if stray:
            printed = Decimal(stray[2])
            if printed == known:
                line = replace(line, name=stray[1].rstrip("(（"))
        elif weight is not None and weight != known and known:
            message = N_("“%(name)s”写的权重是 %(printed)s，下级合计是 %(sum)s。请核对。")
            self._say(f"{node.place} 权重", message, node, name=line.name, printed=_said(weight), sum=_said(known))
        return line

    def _check(self, sheet: ScoreSheet, places: dict[str, str]) -> None:
        nodes = {node.code: node for node in self.nodes}
        codes = [line.code for line in sheet.items]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            self._say(nodes[code].place, N_("指标编码 %(code)s 出现了两次。请核对。"), nodes[code], code=code)
        leaves = [line for line in sheet.items if nodes[line.code].leaf]
        for line in leaves:
            self._check_leaf(line, nodes[line.code])
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

    def _check_leaf(self, line: ScoreLine, node: _Node) -> None:
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

    def _read_rate(self, line: ScoreLine, node: _Node) -> Decimal | None:
        plain = folded(line.rate_filed)
        if plain in NOTHING:
            return None
        found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)%?", plain, re.ASCII)
        if found is None or Decimal(found[1]) > HUNDRED:
            message = N_("“%(text)s”不是百分数。请写成例如 92%%。")
            self._say(f"{node.place} 得分率", message, node, text=line.rate_filed.strip())
            return None
        return Decimal(found[1])

    def _say(self, place: str, message: str, node: _Node, **params: str) -> None:
        self.problems.append(Problem(place, message, params, f"items.{node.code}"))


def _under(cells: Sequence[Cell], column: int) -> str:
    return next((cell.text for cell in cells if cell.column <= column < cell.column + cell.width), "")


def _rest(text: str, code: str) -> str:
    """What follows a code, which may be written in full width or with marks inside."""
    at = 0
    read = ""
    while at < len(text) and read != code:
        letter = unicodedata.normalize("NFKC", text[at]).upper()
        read += letter if code.startswith(read + letter) else ""
        at += 1
    return text[at:].lstrip(" \t.．、:：-—　")


def _rate(node: _Node, weight: Decimal | None, score: Decimal | None) -> str:
    """The rate as filed; a bare part of one, as Excel keeps a cell of per cents, is written as it was shown."""
    text = node.rate.strip()
    if folded(text) in NOTHING:
        return ""
    number = _decimal(text)
    if number is None or "%" in folded(text) or weight is None or score is None or not 0 <= number <= 1:
        return text
    near = abs(weight * number - score) <= weight * Decimal("0.005") + Decimal("0.05")
    return f"{_said(number * 100)}%" if near and (number != 1 or score == weight) else text


def _decimal(text: str) -> Decimal | None:
    plain = folded(text).removesuffix("分").removesuffix("%")
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _said(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _made_codes(columns: Sequence[int]) -> list[str]:
    """A, A1, A11 … by the column each name stands in; where a group has more than nine, all numbers have two digits,
    so that no code begins with another one beside it."""
    depths = sorted(set(columns))
    paths: list[tuple[int, ...]] = []
    counts: list[int] = []
    for column in columns:
        depth = depths.index(column)
        counts = counts[: depth + 1] + [0] * (depth + 1 - len(counts))
        counts[depth] += 1
        paths.append(tuple(max(count, 1) for count in counts))
    digits = len(str(max((count for path in paths for count in path[1:]), default=1)))
    letters = [chr(ord("A") + min(path[0], 26) - 1) for path in paths]
    rest = ["".join(f"{count:0{digits}d}" for count in path[1:]) for path in paths]
    return [letter + numbers for letter, numbers in zip(letters, rest, strict=True)]


def leaves(sheet: ScoreSheet) -> Iterator[ScoreLine]:
    """The rows that nothing stands under."""
    groups = {line.code for line in sheet.items for other in sheet.items if _holds(line, other)}
    return (line for line in sheet.items if line.code not in groups)


def _holds(group: ScoreLine, line: ScoreLine) -> bool:
    return line.code != group.code and line.code.startswith(group.code)
