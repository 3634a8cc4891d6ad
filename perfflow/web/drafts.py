"""How a form keeps a draft, offers it when somebody comes back, and is filled from it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from perfflow.core import clock, drafts
from perfflow.core.drafts import Head, Pairs, Written
from perfflow.core.errors import NotFound
from perfflow.process import ITEM, N_, PROJECT
from perfflow.web import filters
from perfflow.web.guard import ROW_BUTTONS, actor, may_send
from perfflow.web.login import home, own_address, signed_in
from perfflow.web.places import item_url
from perfflow.web.problems import is_secret
from perfflow.web.translate import labelled

NO_DRAFTS = frozenset({"accounts", "drafts"})
"""Pages whose forms are never kept: passwords, and the drafts themselves."""
LONGEST_ADDRESS = 300
ACT = "act."
"""How the names of the forms begin that are made from an act; the act follows."""
OPINION = f"{ACT}opinion"
"""One text for several acts; which of them is decided by the button."""
RESTORE = "draft"
"""In the address of a form's page: the number of the draft it is to be filled from."""
CLOSED = "closed"
"""In the address of a draft: its form was looked for and is not there."""
_parts: dict[str, Mapping[Any, str]] = {}

TITLES = {
    "declaration.create": N_("新建申报"),
    "declaration.register_object": N_("登记评价对象"),
    "declaration.save": N_("填写申报表"),
    "evaluation.declare": N_("独立性与保密声明"),
    "evaluation.save": N_("填写评价结果"),
    "findings.save": N_("编写问题"),
    "findings.save_comments": N_("反馈意见"),
    "findings.save_replies": N_("答复异议"),
    "findings.save_rulings": N_("裁定异议"),
    "suggestions.save": N_("编写建议"),
    "suggestions.save_notice": N_("整改类别与期限"),
    "rectification.add_note": N_("整改进展"),
    "rectification.save_summary": N_("整改情况"),
    "projects.detach_now": N_("撤下附件"),
    "admin.add_avoidance": N_("回避名单"),
    "admin.create_organisation": N_("新建单位"),
    "admin.update_organisation": N_("修改单位"),
    "admin.create_user": N_("新建用户"),
    "admin.update_user": N_("修改用户"),
    "admin.add_scale": N_("新增等级标准"),
    "admin.update_scale": N_("修改等级标准"),
    "admin.set_holidays": N_("修改节假日"),
    "admin.update_avoidance": N_("回避名单"),
    "cooperation.hand_over_now": N_("转办"),
    "cooperation.hand_over_item_now": N_("转办"),
    "cooperation.share_now": N_("抄送"),
    "cooperation.save_phrases": N_("常用意见"),
}
"""What is written on a form, by the route it is sent to; acts have their own words."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A draft as its form shows it. `moved`: what the form shows has changed since it was written."""

    id: int
    restored: bool
    at_text: str
    moved: bool
    restore_url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A draft in the list of all."""

    id: int
    title: str
    project_name: str
    at_text: str
    restore_url: str
    url: str


def name_parts(value: str, labels: Mapping[Any, str]) -> None:
    """Register what the parts of a form that is sent in parts are called: `value` is what its address calls them."""
    _parts[value] = labels


# ---------------------------------------------------------------- where a form is sent, and where it stands


def destination(address: str) -> tuple[str, str, dict[str, Any]]:
    """Address as we build it, endpoint and values of one of our own routes that take a form. Raises NotFound."""
    if not address.startswith("/") or len(address) > LONGEST_ADDRESS:
        raise NotFound
    try:
        endpoint, values = current_app.url_map.bind("").match(urlsplit(address).path, method="POST")
    except (HTTPException, ValueError):
        raise NotFound from None
    if endpoint.partition(".")[0] in NO_DRAFTS:
        raise NotFound
    return url_for(endpoint, **values), endpoint, dict(values)


def page_of(head: Head) -> str:
    """The page a form stands on: its own address, or the nearest one above that can be opened."""
    # an opinion stands beside the text it concerns, and not on the pages of the acts it may be sent to
    path = head.action.partition("/act/")[0] if head.form_name.startswith(OPINION) else head.action
    while path:
        found = own_address(path)
        if found is not None:
            return found
        path = path.rpartition("/")[0]
    return home()


def restore_url(head: Head) -> str:
    return f"{page_of(head)}?{RESTORE}={head.id}"


def title(head: Head) -> str:
    """What the draft is of, in the reader's words: "填写申报表：立项依据"."""
    endpoint, values = _sent_to(head)
    part = _part(values)
    what = _what(head, endpoint)
    return labelled(what, part) if part else what


def _what(head: Head, endpoint: str) -> str:
    if head.form_name.startswith(OPINION):
        return _("办理意见")
    act = act_named(head.form_name)
    return _(act.label if act is not None else TITLES.get(endpoint, N_("未提交的表单")))


def _part(values: dict[str, Any]) -> str:
    """Which of several alike; "" where there is but one."""
    if "number" in values:
        return _("整改事项 %(n)d", n=values["number"])
    found = next((_parts[name].get(value, "") for name, value in values.items() if name in _parts), "")
    return _(found) if found else ""


def _sent_to(head: Head) -> tuple[str, dict[str, Any]]:
    try:
        _action, endpoint, values = destination(head.action)
    except NotFound:  # kept by an earlier release
        return "", {}
    return endpoint, values


def way_on(head: Head) -> tuple[str, str]:
    """Label and address of what the draft concerns, for when its form is not there any more."""
    _endpoint, values = _sent_to(head)
    if head.project_id is None:
        return _("返回草稿"), url_for("inbox.drafts")
    if "number" in values:
        return _("查看整改事项"), item_url(head.project_id, values["number"])
    return _("查看项目"), url_for("projects.show", project_id=head.project_id)


def rows() -> list[Row]:
    """Every draft of whoever is logged in, newest first; none of a project that is out of his reach by now."""
    heads = drafts.of(actor())
    names = drafts.project_names(heads, actor=actor())
    return [row(head, names) for head in heads if head.project_id is None or head.project_id in names]


def row(head: Head, names: dict[int, str]) -> Row:
    return Row(
        id=head.id,
        title=title(head),
        project_name=names.get(head.project_id or 0, ""),
        at_text=time_text(head.saved_at),
        restore_url=restore_url(head),
        url=url_for("drafts.show", draft_id=head.id),
    )


def act_named(form_name: str) -> Any:
    """The transition whose form has this name."""
    action = form_name.removeprefix(ACT)
    return None if action == form_name else PROJECT.named(action) or ITEM.named(action)


def time_text(at: datetime) -> str:
    """10:42 when it was today."""
    local = at.astimezone(clock.ZONE)
    return local.strftime("%H:%M") if local.date() == clock.today() else filters.when(at)


# ---------------------------------------------------------------- keeping


def written_of(fields: Iterable[tuple[str, str]]) -> Written:
    """A form as it was sent, without what is secret or technical; files never were among its texts."""
    pairs = tuple(fields)
    technical = {name: text for name, text in reversed(pairs)}
    version = technical.get("version", "")
    return Written(
        form_name=technical.get("form_name", ""),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
        pairs=tuple(pair for pair in pairs if not is_secret(pair[0]) and pair[0] not in ROW_BUTTONS),
        key=technical.get("form_key", "")[:64],
    )


def keep(address: str, written: Written) -> Head | None:
    """Keep a form for whoever is logged in, inside a unit of work; refused where its sending would be."""
    action, endpoint, values = destination(address)
    found = may_send(endpoint, values)
    return drafts.keep(action, written, project_id=found.id if found else None, actor=actor())


# ---------------------------------------------------------------- on the form


def asked_for(form_name: str) -> tuple[Head, Any] | None:
    """The draft named in the address, when this form wrote it: its head, and its fields as if they were sent."""
    wanted = _wanted()
    if wanted is None or not _is_here(wanted[0], form_name):
        return None
    g.draft_taken = True
    head, pairs = wanted
    return head, MultiDict([*pairs, ("version", "" if head.version is None else str(head.version))])


def offered_to(form_name: str) -> Head | None:
    """The newest draft that was written on this form of this page."""
    who = signed_in()
    if not form_name or who is None or request.method != "GET":
        return None
    if "draft_heads" not in g:
        g.draft_heads = drafts.of(who.actor)
    return next((head for head in g.draft_heads if _is_here(head, form_name)), None)


def offer(head: Head, newest: int | None, *, restored: bool) -> Offer:
    """`newest`: the version of what the page shows now."""
    moved = head.version is not None and newest is not None and head.version != newest
    return Offer(head.id, restored, time_text(head.saved_at), moved, restore_url(head))


def sent_id() -> int | None:
    """The draft that was offered on the form of this request."""
    number = request.form.get("draft_id", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None


def forget_sent(key: str) -> None:
    """The form of this request was acted on, in the present unit of work: its draft goes."""
    drafts.forget(request.path, key=key, draft_id=sent_id(), actor=actor())


def _wanted() -> tuple[Head, Pairs] | None:
    number = request.args.get(RESTORE, "")
    who = signed_in()
    if request.method != "GET" or who is None or not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    if "draft_wanted" not in g:
        try:
            g.draft_wanted = drafts.find(int(number), actor=who.actor)
        except NotFound:
            g.draft_wanted = None
    found: tuple[Head, Pairs] | None = g.draft_wanted
    return found


def _is_here(head: Head, form_name: str) -> bool:
    """Whether the form of this name, on the page that is being drawn, is the one it was written on.

    An opinion that was typed for several acts belongs to the page of the act too it was sent to.
    """
    if head.form_name == form_name:
        return head.action == request.path or head.action.startswith(f"{request.path.rstrip('/')}/")
    return head.action == request.path and head.form_name.startswith(ACT) and form_name.startswith(ACT)


def init_app(app: Flask) -> None:
    app.after_request(_nowhere_to_restore)


def _nowhere_to_restore(response: Response) -> Response:
    """The form is not there any more, because the record moved on: its texts are shown instead."""
    if RESTORE not in request.args or g.get("draft_taken") or response.status_code >= 400:
        return response
    if _wanted() is None or (request.endpoint or "").partition(".")[0] in NO_DRAFTS:
        return response
    flash(_("这张表单现在不能填写，可能环节已经变化。您写的文字在下面，可以复制。"), "warning")
    shown = f"{url_for('drafts.show', draft_id=int(request.args[RESTORE]))}?{CLOSED}=1"
    return current_app.make_response(redirect(shown, 303))


# ---------------------------------------------------------------- carried through a log-in


def carried(written: Written) -> str:
    """A form as one hidden field of the log-in page, for nothing of a stranger is stored; "" when it is too long."""
    version = [] if written.version is None else [("version", str(written.version))]
    text = json.dumps([("form_name", written.form_name), *version, *written.pairs], ensure_ascii=False)
    return text if len(text) <= drafts.LONGEST else ""


def uncarried(text: str) -> Written | None:
    """What `carried` wrote; None for anything else. It went through a browser: nothing in it is believed."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(rows, list) or not all(_is_pair(row) for row in rows):
        return None
    return written_of([(name, value) for name, value in rows])


def _is_pair(row: object) -> bool:
    return isinstance(row, list) and len(row) == 2 and all(isinstance(part, str) for part in row) and row[0].isascii()
