"""Organisations and users, as the administrator keeps them. Every change is in the journal, never a password.

All commands run in the caller's unit of work.
"""

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from perfflow.core import clock, journal, passwords, sessions
from perfflow.core.access import ORGANISATION_OF, Actor
from perfflow.core.errors import Conflict, Invalid, NotFound, Refused
from perfflow.core.journal import Change
from perfflow.db import db
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Organisation, User
from perfflow.models.project import Project
from perfflow.process import N_, ROLES, Datum, OrganisationKind, Role
from perfflow.workflow.definition import Reason

ORGANISATION_KINDS = {
    OrganisationKind.UNIT: N_("预算单位"),
    OrganisationKind.FIRM: N_("评价机构"),
    OrganisationKind.OFFICE: N_("主管部门"),
    OrganisationKind.HOUSE: N_("系统运行单位"),
}
JURISDICTIONS = {"shanghai": N_("上海市"), "national": N_("全国通用")}
"""Whose grade scale holds for a unit."""
NUMBER_STYLES = {"、": N_("1、"), ". ": N_("1. ")}
"""How findings are numbered in a unit's result table: what stands behind the number."""
PICK = N_("请从列表中选择。")


# ---------------------------------------------------------------- organisations


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationValues:
    """What an administrator sets; the last five are the manner of the unit's result table."""

    name: str
    supervised_by: int | None = None
    jurisdiction: str = "shanghai"
    active: bool = True
    quote_names: bool = True
    score_suffix: bool = True
    trim_decimals: bool = True
    number_style: str = "、"
    title_own_line: bool = True


ORGANISATION_LABELS = {
    "name": N_("名称"),
    "supervised_by": N_("主管部门"),
    "jurisdiction": N_("适用标准的地区"),
    "active": N_("启用"),
    "quote_names": N_("项目名称加“ ”"),
    "score_suffix": N_("分值后写“分”"),
    "trim_decimals": N_("分值去掉末尾的零"),
    "number_style": N_("条目编号"),
    "title_own_line": N_("标题单独成行"),
}


def create_organisation(kind: OrganisationKind, values: OrganisationValues, *, actor: Actor) -> int:
    _check_organisation(None, kind, values)
    organisation = Organisation(kind=kind, **asdict(values))
    db.session.add(organisation)
    db.session.flush()
    created = Change(N_("类别"), "", ORGANISATION_KINDS[kind])
    changes = (created, *_organisation_changes(OrganisationValues(name=""), values))
    record_change("organisation_created", ("organisation", organisation.id), changes, actor)
    return organisation.id


def update_organisation(organisation_id: int, values: OrganisationValues, *, version: int | None, actor: Actor) -> None:
    """Another supervising office takes over the unit's projects with it: it decides who sees them."""
    organisation = get(Organisation, organisation_id)
    _same_version(("organisation", organisation_id), organisation_version(organisation), version)
    _check_organisation(organisation_id, OrganisationKind(organisation.kind), values)
    if not values.active and organisation_id == actor.organisation_id:
        raise Refused(Reason(N_("不能停用本人所在的单位。")))
    before = organisation_values(organisation)
    changes = _organisation_changes(before, values)
    if not changes:
        return
    for field in fields(values):
        setattr(organisation, field.name, getattr(values, field.name))
    if before.supervised_by != values.supervised_by:
        for table in (Project, RectItem):
            db.session.execute(
                update(table).where(table.unit_id == organisation_id).values(office_id=values.supervised_by)
            )
    db.session.flush()
    if before.active and not values.active:
        for user_id in db.session.scalars(select(User.id).where(User.organisation_id == organisation_id)):
            sessions.end_all(user_id)
    record_change("organisation_updated", ("organisation", organisation_id), changes, actor)


def organisation_values(organisation: Organisation) -> OrganisationValues:
    return OrganisationValues(**{f.name: getattr(organisation, f.name) for f in fields(OrganisationValues)})


def organisation_version(organisation: Organisation) -> int:
    return _version(organisation_values(organisation))


def _check_organisation(own_id: int | None, kind: OrganisationKind, values: OrganisationValues) -> None:
    not_empty("name", values.name)
    twin = select(Organisation.id).where(Organisation.name == values.name, Organisation.id != (own_id or 0))
    if db.session.scalar(twin) is not None:
        raise Invalid("name", N_("已有同名的单位。"))
    for field, known in (("number_style", NUMBER_STYLES), ("jurisdiction", JURISDICTIONS)):
        if getattr(values, field) not in known:
            raise Invalid(field, PICK)
    if values.supervised_by is None:
        return
    if kind is not OrganisationKind.UNIT:
        raise Invalid("supervised_by", N_("只有预算单位有主管部门。"))
    known_organisation("supervised_by", values.supervised_by, OrganisationKind.OFFICE)


def _organisation_changes(old: OrganisationValues, new: OrganisationValues) -> tuple[Change, ...]:
    return tuple(
        Change(label, _value_word(name, getattr(old, name)), _value_word(name, getattr(new, name)))
        for name, label in ORGANISATION_LABELS.items()
        if getattr(old, name) != getattr(new, name)
    )


def _value_word(name: str, value: Any) -> str:
    if name == "supervised_by":
        return "" if value is None else organisation_name(value)
    return _word(value)


# ---------------------------------------------------------------- users


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


def update_user(user_id: int, values: UserValues, *, version: int | None, actor: Actor) -> None:
    """Name, role within the same kind of organisation, active or not. The latter two end his log-ins."""
    user = get(User, user_id)
    _same_version(("user", user_id), user_version(user), version)
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
        changes.append(Change(N_("启用"), _word(before.active), _word(values.active)))
    user.display_name, user.role, user.active = values.display_name, values.role, values.active
    db.session.flush()
    if (before.role, before.active) != (values.role, values.active):
        sessions.end_all(user_id)
    record_change(_user_action(before, values), ("user", user_id), tuple(changes), actor)


def deactivate_user(user_id: int, *, actor: Actor) -> None:
    values = user_values(get(User, user_id))
    closed = UserValues(display_name=values.display_name, role=values.role, active=False)
    update_user(user_id, closed, version=None, actor=actor)


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
    return _version(user_values(user))


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


# ---------------------------------------------------------------- shared by all of them


def get(table: Any, row_id: int) -> Any:
    row = db.session.get(table, row_id, populate_existing=True) if 0 < row_id < 2**53 else None
    if row is None:
        raise NotFound
    return row


def known_organisation(field: str, organisation_id: int, kind: OrganisationKind) -> Organisation:
    organisation = db.session.get(Organisation, organisation_id) if 0 < organisation_id < 2**53 else None
    if organisation is None or organisation.kind != kind or not organisation.active:
        raise Invalid(field, PICK)
    return organisation


def organisation_name(organisation_id: int) -> str:
    return db.session.scalar(select(Organisation.name).where(Organisation.id == organisation_id)) or ""


def not_empty(field: str, text: str) -> None:
    if not text.strip():
        raise Invalid(field, N_("此项还没有填写。"))


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return N_("是") if value else N_("否")
    return "" if value is None else str(value)


def _version(values: OrganisationValues | UserValues) -> int:
    """A number that changes with the values: these tables have few writers and no column for it."""
    text = json.dumps(asdict(values), ensure_ascii=True, sort_keys=True)
    return zlib.crc32(text.encode()) % 1_000_000_000


def _same_version(subject: tuple[str, int], now: int, seen: int | None) -> None:
    if seen is not None and seen != now:
        raise Conflict(*_last_change(subject))


def _last_change(subject: tuple[str, int]) -> tuple[str, datetime | None]:
    rows = db.session.execute(
        select(JournalEntry.body, JournalEntry.at)
        .where(JournalEntry.project_id.is_(None), JournalEntry.action.startswith(f"{subject[0]}_"))
        .order_by(JournalEntry.id.desc())
        .limit(100)
    )
    for text, at in rows:
        body = json.loads(text)
        if body.get("subject") == list(subject):
            return body["name"], at
    return "", None


def record_change(
    action: str, subject: tuple[str, int], changes: Iterable[Change], actor: Actor, reason: str = ""
) -> None:
    journal.record(
        journal.Entry(
            action=action,
            datum=Datum.PROJECT,
            reason=reason,
            changes=tuple(changes),
            extra=(("subject", list(subject)),),
        ),
        actor=actor,
    )
