"""What an account may do with a certificate now, and why not the rest: the rulebook asked with sample arguments."""

from collections.abc import Mapping

from ebl_service.domain import certificate_actions as act
from ebl_service.domain.certificate import Certificate, payee
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.party import Party
from ebl_service.domain.rulebook import Rules, decide
from ebl_service.domain.terms import Address, ClaimStatus, Digest, Part, Seconds
from ebl_service.domain.title import Title
from ebl_service.errors.refusals import Refusal
from ebl_service.services.answers import AllowedAct

_SAMPLE = Digest("0x" + "11" * 32)
_CLOSED = (ClaimStatus.SETTLED, ClaimStatus.DECLINED)


def allowed_certificate_acts(
    identity: LedgerIdentity,
    certificate: Certificate,
    title: Title,
    parties: Mapping[Address, Party],
    account: Address,
    now: Seconds,
) -> tuple[AllowedAct, ...]:
    """Every act on a certificate that is there; those on a claim for the oldest one that is open."""
    known = {certificate.certificate_id: certificate}
    rules = Rules({title.title_id: title}, dict(parties), now, identity.reject_period, identity.answer_period, known)
    on = (certificate.certificate_id, certificate.sequence)
    successor = title.replaced_by[0] if title.replaced_by else title.title_id
    claim = next((each.number for each in certificate.claims if each.status not in _CLOSED), 0)
    asked: tuple[act.CertificateAct, ...] = (
        act.CarryOver(*on, successor, _SAMPLE),
        *(act.ConsentToCancellation(*on, part) for part in Part),
        *(act.CancelCertificate(*on, part) for part in Part),
        act.ReleaseLossPayee(*on),
        act.NotifyClaim(*on, _SAMPLE),
        act.AcknowledgeClaim(*on, claim),
        act.SurveyClaim(*on, claim, _SAMPLE),
        act.SettleClaim(*on, claim, payee(certificate, title), _SAMPLE),
        act.DeclineClaim(*on, claim, _SAMPLE),
    )
    return tuple(_answer(rules, each, account) for each in asked)


def _answer(rules: Rules, asked: act.CertificateAct, account: Address) -> AllowedAct:
    part = getattr(asked, "part", None)
    try:
        decide(rules, asked, account)
    except Refusal as refusal:
        return AllowedAct(type(asked).__name__, refusal, part=part)
    return AllowedAct(type(asked).__name__, None, part=part)
