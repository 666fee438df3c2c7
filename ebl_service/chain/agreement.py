"""Do the nodes tell the same chain? A node that does not would let a reader believe what never happened.

One that cannot be reached or has not come so far yet has no say; two that have different blocks at a depth where no
reorganisation is expected disagree, and nobody can know which is right.
"""

import asyncio

from ebl_service.chain.rpc import Rpc
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable


async def check_agreement(rpc: Rpc, number: int) -> None:
    """Compare the nodes' blocks of this number. Raises: LedgerDisagrees naming the nodes by their place."""
    if len(rpc.urls) == 1:
        return
    hashes = await asyncio.gather(*(_hash_at(rpc, node, number) for node in range(len(rpc.urls))))
    known = {node + 1: found for node, found in enumerate(hashes) if found is not None}
    if len(set(known.values())) > 1:
        told = ", ".join(f"node {node} has {found}" for node, found in known.items())
        raise LedgerDisagrees(f"the nodes disagree on block {number}: {told}", {"block": number})


async def _hash_at(rpc: Rpc, node: int, number: int) -> str | None:
    try:
        block = await rpc.ask(node, "eth_getBlockByNumber", hex(number), False)
    except LedgerUnavailable:
        return None
    return None if block is None else str(block["hash"])
