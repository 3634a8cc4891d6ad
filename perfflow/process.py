"""The whole process as data: two machines, their guards, and who sees what when.

Buttons, refusals, due dates, notices, permissions, the README's diagram and the exhaustive tests derive from here.
Message ids are Chinese and marked by N_; they are put into the reader's language by the web layer.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from perfflow.workflow.definition import (
    Days,
    Definition,
    Due,
    Field,
    FieldKind,
    Guard,
    Lead,
    Reason,
    Rest,
    State,
    To,
    Transition,
)


def N_(message: str) -> str:
    """Mark a message id for extraction; translated where it is shown."""
    return message


# ---------------------------------------------------------------- kinds


class Role(StrEnum):
    UNIT_CLERK = "unit_clerk"
    UNIT_HEAD = "unit_head"
    FIRM_USER = "firm_user"
    SUPERVISOR = "dept_supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


class OrganisationKind(StrEnum):
    UNIT = "unit"
    FIRM = "firm"
    OFFICE = "office"
    HOUSE = "house"  # runs the system: administrators and auditors


class Party(StrEnum):
    """What somebody is to one project."""

    UNIT = "unit"
    EVALUATOR = "evaluator"
    LEAD = "lead"
    SUPERVISOR = "supervisor"


class ObjectKind(StrEnum):
    PROJECT = "project"
    DEPARTMENT = "department"
    POLICY = "policy"
    FUND = "fund"


class AssignmentEnd(StrEnum):
    DECLINED = "declined"
    REPLACED = "replaced"


class FindingCategory(StrEnum):
    TARGET = "target"
    BUDGET = "budget"
    FINANCE = "finance"
    CONTRACT = "contract"
    MANAGEMENT = "management"
    OUTPUT = "output"
    EFFECT = "effect"
    OTHER = "other"


class Severity(StrEnum):
    MINOR = "minor"
    MAJOR = "major"
    GRAVE = "grave"


class Stance(StrEnum):
    AGREE = "agree"
    DISPUTE = "dispute"


class Reply(StrEnum):
    KEEP = "keep"
    CHANGE = "change"
    WITHDRAW = "withdraw"


class Ruling(StrEnum):
    UPHOLD = "uphold"
    ADOPT = "adopt"
    CANCEL = "cancel"


class RectClass(StrEnum):
    IMMEDIATE = "immediate"
    PHASED = "phased"
    CONTINUING = "continuing"


class Verdict(StrEnum):
    DONE = "done"
    CONTINUING = "continuing"
    NOT_DONE = "not_done"


class AttachmentPurpose(StrEnum):
    DECLARATION = "declaration"
    PAPER = "paper"  # the paper a registered object comes with
    REPORT = "report"
    WORKING_PAPER = "working_paper"  # a firm's sheet or list that was taken in; the report is what it hands in
    COMMENT = "comment"
    EVIDENCE = "evidence"
    PROGRESS = "progress"  # a unit's list of what was done about many items; evidence of none of them


class P(StrEnum):
    """States of a project."""

    DECLARING = "declaring"
    DECLARATION_REVIEW = "declaration_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    VOIDED = "voided"
    AWAITING_FIRM = "awaiting_firm"
    EVALUATING = "evaluating"
    EVALUATION_REVIEW = "evaluation_review"
    FINDINGS_WRITING = "findings_writing"
    AWAITING_COMMENTS = "awaiting_comments"
    COMMENTING = "commenting"
    DISPUTE_REPLY = "dispute_reply"
    FINDINGS_REVIEW = "findings_review"
    SUGGESTIONS_WRITING = "suggestions_writing"
    SUGGESTIONS_REVIEW = "suggestions_review"
    RECTIFYING = "rectifying"
    CLOSING = "closing"
    CLOSED = "closed"
    PUBLISHED = "published"
    TERMINATED = "terminated"


class I(StrEnum):  # noqa: E742 — read beside P
    """States of an item."""

    ISSUED = "issued"
    PLAN_REVIEW = "plan_review"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    SETTLED = "settled"
    CONTINUING = "continuing"
    CANCELLED = "cancelled"


SETTLED_ITEMS = frozenset({I.SETTLED, I.CONTINUING, I.CANCELLED})

FINDINGS_WRITTEN_IN = (P.EVALUATING, P.FINDINGS_WRITING)
SUGGESTIONS_WRITTEN_IN = (*FINDINGS_WRITTEN_IN, P.SUGGESTIONS_WRITING)
"""Where the firm may write them. A report holds both beside the score sheet: they are drafts, shown to nobody else,
until their own turn to be submitted comes."""

STAGES = (
    ("declaration", N_("申报")),
    ("evaluation", N_("评价")),
    ("findings", N_("问题")),
    ("suggestions", N_("建议")),
    ("rectification", N_("整改")),
    ("closure", N_("办结")),
)

OBJECT_KINDS = {
    ObjectKind.PROJECT: N_("项目"),
    ObjectKind.DEPARTMENT: N_("部门整体支出"),
    ObjectKind.POLICY: N_("政策"),
    ObjectKind.FUND: N_("专项资金"),
}
CATEGORIES = {
    FindingCategory.TARGET: N_("绩效目标"),
    FindingCategory.BUDGET: N_("预算执行"),
    FindingCategory.FINANCE: N_("财务管理"),
    FindingCategory.CONTRACT: N_("采购与合同"),
    FindingCategory.MANAGEMENT: N_("项目管理"),
    FindingCategory.OUTPUT: N_("产出与质量"),
    FindingCategory.EFFECT: N_("效益与可持续"),
    FindingCategory.OTHER: N_("其他"),
}
SEVERITIES = {Severity.MINOR: N_("一般"), Severity.MAJOR: N_("较重"), Severity.GRAVE: N_("严重")}
STANCES = {Stance.AGREE: N_("无异议"), Stance.DISPUTE: N_("有异议")}
REPLIES = {Reply.KEEP: N_("保留原文"), Reply.CHANGE: N_("修改"), Reply.WITHDRAW: N_("撤回该问题")}
RULINGS = {Ruling.UPHOLD: N_("维持"), Ruling.ADOPT: N_("采纳修改"), Ruling.CANCEL: N_("撤销")}
RECT_CLASSES = {
    RectClass.IMMEDIATE: N_("立行立改"),
    RectClass.PHASED: N_("分阶段整改"),
    RectClass.CONTINUING: N_("持续整改"),
}
VERDICTS = {
    Verdict.DONE: N_("已整改"),
    Verdict.CONTINUING: N_("持续整改"),
    Verdict.NOT_DONE: N_("未整改"),
}
ROLES = {
    Role.UNIT_CLERK: N_("预算单位经办"),
    Role.UNIT_HEAD: N_("预算单位负责人"),
    Role.FIRM_USER: N_("评价机构"),
    Role.SUPERVISOR: N_("预算主管部门"),
    Role.ADMIN: N_("系统管理员"),
    Role.AUDITOR: N_("审计查阅"),
}

# ---------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """What the guards of a project read; filled by core.facts. The defaults are those of a project in order."""

    actor_submitted: bool = False
    newest_is_mine: bool = False  # the newest entry is a submission of the actor's
    newest_from: str = ""
    ever_submitted: bool = True
    registered: bool = False
    due_on: date | None = None
    overdue: bool = False
    declaration_reasons: tuple[Reason, ...] = ()
    lead_independent: bool = True
    table_only: bool = False
    sheet_reasons: tuple[Reason, ...] = ()
    has_paid: bool = True
    has_performance: bool = True
    has_report: bool = True
    no_findings: bool = False
    findings: int = 1
    weak_unexplained: tuple[str, ...] = ()
    unanswered: tuple[int, ...] = ()
    undisputed_reasons: tuple[int, ...] = ()
    any_dispute: bool = False
    unreplied: tuple[int, ...] = ()
    unruled: tuple[int, ...] = ()
    none_kept: bool = False
    unanswered_findings: tuple[int, ...] = ()
    unlinked_suggestions: tuple[int, ...] = ()
    unclassified: tuple[int, ...] = ()
    has_items: bool = False
    unsettled: tuple[int, ...] = ()
    has_summary: bool = True
    notice_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What the guards of an item read."""

    actor_submitted: bool = False
    newest_is_mine: bool = False
    newest_from: str = ""
    state: str = ""
    due_on: date | None = None
    movable: bool = True  # the project is 整改中, or the item is a continuing one of a closed project
    project_published: bool = False
    project_reopenable: bool = True
    immediate: bool = False


def _numbers(numbers: tuple[int, ...] | tuple[str, ...]) -> tuple[str, ...]:
    """For a sentence, which joins them as its language does."""
    return tuple(str(n) for n in numbers)


def _guard(name: str, *needs: str, message: str, place: str | None = None) -> Guard:
    """A guard on facts that must hold: the last named is the condition, a tuple must be empty, a bool true."""

    def check(facts: object) -> tuple[Reason, ...]:
        value = getattr(facts, needs[-1])
        if isinstance(value, tuple):
            return (Reason(message, {"numbers": _numbers(value)}, place),) if value else ()
        return () if value else (Reason(message, {}, place),)

    return Guard(name, needs, check)


def _when(name: str, *needs: str) -> Guard:
    """A condition without which an act is not offered at all."""
    return _guard(name, *needs, message=N_("此时不能办理。"))


def _listed(name: str, fact: str) -> Guard:
    """A guard whose reasons were found by the rules, each with its place."""
    return Guard(name, (fact,), lambda facts: tuple(getattr(facts, fact)))


def _sheet_complete(f: ProjectFacts) -> tuple[Reason, ...]:
    return f.sheet_reasons


def _weak_named(f: ProjectFacts) -> tuple[Reason, ...]:
    # without a score sheet there is nothing to compare: not applicable
    if f.table_only or not f.weak_unexplained:
        return ()
    message = N_("得分低于权重 60%% 的指标 %(numbers)s 既没有被任何问题提及，也没有说明。")
    return (Reason(message, {"numbers": _numbers(f.weak_unexplained)}, "findings#weak"),)


def _findings_or_none(f: ProjectFacts) -> tuple[Reason, ...]:
    if f.no_findings and f.findings:
        return (Reason(N_("已填写“未发现问题”的说明，但又列有问题，请保留其一。"), {}, "findings#none"),)
    if not f.no_findings and not f.findings:
        return (Reason(N_("还没有填写问题；确无问题的，请填写书面说明。"), {}, "findings#list"),)
    return ()


def _report_or_paper(f: ProjectFacts) -> tuple[Reason, ...]:
    if f.has_report:
        return ()
    if f.table_only:
        return (Reason(N_("还没有上传评价结果的原件。"), {}, "evaluation#report"),)
    return (Reason(N_("还没有上传评价报告。"), {}, "evaluation#report"),)


def _comment_time_over(f: ProjectFacts) -> tuple[Reason, ...]:
    if f.overdue:
        return ()
    if f.due_on is None:
        return (Reason(N_("还没有到反馈期限。")),)
    return (Reason(N_("反馈期限是 %(day)s，次日起才能视同无意见。"), {"day": f.due_on.isoformat()}),)


EVER_SUBMITTED = _when("ever_submitted", "ever_submitted")
NEVER_SUBMITTED = Guard(
    "never_submitted",
    ("ever_submitted", "registered"),
    lambda f: (Reason(N_("已经提交过的申报不能作废。")),) if f.ever_submitted or f.registered else (),
)
HAS_DUE = Guard("has_due", ("due_on",), lambda f: () if f.due_on else (Reason(N_("此环节没有期限。")),))
MINE_AND_NEWEST = _when("newest_is_mine", "newest_is_mine")
DECLARED_HERE = Guard(
    "declared_here",
    ("registered",),
    lambda f: (Reason(N_("登记的对象没有申报可退。")),) if f.registered else (),
)
NOTICE_OPEN = _when("notice_open", "notice_open")

DECLARATION_IN_ORDER = _listed("declaration_in_order", "declaration_reasons")
LEAD_INDEPENDENT = _guard(
    "lead_independent",
    "lead_independent",
    message=N_("主评人还没有作出独立性与保密声明。"),
    place="independence",
)
SHEET_COMPLETE = Guard("sheet_complete", ("sheet_reasons",), _sheet_complete)
PAID_GIVEN = _guard("paid_given", "has_paid", message=N_("还没有填写决算金额。"), place="evaluation#paid")
PERFORMANCE_GIVEN = _guard(
    "performance_given", "has_performance", message=N_("还没有填写主要绩效。"), place="evaluation#main_performance"
)
REPORT_GIVEN = Guard("report_given", ("has_report", "table_only"), _report_or_paper)
FINDINGS_OR_NONE = Guard("findings_or_none", ("findings", "no_findings"), _findings_or_none)
WEAK_NAMED = Guard("weak_named", ("table_only", "weak_unexplained"), _weak_named)
ALL_ANSWERED = _guard(
    "all_answered",
    "unanswered",
    message=N_("问题 %(numbers)s 还没有答复。"),
    place="comments",
)
DISPUTES_REASONED = _guard(
    "disputes_reasoned",
    "undisputed_reasons",
    message=N_("对问题 %(numbers)s 有异议，但没有写明理由。"),
    place="comments",
)
COMMENT_TIME_OVER = Guard("comment_time_over", ("overdue", "due_on"), _comment_time_over)
ALL_REPLIED = _guard(
    "all_replied", "unreplied", message=N_("问题 %(numbers)s 的异议还没有答复。"), place="replies"
)
ALL_RULED = _guard(
    "all_ruled", "unruled", message=N_("问题 %(numbers)s 的异议还没有裁定。"), place="rulings"
)
HAS_DISPUTES = _guard("has_disputes", "any_dispute", message=N_("本轮没有异议，无从退回异议答复。"))
FINDINGS_ANSWERED = _guard(
    "findings_answered",
    "unanswered_findings",
    message=N_("问题 %(numbers)s 还没有对应的建议。"),
    place="suggestions#list",
)
SUGGESTIONS_LINKED = _guard(
    "suggestions_linked",
    "unlinked_suggestions",
    message=N_("建议 %(numbers)s 没有对应任何问题。"),
    place="suggestions#list",
)
ALL_CLASSIFIED = _guard(
    "all_classified",
    "unclassified",
    message=N_("建议 %(numbers)s 还没有定整改类别和期限。"),
    place="notice",
)
ALL_SETTLED = _guard(
    "all_settled",
    "unsettled",
    message=N_("整改事项 %(numbers)s 还没有销号、转为持续整改或撤销。"),
    place="items",
)
SUMMARY_WRITTEN = _guard(
    "summary_written", "has_summary", message=N_("还没有填写整改情况。"), place="summary"
)
ITEM_MOVABLE = _guard(
    "item_movable", "movable", message=N_("项目不在整改中，整改事项暂不能办理。")
)
NOT_PUBLISHED = Guard(
    "not_published",
    ("project_published",),
    lambda f: (Reason(N_("结果已公开，请先撤回公开再重新打开。")),) if f.project_published else (),
)
PROJECT_REOPENABLE = _guard(
    "project_reopenable",
    "project_reopenable",
    message=N_("项目已不在整改、待办结或已办结，不能重新打开。"),
)


def _plan_first(f: ItemFacts) -> tuple[Reason, ...]:
    if f.state == I.ISSUED and not f.immediate:
        return (Reason(N_("请先报整改方案；只有“立行立改”的事项可以直接报送整改结果。")),)
    return ()


PLAN_FIRST = Guard("plan_first", ("state", "immediate"), _plan_first)

# ---------------------------------------------------------------- fields of the acts

APPROVING_VERDICTS = (("优", N_("优")), ("良", N_("良")))
VERDICT_ON_DECLARATION = Field("verdict", N_("审核结论"), FieldKind.CHOICE, options=APPROVING_VERDICTS)
EVALUATION_YEAR = Field("evaluation_year", N_("评价年度"), FieldKind.YEAR)
LEAD_EVALUATOR = Field("lead_id", N_("评价机构与主评人"), FieldKind.CHOICE, options="leads")
DUE_ON = Field("due_on", N_("期限"), FieldKind.DATE)
ITEMS_TO_REOPEN = Field(
    "items", N_("需要重新整改的事项"), FieldKind.CHOICES, required=False, options="reopenable_items"
)
CORRECTION = Field("target", N_("更正什么"), FieldKind.CHOICE, options="correctables")
CORRECTED = Field(
    "text", N_("更正为"), FieldKind.TEXT, required=False, hint=N_("只有标题可以改为空。")
)
MEASURE = Field("measure", N_("整改措施"), FieldKind.TEXT)
RESPONSIBLE = Field("responsible", N_("责任人"), FieldKind.LINE)
FIRST_DAY = Field("first_day", N_("开始日期"), FieldKind.DATE)
LAST_DAY = Field("last_day", N_("完成日期"), FieldKind.DATE)
WHAT_WAS_DONE = Field("text", N_("整改结果"), FieldKind.TEXT)
EVIDENCE = Field(
    "files",
    N_("佐证材料"),
    FieldKind.FILES,
    required=False,
    hint=N_("至少一份；也可以先在本页上传，再报送。"),
)


class Datum(StrEnum):
    """Data that is shown or hidden as one."""

    PROJECT = "project"
    DECLARATION = "declaration"
    ASSIGNMENT = "assignment"  # why a firm declined or was replaced; which firm evaluates is told with the project
    PAPER = "paper"
    EVALUATION = "evaluation"
    FINDINGS = "findings"
    SUGGESTIONS = "suggestions"
    ITEM_STATES = "item_states"
    ITEMS = "items"


# ---------------------------------------------------------------- the project

U, E, L, S = Party.UNIT, Party.EVALUATOR, Party.LEAD, Party.SUPERVISOR


def _states(*states: State) -> dict[str, State]:
    return {state.code: state for state in states}


PROJECT_STATES = _states(
    State(P.DECLARING, N_("填报中"), "declaration", (U,), N_("填报"), Days(10)),
    State(P.DECLARATION_REVIEW, N_("申报待审"), "declaration", (S,), N_("审核"), Days(10)),
    State(P.APPROVED, N_("目标已批复"), "declaration", rest=Rest.RESTING),
    State(P.REJECTED, N_("不予通过"), "declaration", rest=Rest.FINAL),
    State(P.VOIDED, N_("已作废"), "declaration", rest=Rest.FINAL),
    State(P.AWAITING_FIRM, N_("待委托评价"), "evaluation", (S,), N_("委托"), Days(20)),
    State(P.EVALUATING, N_("评价中"), "evaluation", (E,), N_("评价"), Days(10)),
    State(P.EVALUATION_REVIEW, N_("评价待审"), "evaluation", (S,), N_("审核"), Days(10)),
    State(P.FINDINGS_WRITING, N_("问题编写中"), "findings", (E,), N_("编写问题"), Days(5)),
    State(P.AWAITING_COMMENTS, N_("待发征求意见"), "findings", (S,), N_("发出"), Days(5)),
    State(P.COMMENTING, N_("征求意见"), "findings", (U,), N_("反馈"), Days(5)),
    State(P.DISPUTE_REPLY, N_("异议答复"), "findings", (E,), N_("答复"), Days(5)),
    State(P.FINDINGS_REVIEW, N_("问题待审"), "findings", (S,), N_("审核"), Days(5)),
    State(P.SUGGESTIONS_WRITING, N_("建议编写中"), "suggestions", (E,), N_("编写建议"), Days(5)),
    State(P.SUGGESTIONS_REVIEW, N_("建议待审"), "suggestions", (S,), N_("下达"), Days(5)),
    State(P.RECTIFYING, N_("整改中"), "rectification", (U,), N_("报送"), Due.DEADLINE),
    State(P.CLOSING, N_("整改待办结"), "rectification", (S,), N_("办结"), Days(10)),
    State(P.CLOSED, N_("已办结"), "closure", rest=Rest.RESTING),
    State(P.PUBLISHED, N_("已公开"), "closure", rest=Rest.RESTING),
    State(P.TERMINATED, N_("已终止"), "closure", rest=Rest.FINAL),
)

_WAITING = tuple(code for code, state in PROJECT_STATES.items() if state.rest is Rest.WAITING)


def _to(*states: str | To) -> tuple[To, ...]:
    return tuple(state if isinstance(state, To) else To(state) for state in states)


PROJECT = Definition(
    name="project",
    start=P.DECLARING,
    entries=(P.AWAITING_FIRM,),
    facts=ProjectFacts,
    parties=tuple(Party),
    states=PROJECT_STATES,
    transitions=(
        Transition(
            "submit_declaration", N_("提交申报"), (P.DECLARING,), _to(P.DECLARATION_REVIEW), (U,), Datum.DECLARATION,
            guards=(DECLARATION_IN_ORDER,), effect="file_declaration", submits=True, tells=(S,), tone="brand",
        ),
        Transition(
            "void", N_("作废"), (P.DECLARING,), _to(P.VOIDED), (U,), Datum.DECLARATION,
            shown=(NEVER_SUBMITTED,), tone="stop", warning=N_("作废后不能恢复。"),
        ),
        Transition(
            "approve_declaration", N_("批复"), (P.DECLARATION_REVIEW,), _to(P.APPROVED), (S,), Datum.DECLARATION,
            fields=(VERDICT_ON_DECLARATION,), effect="keep_verdict", decides=True, tells=(U,), tone="brand",
        ),
        Transition(
            "return_declaration", N_("退回修改（中）"), (P.DECLARATION_REVIEW,), _to(P.DECLARING), (S,),
            Datum.DECLARATION, reason=True, decides=True, tells=(U,), tone="stop",
        ),
        Transition(
            "reject_declaration", N_("不予通过（差）"), (P.DECLARATION_REVIEW,), _to(P.REJECTED), (S,),
            Datum.DECLARATION, reason=True, decides=True, tells=(U,), tone="stop",
            warning=N_("不予通过后，此申报即告终结。"),
        ),
        Transition(
            "include", N_("纳入评价"), (P.APPROVED,), _to(P.AWAITING_FIRM), (S,), Datum.PROJECT,
            fields=(EVALUATION_YEAR,), effect="set_evaluation_year", tells=(U,), tone="brand",
        ),
        Transition(
            "assign", N_("委托机构"), (P.AWAITING_FIRM,), _to(P.EVALUATING), (S,), Datum.ASSIGNMENT,
            fields=(LEAD_EVALUATOR, DUE_ON), effect="assign_firm", tells=(L, U), tone="brand",
        ),
        Transition(
            "exclude", N_("移出计划"), (P.AWAITING_FIRM,), _to(P.APPROVED), (S,), Datum.PROJECT,
            shown=(DECLARED_HERE,), reason=True, effect="clear_evaluation_year", tells=(U,),
        ),
        Transition(
            "submit_evaluation", N_("提交评价"), (P.EVALUATING,), _to(P.EVALUATION_REVIEW), (L,), Datum.EVALUATION,
            guards=(LEAD_INDEPENDENT, SHEET_COMPLETE, PAID_GIVEN, PERFORMANCE_GIVEN, REPORT_GIVEN),
            effect="mark_evaluation", submits=True, tells=(S,), tone="brand",
        ),
        Transition(
            "decline", N_("谢绝委托"), (P.EVALUATING,), _to(P.AWAITING_FIRM), (L,), Datum.ASSIGNMENT,
            reason=True, effect="end_declined", before_declaring=True, tells=(S,), tone="stop",
            warning=N_("谢绝后，本机构不再能查看此项目。"),
        ),
        Transition(
            "approve_evaluation", N_("同意评价"), (P.EVALUATION_REVIEW,), _to(P.FINDINGS_WRITING), (S,),
            Datum.EVALUATION, decides=True, tells=(L,), tone="brand",
        ),
        Transition(
            "return_evaluation", N_("退回评价"), (P.EVALUATION_REVIEW, P.AWAITING_COMMENTS, P.FINDINGS_REVIEW),
            _to(P.EVALUATING), (S,), Datum.EVALUATION, reason=True, decides=True, tells=(L,), tone="stop",
        ),
        Transition(
            "submit_findings", N_("提交问题"), (P.FINDINGS_WRITING,),
            _to(To(P.FINDINGS_REVIEW, when="no_findings"), P.AWAITING_COMMENTS), (L,), Datum.FINDINGS,
            guards=(FINDINGS_OR_NONE, WEAK_NAMED), effect="mark_findings", submits=True, tells=(S,), tone="brand",
        ),
        Transition(
            "send_out", N_("发出征求意见"), (P.AWAITING_COMMENTS,), _to(P.COMMENTING), (S,), Datum.FINDINGS,
            effect="open_round", decides=True, tells=(U,), tone="brand",
        ),
        Transition(
            "return_findings", N_("退回问题编写"), (P.AWAITING_COMMENTS, P.FINDINGS_REVIEW, P.SUGGESTIONS_REVIEW),
            _to(P.FINDINGS_WRITING), (S,), Datum.FINDINGS, reason=True, decides=True, tells=(L,), tone="stop",
        ),
        Transition(
            "submit_comments", N_("提交反馈"), (P.COMMENTING,),
            _to(To(P.DISPUTE_REPLY, when="any_dispute"), P.FINDINGS_REVIEW), (U,), Datum.FINDINGS,
            guards=(ALL_ANSWERED, DISPUTES_REASONED), effect="close_round", submits=True, tells=(S, L), tone="brand",
        ),
        Transition(
            "deem_none", N_("视同无意见"), (P.COMMENTING,), _to(P.FINDINGS_REVIEW), (S,), Datum.FINDINGS,
            guards=(COMMENT_TIME_OVER,), effect="deem_round", tells=(U, L),
        ),
        Transition(
            "recall", N_("收回"), (P.COMMENTING,), _to(P.FINDINGS_WRITING), (S,), Datum.FINDINGS,
            reason=True, effect="recall_round", tells=(U, L), tone="stop",
        ),
        Transition(
            "submit_replies", N_("提交异议答复"), (P.DISPUTE_REPLY,), _to(P.FINDINGS_REVIEW), (L,), Datum.FINDINGS,
            guards=(ALL_REPLIED,), effect="mark_replied", submits=True, tells=(S,), tone="brand",
        ),
        Transition(
            "approve_findings", N_("同意问题"), (P.FINDINGS_REVIEW,),
            _to(To(P.CLOSING, when="none_kept"), P.SUGGESTIONS_WRITING), (S,), Datum.FINDINGS,
            guards=(ALL_RULED,), effect="apply_rulings", decides=True, tells=(L, U), tone="brand",
        ),
        Transition(
            "return_replies", N_("退回异议答复"), (P.FINDINGS_REVIEW,), _to(P.DISPUTE_REPLY), (S,), Datum.FINDINGS,
            guards=(HAS_DISPUTES,), reason=True, effect="reopen_replies", decides=True, tells=(L,), tone="stop",
        ),
        Transition(
            "submit_suggestions", N_("提交建议"), (P.SUGGESTIONS_WRITING,), _to(P.SUGGESTIONS_REVIEW), (L,),
            Datum.SUGGESTIONS, guards=(FINDINGS_ANSWERED, SUGGESTIONS_LINKED), effect="mark_suggestions",
            submits=True, tells=(S,), tone="brand",
        ),
        Transition(
            "issue_notice", N_("下达整改通知"), (P.SUGGESTIONS_REVIEW,), _to(P.RECTIFYING), (S,), Datum.SUGGESTIONS,
            guards=(ALL_CLASSIFIED,), effect="issue_items", decides=True, tells=(U, L), tone="brand",
            warning=N_("通知下达后不能再退回；个别事项可以撤销，个别字句可以更正。"),
        ),
        Transition(
            "return_suggestions", N_("退回建议编写"), (P.SUGGESTIONS_REVIEW,), _to(P.SUGGESTIONS_WRITING), (S,),
            Datum.SUGGESTIONS, reason=True, decides=True, tells=(L,), tone="stop",
        ),
        Transition(
            "acknowledge", N_("签收整改通知"), (P.RECTIFYING,), Lead.STAY, (U,), Datum.ITEMS,
            shown=(NOTICE_OPEN,), effect="acknowledge", tells=(S,),
        ),
        Transition(
            "submit_rectification", N_("报送整改情况"), (P.RECTIFYING,), _to(P.CLOSING), (U,), Datum.ITEMS,
            guards=(ALL_SETTLED, SUMMARY_WRITTEN), submits=True, tells=(S,), tone="brand",
        ),
        Transition(
            "close", N_("办结"), (P.CLOSING,), _to(P.CLOSED), (S,), Datum.ITEMS,
            guards=(ALL_SETTLED,), decides=True, tells=(U,), tone="brand",
        ),
        Transition(
            "return_rectification", N_("退回整改"), (P.CLOSING,),
            _to(To(P.RECTIFYING, when="has_items"), P.FINDINGS_WRITING), (S,), Datum.ITEMS,
            fields=(ITEMS_TO_REOPEN,), reason=True, effect="reopen_named_items", decides=True, tells=(U, L),
            tone="stop",
        ),
        Transition(
            "publish", N_("公开"), (P.CLOSED,), _to(P.PUBLISHED), (S,), Datum.ITEMS,
            effect="publish", tells=(U,), tone="brand",
        ),
        Transition(
            "reopen", N_("重新打开整改"), (P.CLOSED,), _to(P.RECTIFYING), (S,), Datum.ITEMS,
            shown=(_when("has_items", "has_items"),), fields=(ITEMS_TO_REOPEN,), reason=True,
            effect="reopen_named_items", tells=(U,), tone="stop",
        ),
        Transition(
            "reopen_for_item", N_("因事项重新打开"), (P.CLOSING, P.CLOSED), _to(P.RECTIFYING), (S,), Datum.ITEMS,
            internal=True, tells=(U,),
        ),
        Transition(
            "unpublish", N_("撤回公开"), (P.PUBLISHED,), _to(P.CLOSED), (S,), Datum.ITEMS,
            reason=True, effect="unpublish", tells=(U,), tone="stop",
        ),
        Transition(
            "replace_firm", N_("更换机构"),
            (P.EVALUATING, P.FINDINGS_WRITING, P.DISPUTE_REPLY, P.SUGGESTIONS_WRITING), _to(P.AWAITING_FIRM), (S,),
            Datum.ASSIGNMENT, reason=True, effect="end_replaced", tells=(L,), tone="stop",
            warning=N_("原机构立即不能再查看此项目；新机构从头开始。"),
        ),
        Transition(
            "correct", N_("更正"), (P.RECTIFYING, P.CLOSING, P.CLOSED), Lead.STAY, (S,), Datum.ITEMS,
            fields=(CORRECTION, CORRECTED), reason=True, effect="correct", tells=(U, L),
        ),
        Transition(
            "withdraw", N_("撤回"),
            (P.DECLARATION_REVIEW, P.EVALUATION_REVIEW, P.AWAITING_COMMENTS, P.FINDINGS_REVIEW, P.DISPUTE_REPLY,
             P.SUGGESTIONS_REVIEW, P.CLOSING),
            Lead.BACK, (U, L), Datum.PROJECT, shown=(MINE_AND_NEWEST,), reason=True, effect="undo_submission",
            tells=(S,),
        ),
        Transition(
            "extend", N_("延期"), _WAITING, Lead.STAY, (S,), Datum.PROJECT,
            shown=(EVER_SUBMITTED, HAS_DUE), fields=(DUE_ON,), reason=True, effect="extend", tells=(U, L),
        ),
        Transition(
            "terminate", N_("终止"), (*_WAITING, P.APPROVED), _to(P.TERMINATED), (S,), Datum.PROJECT,
            shown=(EVER_SUBMITTED,), reason=True, tells=(U, L), tone="stop",
            warning=N_("终止后不能恢复，整改事项随之冻结。"),
        ),
    ),
)  # fmt: skip

# ---------------------------------------------------------------- the item

ITEM_STATES = _states(
    State(I.ISSUED, N_("已下达"), "rectification", (U,), N_("报方案"), Days(30, working=False, capped=True)),
    State(I.PLAN_REVIEW, N_("方案待审"), "rectification", (S,), N_("审方案"), Days(5)),
    State(I.IN_PROGRESS, N_("整改中"), "rectification", (U,), N_("报结果"), Due.DEADLINE),
    State(I.VERIFYING, N_("待核实"), "rectification", (S,), N_("核实"), Days(10)),
    State(I.SETTLED, N_("已销号"), "rectification", rest=Rest.RESTING),
    State(I.CONTINUING, N_("持续整改"), "rectification", (U,), N_("报进展"), Due.DEADLINE),
    State(I.CANCELLED, N_("已撤销"), "rectification", rest=Rest.FINAL),
)
OPEN_ITEMS = (I.ISSUED, I.PLAN_REVIEW, I.IN_PROGRESS, I.VERIFYING, I.CONTINUING)

ITEM = Definition(
    name="item",
    start=I.ISSUED,
    facts=ItemFacts,
    parties=(U, S),
    states=ITEM_STATES,
    transitions=(
        Transition(
            "plan", N_("报整改方案"), (I.ISSUED,), _to(I.PLAN_REVIEW), (U,), Datum.ITEMS, guards=(ITEM_MOVABLE,),
            fields=(MEASURE, RESPONSIBLE, FIRST_DAY, LAST_DAY), effect="file_plan", submits=True, tells=(S,),
            tone="brand",
        ),
        Transition(
            "accept_plan", N_("同意方案"), (I.PLAN_REVIEW,), _to(I.IN_PROGRESS), (S,), Datum.ITEMS,
            guards=(ITEM_MOVABLE,), decides=True, tells=(U,), tone="brand",
        ),
        Transition(
            "return_plan", N_("退回方案"), (I.PLAN_REVIEW,), _to(I.ISSUED), (S,), Datum.ITEMS,
            guards=(ITEM_MOVABLE,), reason=True, decides=True, tells=(U,), tone="stop",
        ),
        Transition(
            "report", N_("报送整改结果"), (I.ISSUED, I.IN_PROGRESS, I.CONTINUING), _to(I.VERIFYING), (U,),
            Datum.ITEMS, guards=(ITEM_MOVABLE, PLAN_FIRST), fields=(WHAT_WAS_DONE, EVIDENCE), effect="file_report",
            submits=True, tells=(S,), tone="brand",
        ),
        Transition(
            "verify_done", N_("已整改，销号"), (I.VERIFYING,), _to(I.SETTLED), (S,), Datum.ITEMS,
            guards=(ITEM_MOVABLE,), effect="verdict_done", decides=True, tells=(U,), tone="brand",
        ),
        Transition(
            "verify_continuing", N_("持续整改"), (I.VERIFYING,), _to(I.CONTINUING), (S,), Datum.ITEMS,
            guards=(ITEM_MOVABLE,), fields=(DUE_ON,), effect="verdict_continuing", decides=True, tells=(U,),
        ),
        Transition(
            "verify_not_done", N_("未整改，退回"), (I.VERIFYING,), _to(I.IN_PROGRESS), (S,), Datum.ITEMS,
            guards=(ITEM_MOVABLE,), reason=True, effect="verdict_not_done", decides=True, tells=(U,), tone="stop",
        ),
        Transition(
            "reopen_item", N_("重新打开"), (I.SETTLED,), _to(I.IN_PROGRESS), (S,), Datum.ITEMS,
            guards=(NOT_PUBLISHED, PROJECT_REOPENABLE), reason=True, effect="reopen_project", tells=(U,), tone="stop",
        ),
        Transition(
            "reopen_by_return", N_("随项目退回重新打开"), (I.SETTLED, I.CONTINUING), _to(I.IN_PROGRESS), (S,),
            Datum.ITEMS, internal=True, tells=(U,),
        ),
        Transition(
            "cancel_item", N_("撤销事项"), OPEN_ITEMS, _to(I.CANCELLED), (S,), Datum.ITEMS,
            guards=(ITEM_MOVABLE,), reason=True, tells=(U,), tone="stop", warning=N_("撤销后不能恢复。"),
        ),
        Transition(
            "withdraw", N_("撤回"), (I.PLAN_REVIEW, I.VERIFYING), Lead.BACK, (U,), Datum.ITEMS,
            guards=(ITEM_MOVABLE,), shown=(MINE_AND_NEWEST,), reason=True, effect="undo_item_submission", tells=(S,),
        ),
        Transition(
            "extend", N_("延期"), OPEN_ITEMS, Lead.STAY, (S,), Datum.ITEMS, guards=(ITEM_MOVABLE,),
            shown=(HAS_DUE,), fields=(DUE_ON,), reason=True, effect="extend_item", tells=(U,),
        ),
    ),
)  # fmt: skip

# ---------------------------------------------------------------- who sees what, when


class Viewer(StrEnum):
    UNIT = "unit"
    FIRM = "firm"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


class Sight(StrEnum):
    """When a datum is seen by somebody who may see the project at all."""

    ALWAYS = "always"
    DECLARED = "declared"  # once this evaluator declared himself independent
    EVALUATION_FILED = "evaluation_filed"  # once this firm's evaluation was submitted
    FINDINGS_FILED = "findings_filed"
    SUGGESTIONS_FILED = "suggestions_filed"
    FROM_COMMENTING = "from_commenting"  # in these states only: hidden again when returned behind them
    FROM_NOTICE = "from_notice"
    NEVER = "never"


REACHED = {Sight.EVALUATION_FILED: 1, Sight.FINDINGS_FILED: 2, Sight.SUGGESTIONS_FILED: 3}
"""Assignment.reached from which the sight is granted."""

FROM_NOTICE = frozenset({P.RECTIFYING, P.CLOSING, P.CLOSED, P.PUBLISHED})
FROM_COMMENTING = FROM_NOTICE | {
    P.COMMENTING, P.DISPUTE_REPLY, P.FINDINGS_REVIEW, P.SUGGESTIONS_WRITING, P.SUGGESTIONS_REVIEW,
}  # fmt: skip
IN_STATES = {Sight.FROM_COMMENTING: FROM_COMMENTING, Sight.FROM_NOTICE: FROM_NOTICE}
"""The states (project.seen_as) in which the sight is granted."""

_OFFICE = {
    Datum.PROJECT: Sight.ALWAYS,
    Datum.DECLARATION: Sight.ALWAYS,
    Datum.ASSIGNMENT: Sight.ALWAYS,
    Datum.PAPER: Sight.ALWAYS,
    Datum.EVALUATION: Sight.EVALUATION_FILED,
    Datum.FINDINGS: Sight.FINDINGS_FILED,
    Datum.SUGGESTIONS: Sight.SUGGESTIONS_FILED,
    Datum.ITEM_STATES: Sight.FROM_NOTICE,
    Datum.ITEMS: Sight.FROM_NOTICE,
}

SEEN: dict[Viewer, dict[Datum, Sight]] = {
    Viewer.UNIT: {
        Datum.PROJECT: Sight.ALWAYS,
        Datum.DECLARATION: Sight.ALWAYS,
        Datum.ASSIGNMENT: Sight.NEVER,
        Datum.PAPER: Sight.FROM_COMMENTING,
        Datum.EVALUATION: Sight.FROM_COMMENTING,
        Datum.FINDINGS: Sight.FROM_COMMENTING,
        Datum.SUGGESTIONS: Sight.FROM_NOTICE,
        Datum.ITEM_STATES: Sight.FROM_NOTICE,
        Datum.ITEMS: Sight.FROM_NOTICE,
    },
    Viewer.FIRM: {
        Datum.PROJECT: Sight.DECLARED,
        Datum.DECLARATION: Sight.DECLARED,
        Datum.ASSIGNMENT: Sight.DECLARED,
        Datum.PAPER: Sight.DECLARED,
        Datum.EVALUATION: Sight.DECLARED,
        Datum.FINDINGS: Sight.DECLARED,
        Datum.SUGGESTIONS: Sight.DECLARED,
        Datum.ITEM_STATES: Sight.DECLARED,
        Datum.ITEMS: Sight.NEVER,
    },
    Viewer.SUPERVISOR: _OFFICE,
    Viewer.AUDITOR: _OFFICE,
}
