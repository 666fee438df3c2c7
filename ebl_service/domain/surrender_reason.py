"""A surrender's reason, 32 bytes of the ledger: a code, or a code with the digest of the holder's words.

    code of up to 32 characters, NULs to the end          a code such as DCSA's SWTP, COD or SWI
    code of up to 7 characters, NULs to byte 8, 24 bytes   the same, and the first 24 bytes of SHA-256(salt ‖ words)

The words themselves stay off the ledger, and the salt keeps them from being guessed from their digest.
"""

import hashlib

from ebl_service.domain.terms import NO_DIGEST, Digest

LONGEST_WORDS = 255
"""Characters, as DCSA bounds the comments of a surrender request."""
LONGEST_CODE_WITH_WORDS = 7
_SIZE, _WORDS_AT = 32, 8


def reason_digest(code: str) -> Digest:
    """The 32 bytes of a code of up to 32 printable ASCII characters; zero for none."""
    return Digest("0x" + code.encode("ascii").ljust(_SIZE, b"\0").hex()) if code else NO_DIGEST


def reason_with_words(code: str, words: str, salt: bytes) -> Digest:
    """The 32 bytes of a code of up to 7 characters, or none, and of the holder's words under a salt of 32 bytes."""
    digest = hashlib.sha256(salt + words.encode()).digest()[: _SIZE - _WORDS_AT]
    return Digest("0x" + (code.encode("ascii").ljust(_WORDS_AT, b"\0") + digest).hex())


def has_words(reason: Digest) -> bool:
    """Whether the 32 bytes hold a digest of words: something stands after a NUL that ends a code."""
    content = bytes.fromhex(reason[2:])
    code = content[:_WORDS_AT].rstrip(b"\0")
    return content[_WORDS_AT - 1] == 0 and any(content[_WORDS_AT:]) and _is_code(code)


def reason_text(reason: Digest) -> str:
    """The code that 32 bytes spell, empty for none; in hex where they spell none."""
    content = bytes.fromhex(reason[2:])
    code = (content[:_WORDS_AT] if has_words(reason) else content).rstrip(b"\0")
    return code.decode("ascii") if _is_code(code) else reason


def _is_code(content: bytes) -> bool:
    return all(ord("!") <= letter <= ord("~") for letter in content)
