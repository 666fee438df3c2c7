"""Whom an event on a title or certificate concerns: who acted, and every account it names as a party to the title.

Rules kept here
- Whoever comes to stand on a title (carrier, holder, endorsee, entitled) is named by one of its events; so these say
  who ever had a part in it.
"""

from typing import assert_never

from ebl_service.domain import certificate_events as insured
from ebl_service.domain import events as happened
from ebl_service.domain.terms import Address


def actor_of(event: happened.Event) -> Address | None:
    """Whose act it is; None where no party acted."""
    match event:
        case (
            happened.Transferred()
            | happened.Endorsed()
            | happened.EndorsedToOrder()
            | happened.EndorsedInBlank()
            | happened.TransferRejected()
        ):
            return event.giver
        case happened.Signed() | happened.SurrenderRequested() | happened.SurrenderWithdrawn():
            return event.holder
        case happened.Issued() | happened.SurrenderAccepted() | happened.SurrenderRejected() | happened.Replaced():
            return event.carrier
        case (
            insured.CertificateIssued()
            | insured.CarriedOver()
            | insured.CertificateCancelled()
            | insured.ClaimAcknowledged()
            | insured.ClaimSurveyed()
            | insured.ClaimSettled()
            | insured.ClaimDeclined()
        ):
            return event.insurer
        case insured.CancellationConsented() | insured.ClaimNotified():
            return event.assured
        case insured.LossPayeeReleased():
            return event.payee
        case _:
            return None


def parties_of(event: happened.TitleEvent) -> tuple[Address, ...]:
    """The accounts that the event names as parties to its title."""
    match event:
        case happened.Transferred() | happened.Endorsed() | happened.EndorsedToOrder() | happened.TransferRejected():
            named: tuple[Address, ...] = (event.giver, event.to)
        case happened.EndorsedInBlank():
            named = (event.giver,) if event.to is None else (event.giver, event.to)
        case happened.Issued():
            named = (event.carrier, event.holder)
            named = named if event.endorsee is None else (*named, event.endorsee)
        case happened.EndorseeNamed():
            named = (event.endorsee,)
        case happened.Signed():
            named = (event.holder,)
        case (
            happened.SurrenderRequested()
            | happened.SurrenderWithdrawn()
            | happened.SurrenderAccepted()
            | happened.SurrenderRejected()
            | happened.Replaced()
        ):
            named = (event.holder, event.carrier)
        case _:
            assert_never(event)
    return named
