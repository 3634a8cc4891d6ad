"""The way in: the log-in form, and what becomes of a form that is sent when the log-in has ended meanwhile."""

from typing import Any
from urllib.parse import urlsplit

import flask_login
from flask import Flask, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField

from perfflow.core.drafts import Pairs, Written
from perfflow.core.errors import Forbidden, Invalid, NotFound
from perfflow.db import unit_of_work
from perfflow.web import drafts
from perfflow.web.forms import Line, errors_of, labelled, must
from perfflow.web.guard import PUBLIC, rule_for
from perfflow.web.login import home, own_address
from perfflow.web.problems import ReasonView, problem
from perfflow.web.rendering import page

LOGIN = "accounts.login"


class LoginForm(FlaskForm):
    """`kept_for`, `kept`: a form that was sent without a log-in. It goes with the page, and nothing of it is stored
    until somebody has logged in."""

    username = Line(_l("用户名"), [must("请填写用户名。")], limit=64, render_kw={"autocomplete": "username"})
    password = PasswordField(_l("口令"), [must("请填写口令。")], render_kw={"autocomplete": "current-password"})
    next = HiddenField()
    kept_for = HiddenField()
    kept = HiddenField()


def init_app(app: Flask) -> None:
    manager: flask_login.LoginManager = app.login_manager  # type: ignore[attr-defined]
    manager.unauthorized_handler(challenge)


def is_ours() -> bool:
    """Whether one of our own pages sent this form. Browsers name the sender of every POST."""
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def login_page(form: LoginForm, status: int = 200, *, sent: Written | None = None) -> Response:
    """The log-in page. `sent`: a form that met it; what was typed stands below, so that nobody doubts it is there."""
    written = sent or drafts.uncarried(form.kept.data or "")
    return page(
        "accounts/login.html",
        status=status,
        form=form,
        errors=errors_of(form),
        interrupted=status == 401 or written is not None,
        kept=_texts(written) if written else (),
        carried=bool(form.kept.data),
        files_lost=any(file.filename for file in request.files.values()),
    )


def go_on(form: LoginForm) -> ResponseReturnValue:
    """After log-in: to the form that was carried along, filled as it was; else to where somebody wanted to go."""
    written = drafts.uncarried(form.kept.data or "")
    if written is None or not form.kept_for.data:
        return redirect(own_address(form.next.data) or home(), 303)
    try:
        with unit_of_work():
            head = drafts.keep(form.kept_for.data, written)
    except (NotFound, Forbidden, Invalid):
        sentence = _("已登录，但您填写的内容不属于此账号可以办理的事项，没有保留。需要时请从这里复制。")
        return problem(409, _("没有保留"), sentence, kept=_texts(written), back_url=home())
    return redirect(drafts.restore_url(head) if head else home(), 303)


def challenge() -> ResponseReturnValue:
    """The answer without a log-in: on to the log-in page; where something would be lost, a page in its place."""
    if request.method != "GET" and is_ours():
        return _interrupted()
    if request.method == "GET" and request.headers.get("HX-Request") != "true":
        wanted = request.full_path if request.args else request.path
        return redirect(url_for(LOGIN, next=own_address(wanted)), 303)
    way = ReasonView(_("登录"), url_for(LOGIN, next=_page_in_hand()))
    return problem(401, _("请重新登录"), _("登录已结束，刚才的操作没有办理。"), (way,))


def dead_token() -> ResponseReturnValue | None:
    """The answer to a form of our own page whose log-in is not the present one; None when nothing of it matters."""
    somebody = flask_login.current_user.is_authenticated
    if request.endpoint == LOGIN:
        form = LoginForm()
        return go_on(form) if somebody else login_page(form, 401)
    if not somebody:
        rule = rule_for(current_app, request.endpoint or "", request.method)
        return _interrupted() if rule is not None and rule.needs is not PUBLIC else None
    written = _sent()
    if written is None:
        return None
    try:
        with unit_of_work():
            head = drafts.keep(request.path, written)
    except (NotFound, Forbidden, Invalid):
        return None
    return _led_to(drafts.restore_url(head)) if head else None


def _led_to(address: str) -> Response:
    """On to another page, as a whole: htmx follows a redirect by itself and would put the page into a part."""
    if request.headers.get("HX-Request") != "true":
        return redirect(address, 303)  # type: ignore[return-value]
    return Response(status=400, headers={"HX-Redirect": address})


def _interrupted() -> Response:
    """The log-in page with everything typed carried along."""
    written = _sent()
    form = LoginForm(formdata=None, next=_page_in_hand() or "")
    if written is not None:
        form.kept_for.data, form.kept.data = request.path, drafts.carried(written)
    answer = login_page(form, 401, sent=written)
    if request.headers.get("HX-Request") == "true":
        # in place of the main part, wherever the answer was meant to go
        answer.headers.update({"HX-Retarget": "#page", "HX-Reselect": "#page", "HX-Reswap": "outerHTML"})
    return answer


def _sent() -> Written | None:
    """The form of this request; None when it is none that is ever kept, or nothing was typed into it."""
    try:
        drafts.destination(request.path)
    except NotFound:
        return None
    written = drafts.written_of(request.form.items(multi=True))
    return written if any(text.strip() for _name, text in written.pairs) else None


def _texts(written: Written) -> Pairs:
    return labelled(written.form_name, written.pairs)


def _page_in_hand() -> str | None:
    """The page from which the request came."""
    address: Any = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return own_address(address.path + (f"?{address.query}" if address.query else ""))
