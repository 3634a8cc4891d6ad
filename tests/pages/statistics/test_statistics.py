"""统计: what its pages say, to whom, and at what price."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from perfflow.core import clock
from perfflow.db import db, unit_of_work
from perfflow.models.evaluation import Assignment
from perfflow.pages.statistics.tables import percent
from perfflow.process import P
from tests.make import context
from tests.statements import statements


def line(page, name, table=0):
    """The cells of a line of a table, by heading; a line is named by its first cell."""
    one = page.tree.xpath("//table[contains(@class, 'stats')]")[table]
    headings = [" ".join(cell.text_content().split()) for cell in one.xpath(".//thead//th")]
    for row in one.xpath(".//tr"):
        found = [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")]
        if found[0] == name:
            return dict(zip(headings, found, strict=True))
    raise AssertionError(f"no line {name}")


def figures(page):
    names, values = page.tree.xpath("//dl[@class='kv']//dt"), page.tree.xpath("//dl[@class='kv']//dd")
    return {a.text_content(): " ".join(b.text_content().split()) for a, b in zip(names, values, strict=True)}


def test_each_stage_counts_its_projects_and_what_is_late(make, client_for):
    make.project(P.DECLARATION_REVIEW)
    make.project(P.APPROVED)
    make.project(P.RECTIFYING)

    with clock.at(datetime(2026, 4, 1, tzinfo=UTC)):
        page = client_for(make["supervisor"]).get("/statistics/")

    assert line(page, "申报")["项目数"] == "2"
    assert line(page, "申报")["逾期"] == "1"
    assert line(page, "申报")["不在办"] == "1"
    assert line(page, "整改")["期限内"] == "1"
    assert line(page, "合计")["项目数"] == "3"
    assert line(page, "目标已批复", table=1)["项目数"] == "1"
    assert figures(page)["逾期率"] == "50.0% 1 / 2"
    assert "逾期率 = 逾期 ÷ 在办" in page.text


def test_rates_name_their_bases_and_leave_out_what_has_none(make, client_for):
    make.project(P.CLOSED)
    make.project(P.DECLARATION_REVIEW)
    page = client_for(make["supervisor"]).get("/statistics/?by=year")

    cells = line(page, "2026")
    # of three items one was settled, one continues and one was cancelled
    assert cells["整改完成率"] == "50.0% 1 / 2"
    assert cells["优良率"] == "100.0% 1 / 1"
    assert cells["预算执行率"].startswith("46.6% 99.00")
    assert cells["办结率"] == "100.0% 1 / 1"
    assert "整改完成率 = 已销号事项 ÷ 已下达事项（不含已撤销）" in page.text
    assert "预算执行率 = 决算金额合计 ÷ 预算金额合计，只计预算、决算金额俱全的项目" in page.text


def test_one_year_is_one_year_everywhere(make, client_for):
    make.project(P.CLOSED)
    make.project(P.CLOSED, registered=True)  # of 2025
    client = client_for(make["supervisor"])

    assert figures(client.get("/statistics/"))["项目数"] == "2"
    page = client.get("/statistics/?year=2025&by=unit")
    assert figures(page)["项目数"] == "1"
    assert line(page, "上海市甲局")["项目数"] == "1"
    links = [link for link in page.links if "/statistics/rows" in link]
    assert links and all("year=2025" in link for link in links)


def test_a_number_leads_to_its_rows_and_the_way_back_is_shown(make, client_for):
    make.project(P.CLOSED)
    client = client_for(make["supervisor"])
    page = client.get("/statistics/?by=category")

    (link,) = {link for link in page.links if "measure=kept" in link and "category=other" in link}
    rows = client.get(link)

    assert len(rows.rows) == 1 + int(line(page, "其他")["问题"])
    assert rows.heading == "问题"
    assert "问题类别：其他" in rows.text
    assert "/statistics/?by=category" in rows.links


def test_a_grade_that_is_not_shown_is_counted_nowhere(make, client_for):
    make.project(P.EVALUATION_REVIEW)

    supervisor = client_for(make["supervisor"]).get("/statistics/?by=grade")
    unit = client_for(make["unit"]).get("/statistics/?by=grade")

    assert figures(supervisor)["优良率"] != "—"
    assert figures(unit)["优良率"] == "—"
    assert line(unit, "尚无评价结论")["项目数"] == "1"
    assert client_for(make["unit"]).get("/statistics/rows?grade=%E4%BC%98").rows == []


def test_a_project_without_a_firm_or_a_grade_has_a_line_of_its_own(make, client_for):
    make.project(P.DECLARATION_REVIEW)
    client = client_for(make["supervisor"])

    firms = client.get("/statistics/?by=firm")

    assert line(firms, "尚未委托")["项目数"] == "1"
    (link,) = {link for link in firms.links if "measure=all" in link and "firm=none" in link}
    assert len(client.get(link).rows) == 2


def test_a_firm_counts_what_it_is_shown_and_never_reads_of_another(make, client_for):
    make.project(P.CLOSED)
    make.project(P.CLOSED, lead="lead2")
    undeclared = make.project(P.EVALUATING)
    page = client_for(make["lead"]).get("/statistics/")

    assert figures(page)["项目数"] == "1"
    assert "尚未作独立性与保密声明" in page.text
    assert "逾期事项" not in page.text  # due dates of items are not a firm's to read
    assert f"/projects/{undeclared.id}" not in client_for(make["lead"]).get("/statistics/rows").links
    assert not [link for link in page.links if "by=firm" in link]


# ---------------------------------------------------------------- the pages of a unit and of a firm


def test_the_page_of_a_unit_shows_its_years_findings_and_rectification(make, client_for):
    make.project(P.CLOSED)
    make.project(P.CLOSED, unit="unit2")
    page = client_for(make["supervisor"]).get(f"/statistics/units/{make['unit'].organisation_id}")

    assert page.heading == "上海市甲局"
    assert line(page, "合计")["项目数"] == "1"
    assert line(page, "合计")["整改答复率"] == "100.0% 2 / 2"
    assert line(page, "已办结", table=1)["项目数"] == "1"
    assert line(page, "其他", table=2)["异议率"] == "33.3% 1 / 3"
    assert line(page, "其他", table=2)["问题整改率"] == "50.0% 1 / 2"
    assert line(page, "已销号", table=3)["整改事项"] == "1"


def test_the_page_of_a_firm_shows_what_was_given_returned_disputed_and_taken_away(make, client_for):
    make.project(P.CLOSED)
    returned = make.project(P.EVALUATION_REVIEW)
    returned.act("supervisor", "return_evaluation", reason="指标缺少依据")
    returned.act("lead", "submit_evaluation")
    returned.act("supervisor", "approve_evaluation")
    declined = make.project(P.EVALUATING)
    declined.act("lead", "decline", reason="人手不足")
    replaced = make.project(P.FINDINGS_WRITING)
    replaced.act("supervisor", "replace_firm", reason="逾期未交")
    client = client_for(make["supervisor"])

    page = client.get(f"/statistics/firms/{make['lead'].organisation_id}")
    cells = line(page, "2026")

    assert cells["委托"] == "4"
    assert cells["现任委托"] == "2"
    assert cells["评价已获同意"] == "3"
    assert cells["一次通过率"] == "66.7% 2 / 3"
    assert (cells["被退回过的委托"], cells["退回次数"]) == ("1", "1")
    assert (cells["谢绝"], cells["被更换"]) == ("1", "1")
    assert line(page, "2026", table=1)["异议后修改"] == "1"
    (acts,) = {link for link in page.links if "of=returns" in link and "year" not in link}
    assert "指标缺少依据" in client.get(acts).text


def test_a_firm_finds_its_own_page_without_what_it_may_no_longer_read(make, client_for):
    make.project(P.CLOSED)
    client = client_for(make["lead"])

    page = client.get("/statistics/")
    own = client.get(f"/statistics/firms/{make['lead'].organisation_id}")

    assert f"/statistics/firms/{make['lead'].organisation_id}" in page.links
    assert line(own, "合计")["委托"] == "1"
    assert "被更换" not in own.text
    assert "/statistics/units/" not in "".join(own.links)


@pytest.mark.parametrize(
    ("who", "path"),
    [("unit2", "units/unit"), ("lead", "units/unit"), ("stranger", "units/unit"), ("unit", "firms/lead"),
     ("lead2", "firms/lead"), ("stranger", "firms/lead"), ("supervisor", "units/lead"), ("supervisor", "firms/unit")],
)  # fmt: skip
def test_a_page_out_of_reach_is_not_there(make, client_for, who, path):
    make.project(P.CLOSED)
    kind, _slash, whose = path.partition("/")

    assert client_for(make[who]).get(f"/statistics/{kind}/{make[whose].organisation_id}").status == 404


# ---------------------------------------------------------------- addresses and price


@pytest.mark.parametrize(
    "bad",
    ["of=people", "measure=fly", "year=x", "unit=99999999999", "state=fly", "grade=%00", "of=projects&category=other",
     "of=items&measure=all&firm=-1", "unit=none"],
)  # fmt: skip
def test_rows_that_nobody_counts_are_not_there(make, client_for, bad):
    assert client_for(make["supervisor"]).get(f"/statistics/rows?{bad}").status == 404


@pytest.mark.parametrize("odd", ["by=fly", "year=x", "year=20260", "part=999", "part=-1", "by=unit&part=%00"])
def test_an_overview_address_that_makes_no_sense_shows_the_overview(make, client_for, odd):
    make.project(P.DECLARATION_REVIEW)

    assert client_for(make["supervisor"]).get(f"/statistics/?{odd}").status == 200


def test_a_year_with_nothing_in_it_says_so(make, client_for):
    make.project(P.CLOSED)

    assert "还没有可以统计的内容" in client_for(make["supervisor"]).get("/statistics/?by=unit&year=2016").text


def test_a_page_takes_the_same_number_of_statements_whatever_there_is(make, client_for):
    client = client_for(make["supervisor"])
    paths = ("", "?by=unit", "?by=category", "rows", "rows?of=findings&measure=disputed")

    def prices():
        return [statements(make.app, lambda path=path: client.get(f"/statistics/{path}")) for path in paths]

    make.project(P.CLOSED)
    prices()
    few = prices()
    for unit in ("unit", "unit2"):
        make.project(P.CLOSED, unit=unit)

    assert prices() == few
    assert max(few) <= 14


def test_the_chart_library_is_loaded_where_charts_are_and_nowhere_else(make, client_for):
    make.project(P.CLOSED)
    client = client_for(make["supervisor"])

    def scripts(path):
        return " ".join(client.get(path).tree.xpath("//script/@src"))

    assert "chart-" in scripts("/statistics/")
    assert not any("chart-" in scripts(path) for path in ("/", "/projects/", "/statistics/rows"))


def test_every_series_of_a_chart_is_a_column_of_its_table(make, client_for):
    make.project(P.CLOSED)
    page = client_for(make["supervisor"]).get("/statistics/?by=unit")
    (figure,) = page.tree.xpath("//figure")

    table = page.tree.get_element_by_id(figure.get("data-table"))
    drawn = [at for at, cell in enumerate(table.xpath(".//thead//th")) if cell.get("data-series")]
    assert len(drawn) == 3
    for row in table.xpath(".//tbody/tr"):
        for at in drawn:
            cell = row.xpath("./th | ./td")[at]
            assert cell.get("data-v") == cell.text_content().strip()
    assert figure.xpath("./canvas/@aria-hidden") == ["true"]
    assert "见下表" in figure.text_content()


@pytest.mark.parametrize(
    ("over", "under", "text"), [(0, 0, "—"), (1, 2, "50.0%"), (2, 3, "66.7%"), (1, 16, "6.3%"), (3, 2, "150.0%")]
)
def test_a_rate_is_rounded_half_up_to_a_tenth(over, under, text):
    assert percent(over, under) == text


def test_a_long_table_is_shown_in_parts_and_its_total_counts_all(make, client_for, monkeypatch):
    monkeypatch.setattr("perfflow.pages.statistics.tables.LINES", 1)
    make.project(P.DECLARATION_REVIEW)
    make.project(P.DECLARATION_REVIEW)
    make.project(P.DECLARATION_REVIEW, unit="unit2")
    client = client_for(make["supervisor"])

    first = client.get("/statistics/?by=unit")
    second = client.get(next(link for link in first.links if "part=2" in link))

    assert line(first, "上海市甲局")["项目数"] == "2"
    assert line(second, "上海市乙局")["项目数"] == "1"
    assert line(first, "合计") == line(second, "合计")
    assert line(first, "合计")["项目数"] == "3"


def test_amounts_without_a_pair_are_in_no_rate(make, client_for):
    play = make.project(P.CLOSED)
    with context(make.app), unit_of_work():
        db.session.execute(update(Assignment).where(Assignment.project_id == play.id).values(paid_fen=None))

    page = client_for(make["supervisor"]).get("/statistics/")

    assert figures(page)["预算执行率"] == "—"
    assert not re.search("of=projects&measure=amounts", " ".join(page.links))
