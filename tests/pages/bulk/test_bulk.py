"""批量同意, 批量催办: looked at first, each row judged by itself, and nothing done twice."""

import pytest

from perfflow.core.bulk import APPROVALS, APPROVERS, MOST, acts_for
from perfflow.process import ITEM, PROJECT, P, Party
from tests.make import context


def version(play) -> int:
    with context(play.app):
        return play.project().version


def rows_of(screen, table: str) -> list[list[str]]:
    """The cells of one table, by its caption."""
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
        for row in screen.tree.xpath(f"//table[caption='{table}']/tbody/tr")
    ]


def look(client, act: str, *rows: object):
    return client.get(f"/bulk?do={act}&" + "&".join(f"row={row}" for row in rows))


def confirm(screen, **typed):
    return screen.press("/bulk", **typed)


# ---------------------------------------------------------------- which acts


def test_only_acts_that_approve_and_ask_for_nothing_are_taken_in_bulk():
    named = [t for definition in (PROJECT, ITEM) for t in definition.transitions if t.action in APPROVALS]

    assert {t.action for t in named} == {
        "approve_evaluation", "send_out", "approve_findings", "issue_notice", "close", "accept_plan", "verify_done",
    }  # fmt: skip
    assert all(t.decides and not t.reason and not t.fields for t in named)
    assert {Party.SUPERVISOR} == APPROVERS


def test_nobody_is_offered_what_his_role_never_does(make):
    people = ("unit", "lead", "supervisor", "auditor", "admin")
    offered = {who: [act.value for act in acts_for(make[who])] for who in people}

    assert offered == {
        "unit": ["urge"], "lead": ["urge"], "supervisor": ["approve", "urge"], "auditor": [], "admin": [],
    }  # fmt: skip
    assert acts_for(make["unit"], waiting_for_him=True) == ()


# ---------------------------------------------------------------- from the list


def test_rows_are_chosen_in_the_list_without_script_and_looked_at_first(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)
    supervisor = client_for(make["supervisor"])
    page = supervisor.get("/")
    (box,) = page.tree.xpath("//form[@action='/bulk']//input[@name='row']/@value")
    (button,) = page.tree.xpath("//form[@action='/bulk']//button[@name='do']/@value")

    screen = look(supervisor, button, box)

    assert "批量同意" in page.buttons
    assert "能办 1 项，不能办 0 项" in screen.text
    (row,) = rows_of(screen, "将要办理")
    assert row[1:] == ["项目", "同意评价", "问题编写中"]
    assert play.state == P.EVALUATION_REVIEW


def test_without_a_choice_it_says_what_to_do(make, client_for):
    screen = client_for(make["supervisor"]).get("/bulk?do=approve")

    assert (screen.status, "还没有勾选" in screen.text) == (200, True)


@pytest.mark.parametrize("method", ["get", "post"])
def test_more_than_fifty_are_refused_with_a_sentence(make, client_for, method):
    supervisor = client_for(make["supervisor"])
    rows = [str(n) for n in range(1, MOST + 2)]

    screen = look(supervisor, "approve", *rows) if method == "get" else supervisor.post("/bulk", do="approve", row=rows)

    assert screen.status == 422
    assert "一次至多办理 50 项，现在有 51 项" in screen.text


# ---------------------------------------------------------------- each by its own rules


def test_each_row_tells_why_it_cannot_be_approved(make, client_for):
    with_field = make.project(P.DECLARATION_REVIEW)
    unruled = make.project(P.FINDINGS_REVIEW)
    resting = make.project(P.APPROVED)
    foreign = make.project(P.DECLARATION_REVIEW, unit="far", supervisor="stranger")
    hidden = f"{make.project(P.DECLARATION_REVIEW).id}-1"  # it has no items yet
    supervisor = client_for(make["supervisor"])

    screen = look(supervisor, "approve", with_field.id, unruled.id, resting.id, foreign.id, 999_999, hidden)
    reasons = [row[-1] for row in rows_of(screen, "不能批量办理")]

    assert reasons[0] == "要填写“审核结论”，不能批量办理，请打开项目逐项办理。"
    assert reasons[1] == "问题 1 的异议还没有裁定。"
    assert reasons[2] == "“目标已批复”没有可以直接同意的内容，请打开项目办理。"
    assert reasons[3:] == ["这一项不在您的查看范围内。"] * 3
    assert not screen.tree.xpath("//main//form//button")
    assert foreign.said[0].text not in screen.text


def test_nobody_approves_in_bulk_what_he_himself_submitted(make, client_for):
    play = make.project(P.CLOSING)
    with context(make.app):
        from perfflow.db import db, unit_of_work
        from perfflow.models.project import Project

        with unit_of_work():
            mine = db.update(Project).where(Project.id == play.id).values(submitted_by=make["supervisor"].id)
            db.session.execute(mine)

    screen = look(client_for(make["supervisor"]), "approve", play.id)

    assert "提交人不能自己审核" in rows_of(screen, "不能批量办理")[0][-1]


def test_the_stale_one_is_listed_and_the_others_go_through(make, client_for):
    plays = [make.project(P.EVALUATION_REVIEW) for _ in range(3)]
    plays.append(make.project(P.RECTIFYING, items=("phased",)))
    plays[3].carry_item(1, "plan_review")
    supervisor = client_for(make["supervisor"])
    screen = look(supervisor, "approve", *(play.id for play in plays[:3]), f"{plays[3].id}-1", plays[3].id)
    plays[1].act("supervisor2", "return_evaluation", reason="表有误")

    result = confirm(screen, reason="同意").follow()

    assert [play.state for play in plays[:3]] == [P.FINDINGS_WRITING, P.EVALUATING, P.FINDINGS_WRITING]
    with context(make.app):
        assert plays[3].item(1).state == "in_progress"
    assert "成功 3，未办 2" in result.text
    told = {row[0]: row for row in rows_of(result, "批量同意结果")}
    stale = next(row for name, row in told.items() if plays[1].said[0].text in name)
    assert stale[2:] == ["同意评价", "未办", "预算处 复核 已于 2026-03-02 10:00 先行办理，这一项没有再办。"]
    left = [row for row in rows_of(result, "批量同意结果") if row[1] == "项目" and plays[3].said[0].text in row[0]]
    assert left[0][3] == "未办" and "没有可以直接同意的内容" in left[0][4]
    assert "同意" in supervisor.get(f"/projects/{plays[0].id}/history").text


def test_a_row_that_came_to_another_approval_meanwhile_is_not_approved_unseen(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)
    screen = look(client_for(make["supervisor"]), "approve", play.id)
    play.carry(P.AWAITING_COMMENTS)

    result = confirm(screen).follow()

    assert play.state == P.AWAITING_COMMENTS
    assert "成功 0，未办 1" in result.text


def test_the_same_form_does_nothing_twice_and_its_result_stays_readable(make, client_for):
    plays = [make.project(P.EVALUATION_REVIEW) for _ in range(2)]
    supervisor = client_for(make["supervisor"])
    screen = look(supervisor, "approve", *(play.id for play in plays))

    first = confirm(screen)
    plays[0].act("supervisor2", "replace_firm", reason="换")
    plays[0].carry(P.EVALUATION_REVIEW)
    again = confirm(screen)

    assert (again.status, again.location) == (303, first.location)
    assert plays[0].state == P.EVALUATION_REVIEW  # the second press approved nothing
    assert supervisor.get(first.location).rows == first.follow().rows
    assert "成功 2，未办 0" in supervisor.get(first.location).text


def test_a_form_can_name_no_act_but_an_approving_one(make, client_for):
    play = make.project(P.CLOSING)
    row = f"{play.id}-0-{version(play)}-"
    supervisor = client_for(make["supervisor"])

    for action in ("return_rectification", "terminate", "correct", "fly", ""):
        screen = supervisor.post("/bulk", do="approve", row=row + action, reason="x").follow()
        assert "成功 0，未办 1" in screen.text

    assert play.state == P.CLOSING


def test_a_row_of_others_is_refused_as_if_it_were_not_there(make, client_for):
    foreign = make.project(P.EVALUATION_REVIEW, unit="far", supervisor="stranger")
    rows = [f"{foreign.id}-0-{version(foreign)}-approve_evaluation", "999999-0-1-approve_evaluation"]

    result = client_for(make["supervisor"]).post("/bulk", do="approve", row=rows).follow()

    assert foreign.state == P.EVALUATION_REVIEW
    one, other = rows_of(result, "批量同意结果")
    assert one == other and "不在您的查看范围内" in one[-1]


def test_somebody_elses_result_is_not_there(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)
    address = confirm(look(client_for(make["supervisor"]), "approve", play.id)).location

    assert client_for(make["supervisor2"]).get(address).status == 404


def test_what_left_reach_after_a_run_is_not_named_any_more(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    unit = client_for(make["unit"])
    address = confirm(look(unit, "urge", play.id)).location
    with context(make.app):
        from perfflow.db import db, unit_of_work
        from perfflow.models.project import Project

        with unit_of_work():
            away = db.update(Project).where(Project.id == play.id).values(unit_id=make["unit2"].organisation_id)
            db.session.execute(away)

    page = unit.get(address)

    assert page.status == 200 and play.said[0].text not in page.text
    assert f"/projects/{play.id}" not in page.links


def test_an_opinion_that_is_too_long_comes_back_and_nothing_is_done(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)

    screen = confirm(look(client_for(make["supervisor"]), "approve", play.id), reason="好" * 2001)

    assert screen.status == 422 and "2000" in screen.text
    assert play.state == P.EVALUATION_REVIEW


# ---------------------------------------------------------------- 催办


def test_urging_in_bulk_reminds_whoever_holds_each_row_once_a_day(make, client_for):
    theirs, ours = make.project(P.DECLARING), make.project(P.DECLARATION_REVIEW)
    theirs.prepare()
    theirs.act("unit", "submit_declaration")
    theirs.act("supervisor", "return_declaration", reason="补正")
    supervisor, unit = client_for(make["supervisor"]), client_for(make["unit"])

    screen = look(supervisor, "urge", theirs.id, ours.id)
    result = confirm(screen).follow()
    tomorrow = look(supervisor, "urge", theirs.id)

    assert rows_of(screen, "将要办理")[0][1:] == ["项目", "催办", "预算单位"]
    assert "正等本单位办理" in rows_of(screen, "不能批量办理")[0][-1]
    assert "成功 1，未办 1" in result.text
    assert "催办" in unit.get("/messages").text
    assert "已催办 1 次" in unit.get("/").text and "已催办 1 次" in supervisor.get("/projects/").text
    assert "您今天 10:00 已催办过" in rows_of(tomorrow, "不能批量办理")[0][-1]


def test_a_project_in_rectification_stands_for_its_items(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased", "phased", "phased"))
    play.carry_item(1, "plan_review")  # waits for the supervisor himself

    screen = look(client_for(make["supervisor"]), "urge", play.id)

    assert [row[1] for row in rows_of(screen, "将要办理")] == ["整改事项 2", "整改事项 3"]


def test_a_closed_project_stands_for_its_item_that_goes_on(make, client_for):
    play = make.project(P.CLOSED)

    screen = look(client_for(make["supervisor"]), "urge", play.id)

    assert [row[1] for row in rows_of(screen, "将要办理")] == ["整改事项 2"]


def test_a_unit_approves_nothing_and_an_auditor_does_nothing_in_bulk(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)

    assert look(client_for(make["unit"]), "approve", play.id).status == 403
    assert client_for(make["unit"]).post("/bulk", do="approve", row=f"{play.id}-0-1-close").status == 403
    assert look(client_for(make["auditor"]), "urge", play.id).status == 403


def test_a_firm_that_has_not_declared_learns_nothing_by_choosing(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)

    screen = look(client_for(make["evaluator"]), "urge", play.id)

    assert "请先作出独立性与保密声明" in rows_of(screen, "不能批量办理")[0][-1]
    assert "预算主管部门" not in screen.tree.xpath("string(//main)")
