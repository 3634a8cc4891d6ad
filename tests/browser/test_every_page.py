"""Every page that is linked from the menu or from a project, as everybody sees it on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.browser.conftest import Somebody
from tests.browser.person import Person
from tests.make import Make

PHONE = {"width": 390, "height": 844}
STATES = (
    "evaluating", "findings_writing", "commenting", "dispute_reply", "findings_review",
    "suggestions_writing", "suggestions_review", "rectifying", "published",
)  # fmt: skip
"""Those with a page of their own to write on, and the last."""

FAULTS = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const ids = all("[id]").map((e) => e.id);
  const named = (e) => e.labels.length || e.getAttribute("aria-label") || e.getAttribute("aria-hidden");
  const pointed = all("label[for], [aria-describedby], [aria-labelledby]").flatMap((e) =>
    ["for", "aria-describedby", "aria-labelledby"].flatMap((a) => (e.getAttribute(a) || "").split(" ")));
  return [
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `two elements are #${id}`),
    ...all("a[href^='#']").filter((a) => a.hash.length > 1 && !document.getElementById(a.hash.slice(1)))
      .map((a) => `leads nowhere: ${a.textContent}`),
    ...pointed.filter((id) => id && !document.getElementById(id)).map((id) => `nothing is #${id}`),
    ...all("input:not([type=hidden]), select, textarea").filter((e) => !named(e)).map((e) => `no label: ${e.name}`),
    ...(all("h1").length === 1 ? [] : ["not one first heading"]),
    ...all("[style], script:not([src]), style").map((e) => `inline: ${e.outerHTML.slice(0, 60)}`),
  ];
}"""


def test_every_page_fits_a_phone_and_every_field_has_a_name(somebody: Somebody, standing: Make) -> None:
    begun = f"/projects/{standing.project('declaring').id}"
    projects = [f"/projects/{standing.project(state, ready=True).id}" for state in STATES]
    hits = "/search?q=Kn"
    starts = {"unit": [begun, *projects, hits], "lead": projects, "supervisor": [*projects, hits], "admin": []}

    faults = {
        f"{username} {path}": found
        for username, addresses in starts.items()
        for person in [somebody(username)]
        for path in pages(person, addresses)
        if (found := faults_of(person))
    }

    assert faults == {}


def pages(person: Person, starts: list[str]) -> Iterator[str]:
    """Open page after page that is linked from the pages before, one of each kind."""
    person.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    waiting = [*starts, "/"]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        kind = path if path in starts else re.sub(r"\d+", "N", path)
        if kind in seen:
            continue
        seen |= {kind, "/projects/N"}
        person.open(path)
        yield path
        links = person.page.locator("a[href^='/']").evaluate_all("links => links.map(a => a.getAttribute('href'))")
        waiting += [urlsplit(link).path for link in links if is_page(link)]


def is_page(link: str) -> bool:
    return re.search(r"/files/\d+$|\.(docx|xlsx|zip)", link) is None


def faults_of(person: Person) -> list[str]:
    found = list(person.page.evaluate(FAULTS))
    wide = person.page.evaluate("document.documentElement.scrollWidth")
    return found if wide <= PHONE["width"] else [*found, f"{wide} pixels wide"]
