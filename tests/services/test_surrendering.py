"""Surrenders as carriers see them: asked when final, answered once, whatever the chain does in between."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.terms import Purpose, Status, TitleId, checksummed
from ebl_service.errors import NotFound
from ebl_service.errors.platform import SurrenderNotOpen
from ebl_service.errors.refusals import NotHolder
from ebl_service.services.surrendering import NO_COMMENTS
from ebl_service.store import announcements
from ebl_service.store.database import Database
from tests.clerk import BANK, CARRIER, DAY, SHIPPER, title_of
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PLATFORM, PlatformClerk
from tests.receiver import Receiver
from tests.services.surrenders import outcomes, surrender, title, told


@pytest.fixture
async def carrier() -> AsyncIterator[Receiver]:
    with Receiver() as standing:
        yield standing


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger, tmp_path: Path, carrier: Receiver) -> PlatformClerk:
    opened = await PlatformClerk.opened(database, ledger, tmp_path)
    await opened.onboard(carrier.url, in_custody=True)
    await opened.ask(opened.request())
    await opened.work(5)
    return opened


async def test_a_surrender_request_is_told_with_its_chain_once_final(clerk: PlatformClerk, carrier: Receiver) -> None:
    await surrender(clerk)
    await clerk.work(1)
    assert told(carrier) == []
    await clerk.work(4)
    (request,) = told(carrier)
    assert request["surrenderRequestCode"] == "SREQ"
    assert "reasonCode" not in request
    assert request["transportDocumentReference"] == clerk.bill().reference
    assert [link["actionCode"] for link in request["endorsementChain"]] == ["ISSUE", "SURRENDER_FOR_DELIVERY"]
    issue, surrendered = request["endorsementChain"]
    assert issue["recipient"] == surrendered["actor"]
    assert issue["actor"] == surrendered["recipient"]
    assert issue["actor"]["eblPlatform"] == PLATFORM
    codes = issue["actor"]["identifyingCodes"]
    assert {"codeListProvider": "ZZZ", "partyCode": "ZQHM", "codeListName": "NMFTA"} in codes
    account = {"partyCode": checksummed(CARRIER.address), "codeListName": "eBL Ledger account"}
    assert {"codeListProvider": "ZZZ", **account} in codes
    events = await clerk.history.titles.events(title(clerk))
    transactions = list(dict.fromkeys(each.transaction_hash for each in events))
    assert [link["auditReference"] for link in request["endorsementChain"]] == transactions


@pytest.mark.parametrize(
    ("purpose", "reason", "said"),
    [
        (Purpose.AMENDMENT, "COD", {"reasonCode": "COD"}),
        (Purpose.AMENDMENT, "SWI", {"reasonCode": "SWI"}),
        (Purpose.AMENDMENT, "new consignee", {"comments": "new consignee"}),
        (Purpose.AMENDMENT, "", {}),
        (Purpose.PAPER, "", {"reasonCode": "SWTP"}),
    ],
)
async def test_an_amendment_is_asked_for_with_its_reason(
    clerk: PlatformClerk, carrier: Receiver, purpose: Purpose, reason: str, said: dict[str, str]
) -> None:
    await surrender(clerk, purpose, reason)
    await clerk.work(5)
    (request,) = told(carrier)
    assert request["surrenderRequestCode"] == "AREQ"
    assert {name: request[name] for name in ("reasonCode", "comments") if name in request} == said


@pytest.mark.parametrize(("accepts", "status"), [(True, Status.SURRENDERED_FOR_DELIVERY), (False, Status.ISSUED)])
async def test_an_answer_lands_as_the_carriers_act_and_is_the_only_one(
    clerk: PlatformClerk, carrier: Receiver, accepts: bool, status: Status
) -> None:
    await surrender(clerk)
    await clerk.work(5)
    reference = told(carrier)[0]["surrenderRequestReference"]
    desk = clerk.platform.surrenders
    await desk.answer(CARRIER.address, reference, "Freight is unpaid", accepts=accepts)
    for again in (True, False):
        with pytest.raises(SurrenderNotOpen):
            await desk.answer(CARRIER.address, reference, "once more", accepts=again)
    await clerk.work(5)
    assert clerk.ledger.world.titles[title(clerk)].status is status
    assert len(told(carrier)) == 1
    with pytest.raises(SurrenderNotOpen):
        await desk.answer(CARRIER.address, reference, "later", accepts=True)


async def test_a_rejection_without_comments_is_told_with_a_standard_sentence(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    """Schema-valid, and carriers send it: DCSA's own synthetic carrier does."""
    await surrender(clerk)
    await clerk.work(5)
    reference = told(carrier)[0]["surrenderRequestReference"]
    await clerk.platform.surrenders.answer(CARRIER.address, reference, None, accepts=False)
    await clerk.work(5)
    assert await outcomes(clerk, SHIPPER.address) == [("REJECTED", NO_COMMENTS)]
    assert clerk.ledger.world.titles[title(clerk)].status is Status.ISSUED


async def test_nobody_else_and_no_other_reference_is_answered(clerk: PlatformClerk, carrier: Receiver) -> None:
    await surrender(clerk)
    await clerk.work(5)
    reference = told(carrier)[0]["surrenderRequestReference"]
    for account, given in ((BANK.address, reference), (CARRIER.address, "Z12345"), (CARRIER.address, "0" * 32)):
        with pytest.raises(SurrenderNotOpen):
            await clerk.platform.surrenders.answer(account, given, "no", accepts=True)


async def test_a_second_surrender_after_a_rejection_has_another_reference(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await surrender(clerk)
    await clerk.work(5)
    first = told(carrier)[0]["surrenderRequestReference"]
    await clerk.platform.surrenders.answer(CARRIER.address, first, "not yet", accepts=False)
    await clerk.work(5)
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(title(clerk), 3, Purpose.DELIVERY)))
    await clerk.work(5)
    second = told(carrier)[1]
    assert second["surrenderRequestReference"] != first
    assert [link["actionCode"] for link in second["endorsementChain"]] == ["ISSUE", "SURRENDER_FOR_DELIVERY"], (
        "a surrender that came to nothing is left out"
    )


async def test_a_request_that_a_reorganisation_took_away_is_neither_told_nor_answered(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await surrender(clerk)
    await clerk.work(1)
    clerk.ledger.reorganise(1)
    clerk.ledger.drop()
    clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.Transfer(title(clerk), 1, BANK.address)))
    for _ in range(5):
        clerk.ledger.mine()
        await clerk.indexer.catch_up()
    await clerk.tell()
    assert clerk.ledger.world.titles[title(clerk)].holder == BANK.address
    assert told(carrier) == []


async def test_a_withdrawn_request_takes_no_answer(clerk: PlatformClerk, carrier: Receiver) -> None:
    await surrender(clerk)
    await clerk.work(5)
    reference = told(carrier)[0]["surrenderRequestReference"]
    clerk.ledger.mine(1, seconds=15 * 86_400)
    await clerk.take(clerk.sign(SHIPPER, act.WithdrawSurrender(title(clerk), 2)))
    await clerk.work(5)
    with pytest.raises(SurrenderNotOpen):
        await clerk.platform.surrenders.answer(CARRIER.address, reference, None, accepts=True)
    assert clerk.ledger.world.titles[title(clerk)].status is Status.ISSUED


async def test_an_answer_that_comes_while_the_withdrawal_is_announced_leaves_nothing_to_sign(
    clerk: PlatformClerk, carrier: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clerk.platform.custody.turn_off(CARRIER.address)
    await surrender(clerk)
    await clerk.work(5)
    reference, end = told(carrier)[0]["surrenderRequestReference"], announcements.end_surrenders
    clerk.ledger.mine(1, seconds=15 * 86_400)
    await clerk.take(clerk.sign(SHIPPER, act.WithdrawSurrender(title(clerk), 2)))

    async def end_after_an_answer(connection: Any, title_id: TitleId, sequence: int) -> None:
        if sequence == 3 and not clerk.database.is_sqlite:  # where one writes at a time, nothing comes in between
            await clerk.platform.surrenders.answer(CARRIER.address, reference, None, accepts=True)
        await end(connection, title_id, sequence)

    monkeypatch.setattr(announcements, "end_surrenders", end_after_an_answer)
    await clerk.work(5)
    assert await clerk.platform.waiting.page(None, 0, 10) == []


async def test_an_answer_without_custody_waits_for_the_carriers_signature(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await clerk.platform.custody.turn_off(CARRIER.address)
    await surrender(clerk)
    await clerk.work(5)
    await clerk.platform.surrenders.answer(
        CARRIER.address, told(carrier)[0]["surrenderRequestReference"], None, accepts=True
    )
    await clerk.work(3)
    assert clerk.ledger.world.titles[title(clerk)].status is Status.PENDING_SURRENDER_FOR_DELIVERY
    await clerk.sign_waiting()
    await clerk.work(5)
    assert clerk.ledger.world.titles[title(clerk)].status is Status.SURRENDERED_FOR_DELIVERY
    assert await clerk.platform.waiting.page(None, 0, 10) == []


async def test_a_bill_whose_document_is_not_here_holds_up_nothing(clerk: PlatformClerk, carrier: Receiver) -> None:
    await clerk.take(clerk.issue("7"))
    await clerk.work(5)
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(title_of("7"), 1, Purpose.DELIVERY)))
    first = next(title_id for title_id in clerk.ledger.world.titles if title_id != title_of("7"))
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(first, 1, Purpose.DELIVERY)))
    await clerk.work(5)
    assert [each["transportDocumentReference"] for each in told(carrier)] == [clerk.bill().reference]


async def test_what_the_carrier_says_reaches_who_asked_once_final_and_nobody_who_comes_later(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await surrender(clerk)
    assert await outcomes(clerk, SHIPPER.address) == []
    await clerk.work(5)
    assert await outcomes(clerk, SHIPPER.address) == [("WAITING", None)]
    reference = told(carrier)[0]["surrenderRequestReference"]
    await clerk.platform.surrenders.answer(CARRIER.address, reference, "Freight is unpaid", accepts=False)
    await clerk.platform.custody.step()
    assert await outcomes(clerk, SHIPPER.address) == [("WAITING", None)], "said, and not on the ledger yet"
    await clerk.work(5)
    for account in (SHIPPER.address, CARRIER.address):
        assert await outcomes(clerk, account) == [("REJECTED", "Freight is unpaid")]
    with pytest.raises(NotFound):
        await outcomes(clerk, BANK.address)
    await clerk.take(clerk.sign(SHIPPER, act.EndorseToOrder(title(clerk), 3, BANK.address)))
    await clerk.work(5)
    assert await outcomes(clerk, BANK.address) == []
    assert await outcomes(clerk, SHIPPER.address) == [("REJECTED", "Freight is unpaid")]
    await clerk.access.grants.give(BANK.address, title(clerk), SHIPPER.address, clerk.now() + DAY)
    assert await outcomes(clerk, SHIPPER.address) == [("REJECTED", "Freight is unpaid")]
    await clerk.take(clerk.sign(BANK, act.RequestSurrender(title(clerk), 4, Purpose.DELIVERY)))
    await clerk.work(5)
    assert await outcomes(clerk, SHIPPER.address) == [("REJECTED", "Freight is unpaid"), ("WAITING", None)]


async def test_a_surrender_that_the_carrier_answers_by_its_own_act_or_the_holder_takes_back_is_told_so(
    clerk: PlatformClerk,
) -> None:
    await surrender(clerk)
    await clerk.work(5)
    await clerk.take(clerk.sign(CARRIER, act.AcceptSurrender(title(clerk), 2)))
    await clerk.work(5)
    assert await outcomes(clerk, SHIPPER.address) == [("ACCEPTED", None)]


async def test_an_answer_that_came_to_nothing_can_be_given_again(clerk: PlatformClerk, carrier: Receiver) -> None:
    await surrender(clerk)
    await clerk.work(5)
    first = told(carrier)[0]
    reference = first["surrenderRequestReference"]
    desk = clerk.platform.surrenders
    await desk.answer(CARRIER.address, reference, "Freight is unpaid", accepts=False)
    (waiting,) = await clerk.platform.waiting.page(None, 0, 10)
    await clerk.platform.custody._give_up(waiting, NotHolder(title(clerk), CARRIER.address))
    await clerk.tell()
    assert told(carrier) == [first, first], "the carrier is asked once more"
    assert await outcomes(clerk, SHIPPER.address) == [("WAITING", None)]
    await desk.answer(CARRIER.address, reference, None, accepts=True)
    await clerk.work(5)
    assert clerk.ledger.world.titles[title(clerk)].status is Status.SURRENDERED_FOR_DELIVERY
    assert await outcomes(clerk, SHIPPER.address) == [("ACCEPTED", None)]


async def test_an_answer_that_came_too_late_for_the_title_stays_closed(clerk: PlatformClerk, carrier: Receiver) -> None:
    await surrender(clerk)
    await clerk.work(5)
    reference = told(carrier)[0]["surrenderRequestReference"]
    await clerk.platform.surrenders.answer(CARRIER.address, reference, None, accepts=True)
    (waiting,) = await clerk.platform.waiting.page(None, 0, 10)
    await clerk.take(clerk.sign(CARRIER, act.RejectSurrender(title(clerk), 2)))
    for _ in range(5):
        await clerk.relay.step()
        clerk.ledger.mine()
        await clerk.indexer.catch_up()
    await clerk.tell()
    await clerk.platform.custody._give_up(waiting, NotHolder(title(clerk), CARRIER.address))
    with pytest.raises(SurrenderNotOpen):
        await clerk.platform.surrenders.answer(CARRIER.address, reference, None, accepts=True)
