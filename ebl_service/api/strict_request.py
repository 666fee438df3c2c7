"""How a body is read: bounded, declared as JSON, each key once. Every route of the API reads its body this way.

Leaves to others: what the body says (`schemas` beside each noun), how faults are answered (`problems`).
"""

import json
import re
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from ebl_service.domain.json_depth import is_deeper_than
from ebl_service.errors import requests as wrong

MOST_DEPTH = 32
"""Objects and arrays in each other; typed data with a replacement stands at 7."""
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""Its escape, where the backslash is no escaped one; as itself JSON does not take it."""
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


class StrictRequest(Request):
    """A request whose body is at most `app.state.most_body_bytes` long and says everything once."""

    most_depth = MOST_DEPTH

    @property
    def most_bytes(self) -> int:
        """Longest body, in bytes."""
        most: int = self.app.state.most_body_bytes
        return most

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body's parts. Raises: BodyTooLarge as soon as there are too many bytes; MalformedJson (it breaks off)."""
        most = self.most_bytes
        size = 0
        try:
            async for part in super().stream():
                size += len(part)
                if size > most:
                    raise wrong.BodyTooLarge(f"The body has more than {most} bytes", {"most_bytes": most})
                yield part
        except ClientDisconnect as gone:
            raise wrong.MalformedJson("The caller went before the body was whole") from gone

    async def json(self) -> Any:
        """The body, parsed once. Raises: MalformedJson, DuplicateKey, NulInText."""
        if not hasattr(self, "_parsed"):
            self._parsed = parse(await self.body(), self.most_depth)
        return self._parsed


class StrictRoute(APIRoute):
    """A route that reads its body as `StrictRequest` does, before anything else looks at it."""

    request_class: ClassVar[type[StrictRequest]] = StrictRequest

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, wrapped."""
        answer = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            strict = self.request_class(request.scope, request.receive)
            if request.method in _BODY_METHODS and await strict.body():
                _require_json(strict)
                await strict.json()
            return await answer(strict)

        return strictly


def parse(body: bytes, most_depth: int = MOST_DEPTH) -> Any:
    """JSON in UTF-8 with each key once, no NaN, and no U+0000. Raises: MalformedJson, DuplicateKey, NulInText."""
    if is_deeper_than(most_depth, body):
        raise wrong.MalformedJson(f"Objects and arrays stand more than {most_depth} deep", {"most_depth": most_depth})
    if rb"\u0000" in body and _NUL.search(body):
        raise wrong.NulInText("A text in the body holds the character U+0000")
    try:
        return json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except ValueError as fault:
        raise wrong.MalformedJson(f"The body is not JSON: {fault}") from fault


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        told = twice.encode(errors="backslashreplace").decode()  # a lone surrogate cannot be written back
        raise wrong.DuplicateKey(f"The key {told!r} stands twice in one object", {"key": told})
    return content


def _no_constant(name: str) -> None:
    raise wrong.MalformedJson(f"{name} is not JSON")


def _require_json(request: Request) -> None:
    given = request.headers.get("content-type", "")
    if given.partition(";")[0].strip().lower() != "application/json":
        raise wrong.WrongContentType(f"The body is declared as {given or 'nothing'}", {"content_type": given})
