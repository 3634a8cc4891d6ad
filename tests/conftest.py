"""What every test may ask for: a migrated application, people and projects in it, a browser for each of them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event

from perfflow import create_app
from perfflow.core import clock
from perfflow.core.access import Actor
from perfflow.db import db, upgrade_database
from tests.make import NOW, Make, people
from tests.screen import Client

pytest_plugins = ["tests.tools"]


class _Compiled(BytecodeCache):
    """Templates, compiled once for all the applications of this process: else that is half the time of a test."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Compiled()}

REAL_TIME = {"bootstrap", "browser", "concurrency", "demo"}
"""Folders whose tests start servers or load by the day: they live in real time."""


@pytest.fixture(autouse=True)
def one_date(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every other test lives at 10:00 on 2 March 2026."""
    folder = request.path.relative_to(request.config.rootpath).parts
    if REAL_TIME & set(folder):
        yield
        return
    with clock.at(NOW):
        yield


def open_app(instance: Path, **config: Any) -> Flask:
    """The whole application on a folder; passwords are hashed cheaply, an error is a page as in production."""
    instance.mkdir(parents=True, exist_ok=True)
    (instance / "secret_key").write_text("0123456789abcdef" * 4)
    app = create_app(instance=instance, config={"TESTING": True, "CHEAP_PASSWORDS": True, **config})
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        # no test but that of the crash loses power: half the time of a played project is waiting for the disk
        db.engine.dispose()  # the connection that looked at the stored states is not taught yet
        event.listen(db.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
    return app


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the people of the tests in it, made once and copied."""
    folder = tmp_path_factory.mktemp("template")
    app = open_app(folder)
    upgrade_database(app)
    with clock.at(NOW):
        people(app)
    close(app)
    return folder


@pytest.fixture
def instance(template: Path, tmp_path: Path) -> Path:
    """A folder with a copy of the template."""
    return copy_of(template, tmp_path / "instance")


def copy_of(template: Path, folder: Path) -> Path:
    return Path(shutil.copytree(template, folder))


@pytest.fixture
def app(instance: Path) -> Iterator[Flask]:
    one = open_app(instance)
    yield one
    close(one)


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def make(app: Flask) -> Make:
    return Make(app)


@pytest.fixture
def client_for(app: Flask) -> Callable[[Actor | None], Client]:
    """A logged-in browser for somebody; None: for nobody."""
    return lambda actor: Client(app, actor)
