"""The two logs: filters in the address, and what goes into Excel."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from perfflow.core import clock, journal
from perfflow.db import db, unit_of_work
from perfflow.models.project import Project
from perfflow.pages.admin import log
from perfflow.process import P
from tests.make import NOW, Make
from tests.screen import Client


@pytest.fixture
def auditor(make: Make, client_for: Any) -> Client:
    return client_for(make["auditor"])


def happened(make: Make, kind: str, days_ago: float = 0, **details: Any) -> None:
    with make.app.app_context(), clock.at(NOW - timedelta(days=days_ago)), unit_of_work():
        who = details.pop("who", "unit")
        journal.record_event(kind, user_id=make[who].id, details={"address": "127.0.0.1", **details})


def shown(auditor: Client, query: str) -> list[str]:
    """The details that the log shows for a query."""
    page = auditor.get(f"/admin/events?{query}")
    assert page.status == 200
    return [row[3] for row in page.rows[1:]]


def sheet_of(auditor: Client, address: str) -> Any:
    answer = auditor.http.get(address)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(answer.data)).active


def test_events_are_found_by_day_whole_days_in_the_office_s_zone(make: Make, auditor: Client):
    happened(make, "logout", 3, paper="a")
    # 23:30 in Shanghai on 1 March is still the first
    happened(make, "logout", 10.5 / 24, paper="b")
    happened(make, "logout", 0, paper="c")

    assert [one[-1] for one in shown(auditor, "kind=logout&from=2026-03-01&to=2026-03-01")] == ["b"]
    assert [one[-1] for one in shown(auditor, "kind=logout&from=2026-03-01")] == ["c", "b"]
    assert [one[-1] for one in shown(auditor, "kind=logout&to=2026-02-28")] == ["a"]
    assert len(shown(auditor, "kind=logout&from=rubbish&to=9999-99-99")) == 3


def test_events_are_found_by_address_and_person(make: Make, auditor: Client):
    happened(make, "logout", address="10.1.2.3", paper="a")
    happened(make, "logout", address="10.11.2.3", who="head", paper="b")

    assert [one[-1] for one in shown(auditor, "address=10.1.")] == ["a"]
    assert len(shown(auditor, "address=10.1")) == 2
    assert [one[-1] for one in shown(auditor, "username=HEAD&address=10.")] == ["b"]
    assert shown(auditor, "address=%25") == [] and shown(auditor, 'address="}') == []


def test_events_are_found_by_project_as_far_as_it_is_in_reach(make: Make, auditor: Client):
    seen, draft = make.project(P.DECLARATION_REVIEW), make.project(P.DECLARING)
    happened(make, "download", project=seen.id, paper="a")
    happened(make, "refused", path=f"/projects/{seen.id}/declaration", paper="b")
    happened(make, "download", project=seen.id * 10, paper="c")
    happened(make, "download", project=draft.id, paper="d")
    with make.app.app_context():
        codes = dict(db.session.execute(select(Project.id, Project.code)).all())

    found = shown(auditor, f"project={codes[seen.id]}")
    assert len(found) == 2 and "文书 a" in "".join(found) and "文书 b" in "".join(found)
    assert shown(auditor, f"project={codes[draft.id]}") == []
    assert shown(auditor, "project=nonsense") == []


def test_texts_are_looked_for_in_the_last_ninety_days_unless_told(make: Make, auditor: Client):
    happened(make, "logout", 100, address="10.9.9.9")

    page = auditor.get("/admin/events?address=10.9")
    assert len(page.rows) <= 1 and "只查最近 90 天" in page.text
    assert len(shown(auditor, "address=10.9&from=2025-11-01")) == 1


def test_the_filter_goes_along_to_the_next_page_and_into_the_export(make: Make, auditor: Client):
    for number in range(25):
        happened(make, "logout", paper=f"n{number}")

    page = auditor.get("/admin/events?kind=logout")
    assert len(page.rows) == 21 and any("kind=logout&after=" in link for link in page.links)
    assert any(link == "/admin/events.xlsx?kind=logout" for link in page.links)


def test_what_is_exported_is_what_is_filtered_with_typed_cells(make: Make, auditor: Client):
    happened(make, "logout", name="=1+1", role="unit_clerk", organisation="+甲局", address="10.1.2.3")
    happened(make, "download", paper="x")

    sheet = sheet_of(auditor, "/admin/events.xlsx?kind=logout")

    heads = [cell.value for cell in sheet[1]]
    assert heads == ["序号", "时间", "种类", "姓名", "角色", "单位", "地址", "详情"]
    row = [cell.value for cell in sheet[2]]
    assert row[1].isoformat() == "2026-03-02T10:00:00" and isinstance(row[0], int)
    assert row[2:7] == ["退出", "=1+1", "预算单位经办", "+甲局", "10.1.2.3"]
    assert {cell.data_type for cell in sheet[2]} == {"n", "d", "s"}
    assert sheet["A3"].value is None


def test_an_export_is_an_event_itself_with_its_count(make: Make, auditor: Client):
    happened(make, "logout")
    sheet_of(auditor, "/admin/events.xlsx?kind=logout")

    newest = shown(auditor, "kind=export")[0]
    assert "文书 event_log" in newest and "份数 1" in newest


def test_an_export_is_bounded_and_reads_in_batches(make: Make, auditor: Client, monkeypatch: pytest.MonkeyPatch):
    for number in range(12):
        happened(make, "logout", paper=f"n{number}")
    monkeypatch.setattr(log, "MOST_EXPORTED", 7)
    monkeypatch.setattr(log, "BATCH", 3)

    sheet = sheet_of(auditor, "/admin/events.xlsx?kind=logout")

    numbers = [row[0].value for row in sheet.iter_rows(min_row=2) if isinstance(row[0].value, int)]
    assert len(numbers) == 7 and numbers == sorted(numbers, reverse=True)


def test_changes_are_filtered_and_exported_alike(make: Make, auditor: Client, client_for: Any):
    admin = client_for(make["admin"])
    address = f"/admin/users/{make['far'].id}"
    admin.get(address).press(address, display_name="=丙局 经办")
    unit = f"/admin/organisations/{make['far'].organisation_id}"
    admin.get(unit).press(unit, name="上海市丙丙局")

    page = auditor.get("/admin/changes?kind=user_updated&username=admin&from=2026-03-02&to=2026-03-02")
    assert len(page.rows) == 2 and "姓名：丙局 经办" in page.text
    assert len(auditor.get("/admin/changes?to=2026-03-01").rows) == 0

    sheet = sheet_of(auditor, "/admin/changes.xlsx?kind=user_updated")
    row = [cell.value for cell in sheet[2]]
    assert row[2] == "修改用户" and "姓名：丙局 经办 → =丙局 经办" in row[7] and sheet["H2"].data_type == "s"


def test_the_administrator_reads_neither_log(make: Make, client_for: Any):
    admin = client_for(make["admin"])

    for address in ("/admin/events", "/admin/events.xlsx", "/admin/changes", "/admin/changes.xlsx"):
        assert admin.get(address).status == 403
