"""What is written about the project is so: commands, paths and links exist, openapi.json is the API as it is."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ebl_service.api.app import create
from ebl_service.cli.main import app as command_line
from ebl_service.config import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = ["README.md", "CONTRIBUTING.md", *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "docs").rglob("*.md")))]


@cache
def commands() -> set[str]:
    """Every command of the command line, with its group before it."""
    group = typer.main.get_command(command_line)
    found = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        found |= {f"{name} {each}" for each in below} if below else {name}
    return found


@cache
def api() -> dict[str, Any]:
    """The API as it describes itself."""
    return create().openapi()


def code(text: str) -> str:
    """What stands in a document's code blocks and code spans."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))])


def test_openapi_json_is_the_apis_description() -> None:
    assert json.loads((ROOT / "openapi.json").read_text()) == api(), "run scripts/openapi"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_scripts_that_a_document_names_are_there(document: str) -> None:
    for name in set(re.findall(r"(?:\./)?(scripts/[a-z_]+|\.ci/run)\b", code((ROOT / document).read_text()))):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_a_document_names_are_there(document: str) -> None:
    folders = "contracts|docs|ebl_service|samples|tests"
    for name in re.findall(rf"(?<![\w./])((?:{folders})/[\w./-]*)", code((ROOT / document).read_text())):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_that_a_document_names_exist(document: str) -> None:
    known = commands()
    for said in re.findall(r"^\$?\s*ebl ([a-z][a-z -]*)", code((ROOT / document).read_text()), re.MULTILINE):
        words = said.split()
        assert words[0] in known or " ".join(words[:2]) in known, f"ebl {said}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_that_a_document_names_are_the_apis(document: str) -> None:
    paths = [re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$") for path in api()["paths"]]
    for said in set(re.findall(r"(/v1/[a-z-]+(?:/[^\s'\"?`)|,]+)?)", code((ROOT / document).read_text()))):
        assert any(path.match(re.sub(r"…|\$\{?\w+\}?|\{[^}]+\}", "x", said)) for path in paths), said


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / document).read_text()):
        assert ((ROOT / document).parent / target).exists(), target


def test_every_setting_stands_in_the_operators_guide() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text()
    for name in Settings.model_fields:
        assert f"`EBL_{name.upper()}`" in guide, name


def test_help_is_there_for_every_command() -> None:
    for command in sorted(commands()):
        told = CliRunner().invoke(command_line, [*command.split(), "--help"])
        assert told.exit_code == 0
        assert "Usage: " in told.stdout


@pytest.mark.parametrize("contract", sorted((ROOT / "contracts").glob("*.sol")), ids=lambda path: path.name)
def test_tests_and_proofs_that_a_contracts_header_names_are_there(contract: Path) -> None:
    header = " ".join(re.findall(r"^/// (.*)$", contract.read_text(), re.MULTILINE))
    where = Path()
    for word in re.findall(r"[\w/]+\.(?:t\.sol|py)\b|\b(?:test|invariant|check)_\w+\b(?!\.)", header):
        if word.endswith((".sol", ".py")):
            where = ROOT / ("tests/contract" if word.endswith(".py") else "contracts/test") / word
            assert where.exists(), where
        else:
            begins = "def" if where.suffix == ".py" else "function"
            assert f"{begins} {word}(" in where.read_text(), f"{where.name}/{word}"
