"""The direction of imports, who may commit, the one door to time, and sizes: what ARCHITECTURE.md and STYLE.md promise."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "crm"

# Left to right: a package imports only what stands on an earlier line. Packages on one line do not know each other.
GROUND = {"attachments", "blobs", "clock", "dates", "errors", "extensions", "fields", "folding", "formatting", "frame", "mail", "marks", "planning", "queue", "rendering", "sealing", "settings", "speaking",
          "supervising", "throttling", "web"}
PAGES = {"contactpage", "myday", "demo"}  # composition that is large enough to be a package
ORDER = (
    GROUND,
    {"accounts"},
    {"api"},  # what the resources share; each resource lives with its subject
    {"touchpoints"},
    {"contacts"},
    {"consent"},
    {"timeline", "outbox", "search", "calendars"},
    {"merging", "importing", "notifications"},
    {"duplicates"},
    {"inbox", "tasks", "feedback", "segments", "files", "contactforms"},  # features, which never import one another
)
LEVEL = {name: number for number, names in enumerate(ORDER) for name in names}
COMPOSITION = len(ORDER)  # everything else: it may import all, and nobody to its left may import it

# Each crossing with its reason. An entry that is no longer needed fails too.
CROSSINGS = {
    ("crm.queue", "crm.schedule"): "the worker looks a job's name up in the schedule when it runs it, not before",
}
COMMITTING = {"views", "api", "cli", "jobs"}


def modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(tree: ast.AST, names: set[str]) -> Iterator[tuple[int, str]]:
    """Every module of ours that `tree` imports, at the top or inside a function, but not for type checking."""
    for node in reached(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield node.lineno, whole if whole in names or node.module == "crm" else node.module


def reached(node: ast.AST) -> Iterator[ast.AST]:
    """Like ast.walk, without what is only there for type checkers."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield from reached(child)


def subject(module: str) -> str:
    """'inbox' of 'crm.inbox.intake', 'web' of 'crm.web'; 'crm' itself is where all comes together."""
    return [*module.split("."), ""][1]


def level(module: str) -> int:
    return LEVEL.get(subject(module), COMPOSITION)


def crossings(root: Path = ROOT) -> dict[tuple[str, str], str]:
    """Imports that point right or sideways: (importer, imported) → where."""
    trees = dict(modules(root))
    found = {}
    for module, tree in trees.items():
        for line, imported in imports(tree, set(trees)):
            if imported.split(".")[0] == "crm" and imported != "crm" and points_wrong(module, imported):
                found[module, imported] = f"{module}:{line} imports {imported}"
    return found


def points_wrong(module: str, imported: str) -> bool:
    here, there = level(module), level(imported)
    if here == COMPOSITION or here == there == 0:
        return False
    return there > here or (there == here and subject(module) != subject(imported))


def test_imports_point_left_only():
    assert [where for crossing, where in crossings().items() if crossing not in CROSSINGS] == []


def test_every_excused_crossing_still_exists():
    assert set(CROSSINGS) <= set(crossings())


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("tasks/models.py", "from crm.inbox.models import Conversation"),
        ("accounts/models.py", "from crm.contacts import models"),
        ("timeline/recording.py", "def f():\n    import crm.search.finding"),
        ("web.py", "from crm.accounts.models import User"),
        ("contacts/views.py", "from crm import reactions"),
    ],
)
def test_a_planted_violation_is_seen(tmp_path, file, line):
    planted = tmp_path / "crm" / file
    planted.parent.mkdir(parents=True)
    planted.write_text(line)
    assert len(crossings(tmp_path / "crm")) == 1


def calls(name: str) -> Iterator[tuple[str, int]]:
    for module, tree in modules(ROOT):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == name:
                yield module, node.lineno


def may_commit(module: str) -> bool:
    last = module.split(".")[-1]
    return level(module) == COMPOSITION or last.split("_")[0] in COMMITTING or module in COMMITTERS or holds_views(module)


@cache
def holds_views(module: str) -> bool:
    """Large features have views in several files (feedback/answer_page.py): they put routes on the blueprint."""
    tree = dict(modules(ROOT))[module]
    decorators = [ast.unparse(mark) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for mark in node.decorator_list]
    return any(mark.startswith("blueprint.") for mark in decorators)


# What runs by itself, outside a request, and is its own last step.
COMMITTERS = {
    "crm.frame": "commit() is the last step of a view",
    "crm.inbox.intake": "the loop that takes mail in: a batch a transaction",
    "crm.inbox.heartbeats": "a beat of a loop, seen at once by the pages",
    "crm.inbox.fetching.reading": "a batch of fetched mail and its cursor, a transaction each",
    "crm.inbox.fetching.comparing": "asks the server for long; what it found is written down at once",
    "crm.inbox.fetching.oauth": "a renewed token is kept at once, and nothing stays open while the provider is asked",
    "crm.inbox.fetching.fetchers": "the loop that fetches: its lease and its hearts",
    "crm.inbox.lifecycle": "wake_due is a job",
    "crm.inbox.clocks.telling": "tell_due is a job",
    "crm.outbox.delivering": "claims a delivery, then sends it, then marks it: three moments that must each be durable",
    "crm.api.resource": "the endpoint every resource shares",
}


def test_only_views_resources_commands_and_jobs_commit():
    assert [f"{module}:{line}" for module, line in calls("db.session.commit") if not may_commit(module)] == []


CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now", "datetime.date.today")


def test_the_clock_is_the_only_door_to_time():
    assert [f"{module}:{line}" for name in CLOCKS for module, line in calls(name) if module != "crm.clock"] == []


def test_only_web_reads_and_writes_the_headers_of_htmx():
    found = [
        f"{module}:{node.lineno}"
        for module, tree in modules(ROOT)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("HX-")
        if module not in ("crm.web", "crm.errors")
    ]
    assert found == []


FORBIDDEN = ("utils", "helpers", "services", "manager", "managers", "common", "misc")


def test_files_are_named_for_what_is_in_them():
    assert [module for module, _ in modules(ROOT) if module.split(".")[-1] in FORBIDDEN] == []


# — size: a sign to look at; the maxima hold ——————————————————————————————————————————————————————————


def functions() -> Iterator[tuple[str, int]]:
    for module, tree in modules(ROOT):
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield f"{module}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def ninetieth(sizes: list[int]) -> int:
    return sorted(sizes)[int(len(sizes) * 0.9)]


def test_no_function_is_longer_than_forty_lines():
    assert [(name, size) for name, size in functions() if size > 40] == []


def test_nine_functions_of_ten_are_short():
    assert ninetieth([size for _, size in functions()]) <= 18


def test_no_file_is_longer_than_three_hundred_lines():
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in ROOT.rglob("*.py")}
    assert {name: size for name, size in sizes.items() if size > 300} == {}


def test_the_description_names_every_package_and_module():
    described = set(re.findall(r"`([a-z_]+)(?:\.py|/)`", (ROOT.parent / "ARCHITECTURE.md").read_text()))
    there = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    layers = {"models", "queries", "forms", "views", "api", "mails", "jobs", "cli", "putting_back"}
    assert (there - described - {"__init__", "__main__"}, described - there - layers) == (set(), set())


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text())
    needed = {re.split(r"[\[<>=~ ]", name)[0].lower() for name in project["project"]["dependencies"]}
    reasons = (ROOT.parent / "ARCHITECTURE.md").read_text().lower().replace("psycopg 3", "psycopg")
    assert {name for name in needed if not re.search(rf"\b{re.escape(name)}\b", reasons)} == set()
