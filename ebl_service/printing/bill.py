"""A transport document, its title's particulars and its record, printed as a bill of lading.

A print is its face, the attached sheets (boxes that did not fit, containers, dangerous goods, charges, all else
that the document says), the ledger's section, terms and conditions. Leaves to others: the words of each kind of bill
(`container_bill`, `charter_party_bill`), what is attached to the PDF (`appendix`).

Rules kept: everything the document says is printed, under its name where no box is made for it; the same input gives
the same bytes; a copy says that it is one on every page; a character that cannot be shown is listed.
"""

import unicodedata
from collections.abc import Iterator

from ebl_service.domain.transport_document.bill_code import BillCode
from ebl_service.domain.transport_document.check import is_charter_party_bill
from ebl_service.domain.transport_document.reading import Part
from ebl_service.domain.transport_document.record import Record
from ebl_service.printing.archival import About, paint
from ebl_service.printing.boxes import Box
from ebl_service.printing.charter_party_bill import charter_party_face, charter_party_sections
from ebl_service.printing.container_bill import container_face, container_sections
from ebl_service.printing.every_bill import COPY, day_of_issue
from ebl_service.printing.face import draw_face
from ebl_service.printing.ledger_sheet import conversion_section, ledger_section
from ebl_service.printing.page import Page
from ebl_service.printing.particulars import Conversion, Ended, TitleParticulars
from ebl_service.printing.parties_and_places import contact, party
from ebl_service.printing.running import draw_running
from ebl_service.printing.said import Said
from ebl_service.printing.section import Section, draw
from ebl_service.printing.sheets import Flow
from ebl_service.printing.typesetting import Typesetter

_TERMS_SIZE, _TERMS_LEADING = 6.6, 8.0
_FACE_TOP = 32.0
_KINDS = {False: (container_face, container_sections), True: (charter_party_face, charter_party_sections)}
"""Face and sections by whether it is a charter-party bill."""


def print_bill(
    document: Part,
    record: Record,
    title: TitleParticulars,
    salt: bytes,
    *,
    ended: Ended | None = None,
    conversion: Conversion | None = None,
) -> bytes:
    """The document as PDF. `record`: its `pdf_digest` is not looked at, since it is the digest of this very PDF.

    `salt`: 32 bytes, the bill's; the QR code shows it. `ended`: marks a copy of a version that is over. `conversion`:
    prints an original on paper in the place of the title. The same arguments give the same bytes.
    """
    said, typesetter, pages = Said(document), Typesetter(), [Page()]
    code = BillCode(title.chain_id, title.registry, title.title_id, salt)
    make_face, make_sections = _KINDS[is_charter_party_bill(document)]
    face = make_face(said, title, code, conversion)
    flow, cut = draw_face(pages, typesetter, face, _FACE_TOP)
    terms = said.lines("termsAndConditions")
    if conversion is not None:
        draw(flow, conversion_section(conversion, title))
    for section in _attached(said, cut, list(make_sections(said))):
        draw(flow, section)
    draw(flow, ledger_section(record, title, ended, conversion))
    _draw_terms(flow, terms)
    draw(flow, _lacking(typesetter))
    number = str(document.get("transportDocumentReference", ""))
    draw_running(
        pages,
        typesetter,
        named=f"Bill of lading {number}",
        issuer=face.carrier,
        banner=_banner(ended, conversion),
        on_ledger=f"Title {title.title_id}",
        stamp="" if ended is None else _ended_words(ended),
    )
    created = conversion.time if conversion is not None else day_of_issue(document)
    subject = _banner(ended, conversion).capitalize()
    return paint(pages, About(f"Bill of lading {number}", face.carrier, subject, code.words(), created))


def _attached(said: Said, cut: list[Box], sections: list[Section]) -> Iterator[Section]:
    for box in cut:
        yield Section(f"ATTACHED TO THE FACE: {box.label}", list(box.lines))
    yield from sections
    yield Section("OTHER PARTIES", list(_other_parties(said.part("documentParties"))), in_columns=1)
    yield Section("CONTACTS", [contact(each) for each in said.parts("partyContactDetails")], in_columns=1)
    yield Section("OTHER PARTICULARS OF THE DOCUMENT", [f"{name}: {value}" for name, value in said.unread()])


def _other_parties(parties: Said) -> Iterator[str]:
    for other in parties.parts("other"):
        function = other.text("partyFunction")
        yield f"{function}: {', '.join(party(other.part('party')))}"


def _draw_terms(flow: Flow, terms: list[str]) -> None:
    if not any(terms):
        return
    flow.next_page()
    lines = [text for each in terms for text in each.split("\n")]
    flow.prose("TERMS AND CONDITIONS", lines, 2, _TERMS_SIZE, _TERMS_LEADING)


def _lacking(typesetter: Typesetter) -> Section:
    lines = [f"U+{ord(each):04X} {unicodedata.name(each, 'without a name')}" for each in typesetter.lacking]
    if lines:
        lines.insert(
            0, "These characters of the document are printed as [U+…]; the attached document has them as they are."
        )
    return Section("CHARACTERS THAT THIS PRINT CANNOT SHOW", lines)


def _banner(ended: Ended | None, conversion: Conversion | None) -> str:
    if conversion is not None:
        return (
            f"ORIGINAL ON PAPER {conversion.original} OF {conversion.originals}, IN THE PLACE OF THE ELECTRONIC RECORD"
        )
    return COPY if ended is None else f"{COPY} OF A VERSION THAT HAS ENDED"


def _ended_words(ended: Ended) -> str:
    return ended.status.replace("_", " ")
