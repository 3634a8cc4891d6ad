"""Who may do what, and what is in reach: the only place where either is decided.

Lists, counts, exports and files start from `scoped()`; a single project from `project_for()`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, null, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from perfflow.core.errors import NotFound
from perfflow.db import db
from perfflow.models.evaluation import Assignment, Independence
from perfflow.models.project import Project
from perfflow.process import (
    FROM_NOTICE,
    IN_STATES,
    N_,
    REACHED,
    SEEN,
    Datum,
    OrganisationKind,
    Party,
    Role,
    Sight,
    Viewer,
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: one user of one organisation, in one log-in."""

    id: int
    username: str
    display_name: str
    role: Role
    organisation_id: int
    organisation_name: str
    session_id: int = 0
    must_change_password: bool = False
    language: str = ""


class Permission(StrEnum):
    OWN_ACCOUNT = "own_account"
    INBOX = "inbox"
    PROJECTS_READ = "projects_read"
    PROJECTS_ACT = "projects_act"
    DECLARE = "declare"
    REGISTER = "register"
    EVALUATE = "evaluate"
    COMMENT = "comment"
    RULE = "rule"
    RECTIFY = "rectify"
    EXPORT = "export"
    AVOIDANCE = "avoidance"
    ADMINISTER = "administer"
    EVENTS_READ = "events_read"
    STATISTICS = "statistics"


PERMISSIONS = {
    Permission.OWN_ACCOUNT: N_("本人账号"),
    Permission.INBOX: N_("待办、已办与消息"),
    Permission.PROJECTS_READ: N_("查看范围内的项目"),
    Permission.PROJECTS_ACT: N_("按流程办理项目"),
    Permission.DECLARE: N_("填报绩效目标"),
    Permission.REGISTER: N_("登记评价对象"),
    Permission.EVALUATE: N_("评分、编写问题与建议"),
    Permission.COMMENT: N_("反馈意见"),
    Permission.RULE: N_("裁定异议、下达通知"),
    Permission.RECTIFY: N_("整改"),
    Permission.EXPORT: N_("导出文书"),
    Permission.AVOIDANCE: N_("维护回避名单"),
    Permission.ADMINISTER: N_("管理人员与设置"),
    Permission.EVENTS_READ: N_("查看操作日志"),
    Permission.STATISTICS: N_("查看范围内的统计"),
}

_READS = frozenset(
    {
        Permission.OWN_ACCOUNT,
        Permission.INBOX,
        Permission.PROJECTS_READ,
        Permission.EXPORT,
        Permission.STATISTICS,
    }
)
_ACTS = _READS | {Permission.PROJECTS_ACT}
_UNIT = _ACTS | {Permission.DECLARE, Permission.COMMENT, Permission.RECTIFY}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.UNIT_CLERK: _UNIT,
    Role.UNIT_HEAD: _UNIT,
    Role.FIRM_USER: _ACTS | {Permission.EVALUATE},
    Role.SUPERVISOR: _ACTS | {Permission.REGISTER, Permission.RULE, Permission.AVOIDANCE},
    Role.ADMIN: frozenset({Permission.OWN_ACCOUNT, Permission.ADMINISTER}),
    Role.AUDITOR: _READS | {Permission.EVENTS_READ},
}

ORGANISATION_OF: dict[Role, OrganisationKind] = {
    Role.UNIT_CLERK: OrganisationKind.UNIT,
    Role.UNIT_HEAD: OrganisationKind.UNIT,
    Role.FIRM_USER: OrganisationKind.FIRM,
    Role.SUPERVISOR: OrganisationKind.OFFICE,
    Role.ADMIN: OrganisationKind.HOUSE,
    Role.AUDITOR: OrganisationKind.HOUSE,
}
"""The kind of organisation whose members may have a role."""

VIEWERS: dict[Role, Viewer] = {
    Role.UNIT_CLERK: Viewer.UNIT,
    Role.UNIT_HEAD: Viewer.UNIT,
    Role.FIRM_USER: Viewer.FIRM,
    Role.SUPERVISOR: Viewer.SUPERVISOR,
    Role.AUDITOR: Viewer.AUDITOR,
}


def may(actor: Actor, permission: Permission) -> bool:
    return permission in GRANTS[actor.role]


@dataclass(frozen=True, slots=True)
class Reach:
    """A project in somebody's reach, and what he is to it."""

    id: int
    code: str
    name: str
    unit_id: int
    office_id: int | None
    state: str
    seen_as: str
    version: int
    registered: bool
    table_only: bool
    submitted_at: datetime | None
    assignment_id: int | None
    firm_id: int | None
    lead_id: int | None
    reached: int
    declared: bool
    viewer: Viewer
    parties: frozenset[Party]

    def sees(self, datum: Datum) -> bool:
        """Whether this person is shown that datum now (process.SEEN)."""
        return sees(self.viewer, datum, seen_as=self.seen_as, reached=self.reached, declared=self.declared)


def sees(viewer: Viewer, datum: Datum, *, seen_as: str, reached: int, declared: bool) -> bool:
    """Whether somebody who has the project in reach is shown that datum as it stands."""
    sight = SEEN[viewer][datum]
    if sight in IN_STATES:
        return seen_as in IN_STATES[sight]
    if sight in REACHED:
        # behind the notice nothing is a draft any more; without findings no suggestions were ever filed
        return reached >= REACHED[sight] or seen_as in FROM_NOTICE
    return sight is Sight.ALWAYS or (sight is Sight.DECLARED and declared)


def scoped(actor: Actor, *columns: Any) -> Select[Any]:
    """A select over the projects in reach, joined with the current assignment and this actor's declaration."""
    return (
        select(*columns)
        .select_from(Project)
        .outerjoin(Assignment, Assignment.id == Project.assignment_id)
        .outerjoin(
            Independence,
            and_(Independence.assignment_id == Assignment.id, Independence.user_id == actor.id),
        )
        .where(visible(actor))
    )


def visible(actor: Actor) -> ColumnElement[bool]:
    """The projects in reach, as a condition on Project."""
    viewer = VIEWERS.get(actor.role)
    if viewer is Viewer.UNIT:
        return Project.unit_id == actor.organisation_id
    if viewer is Viewer.FIRM:
        return Project.firm_id == actor.organisation_id
    if viewer is Viewer.SUPERVISOR:
        return and_(Project.office_id == actor.organisation_id, Project.submitted_at.is_not(None))
    if viewer is Viewer.AUDITOR:
        return Project.submitted_at.is_not(None)
    return false()


def seen(actor: Actor, datum: Datum) -> ColumnElement[bool]:
    """Whether the datum of a row is shown, for a select made by `scoped()`."""
    viewer = VIEWERS.get(actor.role)
    sight = SEEN[viewer][datum] if viewer else Sight.NEVER
    if sight in IN_STATES:
        return Project.seen_as.in_(sorted(IN_STATES[sight]))
    if sight in REACHED:
        return or_(Assignment.reached >= REACHED[sight], Project.seen_as.in_(sorted(FROM_NOTICE)))
    if sight is Sight.DECLARED:
        return Independence.independent.is_(True)
    return true() if sight is Sight.ALWAYS else false()


def masked(actor: Actor, datum: Datum, column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column where its datum is shown, NULL elsewhere: what is masked can be neither read nor sorted by."""
    return case((seen(actor, datum), column), else_=null())


def reach_of(actor: Actor, project_id: int) -> Reach | None:
    """The project with what the actor is to it; None when it is out of reach or not there."""
    if VIEWERS.get(actor.role) is None or not 0 < project_id < 2**53:
        return None
    row = db.session.execute(
        scoped(
            actor,
            Project.id, Project.code, Project.name, Project.unit_id, Project.office_id, Project.state,
            Project.seen_as, Project.version, Project.registered, Project.table_only, Project.submitted_at,
            Project.assignment_id, Assignment.firm_id, Assignment.lead_id, Assignment.reached,
            Independence.independent,
        ).where(Project.id == project_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    return Reach(
        id=row.id,
        code=row.code,
        name=row.name,
        unit_id=row.unit_id,
        office_id=row.office_id,
        state=row.state,
        seen_as=row.seen_as,
        version=row.version,
        registered=row.registered,
        table_only=row.table_only,
        submitted_at=row.submitted_at,
        assignment_id=row.assignment_id,
        firm_id=row.firm_id,
        lead_id=row.lead_id,
        reached=row.reached or 0,
        declared=bool(row.independent),
        viewer=VIEWERS[actor.role],
        parties=_parties(actor, row.lead_id, row.independent),
    )


EIGHT = (Datum.EVALUATION, Datum.FINDINGS, Datum.SUGGESTIONS, Datum.ITEMS)
"""The data the eight rows of the result table are made of: whoever sees them all sees the table."""


def may_ever_see_result(actor: Actor) -> bool:
    """Whether there can be any project whose whole table this person is shown."""
    viewer = VIEWERS.get(actor.role)
    return viewer is not None and all(SEEN[viewer][datum] is not Sight.NEVER for datum in EIGHT)


def shows_result(reach: Reach) -> bool:
    return reach.assignment_id is not None and all(reach.sees(datum) for datum in EIGHT)


def project_for(actor: Actor, project_id: int) -> Reach:
    """Like `reach_of`; raises NotFound."""
    reach = reach_of(actor, project_id)
    if reach is None:
        raise NotFound
    return reach


def _parties(actor: Actor, lead_id: int | None, independent: bool | None) -> frozenset[Party]:
    viewer = VIEWERS[actor.role]
    if viewer is Viewer.UNIT:
        return frozenset({Party.UNIT})
    if viewer is Viewer.SUPERVISOR:
        return frozenset({Party.SUPERVISOR})
    if viewer is Viewer.FIRM:
        lead = {Party.LEAD} if lead_id == actor.id else set()
        evaluator = {Party.EVALUATOR} if independent else set()
        return frozenset(lead | evaluator)
    return frozenset()


def party_members(party: Party, *, unit_id: int, office_id: int | None, firm_id: int | None) -> int | None:
    """The organisation whose users act as a party; a lead is one person and not looked up here."""
    if party is Party.UNIT:
        return unit_id
    return office_id if party is Party.SUPERVISOR else firm_id


def all_of(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(true(), *conditions)


def any_of(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(false(), *conditions)
