"""The whole file of a project as one .zip."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, send_file
from flask_babel import gettext as _

from perfflow.core import clock
from perfflow.core.access import Reach, shows_result
from perfflow.core.errors import Refused
from perfflow.pages.exports import archive, scope, word
from perfflow.pages.exports.archive import IN_MEMORY, Writer
from perfflow.pages.exports.routes.blueprint import EXPORT, bp
from perfflow.pages.exports.word import WordPaper
from perfflow.pages.results import queries as results
from perfflow.pages.results.papers import footer
from perfflow.papers.result_paper import write_result_tables
from perfflow.process import N_
from perfflow.web import events, filters
from perfflow.web.guard import actor, reach
from perfflow.web.rendering import providers
from perfflow.workflow.definition import Reason

MOST_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class PaperOf:
    """A paper of a project. `find` gives what writes it, or None where there is none, or not for this person."""

    title: str
    find: Callable[[Reach], Writer | None]


def _result(found: Reach) -> Writer | None:
    table = results.finished(found.id, actor()) if shows_result(found) else None
    if table is None:
        return None
    note = footer(unpublished=not table.published, withdrawn=table.withdrawn)
    return lambda out: write_result_tables([table.table], out, footer=note)


def _word(one: WordPaper) -> PaperOf:
    """A paper as it is exported by itself."""

    def find(found: Reach) -> Writer | None:
        ids = scope.of_project(one.paper, actor(), found.id)
        note = footer(unpublished=False)
        return (lambda out: word.write(one, out, actor(), ids, about=found.name, footer=note)) if ids else None

    return PaperOf(one.paper.title, find)


PAPERS = (*(_word(one) for one in word.WORD_PAPERS), PaperOf(N_("绩效评价结果信息表"), _result))
"""A paper more is a line more."""


@bp.get("/projects/<int:project_id>/archive.zip", needs=EXPORT)
def whole_file(project_id: int) -> Response:
    """Everything of the project that is shown to this person."""
    found = reach()
    filed = archive.attachments(found)
    size = archive.total_size(filed)
    if size > MOST_BYTES:
        given = {"size": filters.size(size), "most": filters.size(MOST_BYTES)}
        raise Refused(Reason("附件共 %(size)s，一次最多打包 %(most)s。请在附件页逐个下载。", given))
    out: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — closed with the answer
    title = _("%(name)s 全部材料目录", name=found.name)
    count = archive.write_whole_file(out, _papers(found), filed, title=title, notes=_notes())
    out.seek(0)
    events.note("export", paper="archive", project=project_id, files=count)
    name = f"{found.code}-{found.name}.zip"
    return send_file(out, mimetype="application/zip", as_attachment=True, download_name=name)


def _papers(found: Reach) -> Iterator[tuple[str, Writer]]:
    for one in PAPERS:
        write = one.find(found)
        if write is not None:
            yield one.title, write


def _notes() -> Iterator[str]:
    yield _(
        "%(when)s 由 %(who)s 导出，仅含其当时可以查看的内容。", when=filters.when(clock.now()), who=actor().display_name
    )
    yield _("核对文件是否完整：在解压后的文件夹中运行 sha256sum -c SHA256SUMS")
    yield _("未公开的内容请勿外传。")
    if providers().demo():
        yield _("文书为公开文件，办理过程、意见与佐证均为演示虚构。")
