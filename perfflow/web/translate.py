"""gettext for rows of lists: the catalogue is looked up once a page. Flask-Babel does it for every word, and a list
has hundreds of them. Outside an application there is no catalogue, and a word is its own translation."""

from collections.abc import Iterable
from typing import Any

from flask import g, has_app_context
from flask_babel import get_translations

from perfflow.process import N_
from perfflow.web.language import is_english

ITEMS, FACTS, CLAUSES = N_("、"), N_("，"), N_("；")
"""What stands between the words of a list, between short facts, between clauses."""


def gettext(message: str, **values: Any) -> str:
    text = str(_catalogue().ugettext(message)) if has_app_context() else message
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    text = str(_catalogue().ungettext(one, many, number)) if has_app_context() else many
    return text % {"num": number, **values}


def pgettext(context: str, message: str, **values: Any) -> str:
    text = str(_catalogue().upgettext(context, message)) if has_app_context() else message
    return text % values if values else text


def joined(words: Iterable[object], by: str = ITEMS) -> str:
    """1、2, in English 1, 2."""
    return gettext(by).join(str(word) for word in words)


def labelled(label: str, text: object) -> str:
    """姓名：张三, in English Name: 张三."""
    return gettext("%(label)s：%(text)s", label=label, text=text)


def noted(text: str, note: str) -> str:
    """张三（财政局）, in English 张三 (财政局)."""
    return gettext("%(text)s（%(note)s）", text=text, note=note)


def sentences(several: Iterable[str]) -> str:
    """One after the other; Chinese needs no space between them."""
    return (" " if is_english() else "").join(one for one in several if one)


def _catalogue() -> Any:
    # the same that the templates use; language.choose() drops it
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue
