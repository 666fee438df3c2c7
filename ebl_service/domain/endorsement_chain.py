"""A title's events told in DCSA's terms. The codes of DCSA's `actionCode` appear here and in `api.dcsa` only.

Rules kept here (the last column of the rulebook's table of acts)
- An endorsement that hands over is two entries: the endorsement, then TRANSFER.
- A returned hand-over and its return, a surrender that was refused or withdrawn and its answer, and what DCSA has no
  code for are in our view, marked; the carrier's view omits them.
- A surrender for paper is one for amendment with the reason SWTP (switch to paper).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from ebl_service.domain import events as happened
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.surrender_reason import has_words, reason_text
from ebl_service.domain.terms import Address, Digest, Purpose, Seconds

ISSUE, TRANSFER, ENDORSE, ENDORSE_TO_ORDER, BLANK_ENDORSE, SIGN, SURRENDERED = (
    "ISSUE",
    "TRANSFER",
    "ENDORSE",
    "ENDORSE_TO_ORDER",
    "BLANK_ENDORSE",
    "SIGN",
    "SURRENDERED",
)
SURRENDER = {
    Purpose.DELIVERY: "SURRENDER_FOR_DELIVERY",
    Purpose.AMENDMENT: "SURRENDER_FOR_AMENDMENT",
    Purpose.PAPER: "SURRENDER_FOR_AMENDMENT",
}
SWITCH_TO_PAPER = "SWTP"
_HAND_OVERS: dict[type[happened.TitleEvent], tuple[str, ...]] = {
    happened.Transferred: (TRANSFER,),
    happened.Endorsed: (ENDORSE, TRANSFER),
    happened.EndorsedToOrder: (ENDORSE_TO_ORDER, TRANSFER),
    happened.EndorsedInBlank: (BLANK_ENDORSE, TRANSFER),
}
"""What each says; the last where possession passes to another."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `code`: DCSA's action code, None for acts DCSA has no word for (a return, a refusal, a replacement).

    `recipient`: to whom, None where nobody else is named. `reason`: DCSA's reason code of a surrender. `is_omitted`:
    not in the carrier's view.
    """

    code: str | None
    actor: Address
    recipient: Address | None
    time: Seconds
    recorded: Recorded
    is_omitted: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EndorsementChain:
    """All acts in order; `carrier_view` leaves out what carriers' chains omit."""

    entries: tuple[Entry, ...]

    @property
    def carrier_view(self) -> tuple[Entry, ...]:
        """Without returned transfers, refused or withdrawn surrenders, and what has no code."""
        return tuple(entry for entry in self.entries if not entry.is_omitted)


def endorsement_chain(events: Iterable[Recorded]) -> EndorsementChain:
    """The chain of one title, from its events in the ledger's order."""
    told: list[list[Entry]] = []
    for recorded in events:
        entries = list(_entries(recorded))
        if not entries:
            continue
        if _undoes(recorded.event):
            told[-1] = [replace(entry, is_omitted=True) for entry in told[-1]]
        told.append(entries)
    return EndorsementChain(tuple(entry for entries in told for entry in entries))


def _undoes(event: happened.Event) -> bool:
    """Whether it takes back the act just before it."""
    return isinstance(event, happened.TransferRejected | happened.SurrenderRejected | happened.SurrenderWithdrawn)


def _entries(recorded: Recorded) -> Sequence[Entry]:
    event = recorded.event
    if isinstance(event, happened.EndorseeNamed) or not isinstance(event, happened.TitleEvent):
        return ()

    def told(code: str | None, actor: Address, recipient: Address | None = None, reason: str | None = None) -> Entry:
        return Entry(code, actor, recipient, event.time, recorded, is_omitted=code is None, reason=reason)

    match event:
        case happened.Issued():
            return (told(ISSUE, event.carrier, event.holder),)
        case happened.Transferred() | happened.Endorsed() | happened.EndorsedToOrder() | happened.EndorsedInBlank():
            codes = _HAND_OVERS[type(event)] if event.to not in (None, event.giver) else _HAND_OVERS[type(event)][:1]
            return tuple(told(code, event.giver, None if code == BLANK_ENDORSE else event.to) for code in codes)
        case happened.TransferRejected():
            return (told(None, event.giver, event.to),)
        case happened.Signed():
            return (told(SIGN, event.holder),)
        case happened.SurrenderRequested():
            code, reason = SURRENDER[event.purpose], _reason(event.purpose, event.reason)
            return (told(code, event.holder, event.carrier, reason),)
        case happened.SurrenderWithdrawn():
            return (told(None, event.holder, event.carrier),)
        case happened.SurrenderAccepted():
            return (told(SURRENDERED, event.carrier),)
        case happened.SurrenderRejected() | happened.Replaced():
            return (told(None, event.carrier, event.holder),)
        case _:
            assert_never(event)


def _reason(purpose: Purpose, reason: Digest) -> str | None:
    if purpose is Purpose.PAPER:
        return SWITCH_TO_PAPER
    if has_words(reason):
        return reason_text(reason) or None
    text = bytes.fromhex(reason[2:]).rstrip(b"\0")
    return text.decode("ascii") if text.isascii() and text.decode("ascii").isprintable() and text else None
