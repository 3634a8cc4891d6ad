"""Papers in Word: of one project, of a unit's year, of the present filter of the list."""

from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, send_file
from flask_babel import gettext as _

from perfflow.core import clock
from perfflow.core.errors import NotFound, Refused
from perfflow.pages.exports import scope, word
from perfflow.pages.exports.routes.blueprint import EXPORT, bp
from perfflow.pages.exports.word import MOST, WORD_PAPERS, WordPaper
from perfflow.web import events
from perfflow.web.filter import wanted_here
from perfflow.web.guard import actor, reach
from perfflow.web.rendering import providers
from perfflow.workflow.definition import Reason

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
IN_MEMORY = 4 * 1024 * 1024


def _routes(one: WordPaper) -> None:
    """The three addresses of a paper."""
    code = one.paper.code

    @bp.get(f"/projects/<int:project_id>/{code}.docx", needs=EXPORT, endpoint=f"{code}_of")
    def of_project(project_id: int) -> Response:
        ids = scope.of_project(one.paper, actor(), reach().id)
        if not ids:
            raise NotFound
        return _word(one, ids, f"{reach().name}-{one.paper.title}", about=reach().name, project=project_id)

    @bp.get(f"/results/<int:unit_id>/<int:year>/{code}.docx", needs=EXPORT, endpoint=f"{code}_of_year")
    def of_year(unit_id: int, year: int) -> Response:
        ids = scope.of_unit_and_year(one.paper, actor(), unit_id, year, MOST)
        if not ids and scope.any_shown(one.paper, actor(), unit_id, year):
            raise Refused(Reason("该单位这一年度没有%(paper)s。", {"paper": one.paper.title}))
        if not ids:
            raise NotFound
        about = f"{scope.unit_name(unit_id)}{year}年度"
        return _word(one, ids, f"{about}-{one.paper.title}", about=about, unit=unit_id, year=year)

    @bp.get(f"/projects/{code}.docx", needs=EXPORT, endpoint=f"{code}_of_filter")
    def of_filter() -> Response:
        ids = scope.of_filter(one.paper, actor(), wanted_here(), MOST)
        if not ids:
            raise Refused(Reason("当前筛选范围内没有您可以导出的%(paper)s。", {"paper": one.paper.title}))
        return _word(one, ids, f"{one.paper.title}-{clock.today().isoformat()}")


for _one in WORD_PAPERS:
    _routes(_one)


def _word(one: WordPaper, ids: list[int], name: str, *, about: str = "", **where: int) -> Response:
    if len(ids) > MOST:
        raise Refused(Reason("一次最多导出 %(most)d 个项目，请缩小筛选范围。", {"most": MOST}))
    events.note("export", paper=one.paper.code, count=len(ids), **where)
    out: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — closed with the answer
    note = _("文书为公开文件，办理过程、意见与佐证均为演示虚构") if providers().demo() else ""
    word.write(one, out, actor(), ids, about=about, footer=note)
    out.seek(0)
    return send_file(out, mimetype=WORD, as_attachment=True, download_name=f"{name}.docx")
