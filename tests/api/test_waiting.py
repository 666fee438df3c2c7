"""How long a question about a submission waits: no longer than the operator lets it, and not for what is known."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from ebl_service.bootstrap import Application
from tests.local_chain import LocalChain
from tests.starting import asking, built, issue, least_told

PATIENCE = 10
"""Seconds within which what need not wait is answered."""


@dataclass
class Counter:
    """A service whose loops do not run, where the carrier, signed in, asks about an act that it brought."""

    application: Application
    http: httpx.AsyncClient
    path: str

    async def ask(self, **query: Any) -> str:
        """The state that is answered."""
        async with asyncio.timeout(PATIENCE):
            answer = await self.http.get(self.path, params=query)
        assert answer.status_code == 200, answer.text
        state: str = answer.json()["state"]
        return state


Opening = Callable[[int], AbstractAsyncContextManager[Counter]]


@pytest.fixture
def opened(chain: LocalChain, tmp_path: Path) -> Opening:
    """A counter where nobody waits for longer than so many seconds."""

    @asynccontextmanager
    async def with_longest_wait(seconds: int) -> AsyncIterator[Counter]:
        chosen = {"EBL_LONGEST_WAIT_SECONDS": str(seconds), "EBL_CONFIRMATIONS": "0"}  # who joined may sign in
        application = await built(least_told(chain, tmp_path) | chosen)
        await application.indexer.catch_up()
        [taken] = await application.submissions.accept([issue(chain, 1)])
        async with asking(application) as http:
            asked = await http.post("/v1/sign-in/challenges", json={"account": chain.carrier.address})
            message = asked.json()["message"]
            given = {"message": message, "signature": "0x" + chain.carrier.key.sign_text(message).hex()}
            http.headers["Authorization"] = f"Bearer {(await http.post('/v1/sign-in', json=given)).json()['token']}"
            yield Counter(application, http, f"/v1/submissions/{taken.submission_id}")
        await application.stop()

    return with_longest_wait


async def test_nobody_waits_for_longer_than_the_operator_lets_them(opened: Opening) -> None:
    async with opened(1) as counter:
        began = time.monotonic()
        assert await counter.ask(wait=120) == "PREPARED"
        assert time.monotonic() - began >= 1


async def test_another_state_than_the_one_known_is_answered_at_once_and_the_known_one_waited_out(
    opened: Opening,
) -> None:
    async with opened(120) as counter:
        assert await counter.ask(wait=120, known="SENT") == "PREPARED"
        waiting = asyncio.create_task(counter.ask(wait=120, known="PREPARED"))
        await counter.application.relay.step()
        assert await waiting == "SENT"
        assert await counter.ask(wait=120, known="PREPARED") == "SENT"
