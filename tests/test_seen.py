"""Canaries: a word in every datum of projects in every state, looked for in all that everybody can open.

Nobody finds a word of another's project, and nobody finds one before its time.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from perfflow.core import clock, cooperation
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.file import Attachment
from perfflow.models.journal import JournalEntry
from perfflow.models.project import Project
from perfflow.process import I, P
from perfflow.rules.declaration import Section
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, ORGANISATIONS, USERS, WAY, Make, Play
from tests.screen import Client

NEVER = "never"
WORD = re.compile(r"Kn\d+x\d+[a-z]+z")

WHEN: dict[str, dict[str, str]] = {
    # kind of a word: to whom of those inside it is shown, from which state on (in the order of the way)
    "name": {"unit": "declaring", "office": "declaration_review", "firm": "evaluating"},
    "declaration": {"unit": "declaring", "office": "declaration_review", "firm": "evaluating"},
    "declaration_opinion": {"unit": "declaring", "office": "declaration_review", "firm": "evaluating"},
    "project_opinion": {"unit": "declaring", "office": "declaration_review", "firm": NEVER},
    "paper": {"unit": "commenting", "office": "awaiting_firm", "firm": "evaluating"},
    "assignment": {"unit": NEVER, "office": "awaiting_firm", "firm": "evaluating"},
    "evaluation": {"unit": "commenting", "office": "evaluation_review", "firm": "evaluating"},
    "evaluation_opinion": {"unit": "commenting", "office": "evaluation_review", "firm": "evaluation_review"},
    "findings": {"unit": "commenting", "office": "awaiting_comments", "firm": "findings_writing"},
    "findings_opinion": {"unit": "commenting", "office": "awaiting_comments", "firm": "awaiting_comments"},
    "comments": {"unit": "commenting", "office": "dispute_reply", "firm": "dispute_reply"},
    "replies": {"unit": "findings_review", "office": "findings_review", "firm": "dispute_reply"},
    "rulings": {"unit": "suggestions_writing", "office": "findings_review", "firm": "suggestions_writing"},
    "rulings_opinion": {"unit": "suggestions_writing", "office": "suggestions_writing", "firm": "suggestions_writing"},
    "suggestions": {"unit": "rectifying", "office": "suggestions_review", "firm": "suggestions_writing"},
    "suggestions_opinion": {"unit": "rectifying", "office": "suggestions_review", "firm": "suggestions_review"},
    "items": {"unit": "rectifying", "office": "rectifying", "firm": NEVER},
    "items_opinion": {"unit": "rectifying", "office": "rectifying", "firm": NEVER},
    "unit_aside": {"unit": "declaring", "office": NEVER, "firm": NEVER},
    "office_aside": {"unit": NEVER, "office": "declaration_review", "firm": NEVER},
    "firm_aside": {"unit": NEVER, "office": NEVER, "firm": "findings_writing"},
}
FOR_THE_AUDITOR = {
    # what the deciding supervisor types is his own until he decides
    "rulings": "suggestions_writing",
    # what colleagues write to each other is in the record
    "unit_aside": "declaration_review", "firm_aside": "findings_writing",
}  # fmt: skip
"""What he is shown at another time than the office."""

SIDE = {"unit": "unit", "lead": "firm", "supervisor": "office", "auditor": "office"}
"""Who is inside, and on which side. `evaluator` has not declared his independence: to him only the name is shown."""

CRAWLERS = tuple(name for name in USERS if name not in ("head", "supervisor2"))
"""Everybody; head and second supervisor are what the first ones are."""

RETURNED = {
    # a state reached by a way back: the words of which kinds are hidden from the unit again
    "recalled": {"evaluation", "evaluation_opinion", "findings", "findings_opinion", "comments", "paper"},
    "back to the evaluation": {"evaluation", "evaluation_opinion", "findings", "findings_opinion"},
}


@dataclass
class World:
    app: Flask
    make: Make
    plays: list[Play]
    hidden_from_unit: dict[int, set[str]]
    former: Play

    def project(self, id_: int) -> Play:
        return next(play for play in self.plays if play.id == id_)


@pytest.fixture(scope="module")
def world(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A project in every state, with everything written that may be written there; and some off the straight way."""
    app = open_app(copy_of(template, tmp_path_factory.mktemp("seen") / "instance"))
    with clock.at(NOW):
        make = Make(app)
        plays = [make.project(state, ready=True, items=("phased",)) for state in WAY]
        plays += [make.project(state, items=("phased",)) for state in (P.VOIDED, P.REJECTED, P.TERMINATED)]
        plays.append(make.project(P.CLOSED, registered=True, table_only=True, dispute=False, items=("immediate",)))
        plays.append(make.project(P.DECLARATION_REVIEW, unit="unit2", ready=True))
        plays.append(make.project(P.DECLARATION_REVIEW, unit="far", supervisor="stranger"))
        several = make.project(P.RECTIFYING, items=("phased",) * 4)
        for number, state in enumerate((I.PLAN_REVIEW, I.IN_PROGRESS, I.VERIFYING, I.CANCELLED), 1):
            several.carry_item(number, state)
        plays.append(several)

        for play in plays:
            talk_aside(make, play)

        hidden = {}
        recalled = make.project(P.COMMENTING, ready=True)
        recalled.act("supervisor", "recall", reason=recalled.word("findings_opinion"))
        hidden[recalled.id] = RETURNED["recalled"]
        returned = make.project(P.AWAITING_COMMENTS)
        returned.act("supervisor", "return_evaluation", reason=returned.word("evaluation_opinion"))
        hidden[returned.id] = RETURNED["back to the evaluation"]
        plays += [recalled, returned]

        former = make.project(P.FINDINGS_WRITING, ready=True)
        former.act("supervisor", "replace_firm", reason=former.word("assignment"))
        former.lead = "lead2"
        former.carry(P.EVALUATING)
        former.prepare()
        yield World(app, make, plays, hidden, former)
    close(app)


def talk_aside(make: Make, play: Play) -> None:
    """What colleagues write to each other beside the acts: why it was handed over, why it shall be read."""
    hands = {
        P.DECLARING: ("unit", "head", "unit_aside"), P.COMMENTING: ("unit", "head", "unit_aside"),
        P.DECLARATION_REVIEW: ("supervisor", "supervisor2", "office_aside"),
        P.FINDINGS_REVIEW: ("supervisor", "supervisor2", "office_aside"),
    }  # fmt: skip
    giver, taker, kind = hands.get(P(play.state), ("", "", ""))
    if play.unit == "unit" and giver:
        reason = play.word(kind)
        play.save(cooperation.hand_over, None, make[taker].id, reason, who=giver)
        play.save(cooperation.share, [make[taker].id], play.word(kind), who=giver)
    if len(play.items) == 4:  # the one with an item in every state
        play.save(cooperation.hand_over, 2, make["head"].id, play.word("unit_aside"), who="unit")
    if play.state == P.FINDINGS_WRITING:
        play.save(cooperation.share, [make["auditor"].id], play.word("firm_aside"), who="lead")


# ---------------------------------------------------------------- the crawl


@dataclass
class Crawl:
    """Everything one person could open: address → text of the answer."""

    seen: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def places_of(self, word: str) -> list[str]:
        return [address for address, text in self.seen.items() if word in text]


def crawl(world: World, who: str) -> Crawl:
    """Every link that is shown, and every route of every project whether shown or not."""
    found = Crawl()
    client = Client(world.app, world.make[who])
    waiting = ["/", *_built(world, who)]
    while waiting:
        address = waiting.pop()
        if address in found.seen or address in found.refused:
            continue
        answer = client.http.get(address)
        if answer.status_code >= 400:
            assert answer.status_code < 500, address
            found.refused.add(address)
            found.seen[f"{address} (refused)"] = answer.get_data(as_text=True)
            continue
        if answer.status_code in (301, 302, 303, 308):
            waiting.append(answer.headers["Location"])
            found.seen[address] = ""
            continue
        found.seen[address] = _text(answer.get_data(), answer.headers.get("Content-Disposition", ""))
        if answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            waiting += [link for link in _links(page) if link not in found.seen]
            if "hx-post=" not in page and "hx-get=" not in page:
                continue
            fragment = client.http.get(address, headers={"HX-Request": "true"})
            assert fragment.status_code < 500
            found.seen[f"{address} (fragment)"] = fragment.get_data(as_text=True)
    return found


def _built(world: World, who: str) -> Iterator[str]:
    """Addresses of everything there is, guessed and not found on a page."""
    with world.app.app_context():
        files: dict[int, list[int]] = {}
        for id_, project_id in db.session.execute(select(Attachment.id, Attachment.project_id)):
            files.setdefault(project_id, []).append(id_)
        units = list(db.session.scalars(select(Project.unit_id).distinct()))
    rules = [r for r in world.app.url_map.iter_rules() if "GET" in (r.methods or ()) and r.endpoint != "static"]
    yield "/search?q=Kn"  # every word begins so; its pages are followed by their links
    for play in [*world.plays, world.former]:
        yield from (f"/bulk?do={act}&row={play.id}&row={play.id}-1" for act in ("approve", "urge"))
    for rule in rules:
        if not rule.arguments:
            yield rule.rule
        elif rule.arguments == {"unit_id", "year"}:
            yield from (_fill(rule.rule, unit_id=unit, year=year) for unit in units for year in (2025, 2026))
        elif rule.arguments in ({"unit_id"}, {"firm_id"}):
            organisations = list(range(1, len(ORGANISATIONS) + 1))
            yield from (_fill(rule.rule, unit_id=one, firm_id=one) for one in organisations)
        elif "project_id" in rule.arguments:
            for play in [*world.plays, world.former]:
                # that all the others are closed to outsiders is seen by test_access
                if inside(play, who) or rule.endpoint in ("projects.show", "projects.download"):
                    yield from _of_project(rule, play, files.get(play.id, []))


def _of_project(rule: Rule, play: Play, files: list[int]) -> Iterator[str]:
    names = rule.arguments - {"project_id"}
    if not names or names == {"number"}:
        yield _fill(rule.rule, project_id=play.id, number=1)
    elif names == {"file_id"}:
        yield from (_fill(rule.rule, project_id=play.id, file_id=id_) for id_ in files)
    elif names == {"section"}:
        yield from (_fill(rule.rule, project_id=play.id, section=section) for section in Section)
    elif names == {"action"}:
        choosing = {P.AWAITING_FIRM: "assign", P.RECTIFYING: "correct", P.CLOSING: "return_rectification"}
        yield _fill(rule.rule, project_id=play.id, action=choosing.get(P(play.state), "terminate"))


def _fill(rule: str, **values: int | str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), rule)


def _links(page: str) -> Iterator[str]:
    for link in re.findall(r"(?:href|action|hx-get)=\"([^\"#]+)", page):
        parts = urlsplit(link.replace("&amp;", "&"))
        # the rows behind a part of a number are among those behind the whole, which is the total of its table
        if parts.path == "/statistics/rows" and re.search("(year|stage|state|grade|category|item)=", parts.query):
            continue
        # the page of an act is one template for all; a few of them are guessed
        if not parts.netloc and not parts.path.startswith(("/static", "/logout")) and "/act/" not in parts.path:
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def _text(body: bytes, name: str) -> str:
    """What can be read in an answer: a page, a file with its name, the parts of a Word or Excel file, and of such files
    in an archive."""
    if body[:2] != b"PK":
        return f"{name}\n{body.decode('utf-8', 'replace')}"
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        return "\n".join([name, *(_text(parts.read(part), part) for part in parts.namelist())])


# ---------------------------------------------------------------- who finds what


def reached(play: Play) -> int:
    """How far on the way a project is; a terminated one stays as it was."""
    state = {P.TERMINATED: P.RECTIFYING, P.REJECTED: P.DECLARATION_REVIEW, P.VOIDED: P.DECLARING}.get(
        P(play.state), P(play.state)
    )
    return WAY.index(state)


def inside(play: Play, who: str) -> str | None:
    """The side on which somebody stands to a project, or None."""
    side = SIDE.get(who)
    if side == "unit":
        return side if play.unit == "unit" else None
    if side == "firm":
        return side if reached(play) >= WAY.index(P.EVALUATING) and play.lead == "lead" else None
    if side == "office":
        submitted = play.registered or P(play.state) not in (P.DECLARING, P.VOIDED)
        ours = who == "auditor" or play.supervisor == "supervisor"
        return side if submitted and ours else None
    if who == "unit2":
        return "unit" if play.unit == "unit2" else None
    if who == "far":
        return "unit" if play.unit == "far" else None
    if who == "stranger":
        return "office" if play.supervisor == "stranger" else None
    return None


def may_find(world: World, who: str, play: Play, kind: str) -> bool:
    if who == "evaluator":
        return kind == "name" and reached(play) >= WAY.index(P.EVALUATING)
    side = inside(play, who)
    if side is None:
        return False
    if side == "unit" and kind in world.hidden_from_unit.get(play.id, ()):
        return False
    since = shown_from(who, kind, side)
    return since != NEVER and (reached(play) >= WAY.index(P(since)) or play.id in world.hidden_from_unit)


@pytest.mark.parametrize("who", CRAWLERS)
def test_nobody_finds_a_foreign_word_nor_one_before_its_time(world: World, who: str) -> None:
    found = crawl(world, who)
    there = set(WORD.findall("\n".join(found.seen.values())))

    early = [
        (word.kind, P(play.state).value, found.places_of(word.text)[:3])
        for play in world.plays
        for word in play.said
        if word.text in there and not may_find(world, who, play, word.kind)
    ]
    foreign = {word: found.places_of(word)[:3] for word in there & replaced_words(world, who)}
    names = {name: places[:3] for name in hidden_names(who) if (places := found.places_of(name))}

    assert early == []
    assert foreign == {}
    assert names == {}
    assert found_kinds(world, who, there) == expected_kinds(who)


def found_kinds(world: World, who: str, there: set[str]) -> set[str]:
    return {word.kind for play in world.plays for word in play.said if word.text in there} if who in SIDE else set()


def expected_kinds(who: str) -> set[str]:
    """The control: what may be found is found, for a crawl that finds nothing would prove nothing."""
    return {kind for kind in WHEN if shown_from(who, kind, SIDE[who]) != NEVER} if who in SIDE else set()


def shown_from(who: str, kind: str, side: str) -> str:
    return FOR_THE_AUDITOR.get(kind, WHEN[kind][side]) if who == "auditor" else WHEN[kind][side]


# ---------------------------------------------------------------- names of firms and their people

FIRM_NAMES = {
    "firm": {ORGANISATIONS["firm"][0], USERS["lead"][0], USERS["evaluator"][0]},
    "firm2": {ORGANISATIONS["firm2"][0], USERS["lead2"][0]},
}


def hidden_names(who: str) -> set[str]:
    """A firm never reads of another; a unit that was not evaluated of none."""
    if who in ("unit2", "far"):
        return FIRM_NAMES["firm"] | FIRM_NAMES["firm2"]
    return {"lead": FIRM_NAMES["firm2"], "evaluator": FIRM_NAMES["firm2"], "lead2": FIRM_NAMES["firm"]}.get(who, set())


def replaced_words(world: World, who: str) -> set[str]:
    """A replaced firm reads nothing of what came after, the next nothing of what was before, the unit neither."""
    former, reason = world.former, _reason(world)
    late = next(at for at, word in enumerate(former.said) if word.text == reason)
    shared = ("name", "declaration", "declaration_opinion", "project_opinion", "assignment")
    firsts = {word.text for word in former.said[:late] if word.kind not in shared}
    seconds = {word.text for word in former.said[late:]}
    assert firsts and seconds
    return {"lead": firsts | seconds, "evaluator": firsts | seconds, "lead2": firsts, "unit": firsts | seconds}.get(
        who, set()
    )


def _reason(world: World) -> str:
    with world.app.app_context():
        mine = JournalEntry.project_id == world.former.id, JournalEntry.action == "replace_firm"
        return str(db.session.scalar(select(JournalEntry.reason).where(*mine)))


# ---------------------------------------------------------------- lists betray nothing either


def listed(world: World, who: str, query: str) -> set[int]:
    """The projects a list shows."""
    page = Client(world.app, world.make[who]).get(f"/projects/?{query}")
    assert page.status == 200
    return {int(found[1]) for link in page.links if (found := re.fullmatch(r"/projects/(\d+)", link))}


def test_a_masked_grade_can_be_neither_filtered_nor_read(world: World) -> None:
    in_review = next(play for play in world.plays if play.state == P.EVALUATION_REVIEW)
    with world.app.app_context():
        grade = db.session.scalar(select(Assignment.grade).where(Assignment.project_id == in_review.id))

    assert grade
    assert in_review.id in listed(world, "supervisor", f"grade={grade}")
    assert in_review.id not in listed(world, "unit", f"grade={grade}")


@pytest.mark.parametrize("who", ["unit", "supervisor", "auditor", "lead"])
def test_searching_for_a_masked_word_finds_nothing(world: World, who: str) -> None:
    for play in world.plays[:8]:
        for kind in ("evaluation", "findings", "suggestions"):
            words = [word.text for word in play.said if word.kind == kind]
            if words and not may_find(world, who, play, kind):
                assert listed(world, who, f"words={words[0]}") == set()


def test_each_list_holds_only_what_is_in_reach(world: World) -> None:
    for who in CRAWLERS:
        if who == "admin":
            continue
        reach = {play.id for play in [*world.plays, world.former] if inside(play, who)}
        if who == "evaluator":
            reach = {play.id for play in world.plays if play.lead == "lead" and reached(play) >= 4}
        if who == "lead2":
            reach = {world.former.id}
        shown: set[int] = set()
        for sort in ("updated", "due", "year", "code"):
            shown |= listed(world, who, f"sort={sort}")
        assert shown <= reach, who
