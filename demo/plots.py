"""What happens to each project of the demo, by the name of its seed (demo/ways.py says how a plot works)."""

from demo.acts import SECOND, SUPERVISOR, Case, Draft, Terms
from demo.ways import (
    Plot,
    agreed,
    closed,
    disputed,
    evaluated,
    evaluated_by,
    noticed,
    planned,
    reported,
    sent_out,
    settled,
    suggested,
    summarised,
)
from perfflow.process import RectClass

PHASED, CONTINUING = RectClass.PHASED, RectClass.CONTINUING

# ---------------------------------------------------------------- the eight result tables


def representatives(case: Case) -> Plot:
    """“代表工作”: straight through; published, taken back, published again."""
    yield from evaluated(case)
    yield from agreed(case)
    yield from noticed(case, Terms(PHASED, 75))
    yield from settled(
        case, 2, "已印发学习培训、慰问、视察活动管理办法，并建立供应商抽查记录。", "活动管理办法.docx"
    )
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
    yield from evaluated(case, wait=13)
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
    yield 19
    case.assign("firm2")
    yield 2
    case.act(case.lead, "decline", "近期评价任务集中，人手不足，无法按期完成。")
    yield 8
    case.assign("firm", days=45)
    yield 1
    case.declare_independence()
    yield 14
    case.fill_in()
    yield 0
    case.act(case.lead, "submit_evaluation")
    yield 4
    case.act(SUPERVISOR, "return_evaluation", "请复核代表履职数据分析利用效果一项的扣分依据。")
    yield 6
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
    yield 10
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
    yield 4
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
    yield from evaluated_by(case)
    yield from agreed(case)
    yield from noticed(case, Terms(PHASED, 80), Terms(RectClass.IMMEDIATE, 70), Terms(PHASED, 90))
    yield 4
    case.plan(1, "签订审计合同，当年完成上一年度专项审计，并用于编制预算。", days=45)
    yield 2
    case.report(2, "已补签合同并修订合同管理办法。", "补充协议.pdf", "合同管理办法.docx")


def building(case: Case) -> Plot:
    """“市政大厦”: the first evaluator was not independent; the evaluation was returned."""
    case.register()
    yield 18
    case.assign("firm2")
    yield 1
    case.declare_independence(against="本机构去年为该项目提供过咨询服务。")
    yield 1
    case.act(case.lead, "decline", "不能保持独立，谢绝委托。")
    yield 6
    case.assign("firm", days=35)
    yield 1
    case.declare_independence()
    yield 13
    case.fill_in()
    yield 0
    case.act(case.lead, "submit_evaluation")
    yield 5
    case.act(SECOND, "return_evaluation", "请补充运维质量考核的现场核查情况。")


def residence(case: Case) -> Plot:
    """“宋故居纪念馆”, a whole department: suggestions returned, and now late."""
    yield from evaluated(case, wait=17)
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
        SUPERVISOR,
        "return_declaration",
        "项目总目标与项目概况文字相同，年度绩效目标未列机房电气，请修改后再报。",
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
