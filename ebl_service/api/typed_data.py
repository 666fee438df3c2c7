"""POST /v1/typed-data: what to sign for an act, in words and as EIP-712 typed data."""

import time
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import Field

from ebl_service.api.act_requests import AnythingAsked, JoinAsked, SurrenderAsked, act_of, roles_of, titles_of
from ebl_service.api.caller import Caller
from ebl_service.api.certificate_requests import CertificateActAsked, certificate_act_of, certificate_of
from ebl_service.api.context import App
from ebl_service.api.entry import open_to_all
from ebl_service.api.fields import CertificateIdField, DigestField, Model, TitleIdField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.bootstrap import Application
from ebl_service.domain.act_in_words import act_in_words, join_in_words
from ebl_service.domain.actions import Act, RequestSurrender
from ebl_service.domain.actions import titles_of as titles_on
from ebl_service.domain.caller import Scope
from ebl_service.domain.certificate_actions import CertificateAct
from ebl_service.domain.signed_act import Join, act_message, check_deadline, typed_data
from ebl_service.domain.terms import Address, Digest, Seconds, checksummed

HOUR = 3600
"""Seconds a signature counts where the caller names no deadline."""
router = APIRouter(route_class=StrictRoute, tags=["acts"])


class TypedDataAnswer(Model):
    """Sign `typedData` with eth_signTypedData_v4, then POST it to /v1/submissions (a join: to /v1/parties)."""

    sentence: str
    title_ids: tuple[TitleIdField, ...]
    certificate_id: CertificateIdField | None = None
    sequences: Annotated[tuple[int, ...], Field(description="Acts so far on each title, or on the certificate")]
    deadline: Annotated[int, Field(description="Last second at which the signature counts, since 1970")]
    typed_data: dict[str, Any]
    comments_salt: Annotated[
        DigestField | None, Field(description="With comments: the salt of their digest in `reason`")
    ] = None


@router.post("/v1/typed-data", responses=problem_responses(401, 403, 404, 409, 413, 415, 429))
@open_to_all
async def prepare(asked: Annotated[AnythingAsked, Body()], app: App, caller: Caller) -> TypedDataAnswer:
    """The typed data of an act or a join, with what it says in words, the title's present sequence and a deadline.

    A join needs no token: who asks for it is not a party yet.
    """
    if isinstance(asked, JoinAsked):
        return _join(asked, await deadline_of(app, asked.deadline), app)
    account = caller.party_with(Scope.SUBMIT)
    deadline = await deadline_of(app, asked.deadline)
    if isinstance(asked, CertificateActAsked):
        certificate_id = certificate_of(asked)
        on = None if certificate_id is None else await app.certificates.certificate(account, certificate_id)
        sequence = on.certificate.sequence if on else 0
        return prepared(app, certificate_act_of(asked, sequence), deadline, (sequence,))
    rights = app.access.rights
    titles = [(await rights.sight(account, title_id)).title for title_id in titles_of(asked)]
    sequences = tuple(title.sequence for title in titles)
    act = act_of(asked, sequences)
    if isinstance(act, RequestSurrender) and isinstance(asked, SurrenderAsked) and asked.comments is not None:
        worded = await app.platform.surrenders.words.keep(account, titles[0], asked.reason, asked.comments)
        answer = prepared(app, replace(act, reason=worded.reason), deadline, sequences)
        return answer.model_copy(update={"comments_salt": Digest("0x" + worded.salt.hex())})
    return prepared(app, act, deadline, sequences or (0,))


def prepared(app: Application, act: Act, deadline: Seconds, sequences: tuple[int, ...]) -> TypedDataAnswer:
    """What to sign for this act."""
    data = typed_data(app.identity.domain_of(act), type(act).__name__, act_message(act, deadline))
    return TypedDataAnswer(
        sentence=act_in_words(act, deadline),
        title_ids=titles_on(act),
        certificate_id=act.certificate_id if isinstance(act, CertificateAct) else None,
        sequences=sequences,
        deadline=deadline,
        typed_data=_shown(data),
    )


async def deadline_of(app: Application, asked: Seconds | None, until: Seconds | None = None) -> Seconds:
    """The deadline asked for, else an hour from now; at most `until`. Raises: DeadlinePassed, DeadlineTooDistant."""
    now = await now_of(app)
    deadline = usual_deadline(now, until) if asked is None else asked
    check_deadline(deadline, now)
    return deadline


def usual_deadline(now: Seconds, until: Seconds | None) -> Seconds:
    """An hour from now; at most `until`."""
    return now + HOUR if until is None else min(now + HOUR, until)


async def now_of(app: Application) -> Seconds:
    """The later of the clock's time and the chain's: it is the chain that judges a deadline."""
    read_at = (await app.queries.standing()).read_at
    return max(int(time.time()), (read_at.time or 0) if read_at else 0)


def _join(asked: JoinAsked, deadline: Seconds, app: Application) -> TypedDataAnswer:
    # Nonce 0 also for who joined already: a second join is refused anyway, and who has joined is not for all to ask.
    join = Join(asked.account, roles_of(asked.roles), asked.identity_digest, 0, deadline)
    data = typed_data(app.identity.parties_domain, "Join", join.message)
    return TypedDataAnswer(
        sentence=join_in_words(join), title_ids=(), sequences=(), deadline=deadline, typed_data=_shown(data)
    )


def _shown(value: Any) -> Any:
    """Typed data with accounts checksummed: signers compare them with what they know."""
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    is_account = isinstance(value, str) and value.startswith("0x") and len(value) == len("0x") + 40
    return checksummed(Address(value)) if is_account else value
