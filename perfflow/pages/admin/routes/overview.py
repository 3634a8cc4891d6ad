"""Pages that only tell: who may do what, and how the system is."""

from flask import Response

from perfflow.pages.admin import rights as tables
from perfflow.pages.admin import status as system
from perfflow.pages.admin.routes.blueprint import ADMINISTER, bp
from perfflow.web.rendering import page


@bp.get("/rights", needs=ADMINISTER)
def rights() -> Response:
    return page(
        "admin/rights.html",
        grants=tables.grants(),
        sights=tables.sights(),
        project_acts=tables.acts(item=False),
        item_acts=tables.acts(item=True),
    )


@bp.get("/status", needs=ADMINISTER)
def status() -> Response:
    parts = system.parts()
    troubles = [line for part in parts for line in part.lines if line.note]
    return page("admin/status.html", fragments=("state",), parts=parts, troubles=troubles)
