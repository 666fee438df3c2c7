"""Reading the chain, stretch by stretch, so that all of a stretch is of one and the same chain.

While a stretch is folded and made into rows, the next one is fetched (`services.ahead`).

Rules kept here
- The blocks before and at the end of a stretch have the same hashes after reading as before; above the final block
  every parent hash fits; each event stands in the block that its number names. Else nothing was read.
- A block becomes final by confirmations, or by the chain's own word, and only while no node tells another of its
  number; never less final again.
- A stretch is as long as the node answers and memory bears: it halves where it is too much, and doubles again.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from ebl_service.domain.ledger import Block, Ledger, LedgerIdentity, Recorded
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerDisagrees, LedgerRangeTooLarge, LedgerUnavailable, NodeBehind
from ebl_service.services.ahead import Ahead
from ebl_service.services.fold import Fold
from ebl_service.services.policy import IndexPolicy
from ebl_service.store.chapter_rows import chapter_of
from ebl_service.store.chapters import Chapter, Cursor, RecordedBlock

HEADERS_AT_ONCE = 256
FIRST_BLOCKS = 16
MOST_EVENTS = 16_000
"""In a stretch: more make the next ones shorter. Three are in memory at a time, at some 4 kB an event."""


class ChainMoved(LedgerUnavailable):
    """The chain was reorganised while it was read."""

    advice = "Nothing is lost: read it again."

    def __init__(self) -> None:
        super().__init__("The chain was reorganised while it was read.")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Blocks to keep, events, and the cursor behind them."""

    blocks: Sequence[RecordedBlock]
    recorded: Sequence[Recorded]
    cursor: Cursor


class Reading:
    """Reads chapters from a ledger. `trouble`: why finality waits, None while it does not."""

    def __init__(self, ledger: Ledger, identity: LedgerIdentity, policy: IndexPolicy) -> None:
        self._ledger = ledger
        self._identity = identity
        self._policy = policy
        self._blocks = min(policy.step_blocks, FIRST_BLOCKS)
        self._agreed: tuple[int, Digest | None] = (-1, None)
        self.trouble: str | None = None

    async def final(self, head: Block, before: Cursor | None) -> int:
        """The highest block that is final while the chain stands so; the cursor's where none is beyond it."""
        wait = self._policy.confirmations
        number = await self._ledger.finalized() if wait is None else head.number - wait
        reached = max(self._identity.deployment_block - 1, -1 if before is None else before.final_number)
        return await self._agreed_on(reached, min(number, head.number))

    async def _agreed_on(self, reached: int, last: int) -> int:
        """The highest block above `reached` up to `last` about which no two nodes differ; `reached` where none is.

        Where they differ, they do in every later block: it is looked for by halves.
        """
        trouble, differing, asked = None, last + 1, last
        while asked > reached:
            told = await self._ledger.hashes(asked)
            hashes = set(told.values())
            if len(hashes) > 1:
                differing = asked
                nodes = ", ".join(f"node {node} has {found}" for node, found in told.items())
                trouble = f"the nodes disagree on block {asked}, which is not called final: {nodes}"
            else:
                reached, self._agreed = asked, (asked, next(iter(hashes), None))
            asked = (reached + differing) // 2
        self.trouble = trouble
        return reached

    def shorten(self) -> None:
        """The node did not answer: it may have been asked for too much to answer in time."""
        self._blocks = max(1, self._blocks // 2)

    async def chapters(self, after: Cursor | None, last: int, final: int, fold: Fold) -> AsyncGenerator[Chapter]:
        """What stands after the cursor, up to block `last`, of which `final` is final.

        Raises: ChainMoved, LedgerUnavailable, LedgerDisagrees.
        """
        async with Ahead(self._stretches(after, last, final)) as stretches:
            async for each in stretches:
                folded = await fold.advance(each.recorded, each.cursor.final_number)
                told = folded.titles, folded.parties, folded.certificates
                yield await chapter_of(each.blocks, each.recorded, *told, each.cursor)

    async def _stretches(self, after: Cursor | None, last: int, final: int) -> AsyncGenerator[_Stretch]:
        while after is None or after.number < last:
            first = self._identity.deployment_block if after is None else after.number + 1
            try:
                stretch = await self._stretch(after, first, min(last, first + self._blocks - 1), final)
            except LedgerRangeTooLarge:
                if self._blocks == 1:
                    raise
                self._blocks //= 2
                continue
            after = stretch.cursor
            self._adapt(len(stretch.recorded))
            yield stretch

    def _adapt(self, events: int) -> None:
        if events > MOST_EVENTS:
            self.shorten()
        elif events < MOST_EVENTS // 2:
            self._blocks = min(self._policy.step_blocks, self._blocks * 2)

    async def _stretch(self, after: Cursor | None, first: int, last: int, final: int) -> _Stretch:
        final = min(final, last)
        headers = await self._headers(after, max(first, final), last)
        recorded = await self._ledger.events(first, last)
        tip = headers[-1]
        if not await self._is_unmoved(after, tip):
            raise ChainMoved
        blocks = _blocks_of(recorded, headers, first, last)
        now = await self.with_finality(Cursor(tip.number, tip.hash, tip.time), after, final, headers)
        return _Stretch(blocks, recorded, now)

    async def _headers(self, after: Cursor | None, first: int, last: int) -> list[Block]:
        """The headers from `first` to `last`, each the parent of the next."""
        headers: list[Block] = []
        parent = after.hash if after is not None and after.number == first - 1 else None
        for start in range(first, last + 1, HEADERS_AT_ONCE):
            numbers = range(start, min(start + HEADERS_AT_ONCE, last + 1))
            for block in await asyncio.gather(*[self._ledger.block(number) for number in numbers]):
                if block is None:
                    raise NodeBehind(last)
                if parent is not None and block.parent_hash != parent:
                    raise ChainMoved
                headers.append(block)
                parent = block.hash
        return headers

    async def _is_unmoved(self, after: Cursor | None, tip: Block) -> bool:
        expected = [(tip.number, tip.hash), *([] if after is None else [(after.number, after.hash)])]
        for number, block_hash in expected:
            block = await self._ledger.block(number)
            if block is None:
                raise NodeBehind(number)
            if block.hash != block_hash:
                return False
        return True

    async def with_finality(
        self, now: Cursor, before: Cursor | None, final: int, headers: Sequence[Block] = ()
    ) -> Cursor:
        """`now` with the highest final block. Raises: ChainMoved where that block is gone meanwhile."""
        if before is not None and final <= before.final_number:
            return replace(now, final_number=before.final_number, final_time=before.final_time)
        if final < self._identity.deployment_block:
            return now
        block = headers[0] if headers and headers[0].number == final else await self._ledger.block(final)
        number, agreed = self._agreed
        if block is None:
            raise NodeBehind(final)
        if number == final and agreed not in (None, block.hash):
            raise ChainMoved
        return replace(now, final_number=final, final_time=block.time)


def _blocks_of(recorded: Sequence[Recorded], headers: Sequence[Block], first: int, last: int) -> list[RecordedBlock]:
    """The blocks of these headers and events, in order.

    Raises: LedgerDisagrees where an event stands outside the range, ChainMoved where a number names two blocks.
    """
    hashes = {block.number: block.hash for block in headers}
    counts = dict.fromkeys(hashes, 0)
    for (number, block_hash), events in Counter(map(attrgetter("block_number", "block_hash"), recorded)).items():
        if not first <= number <= last:
            raise LedgerDisagrees(f"The node gave an event of block {number}, asked for {first} to {last}.")
        if hashes.setdefault(number, block_hash) != block_hash:
            raise ChainMoved
        counts[number] = events
    return [RecordedBlock(number, hashes[number], counts[number]) for number in sorted(hashes)]
