"""Result tables in Word, written and read: ours, python-docx cell by cell, and docxtpl, for 1, 100 and 1,000 projects.

    .venv/bin/python -m bench.papers [SIZE …]

Each measurement runs in a process of its own. Prints CPU time against ours, memory at the highest above the start
(everything imported, one table done), and how much longer a project takes in the largest file than in one of a
hundred: linear is 1.0. docxtpl is no part of the product: pip brings it into a folder that is thrown away; where it
cannot be had, its column says so.
"""

import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from functools import cache
from importlib import import_module
from itertools import cycle, islice
from typing import Any

SIZES = (1, 100, 1_000)
PACKAGE = "docxtpl==0.20.2"
WAYS = {"write": ("ours", "cell by cell", "docxtpl"), "read": ("ours", "cell by cell")}
AIMS = {"docxtpl": 12, "memory": 20}
"""Writing: how many times our time docxtpl takes for one table at least; MiB above the start at most for 1,000."""

Found = Mapping[str, float]


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = _bring(folder)
        for act, ways in WAYS.items():
            found = {
                (way, size): measured(act, way, size, folder)
                for way in ways
                for size in sizes
                if way != "docxtpl" or there
            }
            _show(act, sizes, found)
        if not there:
            print(f"\ndocxtpl: not there ({PACKAGE} could not be brought by pip)")


def measured(act: str, way: str, size: int, folder: str) -> Found:
    command = [sys.executable, "-m", "bench.papers", "--measure", act, way, str(size)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": folder}, capture_output=True, check=True)
    found: Found = json.loads(done.stdout)
    return found


def _bring(folder: str) -> bool:
    """What it needs besides, python-docx and Jinja, the product has."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, PACKAGE]
    return subprocess.run(command, capture_output=True).returncode == 0


def _show(act: str, sizes: list[int], found: Mapping[tuple[str, int], Found]) -> None:
    print(f"\n{act:<14}" + "".join(f"{f'{size:,} projects':>30}" for size in sizes) + f"{'growth':>10}")
    for way in WAYS[act]:
        if (way, sizes[0]) not in found:
            continue
        cells = [_cell(found[way, size], found["ours", size]) for size in sizes]
        print(f"{way:<14}" + "".join(f"{cell:>30}" for cell in cells) + f"{_growth(way, sizes, found):>10}")
    if act == "write" and ("docxtpl", sizes[0]) in found:
        ratio = found["docxtpl", sizes[0]]["seconds"] / found["ours", sizes[0]]["seconds"]
        print(f"aims: docxtpl at least {AIMS['docxtpl']} × ours for one (found {ratio:.0f} ×);", end=" ")
        print(f"{sizes[-1]:,} tables at most {AIMS['memory']} MiB (found {found['ours', sizes[-1]]['mib']:.0f} MiB)")


def _cell(one: Found, ours: Found) -> str:
    return f"{one['seconds'] * 1000:,.1f} ms {one['seconds'] / ours['seconds']:5.1f} × {one['mib']:5.0f} MiB"


def _growth(way: str, sizes: list[int], found: Mapping[tuple[str, int], Found]) -> str:
    if len(sizes) < 2:
        return "–"
    small, large = sizes[-2], sizes[-1]
    return f"{found[way, large]['seconds'] / found[way, small]['seconds'] / (large / small):.2f}"


# ---------------------------------------------------------------- in the process that is measured


def measure(act: str, way: str, size: int) -> Found:
    work = _WORK[act, way]
    data = _file(size) if act == "read" else b""
    work(1, _file(1) if act == "read" else b"")
    before = _peak()
    samples = []
    for _round in range(max(1, min(20, 200 // size))):
        began = time.process_time()
        work(size, data)
        samples.append(time.process_time() - began)
    return {"seconds": statistics.median(samples), "mib": _peak() - before}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _tables(size: int) -> Iterator[Any]:
    """The published tables over and over, each under a name of its own."""
    from demo.seeds import result_tables

    for number, seed in enumerate(islice(cycle(result_tables()), size)):
        yield replace(seed.table, project_name=f"{seed.table.project_name}{number}")


def _file(size: int) -> bytes:
    with tempfile.TemporaryFile() as out:
        _write_ours(size, b"", out)
        out.seek(0)
        return out.read()


def _write_ours(size: int, _data: bytes, out: Any = None) -> None:
    from perfflow.papers.result_paper import write_result_tables

    with tempfile.TemporaryFile() as file:
        write_result_tables(_tables(size), out or file)


def _write_cells(size: int, _data: bytes) -> None:
    import docx

    document = docx.Document()
    for one in _tables(size):
        document.add_heading("绩效评价结果信息表")
        table = document.add_table(rows=8, cols=2)
        for row, (label, text) in enumerate(zip(_labels(), asdict(one).values(), strict=True)):
            table.cell(row, 0).text, table.cell(row, 1).text = label, text
    with tempfile.TemporaryFile() as file:
        document.save(file)


def _write_docxtpl(size: int, _data: bytes) -> None:
    filled = import_module("docxtpl").DocxTemplate(io.BytesIO(_template()))
    filled.render({"tables": [asdict(one) for one in _tables(size)]}, autoescape=True)
    with tempfile.TemporaryFile() as file:
        filled.save(file)


@cache
def _template() -> bytes:
    """An office keeps its template: making it is not counted."""
    import docx

    template = docx.Document()
    template.add_paragraph("{%p for one in tables %}")
    template.add_heading("绩效评价结果信息表")
    table = template.add_table(rows=8, cols=2)
    for row, (label, key) in enumerate(zip(_labels(), asdict(next(_tables(1))), strict=True)):
        table.cell(row, 0).text, table.cell(row, 1).text = label, f"{{{{ one.{key} }}}}"
    template.add_paragraph("{%p endfor %}")
    kept = io.BytesIO()
    template.save(kept)
    return kept.getvalue()


def _read_ours(_size: int, data: bytes) -> None:
    from perfflow.papers.result_paper import read_result_tables

    read_result_tables(io.BytesIO(data))


def _read_cells(size: int, data: bytes) -> None:
    import docx

    tables = docx.Document(io.BytesIO(data)).tables
    assert len(tables) == size
    for table in tables:
        for row in range(len(table.rows)):
            for column in range(2):
                _ = table.cell(row, column).text


def _labels() -> list[str]:
    from perfflow.papers.result_table import RESULT_FORM

    return [field.label for field in RESULT_FORM.fields]


_WORK: dict[tuple[str, str], Callable[[int, bytes], None]] = {
    ("write", "ours"): _write_ours,
    ("write", "cell by cell"): _write_cells,
    ("write", "docxtpl"): _write_docxtpl,
    ("read", "ours"): _read_ours,
    ("read", "cell by cell"): _read_cells,
}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], sys.argv[3], int(sys.argv[4]))))
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
