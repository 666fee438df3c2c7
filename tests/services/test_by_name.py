"""Bills by number, parties by name: for who may know of them, and to everybody else as what is not there."""

from collections.abc import Callable

import pytest
from sqlalchemy import event

from ebl_service.domain import actions as act
from ebl_service.domain.profile import Profile
from ebl_service.domain.terms import Purpose
from ebl_service.errors import NotFound
from ebl_service.errors.requests import AmbiguousName
from ebl_service.services.by_name import ByName
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory
from ebl_service.wallet.key import PartyKey
from tests.clerk import BANK, BUYER, CARRIER, DAY, SHIPPER, STRANGER
from tests.document_clerk import DocumentClerk
from tests.fake_ledger import FakeLedger

NUMBER = "NUMBER-1"


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> DocumentClerk:
    """A bill of this number, endorsed by the shipper to the buyer; another one of the shipper's."""
    clerk = await DocumentClerk(database, ledger).start()
    await clerk.issued(clerk.bill(reference="NUMBER-2"))
    title = await clerk.issued(clerk.bill(reference=NUMBER))
    await clerk.take(clerk.sign(SHIPPER, act.EndorseToOrder(title.title_id, title.sequence, BUYER.address)))
    await clerk.work(4)
    directory = Directory(database)
    for key, name in ((BANK, "Pelican  Straits Bank"), (BUYER, "Rijnmond Import"), (SHIPPER, "Luting Industrial")):
        codes = (await directory.many([key.address])).get(key.address)
        await directory.put(Profile(key.address, name, codes.codes if codes else frozenset(), 1))
    return clerk


def asking(clerk: DocumentClerk) -> ByName:
    return ByName(clerk.access.rights, clerk.history, Directory(clerk.database), clerk.room)


async def name_of(clerk: DocumentClerk, who: PartyKey, name: str) -> str | None:
    try:
        return (await asking(clerk).by_name(who.address, name)).account
    except NotFound:
        return None


async def test_a_number_finds_the_title_for_its_parties_as_each_may_see_it(clerk: DocumentClerk) -> None:
    for who, sequence in ((CARRIER, 2), (SHIPPER, 2), (BUYER, 2)):
        (sight,) = await asking(clerk).by_number(who.address, NUMBER)
        assert sight.title.sequence == sequence
        assert await asking(clerk).numbers(who.address, [sight.title.title_id]) == {sight.title.title_id: NUMBER}
    for who in (BANK, STRANGER):
        with pytest.raises(NotFound, match="that you may read"):
            await asking(clerk).by_number(who.address, NUMBER)
        assert await asking(clerk).numbers(who.address, [sight.title.title_id]) == {}


async def test_a_grant_lends_the_number_as_long_as_it_lasts(clerk: DocumentClerk) -> None:
    (sight,) = await asking(clerk).by_number(BUYER.address, NUMBER)
    title_id = sight.title.title_id
    grant = await clerk.access.grants.give(BUYER.address, title_id, BANK.address, clerk.now() + DAY)
    (lent,) = await asking(clerk).by_number(BANK.address, NUMBER)
    assert (lent.title.title_id, lent.account, lent.granted_by) == (title_id, BANK.address, BUYER.address)
    assert await asking(clerk).numbers(BANK.address, [title_id]) == {title_id: NUMBER}
    await clerk.access.grants.revoke(BUYER.address, grant.number)
    with pytest.raises(NotFound):
        await asking(clerk).by_number(BANK.address, NUMBER)


async def test_a_replaced_bill_and_the_one_in_its_place_have_one_number_the_newest_first(clerk: DocumentClerk) -> None:
    old = await clerk.surrendered(clerk.bill(reference="NUMBER-3"), Purpose.AMENDMENT)
    _, (new,) = await clerk.replaced([old], clerk.bill(reference="NUMBER-3"))
    await clerk.work(4)
    found = await asking(clerk).by_number(CARRIER.address, "NUMBER-3")
    assert [sight.title.title_id for sight in found] == [new.title_id, old.title_id]


def listened(database: Database) -> tuple[list[str], Callable[[], None]]:
    asked: list[str] = []

    def note(*told: object) -> None:
        asked.append(str(told[2]).partition(" IN (")[0])

    event.listen(database._readers.sync_engine, "before_cursor_execute", note)
    return asked, lambda: event.remove(database._readers.sync_engine, "before_cursor_execute", note)


async def test_a_number_that_is_issued_costs_a_stranger_the_same_queries_as_one_that_is_not(
    clerk: DocumentClerk, database: Database
) -> None:
    asked, stop = listened(database)
    queries, answers = [], []
    for number in ("NUMBER-0", NUMBER, "NUMBER-9"):
        asked.clear()
        with pytest.raises(NotFound) as refused:
            await asking(clerk).by_number(STRANGER.address, number)
        queries.append(list(asked))
        answers.append(refused.value.message.replace(number, "…"))
    stop()
    assert queries[0] == queries[1] == queries[2]
    assert len([each for each in queries[0] if each != "BEGIN"]) == 4
    assert len(set(answers)) == 1


async def test_asking_for_a_number_makes_no_secret_and_writes_nothing(clerk: DocumentClerk, database: Database) -> None:
    written: list[str] = []
    event.listen(database._writers.sync_engine, "before_cursor_execute", lambda *told: written.append(told[2]))
    with pytest.raises(NotFound):
        await asking(clerk).by_number(STRANGER.address, "NUMBER-0")
    assert written == []


async def test_a_name_finds_who_shares_a_title_on_which_one_stands(clerk: DocumentClerk) -> None:
    assert await name_of(clerk, BUYER, "luting   INDUSTRIAL") == SHIPPER.address  # it once held the buyer's title
    assert await name_of(clerk, CARRIER, "Rijnmond Import") == BUYER.address
    assert await name_of(clerk, SHIPPER, "Luting Industrial") == SHIPPER.address
    assert await name_of(clerk, STRANGER, "Rijnmond Import") is None
    assert await name_of(clerk, CARRIER, "Pelican Straits Bank") is None
    assert (await asking(clerk).by_name(None, "Pelican Straits Bank")).account == BANK.address


async def test_a_past_party_does_not_learn_by_name_who_came_after_it(clerk: DocumentClerk) -> None:
    (sight,) = await asking(clerk).by_number(BUYER.address, NUMBER)
    moved = act.Transfer(sight.title.title_id, sight.title.sequence, BANK.address)
    await clerk.take(clerk.sign(BUYER, moved))
    await clerk.work(4)
    assert await name_of(clerk, BUYER, "Pelican Straits Bank") == BANK.address  # it is still the endorsee
    assert await name_of(clerk, SHIPPER, "Pelican Straits Bank") is None


async def test_a_name_of_two_names_neither_and_lists_those_of_ones_own_titles(clerk: DocumentClerk) -> None:
    await Directory(clerk.database).put(Profile(STRANGER.address, "RIJNMOND import", frozenset(), 1))
    with pytest.raises(AmbiguousName) as refused:
        await asking(clerk).by_name(CARRIER.address, "Rijnmond Import")
    assert refused.value.details["accounts"] == [BUYER.address]


async def test_a_name_that_is_there_costs_a_stranger_the_same_queries_as_one_that_is_not(
    clerk: DocumentClerk, database: Database
) -> None:
    asked, stop = listened(database)
    queries = []
    for name in ("Nobody", "Rijnmond Import", "Pelican Straits Bank"):
        asked.clear()
        assert await name_of(clerk, STRANGER, name) is None
        queries.append(list(asked))
    stop()
    assert queries[0] == queries[1] == queries[2]
