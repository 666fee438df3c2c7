"""The house's shape: who may import whom, which library belongs to which part, how long things may be."""

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ebl_service"
FLOORS = {
    "errors": 0,
    "domain": 1,
    "config": 1,
    "private_file": 1,
    "chain": 2,
    "store": 2,
    "wallet": 2,
    "vault": 2,
    "trust": 2,
    "outgoing": 2,
    "printing": 2,
    "services": 3,
    "bootstrap": 4,
    "node_check": 4,
    "api": 5,
    "web": 5,
    "cli": 5,
}
"""A part imports from floors below its own, and from itself; parts of one floor do not know each other."""

NOT_FROM = {
    "services": {"chain", "wallet", "config"},
    "api": {"chain", "store", "wallet", "vault", "config", "trust", "outgoing", "printing"},
    "cli": {"chain", "store", "services", "vault", "config", "trust", "outgoing", "printing"},
    "web": {"chain", "store", "wallet", "vault", "config", "trust", "outgoing", "printing"},
    "chain": {"config"},
    "store": {"config"},
    "wallet": {"config"},
    "trust": {"config"},
    "outgoing": {"config"},
    "printing": {"config"},
    "vault": {"config"},
}
"""Though below: services are handed a ledger, the front doors reach chain and store through services, and only
bootstrap reads settings."""

LIBRARIES = {
    "web3": {"chain"},
    "eth_abi": {"chain"},
    "eth_account": {"chain", "wallet"},
    "aiohttp": {"chain", "outgoing"},
    "cryptography": {"trust", "vault"},
    "joserfc": {"trust"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "aiosqlite": {"store"},
    "asyncpg": {"store"},
    "fastapi": {"api", "web"},
    "fastapi_offline": {"api"},
    "starlette": {"api", "web"},
    "typer": {"cli"},
    "rich": {"cli"},
    "httpx": {"cli"},
    "uvicorn": {"cli", "api"},
    "pydantic_settings": {"config"},
    "limits": {"services"},
    "pydantic": {"api", "config"},
    "pydantic_core": {"api", "chain"},
    "uharfbuzz": {"printing"},
    "bidi": {"printing"},
    "icu4py": {"printing"},
    "iso3166": {"domain", "printing"},
    "zxingcpp": {"printing"},
}
"""Outside libraries and the only parts that may import them."""

ALLOWED_IN_DOMAIN = {"eth_hash", "iso3166", "iso4217", "rfc8785", "stdnum"}
"""Canonical JSON and keccak; lists of codes and check digits, which a document's advice asks for."""
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "manager", "base", "misc", "shared", "lib"}
IO_MODULES = {
    "asyncio",
    "socket",
    "os",
    "pathlib",
    "time",
    "subprocess",
    "random",
    "secrets",
    "io",
    "sqlite3",
    "logging",
}


def sources() -> list[Path]:
    return sorted(
        path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts and not path.name.startswith(".")
    )


def all_python() -> list[Path]:
    return sources() + sorted([*(ROOT / "scripts").rglob("*.py"), *(ROOT / "tests").rglob("*.py")])


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return found


def own_parts(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("ebl_service.")} & FLOORS.keys()


def libraries(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_from_floors_below_its_own(path: Path) -> None:
    part = part_of(path)
    if part in {"__init__", "__main__"}:
        return
    assert part in FLOORS, f"{part} stands on no floor: say in this test and in docs where it belongs"
    for other in own_parts(path) - {part}:
        assert FLOORS[other] < FLOORS[part], f"{part} may not import {other}"
        assert other not in NOT_FROM.get(part, ()), f"{part} may not import {other}"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_outside_library_stays_in_its_part(path: Path) -> None:
    part = part_of(path)
    for library in libraries(path) & LIBRARIES.keys():
        assert part in LIBRARIES[library], f"{part} may not import {library}"


def test_the_domain_does_no_input_or_output() -> None:
    for path in sources():
        if part_of(path) in {"domain", "errors"}:
            assert not libraries(path) & IO_MODULES, path
            outside = {name for name in libraries(path) if name not in {"ebl_service", *ALLOWED_IN_DOMAIN}}
            assert outside <= set(__import__("sys").stdlib_module_names), (path, outside)


def test_no_module_has_a_name_that_says_nothing() -> None:
    for path in all_python():
        assert not {path.stem, *path.relative_to(ROOT).parts[:-1]} & FORBIDDEN_NAMES, path


def test_no_python_file_is_longer_than_300_lines_and_half_are_under_120() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in all_python()}
    too_long = {str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > 300}
    assert not too_long
    assert median([lines for path, lines in lengths.items() if path.is_relative_to(PACKAGE) and lines]) <= 120


def test_no_function_is_longer_than_40_lines() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for path in all_python()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 40
    ]
    assert not too_long


def test_every_module_says_what_it_holds() -> None:
    for path in sources():
        tree = ast.parse(path.read_text())
        assert not tree.body or ast.get_docstring(tree), path


def test_no_contract_is_longer_than_400_lines() -> None:
    for path in (ROOT / "contracts").rglob("*.sol"):
        assert len(path.read_text().splitlines()) <= 400, path


def test_nothing_swallows_exceptions_but_the_outermost_loops() -> None:
    """`except Exception` stands only where a loop logs and stops."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else ""
                assert caught not in {"", "BaseException"}, f"{path}:{node.lineno}"
                if caught == "Exception":
                    raised = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                    logged = "logger" in ast.unparse(node) or "log." in ast.unparse(node)
                    assert raised or logged, f"{path}:{node.lineno} swallows"
