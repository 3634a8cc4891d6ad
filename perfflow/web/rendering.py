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
    session,
    url_for,
)
from flask_babel import get_translations
from flask_babel import gettext as _
from flask_login import current_user
from jinja2 import StrictUndefined
from jinja2_fragments.flask import render_blocks

from perfflow.core import clock
from perfflow.core.access import Actor, Permission, Reach, may
from perfflow.process import ROLES
from perfflow.web import language

Provider = Callable[..., Any]
WHOLE = "X-Whole-Page"
"""The header of a form that is sent by script only to show how far its files are: it is answered like any other."""
ACTED = "acted"


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
    app.after_request(_as_a_whole)
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
    if fragments and request.headers.get("HX-Request") == "true" and WHOLE not in request.headers:
        text = render_blocks(template, list(fragments), **everything) + _beside(everything)
    else:
        text = render_template(template, **everything)
    response = make_response(text, status)
    response.headers["Vary"] = "HX-Request"
    return response


def _beside(everything: dict[str, Any]) -> str:
    """What an act changes besides the part it answers with: the flash line, and the counts in the menu."""
    acted = session.pop(ACTED, False)
    if everything["actor"] is None or not (acted or request.method == "POST"):
        return ""
    parts: Any = current_app.jinja_env.globals["ui"]
    menu = parts.menu(everything["menu"], everything["messages_count"], oob=True)
    return f"{parts.notices(everything['notices'], oob=True)}{menu}"


def remember_act() -> None:
    """An act of htmx's is answered by the page it leads to: there the counts are told anew."""
    if request.headers.get("HX-Request") == "true":
        session[ACTED] = True


def _as_a_whole(response: Response) -> Response:
    """htmx follows a redirect by itself; a form that waits for a whole page is sent there by the browser."""
    if WHOLE in request.headers and response.status_code == 303:
        response = Response(status=200, headers={"HX-Redirect": response.headers["Location"]})
    return response


def shell() -> dict[str, Any]:
    """What the frame of every page shows."""
    given = providers()
    code, name = language.other()
    base = {
        "notices": get_flashed_messages(with_categories=True),
        "demo": given.demo(),
        "lang": language.html_lang(),
        "other_language": code,
        "other_language_name": name,
        "now": clock.now(),  # for the head of a printed page; script tells the minute of printing
        "here": request.full_path if request.query_string else request.path,
    }
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
