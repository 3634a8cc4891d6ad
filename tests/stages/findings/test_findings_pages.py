"""The pages of the stage 问题, as somebody without script uses them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfflow.core.access import Actor
from perfflow.process import P
from tests.people import Browser
from tests.stages.standing import Standing, served

Browsers = Callable[[Actor], Browser]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Standing, Browsers]]:
    with served(tmp_path) as both:
        yield both


def at(one: Standing, page: str) -> str:
    return f"/projects/{one.project_id}/{page}"


def in_app(one: Standing, act: Callable[[], None]) -> None:
    with one.app.app_context():
        act()


def test_rows_are_added_and_removed_without_script_and_nothing_typed_is_lost(
    world: tuple[Standing, Browsers],
) -> None:
    one, browser = world
    page = browser(one.lead).open(at(one, "findings"))

    page.send(at(one, "findings"), **{"findings-0-text": "第一个", "add_row": "findings"})
    assert page.status == 200
    assert page.tree.get_element_by_id("findings-1-number").value == "2"
    page.send(at(one, "findings"), **{"findings-1-text": "第二个", "remove_row": "findings-0"})

    assert "第二个" in page.answer.text and "第一个" not in page.answer.text
    with one.app.app_context():
        assert one.findings(one.lead) == []


def test_findings_are_saved_and_shown_again(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    page = browser(one.lead).open(at(one, "findings"))

    page.send(
        at(one, "findings"),
        **{
            "findings-0-text": "验收不够规范。\r\n第二段",
            "findings-0-category": "contract",
            "findings-0-amount_fen": "12.5万元",
            "findings-0-codes": "B1",
            "explanations-0-text": "",
        },
    )
    assert (page.status, page.location) == (303, at(one, "findings"))

    page.open(at(one, "findings"))
    assert page.tree.get_element_by_id("findings-0-amount_fen").value == "125000"
    assert page.tree.get_element_by_id("findings-0-text").value.strip() == "验收不够规范。\n第二段"
    assert "问题已保存。" in page.text
    assert f"/projects/{one.project_id}/act/submit_findings" in page.answer.text


def test_what_is_missing_is_said_beside_its_field(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    page = browser(one.lead).open(at(one, "findings"))

    page.send(
        at(one, "findings"),
        **{"findings-0-title": "只有标题", "findings-0-number": "", "findings-0-amount_fen": "很多"},
    )

    assert page.status == 422
    assert "只有标题" in page.answer.text and 'value="很多"' in page.answer.text
    summary = page.tree.xpath("//div[@class='pf-errors']//a/@href")
    assert {"#findings-0-number", "#findings-0-text", "#findings-0-amount_fen"} <= set(summary)


def test_a_stale_form_is_refused_once_and_keeps_what_was_typed(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    page = browser(one.lead).open(at(one, "findings"))
    in_app(one, lambda: one.write_findings("别处写的"))

    page.send(at(one, "findings"), **{"findings-0-text": "我写的", "findings-0-number": "7"})

    assert page.status == 409
    assert one.lead.display_name in page.text and "我写的" in page.answer.text


def test_others_are_turned_away(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    assert browser(one.supervisor).open(at(one, "findings")).status == 403
    assert browser(one.unit).open(at(one, "replies")).status == 403
    assert browser(one.lead).open(at(one, "comments")).status == 403
    assert browser(one.auditor).open(at(one, "rulings")).status == 403
    assert browser(one.unit).open(at(one, "comments")).status == 303


def test_a_dispute_goes_from_page_to_page_to_its_ruling(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    in_app(one, lambda: one.send_out("中期验收不够规范", "第二个问题"))

    unit = browser(one.unit).open(at(one, "comments"))
    unit.send(
        at(one, "comments"),
        **{
            "answers-0-stance": "dispute",
            "answers-0-reason": "应为终期",
            "answers-1-stance": "agree",
            "general_comment": "总体认可",
        },
    )
    assert unit.status == 303, unit.text
    unit.open(at(one, "act/submit_comments")).send(at(one, "act/submit_comments"))
    assert unit.status == 303, unit.text

    firm = browser(one.lead).open(at(one, "replies"))
    assert "应为终期" in firm.text and "总体认可" in firm.text
    firm.send(
        at(one, "replies"),
        **{
            "replies-0-reply": "change",
            "replies-0-text": "终期验收不够规范",
            "replies-0-reason": "核对报告后改正",
        },
    )
    assert firm.status == 303, firm.text
    firm.open(at(one, "act/submit_replies")).send(at(one, "act/submit_replies"))

    office = browser(one.supervisor).open(at(one, "rulings"))
    assert "中期验收不够规范" in office.text and "终期验收不够规范" in office.text
    office.send(at(one, "rulings"), **{"rulings-0-ruling": "adopt", "rulings-0-reason": "属实"})
    office.open(at(one, "act/approve_findings")).send(at(one, "act/approve_findings"))

    with one.app.app_context():
        assert one.project().state == P.SUGGESTIONS_WRITING
        assert one.findings(one.unit)[0].text == "终期验收不够规范"


def test_adopting_is_not_offered_where_nothing_was_proposed(world: tuple[Standing, Browsers]) -> None:
    from perfflow.stages.findings import commands, queries

    one, browser = world

    def to_review() -> None:
        from perfflow.db import unit_of_work

        one.send_out("甲")
        one.answer(f1="不对")
        one.act(one.unit, "submit_comments")
        finding = queries.disputes(one.reach(one.lead))[0].finding
        with unit_of_work():
            kept = commands.ReplyValues(finding_id=finding.id, reply="keep", reason="属实")
            commands.save_replies(one.project_id, [kept], actor=one.lead)
        one.act(one.lead, "submit_replies")

    in_app(one, to_review)
    page = browser(one.supervisor).open(at(one, "rulings"))

    offered = page.tree.xpath("//input[@name='rulings-0-ruling']/@value")
    assert offered == ["uphold", "cancel"]


def test_a_fragment_is_a_part_of_the_page(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    page = browser(one.lead).open(at(one, "findings"))
    whole = page.answer.text
    page.open(at(one, "findings"), **{"HX-Request": "true"})

    assert "<html" not in page.answer.text
    assert page.answer.text.count("<fieldset") == whole.count("<fieldset")
