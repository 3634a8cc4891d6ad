"""What can be taken away from a page: one quiet group of links, the same wherever its data are shown.

A paper that is written somewhere gets a line here, and stands on every page of its datum.
"""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from perfflow.core.access import Actor, Permission, Reach, may, may_ever_see_result, shows_result
from perfflow.process import FROM_NOTICE, N_, Datum
from perfflow.web.filter import kept_url


@dataclass(frozen=True, slots=True)
class Download:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class _Offer:
    """`about`: the data it is made of; it is offered on the pages of the first, and only where all are shown."""

    label: str
    endpoint: str
    about: tuple[Datum, ...]
    from_notice: bool = False


_OF_PROJECT = (
    _Offer(N_("评分表 Excel"), "exports.excel_scores_of", (Datum.EVALUATION,)),
    _Offer(N_("问题与建议 Excel"), "exports.excel_findings_of", (Datum.FINDINGS,)),
    _Offer(N_("整改台账 Excel"), "exports.excel_ledger_of", (Datum.ITEM_STATES,), from_notice=True),
)
_OF_MANY = (
    _Offer(N_("项目清单 Excel"), "exports.excel_projects", (Datum.PROJECT,)),
    _Offer(N_("评分表 Excel"), "exports.excel_scores", (Datum.EVALUATION,)),
    _Offer(N_("问题与建议 Excel"), "exports.excel_findings", (Datum.FINDINGS,)),
    _Offer(N_("整改台账 Excel"), "exports.excel_ledger", (Datum.ITEM_STATES,)),
)


def of_project(reach: Reach) -> list[Download]:
    """Everything of the project, and all of it in one file."""
    found = [Download(_("结果信息表 Word"), url_for("results.one", project_id=reach.id))] if shows_result(reach) else []
    found += [_link(one, project_id=reach.id) for one in _OF_PROJECT if _shown(one, reach)]
    return [*found, Download(_("全部材料 .zip"), url_for("exports.whole_file", project_id=reach.id))]


def of_page(reach: Reach, datum: Datum) -> list[Download]:
    """What belongs to one page of a project."""
    return [_link(one, project_id=reach.id) for one in _OF_PROJECT if one.about[0] is datum and _shown(one, reach)]


def of_list(actor: Actor) -> list[Download]:
    """Of the projects that fit the present filter."""
    if not may(actor, Permission.EXPORT):
        return []
    found = [Download(_("结果信息表 Word"), kept_url("results.export"))] if may_ever_see_result(actor) else []
    return [*found, *(Download(_(one.label), kept_url(one.endpoint)) for one in _OF_MANY)]


def _shown(one: _Offer, reach: Reach) -> bool:
    if one.from_notice and reach.seen_as not in FROM_NOTICE:
        return False
    return reach.assignment_id is not None and all(reach.sees(datum) for datum in one.about)


def _link(one: _Offer, **values: Any) -> Download:
    return Download(_(one.label), url_for(one.endpoint, **values))
