"""Bills as the tests print them, and what a reader of the PDF sees."""

import json
from pathlib import Path
from typing import Any

import pypdfium2

from ebl_service.domain.terms import Address, TitleId
from ebl_service.domain.transport_document.commitment import checksum
from ebl_service.domain.transport_document.record import PaperOriginal, Record
from ebl_service.printing.bill import print_bill
from ebl_service.printing.particulars import TitleParticulars

SAMPLES = sorted(
    path
    for path in (Path(__file__).parent.parent.parent / "samples").rglob("*.json")
    if path.stem != "parties" and path.parent.name != "insurance"
)
SALT = bytes(range(32))
TITLE = TitleParticulars(
    TitleId("0x" + "5f" * 32),
    31337,
    Address("0x" + "ab" * 20),
    1,
    Address("0x" + "cd" * 20),
    (TitleId("0x" + "4e" * 32),),
)


def sample(name: str) -> dict[str, Any]:
    """A document of samples/."""
    found: dict[str, Any] = json.loads(next(path for path in SAMPLES if path.stem == name).read_bytes())
    return found


def record_of(document: dict[str, Any]) -> Record:
    """A record with every particular that a print shows."""
    return Record(
        document_checksum=checksum(document),
        governing_law="Singapore law",
        jurisdiction="High Court of Singapore",
        paper_originals=(PaperOriginal("1/3", "Rotterdam"), PaperOriginal("2/3", "Rotterdam")),
        manifest_digest="3c" * 32,
        carrier_visualisation_digest="7e" * 32,
    )


def printed(document: dict[str, Any], **how: Any) -> bytes:
    """The document as PDF."""
    return print_bill(document, record_of(document), TITLE, SALT, **how)


def pages_of(pdf: bytes) -> list[str]:
    """What each page says, as a program reads it."""
    opened = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in opened]


def squeezed(text: str) -> str:
    """Without anything that breaking lines or grouping digits puts in, or a reader takes for hyphenation."""
    return "".join(text.replace("\ufffe", "").replace("-", "").split())
