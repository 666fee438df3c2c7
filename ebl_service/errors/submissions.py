"""Why a submission is not taken, beside the ledger's own refusals (`errors.refusals`)."""

from ebl_service.errors import InvalidRequest, LedgerUnavailable, NotAllowed


class IdempotencyKeyReused(InvalidRequest):
    """The idempotency key was used for another body (422)."""

    advice = "Use a fresh key for each request; repeat a key only with the very same body."


class RequestInFlight(InvalidRequest):
    """A request with this idempotency key is being worked on (409)."""

    advice = "Wait for its answer, then repeat the request: it gets the same answer."


class SignerNotRegistered(NotAllowed):
    """Acts are relayed for registered parties only."""

    advice = "Register the signer first, or send the act to the contract yourself: anyone may."


class GasBudgetExhausted(NotAllowed):
    """The party's acts used up the gas that is relayed for it in a day (429)."""

    advice = "Wait for the next day (UTC), or send the act to the contract yourself: anyone may."


class LeadershipLost(LedgerUnavailable):
    """Another process has taken over sending for this database."""

    advice = "Nothing to do: one process of a database sends, the others stand by."
