"""Envelope encryption: what belongs to one owner is sealed under a key of its own, and that key under a master key.

    owner       what the key is of, such as "document 0x… of 0x…": its row's identity
    part        one piece of content of that owner; each is sealed by itself

Rules kept: AES-256-GCM; a fresh key for each owner and a fresh nonce for each part (NIST SP 800-38D); owner and part
are bound to what is sealed, so that content moved to another row or place does not open, nor what was altered
(SealBroken). Destroying the wrapped key destroys the content.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ebl_service.errors.vault import SealBroken
from ebl_service.vault.master_keys import KEY_BYTES, NONCE_BYTES, MasterKeys, Wrapped


class SealingKey:
    """A key that seals and opens what is of one owner. `secret`: 32 bytes."""

    __slots__ = ("_cipher", "_owner")

    def __init__(self, owner: str, secret: bytes) -> None:
        self._owner = owner
        self._cipher = AESGCM(secret)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._owner})"

    def seal(self, part: str, content: bytes) -> bytes:
        """Nonce, ciphertext, tag: 28 bytes longer than the content."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, self._bound(part))

    def open(self, part: str, sealed: bytes) -> bytes:
        """The content, as it was sealed. Raises: SealBroken."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bound(part))
        except (InvalidTag, ValueError):
            raise SealBroken(
                f"The {part} of {self._owner} is not what was sealed there", {"owner": self._owner, "part": part}
            ) from None

    def _bound(self, part: str) -> bytes:
        return f"ebl-ledger sealed part 1\n{self._owner}\n{part}".encode()


class OwnersKey(SealingKey):
    """The key of one owner, opened; `wrapped` is what may be stored of it."""

    __slots__ = ("wrapped",)

    def __init__(self, owner: str, secret: bytes, wrapped: Wrapped) -> None:
        super().__init__(owner, secret)
        self.wrapped = wrapped


class Vault:
    """Makes and opens owners' keys."""

    def __init__(self, master_keys: MasterKeys) -> None:
        self.master_keys = master_keys

    async def new_key(self, owner: str) -> OwnersKey:
        """A fresh key for an owner that has none."""
        secret = secrets.token_bytes(KEY_BYTES)
        return OwnersKey(owner, secret, await self.master_keys.wrap(secret, owner))

    async def open_key(self, owner: str, wrapped: Wrapped) -> OwnersKey:
        """An owner's key. Raises: MasterKeyUnknown, SealBroken (it is another owner's, or altered)."""
        return OwnersKey(owner, await self.master_keys.unwrap(wrapped, owner), wrapped)

    async def rewrap(self, owner: str, wrapped: Wrapped) -> Wrapped:
        """The same key under the current master key. Raises: as `open_key`."""
        return await self.master_keys.wrap(await self.master_keys.unwrap(wrapped, owner), owner)
