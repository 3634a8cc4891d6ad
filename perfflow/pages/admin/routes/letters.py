"""The wording of the letters: one page for each, with the names that may stand in it and how the letter reads."""

from typing import Any

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import letters
from perfflow.core.errors import NotFound
from perfflow.core.letters import Wording
from perfflow.pages.admin.forms import LetterForm
from perfflow.pages.admin.log import changes_about
from perfflow.pages.admin.routes.blueprint import ADMINISTER, bp
from perfflow.papers.letter_texts import LETTERS, LetterKind, LetterSpec, braced, faults, filled, tidied
from perfflow.web.forms import ActForm, errors_of, perform
from perfflow.web.guard import actor
from perfflow.web.rendering import page

ROWS = {"opening": 4, "answering": 8, "closing": 2}


@bp.get("/letters", needs=ADMINISTER, endpoint="letters")
def index() -> Response:
    return page("admin/letters.html", rows=[(spec, letters.wording(kind)) for kind, spec in LETTERS.items()])


@bp.get("/letters/<kind>", needs=ADMINISTER)
def edit_letter(kind: str) -> Response:
    spec = _known(kind)
    now = letters.wording(spec.kind)
    form = LetterForm(data=dict(now.texts))
    form.version.data = now.version
    return _page(form, 200, spec, now)


@bp.post("/letters/<kind>", needs=ADMINISTER)
def update_letter(kind: str) -> ResponseReturnValue:
    spec = _known(kind)
    form = LetterForm()
    if "preview" in request.form:
        _stand(form, spec)
        return _page(form, 200, spec, letters.wording(spec.kind), previewed=True)
    in_order = form.validate()
    if not _stand(form, spec) or not in_order:
        return _page(form, 422, spec, letters.wording(spec.kind))

    def work() -> str:
        letters.save(spec.kind, _texts(form, spec), form.reason.data, version=form.version.data, actor=actor())
        flash(_("文书用语已保存。"), "ok")
        return url_for(".letters")

    return perform(form, work, again=lambda status: _page(form, status, spec, letters.wording(spec.kind)))


@bp.post("/letters/<kind>/default", needs=ADMINISTER)
def restore_letter(kind: str) -> ResponseReturnValue:
    spec = _known(kind)
    form = ActForm()

    def work() -> str:
        letters.restore(spec.kind, version=form.version.data, actor=actor())
        flash(_("已恢复默认用语。"), "ok")
        return url_for(".edit_letter", kind=kind)

    return perform(form, work)


def _known(kind: str) -> LetterSpec:
    if kind not in list(LetterKind):
        raise NotFound
    return LETTERS[LetterKind(kind)]


def _texts(form: LetterForm, spec: LetterSpec) -> dict[str, str]:
    return {part.key: form[part.key].data or "" for part in spec.parts}


def _stand(form: LetterForm, spec: LetterSpec) -> bool:
    """Every fault of every text at its field."""
    for key, text in _texts(form, spec).items():
        found = [_(fault.message, **fault.params) for fault in faults(spec, key, text)]
        form[key].errors = found or form[key].errors
    return not any(form[part.key].errors for part in spec.parts)


def _page(form: Any, status: int, spec: LetterSpec, now: Wording, *, previewed: bool = False) -> Response:
    restore = ActForm(formdata=None)
    restore.version.data = now.version
    typed = {key: tidied(text) for key, text in _texts(form, spec).items()}
    return page(
        "admin/letter.html",
        fragments=("letter",),
        status=status,
        action=url_for(".update_letter", kind=spec.kind.value),
        restore_url=url_for(".restore_letter", kind=spec.kind.value),
        form=form,
        restore_form=restore,
        errors=errors_of(form),
        spec=spec,
        parts_of=[(form[part.key], braced(part.needs), ROWS[part.key]) for part in spec.parts],
        names=[(braced([name.word]), _(name.meaning), name.example) for name in spec.names],
        shown={key: filled(text, spec.examples) for key, text in typed.items()},
        previewed=previewed,
        changed=now.changed,
        history=changes_about(letters.subject(spec.kind)),
    )
