"""The one blueprint of what is exported."""

from perfflow.core.access import Permission
from perfflow.web.guard import GuardedBlueprint

bp = GuardedBlueprint("exports", __name__)
EXPORT = Permission.EXPORT
