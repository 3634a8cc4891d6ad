"""Lists at a real browser: narrowed while typing, rows chosen, many approved at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Somebody
from tests.make import Make


def test_typing_narrows_the_list_once_a_word_is_composed_and_back_brings_the_old_one(
    somebody: Somebody, standing: Make
) -> None:
    for unit in ("unit", "unit2"):
        standing.project("declaration_review", unit=unit)
    supervisor = somebody("supervisor")
    supervisor.open("/projects/")
    rows = supervisor.page.get_by_role("table", name="项目").get_by_role("row")
    before = rows.count()
    asked: list[str] = []
    supervisor.page.on("request", lambda request: asked.append(request.url) if "words=" in request.url else None)
    field = supervisor.field("关键字")
    keyboard = supervisor.context.new_cdp_session(supervisor.page)

    field.focus()
    for typed in ("y", "yi", "yi'ju"):
        keyboard.send("Input.imeSetComposition", {"text": typed, "selectionStart": len(typed), "selectionEnd": 0})
        supervisor.page.wait_for_timeout(400)  # longer than the list waits for the next letter
    keyboard.send("Input.insertText", {"text": "乙局"})

    expect(rows.filter(has_text="上海市甲局")).to_have_count(0)
    expect(field).to_be_focused()
    expect(supervisor.page).to_have_url(re.compile(r"/projects/\?words=%E4%B9%99%E5%B1%80$"))
    expect(supervisor.page.get_by_role("status")).to_contain_text("共")
    supervisor.page.wait_for_timeout(500)
    assert len(asked) == 1

    supervisor.page.go_back()
    expect(rows).to_have_count(before)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_many_are_approved_at_once_and_the_stale_one_is_told(
    somebody: Somebody, standing: Make, script: bool
) -> None:
    plays = [standing.project("evaluation_review") for _ in range(2)]
    supervisor = somebody("supervisor", script=script)
    bar = supervisor.page.get_by_role("region", name="批量办理")
    for play in plays:
        row = supervisor.task(play.said[0].text)
        if script:
            expect(bar).to_be_hidden()
        row.get_by_role("checkbox").check()
        if script:
            expect(bar).to_contain_text("已选 1 项")
            supervisor.press("取消选择")
            expect(bar).to_be_hidden()
    for play in plays:  # both stand on the page that is shown
        supervisor.page.get_by_role("row").filter(has_text=play.said[0].text).get_by_role("checkbox").check()
    supervisor.press("批量同意")

    expect(supervisor.heading("将要办理的 2 项")).to_be_visible()
    plays[1].act("supervisor2", "return_evaluation", reason="表有误")
    supervisor.fill(办理意见="同意。")
    supervisor.press("确认办理 2 项")

    expect(supervisor.page.get_by_text("成功 1，未办 1")).not_to_have_count(0)
    stale = supervisor.page.get_by_role("row").filter(has_text=plays[1].said[0].text)
    expect(stale).to_contain_text("预算处 复核 已于 2026-03-02")
    assert plays[0].state == "findings_writing"
