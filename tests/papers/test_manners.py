"""All papers of the demo, as three programs write them, are read to the same values."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

import pytest

from demo.papers import declaration_of, sheet_of
from demo.seeds import SeedResult, declarations, result_tables, score_sheets
from perfflow.papers.declaration import Declaration
from perfflow.papers.paper import Paper, PaperKind
from perfflow.papers.reading import read
from perfflow.papers.report import Report
from perfflow.papers.result_paper import ResultPaper
from perfflow.papers.text import folded
from tests.papers import manners

Manner = Callable[[manners.Paper], bytes]


@pytest.fixture(scope="session")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory, soffice: str) -> Manner:
    profile = tmp_path_factory.mktemp("soffice")

    def convert(paper: manners.Paper) -> bytes:
        folder = tmp_path_factory.mktemp("html")
        source = folder / "paper.html"
        source.write_text(manners.as_html(paper), encoding="utf-8")
        subprocess.run(
            [
                soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless",
                "--convert-to", "docx:MS Word 2007 XML", "--infilter=HTML (StarWriter)", "--outdir", str(folder),
                str(source),
            ],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        return (folder / "paper.docx").read_bytes()

    return convert


@pytest.fixture(params=["python-docx", "LibreOffice", "WPS"])
def manner(request: pytest.FixtureRequest) -> Manner:
    if request.param == "LibreOffice":
        found: Manner = request.getfixturevalue("by_libreoffice")
        return found
    return manners.by_python_docx if request.param == "python-docx" else manners.as_wps


def papers(data: bytes, kind: PaperKind) -> list[Paper]:
    return read(data, "文件.docx", kind)


def same(one: str, other: str) -> bool:
    """The same text, paragraph by paragraph; blanks at their ends are not the paper's."""
    return [line.strip() for line in one.split("\n")] == [line.strip() for line in other.split("\n")]


def by_unit() -> list[list[SeedResult]]:
    return [list(group) for _unit, group in groupby(result_tables(), lambda one: one.unit_name)]


@pytest.mark.parametrize("tables", by_unit(), ids=["congress", "affairs"])
def test_result_tables(tables: list[SeedResult], manner: Manner) -> None:
    read_ = papers(manner(manners.results(tables)), PaperKind.RESULT_TABLE)

    assert len(read_) == len(tables)
    for paper, seed in zip(read_, tables, strict=True):
        assert isinstance(paper.values, ResultPaper)
        for key in ("main_performance", "findings", "suggestions", "rectification"):
            assert same(getattr(paper.values.table, key), getattr(seed.table, key)), key
        for key in ("project_name", "final_amount", "score", "grade"):
            assert folded(getattr(paper.values.table, key)) == folded(getattr(seed.table, key))
        assert paper.values.cover is not None
        assert (paper.values.cover.unit_name, paper.values.cover.title) == (seed.unit_name, seed.cover_title)
        assert paper.problems == ()


@pytest.mark.parametrize("name", list(score_sheets()))
def test_reports(name: str, manner: Manner) -> None:
    seed = score_sheets()[name]

    (paper,) = papers(manner(manners.report(seed)), PaperKind.REPORT)

    values = paper.values
    assert isinstance(values, Report)
    assert values.score_sheet is not None
    plain = replace(
        values.score_sheet,
        items=tuple(replace(one, rate_filed=folded(one.rate_filed)) for one in values.score_sheet.items),
    )
    assert plain == sheet_of(seed)
    assert [(one.number, one.title, one.text) for one in values.findings] == [
        (one.number, one.title, one.text) for one in seed.findings
    ]
    assert [(one.number, one.title, one.text) for one in values.suggestions] == [
        (one.number, one.title, one.text) for one in seed.suggestions
    ]
    assert (paper.filed["budget_fen"], paper.filed["paid_fen"]) == (seed.budget_filed, seed.paid_filed)
    assert (values.score, values.grade) == (seed.total, "优")
    assert same(values.main_performance, seed.performance)
    doubted = seed.budget_filed.endswith("万元")
    assert [problem.key for problem in paper.problems] == (["budget_fen", "paid_fen"] if doubted else [])


def test_declarations(manner: Manner) -> None:
    seeds = declarations()

    read_ = papers(manner(manners.declarations(seeds)), PaperKind.DECLARATION)

    assert len(read_) == 5
    for paper, seed in zip(read_, seeds, strict=True):
        values, wanted = paper.values, declaration_of(seed)
        assert isinstance(values, Declaration)
        assert without_filed(values) == without_filed(wanted)
        lost = [] if seed.project_type else ["project_type", "fund_use"]
        assert [problem.key for problem in paper.problems] == lost


def without_filed(form: Declaration) -> Declaration:
    """The form with texts in one width, and without blanks at the ends of paragraphs."""

    def plain(text: str) -> str:
        return "\n".join(line.strip() for line in text.split("\n"))

    long = ("overview", "basis", "necessity", "safeguards", "overall_goal", "annual_goal")
    return replace(
        form,
        **{key: plain(getattr(form, key)) for key in long},
        milestones=tuple(replace(one, filed=re.sub(r"\s", "", folded(one.filed))) for one in form.milestones),
        targets=tuple(replace(one, filed=folded(one.filed)) for one in form.targets),
    )
