"""Endorsement chains as DCSA has them, told to a bill's carrier and its present parties.

Rules kept here
- A bill is found by its number only under a carrier's salt: that of the reader itself, and of each carrier with whose
  titles the reader has, or had, a part. So the work grows with the reader's own titles, not with the carriers that
  there are. Nothing is written.
- A reader who may not read a bill gets the same answer as where there is none, after the same queries: numbers can be
  guessed.
- The whole chain is for carrier and present parties; who was a party once reads it elsewhere, up to its own last act.
"""

import re
from typing import Any

from ebl_service.domain.carrier_messages import BillName, Names, parties_in, told_chain
from ebl_service.domain.endorsement_chain import endorsement_chain
from ebl_service.domain.profile import Profile
from ebl_service.domain.terms import Address
from ebl_service.domain.title import Title
from ebl_service.domain.transport_document.code_lists import SCAC_LIST
from ebl_service.errors import NotFound
from ebl_service.services.bills import bill_of
from ebl_service.services.document_room import DocumentRoom
from ebl_service.services.issuance import IssuanceDesk
from ebl_service.services.rights import Rights
from ebl_service.store.directory import Directory
from ebl_service.store.history import History

LONGEST_SCAC = 4


class Chains:
    """Tells chains."""

    def __init__(
        self,
        room: DocumentRoom,
        desk: IssuanceDesk,
        directory: Directory,
        history: History,
        rights: Rights,
        platform: str,
    ) -> None:
        self._room = room
        self._desk = desk
        self._directory = directory
        self._history = history
        self._rights = rights
        self._platform = platform

    async def told(
        self, account: Address, reference: str, version: str | None = None, carrier_code: str | None = None
    ) -> list[dict[str, Any]]:
        """The chains of a bill's versions, the newest version first. Raises: NotFound."""
        carriers = await self._history.title_parties.carriers(account)
        sights = await self._rights.sights(account, await self._desk.may_be(carriers, reference))
        titles = [sight.title for sight in sights.values() if sight.is_whole]
        titles.sort(key=lambda title: (title.carrier, -title.version))
        profiles = await self._directory.many(title.carrier for title in titles)
        found: list[dict[str, Any]] = []
        for title in titles:
            scac = _scac(profiles.get(title.carrier))
            if carrier_code in (None, scac) and (chain := await self._chain(title, scac, version)):
                found.append(chain)
        if not found:
            raise NotFound(f"There is no bill {reference} that you may read.", {"reference": reference})
        return found

    async def _chain(self, title: Title, carrier_code: str | None, version: str | None) -> dict[str, Any] | None:
        bill = await bill_of(self._room.kept, title)
        if bill is None or version not in (None, bill.version):
            return None
        return await self._said(bill, title, carrier_code)

    async def _said(self, bill: BillName, title: Title, carrier_code: str | None) -> dict[str, Any]:
        chain = endorsement_chain(await self._history.titles.events(title.title_id)).carrier_view
        names = Names(self._platform, await self._directory.many(parties_in(chain)))
        return told_chain(bill, carrier_code, chain, names)


def _scac(profile: Profile | None) -> str | None:
    """The carrier's SCAC; None where it has none that an answer may name."""
    codes = sorted(profile.codes) if profile else ()
    fitting = (code for provider, code in codes if provider == SCAC_LIST and re.fullmatch(r"\S+", code))
    return next((code for code in fitting if len(code) <= LONGEST_SCAC), None)
