"""The appendix of bills that were printed before PDF/A-3: those PDFs are checked by making it again.

An incremental update (ISO 32000-1, 7.5.6) of pages that reportlab wrote, which adds three embedded files to the catalog
and nothing else. Nothing is printed in this format any more; the format is fixed for good.
"""

import re

FIRST_LINE = b"%eBL Ledger appendix 1\n"
END = b"%%EOF\n"
FILES = ("bill-code.txt", "document.json", "record.json")
"""In the order in which a name tree must have them."""

_KINDS = {"txt": b"text#2Fplain", "json": b"application#2Fjson"}
_TRAILER = re.compile(
    rb"trailer\n<<\n/ID \n(\[<[0-9a-f]{32}><[0-9a-f]{32}>\])\n[^\n]*\n\n/Info ([0-9]{1,10}) 0 R\n"
    rb"/Root ([0-9]{1,10}) 0 R\n/Size ([0-9]{1,10})\n>>\nstartxref\n([0-9]{1,10})\n%%EOF\n\Z"
)


def appendix(base: bytes, document: bytes, record: bytes, code: bytes) -> bytes:
    """The incremental update that attaches these files to `base`. Raises: ValueError where the base is none of ours."""
    trailer = _TRAILER.search(base)
    catalog = trailer and re.search(rb"\n%b 0 obj\n<<\n([^\n]*)\n>>\nendobj\n" % trailer[3], base)
    if trailer is None or catalog is None:
        raise ValueError("the pages are not as this printer writes them")
    identity, info, root, size, before = trailer.groups()
    first = int(size)
    names = b" ".join(b"(%b) %d 0 R" % (name.encode(), first + 1 + at) for at, name in enumerate(FILES))
    bodies = {
        int(root): b"<<\n%b /Version /1.7 /Names << /EmbeddedFiles %d 0 R >>\n>>" % (catalog[1], first),
        first: b"<< /Names [%b] >>" % names,
    }
    for at, name in enumerate(FILES):
        bodies[first + 1 + at] = b"<< /Type /Filespec /F (%b) /UF (%b) /EF << /F %d 0 R >> >>" % (
            *(name.encode(),) * 2,
            first + 4 + at,
        )
    for at, (name, content) in enumerate(zip(FILES, (code, document, record), strict=True)):
        kind = _KINDS[name.rpartition(".")[2]]
        bodies[first + 4 + at] = (
            b"<< /Type /EmbeddedFile /Subtype /%b /Params << /Size %d >> /Length %d >>\nstream\n%b\nendstream"
        ) % (kind, len(content), len(content), content)
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
    return bytes(written + b"startxref\n%d\n" % table + END)
