"""Forms: typed fields with limits, rows without script, and the one way in which a form acts."""

import re
import unicodedata
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, g, redirect
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto as AUTO
from flask_wtf.i18n import translations
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    MultipleFileField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from perfflow.core import files, form_keys
from perfflow.core.drafts import Pairs
from perfflow.core.errors import Conflict, Invalid, RefusedUpload
from perfflow.core.files import Received
from perfflow.db import db, unit_of_work
from perfflow.papers import kinds
from perfflow.web import drafts, events
from perfflow.web.guard import actor, look_again
from perfflow.web.problems import faster, not_taken, problem, say, typed
from perfflow.web.rendering import remember_act
from perfflow.web.typed import typed_into

NAME_LIMIT = 200
PROSE_LIMIT = 20_000
ROW_LIMIT = 200
LARGEST_FEN = 10**15  # 10 trillion yuan; beyond it a typing slip, and well inside 64 bits
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")


class Version(HiddenField):
    """The version a form was drawn from; a whole number, or None where there is nothing to compare.

    A form that is filled from a draft keeps the version of the draft, whatever its page knows by now: sending it
    then meets the refusal that everybody meets who was slower.
    """

    _data: int | None = None
    of_draft = False
    newest: int | None = None

    @property
    def data(self) -> int | None:
        return self._data

    @data.setter
    def data(self, value: int | None) -> None:
        if self.of_draft:
            self.newest = value
        else:
            self._data = value

    def stay(self) -> None:
        """What came is the draft's; what the page gave, or will give, is the newest."""
        self.of_draft, self.newest = True, self.object_data

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class RowId(HiddenField):
    """The id of a row that is already on file; None for a new one."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


class ActForm(FlaskForm):
    """Base of every form that changes something. What somebody writes into one is kept as a draft (web/drafts.py)."""

    form_name = ""
    """By which a draft finds its form again; the class, unless it says otherwise."""

    version = Version()
    form_key = HiddenField(default=form_keys.new)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "form_name" not in cls.__dict__:
            cls.form_name = ".".join([*cls.__module__.split(".")[-2:-1], cls.__name__])[:100]

    def __init__(self, formdata: Any = AUTO, *, form_name: str = "", **kwargs: Any) -> None:
        self.form_name = form_name or self.form_name
        found = drafts.asked_for(self.form_name) if formdata is AUTO or formdata is None else None
        self.restored = found[0] if found else None
        self.in_hand = formdata is AUTO
        super().__init__(found[1] if found else formdata, **kwargs)
        if found:
            self.version.stay()

    @property
    def is_written(self) -> bool:
        """Whether somebody writes in it: whole sentences, or rows."""
        return any(isinstance(field, (TextAreaField, FieldList)) for field in self)

    @property
    def draft_offer(self) -> drafts.Offer | None:
        """The draft that waits for this form, or the one it was filled from."""
        head = self.restored or drafts.offered_to(self.form_name)
        newest = self.version.newest if self.restored else self.version.data
        return drafts.offer(head, newest, restored=self.restored is not None) if head else None

    @property
    def draft_id(self) -> int | None:
        """The draft that was offered on this form when it was drawn first."""
        offer = self.draft_offer
        return offer.id if offer else drafts.sent_id() if self.in_hand else None

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields first; only when all are in order are the chosen files checked and stored."""
        if not super().validate(extra_validators):
            return False
        taken = [field.receive() for field in _file_fields(self)]
        return all(taken)

    def values(self) -> dict[str, Any]:
        """The typed values without the technical fields."""
        technical = {"csrf_token", "version", "form_key"}
        return {name: value for name, value in self.data.items() if name not in technical}

    @property
    def general_errors(self) -> list[str]:
        return list(self.form_errors)


class RowForm(Form):
    """Base of the rows of a form; a plain Form would refuse in English."""

    class Meta:
        def get_translations(self, form: Any) -> Any:
            return translations


class Typed:
    """A field that somebody types into."""

    raw_data: Any
    render_kw: Any
    errors: Any
    process_formdata: Any
    _value: Any

    def type_in(self, text: str) -> None:
        """As if it had come with the form."""
        self.raw_data = [text]
        try:
            self.process_formdata([text])
        except ValueError as error:
            self.errors = [*self.errors, str(error)]


class _Written(Typed):
    """What is typed: control characters refused, spaces at the ends dropped, lines end the same everywhere."""

    limit = NAME_LIMIT
    multiline = False
    data: str

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").replace("\r\n", "\n").replace("\r", "\n")
        self.data = text.strip() if self.multiline else " ".join(text.split())

    def pre_validate(self, form: Any) -> None:
        if _CONTROL.search(self.data or ""):
            raise ValidationError(_("含有不能识别的控制字符，请删除后重试。"))
        if len(self.data or "") > self.limit:
            raise ValidationError(
                _("现有 %(now)d 字，请控制在 %(limit)d 字以内。", now=len(self.data), limit=self.limit)
            )


class Line(_Written, StringField):
    """One line of text, at most 200 characters unless told otherwise."""

    def __init__(self, *args: Any, limit: int = NAME_LIMIT, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(*args, **kwargs)
        self.flags.maxlength = limit


class Prose(_Written, TextAreaField):
    """Several paragraphs; each line is one, as typed."""

    multiline = True

    def __init__(self, *args: Any, limit: int = PROSE_LIMIT, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(*args, **kwargs)
        self.flags.maxlength = limit


class _Parsed(Typed, StringField):
    """A text that stands for a value: what was typed stays in `raw`, the value is in `data`."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        if not text:
            self.data = None
            return
        if len(text) > 40:
            self.data = None
            raise ValueError(_("内容过长。"))
        self.data = self.read(text)

    @property
    def filed(self) -> str:
        """As typed."""
        return str(self.raw_data[0]).strip() if self.raw_data else ""

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value; ValueError with a sentence when the text is none."""

    @abstractmethod
    def write(self, value: Any) -> str:
        """The value as it is typed."""


class MoneyField(_Parsed):
    """Money in fen. A bare number means yuan; 万元 and 亿元 are understood.

    `doubt`: a sentence beside the field that keeps nobody from saving it. What static/sums.js compares while
    somebody types stands in render_kw: data_beside (the name of a field of like size), data_above (one it is a
    part of), or data_known with data_label (an amount on file).
    """

    doubt = ""

    @property
    def echo(self) -> str:
        """The amount in yuan, written out, so that a wrong unit is seen."""
        return f"{self.data // 100:,}.{self.data % 100:02d}" if isinstance(self.data, int) else ""

    def read(self, text: str) -> int:
        try:
            value = kinds.Money(bare="元").read(text)
        except kinds.Unreadable as error:
            raise ValueError(_(error.msgid, **error.params)) from error
        if not 0 <= value <= LARGEST_FEN:
            raise ValueError(_("金额超出范围。"))
        return value

    def write(self, value: int) -> str:
        return f"{value // 100}.{value % 100:02d}" if value % 100 else str(value // 100)


class PointsField(_Parsed):
    """Points in exact hundredths, between 0 and 100."""

    def read(self, text: str) -> int:
        plain = text.translate(str.maketrans("０１２３４５６７８９．", "0123456789.")).removesuffix("分").strip()
        try:
            hundredths = Decimal(plain) * 100
        except InvalidOperation as error:
            raise ValueError(_("“%(text)s”不是分数。请写成 5.5。", text=text)) from error
        if not hundredths.is_finite() or not 0 <= hundredths <= 10_000:
            raise ValueError(_("分数应在 0 到 100 之间。"))
        if hundredths != hundredths.to_integral_value():
            raise ValueError(_("分数最多两位小数。"))
        return int(hundredths)

    def write(self, value: int) -> str:
        return f"{value / 100:.2f}".rstrip("0").rstrip(".")


class WholeField(_Parsed):
    """A whole number within bounds."""

    def __init__(self, *args: Any, lowest: int = 0, highest: int = 9999, **kwargs: Any) -> None:
        self.lowest, self.highest = lowest, highest
        super().__init__(*args, **kwargs)

    def read(self, text: str) -> int:
        plain = "".join(unicodedata.normalize("NFKC", text).split())
        if not re.fullmatch(r"[0-9]{1,9}", plain) or not self.lowest <= int(plain) <= self.highest:
            raise ValueError(
                _("请填写 %(low)d 到 %(high)d 之间的整数。", low=self.lowest, high=self.highest)
            )
        return int(plain)

    def write(self, value: int) -> str:
        return str(value)


class DayField(DateField):
    """A day, by the browser's own date control; between 1990 and 2100."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        if not text:
            self.data = None
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError as error:
            self.data = None
            raise ValueError(_("“%(text)s”不是日期。请写成 2026-06-30。", text=text[:20])) from error
        if not 1990 <= self.data.year <= 2100:
            self.data = None
            raise ValueError(_("年份应在 1990 到 2100 之间。"))


class ManyField(SelectMultipleField):
    """Several of the choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        known = {value for value, *_rest in self.iter_choices()}
        if not known.issuperset(self.data or ()):
            raise ValidationError(_("所选的内容不在可选范围内，请重新选择。"))


class FilesField(MultipleFileField):
    """Files; which kinds are taken is decided by their content. `received`: those of a form that is in order."""

    errors: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received: list[Received] = []

    def receive(self) -> bool:
        """Check and store the chosen files, before the unit of work; one that is not taken is an error here."""
        try:
            self.received = received_files(self)
        except RefusedUpload as refused:
            self.errors = [*self.errors, not_taken(refused)]
        return not self.errors


def _file_fields(fields: Iterable[Any]) -> Iterator[FilesField]:
    """The file fields of a form, those of its rows included."""
    for field in fields:
        if isinstance(field, FilesField):
            yield field
        elif isinstance(field, FieldList):
            yield from _file_fields(field.entries)
        elif isinstance(field, FormField):
            yield from _file_fields(field.form)


def must(message: str = "") -> Callable[[Any, Any], None]:
    """A validator: something must be filled in. `message` is a message id."""
    sentence = lazy_gettext(message or "此项还没有填写。")

    def check(form: Any, field: Any) -> None:
        if not field.errors and field.data in (None, "", [], ()):
            raise ValidationError(sentence)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def labelled(form_name: str, pairs: Pairs) -> tuple[tuple[str, str], ...]:
    """The texts of a draft under the labels of its form; where those are not known, in their order."""
    kind = _kinds(ActForm).get(form_name)
    if kind is not None:
        return tuple(typed_into(kind(MultiDict(pairs))))
    texts = [(name, text) for name, text in pairs if text.strip()]
    if form_name.startswith(drafts.ACT):
        act = drafts.act_named(form_name)
        labels = {field.name: _(field.label) for field in act.fields} if act else {}
        labels["reason"] = _("办理意见")
        return tuple((labels[name], text) for name, text in texts if name in labels)
    return tuple((_("第 %(number)d 项", number=number), text) for number, (_name, text) in enumerate(texts, 1))


def _kinds(base: type[ActForm]) -> dict[str, type[ActForm]]:
    """Every form by its name; those made from an act live for one request only."""
    found = {}
    for kind in base.__subclasses__():
        if not kind.form_name.startswith(drafts.ACT):
            found[kind.form_name] = kind
        found |= _kinds(kind)
    return found


def uploads(field: Any) -> list[FileStorage]:
    """The files really chosen in a file field."""
    return [f for f in (field.data or []) if isinstance(f, FileStorage) and f.filename]


def received_files(field: Any) -> list[Received]:
    """Check and store every chosen file, before the unit of work. Raises RefusedUpload."""
    try:
        return [files.receive(one.filename or "", one.stream) for one in uploads(field)]
    except RefusedUpload as refused:
        events.note("file_rejected", name_given=refused.name, why=str(refused))
        raise


def errors_of(form: Any) -> list[dict[str, str]]:
    """Every error of a form with the address of its field, in the order of the fields; rows included."""
    found: list[dict[str, str]] = [{"message": str(e), "href": ""} for e in getattr(form, "form_errors", [])]
    for field in form:
        found.extend(_field_errors(field))
    return found


def _field_errors(field: Any) -> Iterable[dict[str, str]]:
    if isinstance(field, FieldList):
        for number, entry in enumerate(field.entries, 1):
            for error in _field_errors(entry):
                row = _("%(list)s第 %(row)d 行，%(error)s", list=field.label.text, row=number, error=error["message"])
                yield {"message": row, "href": error["href"]}
        yield from ({"message": str(e), "href": f"#{field.id}"} for e in field.errors if isinstance(e, str))
        return
    if hasattr(field, "form"):
        for inner in field.form:
            yield from _field_errors(inner)
        return
    for error in field.errors:
        label = field.label.text
        yield {"message": _("%(label)s：%(error)s", label=label, error=error), "href": f"#{field.id}"}


def perform(
    form: ActForm, work: Callable[[], str], *, again: Callable[[int], Response] | None = None
) -> Response:
    """Run `work` in one unit of work under the form's key, and go to the address it returns (303).

    A replay is led to the first result. When a field is refused, or somebody was faster, `again(status)` draws
    the form with what was typed; the error stands at its field, or above the form.
    """
    somebody, key = actor(), (form.form_key.data or "")[:64]
    g.form_in_hand = form
    try:
        with unit_of_work():
            earlier = form_keys.result(key, actor=somebody) if key else None
            if earlier is None:
                earlier = work()
                form_keys.keep(key or form_keys.new(), earlier, actor=somebody)
                drafts.forget_sent(key)
        remember_act()
        return redirect(earlier, 303)  # type: ignore[return-value]
    except Invalid as refused:
        if again is None:
            raise
        _put(form, refused)
        return again(422)
    except Conflict as conflict:
        if again is None:
            raise
        look_again()
        form.form_errors = [*form.form_errors, faster(conflict)]
        return again(409)
    except IntegrityError as error:
        db.session.rollback()
        if "form_key" not in str(error.orig):
            raise
        sentence = _("这份表单已由他人提交。请返回重新打开页面。")
        return problem(409, _("没有办理"), sentence, kept=typed())


def _put(form: ActForm, refused: Invalid) -> None:
    sentence = say(refused.reason)
    field = form._fields.get(refused.field.split("-", 1)[0])
    if field is None or isinstance(field, FieldList):
        form.form_errors = [*form.form_errors, sentence]
    else:
        field.errors = [*field.errors, sentence]
