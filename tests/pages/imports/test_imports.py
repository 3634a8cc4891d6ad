"""Papers in: uploaded, looked at beside what is stored, corrected, confirmed."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from demo import papers
from perfflow.core import clock, files
from perfflow.core.access import Actor, project_for
from perfflow.db import db, unit_of_work
from perfflow.models.file import Attachment, Upload
from perfflow.models.finding import Finding
from perfflow.pages.imports import queries
from perfflow.papers.findings_list import FindingsList, ListedFinding, ListedSuggestion, write_findings
from perfflow.papers.rectification_list import OpenItem, write_rectification
from perfflow.papers.result_paper import write_result_tables
from perfflow.papers.result_table import ResultTable
from perfflow.papers.score_sheet import ScoreLine, ScoreSheet
from perfflow.papers.score_sheet_writer import score_sheet_pages
from perfflow.papers.word_writer import write_word
from perfflow.process import CATEGORIES, SEVERITIES, P
from perfflow.stages.declaration import commands as declaration
from perfflow.stages.declaration import queries as declared
from perfflow.stages.evaluation import commands as evaluation
from perfflow.stages.evaluation import queries as evaluations
from perfflow.stages.findings import commands as findings_commands
from perfflow.stages.findings import queries as findings
from perfflow.stages.rectification import commands as rectification
from perfflow.stages.suggestions import queries as suggestions
from tests.make import NOW, Make, Play
from tests.screen import ORIGIN, Client, Screen

ClientFor = Callable[[Actor | None], Client]
ACCEPTANCE = (
    "2018年“市人大常委会会务工作智能化平台建设经费”项目在终期验收措施上不够规范，根据项目实施方---"
    "上海金桥信息股份有限公司提供的验收资料，只对项目的完成情况做了验收分析。"
)
TABLE = ResultTable("“代表工作”", "100万元", "90分", "优", "良好。", "1、甲。", "1、乙。", "已整改。")
REPORT = "市人大常委会会务工作智能化平台建设经费绩效评价报告.docx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("papers")
    papers.build(made)
    return made


def send(client: Client, address: str, data: bytes, name: str, **typed: Any) -> Screen:
    page = client.get(address)
    fields = {name_: value for name_, value in page.tree.xpath("//main//form")[0].form_values()}
    fields |= {"files": (io.BytesIO(data), name), **typed}
    answer = client.http.post(address, data=fields, headers={"Origin": ORIGIN}, content_type="multipart/form-data")
    return Screen(client, answer, address)


def count(make: Make, table: Any) -> int:
    with make.app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


# ---------------------------------------------------------------- a firm's report


@pytest.fixture
def play(make: Make) -> Play:
    play = make.project(P.EVALUATING)
    play.save(evaluation.declare_independence, True, "", who="lead")
    with make.app.app_context(), unit_of_work():
        play.project().budget_fen = 298_800_000
    return play


@pytest.fixture
def preview(make: Make, client_for: ClientFor, play: Play, folder: Path) -> Screen:
    sent = send(client_for(make["lead"]), f"/projects/{play.id}/import", (folder / REPORT).read_bytes(), REPORT)
    assert sent.status == 303, (sent.status, sent.alert)
    return sent.follow()


def test_a_report_is_shown_before_anything_is_believed(make: Make, play: Play, preview: Screen) -> None:
    assert preview.status == 200
    assert "“2,988,000.00万元”是 298.8亿元" in preview.text
    with make.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attachment).where(
            Attachment.project_id == play.id, Attachment.purpose == "report")) == 0
    assert count(make, Upload) == 1



CORRECTED = {"budget-value": "2,988,000.00元", "paid-value": "2,886,200.00元"}


def test_an_amount_in_doubt_is_asked_about_and_not_taken_without_an_answer(preview: Screen, play: Play) -> None:
    refused = preview.press()

    assert refused.status == 422
    assert "决算金额：请改正金额，或勾选“原文无误”。" in refused.alert
    assert "预算金额：请改正金额，或勾选“原文无误”。" in refused.alert


def test_a_report_fills_sheet_result_findings_and_suggestions(
    make: Make, play: Play, preview: Screen, client_for: ClientFor
) -> None:
    done = preview.press(**CORRECTED)

    assert (done.status, done.location) == (303, f"/projects/{play.id}")
    with make.app.app_context():
        reach = project_for(make["lead"], play.id)
        page = evaluations.evaluation(reach)
        assert page is not None
        assert (page.total, page.grade, page.paid_fen, page.paid_filed) == (9100, "优", 288_620_000, "")
        assert len([node for node in page.nodes if node.leaf]) == 26
        found = findings.findings(reach)
        assert [f.title for f in found] == ["项目中期验收措施不够规范", "项目后续运维管理机制不够明确"]
        answered = [[f.number for f in s.findings] for s in suggestions.suggestions(reach)]
        assert answered == [[1], [2]]
        kept = db.session.scalars(select(Attachment).where(Attachment.project_id == play.id)).all()
        assert [one.name for one in kept if one.purpose == "report"] == [REPORT]
    assert count(make, Upload) == 0


def test_the_same_file_again_changes_nothing_and_says_so(
    make: Make, play: Play, preview: Screen, client_for: ClientFor, folder: Path
) -> None:
    preview.press(**CORRECTED)

    again = send(client_for(make["lead"]), f"/projects/{play.id}/import", (folder / REPORT).read_bytes(), REPORT)
    page = again.follow()

    assert "文件的内容与系统中的一致，没有可导入的变化。" in page.text
    assert "确认导入勾选的内容" not in page.buttons


def test_only_what_is_ticked_is_taken(make: Make, play: Play, preview: Screen) -> None:
    boxes = [name for name, _value in preview.tree.xpath("//main//form")[0].form_values() if name.endswith("-take")]
    unticked: dict[str, Any] = {name: None for name in boxes if not name.startswith("row-")}

    done = preview.press(**unticked)

    assert done.status == 303, done.alert
    with make.app.app_context():
        reach = project_for(make["lead"], play.id)
        page = evaluations.evaluation(reach)
        assert page is not None and page.total == 9100 and page.paid_fen is None
        assert findings.findings(reach) == []


def test_a_wrong_paper_is_refused_at_its_field_and_nothing_stays(
    make: Make, play: Play, client_for: ClientFor, folder: Path
) -> None:
    form = next(path for path in folder.iterdir() if "申报表" in path.name)

    refused = send(client_for(make["lead"]), f"/projects/{play.id}/import", form.read_bytes(), form.name)

    assert refused.status == 422
    assert "这像是绩效目标申报表，您正在上传绩效评价报告" in refused.text
    assert count(make, Upload) == 0


def test_values_tell_the_file_they_were_read_from(
    preview: Screen, play: Play, make: Make, client_for: ClientFor
) -> None:
    preview.press(**CORRECTED)

    shown = client_for(make["lead"]).get(f"/projects/{play.id}/evaluation/view").text
    issues = client_for(make["lead"]).get(f"/projects/{play.id}/issues").text

    assert f"{REPORT} 第 7 段（导入时改正）" in shown
    assert "读自表1 第19行" in shown
    assert f"{REPORT} 第" in issues


def test_a_value_typed_differently_later_tells_no_file_any_more(
    preview: Screen, play: Play, make: Make, client_for: ClientFor
) -> None:
    preview.press(**CORRECTED)
    result = evaluation.ResultValues(paid_fen=1, main_performance="另写的绩效。")
    play.save(evaluation.save_result, result, version=None, who="lead")

    shown = client_for(make["lead"]).get(f"/projects/{play.id}/evaluation/view").text

    assert "（导入时改正）" not in shown and "读自表1 第19行" in shown


def test_a_newer_version_proposes_only_what_differs(
    preview: Screen, play: Play, make: Make, client_for: ClientFor, folder: Path
) -> None:
    preview.press(**CORRECTED)
    with make.app.app_context(), unit_of_work():
        one = db.session.scalars(select(Finding).where(Finding.number == 1)).one()
        one.text = one.text.replace("终期", "期末")

    again = send(client_for(make["lead"]), f"/projects/{play.id}/import", (folder / REPORT).read_bytes(), REPORT)
    page = again.follow()

    boxes = [name for name, _value in page.tree.xpath("//main//form")[0].form_values() if name.endswith("-take")]
    assert boxes == ["finding-1-take"]


def test_a_shorter_score_sheet_takes_the_place_of_the_one_before(
    preview: Screen, play: Play, make: Make, client_for: ClientFor
) -> None:
    preview.press(**CORRECTED)
    out = io.BytesIO()
    lines = (ScoreLine("A", "决策", 1), ScoreLine("A11", "依据", 2, Decimal(100), "90%", Decimal(90)))
    write_word(score_sheet_pages([("新表", ScoreSheet(lines, Decimal(90)))]), out)
    address = f"/projects/{play.id}/import"

    page = send(client_for(make["lead"]), address, out.getvalue(), "新表.docx", kind="score_sheet").follow()
    done = page.press()

    assert done.status == 303, done.alert
    with make.app.app_context():
        sheet = evaluations.evaluation(project_for(make["lead"], play.id))
        assert sheet is not None
        assert [row.code for row in sheet.rows] == ["A", "A11"]


# ---------------------------------------------------------------- a firm's lists


def test_a_filled_template_becomes_findings_and_suggestions(make: Make, play: Play, client_for: ClientFor) -> None:
    lead = client_for(make["lead"])
    assert lead.get(f"/projects/{play.id}/import/findings.xlsx").status == 200
    out = io.BytesIO()
    listed = FindingsList(
        (ListedFinding(number=1, title="合同滞后", text="合同签订晚于开工。", category="采购与合同", severity="严重",
                       amount_fen=1_250_000),),
        (ListedSuggestion(number=1, title="及时签订", text="开工前签订合同。", answers=(1,)),),
    )  # fmt: skip
    write_findings(out, listed, categories=[*CATEGORIES.values()], severities=[*SEVERITIES.values()])

    page = send(lead, f"/projects/{play.id}/import", out.getvalue(), "问题.xlsx", kind="findings").follow()
    done = page.press()

    assert done.status == 303, done.alert
    with make.app.app_context():
        reach = project_for(make["lead"], play.id)
        (found,) = findings.findings(reach)
        assert (found.category, found.severity, found.amount_fen) == ("contract", "grave", 1_250_000)
        (suggested,) = suggestions.suggestions(reach)
        assert [f.id for f in suggested.findings] == [found.id]
        kept = db.session.scalars(select(Attachment).where(Attachment.project_id == play.id)).all()
        assert [one.purpose for one in kept if one.name == "问题.xlsx"] == ["working_paper"]


def test_what_a_list_says_that_is_none_of_the_choices_is_told(make: Make, play: Play, client_for: ClientFor) -> None:
    out = io.BytesIO()
    wrong = ListedFinding(number=1, title="合同滞后", text="合同签订晚于开工。", category="合同类", severity="很重")
    write_findings(out, FindingsList((wrong,), (ListedSuggestion(number=1, text="及时签订。", answers=(1, 9)),)))

    page = send(client_for(make["lead"]), f"/projects/{play.id}/import", out.getvalue(), "问题.xlsx", kind="findings")
    told = page.follow().text

    assert "“合同类”不是可选的问题类别，请在下面选择。" in told
    assert "“很重”不是可选的严重程度，请在下面选择。" in told
    assert "没有序号为 9 的问题，请在下面勾选针对的问题。" in told


def test_an_amount_of_a_list_that_is_none_stands_in_its_field_to_be_corrected(
    make: Make, play: Play, client_for: ClientFor
) -> None:
    out = io.BytesIO()
    write_findings(out, FindingsList((ListedFinding(number=1, title="合同滞后", text="合同签订晚于开工。"),)))
    book = load_workbook(out)
    book["存在问题"]["G2"] = "很多钱"
    book.save(out := io.BytesIO())

    page = send(client_for(make["lead"]), f"/projects/{play.id}/import", out.getvalue(), "问题.xlsx", kind="findings")
    refused = page.follow().press()

    assert refused.status == 422
    assert "问题 1 涉及金额（没有的不填）：“很多钱”不是金额。" in refused.alert


def test_an_error_names_the_entry_it_stands_in(preview: Screen) -> None:
    refused = preview.press(**CORRECTED | {"finding-2-text": ""})

    assert "问题 2 内容：此项还没有填写。" in refused.alert


def test_a_firms_list_is_hidden_until_its_suggestions_are_submitted(
    make: Make, play: Play, client_for: ClientFor
) -> None:
    out = io.BytesIO()
    write_findings(out, FindingsList((ListedFinding(number=1, text="尚未提交的问题。"),)))
    page = send(client_for(make["lead"]), f"/projects/{play.id}/import", out.getvalue(), "清单.xlsx", kind="findings")
    assert page.follow().press().status == 303

    for who in ("unit", "supervisor", "auditor"):
        client = client_for(make[who])
        assert "清单.xlsx" not in client.get(f"/projects/{play.id}/files").text
        assert "清单.xlsx" not in client.get(f"/projects/{play.id}/history").text
    assert "清单.xlsx" in client_for(make["lead"]).get(f"/projects/{play.id}/files").text


# ---------------------------------------------------------------- a unit's declarations


def forms_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if "申报表" in path.name)


def test_a_form_becomes_a_new_draft_and_the_same_form_again_finds_it(
    make: Make, client_for: ClientFor, folder: Path
) -> None:
    unit, path = client_for(make["unit"]), forms_of(folder)[0]

    page = send(unit, "/imports", path.read_bytes(), path.name, kind="declaration").follow()
    assert "确认后新建" in page.text
    done = page.press()

    assert done.status == 303, done.alert
    project_id = int(done.location.rpartition("/")[2])
    with make.app.app_context():
        row = declared.declaration(project_id)
        assert row is not None and row.budget_year == 2019
        assert row.name == "上海人大系统人民群众来信来访智能化工作平台建设经费"
        assert (row.year_budget_fen, len(row.targets), len(row.sub_projects)) == (114_824_000, 18, 1)
    again = send(unit, "/imports", path.read_bytes(), path.name, kind="declaration").follow()
    assert "没有可导入的变化" in again.text
    shown = unit.get(f"/projects/{project_id}/declaration/view").text
    assert f"{path.name} 表1 第5行 项目概况" in shown


def test_a_choice_without_a_tick_is_asked_for_where_the_form_is_looked_at(
    make: Make, client_for: ClientFor, folder: Path
) -> None:
    unit = client_for(make["unit"])
    (path,) = [path for path in forms_of(folder) if "老干部" in path.name]

    page = send(unit, "/imports", path.read_bytes(), path.name, kind="declaration").follow()
    done = page.press(**{"fund_use-fund_use": "信息化建设类"})

    assert done.status == 303, done.alert
    with make.app.app_context():
        row = declared.declaration(int(done.location.rpartition("/")[2]))
        assert row is not None and (row.fund_use, row.project_type) == ("信息化建设类", "")
    again = send(unit, "/imports", path.read_bytes(), path.name, kind="declaration").follow()
    assert again.tree.xpath("//select[@name='project_type-project_type']")
    assert not again.tree.xpath("//select[@name='fund_use-fund_use']")


def test_an_amount_of_a_form_that_is_none_stands_in_its_field(
    make: Make, client_for: ClientFor, folder: Path
) -> None:
    (path,) = [path for path in forms_of(folder) if "致远厅" in path.name]
    form = docx.Document(str(path))
    (row,) = [row for row in form.tables[0].rows if "2853560" in row.cells[-1].text and "预算" not in row.cells[0].text]
    row.cells[-1].text = "28,5.3560"
    form.save(out := io.BytesIO())

    page = send(client_for(make["unit"]), "/imports", out.getvalue(), path.name, kind="declaration").follow()

    (field,) = page.tree.xpath("//input[@name='sub_projects-1-amount_fen']")
    assert field.get("value") == "28,5.3560"


def test_a_day_that_is_none_is_not_taken_for_an_empty_one(make: Make, client_for: ClientFor, folder: Path) -> None:
    (path,) = [path for path in forms_of(folder) if "致远厅" in path.name]
    form = docx.Document(str(path))
    (row,) = [row for row in form.tables[0].rows if row.cells[-1].text == "2019-12-31"]
    row.cells[-1].text = "年底"
    form.save(out := io.BytesIO())
    page = send(client_for(make["unit"]), "/imports", out.getvalue(), path.name, kind="declaration").follow()

    refused = page.press(**{"end_date-end_date": ""})

    assert refused.status == 422
    assert "结束时间：“年底”没有读懂。请填写，或取消勾选。" in refused.alert


def test_a_draft_is_compared_sentence_by_sentence_and_filled(make: Make, client_for: ClientFor, folder: Path) -> None:
    unit, path = client_for(make["unit"]), forms_of(folder)[0]
    page = send(unit, "/imports", path.read_bytes(), path.name, kind="declaration").follow()
    project_id = int(page.press().location.rpartition("/")[2])
    with make.app.app_context(), unit_of_work():
        row = declared.declaration(project_id)
        values = declaration.as_values(row)
        changed = replace(values, overview=f"新写的一句。{values.overview}", targets=list(values.targets)[1:])
        declaration.save(project_id, changed, version=None, actor=make["unit"])

    page = send(unit, f"/projects/{project_id}/import", path.read_bytes(), path.name).follow()

    assert page.tree.xpath("//del")[0].text_content().startswith("删去：新写的一句。")
    assert page.press().status == 303
    with make.app.app_context():
        row = declared.declaration(project_id)
        assert row is not None and not row.overview.startswith("新写") and len(row.targets) == 18


def test_a_form_of_a_project_already_handed_in_is_only_compared(
    make: Make, client_for: ClientFor, folder: Path
) -> None:
    play, path = make.project(P.DECLARATION_REVIEW), forms_of(folder)[0]
    with make.app.app_context(), unit_of_work():
        play.project().name = "上海人大系统人民群众来信来访智能化工作平台建设经费"
        play.project().budget_year = 2019

    page = send(client_for(make["unit"]), "/imports", path.read_bytes(), path.name, kind="declaration").follow()

    assert "现为“申报待审”，这里只作对照。" in page.text
    assert "确认导入勾选的内容" not in page.buttons


def test_what_was_drawn_as_new_is_drawn_again_when_a_draft_of_that_name_came_meanwhile(
    make: Make, client_for: ClientFor, folder: Path
) -> None:
    unit, path = client_for(make["unit"]), forms_of(folder)[0]
    first = send(unit, "/imports", path.read_bytes(), path.name, kind="declaration").follow()
    second = send(unit, "/imports", path.read_bytes(), path.name, kind="declaration").follow()
    first.press()

    late = second.press()

    assert late.status == 409
    assert "系统中的项目在此期间有变化" in late.alert


# ---------------------------------------------------------------- a supervisor's result tables


def tables_of(folder: Path) -> Path:
    return next(path for path in folder.iterdir() if path.name.startswith("上海市机关事务管理局"))


def test_result_tables_become_registered_objects_each_with_the_original(
    make: Make, client_for: ClientFor, folder: Path
) -> None:
    supervisor, path = client_for(make["supervisor"]), tables_of(folder)
    page = send(supervisor, "/imports", path.read_bytes(), path.name).follow()
    assert page.heading == "核对读到的内容" and len(page.rows) == 4

    one = supervisor.get(f"{page.address}/1")
    done = one.press(**{"unit_id-unit_id": str(make["unit"].organisation_id)})

    assert done.status == 303, done.alert
    with make.app.app_context():
        (reach,) = [r for r in queries.named("“12345” 市民服务热线服务外包经费", make["supervisor"])]
        assert reach.registered and reach.table_only
        kept = db.session.scalars(select(Attachment).where(Attachment.project_id == reach.id)).all()
        assert [one.purpose for one in kept] == ["paper"]
    back = supervisor.get(done.location)
    assert "没有可导入的变化" in back.text


def test_a_result_table_of_a_known_project_is_compared_row_by_row(
    make: Make, client_for: ClientFor, folder: Path
) -> None:
    play, path = make.project(P.RECTIFYING), tables_of(folder)
    with make.app.app_context(), unit_of_work():
        project = play.project()
        project.name, project.budget_year, project.evaluation_year = "宋故居纪念馆部门整体支出评价", 2018, 2018
    supervisor = client_for(make["supervisor"])
    page = send(supervisor, "/imports", path.read_bytes(), path.name).follow()

    compared = supervisor.get(f"{page.address}/3")

    assert "这里逐行对照，不改动系统中的内容" in compared.text
    assert "1,351.88万元" in compared.text and "原为" not in compared.text
    assert "确认导入勾选的内容" not in compared.buttons


# ---------------------------------------------------------------- a unit's list of what was done


def test_a_list_of_many_items_becomes_notes_and_reports(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.RECTIFYING, items=("immediate", "phased"))
    unit = client_for(make["unit"])
    assert unit.get("/imports/items.xlsx").status == 200
    with make.app.app_context():
        code = play.project().code
    play.save(rectification.upload_evidence, 1, [play.file("items")], who="unit")
    out = io.BytesIO()
    rows = [
        OpenItem(code, "某项目", 1, "建议一", None, progress="已开会部署。", result="已经改好。"),
        OpenItem(code, "某项目", 2, "建议二", None, progress="正在办理。", result="也改好了。"),
        OpenItem("XM-1999-0001", "别的", 1, "建议", None, progress="无此事项。"),
    ]
    write_rectification(out, rows)

    page = send(unit, "/imports", out.getvalue(), "整改情况.xlsx", kind="rectification").follow()
    assert "项目编号“XM-1999-0001”的第 1 号事项不在您的整改事项之内" in page.text
    assert "请先报整改方案" in page.text
    done = page.press()

    assert done.status == 303, done.alert
    with make.app.app_context():
        assert [play.item(n).state for n in (1, 2)] == ["verifying", "issued"]
        kept = db.session.scalars(select(Attachment).where(Attachment.project_id == play.id)).all()
        assert [one.purpose for one in kept if one.name == "整改情况.xlsx"] == ["progress"]
    again = send(unit, "/imports", out.getvalue(), "整改情况.xlsx", kind="rectification").follow()
    assert "已开会部署。" in again.text and "确认导入勾选的内容" not in again.buttons


# ---------------------------------------------------------------- whose it is


def test_an_upload_is_its_owners_alone_and_waits_a_day(make: Make, preview: Screen, client_for: ClientFor) -> None:
    assert client_for(make["supervisor"]).get(preview.address).status == 404
    assert client_for(make["evaluator"]).get(preview.address).status == 404

    with clock.at(NOW + timedelta(hours=25)):
        assert client_for(make["lead"]).get(preview.address).status == 404


def test_an_attached_report_is_read_from_where_it_is(
    make: Make, play: Play, client_for: ClientFor, folder: Path
) -> None:
    received = files.receive(REPORT, io.BytesIO((folder / REPORT).read_bytes()))
    play.save(evaluation.attach_files, [received], who="lead")
    lead = client_for(make["lead"])
    upload = lead.get(f"/projects/{play.id}/import")
    address = next(a for a in upload.tree.xpath("//form/@action") if a.endswith("/import") and "/files/" in a)

    page = lead.post(address).follow()
    assert page.press(**CORRECTED).status == 303

    with make.app.app_context():
        mine = select(Attachment).where(Attachment.project_id == play.id, Attachment.name == REPORT)
        assert len(db.session.scalars(mine).all()) == 1


def test_whoever_was_faster_is_named_and_what_was_corrected_stays(
    make: Make, play: Play, preview: Screen
) -> None:
    result = evaluation.ResultValues(main_performance="同事先写的绩效。")
    play.save(evaluation.save_result, result, version=None, who="lead")

    late = preview.press(**CORRECTED)

    assert late.status == 409
    assert "KnLead主评人 已于" in late.alert
    assert "同事先写的绩效。" in late.text
    assert late.tree.xpath("//input[@name='paid-value']/@value") == ["2,886,200.00元"]
    assert late.press().status == 303


def test_the_same_confirmation_sent_twice_is_done_once(make: Make, play: Play, preview: Screen) -> None:
    first, second = preview.press(**CORRECTED), preview.press(**CORRECTED)

    assert (first.status, second.status, second.location) == (303, 303, first.location)
    with make.app.app_context():
        mine = select(Attachment).where(Attachment.project_id == play.id, Attachment.name == REPORT)
        assert len(db.session.scalars(mine).all()) == 1


def test_whoever_confirms_in_a_second_window_is_told_what_became_of_it(
    make: Make, preview: Screen, client_for: ClientFor
) -> None:
    other = client_for(make["lead"]).get(preview.address)
    assert preview.press(**CORRECTED).status == 303

    late = other.press(**CORRECTED)

    assert late.status == 404
    assert "这份上传已经导入，或者已超过 24 小时。" in late.text


def test_findings_already_written_are_matched_and_those_missing_in_the_file_stay(
    make: Make, play: Play, client_for: ClientFor, folder: Path
) -> None:
    one, other = (
        findings_commands.FindingValues(number=number, title=title, text=text, category="contract", severity="grave")
        for number, title, text in ((1, "项目终期验收措施不够规范", ACCEPTANCE), (2, "天气", "与项目无关的旧问题。"))
    )
    play.save(findings_commands.save_findings, findings_commands.FindingsValues(findings=(one, other)), who="lead")
    sent = send(client_for(make["lead"]), f"/projects/{play.id}/import", (folder / REPORT).read_bytes(), REPORT)
    page = sent.follow()

    assert "文件中没有" in page.text and page.tree.xpath("//fieldset[@id='line-finding-1']//del")
    done = page.press(**CORRECTED)

    assert done.status == 303, done.alert
    with make.app.app_context():
        found = findings.findings(project_for(make["lead"], play.id))
        assert [(f.number, f.title) for f in found] == [
            (1, "项目中期验收措施不够规范"), (2, "天气"), (3, "项目后续运维管理机制不够明确"),
        ]  # fmt: skip
        # what the paper does not say stays as it was decided
        assert (found[0].category, found[0].severity) == ("contract", "grave")
        answers = suggestions.suggestions(project_for(make["lead"], play.id))
        assert [[f.number for f in s.findings] for s in answers] == [[1], [3]]


def test_a_finding_that_is_not_in_the_file_goes_only_when_it_is_ticked(
    make: Make, play: Play, client_for: ClientFor, folder: Path
) -> None:
    old = findings_commands.FindingValues(number=9, text="与项目无关的旧问题。", category="other", severity="minor")
    play.save(findings_commands.save_findings, findings_commands.FindingsValues(findings=(old,)), who="lead")
    sent = send(client_for(make["lead"]), f"/projects/{play.id}/import", (folder / REPORT).read_bytes(), REPORT)
    page = sent.follow()
    box = next(str(name) for name in page.tree.xpath("//input/@name") if str(name).startswith("finding-gone-"))

    assert page.press(**{**CORRECTED, box: "y"}).status == 303

    with make.app.app_context():
        found = findings.findings(project_for(make["lead"], play.id))
        assert [f.number for f in found] == [1, 2]


def test_a_file_of_too_many_papers_is_to_be_divided(make: Make, client_for: ClientFor) -> None:
    tables = [TABLE for _ in range(queries.MOST + 1)]
    out = io.BytesIO()
    write_result_tables(tables, out)

    sent = send(client_for(make["supervisor"]), "/imports", out.getvalue(), "结果.docx", kind="result_table")

    assert sent.status == 422
    assert "文件中有 201 份文书，一次最多读入 200 份。请拆成几份文件再上传。" in sent.text


@pytest.mark.parametrize("called", ["“代表 工作”（一期）", "代表工作(一期)", "代表　工作（一期)", "「代表工作」(一期)"])
def test_a_project_is_known_by_its_name_in_any_dress(make: Make, called: str) -> None:
    play = make.project(P.EVALUATING)
    with make.app.app_context():
        with unit_of_work():
            play.project().name = "代表工作（一期）"

        assert [reach.id for reach in queries.named(called, make["supervisor"])] == [play.id]
