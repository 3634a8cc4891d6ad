"""What can be taken away from a page: a quiet group of links, the same wherever its data are shown. Word papers come
from the list of core.outgoing."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from perfflow.core import access, outgoing
from perfflow.core.access import Actor, Permission, Reach, may, may_ever_see_result, shows_result
from perfflow.process import FROM_NOTICE, N_, SEEN, Datum, Sight
from perfflow.web.filter import kept_url

WORD, EXCEL = "Word", "Excel"


@dataclass(frozen=True, slots=True)
class Download:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Downloads:
    """Links of one kind of file."""

    kind: str
    links: list[Download]


@dataclass(frozen=True, slots=True)
class _List:
    """A list in Excel, offered where its datum is shown. `name`: of its routes."""

    name: str
    title: str
    datum: Datum
    from_notice: bool = False


_LISTS = (
    _List("scores", N_("指标评分表"), Datum.EVALUATION),
    _List("findings", N_("问题与建议"), Datum.FINDINGS),
    _List("ledger", N_("整改台账"), Datum.ITEM_STATES, from_notice=True),
)
_PAGES = {
    Datum.DECLARATION: {outgoing.DECLARATION},
    Datum.EVALUATION: {outgoing.SCORE_SHEET},
    Datum.FINDINGS: {outgoing.COMMENT_LETTER, outgoing.FEEDBACK},
    Datum.ITEM_STATES: {outgoing.NOTICE, outgoing.LEDGER, outgoing.REPORT},
}
"""The page of a project on which a paper is offered, beside the project's own."""


def of_project(reach: Reach, actor: Actor) -> list[Downloads]:
    """Everything of the project, and all of it in one file."""
    word = _word(reach, actor)
    if shows_result(reach):
        word.append(Download(_("绩效评价结果信息表"), url_for("results.one", project_id=reach.id)))
    excel = _excel(reach)
    whole = Download(_("全部材料（.zip）"), url_for("exports.whole_file", project_id=reach.id))
    return [*_groups(word, excel), Downloads("", [whole])]


def of_page(reach: Reach, actor: Actor, datum: Datum) -> list[Downloads]:
    """What belongs to the page of a datum."""
    return _groups(_word(reach, actor, datum), _excel(reach, datum))


def of_list(actor: Actor) -> list[Downloads]:
    """Of the projects that fit the present filter; what this person can never be shown is left out."""
    viewer = access.VIEWERS.get(actor.role)
    if viewer is None or not may(actor, Permission.EXPORT):
        return []
    word = [
        Download(_(paper.title), kept_url(f"exports.{paper.code}_of_filter"))
        for paper in outgoing.PAPERS
        if all(SEEN[viewer][datum] is not Sight.NEVER for datum in paper.data)
    ]
    if may_ever_see_result(actor):
        word.append(Download(_("绩效评价结果信息表"), kept_url("results.export")))
    excel = [Download(_("项目清单"), kept_url("exports.excel_projects"))]
    excel += [Download(_(one.title), kept_url(f"exports.excel_{one.name}")) for one in _LISTS]
    return _groups(word, excel)


def of_year(actor: Actor, unit_id: int, year: int, *, tables: bool) -> list[Downloads]:
    """Of a unit's year. `tables`: there are result tables to be shown."""
    given: Any = {"unit_id": unit_id, "year": year}
    word = [
        Download(_(paper.title), url_for(f"exports.{paper.code}_of_year", **given))
        for paper in outgoing.papers_of_year(actor, unit_id, year)
    ]
    if tables:
        word.append(Download(_("绩效评价结果信息表（含封面）"), url_for("results.unit_year", **given)))
    excel = [Download(_("项目、评分、问题与整改清单"), url_for("exports.excel_of_year", **given))] if word else []
    return _groups(word, excel)


def _word(reach: Reach, actor: Actor, datum: Datum | None = None) -> list[Download]:
    return [
        Download(_(paper.title), url_for(f"exports.{paper.code}_of", project_id=reach.id))
        for paper in outgoing.papers_of(reach, actor)
        if datum is None or paper in _PAGES[datum]
    ]


def _excel(reach: Reach, datum: Datum | None = None) -> list[Download]:
    return [
        Download(_(one.title), url_for(f"exports.excel_{one.name}_of", project_id=reach.id))
        for one in _LISTS
        if datum in (None, one.datum) and reach.assignment_id is not None and reach.sees(one.datum)
        and (not one.from_notice or reach.seen_as in FROM_NOTICE)
    ]  # fmt: skip


def _groups(word: list[Download], excel: list[Download]) -> list[Downloads]:
    return [Downloads(kind, links) for kind, links in ((WORD, word), (EXCEL, excel)) if links]
