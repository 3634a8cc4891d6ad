"""Taking a paper in: the very commands that typing uses, in one unit of work; then where each value came from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from perfflow.core import advance, files, sources
from perfflow.core.access import Actor, Reach, project_for
from perfflow.core.errors import Invalid
from perfflow.core.files import Received
from perfflow.core.sources import Taken as Source
from perfflow.db import db
from perfflow.models.file import Attachment
from perfflow.pages.imports import declarations, progress, reports
from perfflow.pages.imports.lines import merged
from perfflow.pages.imports.paper import Line, Mark, Proposal, Taken
from perfflow.papers.paper import PaperKind
from perfflow.process import N_, AttachmentPurpose, Datum, ObjectKind, P
from perfflow.stages.declaration import commands as declaration
from perfflow.stages.declaration import queries as declared
from perfflow.stages.evaluation import commands as evaluation
from perfflow.stages.evaluation import queries as evaluated
from perfflow.stages.findings import commands as findings
from perfflow.stages.findings import queries as found
from perfflow.stages.rectification import commands as rectification
from perfflow.stages.suggestions import commands as suggestions
from perfflow.stages.suggestions import queries as suggested

NOTHING = N_("没有勾选要导入的内容。")
YEARS = {
    "budget_year": N_("“预算年度”还没有填写。"),
    "evaluation_year": N_("“评价年度”还没有填写。"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was taken in. `project_ids`: where it went; `lines`: how many values or rows."""

    project_ids: tuple[int, ...]
    lines: int


def take_in(
    proposal: Proposal, taken: Taken, received: Received, *, version: int | None, actor: Actor
) -> Done:
    """Do with the ticked lines what their owner would do by typing. Raises whatever the commands raise."""
    if proposal.closed:
        raise Invalid("lines", NOTHING)
    if proposal.kind is PaperKind.RECTIFICATION:
        return _progress(proposal, taken, received, actor)
    if proposal.kind is PaperKind.DECLARATION:
        return _declaration(proposal, taken, received, version, actor)
    if proposal.is_new:
        return _object(taken, received, actor)
    return _report(proposal, taken, received, version, actor)


class _Version:
    """The version the page was drawn from, for the first command; the others follow in the same unit of work."""

    def __init__(self, version: int | None) -> None:
        self._version = version

    def next(self) -> int | None:
        version, self._version = self._version, None
        return version


# ---------------------------------------------------------------- 绩效目标申报表


def _declaration(
    proposal: Proposal, taken: Taken, received: Received, version: int | None, actor: Actor
) -> Done:
    project_id = proposal.project_id
    if project_id is None:
        new = declaration.NewDeclaration(
            taken["name"]["name"], ObjectKind(taken["kind"]["object_kind"]), taken["year"]["budget_year"]
        )
        project_id, version = declaration.create(new, actor=actor).id, None
    known = declared.declaration(project_id)
    assert known is not None
    given: dict[str, Any] = {
        name: value for id_, values in taken.items() for name, value in values.items() if id_ == name
    }
    rows = declarations.known_rows(proposal)
    given |= {name: _listed(proposal, name, taken, rows) for name in declarations.ROWS}
    declaration.save(project_id, replace(declaration.as_values(known), **given), version=version, actor=actor)
    attachment_id = _attached(proposal, received, AttachmentPurpose.DECLARATION, project_id, actor)
    reach, after = project_for(actor, project_id), declared.declaration(project_id)
    assert after is not None
    _remember(reach, Datum.DECLARATION, _declared(proposal, taken, after), attachment_id, actor)
    return Done((project_id,), len(taken))


def _listed(
    proposal: Proposal, name: str, taken: Taken, known: Mapping[str, tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """The rows of one list: the paper's that were taken, and those on file that stay."""
    lines = [line for line in proposal.lines if line.id.split("-")[0] == name]
    columns = declarations.COLUMNS[name]
    return [
        tuple(row[column] for column in columns) if is_new else row
        for _line, row, is_new in merged(lines, taken, known)
    ]


def _declared(proposal: Proposal, taken: Taken, after: declared.DeclarationRow) -> Iterator[Source]:
    values = declared.source_values(after)
    for line in _ticked(proposal, taken):
        name = line.id.split("-")[0]
        if name in declarations.ROWS:
            row = [taken[line.id][column] for column in declarations.COLUMNS[name]]
            key = declared.row_key(name, row)
        else:
            key = line.id
        if key in values:
            yield _source(line, taken, key, values[key])


# ---------------------------------------------------------------- 登记


def _object(taken: Taken, received: Received, actor: Actor) -> Done:
    given = {name: value for values in taken.values() for name, value in values.items()}
    try:
        unit_id = int(given["unit_id"])
    except ValueError:
        raise Invalid("unit_id", N_("请选择本部门主管的预算单位。")) from None
    for name, told in YEARS.items():
        if given[name] is None:
            raise Invalid(name, told)
    values = declaration.RegisterValues(
        unit_id=unit_id,
        object_kind=ObjectKind(given["object_kind"]),
        name=given["name"],
        name_filed=given["name_filed"] if given["name_filed"] != given["name"] else "",
        budget_year=given["budget_year"],
        evaluation_year=given["evaluation_year"],
        table_only=True,
    )
    return Done((declaration.register(values, received, actor=actor).id,), len(taken))


# ---------------------------------------------------------------- a firm's papers


def _report(
    proposal: Proposal, taken: Taken, received: Received, version: int | None, actor: Actor
) -> Done:
    project_id = proposal.project_id
    assert project_id is not None
    one = _Version(version)
    reach = project_for(actor, project_id)
    parts = {line.part for line in proposal.lines if line.id in taken and line.id != "budget"}
    if reports.SHEET in parts:
        evaluation.save_sheet(project_id, _sheet(proposal, taken), version=one.next(), actor=actor)
    if reports.RESULT in parts:
        values = _result(reach, taken)
        evaluation.save_result(project_id, values, version=one.next(), actor=actor)
    if reports.FINDINGS in parts:
        findings.save_findings(project_id, _findings(proposal, taken, reach), version=one.next(), actor=actor)
    if reports.SUGGESTIONS in parts:
        rows = _suggestions(proposal, taken, reach)
        suggestions.save_suggestions(project_id, rows, version=one.next(), actor=actor)
    report = proposal.kind in (PaperKind.REPORT, PaperKind.RESULT_TABLE) and reach.state == P.EVALUATING
    purpose = AttachmentPurpose.REPORT if report else AttachmentPurpose.WORKING_PAPER
    attachment_id = _attached(proposal, received, purpose, project_id, actor)
    _remember_report(proposal, taken, project_for(actor, project_id), attachment_id, actor)
    return Done((project_id,), len(taken))


def _sheet(proposal: Proposal, taken: Taken) -> list[Any]:
    lines = proposal.of(reports.SHEET)
    known = {line.id: {cell.name: cell.known for cell in line.cells} for line in lines if line.mark is not Mark.NEW}
    return [reports.sheet_row(row) for _line, row, _is_new in merged(lines, taken, known)]


def _result(reach: Reach, taken: Taken) -> evaluation.ResultValues:
    page = evaluated.evaluation(reach)
    assert page is not None
    values = evaluation.ResultValues(
        paid_fen=page.paid_fen, paid_filed=page.paid_filed, main_performance=page.main_performance,
        total=page.total, total_filed=page.total_filed, grade=page.grade,
    )  # fmt: skip
    if paid := taken.get("paid"):
        # only an amount in 万元 is written as the papers write it; any other is shown in the unit's own manner
        filed = paid["value_filed"] if "万" in paid["value_filed"] else ""
        values = replace(values, paid_fen=paid["value"], paid_filed=filed)
    if text := taken.get("main_performance"):
        values = replace(values, main_performance=text["value"])
    if total := taken.get("total"):
        values = replace(values, total=total["value"], total_filed=total["value_filed"])
    if grade := taken.get("grade"):
        values = replace(values, grade=grade["value"])
    return values


def _findings(proposal: Proposal, taken: Taken, reach: Reach) -> findings.FindingsValues:
    """Those of the paper and those on file that stay; explanations and statement are no matter of a paper."""
    there = {row.id: row for row in found.kept(reach)}
    leaves = frozenset(one.code for one in found.indicators(reach))
    rows = []
    for line in proposal.of(reports.FINDINGS):
        given = taken.get(line.id)
        if given is not None and line.mark is Mark.GONE:
            continue
        if given is not None:
            codes = tuple(given["codes"]) if "codes" in given else ()
            rows.append(
                findings.FindingValues(
                    id=line.row_id, number=given["number"] or 0, title=given["title"], text=given["text"],
                    category=given["category"], severity=given["severity"], amount_fen=given["amount_fen"],
                    codes=codes, glued=reports.is_glued(proposal.paper, line),
                )
            )  # fmt: skip
        elif line.row_id is not None:
            rows.append(_unchanged(there[line.row_id], leaves))
    # an indicator that left the sheet needs no word any more
    said = tuple((code, text) for code, text in found.explanations(reach).items() if code in leaves)
    statement = "" if rows else found.statement(reach)
    return findings.FindingsValues(findings=tuple(rows), explanations=said, no_findings=statement)


def _unchanged(row: found.FindingRow, leaves: frozenset[str]) -> findings.FindingValues:
    return findings.FindingValues(
        id=row.id, number=row.number, title=row.title, text=row.text, category=row.category,
        severity=row.severity, amount_fen=row.amount_fen,
        codes=tuple(code for code in row.codes if code in leaves),
    )  # fmt: skip


def _suggestions(proposal: Proposal, taken: Taken, reach: Reach) -> list[suggestions.SuggestionValues]:
    there = {row.id: row for row in suggested.suggestions(reach)}
    ids = _finding_ids(proposal, taken, reach)
    rows = []
    for line in proposal.of(reports.SUGGESTIONS):
        given = taken.get(line.id)
        if given is not None and line.mark is not Mark.GONE:
            answers = tuple(ids[code] for code in given["answers"] if code in ids)
            rows.append(
                suggestions.SuggestionValues(
                    id=line.row_id, number=given["number"] or 0, title=given["title"], text=given["text"],
                    finding_ids=answers, glued=reports.is_glued(proposal.paper, line),
                )
            )  # fmt: skip
        elif given is None and line.row_id is not None:
            row = there[line.row_id]
            standing = tuple(one.id for one in row.findings)
            rows.append(
                suggestions.SuggestionValues(
                    id=row.id, number=row.number, title=row.title, text=row.text, finding_ids=standing
                )
            )
    return rows


def _finding_ids(proposal: Proposal, taken: Taken, reach: Reach) -> dict[str, int]:
    """The findings a suggestion may name, as they stand now: by the line that brought them, or by their id."""
    by_number = {row.number: row.id for row in found.kept(reach)}
    ids = {f"id-{id_}": id_ for id_ in by_number.values()}
    for line in proposal.of(reports.FINDINGS):
        given = taken.get(line.id)
        if line.row_id in by_number.values():
            ids[line.id] = line.row_id  # type: ignore[assignment]
        elif given is not None and given["number"] in by_number:
            ids[line.id] = by_number[given["number"]]
    return ids


def _remember_report(
    proposal: Proposal, taken: Taken, reach: Reach, attachment_id: int, actor: Actor
) -> None:
    page = evaluated.evaluation(reach)
    assert page is not None
    values = evaluated.source_values(page)
    keys = {line.id: evaluated.source_key(page, line.id) for line in proposal.of(reports.RESULT)}
    for line in proposal.of(reports.SHEET):
        if line.id in taken:
            keys[line.id] = evaluated.source_key(page, f"rows.{taken[line.id]['code']}")
    _remember(reach, Datum.EVALUATION, _of_keys(proposal, taken, keys, values), attachment_id, actor)
    by_number = {f.number: f for f in found.kept(reach)}
    rows: Any = (line for line in proposal.of(reports.FINDINGS) if line.id in taken)
    _remember(reach, Datum.FINDINGS, _of_rows(rows, taken, by_number, found.source), attachment_id, actor)
    by_number = {s.number: s for s in suggested.suggestions(reach)}  # type: ignore[misc]
    rows = (line for line in proposal.of(reports.SUGGESTIONS) if line.id in taken)
    _remember(reach, Datum.SUGGESTIONS, _of_rows(rows, taken, by_number, suggested.source), attachment_id, actor)


def _of_keys(
    proposal: Proposal, taken: Taken, keys: Mapping[str, str], values: Mapping[str, Any]
) -> Iterator[Source]:
    for line in _ticked(proposal, taken):
        key = keys.get(line.id, "")
        if key in values:
            yield _source(line, taken, key, values[key])


def _of_rows(lines: Iterable[Line], taken: Taken, by_number: Mapping[int, Any], source: Any) -> Iterator[Source]:
    for line in lines:
        row = by_number.get(taken[line.id]["number"]) if line.mark is not Mark.GONE else None
        if row is not None:
            key, value = source(row)
            yield _source(line, taken, key, value)


# ---------------------------------------------------------------- 整改情况表


def _progress(proposal: Proposal, taken: Taken, received: Received, actor: Actor) -> Done:
    projects = []
    for line in _ticked(proposal, taken):
        project_id, number, item_id = proposal.items[line.id]
        text = taken[line.id]["value"]
        if line.id.startswith(progress.NOTE):
            rectification.add_note(project_id, number, text, actor=actor)
        else:
            advance.advance_item(item_id, "report", actor=actor, values={"text": text})
        projects.append(project_id)
    for project_id in dict.fromkeys(projects):
        _attached(proposal, received, AttachmentPurpose.PROGRESS, project_id, actor)
    return Done(tuple(dict.fromkeys(projects)), len(taken))


# ---------------------------------------------------------------- the file, and what is from it


def _attached(
    proposal: Proposal, received: Received, purpose: AttachmentPurpose, project_id: int, actor: Actor
) -> int:
    """The attachment of these bytes; a file that is there already is not attached a second time."""
    reach = project_for(actor, project_id)
    same = select(Attachment).where(
        Attachment.project_id == project_id, Attachment.sha256 == received.sha256, Attachment.withdrawn_at.is_(None)
    )
    there = [row for row in db.session.scalars(same.order_by(Attachment.id)) if files.shown(row, reach)]
    if there:
        return there[-1].id
    assignment_id = reach.assignment_id if purpose in _OF_THE_FIRM else None
    return files.attach(received, purpose, reach=reach, actor=actor, assignment_id=assignment_id).id


_OF_THE_FIRM = (AttachmentPurpose.REPORT, AttachmentPurpose.WORKING_PAPER)


def _ticked(proposal: Proposal, taken: Taken) -> list[Line]:
    return [line for line in proposal.lines if line.id in taken and line.mark is not Mark.GONE]


def _source(line: Line, taken: Taken, key: str, value: Any) -> Source:
    corrected = any(taken[line.id].get(cell.name) != cell.value for cell in line.cells if cell.read_from_file)
    return Source(key, value, line.place, corrected)


def _remember(
    reach: Reach, datum: Datum, taken: Iterable[Source], attachment_id: int, actor: Actor
) -> None:
    sources.keep(reach, datum, taken, attachment_id=attachment_id, actor=actor)

