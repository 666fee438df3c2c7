"""The service as a process of its own, for the benchmarks: `ebl serve` on a stage's chain, and a client of it."""

import asyncio
import contextlib
import os
import pstats
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from ebl_service.wallet.key import PartyKey
from scripts.benchmarks.stage import RELAYER, ROOT, Stage, free_port

_SHOWN = 40
"""Lines of a profile's summary."""


@contextlib.asynccontextmanager
async def service(
    there: Stage, profile: Path | None = None, home: Path | None = None, by: str = "shipper", **more: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that runs until the block ends; it has signed in as one of the stage's people.

    `home`: its data folder (a new one where None). `more`: further settings. `profile`: where cProfile writes; the
    summary goes to stderr.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with served(there, home or Path(folder), profile, **more) as (client, _):
            client.headers["authorization"] = f"Bearer {await signed_in(client, there.people[by])}"
            yield client
    if profile is not None:
        pstats.Stats(str(profile), stream=sys.stderr).sort_stats("tottime").print_stats(_SHOWN)


@contextlib.asynccontextmanager
async def served(
    there: Stage, home: Path, profile: Path | None = None, **more: str
) -> AsyncIterator[tuple[httpx.AsyncClient, subprocess.Popen[bytes]]]:
    """A client of a service that runs until the block ends, and its process; nobody has signed in."""
    port = free_port()
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220
            _command(profile),
            env=os.environ | _settings(there, home, port) | more,
            cwd=home,
            stdout=log,
            stderr=log,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            headers = {"content-type": "application/json"}
            async with httpx.AsyncClient(base_url=base, timeout=60, headers=headers) as client:
                await _ready(client, home / "log")
                yield client, process
        finally:
            process.send_signal(signal.SIGINT)
            await asyncio.to_thread(process.wait)


def _command(profile: Path | None) -> list[str]:
    ebl = str(ROOT / ".venv" / "bin" / "ebl")
    if profile is None:
        return [ebl, "serve"]
    return [sys.executable, "-m", "cProfile", "-o", str(profile.absolute()), ebl, "serve"]


def _settings(there: Stage, home: Path, port: int) -> dict[str, str]:
    there.deployment.save(home / "deployment.json")
    key = home / "relayer"
    key.touch(mode=0o600)
    key.write_text("0x" + RELAYER.secret.hex())
    return {
        "EBL_DATA_DIR": str(home),
        "EBL_RPC_URLS": there.url,
        "EBL_DEPLOYMENT": str(home / "deployment.json"),
        "EBL_CONFIRMATIONS": "0",
        "EBL_RELAYER_KEY_FILE": str(key),
        "EBL_PORT": str(port),
        "EBL_GAS_PER_PARTY_AND_DAY": "0",
        "EBL_REQUESTS_PER_MINUTE": "0",
    }


async def signed_in(client: httpx.AsyncClient, key: PartyKey) -> str:
    """A session's token."""
    asked = (await client.post("/v1/sign-in/challenges", json={"account": key.address})).raise_for_status().json()
    given = {"message": asked["message"], "signature": "0x" + key.sign_text(asked["message"]).hex()}
    return str((await client.post("/v1/sign-in", json=given)).raise_for_status().json()["token"])


async def _ready(client: httpx.AsyncClient, log: Path) -> None:
    for _ in range(1200):
        with contextlib.suppress(httpx.TransportError):
            if (await client.get("/health/ready")).status_code == httpx.codes.OK:
                return
        await asyncio.sleep(0.05)
    last_words = await asyncio.to_thread(log.read_text)
    raise SystemExit(f"the service did not come up:\n{last_words[-2000:]}")
