"""What an answer to htmx brings besides its part; and a form that is sent by script only to show its progress."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from perfflow.process import P
from tests.make import PDF, Make, Play
from tests.screen import ORIGIN, Client, Screen

ClientFor = Callable[[Any], Client]


def beside(page: Screen) -> list[str]:
    return [str(id_) for id_ in page.tree.xpath("//*[@hx-swap-oob]/@id")]


def waiting(page: Screen) -> str:
    return " ".join(page.tree.xpath("string(//*[@id='menu']//a[contains(., '待办')])").split())


def test_a_part_that_answers_an_act_brings_the_counts_and_the_flash_line(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.DECLARATION_REVIEW)
    act = f"/projects/{play.id}/act/return_declaration"

    refused = client_for(make["supervisor"]).post(act, htmx=True, reason="")

    assert refused.status == 422
    assert beside(refused) == ["notices", "menu"]
    assert waiting(refused) == "待办 1"


def test_a_part_that_is_only_looked_at_brings_none(make: Make, client_for: ClientFor) -> None:
    client = client_for(make["supervisor"])

    assert not {"notices", "menu"} & set(beside(client.get("/projects/", htmx=True)))


def test_the_page_an_act_leads_to_brings_them_when_htmx_goes_there(make: Make, client_for: ClientFor) -> None:
    client = client_for(make["supervisor"])

    done = client.post("/messages", htmx=True, form_key="k")

    assert {"notices", "menu"} <= set(beside(client.get(done.location, htmx=True)))
    assert not {"notices", "menu"} & set(beside(client.get(done.location, htmx=True)))


def with_progress(client: Client, play: Play, name: str, content: bytes) -> Any:
    headers = {"Origin": ORIGIN, "HX-Request": "true", "X-Whole-Page": "1"}
    data = {"csrf_token": client.token(), "files": (BytesIO(content), name)}
    return client.http.post(f"/projects/{play.id}/files", data=data, headers=headers)


def test_a_form_sent_with_progress_is_answered_like_any_other(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.DECLARING)
    client = client_for(make["unit"])

    refused = with_progress(client, play, "a.exe", b"MZ")
    taken = with_progress(client, play, "依据.pdf", PDF % b"x")

    assert refused.status_code == 422
    assert "<html" in refused.text and "a.exe" in refused.text
    assert (taken.status_code, taken.headers["HX-Redirect"]) == (200, f"/projects/{play.id}/files")
    assert taken.headers["Cache-Control"] == "no-store"
    assert "依据.pdf" in client.get(f"/projects/{play.id}/files").text
