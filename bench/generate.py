"""A database of any number of invented projects, in every state, for measuring. Rows go in directly, in bulk."""

import hashlib
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, update

from perfflow.core import search
from perfflow.core.advance import waiting_item, waiting_project
from perfflow.core.search_index import index_of
from perfflow.core.search_texts import KINDS
from perfflow.db import Base, db, unit_of_work
from perfflow.models.evaluation import Assignment, Independence
from perfflow.models.finding import Finding, Suggestion, SuggestionFinding
from perfflow.models.item import Notice, RectItem
from perfflow.models.journal import ChainHead, JournalEntry
from perfflow.models.people import Organisation, User
from perfflow.models.project import FAR_DAY, Declaration, Project
from perfflow.models.search import SearchText
from perfflow.process import FROM_COMMENTING, FROM_NOTICE, ITEM_STATES, PROJECT_STATES, Datum, P
from perfflow.rules import pairs

UNITS, FIRMS = 8, 4  # so few that even in the smallest database each has more than a page
BATCH = 5_000
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
_WITH_FIRM = frozenset({P.EVALUATING, P.EVALUATION_REVIEW, P.FINDINGS_WRITING, P.AWAITING_COMMENTS}) | FROM_COMMENTING


def fill(app: Flask, projects: int, *, password_hash: str = "-") -> None:
    """Write organisations, a user of each kind and this many projects with what belongs to them."""
    with app.app_context():
        with unit_of_work():
            people(password_hash)
        with without_indexes():
            head = _fill(projects)
        with unit_of_work():
            heads = update(ChainHead).where(ChainHead.chain == "journal")
            db.session.execute(heads.values(length=projects, hash=head))


def _fill(projects: int) -> str:
    rng, head = random.Random(projects), "0" * 64
    for start in range(1, projects + 1, BATCH):
        batch = list(_projects(rng, range(start, min(start + BATCH, projects + 1))))
        with unit_of_work():
            head = _write(rng, batch, head)
            _write_names(batch)
    with unit_of_work():
        search.settle()
    return head


@contextmanager
def without_indexes() -> Iterator[None]:
    """Made behind the rows an index takes seconds; kept up row by row a million of them take the better part of an
    hour. SQLite only: there nothing has to survive a power cut either."""
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            yield
            return
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        indexes = list(connection.exec_driver_sql(query))
        for name, _sql in indexes:
            connection.exec_driver_sql(f"DROP INDEX {name}")
        connection.commit()
    event.listen(db.engine, "connect", _hastily)
    db.engine.dispose()
    yield
    with db.engine.connect() as connection:
        for _name, sql in indexes:
            connection.exec_driver_sql(sql)
        connection.commit()
    event.remove(db.engine, "connect", _hastily)
    db.session.remove()
    db.engine.dispose()


def _hastily(connection: Any, record: Any) -> None:
    for pragma in ("synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def people(password_hash: str) -> None:
    """Organisations, and one user of each kind."""
    office, house = 1, 2
    organisations = [
        {"id": office, "name": "测算主管部门", "kind": "office"},
        {"id": house, "name": "测算系统管理", "kind": "house"},
        *({"id": 10 + n, "name": f"测算单位{n:03d}", "kind": "unit", "supervised_by": office} for n in range(UNITS)),
        *({"id": 500 + n, "name": f"测算机构{n:02d}", "kind": "firm"} for n in range(FIRMS)),
    ]
    columns = {"active": True, "jurisdiction": "shanghai", "supervised_by": None, "quote_names": True,
               "score_suffix": True, "trim_decimals": True, "number_style": "、", "title_own_line": True}  # fmt: skip
    db.session.execute(insert(Organisation), [columns | row for row in organisations])
    people = (
        ("unit", "unit_clerk", 10), ("firm", "firm_user", 500), ("supervisor", "dept_supervisor", office),
        ("auditor", "auditor", house), ("admin", "admin", house), ("others", "unit_clerk", 10),
    )  # fmt: skip
    db.session.execute(
        insert(User),
        [
            {"id": n, "username": name, "display_name": name, "role": role, "organisation_id": organisation,
             "password_hash": password_hash, "must_change_password": False, "active": True, "failures": 0,
             "created_at": NOW}
            for n, (name, role, organisation) in enumerate(people, 1)
        ],
    )  # fmt: skip


def _projects(rng: random.Random, numbers: range) -> Iterator[dict[str, Any]]:
    states = list(PROJECT_STATES)
    for n in numbers:
        state = rng.choice(states)
        waits = bool(PROJECT_STATES[state].actors)
        due = TODAY + timedelta(days=rng.randint(-30, 90)) if waits else None
        settled = rng.random() < 0.2
        firm = 500 + n % FIRMS if state in _WITH_FIRM else None
        yield {
            "id": n, "code": f"XM-{n:07d}", "unit_id": 10 + n % UNITS, "office_id": 1, "firm_id": firm,
            "object_kind": "project", "name": f"测算项目{n}信息化建设经费", "name_filed": None,
            "budget_year": 2018 + n % 8, "evaluation_year": 2019 + n % 8, "budget_fen": rng.randrange(10**6, 10**10),
            "registered": False, "table_only": False, "state": state, "seen_as": state, "version": 1,
            "entered_at": NOW - timedelta(days=rng.randint(0, 60)), "due_on": due, "due_sort": due or FAR_DAY,
            "waiting_for": waiting_project(state, settled), "submitted_at": NOW - timedelta(days=200),
            "assignment_id": n if firm else None, "rectification": "", "rectification_composed": False,
            "created_by": 1, "created_at": NOW - timedelta(days=300),
            "updated_at": NOW - timedelta(seconds=rng.randrange(10**7)),
        }  # fmt: skip


def _insert(table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Past the session, which would look at each row twice."""
    if rows:
        db.session.connection().execute(insert(table), rows)


def _write(rng: random.Random, batch: list[dict[str, Any]], head: str) -> str:
    _insert(Project, batch)
    _insert(
        Declaration,
        [{"project_id": p["id"], "version": 1, "form_year": 2019, "project_type": "", "fund_use": "",
          "overview": "测算", "basis": "", "necessity": "", "safeguards": "", "overall_goal": "", "annual_goal": "",
          "remarks": ""} for p in batch],
    )  # fmt: skip
    assigned = [p for p in batch if p["firm_id"]]
    _insert(
        Assignment,
        [{"id": p["id"], "project_id": p["id"], "number": 1, "firm_id": p["firm_id"], "lead_id": 2, "due_on": TODAY,
          "assigned_by": 3, "created_at": NOW, "version": 1, "reached": 3, "paid_fen": p["budget_fen"],
          "paid_filed": "", "main_performance": "测算主要绩效", "total": rng.randrange(6000, 10001), "total_filed": "",
          "grade": rng.choice("优良"), "no_findings_statement": ""} for p in assigned],
    )  # fmt: skip
    declared = [{"assignment_id": p["id"], "user_id": 2, "independent": True, "explanation": "", "at": NOW}
                for p in assigned if p["firm_id"] == 500]  # fmt: skip
    _insert(Independence, declared)
    _write_findings(rng, [p for p in assigned if p["state"] in FROM_COMMENTING])
    rows = []
    for p in batch:
        body = json.dumps({"name": "unit", "organisation": "", "changes": [], "code": p["code"], "previous": head})
        head = hashlib.sha256(body.encode()).hexdigest()
        # one person's acts do not grow with the number of projects
        by = 1 if p["id"] <= 1_000 else 6
        rows.append({"id": p["id"], "hash": head, "body": body, "project_id": p["id"], "user_id": by,
                     "role": "unit_clerk", "at": p["entered_at"], "action": "create", "from_state": None,
                     "to_state": p["state"], "round": 1, "datum": Datum.DECLARATION.value, "reason": ""})  # fmt: skip
    _insert(JournalEntry, rows)
    return head


def _write_names(batch: list[dict[str, Any]]) -> None:
    """Names and codes for the search; the other texts are bench.search's."""
    rows, tokens = [], []
    for p in batch:
        scope = search.Scope(SimpleNamespace(**p, reached=3))
        for at, kind in enumerate(("code", "name")):
            id_ = p["id"] * 2 + at
            rows.append({"id": id_, "project_id": p["id"], "kind": kind, "source_id": 0, "number": None,
                         "finding_number": None, "text": p[kind], "scope": scope[KINDS[kind]]})  # fmt: skip
            tokens.append((id_, pairs.pairs(p[kind]) | frozenset(scope[KINDS[kind]].split())))
    _insert(SearchText, rows)
    connection = db.session.connection()
    index_of(connection).add(connection, tokens)


def _write_findings(rng: random.Random, projects: list[dict[str, Any]]) -> None:
    numbered = [(p, k) for p in projects for k in (1, 2)]
    if not numbered:
        return
    ids = {(p["id"], k): p["id"] * 2 + k for p, k in numbered}
    common = [{"id": ids[p["id"], k], "project_id": p["id"], "assignment_id": p["id"], "number": k,
               "title": f"测算标题{k}", "text": "测算正文" * 20, "glued": False} for p, k in numbered]  # fmt: skip
    _insert(Finding, [row | {"category": "other", "severity": "minor", "withdrawn": False} for row in common])
    _insert(Suggestion, common)
    _insert(SuggestionFinding, [{"suggestion_id": id_, "finding_id": id_} for id_ in ids.values()])
    notified = [p for p in projects if p["state"] in FROM_NOTICE]
    if not notified:
        return
    _insert(
        Notice,
        [{"id": p["id"], "project_id": p["id"], "number": 1, "issued_at": NOW, "issued_by": 3} for p in notified],
    )
    items = []
    for p in notified:
        for k in (1, 2):
            state = rng.choice(list(ITEM_STATES))
            due = TODAY + timedelta(days=rng.randint(-30, 60))
            items.append({"project_id": p["id"], "unit_id": p["unit_id"], "office_id": 1, "notice_id": p["id"],
                          "suggestion_id": ids[p["id"], k], "number": k, "rect_class": "phased", "deadline": due,
                          "state": state, "version": 1, "entered_at": NOW, "due_on": due, "due_sort": due,
                          "waiting_for": waiting_item(state, p["state"], False), "continuing": False})  # fmt: skip
    _insert(RectItem, items)
