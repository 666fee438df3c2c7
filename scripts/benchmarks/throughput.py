"""Signed acts from HTTP POST to indexed, beside raw anvil and a plain web3.py loop, on one chain in one run.

`service_per_second`: transfers posted in requests of 100 over eight connections, until the last is in the database.
`anvil_raw_per_second`: the same transfers, pre-signed in transactions of fifty, given straight to the node.
`plain_web3_per_second`: `plain_web3.loop`, one after the other. `one_at_a_time`: a single act, POST to indexed, in ms.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from ebl_service.domain import actions as act
from ebl_service.domain.signed_act import SignedAct, act_message, typed_data
from ebl_service.domain.terms import checksummed
from scripts.benchmarks.plain_web3 import loop
from scripts.benchmarks.serving import service
from scripts.benchmarks.stage import RELAYER, Stage, stage, told

AT_ONCE = 100
CONNECTIONS = 8
PLAIN = 150
SINGLE = 60
MOVED = 2
"""The sequence of a title that was issued and transferred."""


def main(arguments: list[str]) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench throughput", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--titles", type=int, default=1000, help="titles, and so acts (default 1000)")
    parser.add_argument(
        "--profile", type=Path, help="file for the service's profile (cProfile), and its summary printed"
    )
    given = parser.parse_args(arguments)
    told(asyncio.run(measure(given.titles, given.profile)), arguments)


async def measure(titles: int, profile: Path | None = None) -> dict[str, Any]:
    """All four figures."""
    async with stage() as there:
        raw = await _raw(there, titles)
        plain = await _plain(there)
        async with service(there, profile, EBL_POLL_SECONDS="0.02") as client:
            batched = await _batched(there, client, titles)
            singles = await _one_at_a_time(there, client)
    return {
        "service_per_second": round(batched, 1),
        "anvil_raw_per_second": round(raw, 1),
        "plain_web3_per_second": round(plain, 1),
        "service_to_plain": round(batched / plain, 1),
        "titles": titles,
        "one_at_a_time_p50_ms": round(statistics.median(singles), 1),
        "one_at_a_time_p99_ms": round(sorted(singles)[int(len(singles) * 0.99)], 1),
    }


async def _transfers(there: Stage, count: int, salt: str) -> list[SignedAct]:
    deadline, bank = await there.deadline(), there.account("bank")
    ids = await there.issue(count, salt)
    return [there.sign("shipper", act.Transfer(title_id, 1, bank), deadline) for title_id in ids]


async def _raw(there: Stage, count: int) -> float:
    signed = await _transfers(there, count, "raw")
    started = time.perf_counter()
    await there.carry(signed)
    return count / (time.perf_counter() - started)


async def _plain(there: Stage) -> float:
    signed = await _transfers(there, PLAIN, "plain")
    domain, registry = there.deployment.identity.titles_domain, there.deployment.title_registry.address
    return await asyncio.to_thread(loop, there.url, registry, RELAYER.secret, domain, signed)


async def _batched(there: Stage, client: httpx.AsyncClient, count: int) -> float:
    signed = await _transfers(there, count, "service")
    domain = there.deployment.identity.titles_domain
    bodies = [_body(domain, signed[at : at + AT_ONCE]) for at in range(0, count, AT_ONCE)]
    await _indexed(client, signed[-1], 1)
    slots = asyncio.Semaphore(CONNECTIONS)
    started = time.perf_counter()
    posted = await asyncio.gather(*(_post(client, body, slots) for body in bodies))
    for submission_id in posted:  # acts go in the order they were taken in: with the last of each request all are in
        await _included(client, submission_id)
    seconds = time.perf_counter() - started
    await _require_all(client, there.account("bank"), signed)
    return count / seconds


async def _require_all(client: httpx.AsyncClient, holder: str, signed: Sequence[SignedAct]) -> None:
    """Every one of these transfers is in the database."""
    missing, after = {one.act.title_id for one in signed if isinstance(one.act, act.Transfer)}, None
    while missing:
        query = {"holder": holder, "limit": "200"} | ({"after": after} if after else {})
        page = (await client.get("/v1/titles", params=query)).raise_for_status().json()
        missing -= {title["id"] for title in page["titles"] if title["sequence"] == MOVED}
        after = page["nextCursor"]
        if after is None and missing:
            raise SystemExit(f"{len(missing)} acts were called included and are not in the database")


async def _one_at_a_time(there: Stage, client: httpx.AsyncClient) -> list[float]:
    signed = await _transfers(there, SINGLE, "single")
    domain = there.deployment.identity.titles_domain
    await _indexed(client, signed[-1], 1)
    times = []
    for one in signed:
        started = time.perf_counter()
        taken = (await client.post("/v1/submissions", content=_body(domain, [one]))).raise_for_status().json()
        await _included(client, taken["submissions"][0]["id"])
        times.append((time.perf_counter() - started) * 1000)
    return times


async def _post(client: httpx.AsyncClient, body: bytes, slots: asyncio.Semaphore) -> str:
    """The last submission's id."""
    async with slots:
        answer = await client.post("/v1/submissions", content=body)
        if answer.is_error:
            raise SystemExit(f"the service refused: {answer.text}")
        return str(answer.json()["submissions"][-1]["id"])


async def _included(client: httpx.AsyncClient, submission_id: str) -> None:
    """Once the submission is: its event is in the database."""
    state = "PREPARED"
    while state not in ("INCLUDED", "FINAL"):
        answer = await client.get(f"/v1/submissions/{submission_id}", params={"wait": 5, "known": state})
        state = answer.raise_for_status().json()["state"]
        if state == "REFUSED":
            raise SystemExit(f"an act was refused: {answer.text}")


async def _indexed(client: httpx.AsyncClient, signed: SignedAct, sequence: int) -> None:
    assert isinstance(signed.act, act.Transfer)
    reached = 0
    while reached < sequence:
        answer = await client.get(f"/v1/titles/{signed.act.title_id}")
        reached = answer.json()["sequence"] if answer.status_code == httpx.codes.OK else 0
        if reached < sequence:
            await asyncio.sleep(0.005)


def _body(domain: Any, signed: Sequence[SignedAct]) -> bytes:
    acts = []
    for one in signed:
        data = typed_data(domain, type(one.act).__name__, act_message(one.act, one.deadline))
        acts.append({"typedData": data, "signer": checksummed(one.signer), "signature": "0x" + one.signature.hex()})
    return json.dumps({"acts": acts}).encode()
