"""Manners: drafts, a log-in that ends, a lost network, the way back; with script and, where it can be, without."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import delete

from perfflow.core import drafts
from perfflow.db import db, unit_of_work
from perfflow.models.people import LoginSession
from tests.browser.conftest import Somebody
from tests.browser.person import PATIENCE, Person
from tests.make import PASSWORD, Make, Play

WITH_AND_WITHOUT_SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
BASIS = "/projects/{}/declaration/basis"


def writing(person: Person, play: Play) -> Locator:
    """The field somebody writes in, on the part 立项依据 of his declaration."""
    person.open(BASIS.format(play.id))
    return person.field("项目概况")


def kept(person: Person) -> Locator:
    return person.page.get_by_text(re.compile(r"^草稿已于 \d\d:\d\d 自动保存$"))


def end_log_ins(standing: Make) -> None:
    """The rows of all log-ins are deleted, as if the table had been emptied."""
    with standing.app.app_context(), unit_of_work():
        db.session.execute(delete(LoginSession))


def until(done: Callable[[], bool]) -> None:
    """What a page that is gone sends has no page to be waited for on."""
    began = time.monotonic()
    while not done() and time.monotonic() - began < PATIENCE / 1000:
        time.sleep(0.05)
    assert done()


def drafts_of(standing: Make, username: str, play: Play) -> int:
    with standing.app.app_context():
        return sum(head.project_id == play.id for head in drafts.of(standing[username]))


# ---------------------------------------------------------------- drafts


def test_what_was_written_is_kept_on_leaving_the_field_and_offered_in_another_browser(
    somebody: Somebody, standing: Make
) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    writing(unit, play).fill("写到一半的概况。")
    unit.field("立项依据").focus()
    expect(kept(unit).last).to_be_visible()
    expect(unit.page.get_by_role("status")).to_have_text(re.compile("^草稿已于"))
    expect(unit.field("立项依据")).to_be_focused()
    unit.close()

    again = somebody("unit")
    field = writing(again, play)
    expect(field).not_to_have_value("写到一半的概况。")
    again.follow("恢复 草稿")

    expect(field).to_have_value("写到一半的概况。")
    again.save("申报表已保存")
    expect(again.page.get_by_role("link", name="恢复 草稿")).to_have_count(0)
    assert drafts_of(standing, "unit", play) == 0


def test_whoever_writes_on_without_leaving_the_field_is_kept_after_ten_seconds(
    somebody: Somebody, standing: Make
) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    unit.page.clock.install()
    writing(unit, play).press_sequentially("一直在写")

    unit.page.clock.fast_forward(9_000)
    expect(kept(unit)).to_have_count(0)
    unit.page.clock.fast_forward(2_000)

    expect(kept(unit).last).to_be_visible()


def test_closing_the_tab_loses_nothing(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    writing(unit, play).fill("窗口关掉之前的字。")
    unit.page.close(run_before_unload=True)
    again = somebody("unit")
    until(lambda: drafts_of(standing, "unit", play) == 1)

    field = writing(again, play)
    again.follow("恢复 草稿")

    expect(field).to_have_value("窗口关掉之前的字。")


def test_a_draft_is_refused_gracefully_when_the_record_moved_on(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit, head = somebody("unit"), somebody("head")
    writing(unit, play).fill("经办的概况。")
    unit.field("立项依据").focus()
    expect(kept(unit).last).to_be_visible()
    writing(head, play).fill("负责人的概况。")
    head.save("申报表已保存")

    field = writing(unit, play)
    expect(unit.page.get_by_text("此后这里的内容已有更新")).to_be_visible()
    unit.follow("恢复 草稿")
    with unit.answered(409):
        unit.press("保存")

    expect(unit.page.get_by_role("alert").first).to_contain_text("甲局 负责人 已于")
    expect(field).to_have_value("经办的概况。")
    unit.save("申报表已保存")


def test_a_draft_is_discarded_and_does_not_come_back(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    writing(unit, play).fill("不要的字。")
    unit.field("立项依据").focus()
    expect(kept(unit).last).to_be_visible()

    writing(unit, play)
    unit.press("放弃 草稿")

    expect(unit.page.locator("#notices")).to_contain_text("草稿已放弃")
    expect(unit.page.get_by_role("link", name="恢复 草稿")).to_have_count(0)


# ---------------------------------------------------------------- the log-in ends


@WITH_AND_WITHOUT_SCRIPT
def test_a_log_in_that_ends_while_somebody_writes_loses_nothing(
    somebody: Somebody, standing: Make, script: bool
) -> None:
    play = standing.project("declaring")
    unit = somebody("unit", script=script)
    field = writing(unit, play)
    field.fill("写了两个小时的概况。\n第二段。")
    end_log_ins(standing)

    with unit.answered(401):
        unit.press("保存")
    expect(unit.page.get_by_text("您填写的内容没有丢失")).to_be_visible()
    unit.fill(用户名="unit", 口令=PASSWORD)
    unit.press("登录")

    expect(field).to_have_value("写了两个小时的概况。\n第二段。")
    unit.save("申报表已保存")


def test_a_form_sent_after_a_log_out_in_another_tab_ends_the_same_way(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    field = writing(unit, play)
    other = unit.context.new_page()
    other.goto("/password")
    other.get_by_role("button", name="退出").click()
    expect(other.get_by_role("heading", name="登录")).to_be_visible()
    field.fill("在另一页退出之后写的。")

    with unit.answered(401):
        unit.press("保存")
    unit.fill(用户名="unit", 口令=PASSWORD)
    unit.press("登录")

    expect(field).to_have_value("在另一页退出之后写的。")


# ---------------------------------------------------------------- the network, the button, the way back


def test_a_lost_network_keeps_the_text_and_says_so(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    field = writing(unit, play)
    field.fill("断网时写的概况。")

    unit.context.set_offline(True)
    unit.press("保存")

    expect(unit.page.get_by_role("alert")).to_have_text("未保存，请重试")
    expect(unit.page.get_by_role("alert")).to_be_in_viewport()
    expect(field).to_have_value("断网时写的概况。")
    unit.context.set_offline(False)
    unit.troubles.clear()  # the browser's own word for a request that went nowhere
    unit.save("申报表已保存")
    expect(unit.page.get_by_role("alert")).to_have_count(0)


def test_a_server_that_does_not_answer_is_noticed_before_the_page_is_left(
    somebody: Somebody, standing: Make
) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    field = writing(unit, play)
    unit.page.route("**/drafts?**", lambda route: route.abort("connectionrefused"))
    field.fill("服务器停了的时候写的。")

    unit.press("保存")

    expect(unit.page.get_by_role("alert")).to_have_text("未保存，请重试")
    expect(field).to_have_value("服务器停了的时候写的。")
    expect(unit.page.get_by_role("button", name="保存", exact=True).last).not_to_have_attribute("aria-disabled", "true")
    unit.troubles.clear()


def test_a_double_click_writes_one_note(somebody: Somebody, standing: Make) -> None:
    play = standing.project("rectifying")
    play.carry_item(1, "in_progress")
    unit = somebody("unit")
    unit.open(f"/projects/{play.id}/items/1")
    unit.page.get_by_role("textbox", name="整改进展").fill("只记一次的进展。")

    unit.page.get_by_role("button", name="记录", exact=True).dblclick()

    expect(unit.page.locator("#notices")).to_contain_text("整改进展已记录")
    expect(unit.page.locator("#notes").get_by_text("只记一次的进展。")).to_have_count(1)
    assert drafts_of(standing, "unit", play) == 0


def test_a_button_keeps_the_focus_and_its_picture_while_it_is_busy(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    writing(unit, play).fill("忙的时候。")
    unit.page.route("**/drafts?**", lambda route: route.abort("connectionrefused"))
    button = unit.page.get_by_role("button", name=re.compile("^(保存|提交中…)$")).last

    button.focus()
    unit.page.keyboard.press("Enter")

    expect(unit.page.get_by_role("alert")).to_be_visible()
    expect(button).to_be_focused()
    expect(button).to_have_text("保存")
    unit.troubles.clear()


def test_files_show_how_far_they_are_and_arrive(
    somebody: Somebody, standing: Make, pdf: Callable[[str], Path]
) -> None:
    play = standing.project("rectifying")
    play.carry_item(1, "in_progress")
    unit = somebody("unit")
    unit.open(f"/projects/{play.id}/items/1")
    bars: list[bool] = []
    unit.page.route(
        "**/evidence", lambda route: (bars.append(unit.page.locator("progress").count() == 1), route.continue_())
    )

    unit.attach("佐证材料", pdf("整改照片.pdf"))
    unit.press("上传")

    expect(unit.page.locator("#notices")).to_contain_text("佐证材料已上传")
    expect(unit.page.get_by_role("link", name="整改照片.pdf").first).to_be_visible()
    assert bars == [True]


def test_the_way_back_leads_to_the_third_page_of_the_list(somebody: Somebody, standing: Make) -> None:
    for _number in range(41):
        standing.project("declaring", unit="far", supervisor="stranger")
    far = somebody("far")
    far.open("/projects/")
    for _page in range(2):
        far.follow("下一页")
    third = far.page.url
    names = far.page.locator("#results a.name")
    expected = names.first.text_content()

    names.first.click()
    expect(far.page.locator(".pf-head .tag")).to_be_visible()
    far.page.go_back()

    assert far.page.url == third
    expect(names.first).to_have_text(expected or "")


def test_the_filtered_list_is_there_again_on_the_way_back(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    with standing.app.app_context():
        name = play.project().name
    unit = somebody("unit")
    unit.open("/projects/")
    unit.page.get_by_role("main").get_by_label("关键字").fill(name)
    expect(unit.page.locator("#results a.name")).to_have_count(1)
    expect(unit.page).to_have_url(re.compile("words="))

    unit.page.locator("#results a.name").click()
    expect(unit.heading(re.compile(name))).to_be_visible()
    unit.page.go_back()

    expect(unit.page.locator("#results a.name")).to_have_count(1)
    expect(unit.page.get_by_role("main").get_by_label("关键字")).to_have_value(name)
    assert stored(unit) == [0, 0]


def test_nothing_is_left_in_the_browser(somebody: Somebody, standing: Make) -> None:
    play = standing.project("declaring")
    unit = somebody("unit")
    writing(unit, play).fill("不留在浏览器里的字。")
    unit.save("申报表已保存")

    assert stored(unit) == [0, 0]
    assert [cookie["name"] for cookie in unit.context.cookies()] == ["perfflow"]
    unit.press("退出")
    expect(unit.heading("登录")).to_be_visible()
    unit.page.go_back()
    expect(unit.heading("登录")).to_be_visible()
    expect(unit.page.get_by_text("不留在浏览器里的字。")).to_have_count(0)


def stored(person: Person) -> list[int]:
    return list(person.page.evaluate("[localStorage.length, sessionStorage.length]"))
