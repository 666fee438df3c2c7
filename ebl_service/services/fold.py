"""Folding events into titles, certificates and parties, for the indexer.

Keeps what it folded in memory, so that a title's next event needs no read, and so that the next events can be folded
while the last ones are being written. After anything went wrong, or the chain went back, everything is to be forgotten.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ebl_service.domain import certificate as certificates
from ebl_service.domain import party as parties
from ebl_service.domain import title as titles
from ebl_service.domain.certificate import Certificate
from ebl_service.domain.certificate_events import CertificateEvent, PartyNamed
from ebl_service.domain.events import ActRefused, EndorseeNamed, Event, SingleKeyWarning, TitleEvent
from ebl_service.domain.ledger import LedgerIdentity, Recorded
from ebl_service.domain.party import Party
from ebl_service.domain.terms import Address, CertificateId, TitleId
from ebl_service.domain.title import Title
from ebl_service.store.history import History

EVENTS_AT_ONCE = 500
MOST_KEPT = 50_000
"""Titles and certificates remembered, of each; about 2 kB one."""

Id = TypeVar("Id", bound=Hashable)
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Folded:
    """Titles, parties and certificates as events left them, each with the block that brought it there.

    `titles`: each as it stood at the final block, then after every later block that changed it; the others after each.
    """

    titles: list[tuple[int, Title]]
    parties: list[tuple[int, Party]]
    certificates: list[tuple[int, Certificate]]


class _Kept(Generic[Id, State]):
    """The states of one noun that are known, and what was put since `load`."""

    def __init__(self, read: Callable[[Iterable[Id]], Awaitable[dict[Id, State]]] | None) -> None:
        self._read = read
        self._known: dict[Id, State] = {}
        self._at_final: dict[Id, tuple[int, State]] = {}
        self._later: dict[tuple[Id, int], tuple[int, State]] = {}
        self._final = -1

    async def load(self, ids: set[Id], final: int = -1) -> None:
        """Begin with events about these. What was put last may not be in the store yet, so it stays known.

        Of the states up to block `final` only the last of each is told.
        """
        if self._read is not None and len(self._known) > MOST_KEPT:
            self._known = {key: self._known[key] for key in (*self._at_final, *(key for key, _ in self._later))}
        self._at_final, self._later, self._final = {}, {}, final
        if self._read is not None and (missing := ids - self._known.keys()):
            self._known |= await self._read(missing)

    def get(self, key: Id) -> State | None:
        return self._known.get(key)

    def put(self, key: Id, block_number: int, state: State) -> None:
        self._known[key] = state
        if block_number <= self._final:
            self._at_final[key] = block_number, state
        else:
            self._later[key, block_number] = block_number, state

    def told(self) -> list[tuple[int, State]]:
        """What was put, each with its block, in the order of the blocks of one id."""
        return [*self._at_final.values(), *self._later.values()]

    def forget(self) -> None:
        self._known.clear()
        self._at_final.clear()
        self._later.clear()


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

    async def advance(self, recorded: Sequence[Recorded], final: int) -> Folded:
        """What the events lead to, while block `final` is final. Raises: LedgerDisagrees where one cannot follow."""
        await self._load(recorded, final)
        for start in range(0, len(recorded), EVENTS_AT_ONCE):
            for item in recorded[start : start + EVENTS_AT_ONCE]:
                self._advance(item.event, item.block_number)
            await asyncio.sleep(0)  # others of the process have their turn
        return Folded(self._titles.told(), self._parties.told(), self._certificates.told())

    def _advance(self, event: Event, block_number: int) -> None:
        if isinstance(event, TitleEvent):
            title = titles.evolve(self._titles.get(event.title_id), event, self._titles_separator)
            if not isinstance(event, EndorseeNamed):
                self._titles.put(event.title_id, block_number, title)
        elif isinstance(event, CertificateEvent):
            known = self._certificates.get(event.certificate_id)
            certificate = certificates.evolve(known, event, self._insurance_separator)
            if not isinstance(event, PartyNamed):
                self._certificates.put(event.certificate_id, block_number, certificate)
        elif not isinstance(event, ActRefused):
            account = getattr(event, "account", None)
            party = parties.evolve(None if account is None else self._parties.get(account), event)
            if party is not None and not isinstance(event, SingleKeyWarning):
                self._parties.put(party.account, block_number, party)

    def forget(self) -> None:
        """Read everything from the store again."""
        self._titles.forget()
        self._parties.forget()
        self._certificates.forget()

    async def _load(self, recorded: Iterable[Recorded], final: int) -> None:
        titles_, certificates_, accounts = set[TitleId](), set[CertificateId](), set[Address]()
        for item in recorded:
            event = item.event
            if isinstance(event, TitleEvent):
                titles_.add(event.title_id)
            elif isinstance(event, CertificateEvent):
                certificates_.add(event.certificate_id)
            elif account := getattr(event, "account", None):
                accounts.add(account)
        await self._titles.load(titles_, final)
        await self._parties.load(accounts)
        await self._certificates.load(certificates_)
