"""Deploying finds what is there; the deployment file is whole or refused."""

import json
from collections.abc import Iterator
from dataclasses import replace

import jsonschema
import pytest
from eth_account import Account

from ebl_service import bootstrap
from ebl_service.chain.deployment import Deployment, check_deployment, deploy
from ebl_service.chain.deployment_shape import SCHEMA
from ebl_service.chain.registrar import ChainRegistrar
from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.domain.signed_act import Join
from ebl_service.domain.terms import Address, Digest, Role
from ebl_service.errors import InvalidRequest, LedgerDisagrees, NotFound
from ebl_service.errors.refusals import AlreadyRegistered, OwnableUnauthorizedAccount
from tests.anvil import ROOT, Anvil
from tests.local_chain import REGISTRAR_KEY, LocalChain

DEPLOYMENTS = ROOT / "deployments"
EXAMPLE = DEPLOYMENTS / "example.json"
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
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


BAD_PARTS = [
    ("name", "../elsewhere", "name must match"),
    ("name", "good\n", "name must match"),
    ("chain_id", True, "chain_id must be a whole number"),
    ("chain_id", 0, "chain_id must be a whole number"),
    ("genesis_hash", "0x12", "genesis_hash must match"),
    ("registrar", None, "registrar must match"),
    ("party_registry", [], "party_registry must be an object"),
    ("title_registry", {"address": "0x" + "11" * 20}, "title_registry lacks block, transaction, code_hash"),
    ("answer_period", -1, "answer_period must be a whole number"),
    ("surprise", 1, "unknown fields: surprise"),
]


@pytest.mark.parametrize(("field", "value", "told"), BAD_PARTS)
def test_a_field_of_another_shape_is_refused_by_name_as_the_schema_refuses_it(tmp_path, field, value, told):
    content = json.loads(EXAMPLE.read_text()) | {field: value}
    (tmp_path / "bad.json").write_text(json.dumps(content))
    with pytest.raises(InvalidRequest, match=told):
        Deployment.load(tmp_path / "bad.json")
    if field != "name" or not value.endswith("\n"):  # Python's `$` in a pattern takes a line end, ECMA's does not
        assert not VALIDATOR.is_valid(content)


@pytest.mark.parametrize("field", SCHEMA["required"])
def test_a_field_that_is_missing_is_named(tmp_path, field):
    content = json.loads(EXAMPLE.read_text())
    del content[field]
    (tmp_path / "bad.json").write_text(json.dumps(content))
    with pytest.raises(InvalidRequest, match=f"the file lacks {field}"):
        Deployment.load(tmp_path / "bad.json")
    assert not VALIDATOR.is_valid(content)


def test_the_schema_in_the_tree_is_the_one_that_the_service_checks_by():
    assert json.loads((DEPLOYMENTS / "deployment.schema.json").read_text()) == SCHEMA
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_deployment_in_the_tree_has_the_shape_and_is_as_the_service_would_write_it(tmp_path):
    files = [path for path in DEPLOYMENTS.glob("*.json") if path.name != "deployment.schema.json"]
    assert EXAMPLE in files
    for file in files:
        VALIDATOR.validate(json.loads(file.read_text()))
        Deployment.load(file).save(tmp_path / file.name)
        assert (tmp_path / file.name).read_text() == file.read_text()
        assert Deployment.load(file).name == file.stem


async def test_what_is_deployed_for_a_lasting_network_has_the_shape(chain, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    key = tmp_path / "key"
    key.write_text(REGISTRAR_KEY.hex())
    key.chmod(0o600)
    made, path = await bootstrap.deploy_registries(chain.url, "lasting", key, FRESH, tmp_path / "data", lasting=True)
    assert path.resolve() == tmp_path / "deployments" / "lasting.json"
    VALIDATOR.validate(json.loads(path.read_text()))
    assert Deployment.load(path) == made
    with pytest.raises(InvalidRequest, match="name must match"):
        await bootstrap.deploy_registries(chain.url, "../outside", key, FRESH, tmp_path / "data", lasting=True)


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
