"""`flask --app app import`: the same reader and the same commands, file by file."""

import json
from pathlib import Path
from typing import Any

import pytest

from demo import papers
from perfflow import create_app
from perfflow.core.access import project_for
from perfflow.db import unit_of_work
from perfflow.process import P
from perfflow.stages.declaration import queries as declared
from perfflow.stages.evaluation import commands as evaluation
from perfflow.stages.evaluation import queries as evaluations
from tests.make import Make

REPORT = "市人大常委会会务工作智能化平台建设经费绩效评价报告.docx"
NAME = "市人大常委会会务工作智能化平台建设经费"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("papers")
    papers.build(made)
    return made


def run(app: Any, *arguments: object) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["import", *map(str, arguments)])
    return answer.exit_code, answer.stdout


def test_a_dry_run_prints_one_document_a_file_and_needs_neither_user_nor_data(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "secret_key").write_text("0123456789abcdef" * 4)
    app = create_app(instance=tmp_path, config={"TESTING": True})
    form = next(path for path in folder.iterdir() if "申报表" in path.name)

    code, out = run(app, folder / REPORT, form, "--dry-run", "--json")

    first, second = (json.loads(line) for line in out.splitlines())
    assert code == 0
    assert first["file"] == str(folder / REPORT) and "refused" not in first
    (report,) = first["papers"]
    assert report["kind"] == "report" and len(report["values"]["score_sheet"]["items"]) > 26
    assert [one["number"] for one in report["values"]["findings"]] == [1, 2]
    assert {"place": "第 7 段"}.items() <= report["problems"][0].items()
    assert [one["kind"] for one in second["papers"]] == ["declaration"]


def test_a_refused_file_is_said_in_its_document_and_the_others_go_on(make: Make, tmp_path: Path, folder: Path) -> None:
    bad = tmp_path / "旧.doc"
    bad.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)

    code, out = run(make.app, bad, tmp_path / "没有.docx", folder / REPORT, "--dry-run", "--json")

    old, missing, good = (json.loads(line) for line in out.splitlines())
    assert code == 1
    assert old["papers"] == [] and ".docx" in old["refused"]
    assert missing["refused"] == "没有这个文件。请核对路径。"
    assert good["papers"] and "refused" not in good


def test_a_folder_is_no_file(make: Make, tmp_path: Path) -> None:
    code, told = run(make.app, tmp_path, "--dry-run")

    assert code == 1
    assert f"这是文件夹。请写明其中的文件，例如 {tmp_path}/*.docx。" in told


def test_a_kind_that_is_not_in_the_file_is_refused(make: Make, folder: Path) -> None:
    code, out = run(make.app, folder / REPORT, "--kind", "declaration", "--dry-run", "--json")

    assert code == 1 and "绩效评价报告" in json.loads(out)["refused"]


def test_without_a_dry_run_somebody_must_be_named(make: Make, folder: Path) -> None:
    assert run(make.app, folder / REPORT)[0] == 2
    code, _out = run(make.app, folder / REPORT, "--as", "nobody")
    assert code == 1


def test_a_form_becomes_a_draft_of_its_unit(make: Make, folder: Path) -> None:
    form = next(path for path in folder.iterdir() if "老干部" in path.name)

    code, out = run(make.app, form, "--as", "unit")

    assert code == 0, out
    assert "已导入" in out and "“项目类型”没有读到勾选" in out
    with make.app.app_context():
        row = declared.declaration(1)
        assert row is not None and row.name == "上海市人大老干部综合信息管理系统建设经费"
    assert "没有可导入的变化" in run(make.app, form, "--as", "unit")[1]


def test_a_report_finds_its_project_by_name_and_leaves_what_is_in_doubt(make: Make, folder: Path) -> None:
    play = make.project(P.EVALUATING)
    play.save(evaluation.declare_independence, True, "", who="lead")
    code, out = run(make.app, folder / REPORT, "--as", "lead")
    assert code == 1 and f"没有“{NAME}”" in out
    with make.app.app_context(), unit_of_work():
        play.project().name = NAME.replace("建设经费", "建设费")
        play.project().budget_fen = 298_800_000

    code, out = run(make.app, folder / REPORT, "--as", "lead")

    assert code == 0, out
    assert "需要逐项确认的没有导入：预算金额、决算金额。" in out
    with make.app.app_context():
        page = evaluations.evaluation(project_for(make["lead"], play.id))
        assert page is not None and page.total == 9100 and page.paid_fen is None


def test_somebody_cannot_bring_anothers_paper(make: Make, folder: Path) -> None:
    code, out = run(make.app, folder / REPORT, "--as", "unit")

    assert code == 1 and "这是绩效评价报告，不是您可以导入的文书。" in out
