"""From a document as sent to a title's particulars: every check, then digests, salts, record, picture, commitment.

Left to others: keeping it (`services.documents`), typed data and signatures (the front doors), the same checks again
when the signed act comes (`services.issue_gate`).

Rules kept here
- All breaches come in one answer: the document's own, its dates against the newest block, the platform it is meant for,
  who its parties are, governing law and paper originals.
- The same draft gives the same title, salts and commitment, so that sending it twice makes nothing twice.
- The carrier is the document's issuing party; a replacement is of the carrier's own titles.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ebl_service.domain.actions import Issue, NewTitle
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.terms import Address, Seconds, title_id_of
from ebl_service.domain.transport_document.advice import advise, refused
from ebl_service.domain.transport_document.canonical import Received, received
from ebl_service.domain.transport_document.check import check
from ebl_service.domain.transport_document.commitment import (
    commitment,
    document_salt,
    number_digest,
    number_salt,
    reference_digest,
)
from ebl_service.domain.transport_document.document_parties import Code, DocumentParties, document_parties
from ebl_service.domain.transport_document.party_resolution import RegisteredCodes, resolve_party
from ebl_service.domain.transport_document.reading import text
from ebl_service.domain.transport_document.record import Record, check_record
from ebl_service.domain.transport_document.rules.dates import check_dates, is_back_dated, last_moment
from ebl_service.domain.transport_document.rules.medium import sent_to_this_platform
from ebl_service.domain.transport_document.title_terms import Secrets, TitleTerms, title_terms
from ebl_service.errors import InvalidRequest
from ebl_service.errors.documents import Breach, DocumentRefused
from ebl_service.printing.appendix import print_to_issue
from ebl_service.printing.particulars import TitleParticulars
from ebl_service.services.bounded_work import prints, untrusted
from ebl_service.services.drafts import Draft, OldTitle, Prepared
from ebl_service.services.key_keeping import KeyKeeping
from ebl_service.services.look_ups import LookUps
from ebl_service.store.carriers import Carriers


class Preparation:
    """Makes titles' particulars of drafts."""

    def __init__(
        self,
        identity: LedgerIdentity,
        look_ups: LookUps,
        carriers: Carriers,
        keeping: KeyKeeping,
        platform: str,
    ) -> None:
        self._identity = identity
        self._look_ups = look_ups
        self._carriers = carriers
        self._keeping = keeping
        self._platform = platform

    async def prepare(self, draft: Draft, block_time: Seconds, old: Sequence[OldTitle] = ()) -> Prepared:
        """The draft as a title's particulars. `old`: titles it takes the place of. `block_time`: of the newest block.

        Raises: DocumentRefused with all breaches; what `canonical.received` raises.
        """
        is_replacement = bool(old or draft.paper_originals)
        got, found = await untrusted.run(_read, draft)  # some rules take long on a short document
        if draft.issue_to is not None:
            found += sent_to_this_platform(draft.issue_to.platform, self._platform)
        terms, holder = await self._parties(draft, got, found)
        found += _foreign(terms, old)
        dating = await self._dating(terms, got, block_time, is_replacement=is_replacement)
        found += check_dates(got.document, block_time, is_replacement=is_replacement, back_dating_days=dating.days)
        if found or terms is None:
            raise DocumentRefused(found)
        advice = await self._advice(terms.carrier, draft, got)
        made = await self._made(draft, got, terms, None if old else holder, old, dating)
        return replace(made, advice=advice)

    async def _advice(self, carrier: Address, draft: Draft, got: Received) -> tuple[Breach, ...]:
        """What a careful clerk would look at again. Raises: DocumentRefused with what this carrier wants refused."""
        advice = await untrusted.run(advise, got.document, draft.governing_law)
        terms = await self._carriers.terms(carrier) if advice else None
        unwanted = refused(advice, terms.refused_advice) if terms else ()
        if unwanted:
            raise DocumentRefused(unwanted)
        return advice

    async def _dating(
        self, terms: TitleTerms | None, got: Received, block_time: Seconds, *, is_replacement: bool
    ) -> "_Dating":
        """Whether the document is back-dated, by how many days its carrier may, and until when it may be issued."""
        is_late, days = is_back_dated(got.document, block_time, is_replacement=is_replacement), 0
        if is_late and terms is not None:
            carrier = await self._carriers.terms(terms.carrier)
            days = carrier.back_dating_days if carrier else 0
        until = last_moment(got.document, is_replacement=is_replacement, back_dating_days=days)
        return _Dating(is_late, days, until)

    async def _parties(
        self, draft: Draft, got: Received, found: list[Breach]
    ) -> tuple[TitleTerms | None, Address | None]:
        """The title's terms and first holder, by codes; what is wrong with them is added to `found`."""
        try:
            named = document_parties(got.document)
        except InvalidRequest:
            if not found:
                raise
            return None, None  # the breaches say it already, by field
        registered = await self._look_ups.having(_codes(named, draft))
        terms: TitleTerms | None = None
        try:
            terms = title_terms(got.document, registered)
        except DocumentRefused as fault:
            found += fault.breaches
        return terms, _holder(draft, named, registered, found)

    async def _made(
        self,
        draft: Draft,
        got: Received,
        terms: TitleTerms,
        holder: Address | None,
        old: Sequence[OldTitle],
        dating: "_Dating",
    ) -> Prepared:
        secret = await self._keeping.carrier_secret(terms.carrier)
        title_salt = draft.reference_salt or _salt_before(terms, old) or number_salt(secret, terms.reference)
        number = reference_digest(terms.reference, title_salt)
        version = max((each.title.version + 1 for each in old if each.title.reference_digest == number), default=0)
        title_id = title_id_of(terms.carrier, number, version)
        salt = document_salt(secret, title_id, got.checksum)
        on, replaced = self._identity, tuple(each.title.title_id for each in old)
        title = TitleParticulars(title_id, on.chain_id, on.title_registry, version, terms.carrier, replaced)
        printing = (got.document, _record(draft, got, dating), title, salt)
        picture, record = await prints.run(print_to_issue, *printing)
        secrets = Secrets(record.canonical(), salt, title_salt)
        to = (terms.made_out_to, terms.is_to_order)
        committed = commitment(salt, secrets.record)
        asked: Issue | NewTitle = NewTitle(*to, version, number, committed)
        if holder is not None:
            asked = Issue(title_id, holder, *to, number, committed)
        return Prepared(
            received=got,
            title_id=title_id,
            carrier=terms.carrier,
            holder=holder,
            version=version,
            record=record,
            secrets=secrets,
            commitment=committed,
            asked=asked,
            picture=picture,
            number=number_digest(secret, terms.reference),
            valid_until=dating.until,
        )


@dataclass(frozen=True, slots=True)
class _Dating:
    is_back_dated: bool = False
    days: int = 0
    until: Seconds | None = None


def _read(draft: Draft) -> tuple[Received, list[Breach]]:
    """The document, and what is wrong with it and its record by themselves."""
    got = received(draft.content)
    return got, [*check(got.document), *check_record(_record(draft, got).content())]


def _record(draft: Draft, got: Received, dating: _Dating = _Dating()) -> Record:
    return Record(
        document_checksum=got.checksum,
        governing_law=draft.governing_law,
        jurisdiction=draft.jurisdiction,
        paper_originals=draft.paper_originals,
        manifest_digest=_sha256(draft.manifest and draft.manifest.encode()),
        carrier_visualisation_digest=_sha256(draft.picture),
        is_back_dated=dating.is_back_dated,
    )


def _sha256(content: bytes | str | None) -> str | None:
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else None


def _codes(named: DocumentParties, draft: Draft) -> Iterable[Code]:
    for party in (named.carrier, named.shipper, named.made_out_to):
        yield from party.codes if party else ()
    yield from draft.issue_to.codes if draft.issue_to else ()


def _holder(draft: Draft, named: DocumentParties, registered: RegisteredCodes, found: list[Breach]) -> Address | None:
    if draft.holder is not None:
        return draft.holder
    if draft.issue_to is not None:
        resolved = resolve_party("issueTo", draft.issue_to.codes, registered)
    else:
        resolved = resolve_party("documentParties.shipper", named.shipper.codes, registered)
    if isinstance(resolved, Breach):
        found.append(resolved)
        return None
    return resolved


def _foreign(terms: TitleTerms | None, old: Sequence[OldTitle]) -> list[Breach]:
    return [
        Breach(
            "carrier_replaces_its_own_titles",
            "documentParties.issuingParty",
            f"title {each.title.title_id} was issued by another carrier",
            "titles of the document's issuing party",
        )
        for each in old
        if terms is not None and each.title.carrier != terms.carrier
    ]


def _salt_before(terms: TitleTerms, old: Sequence[OldTitle]) -> bytes | None:
    """The number's salt of the version before, so that the number stays the same on the ledger."""
    for each in old:
        if each.secrets and each.document and text(each.document, "transportDocumentReference") == terms.reference:
            return each.secrets.reference_salt
    return None
