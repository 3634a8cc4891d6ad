"""待办 and its neighbours: derived, so that one act moves a row everywhere."""

import pytest

from perfflow.process import P


def verbs(screen) -> list[str]:
    return [row[-1].split()[0] for row in screen.rows[1:]]


@pytest.mark.parametrize(
    ("state", "who", "verb"),
    [
        (P.DECLARING, "unit", "填报"),
        (P.DECLARING, "head", "填报"),
        (P.DECLARATION_REVIEW, "supervisor", "审核"),
        (P.DECLARATION_REVIEW, "supervisor2", "审核"),
        (P.AWAITING_FIRM, "supervisor", "委托"),
        (P.EVALUATING, "lead", "声明"),
        (P.FINDINGS_WRITING, "lead", "编写问题"),
        (P.EVALUATION_REVIEW, "supervisor", "审核"),
        (P.COMMENTING, "unit", "反馈"),
        (P.CLOSING, "supervisor", "办结"),
    ],
)
def test_whoever_can_act_sees_the_row_with_its_verb(make, client_for, state, who, verb):
    make.project(state)

    assert verbs(client_for(make[who]).get("/")) == [verb]


@pytest.mark.parametrize("state", [P.APPROVED, P.CLOSED, P.PUBLISHED, P.REJECTED, P.VOIDED, P.TERMINATED])
def test_a_resting_or_final_project_waits_for_nobody(make, client_for, state):
    make.project(state, items=("immediate",))

    for who in ("unit", "lead", "supervisor"):
        assert "没有等您办理的事项" in client_for(make[who]).get("/").text


def test_a_continuing_item_goes_on_waiting_for_its_unit_behind_the_closing(make, client_for):
    make.project(P.CLOSED)

    assert verbs(client_for(make["unit"]).get("/")) == ["报进展"]


def test_nobody_else_sees_the_row(make, client_for):
    make.project(P.DECLARATION_REVIEW)

    for who in ("unit", "unit2", "lead", "lead2", "stranger", "auditor"):
        assert "没有等您办理的事项" in client_for(make[who]).get("/").text


def test_in_rectification_items_stand_there_and_the_project_only_when_all_are_settled(make, client_for):
    play = make.project(P.RECTIFYING)
    unit = client_for(make["unit"])
    before = verbs(unit.get("/"))

    for number in range(1, 4):
        play.carry_item(number, "settled")

    assert before == ["报方案"] * 3
    assert verbs(unit.get("/")) == ["报送"]


def test_an_act_takes_the_row_away_and_leaves_it_under_done(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    supervisor = client_for(make["supervisor"])

    play.act("supervisor", "return_declaration", reason="请补充预算依据")

    assert "没有等您办理的事项" in supervisor.get("/").text
    assert "请补充预算依据" in supervisor.get("/done").text
    assert verbs(client_for(make["unit"]).get("/")) == ["填报"]


def test_a_draft_is_listed_until_it_is_submitted(make, client_for):
    play = make.project(P.DECLARING, ready=True)
    unit = client_for(make["unit"])
    assert len(unit.get("/drafts").rows) == 2

    play.act("unit", "submit_declaration")

    assert "这里还没有项目" in unit.get("/drafts").text
    assert len(unit.get("/started").rows) == 2


def test_messages_are_counted_and_read_at_once(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    play.act("supervisor", "return_declaration", reason="再看看")
    unit = client_for(make["unit"])

    page = unit.get("/messages")
    assert "退回修改" in page.text
    assert page.tree.xpath("//*[@id='messages-count']")[0].text == "1"

    after = page.press().follow()

    assert not after.tree.xpath("//*[@id='messages-count']")[0].text
    assert "已读" in after.text


def test_the_most_urgent_comes_first_and_the_rest_on_the_next_page(make, client_for):
    for _ in range(23):
        make.project(P.DECLARATION_REVIEW)
    supervisor = client_for(make["supervisor"])

    first = supervisor.get("/")
    second = supervisor.get(next(link for link in first.links if "after=" in link))

    assert (len(first.rows), len(second.rows)) == (21, 4)
    assert "共 23 项" in first.text


def test_the_administrator_lands_on_his_own_pages(make, client_for):
    answer = client_for(make["admin"]).get("/")

    assert (answer.status, answer.location) == (303, "/admin/organisations")
