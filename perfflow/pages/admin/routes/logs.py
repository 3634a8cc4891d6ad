"""The two logs, and what of them goes into Excel."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, request, send_file
from flask_babel import gettext as _

from perfflow.core import clock
from perfflow.core.access import Permission
from perfflow.pages.admin import log
from perfflow.pages.admin.log import DAYS_SEARCHED, MOST_EXPORTED, LogFilter
from perfflow.pages.admin.routes.blueprint import bp, cursors, listed, said, text_of
from perfflow.papers.excel_lists import Column, write_list
from perfflow.web import events
from perfflow.web.filter import Box, choice, kept_url
from perfflow.web.guard import actor
from perfflow.web.rendering import page
from perfflow.web.translate import CLAUSES, joined, labelled

EVENTS_READ = Permission.EVENTS_READ
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 4 * 1024 * 1024


@bp.get("/events", needs=EVENTS_READ, endpoint="events")
def event_log() -> Response:
    wanted, boxes = _event_filter()
    found = log.event_list(actor(), wanted, **cursors())
    searched = log.first_day_searched(wanted)
    return page(
        "admin/events.html",
        fragments=("results",),
        export_url=kept_url(".export_events"),
        most=MOST_EXPORTED,
        days_searched=DAYS_SEARCHED if searched != wanted.first_day else None,
        **listed(".events", found, boxes),
    )


@bp.get("/events.xlsx", needs=EVENTS_READ)
def export_events() -> Response:
    wanted, _boxes = _event_filter()
    rows = (
        (row.id, _local(row.at), row.kind_label, row.name, row.role_label, row.organisation, row.address, row.details)
        for row in log.all_events(actor(), wanted)
    )
    columns = (
        Column(_("序号"), 10, "number"), Column(_("时间"), 20, "instant"), Column(_("种类"), 16),
        Column(_("姓名"), 18), Column(_("角色"), 16), Column(_("单位"), 30), Column(_("地址"), 16),
        Column(_("详情"), 80),
    )  # fmt: skip
    return _excel("event_log", _("操作日志"), columns, rows)


@bp.get("/changes", needs=EVENTS_READ)
def changes() -> Response:
    wanted, boxes = _change_filter()
    found = log.change_list(wanted, **cursors())
    return page(
        "admin/changes.html",
        fragments=("results",),
        export_url=kept_url(".export_changes"),
        most=MOST_EXPORTED,
        **listed(".changes", found, boxes),
    )


@bp.get("/changes.xlsx", needs=EVENTS_READ)
def export_changes() -> Response:
    wanted, _boxes = _change_filter()
    rows = (
        (row.id, _local(row.at), row.what, row.name, row.role_label, row.organisation, row.subject,
         joined((labelled(label, f"{old} → {new}" if old else new) for label, old, new in row.changes), CLAUSES),
         row.reason)
        for row in log.all_changes(wanted)
    )  # fmt: skip
    columns = (
        Column(_("序号"), 10, "number"), Column(_("时间"), 20, "instant"), Column(_("办理"), 16),
        Column(_("姓名"), 18), Column(_("角色"), 16), Column(_("单位"), 30), Column(_("对象"), 16),
        Column(_("内容"), 80), Column(_("理由"), 40),
    )  # fmt: skip
    return _excel("change_log", _("人员与设置变更"), columns, rows)


def _event_filter() -> tuple[LogFilter, tuple[Box, ...]]:
    boxes = (
        choice("kind", _("种类"), text_of("kind"), said(events.KINDS), _("全部种类")),
        *_days(),
        Box("username", _("用户名"), text_of("username"), kind="text", hint=_("完整的用户名")),
        Box("address", _("地址"), text_of("address", 64), kind="text", hint=_("如 10.1.")),
        Box("project", _("项目编号"), text_of("project", 64), kind="text", hint=_("编号或其中一段")),
    )
    kind, first, last, username, address, project = (box.value for box in boxes)
    return LogFilter(kind, username, _day(first), _day(last), address, project), boxes


def _change_filter() -> tuple[LogFilter, tuple[Box, ...]]:
    boxes = (
        choice("kind", _("办理"), text_of("kind"), said(log.PEOPLE_ACTS), _("全部办理")),
        *_days(),
        Box("username", _("用户名"), text_of("username"), kind="text", hint=_("完整的用户名")),
    )
    kind, first, last, username = (box.value for box in boxes)
    return LogFilter(kind, username, _day(first), _day(last)), boxes


def _days() -> tuple[Box, Box]:
    first, last = (text if _day(text := request.args.get(name, "")) else "" for name in ("from", "to"))
    return Box("from", _("起始日期"), first, kind="date"), Box("to", _("截止日期"), last, kind="date")


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None


def _local(at: Any) -> Any:
    return at.astimezone(clock.ZONE)


@dataclass
class _Counted:
    """Rows on their way into a file, with how many there were."""

    rows: Iterable[Sequence[Any]]
    count: int = 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self.rows:
            self.count += 1
            yield row


def _excel(paper: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Response:
    counted = _Counted(rows)
    out: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — closed with the answer
    note = _("按导出时的筛选条件，从最近一条起，最多 %(most)d 条。", most=MOST_EXPORTED)
    write_list(out, title, columns, counted, note=note)
    out.seek(0)
    events.note("export", paper=paper, count=counted.count)
    name = f"{title}-{clock.today().isoformat()}.xlsx"
    return send_file(out, mimetype=EXCEL, as_attachment=True, download_name=name)
