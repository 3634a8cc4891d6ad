"""Words for codes: states, acts, tags. One list for screen, message and paper."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from perfflow.core import clock
from perfflow.core.grades import PLACES
from perfflow.core.organisations import NUMBER_STYLES, ORGANISATION_KINDS, ORGANISATION_LABELS
from perfflow.process import (
    APPROVING_VERDICTS,
    CATEGORIES,
    ITEM,
    ITEM_STATES,
    N_,
    PROJECT,
    PROJECT_STATES,
    RECT_CLASSES,
    REPLIES,
    ROLES,
    RULINGS,
    SEVERITIES,
    STAGES,
    STANCES,
    P,
)
from perfflow.web import filters
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

_YES_NO = (N_("是"), N_("否"))
_RECORDED: dict[str, tuple[str, ...]] = {
    N_("独立性与保密声明"): (N_("独立，并承诺保密"), N_("不能保持独立")),
    N_("审核结论"): tuple(label for _code, label in APPROVING_VERDICTS),
    N_("问题类别"): tuple(CATEGORIES.values()),
    N_("严重程度"): tuple(SEVERITIES.values()),
    N_("反馈"): tuple(STANCES.values()),
    N_("异议答复"): tuple(REPLIES.values()),
    N_("裁定"): tuple(RULINGS.values()),
    N_("整改类别与期限"): tuple(RECT_CLASSES.values()),
    N_("办理人"): (N_("本单位各人"),),
    N_("类别"): tuple(ORGANISATION_KINDS.values()),
    N_("角色"): tuple(ROLES.values()),
    N_("适用标准的地区"): tuple(PLACES.values()),
    **dict.fromkeys(
        (N_("启用"), N_("项目名称加“ ”"), N_("分值后写“分”"), N_("金额去掉末尾的零"), N_("标题单独成行")), _YES_NO
    ),
}
"""The fields of the journal that hold words of ours. Every other field holds what somebody typed."""
_RECORDED_DAYS = {
    N_("期限"), N_("整改期限"), N_("起止日期"), N_("起止"), N_("开始时间"), N_("结束时间"), N_("整改类别与期限"),
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WORD = re.compile(r"((?:\d+\. )?)(.*?)((?: ?\d{4}-\d\d-\d\d)?)")
"""The number of the finding it belongs to, the word, the day."""

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


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of a history, of a project or an item, in words. `kind`: ok, back or now."""

    kind: str
    at_text: str
    who: str
    what: str
    reason: str
    stay_text: str
    changes: list[tuple[str, str, str]]


def change(label: str, old: str, new: str) -> tuple[str, str, str]:
    """What the journal keeps of a change, in the reader's words: ours are translated, typed text stays as it is."""
    if _DAY.fullmatch(label):  # a day of the holiday table
        return _days(label), _(old) if old else "", _(new) if new else ""
    return _(label) if label else "", _recorded(label, old), _recorded(label, new)


def _recorded(label: str, text: str) -> str:
    if label == ORGANISATION_LABELS["number_style"] and text in NUMBER_STYLES:
        return _(NUMBER_STYLES[text])
    first, line_end, rest = text.partition("\n")
    match = _WORD.fullmatch(first)
    if match and match[2] in _RECORDED.get(label, ()):
        first = match[1] + _(match[2]) + match[3]
    return (_days(first) if label in _RECORDED_DAYS else first) + line_end + rest


def _days(text: str) -> str:
    return _DAY.sub(_day, text)


def _day(match: re.Match[str]) -> str:
    try:
        return filters.day(date.fromisoformat(match[0]))
    except ValueError:
        return match[0]


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
