import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from perfflow.core import people
from perfflow.db import db, unit_of_work
from perfflow.models.journal import JournalEntry
from perfflow.models.people import Avoidance, Organisation
from perfflow.models.project import Project
from perfflow.process import ITEM, PROJECT, ObjectKind, OrganisationKind, P, Role
from tests.people import Browser, Town, open_app


@pytest.fixture
def app(tmp_path):
    return open_app(tmp_path)


@pytest.fixture
def town(app):
    return Town(app)


@pytest.fixture
def boss(app, town):
    return Browser(app).log_in("boss")


@pytest.fixture
def supervisor(app, town):
    return Browser(app).log_in("super")


@pytest.fixture
def auditor(app, town):
    return Browser(app).log_in("auditor")


PAGES = {
    "/admin/organisations": {"boss"},
    "/admin/organisations/new": {"boss"},
    "/admin/organisations/2": {"boss"},
    "/admin/users": {"boss"},
    "/admin/users/new": {"boss"},
    "/admin/users/2": {"boss"},
    "/admin/rights": {"boss"},
    "/admin/avoidances": {"super"},
    "/admin/events": {"auditor"},
    "/admin/changes": {"auditor"},
}


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_open_to_its_role_only(app, town, address):
    statuses = {name: Browser(app).log_in(name).open(address).status for name in ("boss", "super", "auditor", "clerk")}

    assert statuses == {name: 200 if name in PAGES[address] else 403 for name in statuses}


@pytest.mark.parametrize("address", ["/admin/organisations/999", "/admin/users/999", f"/admin/users/{10**30}"])
def test_what_is_not_there_is_not_found(boss, address):
    assert boss.open(address).status == 404


# organisations


def test_a_unit_is_made_with_its_office_and_its_manner(app, town, boss):
    boss.open("/admin/organisations/new").send(
        "/admin/organisations/new", name="上海市人民代表大会常务委员会办公厅", kind="unit",
        supervised_by=str(town.office), number_style=". ", quote_names=None,
    )  # fmt: skip
    assert boss.status == 303

    assert "单位已建立。" in boss.open(boss.location).text
    with app.app_context():
        made = db.session.scalars(select(Organisation).where(Organisation.name.like("上海市人民%"))).one()
        assert (made.supervised_by, made.number_style, made.quote_names) == (town.office, ". ", False)


def test_what_was_typed_stays_when_a_name_is_taken(boss):
    boss.open("/admin/organisations/new").send("/admin/organisations/new", name="上海甲评价事务所", kind="firm")

    assert boss.status == 422
    assert "已有同名的单位。" in boss.text
    assert boss.tree.xpath("//input[@name='name']/@value") == ["上海甲评价事务所"]


def test_a_form_sent_twice_makes_one(app, town, boss):
    boss.open("/admin/organisations/new")
    page = boss.answer
    first = boss.send("/admin/organisations/new", name="新事务所", kind="firm").location
    boss.answer = page
    second = boss.send("/admin/organisations/new", name="新事务所", kind="firm").location

    assert first == second
    with app.app_context():
        count = select(func.count()).select_from(Organisation).where(Organisation.name == "新事务所")
        assert db.session.scalar(count) == 1


def test_the_second_of_two_who_save_is_told_who_was_faster(app, town, boss):
    address = f"/admin/organisations/{town.unit}"
    drawn_earlier = boss.open(address).answer
    boss.open(address).send(address, name="先改的名字")
    boss.answer = drawn_earlier
    boss.send(address, name="后改的名字")

    assert boss.status == 409
    assert "boss 经办 已于" in boss.text
    assert boss.tree.xpath("//input[@name='name']/@value") == ["后改的名字"]


def test_a_firm_is_renamed_without_touching_its_manner(app, town, boss):
    address = f"/admin/organisations/{town.firm}"
    boss.open(address).send(address, name="上海甲评价事务所有限公司")

    with app.app_context():
        firm = db.session.get_one(Organisation, town.firm)
        assert (firm.name, firm.quote_names, firm.number_style) == ("上海甲评价事务所有限公司", True, "、")
        newest = db.session.scalars(select(JournalEntry.body).order_by(JournalEntry.id.desc())).first()
        assert '"changes":[["名称","上海甲评价事务所","上海甲评价事务所有限公司"]]' in newest


def test_another_office_takes_the_projects_over(app, town, boss):
    other = town.organisation("另一主管处", OrganisationKind.OFFICE)
    now = datetime(2026, 6, 30, tzinfo=UTC)
    with app.app_context(), unit_of_work():
        db.session.add(
            Project(
                code="2026-1", unit_id=town.unit, office_id=town.office, object_kind=ObjectKind.PROJECT,
                name="项目", budget_year=2026, state=P.DECLARING, seen_as=P.DECLARING, entered_at=now,
                created_by=town.admin_id, created_at=now, updated_at=now,
            )
        )  # fmt: skip
    address = f"/admin/organisations/{town.unit}"
    boss.open(address).send(address, supervised_by=str(other))

    with app.app_context():
        assert db.session.scalar(select(Project.office_id)) == other


# users


def test_a_new_user_and_his_password_are_shown_once(app, town, boss):
    boss.open("/admin/users/new")
    page = boss.answer
    typed = {
        "username": "head", "display_name": "机关局 负责人", "organisation_id": str(town.unit),
        "role": "unit_head",
    }  # fmt: skip
    boss.send("/admin/users/new", **typed)
    password = boss.tree.xpath("//code[@id='one-time-password']/text()")[0]
    assert boss.answer.headers["Cache-Control"] == "no-store"

    boss.answer = page
    boss.send("/admin/users/new", **typed)

    assert boss.status == 303
    assert password not in boss.open(boss.location).answer.text
    browser = Browser(app).log_in("head", password)
    assert browser.open("/").location == "/password"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"username": "clerk"}, "用户名已被使用，请换一个。"),
        ({"username": "张三"}, "用户名为 2 到 40 位小写字母"),
        ({"role": "admin"}, "此角色与单位的类别不符。"),
        ({"role": "king"}, "角色"),
        ({"organisation_id": "999999999999999999999999999999"}, "单位"),
        ({"display_name": ""}, "请填写姓名或岗位。"),
    ],
)
def test_a_user_that_cannot_be_is_a_field_error(town, boss, typed, sentence):
    given = {"username": "head", "display_name": "x", "organisation_id": str(town.unit), "role": "unit_head"}
    boss.open("/admin/users/new").send("/admin/users/new", **(given | typed))

    assert boss.status == 422
    assert sentence in boss.tree.xpath("string(//div[@class='pf-errors'])")


def address_of(app, username):
    with app.app_context():
        return f"/admin/users/{people.user_named(username)}"


def test_a_deactivated_user_is_logged_out_at_once(app, town, boss):
    clerk = Browser(app).log_in("clerk")
    address = address_of(app, "clerk")
    boss.open(address).send(address, active=None)

    assert clerk.open("/").location.startswith("/login")
    assert "停用" in boss.open("/admin/users?words=clerk").text


def test_a_locked_user_is_unlocked(app, town, boss):
    for _ in range(10):
        Browser(app).log_in("clerk", "wrong")
    address = address_of(app, "clerk")
    assert "已锁定" in boss.open("/admin/users").text

    boss.open(address).send(f"{address}/unlock")

    assert Browser(app).log_in("clerk").location == "/"


def test_a_reset_shows_a_password_once_and_logs_out(app, town, boss):
    clerk = Browser(app).log_in("clerk")
    address = address_of(app, "clerk")
    boss.open(address).send(f"{address}/reset")
    password = boss.tree.xpath("//code[@id='one-time-password']/text()")[0]

    assert clerk.open("/").location.startswith("/login")
    assert Browser(app).log_in("clerk", password).open("/").location == "/password"


def test_the_last_administrator_cannot_close_himself(app, town, boss):
    address = address_of(app, "boss")
    boss.open(address).send(address, active=None)

    assert boss.status == 409
    assert "不能停用本人" in boss.text


def test_the_role_stays_within_the_kind_of_organisation(app, town, boss):
    boss.open(address_of(app, "clerk"))

    assert boss.tree.xpath("//select[@name='role']/option/@value") == ["unit_clerk", "unit_head"]


def test_lists_are_paged_by_twenty_there_and_back(app, town, boss):
    for number in range(45):
        town.user(f"user{number:02}", town.unit, Role.UNIT_CLERK)

    def names():
        return [a.text for a in boss.tree.xpath("//a[@class='name']")]

    boss.open("/admin/users")
    first = names()
    boss.open(boss.tree.xpath("//a[@rel='next']/@href")[0])
    second = names()
    boss.open(boss.tree.xpath("//a[@rel='next']/@href")[0])
    third = names()
    boss.open(boss.tree.xpath("//a[@rel='prev']/@href")[0])

    assert (len(first), len(second), names()) == (20, 20, second)
    assert first + second + third == sorted(first + second + third) and len(third) == 10
    assert boss.open("/admin/users?after=%00rubbish&words=%25").status == 200


def test_nothing_typed_into_the_address_steers_its_links(app, town, boss):
    for number in range(25):
        town.user(f"user{number:02}", town.unit, Role.UNIT_CLERK)

    boss.open("/admin/users?_scheme=javascript&_external=1&endpoint=x&_anchor=y&_method=POST")

    assert boss.status == 200
    assert boss.tree.xpath("//a[@rel='next']/@href")[0].startswith("/admin/users?_scheme=javascript&")


def test_a_filter_stands_in_the_address(boss):
    boss.open("/admin/organisations?kind=firm")
    assert [a.text for a in boss.tree.xpath("//a[@class='name']")] == ["上海甲评价事务所"]
    assert boss.open("/admin/organisations?kind=nonsense&words=" + "x" * 5000).status == 200


# rights


def test_the_rights_are_printed_from_the_rules_themselves(boss):
    text = boss.open("/admin/rights").text

    assert len(boss.tree.xpath("//table")) == 4
    for act in [*PROJECT.transitions, *ITEM.transitions]:
        assert act.internal or act.label in text


# 回避名单


def test_the_supervisor_lists_and_ends(app, town, supervisor):
    supervisor.open("/admin/avoidances").send(
        "/admin/avoidances",
        firm_id=str(town.firm),
        unit_id=str(town.unit),
        first_day="2026-01-01",
        reason="持股",
    )
    assert supervisor.status == 303
    assert "长期" in supervisor.open("/admin/avoidances").text

    with app.app_context():
        number = db.session.scalar(select(Avoidance.id))
    supervisor.send(f"/admin/avoidances/{number}/end")

    assert "已结束" in supervisor.open("/admin/avoidances").text


def test_an_office_sees_and_touches_only_its_own(app, town, supervisor):
    other = town.organisation("另一主管处", OrganisationKind.OFFICE)
    town.user("other", other, Role.SUPERVISOR)
    supervisor.open("/admin/avoidances").send(
        "/admin/avoidances",
        firm_id=str(town.firm),
        unit_id=str(town.unit),
        first_day="2026-01-01",
        reason="持股",
    )
    stranger = Browser(app).log_in("other").open("/admin/avoidances")
    token = stranger.tree.xpath("//input[@name='csrf_token']/@value")[0]

    assert "持股" not in stranger.text
    assert stranger.tree.xpath("//select[@name='unit_id']/option/@value") == [""]
    assert stranger.client.post("/admin/avoidances/1/end", data={"csrf_token": token}).status_code == 404


def test_a_missing_day_is_a_field_error_and_the_reason_stays(town, supervisor):
    supervisor.open("/admin/avoidances").send(
        "/admin/avoidances", firm_id=str(town.firm), unit_id=str(town.unit), reason="持股"
    )

    assert supervisor.status == 422
    assert "请填写开始日期。" in supervisor.text
    assert supervisor.tree.xpath("//textarea[@name='reason']")[0].text.strip() == "持股"


# the log


def test_the_auditor_reads_who_did_what_from_where(app, town, auditor):
    Browser(app).log_in("clerk").open("/admin/users")

    row = auditor.open("/admin/events").tree.xpath("//tbody/tr")[0].text_content()

    assert "被拒绝的访问" in row and "clerk 经办 上海市机关事务管理局" in row
    assert "地址 127.0.0.1" in row and "页面 /admin/users" in row and "状态码 403" in row


def test_the_log_is_filtered_by_kind_and_person(app, town, auditor):
    Browser(app).log_in("clerk")
    Browser(app).log_in("nobody", "wrong")

    def whats(query):
        rows = auditor.open(f"/admin/events?{query}").tree.xpath("//tbody/tr")
        return [row.xpath("string(td[2])") for row in rows]

    assert whats("kind=login_failed") == ["登录失败"]
    assert whats("username=clerk") == ["登录"]
    assert whats("username=nobody") == []


def test_changes_of_people_are_read_from_what_to_what(app, town, boss, auditor):
    address = address_of(app, "clerk")
    boss.open(address).send(address, role="unit_head")

    row = auditor.open("/admin/changes").tree.xpath("//tbody/tr")[0].text_content()

    assert "修改用户" in row and "boss 经办" in row
    assert re.search(r"角色：预算单位经办.*预算单位负责人", row)


def test_every_form_works_with_nothing_sent(boss, supervisor):
    for browser, addresses in (
        (boss, ["/admin/organisations/new", "/admin/users/new", "/admin/organisations/2", "/admin/users/2"]),
        (supervisor, ["/admin/avoidances"]),
    ):
        for address in addresses:
            token = browser.open(address).tree.xpath("//input[@name='csrf_token']/@value")[0]
            assert browser.client.post(address, data={"csrf_token": token}).status_code == 422
