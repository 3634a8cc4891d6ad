"""Pages of people and settings. The auditor's log and the supervisor's 回避名单 stand here too."""

from perfflow.pages.admin.routes import (
    account_lists,
    avoidances,
    holidays,
    letters,
    logs,
    organisations,
    overview,
    scales,
    users,
)
from perfflow.pages.admin.routes.blueprint import bp

__all__ = [
    "account_lists", "avoidances", "bp", "holidays", "letters", "logs", "organisations", "overview", "scales", "users",
]  # fmt: skip
