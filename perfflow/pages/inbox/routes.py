"""The four lists and the messages."""

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import clock
from perfflow.core.access import Permission, may
from perfflow.pages.inbox import commands, queries
from perfflow.web.forms import ActForm, perform
from perfflow.web.guard import GuardedBlueprint, actor
from perfflow.web.rendering import page

bp = GuardedBlueprint("inbox", __name__)
NEEDS = Permission.INBOX


@bp.get("/", needs=Permission.OWN_ACCOUNT)
def index() -> ResponseReturnValue:
    somebody = actor()
    if not may(somebody, NEEDS):
        return redirect(url_for("admin.organisations"), 303)
    after = request.args.get("after", "")
    found = queries.todo(somebody, after=after)
    count, _late = queries.todo_count(somebody)
    return page(
        "inbox/index.html",
        rows=found.rows,
        today=clock.today(),
        count=f"{queries.COUNT_CAP}+" if count > queries.COUNT_CAP else count,
        first_url=url_for(".index") if after else None,
        next_url=url_for(".index", after=found.after) if found.after else None,
        may_declare=may(somebody, Permission.DECLARE),
    )


@bp.get("/done", needs=NEEDS)
def done() -> Response:
    return _paged("inbox/done.html", queries.done)


@bp.get("/started", needs=NEEDS)
def started() -> Response:
    return _paged("inbox/projects.html", queries.started, heading=_("我发起的"))


@bp.get("/drafts", needs=Permission.DECLARE)
def drafts() -> Response:
    return _paged("inbox/projects.html", queries.drafts, heading=_("草稿"))


@bp.get("/messages", needs=NEEDS)
def messages() -> Response:
    return _paged("inbox/messages.html", queries.messages, form=ActForm())


@bp.post("/messages", needs=NEEDS)
def read_all() -> Response:
    def work() -> str:
        commands.read_all(actor=actor())
        return url_for(".messages")

    return perform(ActForm(), work)


def _paged(template: str, query: Callable[..., Any], **context: Any) -> Response:
    found = query(actor(), after=request.args.get("after", ""), before=request.args.get("before", ""))
    here = request.endpoint or ""
    return page(
        template,
        rows=found.rows,
        prev_url=url_for(here, before=found.before) if found.before else None,
        next_url=url_for(here, after=found.after) if found.after else None,
        **context,
    )
