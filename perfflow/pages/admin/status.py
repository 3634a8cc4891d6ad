"""系统状态: what whoever runs the system looks at first. No secret, and no path but the name of the folder."""

import json
import platform
import shutil
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import exc, func, select, text

from perfflow.core import calendar, clock, files, journal, sessions
from perfflow.db import db, lane, newest_migration, sqlite_module
from perfflow.models.file import Attachment
from perfflow.models.journal import EventEntry
from perfflow.web import filters
from perfflow.web.translate import FACTS, joined, sentences

STARTED = clock.now()
BACKUP_AFTER = timedelta(days=7)
DISK_LOW = 0.10
ENTRIES_CHECKED = 1_000
PACKAGES = ("flask", "sqlalchemy", "jinja2", "werkzeug", "wtforms", "lxml", "python-docx", "xlsxwriter", "waitress")
OK, WARN, BAD = "done", "heed", "late"
"""The tags of ui.tag: in order, to be looked at, broken."""


@dataclass(frozen=True, slots=True)
class Line:
    """One fact; `note` says what to do when it is not in order."""

    label: str
    value: str
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    title: str
    lines: list[Line]


def parts() -> list[Part]:
    return [
        Part("service", _("运行"), _service()),
        Part("storage", _("存储与备份"), [*_storage(), _backup()]),
        Part("records", _("记录与结构"), _records()),
        Part("versions", _("版本"), _versions()),
    ]


# ---------------------------------------------------------------- running


def _service() -> list[Line]:
    state = lane()
    waiting = ngettext("%(num)d 个写入在排队", "%(num)d 个写入在排队", state.waiting)
    busy = Line(_("写入繁忙"), _("启动以来没有"), OK)
    if state.last_busy is not None:
        told = _("%(count)d 次，最近 %(when)s", count=state.busy, when=filters.when(state.last_busy))
        recent = clock.now() - state.last_busy < timedelta(days=1)
        note = _("写入等待超时，有人被请稍后再试。经常出现时，请减少同时进行的大批操作，或检查磁盘速度。")
        busy = Line(_("写入繁忙"), told, WARN if recent else OK, note if recent else "")
    return [
        Line(_("已运行"), _uptime(clock.now() - STARTED)),
        Line(_("在线登录"), ngettext("%(num)d 个", "%(num)d 个", sessions.live_count())),
        Line(_("写入队列（本进程）"), waiting if state.waiting else _("空闲"), WARN if state.waiting > 5 else OK),
        busy,
        _calendar(),
    ]


def _uptime(span: timedelta) -> str:
    hours = span.seconds // 3600
    if span.days:
        return _("%(days)d 天 %(hours)d 小时", days=span.days, hours=hours)
    return _("%(hours)d 小时 %(minutes)d 分", hours=hours, minutes=span.seconds % 3600 // 60)


def _calendar() -> Line:
    year = clock.today().year
    missing = calendar.years_without_holidays(year, year + 1)
    if not missing:
        return Line(_("节假日"), _("%(first)d、%(last)d 年已录入", first=year, last=year + 1), OK)
    told = _("%(years)s 年尚未录入", years=joined(missing))
    # the notice for the next year comes out in November
    pressing = year in missing or clock.today().month >= 11
    note = _("未录入的年份，期限按周一至周五计算。") if pressing else ""
    return Line(_("节假日"), told, WARN if pressing else OK, note)


# ---------------------------------------------------------------- disk and backup


def _storage() -> list[Line]:
    folder = files.root().parent
    count, size = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(Attachment.withdrawn_at.is_(None))
    ).one()
    attachments = ngettext("%(num)d 个，共 %(size)s", "%(num)d 个，共 %(size)s", count, size=filters.size(int(size)))
    return [
        Line(_("数据文件夹"), folder.name),
        Line(_("数据库"), filters.size(_database_size())),
        Line(_("附件"), attachments),
        _disk(folder),
    ]


def _database_size() -> int:
    if db.engine.dialect.name != "sqlite":
        return int(db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    path = Path(db.engine.url.database or "")
    both = (path, path.with_name(path.name + "-wal"))
    return sum(one.stat().st_size for one in both if one.exists())


def _disk(folder: Path) -> Line:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return Line(_("磁盘"), _("无法读取"), BAD, _("数据文件夹不可用，请检查磁盘。"))
    told = _("可用 %(free)s，共 %(total)s", free=filters.size(usage.free), total=filters.size(usage.total))
    low = usage.free < usage.total * DISK_LOW
    return Line(_("磁盘"), told, WARN if low else OK, _("可用空间不足十分之一，请清理或扩容。") if low else "")


def _backup() -> Line:
    newest = select(EventEntry.at, EventEntry.body).where(EventEntry.kind == "backup").order_by(EventEntry.id.desc())
    row = db.session.execute(newest.limit(1)).one_or_none()
    how = _("备份命令：flask --app app backup 文件夹")
    if row is None:
        return Line(_("最近备份"), _("还没有备份"), WARN, how)
    body = json.loads(row.body)
    told = [filters.when(row.at)]
    if body.get("folder"):
        told.append(_("文件夹 %(name)s", name=body["folder"]))
    told.append(ngettext("附件 %(num)d 个，共 %(size)s", "附件 %(num)d 个，共 %(size)s", body.get("files", 0),
                         size=filters.size(body.get("size", 0))))  # fmt: skip
    told.append(_("写完后已逐一核对") if body.get("verified") else _("未核对"))
    old = clock.now() - row.at > BACKUP_AFTER
    note = sentences((_("已超过 7 天。"), how)) if old else ""
    return Line(_("最近备份"), joined(told, FACTS), WARN if old else OK, note)


# ---------------------------------------------------------------- what must not be broken


def _records() -> list[Line]:
    return [_migrations(), _triggers(), *(_chain(chain) for chain in journal.PROTECTED)]


def _migrations() -> Line:
    try:
        stored = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except (exc.OperationalError, exc.ProgrammingError):
        stored = None
    newest = newest_migration()
    if stored == newest:
        return Line(_("数据库结构"), _("%(stored)s，为最新", stored=stored), OK)
    told = _("%(stored)s，程序需要 %(newest)s", stored=stored or "—", newest=newest)
    return Line(_("数据库结构"), told, BAD, _("请停止服务，备份后重新启动一次以更新结构。"))


def _triggers() -> Line:
    missing = journal.missing_triggers(db.session.connection())
    if not missing:
        return Line(_("记录保护"), _("触发器齐全，记录不可更改或删除"), OK)
    return Line(_("记录保护"), _("缺少 %(names)s", names=joined(missing)), BAD, _("请重新启动服务，并核对记录链。"))



def _chain(chain: str) -> Line:
    found = journal.verify(chain, last=ENTRIES_CHECKED)
    label = _("办理记录") if chain == "journal" else _("操作日志")
    head = found.head[:12]
    if found.broken is None:
        checked = min(found.length, ENTRIES_CHECKED)
        told = _("共 %(length)d 条，链头 %(head)s，最近 %(checked)d 条已核对", length=found.length, head=head,
                 checked=checked)  # fmt: skip
        return Line(label, told, OK)
    told = _("共 %(length)d 条，核对未通过：%(fault)s", length=found.length, fault=found.broken)
    return Line(label, told, BAD, _("请保留现场，用 flask --app app verify-journal 核对全部记录。"))


# ---------------------------------------------------------------- versions


@lru_cache(maxsize=1)
def _product() -> str:
    about = Path(__file__).parents[3] / "pyproject.toml"
    return str(tomllib.loads(about.read_text(encoding="utf-8"))["project"]["version"]) if about.is_file() else "—"


def _versions() -> list[Line]:
    name = db.engine.dialect.name
    database = f"SQLite {sqlite_module.sqlite_version}"
    if name != "sqlite":
        database = f"PostgreSQL {db.session.scalar(text('SHOW server_version'))}"
    return [
        Line("perfflow", _product()),
        Line("Python", platform.python_version()),
        Line(_("数据库软件"), database),
        Line(_("组件"), joined((f"{package} {_version(package)}" for package in PACKAGES), FACTS)),
    ]


@lru_cache(maxsize=32)
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "—"
