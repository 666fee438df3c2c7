"""The demonstration's voyages (scripts/voyage) against a house of the tests.

company = Company.registered(house)         its cast has joined; a context
voyage = await company.voyage(bill)         the people of the bill, ready to sail
await company.mismatches(voyage)            contract, replay and database told apart; empty where they agree
"""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.rpc import Rpc
from ebl_service.wallet.key import PartyKey
from tests.house import TOKEN, House
from voyage.cast import Cast
from voyage.clerk import Clerk
from voyage.comparison import mismatches
from voyage.documents import Bill, bills, samples
from voyage.gathering import Systems, gathered
from voyage.plots import PLOTS, Plot, kind_of
from voyage.voyage import Voyage, people_of

_numbers = itertools.count(1)
SAMPLES = {path.stem: bills(path)[0] for path in samples()}


@dataclass
class Company:
    """The cast, registered, and their way to the service."""

    house: House
    cast: Cast
    clerk: Clerk
    ledger: ChainLedger
    systems: Systems

    @classmethod
    @asynccontextmanager
    async def registered(cls, house: House) -> AsyncIterator["Company"]:
        """A cast that has joined."""
        async with Rpc([house.chain.url]) as rpc:
            ledger = ChainLedger(rpc, house.chain.deployment, PartyKey.random().account)
            cast, clerk = Cast(), Clerk(house.url, TOKEN)
            async with gathered(cast, clerk) as systems:
                yield cls(house, cast, clerk, ledger, systems)
            await clerk.close()

    async def voyage(self, bill: Bill) -> Voyage:
        """The bill's people; a number of its own, however often the bill sails."""
        parties, people = await people_of(bill, self.cast, self.clerk, self.systems)
        bill = bill.numbered(f"{bill.reference[:13]}-{next(_numbers):03d}")
        return Voyage(bill, parties, people, self.clerk, self.ledger, os.urandom(32), _untold, _untold)

    async def mismatches(self, voyage: Voyage) -> list[str]:
        """A sentence for each difference between contract, replay and database."""
        titles = dict.fromkeys(voyage.title_ids, voyage.people.carrier)
        return await mismatches(self.house.chain, self.ledger, self.clerk, titles)  # type: ignore[arg-type]

    async def sail(self, bill: Bill, plot: Plot | None = None) -> Voyage:
        """A whole voyage by one of its kind's plots."""
        voyage = await self.voyage(bill)
        await (plot or PLOTS[kind_of(voyage)][0])(voyage)
        return voyage


def _untold(*_: Any) -> None:
    """Nobody watches."""
