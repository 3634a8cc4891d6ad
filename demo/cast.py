"""Who plays in the demo: organisations and their users. Names of users are functions, nobody is meant."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import select

from demo.seeds import AFFAIRS_BUREAU, CONGRESS_OFFICE, MANNERS
from perfflow.core import organisations, passwords, people
from perfflow.core.access import Actor
from perfflow.core.organisations import OrganisationValues
from perfflow.core.people import OneTime, UserValues
from perfflow.db import db, unit_of_work
from perfflow.models.people import Organisation, User
from perfflow.process import OrganisationKind, Role

PASSWORD = "Yanshi@2026-demo"
OFFICE = "上海市级预算主管部门（演示）"
FIRM = "甲评价机构（演示）"
FIRM2 = "乙评价机构（演示）"
HOUSE = "系统运行单位"  # made with the first administrator


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    display_name: str
    organisation: str
    role: Role


PEOPLE = (
    Person("unit", "人大办公厅 经办", CONGRESS_OFFICE, Role.UNIT_CLERK),
    Person("unit.head", "人大办公厅 负责人", CONGRESS_OFFICE, Role.UNIT_HEAD),
    Person("unit2", "机关事务管理局 经办", AFFAIRS_BUREAU, Role.UNIT_CLERK),
    Person("firm", "甲机构 主评人", FIRM, Role.FIRM_USER),
    Person("firm2", "乙机构 主评人", FIRM2, Role.FIRM_USER),
    Person("supervisor", "主管部门 审核", OFFICE, Role.SUPERVISOR),
    Person("supervisor2", "主管部门 复核", OFFICE, Role.SUPERVISOR),
    Person("admin", "系统管理员", HOUSE, Role.ADMIN),
    Person("auditor", "审计查阅", HOUSE, Role.AUDITOR),
)
ACCOUNTS = tuple((person.username, f"{person.display_name} · {person.organisation}") for person in PEOPLE)

Cast = Mapping[str, Actor]
"""Everybody by user name."""


def gather() -> Cast:
    """Set up organisations and users in an empty database, as an administrator does."""
    # hashed once, outside the transaction: it is slow on purpose
    password = OneTime(PASSWORD, passwords.hash_password(PASSWORD))
    with unit_of_work():
        people.create_first_admin()
    with unit_of_work():
        admin = _actors()["admin"]
        _make_organisations(admin)
        for person in PEOPLE:
            _make_user(person, password, admin)
    return _actors()


def _make_organisations(admin: Actor) -> None:
    office = organisations.create_organisation(OrganisationKind.OFFICE, OrganisationValues(name=OFFICE), actor=admin)
    for name, manner in MANNERS.items():
        values = OrganisationValues(name=name, supervised_by=office, **asdict(manner))
        organisations.create_organisation(OrganisationKind.UNIT, values, actor=admin)
    for name in (FIRM, FIRM2):
        organisations.create_organisation(OrganisationKind.FIRM, OrganisationValues(name=name), actor=admin)


def _make_user(person: Person, password: OneTime, admin: Actor) -> None:
    if person.username == admin.username:
        people.set_password(admin.id, password.digest, must_change=False)
        return
    organisation_id = db.session.scalar(
        select(Organisation.id).where(Organisation.name == person.organisation)
    )
    assert organisation_id is not None
    values = UserValues(display_name=person.display_name, role=person.role)
    user_id = people.create_user(person.username, organisation_id, values, password, actor=admin)
    people.set_password(user_id, password.digest, must_change=False)


def _actors() -> dict[str, Actor]:
    rows = db.session.execute(
        select(User.id, User.username, User.display_name, User.role, Organisation.id, Organisation.name).join(
            Organisation, Organisation.id == User.organisation_id
        )
    )
    return {
        username: Actor(id_, username, shown, Role(role), organisation_id, organisation)
        for id_, username, shown, role, organisation_id, organisation in rows
    }
