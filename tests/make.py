"""People and projects for tests. A project is carried to its state by the product's own commands and engine, so
journal, due dates and derived columns are what they would be. Every text in it is a canary: a word found nowhere
else, with a note of what it belongs to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from flask import Flask, has_app_context
from sqlalchemy import select

from perfflow.core import files, form_keys
from perfflow.core.access import Actor, project_for
from perfflow.core.advance import advance_item, advance_project
from perfflow.core.passwords import hash_password
from perfflow.db import db, unit_of_work
from perfflow.models.finding import Comment, CommentRound, Finding, Suggestion
from perfflow.models.item import RectItem
from perfflow.models.people import Organisation, User
from perfflow.models.project import Project
from perfflow.process import I, ObjectKind, OrganisationKind, P, Role
from perfflow.rules.declaration import FUND_USES, PROJECT_TYPES
from perfflow.rules.score import Row
from perfflow.stages.declaration import commands as declaration
from perfflow.stages.evaluation import commands as evaluation
from perfflow.stages.findings import commands as findings
from perfflow.stages.rectification import commands as rectification
from perfflow.stages.suggestions import commands as suggestions

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai
TODAY = date(2026, 3, 2)
PASSWORD = "Blue-Teapot-47"
PDF = b"%%PDF-1.4\n1 0 obj<</Note(%s)>>endobj\ntrailer<<>>\n%%%%EOF\n"

WAY = (
    P.DECLARING, P.DECLARATION_REVIEW, P.APPROVED, P.AWAITING_FIRM, P.EVALUATING, P.EVALUATION_REVIEW,
    P.FINDINGS_WRITING, P.AWAITING_COMMENTS, P.COMMENTING, P.DISPUTE_REPLY, P.FINDINGS_REVIEW,
    P.SUGGESTIONS_WRITING, P.SUGGESTIONS_REVIEW, P.RECTIFYING, P.CLOSING, P.CLOSED, P.PUBLISHED,
)  # fmt: skip
"""The way of a project that has everything: a dispute too."""

ORGANISATIONS = {
    "unit": ("上海市甲局", OrganisationKind.UNIT),
    "unit2": ("上海市乙局", OrganisationKind.UNIT),
    "far": ("上海市丙局", OrganisationKind.UNIT),  # of the other office
    "firm": ("KnFirmOne评价事务所", OrganisationKind.FIRM),
    "firm2": ("KnFirmTwo评价事务所", OrganisationKind.FIRM),
    "office": ("上海市预算处", OrganisationKind.OFFICE),
    "office2": ("上海市社保处", OrganisationKind.OFFICE),
    "house": ("信息中心", OrganisationKind.HOUSE),
}
SUPERVISED = {"unit": "office", "unit2": "office", "far": "office2"}
USERS = {
    "unit": ("甲局 经办", "unit", Role.UNIT_CLERK),
    "head": ("甲局 负责人", "unit", Role.UNIT_HEAD),
    "unit2": ("乙局 经办", "unit2", Role.UNIT_CLERK),
    "far": ("丙局 经办", "far", Role.UNIT_CLERK),
    "lead": ("KnLead主评人", "firm", Role.FIRM_USER),
    "evaluator": ("KnEvaluator评价员", "firm", Role.FIRM_USER),
    "lead2": ("KnLeadTwo主评人", "firm2", Role.FIRM_USER),
    "supervisor": ("预算处 经办", "office", Role.SUPERVISOR),
    "supervisor2": ("预算处 复核", "office", Role.SUPERVISOR),
    "stranger": ("社保处 经办", "office2", Role.SUPERVISOR),
    "admin": ("管理员", "house", Role.ADMIN),
    "auditor": ("审计 查阅", "house", Role.AUDITOR),
}


def people(app: Flask) -> dict[str, Actor]:
    """Every user of the tests, by name; made on the first call on a database."""
    with context(app):
        there = db.session.scalar(select(User.id).limit(1))
        if there is None:
            with unit_of_work():
                _make_people()
        rows = db.session.execute(
            select(User.id, User.username, User.display_name, User.role, Organisation.id, Organisation.name).join(
                Organisation, Organisation.id == User.organisation_id
            )
        ).all()
        return {row[1]: Actor(row[0], row[1], row[2], Role(row[3]), row[4], row[5]) for row in rows}


def _make_people() -> None:
    ids: dict[str, int] = {}
    for key in sorted(ORGANISATIONS, key=lambda key: key in SUPERVISED):
        name, kind = ORGANISATIONS[key]
        one = Organisation(name=name, kind=kind, supervised_by=ids.get(SUPERVISED.get(key, "")))
        db.session.add(one)
        db.session.flush()
        ids[key] = one.id
    digest = hash_password(PASSWORD)
    for username, (display_name, home, role) in USERS.items():
        db.session.add(
            User(
                username=username,
                display_name=display_name,
                organisation_id=ids[home],
                role=role,
                password_hash=digest,
                created_at=NOW,
            )
        )
    db.session.flush()


@contextmanager
def context(app: Flask) -> Iterator[None]:
    """An application context for a moment only: one held open around a client would keep its user."""
    if has_app_context():
        yield
        return
    with app.app_context():
        yield


@dataclass(frozen=True)
class Canary:
    """A word of one datum of one project, and who typed it."""

    text: str
    project_id: int
    kind: str


class Make:
    """The builder behind the fixture `make`."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.people = people(app)

    def __getitem__(self, username: str) -> Actor:
        return self.people[username]

    def colleague(self, like: str, name: str) -> Actor:
        """One more person beside another, in the same organisation and role."""
        one = self.people[like]
        with context(self.app), unit_of_work():
            user = User(
                username=name, display_name=name, organisation_id=one.organisation_id, role=one.role,
                password_hash="-", created_at=NOW,
            )  # fmt: skip
            db.session.add(user)
            db.session.flush()
            self.people[name] = Actor(user.id, name, name, one.role, one.organisation_id, one.organisation_name)
        return self.people[name]

    def project(self, state: str = P.DECLARING, *, ready: bool = False, **how: Any) -> "Play":
        """A project standing in that state; `ready`: what the next act forward needs is written already."""
        play = Play(self.app, self.people, **how)
        play.carry(state)
        if ready:
            play.prepare()
        return play


@dataclass
class Play:
    """One project and what its people do to it. `items`: the rectification classes of its suggestions."""

    app: Flask
    people: dict[str, Actor]
    unit: str = "unit"
    supervisor: str = "supervisor"
    lead: str = "lead"
    items: tuple[str, ...] = ("immediate", "phased", "continuing")
    registered: bool = False
    table_only: bool = False
    dispute: bool = True
    said: list[Canary] = field(default_factory=list)
    id: int = 0
    prepared: bool = False

    # ---- words

    def word(self, kind: str) -> str:
        """A text found nowhere else. The kind says what it belongs to (see test_seen)."""
        text = f"Kn{self.id}x{len(self.said)}{kind.replace('_', '')}z"
        self.said.append(Canary(text, self.id, kind))
        return text

    def file(self, kind: str) -> files.Received:
        """A PDF whose name and content are canaries."""
        content = PDF % self.word(kind).encode()
        return files.receive(f"{self.word(kind)}.pdf", BytesIO(content))

    # ---- what anybody may ask

    @property
    def state(self) -> str:
        with context(self.app):
            return self.project().state

    def project(self) -> Project:
        return db.session.get_one(Project, self.id, populate_existing=True)

    def item(self, number: int) -> RectItem:
        mine = select(RectItem).where(RectItem.project_id == self.id, RectItem.number == number)
        return db.session.scalars(mine.execution_options(populate_existing=True)).one()

    # ---- acts

    def act(self, who: str, action: str, **values: Any) -> None:
        # the canary of a reason is seen by whom the act's datum is seen
        self.prepared = False
        with context(self.app), unit_of_work():
            advance_project(self.id, action, actor=self.people[who], values=values)

    def act_item(self, who: str, number: int, action: str, **values: Any) -> None:
        with context(self.app):
            item_id = self.item(number).id
            with unit_of_work():
                advance_item(item_id, action, actor=self.people[who], values=values)

    def save(self, command: Callable[..., Any], *args: Any, who: str, **values: Any) -> None:
        with context(self.app), unit_of_work():
            command(self.id, *args, actor=self.people[who], **values)

    # ---- the way

    def carry(self, state: str) -> "Play":
        """On from where it stands to that state, everything needed written on the way."""
        if not self.id:
            self._begin()
        if state == P.VOIDED:
            self.act(self.unit, "void")
        elif state == P.REJECTED:
            self.carry(P.DECLARATION_REVIEW)
            self.act(self.supervisor, "reject_declaration", reason=self.word("declaration_opinion"))
        elif state == P.TERMINATED:
            self.carry(P.RECTIFYING)
            self.act(self.supervisor, "terminate", reason=self.word("declaration_opinion"))
        else:
            for here in WAY[WAY.index(P(self.state)) : WAY.index(P(state))]:
                if here == P.COMMENTING and not self.dispute and state == P.DISPUTE_REPLY:
                    raise ValueError("without a dispute nothing is replied to")
                if here == P.DISPUTE_REPLY and not self.dispute:
                    continue
                self.prepare()
                self._on(here)
        return self

    def prepare(self) -> None:
        """Write what the next act forward needs."""
        if not self.prepared:
            self.prepared = True
            _PREPARE.get(self.state, lambda play: None)(self)

    def _on(self, here: str) -> None:
        who, action, opinion = _FORWARD[here]
        values: dict[str, Any] = {"reason": self.word(opinion)} if opinion else {}
        if action == "approve_declaration":
            values["verdict"] = "优"
        elif action == "include":
            values["evaluation_year"] = 2026
        elif action == "assign":
            values |= {"lead_id": self.people[self.lead].id, "due_on": TODAY + timedelta(days=14)}
        self.act(getattr(self, who, who), action, **values)

    def _begin(self) -> None:
        with context(self.app), unit_of_work():
            if self.registered:
                values = declaration.RegisterValues(
                    unit_id=self.people[self.unit].organisation_id, object_kind=ObjectKind.PROJECT, name="…",
                    budget_year=2025, evaluation_year=2026, budget_fen=100_000_000, table_only=self.table_only,
                    reason="…",
                )  # fmt: skip
                project = declaration.register(values, None, actor=self.people[self.supervisor])
                self.id = project.id
                project.name = self.word("name")
                reach = project_for(self.people[self.supervisor], self.id)
                paper = self.file("paper")
                files.attach(paper, files.AttachmentPurpose.PAPER, reach=reach, actor=self.people[self.supervisor])
            else:
                new = declaration.NewDeclaration("…", ObjectKind.PROJECT, 2026)
                project = declaration.create(new, actor=self.people[self.unit])
                self.id = project.id
                project.name = self.word("name")

    # ---- what is written in each state

    def declare(self) -> None:
        word = self.word
        values = declaration.DeclarationValues(
            name=self.said[0].text,
            project_type=PROJECT_TYPES[0],
            fund_use=FUND_USES[0],
            start_date=date(2026, 1, 1),
            end_date=date(2026, 12, 31),
            **{
                name: word("declaration")
                for name in ("overview", "basis", "necessity", "safeguards", "overall_goal", "annual_goal", "remarks")
            },
            total_budget_fen=212_400_000,
            year_budget_fen=212_400_000,
            prior_budget_fen=0,
            prior_paid_fen=0,
            sub_projects=[(word("declaration"), 212_400_000)],
            milestones=[(word("declaration"), "2026-3-1"), (word("declaration"), "验收后三个月内")],
            targets=[
                ("产出目标", "数量目标", word("declaration"), "=100.00%"),
                ("产出目标", "质量目标", word("declaration"), "≥90%"),
                ("产出目标", "时效目标", word("declaration"), "及时"),
                ("效果目标", "社会效益目标", word("declaration"), "≥1000"),
                ("影响力目标", "满意度目标", word("declaration"), "≥90.00%"),
            ],
        )
        self.save(declaration.save, values, version=None, who=self.unit)
        self.save(declaration.attach_files, [self.file("declaration")], who=self.unit)

    def evaluate(self) -> None:
        word = self.word
        self.save(evaluation.declare_independence, True, "", who=self.lead)
        if not self.table_only:
            rows = [Row("A", word("evaluation"), None, None)]
            for code, points in (("A1", 4000), ("A2", 1000), ("A3", 4200)):
                rows.append(Row(code, word("evaluation"), 2500 if code == "A2" else 3750, min(points, 3750)))
            self.save(evaluation.save_sheet, rows, version=None, who=self.lead)
        result = evaluation.ResultValues(
            paid_fen=99_000_000 + self.id,
            main_performance=word("evaluation"),
            total=8500 if self.table_only else None,
            total_filed="85分" if self.table_only else "",
            grade="良" if self.table_only else "",
        )
        self.save(evaluation.save_result, result, version=None, who=self.lead)
        self.save(evaluation.attach_files, [self.file("evaluation")], who=self.lead)

    def find(self) -> None:
        """The findings; those that are there get a new wording."""
        ids = self._ids(Finding) or [None] * len(self.items)
        codes = () if self.table_only else ("A2",)
        with context(self.app):
            numbers = {f.id: f.number for f in db.session.scalars(select(Finding).where(Finding.project_id == self.id))}
        rows = tuple(
            findings.FindingValues(
                id=id_,
                number=numbers.get(id_, at),
                title=self.word("findings"),
                text=self.word("findings"),
                category="other",
                severity="minor",
                codes=codes if at == 1 else (),
            )
            for at, id_ in enumerate(ids, 1)
        )
        explained = () if self.table_only else (("A1", self.word("findings")),)
        values = findings.FindingsValues(findings=rows, explanations=explained)
        self.save(findings.save_findings, values, who=self.lead)

    def comment(self) -> None:
        ids = self._ids(Finding)
        answers = tuple(
            findings.AnswerValues(finding_id=id_, stance="dispute", reason=self.word("comments"),
                                  files=(self.file("comments"),))
            if number == 1 and self.dispute
            else findings.AnswerValues(finding_id=id_, stance="agree", reason=self.word("comments"))
            for number, id_ in enumerate(ids, 1)
        )  # fmt: skip
        values = findings.CommentsValues(answers=answers, general_comment=self.word("comments"))
        self.save(findings.save_comments, values, who=self.unit)

    def reply(self) -> None:
        values = [
            findings.ReplyValues(
                finding_id=id_, reply="change", reason=self.word("replies"), title=self.word("replies"),
                text=self.word("replies"),
            )
            for id_ in self._disputed()
        ]  # fmt: skip
        self.save(findings.save_replies, values, who=self.lead)

    def rule(self) -> None:
        values = [
            findings.RulingValues(finding_id=id_, ruling="adopt", reason=self.word("rulings"))
            for id_ in self._disputed()
        ]
        if values:
            self.save(findings.save_rulings, values, who=self.supervisor)

    def suggest(self) -> None:
        rows = [
            suggestions.SuggestionValues(
                number=number, title=self.word("suggestions"), text=self.word("suggestions"), finding_ids=(id_,)
            )
            for number, id_ in enumerate(self._ids(Finding), 1)
        ]
        self.save(suggestions.save_suggestions, rows, who=self.lead)

    def classify(self) -> None:
        rows = [
            suggestions.NoticeValues(suggestion_id=id_, rect_class=kind, due_on=date(2026, 12, 31))
            for id_, kind in zip(self._ids(Suggestion), self.items, strict=True)
        ]
        self.save(suggestions.save_notice, rows, who=self.supervisor)

    def rectify(self) -> None:
        """The first item settled, the second continuing, the others cancelled; and the summary."""
        states = (I.SETTLED, I.CONTINUING)
        for number in range(1, len(self.items) + 1):
            self.carry_item(number, states[number - 1] if number <= len(states) else I.CANCELLED)
        self.save(rectification.save_summary, self.word("items"), False, who=self.unit)

    def carry_item(self, number: int, state: str) -> None:
        """An item that was just issued, to that state."""
        if state == I.ISSUED:
            return
        if state == I.CANCELLED:
            self.act_item(self.supervisor, number, "cancel_item", reason=self.word("items"))
            return
        plan = {"measure": self.word("items"), "responsible": self.word("items")}
        self.act_item(self.unit, number, "plan", first_day=TODAY, last_day=TODAY + timedelta(days=30), **plan)
        if state == I.PLAN_REVIEW:
            return
        self.act_item(self.supervisor, number, "accept_plan", reason=self.word("items"))
        self.save(rectification.add_note, number, self.word("items"), who=self.unit)
        if state == I.IN_PROGRESS:
            return
        self.act_item(self.unit, number, "report", text=self.word("items"), files=[self.file("items")])
        if state == I.VERIFYING:
            return
        if state == I.SETTLED:
            self.act_item(self.supervisor, number, "verify_done", reason=self.word("items"))
        else:
            later = {"due_on": date(2027, 6, 30), "reason": self.word("items")}
            self.act_item(self.supervisor, number, "verify_continuing", **later)

    def _ids(self, table: Any) -> list[int]:
        with context(self.app):
            mine = select(table.id).where(
                table.project_id == self.id, table.assignment_id == self.project().assignment_id
            )
            if table is Finding:
                mine = mine.where(Finding.withdrawn.is_(False))
            return list(db.session.scalars(mine.order_by(table.number)))

    def _disputed(self) -> list[int]:
        with context(self.app):
            newest = select(CommentRound.id).where(CommentRound.project_id == self.id)
            newest = newest.order_by(CommentRound.number.desc()).limit(1)
            disputes = select(Comment.finding_id).where(
                Comment.round_id == newest.scalar_subquery(), Comment.stance == "dispute"
            )
            return list(db.session.scalars(disputes))


_PREPARE: dict[str, Callable[[Play], None]] = {
    P.DECLARING: Play.declare,
    P.EVALUATING: Play.evaluate,
    P.FINDINGS_WRITING: Play.find,
    P.COMMENTING: Play.comment,
    P.DISPUTE_REPLY: Play.reply,
    P.FINDINGS_REVIEW: Play.rule,
    P.SUGGESTIONS_WRITING: Play.suggest,
    P.SUGGESTIONS_REVIEW: Play.classify,
    P.RECTIFYING: Play.rectify,
}

_FORWARD: dict[str, tuple[str, str, str]] = {
    # state: who, act, the datum its opinion belongs to
    P.DECLARING: ("unit", "submit_declaration", "declaration"),
    P.DECLARATION_REVIEW: ("supervisor", "approve_declaration", "declaration_opinion"),
    P.APPROVED: ("supervisor", "include", "project_opinion"),
    P.AWAITING_FIRM: ("supervisor", "assign", "assignment"),
    P.EVALUATING: ("lead", "submit_evaluation", "evaluation"),
    P.EVALUATION_REVIEW: ("supervisor", "approve_evaluation", "evaluation_opinion"),
    P.FINDINGS_WRITING: ("lead", "submit_findings", "findings"),
    P.AWAITING_COMMENTS: ("supervisor", "send_out", "findings_opinion"),
    P.COMMENTING: ("unit", "submit_comments", "comments"),
    P.DISPUTE_REPLY: ("lead", "submit_replies", "replies"),
    P.FINDINGS_REVIEW: ("supervisor", "approve_findings", "rulings_opinion"),
    P.SUGGESTIONS_WRITING: ("lead", "submit_suggestions", "suggestions"),
    P.SUGGESTIONS_REVIEW: ("supervisor", "issue_notice", "suggestions_opinion"),
    P.RECTIFYING: ("unit", "submit_rectification", "items"),
    P.CLOSING: ("supervisor", "close", "items_opinion"),
    P.CLOSED: ("supervisor", "publish", "items_opinion"),
}


def fresh_key() -> str:
    return form_keys.new()
