"""What a party may ask of the ledger: one class a verb, imperative, frozen.

An act on one title carries the title's id and its present `sequence`, the number of acts so far. Who asks (the actor)
and until when a signature counts (the deadline) are not part of the act: see `domain.signed_act`. The acts on
certificates of insurance stand in `domain.certificate_actions`; `Act` is any act on the ledger.
"""

from dataclasses import dataclass

from ebl_service.domain.certificate_actions import CERTIFICATE_ACTS, CertificateAct
from ebl_service.domain.terms import NO_DIGEST, Address, CertificateId, Digest, Purpose, TitleId


@dataclass(frozen=True, slots=True)
class Issue:
    """Issue a title, version 0 of its reference. `endorsee`: None for a blank bill; the consignee of a straight one."""

    title_id: TitleId
    holder: Address
    endorsee: Address | None
    is_to_order: bool
    reference_digest: Digest
    commitment: Digest
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class OnTitle:
    """An act on a title that is there."""

    title_id: TitleId
    sequence: int


@dataclass(frozen=True, slots=True)
class Transfer(OnTitle):
    """Pass possession on."""

    to: Address


@dataclass(frozen=True, slots=True)
class Endorse(OnTitle):
    """Endorse to a party that may not endorse further, and hand over."""

    to: Address


@dataclass(frozen=True, slots=True)
class EndorseToOrder(OnTitle):
    """Endorse to the order of a party, and hand over; the holder of a blank bill may name itself."""

    to: Address


@dataclass(frozen=True, slots=True)
class EndorseInBlank(OnTitle):
    """Endorse in blank; hand over where a receiver is named."""

    to: Address | None = None


@dataclass(frozen=True, slots=True)
class RejectTransfer(OnTitle):
    """Send back what was just received."""


@dataclass(frozen=True, slots=True)
class Sign(OnTitle):
    """Put the holder's signature on record."""


@dataclass(frozen=True, slots=True)
class RequestSurrender(OnTitle):
    """Offer the bill back to the carrier. `reason`: 32 bytes, such as DCSA's SWTP in ASCII."""

    purpose: Purpose
    reason: Digest = NO_DIGEST


@dataclass(frozen=True, slots=True)
class WithdrawSurrender(OnTitle):
    """Take back a request that stayed unanswered."""


@dataclass(frozen=True, slots=True)
class AcceptSurrender(OnTitle):
    """Take the bill in: final."""


@dataclass(frozen=True, slots=True)
class RejectSurrender(OnTitle):
    """Give the bill back, all as before."""


@dataclass(frozen=True, slots=True)
class NewTitle:
    """A title to be issued in place of others; `version` is one above the version it follows, or 0."""

    endorsee: Address | None
    is_to_order: bool
    version: int
    reference_digest: Digest
    commitment: Digest


@dataclass(frozen=True, slots=True)
class Replace:
    """Issue new titles in place of ones surrendered for amendment by one party. Old and new ids ascending, ≤ 16."""

    old_ids: tuple[TitleId, ...]
    sequences: tuple[int, ...]
    new_titles: tuple[NewTitle, ...]


HandOver = Transfer | Endorse | EndorseToOrder | EndorseInBlank
TitleAct = (
    Issue
    | Transfer
    | Endorse
    | EndorseToOrder
    | EndorseInBlank
    | RejectTransfer
    | Sign
    | RequestSurrender
    | WithdrawSurrender
    | AcceptSurrender
    | RejectSurrender
    | Replace
)
TITLE_ACTS: dict[str, type[TitleAct]] = {
    act.__name__: act
    for act in (
        Issue,
        Transfer,
        Endorse,
        EndorseToOrder,
        EndorseInBlank,
        RejectTransfer,
        Sign,
        RequestSurrender,
        WithdrawSurrender,
        AcceptSurrender,
        RejectSurrender,
        Replace,
    )
}
"""Every act on a title by its name."""

Act = TitleAct | CertificateAct
ACTS: dict[str, type[Act]] = {**TITLE_ACTS, **CERTIFICATE_ACTS}
"""Every act by its name, which is also the primary type that its signer sees."""

Subject = TitleId | CertificateId
"""What acts are on: each has a sequence of its own."""


def titles_of(act: Act) -> tuple[TitleId, ...]:
    """The titles an act names: those it is on, or the one a certificate is tied to by it."""
    if isinstance(act, Replace):
        return act.old_ids
    title_id: TitleId | None = getattr(act, "title_id", None)
    return () if title_id is None else (title_id,)


def subjects_of(act: Act) -> tuple[Subject, ...]:
    """The titles or the certificate that an act is on, or brings into being (for a replacement: the old titles)."""
    if isinstance(act, Replace):
        return act.old_ids
    return (act.certificate_id if isinstance(act, CertificateAct) else act.title_id,)
