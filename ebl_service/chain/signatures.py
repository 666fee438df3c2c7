"""Whose signature it is: a plain account's is recovered here, a contract wallet is asked (ERC-1271).

The same answer as the contracts give (OpenZeppelin SignatureChecker): 65 bytes, v 27 or 28, s in the lower half.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from coincurve import PublicKey
from eth_abi.abi import encode

from ebl_service.chain.rpc import Rpc, RpcError, says_failed
from ebl_service.domain.keccak import keccak
from ebl_service.domain.terms import Address
from ebl_service.errors import LedgerUnavailable

_MAGIC = "1626ba7e"
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_SIZE = 65


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
        if failed.data is None and not says_failed(failed.message):
            raise  # the node's own trouble
        return False
    return str(answer)[2:10] == _MAGIC and len(answer) >= 2 + 64


class Signers:
    """Which accounts are contract wallets, as far as it was learnt. `ask`: many calls of the right chain's node."""

    def __init__(self, rpc: Rpc, ask: Callable[[Sequence[tuple[str, Sequence[Any]]]], Awaitable[list[Any]]]) -> None:
        self._rpc = rpc
        self._ask = ask
        self._wallets: dict[Address, bool] = {}

    async def verify(self, signer: Address, digest: bytes, signature: bytes) -> bool:
        """Whether it is the signer's, as the contracts would judge it now. Raises: LedgerUnavailable.

        While no node answers, a plain account's own signature counts: the contract judges it again before it is sent.
        """
        try:
            await self.learn_wallets([signer])
        except LedgerUnavailable:
            if self.is_wallet(signer) or recovered(digest, signature) != signer:
                raise
            return True
        if self.is_wallet(signer):
            if await accepted_by_wallet(self._rpc, signer, digest, signature):
                return True
            await self._learn_code([signer])  # it may have ceased to be one (EIP-7702)
        return not self.is_wallet(signer) and recovered(digest, signature) == signer

    async def learn_wallets(self, signers: Sequence[Address]) -> None:
        """Ask which of these have code. Asked anew each time for plain accounts: they may become wallets (EIP-7702)."""
        unknown = sorted({signer for signer in signers if not self._wallets.get(signer)})
        if unknown:
            await self._learn_code(unknown)

    def is_wallet(self, signer: Address) -> bool:
        """Whether it had code when it was asked about last."""
        return self._wallets.get(signer, False)

    async def _learn_code(self, signers: Sequence[Address]) -> None:
        codes = await self._ask([("eth_getCode", (signer, "latest")) for signer in signers])
        self._wallets.update({signer: code != "0x" for signer, code in zip(signers, codes, strict=True)})
