"""整改台账 and 整改报告 in Word: what became of the suggestions, as a table of all and project by project."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from perfflow.papers.letters import notice_number
from perfflow.papers.official import Entry, Heads, counted, day_words, sections, signature
from perfflow.papers.result_table import NONE
from perfflow.papers.word_template import TEXT_WIDTH
from perfflow.papers.word_writer import TableCell, paragraph, table, table_pieces

LEDGER_TITLE = "整改台账"
LEDGER_HEADS = (
    "序号", "项目", "存在问题", "整改建议", "整改类别", "整改期限", "整改措施", "责任人", "状态", "核实结论",
    "逾期天数",
)  # fmt: skip
_LEDGER_WIDTHS = (520, 1500, 2000, 2000, 1070, 1400, 1500, 760, 680, 680, 648)

REPORT_TITLE = "整改报告"
SHA_NOTE = "注：佐证材料后为文件 SHA-256 的前 12 位，可用以核对原件。"
_REPORT_WIDTHS = (1500, TEXT_WIDTH - 1500)
_SHA_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """`overdue`: days since the step was due, 0 while it is on time."""

    project: str
    unit: str
    findings: tuple[Entry, ...]
    suggestion: Entry
    rect_class: str
    deadline: date
    measure: str
    responsible: str
    state: str
    verdict: str
    overdue: int


@dataclass(frozen=True, slots=True)
class Evidence:
    name: str
    sha256: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportItem:
    """One suggestion and what was done about it. `rounds`: how often a result was reported."""

    suggestion: Entry
    findings: tuple[Entry, ...]
    rect_class: str
    deadline: date
    measure: str
    responsible: str
    state: str
    done: str
    files: tuple[Evidence, ...]
    verdict: str
    verdict_reason: str
    rounds: int


@dataclass(frozen=True, slots=True)
class RectificationReport:
    """`summary`: 整改情况 as the unit wrote it, empty where it is composed of the items."""

    heads: Heads
    notice: int
    summary: str
    items: tuple[ReportItem, ...]


def ledger_pieces(rows: Iterable[LedgerRow], about: str) -> Iterator[str]:
    """One table of any length; `about` says below the title whose it is, and of which day."""
    yield paragraph(LEDGER_TITLE, "Heading1") + paragraph(about, "SmallLabel")
    yield from table_pieces(_ledger_rows(rows), _LEDGER_WIDTHS, heads=1, whole=True)


def _ledger_rows(rows: Iterable[LedgerRow]) -> Iterator[tuple[TableCell, ...]]:
    yield tuple(TableCell(label, "Head") for label in LEDGER_HEADS)
    for number, row in enumerate(rows, 1):
        yield (
            TableCell(str(number), "ShortCell"),
            TableCell(f"{row.project}\n{row.unit}", "Cell"),
            TableCell("\n".join(finding.whole for finding in row.findings), "Cell"),
            TableCell(row.suggestion.whole, "Cell"),
            TableCell(row.rect_class, "ShortCell"),
            TableCell(row.deadline.isoformat(), "ShortCell"),
            TableCell(row.measure, "Cell"),
            TableCell(row.responsible, "ShortCell"),
            TableCell(row.state, "ShortCell"),
            TableCell(row.verdict, "ShortCell"),
            TableCell(str(row.overdue) if row.overdue else "", "ShortCell"),
        )


def rectification_reports(reports: Iterable[RectificationReport]) -> Iterator[str]:
    """Each on a page of its own, as they come."""
    for index, report in enumerate(reports):
        heads = report.heads
        yield paragraph(REPORT_TITLE, "Heading1", new_page=index > 0)
        if heads.office:
            yield paragraph(f"{heads.office}：", "Normal")
        yield paragraph(
            f"根据整改通知书（{notice_number(heads.code, report.notice)}），我单位对{heads.year}年度{heads.project}"
            f"绩效评价提出的{len(report.items)}条整改建议进行了整改，现将情况报告如下。"
        )
        yield from sections((("总体情况", _overall(report)), ("逐条整改情况", _items(report.items))))
        yield paragraph(SHA_NOTE, "Small", joined=True) + signature(heads.unit, heads.day)


def _overall(report: RectificationReport) -> Iterator[str]:
    counts: dict[str, int] = {}
    for item in report.items:
        counts[item.verdict or item.state] = counts.get(item.verdict or item.state, 0) + 1
    told = "、".join(f"{label}{count}条" for label, count in counts.items())
    yield paragraph(f"整改建议共{len(report.items)}条：{told}。")
    if report.summary:
        yield paragraph(report.summary)


def _items(items: Iterable[ReportItem]) -> Iterator[str]:
    for item in items:
        number = counted(item.suggestion.number)
        yield paragraph(f"（{number}）{item.suggestion.title or f'第{number}条整改建议'}", "Heading3")
        rows = [(TableCell(label, "SmallLabel"), TableCell(text or NONE, "Small")) for label, text in _told(item)]
        yield table(rows, _REPORT_WIDTHS, whole=True) + paragraph("", "End")


def _told(item: ReportItem) -> Iterator[tuple[str, str]]:
    yield "存在问题", "\n".join(finding.whole for finding in item.findings)
    yield "整改建议", item.suggestion.text
    yield "类别与期限", f"{item.rect_class}，{day_words(item.deadline)}前"
    yield "整改措施", item.measure + (f"\n责任人：{item.responsible}" if item.responsible else "")
    yield "整改结果", item.done
    yield "佐证材料", "\n".join(_file(file) for file in item.files)
    verdict = item.verdict or item.state
    yield "核实结论", f"{verdict}\n{item.verdict_reason}" if item.verdict_reason else verdict
    yield "报送次数", str(item.rounds)


def _file(file: Evidence) -> str:
    gone = "，已撤下" if file.withdrawn else ""
    return f"{file.name}（SHA-256 {file.sha256[:_SHA_SHOWN]}{gone}）"
