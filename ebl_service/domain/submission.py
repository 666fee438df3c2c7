"""A submission: one signed act on its way to the ledger, and how its end is told.

Holds the states, the shape that is shown, and what tells that an event is what an act asked for. Left to others: the
rows (`store.outbox`), who moves a submission from state to state (`services.relay`, `services.settlement`).

Rules kept here
- PREPARED → SENT → INCLUDED → FINAL, or REFUSED; a reorganisation may lead back from INCLUDED to SENT.
- Events decide: an act has landed when the ledger records what it asked for (title, sequence, verb, actor and
  arguments), whoever carried it.
- A submission's id is made of what was signed and who signed, so the same signed act is the same submission.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from ebl_service.domain import actions as act
from ebl_service.domain import events as happened
from ebl_service.domain.signed_act import SignedAct, SigningDomain
from ebl_service.domain.terms import Address, Digest, Seconds, TitleId, digest, title_id_of
from ebl_service.errors.refusals import Refusal


class State(StrEnum):
    """Where a submission stands."""

    PREPARED = "PREPARED"
    SENT = "SENT"
    INCLUDED = "INCLUDED"
    FINAL = "FINAL"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Submission:
    """An act on its way.

    `is_terminal`: nothing can change it any more. A refused one is terminal only once its sequence is used or its
    deadline has passed at a final block; until then its signature could still land. `transaction_hash` and
    `block_number` are where it rides or landed. `accepted_at`: seconds since 1970.
    """

    submission_id: Digest
    signed: SignedAct
    state: State
    is_terminal: bool
    accepted_at: Seconds
    refusal: Refusal | None = None
    transaction_hash: Digest | None = None
    block_number: int | None = None
    block_hash: Digest | None = None


def submission_id_of(signed: SignedAct, domain: SigningDomain) -> Digest:
    """keccak-256 of the signed digest and the signer: the natural key of a signed act."""
    return digest("0x" + signed.digest(domain).hex(), signed.signer)


def first_title_of(asked: act.Act) -> tuple[TitleId, int]:
    """The title, and its sequence before the act, by which the act's landing is told (a replacement: its first)."""
    if isinstance(asked, act.Replace):
        return asked.old_ids[0], asked.sequences[0]
    return asked.title_id, asked.sequence


def fulfils(event: happened.Event, asked: act.Act, actor: Address) -> bool:
    """Whether `event` is what `asked` by `actor` leads to: title, sequence, verb, actor and arguments."""
    if not isinstance(event, _LANDINGS[type(asked)]):
        return False
    title_id, sequence = first_title_of(asked)
    if event.title_id != title_id or event.sequence != sequence + 1:
        return False
    match event:
        case happened.Issued():
            assert isinstance(asked, act.Issue)
            return event.carrier == actor and not event.replaces and _terms(event) == _terms(asked)
        case happened.Transferred() | happened.Endorsed() | happened.EndorsedToOrder() | happened.EndorsedInBlank():
            assert isinstance(asked, act.Transfer | act.Endorse | act.EndorseToOrder | act.EndorseInBlank)
            return event.giver == actor and event.to == asked.to
        case happened.TransferRejected():
            return event.giver == actor
        case happened.SurrenderRequested():
            assert isinstance(asked, act.RequestSurrender)
            return event.holder == actor and (event.purpose, event.reason) == (asked.purpose, asked.reason)
        case happened.Signed() | happened.SurrenderWithdrawn():
            return event.holder == actor
        case happened.SurrenderAccepted() | happened.SurrenderRejected():
            return event.carrier == actor
        case happened.Replaced():
            assert isinstance(asked, act.Replace)
            made = tuple(title_id_of(actor, new.reference_digest, new.version) for new in asked.new_titles)
            return event.carrier == actor and event.new_ids == made
        case _:
            assert_never(event)


_Landing = (
    happened.Issued
    | happened.Transferred
    | happened.Endorsed
    | happened.EndorsedToOrder
    | happened.EndorsedInBlank
    | happened.TransferRejected
    | happened.Signed
    | happened.SurrenderRequested
    | happened.SurrenderWithdrawn
    | happened.SurrenderAccepted
    | happened.SurrenderRejected
    | happened.Replaced
)
_LANDINGS: dict[type[act.Act], type[_Landing]] = {
    act.Issue: happened.Issued,
    act.Transfer: happened.Transferred,
    act.Endorse: happened.Endorsed,
    act.EndorseToOrder: happened.EndorsedToOrder,
    act.EndorseInBlank: happened.EndorsedInBlank,
    act.RejectTransfer: happened.TransferRejected,
    act.Sign: happened.Signed,
    act.RequestSurrender: happened.SurrenderRequested,
    act.WithdrawSurrender: happened.SurrenderWithdrawn,
    act.AcceptSurrender: happened.SurrenderAccepted,
    act.RejectSurrender: happened.SurrenderRejected,
    act.Replace: happened.Replaced,
}


def _terms(issue: act.Issue | happened.Issued) -> tuple[object, ...]:
    return (issue.holder, issue.endorsee, issue.is_to_order, issue.reference_digest, issue.commitment)
