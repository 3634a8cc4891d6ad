"""The left menu of every page."""

from flask import request, url_for
from flask_babel import gettext as _

from perfflow.core.access import Actor, Permission, may, may_ever_see_result
from perfflow.pages.inbox import counts
from perfflow.web.rendering import MenuEntry, MenuGroup


def menu(actor: Actor) -> list[MenuGroup]:
    """The left menu: what this role may open, with the count of what waits."""
    groups = []
    if may(actor, Permission.INBOX):
        now = counts.of_menu(actor)
        entries = [
            _entry(_("待办"), "inbox.index", _capped(now.mine), now.late > 0),
            _entry(_("已办"), "inbox.done"),
            _entry(_("我发起的"), "inbox.started"),
            _entry(_("草稿"), "inbox.drafts"),
            _entry(_("传阅"), "cooperation.shares", _capped(now.shares)),
            _entry(_("消息"), "inbox.messages"),
        ]
        if may(actor, Permission.PROJECTS_ACT):
            entries.append(_entry(_("常用意见"), "cooperation.phrases"))
        groups.append(MenuGroup(_("我的工作"), entries))
    if may(actor, Permission.PROJECTS_READ):
        entries = [_entry(_("项目库"), "projects.index")]
        if may_ever_see_result(actor):
            entries.append(_entry(_("绩效评价结果"), "results.index"))
        if may(actor, Permission.AVOIDANCE):
            entries.append(_entry(_("回避名单"), "admin.avoidances"))
        groups.append(MenuGroup(_("项目"), entries))
    if may(actor, Permission.STATISTICS):
        entries = [_entry(_("统计"), "statistics.index")]
        if may(actor, Permission.EVENTS_READ):
            entries.append(_entry(_("操作日志"), "admin.events"))
        groups.append(MenuGroup(_("查阅"), entries))
    if may(actor, Permission.ADMINISTER):
        entries = [
            _entry(_("单位与机构"), "admin.organisations"),
            _entry(_("用户"), "admin.users"),
            _entry(_("等级标准"), "admin.scales"),
            _entry(_("节假日"), "admin.holidays"),
            _entry(_("文书用语"), "admin.letters"),
            _entry(_("权限一览"), "admin.rights"),
            _entry(_("系统状态"), "admin.status"),
        ]
        groups.append(MenuGroup(_("管理"), entries))
    return groups


def _capped(count: int) -> str | None:
    return counts.capped(count) if count else None


def _entry(label: str, endpoint: str, count: int | str | None = None, urgent: bool = False) -> MenuEntry:
    return MenuEntry(label, url_for(endpoint), count, urgent, request.endpoint == endpoint)
