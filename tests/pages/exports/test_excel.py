"""Lists in Excel, read back by another library: typed, complete, without a formula, and only what is shown."""

import io
import json
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date
from tempfile import TemporaryFile

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from perfflow.core import access
from perfflow.core.listing import Filter
from perfflow.db import db, unit_of_work
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import ItemReport
from perfflow.models.journal import EventEntry
from perfflow.models.project import Project
from perfflow.pages.exports import excel_rows, lists, scope
from perfflow.pages.exports.routes import excel
from perfflow.papers.excel_lists import write_book
from perfflow.process import Datum, I, P
from tests.make import Make, context
from tests.pages.statistics.population import Population
from tests.statements import statements

OF_FILTER = ("list", "findings", "ledger", "scores")
MANY = 3000


def sheets(screen):
    """By title: the rows as dicts of cells, by the labels of the head; the note below them is left out."""
    assert screen.status == 200
    found = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(screen.answer.get_data())):
        head, *rows = sheet.iter_rows()
        labels = [cell.value for cell in head]
        found[sheet.title] = [dict(zip(labels, row, strict=True)) for row in rows[:-2]]
    return found


def values(rows):
    return [{label: cell.value for label, cell in row.items()} for row in rows]


def formulas(screen):
    with zipfile.ZipFile(io.BytesIO(screen.answer.get_data())) as package:
        parts = [name for name in package.namelist() if name.startswith("xl/worksheets/")]
        return [name for name in parts if b"<f" in package.read(name)]


# ---------------------------------------------------------------- what stands in them


def test_the_project_list_has_typed_amounts_scores_and_days(make, client_for):
    play = make.project(P.CLOSING)

    (row,) = sheets(client_for(make["supervisor"]).get("/projects/list.xlsx"))["项目清单"]

    assert (row["预算金额（元）"].value, row["预算金额（元）"].number_format) == (2124000, "#,##0.00")
    assert (row["决算金额（元）"].value, row["评价分值"].value) == (990_000 + play.id / 100, 85)
    assert row["评价分值"].number_format == "0.00"
    assert row["办理期限"].is_date
    assert (row["环节"].value, row["状态"].value, row["评价年度"].value) == ("整改", "整改待办结", 2026)


def test_findings_and_suggestions_stand_on_two_sheets(make, client_for):
    play = make.project(P.RECTIFYING)

    found = sheets(client_for(make["unit"]).get(f"/projects/{play.id}/findings.xlsx"))

    findings, suggestions = values(found["存在问题"]), values(found["整改建议"])
    assert [row["问题序号"] for row in findings] == [1, 2, 3]
    assert (findings[0]["涉及指标"], findings[0]["问题类别"], findings[0]["备注"]) == ("A2", "其他", None)
    assert [(row["建议序号"], row["针对问题"], row["整改类别"]) for row in suggestions] == [
        (1, "1", "立行立改"), (2, "2", "分阶段整改"), (3, "3", "持续整改"),
    ]  # fmt: skip
    assert found["整改建议"][0]["整改期限"].value.date() == date(2026, 12, 31)


def test_a_withdrawn_finding_says_so(make, client_for):
    play = make.project(P.SUGGESTIONS_WRITING)
    with context(make.app), unit_of_work():
        one = update(Finding).where(Finding.project_id == play.id, Finding.number == 2)
        db.session.execute(one.values(withdrawn=True, amount_fen=12_345_678))

    (row,) = [
        row for row in sheets(client_for(make["unit"]).get("/projects/findings.xlsx"))["存在问题"] if row["备注"].value
    ]

    assert (row["备注"].value, row["问题序号"].value, row["涉及金额（元）"].value) == ("已撤销", 2, 123_456.78)


def test_the_ledger_tells_what_was_found_planned_done_and_said(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased", "phased", "immediate"))
    play.carry_item(1, I.SETTLED)
    play.carry_item(2, I.IN_PROGRESS)

    done, planned, issued = sheets(client_for(make["supervisor"]).get(f"/projects/{play.id}/ledger.xlsx"))["整改台账"]

    said = {word.text for word in play.said if word.kind == "items"}
    assert {done[label].value for label in ("整改措施", "责任人", "整改情况", "核实意见")} <= said
    assert (done["状态"].value, done["核实结论"].value, done["报送次数"].value, done["佐证份数"].value) == (
        "已销号", "已整改", 1, 1,
    )  # fmt: skip
    assert all(done[label].is_date for label in ("下达日期", "整改期限", "计划完成", "报送日期"))
    assert planned["整改措施"].value in said and planned["整改情况"].value is None
    assert issued["整改措施"].value is None and issued["存在问题"].value.startswith("3. ")


def test_a_returned_plan_and_a_withdrawn_report_are_not_in_the_ledger(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased", "phased"))
    play.carry_item(1, I.PLAN_REVIEW)
    play.act_item("supervisor", 1, "return_plan", reason="重报")
    play.carry_item(2, I.VERIFYING)
    play.act_item("unit", 2, "withdraw", reason="有误")

    returned, withdrawn = values(
        sheets(client_for(make["unit"]).get(f"/projects/{play.id}/ledger.xlsx"))["整改台账"]
    )

    assert (returned["整改措施"], returned["责任人"]) == (None, None)
    assert (withdrawn["整改情况"], withdrawn["报送次数"]) == (None, None)
    assert withdrawn["整改措施"] is not None


def test_score_sheets_have_points_shares_and_what_was_filed(make, client_for):
    play = make.project(P.FINDINGS_WRITING)

    found = sheets(client_for(make["lead"]).get(f"/projects/{play.id}/scores.xlsx"))

    rows = {row["指标编码"].value: row for row in found["指标评分"]}
    assert (rows["A"]["权重"].value, rows["A"]["得分"].value, rows["A"]["末级指标"].value) == (100, 85, None)
    assert (rows["A2"]["得分"].value, rows["A2"]["得分率"].value, rows["A2"]["低分指标"].value) == (10, 0.4, "是")
    assert rows["A2"]["得分率"].number_format == "0%" and rows["A2"]["层级"].value == 2
    assert values(found["评价结果"])[0]["评价分值"] == 85


def test_a_units_year_is_one_workbook_of_every_list_that_has_something(make, client_for):
    make.project(P.RECTIFYING)
    make.project(P.AWAITING_FIRM)
    supervisor, unit = client_for(make["supervisor"]), make["unit"].organisation_id

    found = sheets(supervisor.get(f"/results/{unit}/2026.xlsx"))

    assert list(found) == ["项目清单", "指标评分", "评价结果", "存在问题", "整改建议", "整改台账"]
    assert (len(found["项目清单"]), len(found["评价结果"])) == (2, 1)
    assert supervisor.get(f"/results/{unit}/2019.xlsx").status == 404


def test_the_filter_of_the_list_and_its_order_are_those_of_the_file(make, client_for):
    first, second = make.project(P.CLOSED), make.project(P.RECTIFYING)
    supervisor = client_for(make["supervisor"])

    everything = values(sheets(supervisor.get("/projects/list.xlsx?sort=code"))["项目清单"])
    closed = values(sheets(supervisor.get("/projects/ledger.xlsx?state=closed"))["整改台账"])

    assert [row["项目名称"] for row in everything] == [f"“{one.said[0].text}”" for one in (first, second)]
    assert {row["项目名称"] for row in closed} == {f"“{first.said[0].text}”"}
    refused = supervisor.get("/projects/ledger.xlsx?state=declaring")
    assert (refused.status, "没有您可以导出的内容" in refused.text) == (409, True)


def test_more_than_the_stated_number_is_refused_with_a_sentence(make, client_for, monkeypatch):
    make.project(P.DECLARATION_REVIEW)
    make.project(P.DECLARATION_REVIEW)
    monkeypatch.setattr(excel, "PROJECTS", replace(lists.PROJECTS, most=1))

    refused = client_for(make["supervisor"]).get("/projects/list.xlsx")

    assert (refused.status, "一次最多导出 1 个项目，请缩小筛选范围" in refused.text) == (409, True)


def test_below_each_list_stands_who_took_it_and_the_log_knows(make, client_for):
    make.project(P.RECTIFYING)

    answer = client_for(make["supervisor"]).get("/projects/findings.xlsx").answer

    for sheet in openpyxl.load_workbook(io.BytesIO(answer.get_data())):
        assert "预算处 经办" in sheet.cell(sheet.max_row, 1).value
        assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref
    with context(make.app):
        body = json.loads(db.session.scalar(select(EventEntry.body).where(EventEntry.kind == "export")))
    assert (body["paper"], body["count"]) == ("findings_list", 1)


# ---------------------------------------------------------------- text stays text


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x.cn","看")', "+1+1", "-2", "@SUM(A1)", "<r><f>1</f></r>"])
def test_what_people_typed_is_never_a_formula(make, client_for, text):
    play = make.project(P.RECTIFYING)
    play.carry_item(1, I.VERIFYING)
    with context(make.app), unit_of_work():
        db.session.execute(update(Project).values(name=text, name_filed=text))
        db.session.execute(update(Finding).values(title=text, text=text))
        db.session.execute(update(Suggestion).values(title=text, text=text))
        db.session.execute(update(ItemReport).values(text=text))
    client = client_for(make["supervisor"])

    answers = [client.get(f"/projects/{name}.xlsx") for name in OF_FILTER]

    assert [formulas(answer) for answer in answers] == [[]] * 4
    found = sheets(answers[1])
    cells = [row[label] for row in found["存在问题"] for label in ("项目名称", "问题标题", "问题内容")]
    assert {(cell.data_type, cell.value.rstrip(), cell.hyperlink) for cell in cells} == {("s", text, None)}
    assert sheets(answers[2])["整改台账"][0]["整改情况"].data_type == "s"


# ---------------------------------------------------------------- only what is shown


def test_strangers_get_nothing_and_learn_nothing(make, client_for):
    play = make.project(P.RECTIFYING)

    for who in ("unit2", "lead2", "stranger"):
        client = client_for(make[who])
        assert {client.get(f"/projects/{play.id}/{name}.xlsx").status for name in OF_FILTER[1:]} == {404}
        assert client.get(f"/results/{make['unit'].organisation_id}/2026.xlsx").status == 404
        assert {client.get(f"/projects/{name}.xlsx").status for name in OF_FILTER} == {409}


def test_before_its_time_a_unit_reads_neither_score_nor_finding(make, client_for):
    play = make.project(P.AWAITING_COMMENTS)
    unit = client_for(make["unit"])

    (row,) = values(sheets(unit.get("/projects/list.xlsx"))["项目清单"])

    assert (row["评价分值"], row["评价结论"], row["决算金额（元）"]) == (None, None, None)
    assert {unit.get(f"/projects/{play.id}/{name}.xlsx").status for name in ("findings", "scores")} == {404}


def test_a_firm_reads_of_an_item_only_its_state(make, client_for):
    play = make.project(P.RECTIFYING)
    play.carry_item(1, I.SETTLED)

    first, *_ = values(sheets(client_for(make["lead"]).get(f"/projects/{play.id}/ledger.xlsx"))["整改台账"])

    shown = {label for label, value in first.items() if value is not None}
    assert first["状态"] == "已销号"
    assert shown == {
        "项目编号", "项目名称", "预算单位", "评价年度", "事项", "存在问题", "整改建议", "状态",
    }  # fmt: skip


def test_before_declaring_himself_an_evaluator_reads_the_name_and_no_more(make, client_for):
    make.project(P.RECTIFYING)

    (row,) = values(sheets(client_for(make["evaluator"]).get("/projects/list.xlsx"))["项目清单"])

    shown = {label for label, value in row.items() if value is not None}
    assert shown <= {"项目名称", "预算单位", "预算年度", "评价年度", "状态", "办理期限"}
    assert row["状态"] == "待声明"


ACTORS = ("unit", "unit2", "lead", "evaluator", "lead2", "supervisor", "stranger", "auditor")
ROWS = {
    Datum.FINDINGS: excel_rows.findings, Datum.SUGGESTIONS: excel_rows.suggestions,
    Datum.EVALUATION: excel_rows.results, Datum.ITEM_STATES: excel_rows.items,
}  # fmt: skip


@pytest.mark.parametrize("who", ACTORS)
def test_whatever_stands_in_the_database_each_row_is_one_its_reader_is_shown(make, who):
    Population(make, 7, 120)
    with make.app.test_request_context():
        actor = make[who]
        everything = list(db.session.scalars(select(Project.id)))
        codes = dict(db.session.execute(select(Project.code, Project.id)).all())
        for datum, rows in ROWS.items():
            for cells in rows(actor, everything):
                reach = access.project_for(actor, codes[cells[0]])
                assert reach.sees(datum), (datum, cells)
                if datum is Datum.ITEM_STATES and not reach.sees(Datum.ITEMS):
                    assert set(cells[8:]) == {None}
        for cells in excel_rows.projects(actor, everything):
            if cells[0] is None:  # what is not shown has no code
                assert cells[3] is None and cells[9:] == (None,) * 5
                continue
            reach = access.project_for(actor, codes[cells[0]])
            assert reach.sees(Datum.EVALUATION) or cells[10:13] == (None, None, None)


# ---------------------------------------------------------------- links


def test_each_page_offers_what_its_reader_may_take(make, client_for):
    play = make.project(P.RECTIFYING)

    for who, hidden in (("supervisor", set()), ("lead", {f"/projects/{play.id}/notice.docx"})):
        client = client_for(make[who])
        links = {link for link in client.get(f"/projects/{play.id}").links if link.endswith((".xlsx", ".zip", ".docx"))}
        names = ("findings.xlsx", "ledger.xlsx", "scores.xlsx", "archive.zip")
        assert {f"/projects/{play.id}/{name}" for name in names} <= links
        assert not links & hidden
        assert {client.get(link).status for link in links} == {200}
        for page, name in (("issues", "findings"), ("items", "ledger"), ("evaluation/view", "scores")):
            assert f"/projects/{play.id}/{name}.xlsx" in client.get(f"/projects/{play.id}/{page}").links


def test_the_list_offers_its_own_filter_also_after_it_was_changed_in_place(make, client_for):
    make.project(P.RECTIFYING)

    fragment = client_for(make["supervisor"]).get("/projects/?state=rectifying", htmx=True)

    assert "/projects/ledger.xlsx?state=rectifying" in fragment.links
    assert "/results/export.docx?state=rectifying" in fragment.links


# ---------------------------------------------------------------- many


def many(make: Make, count: int) -> None:
    """Projects under review, as many as wanted, with texts of some length."""
    play = make.project(P.DECLARATION_REVIEW)
    with context(make.app), unit_of_work():
        columns = [column for column in Project.__table__.columns if column.name != "id"]
        row = db.session.execute(select(*columns).where(Project.id == play.id)).one()._asdict()
        copies = [{**row, "code": f"C{n}", "name": f"{n} " + "长" * 150, "name_filed": None} for n in range(count)]
        db.session.execute(insert(Project), copies)


def peak(app: Flask, actor: access.Actor, ids: list[int]) -> int:
    with app.test_request_context(), TemporaryFile() as out:
        tracemalloc.start()
        write_book(out, lists.PROJECTS.sheets(actor, ids))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return found


def test_thousands_of_rows_need_no_more_memory_than_a_few(make):
    many(make, MANY)
    actor = make["supervisor"]
    with context(make.app):
        ids = list(db.session.scalars(select(Project.id)))
    peak(make.app, actor, ids[:10])  # what is loaded once

    few, all_of_them = peak(make.app, actor, ids[: excel_rows.BATCH]), peak(make.app, actor, ids)

    assert len(ids) == MANY + 1
    assert all_of_them < few * 1.5 + 1024 * 1024


def test_statements_do_not_grow_with_the_projects(make, client_for):
    make.project(P.RECTIFYING)
    client = client_for(make["supervisor"])
    client.get("/projects/ledger.xlsx")
    one = {name: statements(make.app, lambda name=name: client.get(f"/projects/{name}.xlsx")) for name in OF_FILTER}

    make.project(P.RECTIFYING)
    make.project(P.CLOSED)

    assert {
        name: statements(make.app, lambda name=name: client.get(f"/projects/{name}.xlsx")) for name in OF_FILTER
    } == one


def test_a_limit_is_looked_for_no_further_than_needed(make):
    many(make, 12)
    with context(make.app):
        found = scope.of_filter(lists.PROJECTS, make["supervisor"], Filter(), 5)

    assert len(found) == 6

