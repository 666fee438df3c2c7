"""Writing down what the ledger records: read the next blocks, fold their events, store all of it at once.

Left to others: how logs become events (behind the port), reading of one chain (`services.reading`), the fold
(`services.fold`), rows (`store.history`).

Rules kept here
- A step is one transaction, and what it holds was read on one and the same chain.
- Another hash at the same height is a reorganisation: go back to the last common block. Below a final block that stops
  everything. A chain that merely ends earlier contradicts nothing, however early: its node is behind, and waited for.
- Nothing is skipped: what cannot be decoded or folded stops the indexer for good (LedgerDisagrees), and the halt is
  recorded, so that every process that reads this database reports it.
"""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import replace

from ebl_service.domain.ledger import Block, Ledger, LedgerIdentity
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable, NodeBehind
from ebl_service.services.ahead import Ahead
from ebl_service.services.changes import Changes
from ebl_service.services.fold import Fold
from ebl_service.services.patience import Patience
from ebl_service.services.policy import Failpoint, IndexPolicy, no_failpoint
from ebl_service.services.reading import ChainMoved, Reading
from ebl_service.store.chapters import Chapter, Cursor
from ebl_service.store.history import CursorMoved, History

log = logging.getLogger(__name__)


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
        self._reading = Reading(ledger, identity, policy)
        self._fold = Fold(history, identity)
        self._chapters: Ahead[Chapter] | None = None
        self._until = -1
        """The block that they end with."""
        self._patience = Patience("indexing", policy.poll_seconds)
        self._must_recognise = True
        self._at: Cursor | None = None
        self._has_stepped = False
        self._halt: str | None = None
        self._waits_for: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why nothing is indexed, or no later block is called final (health); None while nothing is in the way."""
        return self._waits_for or self._reading.trouble

    async def step(self) -> bool:
        """Index the next blocks, or go back to the last common one; True while there is more to do.

        Raises: LedgerUnavailable (try again), LedgerDisagrees (stop: the halt is recorded and seen by health).
        """
        try:
            has_more = await self._attempt()
        except (ChainMoved, CursorMoved):
            return True
        except LedgerUnavailable:
            self._must_recognise = True
            self._reading.shorten()
            raise
        except LedgerDisagrees as error:
            if await self._is_overtaken():
                return True
            self._halt = str(error)
            await self._history.halt(self._halt)
            self._changes.notify()
            raise
        self._has_stepped = True
        return has_more

    async def catch_up(self) -> None:
        """Step until there is nothing more to do now."""
        while await self.step():
            pass

    async def run(self, stop: asyncio.Event) -> None:
        """Steps until `stop`; waits while the chain is away. Raises: LedgerDisagrees, after recording the halt."""
        try:
            while not stop.is_set():
                pause = self._policy.poll_seconds
                try:
                    has_more = await self.step()
                    self._patience.succeeded()
                    self._waits_for = None
                except LedgerUnavailable as error:
                    has_more, pause, self._waits_for = False, self._patience.tried(error), str(error)
                if not has_more:
                    await _pause(stop, pause)
        finally:
            await self._forget()

    async def reindex(self) -> bool:
        """Rebuild all rows from the ledger in one transaction; True if they equal what was there.

        Holds up other writers of the database until it is done. Raises: LedgerUnavailable, LedgerDisagrees; no row
        was touched then.
        """
        await self._recognise()
        cursor = await self._history.cursor()
        if cursor is None:
            return True
        head = await self._ledger.head(cursor.number)
        if not await self._still_stands(cursor, head):
            raise LedgerUnavailable("The chain was reorganised: let the index catch up first.")
        await self._forget()
        at, fold = cursor, Fold(None, self._identity)
        async with (
            self._history.rebuild(cursor) as rebuild,
            Ahead(self._reading.chapters(None, cursor.number, cursor.final_number, fold)) as chapters,
        ):
            async for chapter in chapters:
                await rebuild.write(chapter)
                at = chapter.cursor
            if at.hash != cursor.hash:
                raise ChainMoved
            return await rebuild.finish(replace(cursor, halted=None))

    async def _attempt(self) -> bool:
        async with AsyncExitStack() as failed:
            failed.push_async_callback(self._forget)  # what was read ahead and folded may not stand any more
            has_more = await self._step()
            failed.pop_all()
        return has_more

    async def _forget(self) -> None:
        await self._end_chapters()
        self._fold.forget()

    async def _end_chapters(self) -> None:
        if self._chapters is not None:
            await self._chapters.close()
        self._chapters, self._until = None, -1

    async def _step(self) -> bool:
        await self._recognise()
        cursor = await self._history.cursor()
        if not _is_same(cursor, self._at):
            await self._forget()  # another process indexed since our last step
        self._at = cursor
        self._require_no_halt(cursor)
        head = await self._ledger.head(-1 if cursor is None else cursor.number)
        if cursor is not None and not await self._still_stands(cursor, head):
            await self._go_back(cursor, head)
            return True
        indexed = self._identity.deployment_block - 1 if cursor is None else cursor.number
        if head.number <= indexed:
            return await self._finalise(cursor, head)
        if self._chapters is None or self._until <= indexed:
            await self._end_chapters()
            self._until = head.number
            final = await self._reading.final(head, cursor)
            self._chapters = Ahead(self._reading.chapters(cursor, self._until, final, self._fold))
        chapter = _as_final(await anext(self._chapters), cursor)
        self._failpoint("index.read")
        await self._history.append(chapter, cursor)
        self._failpoint("index.written")
        self._at = chapter.cursor
        self._changes.notify()
        return chapter.cursor.number < head.number

    async def _recognise(self) -> None:
        if self._must_recognise:
            if await self._ledger.identity() != self._identity:
                raise LedgerDisagrees("The node answers for another ledger than this service was started for.")
            await self._history.claim(self._identity)
            self._must_recognise = False

    def _require_no_halt(self, cursor: Cursor | None) -> None:
        """A halt that was found at the start, or was this index's own, may end by itself: the chain may be back.

        Raises: LedgerDisagrees where the relay or another process halted since.
        """
        halted = None if cursor is None else cursor.halted
        if halted is not None and self._has_stepped and halted != self._halt:
            raise LedgerDisagrees(halted)

    async def _is_overtaken(self) -> bool:
        """Whether another process moved the cursor while we read: what did not fit may be no fault of the ledger."""
        return not _is_same(await self._history.cursor(), self._at)

    async def _still_stands(self, cursor: Cursor, head: Block) -> bool:
        """Whether what is indexed is on the chain with this head. Raises: NodeBehind where it does not go so far."""
        if head.number >= cursor.number:
            block = head if head.number == cursor.number else await self._block(cursor.number)
            return block.hash == cursor.hash
        kept = await self._history.header_below(head.number)
        if kept is not None:
            number, block_hash = kept
            block = head if head.number == number else await self._block(number)
            if block.hash != block_hash:
                return False
        raise NodeBehind(cursor.number, head.number)

    async def _block(self, number: int) -> Block:
        block = await self._ledger.block(number)
        if block is None:
            raise NodeBehind(number)
        return block

    async def _finalise(self, cursor: Cursor | None, head: Block) -> bool:
        """Nothing new: only finality may have moved (a chain whose `finalized` tag follows later), or a halt ended."""
        if cursor is None:
            return False
        final = await self._reading.final(head, cursor)
        moved = await self._reading.with_finality(replace(cursor, halted=None), cursor, final)
        if moved == cursor:
            return False
        await self._history.append(Chapter(moved), cursor)
        self._changes.notify()
        return False

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
        await self._forget()
        await self._history.rewind(common, cursor)
        self._failpoint("index.rewound")
        self._changes.notify()

    async def _last_common_block(self, cursor: Cursor, head: Block) -> Block | None:
        lowest = max(cursor.final_number, self._identity.deployment_block)
        for number, block_hash in await self._history.headers(lowest, min(cursor.number, head.number)):
            block = await self._block(number)
            if block.hash == block_hash:
                return block
        return None


def _as_final(chapter: Chapter, cursor: Cursor | None) -> Chapter:
    """The chapter, which may have been read before the cursor's last final block became so; its rows are the same."""
    if cursor is None or chapter.cursor.final_number >= cursor.final_number:
        return chapter
    final = replace(chapter.cursor, final_number=cursor.final_number, final_time=cursor.final_time)
    return replace(chapter, cursor=final)


def _is_same(one: Cursor | None, other: Cursor | None) -> bool:
    return (one and (one.number, one.hash)) == (other and (other.number, other.hash))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
