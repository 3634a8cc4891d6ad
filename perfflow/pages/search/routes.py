"""Search: the box in the top bar and its page."""

from flask import Response, request

from perfflow.core.access import Permission
from perfflow.pages.search import queries
from perfflow.pages.search.forms import search_form
from perfflow.rules.pairs import LONGEST_QUERY, words_of
from perfflow.web.filter import kept_url
from perfflow.web.guard import LARGEST_NUMBER, GuardedBlueprint, actor
from perfflow.web.rendering import page

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
        first_url=kept_url(".index") if after else None,
        next_url=kept_url(".index", after=str(found.after)) if found and found.after else None,
    )


def _cursor(text: str) -> int | None:
    """Where a page begins; what makes no sense is the first page."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0
    return number if 0 < number < LARGEST_NUMBER else None
