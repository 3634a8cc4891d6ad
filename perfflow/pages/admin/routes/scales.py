"""Grade scales: which total is which grade, where and from which year on."""

from typing import Any

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import clock, grades
from perfflow.core.grades import Band, Scale
from perfflow.pages.admin.forms import NewScaleForm, ScaleForm
from perfflow.pages.admin.log import changes_about
from perfflow.pages.admin.routes.blueprint import ADMINISTER, bp, said
from perfflow.web.filters import score
from perfflow.web.forms import ActForm, errors_of, perform
from perfflow.web.guard import actor
from perfflow.web.rendering import page
from perfflow.web.rows import rows_changed
from perfflow.web.translate import FACTS, joined

OTHER = ""
EMPTY_ROWS = 4


@bp.get("/scales", needs=ADMINISTER, endpoint="scales")
def index() -> Response:
    found = grades.scales()
    year = clock.today().year
    return page(
        "admin/scales.html",
        groups=[(_(name), [one for one in found if one.place == place]) for place, name in grades.places().items()],
        in_force={(one.place, one.first_year) for one in found if _holds(one, year)},
        turns={(one.place, one.first_year): _turns(one.bands) for one in found},
    )


@bp.get("/scales/new", needs=ADMINISTER)
def new_scale() -> Response:
    """Filled from the newest scale of the place, when one is named: mostly one bound moves."""
    place = request.args.get("place", "")[:64]
    newest = next((one for one in grades.scales() if one.place == place), None)
    if newest is None:
        return _page(_new_form(bands=[{} for _row in range(EMPTY_ROWS)]), 200)
    year = max(clock.today().year, newest.first_year) + 1
    return _page(_new_form(place=place, first_year=year, bands=_rows(newest)), 200)


@bp.post("/scales/new", needs=ADMINISTER)
def add_scale() -> ResponseReturnValue:
    form = _new_form()
    if rows_changed(form):
        return _page(form, 200)
    if "preview" in request.form:
        return _preview(form)
    if not _in_order(form):
        return _page(form, 422)

    def work() -> str:
        place, year = form.place.data or form.other_place.data, form.first_year.data
        grades.add_scale(place, year, form.source.data, _bands(form), actor=actor())
        flash(_("等级标准已新增。"), "ok")
        return url_for(".scales")

    return perform(form, work, again=lambda status: _page(form, status))


@bp.get("/scales/<place>/<int:first_year>", needs=ADMINISTER)
def edit_scale(place: str, first_year: int) -> Response:
    one = grades.scale(place, first_year)
    form = ScaleForm(data={"source": one.source, "bands": _rows(one)})
    form.version.data = one.version
    return _page(form, 200, one)


@bp.post("/scales/<place>/<int:first_year>", needs=ADMINISTER)
def update_scale(place: str, first_year: int) -> ResponseReturnValue:
    one = grades.scale(place, first_year)
    form = ScaleForm()
    if rows_changed(form):
        return _page(form, 200, one)
    if "preview" in request.form:
        return _preview(form, one)
    if not _in_order(form):
        return _page(form, 422, one)

    def work() -> str:
        grades.update_scale(
            place, first_year, form.source.data, _bands(form), form.reason.data, version=form.version.data,
            actor=actor(),
        )  # fmt: skip
        flash(_("等级标准已保存。"), "ok")
        return url_for(".scales")

    return perform(form, work, again=lambda status: _page(form, status, one))


@bp.post("/scales/<place>/<int:first_year>/remove", needs=ADMINISTER)
def remove_scale(place: str, first_year: int) -> ResponseReturnValue:
    form = ActForm()
    grades.scale(place, first_year)

    def work() -> str:
        grades.remove_scale(place, first_year, version=form.version.data, actor=actor())
        flash(_("等级标准已删除。"), "ok")
        return url_for(".scales")

    return perform(form, work)


def _holds(one: Scale, year: int) -> bool:
    return one.first_year <= year and (one.last_year is None or year <= one.last_year)


def _new_form(**filled: Any) -> Any:
    form = NewScaleForm(data=filled)
    form.place.choices = [*said(grades.places()), (OTHER, _("另一地区"))]
    return form


def _rows(one: Scale) -> list[dict[str, Any]]:
    return [{"label": band.label, "lower": band.lower} for band in one.bands]


def _bands(form: Any) -> list[Band]:
    """The filled rows; a missing bound is none that could be right."""
    return [Band(row.label.data or "", -1 if row.lower.data is None else row.lower.data) for row in _filled(form)]


def _filled(form: Any) -> list[Any]:
    rows = [entry.form for entry in form.bands.entries]
    return [row for row in rows if row.label.data or row.lower.data is not None or row.lower.filed]


def _in_order(form: Any) -> bool:
    """Every fault at its place at once: those of the fields, and of the rows with each other."""
    fields = form.validate()
    return _stand_together(form) and fields


def _stand_together(form: Any) -> bool:
    """Put what is wrong between the rows at its row; a field that could not be read has said so itself."""
    rows, found = _filled(form), grades.faults(_bands(form))
    placed = [(form.bands if fault.row is None else rows[fault.row][fault.name], fault) for fault in found]
    for field, fault in [(field, fault) for field, fault in placed if fault.row is None or not field.errors]:
        field.errors = [*field.errors, _(fault.message)]
    return not found


def _preview(form: Any, one: Scale | None = None) -> Response:
    """The rows as saving would find them; of the other fields nothing is asked yet."""
    form.bands.validate(form)
    _stand_together(form)
    return _page(form, 200, one, previewed=True)


def _turns(bands: Any) -> list[str]:
    """89.99 → 良，90 → 优."""
    return [
        joined((f"{score(below)} → {low}", f"{score(above)} → {high}"), FACTS)
        for below, low, above, high in grades.edges(bands)
    ]


def _page(form: Any, status: int, one: Scale | None = None, *, previewed: bool = False) -> Response:
    typed = _bands(form)
    remove = ActForm(formdata=None)
    if one is not None:
        remove.version.data = one.version
    return page(
        "admin/scale.html",
        fragments=("grades",),
        status=status,
        action=url_for(".update_scale", place=one.place, first_year=one.first_year) if one else url_for(".add_scale"),
        form=form,
        errors=errors_of(form),
        one=one,
        place_name=_(grades.place_name(one.place)) if one else "",
        turns=[] if grades.faults(typed) else _turns(typed),
        previewed=previewed,
        can_remove=one is not None and grades.removable(one),
        remove_form=remove,
        history=changes_about(grades.subject(one.place, one.first_year)) if one else [],
    )
