"""The pages of the stage 评价, as somebody without script uses them."""

from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from perfflow.core.access import Actor
from perfflow.db import db, unit_of_work
from perfflow.models.project import Project
from perfflow.process import ObjectKind
from perfflow.stages.declaration import commands as declaration
from perfflow.stages.evaluation import commands, queries
from tests.people import Browser
from tests.stages.standing import PDF, Standing, served

World = tuple[Standing, Callable[[Actor], Browser]]
ROWS = (("A", "项目决策", "", ""), ("A1", "立项", "40", "40"), ("B1", "完成率", "60", "51.04"))
RESULT = {"paid": "1,374.74万元", "main_performance": "完成了全部建设。"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A registered object, assigned to the firm, whose lead has not declared yet."""
    with served(tmp_path) as (one, browser):
        assigned(one)
        yield one, browser


def assigned(one: Standing, **more: Any) -> None:
    with one.app.app_context():
        values = declaration.RegisterValues(
            unit_id=one.unit.organisation_id, object_kind=ObjectKind.PROJECT, name="热线经费",
            budget_year=2025, evaluation_year=2026, reason="线下申报", **more,
        )  # fmt: skip
        with unit_of_work():
            one.project_id = declaration.register(values, None, actor=one.supervisor).id
        one.act(one.supervisor, "assign", lead_id=one.lead.id, due_on=date(2026, 7, 31))


def declared(one: Standing) -> None:
    with one.app.app_context(), unit_of_work():
        commands.declare_independence(one.project_id, True, "", actor=one.lead)


def at(one: Standing, page: str) -> str:
    return f"/projects/{one.project_id}/{page}"


def sheet(rows: tuple[tuple[str, ...], ...] = ROWS) -> dict[str, str]:
    cells = ("code", "name", "weight", "score")
    return {
        f"rows-{number}-{cell}": text
        for number, row in enumerate(rows)
        for cell, text in zip(cells, row, strict=True)
    }


def test_before_declaring_there_is_one_page_with_name_unit_years_and_due_date(world: World) -> None:
    one, browser = world
    page = browser(one.lead)
    for other in ("", "/evaluation", "/evaluation/view", "/files", "/history"):
        assert page.open(f"/projects/{one.project_id}{other}").location == at(one, "independence")

    text = page.open(at(one, "independence")).text

    for shown in ("热线经费", "办公厅", "2025", "2026", "2026-07-31"):
        assert shown in text
    for hidden in ("XM-2025", "预算处", "线下申报", "提交评价"):
        assert hidden not in text


def test_both_statements_are_confirmed_then_the_work_begins(world: World) -> None:
    one, browser = world
    page = browser(one.lead).open(at(one, "independence"))

    page.send(at(one, "independence"), answer="yes", independent="y")
    assert page.status == 422
    page.send(at(one, "independence"), answer="yes", confidential="y")

    assert (page.status, page.location) == (303, at(one, "evaluation"))
    assert page.open(at(one, "evaluation")).status == 200
    assert "作出独立性与保密声明" in page.open(at(one, "independence")).text


def test_who_is_not_independent_explains_and_stays_outside(world: World) -> None:
    one, browser = world
    page = browser(one.lead).open(at(one, "independence"))

    page.send(at(one, "independence"), answer="no", independent=None)
    assert page.status == 422
    page.send(at(one, "independence"), answer="no", explanation="曾任职于该单位")

    assert page.status == 303
    assert "不能参与此项评价" in page.open(at(one, "independence")).text
    assert page.open(at(one, "evaluation")).location == at(one, "independence")


def test_sheet_result_and_report_are_saved_together(world: World) -> None:
    one, browser = world
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))

    page.send(at(one, "evaluation"), **sheet(), **RESULT, files=(BytesIO(PDF), "评价报告.pdf"))
    assert (page.status, page.location) == (303, at(one, "evaluation"))

    page.open(at(one, "evaluation"))
    assert "评价内容已保存。" in page.text and "评价报告.pdf" in page.text
    assert "= 13,747,400.00 元" in page.text
    assert page.tree.get_element_by_id("paid").value == "1,374.74万元"
    assert "91.04" in page.text and "85%" in page.text
    assert page.tree.xpath("//a[contains(@href, '/act/submit_evaluation')]")
    assert "项目决策" in page.open(at(one, "evaluation/view")).text


def test_a_result_without_wan_is_written_in_the_units_own_manner(world: World) -> None:
    one, browser = world
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))

    page.send(at(one, "evaluation"), paid="13747400")

    with one.app.app_context():
        kept = queries.evaluation(one.reach(one.lead))
        assert kept is not None
        assert (kept.paid_fen, kept.paid_filed) == (1_374_740_000, "")


def test_what_is_no_tree_is_told_at_its_cell_and_nothing_is_saved(world: World) -> None:
    one, browser = world
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))

    page.send(at(one, "evaluation"), **sheet((("A", "组", "40", ""), ("A1", "甲", "40", "多"))))
    assert page.status == 422
    assert page.tree.xpath("//*[@class='pf-errors']//a/@href") == ["#rows-0-weight", "#rows-1-score"]
    page.send(at(one, "evaluation"), **sheet((("A1", "甲", "40", "1"), ("A1", "乙", "40", "1"))))

    assert page.status == 422
    assert "指标编码 A1 出现了两次。" in page.text
    with one.app.app_context():
        kept = queries.evaluation(one.reach(one.lead))
        assert kept is not None
        assert kept.rows == ()


def test_rows_come_go_and_are_sorted_without_script(world: World) -> None:
    one, browser = world
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))

    typed = sheet((("B1", "乙", "1", "1"), ("A10", "十", "1", "1"), ("A2", "二", "1", "1")))
    page.send(at(one, "evaluation"), **typed, sort_rows="rows")
    codes = page.tree.xpath("//input[contains(@name, '-code')]/@value")
    assert [code for code in codes if code] == ["A2", "A10", "B1"]

    page.send(at(one, "evaluation"), remove_row="rows-1")
    codes = page.tree.xpath("//input[contains(@name, '-code')]/@value")
    assert [code for code in codes if code] == ["A2", "B1"]
    count = len(codes)
    page.send(at(one, "evaluation"), add_row="rows")
    assert len(page.tree.xpath("//input[contains(@name, '-code')]")) == count + 1


def test_a_sheet_is_pasted_and_added_up_before_it_is_saved(world: World) -> None:
    one, browser = world
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))
    block = "A\t项目决策\t\t\nA1\t立项\t40\t40.5\nB1\t完成率\t60\t51.04\t85%\n"

    page.send(at(one, "evaluation"), **{"paste-rows": block, "paste_rows": "rows"})

    assert "已粘贴 3 行，请核对后保存。" in page.text
    assert page.tree.get_element_by_id("rows-2-rate_filed").value == "85%"
    assert "合计 40.5" in page.text and "得分高于权重" in page.text
    foot = " ".join(page.tree.xpath("string(//tfoot)").split())
    assert foot == "合计10091.5492%优"
    assert queries_of(one).rows == ()


def test_weights_that_do_not_make_a_hundred_are_told_with_the_difference(world: World) -> None:
    one, browser = world
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))

    page.send(at(one, "evaluation"), **sheet((("A1", "甲", "40", "30"), ("B1", "乙", "52.5", "40"))))

    assert "应为 100，还差 7.5" in page.open(at(one, "evaluation")).text


def test_a_paid_amount_ten_thousand_times_the_budget_is_doubted_but_saved(world: World) -> None:
    one, browser = world
    with one.app.app_context(), unit_of_work():
        db.session.get_one(Project, one.project_id).budget_fen = 1_400_000_000
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))

    page.send(at(one, "evaluation"), paid="13,747,400.00万元")

    assert page.status == 303
    assert page.open(at(one, "evaluation")).text.count("与“预算金额” 14,000,000.00 元相差约一万倍，请核对单位。") == 2
    assert queries_of(one).paid_fen == 13_747_400_000_000
    # beside the field; the note was for once
    assert page.open(at(one, "evaluation")).text.count("与“预算金额” 14,000,000.00 元相差约一万倍") == 1


def queries_of(one: Standing) -> queries.EvaluationPage:
    with one.app.app_context():
        kept = queries.evaluation(one.reach(one.lead))
    assert kept is not None
    return kept


def test_a_stale_form_is_told_and_saves_when_pressed_again(world: World) -> None:
    one, browser = world
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))
    with one.app.app_context(), unit_of_work():
        commands.save_result(
            one.project_id, commands.ResultValues(main_performance="同事写的"), version=1, actor=one.lead
        )

    page.send(at(one, "evaluation"), **RESULT)

    assert page.status == 409
    assert page.tree.get_element_by_id("main_performance").value.strip() == RESULT["main_performance"]
    assert page.send(at(one, "evaluation")).status == 303


def test_with_a_result_table_alone_total_and_grade_are_typed_as_filed(world: World) -> None:
    one, browser = world
    assigned(one, table_only=True)
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))
    assert "未附评分表" in page.text

    page.send(at(one, "evaluation"), total="91.8分", grade="优", **RESULT)

    assert page.status == 303
    assert page.open(at(one, "evaluation")).tree.get_element_by_id("total").value == "91.8分"
    text = page.open(at(one, "evaluation/view")).text
    assert "91.8分" in text and "未附评分表" in text


def test_others_are_turned_away_and_see_the_evaluation_in_their_time(world: World) -> None:
    one, browser = world
    declared(one)
    office, unit, page = browser(one.supervisor), browser(one.unit), browser(one.lead)
    page.open(at(one, "evaluation"))
    page.send(at(one, "evaluation"), **sheet(), **RESULT, files=(BytesIO(PDF), "评价报告.pdf"))
    for other in (office, unit):
        assert other.open(at(one, "evaluation")).status == 403
        assert other.open(at(one, "evaluation/view")).status == 404
        assert other.open(at(one, "independence")).status == 403

    page.open(at(one, "act/submit_evaluation")).send(at(one, "act/submit_evaluation"))

    assert "完成了全部建设。" in office.open(at(one, "evaluation/view")).text
    assert unit.open(at(one, "evaluation/view")).status == 404
    assert page.open(at(one, "evaluation")).location == at(one, "evaluation/view")


def test_the_supervisor_is_offered_leads_with_their_firm(world: World) -> None:
    one, browser = world
    with one.app.app_context():
        one.act(one.supervisor, "replace_firm", reason="改由他人")

    page = browser(one.supervisor).open(at(one, "act/assign"))

    options = page.tree.xpath("//select[@id='lead_id']/option/text()")
    assert options == ["请选择", "评价公司 — firm 甲"]


def test_a_fragment_is_a_part_of_the_page(world: World) -> None:
    one, browser = world
    declared(one)
    page = browser(one.lead).open(at(one, "evaluation"))

    part = page.client.get(at(one, "evaluation"), headers={"HX-Request": "true"}).text

    assert part.startswith('<form id="evaluation-form"')
    assert "<html" not in part
