"""Search: the index is what the texts are, on both databases, and shows to each what he may read and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, select, text, update

from perfflow import create_app
from perfflow.core import clock, organisations, search, search_index
from perfflow.core.search_texts import KINDS
from perfflow.db import db, unit_of_work, upgrade_database
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.models.search import SearchText
from perfflow.process import P
from perfflow.rules import pairs
from perfflow.stages.declaration import commands as declaration
from perfflow.stages.rectification import commands as rectification
from tests.conftest import close, copy_of, open_app
from tests.make import NOW, Make, Play, context, people


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application with the people of the tests, on either database."""
    if request.param == "sqlite":
        one = open_app(copy_of(request.getfixturevalue("template"), tmp_path / "instance"))
    else:
        one = on_postgres(copied(request.getfixturevalue("filled")), tmp_path / "instance")
    yield one
    close(one)


@pytest.fixture(scope="module")
def filled(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database with the people of the tests in it, to be copied."""
    run(postgres, "DROP DATABASE IF EXISTS filled", "CREATE DATABASE filled")
    app = on_postgres(postgres.replace("/postgres?", "/filled?"), tmp_path_factory.mktemp("filled"))
    upgrade_database(app)
    with clock.at(NOW):
        people(app)
    close(app)
    return postgres


def copied(address: str) -> str:
    run(address, "DROP DATABASE IF EXISTS copy", "CREATE DATABASE copy TEMPLATE filled")
    return address.replace("/postgres?", "/copy?")


def run(address: str, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def on_postgres(address: str, folder: Path) -> Flask:
    config = {"TESTING": True, "CHEAP_PASSWORDS": True, "SQLALCHEMY_DATABASE_URI": address}
    return create_app(instance=folder, config=config)


@pytest.fixture
def make(app: Flask) -> Make:
    return Make(app)


def find(make: Make, who: str, query: str, **how: Any) -> search.Found:
    with context(make.app):
        return search.find(make[who], pairs.words_of(query), **how)


def found(make: Make, who: str, query: str, **how: Any) -> list[tuple[str, int | None]]:
    return [(hit.kind, hit.number) for hit in find(make, who, query, **how).hits]


def word(play: Play, kind: str, at: int = 0) -> str:
    """A word of that kind; of the findings the first gives way to what the firm replies."""
    return [canary.text for canary in play.said if canary.kind == kind][at]


# ---------------------------------------------------------------- it is what the texts are


def rows() -> dict[tuple[int, str, int], tuple[Any, ...]]:
    row = SearchText
    query = select(row.project_id, row.kind, row.source_id, row.number, row.finding_number, row.text, row.scope)
    return {tuple(key): tuple(rest) for *key, a, b, c, d in db.session.execute(query) for rest in [(a, b, c, d)]}


def indexed() -> dict[int, frozenset[str]]:
    """By text: which of its own tokens lead to it; and whether nothing else is in the index."""
    connection = db.session.connection()
    index = search_index.index_of(connection)
    leads: dict[int, set[str]] = {}
    tokens = {id_: pairs.pairs(words) | frozenset(scope.split())
              for id_, words, scope in db.session.execute(select(SearchText.id, SearchText.text, SearchText.scope))}
    for token in frozenset().union(*tokens.values()):
        for id_ in index.find(connection, [], token, search.NEWEST, 100_000):
            leads.setdefault(id_, set()).add(token)
    assert {id_: frozenset(found) for id_, found in leads.items()} == tokens
    return tokens


def same_as_rebuilt(app: Flask) -> None:
    with context(app):
        kept = rows()
        indexed()
        with unit_of_work():
            search.clear()
            assert rows() == {}
        with unit_of_work():
            search.refresh(search.projects_after(0))
        assert kept == rows()
        indexed()


def test_after_every_act_of_a_whole_life_the_index_is_as_if_made_anew(make: Make) -> None:
    play = make.project(P.PUBLISHED)
    make.project(P.COMMENTING, ready=True)
    make.project(P.DECLARING, ready=True)
    play.act("supervisor", "unpublish", reason="更正")

    same_as_rebuilt(make.app)

    with context(make.app):
        assert {kind for _project, kind, _source in rows()} == set(KINDS) - {"statement"}


def test_ways_back_leave_nothing_behind(make: Make) -> None:
    play = make.project(P.COMMENTING, ready=True)
    play.act("supervisor", "recall", reason="措辞")
    replaced = make.project(P.FINDINGS_WRITING, ready=True)
    replaced.act("supervisor", "replace_firm", reason="人员变动")
    make.project(P.TERMINATED)
    make.project(P.VOIDED)

    same_as_rebuilt(make.app)

    assert found(make, "supervisor", word(replaced, "findings")) == []


def test_a_text_is_found_by_its_new_words_and_no_longer_by_the_old(make: Make) -> None:
    play = make.project(P.DECLARING, ready=True)
    name = word(play, "name")

    play.save(declaration.save, declaration.DeclarationValues(name="景观灯光维护经费", overview="更换灯具"),
              version=None, who="unit")

    assert found(make, "unit", name) == []
    assert found(make, "unit", "灯光维护") == [("name", None)]
    assert found(make, "unit", "更换灯具") == [("overview", None)]


def test_an_act_that_fails_leaves_the_index_as_it_was(make: Make) -> None:
    play = make.project(P.RECTIFYING)
    values = {"measure": "加装监控", "responsible": "张三", "first_day": NOW.date(), "last_day": NOW.date()}

    with pytest.raises(RuntimeError, match="power"), context(make.app):
        item_id = play.item(1).id
        with unit_of_work():
            from perfflow.core.advance import advance_item

            advance_item(item_id, "plan", actor=make["unit"], values=values)
            raise RuntimeError("power")

    assert found(make, "unit", "加装监控") == []
    same_as_rebuilt(make.app)


def test_a_save_that_changes_one_text_writes_one_text(make: Make) -> None:
    play = make.project(P.RECTIFYING)
    with context(make.app):
        before = set(db.session.scalars(select(SearchText.id)))

    play.save(rectification.save_summary, "已全部整改到位", False, who="unit")

    with context(make.app):
        after = set(db.session.scalars(select(SearchText.id)))
    assert before < after and len(after - before) == 1


def test_another_office_finds_the_units_projects_and_the_former_one_does_not(make: Make) -> None:
    play = make.project(P.DECLARATION_REVIEW)
    name = word(play, "name")
    assert found(make, "supervisor", name)

    with context(make.app):
        unit = db.session.get_one(Organisation, make["unit"].organisation_id)
        values = organisations.organisation_values(unit)
        moved = organisations.OrganisationValues(
            **{**{f: getattr(values, f) for f in values.__slots__}, "supervised_by": make["stranger"].organisation_id}
        )
        with unit_of_work():
            organisations.update_organisation(unit.id, moved, version=None, actor=make["admin"])

    assert found(make, "supervisor", name) == []
    assert found(make, "stranger", name) == [("name", None)]
    same_as_rebuilt(make.app)


def test_a_database_from_before_the_search_gets_its_index_with_the_migration(make: Make) -> None:
    play = make.project(P.DECLARATION_REVIEW)
    with context(make.app), unit_of_work():
        search.clear()
    assert found(make, "unit", word(play, "name")) == []
    with context(make.app):
        db.session.remove()

    upgrade_database(make.app)

    assert found(make, "unit", word(play, "name")) == [("name", None)]


def test_the_command_makes_the_index_anew(make: Make) -> None:
    play = make.project(P.DECLARATION_REVIEW)
    with context(make.app), unit_of_work():
        db.session.execute(update(SearchText).values(text="别的", scope=""))

    answer = make.app.test_cli_runner().invoke(args=["reindex"])

    assert answer.exit_code == 0, answer.output
    assert "已重建 1 个项目的搜索索引" in answer.output
    assert found(make, "supervisor", word(play, "name")) == [("name", None)]


# ---------------------------------------------------------------- who finds what


def test_each_finds_what_he_is_shown_now(make: Make) -> None:
    play = make.project(P.SUGGESTIONS_REVIEW)
    suggestion, finding = word(play, "suggestions"), word(play, "findings", 2)

    assert found(make, "unit", suggestion) == []
    assert found(make, "unit", finding)
    assert found(make, "supervisor", suggestion)
    for stranger in ("unit2", "lead2", "stranger", "admin"):
        assert found(make, stranger, finding) == []

    play.carry(P.RECTIFYING)

    assert found(make, "unit", suggestion)


def test_an_undeclared_evaluator_finds_the_name_and_nothing_else(make: Make) -> None:
    play = make.project(P.RECTIFYING)

    assert found(make, "evaluator", "Kn") == [("name", None)]
    assert found(make, "evaluator", "XM-") == []
    assert len(found(make, "lead", "Kn")) > 10
    assert found(make, "lead", word(play, "comments"))
    assert found(make, "lead", "XM-") == [("code", None)]


def test_an_answer_is_found_once_it_is_handed_in(make: Make) -> None:
    play = make.project(P.COMMENTING, ready=True)
    answer = word(play, "comments")
    assert found(make, "supervisor", answer) == []

    play.carry(P.DISPUTE_REPLY)

    assert found(make, "supervisor", answer)


def test_an_index_that_lags_behind_shows_too_little_never_too_much(make: Make) -> None:
    play = make.project(P.EVALUATION_REVIEW)
    with context(make.app), unit_of_work():
        connection = db.session.connection()
        id_, words, scope = connection.execute(
            select(SearchText.id, SearchText.text, SearchText.scope).where(SearchText.kind == "main_performance")
        ).one()
        index = search_index.index_of(connection)
        index.remove(connection, [(id_, pairs.pairs(words) | set(scope.split()))])
        index.add(connection, [(id_, pairs.pairs(words) | {f"unit:{make['unit'].organisation_id}"})])

    assert found(make, "unit", word(play, "evaluation")) == []


# ---------------------------------------------------------------- pages


def named(make: Make, *names: str) -> list[int]:
    """Projects of these names, each a minute after the other."""
    ids = []
    for minute, name in enumerate(names):
        with clock.at(NOW + timedelta(minutes=minute)), context(make.app), unit_of_work():
            values = declaration.NewDeclaration(name=name, object_kind="project", budget_year=2026)
            ids.append(declaration.create(values, actor=make["unit"]).id)
    return ids


def test_pages_show_every_hit_once_newest_first(make: Make) -> None:
    ids = named(make, *(f"道路养护经费{n}" for n in range(45)))
    pages, after = [], None
    while True:
        page = find(make, "unit", "养护", after=after)
        pages.append([hit.project_id for hit in page.hits])
        after = page.after
        if after is None:
            break

    assert [len(page) for page in pages] == [20, 20, 5]
    assert [id_ for page in pages for id_ in page] == sorted(ids, reverse=True)


def test_hits_are_counted_as_far_as_they_were_read(make: Make) -> None:
    named(make, *(f"道路养护经费{n}" for n in range(25)))

    assert find(make, "unit", "养护").count == "20+"
    assert find(make, "unit", "养护经费1").count == "11"
    assert find(make, "unit", "照明").count == "0"


def test_pairs_that_stand_apart_are_no_hit_and_the_search_goes_on_where_it_stopped(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, *_others = named(make, "甲乙丙", *(f"甲乙，乙丙{n}" for n in range(12)))
    assert [hit.project_id for hit in find(make, "unit", "甲乙丙").hits] == [wanted]

    monkeypatch.setattr(search, "MOST_READ", 5)
    monkeypatch.setattr(search, "BATCH", 5)
    monkeypatch.setattr(search, "SIZE", 3)
    after, hits, rounds = None, [], 0
    while True:
        page = find(make, "unit", "甲乙丙", after=after)
        hits += [hit.project_id for hit in page.hits]
        rounds += 1
        after = page.after
        if after is None:
            break
        assert page.unfinished

    assert hits == [wanted] and rounds > 1


def test_words_may_stand_anywhere_in_one_text(make: Make) -> None:
    named(make, "道路养护经费", "养护道路照明")

    assert len(found(make, "unit", "养护 道路")) == 2
    assert len(found(make, "unit", "照明 道路")) == 1
    assert found(make, "unit", "照明 经费") == []


def test_a_search_may_be_narrowed_to_a_kind(make: Make) -> None:
    make.project(P.RECTIFYING)

    groups = {KINDS[kind].group for kind, _number in found(make, "supervisor", "Kn", group="suggestions")}

    assert groups == {"suggestions"}
    assert len(found(make, "supervisor", "Kn", group="nonsense")) == search.SIZE


# ---------------------------------------------------------------- the same whatever the index leaves out

ALPHABET = ("道路", "养护", "经费", "照明", "维修", "甲乙", "，", "UPS")


def test_the_index_finds_what_reading_everything_finds(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    import random

    rng = random.Random(7)
    names = ["".join(rng.choices(ALPHABET, k=rng.randint(2, 9))) for _ in range(60)]
    # so that pairs count as common here already, and few texts are many parts
    for name, value in (("COMMON", 0.1), ("RARER", 1.5), ("MOST", 2)):
        monkeypatch.setattr(search_index, name, value)
    for kind in (search_index._Fts5, search_index._Gin):
        monkeypatch.setattr(kind, "sample", 3)
    monkeypatch.setattr(search_index._Fts5, "everybody", 0.5)
    monkeypatch.setattr(search_index._Gin, "part", 3)
    named(make, *names)
    with context(make.app):
        everything = {name: sum(one == name for one in db.session.scalars(select(Project.name))) for name in names}
    for _ in range(60):
        name = rng.choice(names)
        first = rng.randrange(len(name) - 1)
        query = name[first : first + rng.choice((2, 3, 4, 8))]
        words = pairs.words_of(query)
        if not words:
            continue
        wanted = sum(count for one, count in everything.items() if pairs.holds(one, words))

        hits, after = 0, None
        while True:
            page = find(make, "unit", query, group="project", after=after)
            hits += len(page.hits)
            after = page.after
            if after is None:
                break

        assert hits == wanted, query


def test_the_list_filters_by_name_through_the_index_as_it_does_without(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from perfflow.core.listing import Filter, filtered

    named(make, "道路养护经费", "照明维修", "道路照明")

    def listed(words: str) -> set[str]:
        with context(make.app):
            query = filtered(make["unit"], Filter(words=words), Project.name)
            return set(db.session.scalars(query))

    for words in ("道路", "照明", "XM-2026-0002", "甲局", "维", "%", "没有的"):
        quick = listed(words)
        with monkeypatch.context() as patched:
            patched.setattr(search, "named", lambda actor, query, most: None)
            assert listed(words) == quick, words
