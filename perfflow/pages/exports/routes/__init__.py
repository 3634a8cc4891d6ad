"""Downloads of what the pages show: one project, a unit's year, or the filter of the list."""

from perfflow.pages.exports.routes import archive, excel, word
from perfflow.pages.exports.routes.blueprint import bp

__all__ = ["archive", "bp", "excel", "word"]
