"""The parts joined: what the service needs before it serves, and how it ends."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from ebl_service import bootstrap
from ebl_service.api import app as api
from ebl_service.chain.deployment import Deployment
from ebl_service.errors import InvalidRequest, LedgerDisagrees, LedgerUnavailable, NotAllowed, NotFound
from ebl_service.errors.access import TokenRefused
from ebl_service.errors.requests import NoRegistrarHere
from ebl_service.wallet import keystore
from ebl_service.wallet.key import PartyKey
from tests.anvil import Anvil
from tests.house import TOKEN, environment
from tests.local_chain import REGISTRAR_KEY, LocalChain
from tests.starting import built, least_told, secret

NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def given(chain: LocalChain, tmp_path: Path) -> dict[str, str]:
    return least_told(chain, tmp_path)


async def refused(settings: dict[str, str], by: type[Exception], match: str | None = None) -> None:
    with pytest.raises(by, match=match):
        await built(settings)


def altered(given: dict[str, str], **changes: Any) -> None:
    """Write the deployment's file anew with these changes."""
    path = Path(given["EBL_DEPLOYMENT"])
    dataclasses.replace(Deployment.load(path), **changes).save(path)


async def test_a_service_without_a_relayers_key_does_not_start(given: dict[str, str]) -> None:
    del given["EBL_RELAYER_KEY_FILE"]
    await refused(given, InvalidRequest, "EBL_RELAYER_KEY_FILE")


async def test_a_service_that_only_reads_needs_no_relayers_key(given: dict[str, str]) -> None:
    del given["EBL_RELAYER_KEY_FILE"]
    application = await built(given, sends=False)
    await application.indexer.catch_up()
    page = await application.queries.parties(limit=200)
    assert len(page.items) == 10
    await application.stop()


async def test_the_relayers_key_may_stand_in_an_encrypted_keystore(
    given: dict[str, str], chain: LocalChain, tmp_path: Path
) -> None:
    del given["EBL_RELAYER_KEY_FILE"]
    keystore.save(tmp_path / "keystore.json", chain.relayer.key, "a password of the tests", rounds=2)
    given["EBL_RELAYER_KEYSTORE_FILE"] = str(tmp_path / "keystore.json")
    given["EBL_RELAYER_PASSWORD_FILE"] = secret(tmp_path / "password", "a password of the tests")
    await (await built(given)).stop()
    secret(tmp_path / "password", "another password")
    await refused(given, NotAllowed, "password")


async def test_a_key_file_that_others_can_read_or_that_holds_no_key_is_refused(
    given: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "relayer").chmod(0o644)
    await refused(given, InvalidRequest)
    secret(tmp_path / "relayer", "not a key")
    await refused(given, InvalidRequest)


async def test_a_deployment_that_is_not_there_is_not_found(given: dict[str, str], tmp_path: Path) -> None:
    await refused(given | {"EBL_DEPLOYMENT": str(tmp_path / "none.json")}, NotFound)


async def test_nothing_is_served_while_no_node_answers(given: dict[str, str]) -> None:
    await refused(given | {"EBL_RPC_URLS": NOBODY_LISTENS}, LedgerUnavailable)


async def test_nothing_is_served_of_another_chain_than_the_deployments(given: dict[str, str]) -> None:
    altered(given, chain_id=1)
    await refused(given, LedgerDisagrees)


async def test_nothing_is_served_where_the_contracts_code_is_another(given: dict[str, str]) -> None:
    title_registry = Deployment.load(Path(given["EBL_DEPLOYMENT"])).title_registry
    altered(given, title_registry=dataclasses.replace(title_registry, code_hash="0x" + "11" * 32))
    await refused(given, LedgerDisagrees)


async def test_a_database_of_another_ledger_is_refused(given: dict[str, str], tmp_path: Path) -> None:
    await (await built(given)).stop()
    with Anvil("--timestamp", "1700000000") as another:  # two that begin in one second are one chain
        other_chain = LocalChain(another)
        other_chain.deployment.save(tmp_path / "other.json")
        changes = {"EBL_DEPLOYMENT": str(tmp_path / "other.json"), "EBL_RPC_URLS": other_chain.url}
        await refused(given | changes, LedgerDisagrees, "another ledger")


async def test_the_registrars_desk_is_closed_without_its_key_and_the_operators_door_without_its_token(
    given: dict[str, str], tmp_path: Path
) -> None:
    desk = {"EBL_REGISTRAR_KEY_FILE": secret(tmp_path / "registrar", REGISTRAR_KEY.hex())}
    token_file = {"EBL_REGISTRAR_TOKEN_FILE": secret(tmp_path / "token", TOKEN)}
    for closed in ({}, {"EBL_REGISTRAR_TOKEN": TOKEN}):
        application = await built(given | closed)
        with pytest.raises(NoRegistrarHere):
            _ = application.registrar
        await application.stop()
    application = await built(given | desk)
    with pytest.raises(TokenRefused):
        await application.access.admission.caller(TOKEN, "here")
    await application.stop()
    for opened in ({"EBL_REGISTRAR_TOKEN": TOKEN}, token_file):
        application = await built(given | desk | opened)
        assert application.registrar is application.held_registrar
        assert (await application.access.admission.caller(TOKEN, "here")).is_operator
        for wrong in ("", TOKEN + "x"):
            with pytest.raises(TokenRefused):
                await application.access.admission.caller(wrong, "here")
        assert TOKEN not in repr(application)
        await application.stop()


@pytest.mark.parametrize(
    ("chosen", "depth"),
    [({}, 12), ({"EBL_CONFIRMATIONS": "5"}, 5), ({"EBL_CONFIRMATIONS": "5", "EBL_FINALITY": "finalized"}, 64)],
)
async def test_a_block_is_final_by_confirmations_or_by_the_chains_own_word(
    given: dict[str, str], chain: LocalChain, chosen: dict[str, str], depth: int
) -> None:
    chain.rpc("anvil_mine", hex(70))
    application = await built(given | chosen, sends=False)
    await application.indexer.catch_up()
    height = (await application.ledger.head()).number
    assert (await application.queries.standing()).final_block == height - depth
    await application.stop()


async def test_a_short_token_and_a_wrong_setting_are_named(given: dict[str, str]) -> None:
    await refused(given | {"EBL_REGISTRAR_TOKEN": "short"}, InvalidRequest, "EBL_REGISTRAR_TOKEN")
    await refused(given | {"EBL_PORT": "everywhere"}, InvalidRequest, "EBL_PORT")
    await refused(given | {"EBL_RPC_URLS": "ftp://node"}, InvalidRequest, "EBL_RPC_URLS")


async def test_a_name_that_is_no_setting_is_noticed(given: dict[str, str]) -> None:
    with environment(given | {"EBL_COLOUR": "blue"}):
        assert bootstrap.unknown_settings() == ["EBL_COLOUR"]


async def test_the_registries_are_deployed_once_and_found_again(tmp_path: Path) -> None:
    key_file = Path(secret(tmp_path / "deployer", REGISTRAR_KEY.hex()))
    with Anvil() as own:  # of its own: where tests take blocks back, anvil forgets past states, and finding needs them
        first, path = await bootstrap.deploy_registries(own.url, "once", key_file, None, tmp_path, lasting=False)
        again, _ = await bootstrap.deploy_registries(own.url, "once", key_file, None, tmp_path, lasting=False)
    assert first == again == Deployment.load(path)
    assert first.registrar == PartyKey(REGISTRAR_KEY).address


async def test_an_app_made_for_its_description_does_not_start() -> None:
    app = api.create()
    assert json.dumps(app.openapi())
    with pytest.raises(AssertionError, match="description"):
        async with app.router.lifespan_context(app):
            pass
