"""Typed data of acts on certificates of insurance that a party has signed, turned into the domain's words."""

from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import Field

from ebl_service.api.fields import (
    AccountField,
    AttachesField,
    CertificateIdField,
    ClaimField,
    DeadlineField,
    DigestField,
    OptionalAccount,
    RequestModel,
    SequenceField,
    TitleIdField,
)
from ebl_service.api.signing_domain import Domain
from ebl_service.domain.certificate_actions import CERTIFICATE_ACTS, CertificateAct
from ebl_service.domain.terms import Mode, Part


class OnCertificateMessage(RequestModel):
    """What every act on a certificate says."""

    certificate_id: CertificateIdField
    sequence: SequenceField
    deadline: DeadlineField


class IssueCertificateMessage(OnCertificateMessage):
    """`mode`: 0 follow, 1 loss payee, 2 none; `named` zero where it follows."""

    title_id: TitleIdField
    mode: Annotated[int, Field(strict=True, ge=0, le=2)]
    named: OptionalAccount
    cargo_attaches_at: AttachesField
    war_attaches_at: AttachesField
    strikes_attaches_at: AttachesField
    reference_digest: DigestField
    commitment: DigestField


class CarryOverMessage(OnCertificateMessage):
    """To a title that took its title's place."""

    title_id: TitleIdField
    commitment: DigestField


class PartMessage(OnCertificateMessage):
    """`part`: 0 all, 1 war, 2 strikes."""

    part: Annotated[int, Field(strict=True, ge=0, le=2)]


class NotifyClaimMessage(OnCertificateMessage):
    """Notice of a loss."""

    documents_digest: DigestField


class OnClaimMessage(OnCertificateMessage):
    """About a claim."""

    claim: ClaimField


class SurveyClaimMessage(OnClaimMessage):
    """A survey's report."""

    survey_digest: DigestField


class SettleClaimMessage(OnClaimMessage):
    """`subrogationDigest`: zero where there is none."""

    payee: AccountField
    settlement_digest: DigestField
    subrogation_digest: DigestField


class DeclineClaimMessage(OnClaimMessage):
    """Reasons."""

    reason_digest: DigestField


class _TypedData(RequestModel):
    types: dict[str, Any] | None = Field(None, description="As given by /v1/typed-data; may be left out")
    domain: Domain


class IssueCertificateTypedData(_TypedData):
    """IssueCertificate."""

    primary_type: Literal["IssueCertificate"]
    message: IssueCertificateMessage


class CarryOverTypedData(_TypedData):
    """CarryOver."""

    primary_type: Literal["CarryOver"]
    message: CarryOverMessage


class PartTypedData(_TypedData):
    """ConsentToCancellation, CancelCertificate."""

    primary_type: Literal["ConsentToCancellation", "CancelCertificate"]
    message: PartMessage


class ReleaseLossPayeeTypedData(_TypedData):
    """ReleaseLossPayee."""

    primary_type: Literal["ReleaseLossPayee"]
    message: OnCertificateMessage


class NotifyClaimTypedData(_TypedData):
    """NotifyClaim."""

    primary_type: Literal["NotifyClaim"]
    message: NotifyClaimMessage


class AcknowledgeClaimTypedData(_TypedData):
    """AcknowledgeClaim."""

    primary_type: Literal["AcknowledgeClaim"]
    message: OnClaimMessage


class SurveyClaimTypedData(_TypedData):
    """SurveyClaim."""

    primary_type: Literal["SurveyClaim"]
    message: SurveyClaimMessage


class SettleClaimTypedData(_TypedData):
    """SettleClaim."""

    primary_type: Literal["SettleClaim"]
    message: SettleClaimMessage


class DeclineClaimTypedData(_TypedData):
    """DeclineClaim."""

    primary_type: Literal["DeclineClaim"]
    message: DeclineClaimMessage


CertificateTypedData = (
    IssueCertificateTypedData
    | CarryOverTypedData
    | PartTypedData
    | ReleaseLossPayeeTypedData
    | NotifyClaimTypedData
    | AcknowledgeClaimTypedData
    | SurveyClaimTypedData
    | SettleClaimTypedData
    | DeclineClaimTypedData
)
_NUMBERED: dict[str, type[Mode | Part]] = {"mode": Mode, "part": Part}


def signed_certificate_act(data: CertificateTypedData) -> CertificateAct:
    """The act that was signed: the message's members are the act's, by name."""
    kind: Callable[..., CertificateAct] = CERTIFICATE_ACTS[data.primary_type]
    values = {each.name: getattr(data.message, each.name) for each in fields(CERTIFICATE_ACTS[data.primary_type])}
    return kind(**{name: _NUMBERED[name](value) if name in _NUMBERED else value for name, value in values.items()})
