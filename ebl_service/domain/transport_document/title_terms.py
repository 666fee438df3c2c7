"""What a title must say so that it is the title of its document: to order or straight, to whom, number, commitment.

Rules kept: the act's particulars equal the document's, each difference named by its field; the carrier that issues is
the document's issuing party; an endorsee or consignee is exactly one registered party. Leaves to others: whether the
act is allowed (`title_rules`), and the document's own rules (`check`), which it is to have passed.
"""

from dataclasses import dataclass, field

from ebl_service.domain.actions import Issue, NewTitle
from ebl_service.domain.terms import Address, checksummed, title_id_of
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.commitment import checksum, commitment, reference_digest
from ebl_service.domain.transport_document.document_parties import document_parties
from ebl_service.domain.transport_document.party_resolution import RegisteredCodes, resolve_party
from ebl_service.domain.transport_document.reading import Part, text
from ebl_service.errors.documents import Breach, DocumentRefused

RULE = "title_matches_its_document"


@dataclass(frozen=True, slots=True)
class TitleTerms:
    """What the document demands of its title. `made_out_to`: endorsee or consignee; none on a blank bill."""

    reference: str
    carrier: Address
    is_to_order: bool
    made_out_to: Address | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What opens the title's digests. `record`: its canonical bytes; `salt`, `reference_salt`: 32 bytes each."""

    record: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    reference_salt: bytes = field(repr=False)


def title_terms(document: Part, registered: RegisteredCodes) -> TitleTerms:
    """The terms of the document's title. Raises: DocumentRefused naming each party that is not one registered party."""
    named = document_parties(document)
    carrier = resolve_party("documentParties.issuingParty", named.carrier.codes, registered)
    made_out_to: Address | Breach | None = None
    if named.made_out_to is not None:
        made_out_to = resolve_party(_path(named.is_to_order), named.made_out_to.codes, registered)
    if isinstance(carrier, Breach) or isinstance(made_out_to, Breach):
        raise DocumentRefused(each for each in (carrier, made_out_to) if isinstance(each, Breach))
    return TitleTerms(text(document, "transportDocumentReference"), carrier, named.is_to_order, made_out_to)


def check_title(
    document: Part, terms: TitleTerms, carrier: Address, asked: Issue | NewTitle, secrets: Secrets
) -> tuple[Breach, ...]:
    """Every difference between the title that `carrier` asks for and the document that it is to stand for."""
    found = []
    if carrier != terms.carrier:
        wrong = f"the issuing party is {checksummed(terms.carrier)}, and {checksummed(carrier)} issues"
        found.append(_differs("documentParties.issuingParty", wrong, "the carrier that issues"))
    if asked.is_to_order is not terms.is_to_order:
        wrong = f"the title says {_said(asked.is_to_order)}, the document {_said(terms.is_to_order)}"
        found.append(_differs("isToOrder", wrong, "the same in both"))
    if asked.endorsee != terms.made_out_to:
        wrong = f"the title names {_whom(asked.endorsee)}, the document {_whom(terms.made_out_to)}"
        found.append(_differs(_path(terms.is_to_order), wrong, "the same party in both"))
    if asked.reference_digest != reference_digest(terms.reference, secrets.reference_salt):
        wrong = f"the title's reference digest is not that of {terms.reference}"
        found.append(_differs("transportDocumentReference", wrong, "the digest of this number under its salt"))
    elif isinstance(asked, Issue) and asked.title_id != title_id_of(carrier, asked.reference_digest):
        wrong = "the title's id is not that of carrier and reference"
        found.append(_differs("transportDocumentReference", wrong, "the id of this carrier's number"))
    return (*found, *_commitment_breaches(document, asked, secrets))


def _commitment_breaches(document: Part, asked: Issue | NewTitle, secrets: Secrets) -> tuple[Breach, ...]:
    if asked.commitment != commitment(secrets.salt, secrets.record):
        return (_differs("", "the title's commitment is not that of the record", "the commitment of the record"),)
    if parsed(secrets.record).get("documentChecksum") != checksum(document):
        return (_differs("", "the record's checksum is not that of the document", "the record of this document"),)
    return ()


def _differs(path: str, wrong: str, right: str) -> Breach:
    return Breach(RULE, path, wrong, right)


def _path(is_to_order: bool) -> str:
    return "documentParties.endorsee" if is_to_order else "documentParties.consignee"


def _said(is_to_order: bool) -> str:
    return "to order" if is_to_order else "straight"


def _whom(party: Address | None) -> str:
    return checksummed(party) if party else "nobody (blank)"
