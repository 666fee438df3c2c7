"""Tokens and keys as texts: how they are made, what is kept of them, what they look like.

Rules kept here
- 256 bits of the operating system's randomness; so one SHA-256 is digest enough, and guessing is hopeless.
- Each kind begins with a word of its own, by which scanners for leaked secrets find it.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from ebl_service.domain.terms import Digest

SECRET_BYTES = 32
_API_KEY = re.compile(r"eblk_([0-9a-f]{16})_([0-9a-f]{64})")
_SESSION = re.compile(r"ebls_[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key as its maker gets to see it, once."""

    key_id: str
    text: str = field(repr=False)
    secret_digest: Digest


def new_session() -> str:
    """A session's token: `ebls_` and 64 hexadecimal digits."""
    return f"ebls_{secrets.token_hex(SECRET_BYTES)}"


def new_api_key() -> NewApiKey:
    """An API key: `eblk_`, its id, `_`, 64 hexadecimal digits."""
    key_id, secret = secrets.token_hex(8), secrets.token_hex(SECRET_BYTES)
    return NewApiKey(key_id, f"eblk_{key_id}_{secret}", digest_of(secret))


def is_session(token: str) -> bool:
    """Whether it looks like a session's token."""
    return _SESSION.fullmatch(token) is not None


def api_key_parts(token: str) -> tuple[str, str] | None:
    """Id and secret of what looks like an API key."""
    match = _API_KEY.fullmatch(token)
    return None if match is None else (match[1], match[2])


def digest_of(secret: str) -> Digest:
    """What is kept of a secret: SHA-256."""
    return Digest("0x" + hashlib.sha256(secret.encode()).hexdigest())


def are_same(one: str, other: str) -> bool:
    """Compared in a time that tells nothing of where they differ."""
    return hmac.compare_digest(digest_of(one), digest_of(other))
