"""The language of a page. It stands in the cookie, so that no page asks the database for it."""

from flask import g, has_request_context, session
from flask_babel import get_locale

from perfflow.core.language import CHINESE, ENGLISH, LANGUAGES

_KEY = "language"


def chosen() -> str:
    """What the reader chose; Chinese until he does. Outside a request Chinese, too."""
    wanted = session.get(_KEY, CHINESE) if has_request_context() else CHINESE
    return wanted if wanted in LANGUAGES else CHINESE


def chosen_here() -> str:
    """What was chosen in this visit, before any log-in; else empty."""
    return str(session.get(_KEY, ""))


def choose(language: str) -> None:
    """For the rest of this visit; `core.language.keep` remembers it beyond."""
    if language in LANGUAGES:
        session[_KEY] = language
        g.pop("catalogue", None)


def is_english() -> bool:
    return getattr(get_locale(), "language", "") == ENGLISH


def other() -> tuple[str, str]:
    """Code and own name of the language that can be switched to."""
    code = CHINESE if is_english() else ENGLISH
    return code, LANGUAGES[code]


def html_lang() -> str:
    return "en" if is_english() else "zh-CN"
