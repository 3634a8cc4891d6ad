"""Heads of the chains, grade scales, holidays."""

import csv
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HOLIDAYS = Path(__file__).parents[2] / "data" / "holidays.csv"

# lower bound in hundredths, included; the interval is open above
SCALES = {
    ("shanghai", 2014, "沪财绩〔2014〕22号"): (("优", 9000), ("良", 7500), ("合格", 6000), ("不合格", 0)),
    ("national", 2011, "财预〔2020〕10号"): (("优", 9000), ("良", 8000), ("中", 6000), ("差", 0)),
}


def upgrade() -> None:
    head = sa.table("chain_head", sa.column("chain"), sa.column("length"), sa.column("hash"))
    op.bulk_insert(head, [{"chain": name, "length": 0, "hash": "0" * 64} for name in ("journal", "event")])
    band = sa.table(
        "grade_band", *(sa.column(c) for c in ("jurisdiction", "first_year", "label", "lower", "source"))
    )
    op.bulk_insert(
        band,
        [
            {"jurisdiction": place, "first_year": year, "label": label, "lower": lower, "source": source}
            for (place, year, source), bands in SCALES.items()
            for label, lower in bands
        ],
    )
    holiday = sa.table("holiday", sa.column("day", sa.Date), sa.column("off", sa.Boolean))
    with HOLIDAYS.open(encoding="utf-8", newline="") as rows:
        op.bulk_insert(
            holiday,
            [{"day": date.fromisoformat(row["day"]), "off": row["off"] == "1"} for row in csv.DictReader(rows)],
        )
