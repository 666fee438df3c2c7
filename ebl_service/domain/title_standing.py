"""Who may act on a title, and who may issue and receive: the checks that the acts of `domain.title_rules` share.

They stand in the order of the contracts (contracts/TitleRecords.sol).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ebl_service.domain import actions as act
from ebl_service.domain.certificate import Certificate
from ebl_service.domain.party import Parties
from ebl_service.domain.terms import NO_DIGEST, Address, CertificateId, Role, Seconds, Status, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors import refusals as no


@dataclass(frozen=True, slots=True)
class Rules:
    """What an act is judged by: titles, parties and certificates as they stand, the block's time, the constants.

    `now`, `reject_period` and `answer_period` are seconds.
    """

    titles: Mapping[TitleId, Title]
    parties: Parties
    now: Seconds
    reject_period: int
    answer_period: int
    certificates: Mapping[CertificateId, Certificate] = field(default_factory=dict)


def current(rules: Rules, title_id: TitleId, actor: Address, sequence: int) -> Title:
    """The title, where there is one and `sequence` is its present one. Raises: UnknownTitle, StaleSequence."""
    title = rules.titles.get(title_id)
    if title is None:
        raise no.UnknownTitle(title_id, actor)
    if title.sequence != sequence:
        raise no.StaleSequence(title_id, actor, title.sequence, sequence)
    return title


def held(rules: Rules, asked: act.OnTitle, actor: Address) -> Title:
    """A live title in the actor's hands. Raises: as `current`; TitleNotLive, NotHolder."""
    title = current(rules, asked.title_id, actor, asked.sequence)
    if title.status is not Status.ISSUED:
        raise no.TitleNotLive(title.title_id, actor, title.status.name)
    if title.holder != actor:
        raise no.NotHolder(title.title_id, actor)
    return title


def endorsable(rules: Rules, asked: act.OnTitle, actor: Address) -> Title:
    """A live title, to order, that the actor holds as its endorsee, or blank.

    Raises: as `held`; StraightBill, NotEndorsee, MayNotEndorse.
    """
    title = held(rules, asked, actor)
    if not title.is_to_order:
        raise no.StraightBill(title.title_id, actor)
    if title.is_blank:
        return title
    if not title.holder_is_endorsee:
        raise no.NotEndorsee(title.title_id, actor)
    if not title.may_endorse:
        raise no.MayNotEndorse(title.title_id, actor)
    return title


def pending(rules: Rules, asked: act.OnTitle, actor: Address) -> Title:
    """A title whose surrender waits for an answer. Raises: as `current`; SurrenderNotPending."""
    title = current(rules, asked.title_id, actor, asked.sequence)
    if not title.status.is_pending:
        raise no.SurrenderNotPending(title.title_id, actor, title.status.name)
    return title


def answerable(rules: Rules, asked: act.OnTitle, actor: Address) -> Title:
    """The same, where the actor is its carrier, whatever its standing. Raises: as `pending`; NotCarrier."""
    title = pending(rules, asked, actor)
    if title.carrier != actor:
        raise no.NotCarrier(title.title_id, actor)
    return title


def require_issuer(rules: Rules, title_id: TitleId, carrier: Address) -> None:
    """A carrier in good standing. Raises: CarrierRoleMissing, CarrierSuspended."""
    party = rules.parties.get(carrier)
    if party is None or Role.CARRIER not in party.roles:
        raise no.CarrierRoleMissing(title_id, carrier)
    if party.is_suspended:
        raise no.CarrierSuspended(title_id, carrier)


def require_recipient(rules: Rules, title_id: TitleId, actor: Address, carrier: Address, to: Address) -> None:
    """One who may receive by a new act. Raises: CarrierCannotReceive, RecipientNotRegistered, RecipientSuspended."""
    if to == carrier:
        raise no.CarrierCannotReceive(title_id, actor)
    party = rules.parties.get(to)
    if party is None:
        raise no.RecipientNotRegistered(title_id, actor, to)
    if party.is_suspended:
        raise no.RecipientSuspended(title_id, actor, to)


def require_issuable(rules: Rules, title_id: TitleId, carrier: Address, holder: Address, made: act.NewTitle) -> None:
    """What is asked of every title before it is made; a holder that is its own endorsee is not asked again.

    Raises: TitleExists, EmptyDigest, ConsigneeMissing; as `require_recipient`.
    """
    if title_id in rules.titles:
        raise no.TitleExists(title_id, carrier)
    if NO_DIGEST in (made.reference_digest, made.commitment):
        raise no.EmptyDigest(title_id, carrier)
    if made.endorsee is None:
        if not made.is_to_order:
            raise no.ConsigneeMissing(title_id, carrier)
    elif made.endorsee != holder:
        require_recipient(rules, title_id, carrier, carrier, made.endorsee)
