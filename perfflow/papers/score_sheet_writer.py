"""Writes 指标评分表 in official layout, as the pieces of a Word file."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from perfflow.papers.score_sheet import TITLE, ScoreLine, ScoreSheet
from perfflow.papers.word_template import TEXT_WIDTH
from perfflow.papers.word_writer import TableCell, paragraph, table

INDICATORS = ("一级指标", "二级指标", "三级（及以上）指标")
FIGURES = ("权重", "得分率", "绩效分数")
_FIGURE_WIDTHS = (800, 1050, 900)


def score_sheet_pages(sheets: Iterable[tuple[str, ScoreSheet]]) -> Iterator[str]:
    """Each sheet under its heading (the project's name), on a page of its own."""
    for at, (heading, sheet) in enumerate(sheets):
        yield paragraph(heading, "Heading1", new_page=at > 0)
        yield paragraph(f"表{at + 1} {TITLE}", "Short")
        yield score_table(sheet)


def score_table(sheet: ScoreSheet) -> str:
    """The table alone; a group's cell spans its leaves, a leaf the columns its level leaves free."""
    depth = max((line.level for line in sheet.items), default=1)
    return table(_rows(sheet, depth), _widths(depth), heads=1, whole=True)


def _widths(depth: int) -> tuple[int, ...]:
    room = TEXT_WIDTH - sum(_FIGURE_WIDTHS)
    groups = min(1250, room // (depth + 1))
    return (*((groups,) * (depth - 1)), room - groups * (depth - 1), *_FIGURE_WIDTHS)


def _rows(sheet: ScoreSheet, depth: int) -> Iterator[list[TableCell]]:
    heads = min(depth, len(INDICATORS))
    yield [
        *(TableCell(text, "Small") for text in INDICATORS[: heads - 1]),
        TableCell(INDICATORS[heads - 1], "Small", columns=depth - heads + 1),
        *(TableCell(text, "Small") for text in FIGURES),
    ]
    groups: list[ScoreLine] = []
    fresh = 0
    for line in sheet.items:
        # groups that end here, and those that have no cell yet
        del groups[line.level - 1 :]
        fresh = min(fresh, len(groups))
        if _is_group(line, sheet.items):
            groups.append(line)
            continue
        yield [
            *(_group(group, at >= fresh) for at, group in enumerate(groups)),
            TableCell(_name(line), "Small", columns=depth - len(groups)),
            TableCell(_number(line.weight), "Small"),
            TableCell(line.rate_filed, "Small"),
            TableCell(_number(line.score), "Small"),
        ]
        fresh = len(groups)
    weights = sum((line.weight for line in sheet.items if line.weight is not None), Decimal(0))
    yield [
        TableCell("合计", "Small", columns=depth),
        TableCell(_number(weights), "Small"),
        TableCell("——", "Small"),
        TableCell(_number(sheet.total), "Small"),
    ]


def _is_group(line: ScoreLine, items: Sequence[ScoreLine]) -> bool:
    return any(other.code != line.code and other.code.startswith(line.code) for other in items)


def _group(group: ScoreLine, fresh: bool) -> TableCell:
    return TableCell(_name(group) if fresh else "", "Small", merge="restart" if fresh else "continue")


def _name(line: ScoreLine) -> str:
    """The code touches the name, as the offices write it, unless the name itself begins with a digit or letter."""
    touching = not line.name[:1].isascii()
    return f"{line.code}{'' if touching else ' '}{line.name}"


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
