"""Whatever the chain does, in any order: the index stands as the ledger does, now and at every block still there."""

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebl_service.domain import actions as act
from ebl_service.domain.terms import Purpose
from ebl_service.errors import NodeBehind
from ebl_service.store.database import Database
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, Clerk, title_of
from tests.fake_ledger import FakeLedger
from tests.services.indexing import states_kept

PEOPLE = {person.address: person for person in (CARRIER, SHIPPER, BANK, BUYER)}

happenings = st.lists(
    st.one_of(
        st.tuples(st.just("issue"), st.integers(0, 2)),
        st.tuples(st.sampled_from(["pass", "endorse", "return", "sign", "surrender", "answer"]), st.integers(0, 2)),
        st.tuples(st.just("suspend"), st.integers(0, 3)),
        st.tuples(st.sampled_from(["mine", "index"]), st.just(1)),
        st.tuples(st.just("finalise"), st.integers(0, 4)),
        st.tuples(st.sampled_from(["reorganise", "shrink"]), st.integers(1, 4)),
    ),
    max_size=30,
)


def happen(clerk: Clerk, name: str, number: int) -> None:
    ledger = clerk.ledger
    depth = min(number, len(ledger.chain) - 4, ledger.tip.number - ledger.finalized_number)
    title = ledger.world.titles.get(title_of(str(number)))
    if name == "issue":
        ledger.someone_sends(clerk.issue(str(number)))
    elif name == "suspend":
        ledger.suspend(list(PEOPLE)[number])
    elif name == "mine":
        ledger.mine()
    elif name == "finalise":
        ledger.finalized_number = max(ledger.finalized_number, ledger.tip.number - number)
    elif name in ("reorganise", "shrink") and depth > 0:
        getattr(ledger, name)(depth)
    elif title is not None and name != "index":
        holder, on = PEOPLE[title.holder], (title.title_id, title.sequence)
        to = BANK if holder is not BANK else BUYER
        actor, asked = {
            "pass": (holder, act.Transfer(*on, to.address)),
            "endorse": (holder, act.EndorseToOrder(*on, to.address)),
            "return": (holder, act.RejectTransfer(*on)),
            "sign": (holder, act.Sign(*on)),
            "surrender": (holder, act.RequestSurrender(*on, Purpose.DELIVERY)),
            "answer": (CARRIER, act.RejectSurrender(*on)),
        }.get(name, (holder, act.Sign(*on)))
        ledger.someone_sends(clerk.sign(actor, asked))


async def live_through(history: list[tuple[str, int]], folder: str) -> None:
    database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'ledger.db'}")
    ledger = FakeLedger()
    clerk = await Clerk(database, ledger, confirmations=None).start()
    for name, number in history:
        happen(clerk, name, number)
        if name == "index":
            with suppress(NodeBehind):  # the chain was cut off, and nothing came in its place yet
                await clerk.indexer.catch_up()
    cursor = await clerk.history.cursor()
    assert cursor is not None
    ledger.mine(max(1, cursor.number - ledger.tip.number))
    await clerk.indexer.catch_up()
    for mined in ledger.chain[1:]:
        for title_id, title in mined.world.titles.items():
            view = await clerk.queries.title(title_id, mined.block.number)
            assert view.title == title
    assert {view.title.title_id: view.title for view in (await clerk.queries.titles()).items} == ledger.world.titles
    parties = (await clerk.queries.parties()).items
    assert {party.account: party for party in parties} == ledger.world.parties
    await states_kept(clerk)
    assert await clerk.indexer.reindex()
    assert await _follower_ends_with(clerk) == [
        (item.block_hash, item.log_index) for mined in ledger.chain for item in mined.recorded
    ]
    await database.close()


async def _follower_ends_with(clerk: Clerk) -> list[tuple[str, int]]:
    """What a reader of the event stream holds at its end, having dropped what was retracted."""
    held: list[tuple[str, int]] = []
    after = None
    while entries := await clerk.queries.feed(after, limit=13):
        for entry in entries:
            reference = (entry.block_hash, entry.log_index)
            if entry.kind == "recorded":
                held.append(reference)
            elif entry.kind == "retracted" and reference in held:
                held.remove(reference)
        after = entries[-1].entry_id
    return held


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(happenings)
def test_the_index_stands_as_the_ledger_does_whatever_happened(history: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live_through(history, folder))
