"""A surrender's reason: a code such as DCSA's SWTP, COD or SWI, kept as 32 bytes of ASCII from the left."""

from ebl_service.domain.terms import NO_DIGEST, Digest

_SIZE = 32


def reason_digest(code: str) -> Digest:
    """The 32 bytes of a code of up to 32 printable ASCII characters; zero for none."""
    return Digest("0x" + code.encode("ascii").ljust(_SIZE, b"\0").hex()) if code else NO_DIGEST


def reason_text(reason: Digest) -> str:
    """The code that 32 bytes spell, empty for none; in hex where they spell none."""
    content = bytes.fromhex(reason[2:]).rstrip(b"\0")
    text = content.decode("latin-1")
    return text if all("!" <= letter <= "~" for letter in text) else reason
