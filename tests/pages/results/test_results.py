"""The result table: page and Word from one source, the snapshot once published."""

import zipfile
from io import BytesIO

from sqlalchemy import func, update

from perfflow.db import db, unit_of_work
from perfflow.models.project import Project, Publication
from perfflow.pages.results import queries
from perfflow.papers.result_paper import RESULT_FORM, read_result_tables
from perfflow.process import P
from tests.make import context


def word(screen):
    return read_result_tables(BytesIO(screen.answer.get_data()))


def test_page_and_paper_hold_the_same_eight_cells(make, client_for):
    play = make.project(P.CLOSED)
    supervisor = client_for(make["supervisor"])

    page = supervisor.get(f"/projects/{play.id}/result")
    (read,) = word(supervisor.get(f"/projects/{play.id}/result.docx"))

    for field in RESULT_FORM.fields:
        assert field.label in page.text
        cell = getattr(read.table, field.key)
        assert all(line in page.text for line in " ".join(cell.split()).split(" "))


def footer(screen) -> str:
    with zipfile.ZipFile(BytesIO(screen.answer.get_data())) as package:
        return "".join(package.read(n).decode() for n in package.namelist() if "footer" in n)


def test_an_unpublished_export_says_so_in_the_footer_and_a_published_one_does_not(make, client_for):
    play = make.project(P.CLOSED)
    supervisor = client_for(make["supervisor"])
    before = footer(supervisor.get(f"/projects/{play.id}/result.docx"))

    play.act("supervisor", "publish")

    assert "未公开" in before
    assert "未公开" not in footer(supervisor.get(f"/projects/{play.id}/result.docx"))


def test_what_was_published_stays_though_the_record_changes(make, client_for):
    play = make.project(P.PUBLISHED)
    supervisor = client_for(make["supervisor"])
    (before,) = word(supervisor.get(f"/projects/{play.id}/result.docx"))

    with context(make.app), unit_of_work():
        db.session.execute(update(Project).where(Project.id == play.id).values(rectification="改写了"))

    (after,) = word(supervisor.get(f"/projects/{play.id}/result.docx"))
    assert after.table == before.table


def test_publishing_again_makes_the_next_version_and_the_old_one_stays(make, client_for):
    play = make.project(P.PUBLISHED)
    play.act("supervisor", "unpublish", reason="文字有误")
    play.act("supervisor", "correct", target="paid", text="99.99万元", reason="笔误")
    play.act("supervisor", "publish")
    supervisor = client_for(make["supervisor"])

    (first,) = word(supervisor.get(f"/projects/{play.id}/result/1.docx"))
    (second,) = word(supervisor.get(f"/projects/{play.id}/result/2.docx"))

    assert first.table.final_amount != second.table.final_amount == "99.99万元"
    with context(make.app):
        withdrawn = db.session.scalars(db.select(Publication.withdrawn_at).order_by(Publication.number)).all()
    assert [one is not None for one in withdrawn] == [True, False]


def test_the_paper_of_a_withdrawn_version_says_so(make, client_for):
    play = make.project(P.PUBLISHED)
    supervisor = client_for(make["supervisor"])
    in_force = footer(supervisor.get(f"/projects/{play.id}/result/1.docx"))

    play.act("supervisor", "unpublish", reason="文字有误")

    assert "已撤回公开" not in in_force
    assert "已撤回公开" in footer(supervisor.get(f"/projects/{play.id}/result/1.docx"))


def test_a_snapshot_that_was_tampered_with_is_not_shown(make, client_for):
    play = make.project(P.PUBLISHED)
    with context(make.app), unit_of_work():
        db.session.execute(update(Publication).values(content=Publication.content + " "))

    assert client_for(make["supervisor"]).get(f"/projects/{play.id}/result").status == 500


def test_a_unit_s_year_has_a_cover_and_one_table_for_each_project(make, client_for):
    first, second = make.project(P.CLOSED), make.project(P.CLOSED)
    supervisor = client_for(make["supervisor"])
    (link,) = {one for one in supervisor.get("/results").links if one.endswith(".docx")}

    read = word(supervisor.get(link))

    assert len(read) == 2
    assert read[0].cover is not None
    assert read[0].cover.title.endswith("年度财政支出项目绩效评价结果")
    assert first.id != second.id


def test_the_filter_of_the_list_is_what_is_exported(make, client_for):
    make.project(P.CLOSED)
    make.project(P.PUBLISHED)
    supervisor = client_for(make["supervisor"])

    assert len(word(supervisor.get("/results/export.docx"))) == 2
    assert len(word(supervisor.get("/results/export.docx?state=published"))) == 1
    refused = supervisor.get("/results/export.docx?state=declaring")
    assert refused.status == 409
    assert "没有您可以导出的评价结果" in refused.text


def test_neither_page_nor_paper_before_the_time_nor_for_the_firm(make, client_for):
    early, late = make.project(P.SUGGESTIONS_REVIEW), make.project(P.CLOSED)

    for who, play in (("unit", early), ("supervisor", early), ("lead", late), ("unit2", late)):
        client = client_for(make[who])
        assert client.get(f"/projects/{play.id}/result").status == 404
        assert client.get(f"/projects/{play.id}/result.docx").status == 404


def test_without_any_finding_kept_the_rest_reads_none(make, client_for):
    from perfflow.stages.findings import commands as findings

    play = make.project(P.FINDINGS_WRITING, registered=True, table_only=True)
    values = findings.FindingsValues(findings=(), explanations=(), no_findings="经核查未发现问题")
    play.save(findings.save_findings, values, who="lead", version=None)
    play.act("lead", "submit_findings")
    play.act("supervisor", "approve_findings")
    play.act("supervisor", "close")

    (read,) = word(client_for(make["supervisor"]).get(f"/projects/{play.id}/result.docx"))

    assert (read.table.findings, read.table.suggestions, read.table.rectification) == ("无", "无", "无")


def test_units_and_years_are_those_whose_tables_are_shown(make):
    for state in (P.AWAITING_FIRM, P.SUGGESTIONS_REVIEW, P.RECTIFYING, P.CLOSED, P.PUBLISHED, P.TERMINATED):
        make.project(state)
    make.project(P.CLOSED, unit="unit2")
    make.project(P.CLOSED, unit="far", supervisor="stranger")

    for who in ("unit", "unit2", "far", "supervisor", "stranger", "auditor", "lead", "admin"):
        with context(make.app):
            listed = {(row.unit_id, row.year): row.count for row in queries.unit_years(make[who])}
            year = func.coalesce(Project.evaluation_year, Project.budget_year)
            shown = queries.with_result(make[who], Project.unit_id, year, func.count())
            wanted = db.session.execute(shown.group_by(Project.unit_id, year)).all()
        assert listed == {(unit_id, year): str(count) for unit_id, year, count in wanted}, who
