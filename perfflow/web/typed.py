"""What was typed into a form, in the words of its labels: kept on the page of an error, so that nothing is lost."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    MultipleFileField,
    PasswordField,
    SelectField,
)

from perfflow.web.translate import joined


def typed_into(fields: Iterable[Any], row: str = "") -> Iterator[tuple[str, str]]:
    """Label and text of everything that was filled in, rows included; nothing hidden, no password, no file."""
    for field in fields:
        if isinstance(field, FieldList):
            for number, entry in enumerate(field.entries, 1):
                yield from typed_into([entry], _("%(list)s第 %(row)d 行", list=field.label.text, row=number))
        elif isinstance(field, FormField):
            yield from typed_into(field.form, row)
        elif not isinstance(field, (HiddenField, PasswordField, FileField, MultipleFileField)):
            text = _text(field)
            if text.strip():
                yield f"{row} {field.label.text}".strip(), text


def _text(field: Any) -> str:
    if isinstance(field, BooleanField):
        return _("是") if field.data else ""
    if isinstance(field, SelectField):
        return joined(label for value, label, picked, *_rest in field.iter_choices() if picked and value)
    return str(field._value())
