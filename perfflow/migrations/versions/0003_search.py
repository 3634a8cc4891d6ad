"""Search: every text once more, and the pairs of its characters. And indexes, so that every list is as quick in a
million projects as in a thousand.

The index is filled behind the migrations (see env.py), by the code that keeps it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


INDEXES = {
    "ix_project_unit_due": ("project", ["unit_id", "due_sort", "id"]),
    "ix_project_unit_year": ("project", ["unit_id", "budget_year", "id"]),
    "ix_project_unit_code": ("project", ["unit_id", "code", "id"]),
    "ix_project_firm_due": ("project", ["firm_id", "due_sort", "id"]),
    "ix_project_firm_year": ("project", ["firm_id", "budget_year", "id"]),
    "ix_project_due": ("project", ["due_sort", "id"]),
    "ix_project_year": ("project", ["budget_year", "id"]),
    "ix_project_office_state": ("project", ["office_id", "state", "updated_at", "id", "submitted_at"]),
    "ix_project_unit_state": ("project", ["unit_id", "state", "updated_at", "id", "submitted_at"]),
    "ix_project_firm_state": ("project", ["firm_id", "state", "updated_at", "id"]),
    "ix_project_state": ("project", ["state", "updated_at", "id", "submitted_at"]),
    "ix_project_unit_evaluated": (
        "project", ["unit_id", "evaluation_year", "seen_as", "office_id", "submitted_at", "assignment_id"]
    ),
}


def upgrade() -> None:
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    op.create_table(
        "search_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("finding_number", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_search_text_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_text")),
        sa.UniqueConstraint("project_id", "kind", "source_id", name=op.f("uq_search_text_project_id_kind_source_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        # ascii: the tokens are hexadecimal numbers already; no positions and no lengths, nothing is ranked
        op.execute(
            "CREATE VIRTUAL TABLE search_pair"
            " USING fts5(pairs, content='', detail='none', columnsize=0, tokenize='ascii')"
        )
        return
    op.create_table(
        "search_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pairs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["search_text.id"], ondelete="CASCADE", name=op.f("fk_search_pair_id_search_text")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_pair")),
    )
    # without fastupdate a search never has to read a list of what is not yet sorted in
    op.create_index(
        "ix_search_pair_pairs", "search_pair", ["pairs"], postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
