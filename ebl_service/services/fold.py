"""Folding events into titles and parties, for the indexer.

Keeps what it folded in memory, so that a title's next event needs no read. What was folded counts only once the store
has it: `keep` after the transaction, `forget` after anything went wrong or the chain went back.
"""

from collections.abc import Iterable, Sequence

from ebl_service.domain import party as parties
from ebl_service.domain import title as titles
from ebl_service.domain.events import ActRefused, EndorseeNamed, SingleKeyWarning, TitleEvent
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.party import Party
from ebl_service.domain.terms import Address, Digest, TitleId
from ebl_service.domain.title import Title
from ebl_service.store.history import History

MOST_KEPT = 50_000
"""Titles remembered; about 2 kB each."""


class Fold:
    """Titles and parties as they stand at the cursor."""

    def __init__(self, history: History | None, domain_separator: Digest) -> None:
        """Begin at the cursor of `history`, or with nothing: before the first block."""
        self._history = history
        self._separator = domain_separator
        self._titles: dict[TitleId, Title] = {}
        self._parties: dict[Address, Party] = {}
        self._changed_titles: dict[TitleId, Title] = {}
        self._changed_parties: dict[Address, Party] = {}

    async def advance(self, recorded: Sequence[Recorded]) -> tuple[list[tuple[int, Title]], list[tuple[int, Party]]]:
        """Every title and party after each block that changes it. Raises: LedgerDisagrees where an event cannot follow.

        Nothing counts until `keep`.
        """
        await self._load(recorded)
        title_states: dict[tuple[TitleId, int], Title] = {}
        party_states: dict[tuple[Address, int], Party] = {}
        for item in recorded:
            event = item.event
            if isinstance(event, ActRefused):
                continue
            if isinstance(event, TitleEvent):
                known = self._changed_titles.get(event.title_id) or self._titles.get(event.title_id)
                title = titles.evolve(known, event, self._separator)
                if not isinstance(event, EndorseeNamed):
                    self._changed_titles[event.title_id] = title
                    title_states[event.title_id, item.block_number] = title
                continue
            account = getattr(event, "account", None)
            party = parties.evolve(self._party(account), event)
            if party is not None and not isinstance(event, SingleKeyWarning):
                self._changed_parties[party.account] = party
                party_states[party.account, item.block_number] = party
        return (
            [(number, title) for (_, number), title in title_states.items()],
            [(number, party) for (_, number), party in party_states.items()],
        )

    def keep(self) -> None:
        """The store has what was folded last."""
        if self._history is not None and len(self._titles) > MOST_KEPT:
            self._titles.clear()
        self._titles |= self._changed_titles
        self._parties |= self._changed_parties
        self._changed_titles, self._changed_parties = {}, {}

    def forget(self) -> None:
        """Read everything from the store again."""
        for remembered in (self._titles, self._changed_titles):
            remembered.clear()
        for known in (self._parties, self._changed_parties):
            known.clear()

    def _party(self, account: Address | None) -> Party | None:
        return None if account is None else self._changed_parties.get(account) or self._parties.get(account)

    async def _load(self, recorded: Iterable[Recorded]) -> None:
        if self._history is None:
            return
        events = [item.event for item in recorded]
        title_ids = {event.title_id for event in events if isinstance(event, TitleEvent)}
        accounts = {event.account for event in events if hasattr(event, "account")}
        if missing_titles := title_ids - self._titles.keys():
            self._titles |= await self._history.titles.many(missing_titles)
        if missing_parties := accounts - self._parties.keys():
            self._parties |= await self._history.parties.many(missing_parties)
