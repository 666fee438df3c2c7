"""keccak-256, the hash of the chain: of titles' heads, ids, signed acts and transactions.

By pysha3's C code, a quarter of what PyCryptodome's binding costs: each event that is indexed pays for one. It is
loaded at the first hash: the command line's help should not wait for it.
"""


def keccak(content: bytes) -> bytes:
    """32 bytes."""
    from eth_hash.backends.pysha3 import keccak256  # noqa: PLC0415 (see the module)

    found: bytes = keccak256(content)
    return found
