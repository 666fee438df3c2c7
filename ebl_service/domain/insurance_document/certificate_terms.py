"""What a certificate on the ledger must say so that it is the certificate of its document.

    assignment, loss payee      the mode: FOLLOW, LOSS_PAYEE; without assignment NONE, and the assured is named
    effective dates             when the risk of each part attaches: 00:00 UTC of the day
    war, strikes                covered where the conditions name such clauses
    number                      the reference digest, and with the insurer the certificate's id

Rules kept: each difference between act and document is named by its field; who is named is exactly one registered
party. Leaves to others: whether the act is allowed (`certificate_rules`), the document's own rules (`acceptance`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from ebl_service.domain.certificate import Parts
from ebl_service.domain.certificate_actions import CarryOver, IssueCertificate
from ebl_service.domain.insurance_document.conditions import STRIKES, WAR
from ebl_service.domain.terms import Address, Mode, Seconds, TitleId, checksummed
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.commitment import checksum, commitment, reference_digest
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.domain.transport_document.party_resolution import RegisteredCodes, resolve_party
from ebl_service.domain.transport_document.reading import Part, day, part, parts, text
from ebl_service.domain.transport_document.title_terms import Secrets
from ebl_service.errors.documents import Breach, DocumentRefused

RULE = "certificate_matches_its_document"
_NAMES = {Mode.LOSS_PAYEE: "lossPayee", Mode.NONE: "assured"}


@dataclass(frozen=True, slots=True)
class CertificateTerms:
    """What the document demands of its certificate. `named`: payee or assured, by the mode; None in mode FOLLOW."""

    reference: str
    insurer: Address
    mode: Mode
    named: Address | None
    attaches_at: Parts


def mode_of(document: Part) -> Mode:
    """How the document passes."""
    if "assignment" not in document:
        return Mode.NONE
    return Mode.LOSS_PAYEE if "lossPayee" in document else Mode.FOLLOW


def codes_of(document: Part) -> frozenset[Code]:
    """The codes of those parties that the ledger must know: insurer, and who is named."""
    names = ["insurer", *filter(None, [_NAMES.get(mode_of(document))])]
    return frozenset().union(*(_codes(document, name) for name in names))


def certificate_terms(document: Part, registered: RegisteredCodes) -> CertificateTerms:
    """The terms of the document's certificate. Raises: DocumentRefused naming each party that is not one registered."""
    mode = mode_of(document)
    found: list[Breach] = []
    insurer = _resolved(document, "insurer", registered, found)
    named = _resolved(document, _NAMES[mode], registered, found) if mode in _NAMES else None
    if mode is Mode.NONE and "lossPayee" in document:
        wrong = "a payee is named, and the document passes with no title"
        found.append(Breach(RULE, "lossPayee", wrong, "an assignment, or no loss payee"))
    if found or insurer is None:
        raise DocumentRefused(found)
    return CertificateTerms(text(document, "documentReference"), insurer, mode, named, attaches_at(document))


def attaches_at(document: Part) -> Parts:
    """When the risk of each part attaches; 0 where the part is not covered."""
    begins = _midnight(document, "effectiveDate") or _midnight(document, "issueDate")
    codes = {text(each, "code") for _, each in parts(document, "conditions")}
    return Parts(
        cargo=begins if codes - WAR - STRIKES else 0,
        war=(_midnight(document, "warAttachesDate") or begins) if codes & WAR else 0,
        strikes=(_midnight(document, "strikesAttachesDate") or begins) if codes & STRIKES else 0,
    )


def check_certificate(
    document: Part,
    terms: CertificateTerms,
    insurer: Address,
    asked: IssueCertificate | CarryOver,
    secrets: Secrets,
) -> tuple[Breach, ...]:
    """Every difference between the certificate that `insurer` asks for and the document that it is to stand for."""
    found: list[Breach] = []
    if insurer != terms.insurer:
        wrong = f"the insurer is {checksummed(terms.insurer)}, and {checksummed(insurer)} issues"
        found.append(_differs("insurer", wrong, "the insurer that issues"))
    if isinstance(asked, IssueCertificate):
        found += _terms_differ(asked, terms, secrets)
    if asked.commitment != commitment(secrets.salt, secrets.record):
        found.append(_differs("", "the commitment is not that of the record", "the commitment of the record"))
    elif parsed(secrets.record).get("documentChecksum") != checksum(document):
        found.append(_differs("", "the record's checksum is not that of the document", "the record of this document"))
    return (*found, *_tied(document, asked.title_id))


def _terms_differ(asked: IssueCertificate, terms: CertificateTerms, secrets: Secrets) -> list[Breach]:
    said = Parts(asked.cargo_attaches_at, asked.war_attaches_at, asked.strikes_attaches_at)
    found = []
    if asked.mode is not terms.mode:
        found.append(_differs("assignment", f"the act says {asked.mode.name}", terms.mode.name))
    if asked.named != terms.named:
        found.append(_differs(_NAMES.get(terms.mode, "assured"), f"the act names {asked.named}", f"{terms.named}"))
    if said != terms.attaches_at:
        found.append(_differs("effectiveDate", f"the act says {said}", f"{terms.attaches_at}"))
    if asked.reference_digest != reference_digest(terms.reference, secrets.reference_salt):
        wrong = f"the act's reference digest is not that of {terms.reference}"
        found.append(_differs("documentReference", wrong, "the digest of this number under its salt"))
    return found


def _tied(document: Part, title_id: TitleId) -> list[Breach]:
    said = text(part(document, "assignment"), "titleId")
    if said and said != title_id:
        return [_differs("assignment.titleId", f"{said}, and the certificate is tied to {title_id}", title_id)]
    return []


def _resolved(document: Part, name: str, registered: RegisteredCodes, found: list[Breach]) -> Address | None:
    resolved = resolve_party(name, _codes(document, name), registered)
    if isinstance(resolved, Breach):
        found.append(resolved)
        return None
    return resolved


def _codes(document: Part, name: str) -> frozenset[Code]:
    said = parts(part(document, name), "identifyingCodes")
    return frozenset((text(code, "codeListProvider"), text(code, "partyCode")) for _, code in said)


def _midnight(document: Part, name: str) -> Seconds:
    said = day(document, name)
    return int(datetime(said.year, said.month, said.day, tzinfo=UTC).timestamp()) if said else 0


def _differs(path: str, wrong: str, right: str) -> Breach:
    return Breach(RULE, path, wrong, right)
