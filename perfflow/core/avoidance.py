"""回避名单: which firm may not evaluate which unit, kept by the unit's own office."""

from dataclasses import asdict, dataclass
from datetime import date

from perfflow.core import clock
from perfflow.core.access import Actor
from perfflow.core.errors import Forbidden, Invalid, NotFound, Refused
from perfflow.core.journal import Change
from perfflow.core.people import PICK, get, known_organisation, not_empty, organisation_name, record_change
from perfflow.db import db
from perfflow.models.people import Avoidance, Organisation
from perfflow.process import N_, OrganisationKind, Role
from perfflow.workflow.definition import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidanceValues:
    """Both days included; without a last day it holds until it is ended."""

    firm_id: int
    unit_id: int
    first_day: date
    last_day: date | None
    reason: str


def add_avoidance(values: AvoidanceValues, *, actor: Actor) -> int:
    """This firm may not evaluate this unit; by the unit's own office only."""
    firm = known_organisation("firm_id", values.firm_id, OrganisationKind.FIRM)
    unit = _own_unit(values.unit_id, actor)
    not_empty("reason", values.reason)
    if values.last_day is not None and values.last_day < values.first_day:
        raise Invalid("last_day", N_("结束日期不能早于开始日期。"))
    avoidance = Avoidance(**asdict(values), created_by=actor.id, created_at=clock.now())
    db.session.add(avoidance)
    db.session.flush()
    changes = (
        Change(N_("评价机构"), "", firm.name),
        Change(N_("预算单位"), "", unit.name),
        Change(N_("起止"), "", f"{values.first_day} — {values.last_day or ''}"),
    )
    record_change("avoidance_added", ("avoidance", avoidance.id), changes, actor, values.reason)
    return avoidance.id


def end_avoidance(avoidance_id: int, *, actor: Actor) -> None:
    avoidance = get(Avoidance, avoidance_id)
    try:
        unit = _own_unit(avoidance.unit_id, actor)
    except Invalid:
        raise NotFound from None
    if avoidance.ended_at is not None:
        raise Refused(Reason(N_("此条回避已经结束。")))
    avoidance.ended_at = clock.now()
    db.session.flush()
    changes = (
        Change(N_("评价机构"), organisation_name(avoidance.firm_id), ""),
        Change(N_("预算单位"), unit.name, ""),
    )
    record_change("avoidance_ended", ("avoidance", avoidance_id), changes, actor)


def _own_unit(unit_id: int, actor: Actor) -> Organisation:
    if actor.role is not Role.SUPERVISOR:
        raise Forbidden
    unit = known_organisation("unit_id", unit_id, OrganisationKind.UNIT)
    if unit.supervised_by != actor.organisation_id:
        raise Invalid("unit_id", PICK)
    return unit
