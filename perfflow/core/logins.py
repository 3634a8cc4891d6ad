"""Log-in and the change of one's own password.

Both open a unit of work of their own, since hashing must stay outside it.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select

from perfflow.core import clock, drafts, passwords, sessions
from perfflow.core.access import Actor
from perfflow.core.errors import Invalid, PerfflowError
from perfflow.core.people import set_password, user_change
from perfflow.core.records import record_change
from perfflow.db import db, unit_of_work
from perfflow.models.people import LoginFailure, Organisation, User
from perfflow.process import N_

FAILURES_UNTIL_LOCK = 10
LOCK = timedelta(minutes=30)
FAILURES_PER_ADDRESS = 50
ADDRESS_WINDOW = timedelta(minutes=10)


class TooMany(PerfflowError):
    """Too many refused log-ins from one address (429)."""


class Outcome(StrEnum):
    """For the event log alone: the person reads the same sentence for all but the first."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class LoginResult:
    """`token` is given only when the log-in succeeded; `locks` when this failure locked the account."""

    outcome: Outcome
    user_id: int | None = None
    token: str | None = None
    locks: bool = False


def log_in(username: str, password: str, address: str) -> LoginResult:
    """Try a log-in. Same answer and time for unknown, wrong and locked. Raises TooMany."""
    since = clock.now() - ADDRESS_WINDOW
    refused = select(func.count()).where(LoginFailure.address == address[:64], LoginFailure.at > since)
    if (db.session.scalar(refused) or 0) >= FAILURES_PER_ADDRESS:
        raise TooMany
    name = username.strip().casefold()
    stored = db.session.scalar(select(User.password_hash).where(User.username == name))
    db.session.rollback()  # no connection is kept while waiting for the hash
    right = passwords.verify(stored, password[: passwords.LONGEST + 1])
    stronger = passwords.hash_password(password) if right and passwords.needs_rehash(stored or "") else None
    with unit_of_work():
        user = db.session.scalar(select(User).where(User.username == name).with_for_update())
        if user is None:
            return _refuse(Outcome.UNKNOWN, None, address)
        if user.locked_until is not None and user.locked_until > clock.now():
            return _refuse(Outcome.LOCKED, user.id, address)
        # the hash read before the lane: a password changed meanwhile is no longer right
        if not right or user.password_hash != stored or not _may_enter(user):
            return _refuse(Outcome.WRONG, user.id, address, locks=_count_failure(user))
        user.failures, user.locked_until = 0, None
        user.password_hash = stronger or user.password_hash
        drafts.drop_old()
        return LoginResult(Outcome.OK, user.id, sessions.create(user.id, address))


def _may_enter(user: User) -> bool:
    open_ = select(Organisation.active).where(Organisation.id == user.organisation_id)
    return user.active and bool(db.session.scalar(open_))


def _refuse(outcome: Outcome, user_id: int | None, address: str, *, locks: bool = False) -> LoginResult:
    now = clock.now()
    db.session.execute(delete(LoginFailure).where(LoginFailure.at <= now - ADDRESS_WINDOW))
    db.session.add(LoginFailure(address=address[:64], at=now))
    return LoginResult(outcome, user_id, locks=locks)


def _count_failure(user: User) -> bool:
    """Count a wrong password; True when the account is locked. A lock that ran out begins a new count."""
    if user.locked_until is not None and user.locked_until > clock.now():
        return True  # not made longer: nobody is kept out for good by somebody else's guessing
    user.failures = 1 if user.locked_until is not None else user.failures + 1
    user.locked_until = clock.now() + LOCK if user.failures >= FAILURES_UNTIL_LOCK else None
    return user.locked_until is not None


def change_password(old: str, new: str, *, address: str, actor: Actor) -> str:
    """Change one's own password. Ends all his log-ins and returns the token of a new one. Raises Invalid."""
    user = db.session.execute(select(User.password_hash, User.locked_until).where(User.id == actor.id)).one()
    db.session.rollback()  # as above
    right = passwords.verify(user.password_hash, old[: passwords.LONGEST + 1])
    locked = user.locked_until is not None and user.locked_until > clock.now()
    if locked or not right:
        _count_wrong_old(actor.id)
        raise Invalid("old_password", N_("当前口令不正确。"))
    if old == new:
        raise Invalid("new_password", N_("新口令不能与当前口令相同。"))
    _check_new(new, actor)
    digest = passwords.hash_password(new)
    with unit_of_work():
        set_password(actor.id, digest, must_change=False)
        sessions.end_all(actor.id)
        record_change("password_changed", ("user", actor.id), (user_change(actor.username),), actor)
        return sessions.create(actor.id, address)


def _check_new(new: str, actor: Actor) -> None:
    # the first only: the rules stand above the field
    for reason in passwords.problems(new, (actor.username, actor.display_name, actor.organisation_name)):
        raise Invalid("new_password", reason.message, **reason.params)


def _count_wrong_old(user_id: int) -> None:
    """Guessing the old password on somebody's open page counts like guessing at the log-in."""
    with unit_of_work():
        if _count_failure(db.session.get_one(User, user_id, populate_existing=True)):
            sessions.end_all(user_id)
