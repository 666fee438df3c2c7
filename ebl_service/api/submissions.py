"""/v1/submissions: signed acts on their way to the ledger."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Response, status
from pydantic import Field

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.entry import open_to_all
from ebl_service.api.fields import (
    FIRST_FAULT,
    MOST_ITEMS,
    AccountField,
    CertificateIdField,
    DigestField,
    Model,
    RequestModel,
    TitleIdField,
)
from ebl_service.api.problems import problem_responses, shown, shown_details
from ebl_service.api.signed_typed_data import SignedActGiven
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.actions import titles_of
from ebl_service.domain.caller import Scope
from ebl_service.domain.certificate_actions import CertificateAct
from ebl_service.domain.submission import State, Submission
from ebl_service.errors.refusals import Refusal
from ebl_service.errors.requests import BadValue

router = APIRouter(prefix="/v1/submissions", route_class=StrictRoute, tags=["acts"])
KEY = r"^[!-~]{1,128}$"
StateName = Literal["PREPARED", "SENT", "INCLUDED", "FINAL", "REFUSED"]


class RefusalShown(Model):
    """Why the ledger refuses: the contract's error, its particulars, what to do next."""

    rule: str
    detail: str
    details: dict[str, str | int | bool | list[str] | None]
    hint: str

    @classmethod
    def of(cls, refusal: Refusal) -> "RefusalShown":
        """A refusal as it is answered."""
        return cls(
            rule=type(refusal).__name__,
            detail=shown(refusal.message),
            details=shown_details(refusal.details),
            hint=refusal.hint(),
        )


class SubmissionShown(Model):
    """PREPARED → SENT → INCLUDED → FINAL, or REFUSED. Only `isTerminal` says that nothing can change it any more."""

    id: DigestField
    state: StateName
    is_terminal: bool
    verb: str
    title_ids: tuple[TitleIdField, ...]
    certificate_id: CertificateIdField | None
    signer: AccountField
    deadline: int
    accepted_at: int
    refusal: RefusalShown | None
    transaction_hash: DigestField | None
    block_number: int | None
    block_hash: DigestField | None

    @classmethod
    def of(cls, submission: Submission) -> "SubmissionShown":
        """A submission as it is answered."""
        signed = submission.signed
        return cls(
            id=submission.submission_id,
            state=submission.state.value,
            is_terminal=submission.is_terminal,
            verb=type(signed.act).__name__,
            title_ids=titles_of(signed.act),
            certificate_id=signed.act.certificate_id if isinstance(signed.act, CertificateAct) else None,
            signer=signed.signer,
            deadline=signed.deadline,
            accepted_at=submission.accepted_at,
            refusal=RefusalShown.of(submission.refusal) if submission.refusal else None,
            transaction_hash=submission.transaction_hash,
            block_number=submission.block_number,
            block_hash=submission.block_hash,
        )


class ActsGiven(RequestModel):
    """One or many signed acts: all are taken, or none."""

    acts: Annotated[list[SignedActGiven], FIRST_FAULT, Field(min_length=1, max_length=MOST_ITEMS)]


class SubmissionsAnswer(Model):
    """One submission for each act, in the order given."""

    submissions: tuple[SubmissionShown, ...]


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problem_responses(401, 403, 404, 409, 413, 415, 422, 429)
    | {202: {"headers": {"Location": {"description": "The first submission", "schema": {"type": "string"}}}}},
)
@open_to_all
async def submit(
    given: ActsGiven,
    app: App,
    caller: Caller,
    response: Response,
    idempotency_key: Annotated[
        str | None, Header(pattern=KEY, description="Repeated with the same body, the answer is the same")
    ] = None,
) -> SubmissionsAnswer:
    """Take signed acts. They are stored when this answers, and will be carried to the ledger whatever happens here.

    An act proves itself by its signature: no token is needed. Why one is refused is told to who may read its title.
    """
    most = app.settings.most_acts_per_request
    if len(given.acts) > most:
        raise BadValue(f"acts: at most {most} in one request, not {len(given.acts)}", {"at": "acts", "most": most})
    acts = [each.signed_act(app.identity) for each in given.acts]
    taken = await app.acting.accept(caller, acts, idempotency_key)
    response.headers["Location"] = f"{router.prefix}/{taken[0].submission_id}"
    return SubmissionsAnswer(submissions=tuple(SubmissionShown.of(each) for each in taken))


@router.get("/{submission_id}", responses=problem_responses(401, 403, 404, 429))
async def read(
    submission_id: Annotated[DigestField, Path(description="The submission's id")],
    app: App,
    caller: Caller,
    wait: Annotated[int, Query(ge=0, le=120, description="Seconds to wait for its state to change")] = 0,
    known: Annotated[
        StateName | None, Query(description="The state told last: another one is answered at once, and waited for")
    ] = None,
) -> SubmissionShown:
    """A submission that one signed. With `wait`, answered as soon as its state changes, or after so many seconds."""
    seconds = min(wait, app.settings.longest_wait_seconds)
    account = caller.party_with(Scope.READ)
    state = State(known) if known else None
    return SubmissionShown.of(await app.permitted.submission(account, submission_id, float(seconds), state))
