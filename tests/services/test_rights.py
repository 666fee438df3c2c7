"""Who may read how much of which title: present parties, past ones, grants, and everybody else."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from ebl_service.domain import actions as act
from ebl_service.domain.terms import Address, Purpose, Status, TitleId
from ebl_service.errors import NotFound
from ebl_service.errors.requests import BadValue
from ebl_service.services.rights import Sight
from ebl_service.store.titles import TitleFilter
from ebl_service.wallet.key import PartyKey
from tests.clerk import BANK, BUYER, CARRIER, DAY, SHIPPER, STRANGER, Clerk, issue, title_of

NOWHERE = TitleId("0x" + "77" * 32)
TITLE = title_of()


@pytest.fixture
async def issued(clerk: Clerk) -> Clerk:
    """A blank bill in the shipper's hands, final."""
    await happened(clerk, (CARRIER, issue()))
    return clerk


async def happened(clerk: Clerk, *acts: tuple[PartyKey, act.Act], final: bool = True) -> None:
    """These acts land in one block, and it becomes final."""
    for who, asked in acts:
        clerk.ledger.someone_sends(clerk.sign(who, asked))
    clerk.ledger.mine()
    if final:
        clerk.ledger.mine(3)
    await clerk.indexer.catch_up()


async def sight(clerk: Clerk, who: PartyKey, title_id: TitleId = TITLE) -> Sight | None:
    try:
        return await clerk.access.rights.sight(who.address, title_id)
    except NotFound:
        return None


async def up_to(clerk: Clerk, who: PartyKey) -> int | str | None:
    """The last act that somebody sees: all, none, or its sequence."""
    seen = await sight(clerk, who)
    return "nothing" if seen is None else seen.up_to if seen.up_to is not None else "all"


async def test_the_present_parties_see_the_whole_title_and_nobody_else_anything(issued: Clerk) -> None:
    assert [await up_to(issued, who) for who in (CARRIER, SHIPPER)] == ["all", "all"]
    assert [await up_to(issued, who) for who in (BANK, BUYER, STRANGER)] == ["nothing"] * 3


async def test_an_endorsee_named_at_issue_reads_though_another_holds(clerk: Clerk) -> None:
    await happened(clerk, (CARRIER, issue(endorsee=BANK.address)))
    assert [await up_to(clerk, who) for who in (CARRIER, SHIPPER, BANK, BUYER)] == ["all", "all", "all", "nothing"]


async def test_a_past_party_sees_the_title_as_it_stood_after_its_own_last_act(issued: Clerk) -> None:
    await happened(issued, (SHIPPER, act.EndorseToOrder(TITLE, 1, BANK.address)))
    then = issued.ledger.world.titles[TITLE]
    await happened(issued, (BANK, act.EndorseToOrder(TITLE, 2, BUYER.address)))
    seen = await sight(issued, SHIPPER)
    assert seen is not None
    assert (seen.up_to, seen.title) == (2, then)
    assert [await up_to(issued, who) for who in (BANK, BUYER, CARRIER)] == [3, "all", "all"]


async def test_acts_of_others_in_the_same_block_stay_hidden_from_a_past_party(issued: Clerk) -> None:
    await happened(
        issued,
        (SHIPPER, act.EndorseToOrder(TITLE, 1, BANK.address)),
        (BANK, act.EndorseToOrder(TITLE, 2, BUYER.address)),
    )
    seen = await sight(issued, SHIPPER)
    assert seen is not None
    assert (seen.title.holder, seen.title.sequence) == (BANK.address, 2)


async def test_who_held_a_title_for_part_of_a_block_was_a_party(issued: Clerk) -> None:
    acts = [(SHIPPER, act.Transfer(TITLE, 1, BANK.address)), (BANK, act.Transfer(TITLE, 2, BUYER.address))]
    await happened(issued, *acts)
    assert await up_to(issued, BANK) == 3


async def test_a_right_arises_at_a_final_block_and_ends_before(issued: Clerk) -> None:
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)), final=False)
    assert [await up_to(issued, who) for who in (SHIPPER, BANK, CARRIER)] == [2, "nothing", "all"]
    issued.ledger.mine(3)
    await issued.indexer.catch_up()
    assert [await up_to(issued, who) for who in (SHIPPER, BANK, CARRIER)] == [2, "all", "all"]


async def test_what_a_party_receives_again_it_sees_anew_once_that_is_final(issued: Clerk) -> None:
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)))
    await happened(issued, (BANK, act.Transfer(TITLE, 2, SHIPPER.address)), final=False)
    assert [await up_to(issued, who) for who in (SHIPPER, BANK)] == [2, 3]
    issued.ledger.mine(3)
    await issued.indexer.catch_up()
    assert [await up_to(issued, who) for who in (SHIPPER, BANK)] == ["all", 3]


async def test_a_carrier_sees_at_once_what_it_issued_and_its_holder_once_it_is_final(clerk: Clerk) -> None:
    await happened(clerk, (CARRIER, issue()), final=False)
    assert [await up_to(clerk, who) for who in (CARRIER, SHIPPER)] == [1, "nothing"]
    clerk.ledger.mine(3)
    await clerk.indexer.catch_up()
    assert [await up_to(clerk, who) for who in (CARRIER, SHIPPER)] == ["all", "all"]


async def test_what_a_reorganisation_takes_back_gave_no_right(issued: Clerk) -> None:
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)), final=False)
    issued.ledger.reorganise(1, 2)
    await issued.indexer.catch_up()
    issued.ledger.mine(3)
    await issued.indexer.catch_up()
    assert [await up_to(issued, who) for who in (SHIPPER, BANK)] == ["all", "nothing"]


async def test_a_returned_hand_over_leaves_the_receiver_its_own_act_and_no_more(issued: Clerk) -> None:
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)))
    await happened(issued, (BANK, act.RejectTransfer(TITLE, 2)))
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 3, BUYER.address)))
    assert [await up_to(issued, who) for who in (BANK, SHIPPER, BUYER)] == [3, 4, "all"]


async def test_who_surrendered_goes_on_reading_and_sees_what_replaced_it_as_nobody_else_does(clerk: Clerk) -> None:
    old = issue(endorsee=BANK.address)
    await happened(clerk, (CARRIER, old))
    new = act.NewTitle(None, True, 1, old.reference_digest, old.commitment)
    await happened(clerk, (SHIPPER, act.RequestSurrender(TITLE, 1, Purpose.AMENDMENT)))
    await happened(clerk, (CARRIER, act.AcceptSurrender(TITLE, 2)), (CARRIER, act.Replace((TITLE,), (3,), (new,))))
    seen = {name: await sight(clerk, who) for name, who in (("carrier", CARRIER), ("shipper", SHIPPER), ("bank", BANK))}
    assert all(each is not None and each.title.status is Status.REPLACED for each in seen.values())
    (made,) = clerk.ledger.world.titles[TITLE].replaced_by
    assert {name: each.title.replaced_by for name, each in seen.items() if each} == {
        "carrier": (made,),
        "shipper": (made,),
        "bank": (),
    }
    then = {
        name: await clerk.permitted.title(who.address, TITLE, clerk.ledger.tip.number)
        for name, who in (("shipper", SHIPPER), ("bank", BANK))
    }
    assert {name: each.title.replaced_by for name, each in then.items()} == {"shipper": (made,), "bank": ()}
    assert await sight(clerk, BANK, made) is None
    assert (found := await sight(clerk, SHIPPER, made)) is not None
    assert found.is_whole


async def test_a_grant_shows_what_its_granter_sees_until_it_ends(issued: Clerk) -> None:
    grants, until = issued.access.grants, issued.now() + DAY
    given = await grants.give(SHIPPER.address, TITLE, BUYER.address, until)
    seen = await sight(issued, BUYER)
    assert seen is not None
    assert (seen.is_whole, seen.granted_by, seen.account) == (True, SHIPPER.address, BUYER.address)
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)))
    await happened(issued, (BANK, act.Sign(TITLE, 2)))
    assert await up_to(issued, BUYER) == 2
    await grants.revoke(SHIPPER.address, given.number)
    assert await up_to(issued, BUYER) == "nothing"


async def test_a_grant_shows_a_past_party_what_its_granter_sees_and_then_its_past_again(issued: Clerk) -> None:
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)))
    grants, until = issued.access.grants, issued.now() + DAY
    given = await grants.give(BANK.address, TITLE, SHIPPER.address, until)
    seen = await sight(issued, SHIPPER)
    assert seen is not None
    assert (seen.is_whole, seen.granted_by, seen.account) == (True, BANK.address, SHIPPER.address)
    with pytest.raises(NotFound):  # a grant is no right to give one
        await grants.give(SHIPPER.address, TITLE, BUYER.address, until)
    await grants.revoke(BANK.address, given.number)
    assert await up_to(issued, SHIPPER) == 2
    await grants.give(BANK.address, TITLE, SHIPPER.address, until)
    assert await up_to(issued, SHIPPER) == "all"
    issued.ahead += DAY
    assert await up_to(issued, SHIPPER) == 2


async def test_of_its_own_past_and_a_grant_a_party_sees_what_shows_more(issued: Clerk) -> None:
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)))
    await issued.access.grants.give(BANK.address, TITLE, SHIPPER.address, issued.now() + DAY)
    await happened(issued, (BANK, act.Transfer(TITLE, 2, BUYER.address)))
    assert await up_to(issued, SHIPPER) == 3, "its granter is past as well, and saw more"
    await happened(issued, (BUYER, act.Transfer(TITLE, 3, SHIPPER.address)))
    assert (found := await sight(issued, SHIPPER)) is not None
    assert (found.is_whole, found.granted_by) == (True, None)
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 4, BUYER.address)))
    assert (found := await sight(issued, SHIPPER)) is not None
    assert (found.up_to, found.granted_by) == (5, None), "its own past is farther than its granter's"


async def test_a_grant_ends_with_its_time(issued: Clerk) -> None:
    await issued.access.grants.give(CARRIER.address, TITLE, BUYER.address, issued.now() + DAY)
    issued.ahead += DAY - 1
    assert await up_to(issued, BUYER) == "all"
    issued.ahead += 1
    assert await up_to(issued, BUYER) == "nothing"


async def test_of_two_grants_the_one_that_shows_more_counts(issued: Clerk) -> None:
    for granter in (CARRIER, SHIPPER):
        await issued.access.grants.give(granter.address, TITLE, BUYER.address, issued.now() + DAY)
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)))
    assert await up_to(issued, BUYER) == "all"


@pytest.mark.parametrize("who", [BANK, BUYER, STRANGER], ids=["past", "granted", "stranger"])
async def test_only_who_stands_on_a_title_grants(issued: Clerk, who: PartyKey) -> None:
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)))
    await happened(issued, (BANK, act.Transfer(TITLE, 2, SHIPPER.address)))
    await issued.access.grants.give(SHIPPER.address, TITLE, BUYER.address, issued.now() + DAY)
    with pytest.raises(NotFound):
        await issued.access.grants.give(who.address, TITLE, CARRIER.address, issued.now() + DAY)


@pytest.mark.parametrize(("to", "seconds"), [(BANK, 0), (BANK, 367 * DAY), (STRANGER, DAY), (SHIPPER, DAY)])
async def test_a_grant_is_to_another_party_and_for_a_year_at_most(issued: Clerk, to: PartyKey, seconds: int) -> None:
    with pytest.raises(BadValue):
        await issued.access.grants.give(SHIPPER.address, TITLE, to.address, issued.now() + seconds)


async def test_nobody_revokes_anothers_grant(issued: Clerk) -> None:
    given = await issued.access.grants.give(SHIPPER.address, TITLE, BUYER.address, issued.now() + DAY)
    for account in (CARRIER.address, BUYER.address):
        with pytest.raises(NotFound):
            await issued.access.grants.revoke(account, given.number)
    assert await up_to(issued, BUYER) == "all"


async def test_what_may_not_be_read_costs_the_same_queries_as_what_is_not_there(issued: Clerk) -> None:
    await happened(issued, (CARRIER, issue("2")), final=False)
    asked: list[str] = []
    engine = issued.database._readers.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    answers = []
    for title_id in (TITLE, title_of("2"), NOWHERE):
        asked.clear()
        with pytest.raises(NotFound) as fault:
            await issued.access.rights.sight(STRANGER.address, title_id)
        answers.append((fault.value.message.replace(title_id, "…"), list(asked)))
    assert answers[0] == answers[1] == answers[2]
    assert len([query for query in answers[0][1] if query != "BEGIN"]) == 2


async def test_rights_after_reindexing_are_what_they_were(issued: Clerk) -> None:
    await happened(issued, (SHIPPER, act.Transfer(TITLE, 1, BANK.address)))
    before = [await up_to(issued, who) for who in (CARRIER, SHIPPER, BANK, BUYER)]
    assert await issued.indexer.reindex()
    assert [await up_to(issued, who) for who in (CARRIER, SHIPPER, BANK, BUYER)] == before


async def test_the_first_holder_that_gave_the_bill_into_custody_reads_on_while_it_is_entitled(clerk: Clerk) -> None:
    await happened(clerk, (CARRIER, issue(endorsee=BANK.address)))
    await happened(clerk, (SHIPPER, act.Transfer(TITLE, 1, BUYER.address)))
    assert clerk.ledger.world.titles[TITLE].entitled == SHIPPER.address
    assert await up_to(clerk, SHIPPER) == "all"
    await happened(clerk, (BUYER, act.Transfer(TITLE, 2, BANK.address)))
    assert [await up_to(clerk, who) for who in (SHIPPER, BUYER, BANK)] == [2, 3, "all"]


def test_a_sight_covers_what_was_up_to_it() -> None:
    seen = Sight(Address("0x1"), None, 0, None, up_to=2)  # type: ignore[arg-type]
    assert seen.covers(act.Sign(TITLE, 2))  # type: ignore[arg-type]
    assert not seen.covers(act.Sign(TITLE, 3))  # type: ignore[arg-type]
    assert replace(seen, up_to=None).covers(act.Sign(TITLE, 3))  # type: ignore[arg-type]


async def own(clerk: Clerk, who: PartyKey, status: Status | None) -> list[TitleId]:
    """What somebody stands on, page by page of one."""
    found: list[TitleId] = []
    while page := await clerk.history.title_parties.page(
        who.address, TitleFilter(status=status), found[-1] if found else "", 1, is_past=False
    ):
        found += [part.title.title_id for part in page]
    return found


async def test_ones_own_by_status_are_those_of_ones_own_that_have_it(clerk: Clerk) -> None:
    first, second, third, fourth = (title_of(number) for number in "1234")
    await happened(clerk, *[(CARRIER, issue(number, endorsee=SHIPPER.address)) for number in "1234"])
    await happened(
        clerk,
        (SHIPPER, act.RequestSurrender(first, 1, Purpose.DELIVERY)),
        (SHIPPER, act.EndorseToOrder(second, 1, BANK.address)),
        (BANK, act.RequestSurrender(second, 2, Purpose.AMENDMENT)),
        (SHIPPER, act.Transfer(third, 1, BANK.address)),
    )
    await happened(clerk, (CARRIER, issue("5")), final=False)
    for who in (CARRIER, SHIPPER, BANK, BUYER):
        stands_on = await own(clerk, who, None)
        by_status = {status: await own(clerk, who, status) for status in Status}
        assert sorted(title_id for found in by_status.values() for title_id in found) == stands_on
        titles = clerk.ledger.world.titles
        assert all(titles[each].status is status for status, found in by_status.items() for each in found)
    assert await own(clerk, BANK, Status.PENDING_SURRENDER_FOR_AMENDMENT) == [second]
    assert {third, fourth} <= {*await own(clerk, SHIPPER, Status.ISSUED)}
