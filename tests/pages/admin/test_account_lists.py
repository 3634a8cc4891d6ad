"""Accounts from an Excel list: looked at line by line, made in one go, the passwords shown once."""

import base64
import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from perfflow.core import clock, files, journal, logins
from perfflow.core.logins import Outcome
from perfflow.db import db
from perfflow.models.file import Upload
from perfflow.models.journal import JournalEntry
from perfflow.models.people import User
from tests.make import NOW, Make
from tests.screen import ORIGIN, Client, Screen

HEAD = ["用户名", "姓名", "单位", "角色"]
GOOD = [["new.one", "新人甲", "上海市甲局", "预算单位经办"], ["new.two", "新人乙", "上海市预算处", "预算主管部门"]]
UPLOAD = "/admin/users/list"


@pytest.fixture
def admin(make: Make, client_for: Any) -> Client:
    return client_for(make["admin"])


def book(*rows: list[Any], head: list[str] = HEAD) -> bytes:
    made = openpyxl.Workbook()
    for row in (head, *rows):
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def send(admin: Client, data: bytes, name: str = "名单.xlsx") -> Screen:
    form = {
        field: value for field, value in admin.get(UPLOAD).tree.xpath("//main//form")[0].form_values()
    } | {"files": (io.BytesIO(data), name)}  # fmt: skip
    answer = admin.http.post(UPLOAD, data=form, headers={"Origin": ORIGIN}, content_type="multipart/form-data")
    return Screen(admin, answer, UPLOAD)


def preview(admin: Client, *rows: list[Any]) -> Screen:
    sent = send(admin, book(*rows))
    assert sent.status == 303, sent.alert
    return sent.follow()


def count(make: Make, table: Any = User) -> int:
    with make.app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def stored() -> int:
    return len(list(files.root().glob("??/*")))


# the way


def test_a_list_is_looked_at_then_made_and_its_passwords_work_once(make: Make, admin: Client):
    page = preview(admin, *GOOD)
    assert "可建立 2 个，已有 0 个，有问题 0 个" in page.text
    before = count(make)

    made = page.press()

    assert made.heading == "已建立 2 个账号" and count(make) == before + 2
    assert made.answer.headers["Cache-Control"] == "no-store"
    password = made.rows[1][4]
    with make.app.app_context():
        assert logins.log_in("new.one", password, "10.0.0.7").outcome is Outcome.OK
        assert db.session.scalar(select(User.must_change_password).where(User.username == "new.one"))
        bodies = "".join(db.session.scalars(select(JournalEntry.body)))
        assert password not in bodies and bodies.count("user_created") == 2
        assert journal.verify("journal").broken is None


def test_the_file_of_passwords_is_in_that_answer_and_holds_the_same(admin: Client):
    made = preview(admin, *GOOD).press()
    link = made.tree.xpath("//a[@download]/@href")[0]

    sheet = openpyxl.load_workbook(io.BytesIO(base64.b64decode(link.partition("base64,")[2]))).active
    assert [sheet["A2"].value, sheet["E2"].value] == [made.rows[1][0], made.rows[1][4]]
    assert len(made.rows[1][4]) == 23


def test_sent_twice_it_is_made_once_and_shows_no_password_again(make: Make, admin: Client):
    page = preview(admin, *GOOD)
    page.press()
    after = count(make)

    again = page.press()

    assert again.status == 303 and count(make) == after


def test_nothing_stays_of_the_list_once_it_is_used(make: Make, admin: Client):
    before = stored()
    page = preview(admin, *GOOD)
    assert stored() == before + 1 and count(make, Upload) == 1

    page.press()

    assert (stored(), count(make, Upload)) == (before, 0)
    assert admin.get(page.address).status == 404


def test_only_what_is_ticked_is_made(make: Make, admin: Client):
    page = preview(admin, *GOOD)
    before = count(make)

    assert page.press(lines="2").heading == "已建立 1 个账号"
    assert count(make) == before + 1


def test_nothing_ticked_and_lines_that_are_not_there_are_refused(make: Make, admin: Client):
    page = preview(admin, *GOOD, ["unit", "已有", "上海市甲局", "预算单位经办"])
    before = count(make)

    assert "没有勾选" in page.press(lines=None).alert
    for line in ("4", "99", "x"):
        assert page.press(lines=line).status == 422
    assert count(make) == before


def test_somebody_who_came_meanwhile_is_told_and_nobody_is_made(make: Make, admin: Client):
    page = preview(admin, *GOOD)
    preview(admin, GOOD[1]).press()
    before = count(make)

    again = page.press()

    assert again.status == 422 and count(make) == before
    assert "已有此用户" in again.text


def test_an_upload_is_its_owner_s_for_a_day(make: Make, admin: Client, client_for: Any):
    page = preview(admin, *GOOD)

    assert client_for(make["auditor"]).get(page.address).status == 403
    with clock.at(NOW + timedelta(hours=25)):
        assert client_for(make["admin"]).get(page.address).status == 404


# what is wrong with a line


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (["张三", "新人", "上海市甲局", "预算单位经办"], "第 2 行 用户名：用户名为 2 到 40 位小写字母"),
        (["new.one", None, "上海市甲局", "预算单位经办"], "第 2 行 姓名：此项还没有填写。"),
        (["new.one", "新" * 201, "上海市甲局", "预算单位经办"], "第 2 行 姓名：姓名过长"),
        (["new.one", "新人", "甲局", "预算单位经办"], "第 2 行 单位：没有名为“甲局”的在用单位。"),
        (["new.one", "新人", "上海市甲局", "国王"], "第 2 行 角色：“国王”不是可选的角色。"),
        (["new.one", "新人", "上海市甲局", "系统管理员"], "此单位的用户只能是：预算单位经办、预算单位负责人。"),
        ([None, "新人", "上海市甲局", "预算单位经办"], "第 2 行 用户名："),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(admin: Client, row: list[Any], sentence: str):
    page = preview(admin, row)

    assert sentence in page.text and "建立勾选的账号" not in page.buttons


def test_the_same_name_twice_is_a_fault_of_the_second(admin: Client):
    page = preview(admin, GOOD[0], ["NEW.ONE", "另一人", "上海市甲局", "预算单位负责人"])

    assert "可建立 1 个，已有 0 个，有问题 1 个" in page.text
    assert "第 3 行 用户名：与第 2 行重复。" in page.text


def test_who_is_there_already_is_said_and_not_offered(admin: Client):
    page = preview(admin, ["unit", "甲局", "上海市甲局", "预算单位经办"])

    assert "已有 1 个" in page.text and not page.tree.xpath("//input[@name='lines']")


def test_text_of_a_list_is_shown_as_text(admin: Client):
    page = preview(admin, ["new.one", "<script>alert(1)</script>", "<b>甲局", "预算单位经办"])

    assert "<script>alert" not in page.answer.text
    assert "没有名为“<b>甲局”的在用单位" in page.text and not page.tree.xpath("//main//b[text()='甲局']")


# what is no list


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "空.xlsx", "空"),
        (b"%PDF-1.4\n%%EOF", "名单.pdf", "请上传 .xlsx 文件"),
        (b"PK\x03\x04" + b"x" * 100, "名单.xlsx", "名单.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "名单.xlsx", "旧格式的表格"),
        (book(["a"], head=["姓名", "别的"]), "名单.xlsx", "没有找到表头"),
        (book(), "名单.xlsx", "名单中没有账号"),
        (book(*([f"u{n}", "新人", "上海市甲局", "审计查阅"] for n in range(501))), "名单.xlsx", "一次最多 500 行"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_a_sentence_and_leaves_nothing(
    make: Make, admin: Client, data: bytes, name: str, sentence: str
):
    before = stored()

    refused = send(admin, data, name)

    assert refused.status == 422 and sentence in refused.alert
    assert stored() == before and count(make, Upload) == 0


def test_no_file_at_all_is_asked_for(admin: Client):
    page = admin.get(UPLOAD)

    assert "请选择一个 .xlsx 文件" in page.press(files=None).alert


# the template


def test_the_template_offers_the_units_and_roles_there_are_and_comes_back(make: Make, admin: Client):
    data = admin.http.get("/admin/users/template.xlsx").data
    book_ = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book_.worksheets[0]
    choices = {cell.value for row in book_.worksheets[1].iter_rows() for cell in row}

    assert [cell.value for cell in sheet[1]] == HEAD
    assert {"上海市甲局", "预算单位经办", "审计查阅"} <= choices
    sheet.append(["new.one", "新人", "上海市甲局", "预算单位经办"])
    out = io.BytesIO()
    book_.save(out)
    sent = send(admin, out.getvalue())
    assert sent.status == 303 and re.search("可建立 1 个", sent.follow().text)
