"""Reading a stretch of the chain so that all of it is of one and the same chain.

Rules kept here
- The cursor's block and the stretch's last block have the same hashes after reading as before; above the final block
  every parent hash fits; each event stands in the block that its number names. Else nothing was read.
- A block becomes final by confirmations, or by the chain's own word; never less final again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from ebl_service.domain.ledger import Block, Ledger, LedgerIdentity, Recorded
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerDisagrees
from ebl_service.services.fold import Fold
from ebl_service.services.policy import IndexPolicy
from ebl_service.store.chapters import Chapter, Cursor

HEADERS_AT_ONCE = 256


class Reading:
    """Reads chapters from a ledger."""

    def __init__(self, ledger: Ledger, identity: LedgerIdentity, policy: IndexPolicy) -> None:
        self._ledger = ledger
        self._identity = identity
        self._policy = policy

    async def final(self, head: Block) -> int:
        """The highest block that is final while the chain stands so."""
        if self._policy.confirmations is None:
            return await self._ledger.finalized()
        return head.number - self._policy.confirmations

    async def read(self, cursor: Cursor | None, first: int, last: int, final: int, fold: Fold) -> Chapter | None:
        """The blocks from `first` to `last`; None where the chain changed while it was read."""
        final = min(final, last)
        headers = await self._headers(cursor, max(first, final), last)
        if headers is None:
            return None
        recorded = await self._ledger.events(first, last)
        if not await self._is_unmoved(cursor, headers[-1]) or not _fits(recorded, headers, first, last):
            return None
        folded = await fold.advance(recorded)
        tip = headers[-1]
        now = await self.with_finality(Cursor(tip.number, tip.hash, tip.time), cursor, final, headers)
        if now is None:
            return None
        kept = [(block.number, block.hash) for block in headers]
        return Chapter(kept, recorded, folded.titles, folded.parties, now, folded.certificates)

    async def _headers(self, cursor: Cursor | None, first: int, last: int) -> list[Block] | None:
        """The headers from `first` to `last`, each the parent of the next; None where they are not of one chain."""
        headers: list[Block] = []
        parent = cursor.hash if cursor is not None and cursor.number == first - 1 else None
        for start in range(first, last + 1, HEADERS_AT_ONCE):
            numbers = range(start, min(start + HEADERS_AT_ONCE, last + 1))
            for block in await asyncio.gather(*[self._ledger.block(number) for number in numbers]):
                if block is None or (parent is not None and block.parent_hash != parent):
                    return None
                headers.append(block)
                parent = block.hash
        return headers

    async def _is_unmoved(self, cursor: Cursor | None, tip: Block) -> bool:
        again = await self._ledger.block(tip.number)
        below = None if cursor is None else await self._ledger.block(cursor.number)
        return again == tip and (cursor is None or (below is not None and below.hash == cursor.hash))

    async def with_finality(
        self, now: Cursor, before: Cursor | None, final: int, headers: Sequence[Block] = ()
    ) -> Cursor | None:
        """`now` with the highest final block; None where that block is gone meanwhile."""
        if before is not None and final <= before.final_number:
            return replace(now, final_number=before.final_number, final_time=before.final_time)
        if final < self._identity.deployment_block:
            return now
        block = headers[0] if headers and headers[0].number == final else await self._ledger.block(final)
        return None if block is None else replace(now, final_number=final, final_time=block.time)


def _fits(recorded: Sequence[Recorded], headers: list[Block], first: int, last: int) -> bool:
    """Each event stands in a block of the range, and all of a block's events in one and the same block."""
    hashes: dict[int, Digest] = {block.number: block.hash for block in headers}
    for item in recorded:
        if not first <= item.block_number <= last:
            raise LedgerDisagrees(f"The node gave an event of block {item.block_number}, asked for {first} to {last}.")
        if hashes.setdefault(item.block_number, item.block_hash) != item.block_hash:
            return False
    return True
