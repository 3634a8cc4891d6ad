"""One template for the page and for the fragment; what every page shows is gathered here."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    get_flashed_messages,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import get_translations
from flask_babel import gettext as _
from flask_login import current_user
from jinja2 import StrictUndefined
from jinja2_fragments.flask import render_blocks

from perfflow.core.access import Actor, Permission, Reach, may
from perfflow.process import ROLES

Provider = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class ActorView:
    display_name: str
    organisation_name: str
    role_label: str
    has_inbox: bool


@dataclass(frozen=True, slots=True)
class MenuEntry:
    label: str
    url: str
    count: int | str | None
    urgent: bool
    current: bool


@dataclass(frozen=True, slots=True)
class MenuGroup:
    title: str
    entries: list[MenuEntry]


@dataclass(frozen=True, slots=True)
class Providers:
    """What pages give to every page: registered by create_app(), since web may not import pages."""

    menu: Callable[[Actor], list[MenuGroup]]
    unread: Callable[[Actor], str]
    project: Callable[[Reach, Actor], Any]
    demo: Callable[[], bool]


def init_app(app: Flask, providers: Providers) -> None:
    app.extensions["perfflow_providers"] = providers
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = asset
    # Flask-Babel looks the catalogue up for every word; a list page has some hundred and fifty of them
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message: _catalogue().ugettext(message),
        ngettext=lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, message: _catalogue().upgettext(context, message),
    )
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("ui.html").module


def page(
    template: str, *, fragments: tuple[str, ...] = (), status: int = 200, **context: Any
) -> Response:
    """The full page, or for an htmx request the named blocks of the same template with the same context."""
    everything = {**shell(), **context}
    if "project" not in everything and g.get("reach") is not None and current_user.is_authenticated:
        everything["project"] = providers().project(g.reach, current_user.actor)
    if fragments and request.headers.get("HX-Request") == "true":
        text = render_blocks(template, list(fragments), **everything)
    else:
        text = render_template(template, **everything)
    response = make_response(text, status)
    response.headers["Vary"] = "HX-Request"
    return response


def shell() -> dict[str, Any]:
    """What the frame of every page shows."""
    given = providers()
    base = {"notices": get_flashed_messages(with_categories=True), "demo": given.demo()}
    if not current_user.is_authenticated:
        return {**base, "actor": None, "menu": [], "messages_count": ""}
    actor: Actor = current_user.actor
    return {
        **base,
        "actor": ActorView(
            actor.display_name, actor.organisation_name, _(ROLES[actor.role]), may(actor, Permission.INBOX)
        ),
        "menu": given.menu(actor),
        "messages_count": given.unread(actor),
    }


def _catalogue() -> Any:
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue


def asset(name: str) -> str:
    """The address of a static file, with its digest so that it may be cached for ever."""
    return url_for("static", filename=name, v=_digest(str(current_app.static_folder), name))


@lru_cache(maxsize=64)
def _digest(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:12]


def providers() -> Providers:
    found: Providers = current_app.extensions["perfflow_providers"]
    return found
