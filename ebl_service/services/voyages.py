"""Watching the relay's transactions once they left: included, gone again with their block, or overtaken by another.

Rules kept here
- A nonce that is used without one of ours being in a block, both by one answer of one node, is watched first; only when
  it still is so after the resend time, our transactions of that nonce are given up and their acts ride again at another
  nonce. Even where this were wrong nothing is doubled: the contract takes each act's sequence once.
- What a block includes is asked again when the index does not hold that block.
"""

import logging
from collections.abc import Sequence
from itertools import groupby

from ebl_service.domain.ledger import Ledger, Outcome
from ebl_service.services.policy import Clock, Failpoint, RelayPolicy
from ebl_service.store.chapters import Cursor
from ebl_service.store.outbox import Outbox
from ebl_service.store.transactions import DAY, Carried, Course

log = logging.getLogger(__name__)


class Voyages:
    """Our transactions on their way. `leader`: the name under which the lease is held."""

    def __init__(
        self, ledger: Ledger, outbox: Outbox, policy: RelayPolicy, clock: Clock, failpoint: Failpoint, leader: str
    ) -> None:
        self._ledger = ledger
        self._transactions = outbox.transactions
        self._policy = policy
        self._clock = clock
        self._failpoint = failpoint
        self._leader = leader

    async def watch(self, live: Sequence[Carried], cursor: Cursor, next_nonce: int) -> bool:
        """Write down what became of each of `live`; `next_nonce` was read before. True where anything moved."""
        moved, found = False, list[tuple[Carried, Outcome]]()
        for nonce, group in groupby(live, key=lambda carried: carried.nonce):
            same_nonce = list(group)
            if nonce >= next_nonce:
                moved = await self._still_on_the_way(nonce, same_nonce) or moved
            elif not any(_is_settled(carried, cursor) for carried in same_nonce):
                included = await self._included(same_nonce)
                if included is not None:
                    found.append(included)
                else:
                    moved = await self._look(nonce, same_nonce) or moved
        return await self._note(found, cursor) or moved

    async def _still_on_the_way(self, nonce: int, same_nonce: Sequence[Carried]) -> bool:
        moved = await self._take_back(same_nonce)
        if any(carried.missing_since is not None for carried in same_nonce):
            await self._transactions.mark_missing(nonce, None, self._leader)
        return moved

    async def _included(self, same_nonce: Sequence[Carried]) -> tuple[Carried, Outcome] | None:
        for carried in same_nonce:
            outcome = await self._ledger.outcome(carried.hash)
            if outcome is not None:
                return carried, outcome
        return None

    async def _look(self, nonce: int, same_nonce: Sequence[Carried]) -> bool:
        """The nonce is used, and no block includes any of ours."""
        if await self._take_back(same_nonce):
            return True
        if not await self._ledger.is_used_by_another(nonce, [carried.hash for carried in same_nonce]):
            return False  # whoever says that it has none of ours is behind, and does not count the nonce either
        now = self._clock()
        since = min(
            (carried.missing_since for carried in same_nonce if carried.missing_since is not None), default=None
        )
        if since is None:
            await self._transactions.mark_missing(nonce, now, self._leader)
            return False
        if now - since < self._policy.resend_seconds:
            return False
        log.warning("nonce %d was used by a transaction that is not ours; its acts ride again", nonce)
        await self._transactions.mark_lost(nonce, self._leader)
        self._failpoint("relay.lost")
        return True

    async def _note(self, found: Sequence[tuple[Carried, Outcome]], cursor: Cursor) -> bool:
        """Write down in one transaction which blocks include which of ours."""
        new = [
            (carried, outcome)
            for carried, outcome in found
            if (carried.course, carried.block_hash) != (Course.INCLUDED, outcome.block_hash)
        ]
        if new:
            self._failpoint("relay.outcome")
            await self._transactions.mark_included(new, self._clock() // DAY, self._leader)
            self._failpoint("relay.included")
        final = [each for each in found if each not in new and each[1].block_number <= cursor.final_number]
        for carried, _ in final:
            # A final block without events of ours is not kept in the index: the ledger's word must do.
            await self._transactions.mark_final(carried.nonce, carried.hash, self._leader)
        return bool(new or final)

    async def _take_back(self, same_nonce: Sequence[Carried]) -> bool:
        gone = [carried for carried in same_nonce if carried.course is Course.INCLUDED]
        for carried in gone:
            await self._transactions.mark_unincluded(carried.hash, self._leader)
        return bool(gone)


def _is_settled(carried: Carried, cursor: Cursor) -> bool:
    """Included in a block that the index holds or has not come to."""
    if carried.course is not Course.INCLUDED or carried.block_number is None:
        return False
    return carried.is_indexed or carried.block_number > cursor.number
