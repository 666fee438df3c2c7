"""What holder and carrier say to each other about a surrender: sealed at rest, to these two alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.surrender_reason import reason_with_words
from ebl_service.domain.terms import Purpose
from ebl_service.errors.platform import TooManyWordings
from ebl_service.errors.refusals import NotHolder
from ebl_service.services.surrendering import Feedback
from ebl_service.store.database import Database
from ebl_service.store.surrender_words import WORDINGS, SurrenderWords
from ebl_service.store.surrenders import Surrenders
from tests.clerk import BANK, CARRIER, SHIPPER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk
from tests.receiver import Receiver
from tests.services.surrenders import surrender, title, told


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


async def test_what_a_carrier_feeds_back_reaches_who_asked_and_is_sealed_at_rest(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await surrender(clerk)
    await clerk.work(5)
    reference = told(carrier)[0]["surrenderRequestReference"]
    feedback = (Feedback("ERROR", "Ocean freight is unpaid", "$.endorsementChain[0]"), Feedback("INFO", None, None))
    desk = clerk.platform.surrenders
    await desk.answer(CARRIER.address, reference, "See the feedback", accepts=False, feedback=feedback)
    await clerk.work(5)
    for account in (SHIPPER.address, CARRIER.address):
        (request,) = await desk.told(account, title(clerk))
        assert request.feedback == feedback
    (row,) = (await Surrenders(clerk.database).of_title(title(clerk))).values()
    assert row.said.feedback is not None
    assert b"freight" not in row.said.feedback.lower()


async def test_the_holders_words_reach_the_carrier_and_stay_off_the_ledger(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    words = "Port of discharge Hamburg instead of Rotterdam, please"
    desk, before = clerk.platform.surrenders, clerk.ledger.world.titles[title(clerk)]
    worded = await desk.words.keep(SHIPPER.address, before, "COD", words)
    assert worded.reason == reason_with_words("COD", words, worded.salt)
    asked = act.RequestSurrender(title(clerk), 1, Purpose.AMENDMENT, worded.reason)
    await clerk.take(clerk.sign(SHIPPER, asked))
    await clerk.work(5)
    (request,) = told(carrier)
    assert (request["reasonCode"], request["comments"]) == ("COD", words)
    for account in (SHIPPER.address, CARRIER.address):
        (shown,) = await desk.told(account, title(clerk))
        assert shown.worded == worded
    sealed = await SurrenderWords(clerk.database).of(title(clerk), 1, worded.reason)
    assert sealed is not None
    assert b"Hamburg" not in sealed


async def test_words_of_a_request_that_was_not_signed_are_told_with_no_other(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    desk, before = clerk.platform.surrenders, clerk.ledger.world.titles[title(clerk)]
    await desk.words.keep(SHIPPER.address, before, "", "words that are not signed")
    foreign = reason_with_words("", "words that the service never had", b"\1" * 32)
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(title(clerk), 1, Purpose.AMENDMENT, foreign)))
    await clerk.work(5)
    (request,) = told(carrier)
    assert "comments" not in request
    (shown,) = await desk.told(SHIPPER.address, title(clerk))
    assert shown.worded is None


async def test_only_the_holder_leaves_words_and_not_without_end(clerk: PlatformClerk) -> None:
    words, before = clerk.platform.surrenders.words, clerk.ledger.world.titles[title(clerk)]
    for stranger in (BANK.address, CARRIER.address):
        with pytest.raises(NotHolder):
            await words.keep(stranger, before, "", "give it to me")
    for number in range(WORDINGS):
        await words.keep(SHIPPER.address, before, "", f"wording {number}")
    await words.keep(SHIPPER.address, before, "", "wording 0")
    with pytest.raises(TooManyWordings):
        await words.keep(SHIPPER.address, before, "", "one more")
