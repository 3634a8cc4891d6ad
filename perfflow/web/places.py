"""Where work is done: the page that belongs to a state, for the party that holds it."""

from flask import url_for

from perfflow.process import P

WORK_PAGES = {
    P.DECLARING: "declaration.edit",
    P.EVALUATING: "evaluation.edit",
    P.FINDINGS_WRITING: "findings.edit",
    P.COMMENTING: "findings.comments",
    P.DISPUTE_REPLY: "findings.replies",
    P.FINDINGS_REVIEW: "findings.rulings",
    P.SUGGESTIONS_WRITING: "suggestions.edit",
    P.SUGGESTIONS_REVIEW: "suggestions.notice",
    P.RECTIFYING: "rectification.summary",
}
"""States whose work is typed on a page of its own; the others are decided on the project page."""


def work_url(state: str, project_id: int) -> str:
    """Where the holder of a project in this state does his work."""
    endpoint = WORK_PAGES.get(P(state))
    return url_for(endpoint or "projects.show", project_id=project_id)


def item_url(project_id: int, number: int) -> str:
    return url_for("rectification.item", project_id=project_id, number=number)


def act_url(project_id: int, action: str, item_number: int | None = None) -> str:
    if item_number is None:
        return url_for("projects.act", project_id=project_id, action=action)
    return url_for("projects.act_on_item", project_id=project_id, number=item_number, action=action)


