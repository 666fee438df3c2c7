"""A submission: one signed act on its way to the ledger, and how its end is told.

Holds the states, the shape that is shown, and what tells that an event is what an act asked for. Left to others: the
rows (`store.outbox`), who moves a submission from state to state (`services.relay`, `services.settlement`).

Rules kept here
- PREPARED → SENT → INCLUDED → FINAL, or REFUSED; a reorganisation may lead back from INCLUDED to SENT.
- Events decide: an act has landed when the ledger records what it asked for (title or certificate, sequence, verb,
  actor and every argument), whoever carried it. A replacement's are told by the events of all its titles, old and new.
- A submission's id is made of what was signed and who signed, so the same signed act is the same submission.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ebl_service.domain import actions as act
from ebl_service.domain import certificate_actions as insurance
from ebl_service.domain import certificate_events as insured
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
    `block_number` are where it rides or landed. `accepted_at`: seconds since 1970. `rides_alone`: a transaction with it
    failed whole.
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
    rides_alone: bool = False


def submission_id_of(signed: SignedAct, domain: SigningDomain) -> Digest:
    """keccak-256 of the signed digest and the signer: the natural key of a signed act."""
    return digest("0x" + signed.digest(domain).hex(), signed.signer)


def first_subject_of(asked: act.Act) -> tuple[act.Subject, int]:
    """The title or certificate, and its sequence before the act, by which the act's landing is told.

    Of a replacement: its first old title.
    """
    if isinstance(asked, act.Replace):
        return asked.old_ids[0], asked.sequences[0]
    return act.subjects_of(asked)[0], asked.sequence


def landing_of(asked: act.Act, actor: Address) -> tuple[tuple[act.Subject, int], ...]:
    """Subject and sequence of every event that `asked` by `actor` leads to, the first title's first."""
    if not isinstance(asked, act.Replace):
        subject, sequence = first_subject_of(asked)
        return ((subject, sequence + 1),)
    old = ((title_id, sequence + 1) for title_id, sequence in zip(asked.old_ids, asked.sequences, strict=True))
    return (*old, *((title_id, 1) for title_id in _made_by(asked, actor)))


def fulfils(events: Sequence[happened.Event], asked: act.Act, actor: Address) -> bool:
    """Whether these, in the order of `landing_of`, are what `asked` by `actor` leads to, in every argument."""
    if tuple(map(_place, events)) != landing_of(asked, actor):
        return False
    if not isinstance(asked, act.Replace):
        return _tells(events[0], asked, actor)
    made = _made_by(asked, actor)
    retired, begun = events[: len(asked.old_ids)], events[len(asked.old_ids) :]
    return all(
        isinstance(event, happened.Replaced) and (event.carrier, event.new_ids) == (actor, made) for event in retired
    ) and all(
        isinstance(event, happened.Issued)
        and (event.carrier, event.replaces, _terms(event)) == (actor, asked.old_ids, _terms(new))
        for event, new in zip(begun, asked.new_titles, strict=True)
    )


def _place(event: happened.Event) -> tuple[object, ...]:
    return happened.subject_of(event), getattr(event, "sequence", None)


def _made_by(asked: act.Replace, carrier: Address) -> tuple[TitleId, ...]:
    return tuple(title_id_of(carrier, new.reference_digest, new.version) for new in asked.new_titles)


def _tells(event: happened.Event, asked: act.Act, actor: Address) -> bool:
    """Whether verb, actor and arguments of an act on one subject are the event's."""
    kind, who, arguments = _LANDINGS[type(asked)]
    if not isinstance(event, kind) or getattr(event, who) != actor:
        return False
    if isinstance(event, happened.Issued) and event.replaces:
        return False
    return all(getattr(event, name) == getattr(asked, name) for name in arguments)


_LANDINGS: dict[type[act.Act], tuple[type[happened.Event], str, tuple[str, ...]]] = {
    act.Issue: (
        happened.Issued,
        "carrier",
        ("holder", "endorsee", "is_to_order", "reference_digest", "commitment"),
    ),
    act.Transfer: (happened.Transferred, "giver", ("to",)),
    act.Endorse: (happened.Endorsed, "giver", ("to",)),
    act.EndorseToOrder: (happened.EndorsedToOrder, "giver", ("to",)),
    act.EndorseInBlank: (happened.EndorsedInBlank, "giver", ("to",)),
    act.RejectTransfer: (happened.TransferRejected, "giver", ()),
    act.Sign: (happened.Signed, "holder", ()),
    act.RequestSurrender: (happened.SurrenderRequested, "holder", ("purpose", "reason")),
    act.WithdrawSurrender: (happened.SurrenderWithdrawn, "holder", ()),
    act.AcceptSurrender: (happened.SurrenderAccepted, "carrier", ()),
    act.RejectSurrender: (happened.SurrenderRejected, "carrier", ()),
    insurance.IssueCertificate: (
        insured.CertificateIssued,
        "insurer",
        (
            *("title_id", "mode", "named", "cargo_attaches_at", "war_attaches_at", "strikes_attaches_at"),
            *("reference_digest", "commitment"),
        ),
    ),
    insurance.CarryOver: (insured.CarriedOver, "insurer", ("title_id", "commitment")),
    insurance.ConsentToCancellation: (insured.CancellationConsented, "assured", ("part",)),
    insurance.CancelCertificate: (insured.CertificateCancelled, "insurer", ("part",)),
    insurance.ReleaseLossPayee: (insured.LossPayeeReleased, "payee", ()),
    insurance.NotifyClaim: (insured.ClaimNotified, "assured", ("documents_digest",)),
    insurance.AcknowledgeClaim: (insured.ClaimAcknowledged, "insurer", ("claim",)),
    insurance.SurveyClaim: (insured.ClaimSurveyed, "insurer", ("claim", "survey_digest")),
    insurance.SettleClaim: (
        insured.ClaimSettled,
        "insurer",
        ("claim", "payee", "settlement_digest", "subrogation_digest"),
    ),
    insurance.DeclineClaim: (insured.ClaimDeclined, "insurer", ("claim", "reason_digest")),
}
"""What each act leads to: the event, the member that says who acted, the members that are the act's arguments."""


def _terms(made: act.Issue | act.NewTitle | happened.Issued) -> tuple[object, ...]:
    """What was promised of a title beside who holds it; its version stands in its id."""
    return (made.endorsee, made.is_to_order, made.reference_digest, made.commitment)


assert _LANDINGS.keys() == set(act.ACTS.values()) - {act.Replace}
