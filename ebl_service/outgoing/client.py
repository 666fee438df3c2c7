"""Sends a request to an address that a party named, and reads a short answer.

Rules kept
- A name is resolved once; every address it gives is vetted, and the connection goes to one of those, so that a name
  cannot mean one address when asked and another when called. The socket itself is vetted again.
- TLS is verified with the name. No redirect is followed, no proxy used, no cookie kept.
- Time and size are bounded, whatever the other side does.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from ebl_service.errors import InvalidRequest
from ebl_service.errors.outgoing import ReceiverNotAllowed, ReceiverUnavailable
from ebl_service.outgoing.addresses import Networks, required_url

MOST_ANSWER = 64 * 1024
"""Bytes read of an answer."""

Lookup = Callable[[str, int], Awaitable[list[str]]]
"""From a name and a port to addresses."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said. `content`: at most the first 64 KiB."""

    status: int
    content: bytes


async def lookup(name: str, port: int) -> list[str]:
    """The addresses of a name, as the system resolves it. Raises: OSError."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except UnicodeError as fault:  # a part of the name is empty, or longer than a name's part can be
        raise OSError(f"{name} is no name that can be asked for") from fault
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Outgoing:
    """Calls receivers. `timeout`: seconds for a whole call. `authorities`: a PEM file of more roots for TLS."""

    def __init__(
        self,
        networks: Networks,
        authorities: Path | None = None,
        timeout: float = 15.0,
        lookup: Lookup = lookup,
    ) -> None:
        """Raises: InvalidRequest where the file of authorities cannot be read."""
        self._networks = networks
        self._lookup = lookup
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(timeout, 5.0))
        self._tls = ssl.create_default_context()
        if authorities is not None:
            try:
                self._tls.load_verify_locations(authorities)
            except OSError as fault:
                raise InvalidRequest(f"Cannot read {authorities}: {fault}", {"file": str(authorities)}) from fault

    async def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to a request. Raises: ReceiverNotAllowed (the address), ReceiverUnavailable (try again later)."""
        parts = required_url(url)
        connector = aiohttp.TCPConnector(
            resolver=_Vetted(self._networks, parts.scheme, self._lookup),
            socket_factory=lambda found: self._socket(found, parts.scheme),
            ssl=self._tls,
            use_dns_cache=False,
            force_close=True,
        )
        session = aiohttp.ClientSession(
            connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )
        async with session:
            try:
                async with session.request(
                    method, URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
                ) as answer:
                    return Answer(answer.status, await answer.content.read(MOST_ANSWER))
            except (aiohttp.ClientError, TimeoutError, OSError) as fault:
                refused = _cause(fault)
                if refused is not None:
                    raise refused from fault
                told = str(fault) or type(fault).__name__
                raise ReceiverUnavailable(f"{parts.hostname} does not answer: {told}"[:500]) from fault

    def _socket(self, found: tuple[Any, ...], scheme: str) -> socket.socket:
        family, kind, protocol, _, address = found
        self._networks.require(str(address[0]), scheme)
        return socket.socket(family, kind, protocol)


class _Vetted(AbstractResolver):
    """Gives addresses only where every one of them may be called."""

    def __init__(self, networks: Networks, scheme: str, lookup: Lookup) -> None:
        self._networks = networks
        self._scheme = scheme
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Every address, vetted."""
        del family
        addresses = await self._lookup(host, port)
        for address in addresses:
            self._networks.require(address, self._scheme)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


def _cause(fault: BaseException | None) -> ReceiverNotAllowed | None:
    """Our own refusal, where it is why the client failed."""
    while fault is not None:
        if isinstance(fault, ReceiverNotAllowed):
            return fault
        fault = fault.__cause__ or fault.__context__
    return None
