"""Writing suggestions, preparing the notice, and the items it makes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select

from perfflow.core import advance, clock, editing, journal
from perfflow.core.access import Actor, Reach
from perfflow.core.advance import Step, effect
from perfflow.core.errors import Invalid, NotFound
from perfflow.core.journal import Change
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.finding import Finding, Suggestion, SuggestionFinding
from perfflow.models.item import Notice, RectItem
from perfflow.process import (
    ITEM,
    N_,
    REACHED,
    RECT_CLASSES,
    SUGGESTIONS_WRITTEN_IN,
    Datum,
    P,
    Party,
    RectClass,
    Sight,
)

HIGHEST_NUMBER = 200
TITLE_LIMIT = 200
TEXT_LIMIT = 20_000
LAST_YEAR = 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionValues:
    """One suggestion as written. `id`: the suggestion this is the new wording of; None for a new one.

    `glued`: as filed, it follows the one before without a paragraph break; None leaves that as it was.
    """

    number: int
    text: str
    finding_ids: tuple[int, ...]
    title: str = ""
    glued: bool | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeValues:
    """Class and due date of one suggestion; either may still be missing."""

    suggestion_id: int
    rect_class: str = ""
    due_on: date | None = None


def save_suggestions(
    project_id: int, values: Iterable[SuggestionValues], *, actor: Actor, version: int | None = None
) -> None:
    """Save the suggestions as they are now; what is no longer there is removed."""
    reach = editing.to_edit(project_id, Party.EVALUATOR, SUGGESTIONS_WRITTEN_IN, actor=actor)
    assignment_id = _claimed(reach, version)
    wanted = tuple(values)
    present = {suggestion.id: suggestion for suggestion in _written(assignment_id)}
    numbers = _standing_numbers(assignment_id)
    _check(wanted, present, numbers)
    changes = [
        *_removed(present, {row.id for row in wanted}),
        *_rewritten(present, wanted, numbers),
        *_added(reach, assignment_id, wanted, numbers),
    ]
    db.session.flush()
    claimed = (Assignment, assignment_id)
    editing.record(reach, "save_suggestions", Datum.SUGGESTIONS, changes, actor=actor, draft=True, claimed=claimed)


def _claimed(reach: Reach, version: int | None) -> int:
    if reach.assignment_id is None:
        raise NotFound
    editing.claim(Assignment, reach.assignment_id, version, reach)
    return reach.assignment_id


def _written(assignment_id: int) -> list[Suggestion]:
    return list(
        db.session.scalars(
            select(Suggestion)
            .where(Suggestion.assignment_id == assignment_id)
            .order_by(Suggestion.number)
            .execution_options(populate_existing=True)
        )
    )


def _standing_numbers(assignment_id: int) -> dict[int, int]:
    rows = db.session.execute(
        select(Finding.id, Finding.number).where(
            Finding.assignment_id == assignment_id, Finding.withdrawn.is_(False)
        )
    )
    return dict(rows.all())


def _check(
    wanted: tuple[SuggestionValues, ...], present: dict[int, Suggestion], standing: dict[int, int]
) -> None:
    numbers: set[int] = set()
    for row in wanted:
        shown = {"number": row.number}
        if not 1 <= row.number <= HIGHEST_NUMBER:
            raise Invalid("suggestions", N_("建议序号应在 1 到 %(highest)d 之间。"), highest=HIGHEST_NUMBER)
        if row.number in numbers:
            raise Invalid("suggestions", N_("有两条建议都编为第 %(number)d 号，请改正序号。"), **shown)
        numbers.add(row.number)
        if row.id is not None and row.id not in present:
            raise NotFound
        if not row.text.strip():
            raise Invalid("suggestions", N_("建议 %(number)d 的内容还没有填写。"), **shown)
        if len(row.title) > TITLE_LIMIT or len(row.text) > TEXT_LIMIT:
            raise Invalid("suggestions", N_("建议 %(number)d 的文字过长。"), **shown)
        if not row.finding_ids:
            raise Invalid("suggestions", N_("请选择建议 %(number)d 针对的问题，至少一个。"), **shown)
        if not set(row.finding_ids) <= standing.keys():
            raise NotFound
    ids = [row.id for row in wanted if row.id is not None]
    if len(ids) != len(set(ids)):
        raise NotFound


def _removed(present: dict[int, Suggestion], wanted: set[int | None]) -> list[Change]:
    gone = [suggestion for id_, suggestion in present.items() if id_ not in wanted]
    for suggestion in gone:
        db.session.delete(suggestion)
        del present[suggestion.id]
    db.session.flush()
    return [Change(N_("建议"), _whole(s.number, s.title, s.text), "") for s in gone]


def _rewritten(
    present: dict[int, Suggestion], wanted: Iterable[SuggestionValues], numbers: dict[int, int]
) -> list[Change]:
    changes: list[Change] = []
    rows = [(present[values.id], values) for values in wanted if values.id is not None]
    for suggestion, values in rows:
        old = _described(suggestion, _answered(suggestion.id), numbers)
        new = _described(values, values.finding_ids, numbers)
        changes += [Change(label, old[label], new[label]) for label in old if old[label] != new[label]]
        suggestion.title, suggestion.text = values.title, values.text
        suggestion.glued = suggestion.glued if values.glued is None else values.glued
        _link(suggestion.id, values.finding_ids)
    editing.renumber((suggestion, values.number) for suggestion, values in rows)
    return changes


def _added(
    reach: Reach, assignment_id: int, wanted: Iterable[SuggestionValues], numbers: dict[int, int]
) -> list[Change]:
    changes: list[Change] = []
    for values in wanted:
        if values.id is not None:
            continue
        suggestion = Suggestion(
            project_id=reach.id,
            assignment_id=assignment_id,
            number=values.number,
            title=values.title,
            text=values.text,
            glued=bool(values.glued),
        )
        db.session.add(suggestion)
        db.session.flush()  # its id is wanted for the links
        _link(suggestion.id, values.finding_ids)
        changes.append(Change(N_("建议"), "", _whole(values.number, values.title, values.text)))
        changes.append(Change(N_("针对的问题"), "", _numbers(values.finding_ids, numbers)))
    return changes


def _link(suggestion_id: int, finding_ids: Iterable[int]) -> None:
    db.session.execute(delete(SuggestionFinding).where(SuggestionFinding.suggestion_id == suggestion_id))
    for finding_id in sorted(set(finding_ids)):
        db.session.add(SuggestionFinding(suggestion_id=suggestion_id, finding_id=finding_id))


def _answered(suggestion_id: int) -> tuple[int, ...]:
    links = select(SuggestionFinding.finding_id).where(SuggestionFinding.suggestion_id == suggestion_id)
    return tuple(db.session.scalars(links))


def _whole(number: int, title: str, text: str) -> str:
    return "\n".join(part for part in (f"{number}. {title}".rstrip(), text) if part)


def _described(
    row: Suggestion | SuggestionValues, finding_ids: Iterable[int], numbers: dict[int, int]
) -> dict[str, str]:
    return {
        N_("建议序号"): str(row.number),
        N_("建议标题"): row.title,
        N_("建议内容"): row.text,
        N_("针对的问题"): _numbers(finding_ids, numbers),
    }


def _numbers(finding_ids: Iterable[int], numbers: dict[int, int]) -> str:
    return "、".join(str(number) for number in sorted(numbers[id_] for id_ in finding_ids if id_ in numbers))


# ---------------------------------------------------------------- the notice


def save_notice(
    project_id: int, values: Iterable[NoticeValues], *, actor: Actor, version: int | None = None
) -> None:
    """Save class and due date of the suggestions; the notice itself is issued by the act `issue_notice`."""
    reach = editing.to_edit(project_id, Party.SUPERVISOR, (P.SUGGESTIONS_REVIEW,), actor=actor)
    assignment_id = _claimed(reach, version)
    present = {suggestion.id: suggestion for suggestion in _written(assignment_id)}
    changes: list[Change] = []
    for row in values:
        if row.suggestion_id not in present:
            raise NotFound
        changes += _classified(present[row.suggestion_id], row)
    db.session.flush()
    claimed = (Assignment, assignment_id)
    editing.record(reach, "save_notice", Datum.SUGGESTIONS, changes, actor=actor, draft=True, claimed=claimed)


def _classified(suggestion: Suggestion, row: NoticeValues) -> list[Change]:
    shown = {"number": suggestion.number}
    if row.rect_class and row.rect_class not in set(RectClass):
        raise Invalid("rows", N_("请选择建议 %(number)d 的整改类别。"), **shown)
    if row.due_on is not None and not clock.today() <= row.due_on <= date(LAST_YEAR, 12, 31):
        raise Invalid("rows", N_("建议 %(number)d 的整改期限已经过去，请重新填写。"), **shown)
    old = _terms(suggestion.rect_class, suggestion.due_on)
    suggestion.rect_class, suggestion.due_on = row.rect_class or None, row.due_on
    new = _terms(suggestion.rect_class, suggestion.due_on)
    if old == new:
        return []
    told = (f"{suggestion.number}. {text}" if text else "" for text in (old, new))
    return [Change(N_("整改类别与期限"), *told)]


def _terms(rect_class: str | None, due_on: date | None) -> str:
    label = RECT_CLASSES[RectClass(rect_class)] if rect_class else ""
    return " ".join(part for part in (label, due_on.isoformat() if due_on else "") if part)


# ---------------------------------------------------------------- what the acts bring with them


@effect("mark_suggestions")
def mark_suggestions(step: Step) -> None:
    """The suggestions are filed: from now on the office may read them."""
    assignment = db.session.get_one(Assignment, step.project.assignment_id, populate_existing=True)
    step.extra["reached_before"] = assignment.reached
    assignment.reached = max(assignment.reached, REACHED[Sight.SUGGESTIONS_FILED])


@effect("issue_items")
def issue_items(step: Step) -> None:
    """The notice is issued: one item for each suggestion, due as the notice says."""
    project = step.project
    assert project.assignment_id is not None
    last = db.session.scalar(select(func.max(Notice.number)).where(Notice.project_id == project.id))
    notice = Notice(
        project_id=project.id, number=(last or 0) + 1, issued_at=step.at, issued_by=step.actor.id
    )
    db.session.add(notice)
    db.session.flush()
    for suggestion in _written(project.assignment_id):
        item = _new_item(step, notice.id, suggestion)
        db.session.add(item)
        db.session.flush()
        _record_issue(step, item, suggestion)


def _new_item(step: Step, notice_id: int, suggestion: Suggestion) -> RectItem:
    assert suggestion.rect_class is not None and suggestion.due_on is not None
    due_on = advance.first_item_due(suggestion.due_on)
    return RectItem(
        project_id=step.project.id,
        unit_id=step.project.unit_id,
        office_id=step.project.office_id,
        notice_id=notice_id,
        suggestion_id=suggestion.id,
        number=suggestion.number,
        rect_class=suggestion.rect_class,
        deadline=suggestion.due_on,
        state=ITEM.start,
        entered_at=step.at,
        due_on=due_on,
        due_sort=due_on,
    )


def _record_issue(step: Step, item: RectItem, suggestion: Suggestion) -> None:
    journal.record(
        journal.Entry(
            action="issue_item",
            datum=Datum.ITEMS,
            project_id=step.project.id,
            project_code=step.project.code,
            item_id=item.id,
            assignment_id=step.reach.assignment_id,
            to_state=item.state,
            changes=(Change(N_("整改类别与期限"), "", _terms(suggestion.rect_class, suggestion.due_on)),),
            extra=(("due", item.due_on.isoformat() if item.due_on else None),),
        ),
        actor=step.actor,
    )
