"""Grade scales and holidays on their pages."""

from typing import Any

import pytest

from perfflow.core import calendar, grades
from tests.make import Make
from tests.screen import Client, Screen

SCALE = "/admin/scales/shanghai/2014"


@pytest.fixture
def admin(make: Make, client_for: Any) -> Client:
    return client_for(make["admin"])


# grade scales


def test_where_the_grade_turns_is_shown(admin: Client):
    page = admin.get("/admin/scales")

    assert "89.99 → 良，90 → 优" in page.text and "74.99 → 合格，75 → 良" in page.text
    assert page.text.count("现行") == 2 and "不因标准的新增或修改而改变" in page.text


def test_a_new_scale_begins_as_the_one_before_it(make: Make, admin: Client):
    page = admin.get("/admin/scales/new?place=shanghai")
    assert page.tree.xpath("//input[@name='first_year']/@value") == ["2027"]

    saved = page.press("/admin/scales/new", source="沪财绩〔2026〕9号", **{"bands-1-lower": "80"})

    assert saved.status == 303
    with make.app.app_context():
        assert [grades.grade_for("shanghai", year, 7999) for year in (2026, 2027)] == ["良", "合格"]
    assert "2014–2026 年" in saved.follow().text


def test_the_turns_are_looked_at_before_anything_is_saved(make: Make, admin: Client):
    page = admin.get(SCALE)

    shown = page.press(SCALE, preview="1", **{"bands-0-lower": "92.5"})

    assert shown.status == 200 and "92.49 → 良，92.5 → 优" in shown.text
    with make.app.app_context():
        assert grades.grade_for("shanghai", 2026, 9000) == "优"


def four(*rows: tuple[str, str]) -> dict[str, str]:
    return {
        f"bands-{at}-{name}": text
        for at, row in enumerate(rows)
        for name, text in zip(("label", "lower"), row, strict=True)
    }


FALLS_NOT = four(("优", "90"), ("良", "95"), ("中", "60"), ("差", "0"))
WRONG_ALL_OVER = four(("优", "９５"), ("良", "九十"), ("良", "96分"), ("差", "5"))


def test_the_preview_shows_no_turns_of_grades_that_do_not_fall(admin: Client):
    shown = admin.get(SCALE).press(SCALE, preview="1", **FALLS_NOT)

    assert shown.status == 200 and "分界：" not in shown.text
    assert "等级第 2 行，最低分（含）：最低分应低于上一行" in shown.alert
    assert "请写明理由" not in shown.alert  # asked when it is saved


@pytest.mark.parametrize("button", [{"preview": "1"}, {}])
def test_every_fault_of_the_rows_is_told_at_once_and_what_was_typed_stays(admin: Client, button: dict[str, str]):
    shown = admin.get(SCALE).press(SCALE, reason="更正", **button, **WRONG_ALL_OVER)

    assert shown.status == (200 if button else 422)
    told = [" ".join(one.text_content().split()) for one in shown.tree.xpath("//*[contains(@class, 'pf-errors')]//li")]
    assert told == [
        "等级第 2 行，最低分（含）：“九十”不是分数。请写成 5.5。",
        "等级第 3 行，等级：等级名称不能重复。",
        "等级第 3 行，最低分（含）：最低分应低于上一行；等级由高到低填写。",
        "等级第 4 行，最低分（含）：最后一个等级的最低分应为 0，否则更低的分值没有等级。",
    ]
    links = shown.tree.xpath("//*[contains(@class, 'pf-errors')]//a/@href")
    assert [shown.tree.xpath(f"//*[@id='{link[1:]}']/@aria-invalid") for link in links] == [["true"]] * 4
    for name, text in WRONG_ALL_OVER.items():
        assert shown.tree.xpath(f"//input[@name='{name}']/@value") == [text]


def test_full_width_digits_and_points_are_numbers(admin: Client):
    typed = four(("优", "９５"), ("良", "80分"), ("中", "６０ 分"), ("差", "０"))

    shown = admin.get(SCALE).press(SCALE, preview="1", **typed)

    assert "94.99 → 良，95 → 优；79.99 → 中，80 → 良；59.99 → 差，60 → 中" in shown.text


def test_the_preview_is_answered_at_its_place(admin: Client):
    page = admin.get(SCALE)
    (button,) = page.tree.xpath("//button[@name='preview']")

    shown = page.press(SCALE, preview="1")
    part = admin.post(SCALE, htmx=True, preview="1", **FALLS_NOT)

    assert button.get("formaction") == f"{SCALE}#turns" and button.get("hx-post") == SCALE
    assert shown.tree.xpath("//*[@id='turns'][@data-focus]") and not page.tree.xpath("//*[@data-focus]")
    assert not part.tree.xpath("//h1")
    assert part.tree.xpath("//*[@id='grades']//*[@id='turns']//*[contains(@class, 'pf-errors')]")


def test_rows_come_and_go_without_script(admin: Client):
    page = admin.get(SCALE)
    longer = page.press(SCALE, add_row="bands")
    shorter = longer.press(SCALE, remove_row="bands-1")

    assert [len(one.tree.xpath("//tr[@data-row]")) for one in (page, longer, shorter)] == [4, 5, 4]
    assert "良" not in shorter.tree.xpath("//tr[@data-row]//input/@value")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"bands-3-lower": "10"}, "最后一个等级的最低分应为 0"),
        ({"bands-1-lower": "95"}, "等级第 2 行，最低分（含）：最低分应低于上一行"),
        ({"bands-1-label": "优"}, "等级第 2 行，等级：等级名称不能重复"),
        ({"bands-1-lower": "89.999"}, "分数最多两位小数"),
        ({"bands-1-lower": ""}, "等级第 2 行，最低分（含）：最低分应在 0 到 100 之间"),
        ({"reason": ""}, "请写明理由"),
        ({"source": ""}, "请写明依据"),
    ],
)
def test_a_scale_that_cannot_be_says_where_and_keeps_what_was_typed(
    admin: Client, typed: dict[str, str], sentence: str
):
    refused = admin.get(SCALE).press(SCALE, **{"reason": "更正", **typed})

    assert refused.status == 422 and sentence in refused.alert
    name, text = next(iter(typed.items()))
    if text and name.startswith("bands"):
        assert refused.tree.xpath(f"//input[@name='{name}']/@value") == [text]


def test_a_change_of_a_scale_is_told_on_its_page(admin: Client):
    admin.get(SCALE).press(SCALE, reason="依据文件更名", source="沪财绩〔2014〕22号文")

    page = admin.get(SCALE)
    assert "修改等级标准" in page.text and "依据文件更名" in page.text


def test_a_place_of_its_own_can_be_chosen_for_a_unit(make: Make, admin: Client):
    page = admin.get("/admin/scales/new?place=national")
    page.press("/admin/scales/new", place="", other_place="苏州市", first_year="2020", source="苏财绩〔2020〕3号")

    unit = admin.get(f"/admin/organisations/{make['unit'].organisation_id}")
    assert unit.tree.xpath("//select[@name='jurisdiction']/option/@value") == ["shanghai", "national", "苏州市"]
    assert admin.get("/admin/scales/苏州市/2020").status == 200
    again = admin.get("/admin/scales/new").press("/admin/scales/new", place="", first_year="2021", source="x",
                                                **{"bands-0-label": "优", "bands-0-lower": "0"})  # fmt: skip
    assert again.status == 422


def test_a_coming_scale_is_taken_back(admin: Client):
    page = admin.get("/admin/scales/new?place=shanghai")
    page.press("/admin/scales/new", source="x")

    coming = admin.get("/admin/scales/shanghai/2027")
    assert coming.press("/admin/scales/shanghai/2027/remove").status == 303
    assert admin.get("/admin/scales/shanghai/2027").status == 404
    assert "删除此标准" not in admin.get(SCALE).buttons


# holidays

YEAR = "/admin/holidays/2027"
NOTICE = "1月1日（周五）至3日（周日）放假，共3天。\n2月6日（周六）上班。"


def paste(admin: Client, text: str, **typed: Any) -> Screen:
    return admin.get(YEAR).press(YEAR, text=text, **typed)


def test_a_year_without_holidays_is_flagged_until_they_are_there(make: Make, admin: Client):
    assert "2027 年的节假日尚未录入" in admin.get("/admin/holidays").text
    assert "已经定下并告知各方的期限不会移动" in admin.get("/admin/holidays").text

    saved = paste(admin, NOTICE)

    assert saved.status == 303
    page = saved.follow()
    assert "已录入 2 天。" in page.text and "尚未录入" not in page.text and "修改节假日" in page.text
    with make.app.app_context():
        assert {day.isoformat(): off for day, off in calendar.days_of(2027).items()} == {
            "2027-01-01": True, "2027-02-06": False,
        }  # fmt: skip


def test_a_notice_is_looked_at_before_it_is_taken(make: Make, admin: Client):
    shown = paste(admin, NOTICE + "\n节日快乐", preview="1")

    assert shown.status == 200 and "将录入或更改 2 天" in shown.text
    assert "不需登记 2 天" in shown.text and "略过 1 行" in shown.text
    with make.app.app_context():
        assert calendar.days_of(2027) == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-01-01 休", "第 1 行：“2026-01-01”不在 2027 年内。"),
        ("1月1日（周四）放假", "第 1 行：“1月1日”应为周五，请核对日期。"),
        ("01-01 休\n01-01 班", "第 2 行：2027-01-01 写了两次，一次为休，一次为班。"),
        ("新年好", "没有读到日期"),
        ("", "请填写或粘贴日期"),
    ],
)
def test_a_notice_with_a_doubt_is_not_taken(make: Make, admin: Client, text: str, sentence: str):
    refused = paste(admin, text)

    assert refused.status == 422 and sentence in refused.alert
    with make.app.app_context():
        assert calendar.days_of(2027) == {}


def test_a_day_is_taken_off_the_list(make: Make, admin: Client):
    paste(admin, NOTICE)

    gone = admin.get(YEAR).press(f"{YEAR}/remove", day="2027-01-01")

    assert gone.status == 303 and "2027-01-01 已移出" in gone.follow().text
    for day in ("", "x", "2026-10-01", "2027-05-05"):
        assert admin.get(YEAR).press(f"{YEAR}/remove", day=day).status == 422


def test_whoever_was_slower_with_a_year_is_told_and_keeps_his_text(admin: Client):
    drawn_earlier = admin.get(YEAR)
    paste(admin, NOTICE)

    refused = drawn_earlier.press(YEAR, text="2027-05-03 休")

    assert refused.status == 409 and "2027-05-03 休" in refused.tree.xpath("string(//textarea)")


@pytest.mark.parametrize("year", ["1989", "2101", "0", "99999999999"])
def test_a_year_that_is_none_is_not_found(admin: Client, year: str):
    assert admin.get(f"/admin/holidays/{year}").status == 404
