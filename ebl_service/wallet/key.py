"""A party's private key in memory, and what it signs.

Rules kept: only typed data and the messages of signing in are signed, by digests that `domain.signed_act` and
`domain.sign_in` make, so that what a wallet would show is what is signed; the key never shows in a representation or an
error.
"""

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import coincurve

from ebl_service.domain.actions import Act
from ebl_service.domain.keccak import keccak
from ebl_service.domain.sign_in import personal_digest
from ebl_service.domain.signed_act import Join, Message, SignedAct, SigningDomain, signing_digest
from ebl_service.domain.terms import Address, Seconds
from ebl_service.errors import InvalidRequest

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

KEY_BYTES = 32


class PartyKey:
    """A secp256k1 key and the account it controls."""

    __slots__ = ("_key", "address")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise InvalidRequest("A private key has 32 bytes")
        try:
            self._key = coincurve.PrivateKey(secret)
        except ValueError:
            raise InvalidRequest("These 32 bytes are not a private key of secp256k1") from None
        self.address = Address("0x" + keccak(self._key.public_key.format(compressed=False)[1:])[-20:].hex())

    @classmethod
    def random(cls) -> "PartyKey":
        """A new key from the operating system's randomness."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def __repr__(self) -> str:
        return f"PartyKey({self.address})"

    @property
    def secret(self) -> bytes:
        """The 32 bytes: for the keystore only."""
        return self._key.secret

    @property
    def account(self) -> "LocalAccount":
        """The same key as web3 takes it: for transactions."""
        from eth_account import Account  # noqa: PLC0415 (a second to load, and nobody who signs typed data needs it)

        account: LocalAccount = Account.from_key(self.secret)
        return account

    def sign_digest(self, digest: bytes) -> bytes:
        """65 bytes r, s, v (27 or 28, s in the lower half) over 32 bytes."""
        signature = self._key.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([signature[64] + 27])

    def sign_message(self, domain: SigningDomain, primary_type: str, message: Message) -> bytes:
        """The signature over typed data (EIP-712)."""
        return self.sign_digest(signing_digest(domain, primary_type, message))

    def sign_text(self, text: str) -> bytes:
        """The signature over a message to sign in with (personal_sign, EIP-191)."""
        return self.sign_digest(personal_digest(text))

    def sign_act(self, domain: SigningDomain, act: Act, deadline: Seconds) -> SignedAct:
        """The act with this key's signature; it counts until `deadline`, inclusive."""
        unsigned = SignedAct(act, self.address, deadline, b"")
        return replace(unsigned, signature=self.sign_digest(unsigned.digest(domain)))

    def sign_join(self, domain: SigningDomain, join: Join) -> Join:
        """The join with this key's signature. Raises: InvalidRequest where it is another account's."""
        if join.account != self.address:
            raise InvalidRequest(f"The join is of {join.account}, the key is of {self.address}")
        return replace(join, signature=self.sign_message(domain, "Join", join.message))
