"""The wording of the letters on its pages."""

from typing import Any

import pytest

from perfflow.core import letters
from perfflow.db import db
from perfflow.models.people import Setting
from perfflow.papers.letter_texts import LETTERS, LetterKind
from tests.make import Make
from tests.screen import Client

NOTICE = "/admin/letters/notice"
DEFAULT = LETTERS[LetterKind.NOTICE].defaults


@pytest.fixture
def admin(make: Make, client_for: Any) -> Client:
    return client_for(make["admin"])


def in_force(make: Make) -> dict[str, str]:
    with make.app.app_context():
        return dict(letters.wording(LetterKind.NOTICE).texts)


def test_another_wording_is_stored_told_and_listed(make: Make, admin: Client):
    saved = admin.get(NOTICE).press(NOTICE, closing="以上，请遵照执行。", reason="局办公室来函")

    assert saved.status == 303
    assert in_force(make) == DEFAULT | {"closing": "以上，请遵照执行。"}
    assert admin.get("/admin/letters").text.count("已修改") == 1
    page = admin.get(NOTICE)
    assert "修改文书用语" in page.text and "局办公室来函" in page.text and "特此通知。" in page.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"opening": "  \n "}, "开头：此项不能为空。"),
        ({"opening": "对{项目}{评价机构}"}, "开头：没有占位符 {评价机构}。可用的有：{单位} {主管部门} {项目} {年度}"),
        ({"opening": "对{项目}和{单位"}, "开头：“{”没有配对。占位符应写成一对大括号加名称。"),
        ({"opening": "对项目}提出"}, "开头：“}”没有配对。"),
        ({"opening": "请逐条整改。"}, "开头：必须写有占位符 {项目}。"),
        ({"answering": "请尽快办理。"}, "办理要求：必须写有占位符 {期限}。"),
        ({"closing": "字" * 2001}, "结尾："),
        ({"reason": ""}, "修改理由：请写明理由。"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_stand_is_told_at_its_place(
    make: Make, admin: Client, typed: dict[str, str], sentence: str
):
    refused = admin.get(NOTICE).press(NOTICE, **{"reason": "改", **typed})

    assert refused.status == 422 and sentence in refused.alert
    assert in_force(make) == DEFAULT


def test_every_fault_is_told_at_once(admin: Client):
    refused = admin.get(NOTICE).press(NOTICE, opening="", answering="{机构}", closing="}", reason="")

    assert refused.alert.count("：") >= 5
    for sentence in ("开头：此项不能为空", "没有占位符 {机构}", "必须写有占位符 {期限}", "结尾：“}”", "修改理由"):
        assert sentence in refused.alert


def test_full_width_braces_are_braces(make: Make, admin: Client):
    admin.get(NOTICE).press(NOTICE, opening="就｛项目｝通知如下。", reason="简化")

    assert in_force(make)["opening"] == "就{项目}通知如下。"


def test_the_preview_shows_the_letter_and_saves_nothing(make: Make, admin: Client):
    page = admin.get(NOTICE)

    shown = page.press(NOTICE, preview="1", closing="请于{期限}前办结。")
    part = admin.post(NOTICE, htmx=True, preview="1", opening="就{项目}", answering="{期限}", closing="{无}")

    assert shown.status == 200 and "请于2026年12月31日前办结。" in shown.text
    assert shown.tree.xpath("//*[@id='letter'][@data-focus]") and "请写明理由" not in shown.text
    assert not part.tree.xpath("//h1") and "没有占位符 {无}" in part.text
    assert in_force(make) == DEFAULT


def test_the_default_comes_back_and_the_other_wording_stays_in_the_record(make: Make, admin: Client):
    assert "恢复默认" not in admin.get(NOTICE).text
    admin.get(NOTICE).press(NOTICE, closing="请照办。", reason="简化")

    back = admin.get(NOTICE).press(f"{NOTICE}/default")

    assert back.status == 303 and in_force(make) == DEFAULT
    assert "请照办。" in admin.get(NOTICE).text
    with make.app.app_context():
        assert db.session.get(Setting, "letter.notice") is None


def test_whoever_was_slower_is_told_and_loses_nothing(make: Make, client_for: Any, admin: Client):
    other = client_for(make.colleague("admin", "admin2"))
    page = other.get(NOTICE)
    admin.get(NOTICE).press(NOTICE, closing="甲的写法。", reason="甲")

    late = page.press(NOTICE, closing="乙的写法。", reason="乙")

    assert late.status == 409 and "乙的写法。" in late.text
    assert in_force(make)["closing"] == "甲的写法。"


def test_only_the_administrator_words_letters_and_only_those_there_are(make: Make, client_for: Any, admin: Client):
    assert client_for(make["supervisor"]).get("/admin/letters").status == 403
    assert admin.get("/admin/letters/poem").status == 404
