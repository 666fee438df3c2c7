"""Fault 18: the database is locked, full, cut off or killed; nothing is accepted that is not stored."""

import asyncio
import resource
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from ebl_service.domain.signed_act import SignedAct
from tests.faults.conftest import DEEP
from tests.faults.stage import OPERATOR_TOKEN, Stage, standing
from tests.own_postgresql import OwnPostgresql

LOCKED = 30.0 if DEEP else 7.0
"""Seconds: longer than SQLite is waited for."""
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

OPERATOR = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}


@pytest.fixture
async def sqlite_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with standing("sqlite", tmp_path) as made:
        await made.start()
        yield made


@pytest.fixture
async def server() -> AsyncIterator[OwnPostgresql]:
    """A server of the test's own, to be killed."""
    with OwnPostgresql() as made:
        yield made


@pytest.fixture
async def postgresql_stage(server: OwnPostgresql, tmp_path: Path) -> AsyncIterator[Stage]:
    async with standing("postgresql", tmp_path, server=server.url) as made:
        await made.start()
        yield made


async def refused_for_now(stage: Stage, *acts: SignedAct) -> None:
    """The request is answered 503 with the time to come again; nothing was promised."""
    answer = await stage.post(*acts)
    assert (answer.status_code, answer.json()["rule"]) == (httpx.codes.SERVICE_UNAVAILABLE, "LedgerUnavailable")
    assert int(answer.headers["retry-after"]) > 0


async def is_red_and_live(stage: Stage) -> None:
    """Readiness says why, liveness that the process is there; the numbers go on."""
    told = await stage.service.ready()
    assert told is not None
    assert not told["isReady"]
    assert any("database" in reason for reason in told["reasons"]), told
    assert (await stage.service.http.get("/health/live")).status_code == httpx.codes.OK
    assert "ebl_ready 0.0" in (await stage.service.http.get("/metrics", headers=OPERATOR)).text


async def goes_on(stage: Stage, *refused: SignedAct) -> None:
    """The fault is over: what was refused is taken now, and everything ends well."""
    await stage.comes(stage.service.is_ready)
    await stage.take(*refused)
    await stage.ends_well()


async def test_fault_18_while_somebody_else_holds_sqlites_lock_requests_are_told_to_come_again(
    sqlite_stage: Stage,
) -> None:
    stage = sqlite_stage
    [title] = await stage.issued()
    bill = stage.transfer(title)
    with closing(sqlite3.connect(stage.folder / "ledger.db", isolation_level=None)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        await refused_for_now(stage, bill)
        assert (await stage.read(f"/v1/titles/{title}")).status_code == httpx.codes.OK
        await asyncio.sleep(LOCKED - (time.monotonic() - began))
        foreign.execute("ROLLBACK")
    await goes_on(stage, bill)


async def test_fault_18_on_a_full_disk_nothing_is_accepted_and_nothing_is_torn(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    [title] = await stage.issued()
    bill = stage.transfer(title)
    with full_disk(stage):
        await refused_for_now(stage, bill)
        stage.rpc("anvil_mine", "0x3")
        await refused_for_now(stage, bill)
    await goes_on(stage, bill)


@contextmanager
def full_disk(stage: Stage) -> Iterator[None]:
    """No file of the service may grow."""
    resource.prlimit(stage.service.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(stage.service.pid, resource.RLIMIT_FSIZE, UNLIMITED)


async def test_fault_18_while_postgresql_is_killed_requests_are_told_to_come_again(
    postgresql_stage: Stage, server: OwnPostgresql
) -> None:
    stage = postgresql_stage
    [title] = await stage.issued()
    bill = stage.transfer(title)
    server.crash()
    await refused_for_now(stage, bill)
    reading = await stage.read(f"/v1/titles/{title}")
    assert (reading.status_code, "retry-after" in reading.headers) == (httpx.codes.SERVICE_UNAVAILABLE, True)
    await is_red_and_live(stage)
    stage.rpc("anvil_mine", "0x2")
    await asyncio.sleep(2)
    server.start()
    await goes_on(stage, bill)
    assert not stage.says("Traceback")


async def test_fault_18_connections_that_postgresql_ends_are_made_anew(
    postgresql_stage: Stage, server: OwnPostgresql
) -> None:
    stage = postgresql_stage
    titles = await stage.issued(6)
    for title in titles:
        await _end_connections(server)
        answer = await stage.post(bill := stage.transfer(title))
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            await goes_on(stage, bill)
        else:
            assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    await stage.ends_well()
    assert not stage.says("Traceback")


async def test_fault_18_a_postgresql_that_takes_no_connections_is_waited_for(
    postgresql_stage: Stage, server: OwnPostgresql
) -> None:
    stage = postgresql_stage
    [title] = await stage.issued()
    bill = stage.transfer(title)
    await _at(server, f'ALTER DATABASE "{server.database_of(stage.url)}" ALLOW_CONNECTIONS false')
    await _end_connections(server)
    await refused_for_now(stage, bill)
    await is_red_and_live(stage)
    await _at(server, f'ALTER DATABASE "{server.database_of(stage.url)}" ALLOW_CONNECTIONS true')
    await goes_on(stage, bill)
    assert not stage.says("Traceback")


async def _end_connections(server: OwnPostgresql) -> None:
    await _at(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'ebl%'")


async def _at(server: OwnPostgresql, statement: str) -> None:
    desk = await asyncpg.connect(server.url.replace("+asyncpg", ""))
    try:
        await desk.execute(statement)
    finally:
        await desk.close()
