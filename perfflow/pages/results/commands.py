"""公开 and 撤回公开: a numbered snapshot, never changed once stored."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

from perfflow.core.advance import Step, effect
from perfflow.core.errors import Refused
from perfflow.db import db
from perfflow.models.project import Publication
from perfflow.pages.results import queries
from perfflow.workflow.definition import Reason


def canonical(content: dict[str, Any]) -> str:
    """The one text of a content: keys sorted, no spaces, characters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@effect("publish")
def publish(step: Step) -> None:
    """Store the eight finished strings, the manner and the cover; the page and the paper come from here alone."""
    composed = queries.composed(step.project.id, step.actor)
    if composed is None:
        raise Refused(Reason("还没有可公开的评价结果。"))
    content = canonical(
        {"table": asdict(composed.table), "manner": asdict(composed.manner), "cover": asdict(composed.cover)}
    )
    digest = hashlib.sha256(content.encode()).hexdigest()
    number = db.session.scalar(
        select(func.max(Publication.number)).where(Publication.project_id == step.project.id)
    )
    db.session.add(
        Publication(
            project_id=step.project.id,
            number=(number or 0) + 1,
            content=content,
            sha256=digest,
            published_at=step.at,
            published_by=step.actor.id,
        )
    )
    step.extra["publication"] = {"number": (number or 0) + 1, "sha256": digest}


@effect("unpublish")
def unpublish(step: Step) -> None:
    """The version stays on file, marked withdrawn."""
    latest = db.session.scalars(
        select(Publication)
        .where(Publication.project_id == step.project.id, Publication.withdrawn_at.is_(None))
        .order_by(Publication.number.desc())
        .limit(1)
    ).one()
    latest.withdrawn_at = step.at
    step.extra["publication"] = {"number": latest.number, "sha256": latest.sha256}
