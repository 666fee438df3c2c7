"""What becomes of a body that was not read when its request is answered: the caller is refused, its role or its length.

Rules kept: the answer goes out at once; what still comes is thrown away for a moment, so that the caller reads the
answer before the connection closes (closing at once would reset it); then it closes, and nothing of the body is kept.
"""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SHORT_SECONDS, SHORT_BYTES = 0.05, 64 * 1024
"""A body that is as good as here is taken in, and the connection stays."""
LONG_SECONDS, LONG_BYTES = 3.0, 40 * 1024 * 1024
"""For how long, and how much of, a longer one is thrown away."""


class UnreadBodies:
    """Ends connections on which an unread body still comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or not _has_body(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        body = _Body(receive)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start" and not body.is_read:
                await body.throw_away(SHORT_SECONDS, SHORT_BYTES)
                if not body.is_read:
                    MutableHeaders(scope=message)["Connection"] = "close"
            is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if is_last and not body.is_read:
                await send({**message, "more_body": True})
                await body.throw_away(LONG_SECONDS, LONG_BYTES)
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, body.receive, guarded)


class _Body:
    """A request's body as it comes. `is_read`: all of it came, or the caller went."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.is_read = False

    async def receive(self) -> Message:
        """The next message."""
        message = await self._receive()
        self.is_read = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def throw_away(self, seconds: float, most: int) -> None:
        """Receive and drop, for so long and so much at most."""
        size = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.is_read and size < most:
                    size += len((await self.receive()).get("body", b""))


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
