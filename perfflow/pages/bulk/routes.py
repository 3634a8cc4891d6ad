"""Choose, look, confirm, read: a selection of rows on its way."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from perfflow.core.access import Permission
from perfflow.core.bulk import MOST, BulkAct, acts_for
from perfflow.core.errors import Forbidden, PerfflowError
from perfflow.db import Busy, unit_of_work
from perfflow.pages.bulk import commands, queries
from perfflow.pages.bulk.forms import BulkForm
from perfflow.pages.bulk.queries import Chosen, Judged
from perfflow.web import opinions, places
from perfflow.web.forms import errors_of, perform
from perfflow.web.guard import GuardedBlueprint, actor
from perfflow.web.problems import ReasonView, reason_view
from perfflow.web.rendering import page

bp = GuardedBlueprint("bulk", __name__, url_prefix="/bulk")
NEEDS = Permission.PROJECTS_ACT


@dataclass(frozen=True, slots=True)
class RowView:
    """One row before or after: `choice` goes back with the form, with the version it was looked at."""

    choice: str
    name: str
    unit_name: str
    what: str
    url: str
    label: str
    leads_to: str
    warning: str
    done: bool | None
    reasons: list[ReasonView]


@bp.get("", needs=NEEDS)
def preview() -> Response:
    """What would become of each chosen row. Nothing is done yet."""
    act, rows = _act(request.args.get("do", "")), queries.chosen(request.args.getlist("row"))
    if act is BulkAct.URGE and len(rows) <= MOST:
        rows = queries.with_items(rows, actor())
    if against := _against(rows):
        return _preview(act, [], BulkForm(formdata=None), 422 if rows else 200, against)
    return _preview(act, queries.judged(act, rows, actor()), BulkForm(formdata=None))


@bp.post("", needs=NEEDS)
def confirm() -> Response:
    act, form = _act(request.form.get("do", "")), BulkForm()
    rows, left = queries.chosen(request.form.getlist("row")), queries.chosen(request.form.getlist("left"))
    if against := _against([*rows, *left] if rows else []):
        return _preview(act, [], form, 422, against)

    def again(status: int) -> Response:
        return _preview(act, queries.judged(act, [*rows, *left], actor()), form, status)

    kept = opinions.phrase_kept(form)
    if kept is not None or not form.validate():
        return again(kept or 422)
    begun: list[int] = []

    def work() -> str:
        begun.append(commands.begin(act, rows, queries.judged(act, left, actor()), actor=actor()))
        return url_for(".result", run_id=begun[-1])

    answer = perform(form, work, again=again)
    if answer.status_code == 303 and begun:
        _go(begun[-1], form.reason.data or "")
    return answer


@bp.get("/<int:run_id>", needs=NEEDS)
def result(run_id: int) -> Response:
    """What became of each row; stays readable."""
    run = queries.run(run_id, actor())
    rows = [
        _view(one.row, one.name, one.unit_name, one.label, done=one.done, reasons=one.reasons)
        for one in run.outcomes
    ]
    return page(
        "bulk/result.html",
        heading=_("%(act)s结果", act=_labels()[run.act]),
        at=run.at,
        rows=rows,
        done=sum(row.done is True for row in rows),
        left=sum(row.done is False for row in rows),
        waiting=sum(row.done is None for row in rows),
    )


def _go(run_id: int, opinion: str) -> None:
    """Row after row, each standing or falling by itself."""
    somebody = actor()
    for position in commands.waiting(run_id, actor=somebody):
        try:
            with unit_of_work():
                commands.take(run_id, position, opinion, actor=somebody)
        except (PerfflowError, Busy) as error:
            with unit_of_work():
                commands.leave(run_id, position, error)


def _act(named: str) -> BulkAct:
    """The act asked for; Forbidden when it is none of this person's."""
    his = acts_for(actor())
    act = next((one for one in his if named in ("", one.value)), None)
    if act is None:
        raise Forbidden
    return act


def _against(rows: list[Chosen]) -> str:
    if not rows:
        return _("还没有勾选。请回到列表，勾选要办理的行。")
    if len(rows) > MOST:
        return _("一次至多办理 %(most)d 项，现在有 %(now)d 项。请分几次办理。", most=MOST, now=len(rows))
    return ""


def _preview(act: BulkAct, rows: list[Judged], form: Any, status: int = 200, against: str = "") -> Response:
    views = [
        _view(one.row, one.name, one.unit_name, one.label, one.leads_to, one.warning, reasons=one.reasons)
        for one in rows
    ]
    return page(
        "bulk/preview.html",
        status=status,
        act=act.value,
        heading=_labels()[act],
        against=against,
        possible=[view for view in views if not view.reasons],
        impossible=[view for view in views if view.reasons],
        form=form,
        errors=errors_of(form),
    )


def _labels() -> dict[BulkAct, str]:
    return {BulkAct.APPROVE: _("批量同意"), BulkAct.URGE: _("批量催办")}


def _view(
    row: Chosen, name: str, unit: str, label: str, leads_to: str = "", warning: str = "", *,
    reasons: Any = (), done: bool | None = None,
) -> RowView:  # fmt: skip
    return RowView(
        str(row),
        name,
        unit,
        _("整改事项 %(n)d", n=row.number) if row.number else _("项目"),
        _url(row) if unit else "",  # without a unit's name it is out of reach
        label,
        leads_to,
        warning,
        done,
        [reason_view(reason, row.project_id) for reason in reasons],
    )


def _url(row: Chosen) -> str:
    if row.number:
        return places.item_url(row.project_id, row.number)
    return url_for("projects.show", project_id=row.project_id)
