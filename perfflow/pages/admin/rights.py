"""Who may do and see what: tables printed from the very data the code obeys."""

from dataclasses import dataclass

from flask_babel import gettext as _

from perfflow.core.access import GRANTS, PERMISSIONS
from perfflow.process import ITEM, N_, PROJECT, ROLES, SEEN, Datum, Party, Role, Sight, Viewer
from perfflow.web import words
from perfflow.web.translate import joined
from perfflow.workflow.definition import Definition

DATA = {
    Datum.PROJECT: N_("项目基本情况"),
    Datum.DECLARATION: N_("绩效目标申报"),
    Datum.ASSIGNMENT: N_("委托情况"),
    Datum.PAPER: N_("评价结果原件"),
    Datum.EVALUATION: N_("评分、报告、主要绩效、决算金额"),
    Datum.FINDINGS: N_("问题与反馈意见"),
    Datum.SUGGESTIONS: N_("建议"),
    Datum.ITEM_STATES: N_("整改事项的状态"),
    Datum.ITEMS: N_("整改事项"),
}
SIGHTS = {
    Sight.ALWAYS: N_("可见"),
    Sight.DECLARED: N_("作出独立性声明后"),
    Sight.EVALUATION_FILED: N_("评价提交后"),
    Sight.FINDINGS_FILED: N_("问题提交后"),
    Sight.SUGGESTIONS_FILED: N_("建议提交后"),
    Sight.FROM_COMMENTING: N_("征求意见起（退回后不可见）"),
    Sight.FROM_NOTICE: N_("下达通知起"),
    Sight.NEVER: N_("不可见"),
}
VIEWERS = {
    Viewer.UNIT: N_("预算单位"),
    Viewer.FIRM: N_("评价机构"),
    Viewer.SUPERVISOR: N_("主管部门"),
    Viewer.AUDITOR: N_("审计查阅"),
}
PARTIES = {
    Party.UNIT: N_("预算单位"),
    Party.EVALUATOR: N_("评价人员"),
    Party.LEAD: N_("主评人"),
    Party.SUPERVISOR: N_("主管部门"),
}


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the heads of its columns, and rows of a head and cells."""

    columns: list[str]
    rows: list[tuple[str, list[str]]]


def grants() -> Grid:
    """Which role has which permission."""
    rows = [
        (_(label), [_("有") if permission in GRANTS[role] else "—" for role in Role])
        for permission, label in PERMISSIONS.items()
    ]
    return Grid([_(ROLES[role]) for role in Role], rows)


def sights() -> Grid:
    """Who sees which data when."""
    rows = [(_(label), [_(SIGHTS[SEEN[viewer][datum]]) for viewer in VIEWERS]) for datum, label in DATA.items()]
    return Grid([_(label) for label in VIEWERS.values()], rows)


def acts(*, item: bool) -> Grid:
    """Which act is open to whom, in which states."""
    definition: Definition = ITEM if item else PROJECT
    name = words.item_state if item else words.project_state
    rows = [
        (
            _(act.label),
            [
                joined(_(PARTIES[Party(party)]) for party in act.parties),
                joined(name(state) for state in act.sources),
                _("须写明理由") if act.reason else "—",
                _("提交人不得办理") if act.decides else "—",
            ],
        )
        for act in definition.transitions
        if not act.internal
    ]
    return Grid([_("由谁办理"), _("所处状态"), _("理由"), _("提交人回避")], rows)
