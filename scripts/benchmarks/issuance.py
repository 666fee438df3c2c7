"""From a carrier's PUT /v3/ebl-issuance-requests to its own server being told ISSU, in ms: median and 99th percentile.

One after the other, signed in custody, on a chain that makes a block every `--block-seconds` (default 1) and with one
confirmation, so that a bill is final a block after it is included: blocks are most of the time. `put_p50_ms`: until the
PUT is answered. `together_per_second`: as many asked for over eight connections, from the first PUT to the last ISSU;
`processor_ms`: what each of those took of the processor, service and carrier together, without the chain.
"""

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.benchmarks.stage import told
from tests.carrier_house import RESPONSES, CarrierHouse, CarrierSystem

CONNECTIONS = 8
PATIENCE = 120
"""Seconds until a bill must have been told of."""


def main(arguments: list[str]) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench issuance", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--bills", type=int, default=100, help="bills of each part (default 100)")
    parser.add_argument("--block-seconds", type=float, default=1.0, help="seconds between blocks (default 1)")
    given = parser.parse_args(arguments)
    told(measure(given.bills, given.block_seconds), arguments)


class _Unbounded(CarrierHouse):
    """The day's gas of a party is no bound: the default is used up by some 140 bills."""

    def _settings(self) -> dict[str, str]:
        return super()._settings() | {"EBL_GAS_PER_PARTY_AND_DAY": "0"}


def measure(bills: int, block_seconds: float) -> dict[str, Any]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder, _Unbounded(Path(folder)) as house, CarrierSystem(house) as carrier:
        carrier.join()
        with _blocks(house, block_seconds):
            singles = [_one(carrier) for _ in range(bills)]
            busy = time.process_time()
            seconds = _together(carrier, bills)
            busy = time.process_time() - busy
    puts, whole = [each[0] for each in singles], [each[1] for each in singles]
    return {
        "bills": bills,
        "block_seconds": block_seconds,
        "put_p50_ms": round(statistics.median(puts), 1),
        "put_to_issu_p50_ms": round(statistics.median(whole), 1),
        "put_to_issu_p99_ms": round(statistics.quantiles(whole, n=100)[98], 1),
        "together_per_second": round(bills / seconds, 1),
        "processor_ms": round(busy * 1000 / bills, 1),
    }


def _one(carrier: CarrierSystem) -> tuple[float, float]:
    request = carrier.request()
    count, started = len(carrier.received), time.perf_counter()
    _put(carrier, request)
    answered = time.perf_counter()
    carrier.await_calls(count + 1, PATIENCE)
    return (answered - started) * 1000, (time.perf_counter() - started) * 1000


def _together(carrier: CarrierSystem, bills: int) -> float:
    requests = [carrier.request() for _ in range(bills)]
    count, started = len(carrier.received), time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda request: _put(carrier, request), requests))
    carrier.await_calls(count + bills, PATIENCE)
    assert {call.path for call in carrier.received} == {RESPONSES}
    assert all(b'"ISSU"' in call.body for call in carrier.received), "every bill is issued"
    return time.perf_counter() - started


def _put(carrier: CarrierSystem, request: dict[str, Any]) -> None:
    answer = carrier.put(request)
    assert answer.is_success, answer.text


@contextmanager
def _blocks(house: CarrierHouse, seconds: float) -> Iterator[None]:
    """Blocks at a steady pace, beside those that each transaction gets by itself."""
    stop = threading.Event()

    def mine() -> None:
        while not stop.wait(seconds):
            house.mine(1)

    miner = threading.Thread(target=mine)
    miner.start()
    try:
        yield
    finally:
        stop.set()
        miner.join()
