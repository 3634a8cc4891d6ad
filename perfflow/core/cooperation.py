"""催办, 转办, 抄送, 常用意见: how people help each other along. No state changes here, and no right is given.

Commands run in the caller's unit of work. What is internal to an organisation (who handed what to whom, and why)
is told to its own members only: see `told_to`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, false, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from perfflow.core import clock, journal, notices
from perfflow.core.access import ORGANISATION_OF, VIEWERS, Actor, Reach, project_for, scoped, seen
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from perfflow.core.journal import Change
from perfflow.core.prepared import anybody, parameters
from perfflow.db import db, in_unit_of_work
from perfflow.models.cooperation import THE_PROJECT, Phrase, Share, ShareReader, Urge
from perfflow.models.evaluation import Independence
from perfflow.models.item import RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Organisation, User
from perfflow.models.project import Project
from perfflow.process import ITEM, N_, PROJECT, Datum, OrganisationKind, P, Party, Role, Viewer
from perfflow.workflow.definition import Reason

REASON_LIMIT = 500
NOTE_LIMIT = 500
READERS_AT_ONCE = 50
PHRASES = 20
PHRASE_LIMIT = 200
PARTY_OF = {Viewer.UNIT: Party.UNIT, Viewer.FIRM: Party.EVALUATOR, Viewer.SUPERVISOR: Party.SUPERVISOR}

NOBODY_MUST = N_("目前没有等待办理的环节，不必催办。")
ITEM_BY_ITEM = N_("整改事项还没有全部销号，请在需要催办的事项页面上催办。")
OURS_TO_DO = N_("此事正等本单位办理，不必催办；需要时可以转办给同事。")
URGED_TODAY = N_("您今天 %(time)s 已催办过，同一事项一天催办一次；明天仍未办理时可以再催。")
HAND_OVER_BY_ITEM = N_("整改按事项办理，请在需要转办的事项页面上转办。")
NOT_OURS = N_("此事现在不由本单位办理，不能转办。")
ANOTHER_HOLDS = N_("此事已转由 %(name)s 办理，只能由其本人、转办人或负责人再转。")
PICK_COLLEAGUE = N_("请从列表中选择一位同事。")
PICK_READERS = N_("请选择可以查看此项目的人员。")


# ---------------------------------------------------------------- what waits, and for whom


@dataclass(frozen=True, slots=True)
class Task:
    """What waits, or not: the project itself (`number` 0) or one of its items. `holder_id` as it is stored."""

    reach: Reach
    number: int
    item_id: int | None
    name: str
    state: str
    waiting_for: str
    holder_id: int | None
    submitted_by: int | None

    @property
    def datum(self) -> Datum:
        return Datum.PROJECT if self.item_id is None else Datum.ITEMS

    @property
    def is_ours(self) -> bool:
        """Whether it waits for the organisation of whoever looks."""
        return self.waiting_for != "" and self.waiting_for == PARTY_OF.get(self.reach.viewer)


def task_of(reach: Reach, item_number: int | None = None) -> Task:
    """The project, or one of its items; NotFound when that is not shown to this person."""
    if item_number is None:
        row = db.session.execute(
            select(Project.name, Project.state, Project.waiting_for, Project.holder_id, Project.submitted_by)
            .where(Project.id == reach.id)
        ).one()  # fmt: skip
        return Task(reach, THE_PROJECT, None, *row)
    if not reach.sees(Datum.ITEMS) or not 0 < item_number < 2**31:
        raise NotFound
    found = db.session.execute(
        select(
            RectItem.id, Project.name, RectItem.state, RectItem.waiting_for, RectItem.holder_id, RectItem.submitted_by
        )
        .join(Project, Project.id == RectItem.project_id)
        .where(RectItem.project_id == reach.id, RectItem.number == item_number)
    ).one_or_none()
    if found is None:
        raise NotFound
    return Task(reach, item_number, *found)


def open_to(actor: Actor, table: type[Project] | type[RectItem]) -> ColumnElement[bool]:
    """The rows that stand in somebody's 待办 among those of his organisation: what nobody else holds.

    A holder who left, or whose account was closed, holds nothing: the row is everybody's again.
    """
    others = select(User.id).where(
        User.organisation_id == actor.organisation_id, User.active.is_(True), User.id != actor.id
    )
    return or_(table.holder_id.is_(None), table.holder_id.not_in(others))


def told_to(viewer: Viewer) -> ColumnElement[bool]:
    """The journal's entries that may be told to this side: what is internal stays within the organisation."""
    if viewer is Viewer.AUDITOR:
        return JournalEntry.id.is_not(None)
    ours = [role.value for role, other in VIEWERS.items() if other is viewer]
    return or_(JournalEntry.action.not_in(sorted(journal.INTERNAL)), JournalEntry.role.in_(ours))


def _party_task(project_id: int, item_number: int | None, actor: Actor) -> Task:
    """The task for somebody who takes part in the project; Forbidden for a reader."""
    if not in_unit_of_work():
        raise RuntimeError("what is written belongs to a unit of work")
    reach = project_for(actor, project_id)
    if not _takes_part(reach):
        raise Forbidden
    return task_of(reach, item_number)


def _takes_part(reach: Reach) -> bool:
    return bool(reach.parties) and (reach.viewer is not Viewer.FIRM or reach.declared)


def _organisation(party: str, reach: Reach) -> int | None:
    return {
        Party.UNIT: reach.unit_id, Party.SUPERVISOR: reach.office_id, Party.EVALUATOR: reach.firm_id
    }.get(Party(party))  # fmt: skip


def _present_holder(task: Task) -> tuple[int, str] | None:
    """Who holds it now, while he is an active member of the party it waits for."""
    if task.holder_id is None or not task.waiting_for:
        return None
    row = db.session.execute(
        select(User.id, User.display_name).where(
            User.id == task.holder_id, User.active.is_(True),
            User.organisation_id == _organisation(task.waiting_for, task.reach),
        )
    ).one_or_none()  # fmt: skip
    return (row[0], row[1]) if row else None


def holder_of(task: Task) -> str:
    """The name of whoever holds it, for members of his own organisation."""
    holder = _present_holder(task) if task.is_ours else None
    return holder[1] if holder else ""


def _record(task: Task, action: str, *, actor: Actor, reason: str = "", changes: Iterable[Change] = ()) -> None:
    journal.record(
        journal.Entry(
            action=action,
            datum=task.datum,
            project_id=task.reach.id,
            project_code=task.reach.code,
            item_id=task.item_id,
            assignment_id=task.reach.assignment_id,
            reason=reason,
            changes=tuple(changes),
        ),
        actor=actor,
    )


def _tell(task: Task, user_ids: Iterable[int], code: str, *, actor: Actor) -> None:
    who = f"{actor.display_name}（{actor.organisation_name}）"
    params = {"name": task.name, "number": task.number or None, "who": who}
    code = code if task.item_id is None else f"{code}_item"
    notices.tell_people(task.reach.id, user_ids, code, params, actor=actor, item_id=task.item_id)


def _text(field: str, text: str, limit: int) -> str:
    stripped = text.strip()
    if len(stripped) > limit:
        raise Invalid(field, N_("现有 %(now)d 字，请控制在 %(limit)d 字以内。"), now=len(stripped), limit=limit)
    return stripped


# ---------------------------------------------------------------- 催办


def urge(project_id: int, item_number: int | None, *, actor: Actor) -> None:
    """Remind whoever holds it; once a day for each thing and person. Raises NotFound, Forbidden, Refused."""
    task = _party_task(project_id, item_number, actor)
    against = against_urging(task)
    if against is not None:
        raise Refused(against)
    if urged_today(task, actor) is not None:
        raise Refused(_urged_already(task, actor))
    row = Urge(project_id=project_id, item_number=task.number, user_id=actor.id, day=clock.today(), at=clock.now())
    try:
        # of two clicks at the same moment the key refuses one, and only that is undone
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused(_urged_already(task, actor)) from None
    _record(task, "urge", actor=actor)
    _tell(task, _to_be_urged(task), "urge", actor=actor)


def against_urging(task: Task) -> Reason | None:
    """Why there is nothing to urge; None when somebody else must act."""
    if task.is_ours:
        return Reason(OURS_TO_DO)
    if task.waiting_for:
        return None
    return Reason(ITEM_BY_ITEM if task.state == P.RECTIFYING and task.item_id is None else NOBODY_MUST)


def urged_today(task: Task, actor: Actor) -> datetime | None:
    """When this person urged it today."""
    return db.session.scalar(
        select(Urge.at).where(
            Urge.project_id == task.reach.id, Urge.item_number == task.number, Urge.user_id == actor.id,
            Urge.day == clock.today(),
        )
    )  # fmt: skip


def items_urged_today(reach: Reach, actor: Actor) -> dict[int, datetime]:
    """Of the items that this person urged today, when; by their numbers."""
    rows = db.session.execute(
        select(Urge.item_number, Urge.at).where(
            Urge.project_id == reach.id, Urge.user_id == actor.id, Urge.day == clock.today(),
            Urge.item_number != THE_PROJECT,
        )
    )  # fmt: skip
    return {number: at for number, at in rows}


def _urged_already(task: Task, actor: Actor) -> Reason:
    at = urged_today(task, actor) or clock.now()
    return Reason(URGED_TODAY, {"time": at.astimezone(clock.ZONE).strftime("%H:%M")})


def _to_be_urged(task: Task) -> set[int]:
    """The holder; else the members of the party; of a firm its lead, who alone may hand in."""
    holder = _present_holder(task)
    if holder is not None:
        return {holder[0]}
    organisation_id = _organisation(task.waiting_for, task.reach)
    members = set(db.session.scalars(select(User.id).where(_members(organisation_id))))
    if task.waiting_for == Party.EVALUATOR and task.reach.lead_id in members:
        return {task.reach.lead_id}
    return members


def urged(actor: Actor, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """How often each thing (project, item or 0) was urged since it stands where it stands, by whomever."""
    wanted = set(pairs)
    if not wanted:
        return {}
    given = {**parameters(actor), "projects": sorted({project_id for project_id, _number in wanted})}
    rows = db.session.execute(_urges(actor.role), given)
    return {(project_id, number): count for project_id, number, count in rows if (project_id, number) in wanted}


@lru_cache(maxsize=8)
def _urges(role: Role) -> Select[Any]:
    actor = anybody(role)
    query: Select[Any] = (
        scoped(actor, Urge.project_id, Urge.item_number, func.count())
        # with a sum no index fits from that side: else the planner may begin with all projects in reach
        .join(Urge, Project.id == Urge.project_id + 0)
        .outerjoin(RectItem, and_(RectItem.project_id == Project.id, RectItem.number == Urge.item_number))
        .where(
            Urge.project_id.in_(bindparam("projects", expanding=True)),
            Urge.at >= func.coalesce(RectItem.entered_at, Project.entered_at),
            or_(
                and_(Urge.item_number == THE_PROJECT, seen(actor, Datum.PROJECT)),
                and_(Urge.item_number != THE_PROJECT, seen(actor, Datum.ITEMS)),
            ),
        )
        .group_by(Urge.project_id, Urge.item_number)
    )
    return query


# ---------------------------------------------------------------- 转办


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    organisation: str = ""


def colleagues(actor: Actor) -> list[Person]:
    """The active members of the actor's organisation but himself, by name."""
    query = (
        select(User.id, User.display_name)
        .where(_members(actor.organisation_id), User.id != actor.id, User.role.in_(_roles_beside(actor.role)))
        .order_by(User.display_name, User.id)
        .limit(500)
    )
    return [Person(id_, name, actor.organisation_name) for id_, name in db.session.execute(query)]


def _roles_beside(role: Role) -> list[str]:
    """The roles that members of the same kind of organisation may have, as far as they work on projects."""
    kind = ORGANISATION_OF[role]
    return [other.value for other, needed in ORGANISATION_OF.items() if needed is kind and other in VIEWERS]


def _members(organisation_id: int | None) -> ColumnElement[bool]:
    """The active people of an organisation; of none, nobody."""
    if organisation_id is None:
        return false()
    return and_(User.organisation_id == organisation_id, User.active.is_(True))


def hand_over(
    project_id: int, item_number: int | None, to_user_id: int | None, reason: str, *, actor: Actor
) -> None:
    """Give what waits for the actor's organisation to one colleague; None gives it back to all of them.

    The right to act stays everybody's: only the row stands in one 待办. Raises NotFound, Forbidden, Refused,
    Invalid ("to", "reason"), Conflict when somebody handed it over meanwhile.
    """
    task = _party_task(project_id, item_number, actor)
    against = against_handing_over(task, actor)
    if against is not None:
        raise Refused(against)
    why = _text("reason", reason, REASON_LIMIT)
    if not why:
        raise Invalid("reason", N_("请写明理由。"))
    holder = _present_holder(task)
    new_name = "" if to_user_id is None else _taker(task, to_user_id, holder, actor)
    if to_user_id is None and holder is None:
        raise Invalid("to", PICK_COLLEAGUE)
    _hold(task, to_user_id)
    change = Change(N_("办理人"), holder[1] if holder else actor.display_name, new_name or N_("本单位各人"))
    _record(task, "hand_over", actor=actor, reason=why, changes=(change,))
    told = {to_user_id} if to_user_id is not None else set()
    _tell(task, told, "hand_over", actor=actor)
    if holder is not None:
        _tell(task, {holder[0]} - told, "handed_on", actor=actor)


def against_handing_over(task: Task, actor: Actor) -> Reason | None:
    """Why this person cannot hand it over now; None when he can."""
    if not task.is_ours:
        by_item = task.item_id is None and task.state == P.RECTIFYING and task.reach.viewer is Viewer.UNIT
        return Reason(HAND_OVER_BY_ITEM if by_item else NOT_OURS)
    holder = _present_holder(task)
    if holder is None or holder[0] == actor.id or actor.role is Role.UNIT_HEAD or Party.LEAD in task.reach.parties:
        return None
    if _handed_over_by(task) == actor.id:
        return None
    return Reason(ANOTHER_HOLDS, {"name": holder[1]})


def _handed_over_by(task: Task) -> int | None:
    """Who handed it to its present holder."""
    of = JournalEntry.item_id.is_(None) if task.item_id is None else JournalEntry.item_id == task.item_id
    return db.session.scalar(
        select(JournalEntry.user_id)
        .where(JournalEntry.project_id == task.reach.id, of, JournalEntry.action == "hand_over")
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )


def _taker(task: Task, user_id: int, holder: tuple[int, str] | None, actor: Actor) -> str:
    """The name of whoever shall have it; Invalid with what stands against him."""
    if user_id == actor.id:
        raise Invalid("to", N_("不能转办给自己，请选择一位同事。"))
    if holder is not None and user_id == holder[0]:
        raise Invalid("to", N_("此事已由 %(name)s 办理。"), name=holder[1])
    name = next((one.name for one in colleagues(actor) if one.id == user_id), None)
    if name is None:
        raise Invalid("to", PICK_COLLEAGUE)
    if task.waiting_for == Party.EVALUATOR:
        _independent(task, user_id, name)
    if user_id == task.submitted_by and _is_decided(task):
        raise Invalid("to", N_("%(name)s 是提交人，不能审核自己提交的内容，请另选一位同事。"), name=name)
    return name


def _independent(task: Task, user_id: int, name: str) -> None:
    said = db.session.scalar(
        select(Independence.independent).where(
            Independence.assignment_id == task.reach.assignment_id, Independence.user_id == user_id
        )
    )
    if said is None:
        raise Invalid("to", N_("%(name)s 还没有作出独立性与保密声明。请其先打开项目声明，再转办。"), name=name)
    if not said:
        raise Invalid("to", N_("%(name)s 已声明不能独立评价此项目，请另选一位同事。"), name=name)


def _is_decided(task: Task) -> bool:
    """Whether what waits is a decision, which is never the submitter's."""
    machine = PROJECT if task.item_id is None else ITEM
    return any(
        t.decides and task.state in t.sources and task.waiting_for in t.parties for t in machine.transitions
    )


def _hold(task: Task, user_id: int | None) -> None:
    table: Any = Project if task.item_id is None else RectItem
    id_ = task.reach.id if task.item_id is None else task.item_id
    same = table.holder_id.is_(None) if task.holder_id is None else table.holder_id == task.holder_id
    statement = (
        update(table)
        .where(table.id == id_, table.state == task.state, table.waiting_for == task.waiting_for, same)
        .values(holder_id=user_id)
        .execution_options(synchronize_session=False)
    )
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("", None)


@dataclass(frozen=True, slots=True)
class Chances:
    """What somebody may do beside the acts of the process; `holder` is told to his own organisation only. `urged`: when
    he did today."""

    urge: bool = False
    urged: datetime | None = None
    hand_over: bool = False
    share: bool = False
    holder: str = ""
    holds_it: bool = False


def chances(reach: Reach, actor: Actor, item_number: int | None = None) -> Chances:
    """The buttons beside a project or item, and who holds it."""
    if not _takes_part(reach):
        return Chances()
    task = task_of(reach, item_number)
    holder = _present_holder(task) if task.is_ours else None
    urge = against_urging(task) is None
    urged = urged_today(task, actor) if urge else None
    return Chances(
        urge=urge and urged is None,
        urged=urged,
        hand_over=against_handing_over(task, actor) is None,
        share=item_number is None,
        holder=holder[1] if holder else "",
        holds_it=holder is not None and holder[0] == actor.id,
    )


# ---------------------------------------------------------------- 抄送, 传阅


def possible_readers(reach: Reach, actor: Actor) -> Select[Any]:
    """Users (id, name, organisation) who see the project already, but the actor himself."""
    declared = select(Independence.user_id).where(
        Independence.assignment_id == (reach.assignment_id or 0), Independence.independent.is_(True)
    )
    sides = [
        and_(User.organisation_id == reach.unit_id, User.role.in_(_roles_of(OrganisationKind.UNIT))),
        and_(User.organisation_id == (reach.firm_id or 0), User.id.in_(declared)),
    ]
    if reach.submitted_at is not None:
        sides.append(and_(User.organisation_id == (reach.office_id or 0), User.role == Role.SUPERVISOR))
        sides.append(User.role == Role.AUDITOR)
    shown: tuple[Any, ...] = (User.id, User.display_name, Organisation.name)
    return (
        select(*shown)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(or_(*sides), User.active.is_(True), Organisation.active.is_(True), User.id != actor.id)
        .order_by(Organisation.name, User.display_name, User.id)
    )


def _roles_of(kind: OrganisationKind) -> list[str]:
    return [role.value for role, needed in ORGANISATION_OF.items() if needed is kind]


def find_readers(
    reach: Reach, actor: Actor, *, words: str = "", chosen: Sequence[int] = (), most: int = 30
) -> tuple[list[Person], bool]:
    """At most that many people who could read, the chosen ones always among them, and whether there are more."""
    query = possible_readers(reach, actor)
    picked = db.session.execute(query.where(User.id.in_(chosen[:READERS_AT_ONCE]))).all() if chosen else []
    if words:
        query = query.where(
            or_(
                User.display_name.contains(words, autoescape=True), Organisation.name.contains(words, autoescape=True)
            )
        )
    there = {row[0] for row in picked}
    found = db.session.execute(query.where(User.id.not_in(there)).limit(most + 1)).all()
    return [Person(*row) for row in [*picked, *found[:most]]], len(found) > most


def share(project_id: int, user_ids: Sequence[int], note: str, *, actor: Actor) -> int:
    """Lay a project before people who may see it; raises Invalid ("to", "reason"). Returns the number of the 抄送."""
    task = _party_task(project_id, None, actor)
    wanted = set(user_ids)
    if not wanted:
        raise Invalid("to", N_("还没有选择抄送给谁。"))
    if len(wanted) > READERS_AT_ONCE:
        raise Invalid("to", N_("一次最多抄送 %(most)d 人。"), most=READERS_AT_ONCE)
    word = _text("reason", note, NOTE_LIMIT)
    people = db.session.execute(possible_readers(task.reach, actor).where(User.id.in_(wanted))).all()
    if len(people) != len(wanted):
        raise Invalid("to", PICK_READERS)
    one = Share(project_id=project_id, user_id=actor.id, note=word, at=clock.now())
    db.session.add(one)
    db.session.flush()
    db.session.add_all(ShareReader(share_id=one.id, user_id=id_) for id_ in sorted(wanted))
    db.session.flush()
    names = "、".join(f"{name}（{organisation}）" for _id, name, organisation in people)
    _record(task, "share", actor=actor, reason=word, changes=(Change(N_("抄送"), "", names),))
    _tell(task, wanted, "share", actor=actor)
    return one.id


def unread_condition(actor: Actor) -> ColumnElement[bool]:
    return and_(ShareReader.user_id == actor.id, ShareReader.read_at.is_(None))


def received(actor: Actor, *columns: Any) -> Select[Any]:
    """A select over what was shared with somebody, as far as he still sees the projects."""
    return (
        scoped(actor, *columns)
        .join(Share, Share.project_id == Project.id)
        .join(ShareReader, ShareReader.share_id == Share.id)
        .where(ShareReader.user_id == actor.id, seen(actor, Datum.PROJECT))
    )


def unread_shares(actor: Actor, cap: int = 99) -> int:
    """How many 传阅 are unread, counted up to one more than the cap."""
    inner = received(actor, ShareReader.id).where(unread_condition(actor)).limit(cap + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def unread_of_project(project_id: int, *, actor: Actor) -> bool:
    """Whether something unread was shared with him about this project."""
    query = (
        select(ShareReader.id)
        .join(Share, Share.id == ShareReader.share_id)
        .where(Share.project_id == project_id, unread_condition(actor))
        .limit(1)
    )
    return db.session.scalar(query) is not None


def mark_read(*, actor: Actor, project_id: int | None = None, share_id: int | None = None) -> None:
    """The read receipt: the first reading counts, later ones change nothing."""
    of = Share.project_id == project_id if share_id is None else Share.id == share_id
    db.session.execute(
        update(ShareReader)
        .where(unread_condition(actor), ShareReader.share_id.in_(select(Share.id).where(of)))
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def check_received(share_id: int, *, actor: Actor) -> None:
    """Raise NotFound for what was never shared with him, or whose project he sees no more."""
    found = db.session.scalar(received(actor, Share.id).where(Share.id == share_id))
    if found is None:
        raise NotFound


# ---------------------------------------------------------------- 常用意见


def phrases_of(actor: Actor) -> list[str]:
    """Somebody's own phrases in his order."""
    return list(db.session.scalars(select(Phrase.text).where(Phrase.user_id == actor.id).order_by(Phrase.position)))


def save_phrases(texts: Sequence[str], *, actor: Actor) -> None:
    """Keep these, in this order, instead of those before; empty ones and repetitions fall away."""
    kept: list[str] = []
    for number, text in enumerate(texts):
        word = _text(f"rows-{number}", text, PHRASE_LIMIT)
        if word and word not in kept:
            kept.append(word)
    if len(kept) > PHRASES:
        raise Invalid("rows", N_("常用意见最多 %(most)d 条，请删去不用的。"), most=PHRASES)
    db.session.execute(delete(Phrase).where(Phrase.user_id == actor.id))
    db.session.flush()
    db.session.add_all(Phrase(user_id=actor.id, position=at, text=word) for at, word in enumerate(kept, 1))
    db.session.flush()


def keep_phrase(text: str, *, actor: Actor) -> None:
    """Add one phrase behind the others; one that is there already stays where it is."""
    before = phrases_of(actor)
    word = _text("reason", text, PHRASE_LIMIT)
    if not word:
        raise Invalid("reason", N_("还没有填写意见，无从保存。"))
    if word in before:
        return
    if len(before) >= PHRASES:
        raise Invalid("reason", N_("常用意见已有 %(most)d 条，请先在“常用意见”中删去不用的。"), most=PHRASES)
    save_phrases([*before, word], actor=actor)
