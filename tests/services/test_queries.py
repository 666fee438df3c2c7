"""What may be read, how sure it is, and page by page."""

import asyncio

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Digest, Purpose, Status, TitleId
from ebl_service.errors import InvalidRequest, LedgerUnavailable, NotFound
from ebl_service.services.queries import Finality
from ebl_service.store.database import Database
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, STRANGER, Clerk, issue, title_of
from tests.fake_ledger import FakeLedger

NOWHERE = TitleId("0x" + "77" * 32)


@pytest.fixture
async def filled(clerk: Clerk) -> Clerk:
    """Seven bills: the last held by the bank, surrendered."""
    for number in range(7):
        clerk.ledger.someone_sends(clerk.issue(str(number)))
    clerk.ledger.mine()
    last = title_of("6")
    clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.EndorseToOrder(last, 1, BANK.address)))
    clerk.ledger.someone_sends(clerk.sign(BANK, act.RequestSurrender(last, 2, Purpose.DELIVERY)))
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    return clerk


async def test_titles_are_found_by_who_stands_on_them_and_how_they_stand(filled: Clerk) -> None:
    queries = filled.queries
    assert len((await queries.titles(carrier=CARRIER.address)).items) == 7
    assert len((await queries.titles(holder=SHIPPER.address)).items) == 6
    for found in (
        await queries.titles(holder=BANK.address),
        await queries.titles(endorsee=BANK.address),
        await queries.titles(entitled=BANK.address),
        await queries.titles(status=Status.PENDING_SURRENDER_FOR_DELIVERY),
        await queries.titles(holder=BANK.address, carrier=CARRIER.address, status=Status(2)),
    ):
        assert [view.title.title_id for view in found.items] == [title_of("6")]
    assert not (await queries.titles(holder=BUYER.address)).items


async def test_pages_give_every_title_once(filled: Clerk) -> None:
    seen: list[TitleId] = []
    after = None
    while True:
        page = await filled.queries.titles(after=after, limit=3)
        seen += [view.title.title_id for view in page.items]
        after = page.next_cursor
        if after is None:
            break
    assert seen == sorted(title_of(str(number)) for number in range(7))


async def test_pages_of_parties_are_in_the_order_of_their_joining(clerk: Clerk) -> None:
    first = await clerk.queries.parties(limit=3)
    assert [party.account for party in first.items] == [CARRIER.address, SHIPPER.address, BANK.address]
    rest = await clerk.queries.parties(after=first.next_cursor)
    assert [party.account for party in rest.items] == [BUYER.address]
    assert rest.next_cursor is None
    assert (await clerk.queries.party(BANK.address)).number == 3


async def test_what_is_not_there_is_not_found(clerk: Clerk) -> None:
    queries = clerk.queries
    for asked in (
        queries.title(NOWHERE),
        queries.endorsement_chain(NOWHERE),
        queries.party(STRANGER.address),
        queries.allowed_acts(NOWHERE, BANK.address),
        queries.submission(Digest(NOWHERE)),
    ):
        with pytest.raises(NotFound):
            await asked


async def test_cursors_limits_and_blocks_that_make_no_sense_are_named(filled: Clerk) -> None:
    queries = filled.queries
    for asked in (
        queries.titles(limit=0),
        queries.titles(limit=201),
        queries.titles(after="0x12"),
        queries.parties(after="minus"),
        queries.feed("not-one"),
        queries.feed(limit=0),
        queries.title(title_of(), filled.ledger.tip.number + 1),
        queries.title(title_of(), 0),
    ):
        with pytest.raises(InvalidRequest):
            await asked
    with pytest.raises(NotFound, match="at block 2"):
        await queries.title(title_of("0"), 2)


async def test_before_the_first_block_titles_are_unavailable_but_the_standing_is_told(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = Clerk(database, ledger)
    await database.upgrade()
    with pytest.raises(LedgerUnavailable):
        await clerk.queries.titles()
    standing = await clerk.queries.standing()
    assert (standing.read_at, standing.final_block, standing.open_submissions) == (None, -1, 0)


async def test_a_past_answer_is_final_once_its_block_is(filled: Clerk) -> None:
    block = filled.ledger.tip.number
    assert (await filled.queries.title(title_of("6"), block)).finality is Finality.INCLUDED
    filled.ledger.mine(3)
    await filled.indexer.catch_up()
    assert (await filled.queries.title(title_of("6"), block)).finality is Finality.FINAL
    assert (await filled.queries.title(title_of("6"), block + 1)).finality is Finality.INCLUDED


async def test_allowed_acts_name_each_act_and_why_the_rest_is_refused(filled: Clerk) -> None:
    held = {
        (item.act, item.purpose): item.refusal and type(item.refusal).__name__
        for item in await filled.queries.allowed_acts(title_of("0"), SHIPPER.address)
    }
    assert held == {
        ("Transfer", None): None,
        ("Endorse", None): None,
        ("EndorseToOrder", None): None,
        ("EndorseInBlank", None): None,
        ("RequestSurrender", Purpose.DELIVERY): None,
        ("RequestSurrender", Purpose.AMENDMENT): None,
        ("RequestSurrender", Purpose.PAPER): None,
        ("RejectTransfer", None): "NothingToReject",
        ("Sign", None): None,
        ("WithdrawSurrender", None): "SurrenderNotPending",
        ("AcceptSurrender", None): "SurrenderNotPending",
        ("RejectSurrender", None): "SurrenderNotPending",
        ("Replace", None): "NotCarrier",
    }
    pending = await filled.queries.allowed_acts(title_of("6"), CARRIER.address)
    assert {item.act for item in pending if item.refusal is None} == {"AcceptSurrender", "RejectSurrender"}
    strange = await filled.queries.allowed_acts(title_of("0"), STRANGER.address)
    assert all(item.refusal is not None for item in strange)


async def test_allowed_acts_of_an_amendment_include_its_replacement(filled: Clerk) -> None:
    on = title_of("0")
    filled.ledger.someone_sends(filled.sign(SHIPPER, act.RequestSurrender(on, 1, Purpose.AMENDMENT)))
    filled.ledger.someone_sends(filled.sign(CARRIER, act.AcceptSurrender(on, 2)))
    filled.ledger.mine()
    await filled.indexer.catch_up()
    told = await filled.queries.allowed_acts(on, CARRIER.address)
    assert {item.act for item in told if item.refusal is None} == {"Replace"}
    old = issue("0")
    new = act.NewTitle(None, True, 1, old.reference_digest, old.commitment)
    [taken] = await filled.take(filled.sign(CARRIER, act.Replace((on,), (3,), (new,))))
    await filled.work(4)
    assert await filled.states(taken) == [State.FINAL]
    assert (await filled.queries.title(on)).title.replaced_by
    assert (await filled.queries.title(on)).title == filled.ledger.world.titles[on]


async def test_waiting_for_a_submission_ends_when_it_moves_or_when_the_time_is_over(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    assert (await clerk.queries.submission(taken.submission_id, wait=0.01)).state is State.PREPARED
    waiting = asyncio.create_task(clerk.queries.submission(taken.submission_id, wait=60))
    await asyncio.sleep(0)
    await clerk.relay.step()
    assert (await waiting).state is State.SENT


async def test_who_names_the_state_it_knows_misses_no_change_between_two_questions(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()

    async def waits(*_: object) -> None:
        raise AssertionError("it waits, though the state is another already")

    clerk.changes.wait = waits  # type: ignore[method-assign]
    told = await clerk.queries.submission(taken.submission_id, wait=60, known=State.PREPARED)
    assert told.state is State.SENT


async def test_the_stream_is_read_in_portions_across_many_blocks(clerk: Clerk) -> None:
    for number in range(30):
        clerk.ledger.someone_sends(clerk.issue(str(number)))
        clerk.ledger.mine()
    await clerk.indexer.catch_up()
    seen, after = [], None
    while entries := await clerk.queries.feed(after, limit=7):
        seen += [entry.entry_id for entry in entries]
        after = entries[-1].entry_id
    assert len(seen) == len(set(seen))
    kinds = [entry.kind for entry in await clerk.queries.feed()]
    assert kinds.count("recorded") == 4 + 30
