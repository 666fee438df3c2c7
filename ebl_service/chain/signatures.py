"""Whose signature it is: a plain account's is recovered here, a contract wallet is asked (ERC-1271).

The same answer as the contracts give (OpenZeppelin SignatureChecker): 65 bytes, v 27 or 28, s in the lower half.
"""

from coincurve import PublicKey
from eth_abi.abi import encode

from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.domain.keccak import keccak
from ebl_service.domain.terms import Address

_MAGIC = "1626ba7e"
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_SIZE = 65
_FAILED = ("revert", "gas", "opcode", "stack", "jump", "out of bounds")
"""What nodes say of a wallet that was asked and failed: it does not accept."""


def recovered(digest: bytes, signature: bytes) -> Address | None:
    """The plain account that signed, or None where the signature is malformed, malleable or nobody's."""
    if len(signature) != _SIZE or signature[64] not in (27, 28):
        return None
    if int.from_bytes(signature[32:64], "big") > _HALF_ORDER:
        return None
    compact = signature[:64] + bytes([signature[64] - 27])
    try:
        public = PublicKey.from_signature_and_message(compact, digest, hasher=None)
    except ValueError:
        return None
    return Address("0x" + keccak(public.format(compressed=False)[1:])[12:].hex())


async def accepted_by_wallet(rpc: Rpc, wallet: Address, digest: bytes, signature: bytes) -> bool:
    """Whether a contract wallet takes the signature for its own, now. Raises: LedgerUnavailable."""
    data = "0x" + _MAGIC + encode(["bytes32", "bytes"], [digest, signature]).hex()
    try:
        answer = await rpc.call("eth_call", {"to": wallet, "data": data}, "latest")
    except RpcError as failed:
        if failed.data is None and not any(word in str(failed).lower() for word in _FAILED):
            raise  # the node's own trouble
        return False
    return str(answer)[2:10] == _MAGIC and len(answer) >= 2 + 64
