"""A random population of projects, with all that can be counted of them: rows go in directly, as chance has it."""

import random
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert

from perfflow.core.advance import waiting_item, waiting_project
from perfflow.db import db, unit_of_work
from perfflow.models.evaluation import Assignment, Independence
from perfflow.models.finding import Comment, CommentRound, Finding, Suggestion, SuggestionFinding
from perfflow.models.item import ItemReport, Notice, RectItem
from perfflow.models.journal import JournalEntry
from perfflow.models.project import FAR_DAY, Project
from perfflow.process import CATEGORIES, ITEM_STATES, PROJECT_STATES, Datum, I, P, RectClass, Severity
from tests.make import NOW, TODAY, Make, context

YEARS = (2024, 2025, 2026)
FIRMS = {"firm": "lead", "firm2": "lead2"}
WITHOUT_FIRM = {P.DECLARING, P.DECLARATION_REVIEW, P.APPROVED, P.REJECTED, P.VOIDED, P.AWAITING_FIRM}
ACTS = (
    ("approve_evaluation", Datum.EVALUATION), ("return_evaluation", Datum.EVALUATION),
    ("return_findings", Datum.FINDINGS), ("return_replies", Datum.FINDINGS), ("return_suggestions", Datum.SUGGESTIONS),
)  # fmt: skip


class Population:
    """So many projects; what stands in them is drawn."""

    def __init__(self, make: Make, seed: int, projects: int) -> None:
        self.make = make
        self.rng = random.Random(seed)
        self.ids = count(1)
        self.journal: list[dict[str, Any]] = []
        with context(make.app), unit_of_work():
            for number in range(1, projects + 1):
                self._project(number)
            if self.journal:
                db.session.execute(insert(JournalEntry), self.journal)

    def _add(self, table: Any, **values: Any) -> int:
        number = next(self.ids)
        db.session.execute(insert(table).values(id=number, **values))
        return number

    def _chance(self, of_ten: int) -> bool:
        return self.rng.randrange(10) < of_ten

    def _project(self, number: int) -> None:
        rng, people = self.rng, self.make.people
        unit = rng.choice(("unit", "unit", "unit2", "far"))
        office = people["stranger" if unit == "far" else "supervisor"].organisation_id
        state = rng.choice(list(PROJECT_STATES))
        firm = None if state in WITHOUT_FIRM else rng.choice(list(FIRMS))
        due = TODAY + timedelta(days=rng.randint(-20, 20)) if PROJECT_STATES[state].actors else None
        submitted = state not in (P.DECLARING, P.VOIDED) or self._chance(5)
        self._add_project(number, unit, office, firm, state, due, submitted)
        if self._chance(3):
            self._given(number, rng.choice(list(FIRMS)), 1, end=rng.choice(("declined", "replaced")))
        if firm is None:
            return
        given = self._given(number, firm, 2)
        db.session.execute(db.update(Project).where(Project.id == number).values(assignment_id=given))
        findings = [self._finding(number, given, at) for at in range(1, rng.randint(0, 4) + 1)]
        for at in range(1, rng.randint(0, 2) + 1 if findings else 1):
            self._round(number, given, at, findings)
        if state in (P.RECTIFYING, P.CLOSING, P.CLOSED, P.PUBLISHED, P.TERMINATED) and findings:
            self._items(number, unit, office, state, given, findings)

    def _add_project(
        self, number: int, unit: str, office: int, firm: str | None, state: str, due: date | None, submitted: bool
    ) -> None:
        people, rng = self.make.people, self.rng
        settled = self._chance(3)
        db.session.execute(
            insert(Project).values(
                id=number, code=f"XM-{rng.randrange(10**6):06d}-{number}", unit_id=people[unit].organisation_id,
                office_id=office, firm_id=people[FIRMS[firm]].organisation_id if firm else None,
                object_kind="project", name=f"项目{number}", budget_year=rng.choice(YEARS),
                budget_fen=rng.choice((None, 0, rng.randrange(1, 10**9))), state=state,
                seen_as=rng.choice((P.COMMENTING, P.RECTIFYING)) if state == P.TERMINATED else state,
                entered_at=NOW, due_on=due, due_sort=due or FAR_DAY, waiting_for=waiting_project(state, settled),
                submitted_at=NOW if submitted else None, created_by=people[unit].id, created_at=NOW,
                updated_at=NOW - timedelta(minutes=number),
            )
        )  # fmt: skip

    def _given(self, project: int, firm: str, number: int, end: str | None = None) -> int:
        rng, people = self.rng, self.make.people
        lead = people[FIRMS[firm]]
        given = self._add(
            Assignment, project_id=project, number=number, firm_id=lead.organisation_id, lead_id=lead.id,
            due_on=TODAY, assigned_by=people["supervisor"].id, created_at=NOW, ended_at=NOW if end else None, end=end,
            reached=rng.randrange(4), paid_fen=rng.choice((None, rng.randrange(10**9))),
            total=rng.choice((None, 9000)), grade=rng.choice(("", "优", "良", "中", "差")),
        )  # fmt: skip
        for who in {"firm": ("lead", "evaluator"), "firm2": ("lead2",)}[firm]:
            if self._chance(7):
                self._add(
                    Independence, assignment_id=given, user_id=people[who].id, independent=self._chance(9),
                    explanation="", at=NOW,
                )  # fmt: skip
        for action, datum in ACTS:
            for _ in range(rng.choice((0, 0, 1, 2))):
                self.journal.append(self._entry(project, given, action, datum))
        return given

    def _entry(self, project: int, given: int, action: str, datum: Datum) -> dict[str, Any]:
        number = len(self.journal) + 1
        return {
            "id": number, "hash": f"{number:064d}", "body": "{}", "project_id": project, "item_id": None,
            "assignment_id": given, "user_id": self.make["supervisor"].id, "role": "dept_supervisor", "at": NOW,
            "action": action, "from_state": P.EVALUATION_REVIEW, "to_state": P.EVALUATING, "round": 1,
            "datum": datum.value, "reason": f"原因{number}",
        }  # fmt: skip

    def _finding(self, project: int, given: int, number: int) -> int:
        return self._add(
            Finding, project_id=project, assignment_id=given, number=number, title=f"问题{number}", text="正文",
            category=self.rng.choice(list(CATEGORIES)), severity=self.rng.choice(list(Severity)),
            withdrawn=self._chance(2),
        )  # fmt: skip

    def _round(self, project: int, given: int, number: int, findings: list[int]) -> None:
        rng = self.rng
        submitted, ruled = self._chance(7), self._chance(5)
        one = self._add(
            CommentRound, project_id=project, assignment_id=given, number=number, sent_at=NOW,
            submitted_at=NOW if submitted else None, replied_at=NOW if submitted and ruled else None,
            recalled_at=NOW if not submitted and self._chance(5) else None,
            ruled_at=NOW if submitted and ruled else None,
        )  # fmt: skip
        for finding in findings:
            disputed = self._chance(5)
            if self._chance(8):
                self._add(
                    Comment, round_id=one, finding_id=finding, digest="0" * 64,
                    stance="dispute" if disputed else "agree",
                    reply=rng.choice(("keep", "change", "withdraw")) if disputed else None,
                    ruling=rng.choice((None, "uphold", "adopt", "cancel")) if disputed else None,
                )  # fmt: skip

    def _items(self, project: int, unit: str, office: int, state: str, given: int, findings: list[int]) -> None:
        rng, people = self.rng, self.make.people
        notice = self._add(
            Notice, project_id=project, number=1, issued_at=NOW, issued_by=people["supervisor"].id
        )
        for number in range(1, rng.randint(0, 3) + 1):
            suggestion = self._add(
                Suggestion, project_id=project, assignment_id=given, number=number, title=f"建议{number}", text="正文"
            )
            for finding in rng.sample(findings, rng.randint(1, len(findings))):
                db.session.execute(insert(SuggestionFinding).values(suggestion_id=suggestion, finding_id=finding))
            item_state, continuing = rng.choice(list(ITEM_STATES)), self._chance(3)
            due = TODAY + timedelta(days=rng.randint(-20, 20))
            item = self._add(
                RectItem, project_id=project, unit_id=people[unit].organisation_id, office_id=office, notice_id=notice,
                suggestion_id=suggestion, number=number, rect_class=rng.choice(list(RectClass)), deadline=due,
                state=item_state, entered_at=NOW, due_on=due, due_sort=due, continuing=continuing,
                waiting_for=waiting_item(item_state, state, continuing),
            )  # fmt: skip
            for at in range(rng.randint(0, 2) if item_state != I.ISSUED else 0):
                self._add(
                    ItemReport, item_id=item, round=at + 1, text="结果", by=people[unit].id, at=NOW,
                    withdrawn=self._chance(2), verdict=rng.choice((None, "done", "continuing", "not_done")),
                )  # fmt: skip
