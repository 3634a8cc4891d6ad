"""The search page and the box in the top bar."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from perfflow.process import P
from perfflow.stages.declaration import commands as declaration
from tests.make import Make, Play
from tests.screen import Screen

Clients = Callable[..., Any]


def hits(screen: Screen) -> list[tuple[str, str]]:
    """Label and words of every hit."""
    return [
        (one.xpath("string(./a)"), one.xpath("string(./span)")) for one in screen.tree.xpath("//article//li")
    ]


def words_marked(screen: Screen) -> set[str]:
    return {mark.text for mark in screen.tree.xpath("//mark")}


def word(play: Play, kind: str, at: int = 0) -> str:
    return [canary.text for canary in play.said if canary.kind == kind][at]


def test_the_box_in_the_top_bar_leads_to_the_hits_without_script(make: Make, client_for: Clients) -> None:
    play = make.project(P.RECTIFYING)
    client = client_for(make["supervisor"])
    wanted = word(play, "findings", 2)

    (box,) = client.get("/").tree.xpath("//form[@role='search']")
    screen = client.get(f"{box.get('action')}?{box.xpath('.//input/@name')[0]}={wanted}")

    assert box.get("method") == "get"
    assert box.xpath("string(.//label)") == "搜索项目、单位、问题"
    assert [label for label, _text in hits(screen)] == ["问题 2"]
    assert words_marked(screen) == {wanted}
    assert screen.tree.xpath("//form[@role='search']//input/@value") == [wanted]
    assert "找到 1 处" in screen.text
    assert "上海市甲局" in screen.text


@pytest.mark.parametrize("who", ["unit", "lead", "supervisor", "auditor"])
def test_every_hit_leads_to_a_page_where_the_text_stands(make: Make, client_for: Clients, who: str) -> None:
    play = make.project(P.CLOSED)
    client = client_for(make[who])
    for canary in play.said:
        screen = client.get(f"/search?q={canary.text}")
        for link in screen.tree.xpath("//article//li/a/@href"):
            address, _hash, part = link.partition("#")
            page = client.get(address)
            assert canary.text in page.text, (canary, link)
            assert not part or page.tree.xpath(f"//*[@id='{part}']"), link


def test_who_has_no_project_sees_no_box(make: Make, client_for: Clients) -> None:
    client = client_for(make["admin"])

    assert not client.get("/admin/users").tree.xpath("//form[@role='search']")
    assert client.get("/search?q=Kn").status == 403


@pytest.mark.parametrize(("query", "sentence"), [("", "输入两个字以上开始搜索"), ("验", "请至少输入两个字"),
                                                 ("验 收", "请至少输入两个字"), ("没有的词", "没有找到“没有的词”")])
def test_what_cannot_be_found_is_said_in_a_sentence(
    make: Make, client_for: Clients, query: str, sentence: str
) -> None:
    make.project()
    screen = client_for(make["unit"]).get(f"/search?q={quote(query)}")

    assert screen.status == 200
    assert sentence in screen.text


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("q=没有的词", "请换一个更短的词。"),
        ("q=没有的词&kind=suggestions", "请换一个更短的词，或把范围改为“全部内容”。"),
        ("q=龘龘", "请换一种说法。"),
        ("q=龘龘&kind=suggestions", "请把范围改为“全部内容”，或换一种说法。"),
        ("q=龘龘 龖龖", "请减少一个词，或换一种说法。"),
    ],
)
def test_what_is_advised_can_still_be_done(make: Make, client_for: Clients, address: str, advice: str) -> None:
    make.project()
    screen = client_for(make["unit"]).get(f"/search?{quote(address, safe='=&')}")

    assert f"{advice}这里只能找到您可以查看的内容。" in screen.text


def test_units_of_that_name_lead_to_their_projects(make: Make, client_for: Clients) -> None:
    make.project(P.DECLARATION_REVIEW)
    client = client_for(make["supervisor"])
    screen = client.get(f"/search?q={quote('上海市')}")

    units = screen.tree.xpath("//p[contains(@class, 'hits-units')]/a")

    assert [unit.text for unit in units] == ["上海市乙局", "上海市甲局"]
    assert client.get(units[1].get("href")).status == 200
    assert "上海市丙局" not in screen.text  # of the other office


def test_the_next_page_keeps_the_query_and_the_way_back_leads_to_the_first(make: Make, client_for: Clients) -> None:
    make.project(P.PUBLISHED)
    client = client_for(make["supervisor"])
    first = client.get("/search?q=Kn")
    second = client.get(next(link for link in first.links if "after=" in link))

    assert len(hits(first)) == 20
    assert 0 < len(hits(second)) < 20
    assert not set(hits(first)) & set(hits(second))
    assert any(link == "/search?q=Kn" for link in second.links)


def test_a_search_is_narrowed_by_its_kind(make: Make, client_for: Clients) -> None:
    make.project(P.RECTIFYING)
    screen = client_for(make["supervisor"]).get("/search?q=Kn&kind=suggestions")

    assert hits(screen) and all(label.startswith("建议") for label, _text in hits(screen))


def test_markup_in_a_query_or_a_text_stays_text(make: Make, client_for: Clients) -> None:
    play = make.project()
    values = declaration.DeclarationValues(name="<b>灯光</b><script>alert(1)</script>经费")
    play.save(declaration.save, values, version=None, who="unit")
    screen = client_for(make["unit"]).get(f"/search?q={quote('</b><script>')}")

    assert words_marked(screen) == {"</b><script>"}
    assert not re.search(r"<script>alert", screen.answer.get_data(as_text=True))


@pytest.mark.parametrize("bad", ["after=x", "after=99999999999999999999", "after=-1", "kind=zzz", "q=%00%00", "q=%ff"])
def test_an_address_that_makes_no_sense_is_no_error(make: Make, client_for: Clients, bad: str) -> None:
    make.project()
    address = f"/search?q=Kn&{bad}" if not bad.startswith("q=") else f"/search?{bad}"

    assert client_for(make["unit"]).get(address).status in (200, 400)


def test_an_htmx_request_gets_the_results_alone(make: Make, client_for: Clients) -> None:
    make.project()
    client = client_for(make["unit"])

    part, whole = client.get("/search?q=Kn", htmx=True), client.get("/search?q=Kn")

    assert not part.tree.xpath("//h1")
    assert hits(part) == hits(whole) != []
