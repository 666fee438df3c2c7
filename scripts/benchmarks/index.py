"""Events folded into the database per second, beside what web3 takes merely to fetch and decode the same logs.

`seconds`: the indexer, from an empty SQLite file to the chain's head: fetch, decode, fold, every row and state written.
`web3_get_logs_seconds`: `contract.events.Transferred.get_logs` over the same blocks, nothing stored.
"""

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from eth_utils.address import to_checksum_address
from web3 import HTTPProvider, Web3

from ebl_service.bootstrap import suit_interpreter
from ebl_service.chain.artifacts import artifact
from ebl_service.domain import actions as act
from ebl_service.services.changes import Changes
from ebl_service.services.indexer import Indexer
from ebl_service.services.policy import IndexPolicy
from ebl_service.store.database import Database
from ebl_service.store.history import History
from scripts.benchmarks.stage import Stage, stage, told

TITLES = 1000
BLOCKS_AT_ONCE = 20
"""A range that web3's answer of decoded logs fits in memory for."""


def main(arguments: list[str]) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench index", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--events", type=int, default=100_000, help="transfers to make (default 100,000)")
    told(asyncio.run(measure(parser.parse_args(arguments).events)), arguments)


async def measure(events: int) -> dict[str, Any]:
    """Both figures."""
    async with stage() as there:
        await _make(there, events)
        head = (await there.ledger.head()).number
        folded, seconds = await _fold(there)
        decoded, web3_seconds = await asyncio.to_thread(_get_logs, there, head)
    return {
        "events": folded,
        "seconds": round(seconds, 2),
        "events_per_second": round(folded / seconds),
        "web3_events": decoded,
        "web3_get_logs_seconds": round(web3_seconds, 2),
        "web3_to_service": round(web3_seconds / decoded / (seconds / folded), 1),
    }


async def _make(there: Stage, events: int) -> None:
    titles = min(TITLES, events)
    ids = await there.issue(titles, "index")
    deadline, hands = await there.deadline(), ("shipper", "bank")
    for turn in range(events // titles):
        giver, to = hands[turn % 2], there.account(hands[(turn + 1) % 2])
        acts = [there.sign(giver, act.Transfer(title_id, turn + 1, to), deadline) for title_id in ids]
        await there.carry(acts, at_once=200)


async def _fold(there: Stage) -> tuple[int, float]:
    usual, turn = gc.get_threshold(), sys.getswitchinterval()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'ebl.sqlite'}")
        await database.upgrade()
        history, identity = History(database), there.deployment.identity
        await history.claim(identity)
        indexer = Indexer(there.ledger, identity, history, IndexPolicy(confirmations=1), Changes())
        suit_interpreter()  # as in the service; web3 is measured with Python's own settings below
        started = time.perf_counter()
        await indexer.catch_up()
        seconds = time.perf_counter() - started
        gc.set_threshold(*usual)
        sys.setswitchinterval(turn)
        head = (await there.ledger.head()).number
        folded = len(await there.ledger.events(identity.deployment_block, head))
        cursor = await history.cursor()
        assert cursor is not None
        assert cursor.number == head
        await database.close()
    return folded, seconds


def _get_logs(there: Stage, head: int) -> tuple[int, float]:
    web3 = Web3(HTTPProvider(there.url, request_kwargs={"timeout": 120}))
    registry = to_checksum_address(there.deployment.title_registry.address)
    contract = web3.eth.contract(address=registry, abi=artifact("TitleRegistry").abi)
    started, decoded = time.perf_counter(), 0
    for first in range(0, head + 1, BLOCKS_AT_ONCE):
        last = min(first + BLOCKS_AT_ONCE - 1, head)
        decoded += len(contract.events.Transferred().get_logs(from_block=first, to_block=last))
    return decoded, time.perf_counter() - started
