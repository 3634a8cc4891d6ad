"""问题与整改: each finding with the suggestions that answer it and what was done, as one block of three; and beside
each what this person may do about it. As many statements whatever the number of findings and items."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core.access import Actor, Reach
from perfflow.db import db
from perfflow.models.finding import Finding, FindingIndicator, Suggestion, SuggestionFinding
from perfflow.pages.projects import exchange, items
from perfflow.pages.projects.items import ItemActs, ItemOfBlock
from perfflow.pages.projects.parts import Part, Tag
from perfflow.process import CATEGORIES, SEVERITIES, Datum, FindingCategory, Severity
from perfflow.web import filters
from perfflow.web.origins import Origin, origins
from perfflow.web.translate import joined

AT_FIRST = 10
"""Blocks on the first page of a project; all of them have a page of their own."""


@dataclass(frozen=True, slots=True)
class Block:
    """`meta`: of what kind the finding is; `who`: who answers for what is done, and until when."""

    id: str
    number: int
    title: str
    tag: Tag | None
    meta: str
    who: str
    findings: list[Part]
    suggestions: list[Part]
    items: list[Part]
    opinions: list[Part]
    acts: list[ItemActs]
    suggestions_empty: str = ""
    items_empty: str = ""


@dataclass(frozen=True, slots=True)
class IssuesView:
    """`remarks`: what was said of the findings as a whole. `more_url`: where the blocks are that are left out."""

    blocks: list[Block]
    remarks: list[Part]
    ledger_url: str | None
    count: int
    more_url: str | None = None

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(block.number for block in self.blocks)


@dataclass(slots=True)
class _Texts:
    """What belongs to the findings of one assignment, by the finding's id."""

    codes: dict[int, list[str]] = field(default_factory=dict)
    suggestions: dict[int, list[tuple[int, Part]]] = field(default_factory=dict)
    opinions: dict[int, list[Part]] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)


def view(reach: Reach, actor: Actor) -> IssuesView:
    """The blocks this person may see, with all that was said; suggestions and items only when theirs is the time."""
    assignment_id = reach.assignment_id or 0
    rows = _findings(assignment_id)
    texts = _texts(reach, assignment_id, rows)
    texts.opinions = exchange.opinions(reach, assignment_id)
    there = items.of_project(reach, actor)
    ledger = url_for("rectification.index", project_id=reach.id) if there else None
    return IssuesView(_blocks(rows, texts, there), exchange.remarks(reach), ledger, len(rows))


def first_view(reach: Reach, actor: Actor) -> IssuesView | None:
    """The first blocks, without what was said of them; None without any, or while they are not shown to this
    person."""
    if reach.assignment_id is None or not reach.sees(Datum.FINDINGS):
        return None
    rows = _findings(reach.assignment_id)
    if not rows:
        return None
    blocks = _blocks(rows[:AT_FIRST], _texts(reach, reach.assignment_id, rows), items.of_project(reach, actor))
    more = url_for("projects.issues", project_id=reach.id) if len(rows) > AT_FIRST else None
    return IssuesView(blocks, [], None, len(rows), more)


def _blocks(rows: Sequence[Any], texts: _Texts, there: dict[int, ItemOfBlock]) -> list[Block]:
    """`there`: the items by the suggestion they were made of. An item that answers several findings is dealt with
    in the first of them."""
    told: set[int] = set()
    blocks = []
    for row in rows:
        suggested = texts.suggestions.get(row.id, [])
        mine = [there[id_] for id_, _part in suggested if id_ in there]
        fresh = [one for one in mine if one.number not in told]
        told |= {one.number for one in fresh}
        blocks.append(_block(row, texts, mine, fresh))
    return blocks


def _block(row: Any, texts: _Texts, mine: list[ItemOfBlock], fresh: list[ItemOfBlock]) -> Block:
    none = _("无") if row.withdrawn else ""
    return Block(
        id=f"finding-{row.number}",
        number=row.number,
        title=row.title,
        tag=Tag("todo", _("已撤销")) if row.withdrawn else items.tag_of(mine),
        meta=_meta(row, texts.codes.get(row.id, [])),
        who=items.who(mine),
        findings=[Part(row.text, origin=texts.origins.get(f"finding-{row.id}"))],
        suggestions=[part for _id, part in texts.suggestions.get(row.id, [])],
        items=[one.part(alone=len(mine) == 1, first=one in fresh) for one in mine],
        opinions=texts.opinions.get(row.id, []),
        acts=[one.acts for one in fresh if one.acts],
        suggestions_empty=none,
        items_empty=none,
    )


def _meta(row: Any, codes: list[str]) -> str:
    found = [_(CATEGORIES[FindingCategory(row.category)]), _(SEVERITIES[Severity(row.severity)])]
    if row.amount_fen is not None:
        found.append(_("%(amount)s 万元", amount=filters.wan(row.amount_fen)))
    if codes:
        found.append(_("指标 %(codes)s", codes=joined(codes)))
    return " · ".join(found)


# ---------------------------------------------------------------- reads


def _findings(assignment_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(
            Finding.id, Finding.number, Finding.title, Finding.text, Finding.category, Finding.severity,
            Finding.amount_fen, Finding.withdrawn,
        )
        .where(Finding.assignment_id == assignment_id)
        .order_by(Finding.number)
    ).all()  # fmt: skip


def _texts(reach: Reach, assignment_id: int, rows: Sequence[Any]) -> _Texts:
    texts = _Texts()
    wordings = {f"finding-{row.id}": [row.title, row.text] for row in rows}
    codes = db.session.execute(
        select(FindingIndicator.finding_id, FindingIndicator.code)
        .join(Finding, Finding.id == FindingIndicator.finding_id)
        .where(Finding.assignment_id == assignment_id)
        .order_by(FindingIndicator.code)
    )
    for finding_id, code in codes:
        texts.codes.setdefault(finding_id, []).append(code)
    suggested = _suggested(assignment_id) if reach.sees(Datum.SUGGESTIONS) else []
    wordings |= {f"suggestion-{row.id}": [row.title, row.text] for row in suggested}
    texts.origins = origins(reach, wordings)
    for finding_id, id_, number, title, text in suggested:
        words_ = f"{number}. {title}\n{text}" if title else f"{number}. {text}"
        part = Part(words_, origin=texts.origins.get(f"suggestion-{id_}"))
        texts.suggestions.setdefault(finding_id, []).append((id_, part))
    return texts


def _suggested(assignment_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(SuggestionFinding.finding_id, Suggestion.id, Suggestion.number, Suggestion.title, Suggestion.text)
        .join(Suggestion, Suggestion.id == SuggestionFinding.suggestion_id)
        .where(Suggestion.assignment_id == assignment_id)
        .order_by(Suggestion.number)
    ).all()
