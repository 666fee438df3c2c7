"""A title: its state, and how events change it. `domain.title_rules` says which acts are allowed.

Rules kept here
- The state is a fold of the title's events and of nothing else; `sequence` counts them without a gap.
- `head` is the contract's rolling hash over every act: `head' = keccak(head, verb, time, actor, arguments, possession
  before, endorsee's number before)`, from `keccak(domain separator, title id)` on. One head proves the whole history.
- Entitled is the holder where the bill is blank or the holder is the endorsee; while these are apart, the endorsee if
  it has had possession, else the first holder (an endorsee named at issue has no rights before it holds the bill).
- A rejected hand-over restores possession, endorsement and flags exactly.
"""

from typing import NamedTuple, assert_never

from ebl_service.domain import events as happened
from ebl_service.domain.keccak import keccak
from ebl_service.domain.terms import NO_DIGEST, NOBODY, Address, Digest, Seconds, Status, TitleId, Verb, digest
from ebl_service.errors import LedgerDisagrees

TO_ORDER, MAY_ENDORSE, HOLDER_IS_ENDORSEE, ENDORSEE_HAS_HELD, HOLDER_IS_FIRST, PASSED_ON = (1 << n for n in range(6))


class PreviousAct(NamedTuple):
    """The last act and how the title stood before it: what a receiver's return is proved with.

    `possession` is the contract's word (contracts/Possession.sol), `endorsee_number` a party number, 0 for none.
    """

    head: Digest
    verb: Verb
    time: Seconds
    actor: Address
    arguments: Digest
    possession: int
    endorsee: Address | None
    endorsee_number: int
    holder: Address
    flags: int


class Title(NamedTuple):
    """The ledger's record of one transport document.

    `endorsee`: None on a blank bill, the consignee on a straight one. `flags`: the contract's bits (this module's
    constants). `last`: the act that led here.
    """

    title_id: TitleId
    carrier: Address
    holder: Address
    first_holder: Address
    endorsee: Address | None
    endorsee_number: int
    flags: int
    status: Status
    version: int
    sequence: int
    acted_at: Seconds
    reference_digest: Digest
    commitment: Digest
    head: Digest
    last: PreviousAct
    replaces: tuple[TitleId, ...] = ()
    replaced_by: tuple[TitleId, ...] = ()

    @property
    def is_to_order(self) -> bool:
        """Negotiable; otherwise straight."""
        return bool(self.flags & TO_ORDER)

    @property
    def is_blank(self) -> bool:
        """To order and endorsed to nobody: possession is enough."""
        return self.endorsee is None

    @property
    def may_endorse(self) -> bool:
        """The endorsee may endorse further."""
        return bool(self.flags & MAY_ENDORSE)

    @property
    def holder_is_endorsee(self) -> bool:
        """Endorsement and possession have met (straight: the consignee holds the bill)."""
        return bool(self.flags & HOLDER_IS_ENDORSEE)

    @property
    def endorsee_has_held(self) -> bool:
        """The present endorsee (straight: the consignee) has had possession since it was named."""
        return bool(self.flags & ENDORSEE_HAS_HELD)

    @property
    def passed_on(self) -> bool:
        """Possession has left the first holder at least once, returns by rejection not counted."""
        return bool(self.flags & PASSED_ON)

    @property
    def entitled(self) -> Address:
        """Who has the rights under the bill."""
        if self.endorsee is None or self.holder_is_endorsee:
            return self.holder
        return self.endorsee if self.endorsee_has_held else self.first_holder


def possession_word(title: Title) -> int:
    """How the title stands, as the contract packs it: holder, sequence, time, status, flags."""
    return (
        int(title.holder, 16) | title.sequence << 160 | title.acted_at << 192 | title.status << 232 | title.flags << 240
    )


def evolve(title: Title | None, event: happened.TitleEvent, domain_separator: Digest) -> Title:
    """The title after `event`. `domain_separator`: the registry's, from which every head begins.

    Raises: LedgerDisagrees where the event cannot follow: an unknown title, one issued twice, a gap in its sequence.
    """
    if isinstance(event, happened.Issued):
        if title is not None:
            raise LedgerDisagrees(f"title {event.title_id} was issued twice")
        return _issued(event, domain_separator)
    if title is None:
        raise LedgerDisagrees(f"{type(event).__name__} on title {event.title_id}, which was never issued")
    if isinstance(event, happened.EndorseeNamed):
        return title
    if event.sequence != title.sequence + 1:
        raise LedgerDisagrees(f"title {title.title_id} goes from act {title.sequence} to act {event.sequence}")
    return _acted(title, event)


def _issued(event: happened.Issued, domain_separator: Digest) -> Title:
    flags = HOLDER_IS_FIRST
    if event.is_to_order:
        flags |= TO_ORDER | (MAY_ENDORSE if event.endorsee else 0)
    if event.endorsee == event.holder:
        flags |= HOLDER_IS_ENDORSEE | ENDORSEE_HAS_HELD
    arguments = digest(
        event.holder,
        event.endorsee or NOBODY,
        event.is_to_order,
        event.version,
        event.reference_digest,
        event.commitment,
        digest(*event.replaces),
    )
    seed = digest(domain_separator, event.title_id)
    last = PreviousAct(seed, Verb.ISSUE, event.time, event.carrier, arguments, 0, None, 0, NOBODY, 0)
    return Title(
        title_id=event.title_id,
        carrier=event.carrier,
        holder=event.holder,
        first_holder=event.holder,
        endorsee=event.endorsee,
        endorsee_number=event.endorsee_number,
        flags=flags,
        status=Status.ISSUED,
        version=event.version,
        sequence=1,
        acted_at=event.time,
        reference_digest=event.reference_digest,
        commitment=event.commitment,
        head=_head_after(last),
        last=last,
        replaces=event.replaces,
    )


def _head_after(act: PreviousAct) -> Digest:
    """`digest` over these words, joined by hand: every act of every title pays for it."""
    words = (
        bytes.fromhex(act.head[2:]),
        (act.verb << 256 | act.time).to_bytes(64, "big"),
        bytes.fromhex(act.actor[2:].rjust(64, "0") + act.arguments[2:]),
        (act.possession << 256 | act.endorsee_number).to_bytes(64, "big"),
    )
    return Digest("0x" + keccak(b"".join(words)).hex())


_EndorsedEvent = happened.Endorsed | happened.EndorsedToOrder | happened.EndorsedInBlank
_ActedEvent = (
    happened.Transferred
    | _EndorsedEvent
    | happened.TransferRejected
    | happened.Signed
    | happened.SurrenderRequested
    | happened.SurrenderWithdrawn
    | happened.SurrenderAccepted
    | happened.SurrenderRejected
    | happened.Replaced
)


def _acted(title: Title, event: _ActedEvent) -> Title:
    match event:
        case happened.Transferred():
            after = _linked(title, event, Verb.TRANSFER, event.giver, _address(event.to), to=event.to)
        case happened.Endorsed() | happened.EndorsedToOrder() | happened.EndorsedInBlank():
            after = _endorsed(title, event)
        case happened.TransferRejected():
            before = title.last
            after = _linked(title, event, Verb.REJECT_TRANSFER, event.giver)._replace(
                holder=before.holder,
                endorsee=before.endorsee,
                endorsee_number=before.endorsee_number,
                flags=before.flags,
            )
        case happened.Signed():
            after = _linked(title, event, Verb.SIGN, event.holder)
        case happened.SurrenderRequested():
            arguments = digest(event.purpose, event.reason)
            after = _linked(title, event, Verb.REQUEST_SURRENDER, event.holder, arguments)
            after = after._replace(status=event.purpose.pending)
        case happened.SurrenderWithdrawn():
            after = _linked(title, event, Verb.WITHDRAW_SURRENDER, event.holder)._replace(status=Status.ISSUED)
        case happened.SurrenderAccepted():
            after = _linked(title, event, Verb.ACCEPT_SURRENDER, event.carrier)
            after = after._replace(status=Status(title.status + 3))
        case happened.SurrenderRejected():
            after = _linked(title, event, Verb.REJECT_SURRENDER, event.carrier)._replace(status=Status.ISSUED)
        case happened.Replaced():
            after = _linked(title, event, Verb.REPLACE, event.carrier, digest(*event.new_ids))
            after = after._replace(status=Status.REPLACED, replaced_by=event.new_ids)
        case _:
            assert_never(event)
    return after


def _endorsed(title: Title, event: _EndorsedEvent) -> Title:
    match event:
        case happened.Endorsed():
            after = _linked(title, event, Verb.ENDORSE, event.giver, _address(event.to))
            after = after._replace(endorsee=event.to, endorsee_number=event.number, flags=after.flags & ~MAY_ENDORSE)
            after = _handed_to(after, event.to)
        case happened.EndorsedToOrder():
            after = _linked(title, event, Verb.ENDORSE_TO_ORDER, event.giver, _address(event.to))
            flags = after.flags | MAY_ENDORSE | HOLDER_IS_ENDORSEE | ENDORSEE_HAS_HELD
            after = after._replace(endorsee=event.to, endorsee_number=event.number, flags=flags)
            after = _handed_to(after, event.to) if event.to != event.giver else after
        case happened.EndorsedInBlank():
            after = _linked(title, event, Verb.ENDORSE_IN_BLANK, event.giver, _address(event.to))
            flags = after.flags & ~(MAY_ENDORSE | HOLDER_IS_ENDORSEE | ENDORSEE_HAS_HELD)
            after = after._replace(endorsee=None, endorsee_number=0, flags=flags)
            after = _handed_to(after, event.to) if event.to else after
    return after


def _linked(
    title: Title,
    event: _ActedEvent,
    verb: Verb,
    actor: Address,
    arguments: Digest = NO_DIGEST,
    to: Address | None = None,
) -> Title:
    """After an act of this verb, which hands the title `to` somebody or changes nothing else.

    Without names: every event of every title pays for this, and names cost a fifth of it.
    """
    possession, endorsee, number = possession_word(title), title.endorsee, title.endorsee_number
    stood = (possession, endorsee, number, title.holder, title.flags)
    last = PreviousAct(title.head, verb, event.time, actor, arguments, *stood)
    return Title(
        title.title_id,
        title.carrier,
        to or title.holder,
        title.first_holder,
        endorsee,
        number,
        _flags_with(title, to) if to else title.flags,
        title.status,
        title.version,
        event.sequence,
        event.time,
        title.reference_digest,
        title.commitment,
        _head_after(last),
        last,
        title.replaces,
        title.replaced_by,
    )


def _handed_to(title: Title, to: Address) -> Title:
    return title._replace(holder=to, flags=_flags_with(title, to))


def _flags_with(title: Title, to: Address) -> int:
    """The flags once `to` holds the title."""
    flags = (title.flags | PASSED_ON) & ~(HOLDER_IS_ENDORSEE | HOLDER_IS_FIRST)
    if to == title.first_holder:
        flags |= HOLDER_IS_FIRST
    if to == title.endorsee:
        flags |= HOLDER_IS_ENDORSEE | ENDORSEE_HAS_HELD
    return flags


def _address(to: Address | None) -> Digest:
    return Digest("0x" + (to or NOBODY)[2:].rjust(64, "0"))
