"""Reading cover: a certificate's document and what the rules say of it, terms of sale, waivers, gaps.

Rules kept here
- A certificate's document is the one that its insurer handed in for this certificate on this title. It is read by its
  insurer, by whom it names, and by who may read the title as it stands.
- What the rules say compares it with bill and terms of sale. An insurer, and whom it names, that may not read the title
  as it stands are told it by the terms that there were when the document was handed in: by what the insurer read then.
- Terms of sale are given by a party that stands on the title, by its own signature; they are read by such parties, and
  by who gave them. An insurer is told what the rules say, not the prices.
- A discrepancy is waived by who is assured, for itself, and stands visible beside the waiver.
- Gaps are told to who is entitled under the title, to nobody else. Any insurer may tie certificates to any title: of
  each insurer the first ones are looked at, and where there are more, that is a gap of its own.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from ebl_service.domain.bindings import CoverBinding
from ebl_service.domain.certificate import Certificate, assured
from ebl_service.domain.insurance_document.acceptance import Outcome, Verdict, require_terms
from ebl_service.domain.insurance_document.gaps import Cover, Gap, GapKind, gaps
from ebl_service.domain.insurance_document.statement import TermsStatement, terms_digest
from ebl_service.domain.ledger import Ledger, LedgerIdentity
from ebl_service.domain.signed_act import check_deadline
from ebl_service.domain.terms import Address, CertificateId, Seconds, TitleId
from ebl_service.domain.title import Title
from ebl_service.domain.transport_document import canonical
from ebl_service.errors import NotFound
from ebl_service.errors.documents import DocumentRefused
from ebl_service.errors.refusals import InvalidSignature
from ebl_service.errors.requests import BadValue
from ebl_service.printing.insurance import print_insurance
from ebl_service.printing.particulars import CertificateParticulars
from ebl_service.services.bounded_work import prints
from ebl_service.services.cover_archive import CoverArchive
from ebl_service.services.covers import KeptCover, KeptTerms
from ebl_service.services.insurance_desk import InsuranceDesk
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.rights import Rights, Sight, not_found
from ebl_service.store.history import History
from ebl_service.store.insurance import Insurance, Waiver

OF_AN_INSURER, OF_A_TITLE = 20, 200
"""Certificates that are looked at for gaps: of one insurer, and in all."""
TITLES_AT_ONCE = 1_000
"""Looked for at once because terms of sale were given, or notices."""


NOT_CHECKED = Gap(
    GapKind.NOT_CHECKED,
    f"more than {OF_AN_INSURER} certificates of one insurer, or {OF_A_TITLE} in all, are tied to the title: the others "
    "were not looked at",
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A certificate, what every rule says of its document now, and what was waived. `sight`: the reader's right."""

    certificate: Certificate
    sight: Sight
    verdicts: tuple[Verdict, ...]
    waivers: tuple[Waiver, ...]


class CoverQueries:
    """The use cases."""

    def __init__(
        self,
        ledger: Ledger,
        identity: LedgerIdentity,
        history: History,
        archive: CoverArchive,
        insurance: Insurance,
        desk: InsuranceDesk,
        rights: Rights,
        clock: Clock = wall_clock,
    ) -> None:
        self._ledger = ledger
        self._identity = identity
        self._history = history
        self._archive = archive
        self._insurance = insurance
        self._desk = desk
        self._rights = rights
        self._clock = clock

    async def document(self, account: Address, certificate_id: CertificateId) -> tuple[KeptCover, Sight]:
        """The document behind a certificate, and by what right it is read.

        Raises: NotFound, KeyDestroyed, SealBroken.
        """
        certificate, sight = await self._readable(account, certificate_id)
        return await self._kept(certificate), sight

    async def picture(self, account: Address, certificate_id: CertificateId) -> tuple[bytes, Sight]:
        """The document printed as PDF, and by what right it is read. Raises: as `document`."""
        certificate, sight = await self._readable(account, certificate_id)
        kept = await self._kept(certificate)
        particulars = CertificateParticulars(
            certificate_id,
            certificate.title_id,
            self._identity.chain_id,
            self._identity.cargo_insurance,
            certificate.insurer,
            certificate.mode.name,
        )
        return await prints.run(print_insurance, kept.document, kept.record, particulars), sight

    async def assessment(self, account: Address, certificate_id: CertificateId) -> Assessment:
        """What the rules say of it, by bill and terms of sale as they are kept now. Raises: as `document`."""
        certificate, sight = await self._readable(account, certificate_id)
        kept = await self._kept(certificate)
        sees_sale = account not in (certificate.insurer, certificate.named) or await self._sees(account, certificate)
        verdicts = await self._verdicts(kept, sight.title, None if sees_sale else kept.prepared_at)
        return Assessment(certificate, sight, verdicts, await self._insurance.waivers(kept.binding))

    async def waive(self, account: Address, certificate_id: CertificateId, rule: str) -> Assessment:
        """Take the certificate though it breaks `rule`. Raises: as `document`; BadValue (nothing to waive)."""
        found = await self.assessment(account, certificate_id)
        if assured(found.certificate, found.sight.title) != account:
            raise _no_certificate(certificate_id)
        if not any(each.rule == rule and each.outcome is Outcome.DISCREPANT for each in found.verdicts):
            said = ", ".join(each.rule for each in found.verdicts if each.outcome is Outcome.DISCREPANT) or "none"
            raise BadValue(f"rule: no discrepancy of that name stands; there stand: {said}", {"at": "rule"})
        binding = CoverBinding.of(found.certificate)
        await self._insurance.add_waiver(Waiver(binding, rule, account, self._clock()))
        return replace(found, waivers=await self._insurance.waivers(binding))

    async def give_terms(self, statement: TermsStatement, content: bytes) -> KeptTerms:
        """Keep terms of sale that a party to the title signed.

        Raises: NotFound (no title of its own), DocumentRefused (their table), InvalidSignature, DeadlinePassed.
        """
        terms = canonical.received(content).document
        require_terms(terms)
        if statement.terms_digest != terms_digest(terms):
            raise BadValue("termsDigest: it is not the digest of these terms", {"at": "termsDigest"})
        check_deadline(statement.deadline, self._clock())
        signed = statement.digest(self._identity.titles_domain)
        if not await self._ledger.verify_signature(statement.signer, signed, statement.signature):
            raise InvalidSignature(statement.signer)
        await self._own_title(statement.signer, statement.title_id)  # whose it is, is told to none but the signer
        now = self._clock()  # not before: a node may take its time, and who looks for new terms looks back a minute
        await self._archive.keep_terms(statement, content, now)
        return KeptTerms(terms, statement.signer, now)

    async def terms(self, account: Address, title_id: TitleId) -> tuple[KeptTerms, Sight]:
        """The terms of sale that count for a title, and by what right they are read. Raises: NotFound."""
        kept = await self._archive.terms(title_id)
        if kept is not None and kept.account == account:
            return kept, await self._by_own_right(account, title_id)
        sight = await self._own_title(account, title_id)
        if kept is None:
            raise NotFound(f"Nobody has given the terms of sale for title {title_id}.", {"title_id": title_id})
        return kept, sight

    async def gaps(self, account: Address, title_id: TitleId) -> tuple[Gap, ...]:
        """Where the entitled party, which asks, is not insured. Raises: NotFound (any other party)."""
        title = (await self._own_title(account, title_id)).title
        if title.entitled != account:
            raise not_found(title_id)
        rows = self._history.certificates
        found = await rows.tied_now((title_id, *title.replaces), OF_AN_INSURER + 1, OF_A_TITLE + 1)
        tied = _looked_at(found)
        kept = await self._archive.kept(CoverBinding.of(each) for each in tied)
        told = {binding: await self._verdicts_known(each, title) for binding, each in kept.items()}
        covers = [Cover(each, told.get(CoverBinding.of(each))) for each in tied]
        missing = gaps(title, covers, await self.ledger_time())
        return missing if len(tied) == len(found) else (*missing, NOT_CHECKED)

    async def ledger_time(self) -> Seconds:
        """By which cover begins and ends: of the last block that was read; 0 where none was."""
        cursor = await self._history.cursor()
        return cursor.time if cursor is not None else 0

    async def sold_since(self, entitled: Address, given_at: Seconds) -> set[TitleId]:
        """Titles under which a party is entitled and of which terms of sale were given then or later."""
        return await _all(lambda after: self._insurance.sold_since(entitled, given_at, after, TITLES_AT_ONCE))

    async def given_notice(self, entitled: Address, ends_at: Seconds) -> set[TitleId]:
        """Titles under which a party is entitled, with a certificate of which a part ends then or later."""
        rows = self._history.certificates
        return await _all(lambda after: rows.given_notice(entitled, ends_at, after, TITLES_AT_ONCE))

    async def _verdicts(self, kept: KeptCover, title: Title, sold_by: Seconds | None = None) -> tuple[Verdict, ...]:
        try:
            return await self._desk.verdicts(kept.document, title, sold_by)
        except DocumentRefused as refused:  # its title has changed since it was accepted
            rules = sorted({breach.rule for breach in refused.breaches})
            return tuple(
                Verdict(rule, Outcome.REFUSES, tuple(each for each in refused.breaches if each.rule == rule))
                for rule in rules
            )

    async def _verdicts_known(self, kept: KeptCover, title: Title) -> tuple[Verdict, ...] | None:
        """None where the bill, by which they are found, is not kept here or cannot be read any more."""
        try:
            return await self._verdicts(kept, title)
        except NotFound:
            return None

    async def _kept(self, certificate: Certificate) -> KeptCover:
        binding = CoverBinding.of(certificate)
        kept = (await self._archive.kept([binding])).get(binding)
        if kept is None:
            raise NotFound(f"The document of certificate {certificate.certificate_id} is not kept here.")
        return kept

    async def _readable(self, account: Address, certificate_id: CertificateId) -> tuple[Certificate, Sight]:
        certificate = await self._certificate(certificate_id)
        if account in (certificate.insurer, certificate.named):
            return certificate, await self._by_own_right(account, certificate.title_id)
        return certificate, await self._whole_title(account, certificate)

    async def _certificate(self, certificate_id: CertificateId) -> Certificate:
        certificate = (await self._history.certificates.many([certificate_id])).get(certificate_id)
        if certificate is None:
            raise _no_certificate(certificate_id)
        return certificate

    async def _sees(self, account: Address, certificate: Certificate) -> bool:
        """Whether the account may read the certificate's title as it stands."""
        try:
            return (await self._rights.sight(account, certificate.title_id)).is_whole
        except NotFound:
            return False

    async def _whole_title(self, account: Address, certificate: Certificate) -> Sight:
        """The certificate's title as it stands, which the account may read. Raises: NotFound."""
        try:
            sight = await self._rights.sight(account, certificate.title_id)
        except NotFound:
            raise _no_certificate(certificate.certificate_id) from None
        if not sight.is_whole:
            raise _no_certificate(certificate.certificate_id)
        return sight

    async def _by_own_right(self, account: Address, title_id: TitleId) -> Sight:
        """Not by one in the title, but in what is read beside it."""
        found, cursor = await self._history.titles.title(title_id), await self._history.cursor()
        if found is None or cursor is None:
            raise not_found(title_id)
        return Sight(account, found[1], found[0], cursor)

    async def _own_title(self, account: Address, title_id: TitleId) -> Sight:
        sight = await self._rights.sight(account, title_id)
        if not sight.is_whole or sight.granted_by is not None:
            raise not_found(title_id)
        return sight


def _looked_at(found: list[Certificate]) -> list[Certificate]:
    of: Counter[Address] = Counter()
    looked_at: list[Certificate] = []
    for each in found[:OF_A_TITLE]:
        of[each.insurer] += 1
        if of[each.insurer] <= OF_AN_INSURER:
            looked_at.append(each)
    return looked_at


async def _all(page: Callable[[str], Awaitable[list[TitleId]]]) -> set[TitleId]:
    found: set[TitleId] = set()
    while some := await page(max(found, default="")):
        found.update(some)
    return found


def _no_certificate(certificate_id: CertificateId) -> NotFound:
    return NotFound(f"There is no certificate {certificate_id} that you may read.", {"certificate_id": certificate_id})
