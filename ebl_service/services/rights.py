"""Who may read how much of which title.

    sight = await rights.sight(account, title_id)       raises NotFound where the account may read nothing of it
    sight.title, sight.up_to, sight.granted_by          what it may see; `up_to` None: the whole title, as it stands

Left to others: who the account is (`services.admission`), noting down that a document was read (`services.read_log`),
pages, chains and streams cut to a sight (`services.permitted`).

Rules kept here
- The present parties of a title (carrier, holder, endorsee, entitled; after a surrender its holder is who surrendered)
  read all of it. Who was one reads it up to its own last act, as it stood then.
- A right arises at a final block; it ends as soon as a block is there, final or not, that ends it. The carrier sees at
  once the title it issued, up to its own act.
- A grant shows what its granter may read, while both its time and the granter's right last; so too to a past party. Of
  several sights the farthest counts, and the account's own among equals.
- What may not be read and what is not there are told apart by nothing: one error, the same queries.
- What replaced a title is shown to its carrier and to who surrendered it, and to nobody else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ebl_service.domain.event_parties import actor_of
from ebl_service.domain.events import Event, Replaced, TitleEvent
from ebl_service.domain.ledger import LedgerIdentity, Recorded
from ebl_service.domain.terms import Address, TitleId
from ebl_service.domain.title import Title
from ebl_service.domain.title_history import folded
from ebl_service.errors import NotFound
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.store.chapters import Cursor
from ebl_service.store.history import History
from ebl_service.store.title_parties import Part


@dataclass(frozen=True, slots=True)
class Sight:
    """What `account` may see of a title.

    `title`: as it may see it. `since`: the block that brought it there. `up_to`: the last act it may see, by its
    sequence; None: all. `granted_by`: whose right a grant lends it, None where the right is its own.
    """

    account: Address
    title: Title
    since: int
    cursor: Cursor
    up_to: int | None = None
    granted_by: Address | None = None

    @property
    def is_whole(self) -> bool:
        """It sees the title as it stands."""
        return self.up_to is None

    def covers(self, event: Event) -> bool:
        """Whether an event on the title is among what may be seen."""
        return self.up_to is None or getattr(event, "sequence", 1) <= self.up_to


class Rights:
    """Answers who may read what."""

    def __init__(self, identity: LedgerIdentity, history: History, clock: Clock = wall_clock) -> None:
        self._separator = identity.titles_domain.separator
        self._history = history
        self._clock = clock

    async def sight(self, account: Address, title_id: TitleId) -> Sight:
        """What the account may see of a title. Raises: NotFound."""
        parts = await self._history.title_parties.parts(account, title_id, self._clock())
        sights = [await self.of_part(part) for part in parts]
        found = [replace(sight, account=account) for sight in sights if sight is not None]
        if not found:
            raise not_found(title_id)
        return max(found, key=_extent)  # the first of equals: its own

    async def sights(
        self, account: Address, title_ids: Iterable[TitleId], *, granted: bool = False
    ) -> dict[TitleId, Sight]:
        """Of those of these titles of which the account may see anything: by its own right, or also by a grant."""
        asked = set(title_ids)
        parts = await self._history.title_parties.having_part(account, asked)
        sights = {title_id: await self.of_part(part) for title_id, part in parts.items()}
        found = {title_id: sight for title_id, sight in sights.items() if sight is not None}
        if granted:
            lent = await self._history.title_parties.granted(account, asked, self._clock())
            for sight in [await self.of_part(part) for part in lent]:
                if sight is not None:
                    own = found.get(sight.title.title_id, replace(sight, account=account))
                    found[sight.title.title_id] = max(own, replace(sight, account=account), key=_extent)
        return found

    async def of_part(self, part: Part) -> Sight | None:
        """What a part in a title lets its account see; None: nothing (yet)."""
        if stands_on(part.title, part.account) and part.final is not None and stands_on(part.final, part.account):
            title = as_shown(part.title, part.account)
            return Sight(part.account, title, part.since, part.cursor, granted_by=part.granted_by)
        events = await self._history.titles.events(part.title.title_id)
        up_to = last_own_act(events, part.account)
        if up_to is None:
            return None
        title, since = self.folded(events, up_to)
        return Sight(part.account, as_shown(title, part.account), since, part.cursor, up_to, part.granted_by)

    def folded(self, events: Sequence[Recorded], up_to: int, block: int | None = None) -> tuple[Title, int]:
        """A title as it stood after act `up_to`, or after `block` where that is before; and the block of that act.

        Raises: NotFound where it was not there.
        """
        seen = [
            (each.block_number, each.event)
            for each in events
            if isinstance(each.event, TitleEvent)
            and getattr(each.event, "sequence", 1) <= up_to
            and (block is None or each.block_number <= block)
        ]
        found = folded(seen, self._separator)
        if found is None:
            raise not_found(events[0].event.title_id if events else None)  # type: ignore[union-attr]
        since, title = found
        return title, since


def _extent(sight: Sight) -> tuple[bool, int]:
    """How much a sight shows."""
    return sight.is_whole, sight.up_to or 0


def stands_on(title: Title, account: Address) -> bool:
    """Whether the account is a party to the title as it stands there."""
    return account in (title.carrier, title.holder, title.endorsee, title.entitled)


def last_own_act(events: Iterable[Recorded], account: Address) -> int | None:
    """The sequence after the account's last act; None where it made none."""
    own = [getattr(each.event, "sequence", 0) for each in events if actor_of(each.event) == account]
    return max(own, default=None)


def sees_replacements(title: Title | Replaced, account: Address) -> bool:
    """Whether what replaced the title is the account's business."""
    return account in (title.carrier, title.holder)


def as_shown(title: Title, account: Address) -> Title:
    """The title without what replaced it, where that is not the account's business."""
    return title if not title.replaced_by or sees_replacements(title, account) else title._replace(replaced_by=())


def not_found(title_id: str | None) -> NotFound:
    """The one answer for a title that is not there and for one that may not be read."""
    return NotFound(f"There is no title {title_id} that you may read.", {"title_id": title_id})
