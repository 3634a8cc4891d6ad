"""Every malformed file through the pages that take files: its sentence, one event, no row, no bytes."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from perfflow.core import files
from perfflow.db import db
from perfflow.models.file import Attachment, Upload
from perfflow.models.journal import EventEntry
from perfflow.process import P
from tests.make import Make, Play, context
from tests.papers.malformed import AT_THE_GATE, HURTFUL_TEXTS, IN_READING, TAKEN, Case, long_text
from tests.screen import ORIGIN, Client, Screen


@pytest.fixture
def play(make: Make) -> Play:
    return make.project(P.EVALUATING, ready=True)


@pytest.fixture
def firm(play: Play, client_for: Callable[[Any], Client]) -> Client:
    return client_for(play.people["lead"])


def send(client: Client, path: str, case: Case, **other: str) -> Screen:
    form = next(form for form in client.get(path).tree.xpath("//main//form") if form.xpath(".//input[@type='file']"))
    values = {**dict(form.form_values()), **other, "files": (io.BytesIO(case.make()), case.name)}
    target = form.get("action") or path
    answer = client.http.post(target, data=values, headers={"Origin": ORIGIN}, content_type="multipart/form-data")
    return Screen(client, answer, target)


def kept(play: Play) -> tuple[int, int, int]:
    """Attachments, uploads, files on disk."""
    with context(play.app):
        rows = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Attachment, Upload)]
    return rows[0], rows[1], len(list(files.root().glob("??/*")))


def events(play: Play) -> list[str]:
    with context(play.app):
        return list(db.session.scalars(select(EventEntry.kind).order_by(EventEntry.id)))


def problems_with(play: Play, client: Client, path: str, cases: list[Case], **other: str) -> list[str]:
    """What is wrong with how each case is answered."""
    found = []
    for case in cases:
        before, told = kept(play), events(play)
        screen = send(client, path, case, **other)
        new = events(play)[len(told) :]
        if screen.status != 422:
            found.append(f"{case.title}: status {screen.status}")
        elif case.sentence not in screen.alert or not screen.alert.strip():
            found.append(f"{case.title}: {screen.alert}")
        if kept(play) != before:
            found.append(f"{case.title}: {before} became {kept(play)}")
        if new != ["file_rejected"]:
            found.append(f"{case.title}: events {new}")
    return found


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_as_an_attachment(play: Play, firm: Client) -> None:
    assert problems_with(play, firm, f"/projects/{play.id}/files", AT_THE_GATE) == []


def test_odd_files_are_taken_as_attachments(play: Play, firm: Client) -> None:
    for case in TAKEN:
        assert send(firm, f"/projects/{play.id}/files", case).status == 303, case.title


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_to_be_read_in(play: Play, firm: Client) -> None:
    cases = [*AT_THE_GATE[::4], *IN_READING]

    assert problems_with(play, firm, f"/projects/{play.id}/import", cases, kind="report") == []


@pytest.mark.parametrize("title", ["brackets", "combining marks", "the same number"])
def test_texts_made_to_hurt_are_answered(play: Play, firm: Client, title: str) -> None:
    """A result table, which is no report: the sentence says so."""
    case = Case(title, "文.docx", long_text(HURTFUL_TEXTS[title]), "您正在上传绩效评价报告")

    assert problems_with(play, firm, f"/projects/{play.id}/import", [case], kind="report") == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_as_a_list_of_accounts(play: Play, client_for: Callable[[Any], Client]) -> None:
    admin = client_for(play.people["admin"])
    cases = [case for case in [*AT_THE_GATE, *IN_READING] if case.name.endswith(".xlsx")]
    cases = [Case(case.title, case.name, case.make) for case in cases]

    assert len(cases) > 10
    assert problems_with(play, admin, "/admin/users/list", cases) == []
