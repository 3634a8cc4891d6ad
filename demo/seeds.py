"""Reads the published texts in seeds/ into typed values; ORIGIN.md says where they come from.

They were extracted from PDF and web pages by a machine. What the extraction did to them is undone here
(<p> marks, cells cut by pages, lines cut by the margin); what the offices wrote stays as it is,
mistakes included.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from perfflow.papers.kinds import Day, Money
from perfflow.papers.numbering import Manner, Numbered, bare_name
from perfflow.papers.result_table import RESULT_FORM, ResultTable
from perfflow.rules.declaration import FUND_USES, PROJECT_TYPES

SEEDS = Path(__file__).with_name("seeds")

CONGRESS_OFFICE = "上海市人民代表大会常务委员会办公厅"
AFFAIRS_BUREAU = "上海市机关事务管理局"
# How each office writes its result tables, as its own papers show.
MANNERS = {
    CONGRESS_OFFICE: Manner(),
    AFFAIRS_BUREAU: Manner(
        quote_names=False, score_suffix=False, trim_decimals=False, number_style=". ", title_own_line=False
    ),
}

_TABLES = ("000_05e0de48c7752be4.txt", "004_b783e8b1adbe72fd.txt")
_REPORTS = ("001_64a6b59e161e9860.txt", "003_9b78ac24530c2016.txt")
_DECLARATIONS = "002_90e6a7b91dded67c.txt"


@dataclass(frozen=True, slots=True)
class SeedResult:
    """One published result table."""

    unit_name: str
    cover_title: str
    table: ResultTable


@dataclass(frozen=True, slots=True)
class SeedItem:
    """One row of a score table; groups have only code and name."""

    code: str
    name: str
    weight: Decimal | None = None
    rate_filed: str | None = None
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SeedSheet:
    """One evaluation report with its score table. Texts have a newline between paragraphs."""

    heading: str
    project_name: str
    intro: str
    conclusion: str
    items: tuple[SeedItem, ...]
    total: Decimal
    total_weight: Decimal
    budget_filed: str
    budget_fen: int
    paid_filed: str
    paid_fen: int
    implementation: str
    performance: str
    findings: tuple[Numbered, ...]
    suggestions: tuple[Numbered, ...]
    note: str = ""

    @property
    def leaves(self) -> tuple[SeedItem, ...]:
        return tuple(item for item in self.items if item.weight is not None)

    @property
    def groups(self) -> tuple[SeedItem, ...]:
        return tuple(item for item in self.items if item.weight is None)


@dataclass(frozen=True, slots=True)
class SeedMilestone:
    label: str
    day: date | None
    filed: str


@dataclass(frozen=True, slots=True)
class SeedTarget:
    """One leaf of the target tree; a target that is a word has no operator and no number."""

    level1: str
    level2: str
    name: str
    filed: str
    operator: str | None
    number: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class SeedDeclaration:
    """One declaration of targets. Ticks the extraction lost are None."""

    unit_name: str
    form_year: int
    project_name: str
    project_type: str | None
    fund_use: str | None
    start_date: date
    end_date: date
    overview: str
    basis: str
    necessity: str
    safeguards: str
    total_budget_fen: int
    year_budget_fen: int
    prior_budget_fen: int
    prior_paid_fen: int
    sub_projects: tuple[tuple[str, int], ...]
    milestones: tuple[SeedMilestone, ...]
    overall_goal: str
    annual_goal: str
    targets: tuple[SeedTarget, ...]
    remarks: str
    note: str = ""


@cache
def result_tables() -> tuple[SeedResult, ...]:
    """The eight result tables: five of the congress office, three of the affairs bureau."""
    return tuple(result for name in _TABLES for result in _results_of(_text(name)))


@cache
def score_sheets() -> dict[str, SeedSheet]:
    """The two reports, by the project name as the result table has it (quotation marks included)."""
    tables = [result.table.project_name for result in result_tables()]
    sheets = [_sheet(_text(name)) for name in _REPORTS]
    return {_same_project(sheet.project_name, tables): sheet for sheet in sheets}


@cache
def declarations() -> tuple[SeedDeclaration, ...]:
    """The five declarations for 2019."""
    heading = "上海市财政支出项目绩效目标申报表"
    return tuple(_declaration(form) for form in _text(_DECLARATIONS).split(heading)[1:])


def _text(name: str) -> str:
    return (SEEDS / name).read_text(encoding="utf-8")


# --- result tables


def _results_of(text: str) -> list[SeedResult]:
    cover, *forms = text.split(f"\n{RESULT_FORM.title}\n")
    unit_name, cover_title = cover.split()
    return [SeedResult(unit_name, cover_title, _result_table(form)) for form in forms]


def _result_table(form: str) -> ResultTable:
    keys = {field.label: field.key for field in RESULT_FORM.fields}
    texts = dict.fromkeys(keys.values(), "")
    key = ""
    for line in form.split("\n"):
        label, tab, value = line.partition("\t")
        if tab:
            # an empty label: the row goes on after a page break, in the same paragraph
            key = keys[_paragraphs(label)] if label else key
            texts[key] += _paragraphs(value)
    return ResultTable(**texts)


def _paragraphs(text: str) -> str:
    """The text with <p> and list marks read as paragraphs."""
    return re.sub(r"\s*(?:</?(?:p|ol|ul|li)\b[^>]*>\s*)+", "\n", text).strip()


# --- reports


def _sheet(text: str) -> SeedSheet:
    text = re.sub(r"\n +", "\n", text)  # a blank after each page break
    heading, _, rest = text.strip().partition("\n")
    intro, rest = rest.split("一、评价结论和绩效分析")
    conclusion, rest = rest.split("（一）评价结论")[1].split("表 1 项目绩效评价指标评分")
    table, rest = rest.split("（二）项目实施情况")
    implementation, rest = rest.split("（三）项目绩效")
    performance, rest = rest.split("二、项目的问题和建议")
    findings, suggestions = rest.split("（一）存在的问题")[1].split("（二）建议")
    intro = _unwrapped(intro.replace("概述", "", 1))
    budget_filed, paid_filed = re.findall(r"(?:预算金额为|实际支付为) ([\d,.]+万?元)", intro)
    total_weight, total = re.findall(r"合计 (\d+) \S+ ([\d.]+)", table)[0]
    return SeedSheet(
        heading=re.sub(r"(\d) 年", r"\1年", heading.strip()),
        project_name=re.findall(r"“(.+)”", heading)[0],
        intro=intro,
        conclusion=_unwrapped(conclusion),
        items=_items(table.partition("合计")[0]),
        total=Decimal(total),
        total_weight=Decimal(total_weight),
        budget_filed=budget_filed,
        budget_fen=_yuan(budget_filed),
        paid_filed=paid_filed,
        paid_fen=_yuan(paid_filed),
        implementation=_unwrapped(implementation),
        performance=_unwrapped(performance),
        findings=_entries(findings),
        suggestions=_entries(suggestions),
        note="报告写作“万元”，按结果信息表应为“元”。" if budget_filed.endswith("万元") else "",
    )


def _yuan(filed: str) -> int:
    """Fen. One report writes 万元 for 元; its digits are those of the other papers in 元."""
    return Money().read(filed.replace("万元", "元"))


def _items(table: str) -> tuple[SeedItem, ...]:
    """Rows of the score table: names are cut over lines, groups come one character a line."""
    table = re.sub(
        r"一级\s*指标\s*二级\s*指标\s*三级（及以上）指标\s*权\s*重\s*得分率\s*绩效\s*分[数值]", "", table
    )
    table = re.sub(r"(?<=\s)(\d+) (\d+%) ([\d.]+)(?=\s)", r"|\1|\2|\3|", table)
    table = "".join(table.split()).replace("C项目绩效65", "C项目绩效")  # a stray sum of weights
    items: list[SeedItem] = []
    for code, name, weight, rate, score, late in re.findall(
        r"([ABC]\d{0,3})([^|ABC]+)(?:\|(\d+)\|(\d+%)\|([\d.]+)\|([^|ABC]*))?", table
    ):
        if weight:
            items.append(SeedItem(code, name, Decimal(weight), rate, Decimal(score)))
        else:
            items.append(SeedItem(code, name))
        if late:  # the end of a group's name, after a page break
            place = max(number for number, item in enumerate(items) if item.weight is None)
            items[place] = SeedItem(items[place].code, items[place].name + late)
    return tuple(items)


def _unwrapped(text: str) -> str:
    """Lines put back into paragraphs: one ends where a line stops well before the margin."""
    paragraphs = [""]
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            continue
        if re.match(r"\d、", line) and paragraphs[-1]:
            paragraphs.append("")
        paragraphs[-1] += line
        if _width(line) < 50 or (line.endswith("。") and _width(line) < 59):
            paragraphs.append("")
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def _width(line: str) -> int:
    """In halves of a Chinese character; a full line is about 60."""
    return sum(1 if character.isascii() else 2 for character in line)


def _entries(text: str) -> tuple[Numbered, ...]:
    entries = re.findall(r"^(\d)、(.+)\n((?:(?!\d、).+\n?)+)", _unwrapped(text), re.MULTILINE)
    return tuple(Numbered(int(number), title, body.strip()) for number, title, body in entries)


def _same_project(name: str, tables: Iterable[str]) -> str:
    """The name in the result tables; two papers of one project end it 建设费 and 建设经费."""
    start = name.removesuffix("建设经费")
    return next(filed for filed in tables if bare_name(filed).startswith(start))


# --- declarations

_LABELS = (
    "项目名称",
    "项目类型",
    "资金用途",
    "开始时间",
    "结束时间",
    "项目概况",
    "立项依据",
    "项目设立的必要性",
    "保证项目实施的制度、措施",
    "项目总预算（元）",
    "项目当年预算（元）",
    "同名项目上年预算额（元）",
    "同名项目上年预算执行数（元）",
    "子项目名称",
    "项目当年投入资金构成",
    "项目实施计划",
    "项目总目标",
    "年度绩效目标",
    "分解目标",
    "备注",
)


def _declaration(form: str) -> SeedDeclaration:
    unit_name = re.findall(r"申报单位名称：(\S+)", form)[0]
    year = int(re.findall(r"\((\d{4})年\)", form)[0])
    cells = _cells(form)
    project_type = _ticked(cells["项目类型"], PROJECT_TYPES)
    fund_use = _ticked(cells["资金用途"], FUND_USES)
    return SeedDeclaration(
        unit_name=unit_name,
        form_year=year,
        project_name=cells["项目名称"],
        project_type=project_type,
        fund_use=fund_use,
        start_date=Day().read(cells["开始时间"]),
        end_date=Day().read(cells["结束时间"]),
        overview=cells["项目概况"],
        basis=_listed(cells["立项依据"]),
        necessity=_listed(cells["项目设立的必要性"]),
        safeguards=_listed(cells["保证项目实施的制度、措施"]),
        total_budget_fen=_budget(cells["项目总预算（元）"]),
        year_budget_fen=_budget(cells["项目当年预算（元）"]),
        prior_budget_fen=_budget(cells["同名项目上年预算额（元）"]),
        prior_paid_fen=_budget(cells["同名项目上年预算执行数（元）"]),
        sub_projects=_sub_projects(cells["项目当年投入资金构成"]),
        milestones=_milestones(cells["项目实施计划"]),
        overall_goal=cells["项目总目标"],
        annual_goal=_listed(cells["年度绩效目标"]),
        targets=_targets(form),
        remarks=cells["备注"],
        note="" if project_type and fund_use else "提取时丢失了“项目类型”和“资金用途”的勾选。",
    )


def _cells(form: str) -> dict[str, str]:
    """The values by label. Rows come as "label TAB value"; one form has each cell on a line of its own."""
    form = form.replace("项目设立的必\n要性", "项目设立的必要性")
    # in the extraction of one page the label reads 女工; the row goes on there
    form = form.replace("\n\n<p>女工</p>\t<p>", "")
    labels = "|".join(re.escape(label) for label in _LABELS)
    pieces = re.split(rf"(?:^|[\n\t])(?:<p>)?({labels})(?:</p>)?(?=[\n\t])", form, flags=re.MULTILINE)
    return {label: _block(value) for label, value in zip(pieces[1::2], pieces[2::2], strict=True)}


def _block(text: str) -> str:
    """Paragraphs of a cell: extraction marks and blank lines go."""
    lines = (line.strip() for line in re.sub(r"</?(?:p|ol|ul|li)\b[^>]*>", "\n", text).split("\n"))
    return "\n".join(line for line in lines if line)


def _listed(text: str) -> str:
    """A list that the extraction ran together, one entry a paragraph again."""
    return re.sub(r"(?<=[；。》：]) +(?=\d[.、]|★)", "\n", text)


def _ticked(text: str, options: tuple[str, ...]) -> str | None:
    found = re.findall(r"(\S+) <input checked[^>]*>", text)
    return next((option for option in options if option in found), None)


def _budget(text: str) -> int:
    return Money(bare="元").read(text)


def _sub_projects(text: str) -> tuple[tuple[str, int], ...]:
    cells = text.split()
    return tuple((name, _budget(amount)) for name, amount in zip(cells[::2], cells[1::2], strict=True))


def _milestones(text: str) -> tuple[SeedMilestone, ...]:
    if "第一阶段" in text:
        phases = re.split(r"\n?(第.阶段)： *", text)
        return tuple(
            SeedMilestone(label, None, filed) for label, filed in zip(phases[1::2], phases[2::2], strict=True)
        )
    steps = re.findall(r"(\S+)：(\d{4}-\d+-\d+)", text)
    return tuple(SeedMilestone(label, Day().read(filed), filed) for label, filed in steps)


def _targets(form: str) -> tuple[SeedTarget, ...]:
    """The leaves; an empty cell on the left means the same as above."""
    level1 = level2 = ""
    targets = []
    rows = form.split("一级指标\t二级指标\t三级指标\t指标目标值\n")[1].partition("\n备注")[0]
    for row in rows.split("\n"):
        cells = row.split("\t")
        if len(cells) == 4:
            level1, level2 = cells[0] or level1, cells[1] or level2
            targets.append(_target(level1, level2, "".join(cells[2].split()), cells[3].strip()))
    return tuple(targets)


def _target(level1: str, level2: str, name: str, filed: str) -> SeedTarget:
    found = re.fullmatch(r"([=≥≤><])([\d.]+)(\D*)", filed)
    if found is None:
        return SeedTarget(level1, level2, name, filed, None, None, "")
    return SeedTarget(level1, level2, name, filed, found[1], Decimal(found[2]), found[3])
