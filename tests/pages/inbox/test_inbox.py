"""待办 and its neighbours: derived, so that one act moves a row everywhere."""

from datetime import UTC, date, datetime, timedelta

import pytest

from perfflow.core import clock
from perfflow.db import db, unit_of_work
from perfflow.models.project import Project
from perfflow.process import P
from tests.make import NOW, TODAY, context
from tests.statements import statements


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


def test_the_way_back_leads_over_the_same_rows(make, client_for):
    for n in range(22):
        make.project(P.DECLARATION_REVIEW)
        if n % 7 == 0:
            make.project(P.RECTIFYING, items=("phased",)).carry_item(1, "plan_review")
    supervisor = client_for(make["supervisor"])

    first = supervisor.get("/")
    second = supervisor.get(next(link for link in first.links if "after=" in link))
    again = supervisor.get(next(link for link in second.links if "before=" in link))

    assert (len(first.rows), len(second.rows)) == (21, 7)
    assert again.rows == first.rows
    assert not set(map(tuple, first.rows[1:])) & set(map(tuple, second.rows[1:]))


# ---------------------------------------------------------------- the four counted links


def counted(screen) -> dict[str, str]:
    """The links above 待办 with their numbers."""
    found = (one.text_content().split() for one in screen.tree.xpath("//ul[@class='strip']//a"))
    return {" ".join(words): number for *words, number in found}


def due(make, play, day: date) -> None:
    with context(make.app), unit_of_work():
        db.session.execute(
            db.update(Project).where(Project.id == play.id).values(due_on=day, due_sort=day)
        )


def shown(screen) -> int:
    return max(len(screen.rows) - 1, 0)


def test_each_counted_link_leads_to_as_many_rows_as_it_counts(make, client_for):
    for day in (TODAY - timedelta(days=1), TODAY - timedelta(days=40), TODAY, date(2026, 3, 5), date(2026, 3, 6)):
        due(make, make.project(P.DECLARATION_REVIEW), day)
    make.project(P.DECLARATION_REVIEW).act("supervisor", "return_declaration", reason="请补充")
    supervisor = client_for(make["supervisor"])

    page = supervisor.get("/")

    assert counted(page) == {"已逾期": "2", "3 个工作日内到期": "2", "待我办理": "5", "本周办结": "1"}
    for link in page.tree.xpath("//ul[@class='strip']//a"):
        assert shown(supervisor.get(link.get("href"))) == int(link.xpath("string(b)"))


def test_three_working_days_are_counted_by_the_holiday_table(make, client_for):
    # Saturday 28 February 2026 is worked, says the table; the day before the holidays they are far away
    due(make, make.project(P.DECLARATION_REVIEW), date(2026, 10, 9))

    with clock.at(datetime(2026, 9, 29, 2, tzinfo=UTC)):
        before = counted(client_for(make["supervisor"]).get("/"))
    with clock.at(datetime(2026, 9, 27, 2, tzinfo=UTC)):
        sunday = counted(client_for(make["supervisor"]).get("/"))

    assert before["3 个工作日内到期"] == "1"  # 30 September, 8 and 9 October
    assert sunday["3 个工作日内到期"] == "0"


def test_what_was_done_last_week_is_not_done_this_week(make, client_for):
    with clock.at(NOW - timedelta(days=1)):  # Sunday
        make.project(P.DECLARATION_REVIEW).act("supervisor", "return_declaration", reason="上周")
    play = make.project(P.DECLARATION_REVIEW)
    play.act("supervisor", "extend", due_on=TODAY + timedelta(days=30), reason="延期不是办结")
    play.act("supervisor", "return_declaration", reason="本周")
    supervisor = client_for(make["supervisor"])

    week = supervisor.get("/?due=done")

    assert counted(week)["本周办结"] == "1" and shown(week) == 1 and "本周" in week.rows[1][2]
    assert shown(supervisor.get("/done?since=week")) == 2
    assert shown(supervisor.get("/done")) == 3


def test_a_link_that_is_followed_says_so_and_an_unknown_one_shows_everything(make, client_for):
    make.project(P.DECLARATION_REVIEW)
    supervisor = client_for(make["supervisor"])

    def current(address):
        return supervisor.get(address).tree.xpath("string(//ul[@class='strip']//a[@aria-current])").split()[0]

    assert (current("/"), current("/?due=late"), current("/?due=nonsense")) == ("待我办理", "已逾期", "待我办理")
    assert "“已逾期”目前没有内容" in supervisor.get("/?due=late").text


def test_a_reader_has_no_counts_and_nothing_to_filter(make, client_for):
    page = client_for(make["auditor"]).get("/")

    assert counted(page) == {} and "没有等您办理的事项" in page.text


# ---------------------------------------------------------------- filters


def test_the_filter_stands_in_the_address_and_in_the_head_of_a_printed_page(make, client_for):
    make.project(P.DECLARATION_REVIEW)
    make.project(P.DECLARATION_REVIEW, unit="unit2")
    make.project(P.EVALUATION_REVIEW)
    rect = make.project(P.RECTIFYING, items=("phased",))
    rect.carry_item(1, "plan_review")
    supervisor = client_for(make["supervisor"])
    unit2 = make["unit2"].organisation_id

    assert shown(supervisor.get("/")) == 4
    assert shown(supervisor.get("/?stage=evaluation")) == 1
    assert shown(supervisor.get("/?stage=rectification")) == 1
    assert shown(supervisor.get(f"/?unit={unit2}&stage=declaration")) == 1
    assert shown(supervisor.get("/?words=乙局")) == 1
    assert shown(supervisor.get("/?year=2025")) == 0
    printed = supervisor.get(f"/?due=mine&unit={unit2}&words=乙").tree.xpath("string(//p[@class='print-only'])")
    assert "打印时间 2026-03-02 10:00" in " ".join(printed.split())
    assert "条件：待我办理 · 关键字：乙 · 单位：上海市乙局" in printed


def test_nothing_found_says_another_thing_than_nothing_at_all(make, client_for):
    supervisor = client_for(make["supervisor"])
    nothing = supervisor.get("/")
    make.project(P.DECLARATION_REVIEW)

    none = supervisor.get("/?words=查无此项")

    assert "没有等您办理的事项" in nothing.text
    assert "没有符合条件的事项" in none.text and "清除筛选" in none.text


def test_an_evaluator_who_has_not_declared_filters_by_nothing_he_is_not_told(make, client_for):
    make.project(P.FINDINGS_WRITING)
    evaluator = client_for(make["evaluator"])

    (row,) = evaluator.get("/").rows[1:]

    assert row[1:3] == ["—", "待声明"]
    assert shown(evaluator.get("/?stage=findings")) == 0


@pytest.mark.parametrize("address", ["/", "/?due=done", "/done", "/started", "/drafts", "/messages", "/projects/"])
def test_whoever_asks_for_the_rows_alone_gets_them_and_the_address_they_stand_at(make, client_for, address):
    make.project(P.DECLARING, ready=True).act("unit", "submit_declaration")
    make.project(P.DECLARING)
    unit = client_for(make["unit"])
    mark = "&" if "?" in address else "?"

    part = unit.get(f"{address}{mark}words=&year=2026&after=x", htmx=True)
    whole = unit.get(f"{address}{mark}year=2026")

    assert part.rows == whole.rows
    assert not part.tree.xpath("//h1") and part.tree.xpath("//*[@id='print-note'][@hx-swap-oob]")
    assert part.answer.headers["HX-Push-Url"].endswith(f"{address}{mark}year=2026&after=x")


@pytest.mark.parametrize("bad", ["after=9999-12-31_7_1", "before=x", "due=%00", "stage=x&year=1e9", "unit=-1&read=x"])
@pytest.mark.parametrize("address", ["/", "/done", "/started", "/drafts", "/messages"])
def test_an_address_that_makes_no_sense_shows_the_list(make, client_for, address, bad):
    make.project()

    assert client_for(make["unit"]).get(f"{address}?{bad}").status == 200


# ---------------------------------------------------------------- the row


def test_a_returned_row_says_why_as_far_as_its_reader_may_know(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    play.act("supervisor", "return_declaration", reason="缺考核标准")
    other = make.project(P.COMMENTING)
    other.act("supervisor", "recall", reason="文字有误")

    assert "↩" not in client_for(make["unit"]).get("/").text
    (row,) = client_for(make["unit"]).get("/").rows[1:]
    (theirs,) = client_for(make["lead"]).get("/").rows[1:]

    assert "退回：缺考核标准" in row[2]
    assert "退回：文字有误" in theirs[2]


def test_amounts_have_two_decimals_and_tell_the_exact_ones_beside(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    with context(make.app), unit_of_work():
        db.session.execute(db.update(Project).where(Project.id == play.id).values(budget_fen=1_374_740_050))
    supervisor = client_for(make["supervisor"])

    for address in ("/", "/projects/"):
        (cell,) = supervisor.get(address).tree.xpath("//td[@title]")
        assert (cell.text, cell.get("title")) == ("1,374.74", "预算 13,747,400.50 元")
    (figure,) = supervisor.get(f"/projects/{play.id}").tree.xpath("//dl[@class='kv']//dd[@title]")
    assert (figure.text.strip(), figure.get("title")) == ("1,374.74", "预算 13,747,400.50 元")


# ---------------------------------------------------------------- statements


@pytest.mark.parametrize("address", ["/", "/?due=late", "/?due=done", "/done", "/started", "/messages", "/projects/"])
def test_a_list_takes_the_same_few_statements_whatever_it_shows(make, client_for, address):
    supervisor = client_for(make["supervisor"])

    def fill(count: int) -> None:
        for _ in range(count):
            due(make, make.project(P.DECLARATION_REVIEW), TODAY - timedelta(days=1))
            make.project(P.RECTIFYING, items=("phased",)).carry_item(1, "plan_review")

    fill(1)
    supervisor.get(address)
    few = statements(make.app, lambda: supervisor.get(address))
    fill(6)

    assert statements(make.app, lambda: supervisor.get(address)) == few
    assert few <= 11
