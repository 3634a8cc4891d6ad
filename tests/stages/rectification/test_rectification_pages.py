"""The pages of the stage 整改, as somebody without script uses them."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from perfflow.core.access import Actor
from perfflow.process import I, P
from tests.people import Browser
from tests.stages.standing import PDF, Standing, served

Browsers = Callable[[Actor], Browser]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Standing, Browsers]]:
    with served(tmp_path) as both:
        with both[0].app.app_context():
            both[0].issue("immediate", "phased")
        yield both


def at(one: Standing, page: str) -> str:
    return f"/projects/{one.project_id}/{page}"


def test_an_item_goes_through_its_pages_and_the_project_is_submitted(
    world: tuple[Standing, Browsers],
) -> None:
    one, browser = world
    unit, office = browser(one.unit), browser(one.supervisor)
    unit.open(at(one, "items"))
    assert "建议1" in unit.text and "尚未签收" in unit.text
    unit.open(at(one, "act/acknowledge")).send(at(one, "act/acknowledge"))

    unit.open(at(one, "items/1"))
    unit.send(at(one, "items/1/evidence"), files=(BytesIO(PDF), "整改.pdf"))
    assert unit.status == 303, unit.text
    unit.open(at(one, "items/1")).send(at(one, "items/1/notes"), text="开了会")
    unit.open(at(one, "items/1"))
    assert "开了会" in unit.text and "整改.pdf" in unit.text
    unit.open(at(one, "items/1/act/report")).send(at(one, "items/1/act/report"), text="已修订制度")
    assert unit.status == 303, unit.text

    office.open(at(one, "items/1"))
    assert "已修订制度" in office.text and "整改.pdf" in office.text
    office.open(at(one, "items/1/act/verify_done")).send(at(one, "items/1/act/verify_done"))
    office.open(at(one, "items/2/act/cancel_item"))
    office.send(at(one, "items/2/act/cancel_item"), reason="不适用", project_code="XM-2026-0001")
    assert office.status == 303, office.text

    unit.open(at(one, "summary"))
    assert "1、建议1：已修订制度（已整改）" in unit.text
    unit.send(at(one, "summary"), source="composed")
    unit.open(at(one, "act/submit_rectification")).send(at(one, "act/submit_rectification"))

    with one.app.app_context():
        assert (one.project().state, one.item(1).state) == (P.CLOSING, I.SETTLED)
    office.open(at(one, "act/return_rectification"))
    assert office.tree.xpath("//input[@name='items']/@value") == ["1"]
    office.send(at(one, "act/return_rectification"), reason="再核")
    assert office.status == 422 and "请选择需要重新整改的事项" in office.text


def test_the_firm_reads_the_states_and_no_more(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    with one.app.app_context():
        one.report(1, "整改内容保密")
    firm = browser(one.lead)

    firm.open(at(one, "items"))
    assert "待核实" in firm.text
    assert "2026-12-31" not in firm.text and "保密" not in firm.text
    assert firm.open(at(one, "items/1")).status == 404
    assert firm.open(at(one, "summary")).status == 403


def test_the_supervisor_uploads_no_evidence_and_writes_no_notes(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    office = browser(one.supervisor).open(at(one, "items/1"))

    assert office.status == 200
    actions = {form.action for form in office.tree.forms}
    assert not any(action and action.endswith(("evidence", "notes")) for action in actions)
    assert office.open(at(one, "items/9")).status == 404


def test_an_empty_note_and_a_wrong_file_are_refused_in_words(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    unit = browser(one.unit)

    unit.open(at(one, "items/1")).send(at(one, "items/1/notes"), text=" ")
    assert unit.status == 422
    unit.open(at(one, "items/1")).send(at(one, "items/1/evidence"), files=(BytesIO(b"<html>"), "页.pdf"))
    assert unit.status == 422

    with one.app.app_context():
        from perfflow.stages.rectification import queries

        assert queries.item(one.reach(one.unit), 1, one.unit).unreported == ()


def test_a_correction_offers_the_present_words(world: tuple[Standing, Browsers]) -> None:
    one, browser = world
    office = browser(one.supervisor).open(at(one, "act/correct"))

    labels = office.tree.xpath("//select[@name='target']/option/text()")

    assert "问题 1 的内容：问题之0" in labels and "决算金额：99万元" in labels
    office.send(at(one, "act/correct"), target="paid", text="98.5万元", reason="笔误")
    assert office.status == 303, office.text
