"""整改台账 and 整改报告, filled from the record, batch by batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from perfflow.core import clock
from perfflow.core.access import Actor
from perfflow.core.outgoing import LEDGER, REPORT
from perfflow.models.file import Attachment
from perfflow.models.finding import Suggestion
from perfflow.models.item import Notice, RectItem
from perfflow.models.project import Project
from perfflow.pages.exports.reads import (
    answered,
    batches,
    entry,
    grouped,
    heads,
    shown_name,
    standing_plans,
    standing_reports,
)
from perfflow.papers.official import Entry
from perfflow.papers.rectification_papers import Evidence, LedgerRow, RectificationReport, ReportItem
from perfflow.process import ITEM_STATES, RECT_CLASSES, VERDICTS, AttachmentPurpose, I, RectClass, Verdict


@dataclass(frozen=True, slots=True)
class _Items:
    """Of a batch: the items by project; findings by suggestion; plans and reports that stand, and files, by item."""

    rows: dict[int, list[Any]]
    findings: dict[int, list[Any]]
    plans: dict[int, Any]
    reports: dict[int, list[Any]]

    def answered_by(self, item: Any) -> tuple[Entry, ...]:
        return tuple(entry(one) for one in self.findings.get(item.suggestion_id, []))

    def last_report(self, item: Any) -> Any:
        found = self.reports.get(item.id)
        return found[-1] if found else None

    def verdict(self, item: Any) -> str:
        """The last one; of an item that was cancelled none counts."""
        last = self.last_report(item)
        if last is None or not last.verdict or item.state == I.CANCELLED:
            return ""
        return VERDICTS[Verdict(last.verdict)]


def ledger_rows(actor: Actor, ids: Sequence[int]) -> Iterator[LedgerRow]:
    """An item a row, project by project."""
    today = clock.today()
    for batch in batches(LEDGER, actor, ids):
        there = _items(list(batch))
        for project in batch.values():
            for item in there.rows.get(project.id, []):
                plan = there.plans.get(item.id)
                late = item.due_on is not None and bool(item.waiting_for) and item.due_on < today
                yield LedgerRow(
                    project=shown_name(project),
                    unit=project.unit,
                    findings=there.answered_by(item),
                    suggestion=entry(item),
                    rect_class=RECT_CLASSES[RectClass(item.rect_class)],
                    deadline=item.deadline,
                    measure=plan.measure if plan else "",
                    responsible=plan.responsible if plan else "",
                    state=ITEM_STATES[item.state].label,
                    verdict=there.verdict(item),
                    overdue=(today - item.due_on).days if late else 0,
                )


def reports(actor: Actor, ids: Sequence[int]) -> Iterator[RectificationReport]:
    """Dated by the last result that was reported."""
    more = (Project.rectification, Project.rectification_composed)
    for batch in batches(REPORT, actor, ids, *more):
        there = _items(list(batch))
        files = _files(list(batch))
        notices = grouped(
            select(Notice.project_id, Notice.number)
            .where(Notice.project_id.in_(list(batch)))
            .order_by(Notice.number)
        )
        for project in batch.values():
            mine = there.rows.get(project.id, [])
            days = [clock.local_day(one.at) for item in mine for one in there.reports.get(item.id, [])]
            yield RectificationReport(
                heads(project, max(days, default=None)),
                notices[project.id][-1].number,
                "" if project.rectification_composed else project.rectification.strip(),
                tuple(_report_item(item, there, files) for item in mine),
            )


def _report_item(item: Any, there: _Items, files: dict[int, list[Any]]) -> ReportItem:
    plan, last = there.plans.get(item.id), there.last_report(item)
    standing = there.reports.get(item.id, [])
    return ReportItem(
        suggestion=entry(item),
        findings=there.answered_by(item),
        rect_class=RECT_CLASSES[RectClass(item.rect_class)],
        deadline=item.deadline,
        measure=plan.measure if plan else "",
        responsible=plan.responsible if plan else "",
        state=ITEM_STATES[item.state].label,
        done=last.text if last else "",
        files=tuple(
            Evidence(file.name, file.sha256, file.withdrawn_at is not None)
            for report in standing
            for file in files.get(report.id, [])
        ),
        verdict=there.verdict(item),
        verdict_reason=last.verdict_reason if there.verdict(item) else "",
        rounds=len(standing),
    )


def _items(project_ids: list[int]) -> _Items:
    of = RectItem.project_id.in_(project_ids)
    rows = grouped(
        select(
            RectItem.project_id, RectItem.id, RectItem.suggestion_id, RectItem.state, RectItem.rect_class,
            RectItem.deadline, RectItem.due_on, RectItem.waiting_for, Suggestion.number, Suggestion.title,
            Suggestion.text,
        )
        .join(Suggestion, Suggestion.id == RectItem.suggestion_id)
        .where(of)
        .order_by(RectItem.number)
    )  # fmt: skip
    suggested = Suggestion.id.in_(select(RectItem.suggestion_id).where(of))
    return _Items(rows, answered(suggested, standing=False), standing_plans(project_ids), standing_reports(project_ids))


def _files(project_ids: list[int]) -> dict[int, list[Any]]:
    """Evidence by the report it was sent with."""
    return grouped(
        select(Attachment.report_id, Attachment.name, Attachment.sha256, Attachment.withdrawn_at)
        .where(
            Attachment.project_id.in_(project_ids),
            Attachment.report_id.is_not(None),
            Attachment.purpose == AttachmentPurpose.EVIDENCE,
        )
        .order_by(Attachment.id)
    )
