"""One house for all tests of the command line, and a way to run `ebl` against it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ebl_service.cli.main import app
from tests.house import House, environment
from tests.local_chain import LocalChain, Person

Ebl = Callable[..., Result]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("cli")) as standing:
        yield standing


@pytest.fixture(scope="session")
def cast(house: House) -> LocalChain:
    return house.chain


@pytest.fixture
def ebl(house: House, tmp_path: Path) -> Ebl:
    """Runs `ebl`; `by` names whose key signs; `given` is typed in."""

    def run(*arguments: str, by: Person | None = None, given: str | None = None) -> Result:
        settings = {"EBL_API": house.url, "EBL_REGISTRAR_TOKEN_FILE": str(house.folder / "token")}
        if by is not None:
            settings["EBL_KEY_FILE"] = str(secret_file(tmp_path, f"{by.name}.key", by.key.secret.hex()))
        with environment(settings):
            return CliRunner().invoke(app, arguments, input=given)

    return run


def secret_file(folder: Path, name: str, text: str) -> Path:
    """A file that only its owner reads."""
    path = folder / name
    path.write_text(text)
    path.chmod(0o600)
    return path


def told(result: Result) -> Any:
    """The JSON that a command printed."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
