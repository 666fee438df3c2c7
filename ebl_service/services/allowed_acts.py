"""What an account may do with a title now, and why not the rest: the rulebook asked with sample arguments."""

from collections.abc import Mapping

from ebl_service.domain import actions as act
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.party import Party
from ebl_service.domain.terms import Address, Purpose, Seconds
from ebl_service.domain.title import Title
from ebl_service.domain.title_rules import Rules, decide
from ebl_service.errors.refusals import Refusal
from ebl_service.services.answers import AllowedAct


def allowed_acts(
    identity: LedgerIdentity,
    title: Title,
    parties: Mapping[Address, Party],
    account: Address,
    recipient: Address,
    now: Seconds,
) -> tuple[AllowedAct, ...]:
    """Every act on a title that is there. `recipient` stands for any receiver that is in good standing."""
    rules = Rules({title.title_id: title}, dict(parties), now, identity.reject_period, identity.answer_period)

    def ask(asked: act.TitleAct, purpose: Purpose | None = None) -> AllowedAct:
        try:
            decide(rules, asked, account)
        except Refusal as refusal:
            return AllowedAct(type(asked).__name__, refusal, purpose)
        return AllowedAct(type(asked).__name__, None, purpose)

    on = (title.title_id, title.sequence)
    handing_over = (act.Transfer, act.Endorse, act.EndorseToOrder)
    plain = (act.RejectTransfer, act.Sign, act.WithdrawSurrender, act.AcceptSurrender, act.RejectSurrender)
    return (
        *(ask(kind(*on, recipient)) for kind in handing_over),
        ask(act.EndorseInBlank(*on)),
        *(ask(act.RequestSurrender(*on, purpose), purpose) for purpose in Purpose),
        *(ask(kind(*on)) for kind in plain),
        ask(_amended(title)),
    )


def _amended(title: Title) -> act.Replace:
    new = act.NewTitle(title.endorsee, title.is_to_order, title.version + 1, title.reference_digest, title.commitment)
    return act.Replace((title.title_id,), (title.sequence,), (new,))
