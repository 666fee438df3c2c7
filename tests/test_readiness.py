"""Ready or not, why, and the numbers behind that, as node, index and queue move."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from ebl_service import bootstrap
from ebl_service.api import serving
from ebl_service.api.health import MOST_LAG
from ebl_service.errors import LedgerDisagrees
from ebl_service.wallet.key import PartyKey
from tests.anvil import Anvil
from tests.databases import age_leases
from tests.house import TOKEN, environment
from tests.local_chain import LocalChain
from tests.starting import asking, built, issue, least_told, secret

OPERATOR = {"Authorization": f"Bearer {TOKEN}"}
CONFIRMATIONS = 5


@pytest.fixture
async def application(chain: LocalChain, tmp_path: Path) -> AsyncIterator[bootstrap.Application]:
    """Its loops do not run: the index moves when a test says so."""
    chosen = {"EBL_REGISTRAR_TOKEN": TOKEN, "EBL_CONFIRMATIONS": str(CONFIRMATIONS), "EBL_LEASE_SECONDS": "300"}
    joined = await built(least_told(chain, tmp_path) | chosen)
    yield joined
    await joined.stop()


async def test_an_index_too_far_behind_the_chain_is_not_ready_and_says_how_far(
    application: bootstrap.Application, chain: LocalChain
) -> None:
    await application.indexer.catch_up()
    await application.relay.step()
    async with asking(application) as http:
        chain.rpc("anvil_mine", hex(MOST_LAG))
        status, told = await ready_of(http)
        assert (status, told["reasons"], told["lagBlocks"]) == (200, [], MOST_LAG)
        chain.rpc("anvil_mine", "0x1")
        status, told = await ready_of(http)
        assert (status, told["isReady"], told["lagBlocks"]) == (503, False, MOST_LAG + 1)
        assert told["reasons"] == [f"the index is {MOST_LAG + 1} blocks behind the chain"]
        await application.indexer.catch_up()
        status, told = await ready_of(http)
        assert (status, told["reasons"], told["lagBlocks"]) == (200, [], 0)


async def test_the_numbers_are_those_of_chain_index_and_queue(
    application: bootstrap.Application, chain: LocalChain
) -> None:
    chain.rpc("anvil_mine", hex(CONFIRMATIONS))
    await application.indexer.catch_up()
    await application.relay.step()
    indexed = (await application.ledger.head()).number
    await application.submissions.accept([issue(chain, 1), issue(chain, 2)])
    chain.rpc("anvil_mine", "0x3")
    expected = {
        "head_block": indexed + 3,
        "indexed_block": indexed,
        "final_block": indexed - CONFIRMATIONS,
        "lag_blocks": 3,
        "open_submissions": 2,
        "ready": 1,
    }
    async with asking(application) as http:
        text = (await http.get("/metrics", headers=OPERATOR)).text
        _, told = await ready_of(http)
    numbers = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
    assert {name: float(numbers[f"ebl_{name}"]) for name in expected} == expected
    shown = ("headBlock", "indexedBlock", "finalBlock", "lagBlocks", "openSubmissions", "isReady")
    assert [told[name] for name in shown] == list(expected.values())


@asynccontextmanager
async def running(app: FastAPI, settings: dict[str, str]) -> AsyncIterator[None]:
    """The app between its start, by these settings, and its end."""
    with environment(settings):
        async with app.router.lifespan_context(app):
            yield


async def ready_of(http: httpx.AsyncClient) -> tuple[int, dict[str, Any]]:
    answer = await http.get("/health/ready")
    return answer.status_code, answer.json()


async def eventually_ready(
    http: httpx.AsyncClient, application: bootstrap.Application, expected: int
) -> dict[str, Any]:
    for _ in range(300):
        version = application.changes.version
        status, told = await ready_of(http)
        if status == expected:
            return told
        await application.changes.wait(version, 0.1)
    raise AssertionError(told)


async def test_health_turns_red_when_the_node_is_gone_and_what_is_known_is_still_answered(
    tmp_path: Path,
) -> None:
    with Anvil() as node:
        chain = LocalChain(node)
        told = least_told(chain, tmp_path) | {"EBL_REGISTRAR_TOKEN": TOKEN}
        app = serving.create()
        service = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service")
        async with running(app, told), service as http:
            application = app.state.application
            ready = await eventually_ready(http, application, 200)
            assert ready["isReady"]
            node.process.kill()
            node.process.wait()
            red = await eventually_ready(http, application, 503)
            assert red["reasons"]
            assert red["headBlock"] is red["lagBlocks"] is None
            assert (await http.get("/health/live")).status_code == 200
            assert len((await http.get("/v1/parties", headers=OPERATOR)).json()["parties"]) == 10
            assert "ebl_ready 0.0" in (await http.get("/metrics", headers=OPERATOR)).text
            assert "ebl_head_block NaN" in (await http.get("/metrics", headers=OPERATOR)).text
            desk = await http.post(f"/v1/parties/{chain.bank.address}/suspend", headers=OPERATOR)
            assert (desk.status_code, desk.json()["rule"]) == (404, "NoRegistrarHere")
        assert application.is_stopping


async def test_a_relayer_without_funds_is_told_by_health_and_in_numbers(chain: LocalChain, tmp_path: Path) -> None:
    poor = PartyKey.random()
    given = least_told(chain, tmp_path) | {"EBL_REGISTRAR_TOKEN": TOKEN}
    given["EBL_RELAYER_KEY_FILE"] = secret(tmp_path / "poor", poor.secret.hex())
    application = await built(given | {"EBL_LEASE_SECONDS": "300"})
    await application.indexer.catch_up()
    await application.relay.step()
    chain.rpc("anvil_setBalance", poor.address, "0x5")
    async with asking(application) as http:
        status, told = await ready_of(http)
        numbers = await http.get("/metrics", headers=OPERATOR)
    assert (status, len(told["reasons"])) == (503, 1)
    assert told["reasons"][0].startswith("insufficient funds: the relayer has 5 wei, a full batch may cost ")
    assert "ebl_relayer_balance_wei 5.0" in numbers.text
    await application.stop()


@pytest.mark.parametrize(
    ("fault", "told_as"),
    [
        (LedgerDisagrees("the tests say so"), "indexer: the tests say so"),
        (KeyError("a row's own words"), "indexer: KeyError, see the log"),
    ],
)
async def test_a_loop_that_stops_for_good_is_told_by_health(
    application: bootstrap.Application, fault: Exception, told_as: str
) -> None:
    async def stops() -> None:
        raise fault

    await application._watched("indexer", stops())
    assert application.failure == told_as
    async with asking(application) as http:
        status, told = await ready_of(http)
    assert status == 503
    assert application.failure in told["reasons"]
    assert "nothing is indexed yet" in told["reasons"]


async def test_a_service_whose_acts_nobody_carries_says_so_to_anybody(application: bootstrap.Application) -> None:
    await application.indexer.catch_up()
    async with asking(application) as http:
        status, told = await ready_of(http)
        reason = "nobody carries acts to the ledger: no process of this database has the work"
        assert (status, told["reasons"]) == (503, [reason])
        await application.relay.step()
        assert (await ready_of(http))[0] == 200
        await age_leases(application.database, 301)
        assert (await ready_of(http))[0] == 503


async def test_health_tells_nobody_where_the_nodes_are(chain: LocalChain, tmp_path: Path) -> None:
    application = await built(least_told(chain, tmp_path))
    application.rpc.urls[0] = "http://127.0.0.1:1/v3/a-key-of-the-operator"
    async with asking(application) as http:
        answer = await http.get("/health/ready")
    assert answer.status_code == 503
    assert "no node answers: node 1: ClientConnectorError Connection refused" in answer.json()["reasons"]
    assert not [part for part in ("127.0.0.1", ":1/", "a-key") if part in answer.text]
    await application.stop()
