"""perfflow: fiscal-expenditure performance, from declaration to rectification. The only file that knows every part."""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfflow import config as settings_module
from perfflow.config import ROOT, StartupRefused

# imported where they are used: the process that reads papers is part of this package, and knows neither
if TYPE_CHECKING:
    from flask import Flask

STAGES = ("declaration", "evaluation", "findings", "suggestions", "rectification")
PAGES = (
    "accounts", "admin", "bulk", "cooperation", "drafts", "exports", "imports", "inbox", "previews", "projects",
    "results", "search", "statistics", "versions",
)  # fmt: skip


def create_app(
    *, production: bool = False, instance: Path | None = None, config: Mapping[str, Any] | None = None
) -> "Flask":
    """The application. Raises StartupRefused when a setting, the process or the stored states are not in order."""
    from flask import Flask

    settings = settings_module.load(production=production, instance=instance)
    app = Flask(
        __name__,
        root_path=str(ROOT),
        template_folder="templates",
        static_folder="static",
        instance_path=str(settings.instance),
    )
    app.config.update(settings_module.flask_config(settings))
    app.config.update(config or {})
    _database(app, settings)
    _plumbing(app)
    _parts(app)
    _checks(app)
    return app


def _database(app: "Flask", settings: settings_module.Settings) -> None:
    import perfflow.models  # noqa: F401 — registers every table
    from perfflow.core import files
    from perfflow.db import db, engine_options, prepare_engine

    app.config.setdefault("SQLALCHEMY_DATABASE_URI", settings.database_url)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    files.configure(settings.files)


def _plumbing(app: "Flask") -> None:
    from flask_babel import Babel

    from perfflow.pages.inbox.menu import menu
    from perfflow.pages.inbox.messages import unread
    from perfflow.pages.projects import frame
    from perfflow.web import (
        drafts,
        entrance,
        events,
        filters,
        guard,
        language,
        login,
        problems,
        rendering,
        security,
        static,
    )

    Babel(
        app,
        default_translation_directories=str(ROOT / "perfflow" / "translations"),
        default_locale="zh_Hans_CN",
        locale_selector=language.chosen,
    )
    static.init_app(app)
    security.init_app(app)
    login.init_app(app)
    entrance.init_app(app)
    filters.init_app(app)
    problems.init_app(app)
    events.init_app(app)
    drafts.init_app(app)
    app.before_request(guard.check_entry)
    demo = _remembered()
    rendering.init_app(
        app, rendering.Providers(menu, unread, frame.project_view, demo)
    )


def _parts(app: "Flask") -> None:
    from perfflow import cli
    from perfflow.pages import health
    from perfflow.pages.imports.cli import import_papers
    from perfflow.pages.results.cli import export_results

    for folder, names in (("stages", STAGES), ("pages", PAGES)):
        for name in names:
            module = importlib.import_module(f"perfflow.{folder}.{name}.routes")
            app.register_blueprint(module.bp)
    app.register_blueprint(health.bp)
    cli.register(app)
    app.cli.add_command(export_results)
    app.cli.add_command(import_papers)


def _checks(app: "Flask") -> None:
    from perfflow.core import advance
    from perfflow.process import ITEM, PROJECT
    from perfflow.web import guard
    from perfflow.workflow.checks import faults

    guard.check_complete(app)
    effects = advance.registered_effects()
    found = [*faults(PROJECT, effects), *faults(ITEM, effects)]
    named = {t.effect for definition in (PROJECT, ITEM) for t in definition.transitions}
    found += [f"effect {name} is registered but never named" for name in sorted(effects - named)]
    found += _unknown_states(app)
    if found:
        raise StartupRefused("流程定义有误，不能启动：\n" + "\n".join(found))


def _unknown_states(app: "Flask") -> list[str]:
    """Stored states that the process lacks: an older or newer definition wrote them."""
    from sqlalchemy import exc, text

    from perfflow.db import db
    from perfflow.process import ITEM, PROJECT

    found = []
    for table, definition in (("project", PROJECT), ("rect_item", ITEM)):
        try:
            with app.app_context(), db.engine.connect() as connection:
                stored = connection.execute(text(f"SELECT DISTINCT state FROM {table}")).scalars().all()
        except exc.DatabaseError:
            # not migrated yet; or damaged, and then `restore` must still run: servers ask need_readable()
            continue
        found += [f"{table}: stored state {s} is unknown" for s in stored if s not in definition.states]
    return found


def need_readable(app: "Flask") -> None:
    """Raise StartupRefused when the database cannot be opened, is damaged, or is none."""
    from sqlalchemy import exc, text

    from perfflow.db import db

    try:
        with app.app_context(), db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except exc.OperationalError as error:  # locked, or no right to it: the data may be whole
        raise StartupRefused(f"数据库打不开（{error.orig}）。请检查权限，以及是否有别的程序占用。") from None
    except exc.DatabaseError as error:
        raise StartupRefused(
            f"数据库已损坏（{error.orig}）。请用备份恢复：flask --app app restore 备份文件夹 --force"
        ) from None


def _remembered() -> Callable[[], bool]:
    """Whether this is the demo; asked of the database once, since it never changes while serving.

    Asked in the request's own session: sixteen first requests, each wanting a second connection, would find none.
    """
    from perfflow.db import holds_demo

    answer: list[bool] = []

    def demo() -> bool:
        if not answer:
            answer.append(holds_demo())
        return answer[0]

    return demo
