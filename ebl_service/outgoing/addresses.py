"""Which addresses may be called: those of the public internet, and private networks that the operator names.

Rules kept: loopback, private, link-local (cloud metadata), multicast, reserved and unspecified addresses are refused in
IPv4 and IPv6, also where an IPv6 address carries such an IPv4 one (mapped, 6to4, Teredo, NAT64); plain http only within
the named networks; no user name or password in an address. A query is kept and sent.
"""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ebl_service.errors import InvalidRequest
from ebl_service.errors.outgoing import ReceiverNotAllowed

IpAddress = IPv4Address | IPv6Address
LONGEST_URL = 1_000
_PATH_AND_QUERY = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")
_NAT64 = IPv6Network("64:ff9b::/96")
_ASSIGNED = IPv4Network("192.0.0.0/24")
"""For protocols (RFC 6890), and where some clouds answer for machines; older Pythons call most of it global."""


class Networks:
    """The public internet and, besides, these networks."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """`allowed`: such as 10.1.0.0/16. Raises: InvalidRequest."""
        try:
            self._allowed: list[IPv4Network | IPv6Network] = [ip_network(each) for each in allowed]
        except ValueError as fault:
            raise InvalidRequest(f"Not a network: {fault}") from fault

    def is_named(self, address: IpAddress) -> bool:
        """Whether the operator named a network with it."""
        return any(address in network for network in self._allowed)

    def require(self, address: str, scheme: str) -> None:
        """Raises: ReceiverNotAllowed where it may not be called, or not by this scheme."""
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            raise ReceiverNotAllowed(f"{address} is not an address") from None
        if self.is_named(parsed):
            return
        if not all(_is_public(each) for each in _meanings(parsed)):
            raise ReceiverNotAllowed(f"{address} is not on the public internet", {"address": address})
        if scheme != "https":
            raise ReceiverNotAllowed(f"{address} is called over https only", {"address": address})


def required_url(url: str) -> SplitResult:
    """The parts of an address that may be named as a receiver's. Raises: ReceiverNotAllowed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise ReceiverNotAllowed(f"The address cannot be read: {fault}") from fault
    if len(url) > LONGEST_URL or not url.isascii() or any(letter <= " " for letter in url) or "\\" in url:
        raise ReceiverNotAllowed(f"The address is not at most {LONGEST_URL} visible ASCII characters")
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0:
        raise ReceiverNotAllowed("The address is not https://host…")
    if "@" in parts.netloc or "#" in url:
        raise ReceiverNotAllowed("The address has a user or a fragment")
    if not _PATH_AND_QUERY.fullmatch(parts.path + parts.query):
        raise ReceiverNotAllowed("The path or query has characters that an address writes as %XX (RFC 3986)")
    return parts


def below(url: str, path: str) -> str:
    """The address of a path below a receiver's, with the receiver's query. `path`: begins with a slash."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + path))


def _meanings(address: IpAddress) -> Iterator[IpAddress]:
    """What is called where the address is called: itself, or the IPv4 address that it stands for, or both."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None or address in _NAT64:
            yield IPv4Address(address.packed[-4:])
            return
        if address.sixtofour is not None:
            yield address.sixtofour
        if address.teredo is not None:
            yield from address.teredo
    yield address


def _is_public(address: IpAddress) -> bool:
    if address in _ASSIGNED or (isinstance(address, IPv6Address) and address.is_site_local):
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_loopback
        and not address.is_link_local
        and not address.is_unspecified
    )
