"""Organisations as their pages show them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from perfflow.core import clock, organisations, paging, records
from perfflow.core.organisations import OrganisationValues
from perfflow.core.paging import Page, Sort, bounded, fetch
from perfflow.db import db
from perfflow.models.people import Avoidance, Organisation, User
from perfflow.process import N_, ROLES, OrganisationKind

WORDS_LIMIT = 100
PEOPLE_SHOWN = 50
ACTIVE, CLOSED = "active", "closed"
STATES = {ACTIVE: N_("启用"), CLOSED: N_("停用")}


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    id: int
    name: str
    kind_label: str
    office_name: str
    people: int
    active: bool


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    words: str = ""
    kind: str = ""
    office_id: int | None = None
    state: str = ""


def organisation_list(wanted: OrganisationFilter, *, after: str, before: str) -> tuple[Page[OrganisationRow], str]:
    """One page, and how many there are in all."""
    office = aliased(Organisation)
    query: Any = select(
        Organisation.name,
        Organisation.id,
        Organisation.kind,
        Organisation.active,
        office.name.label("office"),
    ).outerjoin(office, office.id == Organisation.supervised_by)
    query = _filtered(query, wanted)
    found = fetch(query, Sort((Organisation.name, Organisation.id), (str, bounded)), after=after, before=before)
    people = _people_of([row.id for row in found.rows])
    rows = [
        OrganisationRow(
            row.id, row.name, _(organisations.ORGANISATION_KINDS[row.kind]), row.office or "", people.get(row.id, 0),
            row.active,
        )
        for row in found.rows
    ]  # fmt: skip
    return Page(rows, found.before, found.after), paging.capped_count(query)


def _filtered(query: Any, wanted: OrganisationFilter) -> Any:
    if wanted.words:
        query = query.where(Organisation.name.contains(wanted.words[:WORDS_LIMIT], autoescape=True))
    if wanted.kind:
        query = query.where(Organisation.kind == wanted.kind)
    if wanted.office_id is not None:
        query = query.where(Organisation.supervised_by == wanted.office_id)
    if wanted.state:
        query = query.where(Organisation.active.is_(wanted.state == ACTIVE))
    return query


def _people_of(ids: list[int]) -> dict[int, int]:
    """How many active users each has."""
    query = select(User.organisation_id, func.count()).where(User.organisation_id.in_(ids), User.active.is_(True))
    return {id_: count for id_, count in db.session.execute(query.group_by(User.organisation_id))}


@dataclass(frozen=True, slots=True)
class OrganisationCard:
    id: int
    kind: OrganisationKind
    values: OrganisationValues
    version: int


def organisation_card(organisation_id: int) -> OrganisationCard:
    one: Organisation = records.get(Organisation, organisation_id)
    return OrganisationCard(
        one.id,
        OrganisationKind(one.kind),
        organisations.organisation_values(one),
        organisations.organisation_version(one),
    )


def choices(*kinds: OrganisationKind) -> list[tuple[str, str]]:
    """Active organisations of these kinds, or of all."""
    query = select(Organisation.id, Organisation.name).where(
        Organisation.kind.in_(kinds or tuple(OrganisationKind)), Organisation.active.is_(True)
    )
    return [(str(id_), name) for id_, name in db.session.execute(query.order_by(Organisation.name))]


def name_and_kind(organisation_id: int) -> tuple[str, OrganisationKind] | None:
    """Of an active organisation; None where there is none."""
    query = select(Organisation.name, Organisation.kind).where(
        Organisation.id == organisation_id, Organisation.active.is_(True)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row.name, OrganisationKind(row.kind))


# ---------------------------------------------------------------- what belongs to one


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    username: str
    display_name: str
    role_label: str
    active: bool
    locked: bool


@dataclass(frozen=True, slots=True)
class UnitRow:
    id: int
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class Avoided:
    """An entry of the 回避名单, from the side of one of the two."""

    other_name: str
    first_day: date
    last_day: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Belongings:
    """The first fifty of each, and whether there are more."""

    members: list[Member]
    more_members: bool
    units: list[UnitRow]
    more_units: bool
    avoidances: list[Avoided]


def belongings(card: OrganisationCard) -> Belongings:
    members = _members(card.id)
    units = _units(card.id) if card.kind is OrganisationKind.OFFICE else []
    avoided = _avoided(card.id) if card.kind in (OrganisationKind.UNIT, OrganisationKind.FIRM) else []
    return Belongings(
        members[:PEOPLE_SHOWN], len(members) > PEOPLE_SHOWN, units[:PEOPLE_SHOWN], len(units) > PEOPLE_SHOWN, avoided
    )


def _members(organisation_id: int) -> list[Member]:
    rows = db.session.execute(
        select(User.id, User.username, User.display_name, User.role, User.active, User.locked_until)
        .where(User.organisation_id == organisation_id)
        .order_by(User.active.desc(), User.username)
        .limit(PEOPLE_SHOWN + 1)
    )
    return [
        Member(row.id, row.username, row.display_name, _(ROLES[row.role]), row.active, is_locked(row.locked_until))
        for row in rows
    ]


def is_locked(until: datetime | None) -> bool:
    return until is not None and until > clock.now()


def _units(office_id: int) -> list[UnitRow]:
    query = select(Organisation.id, Organisation.name, Organisation.active).where(
        Organisation.supervised_by == office_id
    )
    return [UnitRow(*row) for row in db.session.execute(query.order_by(Organisation.name).limit(PEOPLE_SHOWN + 1))]


def _avoided(organisation_id: int) -> list[Avoided]:
    """What holds now or will hold."""
    other = aliased(Organisation)
    mine = or_(Avoidance.firm_id == organisation_id, Avoidance.unit_id == organisation_id)
    query = (
        select(other.name, Avoidance.first_day, Avoidance.last_day, Avoidance.reason)
        .join(other, other.id.in_((Avoidance.firm_id, Avoidance.unit_id)) & (other.id != organisation_id))
        .where(
            mine,
            Avoidance.ended_at.is_(None),
            or_(Avoidance.last_day.is_(None), Avoidance.last_day >= clock.today()),
        )
        .order_by(Avoidance.id.desc())
        .limit(PEOPLE_SHOWN)
    )
    return [Avoided(*row) for row in db.session.execute(query)]
