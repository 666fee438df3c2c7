"""A block is final once no node tells another: what is final is never taken back, so one node's word is too little."""

from ebl_service.errors import LedgerUnavailable
from ebl_service.services.queries import Finality
from ebl_service.store.database import Database
from tests.clerk import Clerk, title_of
from tests.fake_ledger import FakeLedger
from tests.services.indexing import agrees, issued


async def final_block(clerk: Clerk) -> int:
    """How far it is, once all is indexed that can be."""
    await clerk.indexer.catch_up()
    return (await clerk.queries.standing()).final_block


async def test_finality_stops_below_the_first_block_about_which_the_nodes_differ(clerk: Clerk) -> None:
    clerk.ledger.mine(4)
    other = clerk.ledger.another_node()
    common = clerk.ledger.tip.number
    clerk.ledger.mine()
    other.mine(20)
    assert await final_block(clerk) == common - 2
    assert clerk.indexer.trouble is None
    await issued(clerk)
    for _ in range(6):
        clerk.ledger.mine()
        await clerk.indexer.catch_up()
    assert await final_block(clerk) == common
    assert (await clerk.queries.title(title_of())).finality is Finality.INCLUDED
    told = f"the nodes disagree on block {common + 1}, which is not called final: node 1 has 0x"
    assert str(clerk.indexer.trouble).startswith(told)
    assert f"node 2 has {other.chain[common + 1].block.hash}" in str(clerk.indexer.trouble)
    await agrees(clerk)


async def test_finality_goes_on_once_they_agree_again(clerk: Clerk) -> None:
    other = clerk.ledger.another_node()
    clerk.ledger.mine(2)
    other.mine(12)
    await issued(clerk)
    clerk.ledger.mine(6)
    common = await final_block(clerk)
    assert clerk.indexer.trouble is not None
    clerk.ledger.chain = list(other.chain)  # the node comes round, and what it told before is taken back
    await clerk.indexer.catch_up()
    assert not (await clerk.queries.titles()).items
    assert await final_block(clerk) == other.tip.number - 3 > common
    assert clerk.indexer.trouble is None
    await agrees(clerk)


async def test_a_long_way_is_final_up_to_where_they_differ(database: Database, ledger: FakeLedger) -> None:
    ledger.mine(300)
    other = ledger.another_node()
    ledger.mine(40)
    other.mine(40)
    clerk = await Clerk(database, ledger, confirmations=3).start()
    assert await final_block(clerk) == 301
    ledger.reorganise(40, 45)
    other.chain = list(ledger.chain)
    assert await final_block(clerk) == ledger.tip.number - 3
    await agrees(clerk)


async def test_a_node_that_is_behind_holds_nothing_up(clerk: Clerk) -> None:
    clerk.ledger.another_node()
    clerk.ledger.mine(6)
    assert await final_block(clerk) == clerk.ledger.tip.number - 3
    assert clerk.indexer.trouble is None


async def test_the_nodes_are_asked_once_for_each_advance_and_one_alone_is_not(clerk: Clerk) -> None:
    clerk.ledger.mine(6)
    await clerk.indexer.catch_up()
    alone = clerk.ledger.calls.copy()
    assert "hashes" not in alone
    clerk.ledger.another_node()
    clerk.ledger.mine(200)
    await clerk.indexer.catch_up()
    await clerk.indexer.catch_up()
    assert clerk.ledger.calls.count("hashes") == 1


async def test_nothing_is_final_before_the_nodes_have_said(clerk: Clerk) -> None:
    clerk.ledger.another_node()
    clerk.ledger.mine(6)
    before = (await clerk.queries.standing()).final_block
    clerk.ledger.fail_next["hashes"] = [LedgerUnavailable("node 1 does not say")]
    try:
        await clerk.indexer.catch_up()
    except LedgerUnavailable:
        assert (await clerk.queries.standing()).final_block == before
    assert await final_block(clerk) == clerk.ledger.tip.number - 3


async def test_the_chains_own_word_waits_for_the_other_nodes_too(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger, confirmations=None).start()
    common, other = ledger.tip.number, ledger.another_node()
    ledger.mine(5)
    other.mine(5)
    await clerk.indexer.catch_up()
    ledger.finalized_number = ledger.tip.number
    assert await final_block(clerk) == common
    seen = clerk.changes.version
    assert await final_block(clerk) == common
    assert clerk.changes.version == seen
    other.chain = list(ledger.chain)
    assert await final_block(clerk) == ledger.tip.number


async def test_a_block_that_another_took_the_place_of_meanwhile_is_read_again(clerk: Clerk) -> None:
    other = clerk.ledger.another_node()
    clerk.ledger.mine(6)
    other.chain = list(clerk.ledger.chain)
    asked = clerk.ledger.hashes

    async def moved_after(number: int) -> dict[int, str]:
        answer = await asked(number)
        clerk.ledger.hashes = asked  # type: ignore[method-assign]
        clerk.ledger.reorganise(6)
        return answer

    clerk.ledger.hashes = moved_after  # type: ignore[method-assign,assignment]
    assert await final_block(clerk) == clerk.ledger.tip.number - 6
    await agrees(clerk)
