"""What every sender of transactions needs: fees that will be taken, and waiting for a block."""

import asyncio
from typing import Any

from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.domain.ledger import Fees
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerUnavailable

_LEAST_PRIORITY = 1_000_000_000
"""Wei per gas, where the node does not advise."""


async def gas_price(rpc: Rpc) -> Fees:
    """Fees that stay good while the base fee doubles. Raises: LedgerUnavailable."""
    block = await rpc.call("eth_getBlockByNumber", "latest", False)
    try:
        priority = int(await rpc.call("eth_maxPriorityFeePerGas"), 16)
    except RpcError:  # an optional method: not every node has it
        priority = _LEAST_PRIORITY
    base = int(block.get("baseFeePerGas", "0x0"), 16)
    return Fees(max_fee=2 * base + priority, priority_fee=priority)


async def wait_until_included(rpc: Rpc, transaction: Digest, seconds: float = 120.0) -> dict[str, Any]:
    """The receipt, once a block includes the transaction. Raises: LedgerUnavailable after that many seconds."""
    pause, waited = 0.02, 0.0
    while waited < seconds:
        receipt: dict[str, Any] | None = await rpc.call("eth_getTransactionReceipt", transaction)
        if receipt is not None:
            return receipt
        await asyncio.sleep(pause)
        waited += pause
        pause = min(pause * 1.5, 2.0)
    raise LedgerUnavailable(f"transaction {transaction} was not included within {seconds:.0f} seconds")
