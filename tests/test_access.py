"""Every route × everybody, inside and outside, with and without htmx; a route this table does not know fails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from perfflow.core import clock, cooperation, drafts, files, uploads
from perfflow.core.access import Actor
from perfflow.core.bulk import BulkAct
from perfflow.db import db, unit_of_work
from perfflow.models.file import Attachment
from perfflow.models.people import Avoidance, User
from perfflow.pages.bulk import commands as bulk
from perfflow.papers.excel_lists import Column, write_list
from perfflow.process import ITEM, PROJECT, P
from perfflow.stages.rectification import commands as rectification
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, Make, Play
from tests.screen import ORIGIN, Client

INSIDE = ("unit", "head", "lead", "evaluator", "supervisor", "supervisor2", "auditor")
"""To them the project is in reach; `evaluator` has not yet declared his independence."""
OUTSIDE = ("unit2", "lead2", "stranger", "admin")
EVERYBODY = (*INSIDE, *OUTSIDE)

UNITS, FIRMS, OFFICES = "unit head unit2", "lead evaluator lead2", "supervisor supervisor2 stranger"
ACTORS = f"{UNITS} {FIRMS} {OFFICES}"
MEMBERS = f"{ACTORS} auditor"

EXCEL_LISTS = ("findings", "ledger", "scores")

FIRM_PAPERS = ("declaration", "score_sheet", "comment_letter", "feedback")
ITEM_PAPERS = ("notice", "ledger", "rectification")
WORD_PAPERS = (*FIRM_PAPERS, *ITEM_PAPERS)
"""Papers in Word; what was made of the items is not shown to a firm."""

GENERAL = {
    "GET /": f"{MEMBERS} admin",
    "GET /done": MEMBERS,
    "GET /started": MEMBERS,
    "GET /drafts": MEMBERS,
    "POST /drafts": f"{MEMBERS} admin",
    "GET /drafts/<int:draft_id>": "unit",
    "POST /drafts/discard": f"{MEMBERS} admin",
    "GET /messages": MEMBERS,
    "POST /messages": MEMBERS,
    "GET /shares": MEMBERS,
    "GET /shares/sent": ACTORS,
    "POST /shares/<int:share_id>/read": "supervisor2",
    "GET /phrases": ACTORS,
    "POST /phrases": ACTORS,
    "POST /phrases/keep": ACTORS,
    "GET /password": f"{MEMBERS} admin",
    "POST /password": f"{MEMBERS} admin",
    "POST /logout": f"{MEMBERS} admin",
    "GET /projects/": MEMBERS,
    "GET /projects/new": UNITS,
    "POST /projects/new": UNITS,
    "GET /projects/register": OFFICES,
    "POST /projects/register": OFFICES,
    "GET /bulk": ACTORS,
    "POST /bulk": ACTORS,
    "GET /bulk/<int:run_id>": "supervisor",
    "GET /imports": f"{UNITS} {OFFICES}",
    "POST /imports": f"{UNITS} {OFFICES}",
    "GET /imports/items.xlsx": UNITS,
    "GET /imports/<int:upload_id>": "",
    "POST /imports/<int:upload_id>": "",
    "GET /imports/<int:upload_id>/<int:number>": "",
    "POST /imports/<int:upload_id>/<int:number>": "",
    "GET /results": MEMBERS,
    "GET /search": MEMBERS,
    "GET /results/export.docx": MEMBERS,
    "GET /results/<int:unit_id>/<int:year>": "unit head lead supervisor supervisor2 auditor",
    "GET /results/<int:unit_id>/<int:year>.docx": "unit head supervisor supervisor2 auditor",
    **{f"GET /projects/{name}.xlsx": MEMBERS for name in ("list", *EXCEL_LISTS)},
    "GET /results/<int:unit_id>/<int:year>.xlsx": "unit head lead evaluator supervisor supervisor2 auditor",
    **{f"GET /projects/{name}.docx": MEMBERS for name in WORD_PAPERS},
    **{
        f"GET /results/<int:unit_id>/<int:year>/{name}.docx": "unit head supervisor supervisor2 auditor"
        + (" lead" if name in FIRM_PAPERS else "")
        for name in WORD_PAPERS
    },
    "GET /admin/organisations": "admin",
    "GET /admin/organisations/new": "admin",
    "POST /admin/organisations/new": "admin",
    "GET /admin/organisations/<int:organisation_id>": "admin",
    "POST /admin/organisations/<int:organisation_id>": "admin",
    "GET /admin/users": "admin",
    "GET /admin/users/new": "admin",
    "POST /admin/users/new": "admin",
    "GET /admin/users/<int:user_id>": "admin",
    "POST /admin/users/<int:user_id>": "admin",
    "POST /admin/users/<int:user_id>/unlock": "admin",
    "POST /admin/users/<int:user_id>/reset": "admin",
    "GET /admin/users/template.xlsx": "admin",
    "GET /admin/users/list": "admin",
    "POST /admin/users/list": "admin",
    "GET /admin/users/list/<int:upload_id>": "admin",
    "POST /admin/users/list/<int:upload_id>": "admin",
    "GET /admin/manner": "admin",
    "GET /admin/scales": "admin",
    "GET /admin/scales/new": "admin",
    "POST /admin/scales/new": "admin",
    "GET /admin/scales/<place>/<int:first_year>": "admin",
    "POST /admin/scales/<place>/<int:first_year>": "admin",
    "POST /admin/scales/<place>/<int:first_year>/remove": "admin",
    "GET /admin/holidays": "admin",
    "GET /admin/holidays/<int:year>": "admin",
    "POST /admin/holidays/<int:year>": "admin",
    "POST /admin/holidays/<int:year>/remove": "admin",
    "GET /admin/letters": "admin",
    "GET /admin/letters/<kind>": "admin",
    "POST /admin/letters/<kind>": "admin",
    "POST /admin/letters/<kind>/default": "admin",
    "GET /admin/rights": "admin",
    "GET /admin/status": "admin",
    "GET /admin/avoidances": OFFICES,
    "POST /admin/avoidances": OFFICES,
    "GET /admin/avoidances/<int:avoidance_id>": "supervisor supervisor2",
    "POST /admin/avoidances/<int:avoidance_id>": "supervisor supervisor2",
    "POST /admin/avoidances/<int:avoidance_id>/end": "supervisor supervisor2",
    "GET /admin/events": "auditor",
    "GET /admin/events.xlsx": "auditor",
    "GET /admin/changes": "auditor",
    "GET /admin/changes.xlsx": "auditor",
    "GET /statistics/": MEMBERS,
    "GET /statistics/rows": MEMBERS,
    "GET /statistics/units/<int:unit_id>": "unit head supervisor supervisor2 auditor",
    "GET /statistics/firms/<int:firm_id>": "lead evaluator supervisor supervisor2 auditor",
}
"""Routes without a project, and who may take them; everybody else gets 403."""

HIDDEN_ROWS = {
    "GET /results/<int:unit_id>/<int:year>": {"unit2", "stranger", *FIRMS.split()},
    "GET /results/<int:unit_id>/<int:year>.docx": {"unit2", "stranger", *FIRMS.split()},
    "GET /results/<int:unit_id>/<int:year>.xlsx": {"unit2", "stranger", "lead2"},
    **{
        f"GET /results/<int:unit_id>/<int:year>/{name}.docx": {"unit2", "stranger", *FIRMS.split()}
        for name in WORD_PAPERS
    },
    "GET /admin/avoidances/<int:avoidance_id>": {"stranger"},
    "POST /admin/avoidances/<int:avoidance_id>": {"stranger"},
    "POST /admin/avoidances/<int:avoidance_id>/end": {"stranger"},
    "GET /bulk/<int:run_id>": set(ACTORS.split()),
    # the upload is the administrator's, and no paper
    **{f"{method} /imports/<int:upload_id>{more}": set(ACTORS.split())
       for method in ("GET", "POST") for more in ("", "/<int:number>")},
    "GET /drafts/<int:draft_id>": {*MEMBERS.split(), "admin"},
    "POST /shares/<int:share_id>/read": set(MEMBERS.split()),
    "GET /statistics/units/<int:unit_id>": {"unit2", "stranger", *FIRMS.split()},
    "GET /statistics/firms/<int:firm_id>": {*UNITS.split(), "lead2", "stranger"},
}
"""Routes that name a row: to these it is not there (404), although their role may take such a route."""

UNIT, FIRM, OFFICE = "unit head", "lead", "supervisor supervisor2"
READERS = f"{UNIT} {FIRM} {OFFICE} auditor"
P_ = "/projects/<int:project_id>"

OF_PROJECT = {
    f"GET {P_}": READERS,
    f"GET {P_}/history": READERS,
    f"GET {P_}/issues": READERS,
    f"GET {P_}/files": READERS,
    f"POST {P_}/files": "",  # behind the stages that take files
    f"GET {P_}/files/<int:file_id>": f"{UNIT} {OFFICE} auditor",
    f"GET {P_}/files/<int:file_id>/preview": f"{UNIT} {OFFICE} auditor",
    f"GET {P_}/files/<int:file_id>/content": f"{UNIT} {OFFICE} auditor",
    f"GET {P_}/versions": READERS,
    f"GET {P_}/files/<int:file_id>/withdraw": "unit",
    f"POST {P_}/files/<int:file_id>/withdraw": "unit",
    f"GET {P_}/act/<action>": OFFICE,
    f"POST {P_}/act/<action>": OFFICE,
    f"GET {P_}/declaration": UNIT,
    f"GET {P_}/declaration/<section>": UNIT,
    f"POST {P_}/declaration/<section>": UNIT,
    f"GET {P_}/declaration/check": UNIT,
    f"GET {P_}/declaration/view": READERS,
    f"GET {P_}/independence": f"{FIRM} evaluator",
    f"POST {P_}/independence": f"{FIRM} evaluator",
    f"GET {P_}/evaluation": FIRM,
    f"POST {P_}/evaluation": FIRM,
    f"GET {P_}/evaluation/view": READERS,
    f"GET {P_}/findings": FIRM,
    f"POST {P_}/findings": FIRM,
    f"GET {P_}/import": f"{UNIT} {FIRM} {OFFICE}",
    f"POST {P_}/import": "",  # behind the states in which a paper is taken in
    f"POST {P_}/files/<int:file_id>/import": "",
    f"GET {P_}/import/findings.xlsx": FIRM,
    f"GET {P_}/comments": UNIT,
    f"POST {P_}/comments": UNIT,
    f"GET {P_}/replies": FIRM,
    f"POST {P_}/replies": FIRM,
    f"GET {P_}/rulings": OFFICE,
    f"POST {P_}/rulings": OFFICE,
    f"GET {P_}/suggestions": FIRM,
    f"POST {P_}/suggestions": FIRM,
    f"GET {P_}/notice": OFFICE,
    f"POST {P_}/notice": OFFICE,
    f"GET {P_}/items": READERS,
    f"GET {P_}/items/<int:number>": f"{UNIT} {OFFICE} auditor",
    f"GET {P_}/items/<int:number>/act/<action>": OFFICE,
    f"POST {P_}/items/<int:number>/act/<action>": OFFICE,
    f"POST {P_}/items/<int:number>/evidence": UNIT,
    f"POST {P_}/items/<int:number>/notes": UNIT,
    f"POST {P_}/urge": f"{UNIT} {FIRM} {OFFICE}",
    f"POST {P_}/items/<int:number>/urge": f"{UNIT} {OFFICE}",
    f"GET {P_}/hand-over": f"{UNIT} {FIRM} {OFFICE}",
    f"POST {P_}/hand-over": f"{UNIT} {FIRM} {OFFICE}",
    f"GET {P_}/items/<int:number>/hand-over": f"{UNIT} {OFFICE}",
    f"POST {P_}/items/<int:number>/hand-over": f"{UNIT} {OFFICE}",
    f"GET {P_}/share": f"{UNIT} {FIRM} {OFFICE}",
    f"POST {P_}/share": f"{UNIT} {FIRM} {OFFICE}",
    f"GET {P_}/summary": UNIT,
    f"POST {P_}/summary": UNIT,
    f"GET {P_}/result": f"{UNIT} {OFFICE} auditor",
    f"GET {P_}/result.docx": f"{UNIT} {OFFICE} auditor",
    f"GET {P_}/result/<int:number>.docx": f"{UNIT} {OFFICE} auditor",
    **{f"GET {P_}/{name}.xlsx": READERS for name in EXCEL_LISTS},
    f"GET {P_}/archive.zip": READERS,
    **{f"GET {P_}/{name}.docx": READERS for name in FIRM_PAPERS},
    **{f"GET {P_}/{name}.docx": f"{UNIT} {OFFICE} auditor" for name in ITEM_PAPERS},
}
"""Routes of a project that is in reach, and who may take them; everybody else inside gets 403."""

ITEM_ROUTES = "/items/<int:number>"
HIDDEN_DATA = {
    # a firm sees the state of an item only, and nothing of what was made of it
    route: {"lead"}
    for route in OF_PROJECT
    if "/files/<int:file_id>" in route
    or route.endswith(("result", ".docx", ITEM_ROUTES, f"{ITEM_ROUTES}/urge", f"{ITEM_ROUTES}/hand-over"))
}
"""Routes of a datum: inside, and the role fits, but the datum is not shown (404)."""

BEFORE_DECLARING = {f"GET {P_}/act/<action>", f"POST {P_}/act/<action>"}
"""Open to a lead who has not declared himself independent: he may decline. The act decides by itself."""

PUBLIC = {"GET /login", "POST /login", "POST /language", "GET /healthz", "GET /static/<path:filename>"}

ALL = {**GENERAL, **OF_PROJECT}


@dataclass
class World:
    """One published project: everything was written, and its continuing item still takes evidence."""

    app: Flask
    make: Make
    play: Play
    values: dict[str, Any]
    clients: dict[str, Client]
    tokens: dict[str, str]

    def address(self, route: str, **other: Any) -> str:
        values = {**self.values, **other}
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), route.partition(" ")[2])

    def send(self, who: str, route: str, *, token: bool = True, htmx: bool = False, **other: Any) -> int:
        """The status of the answer; a POST carries its token and nothing else."""
        method, address = route.partition(" ")[0], self.address(route, **other)
        headers = {"Origin": ORIGIN, **({"HX-Request": "true"} if htmx else {})}
        if method == "GET":
            return self.clients[who].http.get(address, headers=headers).status_code
        data = {"csrf_token": self.tokens[who]} if token else {}
        return self.clients[who].http.post(address, data=data, headers=headers).status_code


def account_list(unit: str) -> files.Received:
    """An Excel list with one account, as it lies in the store."""
    out = BytesIO()
    columns = [Column(label) for label in ("用户名", "姓名", "单位", "角色")]
    write_list(out, "账号", columns, [("new.one", "新人", unit, "预算单位经办")])
    return files.receive("账号.xlsx", BytesIO(out.getvalue()))


@pytest.fixture(scope="module")
def world(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    app = open_app(copy_of(template, tmp_path_factory.mktemp("access") / "instance"))
    with clock.at(NOW):
        make = Make(app)
        play = make.project(P.PUBLISHED, items=("immediate", "phased"))
        play.act("supervisor", "unpublish", reason="更正后再公开")
        play.act("supervisor", "publish")
        play.save(rectification.upload_evidence, 2, [play.file("items")], who="unit")
        with app.app_context(), unit_of_work():
            avoidance = Avoidance(
                firm_id=make["lead2"].organisation_id, unit_id=make["unit"].organisation_id, reason="利害关系",
                first_day=date(2026, 1, 1), created_by=make["supervisor"].id, created_at=NOW,
            )  # fmt: skip
            db.session.add(avoidance)
            db.session.flush()
            values = {
                "project_id": play.id,
                "number": 2,
                "action": "extend",
                "file_id": db.session.scalar(select(Attachment.id).where(Attachment.report_id.is_(None)).order_by(
                    Attachment.id.desc()).limit(1)),
                "unit_id": make["unit"].organisation_id,
                "firm_id": make["lead"].organisation_id,
                "year": 2026,
                "organisation_id": make["far"].organisation_id,
                "user_id": make["far"].id,
                "avoidance_id": avoidance.id,
                "upload_id": uploads.keep(account_list(make["far"].organisation_name), "accounts", actor=make["admin"]),
                "place": "shanghai",
                "first_year": 2014,
                "kind": "notice",
                "share_id": cooperation.share(play.id, [make["supervisor2"].id], "请阅", actor=make["unit"]),
                "section": "budget",
                "run_id": bulk.begin(BulkAct.URGE, [], [], actor=make["supervisor"]),
                "draft_id": draft_of(play, make["unit"]),
            }  # fmt: skip
        clients = {who: Client(app, make[who]) for who in EVERYBODY} | {"nobody": Client(app)}
        tokens = {who: client.token() for who, client in clients.items()}
        yield World(app, make, play, values, clients, tokens)
    close(app)


def draft_of(play: Play, actor: Actor) -> int:
    written = drafts.Written("rectification.SummaryForm", None, (("text", "写了一半"),))
    kept = drafts.keep(f"/projects/{play.id}/summary", written, project_id=play.id, actor=actor)
    assert kept
    return kept.id


def test_every_route_is_known_here(world: World) -> None:
    routes = {
        f"{method} {rule.rule}"
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert routes == set(ALL) | PUBLIC


def expected(who: str, route: str) -> set[int]:
    if route in OF_PROJECT and who in OUTSIDE:
        return {404}
    if who in ALL[route].split():
        return {200, 303} if route.startswith("GET") else {200, 303, 409, 422}
    if who == "evaluator" and route in OF_PROJECT:
        return _undeclared(route)
    if who in HIDDEN_ROWS.get(route, ()) or who in HIDDEN_DATA.get(route, ()):
        return {404}
    return {403}


def _undeclared(route: str) -> set[int]:
    """An evaluator who has not declared is led to the one page that is his; what is not his role's stays closed."""
    his = {"lead"} & ({*ALL[route].split()} | HIDDEN_DATA.get(route, set())) or "/act/" in route
    return {303} if his and route.startswith("GET") and route not in BEFORE_DECLARING else {403}


EXPORTS_WITH_NOTHING = {
    *(("GET /results/export.docx", who) for who in ("unit2", "stranger", *FIRMS.split())),
    *((f"GET /projects/{name}.xlsx", who) for name in ("list", *EXCEL_LISTS) for who in ("unit2", "stranger", "lead2")),
    *((f"GET /projects/{name}.xlsx", "evaluator") for name in EXCEL_LISTS),
    *(
        (f"GET /projects/{name}.docx", who)
        for name in WORD_PAPERS
        for who in ("unit2", "stranger", "lead2", "evaluator", *(["lead"] if name in ITEM_PAPERS else []))
    ),
}
"""Nothing in reach to export: said with 409."""


@pytest.mark.parametrize("route", sorted(ALL))
def test_each_route_lets_in_whom_it_should(world: World, route: str) -> None:
    wrong = []
    for who in EVERYBODY:
        if route == "POST /logout":
            continue
        for htmx in (False, True):
            status = world.send(who, route, htmx=htmx)
            wanted = {409} if (route, who) in EXPORTS_WITH_NOTHING else expected(who, route)
            if status not in wanted:
                wrong.append((who, htmx, status, wanted))

    assert wrong == []


@pytest.mark.parametrize("route", sorted(route for route in ALL if route.startswith("POST")))
def test_a_post_without_its_token_is_refused_for_everybody(world: World, route: str) -> None:
    with world.app.app_context():
        before = world.play.project().version

    answers = {
        (who, htmx): world.send(who, route, token=False, htmx=htmx)
        for who in (*EVERYBODY, "nobody")
        for htmx in (False, True)
    }

    assert set(answers.values()) == {400}
    with world.app.app_context():
        assert world.play.project().version == before


@pytest.mark.parametrize("route", sorted(ALL))
def test_nobody_gets_anywhere_without_a_log_in(world: World, route: str) -> None:
    plain, htmx = world.send("nobody", route), world.send("nobody", route, htmx=True)

    assert htmx == 401
    assert plain == (303 if route.startswith("GET") else 401)


def test_log_in_and_health_are_open(world: World) -> None:
    assert world.send("nobody", "GET /login") == 200
    assert world.send("nobody", "GET /healthz") == 200
    assert world.send("nobody", "GET /static/<path:filename>", filename="app.css") == 200


def test_logging_out_ends_the_session_for_a_copied_cookie_too(world: World) -> None:
    client = Client(world.app, world.make["head"])
    cookie = client.http.get_cookie("perfflow")
    assert cookie is not None and client.get("/").status == 200

    client.post("/logout")

    thief = Client(world.app)
    thief.http.set_cookie("perfflow", cookie.value)
    assert thief.get("/").status == 303
    assert thief.get("/", htmx=True).status == 401


# ---------------------------------------------------------------- rows of others, and rows that are not there


@pytest.mark.parametrize("who", OUTSIDE)
@pytest.mark.parametrize("route", sorted(route for route in OF_PROJECT if route.startswith("GET")))
def test_a_project_out_of_reach_looks_like_none(world: World, who: str, route: str) -> None:
    theirs = world.clients[who].get(world.address(route))
    missing = world.clients[who].get(world.address(route, project_id=987_654))

    assert (theirs.status, _shown(theirs.text)) == (missing.status, _shown(missing.text))


def _shown(text: str) -> str:
    """Without the number each answer has."""
    return re.sub(r"\b[0-9a-f]{12}\b", "", text)


NUMBERS = [
    "project_id", "file_id", "number", "unit_id", "firm_id", "year", "organisation_id", "user_id", "avoidance_id",
    "share_id", "upload_id", "first_year", "run_id", "draft_id",
]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [0, 2**31, 10**30])
def test_a_number_of_nothing_is_not_found(world: World, name: str, value: int) -> None:
    routes = [route for route in ALL if f"<int:{name}>" in route]

    answers = {
        (who, route): world.send(who, route, **{name: value})
        for route in routes
        for who in ("unit", "lead", "supervisor", "auditor", "admin")
    }

    assert set(answers.values()) <= {404, 403}, answers


def test_a_file_of_another_project_is_not_found_through_ones_own(world: World) -> None:
    other = world.make.project(P.DECLARATION_REVIEW, unit="unit2")
    with world.app.app_context():
        mine = select(Attachment.id).where(Attachment.project_id == other.id).limit(1)
        foreign = db.session.scalar(mine)

    for route in (r for r in OF_PROJECT if "<int:file_id>" in r):
        assert world.send("unit", route, file_id=foreign) == 404
        assert world.send("supervisor", route, file_id=foreign) == 404


# ---------------------------------------------------------------- acts


PARTY = {"unit": "unit", "head": "unit", "lead": "lead", "supervisor": "supervisor", "supervisor2": "supervisor"}


@pytest.mark.parametrize("who", ["unit", "head", "lead", "supervisor", "auditor", "unit2", "lead2", "stranger"])
def test_an_act_is_403_for_every_other_party_and_404_when_it_is_nobodys(world: World, who: str) -> None:
    wrong = []
    for machine, route in ((PROJECT, f"GET {P_}/act/<action>"), (ITEM, f"GET {P_}{ITEM_ROUTES}/act/<action>")):
        for transition in machine.transitions:
            status = world.send(who, route, action=transition.action)
            if who in OUTSIDE:
                wanted = 404
            elif who == "auditor":
                wanted = 403
            elif transition.internal:
                wanted = 404
            else:
                wanted = 200 if PARTY[who] in transition.parties else 403
            if status != wanted:
                wrong.append((machine.name, transition.action, status, wanted))
        assert world.send(who, route, action="fly") in {403, 404}

    assert wrong == []


# ---------------------------------------------------------------- rights that change


def test_whoever_must_change_his_password_sees_nothing_else(make: Make, app: Flask) -> None:
    play = make.project(P.DECLARATION_REVIEW)
    client = Client(app, make["supervisor"])
    with app.app_context(), unit_of_work():
        db.session.get_one(User, make["supervisor"].id).must_change_password = True

    answers = {client.get(address).location for address in ("/", "/projects/", f"/projects/{play.id}")}

    assert answers == {"/password"}
    assert client.get("/password").status == 200


def test_a_closed_account_is_out_at_the_next_request(make: Make, app: Flask) -> None:
    client = Client(app, make["unit"])
    assert client.get("/").status == 200

    with app.app_context(), unit_of_work():
        db.session.get_one(User, make["unit"].id).active = False

    assert client.get("/").location.startswith("/login")


def test_a_replaced_firm_is_out_at_once_and_the_next_sees_none_of_its_work(make: Make, app: Flask) -> None:
    play = make.project(P.FINDINGS_WRITING, ready=True)
    first, second = Client(app, make["lead"]), Client(app, make["lead2"])
    assert first.get(f"/projects/{play.id}").status == 200

    play.act("supervisor", "replace_firm", reason="人员变动")
    play.lead = "lead2"
    play.carry(P.EVALUATING)

    assert first.get(f"/projects/{play.id}").status == 404
    assert second.get(f"/projects/{play.id}").location.endswith("/independence")
