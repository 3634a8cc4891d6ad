"""What can be searched: a copy of every text, with where it stands and who may find it."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from perfflow.db import Base, Code, Prose


class SearchText(Base):
    """One text of a project, newest with the highest id. `kind` and `source_id` name the row it was copied from;
    `number` that of the finding, suggestion, round or item, `finding_number` the finding beside which it is shown.
    `scope`: the words of core.search that say who may find it.

    The pairs of its characters are in `search_pair`, which is no table of ours: FTS5 on SQLite, an array with an
    index on PostgreSQL (see core.search_index)."""

    __tablename__ = "search_text"
    __table_args__ = (UniqueConstraint("project_id", "kind", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[Code]
    source_id: Mapped[int]
    number: Mapped[int | None]
    finding_number: Mapped[int | None]
    text: Mapped[Prose]
    scope: Mapped[Prose]
