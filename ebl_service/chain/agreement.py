"""Do the nodes tell the same chain, and which of them is farthest: asked of all of them.

Who does not tell it would let a reader believe what never happened; who is behind, that what happened was taken back.
One that cannot be reached or has not come so far yet has no say; two that have different blocks at a depth where no
reorganisation is expected disagree, and nobody can know which is right.
"""

import asyncio
import itertools
import time
from collections.abc import Iterable
from typing import Any

from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable

SETTLED_DEPTH = 12
"""Blocks below the head at which no reorganisation is expected any more."""
AGREE_EVERY = 16
"""Heads between two comparisons at that depth."""
LEFT_ALONE = 30.0
"""Seconds for which a node that was silent is not asked about final blocks: each of them would wait for it."""


async def check_agreement(rpc: Rpc, number: int) -> None:
    """Compare the nodes' blocks of this number. Raises: LedgerDisagrees naming the nodes by their place."""
    if len(rpc.urls) == 1:
        return
    known = _hashes(await _blocks(rpc, hex(number)))
    if len(set(known.values())) > 1:
        told = ", ".join(f"node {node} has {found}" for node, found in known.items())
        raise LedgerDisagrees(f"the nodes disagree on block {number}: {told}", {"block": number})


class Witnesses:
    """Which blocks the nodes have: now and then what is settled, and each that is about to be called final."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self._heads = itertools.count()
        self._silent_until: dict[int, float] = {}

    async def check_settled(self, head: int) -> None:
        """With one head of many, whether the nodes agree far below it. Raises: LedgerDisagrees."""
        if next(self._heads) % AGREE_EVERY == 0:
            await check_agreement(self._rpc, max(0, head - SETTLED_DEPTH))

    async def hashes(self, number: int) -> dict[int, Digest]:
        """The block's hash by each node that has it, by its place from 1; empty where there is one node only.

        Raises: LedgerUnavailable where the node that serves does not say.
        """
        if len(self._rpc.urls) == 1:
            return {}
        serving, now = self._rpc.preferred, time.monotonic()
        nodes = range(len(self._rpc.urls))
        asked = [node for node in nodes if node == serving or self._silent_until.get(node, now) <= now]
        answers = await _answers(self._rpc, hex(number), asked)
        self._silent_until |= {node: now + LEFT_ALONE for node in asked if node not in answers}
        if answers.get(serving) is None:
            raise LedgerUnavailable(f"node {serving + 1} does not say which block {number} is")
        return _hashes({node: block for node, block in answers.items() if block})


class Farthest:
    """`block`: how far the chain was seen to be, by whichever node.

    One node is taken at its word, which may lag where several answer behind one address; of several the farthest is.
    """

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self.block = -1

    def seen(self, number: int) -> None:
        """This block is there, or was."""
        self.block = max(self.block, number)

    async def is_beyond(self, number: int) -> bool:
        """Whether the node that answered from this head was behind another: ask again, the farthest answers now.

        Raises: LedgerUnavailable where no node is as far as one was, and a node that may be is silent.
        """
        if number >= self.block or len(self._rpc.urls) == 1:
            return False
        heights = {node: int(block["number"], 16) for node, block in (await _blocks(self._rpc, "latest")).items()}
        highest = max(heights.values(), default=-1)
        if highest < self.block and len(heights) < len(self._rpc.urls):
            raise LedgerUnavailable(
                f"The nodes that answer are behind: at block {highest}, and {self.block} was there."
            )
        self.block = highest
        self._rpc.prefer(max(heights, key=lambda node: heights[node]))
        return True


def _hashes(blocks: dict[int, dict[str, Any]]) -> dict[int, Digest]:
    return {node + 1: Digest(block["hash"]) for node, block in blocks.items()}


async def _blocks(rpc: Rpc, at: str) -> dict[int, dict[str, Any]]:
    """The block at a number or tag by each node that has it, by its place."""
    answers = await _answers(rpc, at, range(len(rpc.urls)))
    return {node: block for node, block in answers.items() if block}


async def _answers(rpc: Rpc, at: str, nodes: Iterable[int]) -> dict[int, dict[str, Any] | None]:
    """The block by each of these nodes that is not silent, None by one that has no such block."""
    asked = {node: rpc.ask(node, "eth_getBlockByNumber", at, False) for node in nodes}
    answers = await asyncio.gather(*asked.values(), return_exceptions=True)
    found: dict[int, dict[str, Any] | None] = {}
    for node, answer in zip(asked, answers, strict=True):
        if answer is None or isinstance(answer, dict):
            found[node] = answer
        elif isinstance(answer, RpcError):
            found[node] = None
        elif isinstance(answer, BaseException) and not isinstance(answer, LedgerUnavailable):
            raise answer
    return found
