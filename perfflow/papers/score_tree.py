"""The rows of a score sheet as a tree, by codes where there are any, else by columns or by their numbering."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfflow.papers.blocks import Cell
from perfflow.papers.score_heads import Columns
from perfflow.papers.spec import Problem
from perfflow.papers.table_heads import under, words
from perfflow.papers.text import N_, folded

NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "－", "无", "–"})
_CODE = re.compile(r"([A-Z])[-.]?(\d{0,4})(?:[-.](\d{1,3}))?(?:[-.](\d{1,3}))?")
_DOTTED = re.compile(r"(\d{1,2}(?:\.\d{1,2})+)")
_WHOLE = re.compile(r"(\d{1,2})(?:[.、]|(?=\D)|$)")
# how rows of a single column are numbered; which way is the higher one the sheet shows itself
_RANKS = (
    re.compile(r"[一二三四五六七八九十]{1,3}(?:[、.]|$)"), re.compile(r"\([一二三四五六七八九十]{1,3}\)"),
    re.compile(r"\d{1,2}(?:[、.](?!\d)|$)"), re.compile(r"\(\d{1,2}\)"),
)  # fmt: skip
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,10})?", re.ASCII)
_UNRANKED = len(_RANKS)


@dataclass(slots=True, eq=False)
class Node:
    """An indicator. `text`: its cell as filed, put together again where a page cut it; `own`: its code stood apart."""

    code: str
    name: str
    column: int
    place: str
    text: str = ""
    count: str = ""
    own: bool = False
    weight: str = ""
    rate: str = ""
    score: str = ""
    figures: bool = False
    parent: "Node | None" = None
    leaf: bool = True


Line = tuple[str, tuple[Cell, ...], Columns]


class Tree:
    """Place, cells and columns of each row become nodes; what belongs to none is in `unplaced`."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.nodes: list[Node] = []
        self.problems: list[Problem] = []
        self.unplaced: list[tuple[str, str]] = []
        self._last: dict[int, tuple[int, Node]] = {}
        self._seen: set[tuple[str, str]] = set()
        self._children: Counter[str] = Counter()
        self._ranks: list[int] = []
        self._dotted = any(_DOTTED.match(folded(text)) for line in lines for text in _coded_texts(line))
        self._coded = any(self._has_code(line) for line in lines)
        self._heads_are_bare = bool(lines) and not any(_figures(*lines[0][1:]))
        for place, cells, columns in lines:
            self._row(place, cells, columns)
        self._finish(lines)

    def levels(self) -> dict[Node, int]:
        """The depth of each node, from 1."""
        found: dict[Node, int] = {}
        for node in self.nodes:
            path: list[Node] = []
            at: Node | None = node
            while at is not None and at not in found:
                path.append(at)
                at = at.parent
            depth = found[at] if at is not None else 0
            for one in reversed(path):
                depth += 1
                found[one] = depth
        return found

    # ------------------------------------------------------------ rows

    def _has_code(self, line: Line) -> bool:
        _place, cells, columns = line
        if _own(cells, columns):
            return True
        return any(self._cut(cell.text, cell.column, columns)[0] for cell in _named(cells, columns))

    def _row(self, place: str, cells: tuple[Cell, ...], columns: Columns) -> None:
        figures = _figures(cells, columns)
        named = _named(cells, columns)
        new = self._new(place, cells, columns, named, filled=any(figures))
        if any(figures):
            leaf = new[-1] if new else self._waiting()
            if leaf is not None:
                leaf.weight, leaf.rate, leaf.score = figures
                leaf.figures, leaf.place = True, place
            elif not self._goes_on(figures):
                self.unplaced.append((place, " ".join(cell.text for cell in cells if cell.text.strip())))
                return
        for node in new:
            later = [column for column in columns.groups if column > node.column]
            if later and not node.figures:
                node.weight = under(cells, min(later))
        for column, label in columns.others:
            if text := under(cells, column).strip():
                self.unplaced.append((f"{place} {label}", text))

    def _new(
        self, place: str, cells: tuple[Cell, ...], columns: Columns, named: Sequence[Cell], *, filled: bool
    ) -> list[Node]:
        """The nodes that begin in this row."""
        new: list[Node] = []
        own = _own(cells, columns)
        count = under(cells, columns.count).strip() if columns.count >= 0 else ""
        fresh = self._coded and filled and not own and bool(named) and self._begins(named[-1], columns)
        for cell in named:
            last = cell is named[-1]
            column, text = self._column(cell, columns, count, filled=filled)
            code, name = self._cut(text, cell.column, columns)
            if own and last:
                code, name = own, name if code in ("", own) else words(text)
            if self._known(Node(code, name, column, place, text), fresh=fresh, last=last and filled, alone=not new):
                continue
            node = Node(code, name, column, place, text, count, bool(own and last))
            self.nodes.append(node)
            self._last[column] = len(self.nodes), node
            self._seen.add((code, name))
            self._children[code[:-1]] += 1
            new.append(node)
        return new

    def _known(self, node: Node, *, fresh: bool, last: bool, alone: bool) -> bool:
        """Whether a cell names a group again, as at the top of a page, or is the rest of one the page cut."""
        if node.code:
            return not last and (node.code, node.name) in self._seen
        _at, above = self._last.get(node.column, (0, None))
        if above is None:
            return False
        if not self._coded or not above.code:
            return above.name == node.name and alone and not last
        if fresh:
            return False
        above.text += node.text
        code, name = self._cut(above.text, node.column, None)
        if above.own or not code:
            above.name += node.name
        else:
            above.code, above.name = code, name
        return True

    def _begins(self, cell: Cell, columns: Columns) -> bool:
        """Whether a name without code beside figures is an indicator of its own: none before waits for figures."""
        return not self._cut(cell.text, cell.column, columns)[0] and self._waiting() is None

    def _waiting(self) -> Node | None:
        """A leaf whose name began on the page before: its figures stand beside the rest of its name."""
        last = self.nodes[-1] if self.nodes else None
        return last if last is not None and not last.figures else None

    def _goes_on(self, figures: tuple[str, str, str]) -> bool:
        """Figures that the page cut: "4 | 100 | 4" over "0 | % | 0". Only where the sheet's own sum then is right."""
        last = self.nodes[-1] if self.nodes else None
        if last is None:
            return False
        joined = [one + two.strip() for one, two in zip((last.weight, last.rate, last.score), figures, strict=True)]
        if fits(last.weight, last.rate, last.score) or not fits(*joined):
            return False
        last.weight, last.rate, last.score = joined
        return True

    def _column(self, cell: Cell, columns: Columns, count: str, *, filled: bool) -> tuple[int, str]:
        """How deep a cell stands and its text; in a sheet of one column the numbering tells."""
        if len(columns.indicators) > 1 or self._coded:
            return cell.column, cell.text
        plain = unicodedata.normalize("NFKC", words(cell.text))
        for kind, rank in enumerate(_RANKS):
            found = rank.match(plain)
            if rank.fullmatch(folded(count)) or found:
                if kind not in self._ranks:
                    self._ranks.append(kind)
                return self._ranks.index(kind), plain[found.end() :] if found else cell.text
        return _UNRANKED if self._ranks or (self._heads_are_bare and filled) else 0, cell.text

    # ------------------------------------------------------------ codes

    def _cut(self, text: str, column: int, columns: Columns | None) -> tuple[str, str]:
        """Code and name of a cell as filed. A code may touch a name that itself begins with digits
        ("C1112345热线接通率"): of the codes it could be, the next one under its group is taken."""
        top = columns is None or column == min(columns.indicators)
        first, *rest = unicodedata.normalize("NFKC", text).upper().split() or [""]
        alone = _CODE.fullmatch(first) or _DOTTED.fullmatch(first)
        name = words(text)
        plain = folded(name).upper()
        if alone and rest and not rest[0].isdecimal() and (top or len(first) > 1):
            glued = _CODE.match(plain)
            if first not in self._codes or not glued or len(glued[0]) <= len(first):
                return first, words(text.split(maxsplit=1)[1])
        dotted = _DOTTED.match(plain)
        if dotted:
            return dotted[1], _rest(name, dotted[1])
        whole = _WHOLE.match(plain) if self._dotted and top else None
        if whole:
            return whole[1], _rest(name, whole[1])
        found = _CODE.match(plain)
        if not found or (not found[2] and (not top or _latin(plain[1:2]))):
            return "", name
        code = plain[: found.end()].rstrip("-.")
        if found[2] and not found[3]:
            code = self._likely(found[1], found[2], column)
        return code, _rest(name, code)

    @property
    def _codes(self) -> set[str]:
        return {node.code for _at, node in self._last.values()}

    def _likely(self, letter: str, digits: str, column: int) -> str:
        whole = letter + digits
        if len(digits) == 1:
            return whole
        above = [entry for at, entry in self._last.items() if at < column and entry[1].code]
        parent = max(above, key=lambda entry: entry[0])[1].code if above else ""
        following = f"{parent}{self._children[parent] + 1}"
        if parent and whole.startswith(following) and len(whole) - len(following) > 1:
            return following
        return whole

    # ------------------------------------------------------------ the whole

    def _finish(self, lines: Sequence[Line]) -> None:
        if not self.nodes:
            return
        if not self._coded and any("." in folded(node.count) for node in self.nodes):
            for node in self.nodes:
                node.code = folded(node.count)
        elif not self._coded:
            for node, code in zip(self.nodes, _made_codes([node.column for node in self.nodes]), strict=True):
                node.code = code
            message = N_("表中没有指标编码，已按次序编为 A、A1、A11……。请核对。")
            self.problems.append(Problem(self.nodes[0].place, message))
        self._give_codes()
        for node in self.nodes:
            if not node.name:
                message = N_("指标 %(code)s 没有名称。请补填。")
                self.problems.append(Problem(node.place, message, {"code": node.code}, f"items.{node.code}"))
        self._find_parents()
        for node in self.nodes:
            if node.parent is not None:
                node.parent.leaf = False

    def _give_codes(self) -> None:
        """Codes for what has none in a sheet with codes: groups by what stands under them, others by their order."""
        used = {node.code for node in self.nodes}
        stack: list[Node] = []
        given: list[tuple[Node, Node | None]] = []
        for node in self.nodes:
            while stack and stack[-1].column >= node.column:
                stack.pop()
            if node.code:
                code = node.code
                for group in reversed(stack):
                    code = _above(code)
                    if not group.code and code and code not in used:
                        group.code = code
                        used.add(code)
            else:
                given.append((node, stack[-1] if stack else None))
            stack.append(node)
        for node, parent in given:
            if not node.code:
                node.code = _next_code(parent.code if parent else "", used)
                used.add(node.code)
            message = N_("“%(name)s”没有指标编码，已编为 %(code)s。请核对。")
            params = {"name": node.name, "code": node.code}
            self.problems.append(Problem(node.place, message, params, f"items.{node.code}"))

    def _find_parents(self) -> None:
        """By codes: the longest that begins this one. "C10" beside "C9" is no part of "C1"."""
        by_code: dict[str, Node] = {}
        for node in self.nodes:
            by_code.setdefault(node.code, node)
        for node in self.nodes:
            found = (by_code.get(node.code[:end]) for end in range(len(node.code) - 1, 0, -1))
            node.parent = next((one for one in found if one is not None and _begins_with(node.code, one.code)), None)
            before = self._before(node, by_code)
            if before is not None and node.parent is not before.parent:
                node.parent = before.parent
                message = N_("编码 %(code)s 会被看作 %(other)s 的下级。请改成位数相同的编码，例如 %(padded)s。")
                params = {"code": node.code, "other": node.code[:-1], "padded": f"{node.code[:-2]}01"}
                self.problems.append(Problem(node.place, message, params, f"items.{node.code}"))

    def _before(self, node: Node, by_code: dict[str, Node]) -> Node | None:
        """The sibling before the tenth and following of a group: C9 of C10."""
        found = re.fullmatch(r"([A-Z]\d*?)(\d\d)", node.code)
        if found is None or int(found[2]) < 10 or node.code[:-1] not in by_code:
            return None
        one = by_code.get(f"{found[1]}{int(found[2]) - 1}")
        return one if one is not None and one.column == node.column else None


def fits(weight: str, rate: str, score: str) -> bool:
    """Whether the score is the weight by the rate, as far as printed figures can tell."""
    figures = decimal(weight), decimal(rate), decimal(score)
    if None in figures:
        return False
    points, share, given = figures
    assert points is not None and share is not None and given is not None
    return abs(given - points * share / 100) <= points * Decimal("0.005") + Decimal("0.05")


def decimal(text: str) -> Decimal | None:
    """A figure of the sheet; None when it is none."""
    plain = folded(text).removesuffix("分").removesuffix("%")
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def _named(cells: Sequence[Cell], columns: Columns) -> list[Cell]:
    """The cells of a row that name indicators; a code in a cell of its own is put before the name beside it."""
    names = columns.names
    between = range(min(columns.indicators), columns.last_name + 1)
    found: list[Cell] = []
    for cell in cells:
        covered = range(cell.column, cell.column + cell.width)
        if cell.column not in between or folded(cell.text) in NOTHING:
            continue
        if any((column in between and column not in names) or column in columns.figures for column in covered):
            continue
        if found and _is_code_of(found[-1], cell):
            code = found.pop()
            cell = Cell(code.column, f"{code.text.strip()} {cell.text}", code.width + cell.width)
        found.append(cell)
    return found


def _is_code_of(one: Cell, name: Cell) -> bool:
    beside = one.column + one.width == name.column
    return beside and _is_code(one.text) and not _CODE.match(folded(name.text).upper())


def _is_code(text: str) -> bool:
    plain = folded(text).upper()
    return bool(_CODE.fullmatch(plain) or _DOTTED.fullmatch(plain))


def _own(cells: Sequence[Cell], columns: Columns) -> str:
    """The code in a column of its own."""
    text = folded(under(cells, columns.code)).upper() if columns.code >= 0 else ""
    return "" if text in NOTHING else text


def _coded_texts(line: Line) -> list[str]:
    _place, cells, columns = line
    return [*(cell.text for cell in _named(cells, columns)), _own(cells, columns)]


def _figures(cells: Sequence[Cell], columns: Columns) -> tuple[str, str, str]:
    """Weight, rate and score of a row; nothing but dashes are none at all."""
    weight, rate, score = (under(cells, column) for column in (columns.weight, columns.rate, columns.score))
    return ("", "", "") if all(folded(text) in NOTHING for text in (weight, rate, score)) else (weight, rate, score)


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()


def _begins_with(code: str, group: str) -> bool:
    """Whether a code stands under another: "1.1" under "1", "A11" under "A1", but "10.1" not under "1"."""
    rest = code[len(group) :]
    return bool(rest) and (rest[0] in ".-" or (group[0].isalpha() and not set(group) & set(".-")))


def _above(code: str) -> str:
    """The code of the group that holds this one."""
    head, mark, _tail = re.fullmatch(r"(.*?)([.-]?)([^.-]*)", code).groups()  # type: ignore[union-attr]
    return str(head) if mark else code[:-1]


def _next_code(parent: str, used: set[str]) -> str:
    if not parent:
        letters = (chr(ord("A") + at) for at in range(26))
        return next((letter for letter in letters if letter not in used), "Z")
    mark = re.search("[.-]", parent)
    between = mark[0] if mark else "." if parent[0].isdigit() else ""
    return next(code for at in range(1, len(used) + 2) if (code := f"{parent}{between}{at}") not in used)


def _rest(text: str, code: str) -> str:
    """What follows a code, which may be written in full width or with marks inside."""
    at = 0
    read = ""
    while at < len(text) and read != code:
        letter = unicodedata.normalize("NFKC", text[at]).upper()
        read += letter if code.startswith(read + letter) else ""
        at += 1
    return text[at:].lstrip(" \t.．、:：-—　")


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
