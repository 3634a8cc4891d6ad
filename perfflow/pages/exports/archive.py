"""The whole file of a project: its papers, its attachments in order, a contents list, the sums of all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from sqlalchemy import select

from perfflow.core import clock, files
from perfflow.core.access import Reach
from perfflow.db import db
from perfflow.models.evaluation import Assignment
from perfflow.models.file import Attachment
from perfflow.models.finding import CommentRound, Finding
from perfflow.models.item import ItemReport, RectItem
from perfflow.papers.archive import Archive
from perfflow.papers.word_template import LANDSCAPE_WIDTH
from perfflow.papers.word_writer import TableCell, paragraph, table_pieces, write_word
from perfflow.process import N_, AttachmentPurpose
from perfflow.web import filters
from perfflow.web.translate import gettext as _
from perfflow.web.translate import labelled

IN_MEMORY = 4 * 1024 * 1024
PAPERS_FOLDER = N_("文书")
FOLDERS = {
    AttachmentPurpose.DECLARATION: N_("申报材料"),
    AttachmentPurpose.PAPER: N_("登记原件"),
    AttachmentPurpose.REPORT: N_("评价报告"),
    AttachmentPurpose.WORKING_PAPER: N_("工作底稿"),
    AttachmentPurpose.COMMENT: N_("反馈意见"),
    AttachmentPurpose.EVIDENCE: N_("佐证材料"),
    AttachmentPurpose.PROGRESS: N_("整改情况表"),
}
CONTENTS = N_("目录")
LONGEST_NAME = 200
"""In bytes; most file systems take 255, number and extension included."""
_WIDTHS = (700, 5100, 1000, 2200, 1900, LANDSCAPE_WIDTH - 10900)

Writer = Callable[[BinaryIO], object]


@dataclass(frozen=True, slots=True)
class Filed:
    """An attachment and where it belongs. `folders`: below that of its purpose."""

    attachment: Attachment
    folders: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class _Line:
    """Of the contents list. Without a sum: not in the archive, and `note` says why."""

    path: str
    size: int | None
    added: str
    sha256: str
    note: str = ""


def attachments(reach: Reach) -> list[Filed]:
    """What is shown to this person, withdrawn ones too, by purpose, item or round, and in the order it came."""
    rows = files.attachments(reach)
    names = files.uploaders(rows)
    places = _Places(reach)
    order = {purpose: at for at, purpose in enumerate(FOLDERS)}
    found = [(places.of(row), row) for row in rows]
    found.sort(key=lambda one: (order[AttachmentPurpose(one[1].purpose)], one[0].key, one[1].id))
    return [Filed(row, place.folders, names.get(row.uploaded_by, "")) for place, row in found]


def write_whole_file(
    out: BinaryIO, papers: Iterable[tuple[str, Writer]], filed: Iterable[Filed], *, title: str, notes: Iterable[str]
) -> int:
    """The archive. `papers`: titles (message ids) with what writes each. Returns the number of files in it."""
    archive = Archive(out, at=clock.now().astimezone(clock.ZONE))
    lines = [*_papers(archive, papers), *_attachments(archive, filed)]
    count = len(archive.members)
    with _spooled() as contents:
        write_word(_contents(title, notes, lines), contents, landscape=True)
        contents.seek(0)
        archive.add(f"00 {_(CONTENTS)}.docx", contents)
    archive.close()
    return count


def _papers(archive: Archive, papers: Iterable[tuple[str, Writer]]) -> Iterator[_Line]:
    for number, (title, write) in enumerate(papers, 1):
        with _spooled() as paper:
            write(paper)
            paper.seek(0)
            member = archive.add(f"01 {_(PAPERS_FOLDER)}/{number:02d} {_(title)}.docx", paper)
        yield _Line(member.path, member.size, "", member.sha256)


def _attachments(archive: Archive, filed: Iterable[Filed]) -> Iterator[_Line]:
    numbers: dict[tuple[str, ...], int] = {}
    for one in filed:
        row = one.attachment
        purposes = list(FOLDERS)
        at = purposes.index(AttachmentPurpose(row.purpose))
        folders = (f"{at + 2:02d} {_(FOLDERS[purposes[at]])}", *one.folders)
        numbers[folders] = number = numbers.get(folders, 0) + 1
        # the number before it makes every name one of its own, also where letters are not told apart by case
        path = "/".join((*folders, f"{number:02d} {_plain(row.name)}"))
        yield _attachment(archive, path, one)


def _plain(name: str) -> str:
    """A label as the name of a file: one kind of blank, and no longer than file systems take."""
    stem, dot, extension = " ".join(files.clean_name(name).split()).rpartition(".")
    if not dot:
        stem, extension = extension, ""
    return stem.encode()[:LONGEST_NAME].decode(errors="ignore").rstrip(" .") + dot + extension


def _attachment(archive: Archive, path: str, one: Filed) -> _Line:
    row = one.attachment
    added = f"{one.by} {filters.when(row.uploaded_at)}".strip()
    if row.withdrawn_at is not None:
        return _Line(path, None, added, "", labelled(_("已撤下"), row.withdrawn_reason))
    try:
        content = files.path_of(row.sha256).open("rb")
    except OSError:
        return _Line(path, None, added, "", _("文件缺失，未能收入。请联系管理员。"))
    with content:
        member = archive.add(path, content, at=row.uploaded_at.astimezone(clock.ZONE))
    note = "" if member.sha256 == row.sha256 else _("内容与登记的 SHA-256 不符。请联系管理员。")
    return _Line(path, member.size, added, member.sha256, note)


def _contents(title: str, notes: Iterable[str], lines: Iterable[_Line]) -> Iterator[str]:
    yield paragraph(title, "Heading1")
    for note in notes:
        yield paragraph(note, "Note")
    labels = (_("序号"), _("文件"), _("大小"), _("上传"), _("SHA-256 前 12 位"), _("说明"))
    rows = (
        (
            TableCell(str(number), "ShortCell"), TableCell(line.path, "Cell"),
            TableCell("" if line.size is None else filters.size(line.size), "ShortCell"),
            TableCell(line.added, "Cell"), TableCell(line.sha256[:12], "ShortCell"), TableCell(line.note, "Cell"),
        )
        for number, line in enumerate(lines, 1)
    )  # fmt: skip
    yield from table_pieces(_with_head(labels, rows), _WIDTHS, heads=1, whole=True)


def _with_head(labels: Iterable[str], rows: Iterable[tuple[TableCell, ...]]) -> Iterator[tuple[TableCell, ...]]:
    yield tuple(TableCell(label, "Head") for label in labels)
    yield from rows


def _spooled() -> Any:
    return SpooledTemporaryFile(IN_MEMORY)


# ---------------------------------------------------------------- where a file belongs


@dataclass(frozen=True, slots=True)
class _Place:
    key: tuple[int, ...]
    folders: tuple[str, ...]


class _Places:
    """Numbers of rounds, findings, items and reports of a project, looked up once."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._rounds = _numbers(CommentRound.id, CommentRound.number, CommentRound.project_id == reach.id)
        self._findings = _numbers(Finding.id, Finding.number, Finding.project_id == reach.id)
        self._items = _numbers(RectItem.id, RectItem.number, RectItem.project_id == reach.id)
        self._assignments = _numbers(Assignment.id, Assignment.number, Assignment.project_id == reach.id)
        mine = select(RectItem.id).where(RectItem.project_id == reach.id)
        self._reports = _numbers(ItemReport.id, ItemReport.round, ItemReport.item_id.in_(mine))

    def of(self, row: Attachment) -> _Place:
        """Former firms' files before those of the present one, in a folder that says so."""
        former = row.assignment_id is not None and row.assignment_id != self._reach.assignment_id
        number = self._assignments.get(row.assignment_id or 0, 0) if former else 1_000_000
        before = (_("原机构 %(n)d", n=number),) if former else ()
        if row.purpose == AttachmentPurpose.COMMENT:
            round_, finding = self._rounds.get(row.round_id or 0, 0), self._findings.get(row.finding_id or 0, 0)
            folders = (_("第 %(n)d 轮", n=round_), _("问题 %(n)d", n=finding) if finding else _("总体意见"))
            return _Place((number, round_, finding), (*before, *folders))
        if row.purpose == AttachmentPurpose.EVIDENCE:
            item, report = self._items.get(row.item_id or 0, 0), self._reports.get(row.report_id or 0, 1_000_000)
            told = _("第 %(n)d 次报送", n=report) if row.report_id else _("尚未报送")
            return _Place((number, item, report), (*before, _("事项 %(n)d", n=item), told))
        return _Place((number,), before)


def _numbers(id_: Any, number: Any, of: Any) -> dict[int, int]:
    return dict(db.session.execute(select(id_, number).where(of)).all())


def total_size(filed: Iterable[Filed]) -> int:
    return sum(one.attachment.size for one in filed if one.attachment.withdrawn_at is None)


