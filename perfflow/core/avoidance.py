"""回避名单: which firm may not evaluate which unit, kept by the unit's own office."""

from dataclasses import asdict, dataclass
from datetime import date

from perfflow.core import clock
from perfflow.core.access import Actor
from perfflow.core.errors import Forbidden, Invalid, NotFound, Refused
from perfflow.core.journal import Change
from perfflow.core.organisations import known_organisation, organisation_name
from perfflow.core.records import PICK, get, not_empty, record_change, same_version, version_of
from perfflow.db import db
from perfflow.models.people import Avoidance, Organisation
from perfflow.process import N_, OrganisationKind, Role
from perfflow.workflow.definition import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """Both days included; without a last day it holds until it is ended."""

    first_day: date
    last_day: date | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidanceValues(Validity):
    firm_id: int
    unit_id: int


def add_avoidance(values: AvoidanceValues, *, actor: Actor) -> int:
    """This firm may not evaluate this unit; by the unit's own office only."""
    firm = known_organisation("firm_id", values.firm_id, OrganisationKind.FIRM)
    unit = _own_unit(values.unit_id, actor)
    _check(values)
    avoidance = Avoidance(**asdict(values), created_by=actor.id, created_at=clock.now())
    db.session.add(avoidance)
    db.session.flush()
    changes = (
        Change(N_("评价机构"), "", firm.name),
        Change(N_("预算单位"), "", unit.name),
        Change(N_("起止"), "", _span(values)),
    )
    record_change("avoidance_added", ("avoidance", avoidance.id), changes, actor, values.reason)
    return avoidance.id


def update_avoidance(avoidance_id: int, values: Validity, *, version: int | None, actor: Actor) -> None:
    """Other days, or a better reason; what stood there before stays in the journal."""
    avoidance, _unit = own(avoidance_id, actor)
    before = validity(avoidance)
    same_version(("avoidance", avoidance_id), version_of(before), version)
    _need_open(avoidance)
    _check(values)
    if before == values:
        return
    avoidance.first_day, avoidance.last_day, avoidance.reason = values.first_day, values.last_day, values.reason
    db.session.flush()
    pairs = ((N_("起止"), _span(before), _span(values)), (N_("理由"), before.reason, values.reason))
    changes = [Change(label, old, new) for label, old, new in pairs if old != new]
    record_change("avoidance_updated", ("avoidance", avoidance_id), changes, actor)


def end_avoidance(avoidance_id: int, *, actor: Actor) -> None:
    avoidance, unit = own(avoidance_id, actor)
    _need_open(avoidance)
    avoidance.ended_at = clock.now()
    db.session.flush()
    changes = (
        Change(N_("评价机构"), organisation_name(avoidance.firm_id), ""),
        Change(N_("预算单位"), unit.name, ""),
    )
    record_change("avoidance_ended", ("avoidance", avoidance_id), changes, actor)


def own(avoidance_id: int, actor: Actor) -> tuple[Avoidance, Organisation]:
    """An entry of this office with its unit; of another it is not there (NotFound)."""
    if actor.role is not Role.SUPERVISOR:
        raise Forbidden
    avoidance: Avoidance = get(Avoidance, avoidance_id)
    unit = db.session.get_one(Organisation, avoidance.unit_id)
    if unit.supervised_by != actor.organisation_id:
        raise NotFound
    return avoidance, unit


def validity(avoidance: Avoidance) -> Validity:
    return Validity(first_day=avoidance.first_day, last_day=avoidance.last_day, reason=avoidance.reason)


def _need_open(avoidance: Avoidance) -> None:
    if avoidance.ended_at is not None:
        raise Refused(Reason(N_("此条回避已经结束。")))


def _check(values: Validity) -> None:
    not_empty("reason", values.reason)
    if values.last_day is not None and values.last_day < values.first_day:
        raise Invalid("last_day", N_("结束日期不能早于开始日期。"))


def _span(values: Validity) -> str:
    return f"{values.first_day} — {values.last_day or ''}"


def _own_unit(unit_id: int, actor: Actor) -> Organisation:
    if actor.role is not Role.SUPERVISOR:
        raise Forbidden
    unit = known_organisation("unit_id", unit_id, OrganisationKind.UNIT)
    if unit.supervised_by != actor.organisation_id:
        raise Invalid("unit_id", PICK)
    return unit
