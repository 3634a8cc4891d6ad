"""The items of a project as they stand in the blocks of three: what was done, who answers for it, what may be done."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from perfflow.core import advance, clock, cooperation, facts
from perfflow.core.access import Actor, Reach
from perfflow.db import db
from perfflow.models.file import Attachment
from perfflow.models.item import ItemReport, Plan, RectItem
from perfflow.models.people import Organisation
from perfflow.pages.projects import history
from perfflow.pages.projects.parts import Link, Part, Tag
from perfflow.process import AttachmentPurpose, Datum, I
from perfflow.web import filters, places, words
from perfflow.web.acts import Decision, decision, offer_views
from perfflow.web.beside import Beside, urging
from perfflow.workflow.engine import Offer

FILES_SHOWN = 3
PLANNED = frozenset({I.PLAN_REVIEW, I.IN_PROGRESS, I.VERIFYING})
"""States in which the latest plan stands: it waits, or was agreed to."""


@dataclass(frozen=True, slots=True)
class ItemActs:
    """`mine`: it is this person's turn; else the acts are kept folded."""

    number: int
    decision: Decision
    mine: bool
    beside: Beside


@dataclass(frozen=True, slots=True)
class ItemOfBlock:
    """An item in words. `responsible` and `deadline` are empty for whoever sees its state only."""

    number: int
    state: Tag
    late: Tag | None
    responsible: str
    deadline: str
    text: str
    note: str
    files: list[Link]
    after: str
    more: Link | None
    acts: ItemActs | None

    def part(self, *, alone: bool, first: bool) -> Part:
        """`alone`: the head of the block tells its state; `first`: no block above has it."""
        note = self.note
        if not alone and self.deadline:
            until = _("%(who)s · 期限 %(day)s", who=self.responsible, day=self.deadline)
            note = f"{note} · {until}" if note else until
        tag = None if alone and self.text and not self.late else self.state
        anchor = f"item-{self.number}" if first else ""
        return Part(self.text, tag, note, self.files, self.after, self.more, anchor)


@dataclass(slots=True)
class _Done:
    """What was done about the items, by the item's id: the latest standing report with its files, the latest plan."""

    reports: dict[int, Any] = field(default_factory=dict)
    plans: dict[int, Any] = field(default_factory=dict)
    files: dict[int, list[Any]] = field(default_factory=dict)


def of_project(reach: Reach, actor: Actor) -> dict[int, ItemOfBlock]:
    """The items by the suggestion each was made of; for the firm their states only."""
    if not reach.sees(Datum.ITEM_STATES):
        return {}
    rows = db.session.scalars(select(RectItem).where(RectItem.project_id == reach.id).order_by(RectItem.number)).all()
    if not reach.sees(Datum.ITEMS):
        return {row.suggestion_id: _state_only(row) for row in rows}
    offers = advance.items_offers(reach, rows, actor, facts.newest_of_items(reach.id))
    done, steps = _done(reach), history.last_steps_of_items(reach)
    urged = cooperation.items_urged_today(reach, actor) if reach.parties else {}
    unit = db.session.scalar(select(Organisation.name).where(Organisation.id == reach.unit_id)) or ""
    return {
        row.suggestion_id: _in_words(
            row, reach, done, unit, steps.get(row.id, ""), _acts(row, reach, offers.get(row.id, ()), urged)
        )
        for row in rows
    }


def tag_of(mine: list[ItemOfBlock]) -> Tag | None:
    """The tag of a block: the latest of its items, or the state they share."""
    late = [one.late for one in mine if one.late]
    if late:
        return late[0]
    states = {one.state for one in mine}
    if len(states) == 1:
        return mine[0].state
    return Tag("doing", ngettext("%(num)d 个整改事项", "%(num)d 个整改事项", len(mine))) if mine else None


def who(mine: list[ItemOfBlock]) -> str:
    """Who answers for the only item of a block, and until when; of several each says so itself."""
    if len(mine) != 1 or not mine[0].deadline:
        return ""
    return _("%(who)s · 期限 %(day)s", who=mine[0].responsible, day=mine[0].deadline)


# ---------------------------------------------------------------- in words


def _state_only(row: RectItem) -> ItemOfBlock:
    state = Tag(words.item_tag(row.state, None), words.item_state(row.state))
    return ItemOfBlock(row.number, state, None, "", "", "", "", [], "", None, None)


def _in_words(
    row: RectItem, reach: Reach, done: _Done, unit: str, last_step: str, acts: ItemActs | None
) -> ItemOfBlock:
    plan, report = done.plans.get(row.id), done.reports.get(row.id)
    files = done.files.get(report.id, []) if report else []
    return ItemOfBlock(
        number=row.number,
        state=_state(row, last_step),
        late=_late(row),
        responsible=_("责任人：%(name)s", name=plan.responsible) if plan else _("责任单位：%(name)s", name=unit),
        deadline=filters.day(row.deadline),
        text=_text(row, plan, report),
        note=_note(row, plan, report),
        files=[_file(file, reach) for file in files[:FILES_SHOWN]],
        after=ngettext("（%(num)d 份佐证材料）", "（%(num)d 份佐证材料）", len(files)) if files else "",
        more=Link(_("事项 %(n)d", n=row.number), places.item_url(reach.id, row.number)),
        acts=acts,
    )


def _file(file: Any, reach: Reach) -> Link:
    return Link(file.name, url_for("projects.download", project_id=reach.id, file_id=file.id))


def _state(row: RectItem, last_step: str) -> Tag:
    kind = words.item_tag(row.state, None)
    if kind in ("todo", "doing") and words.is_step_back(last_step):
        kind = "back"
    label = _("整改已报送，待核实") if row.state == I.VERIFYING else words.item_state(row.state)
    return Tag(kind, label)


def _late(row: RectItem) -> Tag | None:
    if row.due_on is None or words.item_tag(row.state, row.due_on) != "late":
        return None
    days = (clock.today() - row.due_on).days
    return Tag("late", ngettext("已逾期 %(num)d 天", "已逾期 %(num)d 天", days))


def _planned(row: RectItem, plan: Any) -> bool:
    return plan is not None and row.state in PLANNED


def _text(row: RectItem, plan: Any, report: Any) -> str:
    if report:
        return str(report.text)
    if row.state == I.CANCELLED:
        return _("事项已撤销，不再整改。")
    return str(plan.measure) if _planned(row, plan) else _("尚未填报")


def _note(row: RectItem, plan: Any, report: Any) -> str:
    """Of a plan that stands in place of the report."""
    if report or not _planned(row, plan):
        return ""
    first, last = filters.day(plan.first_day), filters.day(plan.last_day)
    return _("整改方案，%(first)s 至 %(last)s", first=first, last=last)


def _acts(
    row: RectItem, reach: Reach, offers: tuple[Offer, ...], urged: dict[int, datetime]
) -> ItemActs | None:
    """Whose turn it is sees every reason against an act as well; the others what they can do."""
    mine = row.waiting_for in reach.parties
    wanted = tuple(offer for offer in offers if mine or offer.possible)
    beside = _urging(row, reach, urged.get(row.number))
    if not wanted and not beside.urge_url and not beside.urged:
        return None
    views = offer_views(wanted, reach, lambda action: places.act_url(reach.id, action, row.number))
    return ItemActs(row.number, decision(views, row.version, row.number), mine, beside)


def _urging(row: RectItem, reach: Reach, urged: datetime | None) -> Beside:
    task = cooperation.Task(
        reach, row.number, row.id, "", row.state, row.waiting_for, row.holder_id, row.submitted_by
    )
    return urging(reach, row.number, possible=bool(reach.parties) and not cooperation.against_urging(task), urged=urged)


# ---------------------------------------------------------------- reads


def _done(reach: Reach) -> _Done:
    done = _Done()
    of_project = RectItem.project_id == reach.id
    reports = db.session.execute(
        select(ItemReport.id, ItemReport.item_id, ItemReport.text)
        .join(RectItem, RectItem.id == ItemReport.item_id)
        .where(of_project, ItemReport.withdrawn.is_(False))
        .order_by(ItemReport.id)
    )
    plans = db.session.execute(
        select(Plan.item_id, Plan.measure, Plan.responsible, Plan.first_day, Plan.last_day)
        .join(RectItem, RectItem.id == Plan.item_id)
        .where(of_project)
        .order_by(Plan.id)
    )
    done.reports = {row.item_id: row for row in reports}
    done.plans = {row.item_id: row for row in plans}
    files = db.session.execute(
        select(Attachment.id, Attachment.name, Attachment.report_id)
        .where(
            Attachment.project_id == reach.id, Attachment.purpose == AttachmentPurpose.EVIDENCE,
            Attachment.report_id.is_not(None), Attachment.withdrawn_at.is_(None),
        )
        .order_by(Attachment.id)
    )  # fmt: skip
    for row in files:
        done.files.setdefault(row.report_id, []).append(row)
    return done
