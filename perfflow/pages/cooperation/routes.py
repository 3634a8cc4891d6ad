"""催办, 转办, 抄送与传阅, 常用意见: a button or a page for each."""

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from perfflow.core import cooperation
from perfflow.core.access import Permission, may
from perfflow.core.errors import Refused
from perfflow.db import unit_of_work
from perfflow.pages.cooperation import queries
from perfflow.pages.cooperation.forms import BACK_TO_ALL, HandOverForm, KeepForm, PhrasesForm, ShareForm
from perfflow.web.forms import ActForm, errors_of, perform
from perfflow.web.guard import GuardedBlueprint, actor, reach
from perfflow.web.opinions import keep, phrase_kept
from perfflow.web.places import after_item, cooperation_url
from perfflow.web.problems import problem, say
from perfflow.web.rendering import page
from perfflow.web.rows import rows_changed
from perfflow.web.translate import noted

bp = GuardedBlueprint("cooperation", __name__)
ACT = Permission.PROJECTS_ACT


def _place(project_id: int, number: int | None) -> str:
    return url_for("projects.show", project_id=project_id) if number is None else after_item(project_id, number)


# ---------------------------------------------------------------- 催办


@bp.post("/projects/<int:project_id>/urge", needs=ACT)
def urge(project_id: int) -> Response:
    return _urge(project_id, None)


@bp.post("/projects/<int:project_id>/items/<int:number>/urge", needs=ACT)
def urge_item(project_id: int, number: int) -> Response:
    return _urge(project_id, number)


def _urge(project_id: int, number: int | None) -> Response:
    back_url = _place(project_id, number)

    def work() -> str:
        cooperation.urge(project_id, number, actor=actor())
        return back_url

    try:
        answer = perform(ActForm(), work)
    except Refused as refused:
        # nothing was typed and nothing is to be mended: the reason alone, and the way back
        return problem(409, _("没有催办"), say(refused.reasons[0]), back_url=back_url)
    flash(_("已催办，对方会收到消息。"))
    return answer


# ---------------------------------------------------------------- 转办


@bp.get("/projects/<int:project_id>/hand-over", needs=ACT)
def hand_over(project_id: int) -> Response:
    return _hand_over_page(HandOverForm(), project_id, None)


@bp.post("/projects/<int:project_id>/hand-over", needs=ACT)
def hand_over_now(project_id: int) -> Response:
    return _hand_over(project_id, None)


@bp.get("/projects/<int:project_id>/items/<int:number>/hand-over", needs=ACT)
def hand_over_item(project_id: int, number: int) -> Response:
    return _hand_over_page(HandOverForm(), project_id, number)


@bp.post("/projects/<int:project_id>/items/<int:number>/hand-over", needs=ACT)
def hand_over_item_now(project_id: int, number: int) -> Response:
    return _hand_over(project_id, number)


def _hand_over(project_id: int, number: int | None) -> Response:
    form = HandOverForm()
    kept = phrase_kept(form)
    if kept is not None or not form.validate():
        return _hand_over_page(form, project_id, number, kept or 422)
    wanted = str(form.to.data)
    to = None if wanted == BACK_TO_ALL else int(wanted) if wanted.isascii() and wanted.isdigit() else 0

    def work() -> str:
        cooperation.hand_over(project_id, number, to, form.reason.data, actor=actor())
        return _place(project_id, number)

    answer = perform(form, work, again=lambda status: _hand_over_page(form, project_id, number, status))
    if answer.status_code == 303:
        flash(_("已转办。") if to else _("已交回，本单位各人都可以办理。"))
    return answer


def _hand_over_page(form: HandOverForm, project_id: int, number: int | None, status: int = 200) -> Response:
    task = cooperation.task_of(reach(), number)
    against = cooperation.against_handing_over(task, actor())
    holder = cooperation.holder_of(task)
    form.to.choices = [
        ("", _("请选择")),
        *((str(one.id), one.name) for one in cooperation.colleagues(actor()) if one.name and one.id != task.holder_id),
        *([(BACK_TO_ALL, _("交回本单位，各人都可以办理"))] if holder else []),
    ]
    return page(
        "cooperation/hand_over.html",
        status=status,
        form=form,
        errors=errors_of(form),
        against=say(against) if against else "",
        holder=holder,
        number=number,
        form_url=cooperation_url("hand_over", project_id, number),
        back_url=_place(project_id, number),
    )


# ---------------------------------------------------------------- 抄送, 传阅


@bp.get("/projects/<int:project_id>/share", needs=ACT)
def share(project_id: int) -> Response:
    return _share_page(ShareForm())


@bp.post("/projects/<int:project_id>/share", needs=ACT)
def share_now(project_id: int) -> Response:
    form = ShareForm()
    _offer_readers(form)
    kept = phrase_kept(form)
    if kept is not None or "find_people" in request.form:
        return _share_page(form, kept or 200)
    if not form.validate():
        return _share_page(form, 422)
    chosen = [int(value) for value in form.to.data or []]

    def work() -> str:
        cooperation.share(project_id, chosen, form.reason.data, actor=actor())
        return url_for(".sent")

    answer = perform(form, work, again=lambda status: _share_page(form, status))
    if answer.status_code == 303:
        flash(_("已抄送 %(count)d 人。", count=len(chosen)))
    return answer


def _offer_readers(form: ShareForm) -> bool:
    """Put the people to choose from into the form: all of them, or the chosen and those who fit what was typed.
    Returns whether there are more."""
    chosen = [int(text) for text in form.to.raw_data or [] if text.isascii() and text.isdigit() and len(text) < 10]
    people, more = cooperation.find_readers(reach(), actor(), words=form.words.data or "", chosen=chosen)
    form.to.choices = [(str(one.id), noted(one.name, one.organisation)) for one in people]
    return more


def _share_page(form: ShareForm, status: int = 200) -> Response:
    more = _offer_readers(form)
    return page(
        "cooperation/share.html",
        status=status,
        form=form,
        errors=errors_of(form),
        more=more or bool(form.words.data),
        back_url=_place(reach().id, None),
    )


@bp.get("/shares", needs=Permission.INBOX)
def shares() -> Response:
    found = queries.received(actor(), after=request.args.get("after", ""), before=request.args.get("before", ""))
    return _list("cooperation/shares.html", found)


@bp.get("/shares/sent", needs=ACT)
def sent() -> Response:
    found = queries.sent(actor(), after=request.args.get("after", ""), before=request.args.get("before", ""))
    return _list("cooperation/sent.html", found)


def _list(template: str, found: queries.Found) -> Response:
    here = str(request.endpoint)
    labels = {"cooperation.shares": _("抄送给我的"), "cooperation.sent": _("我抄送的")}
    # who acts on nothing lays nothing before others
    own = labels if may(actor(), ACT) else {}
    return page(
        template,
        rows=found.rows,
        tabs=[
            {"label": label, "url": url_for(endpoint), "current": endpoint == here, "count": None}
            for endpoint, label in own.items()
        ],
        prev_url=url_for(here, before=found.before) if found.before else None,
        next_url=url_for(here, after=found.after) if found.after else None,
    )


@bp.post("/shares/<int:share_id>/read", needs=Permission.INBOX)
def read(share_id: int) -> Response:
    def work() -> str:
        cooperation.check_received(share_id, actor=actor())
        cooperation.mark_read(share_id=share_id, actor=actor())
        return url_for(".shares")

    return perform(ActForm(), work)


@bp.after_app_request
def note_reading(response: Response) -> Response:
    """Whoever opens the project has read what was laid before him. Written after the answer, as all that a GET
    leaves behind."""
    if request.endpoint != "projects.show" or request.method != "GET" or response.status_code != 200:
        return response
    somebody, project_id = actor(), reach().id
    try:
        if cooperation.unread_of_project(project_id, actor=somebody):
            with unit_of_work():
                cooperation.mark_read(project_id=project_id, actor=somebody)
    except Exception:  # the answer is made: a receipt that is lost must not undo it, and the button is still there
        current_app.logger.exception("reading not noted, project %d", project_id)
    return response


# ---------------------------------------------------------------- 常用意见


@bp.get("/phrases", needs=ACT)
def phrases() -> Response:
    return _phrases_page(PhrasesForm(data={"rows": [{"text": text} for text in cooperation.phrases_of(actor())]}))


@bp.post("/phrases", needs=ACT)
def save_phrases() -> Response:
    form = PhrasesForm()
    if rows_changed(form):
        return _phrases_page(form)
    if not form.validate():
        return _phrases_page(form, 422)
    texts = [entry.form.text.data or "" for entry in form.rows.entries]

    def work() -> str:
        cooperation.save_phrases(texts, actor=actor())
        return url_for(".phrases")

    answer = perform(form, work, again=lambda status: _phrases_page(form, status))
    if answer.status_code == 303:
        flash(_("常用意见已保存。"))
    return answer


@bp.post("/phrases/keep", needs=ACT)
def keep_phrase() -> Response:
    """The button beside an opinion, with script: the form it stands in is not sent, nor left."""
    form = KeepForm()
    against = "" if form.validate() else str(form.reason.errors[0])
    against = against or keep(form.reason.data or "")
    texts = [{"text": text} for text in cooperation.phrases_of(actor())]
    again = PhrasesForm(formdata=None, data={"rows": texts})
    return _phrases_page(again, 422 if against else 200, against or _("已存为常用意见。"))


def _phrases_page(form: PhrasesForm, status: int = 200, said: str = "") -> Response:
    return page(
        "cooperation/phrases.html",
        fragments=("said",) if said else (),
        said=said,
        status=status,
        form=form,
        errors=errors_of(form),
        most=cooperation.PHRASES,
    )
