"""A certificate of insurance: its state, how events change it, and whom it assures. Rules: `domain.certificate_rules`.

Rules kept here
- The state is a fold of the certificate's events and of nothing else; `sequence` counts them without a gap.
- `head' = keccak(head, verb, time, actor, arguments, standing before)`, from `keccak(domain separator, certificate id)`
  on, where `standing` is the contract's word (contracts/Standing.sol).
- FOLLOW and LOSS_PAYEE assure who is entitled under the title, read from the title at that block; on a straight bill
  surrendered for delivery the consignee. NONE assures the named party.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from ebl_service.domain import certificate_events as happened
from ebl_service.domain.terms import (
    NO_DIGEST,
    NOBODY,
    Address,
    CertificateId,
    CertificateStatus,
    CertificateVerb,
    ClaimStatus,
    Digest,
    Mode,
    Part,
    Seconds,
    Status,
    TitleId,
    digest,
)
from ebl_service.domain.title import Title
from ebl_service.errors import LedgerDisagrees


@dataclass(frozen=True, slots=True)
class Parts:
    """A time for each part of the cover; 0: not covered, or not cancelled."""

    cargo: Seconds = 0
    war: Seconds = 0
    strikes: Seconds = 0

    def of(self, part: Part) -> tuple[Seconds, ...]:
        """The times that a notice about `part` is about."""
        each = (self.cargo, self.war, self.strikes)
        return each if part is Part.ALL else each[part : part + 1]


@dataclass(frozen=True, slots=True)
class Claim:
    """A loss that was notified. `number`: the sequence of its notice."""

    number: int
    claimant: Address
    status: ClaimStatus
    notified_at: Seconds
    acted_at: Seconds
    documents_digest: Digest


@dataclass(frozen=True, slots=True)
class Certificate:
    """The ledger's record of one certificate of insurance.

    `named`: the payee (LOSS_PAYEE) or the assured (NONE). `consented`: the part whose cancellation the last act agreed
    to; `consented_by`: who agreed last.
    """

    certificate_id: CertificateId
    insurer: Address
    title_id: TitleId
    mode: Mode
    named: Address | None
    is_released: bool
    attaches_at: Parts
    ends_at: Parts
    consented: Part | None
    consented_by: Address | None
    sequence: int
    acted_at: Seconds
    reference_digest: Digest
    commitment: Digest
    head: Digest
    claims: tuple[Claim, ...] = ()

    @property
    def loss_payee(self) -> Address | None:
        """Who is paid instead of the assured, until it releases that."""
        return self.named if self.mode is Mode.LOSS_PAYEE and not self.is_released else None

    def claim(self, number: int) -> Claim | None:
        """The claim of this number."""
        return next((claim for claim in self.claims if claim.number == number), None)

    def has_ended(self, now: Seconds) -> bool:
        """Whether the notice of every part that was covered has run out."""
        pairs = zip(self.attaches_at.of(Part.ALL), self.ends_at.of(Part.ALL), strict=True)
        return all(0 < end <= now for attaches, end in pairs if attaches)


def assured(certificate: Certificate, title: Title) -> Address:
    """Whom it assures, as its title stands."""
    if certificate.mode is Mode.NONE:
        assert certificate.named is not None
        return certificate.named
    return assured_under(title)


def assured_under(title: Title) -> Address:
    """Whom a certificate that follows this title assures."""
    is_consignees = not title.is_to_order and title.status is Status.SURRENDERED_FOR_DELIVERY
    return title.endorsee if is_consignees and title.endorsee else title.entitled


def payee(certificate: Certificate, title: Title) -> Address:
    """Whom a claim is payable to, as its title stands."""
    return certificate.loss_payee or assured(certificate, title)


def status(certificate: Certificate, title: Title, now: Seconds) -> CertificateStatus:
    """How it stands, with its title, at a block of this time."""
    if certificate.has_ended(now):
        return CertificateStatus.ENDED
    gone = title.status >= Status.SURRENDERED_FOR_AMENDMENT
    return CertificateStatus.REVIEW if gone else CertificateStatus.IN_FORCE


def standing_word(certificate: Certificate) -> int:
    """Whose it is and how far it has come, as the contract packs it."""
    consent = 0 if certificate.consented is None else certificate.consented + 1
    return (
        int(certificate.insurer, 16)
        | certificate.sequence << 160
        | certificate.acted_at << 192
        | certificate.mode << 232
        | certificate.is_released << 240
        | consent << 244
    )


def evolve(certificate: Certificate | None, event: happened.CertificateEvent, domain_separator: Digest) -> Certificate:
    """The certificate after `event`. `domain_separator`: the contract's, from which every head begins.

    Raises: LedgerDisagrees where the event cannot follow: an unknown certificate, one issued twice, a gap.
    """
    if isinstance(event, happened.CertificateIssued):
        if certificate is not None:
            raise LedgerDisagrees(f"certificate {event.certificate_id} was issued twice")
        return _issued(event, domain_separator)
    if certificate is None:
        raise LedgerDisagrees(f"{type(event).__name__} on certificate {event.certificate_id}, which was never issued")
    if isinstance(event, happened.PartyNamed):
        return certificate
    if event.sequence != certificate.sequence + 1:
        raise LedgerDisagrees(
            f"certificate {certificate.certificate_id} goes from act {certificate.sequence} to act {event.sequence}"
        )
    return _acted(certificate, event)


def _issued(event: happened.CertificateIssued, domain_separator: Digest) -> Certificate:
    attaches_at = Parts(event.cargo_attaches_at, event.war_attaches_at, event.strikes_attaches_at)
    arguments = digest(
        event.title_id,
        event.mode,
        event.named or NOBODY,
        *attaches_at.of(Part.ALL),
        event.reference_digest,
        event.commitment,
    )
    seed = digest(domain_separator, event.certificate_id)
    return Certificate(
        certificate_id=event.certificate_id,
        insurer=event.insurer,
        title_id=event.title_id,
        mode=event.mode,
        named=event.named,
        is_released=False,
        attaches_at=attaches_at,
        ends_at=Parts(),
        consented=None,
        consented_by=None,
        sequence=1,
        acted_at=event.time,
        reference_digest=event.reference_digest,
        commitment=event.commitment,
        head=digest(seed, CertificateVerb.ISSUE_CERTIFICATE, event.time, event.insurer, arguments, 0),
    )


_ActedEvent = (
    happened.CarriedOver
    | happened.CancellationConsented
    | happened.CertificateCancelled
    | happened.LossPayeeReleased
    | happened.ClaimNotified
    | happened.ClaimAcknowledged
    | happened.ClaimSurveyed
    | happened.ClaimSettled
    | happened.ClaimDeclined
)
_Verb = CertificateVerb


def _acted(before: Certificate, event: _ActedEvent) -> Certificate:
    match event:
        case happened.CarriedOver():
            arguments = digest(event.title_id, event.commitment)
            after = _linked(before, event, _Verb.CARRY_OVER, event.insurer, arguments)
            return replace(after, title_id=event.title_id, commitment=event.commitment)
        case happened.CancellationConsented():
            after = _linked(before, event, _Verb.CONSENT_TO_CANCELLATION, event.assured, _word(event.part))
            return replace(after, consented=event.part, consented_by=event.assured)
        case happened.CertificateCancelled():
            after = _linked(before, event, _Verb.CANCEL_CERTIFICATE, event.insurer, _word(event.part))
            return replace(after, ends_at=ending(before, event.part, event.ends_at))
        case happened.LossPayeeReleased():
            after = _linked(before, event, _Verb.RELEASE_LOSS_PAYEE, event.payee, NO_DIGEST)
            return replace(after, is_released=True)
        case happened.ClaimNotified():
            after = _linked(before, event, _Verb.NOTIFY_CLAIM, event.assured, event.documents_digest)
            claim = Claim(
                event.sequence, event.assured, ClaimStatus.NOTIFIED, event.time, event.time, event.documents_digest
            )
            return replace(after, claims=(*before.claims, claim))
        case _:
            return _answered(before, event)


_Answer = happened.ClaimAcknowledged | happened.ClaimSurveyed | happened.ClaimSettled | happened.ClaimDeclined


def _answered(before: Certificate, event: _Answer) -> Certificate:
    match event:
        case happened.ClaimAcknowledged():
            verb, reached, arguments = _Verb.ACKNOWLEDGE_CLAIM, ClaimStatus.ACKNOWLEDGED, _word(event.claim)
        case happened.ClaimSurveyed():
            verb, reached, arguments = (
                _Verb.SURVEY_CLAIM,
                ClaimStatus.SURVEYED,
                digest(event.claim, event.survey_digest),
            )
        case happened.ClaimSettled():
            verb, reached = _Verb.SETTLE_CLAIM, ClaimStatus.SETTLED
            arguments = digest(event.claim, event.payee, event.settlement_digest, event.subrogation_digest)
        case happened.ClaimDeclined():
            verb, reached, arguments = (
                _Verb.DECLINE_CLAIM,
                ClaimStatus.DECLINED,
                digest(event.claim, event.reason_digest),
            )
        case _:
            assert_never(event)
    after = _linked(before, event, verb, event.insurer, arguments)
    claims = tuple(
        replace(claim, status=reached, acted_at=event.time) if claim.number == event.claim else claim
        for claim in before.claims
    )
    if claims == before.claims and before.claim(event.claim) is None:
        raise LedgerDisagrees(f"certificate {before.certificate_id} has no claim {event.claim}")
    return replace(after, claims=claims)


def ending(certificate: Certificate, part: Part, ends_at: Seconds) -> Parts:
    """When each part ends, with a notice about `part` that runs out then: what ends sooner does so still."""

    def end(index: int) -> Seconds:
        attaches, present = certificate.attaches_at.of(Part.ALL)[index], certificate.ends_at.of(Part.ALL)[index]
        is_meant = attaches and (part is Part.ALL or part == index)
        return ends_at if is_meant and (not present or present > ends_at) else present

    return Parts(*map(end, range(3)))


def _linked(
    certificate: Certificate, event: _ActedEvent, verb: CertificateVerb, actor: Address, arguments: Digest
) -> Certificate:
    head = digest(certificate.head, verb, event.time, actor, arguments, standing_word(certificate))
    return replace(certificate, sequence=event.sequence, acted_at=event.time, head=head, consented=None)


def _word(value: int) -> Digest:
    return Digest(f"0x{value:064x}")
