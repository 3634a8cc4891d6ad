"""Reads 问题与建议表: any table whose head names problems or suggestions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from perfflow.papers.blocks import Cell, Document, Grid
from perfflow.papers.findings_list import HEADS, FindingsList, ListedFinding, ListedSuggestion
from perfflow.papers.form_reader import unit_named
from perfflow.papers.kinds import Money, Unreadable, Whole
from perfflow.papers.numbering import Numbered, number_of, split_numbered
from perfflow.papers.spec import Problem
from perfflow.papers.table_heads import heads, later_heads, under
from perfflow.papers.text import N_, folded

_ROLE = {folded(label): key for key, labels in HEADS.items() for label in labels}
_FINDING = frozenset({"title", "text"})
_SUGGESTION = frozenset({"s_title", "s_text"})
# a ledger of what was done names problems and suggestions too
_NOT_MINE = re.compile(r"整改(?:进展|情况|结果|措施|状态)|责任人|项目编号")
_CODE = re.compile(r"[A-Z]\d{0,4}(?:[.\-]\d{1,3})*|\d{1,2}(?:\.\d{1,2})+")
_SUMS = frozenset({"合计", "总计", "小计"})
_AMOUNT = Money(unit="元", bare="元")


@dataclass(frozen=True, slots=True)
class FindingsReading:
    listed: FindingsList
    problems: tuple[Problem, ...]
    places: dict[str, str]
    unplaced: tuple[tuple[str, str], ...]


def findings_of(document: Document) -> FindingsReading | None:
    """Findings and suggestions of all such tables of a document together; None without any."""
    reader = _Reader()
    for grid in document.grids:
        reader.table(grid)
    return reader.done()


_Head = tuple[dict[str, int], list[tuple[int, str]], int, str | None]


def _head_at(grid: Grid, at: int) -> _Head | None:
    found = _head(grid, at)
    if found is not None and later_heads(found[2], at, lambda row: below[2] if (below := _head(grid, row)) else None):
        return None
    return found


def _head(grid: Grid, at: int) -> _Head | None:
    """Role → column, the columns without a role, the row after the head, and the unit its amounts name."""
    for head in heads(grid.rows, at):
        if any(_NOT_MINE.search(label) for label in head.labels.values()):
            return None
        roles: dict[str, int] = {}
        for column, label in head.labels.items():
            if (role := _ROLE.get(label) or _ROLE.get(re.sub(r"\(.*\)$", "", label))) is not None:
                roles.setdefault(role, column)
        if roles.keys() & (_FINDING | _SUGGESTION) and len(roles) >= 2:
            if not roles.keys() & _FINDING and "number" in roles:
                roles["s_number"] = roles.pop("number")
            others = [(c, label) for c, label in sorted(head.labels.items()) if c not in roles.values()]
            return roles, others, head.after, unit_named(head.labels.get(roles.get("amount", -1), ""))
    return None


@dataclass(slots=True)
class _Reader:
    findings: list[ListedFinding] = field(default_factory=list)
    suggestions: list[ListedSuggestion] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    unit: str | None = None
    found: bool = False

    def done(self) -> FindingsReading | None:
        if not self.found:
            return None
        for label, rows in (("问题", self.findings), ("建议", self.suggestions)):
            numbers = [row.number for row in rows]
            for number in sorted({one for one in numbers if numbers.count(one) > 1}):
                message = N_("有两条%(label)s都编为第 %(number)s 号。请改正序号。")
                key = f"{'findings' if label == '问题' else 'suggestions'}.{number}"
                params = {"label": label, "number": str(number)}
                self.problems.append(Problem(self.places[key], message, params, key))
        return FindingsReading(
            FindingsList(tuple(self.findings), tuple(self.suggestions)),
            tuple(self.problems), self.places, tuple(self.unplaced),
        )  # fmt: skip

    def table(self, grid: Grid) -> None:
        at = 0
        roles: dict[str, int] | None = None
        others: list[tuple[int, str]] = []
        while at < len(grid.rows):
            head = _head_at(grid, at)
            if head is not None:
                roles, others, at, self.unit = head
                self.found = True
                continue
            if roles is not None:
                number, cells = grid.rows[at]
                self._row(grid.place(number), roles, others, cells)
            at += 1

    def _row(
        self, place: str, roles: Mapping[str, int], others: Sequence[tuple[int, str]], cells: Sequence[Cell]
    ) -> None:
        texts = {role: under(cells, column).strip() for role, column in roles.items()}
        if not any(texts.values()):
            return
        if folded(texts.get("number") or texts.get("s_number") or "") in _SUMS:
            self.unplaced.append((place, " | ".join(cell.text for cell in cells if cell.text.strip())))
            return
        before = len(self.findings)
        if texts.get("title") or texts.get("text"):
            self._finding(place, texts)
        column = roles.get("s_text", roles.get("s_title", -1))
        if self.suggestions and any(cell.merged and cell.column <= column < cell.column + cell.width for cell in cells):
            # one suggestion beside several problems
            last = self.suggestions.pop()
            more = (one.number for one in self.findings[before:])
            self.suggestions.append(replace(last, answers=tuple(dict.fromkeys((*last.answers, *more)))))
        if texts.get("s_title") or texts.get("s_text"):
            self._suggestion(place, texts, [one.number for one in self.findings[before:]])
        elif before == len(self.findings):
            self.unplaced.append((place, " | ".join(filter(None, texts.values()))))
        for column, label in others:
            if text := under(cells, column).strip():
                self.unplaced.append((f"{place} {label}", text))

    def _finding(self, place: str, texts: Mapping[str, str]) -> None:
        for entry in self._entries(texts, "title", "text", "number", place, len(self.findings)):
            key = f"findings.{entry.number}"
            self.places.setdefault(key, place)
            self.findings.append(
                ListedFinding(
                    number=entry.number, title=entry.title or "", text=entry.text,
                    category=texts.get("category", ""), severity=texts.get("severity", ""),
                    codes=tuple(dict.fromkeys(_CODE.findall(folded(_codes_of(texts.get("codes", ""))).upper()))),
                    amount_fen=self._amount(f"{place} 涉及金额", key, texts.get("amount", "")),
                )
            )  # fmt: skip

    def _suggestion(self, place: str, texts: Mapping[str, str], beside: Sequence[int]) -> None:
        number = "s_number" if "s_number" in texts else "number"
        entries = list(self._entries(texts, "s_title", "s_text", number, place, len(self.suggestions)))
        numbers = {one.number for one in self.suggestions}
        answers = self._answers(place, texts)
        for entry in entries:
            if entry.number in numbers and number == "number":
                # the number is that of the finding beside it
                entry = replace(entry, number=max(numbers) + 1)
            numbers.add(entry.number)
            self.places.setdefault(f"suggestions.{entry.number}", place)
            mine = answers or tuple(beside) or tuple(one.number for one in self.findings[-1:] if "answers" not in texts)
            self.suggestions.append(
                ListedSuggestion(number=entry.number, title=entry.title or "", text=entry.text, answers=mine)
            )

    def _entries(
        self, texts: Mapping[str, str], title: str, text: str, number: str, place: str, count: int
    ) -> Iterator[Numbered]:
        """The entries of a row: one, or as many as a cell numbers itself."""
        own = self._number(place, texts.get(number, ""))
        heading, body = texts.get(title, ""), texts.get(text, "")
        entries = split_numbered(body)
        if not heading and own is None and entries and (len(entries) > 1 or entries[0].text != body):
            yield from entries
            return
        if not heading and len(entries) > 1:
            message = N_("一格中编了 %(count)s 个号，已作为一条读入。请核对。")
            self.problems.append(Problem(place, message, {"count": str(len(entries))}))
        if not body:
            heading, body = "", heading
        yield Numbered(own or count + 1, heading or None, body)

    def _number(self, place: str, text: str) -> int | None:
        if not text.strip():
            return None
        number = number_of(text)
        if number is None:
            try:
                number = Whole().read(text)
            except Unreadable as unreadable:
                problem = Problem(f"{place} 序号", unreadable.msgid, unreadable.params)
                self.problems += [problem] if problem not in self.problems[-1:] else []
        return number or None

    def _amount(self, place: str, key: str, text: str) -> int | None:
        if not text or text in ("无", "-", "—", "/"):
            return None
        try:
            return replace(_AMOUNT, bare=self.unit or "元").read(text)  # type: ignore[arg-type]
        except Unreadable as unreadable:
            self.problems.append(Problem(place, unreadable.msgid, unreadable.params, key))
            return None

    def _answers(self, place: str, texts: Mapping[str, str]) -> tuple[int, ...]:
        text = folded(texts.get("answers", ""))
        numbers = [int(one) for one in re.findall(r"\d{1,4}", text)]
        if text and not numbers:
            message = N_("“%(text)s”不是问题的序号。请写成例如 1、2。")
            self.problems.append(Problem(f"{place} 针对的问题", message, {"text": texts["answers"]}))
        return tuple(dict.fromkeys(numbers))


def _codes_of(text: str) -> str:
    """Only the codes: a name chosen from the list may have letters and digits of its own."""
    pieces = re.split(r"[、,，;；\n]+", text)
    return "、".join(piece.split()[0] for piece in pieces if piece.split())
