"""评价报告, 指标评分表, 问题与建议表, and for 仅有结果表 the result table: beside what its firm wrote so far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from perfflow.core import grades
from perfflow.core.access import Reach
from perfflow.pages.imports.lines import (
    Sheet,
    choice_cell,
    line_cell,
    many_cell,
    money_cell,
    points_cell,
    prose_cell,
    whole_cell,
)
from perfflow.pages.imports.paper import Cell, Line, Mark, Proposal
from perfflow.papers.findings_list import FindingsList, ListedFinding, ListedSuggestion
from perfflow.papers.kinds import Choice, Money, Unreadable
from perfflow.papers.numbering import Numbered
from perfflow.papers.paper import Paper
from perfflow.papers.report import Report
from perfflow.papers.result_paper import ResultPaper
from perfflow.papers.score_sheet import ScoreLine, ScoreSheet
from perfflow.papers.text import folded
from perfflow.process import (
    CATEGORIES,
    FINDINGS_WRITTEN_IN,
    N_,
    PROJECT_STATES,
    SEVERITIES,
    SUGGESTIONS_WRITTEN_IN,
    P,
)
from perfflow.rules import score, wording
from perfflow.rules.matching import matched
from perfflow.rules.money import slipped
from perfflow.stages.evaluation import queries as evaluations
from perfflow.stages.evaluation.queries import EvaluationPage
from perfflow.stages.findings import queries as findings
from perfflow.stages.findings.queries import FindingRow
from perfflow.stages.suggestions import queries as suggestions
from perfflow.stages.suggestions.queries import SuggestionRow

RESULT, SHEET, FINDINGS, SUGGESTIONS = "result", "sheet", "findings", "suggestions"
PARTS = {
    RESULT: N_("评价结果"),
    SHEET: N_("指标评分表"),
    FINDINGS: N_("存在问题"),
    SUGGESTIONS: N_("整改建议"),
}
CODE_LIMIT = 20
NOT_NOW = N_("项目现为“%(state)s”，此处只作对照。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the four papers have in common; a part that is no matter of the paper is None."""

    sheet: ScoreSheet | None = None
    sheet_key: str = ""
    findings: tuple[ListedFinding, ...] | None = None
    suggestions: tuple[ListedSuggestion, ...] | None = None
    glued: frozenset[tuple[str, int]] = frozenset()
    budget_fen: int | None = None
    paid_fen: int | None = None
    paid_key: str = "paid_fen"
    score: Decimal | None = None
    grade: str = ""
    main_performance: str = ""
    has_result: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file, as its writer sees it."""

    page: EvaluationPage
    findings: tuple[FindingRow, ...]
    withdrawn: tuple[FindingRow, ...]
    suggestions: tuple[SuggestionRow, ...]


def proposal(number: int, paper: Paper, reach: Reach, closed: str, attached: int | None) -> Proposal:
    read, known = read_of(paper), known_of(reach)
    sheet = Sheet(paper)
    lines = [
        *_result(sheet, read, known, reach),
        *_sheet(sheet, read, known, reach),
        *_findings(sheet, read, known, reach),
    ]
    lines += _suggestions(sheet, read, known, reach, [line for line in lines if line.part == FINDINGS])
    used = {line.part for line in lines}
    return Proposal(
        number=number,
        kind=paper.kind,
        paper=paper,
        name=name_of(paper),
        parts=tuple((part, _titled_part(part, read)) for part in PARTS if part in used),
        lines=tuple(lines),
        told=sheet.told(lines),
        project_id=reach.id,
        version=known.page.version,
        attached=attached,
        attaches=reach.state == P.EVALUATING,
        closed=closed,
        notes=tuple(_notes(read, known, reach)),
    )


def _titled_part(part: str, read: Read) -> str:
    """With how much the paper has of it."""
    if part == SHEET and read.sheet is not None:
        leaves = sum(node.leaf for node in score.tree(_rows(read.sheet)))
        return _("指标评分表（末级指标 %(n)d 项）", n=leaves)
    several = {FINDINGS: read.findings, SUGGESTIONS: read.suggestions}.get(part)
    return _(PARTS[part]) if several is None else _("%(part)s（%(n)d 条）", part=_(PARTS[part]), n=len(several))


def known_of(reach: Reach) -> Known:
    page = evaluations.evaluation(reach)
    assert page is not None  # an evaluator's project has an assignment
    every = findings.findings(reach)
    return Known(
        page,
        tuple(one for one in every if not one.withdrawn),
        tuple(one for one in every if one.withdrawn),
        tuple(suggestions.suggestions(reach)),
    )


# ---------------------------------------------------------------- what the papers have in common


def name_of(paper: Paper) -> str:
    """The project as the paper names it."""
    values: Any = paper.values
    return str(values.values.project_name if isinstance(values, ResultPaper) else getattr(values, "project_name", ""))


def read_of(paper: Paper) -> Read:
    values: Any = paper.values
    if isinstance(values, Report):
        return Read(
            sheet=values.score_sheet,
            sheet_key="score_sheet.",
            findings=_as_findings(values.findings),
            suggestions=_as_suggestions(values.suggestions),
            glued=_glued(values.findings, values.suggestions),
            budget_fen=values.budget_fen,
            paid_fen=values.paid_fen,
            score=values.score,
            grade=values.grade,
            main_performance=values.main_performance,
            has_result=True,
        )
    if isinstance(values, ScoreSheet):
        return Read(sheet=values, score=values.total)
    if isinstance(values, FindingsList):
        return Read(findings=values.findings, suggestions=values.suggestions, listed=True)
    result = values.values
    return Read(
        findings=_as_findings(result.findings),
        suggestions=_as_suggestions(result.suggestions),
        glued=_glued(result.findings, result.suggestions),
        paid_fen=result.final_amount_fen,
        paid_key="final_amount",
        score=result.score,
        grade=result.grade,
        main_performance=values.table.main_performance,
        has_result=True,
    )


def _as_findings(entries: Sequence[Numbered]) -> tuple[ListedFinding, ...]:
    return tuple(ListedFinding(number=one.number, title=one.title or "", text=one.text) for one in entries)


def _as_suggestions(entries: Sequence[Numbered]) -> tuple[ListedSuggestion, ...]:
    return tuple(ListedSuggestion(number=one.number, title=one.title or "", text=one.text) for one in entries)


def _glued(found: Sequence[Numbered], suggested: Sequence[Numbered]) -> frozenset[tuple[str, int]]:
    several = ((FINDINGS, found), (SUGGESTIONS, suggested))
    return frozenset((part, at) for part, entries in several for at, one in enumerate(entries, 1) if one.glued)


def not_now(reach: Reach, *states: str) -> str:
    """Why this part is only compared; "" while it may be written."""
    if reach.state in states:
        return ""
    return _(NOT_NOW, state=_(PROJECT_STATES[reach.state].label))


# ---------------------------------------------------------------- the result


def _result(sheet: Sheet, read: Read, known: Known, reach: Reach) -> Iterator[Line]:
    if not read.has_result:
        return
    closed = not_now(reach, P.EVALUATING)
    yield from _score_and_grade(sheet, read, known, reach, closed)
    yield from _budget(sheet, read, known, closed)
    paid = _paid_line(sheet, read, known, closed)
    performance = prose_cell("value", _("主要绩效"), read.main_performance, known.page.main_performance)
    text = sheet.line("main_performance", "main_performance", RESULT, _("主要绩效"), performance, closed=closed)
    yield from (line for line in (paid, text) if not (line.mark is Mark.SAME and line.cells[0].blank))


def _score_and_grade(sheet: Sheet, read: Read, known: Known, reach: Reach, closed: str) -> Iterator[Line]:
    """With 仅有结果表 they are what the paper says; else they follow from the sheet, and are only compared."""
    page = known.page
    if reach.table_only:
        filed = sheet.filed("score")
        total = points_cell("value", _("评价分值"), read.score, page.total, typed=filed)
        total = replace(total, known_text=page.total_filed or total.known_text)
        grade = line_cell("value", _("评价结论"), read.grade, page.grade, limit=CODE_LIMIT)
        yield sheet.line("total", "score", RESULT, _("评价分值"), total, closed=closed)
        yield sheet.line("grade", "grade", RESULT, _("评价结论"), grade, closed=closed)
        return
    rows = _rows(read.sheet) if read.sheet else []
    total_of_rows = score.outcome(rows) if rows else page.total
    if read.score is not None:
        cell = points_cell("value", _("评价分值"), read.score, total_of_rows)
        note = "" if cell.same else _("报告所列分值与指标评分表合计 %(sum)s 不同。", sum=cell.known_text or "—")
        yield _compared(sheet, "total", "score", _("评价分值"), cell, note or _("由指标评分表合计得出。"))
    if read.grade:
        expected = grades.grade_in(evaluations.scale(reach.id), total_of_rows) if total_of_rows is not None else ""
        cell = line_cell("value", _("评价结论"), read.grade, expected)
        note = "" if cell.same else _("按评价等级标准应为“%(grade)s”。", grade=expected or "—")
        yield _compared(sheet, "grade", "grade", _("评价结论"), cell, note or _("由分值和等级标准得出。"))


def _compared(sheet: Sheet, id: str, key: str, label: str, cell: Cell, note: str) -> Line:
    return sheet.line(id, key, RESULT, label, cell, mark=Mark.SHOWN, note=note)


def _budget(sheet: Sheet, read: Read, known: Known, closed: str) -> Iterator[Line]:
    """The budget is the project's, and no firm writes it: a report that names another one is asked about it."""
    if read.budget_fen is None:
        return
    filed = sheet.filed("budget_fen")
    cell = money_cell("value", _("预算金额"), read.budget_fen, known.page.budget_fen, typed=filed)
    question = _unit_question(sheet, "budget_fen", read.budget_fen, known.page.budget_fen)
    note = _("只与项目的预算金额对照，不会改动它。")
    mark = Mark.CHANGED if question else Mark.SHOWN
    yield sheet.line("budget", "budget_fen", RESULT, _("预算金额"), cell, mark=mark, note=note, question=question,
                     closed=closed, writes=False)  # fmt: skip


def _paid_line(sheet: Sheet, read: Read, known: Known, closed: str) -> Line:
    filed, page = sheet.filed(read.paid_key), known.page
    if read.paid_key != "paid_fen" and not filed:
        filed = sheet.paper.values.table.final_amount.strip()  # type: ignore[union-attr]
    typed = filed if read.paid_fen is None or "万" in filed else ""
    cell = money_cell("value", _("决算金额"), read.paid_fen, page.paid_fen, typed=typed)
    cell = replace(cell, known_text=page.paid_filed or cell.known_text)
    question = _unit_question(sheet, read.paid_key, read.paid_fen, page.budget_fen)
    if not question and slipped(read.paid_fen, page.paid_fen):
        question = _slip(_("系统中的决算金额"), page.paid_fen or 0)
    return sheet.line("paid", read.paid_key, RESULT, _("决算金额"), cell, question=question, closed=closed)


def _unit_question(sheet: Sheet, key: str, fen: int | None, known: int | None) -> str:
    """Asked where the reader doubts the unit, or the amount is about ten thousand times the one on file."""
    if fen is None:
        return ""
    if slipped(fen, known):
        return _slip(_("项目的预算金额"), known or 0)
    against = sheet.against(key)
    return against[0] if against else ""


def _slip(label: str, fen: int) -> str:
    amount = Money(unit="元").write(fen)
    return _("与%(label)s %(amount)s 相差约一万倍，单位是否有误？", label=label, amount=amount)


# ---------------------------------------------------------------- the sheet


def _rows(sheet: ScoreSheet) -> list[score.Row]:
    return [score.Row(one.code, one.name, hundredths(one.weight), hundredths(one.score)) for one in sheet.items]


def hundredths(value: Decimal | None) -> int | None:
    """Exact hundredths; None for what they cannot hold."""
    if value is None or (value * 100) != (value * 100).to_integral_value():
        return None
    return int(value * 100)


def _sheet(sheet: Sheet, read: Read, known: Known, reach: Reach) -> Iterator[Line]:
    if read.sheet is None:
        return
    closed = not_now(reach, P.EVALUATING)
    if reach.table_only:
        closed = _("此项目仅有结果表，没有评分表。")
    there = {row.code: row for row in known.page.rows}
    for at, one in enumerate(read.sheet.items, 1):
        yield _sheet_line(sheet, f"row-{at}", f"{read.sheet_key}items.{one.code}", one, there.get(one.code), closed)
    codes = {one.code for one in read.sheet.items}
    for row in known.page.rows:
        if row.code not in codes:
            id = f"row-gone-{[*there].index(row.code) + 1}"
            yield _sheet_line(sheet, id, "", ScoreLine("", "", 0), row, closed)


def _sheet_line(
    sheet: Sheet, id: str, key: str, one: ScoreLine, row: score.Row | None, closed: str
) -> Line:  # fmt: skip
    weight, score_ = _as_filed(sheet, key, one)
    cells = (
        line_cell("code", _("编码"), one.code, row.code if row else "", limit=CODE_LIMIT),
        line_cell("name", _("指标名称"), one.name, row.name if row else ""),
        points_cell("weight", _("权重"), one.weight, row.weight if row else None, **weight),
        points_cell("score", _("得分"), one.score, row.score if row else None, **score_),
        line_cell("rate_filed", _("报告所列得分率"), one.rate_filed, row.rate_filed if row else "", limit=CODE_LIMIT),
    )
    shown_row: Any = one if one.code else row
    return sheet.line(id, key, SHEET, f"{shown_row.code} {shown_row.name}", *cells, closed=closed)


def _as_filed(sheet: Sheet, key: str, one: ScoreLine) -> tuple[dict[str, str], dict[str, str]]:
    """What stood in the cells of weight and score where no number could be read: "9Z" is shown to be corrected."""
    filed = sheet.filed(key).split(" | ")
    if len(filed) != 3:
        return {}, {}
    weight = {"typed": filed[0]} if one.weight is None and filed[0].strip(" —-") else {}
    score_ = {"typed": filed[2]} if one.score is None and filed[2].strip(" —-") else {}
    return weight, score_


def sheet_row(values: Any) -> score.Row:
    return score.Row(values["code"], values["name"], values["weight"], values["score"], values["rate_filed"])


# ---------------------------------------------------------------- findings


def _findings(sheet: Sheet, read: Read, known: Known, reach: Reach) -> Iterator[Line]:
    if read.findings is None:
        return
    closed = not_now(reach, *FINDINGS_WRITTEN_IN)
    leaves = _leaves(read, known, reach)
    pairs = _pairs([(f.number, f"{f.title}\n{f.text}") for f in known.findings], read.findings)
    taken = _numbers_kept(known, set(pairs.values()))
    for at, one in enumerate(read.findings, 1):
        there = known.findings[pairs[at - 1]] if at - 1 in pairs else None
        number = one.number if there or one.number not in taken else max(taken | {one.number}) + 1
        taken |= {number}
        yield _finding_line(sheet, at, one, number, there, leaves, closed, read)
    for there in (f for i, f in enumerate(known.findings) if i not in pairs.values()):
        yield _gone_finding(sheet, there, leaves, closed)


def _pairs(stored: list[tuple[int, str]], read: Sequence[Any]) -> dict[int, int]:
    return matched(stored, [(one.number, f"{one.title}\n{one.text}") for one in read])


def _numbers_kept(known: Known, matched_rows: set[int]) -> set[int]:
    """Numbers that a new finding cannot have: of those that stay beside it, and of withdrawn ones."""
    kept = {f.number for i, f in enumerate(known.findings) if i not in matched_rows}
    return kept | {f.number for f in known.withdrawn}


def _leaves(read: Read, known: Known, reach: Reach) -> list[tuple[str, str]]:
    """The indicators a finding may name: of the sheet that is taken in with it, else of the one on file."""
    if reach.table_only:
        return []
    rows = _rows(read.sheet) if read.sheet and reach.state == P.EVALUATING else known.page.rows
    return [(node.code, node.name) for node in score.tree(rows) if node.leaf]


def _finding_line(
    sheet: Sheet, at: int, one: ListedFinding, number: int, there: FindingRow | None,
    leaves: list[tuple[str, str]], closed: str, read: Read,
) -> Line:  # fmt: skip
    amount = one.amount_fen if read.listed or there is None else there.amount_fen
    typed = sheet.unread(f"findings.{one.number}") if read.listed and amount is None else ""
    kinds, by_words = _kinds(sheet, one, there, leaves, listed=read.listed)
    cells = _finding_cells(
        number, one.title, one.text, kinds, amount, there, leaves, by_words=by_words, typed=typed
    )
    return sheet.line(
        f"finding-{at}", f"findings.{one.number}", FINDINGS, _("问题 %(n)d", n=one.number), *cells,
        closed=closed, row_id=there.id if there else None,
    )  # fmt: skip


def _kinds(
    sheet: Sheet, one: ListedFinding, there: FindingRow | None, leaves: list[tuple[str, str]], *, listed: bool
) -> tuple[dict[str, Any], frozenset[str]]:
    """Category, severity and indicators: as the paper says; else as decided before; else by the words. Which of them
    are so is told too."""
    codes = {code for code, _name in leaves}
    said: dict[str, Any] = {
        "category": _among(CATEGORIES, one.category),
        "severity": _among(SEVERITIES, one.severity),
        "codes": tuple(code for code in one.codes if code in codes),
    }
    if listed:
        _unknown(sheet, one, said, codes)
    if there is not None:
        else_ = {"category": there.category, "severity": there.severity,
                 "codes": tuple(code for code in there.codes if code in codes)}  # fmt: skip
    else:
        else_ = {"category": wording.category(one.title, one.text),
                 "severity": wording.severity(one.title, one.text),
                 "codes": wording.indicators(one.title, one.text, leaves)}  # fmt: skip
    unsaid = frozenset(name for name, value in said.items() if not value)
    kinds = {name: else_[name] if name in unsaid else value for name, value in said.items()}
    return kinds, unsaid if there is None else frozenset()


def _unknown(sheet: Sheet, one: ListedFinding, said: Mapping[str, Any], codes: set[str]) -> None:
    """What the list says that is none of the choices is told."""
    key = f"findings.{one.number}"
    if one.category.strip() and not said["category"]:
        sheet.doubt(key, N_("“%(text)s”不是可选的问题类别，请在下面选择。"), one.category)
    if one.severity.strip() and not said["severity"]:
        sheet.doubt(key, N_("“%(text)s”不是可选的严重程度，请在下面选择。"), one.severity)
    if codes and (missing := [code for code in one.codes if code not in codes]):
        sheet.doubt(key, N_("评分表的末级指标中没有“%(text)s”，请在下面选择对应的指标。"), "、".join(missing))


def _finding_cells(
    number: int | None, title: str, text: str, kinds: Any, amount: int | None, there: FindingRow | None,
    leaves: list[tuple[str, str]], *, by_words: frozenset[str], typed: str = "",
) -> tuple[Cell, ...]:  # fmt: skip
    indicators = [(code, f"{code} {name}") for code, name in leaves]
    known_codes = [code for code in there.codes if code in dict(leaves)] if there else []
    cells = (
        whole_cell("number", _("序号"), number, there.number if there else None, required=True),
        line_cell("title", _("标题"), title, there.title if there else ""),
        prose_cell("text", _("内容"), text, there.text if there else "", required=True),
        choice_cell("category", _("类别"), kinds["category"], there.category if there else "", _words(CATEGORIES),
                    guessed="category" in by_words),
        choice_cell("severity", _("严重程度"), kinds["severity"], there.severity if there else "", _words(SEVERITIES),
                    guessed="severity" in by_words),
        money_cell("amount_fen", _("涉及金额（没有的不填）"), amount, there.amount_fen if there else None, typed=typed),
        many_cell("codes", _("对应的指标"), kinds["codes"], known_codes, indicators,
                  guessed="codes" in by_words),
    )  # fmt: skip
    return cells if leaves else cells[:-1]


def _gone_finding(sheet: Sheet, there: FindingRow, leaves: list[tuple[str, str]], closed: str) -> Line:
    kinds = {"category": "", "severity": "", "codes": ()}
    cells = _finding_cells(None, "", "", kinds, None, there, leaves, by_words=frozenset())
    label = _("问题 %(n)d", n=there.number)
    return sheet.line(
        f"finding-gone-{there.id}", "", FINDINGS, label, *cells, mark=Mark.GONE, closed=closed, row_id=there.id
    )


def _words(labels: Any) -> list[tuple[str, str]]:
    return [(code.value, _(label)) for code, label in labels.items()]


def _among(labels: Any, said: str) -> str:
    """The code of a word as the template lists it; "" for none of them."""
    codes = {folded(label): code.value for code, label in labels.items()}
    try:
        return codes[folded(Choice(tuple(labels.values())).read(said))] if said.strip() else ""
    except Unreadable:
        return ""


# ---------------------------------------------------------------- suggestions


def _suggestions(
    sheet: Sheet, read: Read, known: Known, reach: Reach, found: Sequence[Line]
) -> Iterator[Line]:
    if read.suggestions is None:
        return
    closed = not_now(reach, *SUGGESTIONS_WRITTEN_IN)
    offered = _offered(found, known)
    pairs = _pairs([(s.number, f"{s.title}\n{s.text}") for s in known.suggestions], read.suggestions)
    kept = {s.number for i, s in enumerate(known.suggestions) if i not in pairs.values()}
    for at, one in enumerate(read.suggestions, 1):
        there = known.suggestions[pairs[at - 1]] if at - 1 in pairs else None
        number = one.number if there or one.number not in kept else max(kept | {one.number}) + 1
        kept |= {number}
        answers = _answers(sheet, one, there, found, offered)
        cells = _suggestion_cells(number, one.title, one.text, answers, there, offered, found)
        yield sheet.line(
            f"suggestion-{at}", f"suggestions.{one.number}", SUGGESTIONS, _("建议 %(n)d", n=one.number), *cells,
            closed=closed, row_id=there.id if there else None,
        )  # fmt: skip
    for i, there in enumerate(known.suggestions):
        if i not in pairs.values():
            cells = _suggestion_cells(None, "", "", (), there, offered, found)
            label = _("建议 %(n)d", n=there.number)
            yield sheet.line(
                f"suggestion-gone-{there.id}", "", SUGGESTIONS, label, *cells, mark=Mark.GONE, closed=closed,
                row_id=there.id,
            )  # fmt: skip


def _offered(found: Sequence[Line], known: Known) -> list[tuple[str, str]]:
    """What a suggestion may answer: the findings of this paper, by their line, and those on file beside them. Where
    findings are not written any more only those on file."""
    lines = [line for line in found if not line.closed and line.mark is not Mark.GONE]
    there = {line.row_id for line in lines}
    rows = [(f"id-{f.id}", _titled(f.number, f.title, f.text)) for f in known.findings if f.id not in there]
    return [*((line.id, _titled_line(line)) for line in lines), *rows]


def _titled_line(line: Line) -> str:
    values = {cell.name: cell.value for cell in line.cells}
    return _titled(values["number"], values["title"], values["text"])


def _titled(number: int, title: str, text: str) -> str:
    words = title or text
    return f"{number}. {words if len(words) <= 30 else f'{words[:29]}…'}"


def _answers(
    sheet: Sheet, one: ListedSuggestion, there: SuggestionRow | None, found: Sequence[Line],
    offered: list[tuple[str, str]],
) -> tuple[str, ...]:  # fmt: skip
    """As the paper says; else as decided before; else the finding of the same number."""
    if there is not None and not one.answers:
        return _codes_of(there, found)
    numbers = one.answers or (one.number,)
    codes = {code for code, _label in offered}
    mine = {number: code for code, number in _filed(found) if code in codes or code.startswith("id-")}
    # a number that the paper has not is one on file
    there_ = {int(label.split(".")[0]): code for code, label in offered if code.startswith("id-")}
    wanted = {number: mine.get(number) or there_.get(number) for number in numbers}
    missing = [str(number) for number in one.answers if not wanted[number]]
    if missing:
        message = N_("没有序号为 %(text)s 的问题，请在下面勾选针对的问题。")
        sheet.doubt(f"suggestions.{one.number}", message, "、".join(missing))
    return tuple(code for code, _label in offered if code in wanted.values())


def _filed(found: Sequence[Line]) -> Iterator[tuple[str, int]]:
    """The findings of the paper by what a suggestion names them: their number in it. Where they are not taken in,
    those on file that they are."""
    for line in found:
        number = line.key.rpartition(".")[2]
        if number.isdigit():
            yield (f"id-{line.row_id}" if line.closed else line.id), int(number)


def _codes_of(there: SuggestionRow, found: Sequence[Line]) -> tuple[str, ...]:
    lines = {line.row_id: line.id for line in found if not line.closed and line.mark is not Mark.GONE}
    return tuple(lines.get(one.id, f"id-{one.id}") for one in there.findings)


def _suggestion_cells(
    number: int | None, title: str, text: str, answers: tuple[str, ...], there: SuggestionRow | None,
    offered: list[tuple[str, str]], found: Sequence[Line],
) -> tuple[Cell, ...]:  # fmt: skip
    known = _codes_of(there, found) if there else ()
    return (
        whole_cell("number", _("序号"), number, there.number if there else None, required=True),
        line_cell("title", _("标题"), title, there.title if there else ""),
        prose_cell("text", _("内容"), text, there.text if there else "", required=True),
        many_cell("answers", _("针对的问题"), answers, known, offered, required=True, guessed=there is None),
    )


def _notes(read: Read, known: Known, reach: Reach) -> Iterator[str]:
    if read.findings and not read.listed:
        yield _("问题的类别、严重程度和对应的指标，以及建议针对的问题，文件中没有写明，按文字预选，请核对。")
    if read.sheet is not None and not reach.table_only and read.sheet.total is not None:
        total = score.outcome(_rows(read.sheet))
        stated = hundredths(read.sheet.total)
        if total != stated:
            yield _(
                "评分表合计行写的是 %(stated)s，各指标相加是 %(sum)s，以相加的为准。",
                stated=f"{read.sheet.total.normalize():f}", sum="—" if total is None else score.points(total),
            )  # fmt: skip



def is_glued(paper: Paper, line: Line) -> bool | None:
    """Whether the entry follows the one before it without a paragraph break, as filed; None where nobody can say."""
    read = read_of(paper)
    return None if read.listed else (line.part, int(line.id.rpartition("-")[2])) in read.glued
