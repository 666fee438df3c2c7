"""What a caller asks typed data for, about certificates of insurance: a verb and its arguments."""

from typing import Literal, assert_never

from ebl_service.api.fields import (
    AccountField,
    AttachesField,
    CertificateIdField,
    ClaimField,
    DeadlineField,
    DigestField,
    OptionalAccount,
    RequestModel,
    TitleIdField,
)
from ebl_service.domain import certificate_actions as act
from ebl_service.domain.terms import NO_DIGEST, CertificateId, Mode, Part, certificate_id_of

ModeName = Literal["FOLLOW", "LOSS_PAYEE", "NONE"]
PartName = Literal["ALL", "WAR", "STRIKES"]


class _Asked(RequestModel):
    deadline: DeadlineField | None = None


class IssueCertificateAsked(_Asked):
    """By `insurer`, against a live title. `named`: the payee (LOSS_PAYEE) or the assured (NONE)."""

    verb: Literal["IssueCertificate"]
    insurer: AccountField
    title_id: TitleIdField
    mode: ModeName
    named: OptionalAccount = None
    cargo_attaches_at: AttachesField = 0
    war_attaches_at: AttachesField = 0
    strikes_attaches_at: AttachesField = 0
    reference_digest: DigestField
    commitment: DigestField


class CarryOverAsked(_Asked):
    """To one of the titles that took its title's place, as amended."""

    verb: Literal["CarryOver"]
    certificate_id: CertificateIdField
    title_id: TitleIdField
    commitment: DigestField


class PartAsked(_Asked):
    """About a cancellation: the assured's consent, or the insurer's notice."""

    verb: Literal["ConsentToCancellation", "CancelCertificate"]
    certificate_id: CertificateIdField
    part: PartName


class ReleaseLossPayeeAsked(_Asked):
    """By the payee."""

    verb: Literal["ReleaseLossPayee"]
    certificate_id: CertificateIdField


class NotifyClaimAsked(_Asked):
    """By the assured, with a digest of the documents."""

    verb: Literal["NotifyClaim"]
    certificate_id: CertificateIdField
    documents_digest: DigestField


class AcknowledgeClaimAsked(_Asked):
    """A claim is named by the sequence of its notice."""

    verb: Literal["AcknowledgeClaim"]
    certificate_id: CertificateIdField
    claim: ClaimField


class SurveyClaimAsked(_Asked):
    """A survey's report."""

    verb: Literal["SurveyClaim"]
    certificate_id: CertificateIdField
    claim: ClaimField
    survey_digest: DigestField


class SettleClaimAsked(_Asked):
    """With whom the claim is payable to now."""

    verb: Literal["SettleClaim"]
    certificate_id: CertificateIdField
    claim: ClaimField
    payee: AccountField
    settlement_digest: DigestField
    subrogation_digest: DigestField = NO_DIGEST


class DeclineClaimAsked(_Asked):
    """For reasons."""

    verb: Literal["DeclineClaim"]
    certificate_id: CertificateIdField
    claim: ClaimField
    reason_digest: DigestField


CertificateActAsked = (
    IssueCertificateAsked
    | CarryOverAsked
    | PartAsked
    | ReleaseLossPayeeAsked
    | NotifyClaimAsked
    | AcknowledgeClaimAsked
    | SurveyClaimAsked
    | SettleClaimAsked
    | DeclineClaimAsked
)
_PARTS: dict[str, type[act.ConsentToCancellation | act.CancelCertificate]] = {
    "ConsentToCancellation": act.ConsentToCancellation,
    "CancelCertificate": act.CancelCertificate,
}


def certificate_of(asked: CertificateActAsked) -> CertificateId | None:
    """The certificate whose sequence the act needs; None for an issue."""
    return None if isinstance(asked, IssueCertificateAsked) else asked.certificate_id


def certificate_act_of(asked: CertificateActAsked, sequence: int) -> act.CertificateAct:
    """The act that is asked for, at the certificate's present sequence."""
    match asked:
        case IssueCertificateAsked():
            return act.IssueCertificate(
                certificate_id_of(asked.insurer, asked.reference_digest),
                asked.title_id,
                Mode[asked.mode],
                asked.named,
                *(asked.cargo_attaches_at, asked.war_attaches_at, asked.strikes_attaches_at),
                asked.reference_digest,
                asked.commitment,
            )
        case CarryOverAsked():
            return act.CarryOver(asked.certificate_id, sequence, asked.title_id, asked.commitment)
        case PartAsked():
            return _PARTS[asked.verb](asked.certificate_id, sequence, Part[asked.part])
        case ReleaseLossPayeeAsked():
            return act.ReleaseLossPayee(asked.certificate_id, sequence)
        case NotifyClaimAsked():
            return act.NotifyClaim(asked.certificate_id, sequence, asked.documents_digest)
        case AcknowledgeClaimAsked():
            return act.AcknowledgeClaim(asked.certificate_id, sequence, asked.claim)
        case SurveyClaimAsked():
            return act.SurveyClaim(asked.certificate_id, sequence, asked.claim, asked.survey_digest)
        case SettleClaimAsked():
            papers = (asked.settlement_digest, asked.subrogation_digest)
            return act.SettleClaim(asked.certificate_id, sequence, asked.claim, asked.payee, *papers)
        case DeclineClaimAsked():
            return act.DeclineClaim(asked.certificate_id, sequence, asked.claim, asked.reason_digest)
        case _:
            assert_never(asked)
