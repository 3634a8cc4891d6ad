"""Words for codes: states, acts, tags. One list for screen, message and paper."""

from datetime import date, datetime

from perfflow.core import clock
from perfflow.process import ITEM, ITEM_STATES, N_, PROJECT, PROJECT_STATES, STAGES, P
from perfflow.web.translate import gettext as _
from perfflow.web.translate import ngettext, pgettext
from perfflow.workflow.definition import Rest

OTHER_ACTS = {
    "create": N_("新建申报"),
    "register": N_("登记评价对象"),
    "save_declaration": N_("保存申报表"),
    "attach": N_("上传附件"),
    "detach": N_("撤下附件"),
    "declare_independence": N_("声明独立性与保密"),
    "save_sheet": N_("保存指标评分"),
    "save_result": N_("保存评价结果"),
    "save_findings": N_("保存问题"),
    "save_comments": N_("保存反馈意见"),
    "save_replies": N_("保存异议答复"),
    "save_rulings": N_("保存裁定"),
    "save_suggestions": N_("保存建议"),
    "save_notice": N_("保存整改类别与期限"),
    "issue_item": N_("下达整改事项"),
    "note_progress": N_("记录整改进展"),
    "save_summary": N_("保存整改情况"),
    "urge": N_("催办"),
    "hand_over": N_("转办"),
    "share": N_("抄送"),
}
"""Acts that are no transitions: they change what is written, not where it stands."""

_STAGES = dict(STAGES)
_BACK = ("return_", "recall", "verify_not_done", "reject", "reopen", "unpublish")


def act_label(action: str, *, item: bool = False) -> str:
    """An act by its code, in the reader's words."""
    for definition in (ITEM, PROJECT) if item else (PROJECT, ITEM):
        transition = definition.named(action)
        if transition is not None:
            return _(transition.label)
    return _(OTHER_ACTS.get(action, action))


def project_state(state: str) -> str:
    return pgettext("project", PROJECT_STATES[state].label)


def item_state(state: str) -> str:
    return pgettext("item", ITEM_STATES[state].label)


def is_step_back(action: str) -> bool:
    return action.startswith(_BACK)


def project_tag(state: str, due_on: date | None, newest_action: str = "") -> str:
    """The kind of tag: done, late, back, todo or doing."""
    definition = PROJECT_STATES[state]
    if state in (P.APPROVED, P.CLOSED, P.PUBLISHED):
        return "done"
    if definition.rest is Rest.FINAL:
        return "todo"
    if due_on is not None and due_on < clock.today():
        return "late"
    if is_step_back(newest_action):
        return "back"
    return "todo" if state in (P.DECLARING, P.AWAITING_FIRM) else "doing"


def item_tag(state: str, due_on: date | None) -> str:
    definition = ITEM_STATES[state]
    if state == "settled":
        return "done"
    if state == "cancelled":
        return "todo"
    if definition.rest is Rest.WAITING and due_on is not None and due_on < clock.today():
        return "late"
    return "todo" if state == "issued" else "doing"


def years(budget_year: int, evaluation_year: int | None) -> str:
    """The budget year, with the year of the evaluation when that is another."""
    if evaluation_year and evaluation_year != budget_year:
        return _("预算年度 %(a)d · 评价年度 %(b)d", a=budget_year, b=evaluation_year)
    return _("%(year)d 年度", year=budget_year)


def stage(state: str) -> str:
    """The stage a project stands in."""
    return _(_STAGES[PROJECT_STATES[state].stage])


def stayed(entered_at: datetime) -> str:
    """How long something has stood where it stands."""
    days = (clock.today() - clock.local_day(entered_at)).days
    return ngettext("停留 %(num)d 天", "停留 %(num)d 天", days)
