"""Is a declaration in order? The form of 《上海市财政支出项目绩效目标申报表》 (domain b.1, rules M4, T14, T16, T17)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from perfflow.rules.money import exceeds, slipped
from perfflow.rules.outcome import N_, Problem

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


class Section(StrEnum):
    """The parts of the form, in their order; each is filled in by itself."""

    BASIC = "basic"
    BASIS = "basis"
    BUDGET = "budget"
    PLAN = "plan"
    GOALS = "goals"
    TARGETS = "targets"
    FILES = "files"


SECTION_LABELS = {
    Section.BASIC: N_("基本信息"),
    Section.BASIS: N_("立项依据"),
    Section.BUDGET: N_("预算构成"),
    Section.PLAN: N_("实施计划"),
    Section.GOALS: N_("绩效目标"),
    Section.TARGETS: N_("分解指标"),
    Section.FILES: N_("附件"),
}
FIELDS: dict[Section, tuple[str, ...]] = {
    Section.BASIC: ("name", "project_type", "fund_use", "start_date", "end_date"),
    Section.BASIS: ("overview", "basis", "necessity", "safeguards"),
    Section.BUDGET: (
        "total_budget_fen", "year_budget_fen", "prior_budget_fen", "prior_paid_fen", "sub_projects",
    ),
    Section.PLAN: ("milestones",),
    Section.GOALS: ("overall_goal", "annual_goal"),
    Section.TARGETS: ("targets", "remarks"),
    Section.FILES: (),
}  # fmt: skip
_SECTION_OF = {field: section for section, fields in FIELDS.items() for field in fields}


def section_of(place: str) -> Section | None:
    """The part a field belongs to; a row's place begins with the name of its list ("targets-3-name")."""
    return _SECTION_OF.get(place.partition("-")[0])


class Progress(StrEnum):
    """How far a part is. TROUBLED: filled in, but a rule objects."""

    EMPTY = "empty"
    BEGUN = "begun"
    DONE = "done"
    TROUBLED = "troubled"


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


def hints(paper: Paper) -> tuple[Problem, ...]:
    """What should be looked at again, and stands against nothing: amounts whose unit is in doubt."""
    return tuple(_doubts(paper))


def by_section(problems: Iterable[Problem]) -> dict[Section, list[Problem]]:
    """The problems in the part where each can be mended; every part is there."""
    found: dict[Section, list[Problem]] = {section: [] for section in Section}
    for problem in problems:
        section = section_of(problem.field)
        if section is not None:
            found[section].append(problem)
    return found


def progress(paper: Paper, *, files: int) -> dict[Section, Progress]:
    """How far each part is, by the very problems that stand against submitting. `files`: attachments there are."""
    found = {
        section: _progress(section, paper, against) for section, against in by_section(problems(paper)).items()
    }
    found[Section.FILES] = Progress.DONE if files else Progress.EMPTY
    return found


def _progress(section: Section, paper: Paper, against: list[Problem]) -> Progress:
    if not all(problem.gap for problem in against):
        return Progress.TROUBLED
    if not against:
        return Progress.DONE
    return Progress.BEGUN if _anything_in(section, paper) else Progress.EMPTY


def _anything_in(section: Section, paper: Paper) -> bool:
    # every declaration has a name from its first day: it says nothing about how far the part is
    texts = {field: text.strip() for field, _label, text in paper.texts}
    values = (texts.get(field, getattr(paper, field, None)) for field in FIELDS[section])
    return any(value not in (None, "", ()) for value in values)


def _choices(paper: Paper) -> Iterator[Problem]:
    for field, chosen, options, message in (
        ("project_type", paper.project_type, PROJECT_TYPES, N_("请选择一种项目类型。")),
        ("fund_use", paper.fund_use, FUND_USES, N_("请选择一种资金用途。")),
    ):
        if chosen not in options:
            yield Problem(message, field, gap=not chosen)


def _texts(paper: Paper) -> Iterator[Problem]:
    for field, label, text in paper.texts:
        if not text.strip():
            yield Problem(N_("“%(label)s”还没有填写。"), field, {"label": label}, gap=True)


def _period(paper: Paper) -> Iterator[Problem]:
    if paper.start_date is None:
        yield Problem(N_("“开始时间”还没有填写。"), "start_date", gap=True)
    if paper.end_date is None:
        yield Problem(N_("“结束时间”还没有填写。"), "end_date", gap=True)
    if paper.start_date and paper.end_date and paper.end_date < paper.start_date:
        yield Problem(N_("“结束时间”早于“开始时间”。"), "end_date")


AMOUNTS = (
    ("total_budget_fen", N_("项目总预算（元）")),
    ("year_budget_fen", N_("项目当年预算（元）")),
    ("prior_budget_fen", N_("同名项目上年预算额（元）")),
    ("prior_paid_fen", N_("同名项目上年预算执行数（元）")),
)
ALIKE = (
    ("total_budget_fen", "year_budget_fen"),
    ("prior_budget_fen", "year_budget_fen"),
    ("prior_paid_fen", "prior_budget_fen"),
)
"""Amounts of one size, as a rule: ten thousand times between them is a slip of the unit."""


def _doubts(paper: Paper) -> Iterator[Problem]:
    labels = dict(AMOUNTS)
    message = N_("与“%(label)s” %(yuan)s 元相差约一万倍，请核对单位。")
    for field, other in ALIKE:
        amount: int | None = getattr(paper, other)
        if amount is not None and slipped(getattr(paper, field), amount):
            yield Problem(message, field, {"label": labels[other], "yuan": yuan(amount)})
    year = paper.year_budget_fen
    for row, (_name, amount) in enumerate(paper.sub_projects):
        if year is not None and exceeds(amount, year):
            params = {"label": labels["year_budget_fen"], "yuan": yuan(year)}
            yield Problem(message, "sub_projects", params, anchor=f"sub_projects-{row}-amount_fen")


def _money(paper: Paper) -> Iterator[Problem]:
    for field, label in AMOUNTS:
        if getattr(paper, field) is None:
            message = N_("“%(label)s”还没有填写，没有的请填 0。")
            yield Problem(message, field, {"label": label}, gap=True)
    yield from _sub_projects(paper)
    total, year = paper.total_budget_fen, paper.year_budget_fen
    if year is not None and total is not None and year > total:
        yield Problem(N_("“项目当年预算”大于“项目总预算”。"), "year_budget_fen")


def _sub_projects(paper: Paper) -> Iterator[Problem]:
    if not paper.sub_projects:
        yield Problem(N_("请至少填写一个子项目。"), "sub_projects", gap=True)
    for row, (name, amount) in enumerate(paper.sub_projects, 1):
        if not name.strip() or amount is None:
            message = N_("第 %(row)d 个子项目的名称或预算金额没有填写。")
            cell = "amount_fen" if name.strip() else "name"
            anchor = f"sub_projects-{row - 1}-{cell}"
            yield Problem(message, "sub_projects", {"row": row}, gap=True, anchor=anchor)
    year = paper.year_budget_fen
    parts = [amount for _, amount in paper.sub_projects if amount is not None]
    if year is not None and parts and sum(parts) != year:
        yield Problem(
            N_("子项目预算合计 %(parts)s 元，与项目当年预算 %(year)s 元不一致。"),
            "sub_projects",
            {"parts": yuan(sum(parts)), "year": yuan(year)},
            # while an amount is missing the sum may still come right
            gap=len(parts) < len(paper.sub_projects) and sum(parts) < year,
        )


def _plan(paper: Paper) -> Iterator[Problem]:
    if not paper.milestones:
        yield Problem(N_("“项目实施计划”还没有填写。"), "milestones", gap=True)
    days = [day for _, day in paper.milestones if day is not None]
    if days != sorted(days):
        yield Problem(N_("“项目实施计划”的日期没有按先后排列。"), "milestones")
    for row, (label, day) in enumerate(paper.milestones):
        outside = day and (
            (paper.start_date and day < paper.start_date) or (paper.end_date and day > paper.end_date)
        )
        if outside:
            message = N_("“%(label)s”的日期不在项目起止时间之内。")
            yield Problem(message, "milestones", {"label": label}, anchor=f"milestones-{row}-filed")


_BRANCHES = (
    (("产出",), "数量", N_("产出目标／数量目标")),
    (("产出",), "质量", N_("产出目标／质量目标")),
    (("产出",), "时效", N_("产出目标／时效目标")),
    (("效果", "效益"), "", N_("效果目标")),
    (("影响力",), "满意度", N_("影响力目标／满意度目标")),
)


_CELLS = ("level1", "level2", "name", "filed")


def _targets(paper: Paper) -> Iterator[Problem]:
    for row, cells in enumerate(paper.targets):
        empty = [name for name, cell in zip(_CELLS, cells, strict=True) if not cell.strip()]
        if empty:
            message = N_("分解目标第 %(row)d 行没有填写完整。")
            yield Problem(message, "targets", {"row": row + 1}, gap=True, anchor=f"targets-{row}-{empty[0]}")
    for firsts, second, label in _BRANCHES:
        if not any(any(f in one for f in firsts) and second in two for one, two, _, _ in paper.targets):
            yield Problem(N_("分解目标中缺少“%(label)s”的指标。"), "targets", {"label": label}, gap=True)


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"
