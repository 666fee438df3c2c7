"""What a party may ask about a certificate of insurance: one class a verb, imperative, frozen.

Like the acts on titles (`domain.actions`) they carry the certificate's id and its present `sequence`. A claim is named
by the sequence of its notice.
"""

from dataclasses import dataclass

from ebl_service.domain.terms import NO_DIGEST, Address, CertificateId, Digest, Mode, Part, Seconds, TitleId


@dataclass(frozen=True, slots=True)
class IssueCertificate:
    """Issue a certificate against a live title.

    `named`: the payee (LOSS_PAYEE) or the assured (NONE); None for FOLLOW. `…_attaches_at`: when the risk of that part
    attaches, 0 where it is not covered.
    """

    certificate_id: CertificateId
    title_id: TitleId
    mode: Mode
    named: Address | None
    cargo_attaches_at: Seconds
    war_attaches_at: Seconds
    strikes_attaches_at: Seconds
    reference_digest: Digest
    commitment: Digest
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class OnCertificate:
    """An act on a certificate that is there."""

    certificate_id: CertificateId
    sequence: int


@dataclass(frozen=True, slots=True)
class CarryOver(OnCertificate):
    """Tie the certificate, as amended, to a title that took its title's place."""

    title_id: TitleId
    commitment: Digest


@dataclass(frozen=True, slots=True)
class ConsentToCancellation(OnCertificate):
    """Agree to a cancellation that needs the assured's signature; counts for the very next act, within 7 days."""

    part: Part


@dataclass(frozen=True, slots=True)
class CancelCertificate(OnCertificate):
    """Give notice of cancellation."""

    part: Part


@dataclass(frozen=True, slots=True)
class ReleaseLossPayee(OnCertificate):
    """Give up the right to be paid."""


@dataclass(frozen=True, slots=True)
class NotifyClaim(OnCertificate):
    """Give notice of a loss, with a digest of its documents."""

    documents_digest: Digest


@dataclass(frozen=True, slots=True)
class OnClaim(OnCertificate):
    """An act on a claim."""

    claim: int


@dataclass(frozen=True, slots=True)
class AcknowledgeClaim(OnClaim):
    """Take note of a claim."""


@dataclass(frozen=True, slots=True)
class SurveyClaim(OnClaim):
    """Record a survey's report."""

    survey_digest: Digest


@dataclass(frozen=True, slots=True)
class SettleClaim(OnClaim):
    """Record a settlement with whom the claim is payable to now; `subrogation_digest`: zero where there is none."""

    payee: Address
    settlement_digest: Digest
    subrogation_digest: Digest = NO_DIGEST


@dataclass(frozen=True, slots=True)
class DeclineClaim(OnClaim):
    """Decline a claim, for reasons whose digest is given."""

    reason_digest: Digest


CertificateAct = (
    IssueCertificate
    | CarryOver
    | ConsentToCancellation
    | CancelCertificate
    | ReleaseLossPayee
    | NotifyClaim
    | AcknowledgeClaim
    | SurveyClaim
    | SettleClaim
    | DeclineClaim
)
CERTIFICATE_ACTS: dict[str, type[CertificateAct]] = {
    act.__name__: act
    for act in (
        IssueCertificate,
        CarryOver,
        ConsentToCancellation,
        CancelCertificate,
        ReleaseLossPayee,
        NotifyClaim,
        AcknowledgeClaim,
        SurveyClaim,
        SettleClaim,
        DeclineClaim,
    )
}
"""Every act on a certificate by its name."""
