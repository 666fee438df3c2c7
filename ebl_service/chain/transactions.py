"""Transactions off the hot path (deploying, the registrar's calls), through web3 over our own transport.

web3 encodes the calls, estimates gas and fees and waits; `RpcProvider` gives it the nodes and errors of `rpc`.
The relayer's transactions are signed in `relayer`: there every field is given and every round trip counts.
"""

from typing import Any, cast

from eth_account.signers.local import LocalAccount
from web3 import AsyncWeb3
from web3.exceptions import TimeExhausted
from web3.providers.async_base import AsyncBaseProvider
from web3.types import RPCEndpoint, RPCResponse, TxParams, TxReceipt, Wei

from ebl_service.chain.act_codec import decode_refusal
from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.domain.ledger import Fees
from ebl_service.errors import LedgerUnavailable

PATIENCE = 120.0
"""Seconds to wait for a block to include a transaction."""
_LEAST_PRIORITY = 1_000_000_000
"""Wei per gas, where the node does not advise."""


class RpcProvider(AsyncBaseProvider):
    """Lets web3 speak through an `Rpc`: its nodes, limits and errors."""

    def __init__(self, rpc: Rpc) -> None:
        super().__init__()
        self._rpc = rpc

    async def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One call. Raises: RpcError, LedgerUnavailable."""
        return cast("RPCResponse", {"jsonrpc": "2.0", "id": 1, "result": await self._rpc.call(method, *params)})


async def transact(rpc: Rpc, sender: LocalAccount, call: TxParams) -> TxReceipt:
    """Sign and send one transaction, and wait for its receipt. `call`: to and data.

    Raises: an `errors.refusals` class where the contract refuses; LedgerUnavailable where it is not included in time.
    """
    web3: AsyncWeb3[RpcProvider] = AsyncWeb3(RpcProvider(rpc))
    call = {**call, "from": sender.address, "chainId": await web3.eth.chain_id}
    try:
        call["gas"] = await web3.eth.estimate_gas(call) * 5 // 4
    except RpcError as refused:
        if refused.data is None:
            raise
        raise decode_refusal(bytes.fromhex(refused.data[2:])) from refused
    fees = await gas_price(rpc)
    call["maxFeePerGas"], call["maxPriorityFeePerGas"] = Wei(fees.max_fee), Wei(fees.priority_fee)
    call["nonce"] = await web3.eth.get_transaction_count(sender.address, "pending")
    call["type"] = 2
    signed = sender.sign_transaction(cast("dict[str, Any]", call))
    sent = await web3.eth.send_raw_transaction(signed.raw_transaction)
    try:
        receipt = await web3.eth.wait_for_transaction_receipt(sent, timeout=PATIENCE, poll_latency=0.05)
    except TimeExhausted as slow:
        raise LedgerUnavailable(f"transaction 0x{sent.hex()} was not included within {PATIENCE:.0f} seconds") from slow
    if receipt["status"] != 1:
        raise LedgerUnavailable(f"transaction 0x{sent.hex()} failed after its check", hint="Try again.")
    return receipt


async def gas_price(rpc: Rpc) -> Fees:
    """Fees that stay good while the base fee doubles. Raises: LedgerUnavailable."""
    block = await rpc.call("eth_getBlockByNumber", "latest", False)
    if block is None:
        raise LedgerUnavailable("the node tells no newest block")
    try:
        priority = int(await rpc.call("eth_maxPriorityFeePerGas"), 16)
    except RpcError:  # an optional method: not every node has it
        priority = _LEAST_PRIORITY
    base = int(block.get("baseFeePerGas", "0x0"), 16)
    return Fees(max_fee=2 * base + priority, priority_fee=priority)
