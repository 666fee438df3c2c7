"""How a body is read: of who may send it, bounded in length and time, declared as JSON, each key once.

Every route of the API reads its body this way, in this order: who asks and whether it asks too often (`api.caller`),
whether it may send a body here (`api.entry`), the length that is declared, then the bytes.

Leaves to others: what the body says (`schemas` beside each noun), how faults are answered (`problems`), what becomes of
a body that is not read (`unread_bodies`).
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from ebl_service.api.caller import admitted
from ebl_service.api.entry import entry_of
from ebl_service.api.places import Place
from ebl_service.domain.strict_json import Reading
from ebl_service.errors import requests as wrong
from ebl_service.services.asking import who_asks
from ebl_service.services.bounded_work import untrusted

MOST_DEPTH = 32
"""Objects and arrays in each other; typed data with a replacement stands at 7."""
MOST_VALUES = 100_000
"""Texts, numbers, objects and arrays; a thousand signed acts, each with its types, have some 80,000."""
_NOT_JSON, _TWICE = wrong.MalformedJson, wrong.DuplicateKey
READING = Reading("body", _NOT_JSON, _TWICE, _NOT_JSON, _NOT_JSON, MOST_DEPTH, MOST_VALUES)
IDLE_SECONDS = 5.0
"""Longest pause between two parts of a body."""
BODY_SECONDS, BYTES_A_SECOND = 10.0, 64 * 1024
"""A body may take so long, and as much longer as it takes at that pace."""
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""Its escape, where the backslash is no escaped one; as itself JSON does not take it."""
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


class StrictRequest(Request):
    """A request whose body is at most `app.state.most_body_bytes` long and says everything once."""

    reading: ClassVar[Reading] = READING
    place: Place | None = None

    @property
    def most_bytes(self) -> int:
        """Longest body, in bytes."""
        most: int = self.app.state.most_body_bytes
        return most

    def require_short(self) -> None:
        """Raises: BodyTooLarge by the length that is declared."""
        declared = self.headers.get("content-length", "")
        if declared.isdecimal() and (len(declared) > len(str(self.most_bytes)) or int(declared) > self.most_bytes):
            raise self._too_large()

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body's parts.

        Raises: BodyTooLarge as soon as there are too many bytes; BodyTooSlow; TooManyAtOnce, ServiceBusy (all bodies
        together); MalformedJson (it breaks off).
        """
        parts, begun, size = super().stream(), asyncio.get_running_loop().time(), 0
        while True:
            left = begun + BODY_SECONDS + size / BYTES_A_SECOND - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(max(min(left, IDLE_SECONDS), 0)):
                    part = await anext(parts, None)
            except TimeoutError as late:
                raise wrong.BodyTooSlow(
                    f"The body did not come: {size} bytes of it in {BODY_SECONDS:.0f} seconds, or none for "
                    f"{IDLE_SECONDS:.0f} seconds"
                ) from late
            except ClientDisconnect as gone:
                raise wrong.MalformedJson("The caller went before the body was whole") from gone
            if part is None:
                return
            size += len(part)
            if size > self.most_bytes:
                raise self._too_large()
            if self.place is not None:
                self.place.grow(len(part))
            yield part

    async def json(self) -> Any:
        """The body, parsed once. Raises: as `parse`."""
        if not hasattr(self, "_parsed"):
            body = await self.body()
            self._parsed = await untrusted.run_sized(len(body), parse, body, self.reading)
        return self._parsed

    def _too_large(self) -> wrong.BodyTooLarge:
        return wrong.BodyTooLarge(f"The body has more than {self.most_bytes} bytes", {"most_bytes": self.most_bytes})


class StrictRoute(APIRoute):
    """A route that reads its body as `StrictRequest` does, before anything else looks at it."""

    request_class: ClassVar[type[StrictRequest]] = StrictRequest

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, wrapped."""
        answer, entry = super().get_route_handler(), entry_of(self.endpoint)

        async def strictly(request: Request) -> Response:
            strict = self.request_class(request.scope, request.receive)
            if request.method not in _BODY_METHODS:
                return await answer(strict)
            await entry.require(await admitted(strict), strict.app.state.application)
            strict.require_short()
            with strict.app.state.bodies.place(who_asks.get()) as strict.place:
                if await strict.body():
                    _require_json(strict)
                    await strict.json()
                return await answer(strict)

        return strictly


def parse(body: bytes, reading: Reading = READING) -> Any:
    """JSON as `strict_json` reads it, without U+0000.

    Raises: MalformedJson, DuplicateKey, NulInText, LoneSurrogate, TooManyValues; what `reading` names for numbers.
    """
    if rb"\u0000" in body and _NUL.search(body):
        raise wrong.NulInText("A text in the body holds the character U+0000")
    return reading.read(body)


def _require_json(request: Request) -> None:
    given = request.headers.get("content-type", "")
    if given.partition(";")[0].strip().lower() != "application/json":
        raise wrong.WrongContentType(f"The body is declared as {given or 'nothing'}", {"content_type": given})
    packed = request.headers.get("content-encoding", "identity")
    if packed.strip().lower() != "identity":
        raise wrong.WrongContentType(f"The body is packed as {packed}", {"content_encoding": packed})
