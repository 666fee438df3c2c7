"""Deploying finds what is there; the deployment file is whole or refused."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from eth_account import Account

from ebl_service.chain.deployment import Deployment, check_deployment, deploy
from ebl_service.chain.registrar import ChainRegistrar
from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.domain.signed_act import Join
from ebl_service.domain.terms import Address, Digest, Role
from ebl_service.errors import InvalidRequest, LedgerDisagrees, NotFound
from ebl_service.errors.refusals import AlreadyRegistered, OwnableUnauthorizedAccount
from tests.anvil import Anvil
from tests.local_chain import REGISTRAR_KEY, LocalChain

FRESH = Address("0x" + "77" * 20)


@pytest.fixture(scope="module")
def deployed_chain() -> Iterator[LocalChain]:
    """A chain of these tests' own that keeps its past states: when code came to be is found by them."""
    with Anvil("--keep-history") as anvil:
        yield LocalChain(anvil)


async def test_deploying_twice_finds_the_first(chain, rpc):
    first = await deploy(rpc, REGISTRAR_KEY, FRESH, "one")
    chain.rpc("evm_mine")
    again = await deploy(rpc, REGISTRAR_KEY, FRESH, "one")
    assert again == first
    await check_deployment(rpc, first)


async def test_a_node_that_has_forgotten_the_past_gives_too_early_a_block_never_too_late_a_one(chain, rpc):
    first = await deploy(rpc, REGISTRAR_KEY, FRESH, "one")
    async with Rpc([chain.url]) as forgetful:
        answer = forgetful.call

        async def call(method, *params):
            if method == "eth_getCode" and params[1] != "latest":
                raise RpcError(method, -32602, "BlockOutOfRangeError", None)
            return await answer(method, *params)

        forgetful.call = call
        again = await deploy(forgetful, REGISTRAR_KEY, FRESH, "one")
    assert again.party_registry.block <= first.party_registry.block
    assert again.title_registry.address == first.title_registry.address


async def test_other_arguments_make_another_registry(chain, rpc):
    first = await deploy(rpc, REGISTRAR_KEY, FRESH, "one")
    other = await deploy(rpc, REGISTRAR_KEY, FRESH, "two", reject_period=60)
    assert other.party_registry == first.party_registry
    assert other.title_registry.address != first.title_registry.address


async def test_a_chain_without_the_factory_is_refused_with_a_hint(chain, rpc):
    factory = "0x4e59b44847b379578588920ca78fbf26c0b4956c"
    code = chain.rpc("eth_getCode", factory, "latest")
    chain.rpc("anvil_setCode", factory, "0x")
    try:
        with pytest.raises(InvalidRequest, match="deterministic deployment proxy") as refused:
            await deploy(rpc, REGISTRAR_KEY, FRESH, "one")
        assert "presigned" in refused.value.hint()
    finally:
        chain.rpc("anvil_setCode", factory, code)


async def test_other_code_at_the_address_stops_everything(chain, rpc):
    made = await deploy(rpc, REGISTRAR_KEY, FRESH, "one")
    chain.rpc("anvil_setCode", made.title_registry.address, "0x6001")
    with pytest.raises(LedgerDisagrees, match="not TitleRegistry"):
        await deploy(rpc, REGISTRAR_KEY, FRESH, "one")
    with pytest.raises(LedgerDisagrees, match="not what was deployed"):
        await check_deployment(rpc, made)


def test_a_deployment_file_is_read_back_as_written(tmp_path, deployment):
    file = tmp_path / "deep" / "local.json"
    deployment.save(file)
    assert Deployment.load(file) == deployment
    assert deployment.identity.deployment_block == deployment.party_registry.block


def test_a_missing_file_says_to_deploy_first(tmp_path):
    with pytest.raises(NotFound) as missing:
        Deployment.load(tmp_path / "none.json")
    assert "deploy" in missing.value.hint()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"party_registry": 5}'])
def test_what_is_no_deployment_file_is_refused(tmp_path, text):
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(InvalidRequest, match=r"bad\.json"):
        Deployment.load(file)


async def test_the_registrar_gets_the_contracts_refusal(chain, registrar, rpc, deployment):
    again = chain.signed_join(chain.bank)
    with pytest.raises(AlreadyRegistered):
        await registrar.register(again)
    impostor = ChainRegistrar(rpc, deployment, Account.from_key(chain.stranger.key.secret))
    with pytest.raises(OwnableUnauthorizedAccount):
        await impostor.suspend(chain.bank.address)


async def test_the_registrar_registers_who_signed(chain, registrar):
    newcomer = chain.stranger
    join = chain.signed_join(newcomer, Role.TERMINAL)
    assert isinstance(join, Join)
    assert await registrar.register(join)
    assert registrar.address == chain.registrar.address
    party = chain.parties_contract.functions.party(chain.web3.to_checksum_address(newcomer.address)).call()
    assert party[1] == Role.TERMINAL


async def test_no_node_means_no_deployment(deployment):
    async with Rpc(["http://127.0.0.1:9"], timeout=0.5) as nobody:
        with pytest.raises(Exception, match="no node answers"):
            await check_deployment(nobody, replace(deployment, genesis_hash=Digest("0x" + "00" * 32)))
