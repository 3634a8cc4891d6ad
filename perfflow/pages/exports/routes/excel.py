"""Lists in Excel: of the present filter, of a unit's year, of one project."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, send_file
from flask_babel import gettext as _

from perfflow.core import clock
from perfflow.core.errors import NotFound, Refused
from perfflow.pages.exports import lists, scope
from perfflow.pages.exports.lists import FINDINGS, LEDGER, LISTS, PROJECTS, SCORES, ExcelList
from perfflow.pages.exports.routes.blueprint import EXPORT, bp
from perfflow.papers.excel_lists import Sheet, write_book
from perfflow.web import events, filters
from perfflow.web.filter import wanted_here
from perfflow.web.guard import actor, reach
from perfflow.web.rendering import providers
from perfflow.web.translate import sentences
from perfflow.workflow.definition import Reason

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 4 * 1024 * 1024


@bp.get("/projects/list.xlsx", needs=EXPORT)
def excel_projects() -> Response:
    return _of_filter(PROJECTS)


@bp.get("/projects/findings.xlsx", needs=EXPORT)
def excel_findings() -> Response:
    return _of_filter(FINDINGS)


@bp.get("/projects/ledger.xlsx", needs=EXPORT)
def excel_ledger() -> Response:
    return _of_filter(LEDGER)


@bp.get("/projects/scores.xlsx", needs=EXPORT)
def excel_scores() -> Response:
    return _of_filter(SCORES)


@bp.get("/results/<int:unit_id>/<int:year>.xlsx", needs=EXPORT)
def excel_of_year(unit_id: int, year: int) -> Response:
    """Every list of a unit's year that has something in it, each on sheets of its own."""
    chosen = [(one, ids) for one in LISTS if (ids := scope.of_unit_and_year(one, actor(), unit_id, year, one.most))]
    if not chosen:
        raise NotFound
    title = _("%(unit)s-%(year)d 年度绩效评价清单", unit=scope.unit_name(unit_id), year=year)
    return _excel("year_lists", chosen, title, unit=unit_id, year=year)


@bp.get("/projects/<int:project_id>/findings.xlsx", needs=EXPORT)
def excel_findings_of(project_id: int) -> Response:
    return _of_project(FINDINGS)


@bp.get("/projects/<int:project_id>/ledger.xlsx", needs=EXPORT)
def excel_ledger_of(project_id: int) -> Response:
    return _of_project(LEDGER)


@bp.get("/projects/<int:project_id>/scores.xlsx", needs=EXPORT)
def excel_scores_of(project_id: int) -> Response:
    return _of_project(SCORES)


def _of_project(one: ExcelList) -> Response:
    ids = lists.of_project(one, reach())
    if not ids:
        raise NotFound
    return _excel(one.code, [(one, ids)], f"{reach().name}-{_(one.title)}", project=reach().id)


def _of_filter(one: ExcelList) -> Response:
    """The present filter of the list, in its order."""
    ids = scope.of_filter(one, actor(), wanted_here(), one.most)
    if not ids:
        raise Refused(Reason("当前筛选范围内没有您可以导出的内容。"))
    return _excel(one.code, [(one, ids)], f"{_(one.title)}-{clock.today().isoformat()}")


def _excel(paper: str, chosen: Sequence[tuple[ExcelList, list[int]]], name: str, **where: int) -> Response:
    for one, ids in chosen:
        if len(ids) > one.most:
            raise Refused(Reason("一次最多导出 %(most)d 个项目，请缩小筛选范围。", {"most": one.most}))
    events.note("export", paper=paper, count=max(len(ids) for _one, ids in chosen), **where)
    out: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — closed with the answer
    write_book(out, _noted(sheet for one, ids in chosen for sheet in one.sheets(actor(), ids)))
    out.seek(0)
    return send_file(out, mimetype=EXCEL, as_attachment=True, download_name=f"{name}.xlsx")


def _noted(sheets: Iterable[Sheet]) -> Iterator[Sheet]:
    """Below each list: when, by whom, and what it is not for."""
    who, when = actor().display_name, filters.when(clock.now())
    parts = [
        _("%(when)s 由 %(who)s 导出，仅含其当时可以查看的内容。", when=when, who=who),
        _("未公开的内容请勿外传。"),
    ]
    if providers().demo():
        parts.append(_("文书为公开文件，办理过程、意见与佐证均为演示虚构。"))
    return (replace(sheet, note=sentences(parts)) for sheet in sheets)
