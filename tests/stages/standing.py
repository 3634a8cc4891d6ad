"""A project standing in any state, with its people, over a database of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask

import perfflow.models  # noqa: F401 — registers every table
from perfflow.core import clock, files, journal, people
from perfflow.core.access import Actor, Reach, project_for
from perfflow.core.advance import advance_item, advance_project
from perfflow.core.passwords import hash_password
from perfflow.db import db, engine_options, prepare_engine, unit_of_work
from perfflow.models.evaluation import Assignment, Independence, ScoreItem
from perfflow.models.item import RectItem
from perfflow.models.journal import ChainHead
from perfflow.models.people import Organisation, User
from perfflow.models.project import Project
from perfflow.process import PROJECT_STATES, OrganisationKind, P, Role
from perfflow.stages.evaluation import commands as _evaluation  # noqa: F401 — registers its effects
from perfflow.stages.findings import commands as findings
from perfflow.stages.rectification import commands as _rectification  # noqa: F401
from perfflow.stages.suggestions import commands as suggestions
from tests.people import PASSWORD, Browser, open_app

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass
class Standing:
    """The people of one project, and what they do to it."""

    app: Flask
    project_id: int
    unit: Actor
    head: Actor
    lead: Actor
    supervisor: Actor
    second: Actor
    auditor: Actor

    def reach(self, actor: Actor) -> Reach:
        return project_for(actor, self.project_id)

    def act(self, actor: Actor, action: str, **values: Any) -> None:
        with unit_of_work():
            advance_project(self.project_id, action, actor=actor, values=values)

    def act_item(self, actor: Actor, number: int, action: str, **values: Any) -> None:
        with unit_of_work():
            advance_item(self.item(number).id, action, actor=actor, values=values)

    def item(self, number: int) -> RectItem:
        mine = db.select(RectItem).where(RectItem.project_id == self.project_id)
        query = mine.where(RectItem.number == number).execution_options(populate_existing=True)
        return db.session.scalars(query).one()

    def project(self) -> Project:
        return db.session.get_one(Project, self.project_id, populate_existing=True)

    def received(self, name: str = "佐证.pdf", extra: bytes = b"") -> files.Received:
        return files.receive(name, BytesIO(PDF + extra))

    # the usual way from one state to the next

    def write_findings(self, *texts: str, **values: Any) -> None:
        rows = tuple(
            findings.FindingValues(
                number=number,
                text=text,
                category="other",
                severity="minor",
                codes=("B1",) if number == 1 else (),
            )
            for number, text in enumerate(texts, 1)
        )
        with unit_of_work():
            given = findings.FindingsValues(findings=rows, **values)
            findings.save_findings(self.project_id, given, actor=self.lead)

    def send_out(self, *texts: str) -> None:
        self.write_findings(*texts)
        self.act(self.lead, "submit_findings")
        self.act(self.supervisor, "send_out")

    def answer(self, **stances: str) -> None:
        """`f1="agree"`, `f2="为什么不对"`: a stance, or the reason of a dispute."""
        ids = {f.number: f.id for f in self.findings(self.unit)}
        answers = tuple(
            findings.AnswerValues(
                finding_id=ids[int(key[1:])],
                stance="agree" if said == "agree" else "dispute",
                reason="" if said == "agree" else said,
            )
            for key, said in stances.items()
        )
        with unit_of_work():
            values = findings.CommentsValues(answers=answers)
            findings.save_comments(self.project_id, values, actor=self.unit)

    def findings(self, actor: Actor) -> list[Any]:
        from perfflow.stages.findings import queries

        return list(queries.findings(self.reach(actor)))

    def approve_findings(self, *texts: str) -> None:
        self.send_out(*texts)
        self.answer(**{f"f{number}": "agree" for number in range(1, len(texts) + 1)})
        self.act(self.unit, "submit_comments")
        self.act(self.supervisor, "approve_findings")

    def write_suggestions(self, *texts: str) -> None:
        """One suggestion for each finding, in order."""
        ids = [f.id for f in self.findings(self.lead) if not f.withdrawn]
        written = enumerate(zip(texts, ids, strict=True), 1)
        rows = [
            suggestions.SuggestionValues(number=n, title=f"建议{n}", text=text, finding_ids=(id_,))
            for n, (text, id_) in written
        ]
        with unit_of_work():
            suggestions.save_suggestions(self.project_id, rows, actor=self.lead)

    def issue(self, *classes: str, due_on: date = date(2026, 12, 31)) -> None:
        """From 问题编写中 to 整改中, with one item for each class."""
        self.approve_findings(*(f"问题之{n}" for n in range(len(classes))))
        self.write_suggestions(*(f"建议之{n}" for n in range(len(classes))))
        self.act(self.lead, "submit_suggestions")
        from perfflow.stages.suggestions import queries

        written = queries.suggestions(self.reach(self.supervisor))
        rows = [
            suggestions.NoticeValues(suggestion_id=row.id, rect_class=rect_class, due_on=due_on)
            for row, rect_class in zip(written, classes, strict=True)
        ]
        with unit_of_work():
            suggestions.save_notice(self.project_id, rows, actor=self.supervisor)
        self.act(self.supervisor, "issue_notice")

    def report(self, number: int, text: str = "已经改好") -> None:
        self.act_item(self.unit, number, "report", text=text, files=[self.received()])


@contextmanager
def standing(
    folder: Path, state: str = P.FINDINGS_WRITING, *, table_only: bool = False
) -> Iterator[Standing]:
    """A project in that state, its evaluation filed; two leaves, the second weak."""
    app = Flask("standing", root_path=str(folder))
    url = f"sqlite:///{folder / 'test.db'}"
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(url))
    db.init_app(app)
    files.configure(folder / "files")
    with app.app_context(), clock.at(NOW):
        prepare_engine(db.engine)
        with db.engine.begin() as connection:
            db.metadata.create_all(connection)
            # the one table no model has
            connection.exec_driver_sql(
                "CREATE VIRTUAL TABLE search_pair USING fts5(pairs, content='', detail='none', columnsize=0)"
            )
            journal.install_triggers(connection)
        yield settle(app, state, table_only)
        db.session.remove()
        db.engine.dispose()


@contextmanager
def served(folder: Path) -> Iterator[tuple[Standing, Callable[[Actor], Browser]]]:
    """The same project in the whole application, and a logged-in browser for each of its people."""
    app = open_app(folder)
    with clock.at(NOW):
        with app.app_context():
            one = settle(app)
            with unit_of_work():
                for person in (one.unit, one.head, one.lead, one.supervisor, one.second, one.auditor):
                    people.set_password(person.id, hash_password(PASSWORD), must_change=False)
        browsers: dict[int, Browser] = {}

        def browser(person: Actor) -> Browser:
            if person.id not in browsers:
                browsers[person.id] = Browser(app).log_in(person.username)
            return browsers[person.id]

        yield one, browser


def settle(app: Flask, state: str = P.FINDINGS_WRITING, table_only: bool = False) -> Standing:
    """The people and the project, in the database of an application that is there."""
    with unit_of_work():
        for chain in ("journal", "event"):
            if db.session.get(ChainHead, chain) is None:
                db.session.add(ChainHead(chain=chain, length=0, hash=journal.GENESIS))
        office = _organisation("预算处", OrganisationKind.OFFICE)
        unit = _organisation("办公厅", OrganisationKind.UNIT, supervised_by=office.id)
        firm = _organisation("评价公司", OrganisationKind.FIRM)
        house = _organisation("信息中心", OrganisationKind.HOUSE)
        members = {
            "unit": _user("unit", unit, Role.UNIT_CLERK),
            "head": _user("unit.head", unit, Role.UNIT_HEAD),
            "lead": _user("firm", firm, Role.FIRM_USER),
            "supervisor": _user("supervisor", office, Role.SUPERVISOR),
            "second": _user("supervisor2", office, Role.SUPERVISOR),
            "auditor": _user("auditor", house, Role.AUDITOR),
        }
        project = Project(
            code="XM-2026-0001", unit_id=unit.id, office_id=office.id, object_kind="project",
            name="会务", budget_year=2025, evaluation_year=2025, budget_fen=100_000_000,
            table_only=table_only, state=state,
            seen_as=state, waiting_for=PROJECT_STATES[state].actors[0], entered_at=NOW, submitted_at=NOW,
            firm_id=firm.id, created_by=members["unit"].id, created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        db.session.add(project)
        db.session.flush()
        assignment = Assignment(
            project_id=project.id, number=1, firm_id=firm.id, lead_id=members["lead"].id, due_on=TODAY,
            assigned_by=members["supervisor"].id, created_at=NOW, reached=1, paid_fen=99_000_000,
            paid_filed="99万元", main_performance="完成", total=9000, total_filed="90", grade="优",
        )  # fmt: skip
        db.session.add(assignment)
        db.session.flush()
        project.assignment_id = assignment.id
        db.session.add(
            Independence(
                assignment_id=assignment.id,
                user_id=members["lead"].id,
                independent=True,
                explanation="",
                at=NOW,
            )
        )
        if not table_only:
            for position, (code, score) in enumerate((("A1", 5000), ("B1", 2000)), 1):
                db.session.add(
                    ScoreItem(
                        assignment_id=assignment.id, position=position, code=code, name=f"指标{code}",
                        weight=5000, score=score,
                    )
                )  # fmt: skip
        project_id = project.id
    return Standing(app, project_id, **members)


def _organisation(name: str, kind: OrganisationKind, **more: Any) -> Organisation:
    one = Organisation(name=name, kind=kind, **more)
    db.session.add(one)
    db.session.flush()
    return one


def _user(username: str, organisation: Organisation, role: Role) -> Actor:
    one = User(
        username=username, display_name=f"{username} 甲", organisation_id=organisation.id, role=role,
        password_hash="x", created_at=NOW,
    )  # fmt: skip
    db.session.add(one)
    db.session.flush()
    return Actor(one.id, username, one.display_name, role, organisation.id, organisation.name)
