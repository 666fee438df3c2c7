"""The index follows the ledger: through reorganisations, over limits, never past what it cannot tell."""

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain import events as happened
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable, NodeBehind
from ebl_service.services.queries import Finality
from ebl_service.store.database import Database
from tests.clerk import BANK, BUYER, SHIPPER, Clerk, title_of
from tests.fake_ledger import FakeLedger
from tests.services.indexing import agrees, held_by, issued, passed


async def test_titles_and_parties_stand_as_on_the_ledger(clerk: Clerk) -> None:
    await issued(clerk)
    await passed(clerk)
    clerk.ledger.suspend(BUYER.address)
    clerk.ledger.mine(5)
    await clerk.indexer.catch_up()
    await agrees(clerk)


async def test_any_past_block_of_a_title_can_be_read(clerk: Clerk) -> None:
    await issued(clerk)
    block = clerk.ledger.tip.number
    await passed(clerk)
    then = await clerk.queries.title(title_of(), block)
    assert then.title == clerk.ledger.chain[block].world.titles[title_of()]
    assert then.read_at.block_number == block
    assert await held_by(clerk) == BANK.address


async def test_a_reorganised_block_is_taken_back_and_the_new_one_read(clerk: Clerk) -> None:
    await issued(clerk)
    await passed(clerk)
    assert await held_by(clerk) == BANK.address
    clerk.ledger.reorganise(1)
    await clerk.indexer.catch_up()
    assert await held_by(clerk) == SHIPPER.address
    await agrees(clerk)


async def test_a_chain_that_ends_earlier_is_waited_for_until_a_block_comes_in_the_place_of_ours(clerk: Clerk) -> None:
    await issued(clerk)
    await passed(clerk)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    clerk.ledger.shrink(2)
    with pytest.raises(NodeBehind):
        await clerk.indexer.catch_up()
    assert await held_by(clerk) == BANK.address
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    assert await held_by(clerk) == SHIPPER.address
    await agrees(clerk)


async def test_a_title_that_was_issued_in_a_lost_block_is_gone(clerk: Clerk) -> None:
    await issued(clerk)
    clerk.ledger.reorganise(1, blocks=3)
    await clerk.indexer.catch_up()
    assert not (await clerk.queries.titles()).items
    await agrees(clerk)


async def test_a_longer_chain_with_another_history_replaces_what_was_read(clerk: Clerk) -> None:
    await issued(clerk)
    await passed(clerk)
    clerk.ledger.shrink(1)
    clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BUYER.address), seconds=900))
    clerk.ledger.mine(2)
    await clerk.indexer.catch_up()
    assert await held_by(clerk) == BUYER.address
    await agrees(clerk)


async def test_a_reorganisation_below_a_final_block_stops_everything_and_says_so(clerk: Clerk) -> None:
    await issued(clerk)
    clerk.ledger.mine(5)
    await clerk.indexer.catch_up()
    clerk.ledger.reorganise(6)
    with pytest.raises(LedgerDisagrees, match="Finality violated"):
        await clerk.indexer.catch_up()
    standing = await clerk.queries.standing()
    assert standing.halted is not None
    assert "Finality violated" in standing.halted
    assert await held_by(clerk) == SHIPPER.address  # nothing final was rewritten
    with pytest.raises(LedgerDisagrees):
        await clerk.take(clerk.issue("2"))
    assert await clerk.relay.step() is False
    assert "Finality violated" in str(clerk.relay.trouble)


async def test_a_halt_ends_when_the_chain_is_as_it_was(clerk: Clerk) -> None:
    await issued(clerk)
    clerk.ledger.mine(5)
    await clerk.indexer.catch_up()
    before = list(clerk.ledger.chain)
    clerk.ledger.reorganise(6)
    with pytest.raises(LedgerDisagrees):
        await clerk.indexer.catch_up()
    clerk.ledger.chain = before
    await clerk.indexer.catch_up()
    assert (await clerk.queries.standing()).halted is None


async def test_an_event_that_cannot_follow_stops_the_index_and_is_never_skipped(clerk: Clerk) -> None:
    await issued(clerk)
    before = await clerk.history.cursor()
    clerk.ledger.edit_events = lambda events: [_later(item) for item in events]
    clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.Sign(title_of(), 1)))
    clerk.ledger.mine()
    with pytest.raises(LedgerDisagrees, match="goes from act 1 to act 3"):
        await clerk.indexer.catch_up()
    after = await clerk.history.cursor()
    assert before is not None
    assert after is not None
    assert after.number == before.number
    assert after.halted is not None


def _later(item: Recorded) -> Recorded:
    if not isinstance(item.event, happened.Signed):
        return item
    event = happened.Signed(item.event.title_id, item.event.holder, item.event.sequence + 1, item.event.time)
    return Recorded(item.block_number, item.block_hash, item.transaction_hash, item.log_index, event)


async def test_events_of_blocks_that_were_not_asked_for_stop_the_index(clerk: Clerk) -> None:
    await issued(clerk)
    old = clerk.ledger.chain[-1].recorded
    clerk.ledger.edit_events = lambda events: [*events, *old]
    clerk.ledger.mine()
    with pytest.raises(LedgerDisagrees, match="asked for"):
        await clerk.indexer.catch_up()


async def test_what_was_read_across_a_reorganisation_is_not_written(clerk: Clerk) -> None:
    await issued(clerk)
    clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address)))
    clerk.ledger.mine()

    def change_meanwhile(events: list[Recorded]) -> list[Recorded]:
        clerk.ledger.edit_events = list
        clerk.ledger.reorganise(1)
        return events

    clerk.ledger.edit_events = change_meanwhile
    await clerk.indexer.catch_up()
    assert await held_by(clerk) == SHIPPER.address
    await agrees(clerk)


async def test_an_event_in_a_block_of_another_hash_is_read_again(clerk: Clerk) -> None:
    def misplace(events: list[Recorded]) -> list[Recorded]:
        clerk.ledger.edit_events = list
        other = Digest("0x" + "99" * 32)
        return [Recorded(i.block_number, other, i.transaction_hash, i.log_index, i.event) for i in events]

    clerk.ledger.someone_sends(clerk.issue())
    clerk.ledger.mine()
    clerk.ledger.edit_events = misplace
    await clerk.indexer.catch_up()
    await agrees(clerk)


async def test_too_large_ranges_are_halved_without_a_gap(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger).start()
    for number in range(20):
        ledger.someone_sends(clerk.issue(str(number)))
        ledger.mine(3)
    ledger.most_blocks = 7
    await clerk.indexer.catch_up()
    await agrees(clerk)
    assert len((await clerk.queries.titles()).items) == 20


async def test_a_node_that_refuses_even_one_block_is_unavailable(clerk: Clerk) -> None:
    clerk.ledger.most_blocks = 0
    clerk.ledger.mine()
    with pytest.raises(LedgerUnavailable):
        await clerk.indexer.catch_up()


async def test_answers_say_whether_their_block_is_final(clerk: Clerk) -> None:
    await issued(clerk)
    assert (await clerk.queries.title(title_of())).finality is Finality.INCLUDED
    clerk.ledger.mine(3)
    await clerk.indexer.catch_up()
    assert (await clerk.queries.title(title_of())).finality is Finality.FINAL


async def test_finality_can_follow_the_chains_own_word(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger, confirmations=None).start()
    await issued(clerk)
    ledger.mine(20)
    await clerk.indexer.catch_up()
    assert (await clerk.queries.title(title_of())).finality is Finality.INCLUDED
    ledger.finalized_number = ledger.tip.number
    await clerk.indexer.catch_up()
    assert (await clerk.queries.title(title_of())).finality is Finality.FINAL
    ledger.finalized_number = 1
    await clerk.indexer.catch_up()
    assert (await clerk.queries.standing()).final_block == ledger.tip.number  # never less final again


async def test_the_stream_tells_what_was_recorded_retracted_and_final(clerk: Clerk) -> None:
    seen = (await clerk.queries.feed())[-1].entry_id
    await issued(clerk)
    clerk.ledger.reorganise(1)
    await clerk.indexer.catch_up()
    await issued(clerk)
    clerk.ledger.mine(3)
    await clerk.indexer.catch_up()
    entries = await clerk.queries.feed(seen)
    told = [entry.kind for entry in entries if isinstance(entry.event, happened.Issued)]
    assert told == ["retracted", "recorded", "final"]


async def test_a_reader_that_follows_the_stream_sees_each_event_once(clerk: Clerk) -> None:
    seen, told = await clerk.queries.feed_end(), []
    for step in (issued, passed):
        await step(clerk)
        for entry in await clerk.queries.feed(seen):
            told.append((entry.kind, type(entry.event).__name__))
            seen = entry.entry_id
    clerk.ledger.reorganise(1)
    await clerk.indexer.catch_up()
    entries = await clerk.queries.feed(seen, limit=1)
    assert [(entry.kind, type(entry.event).__name__) for entry in entries] == [("retracted", "Transferred")]
    assert [line for line in told if line[0] == "recorded"] == [("recorded", "Issued"), ("recorded", "Transferred")]
