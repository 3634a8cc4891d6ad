"""Is a declaration in order? The form of 《上海市财政支出项目绩效目标申报表》 (domain b.1, rules M4, T14, T16, T17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from perfflow.rules.outcome import Problem

PROJECT_TYPES = (
    "市委市政府已确定的新增项目",
    "结转项目",
    "其他一次性项目",
    "经常性专项业务费",
    "其他经常性项目",
)
FUND_USES = (
    "基本建设工程类",
    "信息化建设类",
    "政策补贴类",
    "政府购买服务",
    "资产购置类",
    "其他事业专业类",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A declaration as far as the rules read it. Amounts in fen; dates in the office's zone."""

    project_type: str
    fund_use: str
    start_date: date | None
    end_date: date | None
    texts: tuple[tuple[str, str, str], ...]  # field, label, text
    total_budget_fen: int | None
    year_budget_fen: int | None
    prior_budget_fen: int | None
    prior_paid_fen: int | None
    sub_projects: tuple[tuple[str, int | None], ...]
    milestones: tuple[tuple[str, date | None], ...]
    targets: tuple[tuple[str, str, str, str], ...]  # level 1, level 2, name, value as filed


def problems(paper: Paper) -> tuple[Problem, ...]:
    """Everything that stands against submitting it; empty means in order."""
    return (
        *_choices(paper),
        *_texts(paper),
        *_period(paper),
        *_money(paper),
        *_plan(paper),
        *_targets(paper),
    )


def _choices(paper: Paper) -> Iterator[Problem]:
    if paper.project_type not in PROJECT_TYPES:
        yield Problem("请选择一种项目类型。", "project_type")
    if paper.fund_use not in FUND_USES:
        yield Problem("请选择一种资金用途。", "fund_use")


def _texts(paper: Paper) -> Iterator[Problem]:
    for field, label, text in paper.texts:
        if not text.strip():
            yield Problem("“%(label)s”还没有填写。", field, {"label": label})


def _period(paper: Paper) -> Iterator[Problem]:
    if paper.start_date is None:
        yield Problem("“开始时间”还没有填写。", "start_date")
    if paper.end_date is None:
        yield Problem("“结束时间”还没有填写。", "end_date")
    if paper.start_date and paper.end_date and paper.end_date < paper.start_date:
        yield Problem("“结束时间”早于“开始时间”。", "end_date")


def _money(paper: Paper) -> Iterator[Problem]:
    for field, label in (
        ("total_budget_fen", "项目总预算（元）"),
        ("year_budget_fen", "项目当年预算（元）"),
        ("prior_budget_fen", "同名项目上年预算额（元）"),
        ("prior_paid_fen", "同名项目上年预算执行数（元）"),
    ):
        if getattr(paper, field) is None:
            yield Problem("“%(label)s”还没有填写，没有的请填 0。", field, {"label": label})
    if not paper.sub_projects:
        yield Problem("请至少填写一个子项目。", "sub_projects")
    for row, (name, amount) in enumerate(paper.sub_projects, 1):
        if not name.strip() or amount is None:
            yield Problem("第 %(row)d 个子项目的名称或预算金额没有填写。", "sub_projects", {"row": row})
    total, year = paper.total_budget_fen, paper.year_budget_fen
    parts = [amount for _, amount in paper.sub_projects if amount is not None]
    if year is not None and parts and sum(parts) != year:
        yield Problem(
            "子项目预算合计 %(parts)s 元，与项目当年预算 %(year)s 元不一致。",
            "sub_projects",
            {"parts": _yuan(sum(parts)), "year": _yuan(year)},
        )
    if year is not None and total is not None and year > total:
        yield Problem("“项目当年预算”大于“项目总预算”。", "year_budget_fen")


def _plan(paper: Paper) -> Iterator[Problem]:
    if not paper.milestones:
        yield Problem("“项目实施计划”还没有填写。", "milestones")
    days = [day for _, day in paper.milestones if day is not None]
    if days != sorted(days):
        yield Problem("“项目实施计划”的日期没有按先后排列。", "milestones")
    for label, day in paper.milestones:
        outside = day and (
            (paper.start_date and day < paper.start_date) or (paper.end_date and day > paper.end_date)
        )
        if outside:
            yield Problem("“%(label)s”的日期不在项目起止时间之内。", "milestones", {"label": label})


_BRANCHES = (
    (("产出",), "数量", "产出目标／数量目标"),
    (("产出",), "质量", "产出目标／质量目标"),
    (("产出",), "时效", "产出目标／时效目标"),
    (("效果", "效益"), "", "效果目标"),
    (("影响力",), "满意度", "影响力目标／满意度目标"),
)


def _targets(paper: Paper) -> Iterator[Problem]:
    for row, (level1, level2, name, filed) in enumerate(paper.targets, 1):
        if not all(cell.strip() for cell in (level1, level2, name, filed)):
            yield Problem("分解目标第 %(row)d 行没有填写完整。", "targets", {"row": row})
    for firsts, second, label in _BRANCHES:
        if not any(any(f in one for f in firsts) and second in two for one, two, _, _ in paper.targets):
            yield Problem("分解目标中缺少“%(label)s”的指标。", "targets", {"label": label})


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"
