"""The four lists and the messages."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import clock, paging
from perfflow.core.access import Permission, may
from perfflow.core.bulk import acts_for
from perfflow.pages.inbox import commands, counts, lists, waiting
from perfflow.pages.inbox import messages as message_list
from perfflow.pages.inbox import todo as todo_list
from perfflow.pages.inbox.waiting import View
from perfflow.web import drafts as kept_drafts
from perfflow.web.filter import FilterRow, choice, filter_row, here, kept_url, wanted_here
from perfflow.web.forms import ActForm, perform
from perfflow.web.guard import GuardedBlueprint, actor
from perfflow.web.rendering import page

bp = GuardedBlueprint("inbox", __name__)
NEEDS = Permission.INBOX
FRAGMENTS = ("results", "print_note")
"""What an htmx request gets of a list: its rows, and the condition in the head of a printed page."""


@bp.get("/", needs=Permission.OWN_ACCOUNT)
def index() -> ResponseReturnValue:
    somebody = actor()
    if not may(somebody, NEEDS):
        return redirect(url_for("admin.organisations"), 303)
    view, wanted, cursor = _view(), wanted_here(), _cursor()
    soon = waiting.soon_day()
    number = counts.of_inbox(somebody, soon)
    acts_at_all, labels = waiting.party_of(somebody.role) is not None, _views()
    names = ("words", "year", "unit", "stage", *(() if view == View.DONE else ("grade",))) if acts_at_all else ()
    row = filter_row(somebody, wanted, names, kept=("due",), view=labels[view] if view else "")
    found: paging.Page[Any] = (
        lists.settled_this_week(somebody, wanted, **cursor)
        if view == View.DONE
        else todo_list.todo(somebody, wanted, view or "", soon=soon, **cursor)
    )
    return _list(
        "inbox/index.html",
        found,
        row,
        view=view,
        today=clock.today(),
        count=counts.capped(number.mine),
        links=[
            (one.value, label, counts.capped(getattr(number, one)), url_for(".index", due=one.value))
            for one, label in labels.items()
        ],
        acts_at_all=acts_at_all,
        bulk=acts_for(somebody, waiting_for_him=True),
        may_declare=may(somebody, Permission.DECLARE),
    )


def _views() -> dict[View, str]:
    return {
        View.LATE: _("已逾期"),
        View.SOON: _("%(days)d 个工作日内到期", days=waiting.NEAR),
        View.MINE: _("待我办理"),
        View.DONE: _("本周办结"),
    }


def _view() -> View | None:
    named = request.args.get("due", "")
    return View(named) if named in frozenset(View) else None


@bp.get("/done", needs=NEEDS)
def done() -> Response:
    somebody, wanted = actor(), wanted_here()
    since = choice(
        "since", _("办理时间"), request.args.get("since"), [("week", _("本周")), ("month", _("本月"))], _("全部时间")
    )
    row = filter_row(somebody, wanted, ("words", "year", "unit"), more=(since,))
    return _list("inbox/done.html", lists.done(somebody, wanted, since.value, **_cursor()), row)


@bp.get("/started", needs=NEEDS)
def started() -> Response:
    somebody, wanted = actor(), wanted_here()
    row = filter_row(somebody, wanted, ("words", "year", "unit", "stage", "state"))
    found = lists.started(somebody, wanted, **_cursor())
    return _list("inbox/started.html", found, row, may_declare=may(somebody, Permission.DECLARE))


@bp.get("/drafts", needs=NEEDS)
def drafts() -> Response:
    """Declarations that were never submitted, and what was kept while somebody wrote."""
    somebody, wanted = actor(), wanted_here()
    row = filter_row(somebody, wanted, ("words", "year"))
    found = lists.drafts(somebody, wanted, **_cursor())
    may_declare = may(somebody, Permission.DECLARE)
    return _list("inbox/drafts.html", found, row, may_declare=may_declare, kept=kept_drafts.rows())


@bp.get("/messages", needs=NEEDS)
def messages() -> Response:
    somebody, wanted = actor(), wanted_here()
    read = choice(
        "read", _("状态"), request.args.get("read"), [("unread", _("未读")), ("read", _("已读"))], _("全部消息")
    )
    row = filter_row(somebody, wanted, ("words",), more=(read,))
    found = message_list.messages(somebody, wanted, read.value, **_cursor())
    return _list("inbox/messages.html", found, row, form=ActForm())


@bp.post("/messages", needs=NEEDS)
def read_all() -> Response:
    def work() -> str:
        commands.read_all(actor=actor())
        return url_for(".messages")

    return perform(ActForm(), work)


def _cursor() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("after", "before")}


def _list(template: str, found: paging.Page[Any], row: FilterRow, **context: Any) -> Response:
    """A list with its filter row; whoever asks for its rows alone is told the address they stand at."""
    response = page(
        template,
        fragments=FRAGMENTS,
        rows=found.rows,
        filter=row,
        beyond=bool(_cursor()["after"] or _cursor()["before"]),
        prev_url=kept_url(request.endpoint or "", before=found.before) if found.before else None,
        next_url=kept_url(request.endpoint or "", after=found.after) if found.after else None,
        **context,
    )
    response.headers["HX-Push-Url"] = here()
    return response
