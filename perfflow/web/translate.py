"""gettext for rows of lists: the catalogue is looked up once a page. Flask-Babel does it for every word, and a list
has hundreds of them. Outside an application there is no catalogue, and a word is its own translation."""

from typing import Any

from flask import g, has_app_context
from flask_babel import get_translations


def gettext(message: str, **values: Any) -> str:
    text = str(_catalogue().ugettext(message)) if has_app_context() else message
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    text = str(_catalogue().ungettext(one, many, number)) if has_app_context() else many
    return text % {"num": number, **values}


def pgettext(context: str, message: str, **values: Any) -> str:
    text = str(_catalogue().upgettext(context, message)) if has_app_context() else message
    return text % values if values else text


def _catalogue() -> Any:
    # the same that the templates use; language.choose() drops it
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue
