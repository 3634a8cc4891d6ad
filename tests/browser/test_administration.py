"""管理 at a real browser: the sample that follows the form, and a list of accounts without script."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Somebody
from tests.make import Make


def test_the_sample_follows_each_choice_and_the_focus_stays(somebody: Somebody, standing: Make) -> None:
    admin = somebody("admin")
    admin.open(f"/admin/organisations/{standing['far'].organisation_id}")
    sample = admin.page.locator("#manner-sample")
    expect(sample).to_contain_text("“公共服务热线外包经费”")

    box = admin.field("项目名称加“ ”")
    box.focus()
    admin.page.keyboard.press("Space")
    expect(sample).not_to_contain_text("“公共服务热线外包经费”")
    admin.field("条目编号").select_option(label="1. ")
    expect(sample).to_contain_text("1. 绩效目标不够具体")
    admin.field("金额去掉末尾的零").uncheck()
    expect(sample).to_contain_text("9,459.70万元")
    expect(admin.field("金额去掉末尾的零")).to_be_focused()

    admin.press("保存")
    expect(admin.page.locator("#notices")).to_contain_text("单位已保存。")
    expect(admin.field("项目名称加“ ”")).not_to_be_checked()
    expect(admin.page.locator("#manner-sample")).to_contain_text("9,459.70万元")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_whoever_looks_at_the_turns_of_a_scale_stays_at_them(somebody: Somebody, script: bool) -> None:
    admin = somebody("admin", script=script)
    admin.open("/admin/scales/new?place=national")
    admin.field("从哪一评价年度起").fill("２０３０")
    admin.field("第 2 行最低分").fill("９５")
    admin.press("核对分界")

    told = admin.page.locator("#turns .pf-errors")
    expect(told).to_contain_text("等级第 2 行，最低分（含）：最低分应低于上一行")
    expect(told).to_be_in_viewport()
    expect(admin.field("第 2 行最低分")).to_have_value("９５")
    expect(admin.field("从哪一评价年度起")).to_have_value("２０３０")
    if script:
        expect(told).to_be_focused()

    admin.field("第 2 行最低分").fill("85分")
    admin.press("核对分界")
    turns = admin.page.locator("#turns")
    expect(turns).to_contain_text("84.99 → 中，85 → 良")
    expect(turns).to_be_in_viewport()
    expect(told).to_have_count(0)
    if script:
        expect(turns).to_be_focused()


def test_accounts_are_made_from_a_list_without_script(somebody: Somebody, standing: Make, tmp_path: Path) -> None:
    admin = somebody("admin", script=False)
    admin.open("/admin/users")
    admin.follow("从 Excel 批量建立")
    with admin.page.expect_download() as template:
        admin.follow("下载模板（.xlsx）")
    book = openpyxl.load_workbook(io.BytesIO(Path(template.value.path()).read_bytes()))
    for row in (["browser.one", "新人甲", "上海市甲局", "预算单位经办"], ["bad name", "新人乙", "上海市甲局", "国王"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "名单.xlsx")

    admin.page.locator("input[type=file]").set_input_files(tmp_path / "名单.xlsx")
    admin.press("上传并核对")
    expect(admin.page.get_by_text("第 3 行 角色：“国王”不是可选的角色。")).to_be_visible()
    admin.press("建立勾选的账号")

    expect(admin.heading("已建立 1 个账号")).to_be_visible()
    password = admin.page.locator("table code").inner_text()
    with admin.page.expect_download() as passwords:
        admin.follow("下载口令表（.xlsx）")
    sheet = openpyxl.load_workbook(io.BytesIO(Path(passwords.value.path()).read_bytes())).active
    assert [sheet["A2"].value, sheet["E2"].value] == ["browser.one", password]
    assert re.fullmatch(r"[A-Za-z0-9-]{23}", password)
