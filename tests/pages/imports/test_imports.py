"""Papers in: uploaded, looked at beside what is stored, corrected, confirmed."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from demo import papers
from perfflow.core.access import Actor, project_for
from perfflow.db import db, unit_of_work
from perfflow.models.file import Attachment, Upload
from perfflow.models.finding import Finding
from perfflow.process import P
from perfflow.stages.evaluation import commands as evaluation
from perfflow.stages.evaluation import queries as evaluations
from perfflow.stages.findings import queries as findings
from perfflow.stages.suggestions import queries as suggestions
from tests.make import Make, Play
from tests.screen import ORIGIN, Client, Screen

ClientFor = Callable[[Actor | None], Client]
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
