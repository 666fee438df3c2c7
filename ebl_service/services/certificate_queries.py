"""What may be read of certificates of insurance: whom they assure, with their titles, now and at past blocks.

Rules kept here
- A certificate is answered with its title as it stood at the same block: the assured is read from there.
- A certificate is read by its insurer, by whom it names, and by the present parties of its title (`services.rights`);
  to everybody else it is not there.
- Answers come from the store alone. At a past block whose time is not kept, how a certificate with a notice of
  cancellation stood is not guessed: its status is None, and the notice's end is told.
"""

import re
from dataclasses import dataclass

from ebl_service.domain import certificate as insured
from ebl_service.domain.certificate import Certificate
from ebl_service.domain.ledger import LedgerIdentity, Recorded
from ebl_service.domain.party import Party
from ebl_service.domain.terms import Address, CertificateId, CertificateStatus, Part, Seconds, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors import InvalidRequest, LedgerUnavailable, NotFound
from ebl_service.services.allowed_certificate_acts import allowed_certificate_acts
from ebl_service.services.answers import AllowedAct, Finality, Page, ReadAt
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.rights import Rights, not_found
from ebl_service.store.certificates import CertificateFilter
from ebl_service.store.chapters import Cursor
from ebl_service.store.history import History

MOST_ITEMS = 200
"""On one page."""

_ID = re.compile(r"0x[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate and its title as they stood at a block. `since_block`: the block of the certificate's last act."""

    certificate: Certificate
    title: Title
    since_block: int
    read_at: ReadAt
    finality: Finality

    @property
    def assured(self) -> Address:
        """Whom it assures."""
        return insured.assured(self.certificate, self.title)

    @property
    def payee(self) -> Address:
        """Whom a claim is payable to."""
        return insured.payee(self.certificate, self.title)

    @property
    def status(self) -> CertificateStatus | None:
        """How it stands; None at a past block where that depends on a time which is not known."""
        if self.read_at.time is None and any(self.certificate.ends_at.of(Part.ALL)):
            return None
        return insured.status(self.certificate, self.title, self.read_at.time or 0)


@dataclass(frozen=True, slots=True)
class CoverView:
    """Who is entitled under a title at a block, and whom the certificates tied to it then assure.

    `assured`: whom a certificate that follows the title assures.
    """

    title: Title
    assured: Address
    certificates: Page[CertificateView]
    read_at: ReadAt
    finality: Finality


class CertificateQueries:
    """Read-only."""

    def __init__(self, identity: LedgerIdentity, history: History, rights: Rights, clock: Clock = wall_clock) -> None:
        self._identity = identity
        self._history = history
        self._rights = rights
        self._clock = clock

    async def certificate(
        self, account: Address, certificate_id: CertificateId, block: int | None = None
    ) -> CertificateView:
        """The certificate now, or at a past block. Raises: NotFound; InvalidRequest (a block not indexed yet)."""
        cursor = await self._cursor(block)
        found = await self._history.certificates.certificate(certificate_id)
        if found is None or not await self._may_read(account, found[1]):
            raise _not_found(certificate_id)
        if block is not None:
            found = await self._history.certificates.certificate(certificate_id, block)
        if found is None:
            raise _not_found(certificate_id)
        return await self._view(found, cursor, block)

    async def certificates(
        self,
        account: Address,
        *,
        title_id: TitleId | None = None,
        insurer: Address | None = None,
        named: Address | None = None,
        assured: Address | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[CertificateView]:
        """Certificates that the account may read, as they stand, by id. `limit` 1 to 200.

        A page may hold fewer and yet not be the last. Raises: InvalidRequest (limit, cursor).
        """
        _require_page(after, limit)
        cursor = await self._cursor(None)
        wanted = CertificateFilter(title_id, insurer, named, assured, account)
        rows = await self._history.certificates.page(wanted, after or "", limit + 1)
        titles = await self._history.titles.many(certificate.title_id for _, certificate in rows[:limit])
        views = [
            _seen(certificate, titles[certificate.title_id], since, cursor, None)
            for since, certificate in rows[:limit]
            if await self._may_read(account, certificate)
        ]
        return Page(tuple(views), rows[limit - 1][1].certificate_id if len(rows) > limit else None)

    async def cover(
        self,
        account: Address,
        title_id: TitleId,
        block: int | None = None,
        *,
        after: str | None = None,
        limit: int = MOST_ITEMS,
    ) -> CoverView:
        """Who is entitled and who is assured, now or at a past block, with a page of certificates by id.

        For present parties. `limit` 1 to 200. Raises: NotFound; InvalidRequest (block, limit, cursor).
        """
        _require_page(after, limit)
        cursor = await self._cursor(block)
        if not (await self._rights.sight(account, title_id)).is_whole:
            raise not_found(title_id)
        found = await self._history.titles.title(title_id, block)
        if found is None:
            raise NotFound(f"There is no title {title_id}.", {"title_id": title_id})
        since, title = found
        at = cursor.number if block is None else block
        rows = await self._history.certificates.tied_to(title_id, at, after or "", limit + 1)
        views = tuple(_seen(certificate, title, each, cursor, block) for each, certificate in rows[:limit])
        page = Page(views, views[-1].certificate.certificate_id if len(rows) > limit else None)
        seen = (_read_at(cursor, block), _finality(since if block is None else block, cursor))
        return CoverView(title, insured.assured_under(title), page, *seen)

    async def events(self, account: Address, certificate_id: CertificateId) -> list[Recorded]:
        """Every act on a certificate, oldest first. Raises: NotFound."""
        await self.certificate(account, certificate_id)
        return await self._history.certificates.events(certificate_id)

    async def allowed_acts(
        self, account: Address, certificate_id: CertificateId, party: Address
    ) -> tuple[AllowedAct, ...]:
        """Every act on this certificate, allowed to `party` or with the refusal it would get. Raises: NotFound."""
        view = await self.certificate(account, certificate_id)
        parties: dict[Address, Party] = await self._history.parties.many([party])
        now: Seconds = max(self._clock(), view.read_at.time or 0)
        return allowed_certificate_acts(self._identity, view.certificate, view.title, parties, party, now)

    async def _may_read(self, account: Address, certificate: Certificate) -> bool:
        if account in (certificate.insurer, certificate.named):
            return True
        try:
            return (await self._rights.sight(account, certificate.title_id)).is_whole
        except NotFound:
            return False

    async def _view(self, found: tuple[int, Certificate], cursor: Cursor, block: int | None) -> CertificateView:
        since, certificate = found
        title = await self._history.titles.title(certificate.title_id, block)
        if title is None:
            raise NotFound(f"There is no title {certificate.title_id}.", {"title_id": certificate.title_id})
        return _seen(certificate, title[1], since, cursor, block)

    async def _cursor(self, block: int | None) -> Cursor:
        cursor = await self._history.cursor()
        if cursor is None:
            raise LedgerUnavailable("The index has not read its first block yet.")
        first = self._identity.deployment_block
        if block is not None and not first <= block <= cursor.number:
            raise InvalidRequest(f"Blocks {first} to {cursor.number} are indexed, not {block}.", {"block": block})
        return cursor


def _require_page(after: str | None, limit: int) -> None:
    if not 1 <= limit <= MOST_ITEMS:
        raise InvalidRequest(f"A page has 1 to {MOST_ITEMS} items, not {limit}.", {"limit": limit})
    if after is not None and not _ID.fullmatch(after):
        raise InvalidRequest("The cursor is not one that was given out here.", {"after": after})


def _not_found(certificate_id: CertificateId) -> NotFound:
    """The one answer for what is not there and what may not be read."""
    told = {"certificate_id": certificate_id}
    return NotFound(f"There is no certificate {certificate_id} that you may read.", told)


def _seen(certificate: Certificate, title: Title, since: int, cursor: Cursor, block: int | None) -> CertificateView:
    settled = _finality(since if block is None else block, cursor)
    return CertificateView(certificate, title, since, _read_at(cursor, block), settled)


def _read_at(cursor: Cursor, block: int | None) -> ReadAt:
    if block in (None, cursor.number):
        return ReadAt(cursor.number, cursor.hash, cursor.time)
    return ReadAt(int(block or 0), None, None)


def _finality(settled: int, cursor: Cursor) -> Finality:
    return Finality.FINAL if settled <= cursor.final_number else Finality.INCLUDED
