"""Every error the service raises.

    EblError
    ├── InvalidRequest        the caller sent something malformed; nothing was kept
    ├── NotAllowed            the caller may not do or see this
    ├── ActionRefused         the rulebook says no; each child (`errors.refusals`) has the name of the Solidity error
    ├── NotFound              there is no such thing, or none that the caller may see
    ├── LedgerUnavailable     the chain or the database cannot be reached; trying again later is right
    │   ├── NonceUsed             another transaction took the relayer's nonce
    │   ├── Underpriced           the node wants a higher fee
    │   ├── NodeBehind            the node that answers has not come to a block that was there
    │   ├── CouldNotCheck         a copy was not held against its title: that says nothing of the copy
    │   ├── LedgerRangeTooLarge   the node will not answer for so many blocks at once
    │   └── ServiceBusy           the service has as much to do as it takes on
    └── LedgerDisagrees       chain, replay and database differ; nothing may be served until a person has looked

An edge (HTTP, command line) maps these six to statuses and exit codes in one table of its own.
"""

from collections.abc import Mapping
from typing import ClassVar

from ebl_service.errors.shown_text import escaped

Detail = str | int | bool | None | list[str]


class EblError(Exception):
    """What went wrong, the particulars, and what to do next."""

    advice: ClassVar[str] = "See the service's log."

    def __init__(self, message: str, details: Mapping[str, Detail] | None = None, hint: str | None = None) -> None:
        self.message = escaped(message)
        super().__init__(self.message)
        self.details: dict[str, Detail] = dict(details or {})
        self._hint = hint

    def hint(self) -> str:
        """One sentence on what the caller can do next."""
        return self._hint or self.advice


class InvalidRequest(EblError):
    """The request is malformed: which field, which rule, what would be right."""

    advice = "Correct the named field and send the request again; nothing was kept of it."


class NotAllowed(EblError):
    """The caller may not do this."""

    advice = "Use an account or key that has the right named in the message."


class ActionRefused(EblError):
    """The ledger's rules refuse an act. Children stand in `errors.refusals`, named as the Solidity errors are."""

    advice = "Read the title's present state and its allowed acts, then decide anew."


class NotFound(EblError):
    """There is no such thing."""

    advice = "Check the identifier; what is not final yet may appear after the next blocks."


class LedgerUnavailable(EblError):
    """The chain or the database cannot be reached now."""

    advice = "Nothing is lost: try again in a few seconds."


class LedgerDisagrees(EblError):
    """Chain, replay and database do not tell the same story."""

    advice = "Stop relying on this service's answers and let an operator compare it with the chain (ebl reindex)."


class NonceUsed(LedgerUnavailable):
    """Another transaction of the relayer's key took the nonce."""

    advice = "The relayer signs the acts again at its next nonce; see that no other program uses its key."


class Underpriced(LedgerUnavailable):
    """The node wants a higher fee to replace or accept the transaction."""

    advice = "The relayer offers a higher fee by itself."


class NodeBehind(LedgerUnavailable):
    """The node that answers has not come to a block that was there: only time tells whether it is gone."""

    advice = "Nothing is lost: the service waits until the node has come so far, or has another block there."

    def __init__(self, expected: int, reached: int | None = None) -> None:
        where = "" if reached is None else f", and is at block {reached}"
        super().__init__(f"The node that answers is behind: it has no block {expected}{where}.")


class LedgerRangeTooLarge(LedgerUnavailable):
    """The node will not answer for so many blocks or logs at once."""

    advice = "The indexer asks for less by itself."


class ServiceBusy(LedgerUnavailable):
    """The service has as much to do as it takes on (503)."""

    advice = "Nothing was kept: send the same request again after as many seconds as the header Retry-After says."
