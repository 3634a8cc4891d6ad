"""Suggestions, the notice, and the items it makes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from perfflow.core.errors import Forbidden, Invalid, NotFound, Refused
from perfflow.db import db, unit_of_work
from perfflow.models.item import Notice, RectItem
from perfflow.models.journal import JournalEntry
from perfflow.process import I, P
from perfflow.stages.suggestions import commands, queries
from tests.stages.standing import Standing, standing


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path) as project:
        project.approve_findings("甲", "乙")
        yield project


def finding_ids(one: Standing) -> list[int]:
    return [finding.id for finding in queries.standing_findings(one.reach(one.lead))]


def save(one: Standing, *rows: commands.SuggestionValues) -> None:
    with unit_of_work():
        commands.save_suggestions(one.project_id, rows, actor=one.lead)


def prepare(one: Standing, *rows: commands.NoticeValues) -> None:
    with unit_of_work():
        commands.save_notice(one.project_id, rows, actor=one.supervisor)


def terms(row: queries.SuggestionRow, rect_class: str, *day: int) -> commands.NoticeValues:
    return commands.NoticeValues(suggestion_id=row.id, rect_class=rect_class, due_on=date(*day))


def row(number: int, *ids: int, **values: object) -> commands.SuggestionValues:
    given = {"text": "怎么改", **values}
    return commands.SuggestionValues(number=number, finding_ids=ids, **given)  # type: ignore[arg-type]


def test_each_finding_needs_a_suggestion_before_they_can_be_submitted(one: Standing) -> None:
    first, second = finding_ids(one)
    save(one, row(1, first))
    with pytest.raises(Refused) as refused:
        one.act(one.lead, "submit_suggestions")
    assert refused.value.reasons[0].params == {"numbers": ("2",)}

    save(one, row(1, first, second, id=queries.suggestions(one.reach(one.lead))[0].id))
    one.act(one.lead, "submit_suggestions")

    assert one.project().state == P.SUGGESTIONS_REVIEW


def test_suggestions_are_changed_in_place_and_removed(one: Standing) -> None:
    first, second = finding_ids(one)
    save(one, row(1, first, title="一"), row(2, second, title="二"))
    kept = queries.suggestions(one.reach(one.lead))[1]

    save(one, row(1, first, second, title="二", id=kept.id))

    found = queries.suggestions(one.reach(one.lead))
    assert [(s.id, s.number, [f.number for f in s.findings]) for s in found] == [(kept.id, 1, [1, 2])]


def test_what_is_not_well_formed_is_refused(one: Standing) -> None:
    first, _second = finding_ids(one)
    for rows in ((row(1, first), row(1, first)), (row(1),), (row(1, first, text=" "),), (row(0, first),)):
        with pytest.raises(Invalid):
            save(one, *rows)
    with pytest.raises(NotFound):
        save(one, row(1, 999))
    with pytest.raises(Forbidden), unit_of_work():
        commands.save_suggestions(one.project_id, (), actor=one.unit)


def test_only_those_who_may_see_suggestions_and_terms(one: Standing) -> None:
    one.write_suggestions("改甲", "改乙")
    assert queries.suggestions(one.reach(one.supervisor)) == queries.suggestions(one.reach(one.unit)) == []

    one.act(one.lead, "submit_suggestions")
    shown = queries.suggestions(one.reach(one.supervisor))
    prepare(one, terms(shown[0], "phased", 2026, 9, 1))

    assert queries.suggestions(one.reach(one.supervisor))[0].rect_class_label == "分阶段整改"
    assert queries.suggestions(one.reach(one.lead))[0].rect_class is None
    assert queries.suggestions(one.reach(one.unit)) == []


def test_the_notice_needs_class_and_date_of_each_and_makes_an_item_of_each(one: Standing) -> None:
    one.write_suggestions("改甲", "改乙")
    one.act(one.lead, "submit_suggestions")
    first, second = queries.suggestions(one.reach(one.supervisor))
    prepare(one, terms(first, "immediate", 2026, 6, 20))
    with pytest.raises(Refused) as refused:
        one.act(one.supervisor, "issue_notice")
    assert refused.value.reasons[0].params == {"numbers": ("2",)}

    prepare(one, terms(second, "phased", 2026, 12, 31))
    one.act(one.supervisor, "issue_notice")

    items = db.session.scalars(db.select(RectItem).order_by(RectItem.number)).all()
    # the plan is due in 30 days, but never behind the deadline
    assert [(i.number, i.state, i.due_on, i.waiting_for) for i in items] == [
        (1, I.ISSUED, date(2026, 6, 20), "unit"),
        (2, I.ISSUED, date(2026, 7, 1), "unit"),
    ]
    assert db.session.scalars(db.select(Notice)).one().number == 1
    entries = db.session.execute(
        db.select(JournalEntry.item_id, JournalEntry.to_state).where(JournalEntry.action == "issue_item")
    ).all()
    assert [tuple(entry) for entry in entries] == [(i.id, I.ISSUED) for i in items]
    assert one.project().due_on == date(2026, 12, 31)
    assert [s.text for s in queries.suggestions(one.reach(one.unit))] == ["改甲", "改乙"]


def test_a_date_gone_by_is_refused(one: Standing) -> None:
    one.write_suggestions("改甲", "改乙")
    one.act(one.lead, "submit_suggestions")
    first = queries.suggestions(one.reach(one.supervisor))[0]

    for values in ({"due_on": date(2026, 5, 31)}, {"rect_class": "sometime"}):
        with pytest.raises(Invalid):
            prepare(one, commands.NoticeValues(suggestion_id=first.id, **values))  # type: ignore[arg-type]


def test_a_finding_removed_behind_its_suggestion_leaves_it_unlinked(one: Standing) -> None:
    from perfflow.stages.findings import commands as findings

    one.write_suggestions("改甲", "改乙")
    one.act(one.lead, "submit_suggestions")
    one.act(one.supervisor, "return_findings", reason="乙不成立")
    first = one.findings(one.lead)[0]
    kept = findings.FindingValues(
        id=first.id, number=1, text="甲", category="other", severity="minor", codes=("B1",)
    )
    with unit_of_work():
        findings.save_findings(one.project_id, findings.FindingsValues(findings=(kept,)), actor=one.lead)
    one.act(one.lead, "submit_findings")
    one.act(one.supervisor, "send_out")
    one.act(one.unit, "submit_comments")
    one.act(one.supervisor, "approve_findings")

    with pytest.raises(Refused) as refused:
        one.act(one.lead, "submit_suggestions")

    assert refused.value.reasons[0].params == {"numbers": ("2",)}
