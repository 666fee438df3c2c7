"""Writes a PDF's objects, cross references and trailer (ISO 32000-1, 7.5): the same objects give the same bytes.

Leaves to others: what the objects are. A body is given as bytes, since the format of the trailer and of the catalog is
what the appendix of a bill is added to (`appendix`).
"""

import hashlib
import zlib

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class PdfFile:
    """The objects of one file. Numbers begin at 1."""

    def __init__(self) -> None:
        self._bodies: list[bytes | None] = []

    def reserve(self) -> int:
        """The number of an object whose body comes later."""
        self._bodies.append(None)
        return len(self._bodies)

    def put(self, number: int, body: bytes) -> None:
        """The body of a reserved object."""
        self._bodies[number - 1] = body

    def add(self, body: bytes) -> int:
        """A new object; its number."""
        self._bodies.append(body)
        return len(self._bodies)

    def stream(self, content: bytes, entries: bytes = b"", *, is_compressed: bool = True) -> int:
        """A new stream; its number. `entries`: of its dictionary, besides length and filter."""
        if is_compressed:
            content = zlib.compress(content)
            entries += b" /Filter /FlateDecode"
        return self.add(b"<< /Length %d%b >>\nstream\n%b\nendstream" % (len(content), b" " + entries, content))

    def written(self, catalog: int, information: int) -> bytes:
        """The file."""
        out = bytearray(HEADER)
        places = []
        for number, body in enumerate(self._bodies, 1):
            assert body is not None, f"object {number} has no body"
            places.append(len(out))
            out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        table, count = len(out), len(places) + 1
        identity = hashlib.sha256(out).hexdigest()[:32].encode()
        out += b"xref\n0 %d\n0000000000 65535 f \n" % count
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%b> <%b>] >>\n" % (
            count,
            catalog,
            information,
            identity,
            identity,
        )
        return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def text_string(text: str) -> bytes:
    """A text string in UTF-16 (7.9.2.2), or as it stands where it is plain ASCII."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"({escaped})".encode()
    return b"<FEFF%b>" % text.encode("utf-16-be", "replace").hex().upper().encode()


def figure(value: float) -> bytes:
    """A number with at most three digits after the point."""
    return f"{value:.3f}".rstrip("0").rstrip(".").encode() or b"0"
