"""Organisations, users and 回避名单: filters in the address, what belongs together, and what is asked before."""

from typing import Any

import pytest

from perfflow.db import db, unit_of_work
from perfflow.models.item import RectItem
from perfflow.models.people import User
from perfflow.process import P, Role
from tests.make import Make
from tests.screen import Client, Screen
from tests.statements import statements


@pytest.fixture
def admin(make: Make, client_for: Any) -> Client:
    return client_for(make["admin"])


@pytest.fixture
def supervisor(make: Make, client_for: Any) -> Client:
    return client_for(make["supervisor"])


def names(screen: Screen) -> list[str]:
    return [" ".join(one.text_content().split()) for one in screen.tree.xpath("//a[@class='name']")]


# users


def test_users_are_found_by_unit_role_and_state(make: Make, admin: Client):
    unit = make["unit"].organisation_id
    with make.app.app_context(), unit_of_work():
        db.session.get_one(User, make["head"].id).active = False

    assert names(admin.get(f"/admin/users?organisation={unit}")) == ["head", "unit"]
    assert names(admin.get(f"/admin/users?organisation={unit}&state=closed")) == ["head"]
    assert names(admin.get("/admin/users?role=auditor")) == ["auditor"]
    assert names(admin.get("/admin/users?words=乙局")) == ["unit2"]
    assert names(admin.get("/admin/users?state=locked")) == []


def test_the_last_log_in_is_shown_and_who_never_came_is_found(make: Make, admin: Client):
    row = next(row for row in admin.get("/admin/users").rows if row[0] == "admin")
    assert "2026-03-02 10:00" in row

    never = names(admin.get("/admin/users?state=never"))
    assert "admin" not in never and "unit" in never


def test_how_many_there_are_is_said(make: Make, admin: Client):
    assert "共 12 人" in admin.get("/admin/users").text
    assert "共 3 个" in admin.get("/admin/organisations?kind=unit").text


def test_a_list_asks_the_database_as_often_for_twenty_as_for_three(make: Make, admin: Client):
    def asked(address: str) -> int:
        return statements(make.app, lambda: admin.get(address))

    for few, many in (("/admin/users?role=auditor", "/admin/users"),
                      ("/admin/organisations?kind=house", "/admin/organisations")):  # fmt: skip
        asked(few)
        assert asked(few) == asked(many)


def test_a_fragment_of_a_list_is_its_rows_alone(make: Make, admin: Client):
    for address in ("/admin/users?words=unit2", "/admin/organisations?words=乙局"):
        part, whole = admin.get(address, htmx=True), admin.get(address)
        assert not part.tree.xpath("//header") and len(names(part)) == 1
        assert part.answer.text.strip()[:200] in whole.answer.text


# one user


def test_whoever_leads_evaluations_is_not_deactivated_by_one_press(make: Make, admin: Client):
    make.project(P.EVALUATING)
    address = f"/admin/users/{make['lead'].id}"

    refused = admin.get(address).press(address, active=None)
    assert refused.status == 422
    assert "是 1 个办理中项目的主评人" in refused.text and "仍要停用的" in refused.alert

    done = refused.press(address, active=None, all_the_same="y")
    assert done.status == 303
    with make.app.app_context():
        assert not db.session.get_one(User, make["lead"].id).active


def test_what_was_handed_to_somebody_is_counted_too(make: Make, admin: Client):
    play = make.project(P.RECTIFYING)
    with make.app.app_context(), unit_of_work():
        db.session.get_one(RectItem, play.item(1).id).holder_id = make["head"].id

    assert "有 1 件转办给本人的待办" in admin.get(f"/admin/users/{make['head'].id}").text


def test_ones_own_password_is_reset_only_after_being_asked(make: Make, admin: Client):
    address = f"/admin/users/{make['admin'].id}"

    asked = admin.get(address).press(f"{address}/reset")
    assert "这是您自己的账号" in asked.text and not asked.tree.xpath("//code")
    assert admin.get(address).status == 200

    shown = asked.press(f"{address}/reset", sure="1")
    assert shown.tree.xpath("//code[@id='one-time-password']")
    assert admin.get(address).location.startswith("/login")


# one organisation


def test_an_organisation_shows_its_people_and_an_office_its_units(make: Make, admin: Client):
    unit = admin.get(f"/admin/organisations/{make['unit'].organisation_id}")
    assert names(unit) == ["head", "unit"]

    office = admin.get(f"/admin/organisations/{make['supervisor'].organisation_id}")
    assert "上海市甲局" in office.text and "上海市乙局" in office.text and "上海市丙局" not in office.text


def test_a_user_is_made_from_the_page_of_his_organisation(make: Make, admin: Client):
    firm = make["lead"].organisation_id
    form = admin.get(f"/admin/users/new?organisation={firm}")

    assert form.tree.xpath("//select[@name='organisation_id']/option[@selected]/@value") == [str(firm)]
    assert form.tree.xpath("//select[@name='role']/option/@value") == ["firm_user"]
    done = form.press(username="new.one", display_name="新人")
    assert done.tree.xpath("//code[@id='one-time-password']")


@pytest.mark.parametrize("number", ["", "0", "999999", "x", "9" * 30])
def test_an_organisation_that_is_not_there_preselects_nothing(admin: Client, number: str):
    form = admin.get(f"/admin/users/new?organisation={number}")

    assert form.status == 200 and form.tree.xpath("//select[@name='role']/option/@value")[0] == ""


# the manner of writing


def test_the_sample_follows_the_form_before_anything_is_saved(make: Make, admin: Client):
    address = f"/admin/organisations/{make['unit'].organisation_id}"
    page = admin.get(address)
    assert "“公共服务热线外包经费”" in page.text and "1、绩效目标不够具体" in page.text

    shown = page.press(address, preview="1", quote_names=None, trim_decimals=None, number_style=". ")

    assert shown.status == 200
    assert "“公共服务热线外包经费”" not in shown.text and "9,459.70万元" in shown.text
    assert "1. 绩效目标不够具体" in shown.text
    assert "“公共服务热线外包经费”" in admin.get(address).text


def test_the_sample_is_drawn_alone_for_the_form(admin: Client):
    part = admin.get("/admin/manner?score_suffix=y&number_style=、", htmx=True)

    assert part.tree.xpath("//dl[@id='manner-sample']") and not part.tree.xpath("//header")
    assert "88.2分" in part.text and "9,459.70万元" in part.text
    assert admin.get("/admin/manner?number_style=%00evil").status == 200


def test_a_firm_has_no_manner(make: Make, admin: Client):
    assert "样例" not in admin.get(f"/admin/organisations/{make['lead'].organisation_id}").text


# 回避名单


def put_on_the_list(make: Make, supervisor: Client, **typed: Any) -> str:
    given = {"first_day": "2026-01-01", "reason": "持股", "firm_id": str(make["lead2"].organisation_id)} | typed
    unit = str(make["unit"].organisation_id)
    assert supervisor.get("/admin/avoidances").press("/admin/avoidances", unit_id=unit, **given).status == 303
    return str(supervisor.get("/admin/avoidances").tree.xpath("//a[@class='name']/@href")[0])


def test_the_days_of_an_entry_are_changed_and_what_was_stays_told(make: Make, supervisor: Client):
    address = put_on_the_list(make, supervisor)

    assert supervisor.get(address).press(address, last_day="2026-06-30").status == 303

    page = supervisor.get(address)
    assert "2026-01-01 — 2026-06-30" in page.text and "修改回避条目" in page.text and "加入回避名单" in page.text


def test_entries_are_found_by_name_reason_and_state(make: Make, supervisor: Client):
    put_on_the_list(make, supervisor, last_day="2026-01-31", reason="亲属关系")
    put_on_the_list(make, supervisor, first_day="2027-01-01", firm_id=str(make["lead"].organisation_id))

    def found(query: str) -> list[str]:
        return names(supervisor.get(f"/admin/avoidances?{query}"))

    assert found("words=亲属") == ["KnFirmTwo评价事务所"] and found("words=FirmOne") == ["KnFirmOne评价事务所"]
    assert found("state=over") == ["KnFirmTwo评价事务所"] and found("state=coming") == ["KnFirmOne评价事务所"]
    assert found("state=holds") == []


def test_an_ended_entry_can_be_read_but_not_changed(make: Make, supervisor: Client):
    address = put_on_the_list(make, supervisor)
    supervisor.get(address).press(f"{address}/end")

    page = supervisor.get(address)
    assert "不能再修改" in page.text and not page.tree.xpath("//main//textarea")
    assert supervisor.post(address, first_day="2026-01-01", reason="x").status == 409


def test_the_administrator_reads_what_holds_for_an_organisation(make: Make, supervisor: Client, admin: Client):
    put_on_the_list(make, supervisor)

    for side, other in (("unit", "KnFirmTwo评价事务所"), ("lead2", "上海市甲局")):
        page = admin.get(f"/admin/organisations/{make[side].organisation_id}")
        assert f"{other}：2026-01-01 — 长期。持股" in page.text


def test_many_people_of_an_organisation_are_cut_and_said(make: Make, admin: Client):
    unit = make["unit"].organisation_id
    with make.app.app_context(), unit_of_work():
        one = db.session.get_one(User, make["unit"].id)
        for number in range(60):
            db.session.add(
                User(
                    username=f"many{number}", display_name="x", organisation_id=unit, role=Role.UNIT_CLERK,
                    password_hash=one.password_hash, created_at=one.created_at,
                )
            )  # fmt: skip
    page = admin.get(f"/admin/organisations/{unit}")

    assert len(names(page)) == 50 and "只列出前 50 名" in page.text
