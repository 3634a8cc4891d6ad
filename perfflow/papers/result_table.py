"""绩效评价结果信息表, the eight-row public table: the only place where its labels are spelled, and how its cells
are written in a unit's manner."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from perfflow.papers.kinds import Money, Score, Text, Unreadable
from perfflow.papers.numbering import Manner, Numbered, format_amount, format_name, format_score, join_numbered
from perfflow.papers.spec import Field, Form

RESULT_FORM = Form(
    "绩效评价结果信息表",
    (
        Field("project_name", "项目名称", Text(), required=True),
        Field(
            "final_amount", "决算金额", Money(), required=True,
            aliases=("决算数", "决算", "项目决算", "项目决算金额", "决算金额合计"),
        ),
        Field(
            "score", "评价分值", Score(), required=True,
            aliases=("评价得分", "评价分数", "绩效评价分值", "绩效评价得分"),
        ),
        Field(
            "grade", "评价结论", Text(), required=True,
            aliases=("评价等级", "绩效评价等级", "绩效评价结论", "绩效评级", "评价结果"),
        ),
        Field("main_performance", "主要绩效", Text(), required=True, long=True, aliases=("主要绩效情况",)),
        Field(
            "findings", "存在问题", Text(), long=True,
            aliases=("存在的问题", "存在的主要问题", "存在主要问题", "主要问题", "发现问题"),
        ),
        Field("suggestions", "整改建议", Text(), long=True, aliases=("改进建议", "相关建议", "意见建议", "有关建议")),
        Field("rectification", "整改情况", Text(), long=True, aliases=("整改落实情况", "落实整改情况", "整改结果")),
    ),
)
NONE = "无"


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Eight finished strings, as filed or as to be printed; newlines separate paragraphs."""

    project_name: str
    final_amount: str
    score: str
    grade: str
    main_performance: str
    findings: str
    suggestions: str
    rectification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the record holds of one result, before it is written in a unit's manner."""

    name: str
    name_filed: str = ""
    paid_fen: int | None
    paid_filed: str = ""
    total: int | None
    total_filed: str = ""
    grade: str
    main_performance: str
    findings: Sequence[Numbered] = field(default=())
    suggestions: Sequence[Numbered] = field(default=())
    rectification: str
    has_items: bool = False


def written(record: Record, manner: Manner) -> ResultTable:
    """The eight cells as this unit writes them; what was filed in its own words stays as filed."""
    return ResultTable(
        project_name=record.name_filed or format_name(record.name, manner),
        final_amount=_amount(record.paid_filed, record.paid_fen, manner),
        score=record.total_filed or ("" if record.total is None else format_score(record.total, manner)),
        grade=record.grade,
        main_performance=record.main_performance,
        findings=join_numbered(record.findings, manner) or NONE,
        suggestions=join_numbered(record.suggestions, manner) or NONE,
        rectification=record.rectification if record.has_items else record.rectification or NONE,
    )


def _amount(filed: str, fen: int | None, manner: Manner) -> str:
    """As filed when the paper can stand by it, that is when it names its unit."""
    try:
        if filed and Money().read(filed) == fen:
            return filed
    except Unreadable:
        pass
    return "" if fen is None else format_amount(fen, manner)
