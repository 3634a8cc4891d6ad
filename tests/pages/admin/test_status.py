"""系统状态: what is in order, what is not, and nothing that is nobody's business."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from perfflow.core import backup, clock, journal
from perfflow.db import db, unit_of_work
from tests.make import NOW, Make
from tests.screen import Client

PAGE = "/admin/status"


@pytest.fixture
def admin(make: Make, client_for: Any) -> Client:
    return client_for(make["admin"])


def lines(admin: Client) -> dict[str, str]:
    page = admin.get(PAGE)
    terms, facts = page.tree.xpath("//dl/dt"), page.tree.xpath("//dl/dd")
    return {
        " ".join(term.text_content().split()): " ".join(fact.text_content().split())
        for term, fact in zip(terms, facts, strict=True)
    }


def test_a_new_house_lacks_a_backup_and_nothing_else_is_wrong(admin: Client):
    found = lines(admin)

    assert found["最近备份"].startswith("留意 还没有备份")
    for name in ("数据库结构", "记录保护", "办理记录", "操作日志", "写入队列（本进程）", "写入繁忙", "磁盘"):
        assert found[name].startswith("正常 "), (name, found[name])
    assert found["在线登录"] == "1 个" and "SQLite" in found["数据库软件"]


def test_the_last_backup_is_told_and_an_old_one_warned_of(make: Make, admin: Client, tmp_path: Path, client_for: Any):
    with make.app.app_context():
        backup.make(tmp_path / "mine")

    told = lines(admin)["最近备份"]
    assert told.startswith("正常 2026-03-02 10:00，文件夹 mine") and "已逐一核对" in told
    with clock.at(NOW + timedelta(days=8)):
        assert "已超过 7 天" in lines(client_for(make["admin"]))["最近备份"]


def test_no_secret_and_no_path_is_on_the_page(make: Make, admin: Client, instance: Path):
    page = admin.get(PAGE).answer.text

    assert str(instance) not in page and str(instance.parent) not in page and instance.name in page
    assert "0123456789abcdef" not in page and str(Path(__file__).parents[3]) not in page


def test_a_missing_trigger_and_a_changed_entry_are_named(make: Make, admin: Client):
    with make.app.app_context(), unit_of_work():
        journal.record_event("logout", user_id=None, details={})
        db.session.execute(text("DROP TRIGGER event_no_update"))
        db.session.execute(text("UPDATE event SET kind = 'login_ok'"))

    found = lines(admin)
    assert found["记录保护"].startswith("异常 缺少 event_no_update")
    assert found["操作日志"].startswith("异常") and "entry 1" in found["操作日志"]


def test_a_structure_that_is_not_the_newest_is_told(make: Make, admin: Client):
    with make.app.app_context(), unit_of_work():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0002'"))

    assert lines(admin)["数据库结构"].startswith("异常 0002，程序需要")


def test_a_full_disk_is_warned_of(admin: Client, monkeypatch: pytest.MonkeyPatch):
    class Usage(NamedTuple):
        total: int
        used: int
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(100 * 2**30, 95 * 2**30, 5 * 2**30))

    assert lines(admin)["磁盘"].startswith("留意 可用 5.0 GB，共 100.0 GB")


def test_next_year_s_holidays_are_asked_for_from_november_on(make: Make, admin: Client, client_for: Any):
    assert lines(admin)["节假日"].startswith("正常 2027 年尚未录入")
    with clock.at(NOW.replace(month=11)):
        assert lines(client_for(make["admin"]))["节假日"].startswith("留意 2027 年尚未录入")


def test_the_walk_over_the_newest_entries_starts_where_it_should(make: Make):
    with make.app.app_context():
        with unit_of_work():
            for number in range(5):
                journal.record_event("logout", user_id=None, details={"number_": number})
        length = journal.verify("event").length

        for last in (1, 3, length, length + 10):
            assert journal.verify("event", last=last).broken is None
        with unit_of_work():
            db.session.execute(text("DROP TRIGGER event_no_update"))
            db.session.execute(text("UPDATE event SET hash = 'x' WHERE id = :id"), {"id": length - 2})
        assert journal.verify("event", last=1).broken is None
        assert journal.verify("event", last=2).broken is not None  # its link does not fit
        assert journal.verify("event", last=3).broken is not None
