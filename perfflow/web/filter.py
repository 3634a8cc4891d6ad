"""The filter row above a list as it stands in the address: page, count, print and every export read the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _

from perfflow.core import clock, grades
from perfflow.core.access import VIEWERS, Actor
from perfflow.core.listing import Filter, units_in_reach
from perfflow.process import PROJECT_STATES, STAGES, Viewer
from perfflow.web import words

FIRST_YEAR = 2015
WORDS_LIMIT = 100
CURSORS = frozenset({"after", "before"})
OF_PROJECTS = ("words", "year", "unit", "stage", "state", "grade", "sort", "overdue")
"""The controls of 项目库, in their order."""


@dataclass(frozen=True, slots=True)
class Box:
    """One control: a field without options, a list with them, or a box to tick. `said`: the choice in words.

    `kind` is what the browser is told of the field (search, text, date); `hint` stands in it while it is empty.
    """

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    ticks: bool = False
    default: str = ""
    kind: str = "search"
    hint: str = ""

    @property
    def set(self) -> bool:
        return self.value != self.default

    @property
    def said(self) -> str:
        if self.ticks:
            return self.label
        text = next((label for value, label in self.options if value == self.value), self.value)
        return _("%(label)s：%(text)s", label=self.label, text=text)


@dataclass(frozen=True, slots=True)
class FilterRow:
    """The controls of a list, where they lead, and what the address names besides (`kept`)."""

    url: str
    boxes: tuple[Box, ...]
    kept: tuple[tuple[str, str], ...] = ()
    view: str = ""
    set: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "set", any(box.set for box in self.boxes))

    @property
    def said(self) -> str:
        """The whole condition in words, for the head of a printed page."""
        parts = ([self.view] if self.view else []) + [box.said for box in self.boxes if box.set]
        return " · ".join(parts) or _("全部")


def kept_url(endpoint: str, **cursor: str) -> str:
    """A route with the present filter, and a cursor in place of the present one; what is empty is left out.

    Not url_for(**request.args): a `_scheme` or `endpoint` typed into the address would steer it.
    """
    kept = [(name, text) for name, text in request.args.items(multi=True) if text and name not in CURSORS]
    query = urlencode([*kept, *cursor.items()])
    return url_for(endpoint) + (f"?{query}" if query else "")


def here() -> str:
    """The present list's own address, as it stands in the browser after its filter was changed."""
    cursor = {name: request.args[name] for name in CURSORS if request.args.get(name)}
    return kept_url(request.endpoint or "", **cursor)


def project_filter(actor: Actor) -> tuple[Filter, FilterRow]:
    """The filter of 项目库 named in the address, and its controls with the choices this person has."""
    wanted = wanted_here()
    return wanted, filter_row(actor, wanted, OF_PROJECTS)


def wanted_here() -> Filter:
    """What the address asks for; what makes no sense there is left out."""
    given = request.args
    return Filter(
        year=_whole(given.get("year")),
        unit_id=_whole(given.get("unit")),
        stage=_one_of(given.get("stage", ""), dict(STAGES)),
        state=_one_of(given.get("state", ""), PROJECT_STATES),
        grade=given.get("grade", "")[:20].replace("\x00", ""),
        overdue=bool(given.get("overdue")),
        words=given.get("words", "").strip()[:WORDS_LIMIT].replace("\x00", ""),
        sort=given.get("sort") or "updated",
    )


def filter_row(
    actor: Actor,
    wanted: Filter,
    names: Iterable[str],
    *,
    more: tuple[Box, ...] = (),
    kept: Iterable[str] = (),
    view: str = "",
) -> FilterRow:
    """The controls of a list: the named ones, then its own. `kept`: parameters that go on standing in the address."""
    boxes = [box for name in names if (box := _BOXES[name](actor, wanted)) is not None]
    stay = tuple((name, request.args[name]) for name in kept if request.args.get(name))
    return FilterRow(url_for(request.endpoint or ""), (*boxes, *more), stay, view)


def choice(name: str, label: str, value: object, rows: Iterable[tuple[Any, str]], everything: str) -> Box:
    """A list of choices with one for everything; a value that is none of them chooses everything."""
    options = tuple(choices(rows, everything))
    text = "" if value is None else str(value)
    return Box(name, label, text if any(text == code for code, _text in options) else "", options)


def choices(rows: Iterable[tuple[Any, Any]], everything: str) -> list[tuple[str, str]]:
    return [("", everything), *((str(value), str(label)) for value, label in rows)]


def _units(actor: Actor, wanted: Filter) -> Box | None:
    """Nothing to choose where all projects are of one unit."""
    units = [] if VIEWERS.get(actor.role) is Viewer.UNIT else units_in_reach(actor)
    return choice("unit", _("单位"), wanted.unit_id, units, _("全部单位")) if len(units) > 1 else None


def _years(actor: Actor, wanted: Filter) -> Box:
    years = [(year, str(year)) for year in range(clock.today().year + 1, FIRST_YEAR - 1, -1)]
    return choice("year", _("年度"), wanted.year, years, _("全部年度"))


def _stages(actor: Actor, wanted: Filter) -> Box:
    return choice("stage", _("环节"), wanted.stage, [(code, _(label)) for code, label in STAGES], _("全部环节"))


def _states(actor: Actor, wanted: Filter) -> Box:
    states = [(code, words.project_state(code)) for code in PROJECT_STATES]
    return choice("state", _("状态"), wanted.state, states, _("全部状态"))


def _grades(actor: Actor, wanted: Filter) -> Box:
    return choice("grade", _("评价结论"), wanted.grade, [(label, label) for label in grades.labels()], _("全部"))


def _sorts(actor: Actor, wanted: Filter) -> Box:
    others = (("due", _("期限先后")), ("year", _("预算年度")), ("code", _("项目编号")))
    return choice("sort", _("排序"), wanted.sort, others, _("最近更新"))


_BOXES: dict[str, Callable[[Actor, Filter], Box | None]] = {
    "words": lambda actor, wanted: Box("words", _("关键字"), wanted.words),
    "year": _years,
    "unit": _units,
    "stage": _stages,
    "state": _states,
    "grade": _grades,
    "sort": _sorts,
    "overdue": lambda actor, wanted: Box("overdue", _("只看逾期"), "y" if wanted.overdue else "", ticks=True),
}


def _one_of(text: str, known: Iterable[str]) -> str:
    return text if text in known else ""


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
