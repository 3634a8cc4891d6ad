"""The page that compares two versions."""

from flask import Response, request
from flask_babel import gettext as _

from perfflow.core.access import Permission
from perfflow.core.errors import NotFound
from perfflow.pages.versions import queries
from perfflow.pages.versions.forms import VersionsForm
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.rendering import page

bp = GuardedBlueprint("versions", __name__)


@bp.get("/projects/<int:project_id>/versions", needs=Permission.PROJECTS_READ)
def show(project_id: int) -> Response:
    found = reach()
    kinds = queries.kinds(found)
    if not kinds:
        raise NotFound
    wanted = request.args.get("of", "")
    kind = wanted if wanted in kinds else kinds[-1]
    view = queries.comparison(found, actor(), kind, _number("old"), _number("new"))
    form = VersionsForm(formdata=None)
    words = {"declaration": _("绩效目标申报"), "findings": _("存在问题")}
    form.of.choices = [(one, words[one]) for one in kinds]
    form.of.data = kind
    if view is not None:
        form.old.choices = form.new.choices = view.choices
        form.old.data, form.new.data = view.old, view.new
    return page("versions/show.html", fragments=("comparison",), form=form, view=view)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
