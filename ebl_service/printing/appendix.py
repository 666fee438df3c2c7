"""What is attached to a bill's print: its document, record and bill code, so that one file is enough to check it.

    PDF       = base ‖ appendix
    base      the pages; its SHA-256 is the record's `pdfDigest`, its keywords are the bill code
    appendix  an incremental update (ISO 32000-1, 7.5.6) that adds three embedded files to the catalog, and nothing else

Rules kept: the appendix follows from base, document, record and code to the byte, so that reading makes it again and
compares: an update that repaints pages, a flipped byte anywhere, something added after the end are all found. The
embedded document is its canonical form for the same reason. Base and appendix together are PDF/A-3: each file says how
it is related to the pages. The format is fixed for good; another one would get another first line, as the one before
did (`first_appendix`). Leaves to others: whether base, record and title belong together (`domain.verification`).
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ebl_service.domain.transport_document.bill_code import BillCode
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.commitment import canonical_form
from ebl_service.domain.transport_document.reading import Part
from ebl_service.domain.transport_document.record import Record
from ebl_service.errors import InvalidRequest
from ebl_service.errors.documents import BadOpening
from ebl_service.printing import first_appendix
from ebl_service.printing.bill import print_bill
from ebl_service.printing.particulars import TitleParticulars

FIRST_LINE = b"%eBL Ledger appendix 2\n"
FILES = {
    "bill-code.txt": (b"text#2Fplain", b"Supplement", b"Chain, registry, title and salt"),
    "document.json": (b"application#2Fjson", b"Source", b"The transport document that these pages show"),
    "record.json": (b"application#2Fjson", b"Supplement", b"The record that the title on the ledger commits to"),
}
"""Name: media type, relationship to the pages (ISO 19005-3, annex E), description; in the order of a name tree."""

# Numbers have few digits: one becomes part of a pattern, and a pattern of millions of digits takes minutes.
_LENGTH = re.compile(rb"/Length ([0-9]{1,8}) >>\nstream\n")
_CODE = re.compile(rb"/Keywords \((EBL:1:[0-9]{1,19}:[0-9A-F]{40}:[0-9A-F]{64}:[0-9A-F]{64})\)")
_TRAILER = re.compile(
    rb"trailer\n<< /Size ([0-9]{1,10}) /Root ([0-9]{1,10}) 0 R /Info ([0-9]{1,10}) 0 R"
    rb" /ID (\[<[0-9a-f]{32}> <[0-9a-f]{32}>\]) >>\nstartxref\n([0-9]{1,10})\n%%EOF\n\Z"
)
_CREATED = re.compile(rb" /CreationDate \((D:[0-9]{14}Z)\)")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a PDF of ours is made of. `document`, `record`: canonical JSON as embedded.

    `is_whole`: the file says one thing throughout; otherwise something was changed, added or cut after it was made.
    """

    base_digest: str
    code: BillCode
    record: bytes
    document: bytes = field(repr=False)
    is_whole: bool


def print_to_issue(document: Part, record: Record, title: TitleParticulars, salt: bytes) -> tuple[bytes, Record]:
    """The PDF of a bill that is to be issued, and the record with the digest of its pages.

    `record`: without `pdf_digest`; `salt`: 32 bytes, of the bill's commitment. The same arguments give the same bytes.
    Raises: DocumentRefused where the record is not as it must be.
    """
    base = print_bill(document, record, title, salt)
    complete = replace(record, pdf_digest=hashlib.sha256(base).hexdigest())
    code = BillCode(title.chain_id, title.registry, title.title_id, salt)
    return base + appendix(base, canonical_form(document), complete.canonical(), code.words().encode()), complete


def appendix(base: bytes, document: bytes, record: bytes, code: bytes) -> bytes:
    """The incremental update that attaches these files to `base`. Raises: ValueError where the base is none of ours."""
    trailer = _TRAILER.search(base)
    catalog = trailer and re.search(rb"\n%b 0 obj\n<< (/Type /Catalog [^\n]*) >>\nendobj\n" % trailer[2], base)
    if trailer is None or catalog is None:
        raise ValueError("the pages are not as this printer writes them")
    size, root, info, identity, before = trailer.groups()
    first = int(size)
    specified = [b"%d 0 R" % (first + at) for at in range(len(FILES))]
    names = b" ".join(b"(%b) %b" % (name.encode(), where) for name, where in zip(FILES, specified, strict=True))
    bodies = {
        int(root): b"<< %b /Names << /EmbeddedFiles << /Names [%b] >> >> /AF [%b] >>"
        % (catalog[1], names, b" ".join(specified))
    }
    created = _CREATED.search(base)
    date = b" /ModDate (%b)" % created[1] if created else b""
    contents = (code, document, record)
    for at, (name, (_, relationship, words)) in enumerate(FILES.items()):
        where = first + len(FILES) + at
        bodies[first + at] = (
            b"<< /Type /Filespec /F (%b) /UF (%b) /Desc (%b) /AFRelationship /%b /EF << /F %d 0 R /UF %d 0 R >> >>"
        ) % (name.encode(), name.encode(), words, relationship, where, where)
    for at, ((kind, _, _), content) in enumerate(zip(FILES.values(), contents, strict=True)):
        bodies[first + len(FILES) + at] = (
            b"<< /Type /EmbeddedFile /Subtype /%b /Params << /Size %d%b >> /Length %d >>\nstream\n%b\nendstream"
        ) % (kind, len(content), date, len(content), content)
    return _written(len(base), bodies, identity, info, root, before)


def _written(start: int, bodies: dict[int, bytes], identity: bytes, info: bytes, root: bytes, before: bytes) -> bytes:
    written = bytearray(FIRST_LINE)
    places = {}
    for number, body in bodies.items():
        places[number] = start + len(written)
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = start + len(written)
    catalog, *added = bodies
    written += b"xref\n0 1\n0000000000 65535 f \n"
    written += b"%d 1\n%010d 00000 n \n%d %d\n" % (catalog, places[catalog], added[0], len(added))
    written += b"".join(b"%010d 00000 n \n" % places[number] for number in added)
    written += b"trailer\n<< /Size %d /Root %b 0 R /Info %b 0 R /ID %b /Prev %b >>\n" % (
        added[-1] + 1,
        root,
        info,
        identity,
        before,
    )
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % table)


def is_pdf(content: bytes) -> bool:
    """Whether a file is a PDF at all."""
    return content.startswith(b"%PDF-")


def parts_of(pdf: bytes) -> Parts:
    """The parts of a PDF that this printer made, also where bytes of it were changed since.

    Raises: BadOpening where no code, document or record can be read from it.
    """
    begins = re.search(rb"(?<=%%EOF\n)%eBL Ledger appendix [12]\n", pdf)
    if begins is None:
        raise BadOpening("The PDF carries no document, record and code of this ledger")
    base, rest = pdf[: begins.start()], pdf[begins.start() :]
    attached = _streams(rest)
    if len(attached) != len(FILES):
        raise BadOpening("What is attached to the PDF cannot be read")
    code, document, record = attached
    printed = _CODE.search(base)
    try:
        told = BillCode.read(code.decode("ascii", "replace"))
    except BadOpening:
        if printed is None:
            raise
        told = BillCode.read(printed[1].decode())
    digest = hashlib.sha256(base).hexdigest()
    is_whole = _is_whole(base, rest, document, record, code, printed and printed[1])
    return Parts(digest, told, record, document, is_whole)


def _streams(content: bytes) -> list[bytes]:
    found, at = [], 0
    for _ in FILES:
        length = _LENGTH.search(content, at)
        if length is None:
            break
        at = length.end() + int(length[1])
        found.append(content[length.end() : at])
    return found


def _is_whole(
    base: bytes, attached: bytes, document: bytes, record: bytes, code: bytes, printed_code: bytes | None
) -> bool:
    if code != printed_code:
        return False
    try:
        made = _FORMATS[attached[: len(FIRST_LINE)]](base, document, record, code)
        return canonical_form(parsed(document)) == document and made == attached
    except (ValueError, InvalidRequest):  # bytes that were ours are not any more
        return False


_FORMATS: dict[bytes, Callable[[bytes, bytes, bytes, bytes], bytes]] = {
    first_appendix.FIRST_LINE: first_appendix.appendix,
    FIRST_LINE: appendix,
}
"""What makes the appendix again, by its first line."""
