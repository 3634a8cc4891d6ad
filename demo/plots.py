"""What happens to each project of the demo. A plot yields how many working days pass before its next act.

The first act of a plot belongs to the day it begins; 0 is later on the same day. Played without a clock the
same plots run through at once, which is how tests carry all eight tables to 已公开.
"""

from collections.abc import Iterator

from demo.acts import SECOND, SUPERVISOR, Case, Draft, Terms
from perfflow.process import RectClass, Ruling

Plot = Iterator[int]
PHASED, CONTINUING = RectClass.PHASED, RectClass.CONTINUING

# ---------------------------------------------------------------- what most projects go through


def evaluated(case: Case, *, wait: int = 2) -> Plot:
    """Up to 问题编写中."""
    case.register()
    yield wait
    case.assign()
    yield from _evaluated_by(case)


def _evaluated_by(case: Case) -> Plot:
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


# ---------------------------------------------------------------- the eight result tables


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
    sheet = case.source.sheet
    return sheet is not None and sheet.findings[0].text != case.source.read.values.findings[0].text


def disputed(case: Case) -> Plot:
    """会务: the report says 中期, the table 终期. From 问题编写中 to 建议编写中."""
    sheet = case.source.sheet
    assert sheet is not None
    yield 3
    case.write_findings(first=sheet.findings[0])
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


def representatives(case: Case) -> Plot:
    """“代表工作”: straight through; published, taken back, published again."""
    yield from evaluated(case)
    yield from agreed(case)
    yield from noticed(case, Terms(PHASED, 75))
    yield from settled(case, 2, "已印发学习培训、慰问、视察活动管理办法，并建立供应商抽查记录。", "活动管理办法.docx")
    yield from planned(case, 1, "对照年度重点工作，逐项量化代表大调研、履职学习班等绩效指标。")
    yield from settled(case, 1, "已完成绩效指标修订。", "绩效指标对照表.pdf", wait=10)
    yield from closed(case)
    yield 4
    case.act(SUPERVISOR, "publish")
    yield 3
    case.act(SUPERVISOR, "unpublish", "公开页面版式需要核对，暂时撤回。")
    yield 1
    case.act(SUPERVISOR, "publish")


def sessions(case: Case) -> Plot:
    """“人大会议”: no answer came; a plan was returned, an item cancelled, the closing returned. Waits for 办结."""
    yield from evaluated(case, wait=3)
    yield from sent_out(case)
    yield 7
    case.act(SUPERVISOR, "deem_none")
    yield 2
    case.act(SUPERVISOR, "approve_findings")
    yield from noticed(case, Terms(PHASED, 90), Terms(PHASED, 90))
    yield 3
    case.item(SUPERVISOR, 2, "cancel_item", "与另一检查的整改事项重复，并入该项办理。")
    yield 2
    case.plan(1, "加强预算编制管理。")
    yield 2
    case.item(SUPERVISOR, 1, "return_plan", "措施过于笼统，请写明会议项目指标的细化办法和完成时间。")
    yield from planned(case, 1, "按会次编制预算明细，逐会设定数量、质量和时效指标。")
    yield from settled(case, 1, "已按会次细化预算和指标。", "会议预算明细表.pdf", wait=5)
    yield from summarised(case)
    yield 2
    case.act(SECOND, "return_rectification", "第 1 项缺少指标细化的依据，请补充。", items=[1])
    yield from settled(case, 1, "补充指标细化的依据。", "指标细化说明.docx", "会议纪要.png", wait=3)
    yield 1
    case.act("unit.head", "submit_rectification")


def platform(case: Case) -> Plot:
    """“微信平台”: declined, returned twice, recalled once. Waits for the unit's answer."""
    case.register()
    yield 14
    case.assign("firm2")
    yield 2
    case.act(case.lead, "decline", "近期评价任务集中，人手不足，无法按期完成。")
    yield 3
    case.assign("firm", days=45)
    yield 1
    case.declare_independence()
    yield 10
    case.fill_in()
    yield 0
    case.act(case.lead, "submit_evaluation")
    yield 4
    case.act(SUPERVISOR, "return_evaluation", "请复核代表履职数据分析利用效果一项的扣分依据。")
    yield 4
    case.act(case.lead, "submit_evaluation")
    yield 3
    case.act(SUPERVISOR, "approve_evaluation", "已复核，同意。")
    yield 4
    case.write_findings()
    yield 0
    case.act(case.lead, "submit_findings")
    yield 2
    case.act(SUPERVISOR, "return_findings", "请说明两个问题各对应哪些指标。")
    yield 3
    case.act(case.lead, "submit_findings")
    yield 1
    case.act(SUPERVISOR, "send_out")
    yield 2
    case.act(SUPERVISOR, "recall", "发出的问题清单需要再核对一次。")
    yield 3
    case.act(case.lead, "submit_findings")
    yield 1
    case.act(SUPERVISOR, "send_out")


def meetings(case: Case) -> Plot:
    """“会务智能化平台”: the dispute; one item was reopened, the other was not done and is overdue."""
    case.register()
    yield 2
    case.assign()
    yield 1
    case.declare_independence()
    yield 5
    case.fill_in()
    yield 0
    case.act(case.lead, "submit_evaluation")
    yield 0
    case.act(case.lead, "withdraw", "评价报告附件需要替换为定稿。")
    yield 1
    case.act(case.lead, "submit_evaluation")
    yield 3
    case.act(SUPERVISOR, "approve_evaluation")
    yield from disputed(case)
    yield from noticed(case, Terms(PHASED, 110), Terms(PHASED, 42))
    yield from planned(case, 1, "聘请第三方机构，就完成情况、运行情况和故障次数补充终期验收。", days=40)
    yield from planned(case, 2, "制定系统维修保养、定期检查两项制度。", days=30)
    yield from settled(case, 1, "已完成补充验收。", "终期验收补充报告.pdf", "验收会签到.png", wait=7)
    yield from reported(case, 2, "制度正在起草。", "运维制度草稿.docx", wait=3)
    yield 4
    case.item(SUPERVISOR, 2, "verify_not_done", "只有草稿，制度尚未印发，未达到整改要求。")
    yield 3
    case.item(SECOND, 1, "reopen_item", "抽查发现补充验收未涉及平台故障次数，请补充后再报。")
    yield 2
    case.note(1, "已约第三方机构补充故障次数的统计。")


def monthly(case: Case) -> Plot:
    """《上海人大月刊》: a slip of the pen corrected, one item goes on behind 已办结."""
    case.register()
    yield 4
    case.assign()
    yield 1
    case.declare_independence()
    yield 6
    case.fill_in(paid_slip=("110.80万元", 110_800_000))
    yield 0
    case.act(case.lead, "submit_evaluation")
    yield 3
    case.act(SECOND, "approve_evaluation")
    yield from agreed(case)
    yield from noticed(case, Terms(RectClass.IMMEDIATE, 40), Terms(CONTINUING, 60))
    yield 1
    filed = case.source.read.table.final_amount
    case.act(SUPERVISOR, "correct", "决算金额录入有误，按结果信息表原件更正。", target="paid", text=filed)
    yield from settled(case, 1, "已按期次编制发刊计划并细化指标。", "年度发刊计划.pdf")
    yield from planned(case, 2, "制定印刷服务供应商管理制度，按季考核。", days=25)
    yield 6
    case.note(2, "供应商管理制度已征求编辑部意见。")
    yield 2
    case.put_off(2, "extend", "制度需经会议审定，准予延期。", days=45)
    yield from reported(case, 2, "制度已印发，首次考核须待季度末。", "供应商管理制度.docx", "印发通知.png")
    yield 3
    case.put_off(2, "verify_continuing", days=120)
    yield from closed(case)
    yield 4
    case.note(2, "已完成首次季度考核的准备。")


def hotline(case: Case) -> Plot:
    """“12345”: the first firm was replaced; three items at three steps."""
    case.register()
    yield 3
    case.assign("firm")
    yield 1
    case.declare_independence()
    yield 4
    case.fill_in()
    yield 6
    case.act(SUPERVISOR, "replace_firm", "原机构项目组变动，不能按期完成，另行委托。")
    yield 3
    case.assign("firm2")
    yield from _evaluated_by(case)
    yield from agreed(case)
    yield from noticed(case, Terms(PHASED, 80), Terms(RectClass.IMMEDIATE, 70), Terms(PHASED, 90))
    yield 4
    case.plan(1, "签订审计合同，当年完成上一年度专项审计，并用于编制预算。", days=45)
    yield 2
    case.report(2, "已补签合同并修订合同管理办法。", "补充协议.pdf", "合同管理办法.docx")


def building(case: Case) -> Plot:
    """“市政大厦”: the first evaluator was not independent; the evaluation was returned."""
    case.register()
    yield 16
    case.assign("firm2")
    yield 1
    case.declare_independence(against="本机构去年为该项目提供过咨询服务。")
    yield 1
    case.act(case.lead, "decline", "不能保持独立，谢绝委托。")
    yield 4
    case.assign("firm", days=35)
    yield 1
    case.declare_independence()
    yield 10
    case.fill_in()
    yield 0
    case.act(case.lead, "submit_evaluation")
    yield 5
    case.act(SECOND, "return_evaluation", "请补充运维质量考核的现场核查情况。")


def residence(case: Case) -> Plot:
    """“宋故居纪念馆”, a whole department: suggestions returned, and now late."""
    yield from evaluated(case, wait=12)
    yield from agreed(case)
    yield from suggested(case)
    yield 3
    case.act(SUPERVISOR, "return_suggestions", "请把两条建议与年度工作计划的时间节点对应起来。")


# ---------------------------------------------------------------- declarations


def drafted(draft: Draft) -> Plot:
    """5 and 2: 填报中, with the gaps of the paper."""
    draft.create()
    yield 1
    draft.fill_in()


def submitted(draft: Draft) -> Plot:
    yield from drafted(draft)
    yield 2
    draft.act(draft.unit, "submit_declaration")


def returned(draft: Draft) -> Plot:
    yield from submitted(draft)
    yield 4
    draft.act(
        SUPERVISOR, "return_declaration", "项目总目标与项目概况文字相同，年度绩效目标未列机房电气，请修改后再报。"
    )


def approved(draft: Draft) -> Plot:
    """By way of 撤回: the total goal was to be read once more."""
    yield from submitted(draft)
    yield 0
    draft.act(draft.unit, "withdraw", "提交前漏核对一处文字。")
    yield 1
    draft.act("unit.head", "submit_declaration")
    yield 5
    draft.act(SUPERVISOR, "approve_declaration", "目标较为明确，同意。", verdict="良")


def included(draft: Draft) -> Plot:
    """1: back into the plan after it was taken out once. Waits for its firm."""
    yield from submitted(draft)
    yield 4
    draft.act(SUPERVISOR, "approve_declaration", "目标明确，同意。", verdict="优")
    yield 8
    draft.act(SUPERVISOR, "include", evaluation_year=2020)
    yield 3
    draft.act(SUPERVISOR, "exclude", "评价年度填写有误，移出后重新纳入。")
    yield 1
    draft.act(SUPERVISOR, "include", evaluation_year=2019)


def voided(draft: Draft) -> Plot:
    draft.create()
    yield 1
    draft.act(draft.unit, "void", "重复新建，作废。")


def rejected(draft: Draft) -> Plot:
    yield from submitted(draft)
    yield 3
    draft.act(SUPERVISOR, "reject_declaration", "与已有项目内容重复，不予通过。")


def terminated(draft: Draft) -> Plot:
    yield from submitted(draft)
    yield 3
    draft.act(SECOND, "terminate", "预算取消，项目不再实施。")
