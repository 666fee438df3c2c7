"""/v1/onboarding: the operator takes a party in, in one call."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ebl_service.api.act_requests import RoleName, roles_of
from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.document_requests import CodeGiven
from ebl_service.api.fields import FIRST_FAULT, VISIBLE, AccountField, DigestField, Model, RequestModel, TruthField
from ebl_service.api.problems import problem_responses
from ebl_service.api.signed_typed_data import JoinGiven
from ebl_service.api.signing_certificates import CertificateShown, PemField
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.receiver import LONGEST_NAME, LONGEST_VALUE, CallbackHeader
from ebl_service.domain.transport_document.advice import RULES
from ebl_service.domain.transport_document.rules.dates import MOST_BACK_DATING_DAYS
from ebl_service.services.onboarding import NewParty


def _advice_name(name: str) -> str:
    if name not in RULES:
        raise PydanticCustomError("no_advice", "is no advice; there are {names}", {"names": ", ".join(RULES)})
    return name


AdviceName = Annotated[str, AfterValidator(_advice_name), Field(json_schema_extra={"enum": list(RULES)})]
router = APIRouter(prefix="/v1/onboarding", route_class=StrictRoute, tags=["carriers"])


class HeaderGiven(RequestModel):
    """A header of every callback to the party, such as Authorization. It is kept sealed and never shown again."""

    name: Annotated[str, Field(max_length=LONGEST_NAME, examples=["Authorization"])]
    value: Annotated[str, Field(max_length=LONGEST_VALUE, json_schema_extra={"writeOnly": True}, repr=False)]


class PartyGiven(RequestModel):
    """A party to take in: by an account that is registered, a signed join, or a key made and held here (`custody`).

    A carrier names the law and the courts of its bills. `pinned`: the certificate counts though it leads to no root.
    `backDatingDays`: how many days further back its dates of issue may lie than the strict rule allows (0 at first);
    such bills are shown as back-dated. Left out, the setting stays.
    `refusedAdvice`: names of advice (of `POST /v1/documents`) that its documents are refused for. Left out, it stays.
    `callbackHeader`: left out, a header that is known for the same `callbackUrl` stays; null removes it.
    """

    legal_name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE]
    roles: Annotated[list[RoleName], FIRST_FAULT, Field(max_length=4, default_factory=list)]
    identifying_codes: Annotated[list[CodeGiven], FIRST_FAULT, Field(max_length=50, default_factory=list)]
    account: AccountField | None = None
    join: JoinGiven | None = None
    custody: TruthField = False
    certificate: PemField | None = None
    pinned: TruthField = False
    callback_url: Annotated[str | None, Field(max_length=1_000)] = None
    callback_header: HeaderGiven | None = None
    governing_law: Annotated[str, Field(min_length=1, max_length=200, examples=["English law"]), VISIBLE] | None = None
    jurisdiction: Annotated[str, Field(min_length=1, max_length=200), VISIBLE] | None = None
    back_dating_days: Annotated[int | None, Field(strict=True, ge=0, le=MOST_BACK_DATING_DAYS)] = None
    refused_advice: Annotated[list[AdviceName], FIRST_FAULT, Field(max_length=len(RULES), default_factory=list)]


class OnboardedShown(Model):
    """The party as taken in. `transactionHash`: null where it was registered already."""

    account: AccountField
    certificate: CertificateShown | None
    transaction_hash: DigestField | None


@router.post("", status_code=status.HTTP_201_CREATED, responses=problem_responses(401, 403, 404, 409, 413, 415, 429))
async def onboard(given: PartyGiven, app: App, caller: Caller) -> OnboardedShown:
    """Take a party in. Doing it again changes what is different and nothing else."""
    caller.require_operator()
    header = given.callback_header
    new = NewParty(
        legal_name=given.legal_name,
        codes=frozenset(each.code for each in given.identifying_codes),
        roles=roles_of(given.roles),
        account=given.account,
        join=given.join.join(app.identity.parties_domain) if given.join else None,
        in_custody=given.custody,
        certificate=given.certificate,
        is_pinned=given.pinned,
        callback_url=given.callback_url,
        callback_header=CallbackHeader(header.name, header.value) if header else None,
        keeps_header="callback_header" not in given.model_fields_set,
        governing_law=given.governing_law,
        jurisdiction=given.jurisdiction,
        back_dating_days=given.back_dating_days,
        refused_advice=frozenset(given.refused_advice) if "refused_advice" in given.model_fields_set else None,
    )
    taken = await app.platform.onboarding.onboard(app.held_registrar, new)
    return OnboardedShown(
        account=taken.account,
        certificate=CertificateShown.of(taken.certificate) if taken.certificate else None,
        transaction_hash=taken.transaction_hash,
    )
