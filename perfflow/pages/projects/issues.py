"""问题与整改: each finding with the suggestions that answer it and what was done, as one block of three."""

from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core import facts
from perfflow.core.access import Actor, Reach
from perfflow.db import db
from perfflow.models.finding import (
    Comment,
    CommentRound,
    Finding,
    FindingIndicator,
    Suggestion,
    SuggestionFinding,
)
from perfflow.models.item import ItemReport, RectItem
from perfflow.process import (
    CATEGORIES,
    REPLIES,
    RULINGS,
    SEVERITIES,
    STANCES,
    Datum,
    FindingCategory,
    Reply,
    Ruling,
    Severity,
    Stance,
    Viewer,
)
from perfflow.stages.findings import queries as findings_queries
from perfflow.web import filters, places, words


@dataclass(frozen=True, slots=True)
class Tag:
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    tag: Tag | None = None
    note: str = ""
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Block:
    id: str
    number: int
    title: str
    tag: Tag | None
    meta: str
    findings: list[Part]
    suggestions: list[Part]
    items: list[Part]
    opinions: list[Part]
    suggestions_empty: str = ""
    items_empty: str = ""


@dataclass(frozen=True, slots=True)
class IssuesView:
    """`remarks`: what was said of the findings as a whole (no findings, weak indicators, general comments)."""

    blocks: list[Block]
    remarks: list[Part]
    ledger_url: str | None


def view(reach: Reach, actor: Actor) -> IssuesView:
    """The blocks this person may see; suggestions and items only when theirs is the time."""
    assignment_id = reach.assignment_id or 0
    findings = db.session.execute(
        select(
            Finding.id, Finding.number, Finding.title, Finding.text, Finding.category, Finding.severity,
            Finding.amount_fen, Finding.withdrawn,
        )
        .where(Finding.assignment_id == assignment_id)
        .order_by(Finding.number)
    ).all()  # fmt: skip
    codes: dict[int, list[str]] = {}
    for finding_id, code in db.session.execute(
        select(FindingIndicator.finding_id, FindingIndicator.code)
        .join(Finding, Finding.id == FindingIndicator.finding_id)
        .where(Finding.assignment_id == assignment_id)
        .order_by(FindingIndicator.code)
    ):
        codes.setdefault(finding_id, []).append(code)
    suggestions = _suggestions(reach, assignment_id)
    items = _items(reach)
    opinions = _opinions(reach, assignment_id)
    blocks = []
    for one in findings:
        mine = suggestions.get(one.id, [])
        meta = [_(CATEGORIES[FindingCategory(one.category)]), _(SEVERITIES[Severity(one.severity)])]
        if one.amount_fen is not None:
            meta.append(_("%(amount)s 万元", amount=filters.wan(one.amount_fen)))
        if codes.get(one.id):
            meta.append(_("指标 %(codes)s", codes="、".join(codes[one.id])))
        blocks.append(
            Block(
                id=f"finding-{one.number}",
                number=one.number,
                title=one.title,
                tag=Tag("todo", _("已撤销")) if one.withdrawn else None,
                meta=" · ".join(meta),
                findings=[Part(one.text)],
                suggestions=[part for _id, part in mine],
                items=[part for id_, _part in mine for part in items.get(id_, [])],
                opinions=opinions.get(one.id, []),
                suggestions_empty=_("无") if one.withdrawn else "",
                items_empty=_("无") if one.withdrawn else "",
            )
        )
    ledger = url_for("rectification.index", project_id=reach.id) if items else None
    return IssuesView(blocks, _remarks(reach), ledger)


def _remarks(reach: Reach) -> list[Part]:
    found = []
    statement = findings_queries.statement(reach)
    if statement:
        found.append(Part(statement, None, _("机构书面说明：未发现问题")))
    for code, text in findings_queries.explanations(reach).items():
        found.append(Part(text, None, _("指标 %(code)s 得分偏低而未列问题的说明", code=code)))
    for round_ in findings_queries.rounds(reach):
        if round_.general_comment:
            found.append(Part(round_.general_comment, None, _("单位总体意见，第 %(n)d 轮", n=round_.number)))
        if round_.deemed_none_at:
            found.append(Part("", Tag("todo", _("视同无意见")), _("第 %(n)d 轮征求意见", n=round_.number)))
    return found


def _suggestions(reach: Reach, assignment_id: int) -> dict[int, list[tuple[int, Part]]]:
    """By finding: the suggestions that answer it, with their ids."""
    if not reach.sees(Datum.SUGGESTIONS):
        return {}
    found: dict[int, list[tuple[int, Part]]] = {}
    rows = db.session.execute(
        select(SuggestionFinding.finding_id, Suggestion.id, Suggestion.number, Suggestion.title, Suggestion.text)
        .join(Suggestion, Suggestion.id == SuggestionFinding.suggestion_id)
        .where(Suggestion.assignment_id == assignment_id)
        .order_by(Suggestion.number)
    )
    for finding_id, id_, number, title, text in rows:
        words_ = f"{number}. {title}\n{text}" if title else f"{number}. {text}"
        found.setdefault(finding_id, []).append((id_, Part(words_)))
    return found


def _items(reach: Reach) -> dict[int, list[Part]]:
    """By suggestion: its item, for the firm its state only."""
    if not reach.sees(Datum.ITEM_STATES):
        return {}
    reports: dict[int, str] = {}
    if reach.sees(Datum.ITEMS):
        rows = db.session.execute(
            select(ItemReport.item_id, ItemReport.text)
            .join(RectItem, RectItem.id == ItemReport.item_id)
            .where(RectItem.project_id == reach.id, ItemReport.withdrawn.is_(False))
            .order_by(ItemReport.id)
        )
        reports = {item_id: text for item_id, text in rows}
    found: dict[int, list[Part]] = {}
    for item in db.session.execute(
        select(RectItem.id, RectItem.suggestion_id, RectItem.number, RectItem.state, RectItem.due_on, RectItem.deadline)
        .where(RectItem.project_id == reach.id)
        .order_by(RectItem.number)
    ):
        tag = Tag(words.item_tag(item.state, item.due_on), words.item_state(item.state))
        if not reach.sees(Datum.ITEMS):
            found.setdefault(item.suggestion_id, []).append(Part("", tag))
            continue
        link = Link(_("事项 %(n)d", n=item.number), places.item_url(reach.id, item.number))
        note = _("整改期限 %(day)s", day=item.deadline.isoformat())
        text = reports.get(item.id) or _("尚未填报")
        found.setdefault(item.suggestion_id, []).append(Part(text, tag, note, [link]))
    return found


def _opinions(reach: Reach, assignment_id: int) -> dict[int, list[Part]]:
    """By finding: what the unit answered, what the firm replied, what was ruled; each once it was submitted."""
    found: dict[int, list[Part]] = {}
    rows = db.session.execute(
        select(Comment, CommentRound)
        .join(CommentRound, CommentRound.id == Comment.round_id)
        .where(CommentRound.assignment_id == assignment_id)
        .order_by(CommentRound.number, Comment.id)
    )
    brought = facts.brought_along(assignment_id)
    for comment, round_ in rows:
        parts = found.setdefault(comment.finding_id, [])
        if round_.submitted_at is None and reach.viewer is not Viewer.UNIT and comment.id not in brought:
            continue
        parts.append(
            Part(
                comment.reason,
                Tag("done" if comment.stance == Stance.AGREE else "back", _(STANCES[Stance(comment.stance)])),
                _("单位意见，第 %(n)d 轮", n=round_.number),
            )
        )
        if comment.reply and (round_.replied_at is not None or reach.viewer is Viewer.FIRM):
            text = "\n".join(t for t in (comment.reply_reason, comment.reply_title, comment.reply_text) if t)
            parts.append(Part(text, Tag("doing", _(REPLIES[Reply(comment.reply)])), _("机构答复")))
        if comment.ruling and (round_.ruled_at is not None or reach.viewer is Viewer.SUPERVISOR):
            parts.append(
                Part(comment.ruling_reason, Tag("done", _(RULINGS[Ruling(comment.ruling)])), _("主管部门裁定"))
            )
    return found
