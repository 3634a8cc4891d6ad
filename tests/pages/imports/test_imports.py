"""Papers in: uploaded, looked at beside what is stored, corrected, confirmed."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from demo import papers
from perfflow.core.access import Actor
from perfflow.db import db
from perfflow.models.file import Attachment, Upload
from perfflow.models.project import Project
from perfflow.process import P
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
    play.save(evaluation_independent, who="lead")
    with make.app.app_context():
        from perfflow.db import unit_of_work

        with unit_of_work():
            play.project().budget_fen = 298_800_000
    return play


def evaluation_independent(project_id: int, *, actor: Actor) -> None:
    from perfflow.stages.evaluation import commands

    commands.declare_independence(project_id, True, "", actor=actor)


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

