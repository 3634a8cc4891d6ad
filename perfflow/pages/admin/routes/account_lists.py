"""Accounts from an Excel list: the template, the upload, every line looked at, and the passwords shown once.

Only the bytes wait between the steps; confirming reads the same bytes again.
"""

from base64 import b64encode
from io import BytesIO
from typing import Any

from flask import Response, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from perfflow.core import files, people, uploads
from perfflow.core.errors import RefusedUpload
from perfflow.core.files import Received
from perfflow.core.people import NewUser
from perfflow.pages.admin import account_list
from perfflow.pages.admin.account_list import KIND, MOST, NEW, Line, Made
from perfflow.pages.admin.forms import ConfirmListForm, ListForm
from perfflow.pages.admin.routes.blueprint import ADMINISTER, bp
from perfflow.papers.excel_lists import MAX_LIST
from perfflow.papers.package import RefusedFile
from perfflow.process import ROLES
from perfflow.web.forms import errors_of, perform
from perfflow.web.guard import actor
from perfflow.web.refused import refuse
from perfflow.web.rendering import page

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/users/template.xlsx", needs=ADMINISTER)
def account_template() -> Response:
    out = BytesIO()
    account_list.write_account_template(out)
    out.seek(0)
    return send_file(out, mimetype=EXCEL, as_attachment=True, download_name=f"{_('账号名单')}.xlsx")


@bp.get("/users/list", needs=ADMINISTER)
def upload_accounts() -> Response:
    return _upload_page(ListForm(), 200)


@bp.post("/users/list", needs=ADMINISTER)
def keep_accounts() -> ResponseReturnValue:
    form = ListForm()
    if not form.validate():
        return _upload_page(form, 422)
    if len(form.files.received) != 1:
        form.files.errors = [_("请选择一个 .xlsx 文件。")]
        return _upload_page(form, 422)
    received = form.files.received[0]
    try:
        if not _lines(received):
            raise RefusedFile(_("名单中没有账号。请在表头下面逐行填写。"))
    except RefusedFile as refused:
        return _not_taken(form, received, refused)
    made: list[int] = []
    old: list[str] = []

    def work() -> str:
        old.extend(uploads.drop(0))
        made.append(uploads.keep(received, KIND, actor=actor()))
        return url_for(".preview_accounts", upload_id=made[0])

    answer = perform(form, work)
    files.discard_all(old)
    return answer


@bp.get("/users/list/<int:upload_id>", needs=ADMINISTER)
def preview_accounts(upload_id: int) -> Response:
    lines = _lines_of(upload_id)
    form = _confirm_form(lines)
    form.lines.data = [str(line.number) for line in lines if line.state == NEW]
    return _preview_page(form, 200, upload_id, lines)


@bp.post("/users/list/<int:upload_id>", needs=ADMINISTER)
def create_accounts(upload_id: int) -> ResponseReturnValue:
    lines = _lines_of(upload_id)
    form = _confirm_form(lines)
    if not form.validate():
        return _preview_page(form, 422, upload_id, lines)
    chosen = [line for line in lines if str(line.number) in set(form.lines.data or ())]
    if not chosen:
        form.lines.errors = [_("没有勾选要建立的账号。")]
        return _preview_page(form, 422, upload_id, lines)
    # slow on purpose, and so before anybody waits for the unit of work
    new = [_new_user(line) for line in chosen]
    old: list[str] = []
    done: list[int] = []

    def work() -> str:
        done.extend(people.create_users(new, actor=actor()))
        old.extend(uploads.drop(upload_id))
        return url_for(".users", state="never")

    answer = perform(form, work, again=lambda status: _preview_page(form, status, upload_id, _lines_of(upload_id)))
    if not done or answer.status_code != 303:
        return answer
    files.discard_all(old)
    return _shown_once(chosen, new)


def _lines(received: Received) -> list[Line]:
    if received.kind != "xlsx":
        raise RefusedFile(_("请上传 .xlsx 文件，可用下载的模板填写。"))
    if received.size > MAX_LIST:
        raise RefusedFile(_("名单超过 5 MB，请只保留要导入的行和列，另存后再上传。"))
    return account_list.lines_of(files.path_of(received.sha256).read_bytes())


def _lines_of(upload_id: int) -> list[Line]:
    upload = uploads.find(upload_id, KIND, actor=actor())
    try:
        return account_list.lines_of(uploads.content(upload))
    except RefusedFile as refused:
        raise RefusedUpload(upload.name, refused.msgid, refused.params) from refused


def _not_taken(form: Any, received: Received, refused: RefusedFile) -> Response:
    """Said at the field; nothing of the file stays but the event."""
    refuse(form, received, RefusedUpload(received.name, refused.msgid, refused.params))
    return _upload_page(form, 422)


def _confirm_form(lines: list[Line]) -> Any:
    form = ConfirmListForm()
    form.lines.choices = [(str(line.number), line.username) for line in lines if line.state == NEW]
    return form


def _new_user(line: Line) -> NewUser:
    assert line.values is not None
    return NewUser(line.place, line.username, line.organisation_id, line.values, people.one_time_password())


def _upload_page(form: Any, status: int) -> Response:
    return page("admin/account_list.html", status=status, form=form, errors=errors_of(form), most=MOST)


def _preview_page(form: Any, status: int, upload_id: int, lines: list[Line]) -> Response:
    return page(
        "admin/account_preview.html",
        status=status,
        form=form,
        errors=errors_of(form),
        upload_id=upload_id,
        lines=lines,
        ticked=set(form.lines.data or ()),
        counts={state: sum(line.state == state for line in lines) for state in ("new", "there", "faulty")},
    )


def _shown_once(chosen: list[Line], new: list[NewUser]) -> Response:
    """The passwords stand in this answer only; so does the file, which no address gives a second time."""
    made = [
        Made(one.username, one.values.display_name, line.organisation, _(ROLES[one.values.role]), one.one_time.password)
        for line, one in zip(chosen, new, strict=True)
    ]
    content = b64encode(account_list.password_list(made)).decode()
    return page("admin/accounts_made.html", made=made, file=f"data:{EXCEL};base64,{content}")
