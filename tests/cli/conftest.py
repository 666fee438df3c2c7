"""One chain and one `ebl serve` process for all tests of the command line; the cast joined by the commands themselves.

The chain is not the one other tests take back after each test: the service would see that as a reorganisation.
"""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ebl_service.chain.deployment import Deployment, deploy
from ebl_service.chain.rpc import Rpc
from ebl_service.domain.terms import digest
from tests.anvil import Anvil
from tests.cli.running import ANSWER_PERIOD, CAST, EBL, ROLES, ROOT, House, environment, eventually
from tests.local_chain import REGISTRAR_KEY


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings and sessions of whoever runs the tests do not reach them."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in [each for each in os.environ if each.startswith("EBL_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The service runs on a deployment with a short answer period, and the cast has joined."""
    with Anvil() as anvil:
        standing = House(anvil.rpc, anvil.url, tmp_path_factory.mktemp("house"))
        asyncio.run(deployed(standing)).save(standing.deployment_file)
        log = standing.folder / "service.log"
        env = environment(**standing.settings())
        with log.open("wb") as said:
            service = subprocess.Popen([*EBL, "serve"], stdout=said, stderr=said, cwd=ROOT, env=env)
        try:
            eventually(lambda: service.poll() is not None or standing.is_ready())
            assert service.poll() is None, log.read_text()
            for name in CAST:
                join(standing, name)
            eventually(lambda: len(standing.parties()) == len(CAST))
            for name in CAST:
                call(standing, name)
            yield standing
        finally:
            service.terminate()
            service.wait(20)


async def deployed(house: House) -> Deployment:
    """Both registries, the carrier's time to answer being short."""
    async with Rpc([house.rpc_url]) as rpc:
        registrar = house.keys["registrar"].address
        return await deploy(rpc, REGISTRAR_KEY, registrar, "house", answer_period=ANSWER_PERIOD)


def join(house: House, name: str) -> None:
    """Register a member of the cast by the commands that a person would use."""
    signed = house.folder / f"{name}.join"
    roles = [option for role in ROLES.get(name, ()) for option in ("--role", role)]
    identity = digest("0x" + name.encode().hex())
    joined = house.act(name, "party", "join", "--identity", identity, *roles, "--out", signed)
    assert joined.code == 0, joined.err
    registered = house.ebl("party", "register", signed, "--token-file", house.token_file, "--json")
    assert registered.code == 0, registered.err


def call(house: House, name: str) -> None:
    """Have documents find a member of the cast by a code."""
    told = house.ebl(
        *("party", "name", house.account(name), "--legal-name", name, "--code", f"ZZZ:{name}"),
        *("--token-file", house.token_file, "--json"),
    )
    assert told.code == 0, told.err
