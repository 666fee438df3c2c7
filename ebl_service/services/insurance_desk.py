"""Taking insurance documents in: one or many, each with its own result, what every rule says, and the act to sign.

Left to others: the rules (`domain.insurance_document`), keeping (`services.cover_archive`), the same checks when the
signed act comes (`services.insurance_gate`).

Rules kept here
- The insurer is the document's, and sees the title as it stands (a party grants it that): differences from the bill and
  the terms of sale are told to none but those who may read the title.
- What nobody can waive is refused before anything is kept; discrepancies stand and are told.
- The same document for the same title gives the same certificate, salts and commitment. A dry run keeps nothing.
"""

from collections.abc import Sequence

from ebl_service.domain.certificate import Certificate
from ebl_service.domain.certificate_actions import CarryOver, IssueCertificate
from ebl_service.domain.insurance_document.acceptance import Verdict, require_acceptable, require_shapes
from ebl_service.domain.insurance_document.case import Case, Scope, TitleInView
from ebl_service.domain.insurance_document.certificate_terms import (
    CertificateTerms,
    certificate_terms,
    codes_of,
    mode_of,
)
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.terms import Address, CertificateId, Mode, Seconds, certificate_id_of
from ebl_service.domain.title import Title
from ebl_service.domain.transport_document import canonical
from ebl_service.domain.transport_document.commitment import (
    commitment,
    document_salt,
    reference_digest,
    reference_salt,
)
from ebl_service.domain.transport_document.reading import Part
from ebl_service.domain.transport_document.record import Record, check_record
from ebl_service.domain.transport_document.title_terms import Secrets
from ebl_service.errors import EblError, LedgerDisagrees, LedgerUnavailable, NotFound
from ebl_service.errors.documents import DocumentRefused, NotTheIssuingInsurer
from ebl_service.services.bounded_work import untrusted
from ebl_service.services.cover_archive import CoverArchive
from ebl_service.services.covers import CoverDraft, PreparedCover
from ebl_service.services.documents import Documents
from ebl_service.services.key_keeping import KeyKeeping
from ebl_service.services.look_ups import LookUps
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.rights import Rights, not_found
from ebl_service.store.history import History


class InsuranceDesk:
    """Receives insurance documents."""

    def __init__(
        self,
        identity: LedgerIdentity,
        keeping: KeyKeeping,
        archive: CoverArchive,
        bills: Documents,
        history: History,
        look_ups: LookUps,
        rights: Rights,
        clock: Clock = wall_clock,
    ) -> None:
        self._identity = identity
        self._keeping = keeping
        self._archive = archive
        self._bills = bills
        self._history = history
        self._look_ups = look_ups
        self._rights = rights
        self._clock = clock

    async def receive(
        self, drafts: Sequence[CoverDraft], insurer: Address, *, dry_run: bool = False
    ) -> list[PreparedCover | EblError]:
        """Each draft prepared and kept, or why not, in the order given. Raises: LedgerUnavailable, LedgerDisagrees."""
        results: list[PreparedCover | EblError] = []
        for draft in drafts:
            try:
                results.append(await self._prepare(draft, insurer))
            except (LedgerUnavailable, LedgerDisagrees):
                raise
            except EblError as fault:
                results.append(fault)
        good = [made for made in results if isinstance(made, PreparedCover)]
        if good and not dry_run:
            await self._archive.keep(good, self._clock())
        return results

    async def verdicts(self, document: Part, title: Title, sold_by: Seconds | None = None) -> tuple[Verdict, ...]:
        """What every rule says of a document for this title, by the bill and terms of sale kept here.

        `sold_by`: by the terms that were given until then; None: by the last ones.

        Raises: NotFound (the bill), DocumentRefused (what nobody can waive).
        """
        bill = await self._bills.kept(title)
        terms = await self._archive.terms(title.title_id, sold_by)
        view = TitleInView(self._identity.chain_id, self._identity.title_registry, title.title_id, _scope(title))
        follows = mode_of(document) is not Mode.NONE
        case = Case(document, bill.document, terms.terms if terms else None, view, follows)
        return await untrusted.run_sized(len(bill.content), require_acceptable, case)

    async def _prepare(self, draft: CoverDraft, insurer: Address) -> PreparedCover:
        got = await untrusted.run_sized(len(draft.content), canonical.received, draft.content)
        require_shapes(got.document, None)
        sight = await self._rights.sight(insurer, draft.title_id)
        if not sight.is_whole:  # the sale's terms are not a past party's to know
            raise not_found(draft.title_id)
        title = sight.title
        record = Record(got.checksum, draft.governing_law, draft.jurisdiction)
        found = list(check_record(record.content()))
        registered = await self._look_ups.having(codes_of(got.document))
        try:
            terms: CertificateTerms | None = certificate_terms(got.document, registered)
        except DocumentRefused as refused:
            terms, found = None, [*found, *refused.breaches]
        try:
            verdicts = await self.verdicts(got.document, title)
        except DocumentRefused as refused:
            verdicts, found = (), [*found, *refused.breaches]
        if found or terms is None:
            raise DocumentRefused(found)
        if terms.insurer != insurer:
            raise NotTheIssuingInsurer(
                f"The document's insurer is {terms.insurer}, not {insurer}", {"insurer": terms.insurer}
            )
        return await self._made(draft, got, record, terms, title, verdicts)

    async def _made(
        self,
        draft: CoverDraft,
        got: canonical.Received,
        record: Record,
        terms: CertificateTerms,
        title: Title,
        verdicts: tuple[Verdict, ...],
    ) -> PreparedCover:
        secret = await self._keeping.carrier_secret(terms.insurer)
        number_salt = draft.reference_salt or reference_salt(secret, f"insurance {terms.reference}")
        number = reference_digest(terms.reference, number_salt)
        certificate_id = draft.certificate_id or certificate_id_of(terms.insurer, number)
        salt = document_salt(secret, title.title_id, got.checksum, certificate_id)
        secrets = Secrets(record.canonical(), salt, number_salt)
        committed = commitment(secrets.salt, secrets.record)
        asked: IssueCertificate | CarryOver
        if draft.certificate_id is not None:
            before = await self._certificate(draft.certificate_id, terms.insurer)
            asked = CarryOver(certificate_id, before.sequence, title.title_id, committed)
        else:
            attaches = terms.attaches_at
            asked = IssueCertificate(
                certificate_id,
                title.title_id,
                terms.mode,
                terms.named,
                attaches.cargo,
                attaches.war,
                attaches.strikes,
                number,
                committed,
            )
        return PreparedCover(
            got, title.title_id, certificate_id, terms.insurer, record, secrets, committed, verdicts, asked
        )

    async def _certificate(self, certificate_id: CertificateId, insurer: Address) -> Certificate:
        found = (await self._history.certificates.many([certificate_id])).get(certificate_id)
        if found is None or found.insurer != insurer:
            raise NotFound(f"There is no certificate {certificate_id} of yours.", {"certificate_id": certificate_id})
        return found


def _scope(title: Title) -> Scope:
    if not title.is_to_order:
        return Scope.NAMED
    return Scope.TO_ORDER if title.endorsee else Scope.BLANK
