"""What may be read: every answer says at which block and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from ebl_service.domain.endorsement_chain import EndorsementChain
from ebl_service.domain.events import Event
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.party import Party
from ebl_service.domain.submission import Submission
from ebl_service.domain.terms import Address, Digest, Seconds, Status, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors.refusals import Refusal
from ebl_service.services.changes import Changes
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox

Item = TypeVar("Item")


class Finality(StrEnum):
    """How sure an answer is."""

    INCLUDED = "included"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class ReadAt:
    """The block an answer was read at."""

    block_number: int
    block_hash: Digest
    time: Seconds


@dataclass(frozen=True, slots=True)
class TitleView:
    """A title as it stood at a block. `since_block`: the block that brought it into this state."""

    title: Title
    since_block: int
    read_at: ReadAt
    finality: Finality


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and the cursor of the next page (None on the last)."""

    items: tuple[Item, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class AllowedAct:
    """An act, by its name in `domain.actions`, and why it is refused (None: allowed)."""

    act: str
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class ChainView:
    """A title's endorsement chain as read."""

    chain: EndorsementChain
    read_at: ReadAt


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One line of the event stream.

    `entry_id` resumes after this line. `kind`: recorded | retracted | final. `transaction_hash` and `event` are None
    where an event was retracted before this reader came to its record.
    """

    entry_id: str
    kind: str
    finality: Finality
    block_number: int
    block_hash: Digest
    log_index: int
    transaction_hash: Digest
    event: Event


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the clerk stands. `halted`: why the index stopped for good, None while it runs."""

    read_at: ReadAt | None
    final_block: int
    halted: str | None
    open_submissions: int


class Queries:
    """Read-only; answers come from the store alone, so they are there while the chain is away."""

    def __init__(
        self,
        identity: LedgerIdentity,
        history: History,
        outbox: Outbox,
        changes: Changes,
        clock: Clock = wall_clock,
    ) -> None:
        raise NotImplementedError

    async def title(self, title_id: TitleId, block: int | None = None) -> TitleView:
        """The title now, or at a past block. Raises: NotFound; InvalidRequest (a block not indexed yet)."""
        raise NotImplementedError

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
        raise NotImplementedError

    async def endorsement_chain(self, title_id: TitleId) -> ChainView:
        """The acts on a title in DCSA's terms, both views. Raises: NotFound."""
        raise NotImplementedError

    async def party(self, account: Address) -> Party:
        """A party as it stands. Raises: NotFound."""
        raise NotImplementedError

    async def parties(self, *, after: str | None = None, limit: int = 50) -> Page[Party]:
        """Parties by number. Raises: InvalidRequest (limit, cursor)."""
        raise NotImplementedError

    async def allowed_acts(self, title_id: TitleId, account: Address) -> tuple[AllowedAct, ...]:
        """Every act on this title, allowed to `account` now or with the refusal it would get. Raises: NotFound."""
        raise NotImplementedError

    async def submission(self, submission_id: Digest, wait: float = 0) -> Submission:
        """A submission; with `wait`, answers after so many seconds or as soon as its state changes. Raises: NotFound."""
        raise NotImplementedError

    async def feed(self, after: str | None = None, limit: int = 200) -> Sequence[FeedEntry]:
        """The event stream's lines after `after` (an `entry_id`). Raises: InvalidRequest (not an entry id)."""
        raise NotImplementedError

    async def standing(self) -> Standing:
        """Cursor, finality, halt, queue."""
        raise NotImplementedError
