"""Where work is done: the page that belongs to a state, for the party that holds it."""

from typing import Any

from flask import request, url_for

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


class Addresses:
    """Addresses for the rows of a list: url_for is asked once for each kind of page, not once for each row."""

    def __init__(self) -> None:
        self._patterns: dict[str, str] = {}

    def of(self, endpoint: str, project_id: int, number: int | None = None) -> str:
        pattern = self._patterns.get(endpoint)
        if pattern is None:
            names: Any = {"project_id": _ID} if number is None else {"project_id": _ID, "number": _NUMBER}
            pattern = self._patterns[endpoint] = url_for(endpoint, **names)
        address = pattern.replace(str(_ID), str(project_id), 1)
        return address if number is None else address.replace(str(_NUMBER), str(number), 1)

    def of_work(self, state: str, project_id: int) -> str:
        """Where the holder of a project in this state does his work."""
        return self.of(WORK_PAGES.get(P(state)) or "projects.show", project_id)


_ID, _NUMBER = 2**52 + 1, 2**52 + 2
"""Numbers that no address holds otherwise, put in their places."""


HERE = "here"
"""The name of a hidden field: the page on which an act on an item was taken."""


def after_item(project_id: int, number: int) -> str:
    """Back to the block from which an act was taken, else to the page of the item."""
    here = request.form.get(HERE, "")
    if here not in ("show", "issues"):
        return item_url(project_id, number)
    return url_for(f"projects.{here}", project_id=project_id, _anchor=f"item-{number}")


def cooperation_url(what: str, project_id: int, item_number: int | None = None) -> str:
    """Where a project, or one of its items, is urged, handed over or shared."""
    if item_number is None:
        return url_for(f"cooperation.{what}", project_id=project_id)
    return url_for(f"cooperation.{what}_item", project_id=project_id, number=item_number)
