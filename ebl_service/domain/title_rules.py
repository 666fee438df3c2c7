"""Which acts on titles are allowed: `decide`, the contracts' rulebook in plain Python.

    act                who                                          when
    Issue              a carrier in good standing                   the id is unused; parties registered, not suspended
    Transfer           the holder                                   live; to another registered party, not the carrier
    Endorse            the holder that is endorsee and may endorse  live, to order; to another
    EndorseToOrder     further, or of a blank bill                  the same; of a blank bill also to itself
    EndorseInBlank                                                  the same; handed over where a receiver is named
    RejectTransfer     the holder that the last act handed it to    live; within the reject period
    Sign               the holder                                   live
    RequestSurrender   endorsee (straight: consignee) in            live
                       possession, holder of a blank bill; the
                       first holder in possession: to order, for
                       AMENDMENT and PAPER until it has passed the
                       bill on; straight, for DELIVERY always, for
                       AMENDMENT and PAPER until the consignee has
                       held the bill
    WithdrawSurrender  who requested                                pending, unanswered for the answer period
    AcceptSurrender    the carrier, whatever its standing           pending
    RejectSurrender    the carrier, whatever its standing           pending
    Replace            the carrier in good standing                 all old ones surrendered for amendment by one party

The checks stand in the order of the contracts, so that both refuse for the same reason. Deadlines and signatures
are checked before: `domain.signed_act`.
"""

from typing import assert_never

from ebl_service.domain import actions as act
from ebl_service.domain import events as happened
from ebl_service.domain.terms import Address, Purpose, Status, TitleId, Verb, title_id_of
from ebl_service.domain.title import HOLDER_IS_FIRST, Title
from ebl_service.domain.title_standing import (
    Rules,
    answerable,
    current,
    endorsable,
    held,
    pending,
    require_issuable,
    require_issuer,
    require_recipient,
)
from ebl_service.errors import refusals as no

__all__ = ["HAND_OVERS", "MOST_TITLES", "Rules", "decide"]

MOST_TITLES = 16
HAND_OVERS = (Verb.TRANSFER, Verb.ENDORSE, Verb.ENDORSE_TO_ORDER, Verb.ENDORSE_IN_BLANK)


def decide(rules: Rules, asked: act.TitleAct, actor: Address) -> tuple[happened.TitleEvent, ...]:
    """The events that `asked` leads to where `actor` asks it now. Raises: an `errors.refusals` class otherwise."""
    match asked:
        case act.Issue():
            return _issue(rules, asked, actor)
        case act.Replace():
            return _replace(rules, asked, actor)
        case act.Transfer() | act.Endorse() | act.EndorseToOrder() | act.EndorseInBlank():
            return (_hand_over(rules, asked, actor),)
        case act.RejectTransfer():
            return (_reject_transfer(rules, asked, actor),)
        case act.Sign():
            title = held(rules, asked, actor)
            return (happened.Signed(title.title_id, actor, title.sequence + 1, rules.now),)
        case act.RequestSurrender():
            return (_request_surrender(rules, asked, actor),)
        case act.WithdrawSurrender():
            return (_withdraw_surrender(rules, asked, actor),)
        case act.AcceptSurrender():
            title = answerable(rules, asked, actor)
            return (happened.SurrenderAccepted(title.title_id, title.holder, actor, title.sequence + 1, rules.now),)
        case act.RejectSurrender():
            title = answerable(rules, asked, actor)
            return (happened.SurrenderRejected(title.title_id, title.holder, actor, title.sequence + 1, rules.now),)
        case _:
            assert_never(asked)


# Issue


def _issue(rules: Rules, asked: act.Issue, carrier: Address) -> tuple[happened.TitleEvent, ...]:
    title_id = title_id_of(carrier, asked.reference_digest)
    require_issuer(rules, title_id, carrier)
    require_recipient(rules, title_id, carrier, carrier, asked.holder)
    made = act.NewTitle(asked.endorsee, asked.is_to_order, 0, asked.reference_digest, asked.commitment)
    require_issuable(rules, title_id, carrier, asked.holder, made)
    return _created(rules, title_id, carrier, asked.holder, made, ())


def _replace(rules: Rules, asked: act.Replace, carrier: Address) -> tuple[happened.TitleEvent, ...]:
    holder = _require_replaceable(rules, asked, carrier)
    new_ids = _require_replacements(rules, asked, carrier, holder)
    retired = tuple(
        happened.Replaced(old_id, holder, carrier, new_ids, sequence + 1, rules.now)
        for old_id, sequence in zip(asked.old_ids, asked.sequences, strict=True)
    )
    created: tuple[happened.TitleEvent, ...] = ()
    for new_id, made in zip(new_ids, asked.new_titles, strict=True):
        created += _created(rules, new_id, carrier, holder, made, asked.old_ids)
    return retired + created


def _require_replaceable(rules: Rules, asked: act.Replace, carrier: Address) -> Address:
    count = len(asked.old_ids)
    if not 0 < count <= MOST_TITLES or len(asked.sequences) != count:
        raise no.TitleCountOutOfRange(count, carrier)
    holder = None
    before = None
    for old_id, sequence in zip(asked.old_ids, asked.sequences, strict=True):
        if before is not None and before >= old_id:
            raise no.IdsNotAscending(old_id, carrier)
        old = current(rules, old_id, carrier, sequence)
        if old.carrier != carrier:
            raise no.NotCarrier(old_id, carrier)
        if old.status is not Status.SURRENDERED_FOR_AMENDMENT:
            raise no.NotSurrenderedForAmendment(old_id, carrier, old.status.name)
        if holder is not None and old.holder != holder:
            raise no.HoldersDiffer(old_id, carrier)
        holder, before = old.holder, old_id
    assert holder is not None  # count is at least one
    return holder


def _require_replacements(rules: Rules, asked: act.Replace, carrier: Address, holder: Address) -> tuple[TitleId, ...]:
    count = len(asked.new_titles)
    if not 0 < count <= MOST_TITLES:
        raise no.TitleCountOutOfRange(count, carrier)
    require_issuer(rules, asked.old_ids[0], carrier)
    new_ids: list[TitleId] = []
    for made in asked.new_titles:
        new_id = title_id_of(carrier, made.reference_digest, made.version)
        if new_ids and new_ids[-1] >= new_id:
            raise no.IdsNotAscending(new_id, carrier)
        new_ids.append(new_id)
        require_issuable(rules, new_id, carrier, holder, made)
        if made.version and title_id_of(carrier, made.reference_digest, made.version - 1) not in asked.old_ids:
            raise no.VersionNotReplaced(new_id, carrier)
    return tuple(new_ids)


def _created(
    rules: Rules,
    title_id: TitleId,
    carrier: Address,
    holder: Address,
    made: act.NewTitle,
    replaces: tuple[TitleId, ...],
) -> tuple[happened.TitleEvent, ...]:
    number = rules.parties[made.endorsee].number if made.endorsee else 0
    issued = happened.Issued(
        title_id=title_id,
        carrier=carrier,
        holder=holder,
        endorsee=made.endorsee,
        endorsee_number=number,
        is_to_order=made.is_to_order,
        version=made.version,
        reference_digest=made.reference_digest,
        commitment=made.commitment,
        time=rules.now,
        replaces=replaces,
    )
    return (issued, happened.EndorseeNamed(title_id, made.endorsee)) if made.endorsee else (issued,)


# Possession and endorsement


def _hand_over(rules: Rules, asked: act.HandOver, actor: Address) -> happened.TitleEvent:
    endorses = not isinstance(asked, act.Transfer)
    title = endorsable(rules, asked, actor) if endorses else held(rules, asked, actor)
    title_id, sequence = title.title_id, title.sequence + 1
    if asked.to == actor and not (isinstance(asked, act.EndorseToOrder) and title.is_blank):
        raise no.AlreadyHolder(title_id, actor)
    if asked.to is not None:
        require_recipient(rules, title_id, actor, title.carrier, asked.to)
    match asked:
        case act.Transfer():
            return happened.Transferred(title_id, actor, asked.to, sequence, rules.now)
        case act.Endorse():
            number = rules.parties[asked.to].number
            return happened.Endorsed(title_id, actor, asked.to, number, sequence, rules.now)
        case act.EndorseToOrder():
            number = rules.parties[asked.to].number
            return happened.EndorsedToOrder(title_id, actor, asked.to, number, sequence, rules.now)
        case act.EndorseInBlank():
            return happened.EndorsedInBlank(title_id, actor, asked.to, sequence, rules.now)


def _reject_transfer(rules: Rules, asked: act.RejectTransfer, actor: Address) -> happened.TitleEvent:
    title = held(rules, asked, actor)
    last = title.last
    if last.verb not in HAND_OVERS or last.holder == actor:
        raise no.NothingToReject(title.title_id, actor)
    until = last.time + rules.reject_period
    if rules.now > until:
        raise no.RejectPeriodOver(title.title_id, actor, until)
    return happened.TransferRejected(title.title_id, actor, last.holder, title.sequence + 1, rules.now)


# Surrender


def _request_surrender(rules: Rules, asked: act.RequestSurrender, actor: Address) -> happened.TitleEvent:
    title = held(rules, asked, actor)
    if not _may_surrender(title, asked.purpose):
        raise no.MayNotSurrender(title.title_id, actor, asked.purpose.name)
    return happened.SurrenderRequested(
        title.title_id, actor, title.carrier, asked.purpose, asked.reason, title.sequence + 1, rules.now
    )


def _may_surrender(title: Title, purpose: Purpose) -> bool:
    if title.is_blank or title.holder_is_endorsee:
        return True
    if not title.flags & HOLDER_IS_FIRST:
        return False
    if title.is_to_order:
        return purpose is not Purpose.DELIVERY and not title.passed_on
    return purpose is Purpose.DELIVERY or not title.endorsee_has_held


def _withdraw_surrender(rules: Rules, asked: act.WithdrawSurrender, actor: Address) -> happened.TitleEvent:
    title = pending(rules, asked, actor)
    if title.holder != actor:
        raise no.NotHolder(title.title_id, actor)
    until = title.acted_at + rules.answer_period
    if rules.now <= until:
        raise no.AnswerPeriodRunning(title.title_id, actor, until)
    return happened.SurrenderWithdrawn(title.title_id, actor, title.carrier, title.sequence + 1, rules.now)
