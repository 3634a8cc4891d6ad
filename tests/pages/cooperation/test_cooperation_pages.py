"""催办, 转办, 抄送 and 常用意见 as people meet them: buttons, rows, refusals, and pages that work without script."""

import pytest
from sqlalchemy import select, update

from perfflow.core import cooperation
from perfflow.db import db, unit_of_work
from perfflow.models.cooperation import Phrase, Urge
from perfflow.models.people import User
from perfflow.process import P
from tests.make import context
from tests.statements import statements


def names(screen):
    """The projects in the rows of a list."""
    return [row[0] for row in screen.rows[1:]]


def hand_over(client, play, to, reason="他更熟悉", number=None):
    place = f"/projects/{play.id}" + (f"/items/{number}" if number else "")
    return client.get(f"{place}/hand-over").press(to=str(to.id), reason=reason)


# ---------------------------------------------------------------- 催办


def test_urging_is_one_button_and_the_row_of_the_other_side_says_so(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    unit, supervisor = client_for(make["unit"]), client_for(make["supervisor"])

    page = unit.get(f"/projects/{play.id}")
    after = page.press(f"/projects/{play.id}/urge").follow()
    client_for(make["head"]).post(f"/projects/{play.id}/urge")

    assert "催办" in page.buttons
    assert "已催办，对方会收到消息" in after.text
    assert "催办" not in after.buttons and "今天 10:00 已催办" in after.text
    assert "已催办 2 次" in supervisor.get("/").text
    assert "甲局 经办（上海市甲局） 催办" in supervisor.get("/messages").text
    assert "催办" in supervisor.get(f"/projects/{play.id}/history").text


def test_a_second_urging_reads_when_the_first_was(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    unit = client_for(make["unit"])
    unit.post(f"/projects/{play.id}/urge")

    again = unit.post(f"/projects/{play.id}/urge")

    assert again.status == 409
    assert "您今天 10:00 已催办过" in again.text


def test_a_double_click_is_one_urging_and_lands_in_the_same_place(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    page = client_for(make["unit"]).get(f"/projects/{play.id}")

    answers = [page.press(f"/projects/{play.id}/urge") for _ in range(2)]

    assert [(one.status, one.location) for one in answers] == [(303, f"/projects/{play.id}")] * 2
    with context(make.app):
        assert len(db.session.scalars(select(Urge.id)).all()) == 1


def test_an_item_is_urged_beside_its_text_and_one_stays_there(make, client_for):
    play = make.project(P.RECTIFYING)
    supervisor = client_for(make["supervisor"])
    project = supervisor.get(f"/projects/{play.id}")

    answer = project.press(f"/projects/{play.id}/items/2/urge")

    assert (answer.status, answer.location) == (303, f"/projects/{play.id}#item-2")
    after = supervisor.get(f"/projects/{play.id}")
    assert project.buttons.count("催办 事项 2") == 1 and "催办 事项 2" not in after.buttons
    assert "催办 事项 1" in after.buttons and "今天 10:00 已催办" in after.text


def test_a_project_whose_items_wait_is_handed_over_item_by_item(make, client_for):
    play = make.project(P.RECTIFYING)

    page = client_for(make["unit"]).get(f"/projects/{play.id}/hand-over")

    assert "请在需要转办的事项页面上转办" in page.text


def test_an_item_is_urged_on_its_page(make, client_for):
    play = make.project(P.RECTIFYING)
    supervisor = client_for(make["supervisor"])

    supervisor.get(f"/projects/{play.id}/items/2").press(f"/projects/{play.id}/items/2/urge")

    rows = client_for(make["unit"]).get("/").rows[1:]
    assert ["已催办 1 次" in " ".join(row) for row in rows if "整改事项 2" in " ".join(row)] == [True]
    assert sum("已催办" in " ".join(row) for row in rows) == 1


@pytest.mark.parametrize(("state", "who"), [(P.DECLARATION_REVIEW, "supervisor"), (P.APPROVED, "unit")])
def test_the_button_is_not_there_where_there_is_nothing_to_urge(make, client_for, state, who):
    play = make.project(state)
    client = client_for(make[who])

    assert "催办" not in client.get(f"/projects/{play.id}").buttons
    assert client.post(f"/projects/{play.id}/urge").status == 409


def test_readers_and_strangers_urge_nothing(make, client_for):
    play = make.project(P.RECTIFYING)

    def answers(who):
        client = client_for(make[who])
        return [client.post(f"/projects/{play.id}{place}").status for place in ("/urge", "/items/1/urge")]

    assert answers("auditor") == [403, 403]
    assert [answers(who) for who in ("unit2", "lead2", "stranger", "admin")] == [[404, 404]] * 4
    assert answers("lead") == [409, 404]  # no state of its own waits, and items are not shown to a firm


def test_an_evaluator_is_not_told_that_he_was_urged_before_he_declared_himself(make, client_for):
    play = make.project(P.EVALUATING)
    client_for(make["supervisor"]).post(f"/projects/{play.id}/urge")

    assert "已催办" not in client_for(make["lead"]).get("/").text
    assert "已催办" not in client_for(make["evaluator"]).get("/").text


# ---------------------------------------------------------------- 转办


def test_what_was_handed_over_stands_in_one_inbox_and_under_done(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    other = make.project(P.DECLARATION_REVIEW)
    giver, taker = client_for(make["supervisor"]), client_for(make["supervisor2"])

    answer = hand_over(giver, play, make["supervisor2"], "出差一周")

    assert (answer.status, answer.location) == (303, f"/projects/{play.id}")
    assert len(names(giver.get("/"))) == 1 and other.said[0].text in giver.get("/").text
    assert len(names(taker.get("/"))) == 2
    assert taker.get("/").text.count("转给您办理") == 1
    assert "出差一周" in giver.get("/done").text and "转办" in giver.get("/done").text
    assert "转给您办理" in taker.get("/messages").text
    assert "已转由 预算处 复核 办理" in giver.get(f"/projects/{play.id}").text
    assert "已转由您办理" in taker.get(f"/projects/{play.id}").text


def test_the_counts_follow_the_holder(make, client_for):
    play = make.project(P.RECTIFYING)
    clerk, head = client_for(make["unit"]), client_for(make["head"])

    hand_over(clerk, play, make["head"], number=1)

    def waiting(client):
        return client.get("/done").tree.xpath("string(//nav//a[starts-with(normalize-space(), '待办')]/span/text())")

    assert (waiting(clerk).strip(), waiting(head).strip()) == ("2", "3")


def test_the_next_step_is_everybodys_again(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    hand_over(client_for(make["supervisor"]), play, make["supervisor2"])

    play.act("supervisor2", "return_declaration", reason="请补充")
    play.act("unit", "submit_declaration")

    assert len(names(client_for(make["supervisor"]).get("/"))) == 1


def test_a_closed_account_leaves_its_rows_to_the_others(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    supervisor = client_for(make["supervisor"])
    hand_over(supervisor, play, make["supervisor2"])

    with context(make.app), unit_of_work():
        db.session.execute(update(User).where(User.id == make["supervisor2"].id).values(active=False))

    assert len(names(supervisor.get("/"))) == 1
    assert "已转由" not in supervisor.get(f"/projects/{play.id}").text


def test_who_does_not_hold_it_has_no_button_and_reads_why(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    third = client_for(make.colleague("supervisor", "third"))
    hand_over(client_for(make["supervisor"]), play, make["supervisor2"])

    assert "转办" not in third.get(f"/projects/{play.id}").buttons
    assert "此事已转由 预算处 复核 办理" in third.get(f"/projects/{play.id}/hand-over").text
    answer = third.post(f"/projects/{play.id}/hand-over", to=str(make["supervisor"].id), reason="他更熟悉")
    assert answer.status == 409
    assert "此事已转由 预算处 复核 办理" in answer.text


def test_errors_stand_at_their_fields_and_what_was_typed_stays(make, client_for):
    play = make.project(P.EVALUATING, ready=True)
    lead = client_for(make["lead"])

    nothing = lead.get(f"/projects/{play.id}/hand-over").press()
    silent = hand_over(lead, play, make["evaluator"], "请先写评分表")

    assert nothing.status == silent.status == 422
    assert "请选择一位同事" in nothing.alert and "请写明理由" in nothing.alert
    assert "KnEvaluator评价员 还没有作出独立性与保密声明" in silent.alert
    assert "请先写评分表" in silent.text


def test_what_is_internal_is_told_within_the_organisation_only(make, client_for):
    play = make.project(P.COMMENTING)
    item_play = make.project(P.RECTIFYING)
    hand_over(client_for(make["unit"]), play, make["head"], "KnWhyUnit")
    hand_over(client_for(make["unit"]), item_play, make["head"], "KnWhyItem", number=1)
    share(client_for(make["unit"]), play, make["head"], note="KnNoteUnit")

    def read(who):
        client = client_for(make[who])
        places = ["/", "/done", "/messages", "/shares"]
        for one in (play, item_play):
            places += [f"/projects/{one.id}", f"/projects/{one.id}/history", f"/projects/{one.id}/issues"]
        places.append(f"/projects/{item_play.id}/items/1")
        return "".join(client.get(place).text for place in places)

    for who in ("lead", "supervisor", "supervisor2"):
        text = read(who)
        assert [word for word in ("KnWhyUnit", "KnWhyItem", "KnNoteUnit", "已转由") if word in text] == [], who
    for who in ("unit", "head", "auditor"):
        assert "KnWhyUnit" in read(who) and "KnWhyItem" in read(who)


# ---------------------------------------------------------------- 抄送, 传阅


def share(client, play, *people, note="请阅看"):
    page = client.get(f"/projects/{play.id}/share")
    return page.press(f"/projects/{play.id}/share", to=[str(one.id) for one in people], reason=note)


def test_what_is_shared_is_read_by_opening_the_project(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    unit, supervisor = client_for(make["unit"]), client_for(make["supervisor"])

    answer = share(unit, play, make["supervisor"], make["head"], note="请关注第三季度进度")
    unread = supervisor.get("/shares")
    supervisor.get(f"/projects/{play.id}")
    read = supervisor.get("/shares")

    assert (answer.status, answer.location) == (303, "/shares/sent")
    assert "请关注第三季度进度" in unread.text and "未阅" in unread.text
    assert "未阅" not in read.text and "已阅" in read.text
    sent = unit.get("/shares/sent").text
    assert "1 / 2 人已阅" in sent and "预算处 经办（上海市预算处） 已阅 2026-03-02 10:00" in sent


def test_a_share_gives_nothing_to_do_and_is_counted_by_itself(make, client_for):
    play = make.project(P.APPROVED)
    share(client_for(make["unit"]), play, make["head"])
    head = client_for(make["head"])

    home = head.get("/")

    assert "没有等您办理的事项" in home.text
    assert home.tree.xpath("normalize-space(//nav//a[@href='/shares'])") == "传阅 1"


def test_it_can_be_marked_as_read_by_a_button_and_only_by_its_reader(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    share(client_for(make["unit"]), play, make["supervisor"])
    supervisor = client_for(make["supervisor"])

    others = {client_for(make[who]).post("/shares/1/read").status for who in ("unit", "head", "supervisor2", "lead")}
    after = supervisor.get("/shares").press().follow()

    assert others == {404}
    assert "未阅" not in after.text


def test_only_people_who_see_the_project_are_offered(make, client_for):
    play = make.project(P.FINDINGS_WRITING)

    offered = client_for(make["unit"]).get(f"/projects/{play.id}/share").labels

    assert {label.split("（")[0] for label in offered if "（" in label} == {
        "KnLead主评人", "甲局 负责人", "预算处 复核", "预算处 经办", "审计 查阅",
    }  # fmt: skip
    refused = client_for(make["unit"]).post(f"/projects/{play.id}/share", to=str(make["unit2"].id))
    assert refused.status == 422


def test_among_many_people_one_searches_by_name(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    for number in range(40):
        make.colleague("unit", f"同事{number:02d}")
    unit = client_for(make["unit"])

    page = unit.get(f"/projects/{play.id}/share")
    found = page.press(f"/projects/{play.id}/share", words="同事39", find_people="1", reason="请阅看",
                       to=[str(make["head"].id)])  # fmt: skip
    picked = found.tree.xpath("//input[@name='to']/@value")
    answer = found.press(f"/projects/{play.id}/share", to=picked)

    assert len(page.tree.xpath("//input[@name='to']")) == 30 and "查找" in page.buttons
    assert [label for label in found.labels if "（" in label] == ["甲局 负责人（上海市甲局）", "同事39（上海市甲局）"]
    assert found.tree.xpath("//input[@name='to'][@checked]/@value") == [str(make["head"].id)]
    assert "请阅看" in found.text
    assert answer.status == 303
    assert "0 / 2 人已阅" in unit.get("/shares/sent").text


def test_a_firm_that_was_replaced_finds_nothing_of_it(make, client_for):
    play = make.project(P.FINDINGS_WRITING)
    share(client_for(make["supervisor"]), play, make["lead"], note="KnShareNote")
    lead = client_for(make["lead"])
    before = lead.get("/shares").text

    play.act("supervisor", "replace_firm", reason="人员变动")

    assert "KnShareNote" in before
    assert "KnShareNote" not in lead.get("/shares").text
    assert lead.post("/shares/1/read").status == 404


# ---------------------------------------------------------------- 常用意见


def phrases(make, who):
    with context(make.app):
        return cooperation.phrases_of(make[who])


def keep(make, who, *texts):
    with context(make.app), unit_of_work():
        cooperation.save_phrases(texts, actor=make[who])


def test_phrases_are_written_moved_and_dropped_without_script(make, client_for):
    unit = client_for(make["unit"])
    form = unit.get("/phrases").press(**{"rows-0-text": "同意", "add_row": "rows"})
    form = form.press(**{"rows-1-text": "请补充材料", "add_row": "rows"})
    form = form.press(**{"rows-2-text": "已阅", "move_row": "rows-2-up"})
    form = form.press(remove_row="rows-0")
    before = phrases(make, "unit")

    after = form.press().follow()

    assert before == []
    assert phrases(make, "unit") == ["已阅", "请补充材料"]
    assert "常用意见已保存" in after.text


def test_too_many_phrases_are_refused_and_nothing_typed_is_lost(make, client_for):
    unit = client_for(make["unit"])
    rows = {f"rows-{number}-text": f"意见{number}" for number in range(21)}

    answer = unit.post("/phrases", **rows)

    assert answer.status == 422
    assert "最多 20 条" in answer.alert
    assert answer.tree.xpath("//input[@name='rows-20-text']/@value") == ["意见20"]


def test_a_phrase_that_was_picked_stands_in_for_an_opinion_left_empty(make, client_for):
    keep(make, "supervisor", "请补充预算依据")
    first, second = (make.project(P.DECLARATION_REVIEW) for _ in range(2))
    supervisor = client_for(make["supervisor"])

    for play, opinion in ((first, ""), (second, "另有意见")):
        page = supervisor.get(f"/projects/{play.id}/act/return_declaration")
        assert page.press(f"/projects/{play.id}/act/return_declaration", phrase="请补充预算依据",
                          reason=opinion).status == 303  # fmt: skip

    done = supervisor.get("/done").text
    assert "请补充预算依据" in done and "另有意见" in done


def test_the_opinion_can_be_kept_and_the_form_stays_as_it_was(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    supervisor = client_for(make["supervisor"])
    address = f"/projects/{play.id}/act/approve_declaration"
    page = supervisor.get(address)

    kept = page.press(address, verdict="良", reason="符合立项条件", keep_phrase="1")
    empty = page.press(address, verdict="良", reason="", keep_phrase="1")
    answer = kept.press(address)

    assert (kept.status, empty.status, answer.status) == (200, 422, 303)
    assert phrases(make, "supervisor") == ["符合立项条件"]
    assert "已存为常用意见，本页内容尚未提交" in kept.text
    assert "还没有填写意见" in empty.alert
    assert play.state == P.APPROVED


def test_with_script_the_answer_is_one_line_and_the_form_may_still_be_sent(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    supervisor = client_for(make["supervisor"])
    address = f"/projects/{play.id}/act/approve_declaration"
    page = supervisor.get(address)
    key = page.tree.xpath("//form[@action=$here]//input[@name='form_key']/@value", here=address)[0]

    line = supervisor.post("/phrases/keep", htmx=True, reason="同意", form_key=key)
    answer = page.press(address, verdict="优", reason="同意")

    assert line.status == 200 and line.text.startswith("已存为常用意见。")
    assert answer.status == 303 and play.state == P.APPROVED


def test_phrases_are_nobody_elses(make, client_for):
    keep(make, "supervisor", "KnOwnPhrase")
    play = make.project(P.DECLARATION_REVIEW)
    address = f"/projects/{play.id}/act/return_declaration"

    assert "KnOwnPhrase" in client_for(make["supervisor"]).get(address).text
    assert "KnOwnPhrase" not in client_for(make["supervisor2"]).get(address).text
    assert "KnOwnPhrase" not in client_for(make["supervisor2"]).get("/phrases").text
    with context(make.app):
        assert len(db.session.scalars(select(Phrase.id)).all()) == 1


# ---------------------------------------------------------------- lists stay light


def test_a_longer_list_asks_the_database_no_more_often(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    unit, supervisor = client_for(make["unit"]), client_for(make["supervisor"])

    def asked(client, address):
        return statements(make.app, lambda: client.get(address))

    share(unit, play, make["supervisor"])
    short = [asked(supervisor, "/shares"), asked(unit, "/shares/sent")]
    for _ in range(5):
        share(unit, play, make["supervisor"], make["head"])

    assert [asked(supervisor, "/shares"), asked(unit, "/shares/sent")] == short
