"""Grade scales: data with a jurisdiction and a first year, half-open intervals (domain d.1).

The grade of an evaluation is kept with it: what is changed here grades nobody anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import delete, select

from perfflow.core import clock
from perfflow.core.access import Actor
from perfflow.core.errors import Invalid, NotFound, Refused
from perfflow.core.journal import Change
from perfflow.core.records import administrators_only, not_empty, record_change, same_version, version_of
from perfflow.db import db
from perfflow.models.people import GradeBand
from perfflow.process import N_
from perfflow.rules.score import points
from perfflow.workflow.definition import Reason

NATIONAL = "national"
PLACES = {"shanghai": N_("上海市"), NATIONAL: N_("全国通用")}
"""Whose scale holds for a unit. Places that were added later are called by their own name."""
FULL = 10_000
FIRST_YEAR, LAST_YEAR = 1990, 2100
LABEL_LIMIT = 20


class Band(NamedTuple):
    """A grade and the total, in hundredths, from which it is given."""

    label: str
    lower: int


class Fault(NamedTuple):
    """Why bands are no scale: at the row, counted from 0, and its part that has to change; None: at them all."""

    row: int | None
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The grades of one place, best first, from one year to another; `last_year` None: until a newer one."""

    place: str
    first_year: int
    last_year: int | None
    source: str
    bands: tuple[Band, ...]

    @property
    def version(self) -> int:
        return version_of([self.source, *self.bands])


def grade_for(jurisdiction: str, year: int, total: int) -> str:
    """The grade of a total in hundredths by the scale in force that year; "" when no scale is known."""
    return grade_in(bands_for(jurisdiction, year), total)


def bands_for(jurisdiction: str, year: int) -> Sequence[Band]:
    """The scale in force that year, best grade first; empty when none is known."""
    return _bands(jurisdiction, year) or _bands(NATIONAL, year)


def grade_in(bands: Sequence[Band], total: int) -> str:
    """The lower bound belongs to the grade."""
    return next((band.label for band in bands if total >= band.lower), "")


def labels() -> tuple[str, ...]:
    """Every grade there is, best first."""
    rows = db.session.execute(select(GradeBand.label, GradeBand.lower).order_by(GradeBand.lower.desc()))
    return tuple(dict.fromkeys(label for label, _ in rows))


def places() -> dict[str, str]:
    """Every place that has a scale, by its code."""
    there = db.session.scalars(select(GradeBand.jurisdiction).distinct().order_by(GradeBand.jurisdiction))
    return {**PLACES, **{place: place for place in there if place not in PLACES}}


def place_name(place: str) -> str:
    return PLACES.get(place, place)


def scales() -> list[Scale]:
    """Every scale, by place, the newest first."""
    rows = db.session.execute(
        select(GradeBand.jurisdiction, GradeBand.first_year, GradeBand.source, GradeBand.label, GradeBand.lower)
        .order_by(GradeBand.jurisdiction, GradeBand.first_year.desc(), GradeBand.lower.desc())
    )  # fmt: skip
    bands: dict[tuple[str, int], list[Band]] = {}
    sources: dict[tuple[str, int], str] = {}
    for place, year, source, label, lower in rows:
        bands.setdefault((place, year), []).append(Band(label, lower))
        sources[place, year] = source
    found: list[Scale] = []
    for place, year in bands:
        newer = found[-1] if found and found[-1].place == place else None
        last = newer.first_year - 1 if newer else None
        found.append(Scale(place, year, last, sources[place, year], tuple(bands[place, year])))
    return found


def scale(place: str, first_year: int) -> Scale:
    """Raises NotFound."""
    for one in scales():
        if (one.place, one.first_year) == (place, first_year):
            return one
    raise NotFound


def edges(bands: Sequence[Band]) -> list[tuple[int, str, int, str]]:
    """Where the grade turns: the last total below and its grade, the first total above and its grade."""
    return [(above.lower - 1, below.label, above.lower, above.label) for above, below in pairwise(bands)]


# ---------------------------------------------------------------- changing


def add_scale(place: str, first_year: int, source: str, bands: Iterable[Band], *, actor: Actor) -> None:
    """A scale that holds from that year on, until a newer one of the place."""
    administrators_only(actor)
    not_empty("place", place)
    if not FIRST_YEAR <= first_year <= LAST_YEAR:
        raise Invalid("first_year", N_("年份应在 1990 到 2100 之间。"))
    if any((one.place, one.first_year) == (place, first_year) for one in scales()):
        raise Invalid("first_year", N_("该地区已有从这一年起适用的标准，请直接修改它，或另选年份。"))
    checked = check(source, bands)
    _put(place, first_year, source, checked)
    record_change("grade_scale_added", subject(place, first_year), _changes(None, source, checked), actor)


def update_scale(
    place: str, first_year: int, source: str, bands: Iterable[Band], reason: str, *, version: int | None, actor: Actor
) -> None:
    """Mend a scale; with a reason, since what is graded from now on is graded by it."""
    administrators_only(actor)
    before = scale(place, first_year)
    same_version(subject(place, first_year), before.version, version)
    not_empty("reason", reason)
    checked = check(source, bands)
    if (before.source, before.bands) == (source, checked):
        return
    _remove(place, first_year)
    _put(place, first_year, source, checked)
    record_change("grade_scale_updated", subject(place, first_year), _changes(before, source, checked), actor, reason)


def remove_scale(place: str, first_year: int, *, version: int | None, actor: Actor) -> None:
    """Take back a scale whose time has not come."""
    administrators_only(actor)
    before = scale(place, first_year)
    same_version(subject(place, first_year), before.version, version)
    if not removable(before):
        raise Refused(Reason(N_("该标准已经开始适用，不能删除；需要更换的，请新增从以后年度起适用的标准。")))
    _remove(place, first_year)
    changes = (Change(N_("等级标准"), words(before.bands), ""),)
    record_change("grade_scale_removed", subject(place, first_year), changes, actor)


def removable(one: Scale) -> bool:
    return one.first_year > clock.today().year


def check(source: str, bands: Iterable[Band]) -> tuple[Band, ...]:
    """The bands of a scale that leaves no gap and no doubt. Raises Invalid."""
    not_empty("source", source)
    checked = tuple(Band(" ".join(label.split()), lower) for label, lower in bands)
    for fault in faults(checked):
        if fault.row is None:
            raise Invalid("bands", fault.message)
        raise Invalid("bands", N_("第 %(line)d 行：%(why)s"), line=fault.row + 1, why=fault.message)
    return checked


def faults(bands: Sequence[Band]) -> list[Fault]:
    """All that stands against these bands, by rows."""
    if len(bands) < 2:
        return [Fault(None, "", N_("至少要有两个等级。"))]
    found: list[Fault] = []
    above: int | None = None
    for row, band in enumerate(bands):
        if not band.label or len(band.label) > LABEL_LIMIT:
            found.append(Fault(row, "label", N_("等级名称应为 1 到 20 个字。")))
        elif band.label in {other.label for other in bands[:row]}:
            found.append(Fault(row, "label", N_("等级名称不能重复。")))
        if not 0 <= band.lower <= FULL:
            found.append(Fault(row, "lower", N_("最低分应在 0 到 100 之间。")))
            continue
        if above is not None and band.lower >= above:
            found.append(Fault(row, "lower", N_("最低分应低于上一行；等级由高到低填写。")))
        if row == len(bands) - 1 and band.lower != 0:
            found.append(Fault(row, "lower", N_("最后一个等级的最低分应为 0，否则更低的分值没有等级。")))
        above = band.lower
    return found


def words(bands: Iterable[Band]) -> str:
    """优 ≥ 90、良 ≥ 80 …, as the journal keeps it."""
    return "、".join(f"{band.label} ≥ {points(band.lower)}" for band in bands)


def _put(place: str, first_year: int, source: str, bands: Iterable[Band]) -> None:
    for band in bands:
        db.session.add(
            GradeBand(
                jurisdiction=place, first_year=first_year, label=band.label, lower=band.lower, source=source
            )
        )  # fmt: skip
    db.session.flush()


def _remove(place: str, first_year: int) -> None:
    db.session.execute(
        delete(GradeBand).where(GradeBand.jurisdiction == place, GradeBand.first_year == first_year)
    )


def _changes(before: Scale | None, source: str, bands: tuple[Band, ...]) -> list[Change]:
    old_bands, old_source = (words(before.bands), before.source) if before else ("", "")
    both = ((N_("等级标准"), old_bands, words(bands)), (N_("依据"), old_source, source))
    return [Change(label, old, new) for label, old, new in both if old != new]


def subject(place: str, first_year: int) -> tuple[str, str]:
    """Under which the journal keeps the changes of a scale."""
    return "grade_scale", f"{place_name(place)} {first_year}"


def _bands(place: str, year: int) -> list[Band]:
    """The newest scale that began by that year, best grade first."""
    rows = db.session.execute(
        select(GradeBand.first_year, GradeBand.lower, GradeBand.label)
        .where(GradeBand.jurisdiction == place, GradeBand.first_year <= year)
        .order_by(GradeBand.first_year.desc(), GradeBand.lower.desc())
    ).all()
    return [Band(label, lower) for first, lower, label in rows if first == rows[0][0]]
