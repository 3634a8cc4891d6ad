"""The list, the project page, and the one route of every act."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

from flask import Response, flash, make_response, request, send_file, url_for
from flask_babel import gettext as _

from perfflow.core import advance, files
from perfflow.core.access import Permission, Reach, may, project_for
from perfflow.core.bulk import acts_for
from perfflow.core.errors import Forbidden, NotFound
from perfflow.pages.projects import history, issues, listing, queries, scores
from perfflow.pages.projects.figures import Figure
from perfflow.pages.projects.forms import DetachForm, UploadForm
from perfflow.process import ITEM, PROJECT, AttachmentPurpose, Datum, Party
from perfflow.web import downloads, events, places
from perfflow.web.acts import act_form, act_values, offer_views, only_asked, shown_fields
from perfflow.web.attachments import file_views
from perfflow.web.filter import here, kept_url, project_filter
from perfflow.web.forms import errors_of, perform
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.opinions import phrase_kept
from perfflow.web.rendering import page
from perfflow.web.typed import typed_into
from perfflow.workflow.definition import Definition, Transition
from perfflow.workflow.engine import Offer

bp = GuardedBlueprint("projects", __name__, url_prefix="/projects")
READ = Permission.PROJECTS_READ


@bp.get("/", needs=READ)
def index() -> Response:
    somebody = actor()
    wanted, row = project_filter(somebody)
    after, before = request.args.get("after", ""), request.args.get("before", "")
    found = listing.project_list(somebody, wanted, after=after, before=before)
    response = page(
        "projects/index.html",
        fragments=("results", "print_note"),
        filter=row,
        rows=found.rows,
        count=listing.list_count(somebody, wanted),
        beyond=bool(after or before),
        prev_url=kept_url(".index", before=found.before) if found.before else None,
        next_url=kept_url(".index", after=found.after) if found.after else None,
        show_url=url_for(".show", project_id=0).removesuffix("0"),
        bulk=acts_for(somebody),
        downloads=downloads.of_list(somebody),
        may_declare=may(somebody, Permission.DECLARE),
        may_register=may(somebody, Permission.REGISTER),
    )
    response.headers["HX-Push-Url"] = here()
    return response


# ---------------------------------------------------------------- the project page


@bp.get("/<int:project_id>", needs=READ)
def show(project_id: int) -> Response:
    found = reach()
    view = issues.first_view(found, actor())
    return page(
        "projects/show.html",
        view=view,
        scores=scores.view(found, view.numbers if view else frozenset()),
        overview=_overview(found),
        files=[row for row in file_views(found, actor()) if not row.withdrawn],
        may_upload=_purpose(found) is not None,
        downloads=downloads.of_project(found, actor()),
    )


def _overview(found: Reach) -> list[Figure]:
    text = queries.overview(found)
    return [Figure(_("项目概况"), text, "")] if text else []


@bp.get("/<int:project_id>/issues", needs=READ, endpoint="issues")
def show_issues(project_id: int) -> Response:
    if not reach().sees(Datum.FINDINGS):
        raise NotFound
    return page(
        "projects/issues.html",
        view=issues.view(reach(), actor()),
        downloads=downloads.of_page(reach(), actor(), Datum.FINDINGS),
    )


@bp.get("/<int:project_id>/history", needs=READ, endpoint="history")
def show_history(project_id: int) -> Response:
    found = history.page(reach(), _number(request.args.get("before", "")))
    older = url_for(".history", project_id=project_id, before=found.before) if found.before else None
    return page("projects/history.html", history=found, older_url=older)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


# ---------------------------------------------------------------- files


@bp.get("/<int:project_id>/files", needs=READ, endpoint="files")
def show_files(project_id: int) -> Response:
    return _files_page(UploadForm())


def _files_page(form: UploadForm, status: int = 200) -> Response:
    return page(
        "projects/files.html",
        status=status,
        form=form if _purpose(reach()) else None,
        errors=errors_of(form),
        rows=file_views(reach(), actor()),
    )


def _purpose(found: Reach) -> AttachmentPurpose | None:
    """What a file uploaded here and now would be; None when this person adds none at this stage."""
    if found.state == "declaring" and Party.UNIT in found.parties:
        return AttachmentPurpose.DECLARATION
    if found.state == "awaiting_firm" and found.registered and Party.SUPERVISOR in found.parties:
        return AttachmentPurpose.PAPER
    if found.state == "evaluating" and Party.EVALUATOR in found.parties:
        return AttachmentPurpose.REPORT
    return None


@bp.post("/<int:project_id>/files", needs=Permission.PROJECTS_ACT)
def upload(project_id: int) -> Response:
    form = UploadForm()
    if _purpose(reach()) is None:
        raise Forbidden
    if not form.validate():
        return _files_page(form, 422)

    def work() -> str:
        somebody = actor()
        found = project_for(somebody, project_id)  # as it stands now: somebody may have moved it on meanwhile
        purpose = _purpose(found)
        if purpose is None:
            raise Forbidden
        assignment_id = found.assignment_id if purpose is AttachmentPurpose.REPORT else None
        for one in form.files.received:
            files.attach(one, purpose, reach=found, actor=somebody, assignment_id=assignment_id)
        return url_for(".files", project_id=project_id)

    return perform(form, work, again=lambda status: _files_page(form, status))


@bp.get("/<int:project_id>/files/<int:file_id>", needs=READ)
def download(project_id: int, file_id: int) -> Response:
    attachment = files.find(file_id, reach())
    path = files.path_of(attachment.sha256)
    if attachment.withdrawn_at is not None or not path.is_file():
        raise NotFound
    events.note("download", project=project_id, file=file_id, sha256=attachment.sha256)
    response = make_response(
        send_file(
            BytesIO(path.read_bytes()), mimetype="application/octet-stream", as_attachment=True,
            download_name=attachment.name,
        )
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@bp.get("/<int:project_id>/files/<int:file_id>/withdraw", needs=Permission.PROJECTS_ACT)
def detach(project_id: int, file_id: int) -> Response:
    return _detach_page(DetachForm(), file_id)


def _detach_page(form: DetachForm, file_id: int, status: int = 200) -> Response:
    attachment = files.find(file_id, reach())
    if not files.may_detach(attachment, reach(), actor()):
        raise Forbidden
    return page("projects/detach.html", status=status, form=form, errors=errors_of(form), file_name=attachment.name)


@bp.post("/<int:project_id>/files/<int:file_id>/withdraw", needs=Permission.PROJECTS_ACT)
def detach_now(project_id: int, file_id: int) -> Response:
    form = DetachForm()
    kept = phrase_kept(form)
    if kept is not None or not form.validate():
        return _detach_page(form, file_id, kept or 422)
    gone: list[str] = []

    def work() -> str:
        somebody = actor()
        now = project_for(somebody, project_id)
        unused = files.detach(file_id, form.reason.data, reach=now, actor=somebody)
        gone.extend([unused] if unused else [])
        return url_for(".files", project_id=project_id)

    answer = perform(form, work, again=lambda status: _detach_page(form, file_id, status))
    for sha256 in gone:
        files.discard(sha256)
    return answer


# ---------------------------------------------------------------- acts


@bp.get("/<int:project_id>/act/<action>", needs=Permission.PROJECTS_ACT, before_declaring=True)
def act(project_id: int, action: str) -> Response:
    transition = _transition(PROJECT, action)
    return _act_page(transition, act_form(transition, reach(), reach().version))


@bp.post("/<int:project_id>/act/<action>", needs=Permission.PROJECTS_ACT, before_declaring=True)
def act_now(project_id: int, action: str) -> Response:
    transition = _transition(PROJECT, action)
    form = act_form(transition, reach(), reach().version)
    if only_asked():
        return _act_page(transition, form)

    def do(values: dict[str, Any]) -> None:
        advance.advance_project(
            project_id, action, actor=actor(), version=form.version.data or 0, values=values
        )

    return _act(transition, form, do, lambda status: _act_page(transition, form, status), project_id)


@bp.get("/<int:project_id>/items/<int:number>/act/<action>", needs=Permission.PROJECTS_ACT)
def act_on_item(project_id: int, number: int, action: str) -> Response:
    transition = _transition(ITEM, action)
    item = queries.item_of(reach(), number)
    if item is None:
        raise NotFound
    return _item_page(transition, act_form(transition, reach(), item.version), item)


@bp.post("/<int:project_id>/items/<int:number>/act/<action>", needs=Permission.PROJECTS_ACT)
def act_on_item_now(project_id: int, number: int, action: str) -> Response:
    transition = _transition(ITEM, action)
    item = queries.item_of(reach(), number)
    if item is None:
        raise NotFound
    item_id, form = item.id, act_form(transition, reach(), item.version)
    if only_asked():
        return _item_page(transition, form, item)

    def do(values: dict[str, Any]) -> None:
        advance.advance_item(item_id, action, actor=actor(), version=form.version.data or 0, values=values)

    def again(status: int) -> Response:
        fresh = queries.item_of(reach(), number)
        if fresh is None:
            raise NotFound
        return _item_page(transition, form, fresh, status)

    return _act(transition, form, do, again, project_id, number)


def _transition(definition: Definition, action: str) -> Transition:
    transition = definition.named(action)
    if transition is None or transition.internal:
        raise NotFound
    advance.check_party(reach(), transition)
    return transition


def _act(
    transition: Transition,
    form: Any,
    do: Callable[[dict[str, Any]], None],
    again: Callable[[int], Response],
    project_id: int,
    number: int | None = None,
) -> Response:
    """One act, whichever: fields, files before the unit of work, then the only writer of a state."""
    kept = phrase_kept(form)
    if kept is not None or not form.validate():
        return again(kept or 422)
    values = act_values(form, transition)

    def work() -> str:
        do(values)
        if number is not None:
            return places.after_item(project_id, number)
        gone = transition.effect in ("end_declined",)
        return url_for("inbox.index") if gone else url_for(".show", project_id=project_id)

    answer = perform(form, work, again=again)
    if answer.status_code == 303:
        flash(_("已办理：%(act)s。", act=_(transition.label)))
    return answer


def _act_page(transition: Transition, form: Any, status: int = 200) -> Response:
    found = reach()
    if status == 409:
        # he was told who was faster, and what he typed is kept: sending once more is his decision
        form.version.data = found.version
    offers = advance.project_offers(found, actor())
    back_url = url_for(".show", project_id=found.id)
    return _page_of(transition, form, offers, back_url, None, queries.due_on(found), status)


def _item_page(transition: Transition, form: Any, item: Any, status: int = 200) -> Response:
    found = reach()
    if status == 409:
        form.version.data = item.version
    offers = advance.item_offers(found, item, actor())
    back_url = places.item_url(found.id, item.number)
    return _page_of(transition, form, offers, back_url, item.number, item.due_on, status)


def _page_of(
    transition: Transition, form: Any, offers: tuple[Offer, ...], back_url: str, number: int | None,
    due_on: date | None, status: int,
) -> Response:  # fmt: skip
    """The form of an act; when it is not possible now, every reason instead."""
    found = reach()
    mine = tuple(offer for offer in offers if offer.transition is transition)
    views = offer_views(mine, found, lambda action: places.act_url(found.id, action, number))
    return page(
        "projects/act.html",
        fragments=("act",),
        status=status,
        act_label=_(transition.label),
        tone=transition.tone,
        warning=_(transition.warning) if transition.warning else "",
        offer=views[0] if views else None,
        form=form,
        fields=shown_fields(form, transition, due_on),
        errors=errors_of(form),
        kept=list(typed_into(form)) if status == 409 else [],
        back_url=back_url,
        item_number=number,
    )
