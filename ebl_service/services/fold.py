"""Folding events into titles, certificates and parties, for the indexer.

Keeps what it folded in memory, so that a title's next event needs no read. What was folded counts only once the store
has it: `keep` after the transaction, `forget` after anything went wrong or the chain went back.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ebl_service.domain import certificate as certificates
from ebl_service.domain import party as parties
from ebl_service.domain import title as titles
from ebl_service.domain.certificate import Certificate
from ebl_service.domain.certificate_events import CertificateEvent, PartyNamed
from ebl_service.domain.events import ActRefused, EndorseeNamed, SingleKeyWarning, TitleEvent
from ebl_service.domain.ledger import LedgerIdentity, Recorded
from ebl_service.domain.party import Party
from ebl_service.domain.terms import Address, CertificateId, TitleId
from ebl_service.domain.title import Title
from ebl_service.store.history import History

MOST_KEPT = 50_000
"""Titles and certificates remembered, of each; about 2 kB one."""

Id = TypeVar("Id", bound=Hashable)
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Folded:
    """Every title, party and certificate after each block that changes it."""

    titles: list[tuple[int, Title]]
    parties: list[tuple[int, Party]]
    certificates: list[tuple[int, Certificate]]


class _Kept(Generic[Id, State]):
    """The states of one noun: as the store has them, and as they were changed since."""

    def __init__(self, read: Callable[[Iterable[Id]], Awaitable[dict[Id, State]]] | None) -> None:
        self._read = read
        self._stored: dict[Id, State] = {}
        self._changed: dict[Id, State] = {}
        self.states: dict[tuple[Id, int], State] = {}

    async def load(self, ids: set[Id]) -> None:
        self.states = {}
        if self._read is not None and (missing := ids - self._stored.keys()):
            self._stored |= await self._read(missing)

    def get(self, key: Id) -> State | None:
        return self._changed.get(key) or self._stored.get(key)

    def put(self, key: Id, block_number: int, state: State) -> None:
        self._changed[key] = state
        self.states[key, block_number] = state

    def keep(self) -> None:
        if self._read is not None and len(self._stored) > MOST_KEPT:
            self._stored.clear()
        self._stored |= self._changed
        self._changed = {}

    def forget(self) -> None:
        self._stored.clear()
        self._changed.clear()


class Fold:
    """Titles, certificates and parties as they stand at the cursor."""

    def __init__(self, history: History | None, identity: LedgerIdentity) -> None:
        """Begin at the cursor of `history`, or with nothing: before the first block."""
        self._titles_separator = identity.titles_domain.separator
        self._insurance_separator = identity.insurance_domain.separator
        self._titles: _Kept[TitleId, Title] = _Kept(history.titles.many if history else None)
        self._parties: _Kept[Address, Party] = _Kept(history.parties.many if history else None)
        certificates_ = history.certificates.many if history else None
        self._certificates: _Kept[CertificateId, Certificate] = _Kept(certificates_)

    async def advance(self, recorded: Sequence[Recorded]) -> Folded:
        """What the events lead to. Nothing counts until `keep`. Raises: LedgerDisagrees where one cannot follow."""
        await self._load(recorded)
        for item in recorded:
            event = item.event
            if isinstance(event, ActRefused):
                continue
            if isinstance(event, TitleEvent):
                title = titles.evolve(self._titles.get(event.title_id), event, self._titles_separator)
                if not isinstance(event, EndorseeNamed):
                    self._titles.put(event.title_id, item.block_number, title)
                continue
            if isinstance(event, CertificateEvent):
                known = self._certificates.get(event.certificate_id)
                certificate = certificates.evolve(known, event, self._insurance_separator)
                if not isinstance(event, PartyNamed):
                    self._certificates.put(event.certificate_id, item.block_number, certificate)
                continue
            account = getattr(event, "account", None)
            party = parties.evolve(None if account is None else self._parties.get(account), event)
            if party is not None and not isinstance(event, SingleKeyWarning):
                self._parties.put(party.account, item.block_number, party)
        return Folded(
            [(number, title) for (_, number), title in self._titles.states.items()],
            [(number, party) for (_, number), party in self._parties.states.items()],
            [(number, certificate) for (_, number), certificate in self._certificates.states.items()],
        )

    def keep(self) -> None:
        """The store has what was folded last."""
        self._titles.keep()
        self._parties.keep()
        self._certificates.keep()

    def forget(self) -> None:
        """Read everything from the store again."""
        self._titles.forget()
        self._parties.forget()
        self._certificates.forget()

    async def _load(self, recorded: Iterable[Recorded]) -> None:
        events = [item.event for item in recorded]
        await self._titles.load({event.title_id for event in events if isinstance(event, TitleEvent)})
        await self._parties.load({event.account for event in events if hasattr(event, "account")})
        insured = {event.certificate_id for event in events if isinstance(event, CertificateEvent)}
        await self._certificates.load(insured)
