"""Letters, ledger and rectification report in Word: valid, read back, rendered."""

import io
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from perfflow.papers.letter_texts import LETTERS, LetterKind, LetterSpec, faults, filled, tidied
from perfflow.papers.letters import (
    LIST_HEADS,
    AskedFinding,
    CommentLetter,
    FeedbackLetter,
    NoticeItem,
    NoticeLetter,
    comment_letters,
    feedback_letters,
    notice_letters,
)
from perfflow.papers.official import BLANK_DAY, Entry, Heads, counted
from perfflow.papers.rectification_papers import (
    LEDGER_HEADS,
    Evidence,
    LedgerRow,
    RectificationReport,
    ReportItem,
    ledger_pieces,
    rectification_reports,
)
from perfflow.papers.word_reader import read_word
from perfflow.papers.word_writer import write_word
from tests.papers.schema import faults as schema_faults

HEADS = Heads(
    unit="上海市甲局", office="上海市财政局", project="“会务平台”", code="XM-2026-0001", year=2026, day=date(2026, 6, 5)
)
FINDINGS = (Entry(1, "验收不够规范", "没有书面意见。\n资料缺失。"), Entry(2, "", "合同签订 <滞后> & {项目} 未写明。"))
SUGGESTIONS = (Entry(1, "规范验收", "形成书面意见。"), Entry(2, "", "先签约，后实施。"))


def texts(kind: LetterKind) -> dict[str, str]:
    return LETTERS[kind].defaults


def comment_letter(until: date | None = date(2026, 6, 12)) -> CommentLetter:
    asked = AskedFinding(FINDINGS[0], ("A22 明确性", "B1 制度")), AskedFinding(FINDINGS[1])
    return CommentLetter(HEADS, until, asked)


def notice_letter() -> NoticeLetter:
    items = (
        NoticeItem(SUGGESTIONS[0], FINDINGS[:1], "立行立改", date(2026, 7, 31)),
        NoticeItem(SUGGESTIONS[1], FINDINGS, "持续整改", date(2026, 12, 31), date(2027, 6, 30)),
    )
    return NoticeLetter(HEADS, 1, date(2026, 7, 5), items)


def feedback_letter(**changed: tuple[Entry, ...]) -> FeedbackLetter:
    lists = {"findings": FINDINGS, "suggestions": SUGGESTIONS} | changed
    return FeedbackLetter(HEADS, "288.62万元", "91分", "优", "按期建成。\n运行稳定。", **lists)


def ledger_row(overdue: int = 0) -> LedgerRow:
    return LedgerRow(
        project="“会务平台”", unit="上海市甲局", findings=FINDINGS, suggestion=SUGGESTIONS[0], rect_class="立行立改",
        deadline=date(2026, 12, 31), measure="修订办法", responsible="张三", state="整改中", verdict="",
        overdue=overdue,
    )  # fmt: skip


def report() -> RectificationReport:
    item = ReportItem(
        suggestion=SUGGESTIONS[0], findings=FINDINGS[:1], rect_class="立行立改", deadline=date(2026, 12, 31),
        measure="修订办法", responsible="张三", state="已销号", done="已印发办法。",
        files=(Evidence("办法.pdf", "0123456789abcdef" * 4), Evidence("照片.jpg", "f" * 64, withdrawn=True)),
        verdict="已整改", verdict_reason="材料齐全。", rounds=2,
    )  # fmt: skip
    return RectificationReport(HEADS, 1, "高度重视。", (item,))


def papers() -> dict[str, tuple[Iterable[str], bool]]:
    """Every paper, and whether it lies on its side."""
    return {
        "comments": (comment_letters([comment_letter()] * 2, texts(LetterKind.COMMENTS)), False),
        "feedback": (feedback_letters([feedback_letter()] * 2, texts(LetterKind.FEEDBACK)), False),
        "notice": (notice_letters([notice_letter()] * 2, texts(LetterKind.NOTICE)), False),
        "ledger": (ledger_pieces([ledger_row()] * 30, "上海市甲局2026年度"), True),
        "report": (rectification_reports([report()] * 2), False),
    }


def written(pieces: Iterable[str], *, landscape: bool = False) -> bytes:
    out = io.BytesIO()
    write_word(pieces, out, footer="演示", landscape=landscape)
    return out.getvalue()


def told(pieces: Iterable[str]) -> str:
    """All that can be read, paragraph by paragraph and row by row."""
    document = read_word(written(pieces))
    rows = ["|".join(cell.text for cell in row) for grid in document.grids for _number, row in grid.rows]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *rows])


@pytest.mark.parametrize("name", sorted(papers()))
def test_every_paper_is_valid(name: str) -> None:
    pieces, landscape = papers()[name]

    assert schema_faults(written(pieces, landscape=landscape)) == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_every_paper_opens_in_libreoffice(tmp_path: Path) -> None:
    for name, (pieces, landscape) in papers().items():
        (tmp_path / f"{name}.docx").write_bytes(written(pieces, landscape=landscape))

    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), *(str(tmp_path / f"{name}.docx") for name in papers())],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip

    for name in papers():
        assert (tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF"), name


# ---------------------------------------------------------------- what stands in them


def test_a_comment_letter_asks_about_each_finding_and_says_until_when() -> None:
    text = told(comment_letters([comment_letter()], texts(LetterKind.COMMENTS)))

    for part in (
        "绩效评价征求意见稿", "上海市甲局：", "2026年度“会务平台”", "2条问题", "（一）验收不够规范",
        "没有书面意见。\n资料缺失。", "涉及指标：A22 明确性；B1 制度。", "（二）合同签订 <滞后> & {项目} 未写明。",
        "2026年6月12日前（含当日）",
        "上海市财政局\n2026年6月5日",
    ):  # fmt: skip
        assert part in text
    assert text.count("涉及指标") == 1


def test_a_feedback_letter_holds_the_result_and_says_none_where_there_is_none() -> None:
    text = told(feedback_letters([feedback_letter()], texts(LetterKind.FEEDBACK)))
    bare = told(feedback_letters([feedback_letter(findings=(), suggestions=())], texts(LetterKind.FEEDBACK)))

    for part in ("决算金额|288.62万元", "评价分值|91分", "评价结论|优", "按期建成。\n运行稳定。", "（一）规范验收"):
        assert part in text
    assert bare.count("无。") == 2 and "（一）" not in bare


def test_a_notice_lists_each_suggestion_with_class_day_and_findings() -> None:
    data = written(notice_letters([notice_letter()], texts(LetterKind.NOTICE)))
    text = told(notice_letters([notice_letter()], texts(LetterKind.NOTICE)))
    (grid,) = read_word(data).grids
    rows = [[cell.text for cell in row] for _number, row in grid.rows]

    assert "XM-2026-0001 整改通知第1号" in text and "2026年7月5日前" in text and "最迟不晚于2026年12月31日" in text
    assert rows[0] == list(LIST_HEADS)
    assert rows[1] == [
        "1", "规范验收\n形成书面意见。", "1. 验收不够规范\n没有书面意见。\n资料缺失。", "立行立改", "2026年7月31日",
    ]  # fmt: skip
    assert rows[2][3:] == ["持续整改", "2026年12月31日\n（延至2027年6月30日）"]


def test_the_ledger_has_a_row_for_each_item() -> None:
    (grid,) = read_word(written(ledger_pieces([ledger_row(), ledger_row(12)], "甲局"), landscape=True)).grids
    rows = [[cell.text for cell in row] for _number, row in grid.rows]

    assert rows[0] == list(LEDGER_HEADS)
    assert rows[1][:2] == ["1", "“会务平台”\n上海市甲局"]
    assert [row[5] for row in rows[1:]] == ["2026-12-31"] * 2
    assert [row[-1] for row in rows[1:]] == ["", "12"]


def test_a_report_names_its_files_with_twelve_digits_of_their_sums() -> None:
    text = told(rectification_reports([report()]))

    for part in (
        "XM-2026-0001 整改通知第1号", "整改建议共1条：已整改1条。", "高度重视。", "整改结果|已印发办法。",
        "整改措施|修订办法\n责任人：张三", "办法.pdf（SHA-256 0123456789ab）",
        "照片.jpg（SHA-256 ffffffffffff，已撤下）",
        "核实结论|已整改\n材料齐全。", "报送次数|2", "上海市甲局\n2026年6月5日",
    ):  # fmt: skip
        assert part in text


def test_what_is_not_dated_is_left_to_be_written() -> None:
    undated = Heads(unit="甲", office="乙", project="丙", code="丁", year=2026, day=None)

    text = told(comment_letters([CommentLetter(undated, None, ())], texts(LetterKind.COMMENTS)))

    assert BLANK_DAY.strip() in text and "{期限}" not in text


def test_a_thousand_letters_take_little_memory(tmp_path: Path) -> None:
    def many() -> Iterator[NoticeLetter]:
        for _number in range(1000):
            yield notice_letter()

    with (tmp_path / "all.docx").open("wb") as out:
        write_word(notice_letters([notice_letter()], texts(LetterKind.NOTICE)), out)  # what is kept once does not count
        tracemalloc.start()
        write_word(notice_letters(many(), texts(LetterKind.NOTICE)), out)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert peak < 4 * 1024 * 1024


def test_numbers_are_counted_in_characters() -> None:
    assert [counted(n) for n in (1, 9, 10, 11, 20, 21, 99, 100)] == [
        "一", "九", "十", "十一", "二十", "二十一", "九十九", "100",
    ]  # fmt: skip


# ---------------------------------------------------------------- the texts


@pytest.mark.parametrize("spec", LETTERS.values(), ids=list(LETTERS))
def test_the_defaults_can_stand(spec: LetterSpec) -> None:
    for key, text in spec.defaults.items():
        assert faults(spec, key, text) == [] and tidied(text) == text
        assert "{" not in filled(text, spec.examples)


def test_what_is_put_in_is_not_looked_at_again() -> None:
    assert filled("{项目}和{单位}", {"项目": "{单位}", "单位": "甲局"}) == "{单位}和甲局"
