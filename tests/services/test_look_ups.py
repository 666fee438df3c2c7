"""Look-ups of parties by the codes of documents: counted by who asks, each answer once."""

import json
from dataclasses import replace

import pytest

from ebl_service.errors.access import TooManyRequests
from ebl_service.errors.requests import TooManyValues
from ebl_service.services.asking import who_asks
from ebl_service.services.drafts import Draft, Prepared
from ebl_service.services.look_ups import MOST_CODES, LookUps
from ebl_service.services.rate_limits import LimitPolicy, RateLimits
from ebl_service.store.database import Database
from tests.document_clerk import BLANK, DocumentClerk
from tests.fake_ledger import FakeLedger

MOST = 5


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> DocumentClerk:
    return await DocumentClerk(database, ledger).start()


@pytest.fixture
def look_ups(clerk: DocumentClerk) -> LookUps:
    return LookUps(clerk.directory, RateLimits(LimitPolicy(look_ups_a_minute=MOST)))


def guess(number: int) -> tuple[str, str]:
    return "ZZZ", f"nobody {number}"


async def test_a_guess_counts_and_a_code_that_one_was_told_of_counts_once(look_ups: LookUps) -> None:
    who_asks.set("one")
    for _ in range(2 * MOST):
        assert len(await look_ups.having([("ZZZ", "bank")])) == 1
    for number in range(MOST - 1):
        assert await look_ups.having([guess(number)]) == {}
    with pytest.raises(TooManyRequests):
        await look_ups.having([guess(0)])
    assert await look_ups.having([("ZZZ", "bank")])
    who_asks.set("another")
    assert await look_ups.having([("ZZZ", "buyer")])


async def test_the_services_own_loops_are_not_counted(look_ups: LookUps) -> None:
    who_asks.set(None)
    for number in range(3 * MOST):
        await look_ups.having([guess(number)])


async def test_a_document_of_very_many_codes_is_refused_before_any_is_looked_up(look_ups: LookUps) -> None:
    who_asks.set("one")
    with pytest.raises(TooManyValues):
        await look_ups.having(guess(number) for number in range(MOST_CODES + 1))


def guessing(draft: Draft, number: int) -> Draft:
    """The draft, whose shipper has a code that somebody may have."""
    document = json.loads(draft.content)
    provider, code = guess(number)
    document["documentParties"]["shipper"]["identifyingCodes"] = [{"codeListProvider": provider, "partyCode": code}]
    return replace(draft, content=json.dumps(document).encode())


async def test_dry_runs_find_no_more_parties_than_asking_for_them_does(clerk: DocumentClerk) -> None:
    clerk.room.look_ups._limits = RateLimits(LimitPolicy(look_ups_a_minute=MOST))
    who_asks.set("carrier")
    drafts = [clerk.draft(clerk.bill(BLANK, f"GUESS{number}")) for number in range(2 * MOST)]
    guessed = [guessing(draft, number) for number, draft in enumerate(drafts)]
    results = await clerk.room.desk.receive([*drafts, *guessed], dry_run=True)
    assert [type(each) for each in results[: 2 * MOST]] == [Prepared] * 2 * MOST  # two codes, again and again
    assert [isinstance(each, TooManyRequests) for each in results[2 * MOST :]].count(True) == 2 * MOST - (MOST - 2)
