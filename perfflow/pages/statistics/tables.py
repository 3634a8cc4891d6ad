"""The tables of 统计: counts and rates with their bases named, each number with the address of exactly its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core import grades
from perfflow.core.access import VIEWERS, Actor
from perfflow.db import db
from perfflow.models.people import Organisation
from perfflow.pages.statistics import measures as m
from perfflow.pages.statistics.measures import Cut, Key, Kind, Measure, Tally
from perfflow.process import CATEGORIES, ITEM_STATES, N_, PROJECT_STATES, STAGES, FindingCategory, Viewer
from perfflow.web import filters, words

LINES = 100
"""Lines of a table shown at once; the total counts them all."""

# ---------------------------------------------------------------- what a table consists of


@dataclass(frozen=True, slots=True)
class Count:
    """`series`: drawn in the chart, in this tone; `label`, where it is shorter than the measure's own."""

    measure: Measure
    series: str = ""
    label: str = ""

    @property
    def heading(self) -> str:
        return self.label or self.measure.label

    @property
    def needs(self) -> tuple[Measure, ...]:
        return (self.measure,)


@dataclass(frozen=True, slots=True)
class Rate:
    """`over` ÷ `under`; the labels of both are the base named below the table."""

    heading: str
    over: Measure
    under: Measure
    series: str = ""

    @property
    def needs(self) -> tuple[Measure, ...]:
        return (self.over, self.under)


@dataclass(frozen=True, slots=True)
class Execution:
    """预算执行率: amounts, not rows, divided; over the projects that have both."""

    heading: str = N_("预算执行率")
    series: str = ""

    @property
    def needs(self) -> tuple[Measure, ...]:
        return (m.AMOUNTS,)


Column = Count | Rate | Execution

OVERDUE_RATE = Rate(N_("逾期率"), m.OVERDUE, m.WAITING)
CLOSED_RATE = Rate(N_("办结率"), m.CLOSED, m.NOTIFIED)
GOOD_RATE = Rate(N_("优良率"), m.GOOD_ONES, m.GRADED)
RECTIFIED_RATE = Rate(N_("整改完成率"), m.SETTLED, m.ISSUED)
REPORTED_RATE = Rate(N_("整改答复率"), m.REPORTED, m.ISSUED)
SENT_BACK_RATE = Rate(N_("结果退回率"), m.SENT_BACK, m.REPORTED)
CATEGORY_RATE = Rate(N_("问题整改率"), m.RECTIFIED, m.ORDERED)
DISPUTE_RATE = Rate(N_("异议率"), m.DISPUTED, m.ANSWERED)
FIRST_TIME_RATE = Rate(N_("一次通过率"), m.FIRST_TIME, m.ACCEPTED)

FIGURES: tuple[Column, ...] = (Count(m.PROJECTS), OVERDUE_RATE, GOOD_RATE, Execution(), RECTIFIED_RATE)
_STANDING: tuple[Column, ...] = (
    Count(m.PROJECTS), Count(m.IN_TIME, "brand"), Count(m.OVERDUE, "red"), Count(m.RESTING, "grey"),
)  # fmt: skip
_RESULTS: tuple[Column, ...] = (GOOD_RATE, Execution(), Count(m.FINDINGS), Count(m.LATE_ITEMS), RECTIFIED_RATE)

STAGE: tuple[Column, ...] = (*_STANDING, Count(m.LATE_ITEMS), RECTIFIED_RATE)
STATE: tuple[Column, ...] = (Count(m.PROJECTS), Count(m.OVERDUE))
UNIT: tuple[Column, ...] = (*_STANDING, *_RESULTS)
YEAR: tuple[Column, ...] = (*_STANDING, CLOSED_RATE, *_RESULTS)
GRADE: tuple[Column, ...] = (
    Count(m.PROJECTS, "brand"), Execution(), Count(m.FINDINGS), Count(m.ISSUED, label=N_("已下达事项")), RECTIFIED_RATE,
)  # fmt: skip
CATEGORY: tuple[Column, ...] = (
    Count(m.FINDINGS),
    *(Count(found, tone) for found, tone in zip(m.SEVERE.values(), ("grey", "amber", "red"), strict=True)),
    DISPUTE_RATE,
    CATEGORY_RATE,
)
FIRM: tuple[Column, ...] = (*_STANDING, GOOD_RATE, Count(m.FINDINGS), DISPUTE_RATE, RECTIFIED_RATE)
ITEM: tuple[Column, ...] = (Count(m.ITEMS, "brand", N_("整改事项")), Count(m.LATE_ITEMS))
OF_UNIT: tuple[Column, ...] = (*YEAR, REPORTED_RATE, SENT_BACK_RATE)
GIVEN: tuple[Column, ...] = (
    Count(m.ASSIGNMENTS), Count(m.PRESENT, "brand"), Count(m.ACCEPTED), FIRST_TIME_RATE, Count(m.RETURNED),
    Count(m.ROUNDS), Count(m.DECLINED, "grey"), Count(m.REPLACED, "red"),
)  # fmt: skip
DISPUTES: tuple[Column, ...] = (
    DISPUTE_RATE, Count(m.UPHELD, "brand"), Count(m.ADOPTED, "amber"), Count(m.CANCELLED, "red"),
    Count(m.UNRULED, "grey"),
)  # fmt: skip


# ---------------------------------------------------------------- what a page shows


@dataclass(frozen=True, slots=True)
class Number:
    """`url` leads to the rows; none where there are none."""

    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One number, or a rate with the two it was made of. `value` is what the chart draws."""

    label: str
    rate: str
    numbers: tuple[Number, ...]
    unit: str
    value: int


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    url: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    label: str
    series: str


@dataclass(frozen=True, slots=True)
class TableView:
    """`bases` name what each rate divides by what; `more` says how many lines are shown of how many."""

    id: str
    title: str
    heading: str
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    total: Line
    bases: tuple[str, ...]
    pages: int = 1

    @property
    def drawn(self) -> bool:
        return any(one.series for one in self.headings)


class Counts:
    """What some columns need, counted by one dimension within a cut: one statement for each kind of rows."""

    def __init__(self, actor: Actor, by: str | None, cut: Cut, columns: Iterable[Column]) -> None:
        self.actor, self.by, self.cut = actor, by, cut
        wanted: dict[Kind, dict[str, Measure]] = {}
        for column in columns:
            for measure in column.needs:
                wanted.setdefault(measure.kind, {})[measure.code] = measure
        self.tallies: dict[Kind, Tally] = {
            kind: m.tally(actor, found.values(), by, cut) for kind, found in wanted.items()
        }
        self.totals = {kind: _summed(found) for kind, found in self.tallies.items()}
        self._rows_url = url_for("statistics.rows")

    def keys(self) -> set[Key]:
        return {key for found in self.tallies.values() for key in found}

    def size(self, key: Key) -> int:
        """How many rows stand behind a line, by its first kind."""
        first = next(iter(self.tallies.values()), {})
        return max(first.get(key, {"none": 0}).values())

    def line(self, label: str, url: str | None, columns: Iterable[Column], key: Key) -> Line:
        cut = self.cut if self.by is None else self.cut.at(self.by, key)
        found = {kind: tally.get(key, {}) for kind, tally in self.tallies.items()}
        return Line(label, url, tuple(self._cell(column, found, cut) for column in columns))

    def total(self, columns: Iterable[Column]) -> Line:
        return Line(_("合计"), None, tuple(self._cell(column, self.totals, self.cut) for column in columns))

    def _cell(self, column: Column, found: dict[Kind, dict[str, int]], cut: Cut) -> Cell:
        label = _(column.heading)
        if isinstance(column, Execution):
            of = found[Kind.PROJECTS]
            paid, budget = of.get("paid", 0), of.get("budget", 0)
            url = self._url(m.AMOUNTS, cut) if of.get(m.AMOUNTS.code) else None
            parts = (Number(filters.wan_exact(paid), url), Number(filters.wan_exact(budget), url))
            return Cell(label, percent(paid, budget), parts, _("万元"), paid)
        counts = [found[one.kind].get(one.code, 0) for one in column.needs]
        numbers = tuple(
            Number(str(count), self._url(one, cut) if count else None)
            for one, count in zip(column.needs, counts, strict=True)
        )
        rate = percent(*counts) if isinstance(column, Rate) else ""
        return Cell(label, rate, numbers, "", counts[0])

    def _url(self, measure: Measure, cut: Cut) -> str:
        return f"{self._rows_url}?{urlencode([('of', measure.kind.value), ('measure', measure.code), *cut.words()])}"


def _summed(found: Tally) -> dict[str, int]:
    totals: dict[str, int] = {}
    for counts in found.values():
        for code, count in counts.items():
            totals[code] = totals.get(code, 0) + count
    return totals


def percent(over: int, under: int) -> str:
    """To a tenth, half up, exactly; "—" without a base."""
    if not under:
        return "—"
    tenths = (over * 2000 + under) // (under * 2)
    return f"{tenths // 10}.{tenths % 10}%"


# ---------------------------------------------------------------- one table


HEADINGS = {
    "stage": (N_("按环节"), N_("环节")),
    "unit": (N_("按单位"), N_("单位")),
    "year": (N_("按年度"), N_("预算年度")),
    "grade": (N_("按评价结论"), N_("评价结论")),
    "category": (N_("按问题类别"), N_("问题类别")),
    "firm": (N_("按评价机构"), N_("评价机构")),
    "state": (N_("按状态"), N_("状态")),
    "item": (N_("按整改状态"), N_("整改状态")),
}


def table(counts: Counts, columns: tuple[Column, ...], *, title: str = "", part: int = 1, id_: str = "") -> TableView:
    """The counts as a table: a line for each key, and their total."""
    by = counts.by or ""
    columns = shown_to(counts.actor, columns)
    keys = _ordered(by, counts)
    pages = max(1, -(-len(keys) // LINES))
    part = min(max(part, 1), pages)
    keys = keys[(part - 1) * LINES : part * LINES]
    labels = label_keys(by, keys)
    heading, first = HEADINGS[by]
    return TableView(
        id=id_ or f"by-{by}",
        title=title or _(heading),
        heading=_(first),
        headings=tuple(Heading(_(column.heading), column.series) for column in columns),
        lines=tuple(
            counts.line(labels[key], _page_of(counts.actor, by, key), columns, key) for key in keys
        ),
        total=counts.total(columns),
        bases=bases(columns),
        pages=pages,
    )


def shown_to(actor: Actor, columns: Iterable[Column]) -> tuple[Column, ...]:
    """Without the columns whose datum this person is never shown."""
    return tuple(
        column
        for column in columns
        if all(need.datum is None or m.ever_shown(actor, need.datum) for need in column.needs)
    )


def bases(columns: Iterable[Column]) -> tuple[str, ...]:
    """What each rate divides by what."""
    return tuple(_base(column) for column in columns if not isinstance(column, Count))


def _base(column: Rate | Execution) -> str:
    if isinstance(column, Rate):
        return _(
            "%(rate)s = %(over)s ÷ %(under)s",
            rate=_(column.heading), over=_(column.over.label), under=_(column.under.label),
        )  # fmt: skip
    return _(
        "%(rate)s = 决算金额合计 ÷ 预算金额合计，只计%(under)s",
        rate=_(column.heading), under=_(m.AMOUNTS.label),
    )  # fmt: skip


def _ordered(by: str, counts: Counts) -> list[Key]:
    """The keys in the order of the table: as the process has them, newest year first, else the largest first."""
    there = counts.keys()
    if by == "stage":
        return [code for code, _label in STAGES]
    if by == "category":
        return list(CATEGORIES)
    if by in ("state", "item"):
        return [code for code in (PROJECT_STATES if by == "state" else ITEM_STATES) if code in there]
    if by == "grade":
        known = [grade for grade in grades.labels() if grade in there]
        return [*known, *sorted((key for key in there if key not in known), key=lambda key: (key is None, str(key)))]
    if by == "year":
        return sorted(there, key=lambda key: -int(key or 0))
    return sorted(there, key=lambda key: (key is None, -counts.size(key), int(key or 0)))


def label_keys(by: str, keys: Iterable[Key]) -> dict[Key, str]:
    """The keys of a dimension in words."""
    keys = list(keys)
    if by in ("unit", "firm"):
        rows = db.session.execute(
            select(Organisation.id, Organisation.name).where(
                Organisation.id.in_([key for key in keys if key is not None])
            )
        )
        names: dict[Key, str] = {id_: name for id_, name in rows}
        return {key: _("尚未委托") if key is None else names.get(key, "") for key in keys}
    return {key: _label(by, key) for key in keys}


def _label(by: str, key: Key) -> str:
    if key is None:
        return _("尚无评价结论")
    text = str(key)
    if by == "stage":
        return _(dict(STAGES)[text])
    if by == "category":
        return _(CATEGORIES[FindingCategory(text)])
    if by == "state":
        return words.project_state(text)
    return words.item_state(text) if by == "item" else text


def _page_of(actor: Actor, by: str, key: Key) -> str | None:
    """The page a unit or a firm has, for those who may open it."""
    viewer = VIEWERS.get(actor.role)
    if key is None or by not in ("unit", "firm"):
        return None
    if viewer is (Viewer.FIRM if by == "unit" else Viewer.UNIT):
        return None
    return url_for("statistics.unit", unit_id=key) if by == "unit" else url_for("statistics.firm", firm_id=key)
