"""Reading over HTTP with many titles in the database, beside the same rows asked of SQLite directly, in one run.

The rows come the way all rows come: the indexer reads events, folds and stores them. Only the events are made up, and
handed to the indexer in blocks of the chain that have none, because issuing so many titles on a chain takes an hour.
Each title is issued to one of many shippers, to its order; every fourth is then endorsed to another.

For each way of asking: `…_per_second` over eight connections, `…_p50_ms` and `…_p99_ms` one after the other, and
`…_sqlite_per_second`: the same rows by the driver alone, in this process, without parsing.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from ebl_service.domain import events as happened
from ebl_service.domain.ledger import Ledger, Recorded
from ebl_service.domain.terms import Address, Digest, Role, TitleId, checksummed, digest, title_id_of
from ebl_service.services.changes import Changes
from ebl_service.services.indexer import Indexer
from ebl_service.services.policy import IndexPolicy
from ebl_service.store.database import Database
from ebl_service.store.history import History
from scripts.benchmarks.serving import service
from scripts.benchmarks.stage import Stage, stage, told

TITLES_A_BLOCK = 500
SHIPPERS = 200
ASKED = 300
"""Requests of each kind, one after the other, and as many again over all connections."""
CONNECTIONS = 8
PAGE = 50

Questions = dict[str, tuple[list[str], str, list[tuple[Any, ...]]]]
"""By kind: URLs, and the SQL that finds the same rows, with the parameters of each."""


def main(arguments: list[str]) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench read", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(
        "--titles", type=int, nargs="+", default=[10_000, 100_000], help="how many titles, one run each"
    )
    parser.add_argument("--profile", type=Path, help="file for the service's profile of the last run (cProfile)")
    given = parser.parse_args(arguments)
    told(asyncio.run(measure(given.titles, given.profile)), arguments)


async def measure(sizes: Sequence[int], profile: Path | None = None) -> dict[str, Any]:
    """The figures of each size, by its number of titles."""
    return {f"{size}_{name}": value for size in sizes for name, value in (await _of(size, profile)).items()}


async def _of(size: int, profile: Path | None) -> dict[str, float]:
    async with stage() as there:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            made = MadeUp(there.account("carrier"), size)
            await _fill(there, home / "ebl.sqlite", made)
            questions = made.questions()
            async with service(there, profile, home, by="carrier") as client:
                found: dict[str, float] = {}
                for kind, (urls, *_) in questions.items():
                    found |= await _over_http(client, kind, urls)
            for kind, (_, sql, parameters) in questions.items():
                found[f"{kind}_sqlite_per_second"] = _directly(home / "ebl.sqlite", sql, parameters)
    return found


class MadeUp:
    """Events that could have happened."""

    def __init__(self, carrier: Address, size: int) -> None:
        self.carrier = carrier
        self.shippers = [Address(digest("0x5417", n)[:42]) for n in range(SHIPPERS)]
        self.references = [digest("0x4ef0", n) for n in range(size)]
        self.titles = [title_id_of(carrier, reference) for reference in self.references]
        self.blocks = -(-size // TITLES_A_BLOCK)

    def parties(self, first_number: int, time_: int) -> list[happened.Event]:
        """The shippers join."""
        return [
            happened.Registered(account, first_number + n, Role(0), Digest("0x" + "22" * 32), 1, time_)
            for n, account in enumerate(self.shippers)
        ]

    def of_block(self, place: int, time_: int) -> list[happened.Event]:
        """What happens in the block at this place."""
        found: list[happened.Event] = []
        for n in range(place * TITLES_A_BLOCK, min((place + 1) * TITLES_A_BLOCK, len(self.titles))):
            title_id, holder, to = self.titles[n], self.shippers[n % SHIPPERS], self.shippers[(n + 7) % SHIPPERS]
            number = 5 + n % SHIPPERS
            found.append(happened.Issued(title_id, self.carrier, holder, holder, number, True, 0,
                                         self.references[n], Digest("0x" + "11" * 32), time_))  # fmt: skip
            if n // SHIPPERS % 4 == 0:
                other = 5 + (n + 7) % SHIPPERS
                found.append(happened.EndorsedToOrder(title_id, holder, to, other, 2, time_))
        return found

    def questions(self) -> Questions:
        """What is asked, spread over all titles and shippers."""
        step = max(1, len(self.titles) // ASKED)
        some: list[TitleId] = self.titles[::step][:ASKED]
        holders = [self.shippers[n % SHIPPERS] for n in range(len(some))]
        chain = """SELECT * FROM events JOIN blocks ON number = block_number
            WHERE subject_id = ? ORDER BY block_number, log_index"""
        return {
            "title": ([f"/v1/titles/{one}" for one in some], "SELECT * FROM titles WHERE title_id = ?",
                      [(one,) for one in some]),
            "page_by_holder": ([f"/v1/titles?holder={checksummed(one)}&limit={PAGE}" for one in holders],
                               "SELECT * FROM titles WHERE holder = ? ORDER BY title_id LIMIT ?",
                               [(one, PAGE + 1) for one in holders]),
            "endorsement_chain": ([f"/v1/titles/{one}/endorsement-chain" for one in some], chain,
                                  [(one,) for one in some]),
            "allowed_acts": ([f"/v1/titles/{one}/allowed-acts?party={checksummed(holder)}"
                              for one, holder in zip(some, holders, strict=True)],
                             "SELECT * FROM titles, parties WHERE title_id = ? AND account = ?",
                             list(zip(some, holders, strict=True))),
        }  # fmt: skip


class _WithMadeUp:
    """A ledger with further events in blocks that have none of their own."""

    def __init__(self, ledger: Ledger, made: MadeUp, first: int, parties: int) -> None:
        self._ledger, self._made, self._first, self._parties = ledger, made, first, parties

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def events(self, first: int, last: int) -> list[Recorded]:
        """Those of the chain, and those made up."""
        found = list(await self._ledger.events(first, last))
        for number in range(max(first, self._first), last + 1):
            block = await self._ledger.block(number)
            assert block is not None
            place = number - self._first
            told = self._made.parties(self._parties + 1, block.time) if place == 0 else []
            told += self._made.of_block(place, block.time) if place < self._made.blocks else []
            found += [Recorded(number, block.hash, digest(number, n), n, event) for n, event in enumerate(told)]
        return found


async def _fill(there: Stage, path: Path, made: MadeUp) -> None:
    head = (await there.ledger.head()).number
    await there.rpc.call("anvil_mine", hex(made.blocks + 2))
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.upgrade()
    history, identity = History(database), there.deployment.identity
    await history.claim(identity)
    ledger: Any = _WithMadeUp(there.ledger, made, head + 1, len(there.people))
    await Indexer(ledger, identity, history, IndexPolicy(confirmations=1), Changes()).catch_up()
    await database.close()


async def _over_http(client: httpx.AsyncClient, kind: str, urls: Sequence[str]) -> dict[str, float]:
    slots, times = asyncio.Semaphore(CONNECTIONS), []
    for url in urls:
        started = time.perf_counter()
        (await client.get(url)).raise_for_status()
        times.append((time.perf_counter() - started) * 1000)

    async def ask(url: str) -> None:
        async with slots:
            (await client.get(url)).raise_for_status()

    started = time.perf_counter()
    await asyncio.gather(*map(ask, urls))
    seconds = time.perf_counter() - started
    return {
        f"{kind}_per_second": round(len(urls) / seconds, 1),
        f"{kind}_p50_ms": round(statistics.median(times), 2),
        f"{kind}_p99_ms": round(sorted(times)[int(len(times) * 0.99)], 2),
    }


def _directly(path: Path, sql: str, parameters: Sequence[tuple[Any, ...]]) -> float:
    connection = sqlite3.connect(path)
    started = time.perf_counter()
    for each in parameters:
        assert connection.execute(sql, each).fetchall()
    return round(len(parameters) / (time.perf_counter() - started), 1)
