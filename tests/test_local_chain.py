"""The local chain that the tests stand on is what the files say, and starts fresh for each test."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ebl_service.chain.artifacts import artifact
from ebl_service.chain.deployment import Deployment, check_deployment
from ebl_service.chain.rpc import Rpc
from tests.anvil import ROOT, Anvil
from tests.local_chain import CAST, LocalChain


def test_the_chain_is_as_the_file_describes_it(chain: LocalChain) -> None:
    described = tomllib.loads((ROOT / "hardhat-free-anvil.toml").read_text())["anvil"]
    node = chain.rpc("anvil_nodeInfo")
    assert node["hardFork"].lower() == described["hardfork"]
    assert int(chain.rpc("eth_chainId"), 16) == described["chain_id"]
    assert int(chain.rpc("eth_getBlockByNumber", "latest", False)["gasLimit"], 16) == described["gas_limit"]
    assert len(chain.rpc("eth_accounts")) >= described["accounts"]


def test_the_cast_is_registered_and_the_outsiders_are_not(chain: LocalChain) -> None:
    for name, somebody in chain.people.items():
        number, roles, *_ = chain.parties_contract.functions.party(
            chain.web3.to_checksum_address(somebody.address)
        ).call()
        assert (number > 0) == (name in CAST)
        assert roles == CAST.get(name, 0)


def test_what_a_test_does_is_taken_back_first(chain: LocalChain) -> None:
    chain.join("newcomer")
    assert chain.newcomer.name == "newcomer"


def test_what_a_test_does_is_taken_back_second(chain: LocalChain) -> None:
    assert "newcomer" not in chain.people
    assert chain.parties_contract.functions.partyCount().call() == len(CAST)


@pytest.mark.parametrize("turn", range(100))
def test_what_was_before_a_tests_acts_is_known_however_many_tests_were_before_it(chain: LocalChain, turn: int) -> None:
    before = int(chain.rpc("eth_blockNumber"), 16)
    chain.rpc("anvil_mine", "0x3")
    states = [chain.rpc("eth_getStorageAt", chain.title_registry, "0x0", hex(before + n)) for n in range(3)]
    assert states == states[:1] * 3


async def test_the_deployment_is_the_one_on_the_chain(chain: LocalChain, deployment: Deployment) -> None:
    async with Rpc([chain.url]) as rpc:
        await check_deployment(rpc, deployment)
    assert artifact("TitleRegistry").runs_as(
        bytes.fromhex(chain.rpc("eth_getCode", chain.title_registry, "latest")[2:])
    )


def test_a_chain_that_keeps_its_history_can_be_reorganised() -> None:
    with Anvil("--keep-history") as other:
        other.rpc("anvil_mine", "0x5")
        before = other.rpc("eth_getBlockByNumber", "latest", False)["hash"]
        other.rpc("anvil_reorg", 2, [])
        assert other.rpc("eth_getBlockByNumber", "latest", False)["hash"] != before


def test_scripts_anvil_explains_itself() -> None:
    told = subprocess.run(
        [sys.executable, ROOT / "scripts" / "anvil", "--help"], capture_output=True, text=True, check=True
    )
    assert "--keep-history" in told.stdout


def test_scripts_anvil_says_what_to_install_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/anvil", "hardhat-free-anvil.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    command = [sys.executable, tmp_path / "scripts" / "anvil"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)})
    assert told.returncode == 1
    assert "is not installed" in told.stderr
    assert "npm install" in told.stderr


def test_scripts_anvil_says_that_its_port_is_taken_and_how_to_take_another(anvil: Anvil) -> None:
    port = anvil.url.rpartition(":")[2]
    command = [sys.executable, ROOT / "scripts" / "anvil", "--port", port]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode == 1
    assert f"another program listens on port {port}" in told.stderr
    assert "--port PORT" in told.stderr
