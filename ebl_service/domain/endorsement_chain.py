"""A title's events told in DCSA's terms (the codes appear here and in `api.dcsa` only).  (Body follows.)"""

from dataclasses import dataclass

from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import Address, Seconds


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `code`: DCSA's action code, None for acts DCSA has no word for (a rejected transfer).

    `recipient`: to whom, None where nobody else is named. `is_omitted`: not in the carrier's view.
    """

    code: str | None
    actor: Address
    recipient: Address | None
    time: Seconds
    recorded: Recorded
    is_omitted: bool


@dataclass(frozen=True, slots=True)
class EndorsementChain:
    """All acts in order; `carrier_view` leaves out what carriers' chains omit."""

    entries: tuple[Entry, ...]

    @property
    def carrier_view(self) -> tuple[Entry, ...]:
        """Without returned transfers and unanswered, refused or withdrawn surrenders."""
        return tuple(entry for entry in self.entries if not entry.is_omitted)
