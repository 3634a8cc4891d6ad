"""Log-in, log-out, and the change of one's own password."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import logins, passwords, sessions
from perfflow.core.access import Permission
from perfflow.core.errors import Invalid
from perfflow.core.language import LANGUAGES, keep
from perfflow.core.logins import LoginResult, Outcome, TooMany
from perfflow.db import unit_of_work
from perfflow.pages.accounts.forms import PasswordForm
from perfflow.web import events, language
from perfflow.web import login as web_login
from perfflow.web.entrance import LoginForm, go_on, login_page
from perfflow.web.forms import errors_of
from perfflow.web.guard import PUBLIC, GuardedBlueprint, actor
from perfflow.web.problems import problem, say
from perfflow.web.rendering import page

bp = GuardedBlueprint("accounts", __name__)


@bp.get("/login", needs=PUBLIC)
@bp.post("/login", needs=PUBLIC)
def login() -> ResponseReturnValue:
    form = LoginForm(next=request.args.get("next", ""))
    if web_login.signed_in() is not None:
        return go_on(form)
    if request.method == "GET":
        return login_page(form)
    if not form.validate():
        return login_page(form, 422)
    try:
        result = logins.log_in(form.username.data, form.password.data, _address())
    except TooMany:
        events.note("login_throttled")
        return _too_many()
    if result.token is None:
        _note_failure(result)
        form.form_errors = [_("用户名或口令不正确，或账号已锁定。请核对后重试，或联系管理员。")]
        return login_page(form, 422)
    web_login.log_in_user(result.token)
    events.note("login_ok")
    return go_on(form)


@bp.post("/logout", needs=Permission.OWN_ACCOUNT)
def logout() -> ResponseReturnValue:
    who = web_login.signed_in()
    events.note("logout")
    with unit_of_work():
        sessions.end(who.token if who else "")
    web_login.log_out()
    answer = redirect(url_for(".login"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # nothing of the pages stays with the browser
    return answer


@bp.post("/language", needs=PUBLIC)
def switch_language() -> ResponseReturnValue:
    """A user's choice holds for his next log-in too; a stranger's for this visit."""
    wanted = request.form.get("language", "")
    who = web_login.signed_in()
    language.choose(wanted)
    if who is not None and wanted in LANGUAGES:
        with unit_of_work():
            keep(wanted, actor=who.actor)
    return redirect(web_login.own_address(request.form.get("next")) or web_login.home(), 303)


@bp.get("/password", needs=Permission.OWN_ACCOUNT)
def password() -> ResponseReturnValue:
    return _password_page(PasswordForm(), 200)


@bp.post("/password", needs=Permission.OWN_ACCOUNT, endpoint="change_password")
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if not form.validate():
        return _password_page(form, 422)
    old, new = form.old_password.data, form.new_password.data
    try:
        token = logins.change_password(old, new, address=_address(), actor=actor())
    except Invalid as refused:
        field = form[refused.field]
        field.errors = [*field.errors, say(refused.reason)]
        return _password_page(form, 422)
    web_login.log_in_user(token)
    flash(_("口令已修改，其他地方的登录已全部退出。"), "ok")
    return redirect(web_login.home(), 303)


def _password_page(form: PasswordForm, status: int) -> Response:
    return page(
        "accounts/password.html",
        status=status,
        form=form,
        errors=errors_of(form),
        forced=actor().must_change_password,
        rules=[say(rule) for rule in passwords.rules()],
    )


def _note_failure(result: LoginResult) -> None:
    # whether the name exists stays in the log; what was typed as a name may be a password and is not kept
    kind = "login_locked" if result.locks or result.outcome is Outcome.LOCKED else "login_failed"
    events.note(kind, user_id=result.user_id, outcome=result.outcome.value)


def _too_many() -> Response:
    minutes = logins.ADDRESS_WINDOW.seconds // 60
    sentence = _("此地址登录失败次数过多，请 %(minutes)d 分钟后再试。", minutes=minutes)
    answer = problem(429, _("请稍后再试"), sentence)
    answer.headers["Retry-After"] = str(logins.ADDRESS_WINDOW.seconds)
    return answer


def _address() -> str:
    return request.remote_addr or ""
