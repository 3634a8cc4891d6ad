"""What `app.py run` does once everything is installed: prepare the data, say where to go, serve."""

import secrets
import signal
import socket
import sys
from pathlib import Path

from flask import Flask
from waitress import create_server

from demo import story
from perfflow import create_app, need_readable
from perfflow.config import StartupRefused
from perfflow.core.people import create_first_admin
from perfflow.db import WAL_IS_SOUND, database_is_demo, database_is_empty, db, unit_of_work, upgrade_database
from perfflow.papers.child import network_is_cut

# few: over SQLite more threads cost twice the processor time and answer less
THREADS = 4


def serve(listener: socket.socket, *, instance: Path, demo: bool) -> int:
    """Serve on a socket that is already bound, until stopped."""
    try:
        make_secret_key(instance)
        app = prepare(instance, demo=demo)
    except StartupRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    server = create_server(app, sockets=[listener], threads=THREADS, ident=None)
    # waitress ends its threads when this is raised, as with Ctrl+C
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    say_where(app, instance, port=listener.getsockname()[1])
    server.run()
    return 0


def make_secret_key(instance: Path) -> None:
    """Made once: a new key would log everybody out. Production makes none by itself and refuses instead."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = instance / "secret_key"
    if not key.exists():
        # whole or not at all: a process killed here must not leave an empty key
        new = instance / "secret_key.new"
        new.touch(mode=0o600)
        new.write_text(secrets.token_hex(32) + "\n")
        new.replace(key)


def prepare(instance: Path, *, demo: bool) -> Flask:
    """The application over a migrated database; an empty one gets the demo, or a first administrator."""
    app = open_database(instance)
    if not database_is_empty(app):
        return app
    if demo:
        # the story renames its finished file over this one, which nobody may hold open then
        with app.app_context():
            db.engine.dispose()
        print("正在载入演示数据（不到半分钟）……", flush=True)
        story.load(instance)
        return open_database(instance)
    say_first_admin(app)
    return app


def open_database(instance: Path) -> Flask:
    app = create_app(instance=instance)
    need_readable(app)
    upgrade_database(app)
    return app


def say_first_admin(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        username, password = create_first_admin()
    print(f"空库已建立。管理员账号：{username}，一次性口令：{password}（只显示这一次，首次登录须修改）")


def say_where(app: Flask, instance: Path, *, port: int) -> None:
    print(f"\nperfflow 已启动：http://127.0.0.1:{port}")
    if database_is_demo(app):
        print(f"\n演示账号（口令均为 {story.PASSWORD}）：")
        for username, description in story.ACCOUNTS:
            print(f"  {username:<12}  {description}")
    if not WAL_IS_SOUND:
        print("\n提示：此平台的 SQLite 早于 3.51.3，改用回滚日志方式，写入稍慢，数据同样安全。")
    if not network_is_cut():
        print("\n提示：此系统不允许隔离网络，读取上传文件的子进程只限内存、时间和写入。")
    print(f"\n数据在 {instance}，按 Ctrl+C 停止。", flush=True)
