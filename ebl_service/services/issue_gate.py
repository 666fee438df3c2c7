"""Before a signed act that issues titles is taken in: each title is held against the document it is to stand for.

Left to others: what the act must be on the ledger (`title_rules`), the document's own rules (`services.preparation`
checked them before the document was kept).

Rules kept here
- The title's particulars are its document's, by the carrier that the document names (TitleDiffers). For another title,
  or another carrier, with a copy of its commitment the document is not even opened.
- The document's dates fit the newest block and stay true until the signature's deadline, so that the ledger itself
  refuses what would be ante-dated (DocumentStale).
- A replacement takes the place of exactly the titles it was prepared for; where several become one or one becomes
  several, all that is counted and weighed stays the same.
- A bill's number is issued once (`services.bill_numbers`).
- A title without a document here is issued only where the operator relays for others (DocumentMissing).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ebl_service.domain.actions import Issue, NewTitle, Replace
from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Seconds, checksummed, title_id_of
from ebl_service.domain.transport_document.division import check_sums
from ebl_service.domain.transport_document.document_parties import document_parties
from ebl_service.domain.transport_document.reading import Part
from ebl_service.domain.transport_document.rules.dates import check_dates, last_moment
from ebl_service.domain.transport_document.title_terms import check_title, title_terms
from ebl_service.errors import NotFound
from ebl_service.errors.documents import (
    Breach,
    DocumentMissing,
    DocumentRefused,
    DocumentStale,
    NumberIssued,
    TitleDiffers,
)
from ebl_service.services.bill_numbers import BillNumbers, Claimed
from ebl_service.services.bounded_work import untrusted
from ebl_service.services.documents import Documents
from ebl_service.services.drafts import Kept, OldTitle
from ebl_service.store.carriers import Carriers
from ebl_service.store.claims import Claim
from ebl_service.store.directory import Directory

MATCHES = "title_matches_its_document"
REPLACES = "replacement_is_as_prepared"


class IssueGate:
    """Judges acts that issue. `relays_for_others`: acts without a document here pass."""

    def __init__(
        self,
        documents: Documents,
        directory: Directory,
        carriers: Carriers,
        numbers: BillNumbers,
        *,
        relays_for_others: bool,
    ) -> None:
        self._documents = documents
        self._directory = directory
        self._carriers = carriers
        self._numbers = numbers
        self._relays_for_others = relays_for_others

    async def check(self, acts: Iterable[tuple[int, SignedAct]], now: Seconds) -> list[Claim]:
        """Raises for the first that may not pass: TitleDiffers, DocumentStale, DocumentMissing, NumberIssued.

        Each with the act's index. Also SealBroken, KeyDestroyed: nothing is issued that could not be shown.
        `now`: time of the newest block.
        """
        issuing = [(index, signed) for index, signed in acts if isinstance(signed.act, Issue | Replace)]
        bindings = [_binding(signed, each) for _, signed in issuing for each in _asked(signed)]
        found = await self._documents.many(bindings)
        copies = await self._documents.of_others(each for each in bindings if each not in found)
        claimed: Claimed = {}
        claims: list[Claim] = []
        for index, signed in issuing:
            replaced = signed.act.old_ids if isinstance(signed.act, Replace) else ()
            try:
                for kept in await self._check_act(signed, found, copies, now):
                    claim = await self._numbers.claim(kept, replaced, claimed)
                    claims += [replace(claim, index=index)] if claim else []
            except (TitleDiffers, DocumentMissing, NumberIssued) as refusal:
                refusal.details["index"] = index
                raise
        return claims

    async def _check_act(
        self,
        signed: SignedAct,
        found: Mapping[DocumentBinding, Kept],
        copies: Mapping[DocumentBinding, DocumentBinding],
        now: Seconds,
    ) -> list[Kept]:
        kept: list[Kept] = []
        for asked in _asked(signed):
            binding = _binding(signed, asked)
            document = found.get(binding)
            if document is not None:
                await self._check_title(signed, asked, document, now)
                kept.append(document)
            elif binding in copies:
                raise TitleDiffers([_of_another(binding, copies[binding])])
            elif not self._relays_for_others:
                raise DocumentMissing(
                    f"No document with the commitment {asked.commitment} is kept here", {"commitment": asked.commitment}
                )
        if isinstance(signed.act, Replace) and kept:
            await self._check_replacement(signed.act, kept)
        return kept

    async def _check_title(self, signed: SignedAct, asked: Issue | NewTitle, kept: Kept, now: Seconds) -> None:
        document = kept.document
        try:
            registered = await self._directory.having(_codes(document))
            terms = title_terms(document, registered)
        except DocumentRefused as refused:  # the directory has changed since
            raise TitleDiffers(refused.breaches) from refused
        title = (document, terms, signed.signer, asked, kept.secrets)
        found = await untrusted.run_sized(len(kept.content), check_title, *title)
        if found:
            raise TitleDiffers(found)
        is_replacement = isinstance(asked, NewTitle) or bool(kept.record.paper_originals)
        days = await self._back_dating_days(kept)
        _require_fresh(document, signed.deadline, now, is_replacement=is_replacement, back_dating_days=days)

    async def _back_dating_days(self, kept: Kept) -> int:
        """As the carrier's setting is now, where the record says that the bill is back-dated; else none."""
        terms = await self._carriers.terms(kept.carrier) if kept.record.is_back_dated else None
        return terms.back_dating_days if terms else 0

    async def _check_replacement(self, act: Replace, kept: Sequence[Kept]) -> None:
        for each in kept:
            if set(each.replaces) != set(act.old_ids):
                wrong = f"it was prepared in the place of {', '.join(sorted(each.replaces)) or 'no title'}"
                raise TitleDiffers([Breach(REPLACES, "oldIds", wrong, "the same titles")])
        try:
            old = await self._documents.old_titles(act.old_ids)
        except NotFound as gone:  # a reorganisation took it back
            raise DocumentMissing(gone.message, gone.details) from gone
        require_sums(old, [each.document for each in kept])


def require_sums(old: Sequence[OldTitle], made: Sequence[Part]) -> None:
    """Where several titles become one or one several: nothing is added or lost.

    Raises: TitleDiffers with every quantity that differs; DocumentMissing where an old title's document is not here.
    """
    if len(old) == len(made) == 1:
        return
    documents = [each.document for each in old if each.document is not None]
    if len(documents) < len(old):
        missing = next(each.title.title_id for each in old if each.document is None)
        raise DocumentMissing(f"The document of title {missing} is not kept here", {"title_id": missing})
    breaches = check_sums(documents, made)
    if breaches:
        raise TitleDiffers(breaches)


def _require_fresh(
    document: Part, deadline: Seconds, now: Seconds, *, is_replacement: bool, back_dating_days: int
) -> None:
    found = check_dates(document, now, is_replacement=is_replacement, back_dating_days=back_dating_days)
    until = last_moment(document, is_replacement=is_replacement, back_dating_days=back_dating_days)
    if not found and until is not None and deadline > until:
        wrong = f"the signature counts until {deadline}, when the date of issue has passed everywhere"
        found = (Breach("bill_is_not_ante_dated", "issueDate", wrong, f"a deadline of {until} at the latest"),)
    if found:
        raise DocumentStale(found)


def _asked(signed: SignedAct) -> Sequence[Issue | NewTitle]:
    if isinstance(signed.act, Replace):
        return signed.act.new_titles
    return [signed.act] if isinstance(signed.act, Issue) else []


def _binding(signed: SignedAct, asked: Issue | NewTitle) -> DocumentBinding:
    """What the document would have to belong to: the title that the act makes, and its signer."""
    if isinstance(asked, Issue):
        return DocumentBinding(asked.title_id, asked.commitment, signed.signer)
    title_id = title_id_of(signed.signer, asked.reference_digest, asked.version)
    return DocumentBinding(title_id, asked.commitment, signed.signer)


def _of_another(asked: DocumentBinding, other: DocumentBinding) -> Breach:
    """How a copy of a commitment is refused: nothing of the document is told, to its own carrier whose title it is."""
    if other.given_by == asked.given_by:
        return Breach(MATCHES, "", "it is for another title", other.title_id)
    wrong = f"the issuing party is another, and {checksummed(asked.given_by)} issues"
    return Breach(MATCHES, "documentParties.issuingParty", wrong, "the carrier that issues")


def _codes(document: Part) -> set[tuple[str, str]]:
    named = document_parties(document)
    return {code for party in (named.carrier, named.made_out_to) if party for code in party.codes}
