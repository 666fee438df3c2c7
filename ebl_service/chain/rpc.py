"""JSON-RPC over HTTP to one or several nodes: bounded, timed, with typed errors, and nothing else.

The first node that answers serves; one that cannot be reached or answers nonsense is passed over for the next. An error
that a node returns for a call is the answer, not a reason to ask another. Which address a node has is told to nobody,
since many a provider's key stands in it: neither our words nor the node's own carry any part of it.
"""

import itertools
import json
import os
import re
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
from pydantic_core import from_json

from ebl_service.errors import LedgerRangeTooLarge, LedgerUnavailable

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes: a node's answer beyond this is refused unread."""

SHORTEST_SECRET = 8
"""Letters of a path or query that may be a key; shorter words of an address, such as `v3`, are none."""

_TOO_MUCH = ("query returned more than", "range is too", "range too", "too many", "limit exceeded", "response size",
             "block range", "exceed maximum", "is limited to", "query timeout")  # fmt: skip

_FAILED = re.compile(
    "revert|out[ _]?of[ _]?gas|opcode|stack ?(under|over)flow|stack limit|jump|out ?of ?bounds", re.IGNORECASE
)
"""What nodes say where the called code failed. They name gas also where an offer is too low or funds are missing."""

_NUMBER, HEX_BYTES = re.compile("0x[0-9a-fA-F]+"), re.compile("0x([0-9a-fA-F]{2})*")
_WRITTEN = {
    **dict.fromkeys(("eth_chainId", "eth_blockNumber", "eth_getBalance", "eth_getTransactionCount"), _NUMBER),
    **dict.fromkeys(("eth_getStorageAt", "eth_maxPriorityFeePerGas"), _NUMBER),
    **dict.fromkeys(("eth_getCode", "eth_call"), HEX_BYTES),
}
_OBJECTS = ("eth_getBlockByNumber", "eth_getTransactionByHash", "eth_getTransactionReceipt")
"""What may not be there."""


class RpcError(LedgerUnavailable):
    """The node answered a call with an error. `data`: revert data in hex where the call reverted."""

    def __init__(self, method: str, code: int, message: str, data: str | None) -> None:
        super().__init__(f"{method}: {message} ({code})", {"method": method, "code": code})
        self.code = code
        self.data = data


class Rpc:
    """One connection pool to the nodes. `timeout`: seconds a call may take."""

    def __init__(self, urls: Sequence[str], timeout: float = 10.0) -> None:
        self.urls = list(urls)
        self._secrets = _secrets_of(urls)
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(timeout, 5.0))
        self._session: aiohttp.ClientSession | None = None
        self._ids = itertools.count(1)
        self._preferred = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:  # fmt: skip
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def preferred(self) -> int:
        """The node that is asked first, by its place in the list."""
        return self._preferred

    def prefer(self, node: int) -> None:
        """Ask this node first from now on, by its place in the list."""
        self._preferred = node

    async def call(self, method: str, *params: Any) -> Any:
        """One call's result. Raises: RpcError, LedgerUnavailable, LedgerRangeTooLarge."""
        return (await self.batch([(method, params)]))[0]

    async def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results of many calls in one round trip. Raises as `call`, at the first call that has an error."""
        return [result_of(method, answer) for (method, _), answer in
                zip(calls, await self.answers(calls), strict=True)]  # fmt: skip

    async def answers(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[dict[str, Any]]:
        """The raw answers of many calls, in their order, errors among them. Raises: LedgerUnavailable."""
        asked = [
            {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}
            for method, params in calls
        ]
        failures: list[str] = []
        for turn in range(len(self.urls)):
            at = (self._preferred + turn) % len(self.urls)
            try:
                answers = await self._post(self.urls[at], asked)
            except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as failure:
                failures.append(f"node {at + 1}: {self._told(failure)}")
                continue
            self._preferred = at
            return answers
        raise LedgerUnavailable(f"no node answers: {'; '.join(failures)}", {"nodes": len(self.urls)})

    async def ask(self, node: int, method: str, *params: Any) -> Any:
        """One call to one node, by its place in the list. Raises as `call`."""
        asked = [{"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}]
        try:
            answers = await self._post(self.urls[node], asked)
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as failure:
            raise LedgerUnavailable(f"node {node + 1}: {self._told(failure)}") from None
        return result_of(method, answers[0])

    async def _post(self, url: str, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, raise_for_status=True)
        body = json.dumps(asked[0] if len(asked) == 1 else asked).encode()
        async with self._session.post(url, data=body, headers={"content-type": "application/json"}) as response:
            text = await _bounded(response)
        answer = from_json(text, allow_inf_nan=False, cache_strings="keys")
        answers = answer if isinstance(answer, list) else [answer]
        self._redact_errors(answers)
        by_id = {item["id"]: item for item in answers if isinstance(item, dict) and isinstance(item.get("id"), int)}
        if len(asked) == 1 and len(answers) == 1 and isinstance(answers[0], dict) and "error" in answers[0]:
            return answers
        if by_id.keys() != {item["id"] for item in asked}:
            raise ValueError("an answer that does not fit its question")
        return [by_id[item["id"]] for item in asked]

    def _redact_errors(self, answers: list[Any]) -> None:
        for item in answers:
            error = item.get("error") if isinstance(item, dict) else None
            if isinstance(error, dict) and isinstance(error.get("message"), str):
                error["message"] = self._redacted(error["message"])
            elif isinstance(error, str):
                item["error"] = self._redacted(error)

    def _told(self, failure: Exception) -> str:
        """What went wrong, without any node's address."""
        name = type(failure).__name__
        if isinstance(failure, aiohttp.ClientResponseError):
            return self._redacted(f"{name} {failure.status} {failure.message}".strip())
        if isinstance(failure, aiohttp.ClientError | OSError):  # their own words name host and port
            cause = failure.os_error if isinstance(failure, aiohttp.ClientConnectorError) else failure
            number = getattr(cause, "errno", None)
            return f"{name} {os.strerror(number)}" if isinstance(number, int) and number > 0 else name
        return self._redacted(f"{name} {failure}".strip())

    def _redacted(self, words: str) -> str:
        return self._secrets.sub("…", words)


def _secrets_of(urls: Sequence[str]) -> re.Pattern[str]:
    """What of these addresses nobody may read: all that stands in them but the scheme and words of a few letters."""
    found: set[str] = set()
    for url in urls:
        try:
            parts = urlsplit(url)
            hosts = {parts.netloc, parts.hostname or "", parts.username or "", parts.password or ""}
        except ValueError:  # no address: asking it fails by itself
            parts, hosts = urlsplit(""), set()
        pieces = re.split(r"[/?&=#]", f"{parts.path}?{parts.query}#{parts.fragment}")
        found |= {url, *hosts, *(piece for piece in pieces if len(piece) >= SHORTEST_SECRET)} - {""}
    return re.compile(
        "|".join(re.escape(each) for each in sorted(found, key=len, reverse=True)) or "(?!)", re.IGNORECASE
    )


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > LARGEST_ANSWER:
            raise ValueError(f"an answer of more than {LARGEST_ANSWER} bytes")
        parts.append(part)
    return b"".join(parts)


def says_failed(message: str) -> bool:
    """Whether an error without revert data is about the code that was called, not about the node or the caller."""
    return _FAILED.search(message) is not None


def result_of(method: str, answer: dict[str, Any]) -> Any:
    """What a raw answer holds. Raises: RpcError, LedgerUnavailable, LedgerRangeTooLarge."""
    error = answer.get("error")
    if error is None:
        if "result" not in answer:
            raise LedgerUnavailable(f"{method}: neither result nor error")
        if not _is_sensible(method, answer["result"]):
            raise LedgerUnavailable(f"{method}: a result of another kind than it has")
        return answer["result"]
    if not isinstance(error, dict):
        raise LedgerUnavailable(f"{method}: {error}")
    message, code, data = str(error.get("message", "")), error.get("code"), error.get("data")
    if any(words in message.lower() for words in _TOO_MUCH):
        raise LedgerRangeTooLarge(f"{method}: {message}")
    raise RpcError(method, code if isinstance(code, int) else 0, message, data if isinstance(data, str) else None)


def _is_sensible(method: str, result: Any) -> bool:
    """Whether a result is of its method's kind; of a method that is not known here, anything is."""
    pattern = _WRITTEN.get(method)
    if pattern is not None:
        return isinstance(result, str) and pattern.fullmatch(result) is not None
    if method == "eth_getLogs":
        return isinstance(result, list)
    return method not in _OBJECTS or result is None or isinstance(result, dict)
