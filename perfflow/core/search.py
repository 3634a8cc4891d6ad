"""Search over every text in reach: found by character pairs, read to be sure, newest first.

The index is brought up to date at the end of each unit of work that recorded an act on a project, in its
transaction: journal.record tells which. Who may find a text stands in the index beside its pairs, so that the few
texts of a small reach are found among a million without reading the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, inspect, select, update

from perfflow.core import access
from perfflow.core.access import Actor, scoped
from perfflow.core.search_index import index_of
from perfflow.core.search_texts import GROUPS, KINDS, PROJECT_IDS, TEXTS, Kind
from perfflow.db import before_commit, db
from perfflow.models.evaluation import Assignment, Independence
from perfflow.models.people import Organisation
from perfflow.models.project import Project
from perfflow.models.search import SearchText
from perfflow.process import Viewer
from perfflow.rules import pairs

SIZE = 20
MOST_READ = 2000
"""Candidates read for one page. Who needs more asks for the next."""
BATCH = 200
NEWEST = 2**53


# ---------------------------------------------------------------- keeping it


def touched(project_id: int) -> None:
    """Something of the project was written: its texts are compared with the index before the commit."""
    before_commit(("search", project_id), lambda: refresh([project_id]))


def refresh(project_ids: Sequence[int]) -> None:
    """Bring the index of these projects up to date, within the caller's transaction."""
    db.session.flush()
    _refresh(db.session.connection(), project_ids)


def refresh_unit(unit_id: int) -> None:
    """Another office supervises the unit: others may find its projects."""
    ids = list(db.session.scalars(select(Project.id).where(Project.unit_id == unit_id)))
    for start in range(0, len(ids), BATCH):
        refresh(ids[start : start + BATCH])


def clear() -> None:
    connection = db.session.connection()
    index_of(connection).clear(connection)
    connection.execute(delete(SearchText))


def projects_after(last: int) -> list[int]:
    """The next projects by id, to go through all of them in parts."""
    return _projects_after(db.session.connection(), last)


def _projects_after(connection: Connection, last: int) -> list[int]:
    return list(
        connection.scalars(select(Project.id).where(Project.id > last).order_by(Project.id).limit(BATCH))
    )


def settle() -> None:
    """After many texts were written at once: put the index in order."""
    connection = db.session.connection()
    index_of(connection).settle(connection)


def fill_if_empty(connection: Connection) -> None:
    """Behind a migration: a database from before the search gets its index."""
    if not inspect(connection).has_table(SearchText.__tablename__):
        return
    if connection.scalar(select(SearchText.id).limit(1)) is not None:
        return
    last = 0
    while ids := _projects_after(connection, last):
        _refresh(connection, ids)
        last = ids[-1]
    index_of(connection).settle(connection)


@dataclass(frozen=True, slots=True)
class _Text:
    """A row of the index as it is, or as it should be."""

    text: str
    number: int | None
    finding_number: int | None
    scope: str
    id: int = 0

    @property
    def tokens(self) -> frozenset[str]:
        return pairs.pairs(self.text) | frozenset(self.scope.split())


_Key = tuple[int, str, int]


def _refresh(connection: Connection, project_ids: Sequence[int]) -> None:
    """Only what changed is written; a text that changed gets a new id and so stands first."""
    wanted, stored = _wanted(connection, project_ids), _stored(connection, project_ids)
    index = index_of(connection)
    former = {key: row for key, row in stored.items() if key not in wanted or wanted[key].text != row.text}
    moved = {
        key: row for key, row in stored.items() if key not in former and _without_id(row) != _without_id(wanted[key])
    }
    # backwards: of what came at once the name stands first
    fresh = {key: row for key, row in reversed(wanted.items()) if key not in stored or key in former}
    rescoped = {key: row for key, row in moved.items() if row.scope != wanted[key].scope}
    index.remove(connection, [(row.id, row.tokens) for row in (*former.values(), *rescoped.values())])
    if former:
        connection.execute(delete(SearchText).where(SearchText.id.in_([row.id for row in former.values()])))
    if moved:
        connection.execute(_MOVE, [{"row": row.id} | _columns(key, wanted[key]) for key, row in moved.items()])
    index.add(connection, [(row.id, wanted[key].tokens) for key, row in rescoped.items()])
    if fresh:
        ids = connection.scalars(
            insert(SearchText).returning(SearchText.id, sort_by_parameter_order=True),
            [_columns(key, row) for key, row in fresh.items()],
        )
        index.add(connection, [(id_, row.tokens) for id_, row in zip(ids, fresh.values(), strict=True)])


_MOVE = (
    update(SearchText.__table__)  # type: ignore[arg-type]
    .where(SearchText.__table__.c.id == bindparam("row"))
    .values({name: bindparam(name) for name in ("number", "finding_number", "scope")})
)


def _without_id(row: _Text) -> tuple[int | None, int | None, str]:
    return row.number, row.finding_number, row.scope


def _columns(key: _Key, row: _Text) -> dict[str, Any]:
    """The row as it is stored."""
    project_id, kind, source_id = key
    return {
        "project_id": project_id, "kind": kind, "source_id": source_id, "number": row.number,
        "finding_number": row.finding_number, "text": row.text, "scope": row.scope,
    }  # fmt: skip


def _stored(connection: Connection, project_ids: Sequence[int]) -> dict[_Key, _Text]:
    table = SearchText.__table__
    rows = connection.execute(select(table).where(table.c.project_id.in_(project_ids)))
    return {
        (row.project_id, row.kind, row.source_id): _Text(row.text, row.number, row.finding_number, row.scope, row.id)
        for row in rows
    }


def _wanted(connection: Connection, project_ids: Sequence[int]) -> dict[_Key, _Text]:
    scopes = _scopes(connection, project_ids)
    lines: dict[_Key, list[tuple[int, str, int | None, int | None]]] = {}
    for row in connection.execute(TEXTS, {PROJECT_IDS: list(project_ids)}):
        key = (row.project_id, row.kind, row.source_id)
        lines.setdefault(key, []).append((row.position, row.text, row.number, row.finding_number))
    found = {}
    for key, parts in lines.items():
        whole = "\n".join(text for _position, text, *_numbers in sorted(parts, key=lambda part: part[:2])).strip()
        _position, _text, number, finding_number = parts[0]
        if whole:
            found[key] = _Text(whole, number, finding_number, scopes[key[0]][KINDS[key[1]]])
    return found


# ---------------------------------------------------------------- who may find it


def _scopes(connection: Connection, project_ids: Sequence[int]) -> dict[int, "Scope"]:
    rows = connection.execute(
        select(
            Project.id, Project.unit_id, Project.office_id, Project.firm_id, Project.submitted_at, Project.seen_as,
            func.coalesce(Assignment.reached, 0).label("reached"),
        )
        .outerjoin(Assignment, Assignment.id == Project.assignment_id)
        .where(Project.id.in_(project_ids))
    )  # fmt: skip
    return {row.id: Scope(row) for row in rows}


class Scope(dict[Kind, str]):
    """By kind of text: the tokens of those who may find it as the project stands now. An evaluator who has not
    declared himself independent is told apart when the hit is shown."""

    def __init__(self, project: Any) -> None:
        self.project = project

    def __missing__(self, kind: Kind) -> str:
        project = self.project
        tokens = [_group_token(kind.group)]
        for viewer, organisation_id in (
            (Viewer.UNIT, project.unit_id),
            (Viewer.FIRM, project.firm_id),
            (Viewer.SUPERVISOR, project.office_id if project.submitted_at else None),
            (Viewer.AUDITOR, 0 if project.submitted_at else None),
        ):
            if organisation_id is not None and self._sees(viewer, kind):
                tokens.append(_reach_token(viewer, organisation_id))
        self[kind] = " ".join(tokens)
        return self[kind]

    def _sees(self, viewer: Viewer, kind: Kind) -> bool:
        project = self.project
        return kind.datum is None or access.sees(
            viewer, kind.datum, seen_as=project.seen_as, reached=project.reached, declared=True
        )


def _group_token(group: str) -> str:
    return f"group:{group}"


def _reach_token(viewer: Viewer, organisation_id: int) -> str:
    return f"{viewer}:{organisation_id}"


def _reach_of(actor: Actor) -> str | None:
    viewer = access.VIEWERS.get(actor.role)
    if viewer is None:
        return None
    return _reach_token(viewer, 0 if viewer is Viewer.AUDITOR else actor.organisation_id)


# ---------------------------------------------------------------- finding


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found, with its project. `parts`: the words around it, the found ones marked."""

    id: int
    project_id: int
    name: str
    name_filed: str | None
    quote_names: bool
    unit_name: str
    year: int
    kind: str
    number: int | None
    finding_number: int | None
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits. `after`: where the next begins; `unfinished`: so many candidates were read that the search
    stopped before its end. `count`: of the hits, "20+" when there are more than a page: to count on would be to read
    on, and candidates that were not read must not be told of."""

    hits: list[Hit]
    count: str
    after: int | None
    unfinished: bool


def find(actor: Actor, words: Sequence[str], *, group: str = "", after: int | None = None) -> Found:
    """Where all the words stand in one text, newest first. `words` as pairs.words_of() gives them."""
    reach = _reach_of(actor)
    if reach is None or not words:
        return Found([], "0", None, False)
    tokens = pairs.pairs_of(words) | ({_group_token(group)} if group in GROUPS else set())
    enough = SIZE + 1
    index, connection = index_of(db.session.connection()), db.session.connection()
    wanted = frozenset(GROUPS) if group not in GROUPS else {group}
    rows, read, last, more, ids = list[Any](), 0, after or NEWEST, True, list[int]()
    while (ids or more) and len(rows) < enough and read < MOST_READ:
        size = BATCH if read else enough  # of common words the first of them are enough
        if not ids:
            asked = max(size, index.at_once)
            ids = index.find(connection, tokens, reach, last, asked)
            more = len(ids) == asked
        part, ids = ids[:size], ids[size:]
        rows += [row for row in _read(actor, part, words) if KINDS[row.kind].group in wanted]
        read, last = read + len(part), part[-1] if part else last
    unfinished = bool(more or ids) and len(rows) < enough
    page = [_hit(row, words) for row in rows[:SIZE]]
    count = f"{len(page)}+" if unfinished or len(rows) > SIZE else str(len(page))
    if len(rows) > SIZE:
        return Found(page, count, page[-1].id, False)
    return Found(page, count, last if unfinished else None, unfinished)


def _read(actor: Actor, ids: Sequence[int], words: Sequence[str]) -> list[Any]:
    """The candidates that hold the words and are shown to this person now."""
    if not ids:
        return []
    viewer = access.VIEWERS[actor.role]
    rows = db.session.execute(
        scoped(
            actor,
            SearchText.id, SearchText.kind, SearchText.number, SearchText.finding_number, SearchText.text,
            Project.id.label("project_id"), Project.name, Project.name_filed, Project.budget_year, Project.seen_as,
            Organisation.name.label("unit_name"), Organisation.quote_names, Assignment.reached,
            Independence.independent,
        )
        .join(SearchText, SearchText.project_id == Project.id)
        .join(Organisation, Organisation.id == Project.unit_id)
        .where(SearchText.id.in_(ids))
        .order_by(SearchText.id.desc())
    )  # fmt: skip
    return [row for row in rows if _is_shown(viewer, row) and pairs.holds(row.text, words)]


def _hit(row: Any, words: Sequence[str]) -> Hit:
    return Hit(
        row.id, row.project_id, row.name, row.name_filed, row.quote_names, row.unit_name, row.budget_year,
        row.kind, row.number, row.finding_number, tuple(pairs.excerpt(row.text, words)),
    )  # fmt: skip


def _is_shown(viewer: Viewer, row: Any) -> bool:
    """The rule itself once more: an index that lagged behind would show too little, never too much."""
    datum = KINDS[row.kind].datum
    return datum is None or access.sees(
        viewer, datum, seen_as=row.seen_as, reached=row.reached or 0, declared=bool(row.independent)
    )


def named(actor: Actor, query: str, most: int) -> list[int] | None:
    """Projects in whose name or code the query may stand; None when the index is of no help, because the query is too
    short, or there are more than `most`."""
    words, reach = pairs.words_of(query), _reach_of(actor)
    if not words or reach is None:
        return None
    connection = db.session.connection()
    tokens = pairs.pairs_of(words) | {_group_token("project")}
    ids = index_of(connection).find(connection, tokens, reach, NEWEST, most + 1)
    if len(ids) > most:
        return None
    table = SearchText.__table__
    # thousands of parameters take longer to write than to look up
    wanted: Any = bindparam("ids", ids, expanding=True, literal_execute=True)
    return list(set(connection.scalars(select(table.c.project_id).where(table.c.id.in_(wanted)))))
