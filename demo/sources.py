"""What the demo starts from: its papers as Word files, read by the product's own reader."""

from datetime import date
from io import BytesIO
from itertools import chain
from pathlib import Path

from demo import papers
from demo.acts import Brought, Sort, Source
from demo.evidence import MARK
from demo.seeds import AFFAIRS_BUREAU, score_sheets
from perfflow.core import files
from perfflow.core.files import Received
from perfflow.papers.reading import read
from perfflow.papers.result_paper import ReadResult, read_result_tables, write_result_tables
from perfflow.process import FindingCategory, ObjectKind, Severity
from perfflow.stages.declaration.commands import DeclarationValues

MINOR, MAJOR, GRAVE = Severity.MINOR, Severity.MAJOR, Severity.GRAVE
SORTS: tuple[tuple[Sort, ...], ...] = (
    (Sort(FindingCategory.TARGET, MINOR), Sort(FindingCategory.MANAGEMENT, MAJOR)),
    (Sort(FindingCategory.TARGET, MAJOR), Sort(FindingCategory.MANAGEMENT, MINOR)),
    (Sort(FindingCategory.EFFECT, MINOR, ("C223",)), Sort(FindingCategory.EFFECT, MAJOR, ("C231",))),
    (Sort(FindingCategory.OUTPUT, MAJOR), Sort(FindingCategory.EFFECT, MAJOR, ("C231",))),
    (Sort(FindingCategory.TARGET, MINOR), Sort(FindingCategory.MANAGEMENT, MINOR)),
    (
        Sort(FindingCategory.FINANCE, MAJOR),
        Sort(FindingCategory.CONTRACT, GRAVE),
        Sort(FindingCategory.EFFECT, MINOR),
    ),
    (Sort(FindingCategory.TARGET, MINOR), Sort(FindingCategory.MANAGEMENT, MAJOR)),
    (Sort(FindingCategory.MANAGEMENT, MINOR), Sort(FindingCategory.TARGET, MINOR)),
)
"""What kind each finding of each table is; the papers themselves do not say."""


def read_sources(folder: Path) -> tuple[list[Source], list[Brought]]:
    """Build the papers here as Word files and take them in; outside any unit of work."""
    built = papers.build(folder)
    tables = list(chain.from_iterable(_read(path) for path in built[:2]))
    reports = dict(zip(score_sheets(), map(_brought, built[2:4]), strict=True))
    sources = [_source(*pair, reports) for pair in zip(tables, SORTS, strict=True)]
    return sources, [_brought(path) for path in built[4:]]


def _read(path: Path) -> list[ReadResult]:
    with path.open("rb") as paper:
        return read_result_tables(paper)


def _brought(path: Path) -> Brought:
    (paper,) = read(path.read_bytes(), path.name)
    with path.open("rb") as stream:
        return Brought(files.receive(path.name, stream), paper)


def _source(read: ReadResult, sorts: tuple[Sort, ...], reports: dict[str, Brought]) -> Source:
    assert read.cover is not None
    name = read.table.project_name
    report = reports.get(name)
    return Source(
        read=read,
        sorts=sorts,
        # the bureau's cover says 2018, its texts describe 2017
        budget_year=2017 if read.cover.unit_name == AFFAIRS_BUREAU else 2018,
        object_kind=ObjectKind.DEPARTMENT if "部门整体支出" in name else ObjectKind.PROJECT,
        paper=None if report else _own_paper(read),
        report=report,
    )


def _own_paper(read: ReadResult) -> Received:
    """One project's table as a paper of its own: the whole paper would show one firm another's results."""
    out = BytesIO()
    write_result_tables([read.table], out, cover=read.cover, footer=papers.FOOTER)
    out.seek(0)
    return files.receive(f"{read.values.project_name}绩效评价结果信息表.docx", out)


def invented(name: str, year: int) -> DeclarationValues:
    """A short declaration in order that nobody ever filed."""
    text = f"{MARK}虚构的申报，仅用于展示流程。"
    fen = 12_000_000
    return DeclarationValues(
        name=f"{MARK}{name}",
        project_type="其他一次性项目",
        fund_use="政府购买服务",
        start_date=date(year, 1, 1),
        end_date=date(year, 12, 31),
        overview=text,
        basis=text,
        necessity=text,
        safeguards=text,
        total_budget_fen=fen,
        year_budget_fen=fen,
        prior_budget_fen=0,
        prior_paid_fen=0,
        sub_projects=[(f"{MARK}{name}", fen)],
        milestones=[("实施", "按合同进度")],
        overall_goal=text,
        annual_goal=text,
        targets=[
            ("产出目标", "数量目标", "完成率", "=100%"),
            ("产出目标", "质量目标", "验收合格率", "=100%"),
            ("产出目标", "时效目标", "完成及时率", "=100%"),
            ("效果目标", "社会效益目标", "使用需求满足情况", "满足"),
            ("影响力目标", "满意度目标", "使用人员满意度", "≥90%"),
        ],
    )
