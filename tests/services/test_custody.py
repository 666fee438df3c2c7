"""Custody: off until the carrier's signature turns it on, within its bounds, every use on record."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.custody import DAY, LONGEST, VERBS, Mandate, mandate_statement, read_mandate
from ebl_service.domain.terms import Address, Digest, Purpose
from ebl_service.errors import EblError
from ebl_service.errors.platform import BadMandate, CustodyNotHere, MandateEnded
from ebl_service.errors.trust import SignatureNotCarriers
from ebl_service.store.custody import CustodyBook
from ebl_service.store.database import Database
from ebl_service.wallet.custodian import FolderCustodian
from tests.authority import Authority, self_signed
from tests.clerk import BANK, CARRIER, SHIPPER
from tests.fake_ledger import IDENTITY, FakeLedger
from tests.platform_clerk import SIGNER, PlatformClerk
from tests.receiver import Receiver


@pytest.fixture
async def carrier() -> AsyncIterator[Receiver]:
    with Receiver() as standing:
        yield standing


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger, tmp_path: Path, carrier: Receiver) -> PlatformClerk:
    opened = await PlatformClerk.opened(database, ledger, tmp_path)
    await opened.onboard(carrier.url)
    return opened


async def test_it_is_off_until_the_carrier_turns_it_on_and_off_at_once_when_ended(clerk: PlatformClerk) -> None:
    custody = clerk.platform.custody
    assert await custody.mandate(CARRIER.address) is None
    await clerk.ask(clerk.request())
    await clerk.work(2)
    assert clerk.keys.signed == 0
    mandate = await clerk.turn_on()
    assert await custody.mandate(CARRIER.address) == mandate
    assert await custody.turn_off(CARRIER.address)
    assert not await custody.turn_off(CARRIER.address)
    await clerk.work(2)
    assert clerk.keys.signed == 0
    await clerk.turn_on(acts_a_day=99)
    await clerk.work(5)
    assert clerk.keys.signed == 1
    assert clerk.ledger.world.titles


async def test_every_use_is_on_record_with_its_cause(clerk: PlatformClerk, carrier: Receiver) -> None:
    await clerk.turn_on()
    await clerk.ask(clerk.request())
    await clerk.work(5)
    (title,) = clerk.ledger.world.titles
    (use,) = await clerk.platform.custody.uses(CARRIER.address, 0, 10)
    assert (use.verb, use.account) == ("Issue", CARRIER.address)
    assert use.cause == f"issuance request for title {title}"
    assert await clerk.platform.custody.uses(BANK.address, 0, 10) == []


async def test_the_daily_cap_holds_and_the_rest_follows_the_next_day(clerk: PlatformClerk) -> None:
    await clerk.turn_on(acts_a_day=2, seconds=10 * DAY)
    for number in range(5):
        await clerk.ask(clerk.request(clerk.bill(reference=f"NUMBER-{number}")))
    await clerk.work(2)
    await clerk.work(2)
    assert clerk.keys.signed == len(clerk.ledger.world.titles) == 2
    clerk.ahead += DAY
    clerk.ledger.mine(1, seconds=DAY)
    clerk.ahead = 0
    await clerk.work(3)
    assert clerk.keys.signed == 4


async def test_only_the_verbs_of_the_mandate_are_signed(clerk: PlatformClerk, carrier: Receiver) -> None:
    await clerk.turn_on(verbs=["Issue"])
    await clerk.ask(clerk.request())
    await clerk.work(5)
    (title,) = clerk.ledger.world.titles
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(title, 1, Purpose.DELIVERY)))
    await clerk.work(5)
    reference = json.loads(carrier.received[-1].body)["surrenderRequestReference"]
    await clerk.platform.surrenders.answer(CARRIER.address, reference, None, accepts=True)
    await clerk.work(3)
    assert clerk.keys.signed == 1
    (waiting,) = await clerk.platform.waiting.page(CARRIER.address, 0, 10)
    assert waiting.verb == "AcceptSurrender"


async def test_an_expired_mandate_signs_nothing(clerk: PlatformClerk) -> None:
    await clerk.turn_on(seconds=100)
    clerk.ledger.mine(1, seconds=200)
    await clerk.indexer.catch_up()
    await clerk.ask(clerk.request())
    await clerk.work(3)
    assert clerk.keys.signed == 0
    assert await clerk.platform.custody.mandate(CARRIER.address) is None


async def test_a_statement_counts_only_signed_by_the_carrier_for_this_ledger_and_once(clerk: PlatformClerk) -> None:
    custody = clerk.platform.custody
    mandate = Mandate(CARRIER.address, frozenset(VERBS), 5, clerk.now() + DAY)
    said = mandate_statement(IDENTITY, mandate)
    with pytest.raises(SignatureNotCarriers):
        await custody.turn_on(CARRIER.address, self_signed().sign(said))
    with pytest.raises(SignatureNotCarriers):
        await custody.turn_on(CARRIER.address, Authority("Nobody").signer().sign(said))
    with pytest.raises(CustodyNotHere):
        await custody.turn_on(BANK.address, SIGNER.sign(said))
    for name, value in (
        ("account", BANK.address),
        ("chainId", 5),
        ("titleRegistry", BANK.address),
        ("kind", "another"),
        ("verbs", ["Issue", "Transfer"]),
        ("verbs", []),
        ("verbs", "Issue"),
        ("actsADay", 0),
        ("actsADay", "many"),
        ("actsADay", True),
        ("expiresAt", clerk.now() - 1),
        ("expiresAt", clerk.now() + LONGEST + 1),
        ("expiresAt", None),
    ):
        with pytest.raises(BadMandate) as told:
            await custody.turn_on(CARRIER.address, SIGNER.sign(said | {name: value}))
        assert told.value.details["at"] == name
    statement = SIGNER.sign(said)
    await custody.turn_on(CARRIER.address, statement)
    await custody.turn_on(CARRIER.address, statement)
    await custody.turn_off(CARRIER.address)
    with pytest.raises(MandateEnded):
        await custody.turn_on(CARRIER.address, statement)
    assert await custody.mandate(CARRIER.address) is None


async def test_a_new_mandate_takes_the_place_of_the_old(clerk: PlatformClerk) -> None:
    old, new = await clerk.turn_on(acts_a_day=1), await clerk.turn_on(acts_a_day=7)
    assert await clerk.platform.custody.mandate(CARRIER.address) == new != old


async def test_of_mandates_taken_at_once_one_counts(database: Database) -> None:
    await database.upgrade()
    book, mandates = CustodyBook(database), [Mandate(CARRIER.address, frozenset(VERBS), most, DAY) for most in (1, 2)]
    for turn in range(10):
        await asyncio.gather(*[book.take(each, f"{turn} {each.acts_a_day}", "", 1) for each in mandates])
        assert await book.mandate(CARRIER.address) is not None


async def test_an_act_that_the_rules_refuse_for_good_closes_its_request(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await clerk.ask(clerk.request())
    clerk.ledger.suspend(CARRIER.address)
    await one_block(clerk)
    await clerk.turn_on()
    await clerk.work(3)
    (answer,) = [json.loads(call.body) for call in carrier.received]
    assert answer["issuanceResponseCode"] == "BREQ"
    assert answer["errors"][0]["errorCode"] == "CarrierSuspended"
    assert await clerk.platform.waiting.page(None, 0, 10) == []


async def one_block(clerk: PlatformClerk) -> None:
    clerk.ledger.mine()
    await clerk.indexer.catch_up()


async def test_an_act_that_did_not_land_in_time_is_signed_again(clerk: PlatformClerk, carrier: Receiver) -> None:
    await clerk.turn_on(seconds=10 * DAY)
    await clerk.ask(clerk.request())
    await clerk.platform.custody.step()
    clerk.ledger.mine(1, seconds=3_700)
    for _ in range(6):
        clerk.ledger.mine()
        await clerk.indexer.catch_up()
    await clerk.outbox.settling.settle(await leader(clerk))
    for _ in range(3):
        await clerk.work(2)
    assert clerk.keys.signed == 2
    assert len(clerk.ledger.world.titles) == 1
    assert len(await clerk.platform.custody.uses(CARRIER.address, 0, 10)) == 2


async def leader(clerk: PlatformClerk) -> str:
    await clerk.outbox.leases.hold("test", 0)
    return "test"


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("place", ["issuance.taken", "custody.noted", "accept.stored", "custody.accepted",
                                   "announcing.read", "announcing.written", "callback.sent"])  # fmt: skip
async def test_a_crash_anywhere_issues_once_and_tells_the_same(
    database: Database, ledger: FakeLedger, tmp_path: Path, carrier: Receiver, place: str
) -> None:
    left = [place]

    def kill(name: str) -> None:
        if name in left:
            left.remove(name)
            raise Killed(name)

    clerk = await PlatformClerk.opened(database, ledger, tmp_path, failpoint=kill)
    await clerk.onboard(carrier.url, in_custody=True)
    asked = clerk.request()
    steps: list[Any] = [lambda: clerk.ask(asked)] + [lambda: clerk.work(1)] * 8
    for step in steps:
        try:
            await step()
        except Killed:
            clerk = await PlatformClerk.opened(database, ledger, tmp_path, failpoint=kill)
            if place != "issuance.taken":
                await clerk.work(1)
    assert not left
    answers = [json.loads(call.body) for call in carrier.received]
    assert {each["issuanceResponseCode"] for each in answers} == {"ISSU"}
    assert len({call.headers["ebl-callback-id"] for call in carrier.received}) == 1
    assert len(ledger.world.titles) == 1
    assert len(await clerk.platform.custody.uses(CARRIER.address, 0, 10)) == 1


async def test_keys_stand_in_encrypted_keystores_of_their_own(tmp_path: Path) -> None:
    keys = FolderCustodian(tmp_path / "custody", "a password of some length", rounds=2)
    account = await keys.make()
    assert await keys.holds(account)
    digest = b"\x07" * 32
    again = FolderCustodian(tmp_path / "custody", "a password of some length", rounds=2)
    assert await again.holds(account)
    assert await again.sign(account, digest) == await keys.sign(account, digest)
    assert repr(again) == f"FolderCustodian({tmp_path / 'custody'})"
    stranger = Address("0x" + "11" * 20)
    assert not await again.holds(stranger)
    with pytest.raises(CustodyNotHere):
        await again.sign(stranger, digest)
    with pytest.raises(EblError):
        await FolderCustodian(tmp_path / "custody", "another password", rounds=2).sign(account, digest)


def test_only_four_kinds_of_acts_are_ever_signed() -> None:
    mandate = Mandate(CARRIER.address, frozenset(act.ACTS), 5, 100)
    title, digest = Digest("0x" + "11" * 32), Digest("0x" + "22" * 32)
    samples: dict[type, Any] = {
        act.Issue: act.Issue(title, BANK.address, None, True, digest, digest),
        act.Replace: act.Replace((title,), (1,), ()),
        act.RequestSurrender: act.RequestSurrender(title, 1, Purpose.DELIVERY),
    }
    for name, kind in act.ACTS.items():
        needed = [each for each in dataclasses.fields(kind) if each.default is dataclasses.MISSING]
        asked = samples.get(kind) or kind(*[title, 1, *[BANK.address] * len(needed)][: len(needed)])
        assert mandate.covers(asked, 100, 4) is (name in {"Issue", "Replace", "AcceptSurrender", "RejectSurrender"})
        assert not mandate.covers(asked, 101, 4)
        assert not mandate.covers(asked, 100, 5)


def test_a_statement_is_read_as_it_is_written() -> None:
    mandate = Mandate(CARRIER.address, frozenset({"Issue", "Replace"}), 5, 100)
    said = mandate_statement(IDENTITY, mandate)
    assert read_mandate(said | {"verbs": ["Replace", "Issue", "Issue"]}, IDENTITY, CARRIER.address, 99) == mandate
