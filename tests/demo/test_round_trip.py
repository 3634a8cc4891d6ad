"""All eight published result tables, played on to 已公开, come out of the product as they went in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from demo import story
from demo.cast import gather
from demo.evidence import made_up
from demo.seeds import SeedResult, result_tables
from demo.sources import SORTS, read_sources
from perfflow.core import clock, files
from perfflow.db import db, upgrade_database
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.pages.results import queries
from perfflow.papers.result_paper import ReadResult, read_result_tables
from perfflow.process import P
from tests.conftest import close, open_app
from tests.screen import Client

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Played:
    app: Flask
    ids: list[int]
    supervisor: Client
    auditor_tables: list[queries.Finished]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    app = open_app(tmp_path_factory.mktemp("instance"))
    upgrade_database(app)
    with clock.at(NOW):
        with app.app_context():
            cast = gather()
            sources, _forms = read_sources(tmp_path_factory.mktemp("papers"))
            ids = [story.play_to_publication(story.table_case(cast, source, "firm")) for source in sources]
            tables = list(queries.finished_many(ids, cast["auditor"]))
        yield Played(app, ids, Client(app, cast["supervisor"]), tables)
    close(app)


def exported(played: Played, address: str) -> list[ReadResult]:
    answer = played.supervisor.get(address)
    assert answer.status == 200
    return read_result_tables(BytesIO(answer.answer.data))


def by_unit() -> dict[str, list[SeedResult]]:
    found: dict[str, list[SeedResult]] = {}
    for one in result_tables():
        found.setdefault(one.unit_name, []).append(one)
    return found


def test_all_eight_are_published_with_the_seeds_strings(played: Played) -> None:
    with played.app.app_context():
        states = list(db.session.scalars(select(Project.state).order_by(Project.id)))

    assert states == [P.PUBLISHED] * 8
    assert [one.table for one in played.auditor_tables] == [one.table for one in result_tables()]
    assert all(one.published for one in played.auditor_tables)


@pytest.mark.parametrize("index", range(8))
def test_a_project_exported_to_word_has_the_cells_of_its_seed(index: int, played: Played) -> None:
    (found,) = exported(played, f"/projects/{played.ids[index]}/result.docx")

    assert found.table == result_tables()[index].table
    assert found.problems == ()


@pytest.mark.parametrize("name", by_unit())
def test_a_units_year_exported_to_word_is_its_published_paper(name: str, played: Played) -> None:
    with played.app.app_context():
        unit_id = db.session.scalar(select(Organisation.id).where(Organisation.name == name))

    found = exported(played, f"/results/{unit_id}/2018.docx")

    assert [one.table for one in found] == [one.table for one in by_unit()[name]]
    cover = found[0].cover
    assert cover is not None
    assert (cover.unit_name, cover.title) == (name, by_unit()[name][0].cover_title)


@pytest.mark.parametrize("name", by_unit())
def test_the_command_line_writes_the_same_paper(name: str, played: Played, tmp_path: Path) -> None:
    out = tmp_path / "year.docx"

    answer = played.app.test_cli_runner().invoke(
        args=["export-results", "--unit", name, "--year", "2018", "--out", str(out)]
    )

    assert answer.exit_code == 0, answer.output
    with out.open("rb") as paper:
        assert [one.table for one in read_result_tables(paper)] == [one.table for one in by_unit()[name]]


def test_libreoffice_renders_the_exported_paper(
    played: Played, tmp_path: Path, as_pdf: Callable[[Path], Path], pdf_text: Callable[[Path], str]
) -> None:
    for place, (name, seeds) in enumerate(by_unit().items()):
        with played.app.app_context():
            unit_id = db.session.scalar(select(Organisation.id).where(Organisation.name == name))
        paper = tmp_path / f"{place}.docx"
        paper.write_bytes(played.supervisor.get(f"/results/{unit_id}/2018.docx").answer.data)

        shown = "".join(pdf_text(as_pdf(paper)).split())

        assert shown.count("绩效评价结果信息表") == len(seeds)
        for one in seeds:
            assert "".join(one.table.final_amount.split()) in shown


def test_each_finding_of_each_table_has_its_kind() -> None:
    assert [len(sorts) for sorts in SORTS] == [2, 2, 2, 2, 2, 3, 2, 2]


@pytest.mark.parametrize("ending", ["pdf", "png", "docx"])
def test_invented_evidence_is_a_file_the_product_takes(ending: str, tmp_path: Path) -> None:
    files.configure(tmp_path)

    received = made_up(f"验收单.{ending}")

    assert (received.name, received.kind) == (f"【演示】验收单.{ending}", ending)
    assert files.path_of(received.sha256).read_bytes()
