"""A firm brings its report at a real browser: what was read, the question about the money, and on to the submission."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from demo import papers
from perfflow.db import unit_of_work
from perfflow.process import P
from perfflow.stages.evaluation import commands as evaluation
from tests.browser.conftest import Somebody
from tests.make import Make

REPORT = "市人大常委会会务工作智能化平台建设经费绩效评价报告.docx"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    return next(path for path in papers.build(folder) if path.name == REPORT)


def evaluating(standing: Make) -> int:
    """The project of the report, assigned and its evaluator independent."""
    play = standing.project(P.EVALUATING)
    play.save(evaluation.declare_independence, True, "", who="lead")
    with standing.app.app_context(), unit_of_work():
        play.project().name = "市人大常委会会务工作智能化平台建设经费"
        play.project().budget_fen = 298_800_000
    return play.id


@pytest.mark.parametrize("script", [True, False])
def test_a_firm_takes_its_report_in_answers_the_question_and_submits(
    somebody: Somebody, standing: Make, report: Path, script: bool
) -> None:
    project_id = evaluating(standing)
    firm = somebody("lead", script=script)
    firm.open(f"/projects/{project_id}/evaluation")
    firm.follow("从报告读入")
    firm.attach("文件", report)
    firm.press("上传并核对")

    expect(firm.heading("核对读到的内容")).to_be_visible()
    expect(firm.heading("指标评分表（末级指标 26 项）")).to_be_visible()
    sheet = firm.page.locator("section", has=firm.heading("指标评分表（末级指标 26 项）"))
    assert sheet.get_by_label("权重").evaluate_all("all => all.filter(one => one.value).length") == 26
    expect(firm.heading("存在问题（2 条）")).to_be_visible()
    expect(firm.heading("整改建议（2 条）")).to_be_visible()
    expect(firm.page.get_by_text("“2,988,000.00万元”是 298.8亿元").first).to_be_visible()
    expect(firm.field("决算金额")).to_have_value("2,886,200.00万元")

    with firm.answered(422):
        firm.press("确认导入勾选的内容")
    expect(firm.page.get_by_role("alert")).to_contain_text("预算金额：请改正金额，或勾选“原文无误”。")

    firm.fill(预算金额="2,988,000.00元", 决算金额="2,886,200.00元")
    firm.press("确认导入勾选的内容")

    expect(firm.page.locator("#notices").get_by_text("原件已附在项目中")).to_be_visible()
    firm.open(f"/projects/{project_id}/evaluation/view")
    expect(firm.page.get_by_text("（导入时改正）").first).to_be_visible()
    firm.open(f"/projects/{project_id}")
    firm.press("提交评价")
    firm.expect_state("评价待审")
