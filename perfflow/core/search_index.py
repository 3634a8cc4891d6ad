"""The index of character pairs: FTS5 on SQLite, an array with a GIN index on PostgreSQL. Both give the ids of the
texts that have all the tokens, newest first, and never rank: ranking would read every text of a common word.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection, text

Row = tuple[int, frozenset[str]]
"""A text's id and its tokens."""


class Index(Protocol):
    at_once: int
    """So many ids cost hardly more than one."""

    def add(self, connection: Connection, rows: Sequence[Row]) -> None: ...

    def remove(self, connection: Connection, rows: Sequence[Row]) -> None:
        """The rows with the very tokens they were added with."""

    def clear(self, connection: Connection) -> None: ...

    def settle(self, connection: Connection) -> None:
        """Put in order what many additions left in many pieces."""

    def find(self, connection: Connection, tokens: Iterable[str], reach: str, before: int, limit: int) -> list[int]:
        """Ids below `before`, highest first. What hardly tells one text from another may be left out: a text that lacks
        some of the tokens may come along."""


def index_of(connection: Connection) -> Index:
    return _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES


COMMON, RARER, MOST = 0.3, 8, 4


def _rarest(shares: Mapping[str, float]) -> list[str]:
    """Of tokens and the share of texts that have them, those worth asking for. Each step through the rarest moves all
    the others along: of 项目管理合同资金 the pairs 目管 理合 同资 alone are found in a thirtieth of the time. What is
    left out is read in the text."""
    common = max(COMMON, min(shares.values()) * RARER)
    return [token for token in sorted(shares, key=lambda token: shares[token]) if shares[token] < common][:MOST]


class _Fts5:
    """A table that keeps neither text nor positions: 1,000,000 texts take some 150 MB."""

    at_once = 1

    def add(self, connection: Connection, rows: Sequence[Row]) -> None:
        self._write(connection, "INSERT INTO search_pair (rowid, pairs) VALUES (:id, :pairs)", rows)

    def remove(self, connection: Connection, rows: Sequence[Row]) -> None:
        command = "INSERT INTO search_pair (search_pair, rowid, pairs) VALUES ('delete', :id, :pairs)"
        self._write(connection, command, rows)

    def clear(self, connection: Connection) -> None:
        connection.execute(text("INSERT INTO search_pair (search_pair) VALUES ('delete-all')"))

    def settle(self, connection: Connection) -> None:
        connection.execute(text("INSERT INTO search_pair (search_pair) VALUES ('optimize')"))

    def find(self, connection: Connection, tokens: Iterable[str], reach: str, before: int, limit: int) -> list[int]:
        ours = [_hexadecimal(token) for token in sorted(tokens)]
        wanted = self._telling(connection, ours, _hexadecimal(reach), before)
        query = text(
            "SELECT rowid FROM search_pair WHERE search_pair MATCH :wanted AND rowid < :before"
            " ORDER BY rowid DESC LIMIT :limit"
        )
        given = {"wanted": " AND ".join(wanted), "before": before, "limit": limit}
        return list(connection.scalars(query, given).all())

    sample, everybody = 100, 0.9

    def _telling(self, connection: Connection, tokens: list[str], reach: str, before: int) -> list[str]:
        """The tokens worth asking for."""
        if len(tokens) <= 1:
            return [*tokens, reach]
        newest = connection.scalar(text("SELECT max(id) FROM search_text")) or 0
        top = min(newest, before)
        # of the reach an older part too: somebody may just have written a hundred texts at once
        *found, reach_now, reach_before = self._hundredth(
            connection, [*((token, top + 1) for token in tokens), (reach, top + 1), (reach, top // 2)]
        )
        shares = [0 if one is None else self.sample / max(1, top - one) for one in found]
        kept = _rarest(dict(zip(tokens, shares, strict=True)))
        nearly_all = reach_now and reach_before and (
            min(self.sample / max(1, top - reach_now), self.sample / max(1, top // 2 - reach_before)) > self.everybody
        )  # fmt: skip
        return kept if nearly_all else [*kept, reach]

    def _hundredth(self, connection: Connection, probes: list[tuple[str, int]]) -> list[int | None]:
        """Of each token the hundredth newest text below an id: the nearer, the more common."""
        columns = ", ".join(
            f"(SELECT rowid FROM search_pair WHERE search_pair MATCH :t{n} AND rowid < :b{n}"
            f" ORDER BY rowid DESC LIMIT 1 OFFSET {self.sample})"
            for n in range(len(probes))
        )
        given: dict[str, str | int] = {}
        for n, (token, before) in enumerate(probes):
            given |= {f"t{n}": token, f"b{n}": before}
        return list(connection.execute(text(f"SELECT {columns}"), given).one())

    def _write(self, connection: Connection, command: str, rows: Sequence[Row]) -> None:
        if rows:
            given = [{"id": id_, "pairs": " ".join(map(_hexadecimal, tokens))} for id_, tokens in rows]
            connection.execute(text(command), given)


def _hexadecimal(token: str) -> str:
    """FTS5's own tokenizers would divide a pair at its punctuation."""
    return "x" + token.encode("utf-16-be", "surrogatepass").hex()


class _Gin:
    """GIN gives its rows in no order: of a common word all would be read and sorted. So each row has a token for
    its part of the ids too, and parts are asked newest first, more of them at a time while little is found."""

    at_once = 200
    part = 14  # bits: 16,384 ids

    def add(self, connection: Connection, rows: Sequence[Row]) -> None:
        if rows:
            given = [{"id": id_, "pairs": [*tokens, self._part_of(id_ >> self.part)]} for id_, tokens in rows]
            connection.execute(text("INSERT INTO search_pair (id, pairs) VALUES (:id, :pairs)"), given)

    def remove(self, connection: Connection, rows: Sequence[Row]) -> None:
        ids = [id_ for id_, _tokens in rows]
        connection.execute(text("DELETE FROM search_pair WHERE id = ANY(:ids)"), {"ids": ids})

    def clear(self, connection: Connection) -> None:
        connection.execute(text("TRUNCATE search_pair"))

    def settle(self, connection: Connection) -> None:
        connection.execute(text("ANALYZE search_pair"))

    def find(self, connection: Connection, tokens: Iterable[str], reach: str, before: int, limit: int) -> list[int]:
        newest = connection.scalar(text("SELECT max(id) FROM search_pair")) or 0
        before = min(before, newest + 1)
        first = part = before - 1 >> self.part
        wanted, width, found = self._telling(connection, sorted(tokens), reach, before), 2, list[int]()
        while part >= 0 and len(found) < limit:
            if width > max(2, part // 2):
                width = part + 1
            found += self._within(connection, wanted, part, width, before, limit - len(found))
            part -= width
            # as many more as the first ones let expect, and half as many again
            width = (limit - len(found)) * (first - part) * 3 // (2 * len(found)) + 1 if found else part + 1
        return found

    def _within(
        self, connection: Connection, tokens: list[str], part: int, width: int, before: int, limit: int
    ) -> Sequence[int]:
        """Of a part and those below it; of all below it without naming them, which would take longer."""
        parts = [self._part_of(one) for one in range(part, part - width, -1)] if width <= part else []
        # OFFSET 0 and + 0 keep the planner from walking the primary key instead of the index
        query = text(
            "SELECT id FROM (SELECT id FROM search_pair WHERE pairs @> CAST(:tokens AS text[])"
            f"{' AND pairs && CAST(:parts AS text[])' if parts else ''}"
            " AND id + 0 < :before OFFSET 0) AS found ORDER BY id DESC LIMIT :limit"
        )
        given = {"tokens": tokens, "before": min(before, part + 1 << self.part), "limit": limit}
        return connection.scalars(query, given | ({"parts": parts} if parts else {})).all()

    sample = 25

    def _telling(self, connection: Connection, tokens: list[str], reach: str, before: int) -> list[str]:
        """The tokens worth asking for, as far as some texts tell."""
        if len(tokens) <= 1:
            return [*tokens, reach]
        # an older part too: somebody may just have written a hundred texts at once
        query = text(
            "SELECT token, count(*) FROM ("
            "(SELECT pairs FROM search_pair WHERE id < :before ORDER BY id DESC LIMIT :sample) UNION ALL "
            "(SELECT pairs FROM search_pair WHERE id < :middle ORDER BY id DESC LIMIT :sample)"
            ") AS sample JOIN unnest(CAST(:tokens AS text[])) AS token ON token = ANY(sample.pairs) GROUP BY token"
        )
        given = {"before": before, "middle": before // 2, "sample": self.sample, "tokens": [*tokens, reach]}
        counts = {token: count for token, count in connection.execute(query, given)}
        read = 2 * self.sample
        kept = _rarest({token: counts.get(token, 0) / read for token in tokens}) if len(tokens) > 3 else tokens
        return kept if counts.get(reach) == read else [*kept, reach]

    def _part_of(self, number: int) -> str:
        return f"part{number}"


_SQLITE: Index = _Fts5()
_POSTGRES: Index = _Gin()
