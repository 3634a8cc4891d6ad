"""Drafts: kept by script while somebody writes, read when their form is gone, discarded."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import drafts
from perfflow.core.access import Permission
from perfflow.core.drafts import Head
from perfflow.core.errors import Invalid, NotFound
from perfflow.db import unit_of_work
from perfflow.rules.declaration import SECTION_LABELS
from perfflow.web import drafts as web_drafts
from perfflow.web.forms import labelled
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.problems import say
from perfflow.web.rendering import page
from perfflow.web.translate import CLAUSES, joined

bp = GuardedBlueprint("drafts", __name__, url_prefix="/drafts")
NEEDS = Permission.OWN_ACCOUNT
"""Whoever writes a form may keep it; whether he may write it is asked of the form's own route."""
web_drafts.name_parts("section", SECTION_LABELS)


@bp.post("", needs=NEEDS)
def keep() -> ResponseReturnValue:
    """The form in hand, kept for the address it will be sent to. Answers with the line to show beside it."""
    wanted = request.args.get("for", "")
    if not wanted:
        return _line(_("没有说明是哪张表单的草稿。"), 422)
    written = web_drafts.written_of(request.form.items(multi=True))
    try:
        with unit_of_work():
            head = web_drafts.keep(wanted, written)
    except Invalid as refused:
        return _line(say(refused.reason), 422)
    if head is None:
        return Response(status=204)
    said = _("草稿已于 %(time)s 自动保存", time=web_drafts.time_text(head.saved_at))
    if _overtaken(head):
        said = joined((said, _("此事已有新的办理，请刷新查看")), CLAUSES)
    return _line(said, 200)


def _overtaken(head: Head) -> bool:
    """Whether the project or the item has moved on since its act was drawn; other forms have versions of their own."""
    if head.project_id is None or head.version is None or not head.form_name.startswith(web_drafts.ACT):
        return False
    _action, _endpoint, values = web_drafts.destination(head.action)
    number = values.get("number")
    now = reach().version if number is None else drafts.item_version(head.project_id, number)
    return now != head.version


def _line(sentence: str, status: int) -> Response:
    return Response(sentence, status, mimetype="text/plain")


@bp.get("/<int:draft_id>", needs=NEEDS)
def show(draft_id: int) -> Response:
    head, pairs = drafts.find(draft_id, actor=actor())
    names = drafts.project_names([head], actor=actor())
    return page(
        "drafts/show.html",
        draft=web_drafts.row(head, names),
        way_on=web_drafts.way_on(head) if web_drafts.CLOSED in request.args else None,
        texts=labelled(head.form_name, pairs),
    )


@bp.post("/discard", needs=NEEDS)
def discard() -> ResponseReturnValue:
    draft_id = web_drafts.sent_id() or 0
    try:
        head, _pairs = drafts.find(draft_id, actor=actor())
    except NotFound:  # discarded before, in another window
        return redirect(url_for("inbox.drafts"), 303)
    with unit_of_work():
        drafts.discard(draft_id, actor=actor())
    flash(_("草稿已放弃。"))
    back = url_for("inbox.drafts") if request.form.get("from") == "list" else web_drafts.page_of(head)
    return redirect(back, 303)
