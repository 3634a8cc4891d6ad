"""Who may import whom, and what may be done in one place only; read from the source with ast."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "perfflow"

READS = frozenset({"stages.queries", "pages.queries"})
WRITES = frozenset({"stages.commands", "pages.commands"})
CORE = frozenset({"core", "models", "db", "process", "workflow"})
ALL = frozenset({
    "workflow", "rules", "papers", "process", "config", "db", "models", "core", "web", "perfflow", "migrations",
    "stages.forms", "stages.queries", "stages.commands", "stages.routes", "stages.paper", "pages.forms",
    "pages.queries", "pages.commands", "pages.routes", "pages.paper", "cli", "serving", "story",
})  # fmt: skip

MAY_IMPORT: dict[str, frozenset[str]] = {
    "workflow": frozenset(),
    "rules": frozenset(),
    "papers": frozenset(),
    "config": frozenset(),
    "process": frozenset({"workflow"}),
    "db": frozenset(),
    "models": frozenset({"db", "process"}),
    "core": frozenset({"models", "db", "process", "workflow", "rules"}),
    "stages.paper": frozenset({"papers"}),
    "stages.queries": CORE | {"papers", "rules"},
    "stages.commands": CORE | {"papers", "rules", "stages.queries"},
    "stages.forms": frozenset({"web", "process"}),
    "stages.routes": frozenset({
        "web", "core", "db", "process", "rules", "papers", "workflow",
        "stages.forms", "stages.queries", "stages.commands", "stages.paper",
    }),
    # what cuts across stages reads them, and gives rows that are ready to be shown
    "pages.paper": frozenset({"papers"}),
    "pages.queries": CORE | {"papers", "rules", "web", "pages.queries", "pages.paper"} | READS | WRITES,
    "pages.commands": CORE | {"papers", "rules", "pages.queries", "pages.paper"},
    "pages.forms": frozenset({"web", "process", "core", "rules"}),
    "pages.routes": frozenset({
        "web", "core", "db", "process", "rules", "papers", "workflow",
        "pages.forms", "pages.queries", "pages.commands", "pages.paper",
    }),
    "web": frozenset({"core", "db", "config", "process", "workflow"}),
    "migrations": frozenset({"db", "models", "core"}),
    "cli": CORE | {"config", "papers", "pages.paper", "story"} | READS | WRITES,
    "serving": CORE | {"config", "papers", "perfflow", "story"},
    "catalogue": frozenset({"config", "process"}),
    "perfflow": ALL,
}  # fmt: skip
"""Part → the parts it may import besides itself."""

BEYOND_THE_MAP = {
    # checking a file's content needs the zip and XML checks, which know no Flask and no database
    ("perfflow.core.files", "perfflow.papers.package"),
    # the field "1,374.74万元" on a page is the very kind of the paper
    ("perfflow.web.forms", "perfflow.papers.kinds"),
    # a block pasted into a form is read like a table of a paper
    ("perfflow.web.rows", "perfflow.papers.cells"),
    # a stored letter text is checked by the names its paper knows
    ("perfflow.core.letters", "perfflow.papers.letter_texts"),
    # "91.5" is written alike on page and paper
    ("perfflow.web.filters", "perfflow.rules.score"),
    # the form that confirms a paper has a field for each value that was read
    ("perfflow.pages.imports.forms", "perfflow.pages.imports.paper"),
    # what may be ticked on the form is one list: the rule checks it, the paper prints it
    ("perfflow.papers.declaration", "perfflow.rules.declaration"),
}
"""Single edges that the map of the parts does not have, each with its reason."""

FILLED_BY_A_PAPER = {
    *(f"perfflow.stages.{stage}.commands" for stage in
      ("declaration", "evaluation", "findings", "suggestions", "rectification")),
    *(f"perfflow.stages.{stage}.queries" for stage in ("declaration", "evaluation", "findings", "suggestions")),
}  # fmt: skip
"""One paper fills several stages: it is taken in by the very commands that typing uses."""

SHOWN_AND_FILED = {"perfflow.pages.results.queries", "perfflow.pages.results.papers"}
"""The whole file of a project holds the very result table its page shows."""

PAGES_READ_OF_WEB = {
    "acts", "attachments", "beside", "events", "filter", "filters",
    "origins", "paging", "places", "rendering", "translate", "words",
}  # fmt: skip
"""What queries of pages may use of the web layer: words and addresses, never forms or the guard."""

THIRD_PARTY: dict[str, frozenset[str]] = {
    "workflow": frozenset(),
    "rules": frozenset({"rapidfuzz"}),
    "papers": frozenset({"docx", "lxml", "xlsxwriter", "python_calamine", "nh3"}),
    "process": frozenset(),
    "config": frozenset(),
    "db": frozenset({"alembic", "flask", "flask_sqlalchemy", "pysqlite3", "sqlalchemy"}),
    "models": frozenset({"sqlalchemy"}),
    "core": frozenset({"argon2", "sqlalchemy"}),
    "stages.paper": frozenset(),
    "stages.queries": frozenset({"sqlalchemy"}),
    "stages.commands": frozenset({"sqlalchemy"}),
    "pages.commands": frozenset({"sqlalchemy"}),
}
"""Part → the packages of others it may import; parts not named are free."""

STATE_CONSTRUCTORS = {
    ("perfflow.stages.declaration.commands", "_new_project"),
    ("perfflow.stages.suggestions.commands", "_new_item"),
}
"""Where a row with a state is born."""


# ---------------------------------------------------------------- the walk


def test_every_import_goes_down() -> None:
    upward = [
        f"{module} imports {imported}"
        for module, imported in our_edges()
        if (module, imported) not in BEYOND_THE_MAP and not may_import(module, imported)
        and not (module == "perfflow.pages.imports.commands" and imported in FILLED_BY_A_PAPER)
    ]

    assert upward == []


def test_every_edge_beyond_the_map_is_still_there_and_still_beyond_it() -> None:
    assert set(our_edges()) >= BEYOND_THE_MAP
    assert not any(may_import(*edge) for edge in BEYOND_THE_MAP)


def test_there_are_no_cycles() -> None:
    targets: dict[str, set[str]] = {}
    for module, imported in our_edges():
        targets.setdefault(module, set()).add(imported)
    leaves_first = set(modules())
    while free := {m for m in leaves_first if not targets.get(m, set()) & leaves_first}:
        leaves_first -= free

    assert leaves_first == set()


def test_a_stage_never_imports_another_stage_nor_a_page_another_page() -> None:
    across = [
        f"{module} imports {imported}"
        for module, imported in our_edges()
        if (one := feature(module)) and (other := feature(imported)) and one != other
        and not (part(module) in ("pages.queries",) and imported.startswith("perfflow.stages."))
        and not (one == "pages.exports" and imported in SHOWN_AND_FILED)
        and not (module == "perfflow.pages.imports.commands" and imported in FILLED_BY_A_PAPER)
    ]  # fmt: skip

    assert across == []


def test_pages_use_only_the_words_of_the_web_layer_in_their_queries() -> None:
    more = [
        f"{module} imports {imported}"
        for module, imported in our_edges()
        if part(module) == "pages.queries" and part(imported) == "web"
        and imported.removeprefix("perfflow.web.") not in PAGES_READ_OF_WEB
    ]  # fmt: skip

    assert more == []


@pytest.mark.parametrize("name", sorted(THIRD_PARTY))
def test_only_the_packages_a_part_needs(name: str) -> None:
    foreign = [
        f"{module} imports {imported}"
        for module, imported in edges()
        if part(module) == name and not is_ours(imported) and top(imported) not in sys.stdlib_module_names
        and top(imported) not in THIRD_PARTY[name]
    ]  # fmt: skip

    assert foreign == []


def test_the_walk_sees_an_upward_import() -> None:
    assert not may_import("perfflow.core.access", "perfflow.web.guard")
    assert not may_import("perfflow.stages.findings.routes", "perfflow.models.finding")
    assert not may_import("perfflow.workflow.engine", "perfflow.process")


# ---------------------------------------------------------------- one place only


def test_nobody_but_the_engine_of_acts_assigns_a_state() -> None:
    assert [place for place in state_writers() if not place.startswith("perfflow.core.advance")] == []


def test_a_state_is_born_with_its_row_in_two_places() -> None:
    born = {
        (module, function.name)
        for module, tree in trees()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("Project", "RectItem")
        and any(keyword.arg == "state" for keyword in call.keywords)
    }  # fmt: skip

    assert born == STATE_CONSTRUCTORS


def test_nothing_is_committed_outside_the_unit_of_work() -> None:
    # migrations and the copying of a whole database file have connections of their own
    own = {"perfflow.db", "perfflow.migrations.env", "perfflow.core.backup"}
    found = [
        f"{module}:{node.lineno}"
        for module, tree in trees()
        if module not in own
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]  # fmt: skip

    assert found == []
    assert (PACKAGE / "db.py").read_text().count(".commit()") == 1


def test_whoever_is_logged_in_is_named_in_the_web_layer_alone() -> None:
    found = [
        f"{module}:{node.lineno}"
        for module, tree in trees()
        if part(module) != "web"
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "current_user")
        or (isinstance(node, ast.alias) and node.name == "current_user")
    ]

    assert found == []


def test_no_file_is_called_after_nothing() -> None:
    nothing = re.compile(r"(.*_)?(utils?|helpers?|common|managers?|misc)", re.ASCII)
    names = [path.relative_to(ROOT) for path in our_files() if nothing.fullmatch(path.stem)]

    assert names == []


def test_no_file_reads_what_lies_outside_the_project() -> None:
    outside = re.compile(r"\.\./" + "shared|/work" + "/(shared|main)")
    found = [
        path.relative_to(ROOT)
        for path in our_files()
        if path.suffix in {".py", ".html", ".js", ".css", ".toml", ".sh", ".cfg", ""}
        and outside.search(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


def test_templates_decide_nothing_the_browser_may_run() -> None:
    forbidden = re.compile(
        r"\|\s*safe\b|<script(?![^>]*\ssrc=)|\sstyle\s*=|<style|\son[a-z]+=[^=]|javascript:|hx-on|hx-boost|\bjs:"
    )
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if (hit := forbidden.search(path.read_text(encoding="utf-8")))
    ]

    assert found == []


# ---------------------------------------------------------------- reading the source


@lru_cache(maxsize=1)
def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[dotted.removesuffix(".__init__")] = path
    return found


@lru_cache(maxsize=1)
def trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple((name, ast.parse(path.read_text(encoding="utf-8"))) for name, path in modules().items())


@lru_cache(maxsize=1)
def edges() -> tuple[tuple[str, str], ...]:
    """Every import anywhere in a module, those inside functions too."""
    return tuple(
        (module, imported) for module, tree in trees() for node in ast.walk(tree) for imported in _imported(node)
    )


def our_edges() -> Iterator[tuple[str, str]]:
    yield from ((module, imported) for module, imported in edges() if is_ours(imported) and module != imported)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are written in full"
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in modules() else str(node.module)


def part(module: str) -> str:
    """The part of the map a module belongs to."""
    words = module.split(".")
    if words[0] == "demo":
        return "story"
    if len(words) == 1:
        return "perfflow"
    if words[1] not in ("stages", "pages"):
        return words[1]
    last = words[3] if len(words) > 3 else "routes" if len(words) == 3 and words[2] == "health" else ""
    if last == "cli":
        return "cli"
    if last in ("forms", "queries", "commands", "routes", "paper"):
        return f"{words[1]}.{last}"
    # a page of several views has a file of reads for each
    return f"{words[1]}.queries"


def feature(module: str) -> str | None:
    words = module.split(".")
    return ".".join(words[1:3]) if len(words) > 2 and words[1] in ("stages", "pages") else None


def may_import(module: str, imported: str) -> bool:
    one, other = part(module), part(imported)
    return one == other or other in MAY_IMPORT[one]


def is_ours(module: str) -> bool:
    return top(module) in ("perfflow", "demo")


def top(module: str) -> str:
    return module.split(".", 1)[0]


def state_writers() -> Iterator[str]:
    """Assignments to an attribute `state`, by whatever way."""
    for module, tree in trees():
        for node in ast.walk(tree):
            if _writes_state(node):
                yield f"{module}:{getattr(node, 'lineno', 0)}"


def _writes_state(node: ast.AST) -> bool:
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        flat = [one for t in targets for one in (t.elts if isinstance(t, ast.Tuple) else [t])]
        return any(isinstance(one, ast.Attribute) and one.attr == "state" for one in flat)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "setattr":
            return any(isinstance(one, ast.Constant) and one.value == "state" for one in node.args)
        return name in ("values", "update") and any(keyword.arg == "state" for keyword in node.keywords)
    return False


@lru_cache(maxsize=1)
def our_files() -> tuple[Path, ...]:
    """Everything that is, or would be, in git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):  # an archive without its history
        listed = [str(path.relative_to(ROOT)) for path in PACKAGE.rglob("*.py")]
    skipped = ("static/vendor/", "demo/seeds/", "docs/")
    return tuple(ROOT / name for name in listed if not name.startswith(skipped) and (ROOT / name).is_file())
