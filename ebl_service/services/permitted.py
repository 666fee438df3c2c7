"""What a party reads of titles, chains, events and submissions: `services.queries`, cut to what it may see.

Left to others: who may see how much (`services.rights`), the rows (`store`).

Rules kept here
- A title is shown as its reader may see it; a chain ends with the last act it may see; of a past title neither filter
  nor page tells how it stands now.
- The event stream tells a party its own acts, and those on titles and certificates it may read at the moment of
  reading; of parties only itself. What is passed over costs an id, so that resuming goes on.
- A submission is its signer's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ebl_service.domain.certificate import Certificate
from ebl_service.domain.certificate_events import CertificateEvent, CertificateIssued
from ebl_service.domain.endorsement_chain import endorsement_chain
from ebl_service.domain.event_parties import actor_of
from ebl_service.domain.events import ActRefused, PartyEvent, Replaced, TitleEvent
from ebl_service.domain.submission import State, Submission
from ebl_service.domain.terms import Address, CertificateId, Digest, TitleId
from ebl_service.errors import NotFound
from ebl_service.services.answers import AllowedAct, ChainView, FeedEntry, Finality, Page, ReadAt, TitleView
from ebl_service.services.queries import Queries, require_limit, require_title_cursor
from ebl_service.services.rights import Rights, Sight, as_shown
from ebl_service.store.history import History
from ebl_service.store.titles import TitleFilter

__all__ = ["FeedPage", "Permitted", "TitleFilter"]

ENTRIES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some of the stream's lines. `read_to`: the id to go on after, the passed-over lines behind it; None: none yet.

    `entitled_under`: titles they are about under which the reader is entitled now.
    """

    entries: tuple[FeedEntry, ...]
    read_to: str | None
    entitled_under: frozenset[TitleId] = frozenset()


class Permitted:
    """Read-only, by account."""

    def __init__(self, queries: Queries, rights: Rights, history: History) -> None:
        self._queries = queries
        self._rights = rights
        self._history = history

    async def title(self, account: Address, title_id: TitleId, block: int | None = None) -> TitleView:
        """The title as the account may see it, now or at a past block.

        Raises: NotFound; InvalidRequest (a block not indexed yet).
        """
        if block is not None:
            await self._queries.require_indexed_block(block)
        sight = await self._rights.sight(account, title_id)
        if block is None:
            return _view(sight)
        if sight.is_whole:
            view = await self._queries.title(title_id, block)
            return replace(view, title=as_shown(view.title, sight.granted_by or account))
        events = await self._history.titles.events(title_id)
        title, since = self._rights.folded(events, sight.up_to or 0, block)
        return _view(replace(sight, title=title, since=since))

    def view(self, sight: Sight) -> TitleView:
        """A title as a sight shows it."""
        return _view(sight)

    async def titles(
        self, account: Address, wanted: TitleFilter, after: str | None, limit: int, *, is_past: bool = False
    ) -> Page[TitleView]:
        """Titles that the account stands on, by id; `is_past`: those it once stood on, as its last act left them.

        A page may hold fewer than `limit` (1 to 200) and yet not be the last. Raises: InvalidRequest (limit, cursor).
        """
        require_limit(limit)
        require_title_cursor(after)
        parts = await self._history.title_parties.page(account, wanted, after or "", limit + 1, is_past=is_past)
        sights = [await self._rights.of_part(part) for part in parts[:limit]]
        shown = [sight for sight in sights if sight is not None and wanted.fits(sight.title)]
        cursor = parts[limit - 1].title.title_id if len(parts) > limit else None
        return Page(tuple(_view(sight) for sight in shown), cursor)

    async def endorsement_chain(self, account: Address, title_id: TitleId) -> ChainView:
        """The acts on a title that the account may see, in DCSA's terms, both views. Raises: NotFound."""
        sight = await self._rights.sight(account, title_id)
        events = [each for each in await self._history.titles.events(title_id) if sight.covers(each.event)]
        cursor = sight.cursor
        return ChainView(endorsement_chain(events), _read_at(sight), cursor.final_number)

    async def allowed_acts(self, account: Address, title_id: TitleId, party: Address) -> tuple[AllowedAct, ...]:
        """Every act on this title, allowed to `party` as the account sees it, or with the refusal. Raises: NotFound."""
        sight = await self._rights.sight(account, title_id)
        return await self._queries.allowed_acts_on(sight.title, party)

    async def submission(
        self, account: Address, submission_id: Digest, wait: float = 0, known: State | None = None
    ) -> Submission:
        """A submission that the account signed, as `Queries.submission`. Raises: NotFound."""
        found = await self._queries.submission(submission_id)
        if found.signed.signer != account:
            raise NotFound(f"There is no submission {submission_id}.")
        return await self._queries.submission(submission_id, wait, known) if wait else found

    async def feed(self, account: Address | None, after: str | None, limit: int = ENTRIES_AT_ONCE) -> FeedPage:
        """The stream's lines after `after` that the account may see; None: the operator, who sees parties only.

        Ends where there is one to tell, or none at all. Raises: InvalidRequest (not an entry id).
        """
        while True:
            entries = await self._queries.feed(after, limit)
            if not entries:
                return FeedPage((), after)
            after = entries[-1].entry_id
            seen = await self._seen(account, entries) if account is not None else _OPERATORS
            told = [_shown(entry, account) for entry in entries if seen.covers(entry)]
            if told:
                return FeedPage(tuple(told), after, seen.entitled_under)

    async def _seen(self, account: Address, entries: Sequence[FeedEntry]) -> "_Seen":
        issues = await self._issues(entries)
        titles = {entry.event.title_id for entry in entries if isinstance(entry.event, TitleEvent)}
        titles |= {issue.title_id for issue in issues.values()}
        return _Seen(account, await self._rights.sights(account, titles) if titles else {}, issues)

    async def _issues(self, entries: Sequence[FeedEntry]) -> dict[CertificateId, "_Tied"]:
        """What says who may read each certificate that these lines are about."""
        events = {e.event.certificate_id: e for e in reversed(entries) if isinstance(e.event, CertificateEvent)}
        found: dict[CertificateId, _Tied] = {**await self._history.certificates.many(events)}
        for certificate_id in events.keys() - found.keys():  # a reorganisation has taken it away
            line = int(events[certificate_id].entry_id.partition("-")[0])
            issue = await self._history.feed.issue_taken_back(certificate_id, line)
            if issue is not None:
                found[certificate_id] = issue
        return found


_Tied = Certificate | CertificateIssued
"""A certificate as it stands, or, where it is gone, as it was issued."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the reader of some lines may see of them. `account` None: the operator."""

    account: Address | None
    sights: Mapping[TitleId, Sight]
    certificates: Mapping[CertificateId, _Tied]

    @property
    def entitled_under(self) -> frozenset[TitleId]:
        """See FeedPage."""
        found = ((title_id, sight) for title_id, sight in self.sights.items() if sight.is_whole)
        return frozenset(title_id for title_id, sight in found if sight.title.entitled == self.account)

    def covers(self, entry: FeedEntry) -> bool:
        """Whether a line is among it."""
        event = entry.event
        if self.account is None:
            return isinstance(event, PartyEvent | ActRefused)
        if actor_of(event) == self.account:
            return True
        if isinstance(event, CertificateEvent):
            tied = self.certificates.get(event.certificate_id)
            return tied is not None and self._covers_certificate(tied)
        if not isinstance(event, TitleEvent):
            return getattr(event, "account", None) == self.account
        sight = self.sights.get(event.title_id)
        return sight is not None and sight.covers(event)

    def _covers_certificate(self, tied: _Tied) -> bool:
        sight = self.sights.get(tied.title_id)
        return self.account in (tied.insurer, tied.named) or (sight is not None and sight.is_whole)


_OPERATORS = _Seen(None, {}, {})


def _shown(entry: FeedEntry, account: Address | None) -> FeedEntry:
    event = entry.event
    if isinstance(event, Replaced) and account not in (event.carrier, event.holder):
        return replace(entry, event=replace(event, new_ids=()))
    return entry


def _view(sight: Sight) -> TitleView:
    finality = Finality.FINAL if sight.since <= sight.cursor.final_number else Finality.INCLUDED
    return TitleView(sight.title, sight.since, _read_at(sight), finality)


def _read_at(sight: Sight) -> ReadAt:
    return ReadAt(sight.cursor.number, sight.cursor.hash, sight.cursor.time)
