"""The number of an upload is never given to another one."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite gives the number of the last row again once that is gone: a preview left open would show another file
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("upload", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
