import json
from datetime import date

import pytest
from sqlalchemy import func, select

from perfflow.core import avoidance, journal, logins, organisations, people, records, sessions
from perfflow.core.access import Actor
from perfflow.core.avoidance import AvoidanceValues, Validity
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from perfflow.core.logins import Outcome
from perfflow.core.organisations import OrganisationValues
from perfflow.core.people import NewUser, UserValues
from perfflow.db import db, unit_of_work
from perfflow.models.journal import EventEntry, JournalEntry
from perfflow.models.people import Avoidance, Organisation, User
from perfflow.process import OrganisationKind, Role
from tests.people import PASSWORD, Town, open_app


@pytest.fixture
def town(tmp_path):
    app = open_app(tmp_path)
    town = Town(app)
    with app.app_context():
        yield town


def newest():
    return db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()


def newest_changes():
    return [tuple(change) for change in json.loads(newest().body)["changes"]]


def act(command, *arguments, **named):
    with unit_of_work():
        return command(*arguments, **named)


# organisations


def test_a_new_organisation_is_in_the_journal(town):
    act(
        organisations.create_organisation,
        OrganisationKind.FIRM,
        OrganisationValues(name="新事务所"),
        actor=town.admin,
    )

    assert newest().action == "organisation_created"
    assert ("类别", "", "评价机构") in newest_changes() and ("名称", "", "新事务所") in newest_changes()


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (OrganisationKind.FIRM, {"name": " "}, "name"),
        (OrganisationKind.FIRM, {"name": "上海甲评价事务所"}, "name"),
        (OrganisationKind.UNIT, {"name": "甲", "number_style": "- "}, "number_style"),
        (OrganisationKind.UNIT, {"name": "甲", "jurisdiction": "mars"}, "jurisdiction"),
        (OrganisationKind.UNIT, {"name": "甲", "supervised_by": 999}, "supervised_by"),
        (OrganisationKind.UNIT, {"name": "甲", "supervised_by": 10**30}, "supervised_by"),
    ],
)
def test_an_organisation_that_cannot_be_names_its_field(town, kind, values, field):
    with pytest.raises(Invalid) as refused:
        act(organisations.create_organisation, kind, OrganisationValues(**values), actor=town.admin)

    assert refused.value.field == field


def test_only_units_are_supervised_and_only_by_an_office(town):
    for kind, by in ((OrganisationKind.FIRM, town.office), (OrganisationKind.UNIT, town.firm)):
        with pytest.raises(Invalid):
            values = OrganisationValues(name="甲", supervised_by=by)
            act(organisations.create_organisation, kind, values, actor=town.admin)


def test_a_change_of_manner_is_recorded_from_what_to_what(town):
    values = OrganisationValues(name="上海市机关事务管理局", supervised_by=town.office, number_style=". ", active=True)
    act(organisations.update_organisation, town.unit, values, version=None, actor=town.admin)

    assert newest().action == "organisation_updated"
    assert newest_changes() == [("条目编号", "、", ". ")]


def test_saving_the_same_again_records_nothing(town):
    before = newest().id
    one = db.session.get_one(Organisation, town.unit)
    same = organisations.organisation_values(one)
    act(organisations.update_organisation, town.unit, same, version=None, actor=town.admin)

    assert newest().id == before


def test_a_stale_form_is_told_who_was_faster(town):
    version = organisations.organisation_version(db.session.get_one(Organisation, town.unit))
    values = OrganisationValues(name="甲局", supervised_by=town.office)
    act(organisations.update_organisation, town.unit, values, version=version, actor=town.admin)

    with pytest.raises(Conflict) as conflict:
        values = OrganisationValues(name="乙局", supervised_by=town.office)
        act(organisations.update_organisation, town.unit, values, version=version, actor=town.actor("boss"))

    assert conflict.value.who == "系统管理员"
    assert conflict.value.at == newest().at


def test_a_closed_organisation_has_no_log_ins_left_when_it_opens_again(town):
    token = logins.log_in("clerk", PASSWORD, "10.0.0.7").token
    for active in (False, True):
        values = OrganisationValues(name="上海市机关事务管理局", supervised_by=town.office, active=active)
        act(organisations.update_organisation, town.unit, values, version=None, actor=town.admin)

    assert sessions.actor_for(token) is None


def test_an_administrator_cannot_close_his_own_house(town):
    with pytest.raises(Refused):
        values = OrganisationValues(name="系统运行单位", active=False)
        act(organisations.update_organisation, town.house, values, version=None, actor=town.admin)


# users


def test_a_new_user_logs_in_with_the_one_time_password_and_must_change_it(town):
    one_time = people.one_time_password()
    values = UserValues(display_name="机关事务管理局 负责人", role=Role.UNIT_HEAD)
    act(people.create_user, "Head", town.unit, values, one_time, actor=town.admin)

    result = logins.log_in("head", one_time.password, "10.0.0.7")

    assert result.outcome is Outcome.OK
    assert sessions.actor_for(result.token).must_change_password


def test_no_password_is_ever_in_the_journal(town):
    one_time = people.one_time_password()
    values = UserValues(display_name="新人", role=Role.UNIT_CLERK)
    user_id = act(people.create_user, "new.one", town.unit, values, one_time, actor=town.admin)
    act(people.reset_password, user_id, one_time, actor=town.admin)

    bodies = "".join(db.session.scalars(select(JournalEntry.body)))
    assert one_time.password not in bodies and one_time.digest not in bodies and "argon2" not in bodies


@pytest.mark.parametrize(
    ("username", "organisation", "role", "field"),
    [
        ("c", "unit", Role.UNIT_CLERK, "username"),
        ("张三", "unit", Role.UNIT_CLERK, "username"),
        ("clerk", "unit", Role.UNIT_CLERK, "username"),
        ("CLERK", "unit", Role.UNIT_CLERK, "username"),
        ("somebody", "unit", Role.SUPERVISOR, "role"),
        ("somebody", "firm", Role.ADMIN, "role"),
        ("somebody", "house", Role.UNIT_CLERK, "role"),
    ],
)
def test_a_user_that_cannot_be_names_its_field(town, username, organisation, role, field):
    values = UserValues(display_name="某人", role=role)
    with pytest.raises(Invalid) as refused:
        one_time = people.one_time_password()
        act(people.create_user, username, getattr(town, organisation), values, one_time, actor=town.admin)

    assert refused.value.field == field


def test_a_new_role_counts_at_once_and_ends_the_log_ins(town):
    token = logins.log_in("clerk", PASSWORD, "10.0.0.7").token
    values = UserValues(display_name="clerk 经办", role=Role.UNIT_HEAD)
    act(people.update_user, people.user_named("clerk"), values, version=None, actor=town.admin)

    assert sessions.actor_for(token) is None
    assert newest_changes() == [("用户", "", "clerk"), ("角色", "预算单位经办", "预算单位负责人")]


def test_a_deactivated_user_is_out_at_once(town):
    token = logins.log_in("clerk", PASSWORD, "10.0.0.7").token
    act(people.deactivate_user, people.user_named("clerk"), actor=town.admin)

    assert sessions.actor_for(token) is None
    assert newest().action == "user_deactivated"


def test_a_stale_form_of_a_user_is_refused(town):
    user = db.session.get_one(User, people.user_named("clerk"))
    version = people.user_version(user)
    values = UserValues(display_name="改名", role=Role.UNIT_CLERK)
    act(people.update_user, user.id, values, version=version, actor=town.admin)

    with pytest.raises(Conflict):
        act(people.update_user, user.id, values, version=version, actor=town.admin)


def test_there_is_always_an_administrator(town):
    boss, demoted = people.user_named("boss"), UserValues(display_name="x", role=Role.AUDITOR)
    act(people.deactivate_user, boss, actor=town.admin)

    with pytest.raises(Refused):
        act(people.deactivate_user, town.admin_id, actor=town.actor("auditor"))
    with pytest.raises(Refused):
        act(people.update_user, town.admin_id, demoted, version=None, actor=town.admin)


def test_a_reset_ends_the_log_ins_and_a_lock(town):
    token = logins.log_in("clerk", PASSWORD, "10.0.0.7").token
    for _ in range(10):
        logins.log_in("clerk", "wrong", "10.0.0.7")
    one_time = people.one_time_password()
    act(people.reset_password, people.user_named("clerk"), one_time, actor=town.admin)

    assert sessions.actor_for(token) is None
    assert logins.log_in("clerk", PASSWORD, "10.0.0.7").outcome is Outcome.WRONG
    assert logins.log_in("clerk", one_time.password, "10.0.0.7").outcome is Outcome.OK


def test_the_command_line_leaves_an_event(town):
    act(people.unlock, people.user_named("clerk"), actor=None)

    event = db.session.scalars(select(EventEntry).order_by(EventEntry.id.desc())).first()
    assert (event.kind, event.user_id, json.loads(event.body)["username"]) == ("user_unlocked", None, "clerk")


def test_the_first_administrator_is_made_once(town):
    with pytest.raises(Refused):
        act(people.create_first_admin)


@pytest.mark.parametrize("user_id", [0, -1, 999, 10**30])
def test_a_user_that_is_not_there_is_not_found(town, user_id):
    with pytest.raises(NotFound):
        act(people.unlock, user_id, actor=town.admin)


# 回避名单


def listed(town, **given):
    values = {
        "firm_id": town.firm, "unit_id": town.unit, "first_day": date(2026, 1, 1), "last_day": None,
        "reason": "持股",
    }  # fmt: skip
    return AvoidanceValues(**(values | given))


def test_the_office_lists_a_firm_for_its_own_unit(town):
    act(avoidance.add_avoidance, listed(town), actor=town.actor("super"))

    assert db.session.scalar(select(func.count()).select_from(Avoidance)) == 1
    assert (newest().action, newest().reason) == ("avoidance_added", "持股")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"last_day": date(2025, 12, 31)}, "last_day"),
        ({"firm_id": 999}, "firm_id"),
        ({"unit_id": 10**30}, "unit_id"),
    ],
)
def test_an_entry_that_cannot_be_names_its_field(town, given, field):
    with pytest.raises(Invalid) as refused:
        act(avoidance.add_avoidance, listed(town, **given), actor=town.actor("super"))

    assert refused.value.field == field


def test_another_office_neither_lists_nor_ends(town):
    other = town.organisation("另一处", OrganisationKind.OFFICE)
    town.user("other", other, Role.SUPERVISOR)
    number = act(avoidance.add_avoidance, listed(town), actor=town.actor("super"))

    with pytest.raises(Invalid):
        act(avoidance.add_avoidance, listed(town), actor=town.actor("other"))
    with pytest.raises(NotFound):
        act(avoidance.end_avoidance, number, actor=town.actor("other"))


def test_only_supervisors_list(town):
    with pytest.raises(Forbidden):
        act(avoidance.add_avoidance, listed(town), actor=town.admin)


def test_an_entry_ends_once(town):
    supervisor: Actor = town.actor("super")
    number = act(avoidance.add_avoidance, listed(town), actor=supervisor)
    act(avoidance.end_avoidance, number, actor=supervisor)

    with pytest.raises(Refused):
        act(avoidance.end_avoidance, number, actor=supervisor)


def test_the_chain_holds_after_all_this(town):
    act(avoidance.add_avoidance, listed(town), actor=town.actor("super"))
    act(people.unlock, people.user_named("clerk"), actor=None)

    assert [journal.verify(chain).broken for chain in journal.PROTECTED] == [None, None]


# 回避名单: other days


def changed(**given):
    return Validity(**({"first_day": date(2026, 1, 1), "last_day": None, "reason": "持股"} | given))


def test_days_and_reason_of_an_entry_are_changed_and_told(town):
    supervisor = town.actor("super")
    number = act(avoidance.add_avoidance, listed(town), actor=supervisor)
    act(
        avoidance.update_avoidance, number, changed(last_day=date(2026, 12, 31), reason="持股至年底"), version=None,
        actor=supervisor,
    )  # fmt: skip

    assert newest().action == "avoidance_updated"
    assert newest_changes() == [
        ("起止", "2026-01-01 — ", "2026-01-01 — 2026-12-31"), ("理由", "持股", "持股至年底"),
    ]  # fmt: skip


def test_an_entry_is_not_changed_behind_ones_back_nor_by_others_nor_once_ended(town):
    supervisor = town.actor("super")
    number = act(avoidance.add_avoidance, listed(town), actor=supervisor)
    seen = records.version_of(avoidance.validity(db.session.get_one(Avoidance, number)))
    act(avoidance.update_avoidance, number, changed(reason="甲"), version=seen, actor=supervisor)

    with pytest.raises(Conflict):
        act(avoidance.update_avoidance, number, changed(reason="乙"), version=seen, actor=supervisor)
    with pytest.raises(Invalid):
        earlier = changed(last_day=date(2025, 1, 1))
        act(avoidance.update_avoidance, number, earlier, version=None, actor=supervisor)
    with pytest.raises(Forbidden):
        act(avoidance.update_avoidance, number, changed(), version=None, actor=town.admin)
    act(avoidance.end_avoidance, number, actor=supervisor)
    with pytest.raises(Refused):
        act(avoidance.update_avoidance, number, changed(), version=None, actor=supervisor)


# lists of accounts


def line(town, place, username, role=Role.UNIT_CLERK):
    values = UserValues(display_name="新人", role=role)
    return NewUser(place, username, town.unit, values, people.one_time_password())


def test_a_list_makes_all_its_users_or_none(town):
    made = act(people.create_users, [line(town, "第 2 行", "a1"), line(town, "第 3 行", "a2")], actor=town.admin)
    assert [db.session.get_one(User, user_id).username for user_id in made] == ["a1", "a2"]

    with pytest.raises(Invalid) as refused:
        listed_here = [line(town, "第 2 行", "a3"), line(town, "第 3 行", "a1")]
        act(people.create_users, listed_here, actor=town.admin)

    assert refused.value.reason.params["place"] == "第 3 行"
    assert db.session.scalar(select(User.id).where(User.username == "a3")) is None


def test_nobody_else_in_a_role_is_told_before_the_last_one_is_deactivated(town):
    one_of_two = people.burden_of(people.user_named("boss"))
    the_only_one = people.burden_of(people.user_named("clerk"))

    assert (one_of_two.alone, the_only_one.alone) == (False, True)
    assert not the_only_one.is_held
