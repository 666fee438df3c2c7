"""How parties are called: a code names one party, every change stays on record, on each kind of database."""

import asyncio

import pytest

from ebl_service.domain.profile import Profile
from ebl_service.domain.terms import Address
from ebl_service.errors.documents import CodeTaken
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory

ONE, TWO = Address("0x" + "11" * 20), Address("0x" + "22" * 20)
LEI, DID, SMDG = ("GLEIF", "EBLX00SOMEBODY00000"), ("W3C", "did:web:somebody.example"), ("SMDG", "HLC")


def profile(account: Address, *codes: tuple[str, str], name: str = "Somebody Ltd.", at: int = 7) -> Profile:
    return Profile(account, name, frozenset(codes), at)


async def test_a_profile_is_found_by_account_and_by_any_of_its_codes(database: Database) -> None:
    directory = Directory(database)
    await directory.put(profile(ONE, LEI, DID))
    await directory.put(profile(TWO, SMDG))
    assert await directory.profile(ONE) == profile(ONE, LEI, DID)
    assert await directory.having([DID, SMDG, ("W3C", "other")]) == {ONE: {LEI, DID}, TWO: {SMDG}}
    assert await directory.having([]) == {}
    assert await directory.having([("GLEIF", DID[1])]) == {}


async def test_a_code_names_one_party(database: Database) -> None:
    directory = Directory(database)
    await directory.put(profile(ONE, LEI, DID))
    with pytest.raises(CodeTaken, match="GLEIF"):
        await directory.put(profile(TWO, LEI, SMDG))
    assert await directory.profile(TWO) is None
    assert await directory.having([SMDG]) == {}


async def test_of_two_parties_that_ask_for_one_code_at_once_one_gets_it(database: Database) -> None:
    directory = Directory(database)
    results = await asyncio.gather(
        *(directory.put(profile(account, LEI)) for account in (ONE, TWO)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["CodeTaken", "NoneType"]
    assert len(await directory.having([LEI])) == 1


async def test_a_code_that_was_given_up_is_free(database: Database) -> None:
    directory = Directory(database)
    await directory.put(profile(ONE, LEI, DID))
    await directory.put(profile(ONE, DID, at=8))
    await directory.put(profile(TWO, LEI))
    assert await directory.having([LEI, DID]) == {ONE: {DID}, TWO: {LEI}}


async def test_every_change_stays_on_record(database: Database) -> None:
    directory = Directory(database)
    told = [profile(ONE, LEI), profile(ONE, LEI, DID, name="Somebody GmbH", at=8), profile(ONE, at=9)]
    for each in told:
        await directory.put(each)
    rows = await directory.changes(ONE, 0, 10)
    assert [each for _, each in rows] == told
    assert [each for _, each in await directory.changes(ONE, rows[0][0], 1)] == told[1:2]
    assert await directory.changes(TWO, 0, 10) == []


async def test_a_code_that_differs_in_case_alone_is_nobody_elses(database: Database) -> None:
    directory = Directory(database)
    await directory.put(profile(ONE, LEI))
    lower = (LEI[0], LEI[1].lower())
    with pytest.raises(CodeTaken):
        await directory.put(profile(TWO, lower))
    await directory.put(profile(ONE, lower))
