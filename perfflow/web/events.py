"""What happens around the acts: log-ins, downloads, exports, refusals. Written after the answer.

A detail is never a password, a token or the text of a report.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, request

from perfflow.core import journal, sessions
from perfflow.db import unit_of_work
from perfflow.process import N_
from perfflow.web.login import signed_in
from perfflow.web.problems import request_id

KINDS = {
    "login_ok": N_("登录"),
    "login_failed": N_("登录失败"),
    "login_locked": N_("账号锁定"),
    "login_throttled": N_("登录过于频繁"),
    "logout": N_("退出"),
    "download": N_("下载附件"),
    "preview": N_("预览附件"),
    "export": N_("导出文书"),
    "refused": N_("被拒绝的访问"),
    "file_rejected": N_("文件未接收"),
    "backup": N_("备份"),
    "restore": N_("恢复"),
    "user_unlocked": N_("命令行解锁"),
    "password_reset": N_("命令行重置口令"),
}
"""The kinds there are, in words; the keys are what `note` takes."""

_REFUSALS = {403, 404, 409}


@dataclass(frozen=True, slots=True)
class _Event:
    kind: str
    user_id: int | None
    details: dict[str, Any]


def note(kind: str, *, user_id: int | None = None, **details: Any) -> None:
    """Remember an event of this request; it is written once the answer is made."""
    who = signed_in()
    if who is not None:
        user_id = who.actor.id
        details = {
            "name": who.actor.display_name,
            "role": who.actor.role.value,
            "organisation": who.actor.organisation_name,
            **details,
        }
    _noted().append(_Event(kind, user_id, details))


def init_app(app: Flask) -> None:
    app.after_request(_write)


def _write(response: Response) -> Response:
    who = signed_in(only_if_loaded=True)
    if who is not None and response.status_code in _REFUSALS:
        note("refused", method=request.method, path=request.path[:200])
    stale = who is not None and who.is_stale
    if not (_noted() or stale):
        return response
    common = {"address": request.remote_addr or "", "request": request_id(), "status": response.status_code}
    try:
        with unit_of_work():
            for event in _noted():
                journal.record_event(event.kind, user_id=event.user_id, details={**common, **event.details})
            if who is not None and stale:
                sessions.touch(who.actor.session_id)
    except Exception:  # the answer is made and its work is done: an event that is lost must not undo it
        current_app.logger.exception("events not written, request %s: %r", request_id(), _noted())
    return response


def _noted() -> list[_Event]:
    noted: list[_Event] = g.setdefault("perfflow_events", [])
    return noted
