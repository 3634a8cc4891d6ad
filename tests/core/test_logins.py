from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from perfflow.core import clock, logins, organisations, passwords, people, sessions
from perfflow.core.errors import Invalid
from perfflow.core.logins import Outcome, TooMany
from perfflow.db import db, unit_of_work
from perfflow.models.journal import JournalEntry
from perfflow.models.people import LoginFailure, User
from tests.people import PASSWORD, Town, open_app

NOON = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
HERE = "10.0.0.7"


@pytest.fixture
def town(tmp_path):
    app = open_app(tmp_path)
    town = Town(app)
    with app.app_context(), clock.at(NOON):
        yield town


def fail(times, username="clerk", address=HERE):
    return [logins.log_in(username, "wrong", address).outcome for _ in range(times)]


def test_the_right_password_opens_a_session(town):
    result = logins.log_in("clerk", PASSWORD, HERE)

    assert result.outcome is Outcome.OK
    assert sessions.actor_for(result.token).username == "clerk"


def test_capital_letters_and_spaces_around_the_name_do_not_matter(town):
    assert logins.log_in(" Clerk ", PASSWORD, HERE).outcome is Outcome.OK


def test_unknown_wrong_and_locked_differ_in_the_log_only(town):
    wrong = logins.log_in("clerk", "wrong", HERE)
    unknown = logins.log_in("nobody", "wrong", HERE)
    fail(9)
    locked = logins.log_in("clerk", PASSWORD, HERE)

    assert [r.outcome for r in (wrong, unknown, locked)] == [Outcome.WRONG, Outcome.UNKNOWN, Outcome.LOCKED]
    assert [r.token for r in (wrong, unknown, locked)] == [None, None, None]


def test_each_of_them_hashes_exactly_once(town, monkeypatch):
    fail(10)
    hashed = []
    monkeypatch.setattr(passwords, "verify", lambda stored, password: hashed.append(stored) or False)

    for username in ("clerk", "super", "nobody"):
        logins.log_in(username, "wrong", HERE)

    assert len(hashed) == 3


def test_ten_failures_lock_for_half_an_hour(town):
    assert fail(10) == [Outcome.WRONG] * 10
    assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.LOCKED
    with clock.at(NOON + timedelta(minutes=29)):
        assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.LOCKED
    with clock.at(NOON + timedelta(minutes=31)):
        assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.OK


def test_guessing_at_a_locked_account_does_not_make_the_lock_longer(town):
    fail(10)
    with clock.at(NOON + timedelta(minutes=20)):
        fail(10)

    with clock.at(NOON + timedelta(minutes=31)):
        assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.OK


def test_after_a_lock_the_count_begins_anew(town):
    fail(10)

    with clock.at(NOON + timedelta(minutes=31)):
        fail(9)
        assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.OK


def test_a_success_forgets_the_failures_before_it(town):
    for _ in range(3):
        fail(9)
        assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.OK


def test_nobody_else_is_locked_out(town):
    fail(10)

    assert logins.log_in("super", PASSWORD, HERE).outcome is Outcome.OK


def test_an_administrator_unlocks_at_once(town):
    fail(10)
    with unit_of_work():
        people.unlock(people.user_named("clerk"), actor=town.admin)

    assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.OK


def test_fifty_failures_of_one_address_in_ten_minutes_are_too_many(town):
    for number in range(50):
        fail(1, username=f"guess{number}")

    with pytest.raises(TooMany):
        logins.log_in("clerk", PASSWORD, HERE)
    assert logins.log_in("clerk", PASSWORD, "10.0.0.8").outcome is Outcome.OK
    with clock.at(NOON + timedelta(minutes=11)):
        assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.OK


def test_old_failures_are_swept_away(town):
    fail(5, username="nobody")
    with clock.at(NOON + timedelta(minutes=11)):
        fail(1, username="nobody")

    assert len(db.session.scalars(select(LoginFailure.id)).all()) == 1


def test_a_closed_user_or_organisation_cannot_log_in(town):
    with unit_of_work():
        people.deactivate_user(people.user_named("clerk"), actor=town.admin)
        values = organisations.OrganisationValues(name="上海市财政局绩效处", active=False)
        organisations.update_organisation(town.office, values, version=None, actor=town.admin)

    assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.WRONG
    assert logins.log_in("super", PASSWORD, HERE).outcome is Outcome.WRONG


def test_a_hash_of_another_cost_is_made_again_at_log_in(town):
    passwords.configure()
    try:
        logins.log_in("clerk", PASSWORD, HERE)
    finally:
        passwords.configure(cheap=True)

    assert "m=19456" in db.session.scalar(select(User.password_hash).where(User.username == "clerk"))


def change(town, old=PASSWORD, new="Green-Kettle-58"):
    return logins.change_password(old, new, address=HERE, actor=town.actor("clerk"))


def test_a_changed_password_ends_every_session_but_the_new_one(town):
    before = logins.log_in("clerk", PASSWORD, HERE).token

    token = change(town)

    assert sessions.actor_for(before) is None
    assert sessions.actor_for(token).username == "clerk"
    assert logins.log_in("clerk", PASSWORD, HERE).outcome is Outcome.WRONG
    assert logins.log_in("clerk", "Green-Kettle-58", HERE).outcome is Outcome.OK


def test_the_change_is_in_the_journal_without_the_password(town):
    change(town)

    newest = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert newest.action == "password_changed"
    assert "Green-Kettle-58" not in newest.body and PASSWORD not in newest.body and "argon2" not in newest.body


def test_a_forced_change_is_then_done_with(town):
    with unit_of_work():
        people.reset_password(people.user_named("clerk"), people.one_time_password(), actor=town.admin)
        people.set_password(people.user_named("clerk"), passwords.hash_password(PASSWORD), must_change=True)
    assert town.actor("clerk").must_change_password

    change(town)

    assert not town.actor("clerk").must_change_password


@pytest.mark.parametrize(
    ("old", "new", "field", "sentence"),
    [
        ("wrong", "Green-Kettle-58", "old_password", "当前口令不正确。"),
        (PASSWORD, PASSWORD, "new_password", "新口令不能与当前口令相同。"),
        (PASSWORD, "short", "new_password", "口令至少 10 个字符。"),
        (PASSWORD, "Clerk-Kettle-58", "new_password", "口令不能含有“clerk”。"),
    ],
)
def test_a_change_that_is_refused_says_why(town, old, new, field, sentence):
    with pytest.raises(Invalid) as refused:
        change(town, old, new)

    assert refused.value.field == field
    assert refused.value.reason.message % refused.value.reason.params == sentence


def test_guessing_the_old_password_locks_and_logs_out(town):
    token = logins.log_in("clerk", PASSWORD, HERE).token
    actor = sessions.actor_for(token)
    for _ in range(10):
        with pytest.raises(Invalid):
            logins.change_password("wrong", "Green-Kettle-58", address=HERE, actor=actor)

    assert sessions.actor_for(token) is None
    with pytest.raises(Invalid):
        logins.change_password(PASSWORD, "Green-Kettle-58", address=HERE, actor=actor)
