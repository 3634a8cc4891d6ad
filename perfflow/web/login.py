"""Who is logged in. The cookie carries a token of our own table, and nothing else in it is believed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import flask_login
from flask import Flask, current_app, g, session, url_for
from werkzeug.exceptions import HTTPException

from perfflow.config import Settings
from perfflow.core import passwords, sessions
from perfflow.core.access import Actor
from perfflow.core.sessions import Live
from perfflow.web import language

NOT_A_DESTINATION = frozenset({"static", "accounts.login", "accounts.logout", "health.healthz"})


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What Flask-Login keeps for one request: the token, and whom it stands for."""

    token: str
    live: Live
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @property
    def actor(self) -> Actor:
        return self.live.actor

    @property
    def is_stale(self) -> bool:
        return self.live.is_stale

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask) -> None:
    settings: Settings = app.config["PERFFLOW"]
    cheap = bool(app.config.get("CHEAP_PASSWORDS", False))  # set by tests alone; no setting leads here
    passwords.configure(cheap=cheap, profile=settings.password_profile)
    sessions.configure(
        idle=timedelta(minutes=settings.idle_minutes), longest=timedelta(minutes=settings.longest_minutes)
    )
    manager = flask_login.LoginManager()
    manager.session_protection = None  # would end log-ins by the look of the browser
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_load)


def _load(token: str) -> SignedIn | None:
    live = sessions.live(token)
    return SignedIn(token, live) if live else None


def signed_in(*, only_if_loaded: bool = False) -> SignedIn | None:
    """Whoever is logged in; with `only_if_loaded` no query is made for it."""
    if only_if_loaded and "_login_user" not in g:
        return None
    user: Any = flask_login.current_user
    return user._get_current_object() if user.is_authenticated else None


def log_in_user(token: str) -> None:
    """Put a fresh token into a fresh cookie: nothing of the time before log-in is carried over but the language."""
    wanted = language.chosen_here()
    session.clear()
    found = _load(token)
    if found is not None:
        language.choose(wanted or found.actor.language)
        flask_login.login_user(found)


def log_out() -> None:
    """Forget the cookie; that the token ends is the caller's unit of work."""
    flask_login.logout_user()
    session.clear()


def home() -> str:
    """Where everybody begins."""
    return url_for("inbox.index")


def own_address(target: str | None) -> str | None:
    r"""The address, rebuilt from our own routes, or None when it leads anywhere else.

    Looking at the text does not suffice: browsers read `/\host` and `/<TAB>/host` as another host.
    """
    if not target or not target.startswith("/"):
        return None
    parts = urlsplit(target)
    if parts.netloc:
        return None
    try:
        endpoint, values = current_app.url_map.bind("").match(parts.path, method="GET")
    except HTTPException:  # unknown, another method, or a redirect of the router's own
        return None
    if endpoint in NOT_A_DESTINATION:
        return None
    query = urlencode(parse_qsl(parts.query))
    return url_for(endpoint, **values) + (f"?{query}" if query else "")
