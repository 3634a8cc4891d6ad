"""统计: by stage, unit, year, grade, category and firm; the rows behind each number; a unit's and a firm's page."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from perfflow.core.access import Permission
from perfflow.core.errors import NotFound
from perfflow.pages.statistics import measures, queries
from perfflow.pages.statistics import rows as row_list
from perfflow.pages.statistics.forms import year_form
from perfflow.web.filter import kept_url
from perfflow.web.guard import GuardedBlueprint, actor
from perfflow.web.rendering import page

bp = GuardedBlueprint("statistics", __name__, url_prefix="/statistics")
READ = Permission.STATISTICS


@bp.get("/", needs=READ)
def index() -> Response:
    by = request.args.get("by", "")
    by = by if by in queries.COLUMNS else "stage"
    year, form = year_form()
    text = request.args.get("part", "")
    part = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    found = queries.overview(actor(), by, year, part)
    pages = found.tables[0].pages
    part = min(max(part, 1), pages)
    return page(
        "statistics/index.html",
        form=form,
        by=by,
        own=queries.own_page(actor()),
        hint=queries.hint(actor()),
        found=found,
        year_text=str(year) if year else _("全部年度"),
        part=part,
        prev_url=url_for(".index", by=by, year=year, part=part - 1) if part > 1 else None,
        next_url=url_for(".index", by=by, year=year, part=part + 1) if part < pages else None,
    )


@bp.get("/rows", needs=READ)
def rows() -> Response:
    kind = request.args.get("of", measures.Kind.PROJECTS.value)
    if kind not in set(measures.Kind):
        raise NotFound
    measure = measures.measure_named(measures.Kind(kind), request.args.get("measure", "all"))
    found = row_list.rows(
        actor(),
        measure,
        measures.cut_of(request.args),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return page(
        "statistics/rows.html",
        found=found,
        prev_url=kept_url(".rows", before=found.before) if found.before else None,
        next_url=kept_url(".rows", after=found.after) if found.after else None,
    )


@bp.get("/units/<int:unit_id>", needs=READ)
def unit(unit_id: int) -> Response:
    return _portrait(queries.unit(actor(), unit_id), "unit")


@bp.get("/firms/<int:firm_id>", needs=READ)
def firm(firm_id: int) -> Response:
    return _portrait(queries.firm(actor(), firm_id), "firm")


def _portrait(found: queries.Portrait, by: str) -> Response:
    by = by if by in queries.dimensions(actor()) else "stage"
    return page("statistics/portrait.html", found=found, back_by=by, hint=queries.hint(actor()))
