"""`flask --app app import`: the same reader and the same commands as on the page."""

import json
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from perfflow.core import files
from perfflow.core.access import Actor
from perfflow.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused, RefusedUpload
from perfflow.core.files import Received
from perfflow.db import unit_of_work
from perfflow.pages.imports import commands, queries
from perfflow.pages.imports.paper import Proposal
from perfflow.papers.package import RefusedFile
from perfflow.papers.paper import KIND_LABELS, Paper, PaperKind, published

KINDS = click.Choice([kind.value for kind in PaperKind])


@dataclass
class Outcome:
    """What became of one file. `refused`: why nothing of it was taken; `imported`: a sentence for each paper."""

    file: str
    papers: list[Paper] = field(default_factory=list)
    refused: str = ""
    imported: list[str] = field(default_factory=list)

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {"file": self.file, "papers": [published(paper) for paper in self.papers]}
        if self.imported:
            found["imported"] = self.imported
        return found | ({"refused": self.refused} if self.refused else {})


@click.command("import", help="读入文书：申报表、评价报告、评分表、问题与建议表、整改情况表、结果信息表。")
@click.argument("names", nargs=-1, required=True, metavar="FILE…")
@click.option("--kind", type=KINDS, help="文书的类型；不写的，按内容判断。")
@click.option("--as", "username", metavar="USER", help="以哪个用户的身份导入；只试读时不需要。")
@click.option("--dry-run", is_flag=True, help="只读不导入：列出读到的内容和问题。")
@click.option("--json", "as_json", is_flag=True, help="每个文件输出一行 JSON。")
@with_appcontext
def import_papers(names: tuple[str, ...], kind: str | None, username: str | None, dry_run: bool, as_json: bool) -> None:
    if not dry_run and username is None:
        raise click.UsageError("请用 --as 写明以哪个用户的身份导入，或用 --dry-run 只试读。")
    actor = _actor(username) if username is not None and not dry_run else None
    wanted = PaperKind(kind) if kind else None
    refused = False
    for name in names:
        outcome = Outcome(name)
        try:
            _one(outcome, wanted, actor)
        except (RefusedFile, RefusedUpload, click.ClickException) as error:
            outcome.refused = error.message if isinstance(error, click.ClickException) else str(error)
        refused = refused or bool(outcome.refused)
        click.echo(json.dumps(outcome.document, ensure_ascii=False) if as_json else _told(outcome))
    if refused:
        raise SystemExit(1)


def _actor(username: str) -> Actor:
    found = queries.actor_named(username)
    if found is None:
        raise click.ClickException(f"没有在用的用户 {username}。")
    return found


def _one(outcome: Outcome, kind: PaperKind | None, actor: Actor | None) -> None:
    path = Path(outcome.file)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise click.ClickException("没有这个文件。请核对路径。") from None
    except IsADirectoryError:
        raise click.ClickException(f"这是文件夹。请写明其中的文件，例如 {path}/*.docx。") from None
    except OSError as error:
        raise click.ClickException(f"不能读取（{error.strerror}）。请核对文件和权限。") from None
    outcome.papers = queries.read(data, path.name, kind)
    if actor is not None:
        received = files.receive(path.name, BytesIO(data))
        try:
            _take_in(outcome, received, actor)
        finally:
            if not files.in_use(received.sha256):
                files.discard(received.sha256)


def _take_in(outcome: Outcome, received: Received, actor: Actor) -> None:
    """Paper by paper: one that is not taken in keeps none of the others out."""
    failed = []
    for number, paper in enumerate(outcome.papers, 1):
        try:
            outcome.imported.append(_taken(number, paper, received, actor))
        except (RefusedFile, click.ClickException) as error:
            failed.append(error.message if isinstance(error, click.ClickException) else str(error))
    if failed:
        raise click.ClickException(" ".join(failed))


def _taken(number: int, paper: Paper, received: Received, actor: Actor) -> str:
    project_id = queries.only_target(paper, actor)
    one = queries.proposals([paper], received.sha256, project_id, actor)[0]
    label = f"{_(KIND_LABELS[paper.kind])}“{one.name}”"
    if not one.brings and not one.left:
        return f"{label}：{one.closed or '与系统中的一致，没有可导入的变化。'}"
    try:
        with unit_of_work():
            done = commands.take_in(one, one.as_read, received, version=one.version, actor=actor)
    except (Invalid, Refused) as error:
        reasons = (error.reason,) if isinstance(error, Invalid) else error.reasons
        told = " ".join(_(reason.message, **reason.params) for reason in reasons)
        raise click.ClickException(f"第 {number} 份 {label}：{told}") from None
    except (Conflict, Forbidden, NotFound):
        raise click.ClickException(f"第 {number} 份 {label}：此时不能由 {actor.username} 导入。") from None
    return f"{label}：已导入 {done.lines} 项。{_left(one)}"


def _left(one: Proposal) -> str:
    labels = "、".join(line.label for line in one.left)
    return f"需要逐项确认的没有导入：{labels}。" if labels else ""


def _told(outcome: Outcome) -> str:
    """A file in words."""
    lines = [outcome.file]
    for paper in outcome.papers:
        lines.append(f"  {KIND_LABELS[paper.kind]}“{queries.name_of(paper)}”")
        lines += [f"    {problem.place} {problem.message}".rstrip() for problem in paper.problems]
        lines += [f"    没有归入任何栏目：{place} {text}" for place, text in paper.unplaced]
    lines += [f"  {sentence}" for sentence in outcome.imported]
    return "\n".join([*lines, *([f"  未读入：{outcome.refused}"] if outcome.refused else [])])
