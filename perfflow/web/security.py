"""Headers of every answer, the cookie, the hosts we answer to, and the CSRF check."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from perfflow.config import Settings
from perfflow.web.entrance import dead_token, is_ours
from perfflow.web.problems import problem, typed

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
LOOPBACK = ["localhost", "127.0.0.1"]


class Cookies(SecureCookieSessionInterface):
    """On https the cookie is bound to host and scheme by its name; on plain http browsers refuse that."""

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-perfflow" if request.is_secure else "perfflow"

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def init_app(app: Flask) -> None:
    settings: Settings = app.config["PERFFLOW"]
    if not app.config["TRUSTED_HOSTS"]:
        app.config["TRUSTED_HOSTS"] = LOOPBACK
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.session_interface = Cookies()
    CSRFProtect(app)
    app.after_request(_headers)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(SecurityError, _foreign_host)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)  # a download has a stricter policy of its own
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    elif "v" in request.args and response.status_code == 200:
        # the address carries the digest: other content has another address
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _forged(error: CSRFError) -> ResponseReturnValue:
    """A form whose token is gone. What was typed is shown to our own pages only, never to somebody else's."""
    if not is_ours():
        return _plain(_("请求不完整，没有办理。请从本系统的页面上操作。"))
    if request.form.get("csrf_token") or request.headers.get("X-CSRFToken"):
        answer = dead_token()  # of a log-in that ended: in another tab, or by its age
        if answer is not None:
            return answer
    sentence = _("页面已过期，没有办理。请返回刷新后重新提交。")
    return problem(400, _("页面已过期"), sentence, kept=typed())


def _foreign_host(error: SecurityError) -> Response:
    # no page: without a host of ours no address can be built
    return _plain(_("此主机名不在 PERFFLOW_HOSTS 之列。"))


def _plain(sentence: str) -> Response:
    return Response(sentence, 400, mimetype="text/plain")
