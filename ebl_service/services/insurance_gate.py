"""Before a signed act that issues or carries over a certificate is taken in: it is held against its document.

Rules kept here
- The certificate's particulars are its document's, by the insurer that the document names (TitleDiffers). For another
  certificate, title or insurer with a copy of its commitment the document is not even opened.
- What nobody can waive still refuses, by the title as it stands now (DocumentRefused).
- A certificate without a document here is issued only where the operator relays for others (DocumentMissing).
"""

from collections.abc import Iterable

from ebl_service.domain.bindings import CoverBinding
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
        found = await self._archive.kept(_binding(act, signer) for _, signer, act in asked)
        copies = await self._archive.of_others(_binding(act, signer) for _, signer, act in asked)
        for index, signer, act in asked:
            try:
                binding = _binding(act, signer)
                await self._check(act, signer, found.get(binding), copies.get(binding))
            except (TitleDiffers, DocumentRefused, DocumentMissing) as refusal:
                refusal.details["index"] = index
                raise
        return []

    async def _check(self, act: Asked, signer: Address, kept: KeptCover | None, other: CoverBinding | None) -> None:
        if kept is None:
            if other is not None:
                raise TitleDiffers([_of_another(_binding(act, signer), other)])
            if self._relays_for_others:
                return
            raise DocumentMissing(
                f"No insurance document with the commitment {act.commitment} is kept here",
                {"commitment": act.commitment},
                "Hand the document in first (POST /v1/insurance-documents) and sign the act it answers with.",
            )
        registered = await self._directory.having(codes_of(kept.document))
        try:
            terms = certificate_terms(kept.document, registered)
        except DocumentRefused as refused:  # the directory has changed since
            raise TitleDiffers(refused.breaches) from refused
        breaches = check_certificate(kept.document, terms, signer, act, kept.secrets)
        if breaches:
            raise TitleDiffers(breaches)
        titles = await self._history.titles.many([act.title_id])
        if act.title_id in titles:  # else the ledger's own refusal says more
            await self._desk.verdicts(kept.document, titles[act.title_id])


def _binding(act: Asked, signer: Address) -> CoverBinding:
    """What the document would have to belong to."""
    return CoverBinding(act.certificate_id, act.title_id, act.commitment, signer)


def _of_another(asked: CoverBinding, other: CoverBinding) -> Breach:
    """How a copy of a commitment is refused: nothing of the document is told, to its own insurer whose it is."""
    if other.insurer == asked.insurer:
        wrong = "the document was prepared for another certificate or title"
        return Breach(MATCHES, "", wrong, other.certificate_id)
    wrong = f"the insurer is another, and {checksummed(asked.insurer)} issues"
    return Breach(MATCHES, "insurer", wrong, "the insurer that issues")
