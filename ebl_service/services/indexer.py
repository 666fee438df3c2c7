"""Writing down what the ledger records: read the next blocks, fold their events, store all of it at once.

Left to others: how logs become events (behind the port), rows (`store.history`), the fold (`services.fold`).

Rules kept here
- A step is one transaction. What it holds was read on one and the same chain: the cursor's block and the step's last
  block have the same hashes after reading as before, and above the final block every parent hash fits.
- A tip of another hash and a tip that is gone (a shorter chain) are both a reorganisation: go back to the last common
  block. Below a final block that stops everything.
- Nothing is skipped: what cannot be decoded or folded stops the indexer for good (LedgerDisagrees), and the halt is
  recorded, so that every process that reads this database reports it.
- A block becomes final by confirmations, or by the chain's own word; never less final again.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from ebl_service.domain.ledger import Block, Ledger, LedgerIdentity, Recorded
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerDisagrees, LedgerRangeTooLarge, LedgerUnavailable
from ebl_service.services.changes import Changes
from ebl_service.services.fold import Fold
from ebl_service.services.policy import Failpoint, IndexPolicy, no_failpoint
from ebl_service.store.chapters import Chapter, Cursor
from ebl_service.store.history import CursorMoved, History

log = logging.getLogger(__name__)

HEADERS_AT_ONCE = 256


class Indexer:
    """Follows one ledger into one database."""

    def __init__(
        self,
        ledger: Ledger,
        identity: LedgerIdentity,
        history: History,
        policy: IndexPolicy,
        changes: Changes,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._ledger = ledger
        self._identity = identity
        self._history = history
        self._policy = policy
        self._changes = changes
        self._failpoint = failpoint
        self._fold = Fold(history, identity.titles_domain.separator)
        self._span = policy.step_blocks
        self._must_recognise = True
        self._at: Cursor | None = None

    async def step(self) -> bool:
        """Index the next blocks, or go back to the last common one; True while there is more to do.

        Raises: LedgerUnavailable (try again), LedgerDisagrees (stop: the halt is recorded and seen by health).
        """
        try:
            return await self._step()
        except LedgerRangeTooLarge:
            if self._span == 1:
                raise
            self._span = max(1, self._span // 2)
            return True
        except CursorMoved:
            self._fold.forget()
            return True
        except LedgerUnavailable:
            self._fold.forget()
            self._must_recognise = True
            raise
        except LedgerDisagrees as error:
            self._fold.forget()
            if await self._is_overtaken():
                return True
            await self._history.halt(str(error))
            self._changes.notify()
            raise

    async def catch_up(self) -> None:
        """Step until there is nothing more to do now."""
        while await self.step():
            pass

    async def run(self, stop: asyncio.Event) -> None:
        """Steps until `stop`; waits while the chain is away. Raises: LedgerDisagrees, after recording the halt."""
        while not stop.is_set():
            try:
                has_more = await self.step()
            except LedgerUnavailable as error:
                log.warning("indexing waits: %s", error)
                has_more = False
            if not has_more:
                await _pause(stop, self._policy.poll_seconds)

    async def reindex(self) -> bool:
        """Rebuild all rows from the ledger in one transaction; True if they equal what was there.

        Holds up other writers of the database until it is done. Raises: LedgerUnavailable, LedgerDisagrees; no row
        was touched then.
        """
        await self._recognise()
        cursor, head = await self._history.cursor(), await self._ledger.head()
        if cursor is None:
            return True
        if not await self._still_stands(cursor, head):
            raise LedgerUnavailable("The chain was reorganised: let the index catch up first.")
        at: Cursor | None = None
        fold = Fold(None, self._identity.titles_domain.separator)
        async with self._history.rebuild() as rebuild:
            while at is None or at.number < cursor.number:
                chapter = await self._reread(at, cursor, fold)
                await rebuild.write(chapter)
                fold.keep()
                at = chapter.cursor
            if at.hash != cursor.hash:
                raise LedgerUnavailable("The chain was reorganised while it was read: try again.")
            self._fold.forget()
            return await rebuild.finish(replace(cursor, halted=None))

    async def _reread(self, at: Cursor | None, cursor: Cursor, fold: Fold) -> Chapter:
        first = self._identity.deployment_block if at is None else at.number + 1
        while True:
            last = min(cursor.number, first + self._span - 1)
            try:
                chapter = await self._read(at, first, last, cursor.final_number, fold)
            except LedgerRangeTooLarge:
                if self._span == 1:
                    raise
                self._span //= 2
                continue
            if chapter is None:
                raise LedgerUnavailable("The chain was reorganised while it was read: try again.")
            return chapter

    async def _step(self) -> bool:
        await self._recognise()
        cursor = await self._history.cursor()
        if not _is_same(cursor, self._at):
            self._fold.forget()  # another process indexed since our last step
        self._at = cursor
        head = await self._ledger.head()
        if cursor is not None and not await self._still_stands(cursor, head):
            await self._go_back(cursor, head)
            return True
        first = self._identity.deployment_block if cursor is None else cursor.number + 1
        if head.number < first:
            return await self._finalise(cursor, head)
        last = min(head.number, first + self._span - 1)
        chapter = await self._read(cursor, first, last, await self._final(head), self._fold)
        if chapter is None:
            return True
        self._failpoint("index.read")
        await self._history.append(chapter, cursor)
        self._failpoint("index.written")
        self._at = chapter.cursor
        self._fold.keep()
        self._changes.notify()
        self._span = min(self._policy.step_blocks, self._span * 2)
        return chapter.cursor.number < head.number

    async def _recognise(self) -> None:
        if self._must_recognise:
            if await self._ledger.identity() != self._identity:
                raise LedgerDisagrees("The node answers for another ledger than this service was started for.")
            await self._history.claim(self._identity)
            self._must_recognise = False

    async def _is_overtaken(self) -> bool:
        """Whether another process moved the cursor while we read: what did not fit may be no fault of the ledger."""
        return not _is_same(await self._history.cursor(), self._at)

    async def _still_stands(self, cursor: Cursor, head: Block) -> bool:
        if head.number <= cursor.number:
            return (head.number, head.hash) == (cursor.number, cursor.hash)
        block = await self._ledger.block(cursor.number)
        return block is not None and block.hash == cursor.hash

    async def _final(self, head: Block) -> int:
        if self._policy.confirmations is None:
            return await self._ledger.finalized()
        return head.number - self._policy.confirmations

    async def _finalise(self, cursor: Cursor | None, head: Block) -> bool:
        """Nothing new: only finality may have moved (a chain whose `finalized` tag follows later), or a halt ended."""
        if cursor is None:
            return False
        final = min(await self._final(head), cursor.number)
        if final <= cursor.final_number and cursor.halted is None:
            return False
        moved = await self._with_finality(replace(cursor, halted=None), cursor, final)
        if moved is not None:
            await self._history.append(Chapter((), (), (), (), moved), cursor)
            self._changes.notify()
        return False

    async def _read(self, cursor: Cursor | None, first: int, last: int, final: int, fold: Fold) -> Chapter | None:
        """The blocks from `first` to `last`; None where the chain changed while it was read."""
        final = min(final, last)
        headers = await self._headers(cursor, max(first, final), last)
        if headers is None:
            return None
        recorded = await self._ledger.events(first, last)
        if not await self._is_unmoved(cursor, headers[-1]) or not _fits(recorded, headers, first, last):
            return None
        titles, parties = await fold.advance(recorded)
        tip = headers[-1]
        now = await self._with_finality(Cursor(tip.number, tip.hash, tip.time), cursor, final, headers)
        if now is None:
            return None
        kept = [(block.number, block.hash) for block in headers]
        return Chapter(kept, recorded, titles, parties, now)

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

    async def _with_finality(
        self, now: Cursor, before: Cursor | None, final: int, headers: Sequence[Block] = ()
    ) -> Cursor | None:
        """`now` with the highest final block; None where that block is gone meanwhile."""
        if before is not None and final <= before.final_number:
            return replace(now, final_number=before.final_number, final_time=before.final_time)
        if final < self._identity.deployment_block:
            return now
        block = headers[0] if headers and headers[0].number == final else await self._ledger.block(final)
        return None if block is None else replace(now, final_number=final, final_time=block.time)

    async def _go_back(self, cursor: Cursor, head: Block) -> None:
        self._must_recognise = True
        await self._recognise()
        common = await self._last_common_block(cursor, head)
        if common is None:
            lost = max(cursor.final_number, self._identity.deployment_block)
            what = "was final" if lost == cursor.final_number else "holds the deployment"
            raise LedgerDisagrees(
                f"Finality violated: block {lost} {what} and is not on the chain any more (its head is {head.number})."
            )
        log.warning("the chain was reorganised: going back from block %d to %d", cursor.number, common.number)
        await self._history.rewind(common, cursor)
        self._fold.forget()
        self._failpoint("index.rewound")
        self._changes.notify()

    async def _last_common_block(self, cursor: Cursor, head: Block) -> Block | None:
        lowest = max(cursor.final_number, self._identity.deployment_block)
        for number, block_hash in await self._history.headers(lowest, min(cursor.number, head.number)):
            block = await self._ledger.block(number)
            if block is not None and block.hash == block_hash:
                return block
        return None


def _is_same(one: Cursor | None, other: Cursor | None) -> bool:
    return (one and (one.number, one.hash)) == (other and (other.number, other.hash))


def _fits(recorded: Sequence[Recorded], headers: list[Block], first: int, last: int) -> bool:
    """Each event stands in a block of the range, and all of a block's events in one and the same block."""
    hashes: dict[int, Digest] = {block.number: block.hash for block in headers}
    for item in recorded:
        if not first <= item.block_number <= last:
            raise LedgerDisagrees(f"The node gave an event of block {item.block_number}, asked for {first} to {last}.")
        if hashes.setdefault(item.block_number, item.block_hash) != item.block_hash:
            return False
    return True


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
