"""What was corrected when this very file was taken in before: it is not proposed anew as the file has it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from perfflow.core import sources
from perfflow.core.access import Actor, Reach, project_for
from perfflow.pages.imports import declarations, reports
from perfflow.pages.imports.paper import Line, Mark, Proposal
from perfflow.papers.paper import PaperKind
from perfflow.stages.declaration import queries as declared
from perfflow.stages.evaluation import queries as evaluated
from perfflow.stages.findings import queries as findings
from perfflow.stages.suggestions import queries as suggestions

Origin = tuple[str, Any]
"""The key of a value on file, and the value."""


def settled(one: Proposal, actor: Actor) -> Proposal:
    """The same file again: lines whose value on file is from it, corrected by hand, are in order."""
    if one.attached is None or one.project_id is None or one.kind is PaperKind.RECTIFICATION:
        return one
    reach = project_for(actor, one.project_id)
    origins = dict(_origins(one, reach))
    told = sources.told(reach, dict(origins.values()))
    answered = {id_: told[key] for id_, (key, _value) in origins.items() if key in told}
    lines = tuple(
        _as_corrected(line) if _was_answered(line, answered.get(line.id), one.attached) else line
        for line in one.lines
    )
    return replace(one, lines=lines)


def _was_answered(line: Line, source: sources.Source | None, attached: int) -> bool:
    """Corrected when it was taken in; of what is only compared, asked about at all."""
    return source is not None and source.attachment_id == attached and (source.corrected or not line.writes)


def _as_corrected(line: Line) -> Line:
    if line.mark not in (Mark.NEW, Mark.CHANGED):
        return line
    return replace(line, mark=Mark.SAME, question="", note=_("上次从此文件导入时已改正，以系统中的为准。"))


def _origins(one: Proposal, reach: Reach) -> Iterator[tuple[str, Origin]]:
    """By line: the key under which the source of its value on file is remembered, and that value."""
    if one.kind is PaperKind.DECLARATION:
        yield from _of_declaration(one, reach)
        return
    known = reports.known_of(reach)
    values = evaluated.source_values(known.page)
    found = {f.id: findings.source(f) for f in known.findings}
    suggested = {s.id: suggestions.source(s) for s in known.suggestions}
    for line in one.lines:
        rows = {reports.FINDINGS: found, reports.SUGGESTIONS: suggested}.get(line.part)
        if rows is not None:
            if line.row_id in rows:
                yield line.id, rows[line.row_id]
            continue
        name = f"rows.{line.cells[0].known}" if line.part == reports.SHEET else line.id
        key = evaluated.source_key(known.page, name)
        if key in values:
            yield line.id, (key, values[key])


def _of_declaration(one: Proposal, reach: Reach) -> Iterator[tuple[str, Origin]]:
    row = declared.declaration(reach.id)
    values = declared.source_values(row) if row is not None else {}
    there = declarations.known_rows(one)
    for line in one.lines:
        key = line.id
        if line.id in there:
            key = declared.row_key(line.id.split("-")[0], there[line.id])
        if key in values:
            yield line.id, (key, values[key])
