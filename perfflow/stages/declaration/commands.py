"""Writes of the stage 申报: new declarations, drafts, registered objects, and the effects of its acts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from sqlalchemy import Integer, cast, delete, func, select

from perfflow.core import advance, calendar, clock, editing, files, filings, journal, notices
from perfflow.core.access import Actor, Permission, Reach, may, project_for
from perfflow.core.advance import Step, effect
from perfflow.core.errors import Forbidden, Invalid, Refused
from perfflow.core.files import Received
from perfflow.core.journal import Change
from perfflow.db import db
from perfflow.models.people import Organisation
from perfflow.models.project import FAR_DAY, Declaration, Milestone, Project, SubProject, TargetIndicator
from perfflow.papers.cells import filled_down
from perfflow.papers.kinds import Day, Money, Unreadable
from perfflow.papers.target import target_value
from perfflow.process import (
    APPROVING_VERDICTS,
    N_,
    PROJECT_STATES,
    AttachmentPurpose,
    Datum,
    ObjectKind,
    OrganisationKind,
    P,
    Party,
)
from perfflow.rules.declaration import FIELDS, FUND_USES, PROJECT_TYPES, Section
from perfflow.stages.declaration import queries
from perfflow.workflow.definition import Days, Reason

FIRST_YEAR, LAST_YEAR = 1990, 2100
_YUAN = Money(unit="元", trim=False)


@dataclass(frozen=True, slots=True)
class NewDeclaration:
    name: str
    object_kind: ObjectKind
    budget_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationValues:
    """As typed. The rows: (name, amount), (label, date or words), (level 1, level 2, name, value)."""

    name: str
    project_type: str = ""
    fund_use: str = ""
    start_date: date | None = None
    end_date: date | None = None
    overview: str = ""
    basis: str = ""
    necessity: str = ""
    safeguards: str = ""
    total_budget_fen: int | None = None
    year_budget_fen: int | None = None
    prior_budget_fen: int | None = None
    prior_paid_fen: int | None = None
    sub_projects: Sequence[tuple[str, int | None]] = ()
    milestones: Sequence[tuple[str, str]] = ()
    overall_goal: str = ""
    annual_goal: str = ""
    targets: Sequence[tuple[str, str, str, str]] = ()
    remarks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterValues:
    """An object without a declaration here. `name_filed`: its name as the paper has it, quotes included."""

    unit_id: int
    object_kind: ObjectKind
    name: str
    name_filed: str = ""
    budget_year: int
    evaluation_year: int
    budget_fen: int | None = None
    table_only: bool = False
    reason: str = ""


LABELS = {
    "name": N_("项目名称"),
    "project_type": N_("项目类型"),
    "fund_use": N_("资金用途"),
    "start_date": N_("开始时间"),
    "end_date": N_("结束时间"),
    "overview": N_("项目概况"),
    "basis": N_("立项依据"),
    "necessity": N_("项目设立的必要性"),
    "safeguards": N_("保证项目实施的制度、措施"),
    "total_budget_fen": N_("项目总预算（元）"),
    "year_budget_fen": N_("项目当年预算（元）"),
    "prior_budget_fen": N_("同名项目上年预算额（元）"),
    "prior_paid_fen": N_("同名项目上年预算执行数（元）"),
    "sub_projects": N_("项目当年投入资金构成"),
    "milestones": N_("项目实施计划"),
    "overall_goal": N_("项目总目标"),
    "annual_goal": N_("年度绩效目标"),
    "targets": N_("分解目标"),
    "remarks": N_("备注"),
}


# ---------------------------------------------------------------- start acts


def create(values: NewDeclaration, *, actor: Actor) -> Project:
    """A new declaration of the actor's own unit. It has no due date until it is once returned."""
    if not may(actor, Permission.DECLARE):
        raise Forbidden
    unit = db.session.get_one(Organisation, actor.organisation_id)
    _check_name(values.name)
    _check_year("budget_year", values.budget_year)
    project = _new_project(unit, P.DECLARING, values, actor)
    db.session.add(project)
    db.session.flush()
    db.session.add(Declaration(project_id=project.id, form_year=values.budget_year))
    changes = [
        Change(LABELS["name"], "", values.name),
        Change(N_("预算年度"), "", str(values.budget_year)),
    ]
    _record_start("create", Datum.DECLARATION, project, changes, "", actor)
    return project


def register(values: RegisterValues, received: Received | None, *, actor: Actor) -> Project:
    """登记: an object that has no declaration here, straight to 待委托评价; by paper or with a reason."""
    if not may(actor, Permission.REGISTER):
        raise Forbidden
    unit = db.session.get(Organisation, values.unit_id)
    if unit is None or unit.kind != OrganisationKind.UNIT or unit.supervised_by != actor.organisation_id:
        raise Invalid("unit_id", N_("请选择本部门主管的预算单位。"))
    _check_name(values.name)
    _check_year("budget_year", values.budget_year)
    _check_evaluation_year(values.evaluation_year, values.budget_year)
    _check_amount("budget_fen", values.budget_fen)
    if received is None and not values.reason.strip():
        raise Invalid("reason", N_("没有上传原件的，请写明登记理由。"))
    project = _new_project(unit, P.AWAITING_FIRM, values, actor)
    project.name_filed = values.name_filed or None
    project.evaluation_year = values.evaluation_year
    project.budget_fen = values.budget_fen
    project.registered = True
    project.registered_reason = values.reason
    project.table_only = values.table_only
    project.submitted_at = project.created_at
    db.session.add(project)
    db.session.flush()
    changes = [
        Change(LABELS["name"], "", values.name_filed or values.name),
        Change(N_("预算单位"), "", unit.name),
        Change(N_("预算年度"), "", str(values.budget_year)),
        Change(N_("评价年度"), "", str(values.evaluation_year)),
        Change(N_("预算金额"), "", _yuan(values.budget_fen)),
    ]
    _record_start("register", Datum.PROJECT, project, changes, values.reason, actor)
    if received is not None:
        files.attach(received, AttachmentPurpose.PAPER, reach=project_for(actor, project.id), actor=actor)
    params = {"name": project.name, "number": None}
    notices.tell(project, (Party.UNIT,), "project.register", params, actor=actor)
    return project


def _new_project(
    unit: Organisation, state: P, values: NewDeclaration | RegisterValues, actor: Actor
) -> Project:
    now = clock.now()
    days = PROJECT_STATES[state].due
    # a draft of one's own is late for nobody
    due_on = None if state == P.DECLARING or not isinstance(days, Days) else calendar.due(clock.today(), days)
    return Project(
        code=_next_code(values.budget_year),
        unit_id=unit.id,
        office_id=unit.supervised_by,
        object_kind=values.object_kind,
        name=values.name,
        budget_year=values.budget_year,
        state=state,
        seen_as=state,
        waiting_for=advance.waiting_project(state, True),
        entered_at=now,
        due_on=due_on,
        due_sort=due_on or FAR_DAY,
        created_by=actor.id,
        created_at=now,
        updated_at=now,
    )


def _next_code(budget_year: int) -> str:
    """XM-2026-0001: numbered through the whole system within a budget year."""
    prefix = f"XM-{budget_year}-"
    last = db.session.scalar(
        select(func.max(cast(func.substr(Project.code, len(prefix) + 1), Integer))).where(
            Project.code.startswith(prefix, autoescape=True)
        )
    )
    return f"{prefix}{(last or 0) + 1:04d}"


def _record_start(
    action: str, datum: Datum, project: Project, changes: list[Change], reason: str, actor: Actor
) -> None:
    entry = journal.Entry(
        action=action,
        datum=datum,
        project_id=project.id,
        project_code=project.code,
        to_state=project.state,
        reason=reason,
        changes=tuple(change for change in changes if change.new),
        extra=(("due", project.due_on.isoformat() if project.due_on else None),),
    )
    journal.record(entry, actor=actor)


# ---------------------------------------------------------------- drafts


def save(project_id: int, values: DeclarationValues, *, version: int | None, actor: Actor) -> None:
    """Keep a draft, gaps allowed: what must be filled in is asked for on submitting."""
    reach, before = _to_write(project_id, actor)
    _keep(reach, before, values, version=version, actor=actor)


def save_section(
    project_id: int, section: Section, values: Mapping[str, Any], *, version: int | None, actor: Actor
) -> None:
    """Keep the fields of one part; all others stay as they are on file. The version is that of the whole form."""
    if not set(values) <= set(FIELDS[section]):
        raise ValueError(f"not of the part {section}: {set(values) - set(FIELDS[section])}")
    reach, before = _to_write(project_id, actor)
    _keep(reach, before, replace(as_values(before), **values), version=version, actor=actor)


def as_values(row: queries.DeclarationRow) -> DeclarationValues:
    """A declaration on file as it would be typed."""
    same = {field.name: getattr(row, field.name) for field in fields(DeclarationValues)}
    return DeclarationValues(**same | {
        "sub_projects": [(one.name, one.amount_fen) for one in row.sub_projects],
        "milestones": [(one.label, one.filed) for one in row.milestones],
        "targets": [(one.level1, one.level2, one.name, one.filed) for one in row.targets],
    })  # fmt: skip


def _to_write(project_id: int, actor: Actor) -> tuple[Reach, queries.DeclarationRow]:
    reach = editing.to_edit(project_id, Party.UNIT, (P.DECLARING,), actor=actor)
    before = queries.declaration(project_id)
    if before is None:
        raise Refused(Reason(N_("登记的对象没有申报表。")))
    return reach, before


def _keep(
    reach: Reach, before: queries.DeclarationRow, values: DeclarationValues, *, version: int | None, actor: Actor
) -> None:
    _check(values)
    editing.claim(Declaration, reach.id, version, reach)
    clean = _rows_of(values)
    _write(reach.id, before, values, clean)
    changes = _changes(before, values, clean)
    # wordings from before the first submission were nobody else's to read
    editing.record(
        reach, "save_declaration", Datum.DECLARATION, changes, actor=actor, draft=reach.submitted_at is None,
        claimed=(Declaration, reach.id),
    )  # fmt: skip


def attach_files(project_id: int, received: Sequence[Received], *, actor: Actor) -> None:
    """Attachments of the declaration, while it is being filled in."""
    reach = editing.to_edit(project_id, Party.UNIT, (P.DECLARING,), actor=actor)
    for one in received:
        files.attach(one, AttachmentPurpose.DECLARATION, reach=reach, actor=actor)


def _check(values: DeclarationValues) -> None:
    _check_name(values.name)
    if values.project_type and values.project_type not in PROJECT_TYPES:
        raise Invalid("project_type", N_("请选择一种项目类型。"))
    if values.fund_use and values.fund_use not in FUND_USES:
        raise Invalid("fund_use", N_("请选择一种资金用途。"))
    for name in ("total_budget_fen", "year_budget_fen", "prior_budget_fen", "prior_paid_fen"):
        _check_amount(name, getattr(values, name))
    for _, amount in values.sub_projects:
        _check_amount("sub_projects", amount)


@dataclass(frozen=True, slots=True)
class _Rows:
    sub_projects: tuple[queries.SubProjectRow, ...]
    milestones: tuple[queries.MilestoneRow, ...]
    targets: tuple[queries.TargetRow, ...]


def _rows_of(values: DeclarationValues) -> _Rows:
    """The rows without the empty ones, and what can be read from them."""
    return _Rows(
        tuple(queries.SubProjectRow(n, a) for n, a in values.sub_projects if n.strip() or a is not None),
        tuple(queries.MilestoneRow(n, f, _day(f)) for n, f in values.milestones if n.strip() or f.strip()),
        tuple(_targets(values.targets)),
    )


def _targets(rows: Iterable[tuple[str, str, str, str]]) -> Iterable[queries.TargetRow]:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    levels = filled_down(row[:2] for row in filled)
    for (level1, level2), (_one, _two, name, filed) in zip(levels, filled, strict=True):
        yield queries.TargetRow(level1, level2, name, filed, *target_value(filed))


def _day(filed: str) -> date | None:
    try:
        return Day().read(filed)
    except Unreadable:
        return None  # a phase in words


def _changes(before: queries.DeclarationRow, values: DeclarationValues, clean: _Rows) -> tuple[Change, ...]:
    found = []
    for field in fields(values):
        name = field.name
        after = getattr(clean, name) if hasattr(clean, name) else getattr(values, name)
        old, new = _words(name, getattr(before, name)), _words(name, after)
        if old != new:
            found.append(Change(LABELS[name], old, new))
    return tuple(found)


def _words(name: str, value: object) -> str:
    """A value as the journal tells it."""
    if name == "sub_projects":
        return "\n".join(f"{row.name} {_yuan(row.amount_fen)}" for row in value)  # type: ignore[attr-defined]
    if name == "milestones":
        return "\n".join(f"{row.label}：{row.filed}" for row in value)  # type: ignore[attr-defined]
    if name == "targets":
        rows: tuple[queries.TargetRow, ...] = value  # type: ignore[assignment]
        return "\n".join(f"{row.level1}／{row.level2}／{row.name} {row.filed}" for row in rows)
    if name.endswith("_fen"):
        return _yuan(value)  # type: ignore[arg-type]
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _write(
    project_id: int, before: queries.DeclarationRow, values: DeclarationValues, clean: _Rows
) -> None:
    one = db.session.get_one(Declaration, project_id, populate_existing=True)
    for field in fields(values):
        if field.name != "name" and not hasattr(clean, field.name):
            setattr(one, field.name, getattr(values, field.name))
    project = db.session.get_one(Project, project_id, populate_existing=True)
    project.name = values.name
    project.budget_fen = values.year_budget_fen
    tables: tuple[tuple[Any, str], ...] = (
        (SubProject, "sub_projects"),
        (Milestone, "milestones"),
        (TargetIndicator, "targets"),
    )
    for table, name in tables:
        rows: Sequence[Any] = getattr(clean, name)
        if rows == getattr(before, name):
            continue
        db.session.execute(delete(table).where(table.project_id == project_id))
        for position, row in enumerate(rows, 1):
            db.session.add(table(project_id=project_id, position=position, **asdict(row)))
    db.session.flush()


# ---------------------------------------------------------------- effects


@effect("file_declaration")
def file_declaration(step: Step) -> None:
    """What is handed in is kept as it is now: after a return it will be changed, and compared with this."""
    filings.keep(step, Datum.DECLARATION, as_filed(step.project.id))


def as_filed(project_id: int) -> list[filings.Part]:
    """The declaration as it stands now, as a version keeps it."""
    row = queries.declaration(project_id)
    assert row is not None
    return [filings.Part(name, label, 0, _words(name, getattr(row, name))) for name, label in LABELS.items()]


@effect("keep_verdict")
def keep_verdict(step: Step) -> None:
    """批复 with 优 or 良; the other two verdicts are acts of their own."""
    verdict = step.values["verdict"]
    if verdict not in dict(APPROVING_VERDICTS):
        raise Invalid("verdict", N_("请选择审核结论。"))
    step.changes.append(Change(N_("审核结论"), "", verdict))


@effect("set_evaluation_year")
def set_evaluation_year(step: Step) -> None:
    """纳入评价."""
    year = step.values["evaluation_year"]
    _check_evaluation_year(year, step.project.budget_year)
    step.changes.append(Change(N_("评价年度"), _year(step.project.evaluation_year), str(year)))
    step.project.evaluation_year = year


@effect("clear_evaluation_year")
def clear_evaluation_year(step: Step) -> None:
    """移出计划."""
    step.changes.append(Change(N_("评价年度"), _year(step.project.evaluation_year), ""))
    step.project.evaluation_year = None


@effect("extend")
def extend(step: Step) -> None:
    """延期: core.advance has already taken the new due date over; here it is judged and told."""
    due_on: date = step.values["due_on"]
    if due_on <= clock.local_day(step.at):
        raise Invalid("due_on", N_("新的期限应晚于今天。"))
    last = advance.project_deadline(step.project.id) if step.source == P.RECTIFYING else None
    if last is not None and due_on < last:
        # the project waits for its items: an earlier day would be passed over at once
        raise Invalid("due_on", N_("新的期限不能早于整改事项的期限 %(day)s。"), day=last.isoformat())
    step.changes.append(Change(N_("期限"), step.extra["due_before"] or "", due_on.isoformat()))


# ---------------------------------------------------------------- checks


def _check_name(name: str) -> None:
    if not name.strip():
        raise Invalid("name", N_("“项目名称”还没有填写。"))


def _check_year(field: str, year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(field, N_("年度应在 %(first)d 到 %(last)d 之间。"), first=FIRST_YEAR, last=LAST_YEAR)


def _check_evaluation_year(year: int, budget_year: int) -> None:
    _check_year("evaluation_year", year)
    if year < budget_year:
        raise Invalid("evaluation_year", N_("评价年度不能早于预算年度 %(year)d。"), year=budget_year)


def _check_amount(field: str, fen: int | None) -> None:
    if fen is not None and not 0 <= fen <= 10**15:
        raise Invalid(field, N_("金额超出范围。"))


def _yuan(fen: int | None) -> str:
    return "" if fen is None else _YUAN.write(fen)


def _year(year: int | None) -> str:
    return "" if year is None else str(year)
