"""All tables, one file per family; importing the package registers them all."""

from perfflow.models import evaluation, file, finding, item, journal, people, project

__all__ = ["evaluation", "file", "finding", "item", "journal", "people", "project"]
