"""What the ledger says happened to certificates of insurance: one class for each event of CargoInsurance, past tense.

`sequence` is the certificate's after the act; `time` and `…_at` are seconds since 1970.
"""

from dataclasses import dataclass

from ebl_service.domain.terms import Address, CertificateId, Digest, Mode, Part, Seconds, TitleId


@dataclass(frozen=True, slots=True)
class CertificateIssued:
    """A certificate came into being, tied to a title."""

    certificate_id: CertificateId
    title_id: TitleId
    insurer: Address
    mode: Mode
    named: Address | None
    cargo_attaches_at: Seconds
    war_attaches_at: Seconds
    strikes_attaches_at: Seconds
    reference_digest: Digest
    commitment: Digest
    time: Seconds
    sequence: int = 1


@dataclass(frozen=True, slots=True)
class PartyNamed:
    """Beside `CertificateIssued`: the payee or assured it names. Changes nothing."""

    certificate_id: CertificateId
    party: Address


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Tied to `title_id` from now on, which took the place of `replaced`."""

    certificate_id: CertificateId
    title_id: TitleId
    insurer: Address
    replaced: TitleId
    commitment: Digest
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class CancellationConsented:
    """The assured agreed to the cancellation of a part, for the very next act."""

    certificate_id: CertificateId
    assured: Address
    part: Part
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class CertificateCancelled:
    """The insurer gave notice, which runs out at `ends_at`."""

    certificate_id: CertificateId
    title_id: TitleId
    insurer: Address
    part: Part
    ends_at: Seconds
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class LossPayeeReleased:
    """The payee gave up its right to be paid."""

    certificate_id: CertificateId
    payee: Address
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class ClaimNotified:
    """The assured gave notice of a loss; the claim is named by this event's sequence."""

    certificate_id: CertificateId
    title_id: TitleId
    assured: Address
    documents_digest: Digest
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class ClaimAcknowledged:
    """The insurer took note of a claim."""

    certificate_id: CertificateId
    insurer: Address
    claim: int
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class ClaimSurveyed:
    """A survey's report was recorded."""

    certificate_id: CertificateId
    insurer: Address
    claim: int
    survey_digest: Digest
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class ClaimSettled:
    """The insurer settled a claim with whom it was payable to."""

    certificate_id: CertificateId
    insurer: Address
    payee: Address
    claim: int
    settlement_digest: Digest
    subrogation_digest: Digest
    sequence: int
    time: Seconds


@dataclass(frozen=True, slots=True)
class ClaimDeclined:
    """The insurer declined a claim."""

    certificate_id: CertificateId
    insurer: Address
    claim: int
    reason_digest: Digest
    sequence: int
    time: Seconds


CertificateEvent = (
    CertificateIssued
    | PartyNamed
    | CarriedOver
    | CancellationConsented
    | CertificateCancelled
    | LossPayeeReleased
    | ClaimNotified
    | ClaimAcknowledged
    | ClaimSurveyed
    | ClaimSettled
    | ClaimDeclined
)
