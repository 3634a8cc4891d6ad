"""A result table of an invented project in a unit's manner: the administrator sees no real one."""

from typing import Any

from perfflow.papers.numbering import Manner, Numbered
from perfflow.papers.result_table import RESULT_FORM, Record, written

# chosen so that each part of the manner shows: an amount that ends in zero, a title, two entries
_SAMPLE: dict[str, Any] = {
    "name": "公共服务热线外包经费",
    "paid_fen": 9_459_700_000,
    "total": 8_820,
    "grade": "良",
    "main_performance": "全年接听来电 36.2 万件，接通率 97.4%，市民满意率 92.6%。",
    "findings": (
        Numbered(1, "绩效目标不够具体", "年度目标未写明接通率和办结时限，完成情况难以衡量。"),
        Numbered(2, "合同管理不够规范", "部分补充协议签订于服务开始之后。"),
    ),
    "suggestions": (
        Numbered(1, "细化绩效目标", "把接通率、办结时限和满意率写入年度目标，并注明数据来源。"),
        Numbered(2, "规范合同签订", "服务开始前完成补充协议的签订和备案。"),
    ),
}
_ANSWERS = ("已在下一年度目标中写明三项指标。", "已修订合同管理办法，自 3 月起执行。")


def sample(manner: Manner) -> list[tuple[str, str]]:
    """Label and text of the eight rows, by the writer that the result pages use."""
    answers = tuple(Numbered(n, None, text) for n, text in enumerate(_ANSWERS, 1))
    rectification = "\n".join(f"{one.number}{manner.number_style}{one.text}" for one in answers)
    table = written(Record(**_SAMPLE, rectification=rectification), manner)
    return [(field.label, getattr(table, field.key)) for field in RESULT_FORM.fields]
