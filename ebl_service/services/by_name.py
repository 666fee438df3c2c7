"""How people call what the ledger knows by id and account: titles by their bills' numbers, parties by legal name.

Left to others: parties by code (`services.naming`), chains by number for platforms (`services.telling_chains`), how
often one may ask (`services.rate_limits`).

Rules kept here
- A number finds titles that the caller may read, and a name parties on titles that the caller may read as they stand.
  Everything else is answered as what is not there, after the same queries: numbers and names can be guessed.
- A name that several parties go by names nobody, though only one of them is on the caller's titles: a bill must not go
  to the wrong one of two.
- A number is that of the very document that the title commits to; without the document it is not known.
"""

from collections.abc import Collection, Iterable

from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.profile import Profile, name_key
from ebl_service.domain.terms import Address, TitleId
from ebl_service.domain.transport_document.commitment import reference_digest, reference_salt
from ebl_service.errors import NotFound
from ebl_service.errors.requests import AmbiguousName
from ebl_service.services.document_room import DocumentRoom
from ebl_service.services.rights import Rights, Sight
from ebl_service.store.directory import Directory
from ebl_service.store.history import History

NO_TITLE = TitleId("0x")
"""No title has this id: asked for where a number is nobody's, so that the same queries are made."""


class ByName:
    """Answers by number and name. `room`: None where the service keeps no documents, and so knows no numbers."""

    def __init__(self, rights: Rights, history: History, directory: Directory, room: DocumentRoom | None) -> None:
        self._rights = rights
        self._history = history
        self._directory = directory
        self._room = room

    async def by_number(self, account: Address, reference: str) -> list[Sight]:
        """The titles of bills of this number that the account may read, the newest version first. Raises: NotFound."""
        found = await self._prepared(reference)
        ids = {binding.title_id for binding in found} or {NO_TITLE}
        sights = await self._rights.sights(account, ids, granted=True)
        shown = [sight for sight in sights.values() if DocumentBinding.of(sight.title) in found]
        if not shown:
            raise NotFound(f"There is no bill {reference} that you may read.", {"reference": reference})
        return sorted(shown, key=lambda sight: (sight.title.carrier, -sight.title.version, sight.title.title_id))

    async def numbers(self, account: Address, title_ids: Collection[TitleId]) -> dict[TitleId, str]:
        """The bills' numbers of those of these titles that the account may read and whose documents are kept here."""
        sights = await self._rights.sights(account, title_ids, granted=True)
        if self._room is None:
            return {}
        return await self._room.kept.numbers([sight.title for sight in sights.values()])

    async def names(self, accounts: Iterable[Address]) -> dict[Address, str]:
        """The legal names of those of these accounts that have one."""
        return {account: each.legal_name for account, each in (await self._directory.many(accounts)).items()}

    async def by_name(self, account: Address | None, name: str) -> Profile:
        """The party of this legal name that the account may know of; None: the operator, who may know of all.

        Raises: NotFound; AmbiguousName, which tells of those that the account may know of.
        """
        called = await self._directory.called(name_key(name))
        known = called if account is None else await self._known(account, called)
        if not known:
            raise NotFound(f"No party on your titles is called {name}.", {"name": name}, "Name it by a code.")
        if len(called) > 1:
            raise AmbiguousName(f"Several parties are called {name}", {"name": name, "accounts": sorted(known)})
        return (await self._directory.many(known))[known[0]]

    async def _known(self, account: Address, others: list[Address]) -> list[Address]:
        shared = await self._history.title_parties.shared(account, others)
        whole = {title_id for title_id, sight in (await self._rights.sights(account, shared)).items() if sight.is_whole}
        return [each for each in others if each == account or any(each in shared[title_id] for title_id in whole)]

    async def _prepared(self, reference: str) -> set[DocumentBinding]:
        """The documents of this number, each bound to the title, issued or not, that it was prepared for."""
        if self._room is None:
            return set()
        secrets = await self._room.keeping.known_secrets()
        numbers = {
            carrier: reference_digest(reference, reference_salt(secret, reference))
            for carrier, secret in secrets.items()
        }
        return await self._room.kept.of_numbers(numbers)
