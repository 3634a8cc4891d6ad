"""All tables, one file per family; importing the package registers them all."""

from perfflow.models import (
    bulk,
    cooperation,
    draft,
    evaluation,
    file,
    filing,
    finding,
    item,
    journal,
    people,
    project,
    search,
    source,
)

__all__ = [
    "bulk",
    "cooperation",
    "draft",
    "evaluation",
    "file",
    "filing",
    "finding",
    "item",
    "journal",
    "people",
    "project",
    "search",
    "source",
]
