"""Every address that gives a Word file: valid by ECMA-376, opened and shown by LibreOffice, its words on the page.

A route that is new is walked by itself; one that needs other values than these fails here until it is given them.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from perfflow.core.outgoing import PAPERS
from perfflow.process import P
from tests.make import Make, Play, context
from tests.papers.schema import faults
from tests.screen import Client

TITLES = {paper.code: paper.title for paper in PAPERS} | {"comment_letter": "征求意见", "score_sheet": "权重"}


def addresses(app: Flask, values: dict[str, Any]) -> dict[str, str]:
    """Rule → address of every route whose path ends in .docx."""
    rules = [str(rule) for rule in app.url_map.iter_rules() if str(rule).endswith(".docx")]
    return {rule: re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), rule) for rule in rules}


@pytest.fixture
def play(make: Make) -> Play:
    return make.project(P.PUBLISHED)


@pytest.fixture
def files(play: Play, client_for: Callable[[Any], Client]) -> dict[str, bytes]:
    """Rule → the file a supervisor is given."""
    with context(play.app):
        project = play.project()
        values = {"project_id": play.id, "unit_id": project.unit_id, "year": project.budget_year, "number": 1}
    client = client_for(play.people["supervisor"])
    answers = {rule: client.get(address) for rule, address in addresses(play.app, values).items()}
    assert {rule: screen.status for rule, screen in answers.items() if screen.status != 200} == {}
    return {rule: screen.answer.get_data() for rule, screen in answers.items()}


def test_every_word_file_is_valid(files: dict[str, bytes]) -> None:
    assert len(files) >= 4 + 3 * len(PAPERS)
    assert {rule: faults(data) for rule, data in files.items() if faults(data)} == {}


def test_every_word_file_is_shown_by_libreoffice(
    play: Play,
    files: dict[str, bytes],
    tmp_path: Path,
    as_pdf: Callable[[Path], Path],
    pdf_text: Callable[[Path], str],
    pdf_pictures: Callable[[Path], list[Path]],
) -> None:
    """Those of one project: the same writers give the others."""
    with context(play.app):
        name = play.project().name
    shown = {rule: data for rule, data in files.items() if "<int:project_id>" in rule}
    for at, (rule, data) in enumerate(shown.items()):
        document = tmp_path / f"{at}.docx"
        document.write_bytes(data)
        pdf = as_pdf(document)
        text = re.sub(r"\s", "", pdf_text(pdf))

        assert re.sub(r"\s", "", name) in text, rule
        assert TITLES.get(Path(rule).stem, "绩效评价结果信息表") in text, rule
        assert pdf_pictures(pdf), rule
