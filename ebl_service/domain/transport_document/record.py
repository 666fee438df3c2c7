"""The record: what a title commits to about its document, in canonical JSON.

    documentChecksum                 SHA-256 of the document's canonical form
    governingLaw, jurisdiction       by which law the bill is judged, and where
    backDated                        true where the date of issue was past on preparation; else not there
    changeOfMedium                   the paper originals that the title takes the place of: numbers, places
    manifestDigest                   SHA-256 of the carrier's signed manifest (compact JWS), where there is one
    pdfDigest                        SHA-256 of the printed picture
    carrierVisualisationDigest       SHA-256 of the picture that the carrier sent, decoded

Rules kept: governing law and jurisdiction are named (IG P&I); a change of medium names each original and where it was
taken in (MLETR 17); one record has one canonical form. Leaves to others: the salt and the commitment (`commitment`).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import rfc8785

from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.reading import Part, part, parts, text
from ebl_service.domain.transport_document.schema.conformance import shape_breaches
from ebl_service.domain.transport_document.schema.shape import Items, Shape, Text, Truth, trimmed
from ebl_service.errors.documents import Breach, DocumentRefused

_SHA256 = Text(64, r"^[0-9a-f]{64}$", 64)
_ORIGINAL = Shape(required={"number": trimmed(100), "surrenderedAt": trimmed(100)})
RECORD = Shape(
    required={"documentChecksum": _SHA256, "governingLaw": trimmed(200), "jurisdiction": trimmed(200)},
    optional={
        "backDated": Truth(),
        "changeOfMedium": Shape(required={"paperOriginals": Items(_ORIGINAL, least=1, most=20)}),
        "manifestDigest": _SHA256,
        "pdfDigest": _SHA256,
        "carrierVisualisationDigest": _SHA256,
    },
)


@dataclass(frozen=True, slots=True)
class PaperOriginal:
    """An original on paper that was taken in: its number, and the place where it was surrendered."""

    number: str
    surrendered_at: str


@dataclass(frozen=True, slots=True)
class Record:
    """The platform's statement about a document. Digests: SHA-256, 64 lower-case hexadecimal digits.

    `paper_originals`: those that the title takes the place of; none where the bill was electronic from the first.
    """

    document_checksum: str
    governing_law: str
    jurisdiction: str
    paper_originals: tuple[PaperOriginal, ...] = ()
    manifest_digest: str | None = None
    pdf_digest: str | None = None
    carrier_visualisation_digest: str | None = None
    is_back_dated: bool = False

    def canonical(self) -> bytes:
        """The record in canonical JSON (RFC 8785). Raises: DocumentRefused where a particular is missing or wrong."""
        content = self.content()
        breaches = check_record(content)
        if breaches:
            raise DocumentRefused(breaches)
        return rfc8785.dumps(content)

    def digest(self) -> str:
        """SHA-256 of the canonical form, 64 hexadecimal digits. Raises: as `canonical`."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def content(self) -> dict[str, Any]:
        """What it says, as JSON would be parsed; not judged yet (`check_record`)."""
        content: dict[str, Any] = {
            "documentChecksum": self.document_checksum,
            "governingLaw": self.governing_law,
            "jurisdiction": self.jurisdiction,
            "manifestDigest": self.manifest_digest,
            "pdfDigest": self.pdf_digest,
            "carrierVisualisationDigest": self.carrier_visualisation_digest,
            "backDated": self.is_back_dated or None,
        }
        if self.paper_originals:
            originals = [{"number": each.number, "surrenderedAt": each.surrendered_at} for each in self.paper_originals]
            content["changeOfMedium"] = {"paperOriginals": originals}
        return {name: value for name, value in content.items() if value is not None}


def read_record(content: bytes) -> Record:
    """The record that canonical JSON says. Raises: DocumentRefused, and what `canonical.parsed` raises."""
    said = parsed(content)
    breaches = check_record(said)
    if not breaches and rfc8785.dumps(said) != content:
        breaches = (Breach("record_is_canonical", "", "the bytes are not the canonical form", "RFC 8785 form"),)
    if breaches:
        raise DocumentRefused(breaches)
    return Record(
        document_checksum=said["documentChecksum"],
        governing_law=said["governingLaw"],
        jurisdiction=said["jurisdiction"],
        paper_originals=tuple(PaperOriginal(each["number"], each["surrenderedAt"]) for _, each in _originals(said)),
        manifest_digest=said.get("manifestDigest"),
        pdf_digest=said.get("pdfDigest"),
        carrier_visualisation_digest=said.get("carrierVisualisationDigest"),
        is_back_dated=said.get("backDated", False),
    )


def check_record(content: Part) -> tuple[Breach, ...]:
    """Every breach of a record, given as JSON: its shape, law and jurisdiction named, originals each once."""
    found = list(shape_breaches(RECORD, content))
    found += _unknown(content)
    told = {breach.path for breach in found}
    for name, words in (
        ("governingLaw", "the law that governs the bill"),
        ("jurisdiction", "the courts or arbitrators"),
    ):
        if name not in told and not re.search(r"\w", text(content, name)):
            found.append(Breach("record_names_law_and_jurisdiction", name, "it says nothing", words))
    if content.get("backDated") is False:
        wrong = "it says that the bill is not back-dated"
        found.append(Breach("record_says_back_dated_or_nothing", "backDated", wrong, "true, or to leave it out"))
    numbers: set[str] = set()
    for path, original in _originals(content):
        number = text(original, "number").upper()
        if number in numbers:
            wrong = f"original {number} is named twice"
            found.append(Breach("paper_originals_are_named_once", f"{path}.number", wrong, "each original once"))
        numbers.add(number)
    return tuple(found)


def _originals(content: Part) -> Iterator[tuple[str, Part]]:
    yield from parts(part(content, "changeOfMedium"), "paperOriginals", "changeOfMedium")


def _unknown(content: Part) -> Iterator[Breach]:
    # Unlike a document, a record is ours: what it might say besides, no reader would know how to judge.
    for name in content:
        if name not in RECORD.fields():
            yield Breach("record_has_known_fields", name, "a record has no such field", "to leave it out")
