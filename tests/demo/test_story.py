"""The story as it stands after loading, on days that are hard on calendars."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from demo import story
from demo.evidence import MARK
from demo.seeds import MANNERS, declarations, result_tables, score_sheets
from perfflow import create_app
from perfflow.core import calendar, clock, journal, passwords
from perfflow.db import database_is_demo, db
from perfflow.models.evaluation import Independence
from perfflow.models.file import Attachment
from perfflow.models.finding import Comment, CommentRound, Finding, IndicatorExplanation
from perfflow.models.item import ItemReport, Plan, ProgressNote, RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Holiday, Organisation, User
from perfflow.models.project import Declaration, Project
from perfflow.pages.results import queries as results
from perfflow.papers.numbering import Manner
from perfflow.process import PROJECT_STATES, I, P, Ruling, Stance

HOLIDAY_WEEK = date(2026, 10, 3)
DAYS = (HOLIDAY_WEEK, date(2026, 1, 1), date(2024, 2, 29), date(2031, 6, 16))
"""The last is in a year without a row in the holiday table."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[date], Flask]]:
    """The application over the demo as loaded on a day, each loaded once."""
    apps: dict[date, Flask] = {}

    def on(day: date) -> Flask:
        if day not in apps:
            instance = tmp_path_factory.mktemp("instance")
            with loading_on(day):
                story.load(instance)
            apps[day] = create_app(instance=instance, config={"TESTING": True})
        return apps[day]

    yield on
    for app in apps.values():
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def loading_on(day: date) -> Iterator[None]:
    with clock.at(datetime(day.year, day.month, day.day, 0, 5, tzinfo=clock.ZONE)):
        yield


@pytest.fixture
def demo(loaded: Callable[[date], Flask]) -> Iterator[None]:
    with loading_on(HOLIDAY_WEEK), loaded(HOLIDAY_WEEK).app_context():
        yield


def all_of(query: Any) -> list[Any]:
    return list(db.session.scalars(query))


# ---------------------------------------------------------------- on any day


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_loaded_on_any_day_everything_happened_before_in_working_hours(
    day: date, loaded: Callable[[date], Flask]
) -> None:
    with loading_on(day), loaded(day).app_context():
        instants = [
            at.astimezone(clock.ZONE) for at in all_of(select(JournalEntry.at).order_by(JournalEntry.id))
        ]
        rows = db.session.execute(select(Holiday.day, Holiday.off))
        special = {holiday: off for holiday, off in rows}

        assert [journal.verify(chain).broken for chain in journal.PROTECTED] == [None, None]
        assert journal.missing_triggers(db.session.connection()) == ()
        assert all(earlier <= later for earlier, later in itertools.pairwise(instants))
        assert day - timedelta(days=4 * 40) < instants[0].date()
        assert day - timedelta(days=14) < instants[-1].date() < day
        assert all(calendar.is_working(at.date(), special) and 9 <= at.hour < 18 for at in instants)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_loaded_on_any_day_the_same_work_waits_and_the_same_is_late(
    day: date, loaded: Callable[[date], Flask]
) -> None:
    with loading_on(day), loaded(day).app_context():
        late = [
            (one.name, one.state)
            for one in all_of(select(Project).order_by(Project.id))
            if one.due_on and one.due_on < day
        ]
        items = all_of(select(RectItem).order_by(RectItem.project_id, RectItem.number))

        assert late == [("宋故居纪念馆部门整体支出评价", P.SUGGESTIONS_WRITING)]
        assert [(one.number, one.state) for one in items if one.due_on and one.due_on < day] == [
            (2, I.IN_PROGRESS)
        ]
        assert {one.state for one in items} == set(I)


# ---------------------------------------------------------------- who and what


def test_all_projects_of_the_seeds_are_there_and_stand_where_the_story_says(demo: None) -> None:
    projects = {one.name_filed or one.name: one for one in all_of(select(Project))}

    assert {name for name in projects if not name.startswith(MARK)} == {
        *(one.table.project_name for one in result_tables()),
        *(one.project_name for one in declarations()),
    }
    for part in story.TABLES:
        assert projects[result_tables()[part.index].table.project_name].state == part.stands
    for part in story.DECLARATIONS:
        assert projects[declarations()[part.index].project_name].state == part.stands
    stages = {PROJECT_STATES[one.state].stage for one in projects.values()}
    assert stages == {"declaration", "evaluation", "findings", "suggestions", "rectification", "closure"}


def test_every_state_of_both_machines_was_passed_through(demo: None) -> None:
    def reached(of_item: bool) -> set[str]:
        own = JournalEntry.item_id.is_not(None) if of_item else JournalEntry.item_id.is_(None)
        return set(all_of(select(JournalEntry.to_state).where(own, JournalEntry.to_state.is_not(None))))

    assert reached(of_item=False) == set(P)
    assert reached(of_item=True) == set(I)


def test_years_budgets_and_sheets_are_those_of_the_papers(demo: None) -> None:
    projects = all_of(select(Project).where(Project.registered).order_by(Project.id))

    assert [(one.budget_year, one.evaluation_year) for one in projects] == [(2018, 2018)] * 5 + [
        (2017, 2018)
    ] * 3
    with_sheet = {one.name_filed: one.budget_fen for one in projects if not one.table_only}
    assert with_sheet == {name: sheet.budget_fen for name, sheet in score_sheets().items()}
    assert sorted(with_sheet.values()) == [103_500_000, 298_800_000]
    assert [one.budget_fen for one in projects if one.table_only] == [None] * 6


def test_everybody_can_log_in_with_the_password_and_nobody_is_invented(demo: None) -> None:
    people = {one.username: one for one in all_of(select(User))}

    assert set(people) == {name for name, _ in story.ACCOUNTS}
    assert len({one.password_hash for one in people.values()}) == 1
    assert passwords.verify(people["unit"].password_hash, story.PASSWORD)
    assert not any(one.must_change_password for one in people.values())
    words = [*people, *all_of(select(Organisation.name))]
    assert passwords.problems(story.PASSWORD, words) == ()


def test_the_units_write_in_their_manner(demo: None) -> None:
    for name, manner in MANNERS.items():
        unit = db.session.scalars(select(Organisation).where(Organisation.name == name)).one()
        assert manner == Manner(
            unit.quote_names, unit.score_suffix, unit.trim_decimals, unit.number_style, unit.title_own_line
        )


# ---------------------------------------------------------------- what happened


def test_the_firm_filed_the_reports_wording_and_changed_it_to_the_tables(demo: None) -> None:
    name, sheet = next((n, s) for n, s in score_sheets().items() if "会务" in n)
    table = next(one.table for one in result_tables() if one.table.project_name == name)
    project = db.session.scalars(select(Project).where(Project.name_filed == name)).one()

    filed = all_of(
        select(JournalEntry.body).where(
            JournalEntry.project_id == project.id, JournalEntry.action == "save_findings"
        )
    )
    said = db.session.scalars(
        select(Comment)
        .join(Finding, Finding.id == Comment.finding_id)
        .where(Finding.project_id == project.id, Comment.stance == Stance.DISPUTE)
    ).one()
    kept = db.session.get_one(Finding, said.finding_id)

    assert "项目中期验收措施不够规范" in filed[0] and sheet.findings[0].text in filed[0]
    assert said.ruling == Ruling.ADOPT
    assert kept.title == "项目终期验收措施不够规范"
    assert f"1、{kept.title}\n{kept.text}" in table.findings


def test_an_item_was_reopened_and_one_not_done(demo: None) -> None:
    actions = set(all_of(select(JournalEntry.action)))

    assert {
        "reopen_item",
        "reopen_by_return",
        "verify_not_done",
        "verify_continuing",
        "cancel_item",
    } <= actions
    assert {"return_declaration", "return_evaluation", "return_findings", "return_suggestions"} <= actions


def test_declaration_2_lacks_its_ticks_and_4_was_returned_with_a_reason(demo: None) -> None:
    second, fourth = (
        db.session.scalars(select(Project).where(Project.name == declarations()[n].project_name)).one()
        for n in (1, 3)
    )

    paper = db.session.get_one(Declaration, second.id)
    assert (paper.project_type, paper.fund_use, second.submitted_at) == ("", "", None)
    reason = db.session.scalar(
        select(JournalEntry.reason).where(
            JournalEntry.project_id == fourth.id, JournalEntry.action == "return_declaration"
        )
    )
    assert reason and reason.startswith(MARK)


@pytest.mark.parametrize(
    "column",
    [
        JournalEntry.reason, Project.registered_reason, CommentRound.general_comment, Comment.reason,
        Comment.reply_reason, Comment.ruling_reason, IndicatorExplanation.text, Independence.explanation,
        Plan.measure, ItemReport.text, ItemReport.verdict_reason, ProgressNote.text,
    ],
    ids=str,
)  # fmt: skip
def test_every_invented_opinion_says_so(column: Any, demo: None) -> None:
    texts = all_of(select(column).where(func.length(column) > 0))

    assert texts
    assert [text for text in texts if not text.startswith(MARK)] == []


def test_every_invented_file_says_so_and_the_others_are_the_published_papers(demo: None) -> None:
    names = {purpose: set() for purpose in ("comment", "evidence", "paper", "report", "declaration")}
    for one in all_of(select(Attachment)):
        names[one.purpose].add(one.name)

    assert all(name.startswith(MARK) for name in names["comment"] | names["evidence"])
    assert {name.rpartition(".")[2] for name in names["evidence"]} == {"pdf", "png", "docx"}
    assert [len(names[purpose]) for purpose in ("paper", "report", "declaration")] == [6, 2, 5]


def test_what_was_published_is_the_seed(demo: None) -> None:
    project = db.session.scalars(select(Project).where(Project.state == P.PUBLISHED)).one()
    found = next(iter(results._snapshots([project.id])))

    assert found.table == result_tables()[0].table
    assert found.cover.unit_name == result_tables()[0].unit_name
    assert found.number == 2


# ---------------------------------------------------------------- the file


def test_the_database_is_one_whole_file_and_says_that_it_is_a_demo(loaded: Callable[[date], Flask]) -> None:
    app = loaded(HOLIDAY_WEEK)

    assert database_is_demo(app)
    assert not Path(app.instance_path, "perfflow.db.new").exists()
    assert app.test_client().get("/healthz").status_code == 200


def test_a_story_that_breaks_off_leaves_the_old_database_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "perfflow.db"
    old.write_bytes(b"as it was")

    def breaks_off(folder: Path) -> None:
        raise RuntimeError("a state nobody expected")

    monkeypatch.setattr(story, "play", breaks_off)
    with pytest.raises(RuntimeError):
        story.load(tmp_path)

    assert old.read_bytes() == b"as it was"
