"""Rules of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "roleferry_enrich"
MODULES = sorted(SOURCE.rglob("*.py"))
PURE_PLACES = ("domain", "normalise", "resolve", "providers", "pipeline/planning.py")
PURE = [path for path in MODULES if str(path.relative_to(SOURCE)).startswith(PURE_PLACES)]

NAMES_WITHOUT_MEANING = {
    *("util", "utils", "helper", "helpers", "common", "misc", "core", "base", "shared"),
    *("manager", "managers", "handler", "handlers", "processor", "processors"),
}
CLASS_ENDINGS = ("Manager", "Helper", "Handler", "Processor", "Util", "Utils")
IMPURE_MODULES = {
    *("time", "random", "secrets", "asyncio", "threading", "logging", "socket", "subprocess"),
    *("aiohttp", "httpx", "redis", "sqlalchemy", "fastapi", "starlette", "arq", "asyncpg"),
    *("opentelemetry", "structlog"),
}
CLOCK_READS = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid7"}


def label(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", PURE, ids=label)
def test_what_decides_touches_nothing_outside_itself(path: Path) -> None:
    module = tree(path)
    assert set(imported(module)) & IMPURE_MODULES == set()
    for node in ast.walk(module):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), f"line {node.lineno}"


@pytest.mark.parametrize("path", PURE, ids=label)
def test_what_decides_reads_no_clock_and_no_chance(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "attr", None) or getattr(called, "id", None)
            assert name not in CLOCK_READS, f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_a_module_is_named_for_what_it_is(path: Path) -> None:
    assert not NAMES_WITHOUT_MEANING & set(path.relative_to(SOURCE).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_a_class_is_named_for_what_it_is(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            assert not node.name.endswith(CLASS_ENDINGS), node.name


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_a_module_says_why_it_exists(path: Path) -> None:
    assert ast.get_docstring(tree(path)) or not path.read_text().strip()


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_a_module_and_its_functions_stay_readable(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300
    for function in functions(tree(path)):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= 50, function.name


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.name == "__init__.py"], ids=label
)
def test_a_package_hands_nothing_on(path: Path) -> None:
    assert list(imported(tree(path))) == []


# Times that are shown or stored; nothing waits, ends or opens by them.
READ_THE_WALL_CLOCK = {
    "resources.py",
    "provider_access.py",
    "services.py",
    "accounts/repository.py",
}
WALL_CLOCKS = {"datetime.now", "datetime.utcnow", "date.today", "time.time"}


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_h36_few_read_the_wall_clock(path: Path) -> None:
    may_read = label(path) in READ_THE_WALL_CLOCK or label(path).startswith("sandbox/")
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            assert may_read or ast.unparse(node) not in WALL_CLOCKS, f"line {node.lineno}"
