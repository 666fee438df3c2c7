"""What the command line loads before it says anything: seconds that everybody would wait."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import House, environment

HEAVY = {
    *("web3", "eth_account", "eth_abi", "eth_keys", "eth_utils", "py_ecc", "coincurve", "Crypto"),
    *("fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "aiohttp", "reportlab", "pypdf", "cryptography"),
}
"""pydantic is not among them: typer itself checks arguments with it."""
HTTP = {"httpx", "asyncio"}
LOADED = """
import json, sys
sys.argv[1:] = json.loads(sys.argv[1])
try:
    from ebl_service.cli.main import app
    app(prog_name="ebl")
except SystemExit as end:
    code = end.code
print(json.dumps([code or 0, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


def loaded(*arguments: str | Path, **env: str) -> set[str]:
    """The packages that a command has loaded when it ends well."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, json.dumps([str(each) for each in arguments])],
        capture_output=True, text=True, env=environment(**env), check=False,
    )  # fmt: skip
    code, names = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return set(names)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("transfer", "-h"), ("completion", "bash")])
def test_help_loads_neither_chain_nor_database_nor_http(arguments: tuple[str, ...]) -> None:
    assert not loaded(*arguments) & (HEAVY | HTTP)


@pytest.mark.parametrize("command", ["show", "titles", "history"])
def test_a_read_loads_what_speaks_http_and_nothing_of_the_chain(house: House, tmp_path: Path, command: str) -> None:
    title = () if command == "titles" else (house.issue(),)
    made = tmp_path / "key"
    house.ebl("api-key", "make", "--name", "start", "--scope", "read", "--out", made)
    env = {"EBL_API": house.api_url, "EBL_API_KEY_FILE": str(made)}
    assert not loaded(command, *title, **env) & HEAVY
