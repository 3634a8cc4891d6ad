"""The upload, and the page that confirms: one field for each value that was read, of the very kinds typing uses."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import ValidationError

from perfflow.pages.imports.paper import FILED, Cell, Control, Line, Mark, Proposal, Taken
from perfflow.rules.money import slipped
from perfflow.web import forms as typing
from perfflow.web.forms import (
    ActForm,
    DayField,
    FilesField,
    ManyField,
    MoneyField,
    PointsField,
    Prose,
    WholeField,
    must,
)

TAKE, SURE = "take", "sure"
HIGHEST = {"number": 200}


class UploadForm(ActForm):
    kind = RadioField(_("文件类型"), validate_choice=False)
    files = FilesField(_("文件"), [must("请选择一个文件。")])


class ConfirmForm(ActForm):
    """`about`: the project the page was drawn for; it is drawn anew when that is another one by now."""

    about = HiddenField()

    @property
    def is_written(self) -> bool:
        """Nothing is kept as a draft: the file is, for a day."""
        return False


class AllForm(ActForm):
    """Several papers of one file, taken in as they were read."""

    papers = ManyField(_("导入"), choices=[])


def form_for(proposal: Proposal, *, sent: bool) -> Any:
    """The form of one paper: `sent`, as it came; else as proposed."""
    lines = asked(proposal)
    fields: dict[str, Any] = {"form_name": "imports.ConfirmForm"}
    for line in lines:
        if not line.fixed:
            fields[f"{line.id}-{TAKE}"] = BooleanField(gettext("导入 %(what)s", what=line.label))
        if line.question:
            fields[f"{line.id}-{SURE}"] = BooleanField(gettext("原文无误，按此金额导入"))
        for cell in written(line):
            fields[name_of(line, cell)] = _field(cell)
    form: Any = type("ConfirmPaperForm", (ConfirmForm,), fields)(**_how(proposal, lines, sent))
    _choose(form, lines)
    if not sent:
        _show_as_filed(form, lines)
    return form


def asked(proposal: Proposal) -> list[Line]:
    """The lines that have fields."""
    return [] if proposal.closed else [line for line in proposal.lines if line.open or line.fixed]


def written(line: Line) -> tuple[Cell, ...]:
    """What can be corrected of a line; of one that is not in the paper there is nothing."""
    return () if line.mark is Mark.GONE else line.cells


def name_of(line: Line, cell: Cell) -> str:
    return f"{line.id}-{cell.name}"


def _how(proposal: Proposal, lines: Sequence[Line], sent: bool) -> dict[str, Any]:
    if sent:
        return {}
    data: dict[str, Any] = {"version": proposal.version, "about": about(proposal)}
    for line in lines:
        data[f"{line.id}-{TAKE}"] = line.ticked
        for cell in written(line):
            data[name_of(line, cell)] = list(cell.value) if cell.control is Control.MANY else cell.value
    return {"formdata": None, "data": data}


def about(proposal: Proposal) -> str:
    return "" if proposal.project_id is None else str(proposal.project_id)


def _field(cell: Cell) -> Any:
    needed = [_needed_when_ticked] if cell.required else []
    if cell.control is Control.PROSE:
        return Prose(cell.label, needed, **({"limit": cell.limit} if cell.limit else {}))
    if cell.control is Control.LINE:
        return typing.Line(cell.label, needed, limit=cell.limit or 200)
    if cell.control is Control.WHOLE:
        return WholeField(cell.label, needed, lowest=1, highest=HIGHEST.get(cell.name, 9999))
    kinds: dict[Control, Any] = {
        Control.MONEY: MoneyField, Control.POINTS: PointsField, Control.DAY: DayField, Control.CHOICE: SelectField,
        Control.MANY: ManyField,
    }  # fmt: skip
    return kinds[cell.control](cell.label, needed)


def _needed_when_ticked(form: Any, field: Any) -> None:
    box = form._fields.get(f"{field.name.rpartition('-')[0]}-{TAKE}")
    if (box is None or box.data) and not field.errors and field.data in (None, "", []):
        raise ValidationError(gettext("此项还没有填写。"))


def _choose(form: Any, lines: Sequence[Line]) -> None:
    for line in lines:
        for cell in written(line):
            if cell.control in (Control.CHOICE, Control.MANY):
                form[name_of(line, cell)].choices = list(cell.choices)


def _show_as_filed(form: Any, lines: Sequence[Line]) -> None:
    """An amount or a day stands in its field as the paper has it, also when that is none."""
    for line in lines:
        for cell in written(line):
            if cell.typed and cell.control in (*FILED, Control.DAY, Control.WHOLE):
                form[name_of(line, cell)].raw_data = [cell.typed]


def errors_in(form: Any, proposal: Proposal) -> list[dict[str, str]]:
    """Every error, with the row or entry it stands in: several have a field of that name."""
    labels = {
        f"#{form[name_of(line, cell)].id}": line.label
        for line in asked(proposal)
        if len(line.cells) > 1
        for cell in written(line)
    }
    return [
        one | {"message": gettext("%(row)s %(column)s", row=labels[one["href"]], column=one["message"])}
        if one["href"] in labels
        else one
        for one in typing.errors_of(form)
    ]


# ---------------------------------------------------------------- what was ticked


def in_order(form: Any, proposal: Proposal) -> bool:
    """Whether the ticked lines hold what they must, and every question of them is answered. Lines that are not
    ticked are nobody's concern: what is wrong with them is forgotten."""
    form.validate()
    technical = [form[name] for name in ("csrf_token", "form_key") if name in form]
    fine = not any(field.errors for field in technical)
    for line in asked(proposal):
        fields = [form[name_of(line, cell)] for cell in written(line)]
        if not is_ticked(form, line):
            for field in fields:
                field.errors = []
            continue
        _question(form, line)
        _unread(form, line)
        fine = fine and not any(field.errors for field in fields)
    return fine


def is_ticked(form: Any, line: Line) -> bool:
    if line.asks:
        return any(form[name_of(line, cell)].data for cell in written(line))
    return line.fixed or bool(form[f"{line.id}-{TAKE}"].data)


def _question(form: Any, line: Line) -> None:
    """An amount in doubt is corrected, or said to be right."""
    if not line.question or form[f"{line.id}-{SURE}"].data:
        return
    for cell in written(line):
        field = form[name_of(line, cell)]
        if cell.control is not Control.MONEY or field.errors:
            continue
        corrected = field.data != cell.value and not slipped(field.data, cell.known)
        if not corrected:
            field.errors = [*field.errors, gettext("请改正金额，或勾选“原文无误”。")]


def _unread(form: Any, line: Line) -> None:
    """A day that is none is not even shown by a browser: that it came empty is nobody's decision."""
    for cell in written(line):
        field = form[name_of(line, cell)]
        if cell.typed_only and field.data is None and not field.errors:
            field.errors = [gettext("“%(text)s”没有读懂。请填写，或取消勾选。", text=cell.typed)]


def taken_of(form: Any, proposal: Proposal) -> Taken:
    """The ticked lines with their values as they now stand in the form."""
    found: dict[str, dict[str, Any]] = {}
    for line in asked(proposal):
        if not is_ticked(form, line):
            continue
        values: dict[str, Any] = dict(line.values) if line.mark is Mark.GONE else {}
        for cell in written(line):
            field = form[name_of(line, cell)]
            values[cell.name] = tuple(sorted(field.data or ())) if cell.control is Control.MANY else field.data
            if cell.control in (Control.LINE, Control.PROSE, Control.CHOICE):
                values[cell.name] = field.data or ""
            if cell.control in FILED:
                values[f"{cell.name}_filed"] = field.filed
        found[line.id] = values
    return found
