"""Units, firms, offices and the house that runs the system, as the administrator keeps them.

All commands run in the caller's unit of work; every change is in the journal.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import select, update

from perfflow.core import grades, search, sessions
from perfflow.core.access import Actor
from perfflow.core.errors import Invalid, Refused
from perfflow.core.journal import Change
from perfflow.core.records import LARGEST, PICK, get, not_empty, record_change, same_version, version_of, yes_or_no
from perfflow.db import db
from perfflow.models.item import RectItem
from perfflow.models.people import Organisation, User
from perfflow.models.project import Project
from perfflow.process import N_, OrganisationKind
from perfflow.workflow.definition import Reason

ORGANISATION_KINDS = {
    OrganisationKind.UNIT: N_("预算单位"),
    OrganisationKind.FIRM: N_("评价机构"),
    OrganisationKind.OFFICE: N_("主管部门"),
    OrganisationKind.HOUSE: N_("系统运行单位"),
}
NUMBER_STYLES = {"、": N_("1、"), ". ": N_("1. ")}
"""How findings are numbered in a unit's result table: what stands behind the number."""


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
    "trim_decimals": N_("金额去掉末尾的零"),
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
    same_version(("organisation", organisation_id), organisation_version(organisation), version)
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
        search.refresh_unit(organisation_id)
    db.session.flush()
    if before.active and not values.active:
        for user_id in db.session.scalars(select(User.id).where(User.organisation_id == organisation_id)):
            sessions.end_all(user_id)
    record_change("organisation_updated", ("organisation", organisation_id), changes, actor)


def organisation_values(organisation: Organisation) -> OrganisationValues:
    return OrganisationValues(**{f.name: getattr(organisation, f.name) for f in fields(OrganisationValues)})


def organisation_version(organisation: Organisation) -> int:
    return version_of(organisation_values(organisation))


def known_organisation(field: str, organisation_id: int, kind: OrganisationKind) -> Organisation:
    """The organisation of a choice: active and of that kind. Raises Invalid on the field."""
    organisation = db.session.get(Organisation, organisation_id) if 0 < organisation_id < LARGEST else None
    if organisation is None or organisation.kind != kind or not organisation.active:
        raise Invalid(field, PICK)
    return organisation


def organisation_name(organisation_id: int) -> str:
    return db.session.scalar(select(Organisation.name).where(Organisation.id == organisation_id)) or ""


def _check_organisation(own_id: int | None, kind: OrganisationKind, values: OrganisationValues) -> None:
    not_empty("name", values.name)
    twin = select(Organisation.id).where(Organisation.name == values.name, Organisation.id != (own_id or 0))
    if db.session.scalar(twin) is not None:
        raise Invalid("name", N_("已有同名的单位。"))
    for field, known in (("number_style", NUMBER_STYLES), ("jurisdiction", grades.places())):
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
    if name == "jurisdiction":
        return grades.place_name(value)
    return yes_or_no(value) if isinstance(value, bool) else str(value)
