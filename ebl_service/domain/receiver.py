"""Where a party's own system is called: its address, and a header by which that system knows who may call it.

Rules kept: the header's value is printable ASCII and never part of a text that shows the header; headers that frame a
message, route it, or that this service sets and signs are refused.
"""

import re
from dataclasses import dataclass, field

from ebl_service.errors.outgoing import HeaderNotAllowed

LONGEST_NAME, LONGEST_VALUE = 64, 2_000
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_RESERVED = frozenset(
    ("accept", "accept-encoding", "api-version", "connection", "date", "expect", "forwarded", "host", "http2-settings")
) | {"keep-alive", "signature", "signature-input", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via"}
_RESERVED_BEGINNINGS = ("access-control-", "content-", "ebl-", "proxy-", "sec-", "x-forwarded-")


@dataclass(frozen=True, slots=True)
class CallbackHeader:
    """A header of every callback to a party. Raises: HeaderNotAllowed."""

    name: str
    value: str = field(repr=False)

    def __post_init__(self) -> None:
        name = self.name.lower()
        if not _NAME.fullmatch(self.name) or len(self.name) > LONGEST_NAME:
            raise HeaderNotAllowed(f"The header's name is not a token of at most {LONGEST_NAME} characters (RFC 9110)")
        if name in _RESERVED or name.startswith(_RESERVED_BEGINNINGS):
            raise HeaderNotAllowed(f"The header {self.name} is set by HTTP or by this service")
        if not _VALUE.fullmatch(self.value) or len(self.value) > LONGEST_VALUE:
            right = f"printable ASCII, at most {LONGEST_VALUE} characters, with no space at its ends"
            raise HeaderNotAllowed(f"The value of the header {self.name} is not {right}")


@dataclass(frozen=True, slots=True)
class ReceiverAddress:
    """Where a party is called. `sealed_header`: its header as it is kept, None where it has none."""

    url: str
    sealed_header: bytes | None = field(default=None, repr=False)
