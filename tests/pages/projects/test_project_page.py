"""The first page of a project: what is needed first, what happened at each stage, and what can be done at once."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from perfflow.db import db, unit_of_work
from perfflow.models.evaluation import Assignment
from perfflow.models.item import RectItem
from perfflow.process import I, P
from tests.make import TODAY, WAY, context, fresh_key
from tests.statements import statements

PEOPLE = ("unit", "lead", "supervisor", "auditor")
STAGES = ["申报", "评价", "问题", "建议", "整改", "办结"]


def steps(screen) -> list[tuple[str, str]]:
    """Each stage with what is told of it."""
    found = []
    for one in screen.tree.xpath("//ol[@class='steps']/li"):
        label = one.xpath("string(b/text()[1])").strip()
        found.append((label, " ".join(one.xpath("string(b/following-sibling::text())").split())))
    return found


def current(screen) -> list[str]:
    marked = screen.tree.xpath("//ol[@class='steps']/li[@aria-current='step']")
    return [one.xpath("string(b/text()[1])").strip() for one in marked]


def plain(element) -> str:
    return " ".join(element.text_content().split())


def page_of(play, client_for, make, who="supervisor"):
    screen = client_for(make[who]).get(f"/projects/{play.id}")
    assert screen.status == 200
    return screen


def typed(play, **values):
    """The hidden fields of a form drawn now, with what somebody types."""
    with play.app.app_context():
        return {"version": play.project().version, "form_key": fresh_key(), **values}


# ---------------------------------------------------------------- an act of its own page


def test_who_moves_a_deadline_reads_the_present_one_beside_it(make, client_for):
    play = make.project(P.RECTIFYING)
    with play.app.app_context(), unit_of_work():
        item = play.item(1).due_on
        project = play.project().due_on
    office = client_for(make["supervisor"])

    def hint(address):
        return office.get(f"/projects/{play.id}{address}").tree.xpath("string(//*[@id='due_on-hint'])")

    assert hint("/act/extend") == f"现在的期限：{project.isoformat()}"
    assert hint("/items/1/act/extend") == f"现在的期限：{item.isoformat()}"


def test_a_deadline_that_is_set_anew_names_none_before_it(make, client_for):
    play = make.project(P.RECTIFYING)
    play.carry_item(1, I.VERIFYING)
    page = client_for(make["supervisor"]).get(f"/projects/{play.id}/items/1/act/verify_continuing")

    assert page.tree.xpath("//input[@name='due_on']") and "现在的期限" not in page.text


# ---------------------------------------------------------------- the stages


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        (P.DECLARATION_REVIEW, "申报"), (P.APPROVED, "申报"), (P.AWAITING_FIRM, "评价"), (P.EVALUATION_REVIEW, "评价"),
        (P.COMMENTING, "问题"), (P.SUGGESTIONS_WRITING, "建议"), (P.RECTIFYING, "整改"), (P.CLOSING, "整改"),
        (P.PUBLISHED, "办结"), (P.REJECTED, "申报"), (P.TERMINATED, "整改"),
    ],
)  # fmt: skip
def test_the_current_step_fits_the_state(make, client_for, state, stage):
    screen = page_of(make.project(state), client_for, make)

    assert current(screen) == [stage]
    assert [label for label, _note in steps(screen)] == STAGES


def test_each_stage_tells_what_happened_there(make, client_for):
    play = make.project(P.RECTIFYING)
    play.carry_item(1, I.VERIFYING)
    play.carry_item(2, I.PLAN_REVIEW)

    assert steps(page_of(play, client_for, make)) == [
        ("申报", "2026-03-02 批复"),
        ("评价", "2026-03-02 定稿"),
        ("问题", "3 项已确认"),
        ("建议", "3 条已下达"),
        ("整改", "1 / 3 项已报送"),
        ("办结", "未开始"),
    ]


def test_a_stage_tells_nothing_that_is_not_shown_yet(make, client_for):
    play = make.project(P.AWAITING_COMMENTS)

    assert dict(steps(page_of(play, client_for, make)))["问题"] == "已列 3 项"
    assert dict(steps(page_of(play, client_for, make, "unit")))["问题"] == "待发征求意见"


# ---------------------------------------------------------------- figures and cautions


def test_the_grade_is_explained_by_the_scale_in_force(make, client_for):
    screen = page_of(make.project(P.RECTIFYING), client_for, make)

    shown = screen.tree.xpath("//dl[@class='kv']/div")
    figures = {one.xpath("string(dt)"): plain(one.find("dd")) for one in shown}
    assert list(figures) == ["预算金额", "决算金额", "预算执行率", "评价分值", "评价结论"]
    assert figures["预算金额"].endswith("万元") and figures["评价分值"].endswith("分")
    grade, _space, span = figures["评价结论"].partition(" ")
    assert grade in ("优", "良") and "分及以上" in span


def test_amounts_that_cannot_be_right_are_told_with_the_way_to_mend_them(make, client_for):
    play = make.project(P.RECTIFYING)
    with play.app.app_context(), unit_of_work():
        budget = play.project().budget_fen
        db.session.execute(update(Assignment).where(Assignment.project_id == play.id).values(paid_fen=budget * 10_000))

    told = {who: page_of(play, client_for, make, who) for who in ("supervisor", "unit")}

    assert all("相差约一万倍" in screen.text for screen in told.values())
    assert f"/projects/{play.id}/act/correct" in told["supervisor"].links
    assert f"/projects/{play.id}/act/correct" not in told["unit"].links


def test_a_grade_that_does_not_fit_its_total_is_told_and_not_changed(make, client_for):
    play = make.project(P.RECTIFYING)
    with play.app.app_context(), unit_of_work():
        db.session.execute(update(Assignment).where(Assignment.project_id == play.id).values(total=8999, grade="优"))

    screen = page_of(play, client_for, make)

    assert "评价结论待核对：89.99 分按当年等级标准应为“良”，所列结论为“优”。" in screen.text


# ---------------------------------------------------------------- blocks and scores


def blocks(screen):
    return screen.tree.xpath("//article[@class='issue']")


def test_the_first_page_shows_the_blocks_of_three_once_they_are_shown_to_somebody(make, client_for):
    play = make.project(P.COMMENTING)
    hidden = make.project(P.AWAITING_COMMENTS)

    assert len(blocks(page_of(play, client_for, make, "unit"))) == 3
    assert "问题与整改（3）" in page_of(play, client_for, make, "unit").text
    assert blocks(page_of(hidden, client_for, make, "unit")) == []
    assert len(blocks(page_of(hidden, client_for, make))) == 3


def test_before_there_are_findings_the_first_page_tells_what_the_project_is(make, client_for):
    screen = page_of(make.project(P.EVALUATING, ready=True), client_for, make, "lead")

    assert blocks(screen) == []
    assert "没有列出问题" not in screen.text and "对象类型" in screen.text


def test_a_block_names_who_answers_until_when_and_its_evidence(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased",))
    play.carry_item(1, I.VERIFYING)

    block = blocks(page_of(play, client_for, make))[0]
    text = " ".join(block.text_content().split())

    assert "整改已报送，待核实" in text
    assert "责任人：Kn" in text and "期限 2026-12-31" in text
    assert "（1 份佐证材料）" in text
    assert block.xpath(".//a[contains(@href, '/files/')]")


def test_an_overdue_item_is_told_in_the_head_of_its_block(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased",))
    with play.app.app_context(), unit_of_work():
        db.session.execute(
            update(RectItem).where(RectItem.project_id == play.id).values(due_on=TODAY - timedelta(days=12))
        )

    head = blocks(page_of(play, client_for, make))[0].xpath("string(.//div[@class='r'])")

    assert "已逾期 12 天" in head


def test_a_returned_item_carries_the_mark_of_a_return(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased",))
    play.carry_item(1, I.PLAN_REVIEW)
    play.act_item("supervisor", 1, "return_plan", reason="请写明验收方式。")

    screen = page_of(play, client_for, make, "unit")

    assert blocks(screen)[0].xpath(".//span[@class='tag back']")
    assert screen.tree.xpath("//ol[@class='tl']/li[@class='back']//blockquote[contains(., '请写明验收方式。')]")


def test_the_firm_reads_the_state_of_an_item_and_nothing_of_what_was_done(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased",))
    play.carry_item(1, I.VERIFYING)

    block = blocks(page_of(play, client_for, make, "lead"))[0]

    assert "待核实" in block.text_content()
    assert "责任人" not in block.text_content() and "期限" not in block.text_content()
    assert not block.xpath(".//form | .//a[contains(@href, '/items/')]")


def test_a_weak_indicator_leads_to_the_finding_that_explains_it(make, client_for):
    play = make.project(P.RECTIFYING)

    card = page_of(play, client_for, make).tree.get_element_by_id("scores")

    weak = [plain(row) for row in card.xpath(".//tbody/tr") if "低于 60%" in row.text_content()]
    assert any(one.startswith("A2 ") and "问题 1" in one for one in weak)
    assert "#finding-1" in card.xpath(".//a/@href")
    assert "全部 3 项指标" in card.text_content()
    assert card.xpath(".//meter")


def test_without_a_score_sheet_there_is_no_card_of_scores(make, client_for):
    play = make.project(P.CLOSED, registered=True, table_only=True, dispute=False, items=("immediate",))

    assert not page_of(play, client_for, make).tree.xpath("//*[@id='scores']")


# ---------------------------------------------------------------- acts


def test_an_act_without_fields_is_taken_from_the_page_with_its_opinion(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)
    screen = page_of(play, client_for, make)

    form = screen.tree.xpath("//*[@id='acts']//form")[0]
    button = form.xpath(".//button[normalize-space()='同意评价']")[0]
    data = dict(form.form_values()) | {"reason": "同意，请继续。"}
    answer = screen.client.post(button.get("formaction"), **data)

    assert answer.status == 303
    assert play.state == P.FINDINGS_WRITING
    assert "同意，请继续。" in page_of(play, client_for, make).text


def test_which_acts_need_a_reason_is_said_beside_the_opinion(make, client_for):
    card = page_of(make.project(P.EVALUATION_REVIEW), client_for, make).tree.get_element_by_id("acts")

    assert "办理“退回评价”须写明理由。" in card.text_content()


def test_a_missing_reason_comes_back_as_the_form_of_the_act(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)

    answer = client_for(make["supervisor"]).post(f"/projects/{play.id}/act/return_evaluation", **typed(play, reason=""))

    assert answer.status == 422
    assert "请写明理由" in answer.alert
    assert play.state == P.EVALUATION_REVIEW


def test_an_act_that_needs_more_opens_its_page_with_what_was_typed(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    address = f"/projects/{play.id}/act/approve_declaration"

    asked = client_for(make["supervisor"]).post(address, **typed(play, reason="目标合理。", ask="1"))

    assert asked.status == 200
    assert play.state == P.DECLARATION_REVIEW
    assert asked.tree.get_element_by_id("reason").value.strip() == "目标合理。"
    assert asked.press(address, verdict="良").status == 303
    assert play.state == P.APPROVED


def test_a_warning_is_read_before_the_act_and_the_opinion_is_kept(make, client_for):
    play = make.project(P.SUGGESTIONS_REVIEW, ready=True)
    address = f"/projects/{play.id}/act/issue_notice"

    asked = client_for(make["supervisor"]).post(address, **typed(play, reason="请按期整改。", ask="1"))

    assert "通知下达后不能再退回" in asked.text
    assert asked.tree.get_element_by_id("reason").value.strip() == "请按期整改。"
    assert asked.press(address).status == 303
    assert play.state == P.RECTIFYING


def test_acts_of_an_item_stand_in_its_block_and_lead_back_there(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased",))
    play.carry_item(1, I.PLAN_REVIEW)
    screen = page_of(play, client_for, make)

    form = blocks(screen)[0].xpath(".//form")[0]
    labels = [plain(one) for one in form.xpath(".//ul//button[contains(@formaction, '/act/')]")]
    agree = form.xpath(".//button[normalize-space()='同意方案']/@formaction")[0]
    answer = screen.client.post(agree, **dict(form.form_values()))

    assert labels == ["同意方案", "退回方案", "撤销事项", "延期"]
    assert answer.location.endswith(f"/projects/{play.id}#item-1")
    with context(play.app):
        assert play.item(1).state == I.IN_PROGRESS


def test_an_item_that_waits_for_others_keeps_its_acts_folded(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased",))

    block = blocks(page_of(play, client_for, make))[0]

    assert block.xpath(".//details//a[normalize-space()='撤销事项'] | .//details//button[normalize-space()='撤销事项']")
    assert block.xpath("string(.//form[not(ancestor::details)])").split() == ["催办", "事项", "1"]


def test_what_cannot_be_done_yet_keeps_its_reasons_beside_the_acts_that_can(make, client_for):
    play = make.project(P.FINDINGS_REVIEW)

    screen = page_of(play, client_for, make)

    assert list(screen.shut) == ["同意问题"]
    assert "还没有裁定" in screen.shut["同意问题"][0]
    assert "退回异议答复" in screen.buttons


# ---------------------------------------------------------------- what cannot be undone


def test_an_act_that_ends_a_project_asks_for_its_number(make, client_for):
    play = make.project(P.RECTIFYING)
    client = client_for(make["supervisor"])
    address = f"/projects/{play.id}/act/terminate"
    with context(play.app):
        code = play.project().code

    without = client.post(address, **typed(play, reason="项目取消"))
    wrong = client.post(address, **typed(play, reason="项目取消", project_code="XM-1999-0001"))

    assert (without.status, wrong.status, play.state) == (422, 422, P.RECTIFYING)
    assert "XM-1999-0001" in wrong.alert and "项目取消" in wrong.text
    assert client.post(address, **typed(play, reason="项目取消", project_code=f" {code.lower()} ")).status == 303
    assert play.state == P.TERMINATED


@pytest.mark.parametrize(
    ("state", "who", "action", "asks"),
    [
        (P.DECLARING, "unit", "void", True),
        (P.DECLARATION_REVIEW, "supervisor", "reject_declaration", True),
        (P.DECLARATION_REVIEW, "supervisor", "return_declaration", False),
        (P.EVALUATING, "supervisor", "replace_firm", False),
    ],
)
def test_only_what_leads_to_an_end_asks_for_the_number(make, client_for, state, who, action, asks):
    page = client_for(make[who]).get(f"/projects/{make.project(state).id}/act/{action}")

    assert bool(page.tree.xpath("//input[@name='project_code']")) is asks


def test_cancelling_an_item_asks_for_the_number_too(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased",))

    page = client_for(make["supervisor"]).get(f"/projects/{play.id}/items/1/act/cancel_item")

    assert page.tree.xpath("//input[@name='project_code']")


# ---------------------------------------------------------------- progress


def test_the_progress_tells_how_long_each_step_had_lasted_and_how_many_there_are(make, client_for):
    play = make.project(P.RECTIFYING)
    screen = page_of(play, client_for, make)

    card = screen.tree.get_element_by_id("progress")
    lines = card.xpath(".//ol[@class='tl']/li")
    history = client_for(make["supervisor"]).get(f"/projects/{play.id}/history")
    count = len(history.tree.xpath("//ol[@class='tl']/li"))

    assert "已停留 0 天" in lines[0].text_content()
    assert all("此前停留 0 天" in one.text_content() for one in lines[1:])
    assert f"全部 {count} 条" in card.text_content()


def test_the_full_record_goes_on_to_older_entries(make, client_for, monkeypatch):
    monkeypatch.setattr("perfflow.pages.projects.history.PAGE", 5)
    play = make.project(P.COMMENTING)
    client = client_for(make["supervisor"])
    address, seen = f"/projects/{play.id}/history", []
    while address:
        page = client.get(address)
        seen += [plain(one) for one in page.tree.xpath("//ol[@class='tl']/li")]
        address = next(iter(page.tree.xpath("//a[normalize-space()='更早的记录']/@href")), "")

    assert f"共 {len(seen)} 条" in page.text
    assert "新建申报" in seen[-1]


@pytest.mark.parametrize("bad", ["x", "-1", "9" * 30, "²"])
def test_a_place_in_the_record_that_makes_no_sense_shows_its_beginning_or_nothing(make, client_for, bad):
    play = make.project(P.APPROVED)

    assert client_for(make["supervisor"]).get(f"/projects/{play.id}/history?before={bad}").status == 200


# ---------------------------------------------------------------- files, and how much is asked of the database


def test_the_files_stand_with_name_and_size_and_an_upload_where_it_is_allowed(make, client_for):
    play = make.project(P.EVALUATING, ready=True)

    firm = page_of(play, client_for, make, "lead").tree.get_element_by_id("files")
    office = page_of(play, client_for, make).tree.get_element_by_id("files")

    assert "上传" in firm.text_content() and "B" in firm.xpath("string(.//li/span)")
    assert "上传" not in office.text_content()


def test_a_page_takes_as_many_statements_for_five_items_as_for_one(make, client_for):
    few, many = (make.project(P.RECTIFYING, items=("phased",) * count) for count in (1, 5))
    for play, count in ((few, 1), (many, 5)):
        for number in range(1, count + 1):
            play.carry_item(number, I.VERIFYING)
    pages = [(client_for(make[who]), tab) for who in PEOPLE for tab in ("", "/issues", "/history", "/files")]

    one, five = (
        [second_visit(make.app, client, f"/projects/{play.id}{tab}") for client, tab in pages] for play in (few, many)
    )

    assert five == one


def second_visit(app, client, address: str) -> int:
    """How many statements it takes."""
    assert client.get(address).status == 200
    return statements(app, lambda: client.get(address))


def test_every_state_has_a_page_with_one_current_step_for_everybody_inside(make, client_for):
    play = make.project(items=("phased",))
    clients = [client_for(make[who]) for who in PEOPLE]
    for state in WAY:
        play.carry(state).prepare()
        screens = [client.get(f"/projects/{play.id}") for client in clients]

        assert {screen.status for screen in screens} <= {200, 303, 404}
        assert all(len(current(screen)) == 1 for screen in screens if screen.status == 200), state
