"""Loads the demo: all 13 projects of the seeds, played by the demo's users up to the day of loading.

Everything goes through the product's own reader, commands and engine. The database is built as a new file
and renamed when whole. No act lies in the future, and all happen in working hours of working days.
"""

import heapq
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from demo import plots, ways
from demo.acts import Case, Draft, Play, Source
from demo.cast import ACCOUNTS as ACCOUNTS
from demo.cast import PASSWORD as PASSWORD
from demo.cast import Cast, gather
from demo.seeds import AFFAIRS_BUREAU
from demo.sources import invented, read_sources
from demo.ways import Plot
from perfflow import create_app
from perfflow.core import calendar, clock, journal
from perfflow.db import db, unit_of_work, upgrade_database
from perfflow.models.people import Holiday, Setting
from perfflow.models.project import Project
from perfflow.pages.inbox import commands as inbox
from perfflow.papers.declaration import Declaration
from perfflow.process import P


@dataclass(frozen=True, slots=True)
class Part:
    """One project of the story: where it comes from, since when it runs, and where it stands on the day of loading.

    `begins`: working days before that day. `index` counts the result tables and the declarations as in the seeds.
    """

    begins: int
    index: int
    play: Callable[[Any], Plot]
    stands: P
    lead: str = ""


TABLES = (
    Part(76, 0, plots.representatives, P.PUBLISHED, "firm"),
    Part(76, 1, plots.sessions, P.CLOSING, "firm2"),
    Part(76, 2, plots.platform, P.COMMENTING, "firm2"),
    Part(76, 3, plots.meetings, P.RECTIFYING, "firm"),
    Part(76, 4, plots.monthly, P.CLOSED, "firm2"),
    Part(49, 5, plots.hotline, P.RECTIFYING, "firm"),
    Part(49, 6, plots.building, P.EVALUATING, "firm2"),
    Part(49, 7, plots.residence, P.SUGGESTIONS_WRITING, "firm2"),
)
DECLARATIONS = (
    Part(25, 0, plots.included, P.AWAITING_FIRM),
    Part(6, 1, plots.drafted, P.DECLARING),
    Part(24, 2, plots.approved, P.APPROVED),
    Part(14, 3, plots.returned, P.DECLARING),
    Part(4, 4, plots.drafted, P.DECLARING),
)
INVENTED = (
    ("展板制作经费（误建）", Part(30, 0, plots.voided, P.VOIDED)),
    ("宣传片摄制经费", Part(28, 1, plots.rejected, P.REJECTED)),
    ("临时活动场地经费", Part(27, 2, plots.terminated, P.TERMINATED)),
)
"""None of the seeds ends like this; these say in their names that they are made up."""
LONGEST = 80
"""Working days the story reaches back."""
MAIL_READ = 4
"""Working days ago on which everybody last read his messages."""


def load(instance: Path) -> None:
    """Build the demo's database beside perfflow.db and put it in its place. Nobody may hold that one open."""
    new, final = instance / "perfflow.db.new", instance / "perfflow.db"
    _remove(new, *_logs(new))
    app = _open(instance, new)
    with app.app_context(), tempfile.TemporaryDirectory() as folder:
        play(Path(folder))
        _verify()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    _remove(*_logs(new))
    _sync(new)
    # a log left by the old file would be replayed into the new one
    _remove(*_logs(final))
    new.replace(final)
    _sync(instance)


def _open(instance: Path, database: Path) -> Flask:
    app = create_app(instance=instance, config={"SQLALCHEMY_DATABASE_URI": f"sqlite:///{database}"})
    with app.app_context():
        db.engine.dispose()

        # a file that is thrown away when anything fails need not survive a power cut until it is whole
        @event.listens_for(db.engine, "connect")
        def on_connect(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF")

    upgrade_database(app)
    return app


def _logs(database: Path) -> tuple[Path, ...]:
    return tuple(database.with_name(database.name + ending) for ending in ("-wal", "-shm", "-journal"))


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _verify() -> None:
    for chain in journal.PROTECTED:
        found = journal.verify(chain)
        if found.broken:
            raise RuntimeError(found.broken)


# ---------------------------------------------------------------- the play


def play(folder: Path) -> None:
    """The whole story in an empty database, inside an application context; papers are built in the folder."""
    sources, forms = read_sources(folder)
    today = clock.today()
    days = WorkingDays.before(today)
    with clock.at(days.morning(LONGEST, 0)):
        cast = gather()
        with unit_of_work():
            db.session.add(Setting(key="demo", value=today.isoformat()))
    parts: list[tuple[Part, Play]] = [
        (part, table_case(cast, sources[part.index], part.lead)) for part in TABLES
    ]
    for part in DECLARATIONS:
        form = forms[part.index]
        assert isinstance(form.paper.values, Declaration) and form.paper.values.form_year is not None
        parts.append((part, Draft(cast, form.paper.values.form_year, unit="unit", form=form)))
    for name, part in INVENTED:
        parts.append((part, Draft(cast, today.year, unit="unit2", typed=invented(name, today.year))))
    _play_all([*((part.begins, part.play(one)) for part, one in parts), (MAIL_READ, _mail(cast))], days)
    for part, one in parts:
        state = db.session.get_one(Project, one.project_id).state
        if state != part.stands:
            raise RuntimeError(f"{part.play.__name__} {part.index} stands at {state}, not at {part.stands}")


def table_case(cast: Cast, source: Source, lead: str) -> Case:
    """One result table with its unit's clerk; the lead is whoever is commissioned first."""
    assert source.read.cover is not None
    clerk = "unit2" if source.read.cover.unit_name == AFFAIRS_BUREAU else "unit"
    return Case(cast, source, unit=clerk, lead=lead)


def play_to_publication(case: Case) -> int:
    """Carry one result table to 已公开 at the present time of the clock; the project's id."""
    for _wait in ways.to_publication(case):
        pass
    return case.project_id


def _mail(cast: Cast) -> Plot:
    for actor in cast.values():
        with unit_of_work():
            inbox.read_all(actor=actor)
    yield from ()


def _play_all(beginnings: Iterable[tuple[int, Plot]], days: "WorkingDays") -> None:
    """All plots together, act by act in the order of time: one journal records them all."""
    waiting = [(days.morning(ago, order), order, ago, plot) for order, (ago, plot) in enumerate(beginnings)]
    heapq.heapify(waiting)
    while waiting:
        instant, order, ago, plot = heapq.heappop(waiting)
        with clock.at(instant):
            wait = next(plot, None)
        if wait is None:
            continue
        ago -= wait
        later = days.some_time(ago, order) if wait else instant + timedelta(minutes=25)
        heapq.heappush(waiting, (later, order, ago, plot))


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days before the day of loading, counted backwards from 1."""

    days: tuple[date, ...]

    @classmethod
    def before(cls, today: date) -> "WorkingDays":
        first = today - timedelta(days=LONGEST * 2)
        rows = db.session.execute(select(Holiday.day, Holiday.off).where(Holiday.day.between(first, today)))
        special = {day: off for day, off in rows}
        back = (today - timedelta(days=n) for n in range(1, LONGEST * 2))
        return cls(tuple(islice((day for day in back if calendar.is_working(day, special)), LONGEST)))

    def morning(self, ago: int, order: int) -> datetime:
        """Within the first hours, in this order."""
        return self._at(ago, 9 * 60 + 5 + order * 7)

    def some_time(self, ago: int, order: int) -> datetime:
        """In working hours; always the same for the same day and project."""
        drawn = (ago * 37 + order * 101) % 270
        return self._at(ago, 9 * 60 + 10 + drawn + (105 if drawn > 115 else 0))

    def _at(self, ago: int, minute: int) -> datetime:
        if ago < 1:
            raise RuntimeError("the story runs into the future")
        return datetime.combine(self.days[ago - 1], time(*divmod(minute, 60)), clock.ZONE)
