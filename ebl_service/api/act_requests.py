"""What a caller asks typed data for: a verb and its arguments, without sequence and signature.

Leaves to others: typed data that was signed (`signed_typed_data`). `purpose` and `roles` are words here, numbers there.
"""

from typing import Annotated, Literal, Self, assert_never

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ebl_service.api.certificate_requests import CertificateActAsked
from ebl_service.api.fields import (
    FIRST_FAULT,
    VISIBLE,
    AccountField,
    DeadlineField,
    DigestField,
    OptionalAccount,
    RequestModel,
    TitleIdField,
    TruthField,
)
from ebl_service.domain import actions as act
from ebl_service.domain.actions import ACTS
from ebl_service.domain.surrender_reason import LONGEST_CODE_WITH_WORDS, LONGEST_WORDS, reason_digest
from ebl_service.domain.terms import Purpose, Role, TitleId, title_id_of

RoleName = Literal["CARRIER", "INSURER", "TERMINAL", "CUSTOMS"]
PurposeName = Literal["DELIVERY", "AMENDMENT", "PAPER"]


class Asked(RequestModel):
    """`deadline`: default one hour from now."""

    deadline: DeadlineField | None = None


class IssueAsked(Asked):
    """A first issue by `carrier`. `endorsee`: null for a blank bill; the consignee of a straight one."""

    verb: Literal["Issue"]
    carrier: AccountField
    holder: AccountField
    endorsee: OptionalAccount = None
    is_to_order: TruthField
    reference_digest: DigestField
    commitment: DigestField


class HandOverAsked(Asked):
    """Possession, or endorsement and possession, to a named party."""

    verb: Literal["Transfer", "Endorse", "EndorseToOrder"]
    title_id: TitleIdField
    to: AccountField


class EndorseInBlankAsked(Asked):
    """Endorsement in blank; handed over where `to` is given."""

    verb: Literal["EndorseInBlank"]
    title_id: TitleIdField
    to: OptionalAccount = None


class PlainAsked(Asked):
    """An act that needs no arguments."""

    verb: Literal["RejectTransfer", "Sign", "WithdrawSurrender", "AcceptSurrender", "RejectSurrender"]
    title_id: TitleIdField


class SurrenderAsked(Asked):
    """`reason`: a code of up to 32 ASCII characters, such as SWTP; of up to 7 where there are `comments`.

    `comments`: what is asked of the carrier, in words. They stay off the ledger: the act holds their salted digest.
    """

    verb: Literal["RequestSurrender"]
    title_id: TitleIdField
    purpose: PurposeName
    reason: Annotated[str, Field(pattern=r"^[!-~]{0,32}$")] = ""
    comments: Annotated[str, Field(max_length=LONGEST_WORDS, pattern=r"^\S(?:.*\S)?$"), VISIBLE] | None = None

    @model_validator(mode="after")
    def _has_room_for_words(self) -> Self:
        if self.comments is not None and len(self.reason) > LONGEST_CODE_WITH_WORDS:
            raise PydanticCustomError("long_reason", "reason must have at most 7 characters beside comments")
        return self


class NewTitleAsked(RequestModel):
    """A title in place of others; `version` is one above the version it follows, 0 for a new reference."""

    endorsee: OptionalAccount = None
    is_to_order: TruthField
    version: Annotated[int, Field(strict=True, ge=0, le=2**16 - 1)]
    reference_digest: DigestField
    commitment: DigestField

    def new_title(self) -> act.NewTitle:
        """The domain's word for it."""
        return act.NewTitle(self.endorsee, self.is_to_order, self.version, self.reference_digest, self.commitment)


class ReplaceAsked(Asked):
    """New titles in place of ones surrendered for amendment; sorted by id as the contract demands."""

    verb: Literal["Replace"]
    carrier: AccountField
    old_ids: Annotated[list[TitleIdField], FIRST_FAULT, Field(min_length=1, max_length=16)]
    new_titles: Annotated[list[NewTitleAsked], FIRST_FAULT, Field(min_length=1, max_length=16)]


class JoinAsked(Asked):
    """A party's wish to be registered. `identityDigest`: salted digest of its identity record."""

    verb: Literal["Join"]
    account: AccountField
    roles: Annotated[list[RoleName], FIRST_FAULT, Field(max_length=4, default_factory=list)]
    identity_digest: DigestField


ActAsked = IssueAsked | HandOverAsked | EndorseInBlankAsked | PlainAsked | SurrenderAsked | ReplaceAsked
AnythingAsked = Annotated[ActAsked | CertificateActAsked | JoinAsked, Field(discriminator="verb")]


def titles_of(asked: ActAsked) -> tuple[TitleId, ...]:
    """The titles whose sequences the act needs, in the contract's order; none for a first issue."""
    if isinstance(asked, IssueAsked):
        return ()
    return tuple(sorted(asked.old_ids)) if isinstance(asked, ReplaceAsked) else (asked.title_id,)


def act_of(asked: ActAsked, sequences: tuple[int, ...]) -> act.Act:
    """The act that is asked for, with the titles' present sequences in the order of `titles_of`."""
    match asked:
        case IssueAsked():
            title_id = title_id_of(asked.carrier, asked.reference_digest)
            return act.Issue(
                title_id, asked.holder, asked.endorsee, asked.is_to_order, asked.reference_digest, asked.commitment
            )
        case HandOverAsked():
            return _HAND_OVERS[asked.verb](asked.title_id, sequences[0], asked.to)
        case EndorseInBlankAsked():
            return act.EndorseInBlank(asked.title_id, sequences[0], asked.to)
        case PlainAsked():
            plain: act.Act = ACTS[asked.verb](asked.title_id, sequences[0])  # type: ignore[call-arg, arg-type]
            return plain
        case SurrenderAsked():
            reason = reason_digest(asked.reason)
            return act.RequestSurrender(asked.title_id, sequences[0], Purpose[asked.purpose], reason)
        case ReplaceAsked():
            new = sorted(
                (each.new_title() for each in asked.new_titles),
                key=lambda made: title_id_of(asked.carrier, made.reference_digest, made.version),
            )
            return act.Replace(titles_of(asked), sequences, tuple(new))
        case _:
            assert_never(asked)


_HAND_OVERS: dict[str, type[act.Transfer | act.Endorse | act.EndorseToOrder]] = {
    "Transfer": act.Transfer,
    "Endorse": act.Endorse,
    "EndorseToOrder": act.EndorseToOrder,
}


def roles_of(names: list[RoleName]) -> Role:
    """The roles of these names together."""
    roles = Role(0)
    for name in names:
        roles |= Role[name]
    return roles
