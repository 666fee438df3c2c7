"""Typed data that a party has signed, as it comes back: checked to be this ledger's, turned into the domain's words.

Rules kept: domain and types are exactly the ones this service gives out; what differs is refused by name, since its
signature could not count here.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, assert_never

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ebl_service.api.certificate_typed_data import CertificateTypedData, signed_certificate_act
from ebl_service.api.fields import (
    FIRST_FAULT,
    AccountField,
    BytesField,
    DeadlineField,
    DigestField,
    OptionalAccount,
    RequestModel,
    SequenceField,
    TitleIdField,
    TruthField,
)
from ebl_service.api.signing_domain import Domain
from ebl_service.domain import actions as act
from ebl_service.domain.actions import ACTS
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.signed_act import Join, SignedAct, SigningDomain, typed_data
from ebl_service.domain.terms import Purpose, Role
from ebl_service.errors.requests import BadValue


class OnTitleMessage(RequestModel):
    """What every act on a title says."""

    title_id: TitleIdField
    sequence: SequenceField
    deadline: DeadlineField


class IssueMessage(OnTitleMessage):
    """A first issue; `endorsee` zero for a blank bill."""

    holder: AccountField
    endorsee: OptionalAccount
    is_to_order: TruthField
    reference_digest: DigestField
    commitment: DigestField


class HandOverMessage(OnTitleMessage):
    """To a named party."""

    to: AccountField


class BlankMessage(OnTitleMessage):
    """`to` zero where the bill is not handed over."""

    to: OptionalAccount


class SurrenderMessage(OnTitleMessage):
    """`purpose`: 0 delivery, 1 amendment, 2 paper."""

    purpose: Annotated[int, Field(strict=True, ge=0, le=2)]
    reason: DigestField


class NewTitleMessage(RequestModel):
    """A title in place of others."""

    endorsee: OptionalAccount
    is_to_order: TruthField
    version: Annotated[int, Field(strict=True, ge=0, le=2**16 - 1)]
    reference_digest: DigestField
    commitment: DigestField


class ReplaceMessage(RequestModel):
    """New titles in place of old ones, of which each has its sequence."""

    old_ids: Annotated[list[TitleIdField], FIRST_FAULT, Field(min_length=1, max_length=16)]
    sequences: Annotated[list[SequenceField], FIRST_FAULT, Field(min_length=1, max_length=16)]
    new_titles: Annotated[list[NewTitleMessage], FIRST_FAULT, Field(max_length=16)]
    deadline: DeadlineField

    @model_validator(mode="after")
    def _has_as_many(self) -> Self:
        if len(self.sequences) != len(self.old_ids):
            raise PydanticCustomError("bad_length", "must have as many sequences as oldIds")
        return self


class JoinMessage(RequestModel):
    """`roles`: sum of CARRIER 1, INSURER 2, TERMINAL 4, CUSTOMS 8."""

    account: AccountField
    roles: Annotated[int, Field(strict=True, ge=0, le=15)]
    identity_digest: DigestField
    nonce: Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
    deadline: DeadlineField


class _TypedData(RequestModel):
    types: dict[str, Any] | None = Field(None, description="As given by /v1/typed-data; may be left out")
    domain: Domain


class IssueTypedData(_TypedData):
    """Issue."""

    primary_type: Literal["Issue"]
    message: IssueMessage


class HandOverTypedData(_TypedData):
    """Transfer, Endorse, EndorseToOrder."""

    primary_type: Literal["Transfer", "Endorse", "EndorseToOrder"]
    message: HandOverMessage


class BlankTypedData(_TypedData):
    """EndorseInBlank."""

    primary_type: Literal["EndorseInBlank"]
    message: BlankMessage


class PlainTypedData(_TypedData):
    """The acts without arguments."""

    primary_type: Literal["RejectTransfer", "Sign", "WithdrawSurrender", "AcceptSurrender", "RejectSurrender"]
    message: OnTitleMessage


class SurrenderTypedData(_TypedData):
    """RequestSurrender."""

    primary_type: Literal["RequestSurrender"]
    message: SurrenderMessage


class ReplaceTypedData(_TypedData):
    """Replace."""

    primary_type: Literal["Replace"]
    message: ReplaceMessage


class JoinTypedData(_TypedData):
    """Join."""

    primary_type: Literal["Join"]
    message: JoinMessage


ActTypedData = Annotated[
    IssueTypedData
    | HandOverTypedData
    | BlankTypedData
    | PlainTypedData
    | SurrenderTypedData
    | ReplaceTypedData
    | CertificateTypedData,
    Field(discriminator="primary_type"),
]


class SignedActGiven(RequestModel):
    """A signed act: the typed data as given out, who signed it, and the signature."""

    typed_data: ActTypedData
    signer: AccountField
    signature: BytesField

    def signed_act(self, identity: LedgerIdentity) -> SignedAct:
        """The domain's word for it. Raises: ForeignChain, BadValue (types)."""
        data = self.typed_data
        asked = _act(data)
        domain = identity.domain_of(asked)
        data.domain.check(domain)
        _check_types(data.types, domain, data.primary_type)
        return SignedAct(asked, self.signer, data.message.deadline, bytes.fromhex(self.signature[2:]))


class JoinGiven(RequestModel):
    """A signed join."""

    typed_data: JoinTypedData
    signature: BytesField

    def join(self, domain: SigningDomain) -> Join:
        """The domain's word for it. Raises: ForeignChain, BadValue (types)."""
        self.typed_data.domain.check(domain)
        _check_types(self.typed_data.types, domain, "Join")
        said = self.typed_data.message
        signature = bytes.fromhex(self.signature[2:])
        return Join(said.account, Role(said.roles), said.identity_digest, said.nonce, said.deadline, signature)


def _act(data: ActTypedData) -> act.Act:
    if isinstance(data, CertificateTypedData):
        return signed_certificate_act(data)
    match data:
        case IssueTypedData():
            said = data.message
            return act.Issue(
                said.title_id, said.holder, said.endorsee, said.is_to_order, said.reference_digest, said.commitment,
                said.sequence,
            )  # fmt: skip
        case HandOverTypedData() | BlankTypedData():
            handed: act.Act = ACTS[data.primary_type](data.message.title_id, data.message.sequence, data.message.to)  # type: ignore[call-arg, arg-type]
            return handed
        case PlainTypedData():
            plain: act.Act = ACTS[data.primary_type](data.message.title_id, data.message.sequence)  # type: ignore[call-arg, arg-type]
            return plain
        case SurrenderTypedData():
            asked = data.message
            return act.RequestSurrender(asked.title_id, asked.sequence, Purpose(asked.purpose), asked.reason)
        case ReplaceTypedData():
            new = tuple(
                act.NewTitle(each.endorsee, each.is_to_order, each.version, each.reference_digest, each.commitment)
                for each in data.message.new_titles
            )
            return act.Replace(tuple(data.message.old_ids), tuple(data.message.sequences), new)
        case _:
            assert_never(data)


def _check_types(types: Mapping[str, Any] | None, domain: SigningDomain, primary_type: str) -> None:
    if types is not None and types != typed_data(domain, primary_type, {})["types"]:
        raise BadValue(
            f"typedData.types are not those of {primary_type}: what was signed is something else",
            {"at": "typedData.types"},
        )
