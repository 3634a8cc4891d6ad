"""Commands of `flask --app app`: backup, restore, verify-journal, user, demo."""

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import exc, func, select

from perfflow.config import Settings
from perfflow.core import backup, journal, people, search
from perfflow.core.errors import NotFound
from perfflow.db import database_is_empty, db, unit_of_work, upgrade_database
from perfflow.models.journal import EventEntry, JournalEntry
from perfflow.models.project import Project

FOLDER = click.Path(path_type=Path, file_okay=False)


def register(app: Flask) -> None:
    for command in (backup_command, restore_command, verify_command, reindex, user, demo):
        app.cli.add_command(command)


@click.command("backup", help="备份数据库与附件到一个新文件夹；服务运行时也可以。")
@click.argument("folder", type=FOLDER)
@with_appcontext
def backup_command(folder: Path) -> None:
    try:
        copied = backup.make(folder.resolve())
    except backup.BackupRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"已备份到 {copied.folder}：数据库和 {copied.files} 个附件，共 {copied.size:,} 字节。")
    click.echo("会话密钥 secret_key 不在备份中，请另行保管；没有它也能恢复，只是所有人须重新登录。")


@click.command("restore", help="从备份恢复：先核对清单，再替换。须先停止服务。")
@click.argument("folder", type=FOLDER)
@click.option("--force", is_flag=True, help="目标已有数据时也替换；原有数据移到一旁。")
@with_appcontext
def restore_command(folder: Path, force: bool) -> None:
    try:
        aside = backup.restore(folder.resolve(), force=force)
    except backup.BackupRefused as refused:
        raise click.ClickException(str(refused)) from None
    if aside:
        click.echo(f"原有数据已移到 {aside}")
    upgrade_database(current_app)
    with unit_of_work():
        journal.record_event("restore", user_id=None, details={"aside": aside.name if aside else ""})
    click.echo("已恢复。所有人须重新登录。")
    _verify(())


@click.command("verify-journal", help="核对两条记录链；有改动、删除、插入、截断或缺触发器时以 1 结束。")
@click.option("--expect", multiple=True, metavar="HASH", help="以前记下的链头，必须仍在链中。可重复。")
@with_appcontext
def verify_command(expect: tuple[str, ...]) -> None:
    _verify(expect)


def _verify(expected: tuple[str, ...]) -> None:
    try:
        faults = _faults(expected)
    except exc.DatabaseError as error:
        raise click.ClickException(f"数据库不能读取，记录链无法核对，请从备份恢复：{error.orig}") from None
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)


def _faults(expected: tuple[str, ...]) -> list[str]:
    """Everything found against the two chains; their heads are printed on the way."""
    faults = [f"trigger {name} is missing" for name in journal.missing_triggers(db.session.connection())]
    for chain in journal.PROTECTED:
        found = journal.verify(chain)
        click.echo(f"{chain} {found.length} {found.head}")
        if found.broken:
            faults.append(found.broken)
    return [*faults, *(f"expected head {head} is in neither chain" for head in expected if not _is_known(head))]


def _is_known(head: str) -> bool:
    """A head written down earlier: its entry must be there, however far the chain has grown since."""
    wanted = head.strip().lower()
    if wanted == journal.GENESIS:
        return True
    tables = (JournalEntry, EventEntry)
    return any(db.session.scalar(select(table.id).where(table.hash == wanted)) for table in tables)


@click.command("reindex", help="重建搜索索引；服务运行时也可以，其间搜索结果不全。")
@with_appcontext
def reindex() -> None:
    with unit_of_work():
        search.clear()
    last, projects = 0, db.session.scalar(select(func.count()).select_from(Project)) or 0
    with click.progressbar(length=projects, label="重建搜索索引") as bar:
        # in parts, so that nobody waits longer than for an act to save
        while ids := search.projects_after(last):
            with unit_of_work():
                search.refresh(ids)
            last = ids[-1]
            bar.update(len(ids))
    with unit_of_work():
        search.settle()
    click.echo(f"已重建 {projects} 个项目的搜索索引。")


user = AppGroup("user", help="用户：解锁、重置口令。")


@user.command("unlock", help="解除登录锁定。")
@click.argument("username")
def unlock(username: str) -> None:
    with unit_of_work():
        people.unlock(_user_named(username), actor=None)
    click.echo(f"{username} 已解锁。")


@user.command("reset-password", help="给出一次性口令，并结束其全部登录。")
@click.argument("username")
def reset_password(username: str) -> None:
    one_time = people.one_time_password()
    with unit_of_work():
        people.reset_password(_user_named(username), one_time, actor=None)
    click.echo(f"{username} 的一次性口令：{one_time.password}（只显示这一次，登录后须修改）")


def _user_named(username: str) -> int:
    try:
        return people.user_named(username)
    except NotFound:
        raise click.ClickException(f"没有用户 {username}。") from None


@click.command("demo", help="把演示数据载入空数据库。")
@with_appcontext
def demo() -> None:
    if not database_is_empty(current_app):
        raise click.ClickException("数据库中已有用户，演示数据只能载入空数据库。")
    from demo import story  # reads and writes Word: only this command needs it

    settings: Settings = current_app.config["PERFFLOW"]
    db.session.remove()
    db.engine.dispose()
    story.load(settings.instance)
    click.echo(f"演示数据已载入 {settings.instance}，口令均为 {story.PASSWORD}")
