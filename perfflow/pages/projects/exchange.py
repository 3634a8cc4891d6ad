"""What was said of the findings: by the unit, the firm and the supervisor, each once it was submitted."""

from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core import facts
from perfflow.core.access import Reach
from perfflow.db import db
from perfflow.models.finding import Comment, CommentRound
from perfflow.pages.projects.parts import Part, Tag
from perfflow.process import REPLIES, RULINGS, STANCES, Reply, Ruling, Stance, Viewer
from perfflow.stages.findings import queries as findings_queries


def remarks(reach: Reach) -> list[Part]:
    """Of the findings as a whole: that there are none, weak indicators, general comments."""
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


def opinions(reach: Reach, assignment_id: int) -> dict[int, list[Part]]:
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
