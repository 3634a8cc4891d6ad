"""What the demo's people do to one project, each act through the product's own commands and engine.

Nothing here knows the day: an act happens when the clock says. Whatever is invented begins with 【演示】.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from demo.cast import Cast
from demo.evidence import MARK, made_up
from perfflow.core import clock
from perfflow.core.access import project_for
from perfflow.core.advance import advance_item, advance_project
from perfflow.core.files import Received
from perfflow.db import db, unit_of_work
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import RectItem
from perfflow.pages.imports import queries as importing
from perfflow.pages.imports.commands import take_in
from perfflow.papers.declaration import Declaration
from perfflow.papers.numbering import Numbered
from perfflow.papers.paper import Paper
from perfflow.papers.report import Report
from perfflow.papers.result_paper import ReadResult
from perfflow.papers.score_sheet import ScoreSheet
from perfflow.process import FindingCategory, ObjectKind, RectClass, Reply, Ruling, Severity, Stance
from perfflow.rules.money import SLIP
from perfflow.rules.score import Row, weak_codes
from perfflow.stages.declaration import commands as declaring
from perfflow.stages.declaration.commands import DeclarationValues
from perfflow.stages.evaluation import commands as evaluating
from perfflow.stages.findings import commands as finding
from perfflow.stages.rectification import commands as rectifying
from perfflow.stages.suggestions import commands as suggesting

SUPERVISOR, SECOND = "supervisor", "supervisor2"


@dataclass(frozen=True, slots=True)
class Sort:
    """What kind of problem a finding is, and the indicators it explains."""

    category: FindingCategory
    severity: Severity
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One result table as read from its Word file, with all that came along."""

    read: ReadResult
    sorts: tuple[Sort, ...]
    budget_year: int
    object_kind: ObjectKind = ObjectKind.PROJECT
    paper: Received | None = None
    report: "Brought | None" = None

    @property
    def report_values(self) -> Report | None:
        if self.report is None:
            return None
        assert isinstance(self.report.paper.values, Report)
        return self.report.paper.values


@dataclass(frozen=True, slots=True)
class Brought:
    """A paper somebody brings: the file, and what the product's own reader read from it."""

    file: Received
    paper: Paper


class Play:
    """One project and whoever works on it."""

    def __init__(self, cast: Cast, unit: str) -> None:
        self.cast = cast
        self.unit = unit
        self.project_id = 0

    def take_in(self, brought: Brought, who: str) -> None:
        """Upload a paper, look at it, and take in all that nobody doubts."""
        actor = self.cast[who]
        (one,) = importing.proposals([brought.paper], brought.file.sha256, self.project_id, actor)
        with unit_of_work():
            take_in(one, one.as_read, brought.file, version=one.version, actor=actor)

    def act(self, who: str, action: str, reason: str = "", **values: Any) -> None:
        with unit_of_work():
            advance_project(self.project_id, action, actor=self.cast[who], values=_said(reason, values))


def _told(text: str) -> str:
    return MARK + text


def _said(reason: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"reason": _told(reason), **values} if reason else values


@dataclass(frozen=True, slots=True)
class Terms:
    """What the notice says of one suggestion; the date in calendar days from its own."""

    rect_class: RectClass = RectClass.IMMEDIATE
    days: int = 60


class Case(Play):
    """A registered project: its result table, perhaps its score sheet, and the firm that evaluates it."""

    def __init__(self, cast: Cast, source: Source, *, unit: str, lead: str) -> None:
        super().__init__(cast, unit)
        self.source = source
        self.lead = lead

    # ------------------------------------------------------------ evaluation

    def register(self) -> None:
        """登记. With a report to come there is no paper yet, and a reason instead."""
        source, table = self.source, self.source.read.table
        values = declaring.RegisterValues(
            unit_id=self.cast[self.unit].organisation_id,
            object_kind=source.object_kind,
            name=source.read.values.project_name,
            name_filed=table.project_name,
            budget_year=source.budget_year,
            evaluation_year=2018,
            budget_fen=_budget(source.report.paper) if source.report else None,
            table_only=source.report is None,
            reason=_told("申报在本系统启用之前，按年度评价计划登记。"),
        )
        with unit_of_work():
            project = declaring.register(values, source.paper, actor=self.cast[SUPERVISOR])
            self.project_id = project.id

    def assign(self, lead: str = "", *, days: int = 30) -> None:
        self.lead = lead or self.lead
        due_on = clock.today() + timedelta(days=days)
        self.act(SUPERVISOR, "assign", lead_id=self.cast[self.lead].id, due_on=due_on)

    def declare_independence(self, against: str = "") -> None:
        explanation = _told(against) if against else ""
        with unit_of_work():
            evaluating.declare_independence(
                self.project_id, not against, explanation, actor=self.cast[self.lead]
            )

    def fill_in(self, *, paid_slip: tuple[str, int] | None = None) -> None:
        """The report with its score sheet, or the total; paid amount and 主要绩效 as the result table has them.

        `paid_slip`: typed wrong at first, fen beside it.
        """
        source, read, actor = self.source, self.source.read, self.cast[self.lead]
        filed, fen = paid_slip or (read.table.final_amount, read.values.final_amount_fen)
        values = evaluating.ResultValues(
            paid_fen=fen,
            paid_filed=filed,
            main_performance=read.table.main_performance,
            total=hundredths(read.values.score),
            total_filed=read.table.score,
            grade=read.table.grade,
        )
        if source.report:
            self.take_in(source.report, self.lead)
        with unit_of_work():
            evaluating.save_result(self.project_id, values, version=None, actor=actor)

    # ------------------------------------------------------------ findings

    def write_findings(self, first: Numbered | None = None) -> None:
        """The findings of the table; `first` in the place of its first one."""
        wanted = list(self.source.read.values.findings)
        if first:
            wanted[0] = first
        present = [row.id for row in self._findings()]
        rows = tuple(
            finding.FindingValues(
                id=present[place] if place < len(present) else None,
                number=one.number,
                title=one.title or "",
                text=one.text,
                glued=one.glued,
                category=sort.category,
                severity=sort.severity,
                codes=sort.codes,
            )
            for place, (one, sort) in enumerate(zip(wanted, self.source.sorts, strict=True))
        )
        values = finding.FindingsValues(findings=rows, explanations=self._explanations())
        with unit_of_work():
            finding.save_findings(self.project_id, values, actor=self.cast[self.lead])

    def _explanations(self) -> tuple[tuple[str, str], ...]:
        report = self.source.report_values
        if report is None or report.score_sheet is None:
            return ()
        named = {code for sort in self.source.sorts for code in sort.codes}
        text = _told("报告正文没有就此指标单列问题，扣分理由见评分表。")
        return tuple((code, text) for code in weak_codes(sheet_rows(report.score_sheet)) if code not in named)

    def answer(self, dispute: str = "", general: str = "") -> None:
        """The unit's answers: no objection, or a dispute of the first finding with a file to prove it."""
        proof = (made_up("验收资料目录.pdf"),) if dispute else ()
        rows = [
            finding.AnswerValues(finding_id=one.id, stance=Stance.AGREE)
            for one in self._findings(to_answer=True)
        ]
        if dispute:
            rows[0] = finding.AnswerValues(
                finding_id=rows[0].finding_id, stance=Stance.DISPUTE, reason=_told(dispute), files=proof
            )
        values = finding.CommentsValues(
            answers=tuple(rows), general_comment=_told(general) if general else ""
        )
        with unit_of_work():
            finding.save_comments(self.project_id, values, actor=self.cast[self.unit])

    def reply_with_table(self, reason: str) -> None:
        """The firm changes its first finding to the wording of the result table."""
        told = self.source.read.values.findings[0]
        row = finding.ReplyValues(
            finding_id=self._findings()[0].id,
            reply=Reply.CHANGE,
            reason=_told(reason),
            title=told.title or "",
            text=told.text,
        )
        with unit_of_work():
            finding.save_replies(self.project_id, [row], actor=self.cast[self.lead])

    def rule(self, ruling: Ruling, reason: str) -> None:
        row = finding.RulingValues(finding_id=self._findings()[0].id, ruling=ruling, reason=_told(reason))
        with unit_of_work():
            finding.save_rulings(self.project_id, [row], actor=self.cast[SUPERVISOR])

    def _findings(self, *, to_answer: bool = False) -> list[Finding]:
        reach = project_for(self.cast[self.unit if to_answer else self.lead], self.project_id)
        return list(
            db.session.scalars(
                select(Finding)
                .where(Finding.assignment_id == reach.assignment_id, Finding.withdrawn.is_(False))
                .order_by(Finding.number)
            )
        )

    # ------------------------------------------------------------ suggestions and the notice

    def write_suggestions(self) -> None:
        """The suggestions of the table; each answers the finding of its number, as in all the papers."""
        ids = {row.number: row.id for row in self._findings()}
        present = [row.id for row in self._suggestions()]
        rows = [
            suggesting.SuggestionValues(
                id=present[place] if place < len(present) else None,
                number=one.number,
                title=one.title or "",
                text=one.text,
                glued=one.glued,
                finding_ids=(ids[one.number],),
            )
            for place, one in enumerate(self.source.read.values.suggestions)
        ]
        with unit_of_work():
            suggesting.save_suggestions(self.project_id, rows, actor=self.cast[self.lead])

    def prepare_notice(self, *terms: Terms) -> None:
        """Class and due date of each suggestion; those not named are 立行立改."""
        rows = []
        for place, one in enumerate(self._suggestions()):
            said = terms[place] if place < len(terms) else Terms()
            due_on = clock.today() + timedelta(days=said.days)
            rows.append(
                suggesting.NoticeValues(suggestion_id=one.id, rect_class=said.rect_class, due_on=due_on)
            )
        with unit_of_work():
            suggesting.save_notice(self.project_id, rows, actor=self.cast[SUPERVISOR])

    def _suggestions(self) -> list[Suggestion]:
        reach = project_for(self.cast[self.lead], self.project_id)
        return list(
            db.session.scalars(
                select(Suggestion)
                .where(Suggestion.assignment_id == reach.assignment_id)
                .order_by(Suggestion.number)
            )
        )

    # ------------------------------------------------------------ rectification

    def item(self, who: str, number: int, action: str, reason: str = "", **values: Any) -> None:
        with unit_of_work():
            found = self._item(number)
            advance_item(found.id, action, actor=self.cast[who], values=_said(reason, values))

    def plan(self, number: int, measure: str, *, days: int = 20) -> None:
        """A plan from today on, at most up to the item's deadline."""
        first = clock.today()
        last = min(first + timedelta(days=days), self._item(number).deadline)
        self.item(
            self.unit, number, "plan",
            measure=_told(measure), responsible="项目负责人", first_day=first, last_day=last,
        )  # fmt: skip

    def report(self, number: int, text: str, *names: str) -> None:
        proof = [made_up(name) for name in names]
        self.item(self.unit, number, "report", text=_told(text), files=proof)

    def note(self, number: int, text: str) -> None:
        with unit_of_work():
            rectifying.add_note(self.project_id, number, _told(text), actor=self.cast[self.unit])

    def put_off(self, number: int, action: str, reason: str = "", *, days: int) -> None:
        """持续整改 or 延期, with a date so many calendar days from now."""
        self.item(SUPERVISOR, number, action, reason, due_on=clock.today() + timedelta(days=days))

    def summarise(self) -> None:
        """整改情况, word for word as published."""
        text = self.source.read.table.rectification
        with unit_of_work():
            rectifying.save_summary(self.project_id, text, False, actor=self.cast[self.unit])

    def _item(self, number: int) -> RectItem:
        return db.session.scalars(
            select(RectItem).where(RectItem.project_id == self.project_id, RectItem.number == number)
        ).one()


class Draft(Play):
    """A declaration of targets: brought as a paper, or typed."""

    def __init__(
        self, cast: Cast, year: int, *, unit: str, form: Brought | None = None, typed: DeclarationValues | None = None
    ) -> None:
        super().__init__(cast, unit)
        self.year = year
        self.form = form
        self.typed = typed

    def create(self) -> None:
        start = declaring.NewDeclaration(self._name, ObjectKind.PROJECT, self.year)
        with unit_of_work():
            self.project_id = declaring.create(start, actor=self.cast[self.unit]).id

    @property
    def _name(self) -> str:
        if self.typed is not None:
            return self.typed.name
        assert self.form is not None and isinstance(self.form.paper.values, Declaration)
        return self.form.paper.values.project_name

    def fill_in(self) -> None:
        if self.form is not None:
            self.take_in(self.form, self.unit)
        if self.typed is not None:
            with unit_of_work():
                declaring.save(self.project_id, self.typed, version=None, actor=self.cast[self.unit])


def _budget(report: Paper) -> int | None:
    """The budget as the supervisor registers it: where the report writes 万元 for 元, he does not."""
    assert isinstance(report.values, Report)
    doubted = any(problem.key == "budget_fen" for problem in report.problems)
    fen = report.values.budget_fen
    return fen // SLIP if fen is not None and doubted else fen


def sheet_rows(sheet: ScoreSheet) -> Sequence[Row]:
    return [
        Row(one.code, one.name, hundredths(one.weight), hundredths(one.score), one.rate_filed)
        for one in sheet.items
    ]


def hundredths(points: Decimal | None) -> int | None:
    return None if points is None else int(points * 100)
