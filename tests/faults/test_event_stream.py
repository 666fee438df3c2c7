"""Fault 12 as the event stream tells it: what a reorganisation removes is retracted, to who follows and who resumes."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx

from ebl_service.domain.submission import State
from tests.faults.stage import CONFIRMATIONS, PATIENCE, Stage

Line = tuple[str, str, dict[str, Any]]
"""Id, event, data."""
COUNT = 2


async def _lines(answer: httpx.Response) -> AsyncIterator[Line]:
    """The lines of a stream as they come."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield fields["id"], fields["event"], json.loads(fields["data"])
            fields = {}


async def _told(stage: Stage, after: str | None = None) -> list[Line]:
    """What the stream has now, after this line."""
    headers = stage.bearing | ({"Last-Event-ID": after} if after else {})
    async with stage.service.http.stream("GET", "/v1/events", params={"follow": "false"}, headers=headers) as answer:
        return [line async for line in _lines(answer)]


async def test_fault_12_who_reads_the_event_stream_is_told_what_is_gone_and_what_came_instead(stage: Stage) -> None:
    titles = [str(title) for title in await stage.issued(COUNT)]
    await stage.comes(stage.indexed)
    before = [line for line in await _told(stage) if line[2].get("titleId") in titles]
    assert [(event, data["titleId"]) for _, event, data in before] == [("recorded", title) for title in titles]
    [gone] = {data["blockHash"] for _, _, data in before}
    last, followed = before[-1][0], list[Line]()
    headers = stage.bearing | {"Last-Event-ID": last}
    following = stage.service.http.stream("GET", "/v1/events", headers=headers)
    async with asyncio.timeout(PATIENCE), following as answer:
        stage.rpc("evm_setAutomine", False)
        stage.rpc("anvil_reorg", 1, [])
        await stage.become(list(stage.promised), State.SENT)
        stage.rpc("evm_setAutomine", True)
        stage.rpc("evm_mine")
        await stage.become(list(stage.promised), State.INCLUDED)
        stage.rpc("anvil_mine", hex(CONFIRMATIONS))
        async for line in _lines(answer):
            followed.append(line)
            if [event for _, event, _ in followed].count("final") == COUNT:
                break
    expected = [("retracted", title) for title in reversed(titles)]
    expected += [(event, title) for event in ("recorded", "final") for title in titles]
    assert [(event, data["titleId"]) for _, event, data in followed] == expected
    assert [data["kind"] for _, _, data in followed] == [event for event, _ in expected]
    assert [data["blockHash"] == gone for _, _, data in followed] == [event == "retracted" for event, _ in expected]
    for place, (line_id, *_) in enumerate([before[-1], *followed]):
        assert await _told(stage, line_id) == followed[place:]
    await stage.ends_well()
