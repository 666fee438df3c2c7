"""Before a signed act that issues or carries over a certificate is taken in: it is held against its document.

Rules kept here
- The certificate's particulars are its document's, by the insurer that the document names (TitleDiffers). To another
  that brings its commitment nothing is told of what the document says.
- What nobody can waive still refuses, by the title as it stands now (DocumentRefused).
- A certificate without a document here is issued only where the operator relays for others (DocumentMissing).
"""

from collections.abc import Iterable

from ebl_service.domain.certificate_actions import CarryOver, IssueCertificate
from ebl_service.domain.insurance_document.certificate_terms import certificate_terms, check_certificate, codes_of
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address, Seconds, checksummed
from ebl_service.errors.documents import Breach, DocumentMissing, DocumentRefused, TitleDiffers
from ebl_service.services.cover_archive import CoverArchive
from ebl_service.services.covers import KeptCover
from ebl_service.services.insurance_desk import InsuranceDesk
from ebl_service.store.claims import Claim
from ebl_service.store.directory import Directory
from ebl_service.store.history import History

MATCHES = "certificate_matches_its_document"
Asked = IssueCertificate | CarryOver


class InsuranceGate:
    """Judges acts that issue or carry over. `relays_for_others`: acts without a document here pass."""

    def __init__(
        self,
        archive: CoverArchive,
        desk: InsuranceDesk,
        history: History,
        directory: Directory,
        *,
        relays_for_others: bool,
    ) -> None:
        self._archive = archive
        self._desk = desk
        self._history = history
        self._directory = directory
        self._relays_for_others = relays_for_others

    async def check(self, acts: Iterable[tuple[int, SignedAct]], now: Seconds) -> list[Claim]:
        """Raises for the first that may not pass, with its index: TitleDiffers, DocumentRefused, DocumentMissing."""
        del now  # cover may begin before it is written down, and after
        asked = [(index, each.signer, each.act) for index, each in acts if isinstance(each.act, Asked)]
        found = await self._archive.kept(act.commitment for _, _, act in asked)
        for index, signer, act in asked:
            try:
                await self._check(act, signer, found.get(act.commitment))
            except (TitleDiffers, DocumentRefused, DocumentMissing) as refusal:
                refusal.details["index"] = index
                raise
        return []

    async def _check(self, act: Asked, signer: Address, kept: KeptCover | None) -> None:
        if kept is None:
            if self._relays_for_others:
                return
            raise DocumentMissing(
                f"No insurance document with the commitment {act.commitment} is kept here",
                {"commitment": act.commitment},
                "Hand the document in first (POST /v1/insurance-documents) and sign the act it answers with.",
            )
        if kept.insurer != signer:
            wrong = f"the insurer is another, and {checksummed(signer)} issues"
            raise TitleDiffers([Breach(MATCHES, "insurer", wrong, "the insurer that issues")])
        registered = await self._directory.having(codes_of(kept.document))
        try:
            terms = certificate_terms(kept.document, registered)
        except DocumentRefused as refused:  # the directory has changed since
            raise TitleDiffers(refused.breaches) from refused
        breaches = list(check_certificate(kept.document, terms, signer, act, kept.secrets))
        if act.certificate_id != kept.certificate_id or act.title_id != kept.title_id:
            wrong = "the document was prepared for another certificate or title"
            breaches.append(Breach(MATCHES, "", wrong, kept.certificate_id))
        if breaches:
            raise TitleDiffers(breaches)
        titles = await self._history.titles.many([act.title_id])
        if act.title_id in titles:  # else the ledger's own refusal says more
            await self._desk.verdicts(kept.document, titles[act.title_id])
