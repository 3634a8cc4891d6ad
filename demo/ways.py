"""The ways most projects of the demo go. A plot yields how many working days pass before its next act.

The first act of a plot belongs to the day it begins; 0 is later on the same day. Played without a clock the
same plots run through at once, which is how tests carry all eight tables to 已公开.
"""

from collections.abc import Iterator

from demo.acts import SECOND, SUPERVISOR, Case, Terms
from perfflow.process import Ruling

Plot = Iterator[int]


def evaluated(case: Case, *, wait: int = 2) -> Plot:
    """Up to 问题编写中."""
    case.register()
    yield wait
    case.assign()
    yield from evaluated_by(case)


def evaluated_by(case: Case) -> Plot:
    yield 1
    case.declare_independence()
    yield 6
    case.fill_in()
    yield 0
    case.act(case.lead, "submit_evaluation")
    yield 3
    case.act(SUPERVISOR, "approve_evaluation", "评价依据充分，同意。")


def sent_out(case: Case) -> Plot:
    """Up to 征求意见."""
    yield 3
    case.write_findings()
    yield 0
    case.act(case.lead, "submit_findings")
    yield 1
    case.act(SUPERVISOR, "send_out")


def agreed(case: Case) -> Plot:
    """Up to 建议编写中, the unit agreeing to everything."""
    yield from sent_out(case)
    yield 3
    case.answer(general="所列问题属实，我单位无异议。")
    yield 0
    case.act(case.unit, "submit_comments")
    yield 2
    case.act(SUPERVISOR, "approve_findings", "同意列入评价结果。")


def suggested(case: Case) -> Plot:
    """Up to 建议待审."""
    yield 3
    case.write_suggestions()
    yield 0
    case.act(case.lead, "submit_suggestions")


def noticed(case: Case, *terms: Terms) -> Plot:
    """Up to 整改中, the notice received."""
    yield from suggested(case)
    yield 2
    case.prepare_notice(*terms)
    yield 0
    case.act(SUPERVISOR, "issue_notice", "请按期整改。")
    yield 1
    case.act(case.unit, "acknowledge")


def planned(case: Case, number: int, measure: str, *, days: int = 20) -> Plot:
    yield 4
    case.plan(number, measure, days=days)
    yield 2
    case.item(SUPERVISOR, number, "accept_plan", "方案可行。")


def reported(case: Case, number: int, text: str, *names: str, wait: int = 4) -> Plot:
    yield wait
    case.report(number, text, *names)


def settled(case: Case, number: int, text: str, *names: str, wait: int = 4) -> Plot:
    yield from reported(case, number, text, *names, wait=wait)
    yield 3
    case.item(SECOND, number, "verify_done", "佐证与整改要求相符，准予销号。")


def closed(case: Case) -> Plot:
    """From settled items to 已办结."""
    yield from summarised(case)
    yield 3
    case.act(SUPERVISOR, "close", "整改事项均已落实，同意办结。")


def summarised(case: Case) -> Plot:
    yield 2
    case.summarise()
    yield 0
    case.act(case.unit, "submit_rectification")


def to_publication(case: Case) -> Plot:
    """The shortest way to 已公开; with two wordings of a finding, by way of the dispute."""
    yield from evaluated(case)
    yield from disputed(case) if _two_wordings(case) else agreed(case)
    yield from noticed(case)
    for one in case.source.read.values.suggestions:
        yield from settled(case, one.number, "已按建议整改。", f"第{one.number}项整改材料.pdf")
    yield from closed(case)
    yield 2
    case.act(SUPERVISOR, "publish")


def _two_wordings(case: Case) -> bool:
    report = case.source.report_values
    return report is not None and report.findings[0].text != case.source.read.values.findings[0].text


def disputed(case: Case) -> Plot:
    """会务: the report says 中期, the table 终期. From 问题编写中 to 建议编写中."""
    report = case.source.report_values
    assert report is not None
    yield 3
    case.write_findings(first=report.findings[0])
    yield 0
    case.act(case.lead, "submit_findings")
    yield 1
    case.act(SUPERVISOR, "send_out")
    yield 3
    case.answer(dispute="标题写“中期验收”，正文写“终期验收”，前后不一；我单位中期已组织验收，请核实后修改。")
    yield 0
    case.act("unit.head" if case.unit == "unit" else case.unit, "submit_comments")
    yield 2
    case.reply_with_table("经核对验收资料，问题出在终期验收，标题与正文一并改正。")
    yield 0
    case.act(case.lead, "submit_replies")
    yield 2
    case.rule(Ruling.ADOPT, "修改后的表述与验收资料一致，采纳。")
    yield 0
    case.act(SUPERVISOR, "approve_findings")
