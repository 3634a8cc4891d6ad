"""Downloads of what the pages show: one project, a unit's year, or the filter of the list."""

from perfflow.pages.exports.routes import excel
from perfflow.pages.exports.routes.blueprint import bp

__all__ = ["bp", "excel"]
