"""The keys that wrap other keys: the port, and master keys that stand in a file.

    ID 64-HEXADECIMAL-DIGITS        one line a key; the last line's key wraps what is new, the others only unwrap

A key management service fits the port: it wraps and unwraps, and gives no key out. Leaves to others: reading the file
and who may (`wallet.secret_file`), what is wrapped (`envelope`), which master keys are in use (`services.key_keeping`).

Rules kept: AES-256-GCM with a fresh 96-bit nonce (NIST SP 800-38D); what a wrapped key is for and the master key's id
are bound to it, so that it opens nowhere else; no key shows in a representation or an error.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ebl_service.errors.vault import MasterKeyFileWrong, MasterKeyUnknown, SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12
MOST_KEYS = 100

_LINE = re.compile(r"([A-Za-z0-9._-]{1,40}) ([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A secret under a master key. `content`: nonce, ciphertext, tag."""

    master_key_id: str
    content: bytes = field(repr=False)


class MasterKeys(Protocol):
    """Wraps small secrets. Errors: LedgerUnavailable where the keys' service cannot be reached."""

    @property
    def current(self) -> str:
        """The id of the key that wraps what is new."""

    async def wrap(self, secret: bytes, purpose: str) -> Wrapped:
        """The secret under the current key; it unwraps for the same purpose only."""

    async def unwrap(self, wrapped: Wrapped, purpose: str) -> bytes:
        """The secret. Raises: MasterKeyUnknown, SealBroken."""


class FileMasterKeys:
    """Master keys given as the lines of a file. Raises: MasterKeyFileWrong."""

    def __init__(self, lines: Sequence[str]) -> None:
        found = [_LINE.fullmatch(line.strip()) for line in lines if line.strip()]
        if not found or len(found) > MOST_KEYS or None in found:
            raise MasterKeyFileWrong(
                "The file of master keys must have lines of an id, a space and 64 hexadecimal digits"
            )
        keys = {match[1]: bytes.fromhex(match[2]) for match in found if match}
        if len(keys) != len(found) or len(set(keys.values())) != len(found):
            raise MasterKeyFileWrong("The file of master keys names an id or a key twice")
        self._keys = {name: AESGCM(key) for name, key in keys.items()}
        self._current = list(keys)[-1]

    def __repr__(self) -> str:
        return f"FileMasterKeys({', '.join(self._keys)})"

    @property
    def current(self) -> str:
        """The last line's id."""
        return self._current

    async def wrap(self, secret: bytes, purpose: str) -> Wrapped:
        """As the port says."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound = _bound(self._current, purpose)
        return Wrapped(self._current, nonce + self._keys[self._current].encrypt(nonce, secret, bound))

    async def unwrap(self, wrapped: Wrapped, purpose: str) -> bytes:
        """As the port says."""
        name = wrapped.master_key_id
        if name not in self._keys:
            raise MasterKeyUnknown(f"The master key {name} is not among those in the file", {"master_key": name})
        nonce, content = wrapped.content[:NONCE_BYTES], wrapped.content[NONCE_BYTES:]
        try:
            return self._keys[name].decrypt(nonce, content, _bound(name, purpose))
        except (InvalidTag, ValueError):
            raise SealBroken(f"The key of {purpose} does not open under the master key {name}") from None


def new_line(name: str) -> str:
    """A line for the file: this id and a fresh key from the operating system's randomness."""
    return f"{name} {secrets.token_hex(KEY_BYTES)}"


def _bound(name: str, purpose: str) -> bytes:
    return f"ebl-ledger wrapped key 1\n{name}\n{purpose}".encode()
