"""What would become of each chosen row, and what became of it. Nothing is written here."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core import advance, clock, cooperation, facts
from perfflow.core.access import Actor, Reach, reach_of, scoped
from perfflow.core.bulk import BulkAct, approving
from perfflow.core.cooperation import Task
from perfflow.core.errors import NotFound
from perfflow.db import db
from perfflow.models.bulk import BulkRow, BulkRun
from perfflow.models.item import RectItem
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.papers.numbering import Manner, format_name
from perfflow.process import ITEM, N_, PROJECT, Datum, Party
from perfflow.web import words
from perfflow.workflow import engine
from perfflow.workflow.definition import Definition, Reason, Transition

OUT_OF_REACH = N_("这一项不在您的查看范围内。")
DECLARE_FIRST = N_("请先作出独立性与保密声明。")
NOTHING_TO_APPROVE = N_("“%(state)s”没有可以直接同意的内容，请打开项目办理。")
FIELDS_NEEDED = N_("要填写“%(field)s”，不能批量办理，请打开项目逐项办理。")
NOT_YOURS = N_("由别的单位审批，不归您办理。")
_ROW = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9})(?:-([0-9]{1,9})-([a-z_]{0,40}))?)?")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A row as it was chosen: a project, or one of its items; version and act once they were looked at."""

    project_id: int
    number: int = 0
    version: int = 0
    action: str = ""

    def __str__(self) -> str:
        return f"{self.project_id}-{self.number}-{self.version}-{self.action}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the act would do to one row, or every reason against it."""

    row: Chosen
    name: str = ""
    unit_name: str = ""
    label: str = ""
    leads_to: str = ""
    warning: str = ""
    reasons: tuple[Reason, ...] = ()

    @property
    def possible(self) -> bool:
        return not self.reasons


def chosen(texts: Iterable[str]) -> list[Chosen]:
    """Rows as they stand in an address ("12", "12-3") or, looked at, in a form ("12-3-7-close"); each once."""
    found: dict[tuple[int, int], Chosen] = {}
    for text in texts:
        parts = _ROW.fullmatch(text)
        if parts is not None:
            row = Chosen(int(parts[1]), int(parts[2] or 0), int(parts[3] or 0), parts[4] or "")
            found.setdefault((row.project_id, row.number), row)
    return list(found.values())


# ---------------------------------------------------------------- before


def judged(act: BulkAct, rows: Sequence[Chosen], actor: Actor) -> list[Judged]:
    """Each row by its own rules, as it stands now, in the order of the choice."""
    names = _names(actor, [row.project_id for row in rows])
    found = []
    for row in rows:
        reach = reach_of(actor, row.project_id)
        one = _approval(row, reach, actor) if act is BulkAct.APPROVE else _urging(row, reach, actor)
        name, unit = names.get(row.project_id, (_("项目"), ""))
        found.append(replace(one, name=name, unit_name=unit))
    return found


def with_items(rows: Sequence[Chosen], actor: Actor) -> list[Chosen]:
    """For urging: a project that waits for nobody else stands for those of its items that others must act on."""
    found: list[Chosen] = []
    for row in rows:
        reach = reach_of(actor, row.project_id)
        items = _items_to_urge(reach) if reach is not None and not row.number else []
        found += items or [row]
    return found


def _items_to_urge(reach: Reach) -> list[Chosen]:
    if not reach.sees(Datum.ITEMS):
        return []
    if cooperation.against_urging(cooperation.task_of(reach)) is None:
        return []
    numbers = db.session.scalars(
        select(RectItem.number)
        .where(RectItem.project_id == reach.id, RectItem.waiting_for != "")
        .order_by(RectItem.number)
    )
    tasks = [cooperation.task_of(reach, number) for number in numbers]
    return [Chosen(reach.id, task.number) for task in tasks if not task.is_ours]


def _approval(row: Chosen, reach: Reach | None, actor: Actor) -> Judged:
    if reach is None:
        return _against(row, OUT_OF_REACH)
    if not reach.sees(Datum.PROJECT):
        return _against(row, DECLARE_FIRST)
    item = _item(reach, row.number) if row.number else None
    if row.number and item is None:
        return _against(row, OUT_OF_REACH)
    definition, state = (ITEM, item.state) if item else (PROJECT, reach.state)
    seen = replace(row, version=item.version if item else reach.version)
    transition = approving(definition, state)
    if transition is None:
        return _against(seen, NOTHING_TO_APPROVE, state=definition.states[state].label)
    if not reach.parties.intersection(transition.parties):
        return _against(seen, NOT_YOURS)
    needed = next((field for field in transition.fields if field.required), None)
    if needed is not None:
        return _against(seen, FIELDS_NEEDED, field=needed.label)
    return _offered(seen, reach, item, definition, transition, actor)


def _offered(
    row: Chosen, reach: Reach, item: RectItem | None, definition: Definition, transition: Transition, actor: Actor
) -> Judged:
    offers = advance.item_offers(reach, item, actor) if item else advance.project_offers(reach, actor)
    offer = next((one for one in offers if one.transition is transition), None)
    if offer is None:
        return _against(row, advance.NOT_NOW, act=transition.label)
    known = facts.item_facts(item, reach.state, actor) if item else facts.project_facts(reach, actor)
    target = engine.target(transition, item.state if item else reach.state, known)
    return Judged(
        replace(row, action=transition.action),
        label=_(transition.label),
        leads_to=(words.item_state if item else words.project_state)(target),
        warning=_(transition.warning) if transition.warning else "",
        reasons=offer.reasons,
    )


def _urging(row: Chosen, reach: Reach | None, actor: Actor) -> Judged:
    task = _task(row, reach)
    if reach is None or task is None:
        return _against(row, OUT_OF_REACH)
    if not reach.sees(Datum.PROJECT):
        return _against(row, DECLARE_FIRST)
    against = cooperation.against_urging(task)
    at = cooperation.urged_today(task, actor) if against is None else None
    if at is not None:
        against = Reason(cooperation.URGED_TODAY, {"time": at.astimezone(clock.ZONE).strftime("%H:%M")})
    return Judged(row, label=_("催办"), leads_to=_party(task), reasons=(against,) if against else ())


def _party(task: Task) -> str:
    """Who is reminded."""
    names = {
        Party.UNIT: _("预算单位"), Party.EVALUATOR: _("评价机构"), Party.SUPERVISOR: _("预算主管部门"),
    }  # fmt: skip
    return names[Party(task.waiting_for)] if task.waiting_for else ""


def _task(row: Chosen, reach: Reach | None) -> Task | None:
    if reach is None:
        return None
    try:
        return cooperation.task_of(reach, row.number or None)
    except NotFound:
        return None


def _against(row: Chosen, message: str, **params: str) -> Judged:
    return Judged(row, reasons=(Reason(message, params),))


def _item(reach: Reach, number: int) -> RectItem | None:
    if not reach.sees(Datum.ITEMS):
        return None
    return db.session.scalars(
        select(RectItem).where(RectItem.project_id == reach.id, RectItem.number == number)
    ).one_or_none()


def _names(actor: Actor, project_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and unit of the projects in reach."""
    rows = db.session.execute(
        scoped(
            actor, Project.id, Project.name, Project.name_filed, Organisation.name.label("unit"),
            Organisation.quote_names,
        )
        .join(Organisation, Organisation.id == Project.unit_id)
        .where(Project.id.in_(set(project_ids)))
    )  # fmt: skip
    return {
        row.id: (row.name_filed or format_name(row.name, Manner(quote_names=row.quote_names)), row.unit)
        for row in rows
    }


# ---------------------------------------------------------------- after


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row. `done` is None when its turn never came."""

    row: Chosen
    name: str
    unit_name: str
    label: str
    done: bool | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Run:
    act: BulkAct
    at: datetime
    outcomes: list[Outcome]


def run(run_id: int, actor: Actor) -> Run:
    """Somebody's own run; raises NotFound. A project that left his reach meanwhile is not named."""
    found = db.session.execute(
        select(BulkRun.act, BulkRun.at).where(BulkRun.id == run_id, BulkRun.user_id == actor.id)
    ).one_or_none()
    if found is None:
        raise NotFound
    rows = db.session.execute(
        select(BulkRow.project_id, BulkRow.item_number, BulkRow.action, BulkRow.done, BulkRow.why)
        .where(BulkRow.run_id == run_id)
        .order_by(BulkRow.position)
    ).all()
    names = _names(actor, [row.project_id for row in rows])
    act = BulkAct(found.act)
    outcomes = []
    for row in rows:
        name, unit = names.get(row.project_id, (_("项目（已不在您的查看范围内）"), ""))
        reasons = tuple(Reason(message, params) for message, params in json.loads(row.why))
        if row.project_id not in names:
            reasons = () if row.done else (Reason(OUT_OF_REACH),)
        label = _("催办") if act is BulkAct.URGE else "—"
        if row.action:
            label = words.act_label(row.action, item=bool(row.item_number))
        outcomes.append(Outcome(Chosen(row.project_id, row.item_number), name, unit, label, row.done, reasons))
    return Run(act, found.at, outcomes)
