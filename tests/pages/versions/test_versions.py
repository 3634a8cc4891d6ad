"""版本对比: what changed between two submissions, for those who may read both."""

from collections.abc import Callable

from perfflow.core.access import Actor
from perfflow.process import P
from tests.make import Make, Play
from tests.screen import Client

ClientFor = Callable[[Actor | None], Client]


def returned_and_submitted_again(make: Make) -> Play:
    play = make.project(P.DECLARATION_REVIEW)
    play.act("supervisor", "return_declaration", reason="请写明考核标准。")
    play.declare()
    play.act("unit", "submit_declaration")
    return play


def test_a_declaration_submitted_once_has_nothing_to_compare(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.DECLARATION_REVIEW)

    screen = client_for(make["supervisor"]).get(f"/projects/{play.id}/versions")

    assert "还没有两个版本可以对比。" in screen.text


def test_the_supervisor_reads_what_changed_after_the_return(make: Make, client_for: ClientFor) -> None:
    play = returned_and_submitted_again(make)

    tree = client_for(make["supervisor"]).get(f"/projects/{play.id}/versions").tree

    gone = [one.text_content() for one in tree.xpath("//del")]
    come = [one.text_content() for one in tree.xpath("//ins")]
    assert gone and len(gone) == len(come)
    assert all(one.startswith("删去：") for one in gone)
    assert "没有变化的部分：" in tree.text_content()
    assert tree.xpath("string(//select[@name='new']/option)").startswith("第 1 次提交")


def test_the_unit_compares_what_it_is_writing_with_what_it_handed_in(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.DECLARATION_REVIEW)
    play.act("supervisor", "return_declaration", reason="请写明考核标准。")
    play.declare()

    unit = client_for(make["unit"]).get(f"/projects/{play.id}/versions")
    supervisor = client_for(make["supervisor"]).get(f"/projects/{play.id}/versions")

    assert "正在填写的内容（未提交）" in unit.text
    assert unit.tree.xpath("//ins")
    assert "正在填写的内容（未提交）" not in supervisor.text


def test_a_version_of_the_findings_that_was_never_sent_out_stays_unseen_by_the_unit(
    make: Make, client_for: ClientFor
) -> None:
    play = make.project(P.AWAITING_COMMENTS)
    play.act("supervisor", "return_findings", reason="请补充依据。")
    play.find()
    play.act("lead", "submit_findings")
    play.act("supervisor", "send_out")
    address = f"/projects/{play.id}/versions?of=findings"

    assert "还没有两个版本可以对比。" in client_for(make["unit"]).get(address).text
    assert client_for(make["lead"]).get(address).tree.xpath("//ins")
    assert client_for(make["supervisor"]).get(address).tree.xpath("//ins")


def test_what_the_ruling_changed_is_a_version_of_its_own(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.SUGGESTIONS_WRITING)

    screen = client_for(make["unit"]).get(f"/projects/{play.id}/versions?of=findings")

    assert screen.tree.xpath("//ins") and screen.tree.xpath("//del")


def test_numbers_nobody_knows_show_the_last_two_versions(make: Make, client_for: ClientFor) -> None:
    play = returned_and_submitted_again(make)
    client = client_for(make["unit"])

    strange = client.get(f"/projects/{play.id}/versions?of=nothing&old=99&new=x")

    assert strange.text == client.get(f"/projects/{play.id}/versions").text


def test_the_fragment_is_the_comparison_alone(make: Make, client_for: ClientFor) -> None:
    play = returned_and_submitted_again(make)

    part = client_for(make["unit"]).get(f"/projects/{play.id}/versions", htmx=True)

    assert part.tree.get("id") == "comparison"
