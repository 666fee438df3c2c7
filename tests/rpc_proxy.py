"""A JSON-RPC proxy on loopback that spoils what passes through it: drops, delays, garbles, refuses.

`Spoiled` rules are taken in order, each as often as it says; what no rule matches passes untouched.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from aiohttp import web


@dataclass
class Spoiled:
    """One fault. `method`: only calls of it ("" for any). `times`: how often; -1 for ever.

    `how`: drop_request (never reaches the node), drop_response (the node has it, the answer is lost), status (an HTTP
    status), garbage (HTML), truncate, wrong_id, rpc_error (a JSON-RPC error with this message), late (the answer,
    after `delay` seconds, and not before `until` is set).
    """

    how: str
    method: str = ""
    times: int = 1
    status: int = 503
    message: str = ""
    delay: float = 0.0
    until: asyncio.Event | None = None

    async def time_comes(self) -> None:
        """Return when a late answer is due."""
        await asyncio.sleep(self.delay)
        if self.until is not None:
            await self.until.wait()


class RpcProxy:
    """Listens on a free port of 127.0.0.1; `calls` lists the methods that came, `sent` the raw transactions.

    `on_send` is called when a raw transaction comes, before the node has it. `most_blocks`: logs of more at once are
    refused, as public nodes do.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.rules: list[Spoiled] = []
        self.calls: list[str] = []
        self.sent: list[str] = []
        self.on_send: Callable[[], None] | None = None
        self.most_blocks: int | None = None
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *failure: object) -> None:
        assert self._session is not None
        assert self._runner is not None
        await self._session.close()
        await self._runner.cleanup()

    def spoil(self, how: str, **particulars: Any) -> None:
        """Add a rule."""
        self.rules.append(Spoiled(how, **particulars))

    def _rule(self, methods: list[str]) -> Spoiled | None:
        for rule in self.rules:
            if rule.times != 0 and (not rule.method or rule.method in methods):
                rule.times -= 1
                return rule
        return None

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        asked = json.loads(body)
        calls = asked if isinstance(asked, list) else [asked]
        methods = [call["method"] for call in calls]
        self.calls += methods
        if self.on_send is not None and "eth_sendRawTransaction" in methods:
            self.on_send()
        self.sent += [call["params"][0] for call in calls if call["method"] == "eth_sendRawTransaction"]
        rule = self._rule(methods)
        if rule is None and self.most_blocks is not None and any(_blocks(call) > self.most_blocks for call in calls):
            rule = Spoiled("rpc_error", "eth_getLogs", message="query returned more than 10000 results")
        if rule is None:
            try:
                return web.Response(body=await self._pass(body), content_type="application/json")
            except aiohttp.ClientError:  # no node there: the service sees what it would see without us
                return _hang_up(request)
        await rule.time_comes()
        if rule.how == "drop_request":
            return _hang_up(request)
        if rule.how == "status":
            return web.Response(status=rule.status, headers={"Retry-After": "1"}, text="busy")
        if rule.how == "rpc_error":
            return await self._refuse(rule, asked)
        answer = await self._pass(body)
        if rule.how == "drop_response":
            return _hang_up(request)
        if rule.how == "garbage":
            return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
        if rule.how == "truncate":
            return web.Response(body=answer[: len(answer) // 2], content_type="application/json")
        if rule.how == "wrong_id":
            return web.json_response(_misnumbered(json.loads(answer)))
        return web.Response(body=answer, content_type="application/json")

    async def _refuse(self, rule: Spoiled, asked: Any) -> web.Response:
        """An error for each call that the rule is about; the others of the batch are answered."""
        error = {"code": -32000, "message": rule.message}
        if not isinstance(asked, list):
            return web.json_response({"jsonrpc": "2.0", "id": asked["id"], "error": error})
        meant = {call["id"] for call in asked if rule.method in ("", call["method"])}
        answers = json.loads(await self._pass(json.dumps(asked).encode()))
        spoiled = [
            {"jsonrpc": "2.0", "id": each["id"], "error": error} if each["id"] in meant else each for each in answers
        ]
        return web.json_response(spoiled)

    async def _pass(self, body: bytes) -> bytes:
        assert self._session is not None
        async with self._session.post(self.upstream, data=body, headers={"content-type": "application/json"}) as answer:
            return await answer.read()


def _blocks(call: dict[str, Any]) -> int:
    """Of how many blocks this call wants the logs."""
    if call["method"] != "eth_getLogs":
        return 0
    return int(call["params"][0]["toBlock"], 16) - int(call["params"][0]["fromBlock"], 16) + 1


def _misnumbered(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_misnumbered(item) for item in answer]
    return answer | {"id": answer["id"] + 1_000_000}


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:  # else it hung up first
        request.transport.abort()
    return web.Response()
