from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from perfflow.core import clock, people, sessions
from perfflow.db import db, unit_of_work
from perfflow.models.people import LoginSession, Organisation
from perfflow.process import Role
from tests.people import Town, open_app

NOON = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)


@pytest.fixture
def town(tmp_path):
    app = open_app(tmp_path)
    town = Town(app)
    with app.app_context():
        yield town


@pytest.fixture
def token(town):
    with clock.at(NOON), unit_of_work():
        return sessions.create(people.user_named("clerk"), "10.0.0.7")


def after(**time):
    return clock.at(NOON + timedelta(**time))


def test_the_token_itself_is_nowhere_in_the_table(token):
    kept = db.session.scalars(select(LoginSession.token_hash)).all()

    assert len(token) >= 43
    assert token not in kept


def test_a_token_stands_for_its_user(token):
    with after(minutes=1):
        found = sessions.actor_for(token)

    assert (found.username, found.role, found.organisation_name) == (
        "clerk", Role.UNIT_CLERK, "上海市机关事务管理局",
    )  # fmt: skip


def test_the_user_is_found_by_one_query_of_columns(token):
    statements = []
    db.session.rollback()

    @event.listens_for(db.engine, "before_cursor_execute")
    def count(connection, cursor, statement, *rest):
        statements.append(statement)

    with after(minutes=1):
        sessions.live(token)

    assert len([s for s in statements if s.startswith("SELECT")]) == 1
    assert "password_hash" not in statements[-1]


@pytest.mark.parametrize("foreign", ["", "x", "x" * 43, "\udcff", "令牌"])
def test_a_foreign_token_stands_for_nobody(token, foreign):
    with after(minutes=1):
        assert sessions.actor_for(foreign) is None


def test_it_ends_after_half_an_hour_without_a_request(token):
    with after(minutes=29):
        assert sessions.actor_for(token)
    with after(minutes=31):
        assert sessions.actor_for(token) is None


def test_it_ends_after_twelve_hours_however_busy(token):
    for minutes in range(20, 12 * 60, 20):
        with after(minutes=minutes), unit_of_work():
            sessions.touch(sessions.actor_for(token).session_id)

    with after(hours=11, minutes=59):
        assert sessions.actor_for(token)
    with after(hours=12, minutes=1):
        assert sessions.actor_for(token) is None


def test_it_is_seen_at_most_once_a_minute(token):
    def seen():
        return db.session.scalars(select(LoginSession.last_seen_at)).all()[-1]

    with after(seconds=30):
        assert not sessions.live(token).is_stale
        with unit_of_work():
            sessions.touch(sessions.actor_for(token).session_id)
        assert seen() == NOON
    with after(seconds=61):
        assert sessions.live(token).is_stale
        with unit_of_work():
            sessions.touch(sessions.actor_for(token).session_id)
        assert seen() == NOON + timedelta(seconds=61)


def test_an_ended_one_stays_ended(token):
    with after(minutes=1), unit_of_work():
        sessions.end(token)

    with after(minutes=2):
        assert sessions.actor_for(token) is None


def test_all_of_a_user_end_together_and_nobody_elses(town, token):
    with after(minutes=1), unit_of_work():
        second = sessions.create(people.user_named("clerk"), "10.0.0.8")
        others = sessions.create(people.user_named("super"), "10.0.0.9")
        sessions.end_all(people.user_named("clerk"))

    with after(minutes=2):
        assert [sessions.actor_for(t) is None for t in (token, second, others)] == [True, True, False]


def test_it_ends_with_the_organisation(town, token):
    with after(minutes=1), unit_of_work():
        db.session.get_one(Organisation, town.unit).active = False

    with after(minutes=2):
        assert sessions.actor_for(token) is None
