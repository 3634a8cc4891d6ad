"""The 回避名单 of an office as its pages show it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from perfflow.core import avoidance, clock, organisations, paging, records
from perfflow.core.access import Actor
from perfflow.core.avoidance import Validity
from perfflow.core.paging import Page, Sort, bounded, fetch
from perfflow.db import db
from perfflow.models.people import Avoidance, Organisation
from perfflow.pages.admin.log import ChangeRow, changes_about
from perfflow.pages.admin.organisations import WORDS_LIMIT
from perfflow.process import N_

HOLDS, COMING, OVER = "holds", "coming", "over"
STATES = {HOLDS: N_("有效"), COMING: N_("尚未开始"), OVER: N_("已失效")}
TAGS = {HOLDS: "doing", COMING: "todo", OVER: "todo"}


@dataclass(frozen=True, slots=True)
class AvoidanceRow:
    id: int
    firm_name: str
    unit_name: str
    first_day: date
    last_day: date | None
    reason: str
    ended_at: datetime | None
    state_kind: str
    state_label: str


@dataclass(frozen=True, slots=True)
class AvoidanceFilter:
    words: str = ""
    state: str = ""


def avoidance_list(
    actor: Actor, wanted: AvoidanceFilter, *, after: str, before: str
) -> tuple[Page[AvoidanceRow], str]:
    """What this office laid down for its own units, newest first; and how many there are."""
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
    if wanted.words:
        texts = (firm.name, unit.name, Avoidance.reason)
        query = query.where(or_(*(t.contains(wanted.words[:WORDS_LIMIT], autoescape=True) for t in texts)))
    if wanted.state in STATES:
        query = query.where(_in_state(wanted.state))
    found = fetch(query, Sort((Avoidance.id,), (bounded,), descending=True), after=after, before=before)
    return Page([_row(row) for row in found.rows], found.before, found.after), paging.capped_count(query)


def _in_state(state: str) -> Any:
    today = clock.today()
    open_ = Avoidance.ended_at.is_(None) & or_(Avoidance.last_day.is_(None), Avoidance.last_day >= today)
    if state == OVER:
        return ~open_
    return open_ & (Avoidance.first_day <= today if state == HOLDS else Avoidance.first_day > today)


def _row(row: Any) -> AvoidanceRow:
    state = _state(row.first_day, row.last_day, row.ended_at)
    return AvoidanceRow(
        row.id, row.firm, row.unit, row.first_day, row.last_day, row.reason, row.ended_at, TAGS[state],
        _(STATES[state]),
    )  # fmt: skip


def _state(first_day: date, last_day: date | None, ended_at: datetime | None) -> str:
    today = clock.today()
    if ended_at is not None or (last_day is not None and last_day < today):
        return OVER
    return HOLDS if first_day <= today else COMING


@dataclass(frozen=True, slots=True)
class AvoidanceCard:
    id: int
    firm_name: str
    unit_name: str
    validity: Validity
    version: int
    ended_at: datetime | None
    state_kind: str
    state_label: str
    history: list[ChangeRow]


def avoidance_card(avoidance_id: int, actor: Actor) -> AvoidanceCard:
    """Raises NotFound for an entry of another office."""
    one, unit = avoidance.own(avoidance_id, actor)
    validity = avoidance.validity(one)
    state = _state(one.first_day, one.last_day, one.ended_at)
    return AvoidanceCard(
        id=one.id,
        firm_name=organisations.organisation_name(one.firm_id),
        unit_name=unit.name,
        validity=validity,
        version=records.version_of(validity),
        ended_at=one.ended_at,
        state_kind=TAGS[state],
        state_label=_(STATES[state]),
        history=changes_about(("avoidance", avoidance_id)),
    )


def own_units(actor: Actor) -> list[tuple[str, str]]:
    query = select(Organisation.id, Organisation.name).where(
        Organisation.supervised_by == actor.organisation_id, Organisation.active.is_(True)
    )
    return [(str(id_), name) for id_, name in db.session.execute(query.order_by(Organisation.name))]
