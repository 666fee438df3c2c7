"""keccak-256, the hash of the chain: of titles' heads, ids, signed acts and transactions.

By pysha3's C code, a quarter of what PyCryptodome's binding costs: each event that is indexed pays for one.
"""

from eth_hash.backends.pysha3 import keccak256


def keccak(content: bytes) -> bytes:
    """32 bytes."""
    found: bytes = keccak256(content)
    return found
