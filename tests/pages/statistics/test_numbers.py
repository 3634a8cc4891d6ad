"""Every number of 统计 equals the rows its link shows, for everybody, whatever there is to count."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from perfflow.core import clock
from perfflow.core.access import Actor, Reach, reach_of
from perfflow.db import db
from perfflow.models.finding import Finding
from perfflow.models.item import RectItem
from perfflow.models.project import Project
from perfflow.pages.statistics import measures
from perfflow.process import Datum, P
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, Make, context
from tests.pages.statistics.population import YEARS, Population
from tests.screen import Client, Screen

EVERYBODY = ("unit", "unit2", "lead", "evaluator", "lead2", "supervisor", "stranger", "auditor")
PROJECTS = 45  # so many that some numbers have three pages of rows
ROWS = "/statistics/rows"


@pytest.fixture(scope="module", params=[1, 2])
def population(
    template: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Population]:
    app = open_app(copy_of(template, tmp_path_factory.mktemp("statistics") / "instance"))
    with clock.at(NOW):
        yield Population(Make(app), request.param, PROJECTS)
    close(app)


# ---------------------------------------------------------------- reading a page


def cells(page: Screen) -> Iterator[tuple[str, Any]]:
    """Table or figure and label of each cell that holds numbers, with the cell."""
    for one in page.tree.xpath("//main//table[contains(@class, 'stats')]//td[@data-l]"):
        yield f"{one.xpath('ancestor::table/@id')[0]} {one.xpath('../th')[0].text_content()} {one.get('data-l')}", one
    for one in page.tree.xpath("//main//dl[@class='kv']//dd"):
        yield one.getprevious().text_content(), one


def numbers_of(page: Screen) -> dict[str, str]:
    """Address of the rows → the number that leads there. The same address never stands under two numbers."""
    found: dict[str, str] = {}
    for label, cell in cells(page):
        for link in cell.xpath(".//a"):
            text = link.text_content()
            if "万元" not in cell.text_content():
                assert found.setdefault(link.get("href"), text) == text, label
    return found


def pages_of(client: Client) -> Iterator[Screen]:
    """The overview by each dimension, of all years and of one, and every page of a unit or a firm that is linked."""
    first = client.get("/statistics/")
    tabs = [link for link in first.links if link.startswith("/statistics/?by=")]
    assert tabs
    seen: set[str] = set()
    for address in [*tabs, *(f"{tab}&year={YEARS[0]}" for tab in tabs)]:
        page = client.get(address)
        assert page.status == 200
        yield page
        portraits = {link for link in page.links if re.fullmatch(r"/statistics/(units|firms)/\d+", link)} - seen
        seen |= portraits
        yield from (client.get(one) for one in sorted(portraits))


def rows_behind(client: Client, address: str) -> list[list[str]]:
    """The rows of all pages."""
    found: list[list[str]] = []
    shown: set[str] = set()
    while True:
        page = client.get(address)
        assert page.status == 200, address
        found += page.rows[1:]
        urls = page.tree.xpath("//main//table//td[1]/a/@href")
        shown |= set(urls)
        after = [link for link in page.links if "after=" in link]
        if not after:
            return found
        address = after[0]


# ---------------------------------------------------------------- numbers and rows


def every_number(client: Client) -> dict[str, int]:
    """All numbers of all pages, by the address of their rows."""
    shown: dict[str, str] = {}
    for page in pages_of(client):
        for address, number in numbers_of(page).items():
            assert shown.setdefault(address, number) == number, address
    return {address: int(number) for address, number in shown.items()}


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_number_is_the_number_of_rows_it_leads_to(population: Population, who: str) -> None:
    """Of all numbers the very query of their rows is asked, and the pages of some are leafed through."""
    app, actor = population.make.app, population.make[who]
    client = Client(app, actor)
    shown = every_number(client)
    assert len(shown) > 50

    with context(app):
        counted = {address: len(row_ids(actor, address)) for address in shown}
    leafed = [*population.rng.sample(sorted(shown), 25), max(shown, key=lambda address: shown[address])]
    listed = {address: len(rows_behind(client, address)) for address in leafed}

    assert counted == shown
    assert listed == {address: shown[address] for address in leafed}


def row_ids(actor: Actor, address: str) -> list[int]:
    given = dict(parse_qsl(urlsplit(address).query))
    measure = measures.measure_named(measures.Kind(given["of"]), given["measure"])
    return list(db.session.scalars(measures.rows_of(actor, measure, measures.cut_of(given), Project.id)))


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_lines_of_a_table_add_up_to_its_total(population: Population, who: str) -> None:
    for page in pages_of(Client(population.make.app, population.make[who])):
        for table in page.tree.xpath("//main//table[contains(@class, 'stats')]"):
            lines = [values(line) for line in table.xpath("./tbody/tr")]
            (total,) = [values(line) for line in table.xpath("./tfoot/tr")]
            if lines:
                assert [sum(column) for column in zip(*lines, strict=True)] == total, (page.address, table.get("id"))


def values(line: Any) -> list[Decimal]:
    """All numbers of a line: counts, and the two behind each rate; a rate without a base is made of nothing."""
    return [number for cell in line.xpath("./td") for number in numbers_in(cell)]


def numbers_in(cell: Any) -> list[Decimal]:
    (shown,) = cell.xpath("./small") or [cell]
    text = shown.text_content().replace(",", "").replace("万元", "").strip()
    return [Decimal(part.strip()) for part in ("0/0" if text == "—" else text).split("/")]


@pytest.mark.parametrize("who", ["unit", "lead", "supervisor", "auditor"])
def test_the_amounts_of_a_rate_are_the_sums_of_the_rows_behind_it(population: Population, who: str) -> None:
    client = Client(population.make.app, population.make[who])
    checked = 0
    for page in pages_of(client):
        for label, cell in cells(page):
            if "万元" not in cell.text_content() or not cell.xpath(".//a"):
                continue
            paid, budget = (Decimal(link.text_content().replace(",", "")) for link in cell.xpath(".//a"))
            rows = rows_behind(client, cell.xpath(".//a/@href")[0])
            sums = [sum(Decimal(row[at].replace(",", "")) for row in rows) for at in (-2, -1)]
            assert [budget, paid] == sums, (page.address, label)
            checked += 1

    assert checked


def test_a_rate_is_what_its_two_numbers_say(population: Population) -> None:
    for page in pages_of(Client(population.make.app, population.make["auditor"])):
        for label, cell in cells(page):
            if not cell.xpath("./small"):
                continue
            rate = Decimal(cell.text_content().partition("%")[0])
            over, under = numbers_in(cell)
            assert abs(rate - 100 * over / under) <= Decimal("0.05"), label


# ---------------------------------------------------------------- against what one project at a time shows


def reaches(app: Flask, who: Actor) -> list[Reach]:
    with context(app):
        ids = list(db.session.scalars(select(Project.id)))
        found = [reach_of(who, id_) for id_ in ids]
    return [one for one in found if one is not None and one.sees(Datum.PROJECT)]


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_what_is_shown_project_by_project_is_counted(population: Population, who: str) -> None:
    app, actor = population.make.app, population.make[who]
    shown = reaches(app, actor)
    client = Client(app, actor)
    with context(app):
        graded = {row.project_id for row in db.session.execute(db.text("SELECT * FROM assignment")) if row.grade}
        findings = [_count(Finding, Finding.assignment_id == one.assignment_id, Finding.withdrawn.is_(False))
                    for one in shown if one.assignment_id and one.sees(Datum.FINDINGS)]  # fmt: skip
        items = [_count(RectItem, RectItem.project_id == one.id) for one in shown if one.sees(Datum.ITEM_STATES)]

    assert total(client, "of=projects&measure=all") == len(shown)
    assert total(client, "of=projects&measure=closed") == sum(r.state in (P.CLOSED, P.PUBLISHED) for r in shown)
    assert total(client, "of=projects&measure=graded") <= len(graded)
    assert total(client, "of=findings&measure=kept") == sum(findings)
    assert total(client, "of=items&measure=all") == sum(items)


def _count(table: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count(table.id)).where(*conditions)) or 0


def total(client: Client, query: str) -> int:
    found = re.search(r"共 (\d+) 项", client.get(f"{ROWS}?{query}").text)
    return int(found[1]) if found else 0


def test_an_address_names_its_cut_once_and_in_one_order(population: Population) -> None:
    client = Client(population.make.app, population.make["auditor"])
    for page in pages_of(client):
        for address in numbers_of(page):
            names = [name for name, _value in parse_qsl(urlsplit(address).query)]
            assert names[:2] == ["of", "measure"]
            assert len(names) == len(set(names))
