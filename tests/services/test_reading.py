"""A stretch is read as the node can give it, and only where all of it is of one chain."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ebl_service.domain.ledger import Block, Recorded
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerUnavailable
from tests.clerk import Clerk
from tests.services.indexing import agrees, issued

ELSEWHERE = Digest("0x" + "99" * 32)


@pytest.mark.parametrize(("answered", "blocks"), [(16, 400), (1, 20)])
async def test_a_node_too_slow_for_a_long_stretch_is_asked_for_shorter_ones(
    clerk: Clerk, answered: int, blocks: int
) -> None:
    clerk.ledger.mine(blocks)
    clerk.ledger.someone_sends(clerk.issue())
    clerk.ledger.mine()
    events, asked = clerk.ledger.events, list[int]()

    async def in_time(first: int, last: int) -> Sequence[Recorded]:
        asked.append(last - first + 1)
        if asked[-1] > answered or asked.count(asked[-1]) == 1:
            raise LedgerUnavailable("no answer in time")
        return await events(first, last)

    clerk.ledger.events = in_time  # type: ignore[method-assign]
    for _ in range(20 * (blocks // answered + 1)):
        try:
            if not await clerk.indexer.step():
                break
        except LedgerUnavailable:
            continue
    await agrees(clerk)
    assert max(asked) > answered


async def test_a_header_that_the_next_one_does_not_follow_from_is_not_kept(clerk: Clerk) -> None:
    clerk.ledger.mine(3)
    block, odd = clerk.ledger.block, {clerk.ledger.tip.number - 1}

    async def mixed(number: int) -> Block | None:
        told = await block(number)
        if told is None or number not in odd:
            return told
        odd.remove(number)
        return replace(told, hash=ELSEWHERE)

    clerk.ledger.block = mixed  # type: ignore[method-assign]
    await clerk.indexer.catch_up()
    assert not odd
    tip = clerk.ledger.tip.number
    kept = await clerk.history.headers(tip - 2, tip)
    assert kept == [(each.block.number, each.block.hash) for each in clerk.ledger.chain[: tip - 3 : -1]]


async def test_blocks_that_do_not_follow_from_the_last_one_indexed_are_not_taken(clerk: Clerk) -> None:
    await issued(clerk)
    before = clerk.ledger.tip
    clerk.ledger.reorganise(1, blocks=3)
    block = clerk.ledger.block

    async def behind(number: int) -> Block | None:
        return before if number == before.number else await block(number)

    clerk.ledger.block = behind  # type: ignore[method-assign]
    for _ in range(3):
        assert await clerk.indexer.step()
    cursor = await clerk.history.cursor()
    assert cursor is not None
    assert (cursor.number, cursor.hash) == (before.number, before.hash)
    clerk.ledger.block = block  # type: ignore[method-assign]
    await clerk.indexer.catch_up()
    await agrees(clerk)
