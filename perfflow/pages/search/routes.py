"""Search: the box in the top bar and its page."""

from collections.abc import Sequence

from flask import Response, request
from flask_babel import gettext as _

from perfflow.core.access import Permission
from perfflow.pages.search import queries
from perfflow.pages.search.forms import search_form
from perfflow.rules.pairs import LONGEST_QUERY, SHORTEST, words_of
from perfflow.web.filter import kept_url
from perfflow.web.guard import LARGEST_NUMBER, GuardedBlueprint, actor
from perfflow.web.rendering import page
from perfflow.web.translate import sentences

bp = GuardedBlueprint("search", __name__)


@bp.get("/search", needs=Permission.PROJECTS_READ)
def index() -> Response:
    form = search_form(request.args)
    query = (form.q.data or "").replace("\x00", "").strip()[:LONGEST_QUERY]
    form.q.data = query
    words, after = words_of(query), _cursor(request.args.get("after", ""))
    found = queries.results(actor(), words, group=form.kind.data or "", after=after) if words else None
    return page(
        "search/index.html",
        fragments=("results",),
        form=form,
        query=query,
        found=found,
        advice=_advice(words, narrowed=bool(form.kind.data)),
        first_url=kept_url(".index") if after else None,
        next_url=kept_url(".index", after=str(found.after)) if found and found.after else None,
    )


def _advice(words: Sequence[str], *, narrowed: bool) -> str:
    """What is left to try when nothing was found."""
    if any(len(word) > SHORTEST for word in words):
        tip = _("请换一个更短的词，或把范围改为“全部内容”。") if narrowed else _("请换一个更短的词。")
    elif narrowed:
        tip = _("请把范围改为“全部内容”，或换一种说法。")
    else:
        tip = _("请减少一个词，或换一种说法。") if len(words) > 1 else _("请换一种说法。")
    return sentences((tip, _("这里只能找到您可以查看的内容。")))


def _cursor(text: str) -> int | None:
    """Where a page begins; what makes no sense is the first page."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0
    return number if 0 < number < LARGEST_NUMBER else None
