"""A draft from the first word to the record: kept, offered, restored, refused, discarded."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from perfflow.core import clock, drafts
from perfflow.db import db
from perfflow.models.draft import Draft
from perfflow.models.journal import JournalEntry
from perfflow.process import I, P
from perfflow.web.drafts import TITLES
from tests.make import NOW, Make, Play
from tests.screen import ORIGIN, Client, Screen

ClientFor = Callable[[Any], Client]


def summary_of(play: Play) -> str:
    return f"/projects/{play.id}/summary"


def keep(client: Client, page: Screen, action: str, **typed: Any) -> Screen:
    """What the script does: the fields of the form as they stand, sent to be kept."""
    form = next(form for form in page.tree.xpath("//main//form[@method='post']") if form.action == action)
    fields = {**dict(form.form_values()), **typed}
    answer = client.http.post("/drafts", query_string={"for": action}, data=fields, headers={"Origin": ORIGIN})
    return Screen(client, answer, "/drafts")


def offer_on(page: Screen) -> str:
    return " ".join(" ".join(page.tree.xpath("//*[contains(@class, 'pf-draft')]//text()")).split())


def restore(page: Screen) -> Screen:
    return page.client.get(str(page.tree.xpath("//*[contains(@class, 'pf-draft')]//a/@href")[0]))


def value(page: Screen, name: str) -> str:
    """What stands in a field; the line end that begins every text area is none of it."""
    field = page.tree.xpath("//main//form//*[@name=$name]", name=name)[0]
    return str(field.value).removeprefix("\n")


@pytest.fixture
def rectifying(make: Make) -> Play:
    play = make.project(P.RECTIFYING)
    play.rectify()
    return play


# ---------------------------------------------------------------- kept and offered


def test_a_form_is_kept_and_offered_when_its_writer_comes_back(
    make: Make, client_for: ClientFor, rectifying: Play
) -> None:
    address = summary_of(rectifying)
    client = client_for(make["unit"])
    page = client.get(address)
    before = value(page, "text")

    said = keep(client, page, address, text="写了两个小时的整改情况")

    assert (said.status, said.text) == (200, "草稿已于 10:00 自动保存")
    elsewhere = client_for(make["unit"])  # another browser of his
    again = elsewhere.get(address)
    assert "您在 10:00 有一份自动保存的草稿" in offer_on(again)
    assert value(again, "text") == before
    restored = restore(again)
    assert value(restored, "text") == "写了两个小时的整改情况"
    assert "已恢复您 10:00 自动保存的草稿" in offer_on(restored)


def test_nobody_else_is_offered_it(make: Make, client_for: ClientFor, rectifying: Play) -> None:
    address = summary_of(rectifying)
    client = client_for(make["unit"])
    keep(client, client.get(address), address, text="我的草稿")

    colleague = client_for(make["head"]).get(address)

    assert offer_on(colleague) == ""
    assert "我的草稿" not in colleague.text


def test_a_draft_says_its_day_when_it_is_not_of_today(make: Make, client_for: ClientFor, rectifying: Play) -> None:
    address = summary_of(rectifying)
    client = client_for(make["unit"])
    keep(client, client.get(address), address, text="昨天写的")

    with clock.at(NOW + timedelta(days=1)):
        page = client_for(make["unit"]).get(address)

    assert "2026-03-02 10:00" in offer_on(page)


def test_rows_that_were_added_come_back_with_the_draft(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.FINDINGS_WRITING)
    address = f"/projects/{play.id}/findings"
    client = client_for(make["lead"])
    typed = {
        f"findings-{at}-{name}": text
        for at in range(3)
        for name, text in (("number", f"{at + 1}"), ("text", f"第 {at + 1} 个问题的内容"), ("amount_fen", "不是金额"))
    }

    keep(client, client.get(address), address, **typed)
    restored = restore(client.get(address))

    for name, text in typed.items():
        assert value(restored, name) == text
    assert restored.status == 200


def test_a_page_with_several_forms_offers_each_its_own(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.RECTIFYING)
    play.carry_item(1, "in_progress")
    item = f"/projects/{play.id}/items/1"
    client = client_for(make["unit"])

    keep(client, client.get(item), f"{item}/notes", text="正在整改的第一步")
    page = client.get(item)

    forms = [form.action for form in page.tree.xpath("//form[.//*[contains(@class, 'pf-draft')]]")]
    assert forms == [f"{item}/notes"]
    assert value(restore(page), "text") == "正在整改的第一步"


def test_the_opinion_beside_the_text_is_kept_for_all_its_acts(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.EVALUATION_REVIEW)
    page = f"/projects/{play.id}"
    client = client_for(make["supervisor"])
    first = client.get(page)
    form = first.tree.xpath("//form[.//*[@name='reason']]")[0]

    keep(client, first, form.action, reason="评价报告的依据不足")
    restored = restore(client.get(page))

    assert value(restored, "reason") == "评价报告的依据不足"
    act = f"/projects/{play.id}/act/return_evaluation"
    sent = dict(restored.tree.xpath("//form[.//*[@name='reason']]")[0].form_values())
    assert client.http.post(act, data=sent, headers={"Origin": ORIGIN}).status_code == 303
    with client.app.app_context():
        assert drafts.of(make["supervisor"]) == []


def test_what_is_secret_or_technical_is_not_kept(make: Make, client_for: ClientFor, rectifying: Play) -> None:
    address = summary_of(rectifying)
    client = client_for(make["unit"])

    keep(client, client.get(address), address, text="文字", old_password="Blue-Teapot-47")

    with client.app.app_context():
        fields = db.session.scalars(select(Draft.fields)).one()
    assert "文字" in fields
    assert not [word for word in ("csrf", "form_key", "Teapot", "version") if word in fields]


# ---------------------------------------------------------------- sent, and the record that moved on


def test_a_form_that_was_sent_leaves_no_draft(make: Make, client_for: ClientFor, rectifying: Play) -> None:
    address = summary_of(rectifying)
    client = client_for(make["unit"])
    page = client.get(address)
    keep(client, page, address, text="写好的整改情况")

    assert page.press(address, text="写好的整改情况").status == 303
    late = keep(client, page, address, text="写好的整改情况")  # what was still under way as the form was sent

    assert late.status == 204
    assert offer_on(client.get(address)) == ""


def test_a_form_that_was_refused_keeps_its_draft(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.RECTIFYING)
    play.carry_item(1, "in_progress")
    item = f"/projects/{play.id}/items/1"
    client = client_for(make["unit"])
    page = client.get(item)
    keep(client, page, f"{item}/notes", text="很长")

    assert page.press(f"{item}/notes", text="").status == 422

    assert offer_on(client.get(item))


def test_a_draft_of_what_others_changed_meanwhile_says_so_and_is_refused_with_its_text(
    make: Make, client_for: ClientFor, rectifying: Play
) -> None:
    address = summary_of(rectifying)
    client = client_for(make["unit"])
    keep(client, client.get(address), address, text="我的版本")
    client_for(make["head"]).get(address).press(address, text="负责人的版本", source="typed")

    page = client.get(address)
    assert "此后这里的内容已有更新" in offer_on(page)
    restored = restore(page)
    assert "此后这里的内容已有更新" in offer_on(restored)
    refused = restored.press(address)

    assert refused.status == 409
    assert "甲局 负责人" in refused.alert
    assert value(refused, "text") == "我的版本"
    assert refused.press(address).status == 303


def test_the_draft_of_an_act_meets_who_was_faster(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.DECLARATION_REVIEW)
    act = f"/projects/{play.id}/act/approve_declaration"
    client = client_for(make["supervisor"])
    keep(client, client.get(act), act, reason="目标合理", verdict="良")
    extend = f"/projects/{play.id}/act/extend"
    colleague = client_for(make["supervisor2"]).get(extend)
    assert colleague.press(extend, due_on="2026-05-29", reason="材料待补").status == 303

    restored = restore(client.get(act))

    assert (value(restored, "reason"), value(restored, "verdict")) == ("目标合理", "良")
    assert restored.press(act).status == 409


def test_a_draft_whose_form_is_gone_shows_its_texts_under_their_labels(
    make: Make, client_for: ClientFor, rectifying: Play
) -> None:
    address = summary_of(rectifying)
    client = client_for(make["unit"])
    keep(client, client.get(address), address, text="没来得及提交的整改情况")
    with client.app.app_context():
        (head,) = drafts.of(make["unit"])
    rectifying.act("unit", "submit_rectification", reason="报送")

    led = client.get(f"{address}?draft={head.id}")

    assert (led.status, led.location) == (303, f"/drafts/{head.id}?closed=1")
    page = led.follow()
    assert page.heading == "草稿：整改情况"
    assert "这张表单现在不能填写" in page.text
    kept = dict(zip(texts(page, "//dt"), texts(page, "//dd"), strict=True))
    assert kept["整改情况文字"] == "没来得及提交的整改情况"


def test_an_opinion_on_what_somebody_else_decided_leads_on_and_not_in_a_circle(
    make: Make, client_for: ClientFor
) -> None:
    play = make.project(P.RECTIFYING)
    play.carry_item(1, I.VERIFYING)
    item = f"/projects/{play.id}/items/1"
    office = client_for(make["supervisor"])
    keep(office, *opinion_on(office, item), reason="佐证还不充分")
    (link,) = [link for link in office.get("/drafts").links if "draft=" in link]
    play.act_item("supervisor2", 1, "verify_not_done", reason="没有做到")

    page = office.get(link).follow()

    assert page.heading == "草稿：办理意见：整改事项 1"
    assert "这张表单现在不能填写" in page.text
    assert "继续填写" not in page.text and not [link for link in page.links if "draft=" in link]
    assert page.tree.xpath("//a[contains(@class, 'btn-brand')][.='查看整改事项']/@href") == [item]
    assert page.tree.xpath("//textarea[@readonly]")[0].text.split() == ["办理意见", "佐证还不充分"]
    assert page.press("/drafts/discard", draft_id=page.tree.xpath("//button[@name='draft_id']/@value")[0]).status == 303


def test_a_form_that_is_gone_from_a_project_leads_to_the_project(
    make: Make, client_for: ClientFor, rectifying: Play
) -> None:
    address = summary_of(rectifying)
    client = client_for(make["unit"])
    keep(client, client.get(address), address, text="没来得及提交")
    (link,) = [link for link in client.get("/drafts").links if "draft=" in link]
    rectifying.act("unit", "submit_rectification", reason="报送")

    page = client.get(link).follow()

    ways = page.tree.xpath("//main//a[contains(@class, 'btn-brand')]")
    assert [(way.text, way.get("href")) for way in ways] == [("查看项目", f"/projects/{rectifying.id}")]


def test_who_writes_on_after_others_acted_is_told_as_his_draft_is_kept(
    make: Make, client_for: ClientFor
) -> None:
    play = make.project(P.RECTIFYING)
    play.carry_item(1, I.VERIFYING)
    item = f"/projects/{play.id}/items/1"
    office = client_for(make["supervisor"])
    form = opinion_on(office, item)

    before = keep(office, *form, reason="佐证")
    play.act_item("supervisor2", 1, "verify_done", reason="已核实")
    after = keep(office, *form, reason="佐证还不充分")

    assert before.text == "草稿已于 10:00 自动保存"
    assert (after.status, after.text) == (200, "草稿已于 10:00 自动保存；此事已有新的办理，请刷新查看")


def opinion_on(client: Client, item: str) -> tuple[Screen, str]:
    """The page of an item, and where its opinion is sent."""
    page = client.get(item)
    return page, page.tree.xpath("//form[.//textarea[@name='reason']]")[0].action


def texts(page: Screen, path: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.tree.xpath(path)]


# ---------------------------------------------------------------- discarded, and the list


def test_a_draft_is_discarded_from_its_form(make: Make, client_for: ClientFor, rectifying: Play) -> None:
    address = summary_of(rectifying)
    client = client_for(make["unit"])
    keep(client, client.get(address), address, text="不要了")
    button = client.get(address).tree.xpath("//*[contains(@class, 'pf-draft')]//button")[0]
    assert button.get("form") == "discard-draft"

    gone = client.post("/drafts/discard", draft_id=button.get("value"))

    assert (gone.status, gone.location) == (303, address)
    assert offer_on(gone.follow()) == ""
    assert client.post("/drafts/discard", draft_id=button.get("value")).status == 303  # in another window, again


def test_all_drafts_stand_under_drafts_with_the_way_back_to_each(
    make: Make, client_for: ClientFor, rectifying: Play
) -> None:
    client = client_for(make["unit"])
    keep(client, client.get(summary_of(rectifying)), summary_of(rectifying), text="一")
    page = client.get("/drafts")

    row = next(row for row in page.rows if "整改情况" in row[0])
    assert "10:00" in " ".join(row)
    link = next(link for link in page.links if "draft=" in link)
    assert value(client.get(link), "text") == "一"


def test_a_firm_that_was_replaced_finds_its_drafts_of_the_project_no_more(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.FINDINGS_WRITING)
    client = client_for(make["lead"])
    address = f"/projects/{play.id}/findings"
    keep(client, client.get(address), address, no_findings="未发现问题")
    assert "编写问题" in client.get("/drafts").text

    play.act("supervisor", "replace_firm", reason="人员变动")

    assert "编写问题" not in client.get("/drafts").text


def test_drafts_of_one_declaration_are_told_apart_by_its_parts(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.DECLARING)
    client = client_for(make["unit"])
    for part in ("basis", "goals"):
        address = f"/projects/{play.id}/declaration/{part}"
        keep(client, client.get(address), address)

    page = client.get("/drafts")

    names = page.tree.xpath("//a[@class='name'][starts-with(@href, '/drafts/')]/text()")
    assert sorted(names) == ["填写申报表：立项依据", "填写申报表：绩效目标"]
    for name in names:
        assert sum(name in button for button in page.buttons) == 2  # to go on with it, and to discard it


@pytest.mark.parametrize("who", ["unit", "lead", "supervisor", "auditor"])
def test_everybody_who_writes_finds_his_drafts(make: Make, client_for: ClientFor, who: str) -> None:
    page = client_for(make[who]).get("/drafts")

    assert page.status == 200
    assert "没有自动保存的草稿" in page.text


def test_a_draft_says_what_it_is_of(app: Any) -> None:
    assert not set(TITLES) - set(app.view_functions)


# ---------------------------------------------------------------- what is refused


def test_a_draft_is_refused_where_its_form_would_be(make: Make, client_for: ClientFor, rectifying: Play) -> None:
    client, stranger, firm = (client_for(make[who]) for who in ("unit", "unit2", "lead"))

    def status(one: Client, address: str) -> int:
        return one.post(f"/drafts?for={address}", text="试").status

    assert status(client, summary_of(rectifying)) == 200
    assert status(stranger, summary_of(rectifying)) == 404
    assert status(firm, summary_of(rectifying)) == 403
    for address in (
        "/projects/987654/summary", "/nowhere", "/logout", "/password", "/login", "/drafts", "/drafts/discard",
        "//evil.example/x", "https://evil.example/projects/new", "/projects/" + "9" * 30 + "/summary", "/" + "a" * 400,
    ):  # fmt: skip
        assert status(client, address) == 404, address
    assert client.post("/drafts", text="试").status == 422
    with client.app.app_context():
        assert [head.action for head in drafts.of(make["unit"])] == [summary_of(rectifying)]


def test_an_evaluator_who_has_not_declared_himself_keeps_nothing(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.EVALUATING)

    refused = client_for(make["evaluator"]).post(f"/drafts?for=/projects/{play.id}/evaluation", main_performance="试")

    assert refused.status == 403


def test_what_is_too_long_is_told_and_nothing_is_kept(
    make: Make, client_for: ClientFor, rectifying: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "LONGEST", 100)
    client = client_for(make["unit"])

    answer = client.post(f"/drafts?for={summary_of(rectifying)}", text="长" * 200)

    assert (answer.status, answer.text) == (422, "内容过长，不能自动保存为草稿，请直接保存。")


def test_keeping_a_draft_journals_nothing_and_moves_no_version(
    make: Make, client_for: ClientFor, rectifying: Play
) -> None:
    client = client_for(make["unit"])
    with client.app.app_context():
        before = len(db.session.scalars(select(JournalEntry.id)).all()), rectifying.project().version

    keep(client, client.get(summary_of(rectifying)), summary_of(rectifying), text="试")

    with client.app.app_context():
        assert (len(db.session.scalars(select(JournalEntry.id)).all()), rectifying.project().version) == before


@pytest.mark.parametrize("wanted", ["0", "x", "9" * 30, "²", "-1", ""])
def test_a_number_of_no_draft_changes_nothing(
    make: Make, client_for: ClientFor, rectifying: Play, wanted: str
) -> None:
    page = client_for(make["unit"]).get(f"{summary_of(rectifying)}?draft={wanted}")

    assert (page.status, offer_on(page)) == (200, "")
