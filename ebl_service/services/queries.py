"""What may be read: every answer says at which block and how sure it is.

Left to others: what an account may do (`services.allowed_acts`), the shapes of the answers (`services.answers`).

Rules kept here
- Answers come from the store alone: they are there while the chain is away.
- Pages are bounded; a cursor is where the next page begins, so a page never repeats or skips what did not change.
"""

import asyncio
import re
from collections.abc import Sequence

from ebl_service.domain.endorsement_chain import endorsement_chain
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.party import Party
from ebl_service.domain.submission import State, Submission
from ebl_service.domain.terms import NOBODY, Address, Digest, Seconds, Status, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors import InvalidRequest, LedgerUnavailable, NotFound
from ebl_service.services.allowed_acts import allowed_acts
from ebl_service.services.answers import (
    AllowedAct,
    ChainView,
    FeedEntry,
    Finality,
    Page,
    ReadAt,
    Standing,
    TitleView,
)
from ebl_service.services.changes import Changes
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.store.chapters import Cursor
from ebl_service.store.feed import Line
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox
from ebl_service.store.titles import TitleFilter

__all__ = [
    "AllowedAct",
    "ChainView",
    "FeedEntry",
    "Finality",
    "Page",
    "Queries",
    "ReadAt",
    "Standing",
    "TitleView",
]

MOST_ITEMS = 200
"""On one page."""

LINES_AT_ONCE = 20
LAST_OF_LINE = 999_999_999
"""No block has more events."""

LOOK_AGAIN_SECONDS = 1.0
"""Another process may have moved the store without telling this one."""

_TITLE_ID = re.compile(r"0x[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_NO_CURSOR = "The cursor is not one that was given out here."
_ENTRY_ID = re.compile(r"([0-9]{1,18})-([0-9]{1,9})")


class Queries:
    """Read-only."""

    def __init__(
        self,
        identity: LedgerIdentity,
        history: History,
        outbox: Outbox,
        changes: Changes,
        clock: Clock = wall_clock,
    ) -> None:
        self._identity = identity
        self._history = history
        self._outbox = outbox
        self._changes = changes
        self._clock = clock

    async def title(self, title_id: TitleId, block: int | None = None) -> TitleView:
        """The title now, or at a past block. Raises: NotFound; InvalidRequest (a block not indexed yet)."""
        cursor = await self._cursor()
        if block is not None:
            self._require_indexed(block, cursor)
        found = await self._history.titles.title(title_id, block)
        if found is None:
            where = "" if block is None else f" at block {block}"
            raise NotFound(f"There is no title {title_id}{where}.", {"title_id": title_id})
        return _view(found[1], found[0], cursor, block)

    async def require_indexed_block(self, block: int) -> None:
        """Raises: InvalidRequest where the block is not indexed (yet)."""
        self._require_indexed(block, await self._cursor())

    def _require_indexed(self, block: int, cursor: Cursor) -> None:
        first = self._identity.deployment_block
        if not first <= block <= cursor.number:
            raise InvalidRequest(f"Blocks {first} to {cursor.number} are indexed, not {block}.", {"block": block})

    async def titles(
        self,
        *,
        holder: Address | None = None,
        endorsee: Address | None = None,
        carrier: Address | None = None,
        entitled: Address | None = None,
        status: Status | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[TitleView]:
        """Titles as they stand, by id. `limit` 1 to 200. Raises: InvalidRequest (limit, cursor)."""
        require_limit(limit)
        require_title_cursor(after)
        cursor = await self._cursor()
        wanted = TitleFilter(holder, endorsee, carrier, entitled, status)
        rows = await self._history.titles.page(wanted, after or "", limit + 1)
        views = tuple(_view(title, since, cursor, None) for since, title in rows[:limit])
        return Page(views, views[-1].title.title_id if len(rows) > limit else None)

    async def endorsement_chain(self, title_id: TitleId) -> ChainView:
        """The acts on a title in DCSA's terms, both views. Raises: NotFound."""
        cursor = await self._cursor()
        events = await self._history.titles.events(title_id)
        if not events:
            raise NotFound(f"There is no title {title_id}.", {"title_id": title_id})
        return ChainView(endorsement_chain(events), _read_at(cursor), cursor.final_number)

    async def party(self, account: Address) -> Party:
        """A party as it stands. Raises: NotFound."""
        found = await self._history.parties.many([account])
        if account not in found:
            raise NotFound(f"{account} is not a registered party.", {"account": account})
        return found[account]

    async def parties(self, *, after: str | None = None, limit: int = 50) -> Page[Party]:
        """Parties by number. Raises: InvalidRequest (limit, cursor)."""
        require_limit(limit)
        if after is not None and not re.fullmatch(r"[0-9]{1,15}", after):
            raise InvalidRequest(_NO_CURSOR, {"after": after})
        rows = await self._history.parties.page(int(after or 0), limit + 1)
        return Page(tuple(rows[:limit]), str(rows[limit - 1].number) if len(rows) > limit else None)

    async def allowed_acts(self, title_id: TitleId, account: Address) -> tuple[AllowedAct, ...]:
        """Every act on this title, allowed to `account` now or with the refusal it would get. Raises: NotFound."""
        return await self.allowed_acts_on((await self.title(title_id)).title, account)

    async def allowed_acts_on(self, title: Title, account: Address) -> tuple[AllowedAct, ...]:
        """The same on a title that was read."""
        cursor = await self._cursor()
        concerned = {account, title.carrier, *([title.endorsee] if title.endorsee else [])}
        parties = await self._history.parties.many(concerned)
        recipient = await self._history.parties.able_to_receive(without=(account, title.carrier))
        if recipient is not None:
            parties[recipient.account] = recipient
        now = max(self._clock(), cursor.time)
        to = NOBODY if recipient is None else recipient.account
        return allowed_acts(self._identity, title, parties, account, to, now)

    async def submission(self, submission_id: Digest, wait: float = 0, known: State | None = None) -> Submission:
        """A submission; with `wait`, answered after so many seconds, or as soon as its state is another.

        Another than `known`, what the caller has been told; where None, than when this was asked.

        Raises: NotFound.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        seen = self._changes.version
        now = await self._outbox.submission(submission_id)
        known = known or now.state
        while not now.is_terminal and now.state is known and (left := until - loop.time()) > 0:
            await self._changes.wait(seen, min(left, LOOK_AGAIN_SECONDS))
            seen = self._changes.version
            now = await self._outbox.submission(submission_id)
        return now

    async def feed(self, after: str | None = None, limit: int = MOST_ITEMS) -> Sequence[FeedEntry]:
        """The event stream's lines after `after` (an `entry_id`; None: from the beginning).

        Raises: InvalidRequest (not an entry id, limit).
        """
        require_limit(limit)
        line, past = _entry_id(after)
        entries: list[FeedEntry] = []
        while len(entries) < limit:
            lines = await self._history.feed.lines(line, LINES_AT_ONCE)
            for found in lines:
                entries += _spread(found, past if found.line_id == line else -1)
            if not lines or len(lines) < LINES_AT_ONCE:
                break
            line, past = lines[-1].line_id + 1, -1
        return entries[:limit]

    async def entry_time(self, entry_id: str) -> Seconds:
        """When the block of this line was made; 0 where no event tells it any more.

        Raises: InvalidRequest (not an entry id).
        """
        number, _ = _entry_id(entry_id)
        events = [each.event for line in await self._history.feed.lines(number, 1) for each in line.events]
        return max((getattr(event, "time", 0) for event in events), default=0)

    async def feed_end(self) -> str:
        """The entry id after which only what is yet to come follows."""
        return f"{await self._history.feed.last()}-{LAST_OF_LINE}"

    async def standing(self) -> Standing:
        """Cursor, finality, halt, queue."""
        cursor = await self._history.cursor()
        open_submissions = await self._outbox.open_count()
        if cursor is None:
            return Standing(None, -1, None, open_submissions)
        return Standing(_read_at(cursor), cursor.final_number, cursor.halted, open_submissions)

    async def _cursor(self) -> Cursor:
        cursor = await self._history.cursor()
        if cursor is None:
            raise LedgerUnavailable("The index has not read its first block yet.")
        return cursor


def _view(title: Title, since: int, cursor: Cursor, block: int | None) -> TitleView:
    read_at = _read_at(cursor) if block in (None, cursor.number) else ReadAt(int(block or 0), None, None)
    # What is read at a past block can change as long as that block can be reorganised.
    settled = since if block is None else block
    finality = Finality.FINAL if settled <= cursor.final_number else Finality.INCLUDED
    return TitleView(title, since, read_at, finality)


def _read_at(cursor: Cursor) -> ReadAt:
    return ReadAt(cursor.number, cursor.hash, cursor.time)


def require_limit(limit: int) -> None:
    """Raises: InvalidRequest."""
    if not 1 <= limit <= MOST_ITEMS:
        raise InvalidRequest(f"A page has 1 to {MOST_ITEMS} items, not {limit}.", {"limit": limit})


def number_of(after: str | None) -> int:
    """The cursor of a page that is numbered; 0 is before the first. Raises: InvalidRequest."""
    if after is None:
        return 0
    if not _NUMBER.fullmatch(after):
        raise InvalidRequest(_NO_CURSOR, {"after": after})
    return int(after)


def require_title_cursor(after: str | None) -> None:
    """Raises: InvalidRequest where it is no cursor of a page of titles."""
    if after is not None and not _TITLE_ID.fullmatch(after):
        raise InvalidRequest(_NO_CURSOR, {"after": after})


def _entry_id(text: str | None) -> tuple[int, int]:
    if text is None:
        return 1, -1
    match = _ENTRY_ID.fullmatch(text)
    if match is None:
        raise InvalidRequest("The entry id is not one that was given out here.", {"after": text})
    return int(match[1]), int(match[2])


def _spread(line: Line, past: int) -> list[FeedEntry]:
    return [
        FeedEntry(
            entry_id=f"{line.line_id}-{position}",
            kind=line.kind,
            finality=Finality(line.finality),
            block_number=recorded.block_number,
            block_hash=recorded.block_hash,
            log_index=recorded.log_index,
            transaction_hash=recorded.transaction_hash,
            event=recorded.event,
        )
        for position, recorded in enumerate(line.events)
        if position > past
    ]
