"""Papers that were uploaded: read apart, each with the project it is about and what would become of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from perfflow.core import access, uploads
from perfflow.core.access import Actor, Permission, Reach, may, project_for, scoped
from perfflow.core.errors import NotFound
from perfflow.core.files import attachments, shown
from perfflow.db import db
from perfflow.models.file import Attachment
from perfflow.models.people import Organisation, User
from perfflow.models.project import Project
from perfflow.pages.imports import declarations, origins, progress, reports, results
from perfflow.pages.imports.paper import Proposal
from perfflow.papers.child import read_apart
from perfflow.papers.numbering import bare_name
from perfflow.papers.package import RefusedFile
from perfflow.papers.paper import KIND_LABELS, Paper, PaperKind
from perfflow.papers.text import folded
from perfflow.process import N_, PROJECT_STATES, SUGGESTIONS_WRITTEN_IN, P, Party, Role, Viewer
from perfflow.rules import wording
from perfflow.stages.findings import queries as findings

UPLOAD = "paper."
"""How the kind of an upload begins that is a paper; which paper follows, nothing where it shows by itself."""
ANY = ""
UPLOADS = tuple(f"{UPLOAD}{kind}" for kind in (*PaperKind, ANY))
OF_VIEWER = {
    Viewer.UNIT: (PaperKind.DECLARATION, PaperKind.RECTIFICATION),
    Viewer.FIRM: (PaperKind.REPORT, PaperKind.SCORE_SHEET, PaperKind.FINDINGS, PaperKind.RESULT_TABLE),
    Viewer.SUPERVISOR: (PaperKind.RESULT_TABLE,),
}
"""Who brings which papers."""
OVER = (P.VOIDED, P.REJECTED, P.TERMINATED)
MOST = 200
"""Papers of one file that are looked at together: each is compared with what is stored."""
TOO_MANY = N_("文件中有 %(count)d 份文书，一次最多读入 %(most)d 份。请拆成几份文件再上传。")
_MARKS = " \u3000\t\n“”\"「」"
NOT_YOURS = N_("这是%(kind)s，不是您可以导入的文书。")
EMPTY_PAPER = N_("文件中没有读到任何文书。请确认选择的文件和类型。")
NO_NAME = N_("%(kind)s中没有项目名称，不知道导入到哪个项目。请在项目页面上传。")
NONE = N_("您现在可以编写的项目中没有“%(name)s”。")
SEVERAL = N_("您现在可以编写的项目中有几个名为“%(name)s”，请在项目页面上传。")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An upload of one's own, apart from the session that found it."""

    id: int
    kind: PaperKind | None
    name: str
    file_kind: str
    sha256: str
    size: int
    project_id: int | None
    attachment_id: int | None


def upload(upload_id: int, actor: Actor) -> tuple[Uploaded, bytes]:
    """One's own upload with its bytes. Raises NotFound, or RefusedUpload when the bytes are gone."""
    row = uploads.find(upload_id, *UPLOADS, actor=actor)
    kind = row.kind.removeprefix(UPLOAD)
    found = Uploaded(
        row.id, PaperKind(kind) if kind else None, row.name, row.name.rpartition(".")[2].lower(), row.sha256,
        row.size, row.project_id, row.attachment_id,
    )  # fmt: skip
    return found, uploads.content(row)


def read(data: bytes, name: str, kind: PaperKind | None) -> list[Paper]:
    """The papers of a file, read by another process while no transaction is open here. Raises RefusedFile."""
    db.session.rollback()
    papers = read_apart(data, name, kind)
    if not papers:
        raise RefusedFile(EMPTY_PAPER)
    return papers


def kinds_for(actor: Actor, reach: Reach | None = None) -> tuple[PaperKind, ...]:
    """What this person may bring now, to this project or in general."""
    viewer = access.VIEWERS.get(actor.role)
    if viewer is None or not may(actor, Permission.PROJECTS_ACT):
        return ()
    if reach is None:
        return OF_VIEWER[viewer] if viewer is not Viewer.FIRM else ()
    if Party.UNIT in reach.parties:
        return (PaperKind.DECLARATION,) if reach.state == P.DECLARING else ()
    if Party.EVALUATOR not in reach.parties or reach.state not in SUGGESTIONS_WRITTEN_IN:
        return ()
    if reach.table_only:
        return PaperKind.RESULT_TABLE, PaperKind.FINDINGS
    return PaperKind.REPORT, PaperKind.SCORE_SHEET, PaperKind.FINDINGS


def readable(reach: Reach) -> list[Attachment]:
    """The attachments of a project this person is shown that may be read like an upload."""
    return [row for row in attachments(reach) if row.withdrawn_at is None and row.kind in ("docx", "xlsx")]


# ---------------------------------------------------------------- what would become of each


def proposals(papers: Sequence[Paper], sha256: str, project_id: int | None, actor: Actor) -> list[Proposal]:
    """One for each paper of a file. `project_id`: the project it was uploaded for, if any."""
    if len(papers) > MOST:
        raise RefusedFile(TOO_MANY, {"count": len(papers), "most": MOST})
    bound = project_for(actor, project_id) if project_id is not None else None
    allowed = OF_VIEWER.get(access.VIEWERS[actor.role], ()) if actor.role in access.VIEWERS else ()
    found = []
    for number, paper in enumerate(papers, 1):
        if paper.kind not in allowed:
            raise RefusedFile(NOT_YOURS, {"kind": _(KIND_LABELS[paper.kind])})
        one = _proposal(number, paper, sha256, bound, actor, alone=len(papers) == 1)
        found.append(_named(origins.settled(one, actor), actor))
    return found


def _named(one: Proposal, actor: Actor) -> Proposal:
    """With the project as its other pages name it, and a word where the paper names it otherwise."""
    if one.project_id is None or one.kind is PaperKind.RECTIFICATION:
        return one
    reach = project_for(actor, one.project_id)
    notes = one.notes
    if one.name and folded(bare_name(one.name)) != folded(reach.name):
        told = _("文件中的项目名称是“%(name)s”，与本项目的名称不同，请确认是同一项目。", name=one.name)
        notes = (told, *notes)
    state = _(PROJECT_STATES[reach.state].label)
    return replace(one, project_name=reach.name, project_state=state, notes=notes)


def _proposal(
    number: int, paper: Paper, sha256: str, bound: Reach | None, actor: Actor, *, alone: bool
) -> Proposal:
    viewer = access.VIEWERS[actor.role]
    if paper.kind is PaperKind.RECTIFICATION:
        return progress.proposal(number, paper, actor, attached_to(sha256, actor))
    if viewer is Viewer.SUPERVISOR:
        reach = _supervised(paper, actor)
        return (
            results.comparison(number, paper, reach)
            if reach is not None
            else results.new_object(number, paper, actor)
        )
    if viewer is Viewer.UNIT:
        reach, closed = _declared(paper, bound, actor, alone=alone)
        attached = attached_to(sha256, actor).get(reach.id) if reach is not None else None
        return declarations.proposal(number, paper, reach, closed, attached)
    if bound is None:
        raise NotFound
    closed = "" if alone or _same_name(reports.name_of(paper), bound.name) else _("文件中的这一份不属于本项目。")
    return reports.proposal(number, paper, bound, closed or closed_for(bound), attached_to(sha256, actor).get(bound.id))


def closed_for(reach: Reach) -> str:
    """Why a firm's paper cannot be taken in now; "" while some of it can."""
    if Party.EVALUATOR in reach.parties and reach.state in SUGGESTIONS_WRITTEN_IN:
        return ""
    return _("项目现为“%(state)s”，此时不能导入。", state=_(PROJECT_STATES[reach.state].label))


def attached_to(sha256: str, actor: Actor) -> dict[int, int]:
    """Attachments with these bytes that this person is shown, by project."""
    query = scoped(actor, Attachment).join(Attachment, Attachment.project_id == Project.id)
    rows = db.session.scalars(
        query.where(Attachment.sha256 == sha256, Attachment.withdrawn_at.is_(None)).order_by(Attachment.id.desc())
    ).all()
    return {row.project_id: row.id for row in rows if shown(row, project_for(actor, row.project_id))}


# ---------------------------------------------------------------- which project


def _declared(paper: Paper, bound: Reach | None, actor: Actor, *, alone: bool) -> tuple[Reach | None, str]:
    """The declaration a form is about, and why it cannot be filled; none for a new one."""
    values: Any = paper.values
    if bound is not None:
        if not alone and not _same_name(values.project_name, bound.name):
            return bound, _("文件中的这一份不属于本项目。")
        return bound, "" if bound.state == P.DECLARING else _not_declaring(bound)
    same = [reach for reach in named(values.project_name, actor) if not reach.registered and reach.state not in OVER]
    drafts = [reach for reach in same if reach.state == P.DECLARING]
    if drafts:
        return drafts[0], ""
    of_year = [reach for reach in same if values.form_year in (None, _budget_year(reach))]
    return (of_year[0], _not_declaring(of_year[0])) if of_year else (None, "")


def _not_declaring(reach: Reach) -> str:
    state = _(PROJECT_STATES[reach.state].label)
    return _("系统中已有此项目的申报，现为“%(state)s”，这里只作对照。", state=state)


def _budget_year(reach: Reach) -> int | None:
    return db.session.scalar(select(Project.budget_year).where(Project.id == reach.id))


def _supervised(paper: Paper, actor: Actor) -> Reach | None:
    """The project a result table is about: of several of one name that of its cover's year, or the newest."""
    values: Any = paper.values
    same = named(values.values.project_name, actor)
    year = results.year_of(values.cover.title if values.cover else "")
    of_year = [reach for reach in same if year in (None, _budget_year(reach), _evaluation_year(reach))]
    return of_year[-1] if of_year else None


def _evaluation_year(reach: Reach) -> int | None:
    return db.session.scalar(select(Project.evaluation_year).where(Project.id == reach.id))


def named(name: str, actor: Actor, *, loosely: bool = False) -> list[Reach]:
    """The projects in reach of that name, quotation marks, blanks and widths apart; oldest first.

    `loosely`: where none is, those whose names differ only in how they end (建设经费, 建设费, 建设).
    """
    wanted = _plain(name)
    if not wanted:
        return []
    query = scoped(actor, Project.id).where(_plain_in_sql(Project.name) == wanted)
    ids = list(db.session.scalars(query.order_by(Project.id)))
    if loosely and not ids:
        # of a firm: its projects are few
        rows = db.session.execute(scoped(actor, Project.id, Project.name).order_by(Project.id)).all()
        ids = [id_ for id_, there in rows if stem(there) == stem(name)]
    return [project_for(actor, id_) for id_ in ids]


def _plain(name: str) -> str:
    """A name as the database compares it."""
    for mark in _MARKS:
        name = name.replace(mark, "")
    return name.replace("（", "(").replace("）", ")")


def _plain_in_sql(column: Any) -> Any:
    """The same in SQL: a hundred thousand names are compared where they are."""
    for mark in _MARKS:
        column = func.replace(column, mark, "")
    return func.replace(func.replace(column, "（", "("), "）", ")")


def stem(name: str) -> str:
    return wording.stem(folded(bare_name(name)))


def _same_name(name: str, other: str) -> bool:
    return bool(name) and stem(name) == stem(other)


def leaves(reach: Reach) -> list[tuple[str, str]]:
    """The indicators of a project, for its template: code and name."""
    return [(one.code, one.name) for one in findings.indicators(reach)]


# ---------------------------------------------------------------- without a page


def name_of(paper: Paper) -> str:
    """The project as the paper names it; "" for a paper of none, or of many."""
    return "" if paper.kind is PaperKind.RECTIFICATION else reports.name_of(paper)


def only_target(paper: Paper, actor: Actor) -> int | None:
    """The project a firm's paper is about, by its name among those it may write now; others need none named here.
    Raises RefusedFile where there are several or none."""
    if access.VIEWERS.get(actor.role) is not Viewer.FIRM:
        return None
    name = name_of(paper)
    if not name:
        raise RefusedFile(NO_NAME, {"kind": _(KIND_LABELS[paper.kind])})
    found = [reach for reach in named(name, actor, loosely=True) if not closed_for(reach)]
    if len(found) != 1:
        raise RefusedFile(SEVERAL if found else NONE, {"name": name})
    return found[0].id


def actor_named(username: str) -> Actor | None:
    """Somebody with an account in use, without a log-in."""
    row = db.session.execute(
        select(User.id, User.username, User.display_name, User.role, Organisation.id, Organisation.name)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.username == username, User.active.is_(True), Organisation.active.is_(True))
    ).one_or_none()
    return None if row is None else Actor(row[0], row[1], row[2], Role(row[3]), row[4], row[5])
