"""The pages of the stage 申报, as somebody without script uses them."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from perfflow.core.access import Actor
from perfflow.db import db
from perfflow.models.project import Project
from perfflow.process import P
from tests.people import Browser
from tests.stages.standing import PDF, Standing, served

World = tuple[Standing, Callable[[Actor], Browser]]
PARTS = {
    "basic": {
        "project_type": "其他一次性项目",
        "fund_use": "信息化建设类",
        "start_date": "2026-01-01",
        "end_date": "2026-12-31",
    },
    "basis": {"overview": "概况第一段\r\n第二段", "basis": "依据", "necessity": "必要", "safeguards": "措施"},
    "budget": {
        "total_budget_fen": "212.4万元",
        "year_budget_fen": "2,124,000",
        "prior_budget_fen": "0",
        "prior_paid_fen": "0",
        "sub_projects-0-name": "平台开发",
        "sub_projects-0-amount_fen": "2124000",
    },
    "plan": {"milestones-0-label": "启动", "milestones-0-filed": "2026-3-1"},
    "goals": {"overall_goal": "总目标", "annual_goal": "年度目标"},
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


def whole() -> dict[str, dict[str, str]]:
    """Every part of a declaration in order, as it is typed."""
    cells = ("level1", "level2", "name", "filed")
    rows = {
        f"targets-{at}-{cell}": text
        for at, target in enumerate(TARGETS)
        for cell, text in zip(cells, target, strict=True)
    }
    return {**PARTS, "targets": rows}


def begun(page: Browser) -> str:
    """The address of a declaration just begun, open in this browser."""
    page.open("/projects/new").send("/projects/new", name="会务平台建设", budget_year="2026")
    address = page.location
    assert address is not None
    page.open(address)
    return address


def fill(page: Browser, address: str, **parts: dict[str, Any]) -> Browser:
    """Open each part and save it."""
    for part, typed in parts.items():
        page.open(f"{address}/{part}").send(f"{address}/{part}", **typed)
        assert page.status == 303
    return page


def tags(page: Browser) -> dict[str, str]:
    """The task list: part → how far it is."""
    lines = page.tree.xpath("//ul[@class='tasks']/li")
    return {line.xpath("string(a)").strip(): line.xpath("string(.//*[contains(@class, 'tag')])") for line in lines}


def value(page: Browser, field: str) -> str:
    return str(page.tree.get_element_by_id(field).value or "").strip()


def test_a_declaration_is_begun_filled_in_part_by_part_and_ready_to_submit(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)
    assert set(tags(page).values()) == {"未填"}
    page.open(f"{address}/check")
    assert "“项目概况”还没有填写。" in page.text
    assert page.tree.xpath("//a[@href=$to]", to=f"{address}/basis?back=check#overview")

    fill(page, address, **whole(), files={"files": (BytesIO(PDF), "立项依据.pdf")})

    assert page.location == f"{address}/files"
    page.open(f"{address}/files")
    assert "申报表已保存：附件。" in page.text and "立项依据.pdf" in page.text
    assert set(tags(page.open(address)).values()) == {"已完成"}
    page.open(f"{address}/check")
    assert "还没有填写" not in page.text
    assert page.tree.xpath("//a[contains(@href, '/act/submit_declaration')]")
    assert value(page.open(f"{address}/basis"), "overview") == "概况第一段\n第二段"
    assert value(page.open(f"{address}/targets"), "targets-1-level1") == "产出目标"


def test_the_task_list_tells_what_is_missing_from_what_is_wrong(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)

    fill(page, address, basic={"project_type": "其他一次性项目"}, goals=PARTS["goals"])
    fill(page, address, budget={**PARTS["budget"], "sub_projects-0-amount_fen": "5"})
    page.open(address)

    assert tags(page) == {
        "基本信息": "填写中", "立项依据": "未填", "预算构成": "有问题", "实施计划": "未填", "绩效目标": "已完成",
        "分解指标": "未填", "附件": "未填",
    }  # fmt: skip
    assert "还有 3 处未填" in page.text
    assert "子项目预算合计 5.00 元，与项目当年预算 2,124,000.00 元不一致。" in page.text


def test_saving_one_part_leaves_the_others_as_they_are(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)
    fill(page, address, **whole())

    fill(page, address, goals={"overall_goal": "改过的总目标"})

    assert value(page.open(f"{address}/goals"), "annual_goal") == "年度目标"
    assert value(page.open(f"{address}/targets"), "targets-4-name") == "使用人员满意度"
    assert value(page.open(f"{address}/budget"), "sub_projects-0-name") == "平台开发"


def test_save_and_go_on_leads_through_the_parts_to_the_check(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)
    way = []

    page.open(f"{address}/basic")
    for _part in range(7):
        here = page.tree.xpath("//form[@id='declaration-form']/@action")[0]
        way.append(here.removeprefix(f"{address}/"))
        page.send(here, go="next")
        page.open(str(page.location))

    assert way == ["basic", "basis", "budget", "plan", "goals", "targets", "files"]
    assert "以下是已保存的内容" in page.text


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/drafts", "check/../.."])
def test_the_way_back_leads_to_the_check_page_and_nowhere_else(world: World, wanted: str) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)

    page.open(f"{address}/goals?back=check").send(f"{address}/goals", overall_goal="总目标")
    assert page.location == f"{address}/check#goals"
    page.open(f"{address}/goals?back={wanted}").send(f"{address}/goals", back=wanted)

    assert page.location == f"{address}/goals"


def test_a_problem_of_a_row_leads_to_its_cell(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)
    typed = {"targets-0-level1": "产出目标", "targets-0-level2": "数量目标", "targets-0-name": "完成率"}
    fill(page, address, targets=typed)

    href = page.open(f"{address}/check").tree.xpath("//a[contains(., '第 1 行没有填写完整')]/@href")[0]

    assert href == f"{address}/targets?back=check#targets-0-filed"
    assert page.open(href.partition("#")[0]).tree.get_element_by_id("targets-0-filed") is not None


def test_amounts_are_echoed_and_a_factor_of_ten_thousand_is_doubted_but_saved(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)

    budget = {**PARTS["budget"], "total_budget_fen": "2124000万元"}
    fill(page, address, budget=budget)
    page.open(f"{address}/budget")

    assert "= 21,240,000,000.00 元" in page.text
    assert "与“项目当年预算（元）” 2,124,000.00 元相差约一万倍，请核对单位。" in page.text
    page.open(f"{address}/check")
    assert "相差约一万倍" in page.text
    assert page.open(address).text.count("相差约一万倍") == 1
    assert tags(page)["预算构成"] == "已完成"


def test_rows_come_go_and_change_places_without_script_and_nothing_typed_is_lost(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page) + "/plan"
    page.open(address)

    page.send(address, **{"milestones-0-label": "第一步", "add_row": "milestones"})
    assert page.status == 200
    page.send(address, **{"milestones-1-label": "第二步", "move_row": "milestones-1-up"})
    assert [value(page, f"milestones-{at}-label") for at in (0, 1)] == ["第二步", "第一步"]
    page.send(address, remove_row="milestones-0")

    assert value(page, "milestones-0-label") == "第一步"
    page.send(address, remove_row="milestones-0")
    assert value(page, "milestones-0-label") == ""
    assert value(page.open(address), "milestones-0-label") == ""


def test_a_row_that_means_as_above_keeps_its_meaning_when_it_moves(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page) + "/targets"
    rows = whole()["targets"]

    page.open(address).send(address, **rows, move_row="targets-1-up")

    assert [value(page, f"targets-{at}-level1") for at in (0, 1)] == ["产出目标", "产出目标"]
    assert [value(page, f"targets-{at}-level2") for at in (0, 1)] == ["质量目标", "数量目标"]
    page.send(address, remove_row="targets-1")
    assert value(page, "targets-1-level1") == "产出目标"


def test_a_block_from_excel_becomes_rows_without_script(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page) + "/targets"
    block = "产出目标\t数量目标\t建设完成率\t=100.00%\r\n\t质量目标\t\"验收\r\n合格率\"\t≥90%\r\n"

    page.open(address).send(address, **{"paste-targets": block, "paste_rows": "targets"})

    assert "已粘贴 2 行，请核对后保存。" in page.text
    cells = [value(page, f"targets-1-{cell}") for cell in ("level2", "name", "filed")]
    assert cells == ["质量目标", "验收 合格率", "≥90%"]
    page.send(address)
    assert page.status == 303
    assert value(page.open(address), "targets-1-level1") == "产出目标"


@pytest.mark.parametrize(
    ("block", "said"),
    [("甲\t乙\t丙\t丁\t戊\n", "粘贴的内容有 5 列，表格只有 4 列"), ("甲\n" * 201, "粘贴后共 201 行，至多 200 行")],
)
def test_a_block_that_does_not_fit_is_refused_whole_and_kept(world: World, block: str, said: str) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page) + "/targets"

    page.open(address).send(address, **{"paste-targets": block})

    assert said in page.text
    assert page.tree.get_element_by_id("paste-targets").value.strip() == block.strip()
    assert value(page, "targets-0-level1") == ""


def test_a_pasted_amount_that_cannot_be_read_stands_in_its_cell_with_the_reason(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page) + "/budget"

    page.open(address).send(address, **{"paste-sub_projects": "平台\t一百万\n设备\t80万元"})

    assert value(page, "sub_projects-0-amount_fen") == "一百万"
    assert "“一百万”不是金额" in page.text
    assert "= 800,000.00 元" in page.text


def test_the_first_button_saves_because_the_enter_key_presses_it(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    page.open(begun(page) + "/targets")

    first = page.tree.xpath("//form[@id='declaration-form']//button")[0]

    assert "name" not in first.attrib


def test_what_cannot_be_read_is_told_and_kept(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page) + "/budget"

    page.open(address).send(address, total_budget_fen="很多", **{"sub_projects-0-amount_fen": "一万"})

    assert page.status == 422
    assert page.tree.get_element_by_id("total_budget_fen").value == "很多"
    hrefs = page.tree.xpath("//*[@class='pf-errors']//a/@href")
    assert hrefs == ["#total_budget_fen", "#sub_projects-0-amount_fen"]


def test_a_stale_form_is_told_and_saves_when_pressed_again(world: World) -> None:
    one, browser = world
    mine, others = browser(one.unit), browser(one.head)
    address = begun(mine) + "/basis"
    mine.open(address)
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
    form = next(one for one in page.tree.forms if one.action == "/projects/new")
    form = dict(form.form_values()) | {"name": "甲", "budget_year": "2026"}

    first = page.client.post("/projects/new", data=form)
    second = page.client.post("/projects/new", data=form)

    assert first.location == second.location
    with one.app.app_context():
        assert db.session.scalar(db.select(db.func.count()).where(Project.name == "甲")) == 1


def test_the_reading_page_is_for_whoever_sees_declarations(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)
    fill(page, address, **whole())
    assert "建设完成率" in page.open(f"{address}/view").text
    office = browser(one.supervisor)
    assert office.open(f"{address}/view").status == 404

    act = address.replace("/declaration", "/act/submit_declaration")
    page.open(act).send(act)

    for written in ("", "/basis", "/check"):
        assert page.open(address + written).location == f"{address}/view"
        assert office.open(address + written).status == 403
    assert "建设完成率" in office.open(f"{address}/view").text
    assert browser(one.lead).open(f"{address}/view").status == 404


def test_levels_of_the_tree_stand_once_over_their_indicators(world: World) -> None:
    one, browser = world
    page = browser(one.unit)
    address = begun(page)
    fill(page, address, targets=whole()["targets"])

    heads = page.open(f"{address}/view").tree.xpath("//table[contains(@class, 'tree')]//th[@rowspan]")

    assert [(one.text, one.get("rowspan")) for one in heads][:2] == [("产出目标", "3"), ("数量目标", "1")]


def test_a_part_that_is_none_is_not_there(world: World) -> None:
    one, browser = world
    page = browser(one.unit)

    assert page.open(begun(page) + "/budgets").status == 404


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
    address = begun(page) + "/targets"

    part = page.client.get(address, headers={"HX-Request": "true"}).text

    assert part.startswith('<form id="declaration-form"')
    assert "<html" not in part
