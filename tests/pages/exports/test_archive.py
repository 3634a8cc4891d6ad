"""The whole file of a project: everything its reader is shown, in order, with sums, and nothing else."""

import io
import json
import re
import subprocess
import tracemalloc
import zipfile
from tempfile import TemporaryFile

import docx
import pytest
from sqlalchemy import select, update

from perfflow.core import access, files
from perfflow.db import db, unit_of_work
from perfflow.models.file import Attachment
from perfflow.models.journal import EventEntry
from perfflow.pages.exports import archive
from perfflow.pages.exports.routes import archive as routes
from perfflow.process import AttachmentPurpose, I, P
from tests.make import PDF, context

CONTENTS = "00 目录.docx"


def whole(screen):
    assert (screen.status, screen.answer.mimetype) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(screen.answer.get_data()))


def contents(package):
    """The rows of the contents list: file, size, uploaded, sum, note."""
    paper = docx.Document(io.BytesIO(package.read(CONTENTS)))
    return [[cell.text for cell in row.cells][1:] for row in paper.tables[0].rows][1:]


def folders(package):
    return [name.split("/")[0].split(" ", 1)[1] for name in package.namelist() if "/" in name]


def change(make, play, purpose, **values):
    with context(make.app), unit_of_work():
        mine = update(Attachment).where(Attachment.project_id == play.id, Attachment.purpose == purpose)
        db.session.execute(mine.values(**values))


# ---------------------------------------------------------------- what is in it


def test_papers_and_attachments_stand_in_order_and_each_is_what_it_is_called(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased", "phased"))
    play.carry_item(1, I.SETTLED)
    play.carry_item(2, I.VERIFYING)

    package = whole(client_for(make["supervisor"]).get(f"/projects/{play.id}/archive.zip"))

    names = package.namelist()
    assert list(dict.fromkeys(folders(package))) == ["文书", "申报材料", "评价报告", "反馈意见", "佐证材料"]
    assert [name for name in names if "佐证" in name] == sorted(name for name in names if "佐证" in name)
    assert any(re.fullmatch(r"\d\d 反馈意见/第 1 轮/问题 1/01 Kn.*\.pdf", name) for name in names)
    assert any(re.fullmatch(r"\d\d 佐证材料/事项 2/第 1 次报送/01 Kn.*\.pdf", name) for name in names)
    papers = [name for name in names if name.startswith("01 文书/")]
    assert [name.split(" ")[-1] for name in papers] == [f"{title}.docx" for title in (
        "绩效目标申报表", "指标评分表", "征求意见稿", "评价结果反馈书", "整改通知书", "整改台账", "整改报告",
        "绩效评价结果信息表",
    )]  # fmt: skip
    for name in papers:
        assert len(docx.Document(io.BytesIO(package.read(name))).element.body) > 2
    assert package.testzip() is None


def test_the_sums_are_those_that_sha256sum_checks(make, client_for, tmp_path):
    play = make.project(P.CLOSED)

    whole(client_for(make["unit"]).get(f"/projects/{play.id}/archive.zip")).extractall(tmp_path / "in")

    command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    checked = subprocess.run(command, cwd=tmp_path / "in", capture_output=True, text=True, check=False)
    there = {str(path.relative_to(tmp_path / "in")) for path in (tmp_path / "in").rglob("*") if path.is_file()}
    assert (checked.returncode, checked.stderr) == (0, "")
    assert {line.rpartition(":")[0] for line in checked.stdout.splitlines()} == there - {"SHA256SUMS"}


def test_the_contents_list_names_every_file_with_size_time_and_sum(make, client_for):
    play = make.project(P.CLOSED)

    package = whole(client_for(make["supervisor"]).get(f"/projects/{play.id}/archive.zip"))

    sums = dict(reversed(line.split("  ", 1)) for line in package.read("SHA256SUMS").decode().splitlines())
    rows = contents(package)
    assert {row[0]: row[3] for row in rows} == {name: sum_[:12] for name, sum_ in sums.items() if name != CONTENTS}
    assert all(re.fullmatch(r"\d+ (B|KB)", row[1]) for row in rows)
    assert all("2026-03-02 10:00" in row[2] for row in rows if "文书/" not in row[0])


def test_the_log_knows_who_took_it_with_how_many_files(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)

    client_for(make["supervisor"]).get(f"/projects/{play.id}/archive.zip")

    with context(make.app):
        body = json.loads(db.session.scalar(select(EventEntry.body).where(EventEntry.kind == "export")))
    assert (body["paper"], body["project"], body["files"]) == ("archive", play.id, 2)


# ---------------------------------------------------------------- what is not in it


def test_a_withdrawn_attachment_is_one_line_of_the_contents_list(make, client_for):
    play = make.project(P.EVALUATING, ready=True)
    with context(make.app), unit_of_work():
        reach = access.project_for(make["lead"], play.id)
        file_id = db.session.scalar(select(Attachment.id).where(Attachment.purpose == AttachmentPurpose.REPORT))
        files.detach(file_id, "传错了", reach=reach, actor=make["lead"])

    package = whole(client_for(make["lead"]).get(f"/projects/{play.id}/archive.zip"))

    assert "评价报告" not in folders(package)
    (row,) = [row for row in contents(package) if "评价报告" in row[0]]
    assert (row[1], row[3], row[4]) == ("", "", "已撤下：传错了")


def test_a_file_that_is_gone_from_the_disk_is_said_and_the_rest_is_there(make, client_for):
    play = make.project(P.CLOSED)
    with context(make.app):
        sha256 = db.session.scalar(select(Attachment.sha256).where(Attachment.purpose == AttachmentPurpose.REPORT))
        files.path_of(sha256).unlink()

    package = whole(client_for(make["supervisor"]).get(f"/projects/{play.id}/archive.zip"))

    (row,) = [row for row in contents(package) if "评价报告" in row[0]]
    assert (row[3], row[4]) == ("", "文件缺失，未能收入。请联系管理员。")
    assert "申报材料" in folders(package) and "评价报告" not in folders(package)


def test_a_file_that_was_changed_on_the_disk_is_said(make, client_for):
    play = make.project(P.CLOSED)
    with context(make.app):
        sha256 = db.session.scalar(select(Attachment.sha256).where(Attachment.purpose == AttachmentPurpose.REPORT))
        files.path_of(sha256).write_bytes(PDF % b"another")

    package = whole(client_for(make["supervisor"]).get(f"/projects/{play.id}/archive.zip"))

    (row,) = [row for row in contents(package) if "评价报告" in row[0]]
    assert row[4] == "内容与登记的 SHA-256 不符。请联系管理员。"
    assert row[3] != sha256[:12]


def test_each_reader_gets_only_what_he_is_shown(make, client_for):
    play = make.project(P.RECTIFYING)
    play.carry_item(1, I.VERIFYING)
    early = make.project(P.FINDINGS_REVIEW)
    before = make.project(P.AWAITING_COMMENTS)

    unit, lead = client_for(make["unit"]), client_for(make["lead"])

    of_firm = whole(lead.get(f"/projects/{play.id}/archive.zip"))
    assert "佐证材料" not in folders(of_firm)
    assert not any("整改" in name or "结果信息表" in name for name in of_firm.namelist())
    assert "佐证材料" in folders(whole(unit.get(f"/projects/{play.id}/archive.zip")))
    assert not any("信息表" in name for name in whole(unit.get(f"/projects/{early.id}/archive.zip")).namelist())
    of_unit = whole(unit.get(f"/projects/{before.id}/archive.zip"))
    assert set(folders(of_unit)) == {"文书", "申报材料"}
    assert not any("评分" in name for name in of_unit.namelist())


@pytest.mark.parametrize("who", ["unit2", "lead2", "stranger"])
def test_to_strangers_it_is_not_there(make, client_for, who):
    play = make.project(P.CLOSED)

    assert client_for(make[who]).get(f"/projects/{play.id}/archive.zip").status == 404


def test_before_declaring_himself_an_evaluator_gets_no_file(make, client_for):
    play = make.project(P.CLOSED)

    assert client_for(make["evaluator"]).get(f"/projects/{play.id}/archive.zip").location.endswith("/independence")


def test_what_is_too_much_for_one_file_is_refused_with_both_sizes(make, client_for, monkeypatch):
    play = make.project(P.CLOSED)
    monkeypatch.setattr(routes, "MOST_BYTES", 100)

    refused = client_for(make["supervisor"]).get(f"/projects/{play.id}/archive.zip")

    assert (refused.status, "一次最多打包 100 B" in refused.text) == (409, True)


# ---------------------------------------------------------------- names


NAMES = [
    "../../etc/passwd", "..\\..\\a.pdf", "C:\\a.pdf", "a\nb.pdf", "a\x00b.pdf", "．　报告 .pdf", "...", "", "CON.pdf",
    "\u202egpj.pdf", "长" * 200 + ".pdf", "无扩展名" * 50, "a" * 119 + "." + "b" * 80, "-rf.pdf", "*?<>|.pdf",
    "\u2028.pdf",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_file_is_called_it_stays_inside_and_can_be_unpacked(make, client_for, tmp_path, name):
    play = make.project(P.CLOSED)
    change(make, play, AttachmentPurpose.EVIDENCE, name=name)
    change(make, play, AttachmentPurpose.REPORT, name=name)

    package = whole(client_for(make["supervisor"]).get(f"/projects/{play.id}/archive.zip"))

    before = set(tmp_path.iterdir())
    package.extractall(tmp_path / "in")
    assert set(tmp_path.iterdir()) - before == {tmp_path / "in"}
    names = package.namelist()
    assert len({one.casefold() for one in names}) == len(names)
    assert all(len(part.encode()) <= 255 for one in names for part in one.split("/"))
    assert not any(re.search(r"[\x00-\x1f\\:*?\"<>|\u202e\u2028]|\.\.(/|$)", one) for one in names)
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "in", capture_output=True).returncode == 0


def test_files_of_one_name_stand_beside_each_other(make, client_for):
    play = make.project(P.RECTIFYING, items=("phased",))
    play.carry_item(1, I.IN_PROGRESS)
    play.act_item("unit", 1, "report", text="三份", files=[play.file("items") for _ in range(3)])
    change(make, play, AttachmentPurpose.EVIDENCE, name="同名.pdf")

    names = whole(client_for(make["unit"]).get(f"/projects/{play.id}/archive.zip")).namelist()

    assert [name.rpartition("/")[2] for name in names if "同名" in name] == [
        "01 同名.pdf", "02 同名.pdf", "03 同名.pdf",
    ]  # fmt: skip


def test_the_work_of_a_former_firm_has_a_folder_that_says_so(make, client_for):
    play = make.project(P.FINDINGS_WRITING)
    play.act("supervisor", "replace_firm", reason="更换")
    play.lead = "lead2"
    play.carry(P.EVALUATION_REVIEW)

    names = whole(client_for(make["supervisor"]).get(f"/projects/{play.id}/archive.zip")).namelist()

    reports = [name.split("/")[1] for name in names if "评价报告/" in name]
    assert reports[0] == "原机构 1" and len(reports) == 2 and reports[1].startswith("01 ")
    assert not any("原机构" in name for name in whole(client_for(make["lead2"]).get(
        f"/projects/{play.id}/archive.zip")).namelist())  # fmt: skip


# ---------------------------------------------------------------- much


def test_fifty_megabytes_a_file_pass_through_in_blocks(make):
    play = make.project(P.CLOSED)
    with context(make.app):
        for sha256 in db.session.scalars(select(Attachment.sha256)):
            with files.path_of(sha256).open("r+b") as stored:
                stored.truncate(50 * 1024 * 1024)

    with make.app.test_request_context(), TemporaryFile() as out:
        filed = archive.attachments(access.project_for(make["supervisor"], play.id))
        tracemalloc.start()
        count = archive.write_whole_file(out, (), filed, title="目录", notes=())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        size = out.tell()

    assert count == 5 and size > 250 * 1024 * 1024
    assert peak < 8 * 1024 * 1024
