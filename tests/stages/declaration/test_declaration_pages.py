"""The pages of the stage 申报, as somebody without script uses them."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from perfflow.core.access import Actor
from perfflow.db import db
from perfflow.models.project import Project
from perfflow.process import P
from tests.people import Browser
from tests.stages.standing import PDF, Standing, served

World = tuple[Standing, Callable[[Actor], Browser]]
WHOLE = {
    "project_type": "其他一次性项目",
    "fund_use": "信息化建设类",
    "start_date": "2026-01-01",
    "end_date": "2026-12-31",
    "overview": "概况第一段\r\n第二段",
    "basis": "依据",
    "necessity": "必要",
    "safeguards": "措施",
    "total_budget_fen": "212.4万元",
    "year_budget_fen": "2,124,000",
    "prior_budget_fen": "0",
    "prior_paid_fen": "0",
    "sub_projects-0-name": "平台开发",
    "sub_projects-0-amount_fen": "2124000",
    "milestones-0-label": "启动",
    "milestones-0-filed": "2026-3-1",
    "overall_goal": "总目标",
    "annual_goal": "年度目标",
}
TARGETS = (
    ("产出目标", "数量目标", "建设完成率", "=100.00%"),
    ("", "质量目标", "验收合格率", "≥90%"),
    ("", "时效目标", "竣工及时性", "及时"),
    ("效果目标", "社会效益目标", "采集情况", "≥1000"),
    ("影响力目标", "满意度目标", "使用人员满意度", "≥90.00%"),
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as both:
        yield both


def whole() -> dict[str, str]:
    cells = ("level1", "level2", "name", "filed")
    rows = {
        f"targets-{at}-{cell}": text
        for at, target in enumerate(TARGETS)
        for cell, text in zip(cells, target, strict=True)
    }
    return WHOLE | rows


def begun(page: Browser) -> str:
    """The address of a declaration just begun, open in this browser."""
    page.open("/projects/new").send("/projects/new", name="会务平台建设", budget_year="2026")
    address = page.location
    assert address is not None
    page.open(address)
    return address


def test_a_declaration_is_begun_filled_in_and_ready_to_submit(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)
    assert "“项目概况”还没有填写。" in page.text
    assert page.tree.xpath("//a[@href=$to]", to=f"{address}#overview")

    page.send(address, **whole(), files=(BytesIO(PDF), "立项依据.pdf"))

    assert (page.status, page.location) == (303, address)
    page.open(address)
    assert "申报表已保存。" in page.text and "立项依据.pdf" in page.text
    assert "还没有填写" not in page.text
    assert page.tree.xpath("//a[contains(@href, '/act/submit_declaration')]")
    assert page.tree.get_element_by_id("overview").value.strip() == "概况第一段\n第二段"
    assert page.tree.get_element_by_id("targets-1-level1").value == "产出目标"


def test_rows_come_and_go_without_script_and_nothing_typed_is_lost(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)

    page.send(address, **{"milestones-0-label": "第一步", "add_row": "milestones"})
    assert page.status == 200
    page.send(address, **{"milestones-1-label": "第二步", "remove_row": "milestones-0"})

    assert page.tree.get_element_by_id("milestones-0-label").value == "第二步"
    page.open(address)
    assert page.tree.get_element_by_id("milestones-0-label").value in ("", None)


def test_the_first_button_saves_because_the_enter_key_presses_it(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    begun(page)

    first = page.tree.xpath("//form[@id='declaration-form']//button")[0]

    assert "name" not in first.attrib


def test_what_cannot_be_read_is_told_and_kept(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)

    page.send(address, total_budget_fen="很多", overview="写了很久", **{"sub_projects-0-amount_fen": "一万"})

    assert page.status == 422
    assert page.tree.get_element_by_id("total_budget_fen").value == "很多"
    assert "写了很久" in page.text
    hrefs = page.tree.xpath("//*[@class='pf-errors']//a/@href")
    assert hrefs == ["#total_budget_fen", "#sub_projects-0-amount_fen"]


def test_a_stale_form_is_told_and_saves_when_pressed_again(world: World) -> None:
    one, browser = world
    mine, others = browser(one.unit), browser(one.head)
    address = begun(mine)
    others.open(address).send(address, basis="别人写的")

    mine.send(address, basis="我写的")

    assert mine.status == 409
    assert "unit.head 甲 已于" in mine.text
    assert mine.tree.get_element_by_id("basis").value.strip() == "我写的"
    mine.send(address)
    assert mine.status == 303


def test_the_same_form_sent_twice_acts_once(world: World) -> None:
    one, browser = world
    page = browser(one.unit).open("/projects/new")
    form = dict(page.tree.forms[-1].form_values()) | {"name": "甲", "budget_year": "2026"}

    first = page.client.post("/projects/new", data=form)
    second = page.client.post("/projects/new", data=form)

    assert first.location == second.location
    with one.app.app_context():
        assert db.session.scalar(db.select(db.func.count()).where(Project.name == "甲")) == 1


def test_the_reading_page_is_for_whoever_sees_declarations(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)
    page.send(address, **whole())
    assert "建设完成率" in page.open(f"{address}/view").text
    office = browser(one.supervisor)
    assert office.open(f"{address}/view").status == 404

    act = address.replace("/declaration", "/act/submit_declaration")
    page.open(act).send(act)

    assert page.open(address).location == f"{address}/view"
    assert "建设完成率" in office.open(f"{address}/view").text
    assert office.open(address).status == 403
    assert browser(one.lead).open(f"{address}/view").status == 404


def test_an_object_is_registered_with_its_paper(world: World) -> None:
    one, browser = world
    page = browser(one.supervisor).open("/projects/register")
    given = {"unit_id": str(one.unit.organisation_id), "name": "热线经费", "evaluation_year": "2026"}

    page.send("/projects/register", **given)
    assert page.status == 422
    assert "没有上传原件的，请写明登记理由。" in page.text
    page.send("/projects/register", table_only="y", paper=(BytesIO(PDF), "结果表.pdf"))

    assert page.status == 303
    with one.app.app_context():
        made = db.session.scalars(db.select(Project).where(Project.name == "热线经费")).one()
        assert (made.state, made.table_only, made.budget_year) == (P.AWAITING_FIRM, True, 2025)


def test_start_acts_are_for_their_own_role_only(world: World) -> None:
    one, browser = world
    assert browser(one.supervisor).open("/projects/new").status == 403
    assert browser(one.lead).open("/projects/new").status == 403
    assert browser(one.unit).open("/projects/register").status == 403
    assert browser(one.auditor).open("/projects/register").status == 403


def test_a_fragment_is_a_part_of_the_page(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)

    part = page.client.get(address, headers={"HX-Request": "true"}).text

    assert part.startswith('<form id="declaration-form"')
    assert "<html" not in part
