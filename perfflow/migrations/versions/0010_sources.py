"""Where a value came from; to which project or attachment an upload belongs; two more purposes of attachments."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


PURPOSES = "purpose IN ('declaration', 'paper', 'report', 'working_paper', 'comment', 'evidence', 'progress')"


def upgrade() -> None:
    with op.batch_alter_table("attachment") as batch:
        batch.drop_constraint(op.f("ck_attachment_purpose_known"), type_="check")
        batch.create_check_constraint(op.f("ck_attachment_purpose_known"), sa.text(PURPOSES))
    op.create_table(
        "field_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("datum", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_field_source_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_field_source_by_user_account")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_field_source_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_source")),
        sa.UniqueConstraint("project_id", "key", name=op.f("uq_field_source_project_id_key")),
    )
    op.create_index(op.f("ix_field_source_attachment_id"), "field_source", ["attachment_id"])
    for table in ("project", "attachment"):
        # plain SQL, alike on SQLite and PostgreSQL: a batch would recreate the table for the foreign key alone
        op.execute(
            f"ALTER TABLE upload ADD COLUMN {table}_id INTEGER"
            f" CONSTRAINT fk_upload_{table}_id_{table} REFERENCES {table} (id)"
        )
