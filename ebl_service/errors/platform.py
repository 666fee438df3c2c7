"""What a carrier's request to the platform can meet, and what custody does not do."""

from ebl_service.errors import ActionRefused, InvalidRequest, NotAllowed


class BillAlreadyAsked(ActionRefused):
    """A bill of this number is asked for and not answered yet, or issued (409)."""

    advice = "Wait for the answer to the first request; a new version follows a surrender for amendment."


class SurrenderNotOpen(ActionRefused):
    """No surrender of this reference waits for the carrier's answer: there is none, or it was answered (409)."""

    advice = "A surrender request is answered once; see the title's endorsement chain for what became of it."


class TooManyWordings(ActionRefused):
    """So many wordings of one surrender request were prepared already (409)."""

    advice = "Sign one of the requests that were prepared, or ask without words."


class NotACarrierHere(NotAllowed):
    """The party was not onboarded as a carrier of this platform."""

    advice = "Ask the operator to onboard the carrier, with its certificate and terms."


class BadMandate(InvalidRequest):
    """The statement that turns custody on does not say what it must."""

    advice = "Sign the statement that the service gives for it, with bounds and an expiry of at most 400 days."


class CustodyNotHere(InvalidRequest):
    """This service holds no key of that account."""

    advice = "Onboard the carrier with custody, or let it sign its own acts."


class MandateEnded(InvalidRequest):
    """The statement was used before and ended: it does not turn custody on again."""

    advice = "Sign a new statement."
