"""Organisations, users and the 回避名单, as their pages show them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from perfflow.core import clock, people
from perfflow.core.access import Actor
from perfflow.core.paging import Page, Sort, bounded, fetch
from perfflow.core.people import OrganisationValues, UserValues
from perfflow.db import db
from perfflow.models.people import Avoidance, Organisation, User
from perfflow.process import ROLES, OrganisationKind

WORDS_LIMIT = 100

# ---------------------------------------------------------------- organisations and users


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    id: int
    name: str
    kind_label: str
    office_name: str
    active: bool


def organisation_list(sought: str, kind: str, *, after: str, before: str) -> Page[OrganisationRow]:
    office = aliased(Organisation)
    query: Any = select(
        Organisation.name,
        Organisation.id,
        Organisation.kind,
        Organisation.active,
        office.name.label("office"),
    ).outerjoin(office, office.id == Organisation.supervised_by)
    if sought:
        query = query.where(Organisation.name.contains(sought[:WORDS_LIMIT], autoescape=True))
    if kind:
        query = query.where(Organisation.kind == kind)
    by_name = Sort((Organisation.name, Organisation.id), (str, bounded))
    found = fetch(query, by_name, after=after, before=before)
    return Page([_organisation_row(row) for row in found.rows], found.before, found.after)


def _organisation_row(row: Any) -> OrganisationRow:
    kind_label = _(people.ORGANISATION_KINDS[row.kind])
    return OrganisationRow(row.id, row.name, kind_label, row.office or "", row.active)


@dataclass(frozen=True, slots=True)
class OrganisationCard:
    id: int
    kind: OrganisationKind
    values: OrganisationValues
    version: int


def organisation_card(organisation_id: int) -> OrganisationCard:
    one: Organisation = people.get(Organisation, organisation_id)
    kind = OrganisationKind(one.kind)
    return OrganisationCard(one.id, kind, people.organisation_values(one), people.organisation_version(one))


def organisations(*kinds: OrganisationKind) -> list[tuple[str, str]]:
    """Active organisations of these kinds, as choices."""
    query = select(Organisation.id, Organisation.name).where(
        Organisation.kind.in_(kinds or tuple(OrganisationKind)), Organisation.active.is_(True)
    )
    return [(str(id_), name) for id_, name in db.session.execute(query.order_by(Organisation.name))]


@dataclass(frozen=True, slots=True)
class UserRow:
    id: int
    username: str
    display_name: str
    organisation_name: str
    role_label: str
    active: bool
    locked: bool


def user_list(sought: str, role: str, *, after: str, before: str) -> Page[UserRow]:
    query = _users()
    if sought:
        texts = (User.username, User.display_name)
        query = query.where(or_(*(t.contains(sought[:WORDS_LIMIT], autoescape=True) for t in texts)))
    if role:
        query = query.where(User.role == role)
    found = fetch(query, Sort((User.username,), (str,)), after=after, before=before)
    return Page([_user_row(row) for row in found.rows], found.before, found.after)


def _users() -> Any:
    return select(
        User.username, User.id, User.display_name, User.role, User.active, User.locked_until,
        Organisation.name.label("organisation"),
    ).join(Organisation, Organisation.id == User.organisation_id)  # fmt: skip


def _user_row(row: Any) -> UserRow:
    return UserRow(
        row.id, row.username, row.display_name, row.organisation, _(ROLES[row.role]), row.active, _locked(row)
    )


def _locked(row: Any) -> bool:
    return row.locked_until is not None and row.locked_until > clock.now()


@dataclass(frozen=True, slots=True)
class UserCard:
    id: int
    username: str
    organisation_name: str
    kind: OrganisationKind
    values: UserValues
    version: int
    locked_until: datetime | None
    failures: int
    must_change_password: bool
    created_at: datetime


def user_card(user_id: int) -> UserCard:
    user: User = people.get(User, user_id)
    organisation: Organisation = people.get(Organisation, user.organisation_id)
    return UserCard(
        id=user.id,
        username=user.username,
        organisation_name=organisation.name,
        kind=OrganisationKind(organisation.kind),
        values=people.user_values(user),
        version=people.user_version(user),
        locked_until=user.locked_until if _locked(user) else None,
        failures=user.failures,
        must_change_password=user.must_change_password,
        created_at=user.created_at,
    )


# ---------------------------------------------------------------- 回避名单


@dataclass(frozen=True, slots=True)
class AvoidanceRow:
    id: int
    firm_name: str
    unit_name: str
    first_day: date
    last_day: date | None
    reason: str
    ended_at: datetime | None


def avoidance_list(actor: Actor, *, after: str, before: str) -> Page[AvoidanceRow]:
    """What this office laid down for its own units, newest first."""
    firm, unit = aliased(Organisation), aliased(Organisation)
    query: Any = (
        select(
            Avoidance.id, firm.name.label("firm"), unit.name.label("unit"), Avoidance.first_day,
            Avoidance.last_day, Avoidance.reason, Avoidance.ended_at,
        )
        .join(firm, firm.id == Avoidance.firm_id)
        .join(unit, unit.id == Avoidance.unit_id)
        .where(unit.supervised_by == actor.organisation_id)
    )  # fmt: skip
    found = fetch(query, Sort((Avoidance.id,), (bounded,), descending=True), after=after, before=before)
    return Page([AvoidanceRow(*row) for row in found.rows], found.before, found.after)


def own_units(actor: Actor) -> list[tuple[str, str]]:
    query = select(Organisation.id, Organisation.name).where(
        Organisation.supervised_by == actor.organisation_id, Organisation.active.is_(True)
    )
    return [(str(id_), name) for id_, name in db.session.execute(query.order_by(Organisation.name))]
