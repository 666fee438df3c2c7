"""Many acts in custody: signed and handed in together; none holds up another, none is signed that cannot be carried."""

import json
from pathlib import Path

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.terms import NO_DIGEST, Address, Purpose
from ebl_service.errors.submissions import LeadershipLost
from ebl_service.services import custody
from ebl_service.services.document_desk import act_of
from ebl_service.services.drafts import Draft, Prepared
from ebl_service.store.custody import CustodyBook
from ebl_service.store.database import Database
from ebl_service.wallet.custodian import FolderCustodian
from ebl_service.wallet.keystore import save
from tests.clerk import BANK, CARRIER, SHIPPER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk
from tests.receiver import Receiver

TO_THE_BANK = {
    "partyName": "A bank",
    "sendToPlatform": "EBLL",
    "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": "BANK"}],
}


async def test_acts_on_their_way_do_not_hold_up_others(
    database: Database, ledger: FakeLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custody, "ACTS_AT_ONCE", 2)
    clerk = await PlatformClerk.opened(database, ledger, tmp_path)
    await clerk.onboard(in_custody=True)
    await ask_for(clerk, 5)
    for _ in range(3):
        await clerk.platform.custody.step()  # no block in between
    assert clerk.keys.signed == 5
    assert await clerk.outbox.open_count() == 5


async def test_one_that_is_refused_is_told_of_and_the_others_are_issued(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    with Receiver() as carrier:
        clerk = await PlatformClerk.opened(database, ledger, tmp_path)
        await clerk.onboard(carrier.url)
        await ask_for(clerk, 2)
        await clerk.ask(clerk.request(clerk.bill(reference="TO-A-BANK"), issue_to=TO_THE_BANK))
        await ask_for(clerk, 2, first=2)
        ledger.suspend(BANK.address)
        ledger.mine()
        await clerk.indexer.catch_up()
        await clerk.turn_on()
        assert await clerk.platform.custody.step()
        await clerk.work(4)
        answers = {each["transportDocumentReference"]: each for each in map(json.loads, bodies(carrier))}
        assert answers.pop("TO-A-BANK")["errors"][0]["errorCode"] == "RecipientSuspended"
        assert [each["issuanceResponseCode"] for each in answers.values()] == ["ISSU"] * 4


async def test_no_key_is_used_for_what_the_days_gas_would_not_carry(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    clerk = await PlatformClerk.opened(database, ledger, tmp_path, gas_a_day=350_000, gas_an_act=100_000)
    await clerk.onboard()
    await clerk.turn_on()
    await ask_for(clerk, 5)
    for _ in range(3):
        await clerk.platform.custody.step()
    assert clerk.keys.signed == len(await clerk.platform.custody.uses(CARRIER.address, 0, 10)) == 3
    for _ in range(3):
        await clerk.work(2)  # 40,500 gas each were used, not 100,000
    assert clerk.keys.signed == len(ledger.world.titles) == 5


async def test_what_is_signed_while_custody_ends_is_not_handed_in(
    database: Database, ledger: FakeLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await PlatformClerk.opened(database, ledger, tmp_path)
    await clerk.onboard(in_custody=True)
    await ask_for(clerk, 3)
    sign = clerk.keys.sign

    async def sign_and_end(account: Address, digest: bytes) -> bytes:
        await clerk.platform.custody.turn_off(account)
        return await sign(account, digest)

    monkeypatch.setattr(clerk.keys, "sign", sign_and_end)
    assert not await clerk.platform.custody.step()
    assert clerk.keys.signed == 3
    assert await clerk.outbox.open_count() == 0


async def test_what_the_carrier_issued_itself_is_waited_for_without_asking_again_at_once(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    with Receiver() as carrier:
        clerk = await PlatformClerk.opened(database, ledger, tmp_path)
        await clerk.onboard(carrier.url)
        await ask_for(clerk, 1)
        await clerk.sign_waiting()
        await clerk.relay.step()
        ledger.mine()
        await clerk.indexer.catch_up()
        await clerk.turn_on()
        assert not await clerk.platform.custody.step(), "nothing was signed or closed"
        await clerk.work(4)
        assert [json.loads(each)["issuanceResponseCode"] for each in bodies(carrier)] == ["ISSU"]


async def test_a_key_that_is_gone_uses_nothing_up_and_ends_no_loop(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    clerk = await PlatformClerk.opened(database, ledger, tmp_path)
    await clerk.onboard(in_custody=True)
    await ask_for(clerk, 1)
    held, clerk.keys.keys = clerk.keys.keys, {}
    assert not await clerk.platform.custody.step()
    assert await clerk.platform.custody.uses(CARRIER.address, 0, 10) == []
    clerk.keys.keys = held
    assert await clerk.platform.custody.step()


@pytest.mark.parametrize("keystore", ["of another password", "damaged"])
async def test_so_does_a_key_that_cannot_be_opened(
    database: Database, ledger: FakeLedger, tmp_path: Path, keystore: str
) -> None:
    clerk = await PlatformClerk.opened(database, ledger, tmp_path)
    await clerk.onboard(in_custody=True)
    await ask_for(clerk, 1)
    file, password = tmp_path / f"{CARRIER.address}.json", "a password of some length"
    save(file, CARRIER, "another password" if keystore == "of another password" else password, rounds=2)
    if keystore == "damaged":
        file.write_text(file.read_text()[:-10])
    clerk.platform.custody._custodian = FolderCustodian(tmp_path, password)
    assert not await clerk.platform.custody.step()
    assert await clerk.platform.custody.uses(CARRIER.address, 0, 10) == []
    file.unlink()
    save(file, CARRIER, password, rounds=2)
    assert await clerk.platform.custody.step()


async def test_who_slept_through_its_lease_uses_no_key_beside_another_process(
    database: Database, ledger: FakeLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = await PlatformClerk.opened(database, ledger, tmp_path)
    await sleeper.onboard()
    await sleeper.turn_on(acts_a_day=1)
    await ask_for(sleeper, 2)
    other, used = await PlatformClerk.opened(database, ledger, tmp_path), CustodyBook.used

    async def used_long_ago(book: CustodyBook, account: Address, now: int) -> int:
        monkeypatch.undo()
        found = await used(book, account, now)
        assert await other.platform.custody.step()
        return found

    monkeypatch.setattr(CustodyBook, "used", used_long_ago)
    with pytest.raises(LeadershipLost):
        await sleeper.platform.custody.step()
    assert (sleeper.keys.signed, other.keys.signed) == (0, 1)
    assert len(await sleeper.platform.custody.uses(CARRIER.address, 0, 10)) == 1


async def test_an_act_whose_old_title_a_reorganisation_took_back_ends_no_loop(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    with Receiver() as carrier:
        clerk = await PlatformClerk.opened(database, ledger, tmp_path)
        await clerk.onboard(carrier.url)
        bill, before = clerk.bill(), ledger.tip.number
        (made,) = await clerk.room.desk.receive([Draft(bill.sent.encode(), "English law", "London")])
        assert isinstance(made, Prepared)
        title = made.title_id
        for key, asked in (
            (CARRIER, act_of(made)),
            (SHIPPER, act.RequestSurrender(title, 1, Purpose.AMENDMENT, NO_DIGEST)),
            (CARRIER, act.AcceptSurrender(title, 2)),
        ):
            await clerk.take(clerk.sign(key, asked, seconds=3_600))
            await clerk.relay.step()
            ledger.mine()
            await clerk.indexer.catch_up()
        await clerk.ask(clerk.request(bill, document={"termsAndConditions": "Amended."}))
        await clerk.turn_on()
        ledger.shrink(ledger.tip.number - before)
        ledger.mine()
        await clerk.indexer.catch_up()
        assert await clerk.platform.custody.step()
        await clerk.tell()
        (answer,) = [json.loads(each) for each in bodies(carrier)]
        assert answer["errors"][0]["errorCode"] == "DocumentMissing"


async def ask_for(clerk: PlatformClerk, bills: int, first: int = 0) -> None:
    for number in range(first, first + bills):
        await clerk.ask(clerk.request(clerk.bill(reference=f"NUMBER-{number}")))


def bodies(carrier: Receiver) -> list[bytes]:
    return [call.body for call in carrier.received]
