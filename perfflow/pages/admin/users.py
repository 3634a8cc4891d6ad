"""Users as their pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import exists, func, or_, select

from perfflow.core import clock, paging, people, records
from perfflow.core.paging import Page, Sort, fetch
from perfflow.core.people import UserValues
from perfflow.db import db
from perfflow.models.people import LoginSession, Organisation, User
from perfflow.pages.admin.organisations import WORDS_LIMIT, is_locked
from perfflow.process import N_, ROLES, OrganisationKind

ACTIVE, CLOSED, LOCKED, NEVER, FORCED = "active", "closed", "locked", "never", "forced"
STATES = {
    ACTIVE: N_("启用"),
    CLOSED: N_("停用"),
    LOCKED: N_("已锁定"),
    NEVER: N_("从未登录"),
    FORCED: N_("须修改口令"),
}


@dataclass(frozen=True, slots=True)
class UserRow:
    id: int
    username: str
    display_name: str
    organisation_id: int
    organisation_name: str
    role_label: str
    active: bool
    locked: bool
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class UserFilter:
    words: str = ""
    role: str = ""
    organisation_id: int | None = None
    state: str = ""


def user_list(wanted: UserFilter, *, after: str, before: str) -> tuple[Page[UserRow], str]:
    """One page, and how many there are in all."""
    query: Any = select(
        User.username, User.id, User.display_name, User.role, User.active, User.locked_until, User.organisation_id,
        Organisation.name.label("organisation"), Organisation.active.label("open"),
    ).join(Organisation, Organisation.id == User.organisation_id)  # fmt: skip
    query = _filtered(query, wanted)
    found = fetch(query, Sort((User.username,), (str,)), after=after, before=before)
    seen = _last_logins([row.id for row in found.rows])
    rows = [
        UserRow(
            row.id, row.username, row.display_name, row.organisation_id, row.organisation, _(ROLES[row.role]),
            row.active and row.open, is_locked(row.locked_until), seen.get(row.id),
        )
        for row in found.rows
    ]  # fmt: skip
    return Page(rows, found.before, found.after), paging.capped_count(query)


def _filtered(query: Any, wanted: UserFilter) -> Any:
    if wanted.words:
        texts = (User.username, User.display_name)
        query = query.where(or_(*(t.contains(wanted.words[:WORDS_LIMIT], autoescape=True) for t in texts)))
    if wanted.role:
        query = query.where(User.role == wanted.role)
    if wanted.organisation_id is not None:
        query = query.where(User.organisation_id == wanted.organisation_id)
    condition = {
        ACTIVE: User.active.is_(True) & Organisation.active.is_(True),
        CLOSED: User.active.is_(False) | Organisation.active.is_(False),
        LOCKED: User.locked_until > clock.now(),
        NEVER: ~exists().where(LoginSession.user_id == User.id),
        FORCED: User.must_change_password.is_(True),
    }.get(wanted.state)
    return query if condition is None else query.where(condition)


def _last_logins(ids: list[int]) -> dict[int, datetime]:
    query = select(LoginSession.user_id, func.max(LoginSession.created_at)).where(LoginSession.user_id.in_(ids))
    return {id_: at for id_, at in db.session.execute(query.group_by(LoginSession.user_id))}


@dataclass(frozen=True, slots=True)
class UserCard:
    id: int
    username: str
    organisation_id: int
    organisation_name: str
    kind: OrganisationKind
    values: UserValues
    version: int
    locked_until: datetime | None
    failures: int
    must_change_password: bool
    created_at: datetime
    last_login: datetime | None


def user_card(user_id: int) -> UserCard:
    user: User = records.get(User, user_id)
    organisation: Organisation = records.get(Organisation, user.organisation_id)
    return UserCard(
        id=user.id,
        username=user.username,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        kind=OrganisationKind(organisation.kind),
        values=people.user_values(user),
        version=people.user_version(user),
        locked_until=user.locked_until if is_locked(user.locked_until) else None,
        failures=user.failures,
        must_change_password=user.must_change_password,
        created_at=user.created_at,
        last_login=_last_logins([user.id]).get(user.id),
    )


def burden_lines(card: UserCard) -> list[str]:
    """What the person would leave undone, a sentence each."""
    burden = people.burden_of(card.id)
    lines = []
    if burden.led:
        lines.append(
            ngettext(
                "是 %(num)d 个办理中项目的主评人，停用前请主管部门更换主评人或机构。",
                "是 %(num)d 个办理中项目的主评人，停用前请主管部门更换主评人或机构。",
                burden.led,
            )
        )
    if burden.handed:
        lines.append(
            ngettext(
                "有 %(num)d 件转办给本人的待办，停用前请由本人转回或另行转办。",
                "有 %(num)d 件转办给本人的待办，停用前请由本人转回或另行转办。",
                burden.handed,
            )
        )
    if burden.alone and card.values.active:
        lines.append(_("是“%(unit)s”唯一在用的%(role)s账号，停用后该单位的这类事项无人可办。",
                       unit=card.organisation_name, role=_(ROLES[card.values.role])))  # fmt: skip
    return lines
