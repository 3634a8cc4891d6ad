"""Search over 1,000,000 texts: LIKE against character pairs, for words of 2, 3, 4 and 8 characters.

    .venv/bin/python -m bench.search [TEXTS] [--postgres ADDRESS]

On SQLite, and on PostgreSQL where it is installed (or at the address given, which must be an empty database).
Times are medians of the whole of `search.find`: candidates, reading them to be sure, who may see them, the page of
20 hits. LIKE answers the same question of the same person with one statement and no count.
Of a word that stands in every tenth text LIKE finds a page at once ("early"), as the index does.
"""

import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, text

from bench.generate import NOW, TODAY, people
from perfflow import create_app
from perfflow.core import clock, search
from perfflow.core.access import Actor
from perfflow.core.search_index import index_of
from perfflow.core.search_texts import KINDS
from perfflow.db import db, unit_of_work, upgrade_database
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.models.search import SearchText
from perfflow.process import P, Role
from perfflow.rules import pairs
from tests.postgres import cluster, find_postgres

TEXTS, EACH, BATCH = 1_000_000, 10, 20_000
UNITS, OFFICES = 500, 5
FIRST_UNIT, FIRST_OFFICE = 1_000, 30
REPEATS = 7
_COMMON = (
    "项目管理资金绩效预算合同验收制度采购单位整改评价目标系统运维建设实施监督质量服务完善规范"
    "措施部门财务专项指标执行情况问题建议要求工作机制落实加强资料监理支付进度"
)
COMMON = [_COMMON[at : at + 2] for at in range(0, len(_COMMON), 2)]
"""Each stands in every tenth text or more."""
RARE = "鼎蟠瀛麓"
"""Stands in one text of every 50,000."""
KIND = "finding"


# ---------------------------------------------------------------- the texts


def vocabulary(rng: random.Random) -> tuple[list[str], list[float]]:
    """Words as a language has them: few that stand everywhere, many that hardly do."""
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 3_000)]
    words = [*COMMON, *(rng.choice(letters) + rng.choice(letters) for _ in range(20_000))]
    return words, list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))


def texts(count: int) -> Iterator[str]:
    rng = random.Random(1)
    words, weights = vocabulary(rng)
    for n in range(count):
        parts = rng.choices(words, cum_weights=weights, k=rng.randint(12, 60))
        if n % 50_000 == 25_000:
            parts.insert(5, RARE)
        for at in range(9, len(parts), 10):
            parts[at] += "，"
        yield "".join(parts) + "。"


def fill(app: Flask, count: int) -> None:
    """Units with as many projects each as any other, every tenth text another project's."""
    with app.app_context():
        with unit_of_work():
            people("-")
            db.session.execute(insert(Organisation), [*_organisations()])
            if db.engine.dialect.name == "postgresql":
                db.session.execute(text("DROP INDEX ix_search_pair_pairs"))  # made again below: three times as fast
        given = texts(count)
        for start in range(1, count + 1, BATCH):
            with unit_of_work():
                _write(range(start, min(start + BATCH, count + 1)), given)
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                index_of(connection).settle(connection)
                connection.exec_driver_sql("ANALYZE")
            else:
                connection.exec_driver_sql("SET maintenance_work_mem = '1GB'")
                connection.exec_driver_sql(
                    "CREATE INDEX ix_search_pair_pairs ON search_pair USING gin (pairs) WITH (fastupdate=off)"
                )
                connection.commit()
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
            connection.commit()


def _organisations() -> Iterator[dict[str, Any]]:
    common = {"active": True, "jurisdiction": "shanghai", "quote_names": True, "score_suffix": True,
              "trim_decimals": True, "number_style": "、", "title_own_line": True}  # fmt: skip
    for n in range(OFFICES):
        yield common | {"id": FIRST_OFFICE + n, "name": f"主管{n}", "kind": "office", "supervised_by": None}
    for n in range(UNITS):
        yield common | {
            "id": FIRST_UNIT + n, "name": f"单位{n}", "kind": "unit", "supervised_by": FIRST_OFFICE + n % OFFICES,
        }  # fmt: skip


def _write(numbers: range, given: Iterator[str]) -> None:
    projects = {(n - 1) // EACH + 1 for n in numbers}
    connection = db.session.connection()
    connection.execute(insert(Project), [_project(n) for n in sorted(projects)])
    rows = [_row(n, body) for n, body in zip(numbers, given, strict=False)]
    connection.execute(insert(SearchText), rows)
    tokens = ((row["id"], pairs.pairs(row["text"]) | frozenset(row["scope"].split())) for row in rows)
    index_of(connection).add(connection, list(tokens))


def _project(n: int) -> dict[str, Any]:
    unit = FIRST_UNIT + n % UNITS
    return {
        "id": n, "code": f"XM-{n:07d}", "unit_id": unit, "office_id": FIRST_OFFICE + n % OFFICES,
        "object_kind": "project", "name": f"测算项目{n}", "budget_year": 2018 + n % 8, "registered": False,
        "table_only": False, "state": P.CLOSED, "seen_as": P.CLOSED, "version": 1, "entered_at": NOW,
        "due_sort": TODAY, "waiting_for": "", "submitted_at": NOW, "rectification": "",
        "rectification_composed": False, "created_by": 1, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip


def _row(n: int, body: str) -> dict[str, Any]:
    project = (n - 1) // EACH + 1
    scope = search.Scope(
        SimpleNamespace(
            unit_id=FIRST_UNIT + project % UNITS, firm_id=None, office_id=FIRST_OFFICE + project % OFFICES,
            submitted_at=NOW, seen_as=P.CLOSED, reached=3,
        )
    )  # fmt: skip
    return {
        "id": n, "project_id": project, "kind": KIND, "source_id": n, "number": 1, "finding_number": 1,
        "text": body, "scope": scope[KINDS[KIND]],
    }  # fmt: skip


# ---------------------------------------------------------------- the questions


def actors() -> dict[str, Actor]:
    return {
        "all": Actor(4, "auditor", "auditor", Role.AUDITOR, 2, "house"),
        f"1/{OFFICES}": Actor(3, "supervisor", "supervisor", Role.SUPERVISOR, FIRST_OFFICE, "office"),
        f"1/{UNITS}": Actor(1, "unit", "unit", Role.UNIT_CLERK, FIRST_UNIT, "unit"),
    }


def questions() -> list[tuple[str, str]]:
    """What is asked for, shortest first: standing in many texts, in few, in none."""
    sample = str(db.session.scalar(select(SearchText.text).order_by(SearchText.id).limit(1))).split("，")[0]
    found = []
    for length in (2, 3, 4, 8):
        rare = RARE[:length] if length <= len(RARE) else sample[:length]
        found += [
            (f"{length} common", _COMMON[:length]), (f"{length} rare", rare), (f"{length} absent", "丂丄丅丆" * 2)
        ]  # fmt: skip
    return [(label, word[: int(label[0])]) for label, word in found]


def like(actor: Actor, word: str, *, newest_first: bool) -> list[Any]:
    """`newest_first`: SQLite's CROSS JOIN reads the texts from the newest on; else the planner may begin with the
    projects, which is quicker in a small reach."""
    reach = {
        Role.UNIT_CLERK: "project.unit_id = :organisation",
        Role.SUPERVISOR: "project.office_id = :organisation AND project.submitted_at IS NOT NULL",
        Role.AUDITOR: "project.submitted_at IS NOT NULL AND :organisation > 0",
    }[actor.role]
    query = text(
        f"SELECT search_text.id, search_text.text, project.name FROM search_text {'CROSS' if newest_first else ''}"
        f" JOIN project {'WHERE' if newest_first else 'ON'} project.id = search_text.project_id"
        f" {'AND' if newest_first else 'WHERE'} {reach} AND search_text.text LIKE :pattern"
        " ORDER BY search_text.id DESC LIMIT 21"
    )
    return list(db.session.execute(query, {"organisation": actor.organisation_id, "pattern": f"%{word}%"}))


def quickest_like(actor: Actor, word: str) -> tuple[float, bool]:
    """Milliseconds, and whether a page was full before everything was read."""
    ways = [partial(like, actor, word, newest_first=newest_first) for newest_first in (True, False)]
    early = len(ways[0]()) > search.SIZE
    return min(milliseconds(way) for way in ways), early


def milliseconds(call: Callable[[], Any]) -> float:
    samples = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        samples.append(time.perf_counter() - began)
        if samples[0] > 2:
            break  # half a minute for one line tells no more
    return statistics.median(samples) * 1000


def measure(app: Flask, name: str) -> None:
    print(f"\n{name}\n{'characters':<12}{'reach':<8}{'hits':>6}{'LIKE, ms':>12}{'pairs, ms':>12}{'ratio':>14}")
    worst = float("inf")
    with app.app_context():
        for (label, word), (reach, actor) in itertools.product(questions(), actors().items()):
            words = pairs.words_of(word)
            slow, early = quickest_like(actor, word)
            quick, found = milliseconds(partial(search.find, actor, words)), search.find(actor, words)
            if not early and reach == "all":
                worst = min(worst, slow / quick)
            told = f"{slow / quick:.0f}{' (early)' if early else ''}"
            print(f"{label:<12}{reach:<8}{found.count:>6}{slow:>12.1f}{quick:>12.2f}{told:>14}", flush=True)
    print(f"least ratio where LIKE reads all texts to the end: {worst:.0f}")


def run(name: str, count: int, config: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder, clock.at(NOW):
        app = create_app(instance=Path(folder), config=config)
        upgrade_database(app)
        began = time.perf_counter()
        fill(app, count)
        print(f"{name}: {count:,} texts written in {time.perf_counter() - began:.0f} s", flush=True)
        measure(app, name)
        with app.app_context():
            if db.engine.dialect.name == "postgresql":
                size = db.session.scalar(text("SELECT pg_total_relation_size('search_pair')"))
                print(f"index {int(size or 0) / 1e6:.0f} MB")
            else:
                print(f"database {(Path(folder) / 'perfflow.db').stat().st_size / 1e6:.0f} MB")
            db.session.remove()
            db.engine.dispose()


def main(arguments: list[str]) -> None:
    count = next((int(one) for one in arguments if one.isdigit()), TEXTS)
    run("SQLite", count, {})
    with ExitStack() as stack:
        address = next((one for one in arguments if one.startswith("postgresql")), "")
        programs = find_postgres()
        if not address and programs is None:
            print("no PostgreSQL here: not measured")
            return
        if not address and programs is not None:
            address = stack.enter_context(cluster(programs, ("shared_buffers=512MB", "work_mem=16MB")))
        run("PostgreSQL", count, {"SQLALCHEMY_DATABASE_URI": address})


if __name__ == "__main__":
    main(sys.argv[1:])
