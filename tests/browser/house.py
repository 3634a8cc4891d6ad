"""The product as a process of its own, with people in it: `python -m tests.browser.house FOLDER` prints its address."""

import sys
from pathlib import Path

from flask import Flask
from waitress import create_server

from perfflow.process import OrganisationKind, Role
from tests.people import Town, open_app

THREADS = 4
FIRM = "上海甲评价事务所"
UNIT = "上海市机关事务管理局"


def people_of(app: Flask) -> None:
    """A unit, two firms, an office, and somebody for every role."""
    town = Town(app)
    other_firm = town.organisation("上海乙评价事务所", OrganisationKind.FIRM)
    for username, organisation_id, role in (
        ("unit", town.unit, Role.UNIT_CLERK),
        ("unit.head", town.unit, Role.UNIT_HEAD),
        ("firm", town.firm, Role.FIRM_USER),
        ("firm.second", town.firm, Role.FIRM_USER),
        ("firm2", other_firm, Role.FIRM_USER),
        ("supervisor", town.office, Role.SUPERVISOR),
        ("supervisor2", town.office, Role.SUPERVISOR),
    ):
        town.user(username, organisation_id, role)


def main(folder: Path) -> None:
    # as in service: an error is a page, and nothing is done that only tests would do
    app = open_app(folder, TESTING=False)
    people_of(app)
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
