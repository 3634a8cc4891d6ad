"""An application of its own for the tests of people and operation, and a browser without script."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from lxml import html
from sqlalchemy import event

from perfflow import create_app
from perfflow.core import organisations, people, sessions
from perfflow.core.access import Actor
from perfflow.core.organisations import OrganisationValues
from perfflow.core.passwords import hash_password
from perfflow.core.people import OneTime, UserValues
from perfflow.db import db, unit_of_work, upgrade_database
from perfflow.process import OrganisationKind, Role

PASSWORD = "Blue-Teapot-47"
ADMIN = "boss"


def open_app(folder: Path, **config: Any) -> Flask:
    """A migrated, empty application; passwords are hashed cheaply."""
    (folder / "secret_key").write_text("0123456789abcdef" * 4)
    (folder / "perfflow.db").write_bytes(_migrated())
    app = create_app(instance=folder, config={"TESTING": True, "CHEAP_PASSWORDS": True, **config})
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as in production: an error is a page
    with app.app_context():
        # no test here loses power: most of their time would be waiting for the disk
        db.engine.dispose()
        event.listen(db.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
    return app


@cache
def _migrated() -> bytes:
    """An empty database at the newest migration, made once for all tests of a process."""
    with TemporaryDirectory() as folder:
        app = create_app(instance=Path(folder))
        upgrade_database(app)
        with app.app_context():
            db.engine.dispose()
        return (Path(folder) / "perfflow.db").read_bytes()


class Town:
    """An office with a unit and a firm, each with users; the administrator's own session makes them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context(), unit_of_work():
            people.create_first_admin()
        with app.app_context():
            self.admin_id = people.user_named("admin")
        self.admin = self.actor("admin")
        self.office = self.organisation("上海市财政局绩效处", OrganisationKind.OFFICE)
        self.unit = self.organisation("上海市机关事务管理局", OrganisationKind.UNIT, supervised_by=self.office)
        self.firm = self.organisation("上海甲评价事务所", OrganisationKind.FIRM)
        self.house = self.admin.organisation_id
        self.user(ADMIN, self.house, Role.ADMIN)
        self.user("clerk", self.unit, Role.UNIT_CLERK)
        self.user("super", self.office, Role.SUPERVISOR)
        self.user("auditor", self.house, Role.AUDITOR)

    def organisation(self, name: str, kind: OrganisationKind, **values: Any) -> int:
        with self.app.app_context(), unit_of_work():
            return organisations.create_organisation(kind, OrganisationValues(name=name, **values), actor=self.admin)

    def user(self, username: str, organisation_id: int, role: Role, *, must_change: bool = False) -> int:
        values = UserValues(display_name=f"{username} 经办", role=role)
        with self.app.app_context(), unit_of_work():
            one_time = OneTime(PASSWORD, hash_password(PASSWORD))
            user_id = people.create_user(username, organisation_id, values, one_time, actor=self.admin)
            people.set_password(user_id, one_time.digest, must_change=must_change)
            return user_id

    def actor(self, username: str) -> Actor:
        with self.app.app_context(), unit_of_work():
            token = sessions.create(people.user_named(username), "127.0.0.1")
            found = sessions.actor_for(token)
        assert found is not None
        return found


class Browser:
    """Opens pages and sends their forms, as somebody without script would."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.answer: Any = None

    def open(self, address: str, **headers: str) -> "Browser":
        self.answer = self.client.get(address, headers=headers)
        return self

    def send(self, action: str, *, follow: bool = False, **typed: Any) -> "Browser":
        """Fill in the form of the page in hand that leads to this address, and press its button."""
        form = next(f for f in self.tree.forms if f.action == action and f.method == "POST")
        fields = dict(form.form_values()) | typed
        fields = {name: value for name, value in fields.items() if value is not None}
        self.answer = self.client.post(
            action, data=fields, headers={"Origin": "http://localhost"}, follow_redirects=follow
        )
        return self

    def log_in(self, username: str, password: str = PASSWORD) -> "Browser":
        return self.open("/login").send("/login", username=username, password=password)

    @property
    def tree(self) -> Any:
        return html.fromstring(self.answer.text)

    @property
    def status(self) -> int:
        return int(self.answer.status_code)

    @property
    def location(self) -> str | None:
        return self.answer.headers.get("Location")

    @property
    def text(self) -> str:
        return " ".join(self.tree.text_content().split())
