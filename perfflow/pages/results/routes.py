"""绩效评价结果: the table on the page and in Word, one, a unit's year, or the filter of the list."""

from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, send_file

from perfflow.core.access import Permission, shows_result
from perfflow.core.errors import NotFound, Refused
from perfflow.pages.results import commands, queries
from perfflow.pages.results.papers import footer
from perfflow.papers.result_paper import Cover, write_result_tables
from perfflow.papers.result_table import RESULT_FORM
from perfflow.web import downloads, events
from perfflow.web.filter import project_filter
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.rendering import page
from perfflow.workflow.definition import Reason

bp = GuardedBlueprint("results", __name__)
EXPORT = Permission.EXPORT
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
IN_MEMORY = 4 * 1024 * 1024
MOST_TABLES = 1000
effects = (commands.publish, commands.unpublish)


@bp.get("/results", needs=Permission.PROJECTS_READ)
def index() -> Response:
    return page("results/index.html", rows=queries.unit_years(actor()))


@bp.get("/results/<int:unit_id>/<int:year>", needs=EXPORT)
def of_year(unit_id: int, year: int) -> Response:
    """What can be taken away of a unit's year."""
    somebody = actor()
    tables = bool(queries.of_unit_and_year(somebody, unit_id, year))
    found = downloads.of_year(somebody, unit_id, year, tables=tables)
    if not found:
        raise NotFound
    return page("results/year.html", unit_name=queries.unit_called(unit_id), year=year, downloads=found)


@bp.get("/projects/<int:project_id>/result", needs=Permission.PROJECTS_READ)
def show(project_id: int) -> Response:
    found = _finished()
    return page(
        "results/show.html",
        rows=[(field.label, getattr(found.table, field.key)) for field in RESULT_FORM.fields],
        finished=found,
        versions=queries.versions(reach()),
    )


@bp.get("/projects/<int:project_id>/result.docx", needs=EXPORT)
def one(project_id: int) -> Response:
    found = _finished()
    events.note("export", paper="result_table", project=project_id, count=1)
    return _word([found], f"{reach().name}-绩效评价结果信息表", None)


@bp.get("/projects/<int:project_id>/result/<int:number>.docx", needs=EXPORT)
def version(project_id: int, number: int) -> Response:
    found = queries.version_of(reach(), number) if shows_result(reach()) else None
    if found is None:
        raise NotFound
    events.note("export", paper="result_table", project=project_id, version=number, count=1)
    return _word([found], f"{reach().name}-绩效评价结果信息表-第{number}版", None)


@bp.get("/results/<int:unit_id>/<int:year>.docx", needs=EXPORT)
def unit_year(unit_id: int, year: int) -> Response:
    """A unit's year, with cover."""
    ids = queries.of_unit_and_year(actor(), unit_id, year)
    if not ids:
        raise NotFound
    tables = list(queries.finished_many(ids, actor()))
    cover = tables[0].cover
    events.note("export", paper="result_table", unit=unit_id, year=year, count=len(tables))
    return _word(tables, f"{cover.unit_name}-{cover.title}", cover)


@bp.get("/results/export.docx", needs=EXPORT)
def export() -> Response:
    """The present filter of the list, in its order."""
    somebody = actor()
    wanted, _form = project_filter(somebody)
    ids = queries.of_filter(somebody, wanted, MOST_TABLES + 1)
    if not ids:
        raise Refused(Reason("当前筛选范围内没有您可以导出的评价结果。"))
    if len(ids) > MOST_TABLES:
        raise Refused(Reason("一次最多导出 %(most)d 个项目，请缩小筛选范围。", {"most": MOST_TABLES}))
    events.note("export", paper="result_table", count=len(ids))
    return _word(queries.finished_many(ids, somebody), "绩效评价结果信息表", None, mixed=queries.any_open(ids))


def _finished() -> queries.Finished:
    found = queries.finished(reach().id, actor()) if shows_result(reach()) else None
    if found is None:
        raise NotFound
    return found


def _word(
    tables: Iterable[queries.Finished], name: str, cover: Cover | None, *, mixed: bool | None = None
) -> Response:
    """The tables as one Word file; the footer says what is not published, and that a demo is one."""
    withdrawn = False
    if mixed is None:
        tables = list(tables)
        mixed = any(not one.published for one in tables)
        withdrawn = any(one.withdrawn for one in tables)
    out: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — closed with the answer
    note = footer(unpublished=mixed, withdrawn=withdrawn)
    write_result_tables((one.table for one in tables), out, cover=cover, footer=note)
    out.seek(0)
    return send_file(out, mimetype=WORD, as_attachment=True, download_name=f"{name}.docx")
