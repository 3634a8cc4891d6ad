"""Users, as the administrator keeps them. Every change is in the journal, never a password.

All commands run in the caller's unit of work.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select, update

from perfflow.core import clock, journal, passwords, sessions
from perfflow.core.access import ORGANISATION_OF, Actor
from perfflow.core.errors import Invalid, NotFound, Refused
from perfflow.core.journal import Change
from perfflow.core.records import get, not_empty, record_change, same_version, version_of, yes_or_no
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.item import RectItem
from perfflow.models.people import Organisation, User
from perfflow.models.project import Project
from perfflow.process import ITEM_STATES, N_, PROJECT_STATES, ROLES, OrganisationKind, Role
from perfflow.workflow.definition import Reason, Rest


@dataclass(frozen=True, slots=True, kw_only=True)
class UserValues:
    display_name: str
    role: Role
    active: bool = True


@dataclass(frozen=True, slots=True)
class OneTime:
    """A password for one log-in, with its hash: made before the unit of work, shown once, never stored."""

    password: str
    digest: str


USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
USERNAME_RULE = N_("用户名为 2 到 40 位小写字母、数字、点、横线或下划线，首位为字母或数字。")


def one_time_password() -> OneTime:
    password = passwords.one_time()
    return OneTime(password, passwords.hash_password(password))


def create_user(username: str, organisation_id: int, values: UserValues, one_time: OneTime, *, actor: Actor) -> int:
    """A new user, who must change the one-time password at his first log-in."""
    name = username.strip().casefold()
    if not USERNAME.fullmatch(name):
        raise Invalid("username", USERNAME_RULE)
    if db.session.scalar(select(User.id).where(User.username == name)) is not None:
        raise Invalid("username", N_("用户名已被使用，请换一个。"))
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or not organisation.active:
        raise Invalid("organisation_id", N_("请从列表中选择单位。"))
    _check_user(organisation, values)
    user = User(
        username=name,
        display_name=values.display_name,
        organisation_id=organisation_id,
        role=values.role,
        active=values.active,
        password_hash=one_time.digest,
        must_change_password=True,
        created_at=clock.now(),
    )
    db.session.add(user)
    db.session.flush()
    changes = (
        user_change(name),
        Change(N_("姓名"), "", values.display_name),
        Change(N_("单位"), "", organisation.name),
        Change(N_("角色"), "", ROLES[values.role]),
    )
    record_change("user_created", ("user", user.id), changes, actor)
    return user.id


@dataclass(frozen=True, slots=True)
class NewUser:
    """One line of a list of accounts; `place` says where it stands, such as 第 12 行."""

    place: str
    username: str
    organisation_id: int
    values: UserValues
    one_time: OneTime


def create_users(listed: Iterable[NewUser], *, actor: Actor) -> list[int]:
    """All of them, or none: what stands against one is raised with its place."""
    made = []
    for one in listed:
        try:
            made.append(create_user(one.username, one.organisation_id, one.values, one.one_time, actor=actor))
        except Invalid as refused:
            told = {"place": one.place, "why": refused.reason.message}
            raise Invalid("lines", N_("%(place)s：%(why)s"), **told) from refused
    return made


def update_user(user_id: int, values: UserValues, *, version: int | None, actor: Actor) -> None:
    """Name, role within the same kind of organisation, active or not. The latter two end his log-ins."""
    user = get(User, user_id)
    same_version(("user", user_id), user_version(user), version)
    _check_user(db.session.get_one(Organisation, user.organisation_id), values)
    before = user_values(user)
    if before == values:
        return
    if before.role is Role.ADMIN and before.active and (values.role is not Role.ADMIN or not values.active):
        _another_admin_than(user_id, actor)
    changes = [user_change(user.username)]
    if before.display_name != values.display_name:
        changes.append(Change(N_("姓名"), before.display_name, values.display_name))
    if before.role is not values.role:
        changes.append(Change(N_("角色"), ROLES[before.role], ROLES[values.role]))
    if before.active != values.active:
        changes.append(Change(N_("启用"), yes_or_no(before.active), yes_or_no(values.active)))
    user.display_name, user.role, user.active = values.display_name, values.role, values.active
    db.session.flush()
    if (before.role, before.active) != (values.role, values.active):
        sessions.end_all(user_id)
    record_change(_user_action(before, values), ("user", user_id), tuple(changes), actor)


def deactivate_user(user_id: int, *, actor: Actor) -> None:
    values = user_values(get(User, user_id))
    closed = UserValues(display_name=values.display_name, role=values.role, active=False)
    update_user(user_id, closed, version=None, actor=actor)


@dataclass(frozen=True, slots=True)
class Burden:
    """What somebody would leave undone: counts alone, since the administrator sees no projects."""

    led: int  # evaluations of which he is the lead
    handed: int  # tasks handed to him (转办)
    alone: bool  # nobody else of his organisation can act in his role

    @property
    def is_held(self) -> bool:
        """Whether something waits for this very person."""
        return bool(self.led or self.handed)


_UNDER_EVALUATION = tuple(
    code for code, state in PROJECT_STATES.items() if state.rest is Rest.WAITING and state.stage != "declaration"
)
_WAITING_ITEMS = tuple(code for code, state in ITEM_STATES.items() if state.rest is Rest.WAITING)


def burden_of(user_id: int) -> Burden:
    """Asked before somebody is deactivated."""
    user = get(User, user_id)
    led = select(func.count()).select_from(Project).join(Assignment, Assignment.id == Project.assignment_id)
    led = led.where(Assignment.lead_id == user_id, Project.state.in_(_UNDER_EVALUATION))
    projects = select(func.count()).where(Project.holder_id == user_id)
    items = select(func.count()).where(RectItem.holder_id == user_id, RectItem.state.in_(_WAITING_ITEMS))
    others = select(User.id).where(
        User.organisation_id == user.organisation_id, User.role == user.role, User.active.is_(True), User.id != user_id
    )
    handed = (db.session.scalar(projects) or 0) + (db.session.scalar(items) or 0)
    return Burden(db.session.scalar(led) or 0, handed, db.session.scalar(others.limit(1)) is None)


def _user_action(before: UserValues, after: UserValues) -> str:
    if before.active == after.active:
        return "user_updated"
    return "user_activated" if after.active else "user_deactivated"


def reset_password(user_id: int, one_time: OneTime, *, actor: Actor | None) -> None:
    """Give a one-time password and end his log-ins. Without an actor it was done on the command line."""
    user = get(User, user_id)
    set_password(user_id, one_time.digest, must_change=True)
    sessions.end_all(user_id)
    _record_or_note("password_reset", user, actor)


def set_password(user_id: int, digest: str, *, must_change: bool) -> None:
    """Keep a new hash; it also ends a lock."""
    db.session.execute(
        update(User)
        .where(User.id == user_id)
        .values(password_hash=digest, must_change_password=must_change, failures=0, locked_until=None)
    )


def unlock(user_id: int, *, actor: Actor | None) -> None:
    """Let a locked user try again at once."""
    user = get(User, user_id)
    user.failures, user.locked_until = 0, None
    db.session.flush()
    _record_or_note("user_unlocked", user, actor)


def user_named(username: str) -> int:
    """The id of a user; raises NotFound."""
    found = db.session.scalar(select(User.id).where(User.username == username.strip().casefold()))
    if found is None:
        raise NotFound
    return found


def create_first_admin() -> tuple[str, str]:
    """The first administrator of an empty database, with a one-time password."""
    if db.session.scalar(select(User.id).limit(1)) is not None:
        raise Refused(Reason(N_("已有用户，不能再建首个管理员。")))
    one_time = one_time_password()
    house = Organisation(name="系统运行单位", kind=OrganisationKind.HOUSE)
    db.session.add(house)
    db.session.flush()
    user = User(
        username="admin", display_name="系统管理员", organisation_id=house.id, role=Role.ADMIN,
        password_hash=one_time.digest, must_change_password=True, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    himself = Actor(user.id, user.username, user.display_name, Role.ADMIN, house.id, house.name)
    record_change("user_created", ("user", user.id), (user_change(user.username),), himself)
    return user.username, one_time.password


def user_values(user: User) -> UserValues:
    return UserValues(display_name=user.display_name, role=Role(user.role), active=user.active)


def user_version(user: User) -> int:
    return version_of(user_values(user))


def roles_for(kind: OrganisationKind) -> tuple[Role, ...]:
    """The roles that members of such an organisation may have."""
    return tuple(role for role, needed in ORGANISATION_OF.items() if needed is kind)


def _check_user(organisation: Organisation, values: UserValues) -> None:
    not_empty("display_name", values.display_name)
    if values.role not in roles_for(OrganisationKind(organisation.kind)):
        raise Invalid("role", N_("此角色与单位的类别不符。"))


def _another_admin_than(user_id: int, actor: Actor) -> None:
    others = select(User.id).where(User.role == Role.ADMIN, User.active.is_(True), User.id != user_id)
    if user_id == actor.id or db.session.scalar(others.limit(1)) is None:
        raise Refused(Reason(N_("不能停用本人或最后一名管理员，也不能改其角色。")))


def user_change(username: str) -> Change:
    return Change(N_("用户"), "", username)


def _record_or_note(action: str, user: User, actor: Actor | None) -> None:
    if actor is None:
        # nobody is logged in on the command line, and an act belongs to a user
        details = {"username": user.username, "by": "command line"}
        journal.record_event(action, user_id=None, details=details)
        return
    record_change(action, ("user", user.id), (user_change(user.username),), actor)
