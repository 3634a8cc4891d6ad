"""问题与建议表: findings and suggestions as tables, in Excel or Word; the only place where their heads are spelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from perfflow.papers.excel_lists import Column, Sheet, write_form

FINDINGS_TITLE, SUGGESTIONS_TITLE = "存在问题", "整改建议"
HEADS: dict[str, tuple[str, ...]] = {
    "number": ("序号", "问题序号", "问题编号", "编号"),
    "title": ("问题标题", "问题名称", "问题概述", "问题要点"),
    "text": (
        "问题内容", "问题描述", "存在问题", "存在的问题", "存在的主要问题", "主要问题", "具体问题", "问题表现",
        "发现问题", "发现的问题", "问题",
    ),
    "category": ("问题类别", "问题类型", "类别"),
    "severity": ("严重程度", "问题严重程度", "严重性"),
    "codes": ("对应指标", "对应的指标", "相关指标", "涉及指标", "指标编码"),
    "amount": ("涉及金额（元）", "涉及金额", "问题金额"),
    "s_number": ("建议序号", "建议编号"),
    "s_title": ("建议标题", "建议名称", "建议要点"),
    "s_text": ("建议内容", "整改建议", "改进建议", "意见建议", "对策建议", "相关建议", "建议"),
    "answers": ("针对的问题", "针对问题", "对应的问题", "对应问题", "针对问题序号"),
}  # fmt: skip
"""What a column holds, with the words its head may carry; the first is the one we write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFinding:
    """A row of 存在问题. Category and severity as the table words them; `codes` of the indicators named."""

    number: int
    title: str = ""
    text: str = ""
    category: str = ""
    severity: str = ""
    codes: tuple[str, ...] = ()
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSuggestion:
    """A row of 整改建议; `answers` the numbers of the findings it is about."""

    number: int
    title: str = ""
    text: str = ""
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingsList:
    findings: tuple[ListedFinding, ...] = ()
    suggestions: tuple[ListedSuggestion, ...] = ()


_GUIDE = (
    "一、每行一条。“存在问题”和“整改建议”各在一张工作表，表头请勿改动，列的次序可以调整。",
    "二、序号写整数。建议用“针对的问题”写明问题的序号，几个序号之间用顿号，例如 1、2。",
    "三、“问题类别”“严重程度”请在下拉列表中选择；“对应指标”可选一个，也可以写几个编码，例如 A22、B322。",
    "四、内容可以分段（在单元格内按 Alt+Enter 换行）。涉及金额写数字，单位为元，没有可以不填。",
    "五、填好后在“从文件读入”页面上传，先核对，确认后才导入系统。",
)


def write_findings(
    out: BinaryIO,
    listed: FindingsList = FindingsList(),
    *,
    indicators: Sequence[str] = (),
    categories: Sequence[str] = (),
    severities: Sequence[str] = (),
) -> None:
    """The table with these rows, or empty to be filled in; `indicators` as "A11 名称" and the words to choose from."""
    findings = Sheet(
        FINDINGS_TITLE,
        (
            _column("number", 6), _column("title", 30), _column("text", 60), _column("category", 14, categories),
            _column("severity", 10, severities), _column("codes", 30, indicators, free=True), _column("amount", 16),
        ),
        map(_finding_cells, listed.findings),
    )  # fmt: skip
    suggestions = Sheet(
        SUGGESTIONS_TITLE,
        (_column("number", 6), _column("s_title", 30), _column("s_text", 60), _column("answers", 14)),
        map(_suggestion_cells, listed.suggestions),
    )
    write_form(out, (findings, suggestions), choices_title="选项", guide=("填写说明", _GUIDE))


def _column(key: str, width: int, choices: Sequence[str] = (), *, free: bool = False) -> Column:
    return Column(HEADS[key][0], width, "long" if width >= 30 else "text", choices, free)


def _finding_cells(one: ListedFinding) -> Sequence[str]:
    fen = one.amount_fen
    amount = "" if fen is None else f"{fen // 100}.{fen % 100:02d}"
    return (str(one.number), one.title, one.text, one.category, one.severity, "、".join(one.codes), amount)


def _suggestion_cells(one: ListedSuggestion) -> Sequence[str]:
    return (str(one.number), one.title, one.text, "、".join(map(str, one.answers)))
