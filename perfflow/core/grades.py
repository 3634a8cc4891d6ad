"""Grade scales: data with a jurisdiction and a first year, half-open intervals (domain d.1)."""

from sqlalchemy import select

from perfflow.db import db
from perfflow.models.people import GradeBand

NATIONAL = "national"


def grade_for(jurisdiction: str, year: int, total: int) -> str:
    """The grade of a total in hundredths by the scale in force that year; "" when no scale is known."""
    for place in (jurisdiction, NATIONAL):
        bands = _bands(place, year)
        if bands:
            return next((label for lower, label in bands if total >= lower), "")
    return ""


def labels() -> tuple[str, ...]:
    """Every grade there is, best first."""
    rows = db.session.execute(select(GradeBand.label, GradeBand.lower).order_by(GradeBand.lower.desc()))
    return tuple(dict.fromkeys(label for label, _ in rows))


def _bands(jurisdiction: str, year: int) -> list[tuple[int, str]]:
    """The newest scale that began by that year, best grade first."""
    rows = db.session.execute(
        select(GradeBand.first_year, GradeBand.lower, GradeBand.label)
        .where(GradeBand.jurisdiction == jurisdiction, GradeBand.first_year <= year)
        .order_by(GradeBand.first_year.desc(), GradeBand.lower.desc())
    ).all()
    return [(lower, label) for first, lower, label in rows if first == rows[0][0]]
