"""The seed documents: nothing lost on the way from the text to values, to Word, and back."""

import hashlib
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from demo import papers
from demo.seeds import (
    AFFAIRS_BUREAU,
    CONGRESS_OFFICE,
    MANNERS,
    SEEDS,
    declarations,
    result_tables,
    score_sheets,
)
from perfflow.papers.numbering import (
    Numbered,
    format_amount,
    format_name,
    format_score,
    join_numbered,
    split_numbered,
)
from perfflow.papers.package import FileKind, identify, open_checked
from perfflow.papers.result_paper import ReadResult, read_result_tables


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return papers.build(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def results(built: list[Path]) -> list[ReadResult]:
    return [result for path in built[:2] for result in read_result_tables(path.open("rb"))]


def test_the_seed_texts_are_those_named_in_the_note_of_origin() -> None:
    noted = re.findall(r"`(\S+\.txt)` .*`([0-9a-f]{64})`", (SEEDS.parent / "ORIGIN.md").read_text("utf-8"))

    assert sorted(noted) == sorted(
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in SEEDS.glob("*.txt")
    )
    assert len(noted) == 5


# --- result tables


def test_all_eight_tables_come_back_from_word_character_for_character(results: list[ReadResult]) -> None:
    assert [result.table for result in results] == [seed.table for seed in result_tables()]
    assert [result.problems for result in results] == [()] * 8


def test_every_character_of_the_seed_is_in_a_table_and_in_order() -> None:
    """Independent of how the seeds are parsed: only labels, headings and marks may go."""
    for name, unit in (("000", CONGRESS_OFFICE), ("004", AFFAIRS_BUREAU)):
        text = next(SEEDS.glob(f"{name}*")).read_text("utf-8")
        text = re.sub(
            r"(?m)^(?:<p>)?(项目名称|决算金额|评价分值|评价结论|主要绩效|存在问题|整改建议|整改情况)(?:</p>)?\t",
            "",
            text,
        )
        text = re.sub(r"</?p>|\s|绩效评价结果信息表", "", text)
        tables = [seed.table for seed in result_tables() if seed.unit_name == unit]
        values = "".join(getattr(table, key) for table in tables for key in table.__slots__)

        assert text.replace(f"{unit}2018年度财政支出项目绩效评价结果", "") == re.sub(r"\s", "", values)


def test_cells_cut_by_a_page_join_without_a_break() -> None:
    table = result_tables()[0].table

    assert "(截至12月10日)共计 869 件" in table.main_performance
    assert table.main_performance.count("\n") == 4


def test_the_cover_is_read_with_every_table(results: list[ReadResult]) -> None:
    assert [result.cover.unit_name for result in results if result.cover] == [
        *([CONGRESS_OFFICE] * 5),
        *([AFFAIRS_BUREAU] * 3),
    ]
    assert {result.cover.title for result in results if result.cover} == {"2018年度财政支出项目绩效评价结果"}


def test_findings_and_suggestions_split_and_join_in_the_manner_of_each_unit() -> None:
    for seed in result_tables():
        for cell in (seed.table.findings, seed.table.suggestions):
            assert join_numbered(split_numbered(cell), MANNERS[seed.unit_name]) == cell


def test_findings_and_suggestions_are_seventeen_each(results: list[ReadResult]) -> None:
    assert [len(result.values.findings) for result in results] == [2, 2, 2, 2, 2, 3, 2, 2]
    assert [len(result.values.suggestions) for result in results] == [2, 2, 2, 2, 2, 3, 2, 2]
    assert [finding.title is None for finding in results[1].values.findings] == [True, True]
    assert results[3].values.findings[0].title == "项目终期验收措施不够规范"


def test_names_amounts_and_scores_are_written_as_each_unit_filed_them(results: list[ReadResult]) -> None:
    for seed, result in zip(result_tables(), results, strict=True):
        manner, values = MANNERS[seed.unit_name], result.values
        assert values.final_amount_fen is not None and values.score is not None
        assert format_name(values.project_name, manner) == seed.table.project_name
        assert format_amount(values.final_amount_fen, manner) == seed.table.final_amount
        assert format_score(int(values.score * 100), manner) == seed.table.score


# --- reports


def test_both_score_sheets_add_up() -> None:
    congress, wechat = score_sheets().values()

    assert [len(sheet.leaves) for sheet in (congress, wechat)] == [26, 25]
    assert [sum(leaf.weight or 0 for leaf in sheet.leaves) for sheet in (congress, wechat)] == [100, 100]
    assert [sum(leaf.score or 0 for leaf in sheet.leaves) for sheet in (congress, wechat)] == [
        Decimal("91.0"),
        Decimal("90.2"),
    ]
    assert [congress.total, wechat.total] == [Decimal(91), Decimal("90.2")]


def test_names_cut_by_lines_and_pages_are_whole_again() -> None:
    for sheet in score_sheets().values():
        names = {item.code: item.name for item in sheet.items}
        assert [names[code] for code in ("A", "A1", "A2", "B", "B3", "B32", "C", "C11", "C23")] == [
            "项目决策",
            "项目立项",
            "项目目标",
            "项目管理",
            "实施管理",
            "项目管理制度执行有效性",
            "项目绩效",
            "项目计划完成情况",
            "项目可持续性",
        ]
        for item in sheet.items:
            assert not re.search(r"\s", item.name)
            parent = item.code[:-1]
            assert not parent or parent in names or item.code == "A"


def test_sheets_are_found_by_the_name_in_the_result_table() -> None:
    tables = {seed.table.project_name: seed.table for seed in result_tables()}

    for name, sheet in score_sheets().items():
        manner = MANNERS[CONGRESS_OFFICE]
        assert format_amount(sheet.paid_fen, manner) == tables[name].final_amount
        assert format_score(int(sheet.total * 100), manner) == tables[name].score


def test_the_reports_disagree_with_the_tables_just_where_the_papers_do() -> None:
    tables = {seed.table.project_name: seed.table for seed in result_tables()}
    for name, sheet in score_sheets().items():
        filed = split_numbered(tables[name].findings)
        assert [finding.number for finding in sheet.findings] == [1, 2]
        if "会务" in name:
            assert (sheet.findings[0].title, filed[0].title) == (
                "项目中期验收措施不够规范",
                "项目终期验收措施不够规范",
            )
            assert sheet.findings[1] == filed[1]
        else:
            assert [finding.text for finding in sheet.findings] == [finding.text for finding in filed]


def test_no_line_of_a_report_is_lost() -> None:
    for number, sheet in zip(("001", "003"), score_sheets().values(), strict=True):
        text = re.sub(r"\s", "", next(SEEDS.glob(f"{number}*")).read_text("utf-8"))
        entries = [
            "".join((f"{item.number}、", item.title or "", item.text)) for item in _entries(sheet.findings)
        ]
        for part in (sheet.intro, sheet.conclusion, sheet.implementation, sheet.performance, *entries):
            assert re.sub(r"\s", "", part) in text


def _entries(entries: tuple[Numbered, ...]) -> tuple[Numbered, ...]:
    assert all(entry.title and entry.text for entry in entries)
    return entries


# --- declarations


def test_the_five_declarations_have_every_field() -> None:
    forms = declarations()

    assert [form.total_budget_fen // 100 for form in forms] == [2124000, 737600, 2853560, 2226216, 1148240]
    assert [len(form.targets) for form in forms] == [15, 15, 13, 19, 18]
    assert len({target.name for form in forms for target in form.targets}) == 61
    for form in forms:
        assert form.year_budget_fen == form.total_budget_fen == sum(fen for _, fen in form.sub_projects)
        assert (form.prior_budget_fen, form.prior_paid_fen, form.remarks) == (0, 0, "")
        for text in (
            form.overview,
            form.basis,
            form.necessity,
            form.safeguards,
            form.overall_goal,
            form.annual_goal,
        ):
            assert text and "<" not in text and "女工" not in text
            assert text == text.strip() and "\n\n" not in text


def test_lost_ticks_stay_unknown() -> None:
    assert [form.project_type for form in declarations()] == [
        "其他一次性项目",
        None,
        *(["其他一次性项目"] * 3),
    ]
    assert [bool(form.note) for form in declarations()] == [False, True, False, False, False]


def test_targets_are_words_or_numbers_as_filed() -> None:
    targets = [target for form in declarations() for target in form.targets]

    assert len([target for target in targets if target.number is None]) == 43
    assert {target.operator for target in targets} == {None, "=", "≥"}
    assert [target.filed for target in targets if target.number is not None and not target.unit] == ["≥1000"]
    assert all(target.level1 and target.level2 for target in targets)


def test_plans_have_their_days_where_the_form_names_them() -> None:
    plans = [form.milestones for form in declarations()]

    assert [len(plan) for plan in plans] == [6, 6, 6, 6, 4]
    assert all(step.day for plan in plans[:4] for step in plan)
    assert not any(step.day for step in plans[4])


def test_a_text_cut_by_a_page_under_a_wrong_label_is_whole() -> None:
    assert "公开透明的预算制度。" in declarations()[0].necessity


# --- as Word files


def test_nine_papers_are_built_and_pass_the_check_of_uploads(built: list[Path]) -> None:
    assert len(built) == 9
    for path in built:
        assert identify(path.name, path.read_bytes()) == FileKind.DOCX
        open_checked(path.read_bytes())


def test_only_result_papers_are_read_as_such(built: list[Path]) -> None:
    assert [len(read_result_tables(path.open("rb"))) for path in built] == [5, 3, 0, 0, 0, 0, 0, 0, 0]


def test_libreoffice_shows_every_cell(
    built: list[Path],
    as_pdf: Callable[[Path], Path],
    pdf_text: Callable[[Path], str],
    pdf_pictures: Callable[[Path], list[Path]],
) -> None:
    for path, unit in zip(built[:2], (CONGRESS_OFFICE, AFFAIRS_BUREAU), strict=True):
        pdf = as_pdf(path)
        shown = pdf_text(pdf)
        tables = [seed.table for seed in result_tables() if seed.unit_name == unit]
        pages = shown.split("\f")

        assert unit in pages[0] and "绩效评价结果信息表" not in pages[0]
        assert sum("绩效评价结果信息表" in page for page in pages) == len(tables)
        assert all(papers.FOOTER in page for page in pages if page.strip())
        for table in tables:
            assert table.project_name.split()[0] in shown and table.final_amount in shown.replace(" ", "")
            # characters, not places: a cell's lines stand beside its label
            assert set(table.suggestions) - set(shown) <= {"\n"}
        assert len(pdf_pictures(pdf)) == len([page for page in pages if page.strip()])


def test_libreoffice_opens_every_other_paper(built: list[Path], as_pdf: Callable[[Path], Path]) -> None:
    for path in (built[2], built[4]):
        assert as_pdf(path).read_bytes().startswith(b"%PDF")
