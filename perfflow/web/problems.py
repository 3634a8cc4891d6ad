"""Every error, once, as a status, a sentence and a way on."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError

from perfflow.core import errors
from perfflow.db import Busy, db
from perfflow.web import filters
from perfflow.web.rendering import page
from perfflow.web.translate import joined
from perfflow.web.typed import typed_into
from perfflow.workflow.definition import Reason

PLACES = {
    "declaration": "declaration.edit",
    "independence": "evaluation.independence",
    "evaluation": "evaluation.edit",
    "findings": "findings.edit",
    "comments": "findings.comments",
    "replies": "findings.replies",
    "rulings": "findings.rulings",
    "suggestions": "suggestions.edit",
    "notice": "suggestions.notice",
    "items": "rectification.index",
    "summary": "rectification.summary",
}
"""The page of each place named in process.py."""

Address = Callable[[int, str], str]
_addresses: dict[str, Address] = {}


def place(name: str) -> Callable[[Address], Address]:
    """Register how a place that has several pages finds the one of an anchor: (project, anchor) → its address."""

    def register(function: Address) -> Address:
        _addresses[name] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class ReasonView:
    message: str
    href: str | None


def say(reason: Reason) -> str:
    """A reason in the reader's words."""
    return _(reason.message, **{name: _say_value(value) for name, value in reason.params.items()})


def _say_value(value: object) -> object:
    if isinstance(value, (tuple, list)):  # a list that was kept as JSON comes back as the latter
        return joined(value)
    return _(value) if isinstance(value, str) and value else value


def reason_view(reason: Reason, project_id: int | None) -> ReasonView:
    """A reason with the address of the place where it can be mended."""
    if reason.place is None or project_id is None:
        return ReasonView(say(reason), None)
    name, _hash, anchor = reason.place.partition("#")
    try:
        if anchor and name in _addresses:
            return ReasonView(say(reason), _addresses[name](project_id, anchor))
        address = url_for(PLACES[name], project_id=project_id)
    except (KeyError, BuildError):
        return ReasonView(say(reason), None)
    return ReasonView(say(reason), f"{address}#{anchor}" if anchor else address)


def faster(conflict: errors.Conflict) -> str:
    """Who was faster, and when."""
    if conflict.at is None:
        return _("内容已被他人更新，请对照最新内容后重新办理。")
    return _(
        "%(who)s 已于 %(when)s 先行办理，内容已更新。请对照最新内容后重新办理。",
        who=conflict.who,
        when=filters.when(conflict.at),
    )


def not_taken(refused: errors.RefusedUpload) -> str:
    """Why a file was not taken, with its name."""
    why = _(refused.message, **refused.params)
    return why if "name" in refused.params else _("“%(name)s”没有上传：%(why)s", name=refused.name, why=why)


def problem(
    status: int,
    title: str,
    message: str,
    reasons: tuple[ReasonView, ...] = (),
    kept: tuple[tuple[str, str], ...] = (),
    back_url: str | None = None,
) -> Response:
    """The page of an error. `kept`: what was typed, so that nothing is lost."""
    try:
        db.session.rollback()
        return page(
            "problem.html",
            fragments=("problem",),
            status=status,
            title=title,
            message=message,
            reasons=reasons,
            kept=kept,
            back_url=back_url,
            request_id=request_id(),
            project=None,
        )
    except Exception as error:  # the frame itself asks the database: without one a plain sentence must do
        current_app.logger.error("error page, request %s", request_id(), exc_info=error)
        return Response(f"{title}\n{message}\n{request_id()}\n", status, mimetype="text/plain")


def request_id() -> str:
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


_HIDDEN = {"csrf_token", "form_key", "form_name", "draft_id", "version", "password"}


def typed() -> tuple[tuple[str, str], ...]:
    """What was typed into the form of this request."""
    if request.method != "POST":
        return ()
    form = g.get("form_in_hand")
    if form is not None:
        return tuple(typed_into(form))
    # refused before any form was made: without its labels the texts are told apart by their place
    texts = [text for name, text in request.form.items(multi=True) if text.strip() and not is_secret(name)]
    return tuple((_("第 %(number)d 项", number=number), text) for number, text in enumerate(texts, 1))


def is_secret(name: str) -> bool:
    """Whether a field is technical or holds a password: such are never shown, nor kept."""
    return name in _HIDDEN or "password" in name or name.endswith("csrf_token")


def _back() -> str | None:
    found = g.get("reach")
    if found is not None:
        return url_for("projects.show", project_id=found.id)
    return url_for("inbox.index")


def init_app(app: Flask) -> None:
    """Register the answer to every error: what a person did or met, and what failed underneath."""
    _what_a_person_meets(app)
    _what_fails(app)


def _what_a_person_meets(app: Flask) -> None:
    @app.errorhandler(errors.NotFound)
    def not_found(error: Exception) -> Response:
        return _missing()

    @app.errorhandler(errors.UploadGone)
    def upload_gone(error: Exception) -> Response:
        told = _("这份上传已经导入，或者已超过 24 小时。请查看已导入的内容；没有导入的，请重新上传。")
        return problem(404, _("没有找到上传的文件"), told, kept=typed(), back_url=url_for("inbox.index"))

    @app.errorhandler(errors.Forbidden)
    def forbidden(error: Exception) -> Response:
        return problem(
            403, _("无权办理"), _("您的角色不能办理此项。如有需要，请联系有权的同事或管理员。"), back_url=_back()
        )

    @app.errorhandler(errors.Refused)
    def refused(error: errors.Refused) -> Response:
        found = g.get("reach")
        reasons = tuple(reason_view(reason, found.id if found else None) for reason in error.reasons)
        return problem(
            409, _("暂不能办理"), _("请先处理下列事项："), reasons, kept=typed(), back_url=_back()
        )

    @app.errorhandler(errors.Invalid)
    def invalid(error: errors.Invalid) -> Response:
        return problem(422, _("填写有误"), say(error.reason), kept=typed(), back_url=_back())

    @app.errorhandler(errors.Conflict)
    def conflict(error: errors.Conflict) -> Response:
        return problem(409, _("内容已更新"), faster(error), kept=typed(), back_url=_back())

    @app.errorhandler(errors.RefusedUpload)
    def refused_upload(error: errors.RefusedUpload) -> Response:
        return problem(422, _("文件未接收"), not_taken(error), kept=typed(), back_url=_back())


def _what_fails(app: Flask) -> None:
    @app.errorhandler(exc.TimeoutError)
    @app.errorhandler(Busy)
    def busy(error: Exception) -> Response:
        answer = problem(503, _("系统繁忙"), _("刚才同时办理的人较多，没有保存。请稍后再试。"), kept=typed())
        answer.headers["Retry-After"] = "5"
        return answer

    @app.errorhandler(exc.OperationalError)
    def database(error: Exception) -> Response:
        current_app.logger.error("database: %s", error.__class__.__name__, exc_info=error)
        return problem(503, _("系统暂不可用"), _("数据库暂时不能使用，没有保存。请稍后再试。"), kept=typed())

    @app.errorhandler(OSError)
    def disk(error: OSError) -> Response:
        current_app.logger.error("storage", exc_info=error)
        return problem(507, _("没有保存"), _("存储空间不足或不可写，请联系管理员。"), kept=typed())

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return _http(error)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        current_app.logger.error("unexpected, request %s", request_id(), exc_info=error)
        return problem(
            500, _("系统出错"), _("刚才的操作没有完成。请把下面的编号告诉管理员。"), kept=typed()
        )


def _missing() -> Response:
    return problem(404, _("没有找到"), _("页面不存在，或不在您的查看范围内。"), back_url=url_for("inbox.index"))


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code == 404:
        return _missing()
    if code < 400:
        return current_app.make_response(error.get_response())
    sentences = {
        400: _("请求不完整，或页面已过期。请返回重新打开页面再试。"),
        405: _("此地址不能这样访问。请从页面上的按钮办理。"),
        413: _("提交的内容过大：单个文件不超过 50 MB，表格行数和文字请适当减少。"),
        415: _("提交的格式不对。请从页面上的表单提交。"),
        429: _("尝试过于频繁，请过几分钟再试。"),
    }
    text = sentences.get(code, _("请求没有完成（%(code)d）。", code=code))
    kept = () if code in (400, 413) else typed()
    return problem(code, _("没有完成"), text, kept=kept)
