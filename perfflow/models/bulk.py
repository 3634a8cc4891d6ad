"""批量办理: one confirmed selection of rows, and what became of each."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Prose


class BulkRun(Base):
    __tablename__ = "bulk_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    act: Mapped[Code]
    at: Mapped[datetime]


class BulkRow(Base):
    """`item_number` is 0 for the project itself; `version` the one the row was confirmed in; `done` is empty until
    its turn came; `why` holds the reasons against it, as message ids with parameters."""

    __tablename__ = "bulk_row"
    __table_args__ = (UniqueConstraint("run_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("bulk_run.id"))
    position: Mapped[int]
    project_id: Mapped[int]  # no foreign key: a number of nothing is kept like one of nobody's business
    item_number: Mapped[int]
    version: Mapped[int]
    action: Mapped[Code]
    done: Mapped[bool | None]
    why: Mapped[Prose] = mapped_column(default="[]")
