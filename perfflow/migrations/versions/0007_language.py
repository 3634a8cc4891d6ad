"""The language a user reads in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "user_account", sa.Column("language", sa.String(length=64), nullable=False, server_default="zh_Hans_CN")
    )
