"""The six stages of a project with what happened at each, as far as this person is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from perfflow.core import clock
from perfflow.core.access import Reach
from perfflow.db import db
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import RectItem
from perfflow.process import PROJECT_STATES, SETTLED_ITEMS, STAGES, Datum, I, P
from perfflow.web import filters, words

REPORTED = SETTLED_ITEMS | {I.VERIFYING}
ORDER = [code for code, _label in STAGES]


@dataclass(frozen=True, slots=True)
class StepView:
    """`status`: ok, now or next. A project that came to its end stands at its last stage, which is done."""

    label: str
    status: str
    note: str
    current: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """None where it is not shown to this person. `items`: the states of the items."""

    findings: int | None = None
    suggestions: int | None = None
    items: tuple[str, ...] = ()


def counts(reach: Reach) -> Counts:
    """Standing findings, suggestions and items of the current assignment."""
    findings = suggestions = None
    if reach.assignment_id and reach.sees(Datum.FINDINGS):
        standing = (Finding.assignment_id == reach.assignment_id, Finding.withdrawn.is_(False))
        of_assignment = Suggestion.assignment_id == reach.assignment_id
        both = select(
            select(func.count()).where(*standing).scalar_subquery(),
            select(func.count()).where(of_assignment).scalar_subquery(),
        )
        findings, suggestions = db.session.execute(both).one()
    items: tuple[str, ...] = ()
    if reach.sees(Datum.ITEM_STATES):
        items = tuple(db.session.scalars(select(RectItem.state).where(RectItem.project_id == reach.id)))
    return Counts(findings, suggestions if reach.sees(Datum.SUGGESTIONS) else None, items)


def steps(reach: Reach, there: Counts, taken: Mapping[str, datetime]) -> list[StepView]:
    """`taken`: when each act on the project was last taken, of those this person is told."""
    days = {action: filters.day(clock.local_day(at)) for action, at in taken.items()}
    at = ORDER.index(PROJECT_STATES[reach.seen_as].stage)
    ended = ORDER[at] == "closure"
    found = []
    for index, (code, label) in enumerate(STAGES):
        status = "ok" if index < at or (index == at and ended) else "now" if index == at else "next"
        if index == at:
            note = _standing(reach, code, there, days)
        else:
            note = _passed(reach, code, there, days) if index < at else _("未开始")
        found.append(StepView(_(label), status, note, index == at))
    return found


def _passed(reach: Reach, code: str, there: Counts, days: Mapping[str, str]) -> str:
    """What a stage came to; empty where that is not shown to this person."""
    if code == "declaration":
        return _declared(reach, days)
    if code == "evaluation":
        return _("%(day)s 定稿", day=days["approve_evaluation"]) if "approve_evaluation" in days else ""
    if code == "findings":
        if not there.findings:
            return "" if there.findings is None else _("未发现问题")
        return ngettext("%(num)d 项已确认", "%(num)d 项已确认", there.findings)
    if there.findings == 0:
        return _("无")
    if code == "suggestions":
        count = there.suggestions
        return ngettext("%(num)d 条已下达", "%(num)d 条已下达", count) if count else ""
    return _rectified(there)


def _standing(reach: Reach, code: str, there: Counts, days: Mapping[str, str]) -> str:
    """Of the stage where it stands: how far the work is, or its state; with the day, where an act ended it."""
    state = words.project_state(reach.state)
    closing = {
        P.APPROVED: "approve_declaration", P.REJECTED: "reject_declaration", P.VOIDED: "void",
        P.TERMINATED: "terminate", P.CLOSED: "close", P.PUBLISHED: "publish",
    }.get(P(reach.state))  # fmt: skip
    if closing:
        return f"{days[closing]} {state}" if closing in days else state
    if code == "findings" and there.findings:
        return ngettext("已列 %(num)d 项", "已列 %(num)d 项", there.findings)
    if code == "suggestions" and there.suggestions:
        return ngettext("已列 %(num)d 条", "已列 %(num)d 条", there.suggestions)
    return (_rectified(there) if code == "rectification" else "") or state


def _declared(reach: Reach, days: Mapping[str, str]) -> str:
    if reach.registered:
        return _("%(day)s 登记", day=days["register"]) if "register" in days else _("已登记")
    return _("%(day)s 批复", day=days["approve_declaration"]) if "approve_declaration" in days else ""


def _rectified(there: Counts) -> str:
    """Of the items that stand, how many were reported; once all are, how many were verified."""
    standing = [state for state in there.items if state != I.CANCELLED]
    if not standing:
        return _("事项均已撤销") if there.items else ""
    reported = sum(state in REPORTED for state in standing)
    if reported < len(standing):
        return _("%(done)d / %(all)d 项已报送", done=reported, all=len(standing))
    verified = sum(state in SETTLED_ITEMS for state in standing)
    return _("%(done)d / %(all)d 项已核实", done=verified, all=len(standing))
