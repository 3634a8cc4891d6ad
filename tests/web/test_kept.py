"""Whatever goes wrong with a form: the sentence stands on the page, and nothing that was typed is lost."""

from io import BytesIO

import pytest

from perfflow.process import P
from perfflow.web.forms import must
from tests.make import PDF

NO_PDF = b"<html><script>alert(1)</script></html>"


def test_a_refused_file_stands_at_its_field_and_the_form_keeps_what_was_typed(make, client_for):
    play = make.project(P.EVALUATING, ready=True)
    address = f"/projects/{play.id}/evaluation"
    form = client_for(make["lead"]).get(address)

    page = form.press(address, main_performance="写了很久的绩效", files=(BytesIO(NO_PDF), "说明.pdf"))

    assert page.status == 422
    assert "“说明.pdf”的内容与扩展名不符" in page.alert
    assert page.tree.xpath("//div[@class='pf-errors']//a/@href") == ["#files"]
    assert page.tree.get_element_by_id("main_performance").value.strip() == "写了很久的绩效"


def test_a_refused_file_in_a_row_stands_at_that_row(make, client_for):
    play = make.project(P.COMMENTING)
    address = f"/projects/{play.id}/comments"
    form = client_for(make["unit"]).get(address)

    typed = {"answers-0-stance": "dispute", "answers-0-reason": "应为终期"}
    page = form.press(address, **typed, **{"answers-0-files": (BytesIO(b"MZ"), "a.exe")})

    assert page.status == 422
    assert "第 1 行" in page.alert and "a.exe" in page.alert
    assert page.tree.xpath("//div[@class='pf-errors']//a/@href") == ["#answers-0-files"]
    assert "应为终期" in page.text


def test_no_file_is_stored_while_a_field_is_wrong(make, client_for):
    from perfflow.core import files

    play = make.project(P.EVALUATING, ready=True)
    address = f"/projects/{play.id}/evaluation"
    before = stored(files.root())

    form = client_for(make["lead"]).get(address)
    page = form.press(address, paid="很多", files=(BytesIO(PDF % b"only here"), "a.pdf"))

    assert page.status == 422
    assert stored(files.root()) == before


def stored(folder) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_what_a_guard_refuses_shows_the_typed_texts_under_their_labels(make, client_for):
    play = make.project(ready=True)
    address = f"/projects/{play.id}/declaration/basis"
    form = client_for(make["unit"]).get(address)
    play.act("head", "submit_declaration")

    page = form.press(address, overview="晚到的概况")

    assert page.status == 409
    kept = dict(zip(words(page, "//dt"), words(page, "//dd"), strict=True))
    assert kept["项目概况"] == "晚到的概况"
    assert not [label for label in kept if label.isascii()]


def test_after_the_session_ended_the_typed_texts_are_on_the_page(make, client_for):
    play = make.project()
    address = f"/projects/{play.id}/declaration/basis"
    client = client_for(make["unit"])
    form = client.get(address)
    with client.http.session_transaction() as cookie:
        cookie.pop("_user_id")

    page = form.press(address, overview="写了很久的概况")

    assert page.status == 401
    assert "写了很久的概况" in page.text
    assert not [label for label in words(page, "//dt") if label.isascii()]


def words(page, path: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.tree.xpath(path)]


def test_choices_are_kept_in_their_words_and_passwords_are_not(app):
    from werkzeug.datastructures import MultiDict
    from wtforms import FieldList, Form, FormField, HiddenField, PasswordField, RadioField, SelectField

    from perfflow.web.forms import Line
    from perfflow.web.typed import typed_into

    class Row(Form):
        id = HiddenField()
        name = Line("名称", [must()])

    class Every(Form):
        lead = SelectField("主评人", choices=[("", "请选择"), ("7", "甲机构 主评人")])
        stance = RadioField("意见", choices=[("agree", "无异议"), ("dispute", "有异议")])
        secret = PasswordField("口令")
        rows = FieldList(FormField(Row), label="子项目")

    typed = {"lead": "7", "stance": "dispute", "secret": "Blue-Teapot-47", "rows-0-id": "3", "rows-0-name": "平台"}
    with app.test_request_context():
        kept = list(typed_into(Every(MultiDict(typed))))

    assert kept == [("主评人", "甲机构 主评人"), ("意见", "有异议"), ("子项目第 1 行 名称", "平台")]


@pytest.mark.parametrize(
    ("state", "who", "place"),
    [
        (P.DECLARING, "unit", "declaration/files"),
        (P.DECLARING, "unit", "files"),
        (P.EVALUATING, "lead", "evaluation"),
        (P.COMMENTING, "unit", "comments"),
    ],
)
def test_every_upload_says_what_is_taken_and_what_must_never_be(make, client_for, state, who, place):
    play = make.project(state, ready=True)

    page = client_for(make[who]).get(f"/projects/{play.id}/{place}")

    fields = page.tree.xpath("//main//input[@type='file']")
    assert fields
    for field in fields:
        hint = page.tree.get_element_by_id(field.get("aria-describedby")).text_content()
        assert "50 MB" in hint and "本系统为非涉密系统，严禁上传涉密信息" in hint


def test_the_act_that_takes_files_says_it_too(make, client_for):
    play = make.project(P.RECTIFYING)
    play.carry_item(1, "in_progress")

    page = client_for(make["unit"]).get(f"/projects/{play.id}/items/1/act/report")

    assert page.tree.xpath("//main//input[@type='file']")
    assert "严禁上传涉密信息" in page.tree.get_element_by_id("files-hint").text_content()
