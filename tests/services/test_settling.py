"""Settling in hard places: very many at once, acts on several titles, a chain that moves in the midst of it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain import actions as act
from ebl_service.domain.submission import State, Submission
from ebl_service.domain.terms import Purpose, Role, TitleId, title_id_of
from ebl_service.errors import refusals as no
from ebl_service.store import settling
from ebl_service.store.chapters import Cursor
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, Clerk, issue, title_of
from tests.services.certifying import INSURER, certificate_for


async def test_more_acts_than_are_read_at_once_all_land(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_ROWS_AT_ONCE", 2)
    taken = await clerk.take(*[clerk.issue(str(number)) for number in range(5)])
    await clerk.work()
    assert await clerk.states(*taken) == [State.INCLUDED] * 5


async def test_what_landed_in_time_is_not_taken_for_expired(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_ROWS_AT_ONCE", 2)
    signed = [clerk.sign(CARRIER, clerk.issue(number).act, seconds=60) for number in "12345"]
    taken = await clerk.take(*signed)
    for each in signed:
        clerk.ledger.someone_sends(each)
    clerk.ledger.mine(9, seconds=60)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    assert await clerk.states(*taken) == [State.FINAL] * 5


async def test_a_reorganisation_that_is_indexed_in_the_midst_of_settling_stops_nothing(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ledger.mine(with_pool=False)
    await clerk.indexer.catch_up()
    clerk.ledger.reorganise(1, again=True)
    clerk.ledger.mine()
    finalise, indexing = settling._finalise, list[asyncio.Task[None]]()

    async def the_index_moves(connection: AsyncConnection, cursor: Cursor) -> int:
        if not indexing:
            indexing.append(asyncio.create_task(clerk.indexer.catch_up()))
            await asyncio.wait(indexing, timeout=1)
        return await finalise(connection, cursor)

    monkeypatch.setattr(settling, "_finalise", the_index_moves)
    await clerk.relay.step()
    await asyncio.gather(*indexing)
    await clerk.relay.step()
    assert await clerk.states(taken) == [State.INCLUDED]


async def amendable(clerk: Clerk, *numbers: str, accepted: Sequence[str]) -> tuple[TitleId, ...]:
    """Titles whose surrender for amendment was asked for, and accepted where it says so; in the order of their ids."""
    await clerk.take(*[clerk.issue(number) for number in numbers])
    await clerk.work()
    for number in numbers:
        on = title_of(number)
        clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.RequestSurrender(on, 1, Purpose.AMENDMENT)))
        if number in accepted:
            clerk.ledger.someone_sends(clerk.sign(CARRIER, act.AcceptSurrender(on, 2)))
    await clerk.work()
    return tuple(sorted(map(title_of, numbers)))


def version_after(number: str) -> act.NewTitle:
    before = issue(number)
    return act.NewTitle(None, True, 1, before.reference_digest, before.commitment)


FIRST, SECOND = sorted(("1", "2"), key=title_of)
"""Numbers of two titles, in the order of their ids."""


async def test_a_replacement_that_waits_for_its_second_title_waits_in_peace(clerk: Clerk) -> None:
    old = await amendable(clerk, "1", "2", accepted=FIRST)
    signed = clerk.sign(CARRIER, act.AcceptSurrender(title_of(SECOND), 2))
    [accepting, replacing] = await clerk.take(
        clerk.sign(CARRIER, act.AcceptSurrender(title_of(SECOND), 2), seconds=13),
        clerk.sign(CARRIER, act.Replace(old, (3, 3), (version_after(FIRST),))),
    )
    clerk.ledger.mine(2)
    await clerk.indexer.catch_up()
    for _ in range(3):
        await clerk.relay.step()
    assert not await clerk.relay.step()
    assert await clerk.states(accepting, replacing) == [State.REFUSED] * 2
    clerk.ledger.someone_sends(signed)
    await clerk.work(6)
    assert await clerk.states(replacing) == [State.FINAL]


async def test_a_certificate_that_came_before_the_replacement_it_is_for_rides_when_that_lands(clerk: Clerk) -> None:
    clerk.ledger.register(INSURER.address, roles=Role.INSURER)
    [old] = await amendable(clerk, "1", accepted="1")
    new = version_after("1")
    new_id = title_id_of(CARRIER.address, new.reference_digest, new.version)
    taken = await clerk.take(
        clerk.sign(CARRIER, act.Replace((old,), (3,), (new,))),
        clerk.sign(INSURER, certificate_for(new_id, clerk.now())),
    )
    await clerk.relay.step()
    await clerk.relay.step()  # the certificate alone, while the replacement is on its way
    await clerk.work(6)
    assert await clerk.states(*taken) == [State.FINAL] * 2


async def test_a_replacement_overtaken_on_its_second_title_is_refused_and_holds_up_nobody(clerk: Clerk) -> None:
    clerk.ledger.register(INSURER.address, roles=Role.INSURER)
    old = await amendable(clerk, "1", "2", accepted="12")
    await clerk.take(clerk.issue("3"))
    await clerk.work()
    taken = await clerk.take(
        clerk.sign(CARRIER, act.Replace(old[1:], (3,), (version_after(SECOND),))),
        clerk.sign(CARRIER, act.Replace(old, (3, 3), (version_after(FIRST),))),
        clerk.sign(INSURER, certificate_for(title_of("3"), clerk.now())),
    )
    await clerk.work(8)
    assert await clerk.states(*taken) == [State.FINAL, State.REFUSED, State.FINAL]
    overtaken = await clerk.outbox.submission(taken[1].submission_id)
    assert isinstance(overtaken.refusal, no.StaleSequence)
    assert overtaken.refusal.details["title_id"] == old[1]


async def test_what_is_overtaken_while_it_is_brought_again_comes_to_its_end(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clerk.take(clerk.issue())
    await clerk.work()
    signed = clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address))
    [taken] = await clerk.take(signed)
    clerk.ledger.suspend(BANK.address)
    await clerk.work()
    assert await clerk.states(taken) == [State.REFUSED]
    clerk.ledger.reinstate(BANK.address)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()

    store = clerk.outbox.accept

    async def overtaken(*arguments: Any) -> tuple[Submission, ...]:
        clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BUYER.address)))
        await clerk.work()
        return await store(*arguments)

    monkeypatch.setattr(clerk.outbox, "accept", overtaken)
    await clerk.take(signed)
    await clerk.work(5)
    found = await clerk.outbox.submission(taken.submission_id)
    assert (found.state, found.is_terminal) == (State.REFUSED, True)
