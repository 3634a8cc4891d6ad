"""The tabs of a project, and the pages on which somebody works now."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from perfflow.core import access
from perfflow.core.access import Reach
from perfflow.process import FINDINGS_WRITTEN_IN, SUGGESTIONS_WRITTEN_IN, Datum, Party
from perfflow.web import places


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    label: str
    url: str


_UNDER = {
    **dict.fromkeys(("declaration.edit", "declaration.section", "declaration.save", "declaration.check"),
                    "declaration.show"),
    "evaluation.edit": "evaluation.show", "evaluation.save": "evaluation.show",
    "projects.detach": "projects.files", "projects.detach_now": "projects.files", "projects.upload": "projects.files",
    **dict.fromkeys(
        ("findings.edit", "findings.save", "findings.comments", "findings.save_comments", "findings.replies",
         "findings.save_replies", "findings.rulings", "findings.save_rulings", "suggestions.edit", "suggestions.save",
         "suggestions.notice", "suggestions.save_notice", "rectification.index", "rectification.item",
         "rectification.upload", "rectification.add_note", "rectification.summary", "rectification.save_summary"),
        "projects.issues",
    ),
}  # fmt: skip
"""Pages without a tab of their own, and the tab they belong to."""


def tabs(reach: Reach, findings: int | None) -> list[Tab]:
    """What may be opened of this project. `findings`: how many stand, None where that is not shown."""
    under = _UNDER.get(str(request.endpoint))
    return [
        Tab(label, url_for(endpoint, project_id=reach.id), endpoint in (request.endpoint, under), count)
        for label, endpoint, count, shown in _wanted(reach, findings)
        if shown
    ]


def _wanted(reach: Reach, findings: int | None) -> list[tuple[str, str, int | None, bool]]:
    evaluated = reach.assignment_id is not None
    return [
        (_("概况"), "projects.show", None, True),
        (_("绩效目标"), "declaration.show", None, not reach.registered and reach.sees(Datum.DECLARATION)),
        (_("指标评分"), "evaluation.show", None, evaluated and reach.sees(Datum.EVALUATION)),
        (_("问题与整改"), "projects.issues", findings or None, evaluated and reach.sees(Datum.FINDINGS)),
        (_("结果信息表"), "results.show", None, access.shows_result(reach)),
        (_("附件"), "projects.files", None, True),
        (_("版本对比"), "versions.show", None, reach.sees(Datum.DECLARATION) and reach.submitted_at is not None),
        (_("办理记录"), "projects.history", None, True),
    ]


def is_reading(shown: list[Tab]) -> bool:
    """Whether this is the page of a tab itself, and not one below it on which something is filled in."""
    return any(tab.url == request.path for tab in shown)


_WORKERS = {
    "declaring": Party.UNIT, "evaluating": Party.EVALUATOR, "findings_writing": Party.EVALUATOR,
    "commenting": Party.UNIT, "dispute_reply": Party.EVALUATOR, "findings_review": Party.SUPERVISOR,
    "suggestions_writing": Party.EVALUATOR, "suggestions_review": Party.SUPERVISOR, "rectifying": Party.UNIT,
}  # fmt: skip


def works(reach: Reach) -> list[Work]:
    """The pages on which this person works now."""
    if _WORKERS.get(reach.state) not in reach.parties:
        return []
    labels = {
        "declaring": _("填写申报表"), "evaluating": _("填写评价结果"), "findings_writing": _("编写问题"),
        "commenting": _("填写反馈意见"), "dispute_reply": _("答复异议"), "findings_review": _("裁定异议"),
        "suggestions_writing": _("编写建议"), "suggestions_review": _("定整改类别与期限"),
        "rectifying": _("填写整改情况"),
    }  # fmt: skip
    found = [Work(labels[reach.state], places.work_url(reach.state, reach.id))]
    found += [
        Work(label, url_for(endpoint, project_id=reach.id))
        for label, endpoint, states in (
            (_("编写问题"), "findings.edit", FINDINGS_WRITTEN_IN),
            (_("编写建议"), "suggestions.edit", SUGGESTIONS_WRITTEN_IN),
        )
        if reach.state in states and found[0].label != label
    ]
    if reach.state == "rectifying":
        found.insert(0, Work(_("办理整改事项"), url_for("rectification.index", project_id=reach.id)))
    return found
