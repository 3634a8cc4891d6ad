"""The head of a score sheet: which column names indicators, which holds weights, rates, scores, codes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perfflow.papers.blocks import Cell
from perfflow.papers.table_heads import Head, Rows, heads, later_heads
from perfflow.papers.text import start_folded

_LEVEL = r"(?:[一二三四五六末1-6]|I{1,3}|IV|V)[级級层層]"
_INDICATOR = re.compile(
    rf".*{_LEVEL}.*指标.*|指标{_LEVEL}|{_LEVEL}(?:目标|名称)?|(?:评价|绩效|考核|具体)?指标(?:名称|内容|体系)?"
)
_ABOUT = re.compile("解释|说明|标准|依据|来源|公式|内涵|方法|要点|目标值|完成值")
"""A column that tells more of an indicator."""
_WEIGHT = re.compile(
    rf"(?:.*{_LEVEL}(?:指标)?|指标|标准|参考|设定|满分|权重)?"
    r"(?:权重|权数|权值|分值|标准分|满分|总分|分数)(?:分值|分|值|系数|[/、]分值|[/、]权重)?"
)
_SCORE = re.compile(
    r"(?:绩效|评价|实际|考核|最终|指标|自评|评分|综合|评估|评定|专家|复核|实)+(?:得?分数?|分值|评分)(?:情况|结果)?"
    r"|(?:得分|评分)(?:值|情况|结果)?"
)
_RATE = re.compile("(?:指标|绩效|评价|实际)*(?:得分|评分)(?:率|比率|比例|占比)")
_CODE = re.compile("(?:绩效|评价)?(?:指标)?(?:编码|代码|编号)")
_COUNT = re.compile("序号?|行次")
_GROUP = re.compile("维度|类别|分类|类型|内容|目标|方面|模块|要素|项目")
_REST = re.compile("名称|内容|小计|分|率|重|指标")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]$")
_FIGURE = re.compile(r"[\d.,%]+分?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table mean; -1 where there is none. `groups`: weights of groups, between their names."""

    indicators: tuple[int, ...]
    weight: int
    score: int
    groups: tuple[int, ...] = ()
    rate: int = -1
    code: int = -1
    count: int = -1
    others: tuple[tuple[int, str], ...] = ()
    last_name: int = -1
    """The last column of names: one without a label may stand behind the last indicator, with names behind codes."""

    @property
    def figures(self) -> frozenset[int]:
        return frozenset({*self.groups, self.weight, self.score, self.rate} - {-1})

    @property
    def names(self) -> frozenset[int]:
        """Every column from the first indicator to the last name that holds nothing else."""
        taken = self.figures | {self.code, self.count} | {column for column, _label in self.others}
        return frozenset(range(min(self.indicators), self.last_name + 1)) - taken


def head_at(rows: Rows, at: int) -> tuple[Columns, int] | None:
    """The meaning of the columns when a head begins at this row, and the row after it.

    A row below belongs to the head as long as it says nothing but words of heads.
    """
    found = _head(rows, at)
    if found is not None and later_heads(found[1], at, lambda row: below[1] if (below := _head(rows, row)) else None):
        return None
    return found


def _head(rows: Rows, at: int) -> tuple[Columns, int] | None:
    found = None
    for head in heads(rows, at):
        if found is not None and not _goes_on(rows[head.after - 1][1]):
            break
        columns = _columns(head)
        if columns is not None:
            found = columns, head.after
        elif found is not None:
            break
    return found


def _goes_on(cells: Sequence[Cell]) -> bool:
    texts = [_label(cell.text) for cell in cells if cell.text.strip()]
    kinds = [_kind(text) for text in texts]
    return any(kinds) and all(kind or _REST.fullmatch(text) for kind, text in zip(kinds, texts, strict=True))


def _label(text: str) -> str:
    return _BRACKETS.sub("", start_folded(text))


def _kind(label: str) -> str:
    for kind, wanted in (("rate", _RATE), ("weight", _WEIGHT), ("score", _SCORE), ("code", _CODE), ("count", _COUNT)):
        if wanted.fullmatch(label):
            return kind
    return "indicator" if _INDICATOR.fullmatch(label) and not _ABOUT.search(label) else ""


def _columns(head: Head) -> Columns | None:
    labels = {column: _BRACKETS.sub("", label) for column, label in sorted(head.labels.items())}
    if any(_FIGURE.fullmatch(label) for label in labels.values()):
        return None  # a row of values
    kinds: dict[str, list[int]] = {}
    for column, label in labels.items():
        kinds.setdefault(_kind(label), []).append(column)
    indicators, weights, scores = (kinds.get(kind, []) for kind in ("indicator", "weight", "score"))
    if not scores and len(weights) > 1 and any(labels[column] == "权重" for column in weights):
        # "权重 | 得分率 | 分值": the points that were given
        scores = [column for column in weights if labels[column] != "权重"][-1:]
        weights = [column for column in weights if column not in scores]
    if not indicators or not weights or not scores:
        return None
    if len(indicators) == 1:
        indicators = _groups_before(labels, kinds, indicators[0]) + indicators
    groups = tuple(column for column in weights if column < indicators[-1])
    weight = next((column for column in reversed(weights) if column not in groups), weights[-1])
    rate, code, count = (kinds.get(kind, [-1])[0] for kind in ("rate", "code", "count"))
    known = {*indicators, *groups, weight, scores[-1], rate, code, count}
    others = tuple((column, label) for column, label in labels.items() if column not in known)
    last_name = min((column for column in labels if column > indicators[-1]), default=indicators[-1] + 1) - 1
    groups = tuple(column for column in groups if column != weight)
    return Columns(tuple(indicators), weight, scores[-1], groups, rate, code, count, others, last_name)


def _groups_before(labels: dict[int, str], kinds: dict[str, list[int]], indicator: int) -> list[int]:
    """Columns of groups that are called otherwise: "评价维度 | 评价内容 | 评价指标"."""
    return [column for column in kinds.get("", []) if column < indicator and _GROUP.search(labels[column])]
