"""Urging, handing over, sharing, phrases."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("project", "rect_item"):
        # plain SQL, alike on SQLite and PostgreSQL: a batch would recreate the table for the foreign key alone
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN holder_id INTEGER"
            f" CONSTRAINT fk_{table}_holder_id_user_account REFERENCES user_account (id)"
        )
    op.create_table(
        "urge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_urge_project_id_project")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_urge_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urge")),
        sa.UniqueConstraint(
            "project_id", "item_number", "user_id", "day", name=op.f("uq_urge_project_id_item_number_user_id_day")
        ),
    )
    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_share_project_id_project")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_share_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
    )
    op.create_index(op.f("ix_share_project_id"), "share", ["project_id"])
    op.create_index("ix_share_user_id", "share", ["user_id", "id"])
    op.create_table(
        "share_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_reader_share_id_share")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_share_reader_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_reader")),
        sa.UniqueConstraint("share_id", "user_id", name=op.f("uq_share_reader_share_id_user_id")),
    )
    op.create_index("ix_share_reader_user_read", "share_reader", ["user_id", "read_at", "id"])
    op.create_index("ix_share_reader_user", "share_reader", ["user_id", "id"])
    op.create_table(
        "phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_phrase_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
        sa.UniqueConstraint("user_id", "position", name=op.f("uq_phrase_user_id_position")),
    )
