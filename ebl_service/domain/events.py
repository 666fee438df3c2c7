"""What the ledger says happened: one class for each event of the contracts, past tense, frozen.

`sequence` is the title's after the act; `time` is the block's, in seconds since 1970. What happens to certificates of
insurance stands in `domain.certificate_events`; `Event` is anything that the ledger says.
"""

from dataclasses import dataclass

from ebl_service.domain.certificate_events import CertificateEvent
from ebl_service.domain.terms import Address, CertificateId, Digest, Purpose, Role, Seconds, TitleId


@dataclass(frozen=True, slots=True)
class Issued:
    """A title came into being. `endorsee_number` is the endorsee's party number, 0 on a blank bill."""

    title_id: TitleId
    carrier: Address
    holder: Address
    endorsee: Address | None
    endorsee_number: int
    is_to_order: bool
    version: int
    reference_digest: Digest
    commitment: Digest
    time: Seconds
    replaces: tuple[TitleId, ...] = ()
    sequence: int = 1


@dataclass(frozen=True, slots=True)
class EndorseeNamed:
    """Beside `Issued`: the endorsee or consignee the bill was made out to. Changes nothing."""

    title_id: TitleId
    endorsee: Address


@dataclass(frozen=True, slots=True)
class Transferred:
    """Possession passed."""

    title_id: TitleId
    giver: Address
    to: Address
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class Endorsed:
    """Endorsed to `to`, who may not endorse further, and handed over. `number`: party number of `to`."""

    title_id: TitleId
    giver: Address
    to: Address
    number: int
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class EndorsedToOrder:
    """Endorsed to the order of `to`, and handed over (where `to` is not the giver itself)."""

    title_id: TitleId
    giver: Address
    to: Address
    number: int
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class EndorsedInBlank:
    """Endorsed in blank; handed over where `to` is named."""

    title_id: TitleId
    giver: Address
    to: Address | None
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class TransferRejected:
    """What `giver` had just received went back to `to`."""

    title_id: TitleId
    giver: Address
    to: Address
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class Signed:
    """The holder put its signature on record."""

    title_id: TitleId
    holder: Address
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class SurrenderRequested:
    """The holder offered the bill back to the carrier."""

    title_id: TitleId
    holder: Address
    carrier: Address
    purpose: Purpose
    reason: Digest
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class SurrenderWithdrawn:
    """The holder took an unanswered request back."""

    title_id: TitleId
    holder: Address
    carrier: Address
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class SurrenderAccepted:
    """The carrier took the bill in."""

    title_id: TitleId
    holder: Address
    carrier: Address
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class SurrenderRejected:
    """The carrier gave the bill back."""

    title_id: TitleId
    holder: Address
    carrier: Address
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class Replaced:
    """The carrier issued `new_ids` in place of this title."""

    title_id: TitleId
    holder: Address
    carrier: Address
    new_ids: tuple[TitleId, ...]
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class Registered:
    """A party joined. Parties are numbered from 1."""

    account: Address
    number: int
    roles: Role
    identity_digest: Digest
    nonce: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class IdentityUpdated:
    """A party's identity record changed."""

    account: Address
    identity_digest: Digest
    nonce: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class RoleGranted:
    """A party gained roles."""

    account: Address
    roles: Role
    time: Seconds


@dataclass(frozen=True, slots=True)
class RoleWithdrawn:
    """A party lost roles."""

    account: Address
    roles: Role
    time: Seconds


@dataclass(frozen=True, slots=True)
class Suspended:
    """A party may no longer issue or receive by new acts."""

    account: Address
    time: Seconds


@dataclass(frozen=True, slots=True)
class Reinstated:
    """A suspension ended."""

    account: Address
    time: Seconds


@dataclass(frozen=True, slots=True)
class SingleKeyWarning:
    """A carrier, insurer or terminal acts with a plain key that could be lost. Changes nothing."""

    account: Address
    roles: Role


@dataclass(frozen=True, slots=True)
class OwnershipTransferStarted:
    """The registrar offered its seat."""

    previous_owner: Address
    new_owner: Address


@dataclass(frozen=True, slots=True)
class OwnershipTransferred:
    """The registrar's seat passed."""

    previous_owner: Address
    new_owner: Address


@dataclass(frozen=True, slots=True)
class ActRefused:
    """An act in a batch did not stand. `act`: keccak-256 of its call data; `reason`: revert data in hex."""

    index: int
    act: Digest
    reason: str


TitleEvent = (
    Issued
    | EndorseeNamed
    | Transferred
    | Endorsed
    | EndorsedToOrder
    | EndorsedInBlank
    | TransferRejected
    | Signed
    | SurrenderRequested
    | SurrenderWithdrawn
    | SurrenderAccepted
    | SurrenderRejected
    | Replaced
)
PartyEvent = (
    Registered
    | IdentityUpdated
    | RoleGranted
    | RoleWithdrawn
    | Suspended
    | Reinstated
    | SingleKeyWarning
    | OwnershipTransferStarted
    | OwnershipTransferred
)
Event = TitleEvent | CertificateEvent | PartyEvent | ActRefused


def subject_of(event: Event) -> TitleId | CertificateId | None:
    """The title or certificate that an event is about; None where it is about neither."""
    found: TitleId | CertificateId | None = getattr(event, "certificate_id", None) or getattr(event, "title_id", None)
    return found
