"""The worst requests that anybody can send: processor seconds and memory of each, and what health answers beside them.

Each is sent alone to a service of its own process, with a body of 1 MB and of 4 MiB where the route takes one: by
nobody, by a party without a role, by a carrier. `processor_s`: of the service, all its threads; `memory_mb`: what its
resident memory rose to above what it was before (Linux alone); `answer_kb`: what came back. `health_ms`: the slowest
of the answers of /health/live while fifty of the costliest are under way, `health_p50_ms` their median; both alone, for
comparison, while nothing is.
"""

import argparse
import asyncio
import json
import os
import secrets
import statistics
import sys
import tempfile
from base64 import b64encode
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from scripts.benchmarks.serving import served, signed_in
from scripts.benchmarks.stage import stage, told

SIZES = {"1 MB": 1_000_000, "4 MiB": 4 * 1024 * 1024}
AT_ONCE = 50
ALONE_SECONDS = 3
TICK = os.sysconf("SC_CLK_TCK")
OPENING = {"titleId": "0x" + "11" * 32, "salt": "0x" + "22" * 32, "record": "{}"}
RECORD = '"governingLaw":"English law","jurisdiction":"London"'


ASKING = """
import http.client, json, select, sys, time
connection, took = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2])), []
print("asking", flush=True)
while not select.select([sys.stdin], [], [], 0.01)[0]:
    begun = time.perf_counter()
    connection.request("GET", "/health/live")
    assert connection.getresponse().read()
    took.append((time.perf_counter() - begun) * 1000)
print(json.dumps(took))
"""


@dataclass(frozen=True)
class Request:
    """`by`: nobody, shipper (without a role) or carrier."""

    name: str
    by: str
    path: str
    body: bytes


def main(arguments: list[str]) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench hostile", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.parse_args(arguments)
    figures = asyncio.run(measure())
    if "--json" in arguments:
        told(figures, arguments)
        return
    for row in figures.pop("requests"):
        print("  ".join(f"{name} {value}" for name, value in row.items()))
    told(figures, arguments)


async def measure() -> dict[str, Any]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "vault"
        key.touch(mode=0o600)
        key.write_text(f"bench {secrets.token_hex()}\n")
        more = {"EBL_VAULT_KEY_FILE": str(key), "EBL_MOST_BODY_BYTES": str(SIZES["4 MiB"] + 1024)}
        # Freed memory goes back at once, so that the next request is not measured by what the last one left.
        more |= {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
        async with stage() as there, served(there, Path(folder), **more) as (client, process):
            tokens = {"nobody": ""} | {
                name: f"Bearer {await signed_in(client, there.people[name])}" for name in ("shipper", "carrier")
            }
            rows = [await _row(client, process.pid, tokens, each) for each in _requests()]
            costliest = max(_requests(), key=lambda each: _cost(rows, each.name))
            return {"requests": rows, "costliest": costliest.name, **await _health(client, tokens, costliest)}


def _cost(rows: list[dict[str, Any]], name: str) -> float:
    return next(float(row["processor_s"]) for row in rows if row["request"] == name)


async def _row(client: httpx.AsyncClient, pid: int, tokens: dict[str, str], asked: Request) -> dict[str, Any]:
    _forget_peak(pid)
    resident, busy = _memory(pid, "VmRSS"), _processor(pid)
    answer = await _send(client, tokens, asked)
    return {
        "request": asked.name,
        "by": asked.by,
        "status": answer.status_code,
        "processor_s": round(_processor(pid) - busy, 2),
        "memory_mb": None if resident is None else round(((_memory(pid, "VmHWM") or 0) - resident) / 1024, 1),
        "answer_kb": round(len(answer.content) / 1024, 1),
    }


async def _send(client: httpx.AsyncClient, tokens: dict[str, str], asked: Request) -> httpx.Response:
    headers = {"authorization": tokens[asked.by]} if tokens[asked.by] else {}
    client.headers.pop("authorization", None)
    return await client.post(asked.path, content=asked.body, headers=headers, timeout=120)


async def _health(client: httpx.AsyncClient, tokens: dict[str, str], worst: Request) -> dict[str, float]:
    async def send() -> list[int]:
        return list(await asyncio.gather(*(one() for _ in range(AT_ONCE))))

    async def one() -> int:
        try:
            return (await _send(client, tokens, worst)).status_code
        except httpx.TransportError:  # cut off while its body still came
            return httpx.codes.TOO_MANY_REQUESTS

    alone, _ = await _asked_beside(client, asyncio.sleep(ALONE_SECONDS, []))
    beside, statuses = await _asked_beside(client, send())
    return {
        "answered_at_once": sum(status not in {429, 503} for status in statuses),
        "told_to_wait": sum(status in {429, 503} for status in statuses),
        "health_p50_ms": round(statistics.median(beside), 1),
        "health_ms": round(max(beside), 1),
        "health_alone_p50_ms": round(statistics.median(alone), 1),
        "health_alone_ms": round(max(alone), 1),
    }


async def _asked_beside(client: httpx.AsyncClient, work: Awaitable[list[int]]) -> tuple[list[float], list[int]]:
    """How long /health/live took beside the work, in ms; asked by a process of its own, since this one sends."""
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ASKING, client.base_url.host, str(client.base_url.port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert asking.stdout is not None
    await asking.stdout.readline()
    done = await work
    return json.loads((await asking.communicate(b"enough\n"))[0]), done


def _requests() -> Iterator[Request]:
    for size, length in SIZES.items():
        yield from _by_nobody(size, length)
        yield from _by_a_party(size, length)


def _by_nobody(size: str, length: int) -> Iterator[Request]:
    file_length = length * 3 // 4 - 1_000
    for name, content in _files(file_length):
        body = json.dumps({"file": b64encode(content).decode(), "opening": OPENING}).encode()
        yield Request(f"verification, {name}, {size}", "nobody", "/v1/verifications", body)
    for name, path, body in _bodies(length):
        yield Request(f"{path}, {name}, {size}", "nobody", path, body)


def _files(length: int) -> Iterator[tuple[str, bytes]]:
    """Copies that are to be checked."""
    keys = ",".join(f'"{number:x}":1' for number in range(length // 10))
    yield "repeated key", f'{{{keys},"1":1}}'.encode()
    yield "half a surrogate behind many keys", f'{{"a":[{keys.replace(":1", "")}],"b":"\\ud800"}}'.encode()
    yield "numbers", b'{"a":[' + b"1," * (length // 2) + b"1]}"
    yield "arrays", b'{"a":[' + b"[]," * (length // 3) + b"1]}"
    yield "texts", b'{"a":[' + b'"",' * (length // 3) + b"1]}"
    yield "escapes", b'{"a":"' + b"\\n" * (length // 2) + b'"}'
    most = 16_000
    text = b'"' + b"x" * (length // most - 14) + b'"'
    yield "as many values as may be", b'{"a":[' + (b'{"k":1.5,"t":' + text + b"},") * most + b"1]}"
    yield "no print of ours", b"%PDF-1.7\n" + b"trailer\n<< /Size 1 /Root " + b"1" * (length - 100)


def _bodies(length: int) -> Iterator[tuple[str, str, bytes]]:
    """What needs no token."""
    yield "empty acts", "/v1/submissions", b'{"acts":[' + b"{}," * (length // 3 - 10) + b"{}]}"
    keys = ",".join(f'"{number:x}":1' for number in range(length // 11))
    yield "unknown keys", "/v1/typed-data", f"{{{keys}}}".encode()
    yield "a long tag", "/v1/typed-data", b'{"verb":"' + b"x" * (length - 100) + b'"}'
    yield "documents", "/v1/documents", b'{"documents":[' + b"1," * (length // 2 - 20) + b"1]}"


def _by_a_party(size: str, length: int) -> Iterator[Request]:
    wide = b'{"documents":[' + b"1," * (length // 2 - 20) + b"1]}"
    yield Request(f"documents, numbers, {size}", "shipper", "/v1/documents", wide)
    yield Request(f"documents, numbers, {size}", "carrier", "/v1/documents", wide)
    equipment = b"[" + b"{}," * min(24_000, length // 4) + b"{}]"
    faulty = b'{"utilizedTransportEquipments":' + equipment + b"}"
    dry = b'{"dryRun":true,"documents":[{"document":' + faulty + b"," + RECORD.encode() + b"}]}"
    yield Request(f"documents, a fault in each element, {size}", "carrier", "/v1/documents", dry)
    small = b'{"utilizedTransportEquipments":[' + b"{}," * min(490, length // 400) + b"{}]}"
    hundred = b",".join([b'{"document":' + small + b"," + RECORD.encode() + b"}"] * 100)
    yield Request(
        f"a hundred faulty documents, {size}", "carrier", "/v1/documents", b'{"documents":[' + hundred + b"]}"
    )


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _memory(pid: int, name: str) -> int | None:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return None


def _forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")
