"""An insurance document, its certificate's particulars and its record, printed as a certificate of cargo insurance.

Leaves to others: the words of its boxes (`insurance_face`), pages and boxes, which it shares with bills (`face`).
Rules kept: as of bills (`bill`): everything said is printed, the same input gives the same bytes, a copy says so.
"""

import unicodedata

from ebl_service.domain.terms import checksummed
from ebl_service.domain.transport_document.reading import Part
from ebl_service.domain.transport_document.record import Record
from ebl_service.printing.archival import About, paint
from ebl_service.printing.every_bill import COPY, day_of_issue
from ebl_service.printing.face import draw_face
from ebl_service.printing.insurance_face import insurance_face
from ebl_service.printing.page import Page
from ebl_service.printing.particulars import CertificateParticulars
from ebl_service.printing.running import draw_running
from ebl_service.printing.said import Said
from ebl_service.printing.section import Section, draw
from ebl_service.printing.typesetting import Typesetter

_FACE_TOP = 32.0
_PREFIX = "EBL-INSURANCE:1"


def print_insurance(document: Part, record: Record, certificate: CertificateParticulars) -> bytes:
    """The document as PDF, the same bytes for the same arguments. Its code names chain, contract and certificate."""
    said, typesetter, pages = Said(document), Typesetter(), [Page()]
    said.text("documentProfile")
    code = ":".join(
        [_PREFIX, str(certificate.chain_id), certificate.insurance[2:], certificate.certificate_id[2:]]
    ).upper()
    face = insurance_face(said, certificate, code)
    flow, cut = draw_face(pages, typesetter, face, _FACE_TOP)
    for box in cut:
        draw(flow, Section(f"ATTACHED TO THE FACE: {box.label}", list(box.lines), in_columns=1))
    others = [f"{name}: {value}" for name, value in said.unread()]
    draw(flow, Section("OTHER PARTICULARS OF THE DOCUMENT", others))
    draw(flow, _ledger(record, certificate))
    lacking = [f"U+{ord(each):04X} {unicodedata.name(each, 'without a name')}" for each in typesetter.lacking]
    draw(flow, Section("CHARACTERS THAT THIS PRINT CANNOT SHOW", lacking))
    named = f"Insurance {document.get('documentReference', '')}"
    draw_running(
        pages,
        typesetter,
        named=named,
        issuer=face.carrier,
        banner=COPY,
        on_ledger=f"Certificate {certificate.certificate_id}",
        stamp="",
    )
    return paint(pages, About(named, face.carrier, COPY.capitalize(), code, day_of_issue(document)))


def _ledger(record: Record, certificate: CertificateParticulars) -> Section:
    lines = [
        f"Certificate: {certificate.certificate_id}",
        f"Contract of certificates: {checksummed(certificate.insurance)} on chain {certificate.chain_id}",
        f"Tied to title: {certificate.title_id}",
        f"Insurer's account: {checksummed(certificate.insurer)}",
        f"Governing law: {record.governing_law}",
        f"Jurisdiction: {record.jurisdiction}",
        f"Checksum of the document (SHA-256 of its RFC 8785 form): {record.document_checksum}",
    ]
    return Section("THE ORIGINAL ON THE LEDGER", lines)
