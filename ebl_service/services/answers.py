"""The shapes of what is read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from ebl_service.domain.endorsement_chain import EndorsementChain
from ebl_service.domain.events import Event
from ebl_service.domain.terms import Digest, Part, Purpose, Seconds
from ebl_service.domain.title import Title
from ebl_service.errors.refusals import Refusal

Item = TypeVar("Item")


class Finality(StrEnum):
    """How sure an answer is."""

    INCLUDED = "included"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class ReadAt:
    """The block an answer was read at. Hash and time are None at a past block: they are not kept for each."""

    block_number: int
    block_hash: Digest | None
    time: Seconds | None


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
    """An act, by its name in `domain.actions`, and why it is refused (None: allowed). `purpose`, `part`: as asked."""

    act: str
    refusal: Refusal | None
    purpose: Purpose | None = None
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class ChainView:
    """A title's endorsement chain as read. Entries in blocks up to `final_block` are final."""

    chain: EndorsementChain
    read_at: ReadAt
    final_block: int


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One line of the event stream.

    `entry_id` resumes after this line. `kind`: recorded | retracted | final. An event that was retracted before this
    reader came to its record shows as retracted only.
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
