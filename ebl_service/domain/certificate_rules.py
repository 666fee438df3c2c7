"""Which acts on certificates of insurance are allowed: `decide`, CargoInsurance's rulebook in plain Python.

    act                    who                                       when
    IssueCertificate       an insurer in good standing               the id is unused; the title is live; something is
                                                                     covered; a named party exactly where the mode wants
                                                                     one, registered and not suspended
    CarryOver              the insurer, whatever its standing        its title was replaced, by this title among others
    ConsentToCancellation  the assured                               any time; counts for the very next act, for 7 days,
                                                                     while it is the assured
    CancelCertificate      the insurer, whatever its standing        the part is covered and does not end sooner; where
                                                                     its risk attaches before the notice runs out: with
                                                                     consent, and no loss payee stands
    ReleaseLossPayee       the named payee                           it has not released
    NotifyClaim            the assured                               any time
    AcknowledgeClaim       the insurer, whatever its standing        the claim is notified
    SurveyClaim                                                      it is acknowledged; again and again
    SettleClaim                                                      the same; with whom it is payable to
    DeclineClaim                                                     the same

The checks stand in the order of the contract. Deadlines and signatures are checked before: `domain.signed_act`.
"""

from typing import assert_never

from ebl_service.domain import certificate_actions as act
from ebl_service.domain import certificate_events as happened
from ebl_service.domain.certificate import Certificate, Claim, assured, ending, payee
from ebl_service.domain.terms import (
    NO_DIGEST,
    Address,
    CertificateId,
    ClaimStatus,
    Digest,
    Mode,
    Part,
    Role,
    Seconds,
    Status,
    certificate_id_of,
)
from ebl_service.domain.title_standing import Rules
from ebl_service.errors import certificate_refusals as no
from ebl_service.errors.refusals import TitleNotLive, UnknownTitle

DAY = 86_400
NOTICE = 30 * DAY
WAR_AND_STRIKES_NOTICE = 7 * DAY
CONSENT_PERIOD = 7 * DAY
"""All in seconds."""

_ACKNOWLEDGED = (ClaimStatus.ACKNOWLEDGED, ClaimStatus.SURVEYED)


def decide(rules: Rules, asked: act.CertificateAct, actor: Address) -> tuple[happened.CertificateEvent, ...]:
    """The events that `asked` leads to where `actor` asks it now. Raises: an `errors.refusals` class otherwise."""
    match asked:
        case act.IssueCertificate():
            return _issue(rules, asked, actor)
        case act.CarryOver():
            return (_carry_over(rules, asked, actor),)
        case act.ConsentToCancellation():
            before = _by_assured(rules, asked, actor)
            return (happened.CancellationConsented(before.certificate_id, actor, asked.part, *_next(rules, before)),)
        case act.CancelCertificate():
            return (_cancel(rules, asked, actor),)
        case act.ReleaseLossPayee():
            before = _current(rules, asked, actor)
            if before.loss_payee != actor:
                raise no.NotLossPayee(before.certificate_id, actor)
            return (happened.LossPayeeReleased(before.certificate_id, actor, *_next(rules, before)),)
        case act.NotifyClaim():
            before = _by_assured(rules, asked, actor)
            on = (before.certificate_id, before.title_id, actor)
            _require_digest(asked.documents_digest, before.certificate_id, actor)
            return (happened.ClaimNotified(*on, asked.documents_digest, *_next(rules, before)),)
        case act.AcknowledgeClaim() | act.SurveyClaim() | act.SettleClaim() | act.DeclineClaim():
            return (_answer(rules, asked, actor),)
        case _:
            assert_never(asked)


# Issue and carry-over


def _issue(rules: Rules, asked: act.IssueCertificate, insurer: Address) -> tuple[happened.CertificateEvent, ...]:
    certificate_id = certificate_id_of(insurer, asked.reference_digest)
    party = rules.parties.get(insurer)
    if party is None or Role.INSURER not in party.roles:
        raise no.InsurerRoleMissing(certificate_id, insurer)
    if party.is_suspended:
        raise no.InsurerSuspended(certificate_id, insurer)
    if certificate_id in rules.certificates:
        raise no.CertificateExists(certificate_id, insurer)
    if NO_DIGEST in (asked.reference_digest, asked.commitment):
        raise no.CertificateDigestMissing(certificate_id, insurer)
    if not (asked.cargo_attaches_at or asked.war_attaches_at or asked.strikes_attaches_at):
        raise no.NothingCovered(certificate_id, insurer)
    title = rules.titles.get(asked.title_id)
    if title is None:
        raise UnknownTitle(asked.title_id, insurer)
    if not title.status.is_live:
        raise TitleNotLive(asked.title_id, insurer, title.status.name)
    _require_named(rules, asked, certificate_id, insurer)
    issued = happened.CertificateIssued(
        certificate_id=certificate_id,
        title_id=asked.title_id,
        insurer=insurer,
        mode=asked.mode,
        named=asked.named,
        cargo_attaches_at=asked.cargo_attaches_at,
        war_attaches_at=asked.war_attaches_at,
        strikes_attaches_at=asked.strikes_attaches_at,
        reference_digest=asked.reference_digest,
        commitment=asked.commitment,
        time=rules.now,
    )
    return (issued, happened.PartyNamed(certificate_id, asked.named)) if asked.named else (issued,)


def _require_named(rules: Rules, asked: act.IssueCertificate, certificate_id: CertificateId, insurer: Address) -> None:
    if (asked.named is None) != (asked.mode is Mode.FOLLOW):
        raise no.NamedPartyMismatch(certificate_id, insurer, asked.mode.name)
    if asked.named is None:
        return
    party = rules.parties.get(asked.named)
    if party is None:
        raise no.NamedPartyNotRegistered(certificate_id, insurer, asked.named)
    if party.is_suspended:
        raise no.NamedPartySuspended(certificate_id, insurer, asked.named)


def _carry_over(rules: Rules, asked: act.CarryOver, actor: Address) -> happened.CertificateEvent:
    before = _by_insurer(rules, asked, actor)
    _require_digest(asked.commitment, before.certificate_id, actor)
    title = rules.titles[before.title_id]
    if title.status is not Status.REPLACED:
        raise no.TitleNotReplaced(before.certificate_id, actor, title.status.name)
    if asked.title_id not in title.replaced_by:
        raise no.NotAReplacement(before.certificate_id, actor, asked.title_id)
    on = (before.certificate_id, asked.title_id, actor, before.title_id)
    return happened.CarriedOver(*on, asked.commitment, *_next(rules, before))


# Cancellation


def _cancel(rules: Rules, asked: act.CancelCertificate, actor: Address) -> happened.CertificateEvent:
    before = _by_insurer(rules, asked, actor)
    certificate_id, part = before.certificate_id, asked.part
    ends_at = notice_ends(rules.now, part)
    if not any(before.attaches_at.of(part)):
        raise no.PartNotCovered(certificate_id, actor, part.name)
    after = ending(before, part, ends_at)
    if after == before.ends_at:
        raise no.PartAlreadyCancelled(certificate_id, actor, part.name)
    times = zip(before.attaches_at.of(Part.ALL), before.ends_at.of(Part.ALL), after.of(Part.ALL), strict=True)
    if any(attaches < ends_at for attaches, was, now in times if was != now):
        _require_consent(rules, before, part, ends_at)
    on = (certificate_id, before.title_id, actor)
    return happened.CertificateCancelled(*on, part, ends_at, *_next(rules, before))


def notice_ends(now: Seconds, part: Part) -> Seconds:
    """When a notice given now runs out: whole days from the midnight (UTC) that ends the day of notice."""
    return (now // DAY + 1) * DAY + (NOTICE if part is Part.ALL else WAR_AND_STRIKES_NOTICE)


def _require_consent(rules: Rules, before: Certificate, part: Part, ends_at: Seconds) -> None:
    certificate_id, insurer = before.certificate_id, before.insurer
    if before.loss_payee is not None:
        raise no.LossPayeeStands(certificate_id, insurer, before.loss_payee)
    is_given = (
        before.consented is part
        and rules.now <= before.acted_at + CONSENT_PERIOD
        and before.consented_by == assured(before, rules.titles[before.title_id])
    )
    if not is_given:
        raise no.ConsentMissing(certificate_id, insurer, part.name, ends_at)


# Claims


def _answer(
    rules: Rules, asked: act.AcknowledgeClaim | act.SurveyClaim | act.SettleClaim | act.DeclineClaim, actor: Address
) -> happened.CertificateEvent:
    allowed = (ClaimStatus.NOTIFIED,) if isinstance(asked, act.AcknowledgeClaim) else _ACKNOWLEDGED
    before, claim = _claimed(rules, asked, actor, allowed)
    on, when = (before.certificate_id, actor), _next(rules, before)
    match asked:
        case act.AcknowledgeClaim():
            return happened.ClaimAcknowledged(*on, claim.number, *when)
        case act.SurveyClaim():
            _require_digest(asked.survey_digest, *on)
            return happened.ClaimSurveyed(*on, claim.number, asked.survey_digest, *when)
        case act.SettleClaim():
            _require_digest(asked.settlement_digest, *on)
            if payee(before, rules.titles[before.title_id]) != asked.payee:
                raise no.NotPayee(*on, asked.payee)
            papers = (asked.settlement_digest, asked.subrogation_digest)
            return happened.ClaimSettled(*on, asked.payee, claim.number, *papers, *when)
        case act.DeclineClaim():
            _require_digest(asked.reason_digest, *on)
            return happened.ClaimDeclined(*on, claim.number, asked.reason_digest, *when)


# Who may act


def _current(rules: Rules, asked: act.OnCertificate, actor: Address) -> Certificate:
    before = rules.certificates.get(asked.certificate_id)
    if before is None:
        raise no.UnknownCertificate(asked.certificate_id, actor)
    if before.sequence != asked.sequence:
        raise no.StaleCertificate(asked.certificate_id, actor, before.sequence, asked.sequence)
    return before


def _by_insurer(rules: Rules, asked: act.OnCertificate, actor: Address) -> Certificate:
    before = _current(rules, asked, actor)
    if before.insurer != actor:
        raise no.NotInsurer(before.certificate_id, actor)
    return before


def _by_assured(rules: Rules, asked: act.OnCertificate, actor: Address) -> Certificate:
    before = _current(rules, asked, actor)
    if assured(before, rules.titles[before.title_id]) != actor:
        raise no.NotAssured(before.certificate_id, actor)
    return before


def _claimed(
    rules: Rules, asked: act.OnClaim, actor: Address, allowed: tuple[ClaimStatus, ...]
) -> tuple[Certificate, Claim]:
    before = _by_insurer(rules, asked, actor)
    claim = before.claim(asked.claim)
    if claim is None:
        raise no.UnknownClaim(before.certificate_id, actor, asked.claim)
    if claim.status not in allowed:
        raise no.ClaimNotAtThisStage(before.certificate_id, actor, claim.number, claim.status.name)
    return before, claim


def _require_digest(value: Digest, certificate_id: CertificateId, actor: Address) -> None:
    if value == NO_DIGEST:
        raise no.CertificateDigestMissing(certificate_id, actor)


def _next(rules: Rules, before: Certificate) -> tuple[int, Seconds]:
    """Sequence and time of the next act."""
    return before.sequence + 1, rules.now
