"""Do the nodes tell the same chain, and which of them is farthest: asked of all of them.

Who does not tell it would let a reader believe what never happened; who is behind, that what happened was taken back.
One that cannot be reached or has not come so far yet has no say; two that have different blocks at a depth where no
reorganisation is expected disagree, and nobody can know which is right.
"""

import asyncio
from typing import Any

from ebl_service.chain.rpc import Rpc
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable


async def check_agreement(rpc: Rpc, number: int) -> None:
    """Compare the nodes' blocks of this number. Raises: LedgerDisagrees naming the nodes by their place."""
    if len(rpc.urls) == 1:
        return
    blocks = await _blocks(rpc, hex(number))
    known = {node + 1: str(block["hash"]) for node, block in blocks.items()}
    if len(set(known.values())) > 1:
        told = ", ".join(f"node {node} has {found}" for node, found in known.items())
        raise LedgerDisagrees(f"the nodes disagree on block {number}: {told}", {"block": number})


class Farthest:
    """How far the chain was seen to be, by whichever node. One node is believed; of several the farthest is."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self._block = -1

    def seen(self, number: int) -> None:
        """This block is there, or was."""
        self._block = max(self._block, number)

    async def is_beyond(self, number: int) -> bool:
        """Whether the node that answered from this head was behind another: ask again, the farthest answers now.

        Raises: LedgerUnavailable where no node is as far as one was, and a node that may be is silent.
        """
        if number >= self._block or len(self._rpc.urls) == 1:
            return False
        heights = {node: int(block["number"], 16) for node, block in (await _blocks(self._rpc, "latest")).items()}
        highest = max(heights.values(), default=-1)
        if highest < self._block and len(heights) < len(self._rpc.urls):
            raise LedgerUnavailable(
                f"The nodes that answer are behind: at block {highest}, and {self._block} was there."
            )
        self._block = highest
        self._rpc.prefer(max(heights, key=lambda node: heights[node]))
        return True


async def _blocks(rpc: Rpc, at: str) -> dict[int, dict[str, Any]]:
    """The block at a number or tag by each node that has it, by its place."""
    nodes = range(len(rpc.urls))
    asked = [rpc.ask(node, "eth_getBlockByNumber", at, False) for node in nodes]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    found: dict[int, dict[str, Any]] = {}
    for node, answer in zip(nodes, answers, strict=True):
        if isinstance(answer, dict):
            found[node] = answer
        elif isinstance(answer, BaseException) and not isinstance(answer, LedgerUnavailable):
            raise answer
    return found
