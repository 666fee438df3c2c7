"""The trade's words as types.

Addresses, ids of titles and certificates, and digests are lower-case hex with 0x: 20, 32 and 32 bytes. EIP-55 checksums
are a matter of the edges (`checksummed`), so that comparing and decoding stay cheap.
"""

from enum import IntEnum, IntFlag
from functools import lru_cache
from typing import NewType

from ebl_service.domain.keccak import keccak

Address = NewType("Address", str)
TitleId = NewType("TitleId", str)
CertificateId = NewType("CertificateId", str)
Digest = NewType("Digest", str)
"""32 bytes: keccak-256 or SHA-256."""

Seconds = int
"""Since 1970-01-01 UTC."""

NOBODY = Address("0x" + "00" * 20)
NO_DIGEST = Digest("0x" + "00" * 32)


class Role(IntFlag):
    """What a party may be besides a holder of titles; shippers, banks, consignees and forwarders need none."""

    CARRIER = 1
    INSURER = 2
    TERMINAL = 4
    CUSTOMS = 8


class Status(IntEnum):
    """How a title stands; the numbers are the contract's."""

    ISSUED = 1
    PENDING_SURRENDER_FOR_DELIVERY = 2
    PENDING_SURRENDER_FOR_AMENDMENT = 3
    PENDING_SURRENDER_FOR_PAPER = 4
    SURRENDERED_FOR_DELIVERY = 5
    SURRENDERED_FOR_AMENDMENT = 6
    SURRENDERED_FOR_PAPER = 7
    REPLACED = 8

    @property
    def is_pending(self) -> bool:
        """A surrender waits for the carrier's answer."""
        return Status.PENDING_SURRENDER_FOR_DELIVERY <= self <= Status.PENDING_SURRENDER_FOR_PAPER

    @property
    def is_live(self) -> bool:
        """The title can still be acted on by its holder, now or after a surrender is refused."""
        return self is Status.ISSUED or self.is_pending


class Purpose(IntEnum):
    """What a bill is surrendered for."""

    DELIVERY = 0
    AMENDMENT = 1
    PAPER = 2

    @property
    def pending(self) -> Status:
        """Status while the request waits."""
        return Status(Status.PENDING_SURRENDER_FOR_DELIVERY + self)

    @property
    def surrendered(self) -> Status:
        """Status once accepted."""
        return Status(Status.SURRENDERED_FOR_DELIVERY + self)


class Verb(IntEnum):
    """The acts on a title, numbered as in the contract's heads."""

    ISSUE = 1
    TRANSFER = 2
    ENDORSE = 3
    ENDORSE_TO_ORDER = 4
    ENDORSE_IN_BLANK = 5
    REJECT_TRANSFER = 6
    SIGN = 7
    REQUEST_SURRENDER = 8
    WITHDRAW_SURRENDER = 9
    ACCEPT_SURRENDER = 10
    REJECT_SURRENDER = 11
    REPLACE = 12


class Mode(IntEnum):
    """Whom a certificate of insurance assures and pays; the numbers are the contract's, here and below."""

    FOLLOW = 0
    LOSS_PAYEE = 1
    NONE = 2


class Part(IntEnum):
    """What a notice of cancellation is about."""

    ALL = 0
    WAR = 1
    STRIKES = 2


class CertificateStatus(IntEnum):
    """How a certificate stands. REVIEW: its title is gone otherwise than by delivery, and it was not carried over."""

    IN_FORCE = 1
    REVIEW = 2
    ENDED = 3


class ClaimStatus(IntEnum):
    """How far a claim has come."""

    NOTIFIED = 1
    ACKNOWLEDGED = 2
    SURVEYED = 3
    SETTLED = 4
    DECLINED = 5


class CertificateVerb(IntEnum):
    """The acts on a certificate, numbered as in the contract's heads."""

    ISSUE_CERTIFICATE = 1
    CARRY_OVER = 2
    CONSENT_TO_CANCELLATION = 3
    CANCEL_CERTIFICATE = 4
    RELEASE_LOSS_PAYEE = 5
    NOTIFY_CLAIM = 6
    ACKNOWLEDGE_CLAIM = 7
    SURVEY_CLAIM = 8
    SETTLE_CLAIM = 9
    DECLINE_CLAIM = 10


def word(value: int | str | bool) -> bytes:
    """One 32-byte word, as the ABI encodes a number, a truth value, an address or 32 bytes given in hex."""
    if isinstance(value, str):
        return bytes.fromhex(value[2:]).rjust(32, b"\0")
    return int(value).to_bytes(32, "big")


def digest(*words: int | str | bool) -> Digest:
    """keccak-256 over the words."""
    return Digest("0x" + keccak(b"".join([word(value) for value in words])).hex())


def title_id_of(carrier: Address, reference_digest: Digest, version: int = 0) -> TitleId:
    """The id of a title: carrier, reference digest and version of that reference."""
    return TitleId(digest(carrier, reference_digest, version))


def certificate_id_of(insurer: Address, reference_digest: Digest) -> CertificateId:
    """The id of a certificate: insurer and reference digest (one word fewer than a title's, so never the same)."""
    return CertificateId(digest(insurer, reference_digest))


@lru_cache(maxsize=65_536)
def checksummed(address: Address) -> str:
    """The address with its EIP-55 checksum."""
    plain = address[2:]
    nibbles = keccak(plain.encode()).hex()
    return "0x" + "".join(
        letter.upper() if nibble in "89abcdef" else letter for letter, nibble in zip(plain, nibbles, strict=False)
    )
