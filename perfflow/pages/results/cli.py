"""`flask --app app export-results`: a unit's year in Word, with cover."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from perfflow.core import journal
from perfflow.core.access import Actor
from perfflow.db import unit_of_work
from perfflow.pages.results import queries
from perfflow.pages.results.papers import footer
from perfflow.papers.result_paper import write_result_tables
from perfflow.process import Role

# whoever may run commands on the machine reads what an auditor reads
AT_THE_MACHINE = Actor(0, "cli", "命令行", Role.AUDITOR, 0, "")


@click.command("export-results", help="导出一个单位一个评价年度的绩效评价结果信息表（Word，含封面）。")
@click.option("--unit", required=True, metavar="NAME", help="单位全称")
@click.option("--year", required=True, type=click.IntRange(1990, 2100), help="评价年度")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@with_appcontext
def export_results(unit: str, year: int, out: Path) -> None:
    unit_id = queries.unit_named(unit)
    if unit_id is None:
        known = "、".join(queries.unit_names()) or "（没有单位）"
        raise click.ClickException(f"没有名为“{unit}”的单位。现有：{known}")
    ids = queries.of_unit_and_year(AT_THE_MACHINE, unit_id, year)
    if not ids:
        raise click.ClickException(f"“{unit}”{year} 年度还没有可以导出的评价结果。")
    tables = list(queries.finished_many(ids, AT_THE_MACHINE))
    unpublished = any(not one.published for one in tables)
    try:
        with out.open("wb") as stream:
            write_result_tables(
                (one.table for one in tables), stream, cover=tables[0].cover, footer=footer(unpublished=unpublished)
            )
    except OSError as error:
        raise click.ClickException(f"{out} 不能写入：{error.strerror}") from None
    with unit_of_work():
        journal.record_event("export", user_id=None, details={"paper": "result_table", "count": len(tables)})
    click.echo(f"已导出 {len(tables)} 个项目到 {out}")
