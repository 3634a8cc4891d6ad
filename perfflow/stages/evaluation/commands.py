"""Writes of the stage 评价: independence, score sheet and result, and the effects of its acts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, select

from perfflow.core import clock, editing, facts, files, grades, notices
from perfflow.core.access import Actor, Reach, project_for
from perfflow.core.advance import Step, effect
from perfflow.core.errors import Forbidden, Invalid, Refused
from perfflow.core.files import Received
from perfflow.core.journal import Change
from perfflow.db import db
from perfflow.models.evaluation import Assignment, Independence, ScoreItem
from perfflow.models.people import Organisation, User
from perfflow.models.project import Project
from perfflow.papers.kinds import Money, Unreadable
from perfflow.process import (
    N_,
    PROJECT_STATES,
    AssignmentEnd,
    AttachmentPurpose,
    Datum,
    OrganisationKind,
    P,
    Party,
    Role,
    Viewer,
)
from perfflow.rules import score
from perfflow.stages.evaluation import queries
from perfflow.workflow.definition import Reason, Rest

ROW_LIMIT = 200
_YUAN = Money(unit="元", trim=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultValues:
    """The result beside the sheet. Total and grade are read only where there is no sheet (仅有结果表)."""

    paid_fen: int | None = None
    paid_filed: str = ""
    main_performance: str = ""
    total: int | None = None
    total_filed: str = ""
    grade: str = ""


# ---------------------------------------------------------------- independence


def declare_independence(project_id: int, independent: bool, explanation: str, *, actor: Actor) -> None:
    """Once for each evaluator and assignment. Who is not says why, and lead and supervisor are told."""
    reach = project_for(actor, project_id)
    if reach.viewer is not Viewer.FIRM or reach.assignment_id is None:
        raise Forbidden
    if PROJECT_STATES[reach.state].rest is Rest.FINAL:
        raise Refused(Reason(N_("项目已经终结，不再需要声明。")))
    if not independent and not explanation.strip():
        raise Invalid("explanation", N_("请说明不能保持独立的情形。"))
    earlier = select(Independence.id).where(
        Independence.assignment_id == reach.assignment_id, Independence.user_id == actor.id
    )
    if db.session.scalar(earlier) is not None:
        raise Refused(Reason(N_("您已经作出过声明，不能更改。")))
    db.session.add(
        Independence(
            assignment_id=reach.assignment_id,
            user_id=actor.id,
            independent=independent,
            explanation=explanation,
            at=clock.now(),
        )
    )
    db.session.flush()
    declared = N_("独立，并承诺保密") if independent else N_("不能保持独立")
    changes = [Change(N_("独立性与保密声明"), "", declared), *_change(N_("说明"), "", explanation)]
    editing.record(reach, "declare_independence", Datum.ASSIGNMENT, changes, actor=actor)
    if not independent:
        project = db.session.get_one(Project, project_id, populate_existing=True)
        params = {"name": project.name, "number": None, "who": actor.display_name}
        notices.tell(project, (Party.LEAD, Party.SUPERVISOR), "not_independent", params, actor=actor)


# ---------------------------------------------------------------- the sheet


def save_sheet(project_id: int, rows: Sequence[score.Row], *, version: int | None, actor: Actor) -> int:
    """Keep the score sheet, gaps allowed; total and grade follow. Returns the assignment's new version."""
    reach = _to_write(project_id, actor)
    if reach.table_only:
        raise Refused(Reason(N_("此项目仅有结果表，没有评分表。")))
    _check_rows(rows)
    assignment = _claimed(reach, version)
    before = facts.sheet_rows(assignment.id)
    total = score.outcome(rows)
    grade = "" if total is None else grades.grade_in(queries.scale(project_id), total)
    changes = [
        *_sheet_changes(before, rows),
        *_change(N_("评价分值"), _points(assignment.total), _points(total)),
        *_change(N_("评价结论"), assignment.grade, grade),
    ]
    assignment.total, assignment.grade = total, grade
    db.session.execute(delete(ScoreItem).where(ScoreItem.assignment_id == assignment.id))
    for position, row in enumerate(rows, 1):
        db.session.add(ScoreItem(assignment_id=assignment.id, position=position, **asdict(row)))
    db.session.flush()
    claimed = (Assignment, assignment.id)
    editing.record(reach, "save_sheet", Datum.EVALUATION, changes, actor=actor, draft=True, claimed=claimed)
    return assignment.version


def row_problems(rows: Sequence[score.Row]) -> list[tuple[int, str, Reason]]:
    """What keeps a sheet from being saved: (row, field, reason), rows counted from 0."""
    codes = [row.code for row in rows]
    groups = {node.code for node in score.tree(rows) if not node.leaf}
    found: list[tuple[int, str, Reason]] = []
    for number, row in enumerate(rows):
        if not row.code:
            found.append((number, "code", Reason(N_("请填写指标编码。"))))
        elif row.code in codes[:number]:
            found.append((number, "code", Reason(N_("指标编码 %(code)s 出现了两次。"), {"code": row.code})))
        elif row.code in groups and (row.weight is not None or row.score is not None):
            field = "weight" if row.weight is not None else "score"
            message = N_("%(code)s 是上级指标，权重和得分由下级合计，请留空。")
            found.append((number, field, Reason(message, {"code": row.code})))
    return found


def _check_rows(rows: Sequence[score.Row]) -> None:
    if len(rows) > ROW_LIMIT:
        raise Invalid("rows", N_("指标至多 %(limit)d 行。"), limit=ROW_LIMIT)
    for number, field, reason in row_problems(rows):
        raise Invalid(f"rows-{number}-{field}", reason.message, **reason.params)
    for row in rows:
        for value in (row.weight, row.score):
            if value is not None and not 0 <= value <= score.FULL:
                raise Invalid("rows", N_("权重和得分应在 0 到 100 之间。"))


def _sheet_changes(before: Sequence[score.Row], after: Sequence[score.Row]) -> list[Change]:
    """The rows that differ, old against new; a sheet whose order alone changed, by its codes."""
    label = N_("指标评分表")
    old, new = {row.code: row for row in before}, {row.code: row for row in after}
    found = [
        Change(label, _row_words(old.get(code)), _row_words(new.get(code)))
        for code in dict.fromkeys([*old, *new])
        if old.get(code) != new.get(code)
    ]
    return found or _change(label, "、".join(old), "、".join(new))


def _row_words(row: score.Row | None) -> str:
    if row is None:
        return ""
    figures = [_points(row.weight) or "—", _points(row.score) or "—"]
    return " ".join(filter(None, [row.code, row.name, " / ".join(figures), row.rate_filed]))


# ---------------------------------------------------------------- the result


def save_result(project_id: int, values: ResultValues, *, version: int | None, actor: Actor) -> int:
    """Keep 决算金额 and 主要绩效; with 仅有结果表 also total and grade as filed. Returns the new version."""
    reach = _to_write(project_id, actor)
    _check_paid(values)
    if reach.table_only and values.total is not None and not 0 <= values.total <= score.FULL:
        raise Invalid("total", N_("评价分值应在 0 到 100 之间。"))
    assignment = _claimed(reach, version)
    before = _result_words(assignment)
    assignment.paid_fen, assignment.paid_filed = values.paid_fen, values.paid_filed
    assignment.main_performance = values.main_performance
    if reach.table_only:
        assignment.total, assignment.total_filed = values.total, values.total_filed
        assignment.grade = values.grade
    db.session.flush()
    after = _result_words(assignment)
    changes = [change for label in after for change in _change(label, before[label], after[label])]
    claimed = (Assignment, assignment.id)
    editing.record(reach, "save_result", Datum.EVALUATION, changes, actor=actor, draft=True, claimed=claimed)
    return assignment.version


def attach_files(project_id: int, received: Sequence[Received], *, actor: Actor) -> None:
    """The report, while the evaluation is being written."""
    reach = _to_write(project_id, actor)
    for one in received:
        files.attach(
            one, AttachmentPurpose.REPORT, reach=reach, actor=actor, assignment_id=reach.assignment_id
        )


def _check_paid(values: ResultValues) -> None:
    if values.paid_fen is None:
        if values.paid_filed.strip():
            raise Invalid("paid", N_("“%(text)s”不是金额。请写成例如 1,374.74万元。"), text=values.paid_filed)
        return
    if not 0 <= values.paid_fen <= 10**15:
        raise Invalid("paid", N_("金额超出范围。"))
    try:
        same = not values.paid_filed or Money(bare="元").read(values.paid_filed) == values.paid_fen
    except Unreadable:
        same = True  # words around the amount: kept as filed, the number beside it counts
    if not same:
        raise Invalid("paid", N_("决算金额的文字与数值不一致。"))


def _result_words(assignment: Assignment) -> dict[str, str]:
    return {
        N_("决算金额"): _amount(assignment.paid_filed, assignment.paid_fen),
        N_("主要绩效"): assignment.main_performance,
        N_("评价分值"): assignment.total_filed or _points(assignment.total),
        N_("评价结论"): assignment.grade,
    }


def _amount(filed: str, fen: int | None) -> str:
    exact = "" if fen is None else _YUAN.write(fen)
    return f"{filed}（{exact}）" if filed and exact and filed != exact else filed or exact


# ---------------------------------------------------------------- common


def _to_write(project_id: int, actor: Actor) -> Reach:
    return editing.to_edit(project_id, Party.EVALUATOR, (P.EVALUATING,), actor=actor)


def _claimed(reach: Reach, version: int | None) -> Assignment:
    """The current assignment in its next version."""
    assert reach.assignment_id is not None  # an evaluator's project has one
    editing.claim(Assignment, reach.assignment_id, version, reach)
    return db.session.get_one(Assignment, reach.assignment_id, populate_existing=True)


def _change(label: str, old: str, new: str) -> list[Change]:
    return [Change(label, old, new)] if old != new else []


def _points(hundredths: int | None) -> str:
    return "" if hundredths is None else score.points(hundredths)


# ---------------------------------------------------------------- effects


@effect("assign_firm")
def assign_firm(step: Step) -> None:
    """委托: a new assignment, with nothing of a former one."""
    project, due_on = step.project, step.values["due_on"]
    lead = _lead(step.values["lead_id"])
    if due_on < clock.local_day(step.at):
        raise Invalid("due_on", N_("期限不能早于今天。"))
    firm = db.session.get_one(Organisation, lead.organisation_id)
    unit_name = db.session.scalar(select(Organisation.name).where(Organisation.id == project.unit_id))
    if firm.id == project.unit_id:
        raise Refused(Reason(N_("评价机构不能是被评价单位。")))
    if queries.avoided(firm.id, project.unit_id):
        message = N_("%(firm)s 与 %(unit)s 在回避名单内，不能委托。")
        raise Refused(Reason(message, {"firm": firm.name, "unit": unit_name}))
    last = db.session.scalar(select(func.max(Assignment.number)).where(Assignment.project_id == project.id))
    assignment = Assignment(
        project_id=project.id,
        number=(last or 0) + 1,
        firm_id=firm.id,
        lead_id=lead.id,
        due_on=due_on,
        assigned_by=step.actor.id,
        created_at=step.at,
    )
    db.session.add(assignment)
    db.session.flush()
    project.assignment_id = assignment.id
    project.firm_id = firm.id
    step.changes += [
        Change(N_("评价机构"), "", firm.name),
        Change(N_("主评人"), "", lead.display_name),
        Change(N_("期限"), "", due_on.isoformat()),
    ]


def _lead(user_id: object) -> User:
    lead = db.session.get(User, user_id) if isinstance(user_id, int) else None
    firm = db.session.get(Organisation, lead.organisation_id) if lead else None
    if (
        lead is None
        or firm is None
        or not (lead.active and firm.active)
        or lead.role != Role.FIRM_USER
        or firm.kind != OrganisationKind.FIRM
    ):
        raise Invalid("lead_id", N_("请选择一位在用的评价机构人员。"))
    return lead


@effect("end_declined")
def end_declined(step: Step) -> None:
    """谢绝."""
    _end(step, AssignmentEnd.DECLINED)


@effect("end_replaced")
def end_replaced(step: Step) -> None:
    """更换机构. The lead is told here: afterwards core.advance finds no assignment to look him up by."""
    params = {"name": step.project.name, "number": None}
    notices.tell(step.project, (Party.LEAD,), "project.replace_firm", params, actor=step.actor)
    _end(step, AssignmentEnd.REPLACED)


def _end(step: Step, end: AssignmentEnd) -> None:
    assignment = _assignment(step)
    for label, table, id_ in (
        (N_("评价机构"), Organisation.name, assignment.firm_id),
        (N_("主评人"), User.display_name, assignment.lead_id),
    ):
        name = db.session.scalar(select(table).where(table.class_.id == id_)) or ""
        step.changes.append(Change(label, name, ""))
    assignment.ended_at = step.at
    assignment.end = end
    step.project.assignment_id = None
    step.project.firm_id = None


@effect("mark_evaluation")
def mark_evaluation(step: Step) -> None:
    """From the first submission on the office sees the evaluation."""
    assignment = _assignment(step)
    step.extra["reached_before"] = assignment.reached
    assignment.reached = max(assignment.reached, 1)


@effect("undo_submission")
def undo_submission(step: Step) -> None:
    """撤回: take back what the submission had set; state, due date and submitter are core.advance's."""
    if step.newest is None:
        return
    reached = step.newest.body.get("reached_before")
    if isinstance(reached, int) and step.reach.assignment_id is not None:
        _assignment(step).reached = reached
    if step.newest.action in ("submit_comments", "submit_replies") and step.reach.assignment_id is not None:
        round_ = facts.current_round(step.reach.assignment_id)
        if round_ is not None and step.newest.action == "submit_comments":
            round_.submitted_at = None
        elif round_ is not None:
            round_.replied_at = None


def _assignment(step: Step) -> Assignment:
    return db.session.get_one(Assignment, step.reach.assignment_id, populate_existing=True)
